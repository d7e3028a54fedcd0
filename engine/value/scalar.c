/* Plain scalars of YAML's 1.2 core schema (YAML 1.2.2, section 10.3.2). */
#include "value/inner.h"

#include <string.h>

static bool is_word(const char *at, size_t n, const char *const *words) {
  for (; *words != NULL; words++)
    if (strlen(*words) == n && memcmp(at, *words, n) == 0) return true;
  return false;
}

/* 0o17 and 0x1F: no sign, at least one digit. */
static tg_parse based(const char *at, size_t n, int base, tg_value *out) {
  tg_wide num = 0;
  if (n == 0) return TG_PARSE_NOT;
  for (size_t i = 0; i < n; i++) {
    char c = at[i];
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : 99;
    if (digit >= base) return TG_PARSE_NOT;
    if (num < TG_LIMIT_COEFFICIENT) num = num * base + digit;
  }
  if (num >= TG_LIMIT_COEFFICIENT) return TG_PARSE_RANGE;
  *out = tg_int((int64_t)num);
  return TG_PARSE_OK;
}

tg_parse tg_core_scalar(const char *at, size_t n, tg_value *out) {
  static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
  static const char *const trues[] = {"true", "True", "TRUE", NULL};
  static const char *const falses[] = {"false", "False", "FALSE", NULL};
  static const char *const infinities[] = {".inf",  ".Inf",  ".INF", "+.inf", "+.Inf", "+.INF", "-.inf",
                                           "-.Inf", "-.INF", ".nan", ".NaN",  ".NAN",  NULL};
  if (n <= 5) {
    if (is_word(at, n, nulls)) {
      *out = tg_unknown(TG_WHY_NULL);
      return TG_PARSE_OK;
    }
    if (is_word(at, n, trues) || is_word(at, n, falses)) {
      *out = tg_bool(at[0] == 't' || at[0] == 'T');
      return TG_PARSE_OK;
    }
    if (is_word(at, n, infinities)) return TG_PARSE_RANGE;
  }
  char c = at[0];
  if (!((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.')) return TG_PARSE_NOT;
  if (n > 2 && c == '0' && (at[1] == 'o' || at[1] == 'x'))
    return based(at + 2, n - 2, at[1] == 'o' ? 8 : 16, out);
  return tg_number_read(at, n, false, true, out);
}
