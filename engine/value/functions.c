/* Tests and functions of one value. */
#include "value/inner.h"

#include <string.h>

static tg_value derived(void) { return tg_unknown(TG_WHY_DERIVED); }
static tg_value clash(void) { return tg_fault_value(TG_FAULT_TYPE); }

/* ---- tests ---- */

/* A list whose members are all only possible may turn out to be empty. */
static tg_value is_empty_list(const tg_heap *h, tg_value v) {
  uint32_t n = (uint32_t)v.bits, first = (uint32_t)(v.bits >> 32);
  if (n == 0) return tg_bool(true);
  for (uint32_t i = 0; i < n; i++)
    if (!v.aux || !h->possible.at[first + i]) return tg_bool(false);
  return derived();
}

static tg_value is_empty(const tg_heap *h, tg_value v) {
  switch (v.kind) {
  case TG_V_TEXT: return tg_bool(v.len == 0);
  case TG_V_LONG:
  case TG_V_ROWS: return tg_bool((uint32_t)v.bits == 0);
  case TG_V_ITEMS: return is_empty_list(h, v);
  case TG_V_DATE:
  case TG_V_NO_DATE: return tg_bool(false); /* an event may be a text or a date */
  default: return clash();
  }
}

tg_value tg_test_apply(tg_heap *h, tg_test test, tg_value v, tg_value today) {
  tg_value event;
  bool known = v.kind != TG_V_UNKNOWN && v.kind != TG_V_RANGE;
  if (v.kind == TG_V_ERROR) return v;
  if (test == TG_TEST_KNOWN) return tg_bool(known);
  if (test == TG_TEST_MISSING) return tg_bool(!known);
  if (!known) return derived();
  switch (test) {
  case TG_TEST_NONE: /* the word may stand in the place of anything: a number or a list is not it */
    return tg_bool(tg_is_text(v) && tg_str_is(tg_text_of(h, &v), "none"));
  case TG_TEST_EMPTY: return is_empty(h, v);
  default:
    if (!tg_as_event(h, v, &event)) return clash();
    if (test == TG_TEST_DATED) return tg_bool(event.kind == TG_V_DATE);
    return tg_bool(event.kind == TG_V_DATE && event.num <= today.num);
  }
}

/* ---- texts ---- */

tg_value tg_text_contains(tg_heap *h, tg_value a, tg_value b) {
  if (a.kind == TG_V_ERROR) return a;
  if (b.kind == TG_V_ERROR) return b;
  if (a.kind == TG_V_UNKNOWN || b.kind == TG_V_UNKNOWN) return derived();
  if (!tg_is_text(a) || !tg_is_text(b)) return clash();
  tg_str x = tg_text_of(h, &a), y = tg_text_of(h, &b);
  h->cost += x.n / 64 + y.n / 64;
  return tg_bool(y.n == 0 || memmem(x.at, x.n, y.at, y.n) != NULL);
}

/* Into the run's pool at once; no mapping makes a character more than half as long again (2 bytes to 3). */
static tg_value lower(tg_heap *h, tg_value v) {
  uint32_t n = tg_text_of(h, &v).n;
  h->cost += n / 64;
  if (!tg_pool_fit(&h->run, (size_t)n + n / 2 + 1)) {
    h->failed = true;
    return derived();
  }
  tg_str s = tg_text_of(h, &v); /* only now: the pool may have moved */
  uint8_t *out = h->run.at + h->run.n, *to = out;
  for (const uint8_t *p = (const uint8_t *)s.at, *end = p + s.n; p < end;) {
    if (*p < 0x80) {
      *to++ = (uint8_t)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
      p++;
      continue;
    }
    unsigned len;
    uint32_t cp = tg_utf8_get(p, end, &len);
    to += tg_utf8_put(tg_lower_point(cp), to);
    p += len;
  }
  uint32_t made = (uint32_t)(to - out), at = h->run.n;
  h->run.n += made;
  return tg_text_value(TG_HOME_RUN, out, made, TG_NOWHERE, at);
}

/* ---- functions ---- */

static tg_value days(tg_value v) {
  if (v.kind == TG_V_NO_DATE) return v;
  if (v.kind == TG_V_DURATION) return tg_duration_months(v) == 0 ? tg_int(tg_duration_days(v)) : clash();
  if (v.kind != TG_V_NUMBER) return clash();
  v = tg_decimal_trim(v);
  return v.aux == 0 ? tg_duration(0, v.num) : tg_fault_value(TG_FAULT_RANGE);
}

static tg_value absolute(tg_heap *h, tg_value v) {
  if (v.kind == TG_V_NO_DATE) return v;
  if (v.kind == TG_V_NUMBER) return v.num < 0 ? tg_negate(h, v) : v;
  if (v.kind != TG_V_DURATION) return clash();
  int32_t m = tg_duration_months(v), d = tg_duration_days(v);
  if ((m < 0 && d > 0) || (m > 0 && d < 0)) return clash(); /* whether it is negative depends on the date */
  return m < 0 || d < 0 ? tg_negate(h, v) : v;
}

tg_value tg_fn1_apply(tg_heap *h, tg_fn1 fn, tg_value v) {
  if (v.kind == TG_V_ERROR) return v;
  if (v.kind == TG_V_UNKNOWN || v.kind == TG_V_RANGE) return derived();
  if (fn == TG_FN_DAYS) return days(v);
  if (fn == TG_FN_ABS) return absolute(h, v);
  if (!tg_is_text(v)) return clash();
  if (fn == TG_FN_LOWER) return lower(h, v);
  tg_str s = tg_text_of(h, &v);
  h->cost += s.n / 64;
  return tg_int((int64_t)tg_utf8_count(s.at, s.n));
}
