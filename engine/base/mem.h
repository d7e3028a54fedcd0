/* Counted memory: every allocation of the engine goes through a tg_mem, which knows the caller's
 * allocator, how much is in use, and how much may be.  Not thread-safe: one tg_mem a handle. */
#ifndef TG_BASE_MEM_H
#define TG_BASE_MEM_H

#include "base/status.h"

typedef struct tg_mem {
  tg_allocator allocator;
  uint64_t used;  /* bytes handed out now */
  uint64_t peak;  /* most bytes handed out at one time */
  uint64_t count; /* allocations and growths asked for so far */
  uint64_t limit; /* bytes that may be handed out; 0 = no limit */
  bool failed;    /* some request was refused since the last tg_mem_clear */
  bool limit_hit; /* ... by the limit, not by the allocator */
} tg_mem;

/* `allocator` NULL = malloc, realloc and free. */
void tg_mem_init(tg_mem *m, const tg_allocator *allocator, uint64_t limit);
/* Forgets an earlier refusal. */
void tg_mem_clear(tg_mem *m);
/* TG_NOMEM or TG_LIMIT after a refusal, TG_OK when there was none. */
tg_status tg_mem_status(const tg_mem *m);

/* NULL when refused.  The memory is not cleared.  `n` 0 gives NULL without failing. */
void *tg_mem_alloc(tg_mem *m, size_t n);
void *tg_mem_zalloc(tg_mem *m, size_t n);
/* Grows or shrinks `p` (NULL when `old` is 0); on refusal `p` stays as it was and NULL is returned. */
void *tg_mem_resize(tg_mem *m, void *p, size_t old, size_t n);
/* `n` is the size it was handed out with. */
void tg_mem_free(tg_mem *m, void *p, size_t n);

/* ---- arena: many small blocks, one lifetime ---- */

typedef struct tg_arena_chunk tg_arena_chunk;
typedef struct tg_arena {
  tg_mem *mem;
  tg_arena_chunk *chunk; /* newest first */
  uint8_t *at, *end;
} tg_arena;

void tg_arena_init(tg_arena *a, tg_mem *mem);
/* Frees all but one chunk, which is used again. */
void tg_arena_reset(tg_arena *a);
void tg_arena_done(tg_arena *a);
/* 16-byte aligned, cleared; NULL when refused (mem->failed is set). */
void *tg_arena_alloc(tg_arena *a, size_t n);
#define tg_arena_new(a, T)      ((T *)tg_arena_alloc((a), sizeof(T)))
#define tg_arena_array(a, T, n) ((T *)tg_arena_alloc((a), sizeof(T) * (size_t)(n)))
/* A copy of `n` bytes with a NUL behind it. */
char *tg_arena_text(tg_arena *a, const void *bytes, size_t n);

/* ---- vectors of any element type ---- */

#define TG_VEC(T)                                                                                            \
  struct {                                                                                                   \
    T *at;                                                                                                   \
    uint32_t n, cap;                                                                                         \
  }
bool tg_vec_grow_(tg_mem *m, void **at, uint32_t *cap, uint64_t need, size_t element);
#define tg_vec_fit(m, v, more)                                                                               \
  ((uint64_t)(v)->n + (more) <= (v)->cap ||                                                                  \
   tg_vec_grow_((m), (void **)&(v)->at, &(v)->cap, (uint64_t)(v)->n + (more), sizeof *(v)->at))
/* True when the element was added. */
#define tg_vec_push(m, v, x) (tg_vec_fit(m, v, 1) ? ((v)->at[(v)->n++] = (x), true) : false)
#define tg_vec_done(m, v)                                                                                    \
  (tg_mem_free((m), (v)->at, (size_t)(v)->cap * sizeof *(v)->at), (v)->at = NULL, (v)->n = (v)->cap = 0)

/* ---- growing byte buffer ---- */

typedef struct tg_buf {
  tg_mem *mem;
  char *at; /* NUL behind the last byte once anything was put */
  size_t n, cap;
  bool failed; /* a put was refused; later puts do nothing */
} tg_buf;

void tg_buf_init(tg_buf *b, tg_mem *mem);
void tg_buf_done(tg_buf *b);
void tg_buf_clear(tg_buf *b);
void tg_buf_put(tg_buf *b, const void *bytes, size_t n);
void tg_buf_puts(tg_buf *b, const char *text);
void tg_buf_putc(tg_buf *b, char c);
void tg_buf_printf(tg_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
