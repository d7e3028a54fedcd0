/* Source texts and places in them. */
#include "base/source.h"

#include "base/limits.h"

#include <string.h>

enum { PADDING = 64, PAGE = 1 << TG_PAGE_BITS, MARK_BITS = 12 };

void tg_sources_init(tg_sources *s, tg_mem *mem) {
  memset(s, 0, sizeof *s);
  s->mem = mem;
  tg_arena_init(&s->names, mem);
  pthread_mutex_init(&s->lock, NULL);
}

void tg_sources_reset(tg_sources *s) {
  for (uint32_t i = 0; i < s->list.n; i++) {
    tg_source *x = &s->list.at[i];
    if (x->owned) tg_mem_free(s->mem, (void *)(uintptr_t)x->text, x->owned);
    tg_vec_done(s->mem, &x->lines);
    tg_vec_done(s->mem, &x->marks);
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
  pthread_mutex_destroy(&s->lock);
  s->mem = NULL;
}

/* Hands out address space for `n` bytes at `text`; the padding has addresses too, so that an end is a place. */
static tg_status enter(tg_sources *s, tg_str name, const uint8_t *text, size_t n, size_t owned,
                       uint32_t *index) {
  if (n > TG_MAX_SOURCE_BYTES) return TG_LIMIT;
  uint64_t base = (uint64_t)s->pages.n << TG_PAGE_BITS, pages = ((uint64_t)n + PADDING + PAGE - 1) / PAGE;
  if (base + n + PAGE > TG_MAX_SOURCE_BYTES) return TG_LIMIT;
  char *copy = tg_arena_text(&s->names, name.at ? name.at : "", name.n);
  if (copy == NULL || !tg_vec_fit(s->mem, &s->pages, pages) || !tg_vec_fit(s->mem, &s->owner, pages) ||
      !tg_vec_fit(s->mem, &s->list, 1))
    return tg_mem_status(s->mem);
  for (uint64_t i = 0; i < pages; i++) {
    s->pages.at[s->pages.n++] = (uintptr_t)text - (uintptr_t)base;
    s->owner.at[s->owner.n++] = s->list.n;
  }
  tg_source x = {
      .name = {copy, name.n}, .text = text, .len = (uint32_t)n, .base = (uint32_t)base, .owned = owned};
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

/* ---- places ---- */

uint32_t tg_source_begin(const tg_source *x) {
  return x->len >= 3 && memcmp(x->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static bool find_lines(tg_mem *m, tg_source *x) {
  if (x->lines.n) return true;
  if (!tg_vec_push(m, &x->lines, tg_source_begin(x))) return false;
  const uint8_t *at = x->text, *end = x->text + x->len;
  while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
    at++;
    if (!tg_vec_push(m, &x->lines, (uint32_t)(at - x->text))) {
      tg_vec_done(m, &x->lines);
      return false;
    }
  }
  return true;
}

/* Code points before every 4 KiB of text.  Without them each place in a file that is one line of megabytes, as JSON often is,
 * would count the code points of half the file. */
static bool count_marks(tg_mem *m, tg_source *x) {
  uint32_t n = (x->len >> MARK_BITS) + 1, total = 0;
  if (x->marks.n) return true;
  if (!tg_vec_fit(m, &x->marks, n)) return false;
  for (uint32_t i = 0; i < n; i++) {
    x->marks.at[x->marks.n++] = total;
    uint32_t from = i << MARK_BITS, left = x->len - from, step = 1u << MARK_BITS;
    total += (uint32_t)tg_utf8_count(x->text + from, left < step ? left : step);
  }
  return true;
}

static uint32_t points_before(const tg_source *x, uint32_t offset) {
  uint32_t from = offset >> MARK_BITS << MARK_BITS;
  return x->marks.at[offset >> MARK_BITS] + (uint32_t)tg_utf8_count(x->text + from, offset - from);
}

static bool make_tables(tg_mem *m, tg_source *x) { return find_lines(m, x) && count_marks(m, x); }

/* The lock of a set that is otherwise only read. */
static pthread_mutex_t *lock_of(const tg_sources *s) { return (pthread_mutex_t *)(uintptr_t)&s->lock; }

static bool tables_of(const tg_sources *s, tg_source *x) {
  if (atomic_load_explicit(&x->placed, memory_order_acquire)) return true;
  pthread_mutex_lock(lock_of(s));
  bool ok = make_tables(s->mem, x);
  if (ok) atomic_store_explicit(&x->placed, true, memory_order_release);
  pthread_mutex_unlock(lock_of(s));
  return ok;
}

tg_place tg_sources_place(const tg_sources *s, uint32_t address) {
  tg_place none = {{"", 0}, 0, 0};
  tg_source *x = address == UINT32_MAX ? NULL : tg_sources_of(s, address);
  if (x == NULL) return none;
  tg_place place = {x->name, 0, 0};
  if (!tables_of(s, x)) return place;
  uint32_t offset = address - x->base, low = 0, high = x->lines.n;
  if (offset > x->len) offset = x->len;
  if (offset < x->lines.at[0]) offset = x->lines.at[0];
  while (high - low > 1) { /* the last line that begins at or before the offset */
    uint32_t middle = low + (high - low) / 2;
    if (x->lines.at[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  place.line = low + 1;
  place.column = points_before(x, offset) - points_before(x, x->lines.at[low]) + 1;
  return place;
}

const uint8_t *tg_source_sha256(const tg_sources *s, tg_source *x) {
  if (atomic_load_explicit(&x->hashed, memory_order_acquire)) return x->sha256;
  pthread_mutex_lock(lock_of(s));
  if (!atomic_load_explicit(&x->hashed, memory_order_relaxed)) tg_sha256(x->text, x->len, x->sha256);
  atomic_store_explicit(&x->hashed, true, memory_order_release);
  pthread_mutex_unlock(lock_of(s));
  return x->sha256;
}
