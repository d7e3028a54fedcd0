/* Texts: where their bytes are, and comparing them. */
#include "value/inner.h"

#include <string.h>

void tg_heap_init(tg_heap *h, tg_mem *mem) {
  memset(h, 0, sizeof *h);
  h->mem = mem;
  h->run.mem = mem;
}

void tg_heap_reset(tg_heap *h) {
  h->run.n = h->pairs.n = h->items.n = h->possible.n = 0;
  h->cost = 0;
  h->failed = false;
}

void tg_heap_done(tg_heap *h) {
  if (h->mem == NULL) return;
  tg_mem_free(h->mem, h->run.at, h->run.cap);
  tg_vec_done(h->mem, &h->pairs);
  tg_vec_done(h->mem, &h->items);
  tg_vec_done(h->mem, &h->possible);
  h->run = (tg_pool){h->mem, NULL, 0, 0};
}

int64_t tg_pool_add(tg_pool *p, const void *bytes, size_t n) {
  if (n > UINT32_MAX - p->n) {
    p->mem->failed = p->mem->limit_hit = true;
    return -1;
  }
  if (p->cap - p->n < n || p->at == NULL) {
    uint64_t cap = p->cap ? (uint64_t)p->cap * 2 : 256;
    while (cap < (uint64_t)p->n + n) cap *= 2;
    if (cap > UINT32_MAX) cap = UINT32_MAX;
    uint8_t *at = tg_mem_resize(p->mem, p->at, p->cap, (size_t)cap);
    if (at == NULL) return -1;
    p->at = at;
    p->cap = (uint32_t)cap;
  }
  if (n) memcpy(p->at + p->n, bytes, n);
  p->n += (uint32_t)n;
  return (int64_t)(p->n - n);
}

/* The first eight bytes as one number, so that integer order is byte order. */
static uint64_t prefix_of(const uint8_t *bytes, uint32_t n) {
  uint64_t word = 0;
  uint8_t first[8] = {0};
  memcpy(first, bytes, n < 8 ? n : 8);
  for (int i = 0; i < 8; i++) word = word << 8 | first[i];
  return word;
}

tg_value tg_text_value(tg_home home, const uint8_t *bytes, uint32_t n, uint32_t start, uint32_t offset) {
  tg_value v = {TG_V_TEXT, (uint8_t)home, (uint16_t)n, start, {0}};
  bool addressed = home == TG_HOME_SOURCE || home == TG_HOME_QUOTED || home == TG_HOME_PROGRAM;
  if (addressed && n < UINT16_MAX && start != TG_NOWHERE) {
    v.bits = prefix_of(bytes, n);
    return v;
  }
  if (home == TG_HOME_SOURCE || home == TG_HOME_QUOTED) offset = start + (home == TG_HOME_QUOTED);
  v.kind = TG_V_LONG;
  v.len = 0;
  v.bits = (uint64_t)offset << 32 | n;
  return v;
}

tg_value tg_text_made(tg_heap *h, const void *bytes, size_t n) {
  int64_t at = tg_pool_add(&h->run, bytes, n);
  if (at < 0) {
    h->failed = true;
    return tg_unknown(TG_WHY_DERIVED);
  }
  return tg_text_value(TG_HOME_RUN, h->run.at + at, (uint32_t)n, TG_NOWHERE, (uint32_t)at);
}

tg_str tg_text_of(const tg_heap *h, const tg_value *v) {
  if (v->kind == TG_V_TEXT) {
    if (v->aux == TG_HOME_PROGRAM) return (tg_str){(const char *)h->program + v->start, v->len};
    const char *at = (const char *)(h->pages[v->start >> TG_PAGE_BITS] + v->start);
    return (tg_str){at + (v->aux == TG_HOME_QUOTED), v->len};
  }
  uint32_t offset = (uint32_t)(v->bits >> 32), n = (uint32_t)v->bits;
  switch (v->aux) {
  case TG_HOME_FACTS: return (tg_str){(const char *)h->facts + offset, n};
  case TG_HOME_PROGRAM: return (tg_str){(const char *)h->program + offset, n};
  case TG_HOME_RUN: return (tg_str){(const char *)h->run.at + offset, n};
  default: return (tg_str){(const char *)(h->pages[offset >> TG_PAGE_BITS] + offset), n}; /* long text in a source */
  }
}

int tg_text_compare(const tg_heap *h, tg_value a, tg_value b) {
  if (a.kind == TG_V_TEXT && b.kind == TG_V_TEXT && (a.bits != b.bits || (a.len <= 8 && b.len <= 8))) {
    if (a.bits != b.bits) return a.bits < b.bits ? -1 : 1;
    return a.len < b.len ? -1 : a.len > b.len; /* only zero bytes could tell them apart */
  }
  return tg_str_cmp(tg_text_of(h, &a), tg_text_of(h, &b));
}

tg_value tg_text_contains(tg_heap *h, tg_value a, tg_value b) {
  if (a.kind == TG_V_ERROR) return a;
  if (b.kind == TG_V_ERROR) return b;
  if (a.kind == TG_V_UNKNOWN || b.kind == TG_V_UNKNOWN) return tg_unknown(TG_WHY_DERIVED);
  if (!tg_is_text(a) || !tg_is_text(b)) return tg_fault_value(TG_FAULT_TYPE);
  tg_str x = tg_text_of(h, &a), y = tg_text_of(h, &b);
  h->cost += x.n / 64;
  return tg_bool(y.n == 0 || memmem(x.at, x.n, y.at, y.n) != NULL);
}

static tg_value lower(tg_heap *h, tg_value v) {
  tg_str s = tg_text_of(h, &v);
  tg_buf b;
  tg_buf_init(&b, h->mem);
  h->cost += s.n / 64;
  for (const uint8_t *p = (const uint8_t *)s.at, *end = p + s.n; p < end;) {
    unsigned len;
    uint8_t out[4];
    uint32_t cp = tg_utf8_get(p, end, &len);
    tg_buf_put(&b, out, tg_utf8_put(tg_lower_point(cp), out));
    p += len;
  }
  tg_value made = tg_unknown(TG_WHY_DERIVED);
  if (b.failed)
    h->failed = true;
  else
    made = tg_text_made(h, b.n ? b.at : "", b.n);
  tg_buf_done(&b);
  made.start = TG_NOWHERE;
  return made;
}

tg_value tg_fn1_apply(tg_heap *h, tg_fn1 fn, tg_value v) {
  if (v.kind == TG_V_ERROR) return v;
  if (v.kind == TG_V_UNKNOWN) return tg_unknown(TG_WHY_DERIVED);
  if (v.kind == TG_V_RANGE) return tg_unknown(TG_WHY_DERIVED);
  switch (fn) {
  case TG_FN_DAYS:
    if (v.kind == TG_V_NO_DATE) return v;
    if (v.kind == TG_V_DURATION)
      return tg_duration_months(v) == 0 ? tg_int(tg_duration_days(v)) : tg_fault_value(TG_FAULT_TYPE);
    if (v.kind != TG_V_NUMBER) break;
    v = tg_decimal_trim(v);
    return v.aux == 0 ? tg_duration(0, v.num) : tg_fault_value(TG_FAULT_RANGE);
  case TG_FN_ABS:
    if (v.kind == TG_V_NO_DATE) return v;
    if (v.kind == TG_V_NUMBER) return v.num < 0 ? tg_negate(h, v) : v;
    if (v.kind == TG_V_DURATION)
      return tg_duration_days(v) < 0 || tg_duration_months(v) < 0 ? tg_negate(h, v) : v;
    break;
  case TG_FN_LOWER:
    if (tg_is_text(v)) return lower(h, v);
    break;
  case TG_FN_LENGTH:
    if (tg_is_text(v)) {
      tg_str s = tg_text_of(h, &v);
      h->cost += s.n / 64;
      return tg_int((int64_t)tg_utf8_count(s.at, s.n));
    }
    break;
  }
  return tg_fault_value(TG_FAULT_TYPE);
}
