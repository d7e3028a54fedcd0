/* Files into private memory. */
#ifndef TG_BASE_LOAD_H
#define TG_BASE_LOAD_H

#include "base/diag.h"

typedef struct tg_load {
  const char *path;
  tg_str name;               /* as printed */
  tg_interrupt_fn interrupt; /* asked every TG_INTERRUPT_BYTES; NULL = never */
  void *ctx;
} tg_load;

/* Reads a regular file to its end, or a pipe or character device named under /dev/fd, /proc/self/fd or as /dev/stdin.
 * A FIFO by name, a directory, a socket or a device is refused without blocking.
 * TG_IO (the sink says why), TG_NOMEM, TG_LIMIT, TG_INTERRUPTED. */
tg_status tg_sources_load(tg_sources *s, const tg_load *load, tg_diags *d, uint32_t *index);

#endif
