#include "process_memory.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

process_memory process;

#if TG_WATCHED
/* glibc's own names of its allocator */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void __libc_free(void *p);

static int refused(void) {
  long n = ++process.calls;
  if (process.fail_at == 0 || (n != process.fail_at && !(process.for_good && n > process.fail_at))) return 0;
  errno = ENOMEM;
  return 1;
}

static void *counted(void *p) {
  process.blocks += p != NULL;
  return p;
}

void *malloc(size_t n) { return refused() ? NULL : counted(__libc_malloc(n)); }
void *calloc(size_t n, size_t size) { return refused() ? NULL : counted(__libc_calloc(n, size)); }

void *realloc(void *p, size_t n) {
  if (refused()) return NULL;
  return p == NULL ? counted(__libc_malloc(n)) : __libc_realloc(p, n);
}

void free(void *p) {
  process.blocks -= p != NULL;
  __libc_free(p);
}

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset) {
  static void *(*real)(void *, size_t, int, int, int, off_t);
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "mmap");
  process.maps++;
  if (process.fail_maps || refused()) return MAP_FAILED;
  return real(at, n, protection, flags, fd, offset);
}
#endif
