/* Evidence inside the assessment (language.md, section 8): a pass that nothing fresh proves is not known to be one. */
#ifndef TG_ASSESS_EVIDENCE_H
#define TG_ASSESS_EVIDENCE_H

#include "assess/label.h"

/* Reads the register of evidence, when some gate asks for it. */
tg_status tg_evidence_read(tg_assessment *a);
/* Judges a passing subject: TG_STATE_KNOWN when nothing is missing, TG_STATE_STALE (*row gets the newest evidence's), TG_STATE_UNEVIDENCED. */
tg_status tg_evidence_judge(tg_assessment *a, const tg_subject *s, tg_fact_state *state, uint32_t *row);
/* The fact that a finding rests on for lack of evidence. */
tg_status tg_evidence_fact(tg_assessment *a, const tg_finding *f, tg_fact_used *out);

#endif
