/* Exact decimals: a coefficient below 10^18 and a scale from 0 to 18, every operation in 128 bits (language.md, section 3). */
#include "value/inner.h"

const int64_t tg_powers[19] = {1,
                               10,
                               100,
                               1000,
                               10000,
                               100000,
                               1000000,
                               10000000,
                               100000000,
                               1000000000,
                               INT64_C(10000000000),
                               INT64_C(100000000000),
                               INT64_C(1000000000000),
                               INT64_C(10000000000000),
                               INT64_C(100000000000000),
                               INT64_C(1000000000000000),
                               INT64_C(10000000000000000),
                               INT64_C(100000000000000000),
                               INT64_C(1000000000000000000)};

static tg_value number(int64_t coefficient, int scale) { return tg_value_make(TG_V_NUMBER, (uint8_t)scale, coefficient); }

/* Divides by 10^digits, half to even; `sticky`: something below was cut off before. */
static tg_wide cut(tg_wide num, int digits, bool sticky) {
  tg_wide power = 1;
  for (int i = 0; i < digits; i++) power *= 10;
  tg_wide whole = num / power, rest = num % power;
  if (rest < 0) rest = -rest;
  tg_wide twice = rest * 2;
  bool up = twice > power || (twice == power && (sticky || whole % 2 != 0));
  if (up) whole += num < 0 ? -1 : 1;
  return whole;
}

static int digits_of(tg_wide n) {
  int d = 0;
  if (n < 0) n = -n;
  while (n > 0) {
    n /= 10;
    d++;
  }
  return d;
}

static tg_value make(tg_wide num, int scale, bool sticky) {
  tg_wide limit = TG_LIMIT_COEFFICIENT;
  if (scale <= 18 && num < limit && num > -limit && !sticky) return number((int64_t)num, scale);
  int excess = digits_of(num) - 18;
  if (excess < scale - 18) excess = scale - 18;
  if (excess < 0) excess = 0;
  if (excess > scale) return tg_fault_value(TG_FAULT_MAGNITUDE); /* digits before the point are never dropped */
  if (excess == 0) return number((int64_t)num, scale);           /* what was cut is below half of the last digit kept */
  if (excess > 37) return number(0, 18 < scale - excess ? 18 : scale - excess);
  num = cut(num, excess, sticky);
  scale -= excess;
  if (num == limit || num == -limit) { /* 999..9 rounded up to 19 digits */
    if (scale == 0) return tg_fault_value(TG_FAULT_MAGNITUDE);
    num /= 10;
    scale--;
  }
  return number((int64_t)num, scale);
}

tg_value tg_decimal_make(tg_wide num, int scale) { return make(num, scale, false); }

tg_value tg_decimal_trim(tg_value v) {
  while (v.aux > 0 && v.num % 10 == 0) {
    v.num /= 10;
    v.aux--;
  }
  return v;
}

int tg_decimal_compare(tg_value a, tg_value b) {
  if (a.aux == b.aux) return a.num < b.num ? -1 : a.num > b.num;
  tg_wide x = a.num, y = b.num;
  if (a.aux < b.aux)
    x *= tg_powers[b.aux - a.aux];
  else
    y *= tg_powers[a.aux - b.aux];
  return x < y ? -1 : x > y;
}

static tg_value add(tg_value a, tg_value b, int sign) {
  tg_wide x = a.num, y = (tg_wide)b.num * sign;
  int scale = a.aux > b.aux ? a.aux : b.aux;
  x *= tg_powers[scale - a.aux];
  y *= tg_powers[scale - b.aux];
  return tg_decimal_make(x + y, scale);
}

tg_value tg_decimal_op(tg_op2 op, tg_value a, tg_value b) {
  if (op == TG_ADD) return add(a, b, 1);
  if (op == TG_SUB) return add(a, b, -1);
  return tg_decimal_make((tg_wide)a.num * b.num, a.aux + b.aux);
}

/* Long division: 19 to 37 digits of quotient and a sticky bit, so that rounding half-even sees the true remainder. */
tg_value tg_decimal_divide(tg_value a, tg_value b) {
  tg_wide num = a.num, den = b.num;
  int scale = a.aux - b.aux;
  if (num == 0) return number(0, 0);
  if (den < 0) {
    den = -den;
    num = -num;
  }
  tg_wide whole = num / den, rest = num % den;
  tg_wide sign = num < 0 ? -1 : 1;
  if (rest < 0) rest = -rest;
  if (whole < 0) whole = -whole;
  while ((digits_of(whole) < 20 || scale < 0) && (rest != 0 || scale < 0) && digits_of(whole) < 37) {
    rest *= 10;
    whole = whole * 10 + rest / den;
    rest %= den;
    scale++;
  }
  if (scale < 0) return tg_fault_value(TG_FAULT_MAGNITUDE);
  tg_value v = make(sign * whole, scale, rest != 0);
  return v.kind == TG_V_NUMBER ? tg_decimal_trim(v) : v;
}

tg_value tg_negate(tg_heap *h, tg_value v) {
  switch (v.kind) {
  case TG_V_UNKNOWN:
  case TG_V_ERROR:
  case TG_V_NO_DATE: return v;
  case TG_V_NUMBER: return number(-v.num, v.aux);
  case TG_V_DURATION: return tg_duration(-tg_duration_months(v), -tg_duration_days(v));
  case TG_V_RANGE: return tg_range_op(h, TG_SUB, tg_int(0), v);
  default: return tg_fault_value(TG_FAULT_TYPE);
  }
}

tg_value tg_fn_round(tg_heap *h, tg_value v, tg_value digits) {
  (void)h;
  if (v.kind == TG_V_ERROR) return v;
  if (digits.kind == TG_V_ERROR) return digits;
  if (v.kind == TG_V_UNKNOWN || v.kind == TG_V_RANGE) return tg_unknown(TG_WHY_DERIVED);
  if (digits.kind == TG_V_UNKNOWN || digits.kind == TG_V_RANGE) return tg_unknown(TG_WHY_DERIVED);
  if (v.kind != TG_V_NUMBER || digits.kind != TG_V_NUMBER) return tg_fault_value(TG_FAULT_TYPE);
  tg_value d = tg_decimal_trim(digits);
  if (d.aux != 0 || d.num < 0 || d.num > 18) return tg_fault_value(TG_FAULT_RANGE);
  if (v.aux <= d.num) return v;
  return tg_decimal_make(cut(v.num, v.aux - (int)d.num, false), (int)d.num);
}

/* ---- reading ---- */

typedef struct digits {
  tg_wide num;  /* the first 37 significant digits */
  int taken;    /* digits in num, leading zeros not counted */
  int scale;    /* digits of num behind the point */
  int64_t more; /* digits before the point that did not fit: they scale the number up */
  bool sticky, any;
} digits;

static void digit(digits *d, int c, bool behind) {
  d->any = true;
  if (d->taken == 0 && c == 0) {
    if (behind && d->scale < 1000000) d->scale++;
    return;
  }
  if (d->taken < 37) {
    d->num = d->num * 10 + c;
    d->taken++;
    if (behind) d->scale++;
    return;
  }
  if (c != 0) d->sticky = true;
  if (!behind) d->more++;
}

/* [digits][.digits]; false when malformed.  Underscores stand between digits only. */
static bool read_digits(const char *at, size_t n, bool underscores, size_t *used, digits *out) {
  size_t i = 0;
  bool behind = false, last_digit = false;
  for (; i < n; i++) {
    char c = at[i];
    if (c >= '0' && c <= '9') {
      digit(out, c - '0', behind);
      last_digit = true;
    } else if (c == '_' && underscores && last_digit && !behind) {
      last_digit = false;
    } else if (c == '.' && !behind && last_digit) {
      behind = true;
      last_digit = false;
    } else {
      break;
    }
  }
  *used = i;
  return last_digit;
}

tg_parse tg_number_parse(const char *at, size_t n, bool underscores, tg_value *out) {
  size_t i = 0, used = 0;
  bool negative = false;
  digits d = {0, 0, 0, 0, false, false};
  if (n > 0 && (at[0] == '-' || at[0] == '+')) negative = at[i++] == '-';
  if (!read_digits(at + i, n - i, underscores, &used, &d)) return TG_PARSE_NOT;
  i += used;
  int64_t exponent = 0;
  if (i < n && (at[i] == 'e' || at[i] == 'E')) {
    bool minus = false;
    if (++i < n && (at[i] == '-' || at[i] == '+')) minus = at[i++] == '-';
    if (i == n) return TG_PARSE_NOT;
    for (; i < n && at[i] >= '0' && at[i] <= '9'; i++)
      if (exponent < 10000000) exponent = exponent * 10 + (at[i] - '0');
    if (minus) exponent = -exponent;
  }
  if (i != n) return TG_PARSE_NOT;
  int64_t scale = d.scale - exponent - d.more;
  if (d.num == 0) {
    *out = number(0, scale < 0 ? 0 : scale > 18 ? 18 : (int)scale);
    return TG_PARSE_OK;
  }
  while (scale < 0) { /* 1e3 */
    if (d.taken + 1 > 18 + 1 || -scale > 18) return TG_PARSE_RANGE;
    d.num *= 10;
    d.taken++;
    scale++;
  }
  if (d.taken - scale > 18) return TG_PARSE_RANGE;
  if (scale > 60 + 37) { /* far below the last decimal */
    *out = number(0, 18);
    return TG_PARSE_ROUNDED;
  }
  bool exact = !d.sticky;
  while (scale > 18 && d.num % 10 == 0) { /* zeros behind the last decimal are no loss */
    d.num /= 10;
    scale--;
  }
  tg_value v;
  if (scale > 37 + 18) {
    v = number(0, 18);
    exact = false;
  } else {
    v = make(negative ? -d.num : d.num, (int)scale, d.sticky);
  }
  if (v.kind == TG_V_ERROR) return TG_PARSE_RANGE;
  if (exact) {
    tg_wide back = v.num;
    for (int k = v.aux; k < scale && back < ((tg_wide)1 << 120) && back > -((tg_wide)1 << 120); k++) back *= 10;
    exact = back == (negative ? -d.num : d.num) || (v.aux > scale);
  }
  *out = v;
  return exact ? TG_PARSE_OK : TG_PARSE_ROUNDED;
}

/* ---- sums: one total a scale, joined and rounded once ---- */

void tg_sum_init(tg_sum *s) {
  *s = (tg_sum){.result = tg_bool(true)};
}

void tg_sum_add(tg_heap *h, tg_sum *s, tg_value v) {
  if (s->result.kind == TG_V_ERROR) return;
  if (v.kind == TG_V_ERROR) {
    s->result = v;
    return;
  }
  s->count++;
  if (v.kind == TG_V_UNKNOWN || v.kind == TG_V_RANGE) {
    if (s->result.kind != TG_V_UNKNOWN) s->result = tg_unknown(TG_WHY_DERIVED);
    return;
  }
  if (v.kind == TG_V_NO_DATE || tg_is_event_word(h, v)) {
    s->result = tg_fault_value(TG_FAULT_EVENT);
    return;
  }
  if ((v.kind != TG_V_NUMBER && v.kind != TG_V_DURATION) || (s->kind != 0 && s->kind != (tg_kind)v.kind)) {
    s->result = tg_fault_value(TG_FAULT_TYPE);
    return;
  }
  s->kind = (tg_kind)v.kind;
  if (v.kind == TG_V_NUMBER) {
    s->total[v.aux] += v.num;
  } else {
    s->months += tg_duration_months(v);
    s->days += tg_duration_days(v);
  }
}

/* total as coefficient at scale 18: each total is below 10^18 x 2^64, so whole and decimals are kept apart. */
static tg_value joined(const tg_sum *s, uint64_t divisor) {
  tg_wide whole = 0, part = 0; /* whole + part / 10^18 */
  for (int i = 0; i <= 18; i++) {
    whole += s->total[i] / tg_powers[i];
    part += s->total[i] % tg_powers[i] * tg_powers[18 - i];
  }
  whole += part / TG_LIMIT_COEFFICIENT;
  part %= TG_LIMIT_COEFFICIENT;
  if (whole > 0 && part < 0) {
    whole--;
    part += TG_LIMIT_COEFFICIENT;
  } else if (whole < 0 && part > 0) {
    whole++;
    part -= TG_LIMIT_COEFFICIENT;
  }
  if (divisor == 1) {
    int scale = 18;
    while (scale > 0 && part % 10 == 0) {
      part /= 10;
      scale--;
    }
    for (int shown = 18; shown > scale; shown--)
      if (shown <= 18 && s->total[shown] != 0) break;
    tg_wide limit = TG_LIMIT_COEFFICIENT;
    if (whole >= limit || whole <= -limit) return tg_fault_value(TG_FAULT_MAGNITUDE);
    return tg_decimal_make(whole * tg_powers[scale] + part, scale);
  }
  /* mean: divide whole, carry the remainder into the decimals */
  tg_wide d = (tg_wide)divisor, quotient = whole / d, rest = whole % d;
  tg_wide low = rest * TG_LIMIT_COEFFICIENT + part; /* |rest| < 2^64, so this stays below 2^125 */
  tg_wide decimals = low / d, left = low % d;
  tg_wide limit = TG_LIMIT_COEFFICIENT;
  quotient += decimals / limit;
  decimals %= limit;
  if (quotient >= limit || quotient <= -limit) return tg_fault_value(TG_FAULT_MAGNITUDE);
  tg_wide num = quotient * limit + decimals;
  bool negative = num < 0 || (num == 0 && left < 0);
  tg_value v = make(num, 18, left != 0);
  if (v.kind == TG_V_NUMBER && v.aux == 18 && left != 0) { /* all 18 decimals fit: round the last one by the remainder */
    tg_wide twice = (left < 0 ? -left : left) * 2;
    if (twice > d || (twice == d && v.num % 2 != 0)) v = make(num + (negative ? -1 : 1), 18, false);
  }
  return v.kind == TG_V_NUMBER ? tg_decimal_trim(v) : v;
}

tg_value tg_sum_total(tg_heap *h, const tg_sum *s) {
  (void)h;
  if (s->result.kind != TG_V_BOOL) return s->result;
  if (s->kind == TG_V_DURATION) return tg_duration(s->months, s->days);
  return joined(s, 1);
}

tg_value tg_sum_mean(tg_heap *h, const tg_sum *s) {
  (void)h;
  if (s->result.kind != TG_V_BOOL) return s->result;
  if (s->count == 0) return tg_unknown(TG_WHY_UNDEFINED);
  if (s->kind == TG_V_DURATION) return s->count == 1 ? tg_duration(s->months, s->days) : tg_fault_value(TG_FAULT_TYPE);
  return joined(s, s->count);
}
