/* Source texts and places in them. */
#include "base/source.h"

#include "base/limits.h"

#include <string.h>

enum { PADDING = 64, PAGE = 1 << TG_PAGE_BITS };

void tg_sources_init(tg_sources *s, tg_mem *mem) {
  memset(s, 0, sizeof *s);
  s->mem = mem;
  tg_arena_init(&s->names, mem);
}

void tg_sources_reset(tg_sources *s) {
  for (uint32_t i = 0; i < s->list.n; i++) {
    tg_source *x = &s->list.at[i];
    if (x->owned) tg_mem_free(s->mem, (void *)(uintptr_t)x->text, x->owned);
    tg_vec_done(s->mem, &x->lines);
  }
  s->list.n = s->pages.n = s->owner.n = 0;
  tg_arena_reset(&s->names);
}

void tg_sources_done(tg_sources *s) {
  if (s->mem == NULL) return;
  tg_sources_reset(s);
  tg_vec_done(s->mem, &s->list);
  tg_vec_done(s->mem, &s->pages);
  tg_vec_done(s->mem, &s->owner);
  tg_arena_done(&s->names);
}

/* Hands out address space for `n` bytes at `text`; the padding has addresses too, so that an end is a place. */
static tg_status enter(tg_sources *s, tg_str name, const uint8_t *text, size_t n, size_t owned, uint32_t *index) {
  uint64_t base = (uint64_t)s->pages.n << TG_PAGE_BITS, pages = (n + PADDING + PAGE - 1) / PAGE;
  if (base + n + PAGE > TG_MAX_SOURCE_BYTES) return TG_LIMIT;
  char *copy = tg_arena_text(&s->names, name.at ? name.at : "", name.n);
  if (copy == NULL || !tg_vec_fit(s->mem, &s->pages, pages) || !tg_vec_fit(s->mem, &s->owner, pages) ||
      !tg_vec_fit(s->mem, &s->list, 1))
    return tg_mem_status(s->mem);
  for (uint64_t i = 0; i < pages; i++) {
    s->pages.at[s->pages.n++] = (uintptr_t)text - (uintptr_t)base;
    s->owner.at[s->owner.n++] = s->list.n;
  }
  tg_source x = {.name = {copy, name.n}, .text = text, .len = (uint32_t)n, .base = (uint32_t)base, .owned = owned};
  *index = s->list.n;
  s->list.at[s->list.n++] = x;
  return TG_OK;
}

tg_status tg_sources_take(tg_sources *s, tg_str name, uint8_t *text, size_t n, size_t size, uint32_t *index) {
  return enter(s, name, text, n, size, index);
}

tg_status tg_sources_borrow(tg_sources *s, tg_str name, const uint8_t *padded, size_t n, uint32_t *index) {
  return enter(s, name, padded, n, 0, index);
}

tg_status tg_sources_add(tg_sources *s, tg_str name, const void *bytes, size_t n, uint32_t *index) {
  if (n >= TG_MAX_SOURCE_BYTES) return TG_LIMIT;
  uint8_t *copy = tg_mem_alloc(s->mem, n + PADDING);
  if (copy == NULL) return tg_mem_status(s->mem);
  if (n) memcpy(copy, bytes, n);
  memset(copy + n, 0, PADDING);
  tg_status st = enter(s, name, copy, n, n + PADDING, index);
  if (st != TG_OK) tg_mem_free(s->mem, copy, n + PADDING);
  return st;
}

tg_source *tg_sources_of(const tg_sources *s, uint32_t address) {
  uint32_t page = address >> TG_PAGE_BITS;
  return page < s->owner.n ? &s->list.at[s->owner.at[page]] : NULL;
}

static bool make_lines(const tg_sources *s, tg_source *x) {
  if (x->lines.n) return true;
  if (!tg_vec_push(s->mem, &x->lines, 0)) return false;
  const uint8_t *at = x->text, *end = x->text + x->len;
  while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
    at++;
    if (!tg_vec_push(s->mem, &x->lines, (uint32_t)(at - x->text))) {
      tg_vec_done(s->mem, &x->lines);
      return false;
    }
  }
  return true;
}

tg_place tg_sources_place(const tg_sources *s, uint32_t address) {
  tg_place none = {{"", 0}, 0, 0};
  tg_source *x = address == UINT32_MAX ? NULL : tg_sources_of(s, address);
  if (x == NULL) return none;
  tg_place place = {x->name, 0, 0};
  if (!make_lines(s, x)) return place;
  uint32_t offset = address - x->base, low = 0, high = x->lines.n;
  if (offset > x->len) offset = x->len;
  while (high - low > 1) { /* the last line that begins at or before the offset */
    uint32_t middle = low + (high - low) / 2;
    if (x->lines.at[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  place.line = low + 1;
  place.column = (uint32_t)tg_utf8_count(x->text + x->lines.at[low], offset - x->lines.at[low]) + 1;
  return place;
}

const uint8_t *tg_source_sha256(tg_source *s) {
  if (!s->hashed) tg_sha256(s->text, s->len, s->sha256);
  s->hashed = true;
  return s->sha256;
}
