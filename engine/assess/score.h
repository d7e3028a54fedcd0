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
/* Mean of the figures that are there. */
tg_figure tg_figure_mean(const tg_figure *figures, size_t count);

#endif
