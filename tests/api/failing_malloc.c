/* Preloaded: the malloc, calloc or realloc number $TG_FAIL_AT of the process fails (and, with $TG_FAIL_ON=1, all after it). */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);

static long count, fail_at = -2;
static int go_on;

static int refuse(void) {
  if (fail_at == -2) {
    const char *at = getenv("TG_FAIL_AT"), *on = getenv("TG_FAIL_ON");
    fail_at = at ? strtol(at, NULL, 10) : -1;
    go_on = on != NULL && *on == '1';
  }
  if (fail_at < 0) return 0;
  long n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
  return n == fail_at || (go_on && n > fail_at);
}

void *malloc(size_t n) {
  static void *(*real)(size_t);
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "malloc");
  return refuse() ? NULL : real(n);
}

void *calloc(size_t n, size_t size) {
  /* dlsym itself may call calloc before the real one is known: it can do without */
  static void *(*real)(size_t, size_t);
  static int finding;
  if (real == NULL) {
    if (finding) return NULL;
    finding = 1;
    *(void **)&real = dlsym(RTLD_NEXT, "calloc");
  }
  return refuse() ? NULL : real(n, size);
}

void *realloc(void *p, size_t n) {
  static void *(*real)(void *, size_t);
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "realloc");
  return refuse() ? NULL : real(p, n);
}
