/* Facts from the caller's own representation: one call a record, for the keys that the plan wants. */
#ifndef TG_FACTS_FOREIGN_H
#define TG_FACTS_FOREIGN_H

#include "base/limits.h"
#include "facts/plan.h"

/* Reads what `plan` and the model's mandatory facts want into a new root of the store.  What the callbacks return is
 * checked here, once: kinds, UTF-8, numbers, depth and counts.  Values have no place in a file: their position is the
 * source called `name`, line 0. */
tg_status tg_facts_read_foreign(tg_store *s, const tg_plan *plan, const tg_model *model, tg_str name,
                                const tg_fact_reader *reader, tg_fact_node root, tg_diags *d);

#endif
