/* The heap, texts and where their bytes are, comparing them, what they mean as dates. */
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

bool tg_pool_fit(tg_pool *p, size_t n) {
  if (n > UINT32_MAX - p->n) {
    p->mem->failed = p->mem->limit_hit = true;
    return false;
  }
  if (p->at != NULL && p->cap - p->n >= n) return true;
  uint64_t cap = p->cap ? (uint64_t)p->cap * 2 : 256;
  while (cap < (uint64_t)p->n + n) cap *= 2;
  if (cap > UINT32_MAX) cap = UINT32_MAX;
  uint8_t *at = tg_mem_resize(p->mem, p->at, p->cap, (size_t)cap);
  if (at == NULL) return false;
  p->at = at;
  p->cap = (uint32_t)cap;
  return true;
}

int64_t tg_pool_add(tg_pool *p, const void *bytes, size_t n) {
  const uint8_t *from = bytes;
  size_t own = (size_t)((uintptr_t)from - (uintptr_t)p->at); /* a text of this pool moves with it */
  bool inside = p->at != NULL && own < p->n;
  if (!tg_pool_fit(p, n)) return -1;
  if (inside) from = p->at + own;
  if (n) memcpy(p->at + p->n, from, n);
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
  default:
    return (tg_str){(const char *)(h->pages[offset >> TG_PAGE_BITS] + offset), n}; /* long text in a source */
  }
}

int tg_text_compare(const tg_heap *h, tg_value a, tg_value b) {
  if (a.kind == TG_V_TEXT && b.kind == TG_V_TEXT) {
    if (a.bits != b.bits) return a.bits < b.bits ? -1 : 1;
    if (a.len <= 8 || b.len <= 8)
      return (a.len > b.len) - (a.len < b.len); /* one begins the other, or zero bytes do */
  }
  return tg_str_cmp(tg_text_of(h, &a), tg_text_of(h, &b));
}

/* ---- events ---- */

bool tg_is_event_word(const tg_heap *h, tg_value v) {
  if (v.kind == TG_V_TEXT) /* the words are in the first eight bytes */
    return (v.len == 4 && v.bits == UINT64_C(0x6e6f6e6500000000)) ||
           (v.len == 7 && v.bits == UINT64_C(0x6e6f745f79657400));
  if (v.kind != TG_V_LONG || ((uint32_t)v.bits != 4 && (uint32_t)v.bits != 7)) return false;
  tg_str s = tg_text_of(h, &v);
  return tg_str_is(s, "none") || tg_str_is(s, "not_yet");
}

bool tg_as_event(const tg_heap *h, tg_value v, tg_value *out) {
  if (v.kind == TG_V_DATE || v.kind == TG_V_NO_DATE) {
    *out = v;
    return true;
  }
  if (!tg_is_text(v)) return false;
  if (tg_is_event_word(h, v)) {
    *out = tg_value_make(TG_V_NO_DATE, 0, 0);
    return true;
  }
  if ((v.kind == TG_V_TEXT ? v.len : (uint32_t)v.bits) != 10) return false;
  tg_str s = tg_text_of(h, &v);
  return tg_date_parse(s.at, s.n, out);
}
