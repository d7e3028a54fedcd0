/* An allocator that refuses from the n-th request on, and checks that every block comes back with the size it was handed out with. */
#ifndef TG_TEST_FAILING_ALLOC_H
#define TG_TEST_FAILING_ALLOC_H

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

typedef struct failing_alloc {
  uint64_t left;          /* requests that still succeed */
  uint64_t blocks, bytes; /* handed out now */
  bool once;              /* refuse one request only, then go on */
  bool refused, wrong_size;
} failing_alloc;

enum { FAILING_HEAD = 16 };

static inline bool failing_refuses(failing_alloc *f) {
  if (f->left > 0) {
    f->left--;
    return false;
  }
  if (f->once && f->refused) return false;
  f->refused = true;
  return true;
}

static inline void *failing_new(void *ctx, size_t n) {
  failing_alloc *f = ctx;
  if (failing_refuses(f)) return NULL;
  char *p = malloc(n + FAILING_HEAD);
  if (p == NULL) abort();
  memcpy(p, &n, sizeof n);
  memset(p + FAILING_HEAD, 0xa5, n); /* nobody may rely on zeros */
  f->blocks++;
  f->bytes += n;
  return p + FAILING_HEAD;
}

static inline void failing_release(void *ctx, void *block, size_t n) {
  failing_alloc *f = ctx;
  char *p = (char *)block - FAILING_HEAD;
  size_t size;
  memcpy(&size, p, sizeof size);
  if (size != n) f->wrong_size = true;
  f->blocks--;
  f->bytes -= size;
  free(p);
}

/* Always moves, so that pointers kept across a growth are caught. */
static inline void *failing_resize(void *ctx, void *block, size_t old, size_t n) {
  failing_alloc *f = ctx;
  size_t size = 0;
  if (block != NULL) memcpy(&size, (char *)block - FAILING_HEAD, sizeof size);
  if (size != old) f->wrong_size = true;
  char *p = failing_new(ctx, n);
  if (p == NULL || block == NULL) return p;
  memcpy(p, block, old < n ? old : n);
  failing_release(ctx, block, old);
  return p;
}

static inline tg_allocator failing_allocator(failing_alloc *f, uint64_t left, bool once) {
  memset(f, 0, sizeof *f);
  f->left = left;
  f->once = once;
  return (tg_allocator){f, failing_new, failing_resize, failing_release};
}

/* Runs `task` with an allocator that refuses the first request, then the second, ... until nothing is refused; twice, once with all
 * requests behind the refused one refused too.  `task` sets up, works and tears down on `mem`, and returns what it has to say of the
 * work.  Fails the test when a refusal is not reported, when memory is lost or when the sizes do not agree. */
typedef bool failing_task(tg_mem *mem);
static inline const char *failing_run(failing_task *task, uint64_t *steps) {
  for (int once = 0; once < 2; once++) {
    for (uint64_t n = 0;; n++) {
      failing_alloc f;
      tg_mem mem;
      if (n > 100000) return "the task never gets through";
      tg_allocator a = failing_allocator(&f, n, once);
      tg_mem_init(&mem, &a, 0);
      bool fine = task(&mem);
      if (f.blocks != 0 || f.bytes != 0 || mem.used != 0) return "memory was lost";
      if (f.wrong_size) return "a block came back with another size";
      if (f.refused && !mem.failed) return "a refusal left no mark";
      if (f.refused && fine) return "a refusal was taken for success";
      if (!f.refused && (!fine || mem.failed)) return "the task failed by itself";
      if (!f.refused) {
        *steps = n;
        break;
      }
    }
  }
  return NULL;
}

#endif
