/* What the two halves of a comparison share. */
#ifndef TG_ASSESS_DIFF_INNER_H
#define TG_ASSESS_DIFF_INNER_H

#include "assess/diff.h"

/* A gate of a report. */
typedef struct tg_past_gate {
  tg_str id, pack, status;
  uint32_t node;
} tg_past_gate;
typedef struct tg_gate_list {
  tg_past_gate *at; /* by id */
  uint32_t n;
} tg_gate_list;

typedef struct tg_comparing {
  tg_diff *x;
  tg_gate_list before, after;
} tg_comparing;

const tg_past_gate *tg_gate_in(const tg_gate_list *l, tg_str id);
/* Everything beside findings and figures that differs, as causes.at[0..change_count-1]. */
tg_status tg_diff_changes(tg_comparing *c);
/* Why one finding drifted: appends its causes. */
tg_status tg_diff_explain(tg_comparing *c, tg_diff_finding *f);

#endif
