/* Ranges: what a count or a share may turn out to be.  Ends are exact, so a range never excludes a value it can take; two ranges
 * are taken as independent, so it may include values it cannot take (x - x). */
#include "value/inner.h"

/* `undefined`: there may be no number at all; then even one point stays a range, for a plain number would be known. */
static tg_value make(tg_heap *h, tg_value least, tg_value greatest, bool undefined) {
  if (!undefined && tg_decimal_compare(least, greatest) == 0) return least;
  tg_value v = tg_value_make(TG_V_RANGE, undefined, h->pairs.n / 2);
  if (!tg_vec_fit(h->mem, &h->pairs, 2)) {
    h->failed = true;
    return tg_unknown(TG_WHY_DERIVED);
  }
  h->pairs.at[h->pairs.n++] = least;
  h->pairs.at[h->pairs.n++] = greatest;
  return v;
}

tg_value tg_range(tg_heap *h, tg_value least, tg_value greatest) { return make(h, least, greatest, false); }

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
  case TG_EQ:
    yes = false, no = low_high > 0 || high_low < 0;
    break; /* a range has two points, so never equal for sure */
  default: yes = low_high > 0 || high_low < 0, no = false; break;
  }
  return yes ? tg_bool(true) : no ? tg_bool(false) : tg_unknown(TG_WHY_DERIVED);
}

static bool around_zero(ends e) { return e.low.num < 0 && e.high.num > 0; }

/* The least and greatest of the four corners: each operation is monotonic in each operand, and so is rounding. */
static tg_value corners(tg_heap *h, tg_op2 op, ends a, ends b, bool undefined) {
  const tg_value x[2] = {a.low, a.high}, y[2] = {b.low, b.high};
  tg_value least = {0}, greatest = {0};
  int errors = 0;
  for (int i = 0; i < 4; i++) {
    tg_value v = op == TG_DIV ? tg_decimal_divide(x[i / 2], y[i % 2]) : tg_decimal_op(op, x[i / 2], y[i % 2]);
    if (v.kind == TG_V_ERROR)
      errors++;
    else if (i == errors) /* the first that is a number */
      least = greatest = v;
    else if (tg_decimal_compare(v, least) < 0)
      least = v;
    else if (tg_decimal_compare(v, greatest) > 0)
      greatest = v;
  }
  /* too large for some values only is neither a number nor an error for sure; 0 lies between corners of both signs */
  bool all = errors == 4 && !around_zero(a) && !around_zero(b);
  if (errors > 0) return all ? tg_fault_value(TG_FAULT_MAGNITUDE) : tg_unknown(TG_WHY_DERIVED);
  return make(h, least, greatest, undefined);
}

tg_value tg_range_op(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  if ((a.kind != TG_V_RANGE && a.kind != TG_V_NUMBER) || (b.kind != TG_V_RANGE && b.kind != TG_V_NUMBER))
    return tg_fault_value(TG_FAULT_TYPE);
  bool undefined = (a.kind == TG_V_RANGE && a.aux != 0) || (b.kind == TG_V_RANGE && b.aux != 0);
  ends x = ends_of(h, a), y = ends_of(h, b);
  if (op <= TG_GE) return undefined ? tg_unknown(TG_WHY_DERIVED) : compare(op, x, y);
  if (op == TG_DIV && (y.low.num == 0 || y.high.num == 0 || (y.low.num < 0) != (y.high.num < 0)))
    return tg_unknown(b.kind == TG_V_NUMBER ? TG_WHY_UNDEFINED : TG_WHY_DERIVED);
  return corners(h, op, x, y, undefined);
}
