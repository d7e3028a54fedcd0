/* A new waiver: what it must be to be in force, before it is written. */
#ifndef TG_ASSESS_WAIVE_H
#define TG_ASSESS_WAIVE_H

#include "assess/past.h"

#include "facts/waiver_file.h"

/* Fills in `e` (whose texts but gate, item and id are given) for `target`, a fingerprint, GATE or GATE[ITEM], and checks it against the rules
 * (`p` NULL: not known), the report (NULL: none) and the entries that are there.  Texts that it makes live in `arena`.  TG_INVALID: the sink
 * says why it would not be in force, or is already. */
tg_status tg_waive(const tg_program *p, const tg_past *report, const tg_waiver_file *file, tg_arena *arena,
                   tg_str target, tg_waiver_entry *e, tg_diags *d);

#endif
