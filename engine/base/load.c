#include "base/load.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PADDING = 64, FIRST = 1 << 16 };

static tg_status refuse(const tg_load *load, tg_diags *d, tg_code code, const char *why, const char *hint) {
  tg_diag_file(d, code, load->name, "cannot read the file: %s", why);
  if (hint != NULL) tg_diag_hint(d, "%s", hint);
  return TG_IO;
}

/* Pipes that a shell or a parent opened have a name of their own; a FIFO in the file system may have no writer. */
static bool names_descriptor(const char *path) {
  return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0 ||
         strcmp(path, "/dev/stdin") == 0;
}

static tg_status open_file(const tg_load *load, tg_diags *d, int *fd, size_t *guess) {
  bool descriptor = names_descriptor(load->path);
  int f = open(load->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (descriptor ? 0 : O_NONBLOCK));
  if (f < 0) {
    if (errno == ENXIO) return refuse(load, d, TG_E_NOT_A_FILE, "it is a socket or device", NULL);
    return refuse(load, d, TG_E_IO, strerror(errno), NULL);
  }
  struct stat st;
  tg_status status = TG_OK;
  if (fstat(f, &st) != 0)
    status = refuse(load, d, TG_E_IO, strerror(errno), NULL);
  else if (S_ISDIR(st.st_mode))
    status = refuse(load, d, TG_E_NOT_A_FILE, "it is a directory", NULL);
  else if (!S_ISREG(st.st_mode) && !descriptor)
    status = refuse(load, d, TG_E_NOT_A_FILE, S_ISFIFO(st.st_mode) ? "it is a named pipe" : "it is a device",
                    "to read from a pipe, redirect it to standard input and name it `-`");
  *guess = status == TG_OK && S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : FIRST;
  if (status != TG_OK)
    close(f);
  else
    *fd = f;
  return status;
}

typedef struct filling {
  uint8_t *at;
  size_t n, size;
} filling;

static tg_status fit(tg_sources *s, filling *b) {
  if (b->size - b->n > PADDING) return TG_OK;
  size_t size = b->size > FIRST ? b->size * 2 : FIRST * 2;
  uint8_t *p = tg_mem_resize(s->mem, b->at, b->size, size);
  if (p == NULL) return tg_mem_status(s->mem);
  b->at = p;
  b->size = size;
  return TG_OK;
}

static tg_status read_all(tg_sources *s, const tg_load *load, tg_diags *d, int fd, filling *b) {
  size_t asked = 0;
  for (;;) {
    tg_status st = fit(s, b);
    if (st != TG_OK) return st;
    size_t room = b->size - PADDING - b->n;
    if (room > TG_INTERRUPT_BYTES) room = TG_INTERRUPT_BYTES;
    ssize_t got = read(fd, b->at + b->n, room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(load, d, TG_E_IO, strerror(errno), NULL);
    if (got == 0) return TG_OK;
    b->n += (size_t)got;
    if (b->n > TG_MAX_SOURCE_BYTES) return TG_LIMIT;
    if (load->interrupt != NULL && b->n - asked >= TG_INTERRUPT_BYTES) {
      asked = b->n;
      if (load->interrupt(load->ctx) != 0) return TG_INTERRUPTED;
    }
  }
}

tg_status tg_sources_load(tg_sources *s, const tg_load *load, tg_diags *d, uint32_t *index) {
  int fd = -1;
  filling b = {NULL, 0, 0};
  size_t guess = 0;
  tg_status st = open_file(load, d, &fd, &guess);
  if (st != TG_OK) return st;
  if (guess > TG_MAX_SOURCE_BYTES) st = TG_LIMIT;
  if (st == TG_OK) {
    b.size = guess + PADDING + 1; /* one byte more: the read that finds the end needs room */
    b.at = tg_mem_alloc(s->mem, b.size);
    if (b.at == NULL) {
      b.size = 0;
      st = tg_mem_status(s->mem);
    }
  }
  if (st == TG_OK) st = read_all(s, load, d, fd, &b);
  close(fd);
  if (st == TG_OK) {
    memset(b.at + b.n, 0, PADDING);
    st = tg_sources_take(s, load->name, b.at, b.n, b.size, index);
  }
  if (st == TG_LIMIT && !s->mem->limit_hit)
    tg_diag_file(d, TG_E_LIMIT, load->name,
                 "the file, with those read before it, is larger than the 4 GiB that positions can address");
  if (st != TG_OK) tg_mem_free(s->mem, b.at, b.size);
  return st;
}
