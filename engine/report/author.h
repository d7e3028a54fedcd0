/* What is written for those who fill in facts and read rules: a facts file to fill in, the gate catalogue. */
#ifndef TG_REPORT_AUTHOR_H
#define TG_REPORT_AUTHOR_H

#include "assess/assess.h"

/* A facts file with every fact that the gates with a non-zero byte in `selected` read, blank, with what the model says of it as a comment; lists of
 * records as a commented blank record.  `phase` fills the phase (empty: blank).  TG_INVALID: the rules have no model. */
tg_status tg_write_template(const tg_program *p, const uint8_t *selected, tg_str phase, tg_buf *out);

/* The catalogue of all gates of the programs, which share a model, as Markdown: packs and their parameters, each area's gates, the facts.  Text from
 * rule files is escaped: none of it acts as markup. */
tg_status tg_write_catalogue(const tg_program *const *programs, size_t count, tg_buf *out);

/* The weight of a gate in readiness when nothing is known of its judgements: its own, else likelihood x impact, where one that is computed counts as 5. */
double tg_gate_weight(const tg_gate *g);
/* A parameter's value as one reads it: "90", "[a, b]". */
void tg_put_param(const tg_program *p, const tg_param_info *x, tg_buf *out);

#endif
