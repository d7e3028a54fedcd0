/* Sameness, hashes and order of known values: for keys, sets, `unique` and sorting. */
#include "value/inner.h"

static int sign_of(int64_t a, int64_t b) { return (a > b) - (a < b); }

bool tg_same(const tg_heap *h, tg_value a, tg_value b) {
  if (tg_is_text(a) && tg_is_text(b)) {
    if (a.kind == TG_V_TEXT && b.kind == TG_V_TEXT && (a.bits != b.bits || a.len != b.len)) return false;
    return tg_text_compare(h, a, b) == 0;
  }
  if (a.kind != b.kind) return false;
  switch (a.kind) {
  case TG_V_NUMBER: return tg_decimal_compare(a, b) == 0;
  case TG_V_ROW: return a.bits == b.bits && a.len == b.len;
  case TG_V_ROWS: /* rows are identities; two empty lists are one */
    return (uint32_t)a.bits == (uint32_t)b.bits &&
           ((uint32_t)a.bits == 0 || (a.bits == b.bits && a.len == b.len));
  case TG_V_ITEMS: {
    uint32_t n = (uint32_t)a.bits, x = (uint32_t)(a.bits >> 32), y = (uint32_t)(b.bits >> 32);
    if (n != (uint32_t)b.bits || a.aux || b.aux) return false;
    for (uint32_t i = 0; i < n; i++)
      if (!tg_same(h, h->items.at[x + i], h->items.at[y + i])) return false;
    return true;
  }
  case TG_V_UNKNOWN:
  case TG_V_ERROR:
  case TG_V_RANGE: return false; /* nothing that is known */
  default: return a.bits == b.bits;
  }
}

uint64_t tg_value_hash(const tg_heap *h, const tg_seed *seed, tg_value v) {
  struct {
    uint64_t bits, kind;
  } key = {v.bits, v.kind};
  switch (v.kind) {
  case TG_V_TEXT:
  case TG_V_LONG: {
    tg_str s = tg_text_of(h, &v);
    return tg_siphash(seed, s.at, s.n);
  }
  case TG_V_NUMBER:
    v = tg_decimal_trim(v);
    key.bits = v.bits;
    key.kind |= (uint64_t)v.aux << 8;
    break;
  case TG_V_ROW: key.kind |= (uint64_t)v.len << 16; break;
  case TG_V_ROWS:
    if ((uint32_t)v.bits == 0)
      key.bits = 0;
    else
      key.kind |= (uint64_t)v.len << 16;
    break;
  case TG_V_ITEMS: /* by members, as tg_same */
    key.bits = (uint32_t)v.bits;
    for (uint32_t i = 0, n = (uint32_t)v.bits; i < n; i++) {
      uint64_t pair[2] = {key.bits, tg_value_hash(h, seed, h->items.at[(uint32_t)(v.bits >> 32) + i])};
      key.bits = tg_siphash(seed, pair, sizeof pair);
    }
    break;
  default: break;
  }
  return tg_siphash(seed, &key, sizeof key);
}

int tg_value_order(const tg_heap *h, tg_value a, tg_value b, bool *clash) {
  if (tg_is_text(a) && tg_is_text(b)) {
    int order = tg_text_compare(h, a, b);
    return (order > 0) - (order < 0);
  }
  if (a.kind != b.kind) {
    *clash = true;
    return sign_of(a.kind, b.kind);
  }
  switch (a.kind) {
  case TG_V_NUMBER: return tg_decimal_compare(a, b);
  case TG_V_BOOL:
  case TG_V_DATE: return sign_of(a.num, b.num);
  case TG_V_DURATION: {
    int months = sign_of(tg_duration_months(a), tg_duration_months(b));
    if ((tg_duration_family(a) | tg_duration_family(b)) == 3) *clash = true;
    return months != 0 ? months : sign_of(tg_duration_days(a), tg_duration_days(b));
  }
  default: *clash = true; return sign_of(a.num, b.num);
  }
}

int tg_event_order(const tg_heap *h, tg_value a, tg_value b, tg_fault *fault) {
  bool clash = false;
  tg_value x, y;
  if (a.kind == TG_V_NO_DATE || b.kind == TG_V_NO_DATE) {
    *fault = TG_FAULT_EVENT;
  } else if (tg_as_event(h, a, &x) && tg_as_event(h, b, &y)) {
    if (x.kind == TG_V_DATE && y.kind == TG_V_DATE) return sign_of(x.num, y.num);
    if (x.kind == TG_V_DATE || y.kind == TG_V_DATE) *fault = TG_FAULT_EVENT;
  }
  int order = tg_value_order(h, a, b, &clash);
  if (clash && *fault == 0) *fault = TG_FAULT_TYPE;
  return order;
}
