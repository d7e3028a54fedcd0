/* Operators: errors first, left before right; then unknown; then the operation (language.md, sections 3 and 4).
 *
 * Dates, and what stands where a date could: an *event* is a date, a text that reads as one, or one of the words `none` and `not_yet`.
 *   event word with event word       == and != by text; < <= > >= false
 *   event word with a date           != true, the other five false
 *   any text with a date             a type error unless the text is an event
 *   date-shaped text, date-shaped or other text    texts, by code point
 *   no date with anything known      all six false
 *   event - event                    a duration in days; no date when one is a word or no date
 *   event +- duration, duration + event    a date; no date from a word or no date
 *   word with event or duration, + and -   no date
 *   no date + - * / a number or range      no date: days() hands it on into arithmetic */
#include "value/inner.h"

static tg_value derived(void) { return tg_unknown(TG_WHY_DERIVED); }
static tg_value clash(void) { return tg_fault_value(TG_FAULT_TYPE); }
static tg_value no_date(void) { return tg_value_make(TG_V_NO_DATE, 0, 0); }

/* order: -1, 0 or 1; a bit each says for which of them the comparison holds. */
static tg_value decided(tg_op2 op, int order) {
  static const uint8_t holds[] = {
      [TG_EQ] = 2, [TG_NE] = 5, [TG_LT] = 1, [TG_LE] = 3, [TG_GT] = 4, [TG_GE] = 6};
  return tg_bool(holds[op] >> (order + 1) & 1);
}

static int sign_of(int64_t a, int64_t b) { return (a > b) - (a < b); }

static uint32_t text_bytes(tg_value v) { return v.kind == TG_V_TEXT ? v.len : (uint32_t)v.bits; }

static tg_value compare_texts(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  uint32_t n = text_bytes(a), m = text_bytes(b);
  if (op == TG_EQ || op == TG_NE) {
    if (n != m || (a.kind == TG_V_TEXT && b.kind == TG_V_TEXT && a.bits != b.bits)) return decided(op, 1);
  } else if (tg_is_event_word(h, a) || tg_is_event_word(h, b)) {
    tg_value x, y;
    if (tg_as_event(h, a, &x) && tg_as_event(h, b, &y)) return tg_bool(false);
  }
  h->cost += (n < m ? n : m) / 64;
  int order = tg_text_compare(h, a, b);
  return decided(op, (order > 0) - (order < 0));
}

/* At least one is a date, the other none. */
static tg_value compare_date(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  tg_value x, y;
  if (!tg_as_event(h, a, &x) || !tg_as_event(h, b, &y)) return clash();
  if (x.kind == TG_V_DATE && y.kind == TG_V_DATE) return decided(op, sign_of(x.num, y.num));
  return tg_bool(op == TG_NE);
}

static tg_value compare_durations(tg_op2 op, tg_value a, tg_value b) {
  unsigned family = tg_duration_family(a) | tg_duration_family(b);
  if (family == 3) return clash(); /* how many days is a month? */
  if (family == 1) return decided(op, sign_of(tg_duration_months(a), tg_duration_months(b)));
  return decided(op, sign_of(tg_duration_days(a), tg_duration_days(b)));
}

static tg_value compare_items(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  uint32_t n = (uint32_t)a.bits, x = (uint32_t)(a.bits >> 32), y = (uint32_t)(b.bits >> 32);
  if (op != TG_EQ && op != TG_NE) return clash();
  if (a.aux || b.aux) return derived();
  tg_value all = tg_bool(n == (uint32_t)b.bits);
  if (tg_is_false(all)) return tg_bool(op == TG_NE);
  for (uint32_t i = 0; i < n && !tg_is_false(all) && all.kind != TG_V_ERROR; i++) {
    h->cost++;
    all = tg_and(all, tg_op2_apply(h, TG_EQ, h->items.at[x + i], h->items.at[y + i]));
  }
  return op == TG_NE ? tg_not(all) : all;
}

static tg_value compare(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  if (tg_is_text(a) && tg_is_text(b)) return compare_texts(h, op, a, b);
  if (a.kind == TG_V_NO_DATE || b.kind == TG_V_NO_DATE) return tg_bool(false);
  if (a.kind == TG_V_DATE && b.kind == TG_V_DATE) return decided(op, sign_of(a.num, b.num));
  if (a.kind == TG_V_DATE || b.kind == TG_V_DATE) return compare_date(h, op, a, b);
  if (a.kind != b.kind) return clash();
  switch (a.kind) {
  case TG_V_BOOL: return op == TG_EQ || op == TG_NE ? decided(op, a.num != b.num) : clash();
  case TG_V_DURATION: return compare_durations(op, a, b);
  case TG_V_ITEMS: return compare_items(h, op, a, b);
  default: return clash();
  }
}

/* One is no date: may the other stand beside it? */
static tg_value with_no_date(tg_heap *h, tg_op2 op, tg_value other) {
  tg_value event;
  if (other.kind == TG_V_NUMBER || other.kind == TG_V_NO_DATE) return no_date();
  if (op != TG_ADD && op != TG_SUB) return clash();
  return other.kind == TG_V_DURATION || tg_as_event(h, other, &event) ? no_date() : clash();
}

static tg_value arithmetic(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  if (a.kind == TG_V_NO_DATE) return with_no_date(h, op, b);
  if (b.kind == TG_V_NO_DATE) return with_no_date(h, op, a);
  if (op != TG_ADD && op != TG_SUB) return clash();
  int sign = op == TG_ADD ? 1 : -1;
  if (a.kind == TG_V_DURATION && b.kind == TG_V_DURATION)
    return tg_duration(tg_duration_months(a) + sign * (int64_t)tg_duration_months(b),
                       tg_duration_days(a) + sign * (int64_t)tg_duration_days(b));
  tg_value x = a, y = b; /* an event word becomes no date */
  if ((a.kind != TG_V_DURATION && !tg_as_event(h, a, &x)) ||
      (b.kind != TG_V_DURATION && !tg_as_event(h, b, &y)))
    return clash();
  if (x.kind == TG_V_NO_DATE || y.kind == TG_V_NO_DATE) return no_date();
  if (y.kind == TG_V_DURATION) return tg_date_plus(x, y, sign);
  if (op == TG_ADD) return x.kind == TG_V_DURATION ? tg_date_plus(y, x, 1) : clash();
  return x.kind == TG_V_DATE ? tg_duration(0, x.num - y.num) : clash();
}

/* A range with a number or a range, and with no date, which may be what days() gave. */
static tg_value with_range(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  if (a.kind != TG_V_NO_DATE && b.kind != TG_V_NO_DATE) return tg_range_op(h, op, a, b);
  tg_value range = a.kind == TG_V_RANGE ? a : b;
  if (range.aux) return derived();
  return op <= TG_GE ? tg_bool(false) : no_date();
}

tg_value tg_op2_apply(tg_heap *h, tg_op2 op, tg_value a, tg_value b) {
  if (a.kind == TG_V_NUMBER && b.kind == TG_V_NUMBER) {
    if (op <= TG_GE) return decided(op, tg_decimal_compare(a, b));
    if (op != TG_DIV) return tg_decimal_op(op, a, b);
    return b.num == 0 ? tg_unknown(TG_WHY_UNDEFINED) : tg_decimal_divide(a, b);
  }
  if (a.kind == TG_V_ERROR) return a;
  if (b.kind == TG_V_ERROR) return b;
  if (a.kind == TG_V_UNKNOWN || b.kind == TG_V_UNKNOWN) return derived();
  if (a.kind == TG_V_RANGE || b.kind == TG_V_RANGE) return with_range(h, op, a, b);
  return op <= TG_GE ? compare(h, op, a, b) : arithmetic(h, op, a, b);
}

/* ---- truth ---- */

tg_value tg_not(tg_value v) {
  if (v.kind == TG_V_BOOL) return tg_bool(!v.num);
  if (v.kind == TG_V_ERROR) return v;
  return v.kind == TG_V_UNKNOWN ? derived() : clash();
}

/* `decides`: the operand that settles the result alone, 0 for and, 1 for or. */
static tg_value join(tg_value a, tg_value b, int64_t decides) {
  if (a.kind == TG_V_BOOL && b.kind == TG_V_BOOL)
    return tg_bool((a.num == decides || b.num == decides) == decides);
  if (a.kind == TG_V_ERROR || (a.kind == TG_V_BOOL && a.num == decides))
    return a; /* shields the right side */
  if (a.kind != TG_V_BOOL && a.kind != TG_V_UNKNOWN) return clash();
  if (b.kind == TG_V_ERROR || (b.kind == TG_V_BOOL && b.num == decides)) return b;
  if (b.kind != TG_V_BOOL && b.kind != TG_V_UNKNOWN) return clash();
  return derived(); /* at least one is unknown, none decides */
}

tg_value tg_and(tg_value a, tg_value b) { return join(a, b, 0); }
tg_value tg_or(tg_value a, tg_value b) { return join(a, b, 1); }

tg_value tg_if_merge(tg_heap *h, tg_value x, tg_value y) {
  if (x.kind == TG_V_ERROR) return x;
  if (y.kind == TG_V_ERROR) return y;
  if (x.kind == TG_V_UNKNOWN || y.kind == TG_V_UNKNOWN || x.kind == TG_V_RANGE || y.kind == TG_V_RANGE)
    return derived();
  return tg_same(h, x, y) ? x : derived();
}
