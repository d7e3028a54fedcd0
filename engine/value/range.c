/* Ranges: what a count or a share may turn out to be. */
#include "value/inner.h"

tg_value tg_range(tg_heap *h, tg_value least, tg_value greatest) {
  if (tg_decimal_compare(least, greatest) == 0) return least;
  tg_value v = tg_value_make(TG_V_RANGE, 0, h->pairs.n / 2);
  if (!tg_vec_push(h->mem, &h->pairs, least) || !tg_vec_push(h->mem, &h->pairs, greatest)) {
    h->failed = true;
    return tg_unknown(TG_WHY_DERIVED);
  }
  return v;
}

typedef struct ends {
  tg_value low, high;
} ends;

static ends ends_of(const tg_heap *h, tg_value v) {
  if (v.kind == TG_V_RANGE) return (ends){tg_range_least(h, v), tg_range_greatest(h, v)};
  return (ends){v, v};
}

static tg_value compare(tg_op2 op, ends a, ends b) {
  int low_high = tg_decimal_compare(a.low, b.high), high_low = tg_decimal_compare(a.high, b.low);
  bool yes, no;
  switch (op) {
  case TG_LT: yes = high_low < 0, no = low_high >= 0; break;
  case TG_LE: yes = high_low <= 0, no = low_high > 0; break;
  case TG_GT: yes = low_high > 0, no = high_low <= 0; break;
  case TG_GE: yes = low_high >= 0, no = high_low < 0; break;
  default: /* == and !=: apart is decided, meeting in more than one point is not */
    no = low_high > 0 || high_low < 0;
    yes = false;
    if (op == TG_NE) {
      yes = no;
      no = false;
    }
    break;
  }
  return yes ? tg_bool(true) : no ? tg_bool(false) : tg_unknown(TG_WHY_DERIVED);
}

/* The least and greatest of the four corners. */
static tg_value corners(tg_heap *h, tg_op2 op, ends a, ends b) {
  tg_value all[4] = {{0}, {0}, {0}, {0}};
  const tg_value x[2] = {a.low, a.high}, y[2] = {b.low, b.high};
  for (int i = 0; i < 4; i++) {
    all[i] = op == TG_DIV ? tg_decimal_divide(x[i / 2], y[i % 2]) : tg_decimal_op(op, x[i / 2], y[i % 2]);
    if (all[i].kind == TG_V_ERROR) return all[i];
  }
  tg_value least = all[0], greatest = all[0];
  for (int i = 1; i < 4; i++) {
    if (tg_decimal_compare(all[i], least) < 0) least = all[i];
    if (tg_decimal_compare(all[i], greatest) > 0) greatest = all[i];
  }
  return tg_range(h, least, greatest);
}

tg_value tg_range_op(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  if ((a.kind != TG_V_RANGE && a.kind != TG_V_NUMBER) || (b.kind != TG_V_RANGE && b.kind != TG_V_NUMBER))
    return tg_fault_value(TG_FAULT_TYPE);
  if ((a.kind == TG_V_RANGE && a.aux) || (b.kind == TG_V_RANGE && b.aux)) return tg_unknown(TG_WHY_DERIVED);
  ends x = ends_of(h, a), y = ends_of(h, b);
  if (op <= TG_GE) return compare(op, x, y);
  if (op == TG_DIV && (y.low.num == 0 || y.high.num == 0 || (y.low.num < 0) != (y.high.num < 0)))
    return tg_unknown(b.kind == TG_V_NUMBER ? TG_WHY_UNDEFINED : TG_WHY_DERIVED);
  return corners(h, op, x, y);
}
