/* The ratchet: the best figures an engagement has reached, which may only get better. */
#ifndef TG_ASSESS_RATCHET_H
#define TG_ASSESS_RATCHET_H

#include "assess/assess.h"

/* Reads a ratchet file; tg_ratchet_done releases a failed one all the same.  TG_INVALID, TG_IO: the sink says why. */
tg_status tg_ratchet_read(tg_ratchet *r, tg_mem *mem, const char *path, tg_str name, tg_diags *d);
void tg_ratchet_done(tg_ratchet *r);
/* Fills in what is worse than options.ratchet, with a warning each; part of tg_assess_run.  TG_INVALID: the ratchet does not fit this run
 * (a part of the gates, another engagement, another model of readiness). */
tg_status tg_assess_slips(tg_assessment *a, tg_diags *d);
/* Writes a ratchet file that holds the better of options.ratchet (when there is one) and this run, figure by figure; *tightened: it differs
 * from options.ratchet.  TG_INVALID: a run of a part of the gates. */
tg_status tg_ratchet_write(tg_assessment *a, tg_diags *d, tg_buf *out, bool *tightened);

#endif
