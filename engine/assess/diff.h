/* What changed between two reports, and why. */
#ifndef TG_ASSESS_DIFF_H
#define TG_ASSESS_DIFF_H

#include "assess/past.h"

typedef enum tg_drift {
  TG_DRIFT_SAME,
  TG_DRIFT_BETTER,
  TG_DRIFT_WORSE,
  TG_DRIFT_APART /* cannot be compared: only one report has it */
} tg_drift;

/* How a finding of either report fares. */
typedef enum tg_finding_drift {
  TG_FINDING_NEW,
  TG_FINDING_WORSE, /* a worse status (waived < unknown < fail < error), else a higher severity, else a higher score */
  TG_FINDING_BETTER,
  TG_FINDING_FIXED,
  TG_FINDING_APART, /* the other report does not have its gate */
  TG_FINDING_SAME
} tg_finding_drift;
#define TG_FINDING_DRIFTS 6

typedef enum tg_cause_kind {
  TG_CAUSE_FACT,      /* what: the fact's pointer */
  TG_CAUSE_WAIVER,    /* what: the waiver's id, or GATE[ITEM] when it has none; its state */
  TG_CAUSE_TAILORING, /* what: the gate */
  TG_CAUSE_PARAM,     /* what: the full name */
  TG_CAUSE_RULE,      /* what: the pack; version and digest */
  TG_CAUSE_GATE,      /* what: the gate, which came, went, or applies in one report only; its status */
  TG_CAUSE_CONFIG,    /* what: the setting */
  TG_CAUSE_FILE,      /* what: a file of facts; its digest */
  TG_CAUSE_TOOL,      /* what: "tollgate"; its version */
  TG_CAUSE_TIME,      /* what: "as_of"; given when nothing else surely explains the change */
  TG_CAUSE_OPEN       /* nothing in the reports explains it */
} tg_cause_kind;

/* One value of a change; .at NULL: the report does not have it. */
typedef struct tg_side {
  tg_str at;
  bool text;    /* a text; else a JSON literal */
  tg_str state; /* of a fact: "known", "missing", ...; of a waiver: why it is not in force; empty else */
} tg_side;
typedef struct tg_cause {
  tg_cause_kind kind;
  tg_str what;
  tg_side before, after;
} tg_cause;

typedef struct tg_diff_finding {
  tg_finding_drift drift;
  const tg_past_finding *before, *after; /* one of them may be NULL */
  uint32_t cause_first, cause_count;
} tg_diff_finding;

/* Figures in tenths, -1 = nothing evaluated: gross proven and possible, net proven and possible. */
typedef struct tg_diff_area {
  tg_str area, rating_before, rating_after; /* the whole has no rating */
  bool in_before, in_after;
  int before[4], after[4];
  tg_drift drift;
} tg_diff_area;

typedef struct tg_diff {
  tg_mem *mem;
  tg_arena arena;
  tg_past before, after;
  bool figures; /* figures and verdicts compare: both reports looked at the same gates */
  tg_str engagement;
  tg_verdict verdict_before, verdict_after;
  tg_drift verdict;
  tg_diff_area whole;
  TG_VEC(tg_diff_area) areas;
  TG_VEC(tg_diff_finding) findings; /* all that drifted: worse ones first, by severity and score */
  uint32_t counts[TG_FINDING_DRIFTS];
  uint32_t change_count; /* causes.at[0..]: what changed between the reports as such */
  TG_VEC(tg_cause) causes;
  bool worse; /* something is */
} tg_diff;

/* Compares two report files.  TG_INVALID: one is no whole report, or they are of different engagements; a failed one is released with
 * tg_diff_done all the same. */
tg_status tg_diff_make(tg_diff *x, tg_mem *mem, const char *before, const char *after, tg_diags *d);
void tg_diff_done(tg_diff *x);

const char *tg_drift_word(tg_drift d);
const char *tg_finding_drift_word(tg_finding_drift d);
const char *tg_cause_word(tg_cause_kind k);

#endif
