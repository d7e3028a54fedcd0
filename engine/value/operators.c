/* Operators: errors first, left before right; then unknown; then the operation (language.md, sections 3 and 4). */
#include "value/inner.h"

#include <string.h>

static tg_value derived(void) { return tg_unknown(TG_WHY_DERIVED); }
static tg_value clash(void) { return tg_fault_value(TG_FAULT_TYPE); }

static tg_value decided(tg_op2 op, int order) {
  switch (op) {
  case TG_EQ: return tg_bool(order == 0);
  case TG_NE: return tg_bool(order != 0);
  case TG_LT: return tg_bool(order < 0);
  case TG_LE: return tg_bool(order <= 0);
  case TG_GT: return tg_bool(order > 0);
  default: return tg_bool(order >= 0);
  }
}

static tg_value compare_events(tg_op2 op, tg_value a, tg_value b, tg_value x, tg_value y) {
  if (a.kind == TG_V_NO_DATE || b.kind == TG_V_NO_DATE) return tg_bool(false); /* arithmetic found no date */
  if (x.kind == TG_V_DATE && y.kind == TG_V_DATE) return decided(op, x.num < y.num ? -1 : x.num > y.num);
  return tg_bool(op == TG_NE); /* a word beside a date: not equal, and not ordered */
}

/* Days and weeks compare with each other, months and years with each other. */
static tg_value compare_durations(tg_op2 op, tg_value a, tg_value b) {
  int32_t am = tg_duration_months(a), ad = tg_duration_days(a), bm = tg_duration_months(b), bd = tg_duration_days(b);
  if (am == 0 && bm == 0) return decided(op, ad < bd ? -1 : ad > bd);
  if (ad == 0 && bd == 0) return decided(op, am < bm ? -1 : am > bm);
  return clash();
}

static tg_value compare_items(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  uint32_t n = (uint32_t)a.bits, m = (uint32_t)b.bits;
  if (op != TG_EQ && op != TG_NE) return clash();
  if (a.aux || b.aux) return derived();
  tg_value all = tg_bool(n == m);
  for (uint32_t i = 0; n == m && i < n && !tg_is_false(all) && all.kind != TG_V_ERROR; i++) {
    h->cost++;
    tg_value one = tg_op2_apply(h, TG_EQ, h->items.at[(uint32_t)(a.bits >> 32) + i], h->items.at[(uint32_t)(b.bits >> 32) + i]);
    all = tg_and(all, one);
  }
  return op == TG_NE ? tg_not(all) : all;
}

static tg_value compare(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  tg_value x, y;
  if (a.kind == TG_V_NO_DATE || b.kind == TG_V_NO_DATE) return tg_bool(false);
  if (a.kind == TG_V_DATE || b.kind == TG_V_DATE) {
    if (tg_as_event(h, a, &x) && tg_as_event(h, b, &y)) return compare_events(op, a, b, x, y);
    return clash();
  }
  if (tg_is_text(a) && tg_is_text(b)) {
    /* words of events are not ordered: `not_yet` < anything is false */
    if (op != TG_EQ && op != TG_NE && (tg_is_event_word(h, a) || tg_is_event_word(h, b)) && (tg_as_event(h, a, &x) && tg_as_event(h, b, &y)))
      return tg_bool(false);
    if (op == TG_EQ || op == TG_NE) {
      bool differ = a.kind == b.kind && a.kind == TG_V_TEXT && (a.len != b.len || a.bits != b.bits);
      return decided(op, differ ? 1 : tg_text_compare(h, a, b));
    }
    return decided(op, tg_text_compare(h, a, b));
  }
  if (a.kind != b.kind) return clash();
  switch (a.kind) {
  case TG_V_NUMBER: return decided(op, tg_decimal_compare(a, b));
  case TG_V_BOOL: return op == TG_EQ || op == TG_NE ? decided(op, a.num != b.num) : clash();
  case TG_V_DURATION: return compare_durations(op, a, b);
  case TG_V_ITEMS: return compare_items(h, op, a, b);
  default: return clash();
  }
}

static tg_value arithmetic(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  tg_value x, y;
  if (a.kind == TG_V_NUMBER && b.kind == TG_V_NUMBER) {
    if (op != TG_DIV) return tg_decimal_op(op, a, b);
    return b.num == 0 ? tg_unknown(TG_WHY_UNDEFINED) : tg_decimal_divide(a, b);
  }
  if (op != TG_ADD && op != TG_SUB) return clash();
  if (a.kind == TG_V_DURATION && b.kind == TG_V_DURATION) {
    int sign = op == TG_ADD ? 1 : -1;
    return tg_duration(tg_duration_months(a) + sign * (int64_t)tg_duration_months(b),
                       tg_duration_days(a) + sign * (int64_t)tg_duration_days(b));
  }
  if (b.kind == TG_V_DURATION && tg_as_event(h, a, &x))
    return x.kind == TG_V_NO_DATE ? x : tg_date_plus(x, b, op == TG_ADD ? 1 : -1);
  if (a.kind == TG_V_DURATION && op == TG_ADD && tg_as_event(h, b, &y))
    return y.kind == TG_V_NO_DATE ? y : tg_date_plus(y, a, 1);
  if (op == TG_SUB && tg_as_event(h, a, &x) && tg_as_event(h, b, &y)) {
    if (x.kind == TG_V_NO_DATE) return x;
    if (y.kind == TG_V_NO_DATE) return y;
    return tg_duration(0, x.num - y.num);
  }
  /* no date is the result of date arithmetic: it goes on beside durations */
  if ((a.kind == TG_V_NO_DATE && b.kind == TG_V_DURATION) || (b.kind == TG_V_NO_DATE && a.kind == TG_V_DURATION))
    return tg_value_make(TG_V_NO_DATE, 0, 0);
  return clash();
}

tg_value tg_op2_apply(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  if (a.kind == TG_V_ERROR) return a;
  if (b.kind == TG_V_ERROR) return b;
  if (a.kind == TG_V_UNKNOWN || b.kind == TG_V_UNKNOWN) return derived();
  if (a.kind == TG_V_RANGE || b.kind == TG_V_RANGE) return tg_range_op(h, op, a, b);
  return op <= TG_GE ? compare(h, op, a, b) : arithmetic(h, op, a, b);
}

/* ---- truth ---- */

static bool is_truth(tg_value v) { return v.kind <= TG_V_BOOL || v.kind == TG_V_RANGE; }

tg_value tg_not(tg_value v) {
  if (v.kind == TG_V_BOOL) return tg_bool(!v.num);
  if (v.kind == TG_V_ERROR) return v;
  return v.kind == TG_V_UNKNOWN ? derived() : clash();
}

static tg_value join(tg_value a, tg_value b, int64_t decides) {
  if (a.kind == TG_V_ERROR) return a;
  if (!is_truth(a) || a.kind == TG_V_RANGE) return clash();
  if (a.kind == TG_V_BOOL && a.num == decides) return a; /* shields the right side */
  if (b.kind == TG_V_ERROR) return b;
  if (!is_truth(b) || b.kind == TG_V_RANGE) return clash();
  if (b.kind == TG_V_BOOL && b.num == decides) return b;
  if (a.kind == TG_V_UNKNOWN || b.kind == TG_V_UNKNOWN) return derived();
  return tg_bool(!decides);
}

tg_value tg_and(tg_value a, tg_value b) { return join(a, b, 0); }
tg_value tg_or(tg_value a, tg_value b) { return join(a, b, 1); }

tg_value tg_if_merge(tg_heap *h, tg_value x, tg_value y) {
  if (x.kind == TG_V_ERROR) return x;
  if (y.kind == TG_V_ERROR) return y;
  if (x.kind == TG_V_UNKNOWN || y.kind == TG_V_UNKNOWN) return derived();
  if (x.kind == TG_V_RANGE || y.kind == TG_V_RANGE) return derived();
  if (x.kind == TG_V_NO_DATE && y.kind == TG_V_NO_DATE) return x;
  return tg_same(h, x, y) ? x : derived();
}

/* ---- identity and order ---- */

bool tg_same(const tg_heap *h, tg_value a, tg_value b) {
  if (tg_is_text(a) && tg_is_text(b)) return tg_text_compare(h, a, b) == 0;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
  case TG_V_NUMBER: return tg_decimal_compare(a, b) == 0;
  case TG_V_ROW: return a.num == b.num && a.len == b.len;
  case TG_V_ITEMS: {
    uint32_t n = (uint32_t)a.bits;
    if (n != (uint32_t)b.bits || a.aux || b.aux) return false;
    for (uint32_t i = 0; i < n; i++)
      if (!tg_same(h, h->items.at[(a.bits >> 32) + i], h->items.at[(b.bits >> 32) + i])) return false;
    return true;
  }
  default: return a.bits == b.bits;
  }
}

uint64_t tg_value_hash(const tg_heap *h, const tg_seed *seed, tg_value v) {
  if (tg_is_text(v)) {
    tg_str s = tg_text_of(h, &v);
    return tg_siphash(seed, s.at, s.n);
  }
  if (v.kind == TG_V_NUMBER) v = tg_decimal_trim(v);
  struct {
    uint64_t bits, kind;
  } key = {v.bits, (uint64_t)v.kind << 8 | (v.kind == TG_V_NUMBER ? v.aux : 0)};
  if (v.kind == TG_V_ROW) key.kind |= (uint64_t)v.len << 16;
  return tg_siphash(seed, &key, sizeof key);
}

int tg_value_order(const tg_heap *h, tg_value a, tg_value b, bool *clashing) {
  if (tg_is_text(a) && tg_is_text(b)) return tg_text_compare(h, a, b);
  if (a.kind != b.kind) {
    *clashing = true;
    return a.kind < b.kind ? -1 : 1;
  }
  switch (a.kind) {
  case TG_V_NUMBER: return tg_decimal_compare(a, b);
  case TG_V_BOOL:
  case TG_V_DATE: return a.num < b.num ? -1 : a.num > b.num;
  case TG_V_DURATION: {
    int32_t am = tg_duration_months(a), ad = tg_duration_days(a), bm = tg_duration_months(b), bd = tg_duration_days(b);
    if ((am || bm) && (ad || bd)) *clashing = true;
    return am != bm ? (am < bm ? -1 : 1) : ad < bd ? -1 : ad > bd;
  }
  default: *clashing = true; return 0;
  }
}

/* ---- tests ---- */

tg_value tg_test_apply(tg_heap *h, tg_test test, tg_value v, tg_value today) {
  tg_value event;
  if (v.kind == TG_V_ERROR) return v;
  if (test == TG_TEST_KNOWN || test == TG_TEST_MISSING) {
    bool known = v.kind != TG_V_UNKNOWN && v.kind != TG_V_RANGE;
    return tg_bool(known == (test == TG_TEST_KNOWN));
  }
  if (v.kind == TG_V_UNKNOWN || v.kind == TG_V_RANGE) return derived();
  switch (test) {
  case TG_TEST_NONE:
    if (tg_is_text(v)) return tg_bool(tg_str_is(tg_text_of(h, &v), "none"));
    return v.kind == TG_V_DATE || v.kind == TG_V_NO_DATE ? tg_bool(false) : clash();
  case TG_TEST_EMPTY:
    if (v.kind == TG_V_TEXT) return tg_bool(v.len == 0);
    if (v.kind == TG_V_LONG || v.kind == TG_V_ROWS) return tg_bool((uint32_t)v.bits == 0);
    if (v.kind != TG_V_ITEMS) return clash();
    for (uint32_t i = 0, n = (uint32_t)v.bits; i < n; i++)
      if (!v.aux || !h->possible.at[(v.bits >> 32) + i]) return tg_bool(false);
    return (uint32_t)v.bits == 0 ? tg_bool(true) : derived();
  default:
    if (!tg_as_event(h, v, &event)) return clash();
    if (test == TG_TEST_DATED) return tg_bool(event.kind == TG_V_DATE);
    return tg_bool(event.kind == TG_V_DATE && event.num <= today.num);
  }
}
