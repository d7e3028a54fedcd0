/* Exact readiness figures: fractions, so that thirds add up to one and floors compare what is true. */
#ifndef TG_ASSESS_SCORE_H
#define TG_ASSESS_SCORE_H

#include "assess/assess.h"

void tg_tally_init(tg_tally *t);
/* `weight` is a number value; the shares come from the subject counts (errors earn nothing). */
void tg_tally_add(tg_tally *t, tg_value weight, const uint32_t subjects[TG_OUTCOME_COUNT]);
/* 100 x sum / weight; den 0 when nothing was added. */
tg_interval tg_tally_gross(const tg_tally *t);
tg_interval tg_tally_net(const tg_tally *t);
/* Weighted mean of the figures that are there; `weights` (below 2^31) NULL: each counts 1. */
tg_figure tg_figure_mean(const tg_figure *figures, const uint32_t *weights, size_t count);
/* Whether a figure lies below `least`, a number from 0 to 100 with at most 6 decimals; the unrounded figure counts.  Nothing evaluated lies
 * below nothing. */
bool tg_figure_below(tg_figure f, tg_value least);

#endif
