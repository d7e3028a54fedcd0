/* Waivers inside the assessment. */
#ifndef TG_ASSESS_WAIVER_H
#define TG_ASSESS_WAIVER_H

#include "assess/label.h"

/* Reads the list that the program's waivers_fact names.  TG_INVALID: a date cannot be read. */
tg_status tg_waivers_read(tg_assessment *a, tg_diags *d);
/* The first waiver in force for a failing subject of `gate`, marked as used; TG_NONE. */
uint32_t tg_waiver_for(tg_assessment *a, uint32_t gate, tg_str label);
/* After all gates: each waiver's state, and warnings.  TG_OK, or a refusal of memory. */
tg_status tg_waivers_settle(tg_assessment *a, tg_diags *d);

#endif
