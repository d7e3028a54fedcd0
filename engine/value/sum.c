/* Sums and means: one exact total a scale, joined and rounded once, so that the order of adding does not matter. */
#include "value/inner.h"

void tg_sum_init(tg_sum *s) { *s = (tg_sum){.result = tg_bool(true)}; }

void tg_sum_add(tg_heap *h, tg_sum *s, tg_value v) {
  if (s->result.kind == TG_V_ERROR) return;
  s->count++;
  switch (v.kind) {
  case TG_V_ERROR: s->result = v; return;
  case TG_V_UNKNOWN:
  case TG_V_RANGE: s->result = tg_unknown(TG_WHY_DERIVED); return;
  case TG_V_NUMBER:
  case TG_V_DURATION: break;
  default:
    s->result =
        tg_fault_value(v.kind == TG_V_NO_DATE || tg_is_event_word(h, v) ? TG_FAULT_EVENT : TG_FAULT_TYPE);
    return;
  }
  if (s->kind != 0 && s->kind != (tg_kind)v.kind) {
    s->result = tg_fault_value(TG_FAULT_TYPE);
    return;
  }
  s->kind = (tg_kind)v.kind;
  if (v.kind == TG_V_NUMBER) {
    s->total[v.aux] += v.num;
    if (v.aux > s->scale) s->scale = v.aux;
  } else {
    s->months += tg_duration_months(v);
    s->days += tg_duration_days(v);
  }
}

/* The whole sum as whole + part / 10^18, both of one sign, |part| < 10^18.  A total is below 10^18 * 2^64. */
typedef struct parts {
  tg_wide whole, part;
} parts;

static parts joined(const tg_sum *s) {
  parts p = {0, 0};
  for (int i = 0; i <= 18; i++) {
    p.whole += s->total[i] / tg_powers[i];
    p.part += s->total[i] % tg_powers[i] * tg_powers[18 - i];
  }
  p.whole += p.part / TG_LIMIT_COEFFICIENT;
  p.part %= TG_LIMIT_COEFFICIENT;
  if (p.whole > 0 && p.part < 0) {
    p.whole--;
    p.part += TG_LIMIT_COEFFICIENT;
  } else if (p.whole < 0 && p.part > 0) {
    p.whole++;
    p.part -= TG_LIMIT_COEFFICIENT;
  }
  return p;
}

static bool too_large(tg_wide whole) {
  return whole >= TG_LIMIT_COEFFICIENT || whole <= -TG_LIMIT_COEFFICIENT;
}

/* As `+` prints it: with the decimals of the term that has most. */
tg_value tg_sum_total(tg_heap *h, const tg_sum *s) {
  (void)h;
  if (s->result.kind != TG_V_BOOL) return s->result;
  if (s->kind == TG_V_DURATION) return tg_duration(s->months, s->days);
  parts p = joined(s);
  if (too_large(p.whole)) return tg_fault_value(TG_FAULT_MAGNITUDE);
  return tg_decimal_make(p.whole * tg_powers[s->scale] + p.part / tg_powers[18 - s->scale], s->scale, false);
}

/* A mean of durations would have to be rounded to days: an error, so that nobody compares what is not exact; take days() first. */
tg_value tg_sum_mean(tg_heap *h, const tg_sum *s) {
  (void)h;
  if (s->result.kind != TG_V_BOOL) return s->result;
  if (s->count == 0) return tg_unknown(TG_WHY_UNDEFINED);
  if (s->kind == TG_V_DURATION) return tg_fault_value(TG_FAULT_TYPE);
  parts p = joined(s);
  bool negative = p.whole < 0 || p.part < 0;
  tg_uwide whole = negative ? -(tg_uwide)p.whole : (tg_uwide)p.whole,
           part = negative ? -(tg_uwide)p.part : (tg_uwide)p.part;
  tg_uwide n = s->count, limit = (tg_uwide)TG_LIMIT_COEFFICIENT;
  /* long division: the remainder of the whole part is below 2^64, times 10^18 below 2^124 */
  tg_uwide low = whole % n * limit + part, quotient = whole / n;
  if (quotient >= limit) return tg_fault_value(TG_FAULT_MAGNITUDE);
  tg_uwide num = quotient * limit + low / n, rest = low % n; /* below 10^36 */
  if (num < limit) { /* all 18 decimals fit: the remainder alone rounds the last one */
    num += rest > n - rest || (rest == n - rest && (num & 1));
    rest = 0;
  }
  tg_value v = tg_decimal_make(negative ? -(tg_wide)num : (tg_wide)num, 18, rest != 0);
  return v.kind == TG_V_NUMBER ? tg_decimal_trim(v) : v;
}
