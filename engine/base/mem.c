/* Counted memory, arenas, growing vectors and buffers. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *libc_alloc(void *ctx, size_t n) {
  (void)ctx;
  return malloc(n);
}

static void *libc_resize(void *ctx, void *p, size_t old, size_t n) {
  (void)ctx;
  (void)old;
  return realloc(p, n);
}

static void libc_release(void *ctx, void *p, size_t n) {
  (void)ctx;
  (void)n;
  free(p);
}

void tg_mem_init(tg_mem *m, const tg_allocator *allocator, uint64_t limit) {
  memset(m, 0, sizeof *m);
  m->limit = limit;
  if (allocator != NULL)
    m->allocator = *allocator;
  else
    m->allocator = (tg_allocator){NULL, libc_alloc, libc_resize, libc_release};
}

void tg_mem_clear(tg_mem *m) { m->failed = m->limit_hit = false; }

tg_status tg_mem_status(const tg_mem *m) {
  if (!m->failed) return TG_OK;
  return m->limit_hit ? TG_LIMIT : TG_NOMEM;
}

/* Whether `more` bytes may be handed out on top of what is in use. */
static bool allowed(tg_mem *m, size_t more) {
  m->count++;
  if (m->limit != 0 && (more > m->limit || m->used > m->limit - more)) {
    m->failed = m->limit_hit = true;
    return false;
  }
  return true;
}

static void *handed_out(tg_mem *m, void *p, size_t more) {
  if (p == NULL) {
    m->failed = true;
    return NULL;
  }
  m->used += more;
  if (m->used > m->peak) m->peak = m->used;
  return p;
}

void *tg_mem_alloc(tg_mem *m, size_t n) {
  if (n == 0 || !allowed(m, n)) return NULL;
  return handed_out(m, m->allocator.alloc(m->allocator.ctx, n), n);
}

void *tg_mem_zalloc(tg_mem *m, size_t n) {
  void *p = tg_mem_alloc(m, n);
  if (p != NULL) memset(p, 0, n);
  return p;
}

void *tg_mem_resize(tg_mem *m, void *p, size_t old, size_t n) {
  if (old == 0) return tg_mem_alloc(m, n);
  if (n == 0) {
    tg_mem_free(m, p, old);
    return NULL;
  }
  if (n > old && !allowed(m, n - old)) return NULL;
  if (n <= old) m->count++;
  void *q = m->allocator.resize(m->allocator.ctx, p, old, n);
  if (q == NULL) {
    m->failed = true;
    return NULL;
  }
  m->used = m->used - old + n;
  if (m->used > m->peak) m->peak = m->used;
  return q;
}

void tg_mem_free(tg_mem *m, void *p, size_t n) {
  if (p == NULL || n == 0) return;
  m->used -= n;
  m->allocator.release(m->allocator.ctx, p, n);
}

/* ---- arena ---- */

struct tg_arena_chunk {
  tg_arena_chunk *older;
  size_t size; /* of the whole allocation */
  uint64_t pad[2];
};
_Static_assert(sizeof(struct tg_arena_chunk) % 16 == 0, "blocks behind the head are 16-byte aligned");

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

void tg_arena_init(tg_arena *a, tg_mem *mem) { *a = (tg_arena){mem, NULL, NULL, NULL}; }

static bool add_chunk(tg_arena *a, size_t n) {
  size_t size = a->chunk ? a->chunk->size * 2 : FIRST_CHUNK;
  if (size > LARGEST_CHUNK) size = LARGEST_CHUNK;
  if (size < n + sizeof(tg_arena_chunk)) size = n + sizeof(tg_arena_chunk);
#ifdef TG_DEBUG_ALLOC
  size = n + sizeof(tg_arena_chunk); /* one allocation a block, so that sanitizers see its end */
#endif
  tg_arena_chunk *c = tg_mem_alloc(a->mem, size);
  if (c == NULL) return false;
  c->older = a->chunk;
  c->size = size;
  a->chunk = c;
  a->at = (uint8_t *)(c + 1);
  a->end = (uint8_t *)c + size;
  return true;
}

void *tg_arena_alloc(tg_arena *a, size_t n) {
  if (n > SIZE_MAX / 4) {
    a->mem->failed = true;
    return NULL;
  }
  size_t rounded = (n + 15) & ~(size_t)15;
  if (rounded == 0) rounded = 16;
#ifdef TG_DEBUG_ALLOC
  if (!add_chunk(a, n ? n : 1)) return NULL;
  void *block = a->at;
  a->at = a->end;
  memset(block, 0, n);
  return block;
#else
  if ((size_t)(a->end - a->at) < rounded && !add_chunk(a, rounded)) return NULL;
  void *p = a->at;
  a->at += rounded;
  memset(p, 0, rounded);
  return p;
#endif
}

char *tg_arena_text(tg_arena *a, const void *bytes, size_t n) {
  char *p = tg_arena_alloc(a, n + 1);
  if (p != NULL && n > 0) memcpy(p, bytes, n);
  return p;
}

void tg_arena_reset(tg_arena *a) {
  tg_arena_chunk *keep = NULL;
#ifndef TG_DEBUG_ALLOC
  keep = a->chunk;
  for (tg_arena_chunk *c = a->chunk; c != NULL; c = c->older)
    if (c->size > keep->size) keep = c;
#endif
  for (tg_arena_chunk *c = a->chunk; c != NULL;) {
    tg_arena_chunk *older = c->older;
    if (c != keep) tg_mem_free(a->mem, c, c->size);
    c = older;
  }
  a->chunk = keep;
  a->at = keep ? (uint8_t *)(keep + 1) : NULL;
  a->end = keep ? (uint8_t *)keep + keep->size : NULL;
  if (keep != NULL) keep->older = NULL;
}

void tg_arena_done(tg_arena *a) {
  for (tg_arena_chunk *c = a->chunk; c != NULL;) {
    tg_arena_chunk *older = c->older;
    tg_mem_free(a->mem, c, c->size);
    c = older;
  }
  a->chunk = NULL;
  a->at = a->end = NULL;
}

/* ---- vectors ---- */

bool tg_vec_grow_(tg_mem *m, void **at, uint32_t *cap, uint64_t need, size_t element) {
  uint64_t wanted = *cap ? (uint64_t)*cap * 2 : 8;
  if (wanted < need) wanted = need;
  if (wanted > UINT32_MAX) wanted = UINT32_MAX;
  if (need > wanted || wanted > SIZE_MAX / element) {
    m->failed = m->limit_hit = true;
    return false;
  }
  void *p = tg_mem_resize(m, *at, (size_t)*cap * element, (size_t)wanted * element);
  if (p == NULL) return false;
  *at = p;
  *cap = (uint32_t)wanted;
  return true;
}

/* ---- buffers ---- */

void tg_buf_init(tg_buf *b, tg_mem *mem) { *b = (tg_buf){mem, NULL, 0, 0, false}; }

void tg_buf_done(tg_buf *b) {
  tg_mem_free(b->mem, b->at, b->cap);
  b->at = NULL;
  b->n = b->cap = 0;
}

void tg_buf_clear(tg_buf *b) {
  b->n = 0;
  b->failed = false;
  if (b->at != NULL) b->at[0] = 0;
}

static bool fit(tg_buf *b, size_t more) {
  if (b->failed) return false;
  if (b->cap - b->n > more) return true;
  size_t cap = b->cap ? b->cap * 2 : 256;
  if (more > SIZE_MAX / 4 || b->n > SIZE_MAX / 4) {
    b->failed = true;
    return false;
  }
  while (cap - b->n <= more) cap *= 2;
  char *p = tg_mem_resize(b->mem, b->at, b->cap, cap);
  if (p == NULL) {
    b->failed = true;
    return false;
  }
  b->at = p;
  b->cap = cap;
  return true;
}

void tg_buf_put(tg_buf *b, const void *bytes, size_t n) {
  if (n == 0 || !fit(b, n)) return;
  memcpy(b->at + b->n, bytes, n);
  b->n += n;
  b->at[b->n] = 0;
}

void tg_buf_puts(tg_buf *b, const char *text) { tg_buf_put(b, text, strlen(text)); }
void tg_buf_putc(tg_buf *b, char c) { tg_buf_put(b, &c, 1); }

void tg_buf_printf(tg_buf *b, const char *format, ...) {
  if (b->failed) return;
  va_list values;
  size_t room = b->cap - b->n; /* most texts fit what is there */
  va_start(values, format);
  int n = vsnprintf(room ? b->at + b->n : NULL, room, format, values);
  va_end(values);
  if (n < 0) b->failed = true;
  if (n > 0 && (size_t)n >= room) {
    if (!fit(b, (size_t)n)) {
      if (b->at != NULL) b->at[b->n] = 0; /* takes back the half that was written */
      return;
    }
    va_start(values, format);
    vsnprintf(b->at + b->n, (size_t)n + 1, format, values);
    va_end(values);
  }
  if (n > 0) b->n += (size_t)n;
}
