/* Exact decimals: a coefficient below 10^18 and a scale from 0 to 18, every operation in 128 bits (language.md, section 3). */
#include "value/inner.h"

#define TEN(n) INT64_C(1##n)
const int64_t tg_powers[19] = {TEN(),
                               TEN(0),
                               TEN(00),
                               TEN(000),
                               TEN(0000),
                               TEN(00000),
                               TEN(000000),
                               TEN(0000000),
                               TEN(00000000),
                               TEN(000000000),
                               TEN(0000000000),
                               TEN(00000000000),
                               TEN(000000000000),
                               TEN(0000000000000),
                               TEN(00000000000000),
                               TEN(000000000000000),
                               TEN(0000000000000000),
                               TEN(00000000000000000),
                               TEN(000000000000000000)};
static const uint64_t ten_to_19 = UINT64_C(10000000000000000000); /* fits only without a sign */

static uint64_t magnitude(int64_t n) { return n < 0 ? (uint64_t)-n : (uint64_t)n; }

/* Decimal digits: 0 for 0.  1233 / 4096 is log10(2) from below. */
static int digits64(uint64_t n) {
  if (n == 0) return 0;
  int guess = (64 - __builtin_clzll(n)) * 1233 >> 12;
  return guess + (n >= (guess < 19 ? (uint64_t)tg_powers[guess] : ten_to_19));
}

/* n below 10^38 */
static int digits(tg_uwide n) {
  if (n >> 64 == 0) return digits64((uint64_t)n);
  return digits64((uint64_t)(n / ten_to_19)) + 19;
}

/* n / 10^drop, half to even; `sticky`: more than n was there, by less than one. */
static uint64_t cut64(uint64_t n, int drop, bool sticky) {
  if (drop == 0) return n;
  if (drop > 19) return 0; /* n is below half of 10^20 */
  uint64_t power = drop == 19 ? ten_to_19 : (uint64_t)tg_powers[drop], whole = n / power, rest = n % power;
  return whole + (rest > power / 2 || (rest == power / 2 && (sticky || (whole & 1))));
}

/* The same for n below 10^38 and results below 2^64. */
static uint64_t cut(tg_uwide n, int drop, bool sticky) {
  if (n >> 64 == 0) return cut64((uint64_t)n, drop, sticky);
  if (drop > 38) return 0;
  tg_uwide power = drop >= 19 ? ten_to_19 : (uint64_t)tg_powers[drop];
  for (int more = drop - 19; more > 0; more -= 18) power *= (uint64_t)tg_powers[more < 18 ? more : 18];
  tg_uwide whole = n / power, rest = n % power;
  return (uint64_t)whole + (rest > power / 2 || (rest == power / 2 && (sticky || (whole & 1))));
}

/* What rounding left: 999..9 may have become 10^18. */
static tg_value rounded(uint64_t n, int scale, bool negative) {
  if (n >= (uint64_t)TG_LIMIT_COEFFICIENT) {
    if (scale == 0) return tg_fault_value(TG_FAULT_MAGNITUDE);
    n /= 10;
    scale--;
  }
  return tg_number(negative ? -(int64_t)n : (int64_t)n, scale);
}

tg_value tg_decimal_make(tg_wide num, int scale, bool sticky) {
  if (scale <= 18 && num < TG_LIMIT_COEFFICIENT && num > -TG_LIMIT_COEFFICIENT)
    return tg_number((int64_t)num, scale);
  bool negative = num < 0;
  tg_uwide n = negative ? -(tg_uwide)num : (tg_uwide)num;
  int drop = digits(n) - 18;
  if (drop < scale - 18) drop = scale - 18;
  if (drop > scale) return tg_fault_value(TG_FAULT_MAGNITUDE); /* digits before the point are never dropped */
  return rounded(cut(n, drop, sticky), scale - drop, negative);
}

tg_value tg_decimal_trim(tg_value v) {
  if (v.aux == 0 || v.num % 10 != 0) return v;
  if (v.num == 0) return tg_int(0);
  for (int step = 8; step > 0; step /= 2)
    while (v.aux >= step && v.num % tg_powers[step] == 0) {
      v.num /= tg_powers[step];
      v.aux = (uint8_t)(v.aux - step);
    }
  return v;
}

static tg_value add(tg_value a, tg_value b, int sign) {
  if (a.aux == b.aux) {
    int64_t sum = a.num + sign * b.num; /* below 2 * 10^18 */
    if (sum < TG_LIMIT_COEFFICIENT && sum > -TG_LIMIT_COEFFICIENT) return tg_number(sum, a.aux);
  }
  int scale = a.aux > b.aux ? a.aux : b.aux;
  tg_wide x = (tg_wide)a.num * tg_powers[scale - a.aux], y = (tg_wide)b.num * tg_powers[scale - b.aux];
  return tg_decimal_make(x + sign * y, scale, false);
}

tg_value tg_decimal_op(tg_op2 op, tg_value a, tg_value b) {
  if (op == TG_MUL) return tg_decimal_make((tg_wide)a.num * b.num, a.aux + b.aux, false);
  return add(a, b, op == TG_ADD ? 1 : -1);
}

/* A quotient of 18 or 19 digits and its remainder: what rounding half-even needs, from one division of 128 by 64 bits. */
tg_value tg_decimal_divide(tg_value a, tg_value b) {
  if (a.num == 0) return tg_int(0);
  uint64_t x = magnitude(a.num), y = magnitude(b.num);
  bool negative = (a.num < 0) != (b.num < 0);
  int shift = 18 + digits64(y) - digits64(x); /* 1..35: x * 10^shift / y lies in 10^17 .. 10^19 */
  tg_uwide n = (tg_uwide)x * (uint64_t)tg_powers[shift < 18 ? shift : 18];
  if (shift > 18) n *= (uint64_t)tg_powers[shift - 18];
  uint64_t quotient = (uint64_t)(n / y), rest = (uint64_t)(n - (tg_uwide)quotient * y);
  int scale = a.aux - b.aux + shift, drop = quotient >= (uint64_t)TG_LIMIT_COEFFICIENT;
  if (drop < scale - 18) drop = scale - 18;
  if (drop > scale) return tg_fault_value(TG_FAULT_MAGNITUDE);
  if (drop == 0)
    quotient += rest > y - rest || (rest == y - rest && (quotient & 1));
  else
    quotient = cut64(quotient, drop, rest != 0);
  tg_value v = rounded(quotient, scale - drop, negative);
  return v.kind == TG_V_NUMBER ? tg_decimal_trim(v) : v;
}

tg_value tg_negate(tg_heap *h, tg_value v) {
  switch (v.kind) {
  case TG_V_UNKNOWN: return tg_unknown(TG_WHY_DERIVED);
  case TG_V_ERROR:
  case TG_V_NO_DATE: return v;
  case TG_V_NUMBER: return tg_number(-v.num, v.aux);
  case TG_V_DURATION: return tg_duration(-(int64_t)tg_duration_months(v), -(int64_t)tg_duration_days(v));
  case TG_V_RANGE: return tg_range_op(h, TG_SUB, tg_int(0), v);
  default: return tg_fault_value(TG_FAULT_TYPE);
  }
}

tg_value tg_fn_round(tg_heap *h, tg_value v, tg_value digits_kept) {
  (void)h;
  if (v.kind == TG_V_ERROR) return v;
  if (digits_kept.kind == TG_V_ERROR) return digits_kept;
  if (v.kind == TG_V_UNKNOWN || v.kind == TG_V_RANGE) return tg_unknown(TG_WHY_DERIVED);
  if (digits_kept.kind == TG_V_UNKNOWN || digits_kept.kind == TG_V_RANGE) return tg_unknown(TG_WHY_DERIVED);
  if (digits_kept.kind != TG_V_NUMBER) return tg_fault_value(TG_FAULT_TYPE);
  if (v.kind != TG_V_NUMBER && v.kind != TG_V_NO_DATE) return tg_fault_value(TG_FAULT_TYPE);
  tg_value d = tg_decimal_trim(digits_kept);
  if (d.aux != 0 || d.num < 0 || d.num > 18) return tg_fault_value(TG_FAULT_RANGE);
  if (v.kind == TG_V_NO_DATE || v.aux <= d.num) return v;
  return rounded(cut64(magnitude(v.num), v.aux - (int)d.num, false), (int)d.num, v.num < 0);
}
