/* From checked rules to a program. */
#ifndef TG_LOWER_LOWER_H
#define TG_LOWER_LOWER_H

#include "code/program.h"
#include "sema/sema.h"

/* Everything of *out lives in `arena` (the program's own) and refers to nothing of `c` or `sources`.  Patterns (model's and rules') are compiled into
 * memory of `mem`, JIT when `jit`.  The result was verified. */
tg_status tg_lower(tg_arena *arena, tg_mem *mem, const tg_checked *c, tg_sources *sources, bool jit,
                   tg_diags *d, tg_program *out);
/* Frees what tg_lower put outside the arena: compiled patterns. */
void tg_lower_free(tg_program *p);

#endif
