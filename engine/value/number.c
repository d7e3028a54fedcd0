/* Reading numbers. */
#include "value/inner.h"

/* [sign] digits [. digits] of 18 digits at most: nearly every number there is.  False: the slow reader decides. */
static bool read_quick(const char *at, size_t n, tg_value *out) {
  const char *p = at, *end = at + n, *point = NULL;
  if (n > 20 || n == 0) return false;
  bool negative = *p == '-';
  if (negative || *p == '+') p++;
  const char *first = p;
  uint64_t num = 0; /* may wrap: then there are too many digits */
  for (; p < end; p++) {
    unsigned d = (unsigned)(unsigned char)*p - '0';
    if (d <= 9)
      num = num * 10 + d;
    else if (*p == '.' && point == NULL && p > first)
      point = p;
    else
      return false;
  }
  long count = end - first - (point != NULL), behind = point == NULL ? 0 : end - point - 1;
  if (count < 1 || count > 18 || (point != NULL && behind == 0)) return false;
  *out = tg_number(negative ? -(int64_t)num : (int64_t)num, (int)behind);
  return true;
}

typedef struct taken {
  tg_wide num;   /* the first 37 significant digits */
  int count;     /* how many they are */
  int64_t scale; /* digits behind the point down to the last of num */
  int64_t more;  /* digits before the point that did not fit: they scale the number up */
  bool sticky;   /* a digit that is not 0 did not fit */
} taken;

static void take(taken *t, int digit, bool behind) {
  if (t->count == 0 && digit == 0) {
    t->scale += behind;
  } else if (t->count < 37) {
    t->num = t->num * 10 + digit;
    t->count++;
    t->scale += behind;
  } else {
    t->sticky |= digit != 0;
    t->more += !behind;
  }
}

/* digits [. digits]; underscores stand between digits before the point.  Returns the bytes used, 0 when malformed. */
static size_t read_digits(const char *at, size_t n, bool underscores, bool bare, taken *t) {
  bool behind = false, after_digit = false, any = false;
  size_t i = 0;
  for (; i < n; i++) {
    char c = at[i];
    if (c >= '0' && c <= '9') {
      take(t, c - '0', behind);
      after_digit = any = true;
    } else if (c == '_' && underscores && after_digit && !behind) {
      after_digit = false;
    } else if (c == '.' && !behind && (after_digit || (bare && i == 0))) {
      behind = true;
      after_digit = bare && any; /* `5.` may end here, `.` may not */
    } else {
      break;
    }
  }
  return after_digit && any ? i : 0;
}

/* [e [sign] digits]; false when malformed. */
static bool read_exponent(const char *at, size_t n, int64_t *exponent) {
  size_t i = 1;
  if (n == 0) return true;
  if (at[0] != 'e' && at[0] != 'E') return false;
  bool minus = n > 1 && at[1] == '-';
  if (n > 1 && (at[1] == '-' || at[1] == '+')) i++;
  if (i == n) return false;
  for (; i < n; i++) {
    if (at[i] < '0' || at[i] > '9') return false;
    if (*exponent < INT64_C(100000000000000000))
      *exponent = *exponent * 10 + (at[i] - '0'); /* beyond any text's length */
  }
  if (minus) *exponent = -*exponent;
  return true;
}

tg_parse tg_number_read(const char *at, size_t n, bool underscores, bool bare, tg_value *out) {
  if (read_quick(at, n, out)) return TG_PARSE_OK;
  size_t i = n > 0 && (at[0] == '-' || at[0] == '+');
  bool negative = i == 1 && at[0] == '-';
  taken t = {0, 0, 0, 0, false};
  int64_t exponent = 0;
  size_t used = read_digits(at + i, n - i, underscores, bare, &t);
  if (used == 0 || !read_exponent(at + i + used, n - i - used, &exponent)) return TG_PARSE_NOT;
  int64_t scale =
      t.scale - exponent - t.more; /* the number is num / 10^scale, and a little more when sticky */
  if (t.num == 0) {
    *out = tg_number(0, scale < 0 ? 0 : scale > 18 ? 18 : (int)scale);
    return TG_PARSE_OK;
  }
  if (t.count - scale > 18) return TG_PARSE_RANGE;
  for (; scale < 0; scale++) t.num *= 10; /* 1e3: at most 18 digits come out, so at most 17 are added */
  if (scale > 37 + 18) {                  /* below half of the last decimal */
    *out = tg_number(0, 18);
    return TG_PARSE_ROUNDED;
  }
  while (scale > 18 && t.num % 10 == 0 && !t.sticky) { /* zeros behind the last decimal are no loss */
    t.num /= 10;
    scale--;
  }
  tg_value v = tg_decimal_make(negative ? -t.num : t.num, (int)scale, t.sticky);
  if (v.kind == TG_V_ERROR) return TG_PARSE_RANGE; /* 999999999999999999.9 */
  bool exact = !t.sticky;
  for (int k = v.aux; exact && k < scale; k++) {
    exact = t.num % 10 == 0;
    t.num /= 10;
  }
  *out = v;
  return exact ? TG_PARSE_OK : TG_PARSE_ROUNDED;
}

tg_parse tg_number_parse(const char *at, size_t n, bool underscores, tg_value *out) {
  return tg_number_read(at, n, underscores, false, out);
}
