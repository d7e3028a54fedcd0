/* From gate results to an assessment: waivers, severities, readiness, verdict, findings.
 *
 * What every run needs (statuses, counts, figures, verdict) is computed at once; what only a reader of the report needs
 * (labels, keys, fingerprints, conditions, causes, messages) is made when it is asked for. */
#ifndef TG_ASSESS_ASSESS_H
#define TG_ASSESS_ASSESS_H

#include "code/program.h"

struct tg_vm;

typedef enum tg_waiver_state {
  TG_WAIVER_IN_FORCE,
  TG_WAIVER_UNUSED,
  TG_WAIVER_EXPIRED,
  TG_WAIVER_DANGLING,
  TG_WAIVER_INVALID
} tg_waiver_state;

/* One entry of the waivers' list, texts borrowed from the facts. */
typedef struct tg_waiver {
  tg_str id, gate, item, reason, owner, approver; /* .at NULL = not known */
  tg_value approved_on, expires_on;
  bool in_force; /* all of language.md section 8 holds, whether or not a failing subject needed it */
  bool used, expires_soon;
  bool item_exists; /* some record that its gate walks has this label; of waivers in force */
  uint8_t state;    /* tg_waiver_state */
  const char *why;  /* why it is not in force; NULL when it is */
  uint32_t start;   /* place in the facts */
} tg_waiver;

/* The one function that decides "in force on this day"; `why` gets the first reason that it is not. */
bool tg_waiver_in_force(const tg_program *p, const tg_waiver *w, bool compensating_known, tg_value today,
                        const char **why);

/* A readiness figure as an exact fraction of 100; den 0 = nothing evaluated. */
typedef struct tg_figure {
  __int128 num, den;
} tg_figure;
typedef struct tg_interval {
  tg_figure proven, possible;
} tg_interval;
/* Tenths, rounded half-even: 714 for 71.4; -1 when nothing was evaluated. */
int tg_figure_tenths(tg_figure f);

/* Sums over one common denominator, as gates are added: weight, then weight x earned, gross proven and possible, net proven and possible. */
typedef struct tg_tally {
  __int128 sum[5];
  int64_t den;
  bool any, rough; /* rough: in billionths, the exact denominator grew too large */
} tg_tally;

typedef struct tg_gate_state {
  uint8_t outcome; /* worst of the subjects, waivers applied */
  uint8_t reason;  /* as the VM gave it; tg_assess_reason completes it */
  uint8_t severity, likelihood, impact, score, risk;
  bool likelihood_unknown, impact_unknown;
  bool selected; /* false: left out by a filter, not counted anywhere */
  uint32_t subjects[TG_OUTCOME_COUNT];
  uint32_t finding_first, finding_count;
} tg_gate_state;

typedef struct tg_area_state {
  uint32_t area; /* index in program.areas */
  uint8_t rating;
  tg_interval gross, net;
  uint32_t gates[TG_OUTCOME_COUNT];
} tg_area_state;

/* How a finding compares with the one of the same fingerprint in the baseline. */
typedef enum tg_baseline_state {
  TG_BASE_NONE, /* no baseline was given */
  TG_BASE_NEW,
  TG_BASE_UNCHANGED,
  TG_BASE_WORSE, /* a higher severity, or a worse status: waived < unknown < fail < error */
  TG_BASE_BETTER
} tg_baseline_state;

typedef struct tg_finding {
  uint32_t gate, subject; /* subject: index in the VM's list */
  uint8_t outcome;        /* FAIL, UNKNOWN, WAIVED, ERROR */
  uint8_t baseline;       /* tg_baseline_state */
  uint8_t
      evidence; /* a pass that is unknown for lack of it: TG_STATE_STALE, TG_STATE_UNEVIDENCED; else TG_STATE_KNOWN */
  uint32_t evidence_row; /* of the newest evidence, when it is stale */
  uint32_t waiver;       /* index or TG_NONE */
} tg_finding;

/* One thing that a piece of evidence supports: a gate, a prefix of gates or the path of a fact. */
typedef struct tg_evidence {
  tg_str supports;
  uint32_t row;
  tg_value dated;
} tg_evidence;

/* A finding of the baseline; texts live in the baseline. */
typedef struct tg_base_finding {
  tg_str fingerprint, gate, label, message;
  uint8_t outcome, severity, score;
} tg_base_finding;

/* An earlier JSON report to compare with; made by tg_baseline_read, immutable afterwards. */
typedef struct tg_baseline {
  tg_arena arena;
  tg_str file;
  uint8_t sha256[32];
  tg_base_finding *findings; /* sorted by fingerprint */
  uint32_t count;
  tg_str *floors; /* "min_proven:AREA" conditions it had: missed then already */
  uint32_t floor_count;
  tg_str reason, owner; /* of a signed-off baseline; empty = none */
  tg_value expires_on;  /* a date, or unknown: never */
} tg_baseline;

/* The best figures an engagement has reached; made by tg_ratchet_read (assess/ratchet.h), immutable afterwards. */
typedef struct tg_ratchet_area {
  tg_str area;
  int gross, net; /* proven readiness in tenths; -1 = never evaluated */
} tg_ratchet_area;
typedef struct tg_ratchet {
  tg_arena arena;
  tg_str file, engagement, as_of; /* engagement: empty when the facts named none */
  uint8_t sha256[32];
  tg_readiness_model model;
  tg_ratchet_area whole;  /* .area is empty */
  tg_ratchet_area *areas; /* sorted by name */
  uint32_t area_count;
  uint32_t open[TG_SEVERITY_COUNT];
} tg_ratchet;

/* A figure that is worse than the best. */
typedef struct tg_slip {
  tg_str area;  /* empty: the engagement as a whole */
  uint8_t what; /* 0 gross, 1 net proven readiness in tenths; 2 open gates of `severity` */
  uint8_t severity;
  int best, now;
} tg_slip;

/* One fact in a finding. */
typedef struct tg_fact_used {
  tg_str pointer; /* "/systems/3/kt/sessions_done"; empty for what is no fact */
  tg_str path;    /* "systems[billing].kt.sessions_done"; for what is no fact: the rule's text */
  tg_value value;
  uint8_t state;                /* tg_fact_state */
  tg_place place;               /* in the facts (of what is no fact: in the rules); line 0 = nowhere */
  tg_str about, unit, known_by; /* what the model says of it; may be empty */
} tg_fact_used;

typedef struct tg_clause_used {
  tg_str text;
  uint8_t outcome;   /* PASS, FAIL, UNKNOWN, ERROR */
  const char *fault; /* of an error, else NULL */
} tg_clause_used;

/* What the explain pass tells of one finding; borrowed until the next call or run. */
typedef struct tg_detail {
  tg_str label, pointer, key; /* subject: "billing", "/systems/3", "/systems/billing" */
  bool stable;
  char fingerprint[72]; /* "sha256:" and 64 hex digits */
  tg_str message;
  const tg_clause_used *clauses;
  uint32_t clause_count;
  const tg_fact_used *facts;
  uint32_t fact_count, facts_total;
  const char *fault; /* what kind of error; NULL */
} tg_detail;

typedef struct tg_assess_options {
  tg_readiness_model model;
  bool partial;            /* filtered: the verdict is at best ready_with_conditions */
  const uint8_t *selected; /* one byte a gate; NULL = all */
  tg_value today;
  uint8_t as_of_source; /* 0 option, 1 fact, 2 clock */
  uint32_t
      soon_days; /* a waiver that expires within so many days "expires soon", plus 1; 0 = the default of 30 days */
  int8_t threshold;            /* what is open at or above this tg_severity blocks; -1 = nothing does */
  bool unknown_reports;        /* an unknown is reported, but does not block */
  const tg_baseline *baseline; /* NULL = none; outlives the assessment */
  const tg_ratchet *ratchet;   /* NULL = none; outlives the assessment */
} tg_assess_options;

typedef struct tg_assessment {
  tg_mem *mem;
  tg_arena arena; /* of the run */
  const tg_program *program;
  const tg_rows *rows;
  tg_store *store;
  struct tg_vm *vm;
  tg_assess_options options;
  tg_verdict verdict;
  tg_interval gross, net;
  uint32_t gates[TG_OUTCOME_COUNT];         /* gates by outcome */
  uint32_t open[TG_SEVERITY_COUNT];         /* open gates by severity */
  uint32_t open_unknown[TG_SEVERITY_COUNT]; /* of those, the ones that are unknown */
  TG_VEC(tg_gate_state) states;
  tg_gate_state *gate;         /* states.at: one a gate of the program */
  TG_VEC(tg_area_state) areas; /* those with a selected gate, in the program's order */
  TG_VEC(tg_finding) findings; /* by gate, then position */
  TG_VEC(tg_waiver) waivers;
  TG_VEC(tg_evidence) evidence;  /* what is dated, and not later than today */
  TG_VEC(uint32_t) waiver_order; /* those in force, by gate, item and file order */
  TG_VEC(tg_str) conditions;     /* made by tg_assess_conditions */
  bool conditions_made;
  bool distinct;             /* tg_assess_distinct found so */
  TG_VEC(tg_str) missed;     /* floors that net proven readiness does not reach: "min_proven:AREA" */
  TG_VEC(uint32_t) fixed;    /* findings of the baseline, open then, that are gone or pass now */
  TG_VEC(tg_slip) slips;     /* what is worse than options.ratchet */
  uint32_t **ordinals;       /* shape -> row -> how many-th of its key; made on demand */
  uint32_t *scalar_ordinals; /* beside the VM's subjects: the same for scalars; 0 = not yet worked out */

  tg_str identity;          /* see tg_assess_identity */
  TG_VEC(tg_tally) tallies; /* beside areas while a run adds them up */
  tg_arena detail_arena;    /* of the last detail */
  tg_detail detail;
} tg_assessment;

void tg_assess_init(tg_assessment *a, tg_mem *mem);
void tg_assess_done(tg_assessment *a);
/* After tg_vm_run.  TG_OK, TG_NOMEM, TG_INVALID (a waiver's date cannot be read: the sink says). */
tg_status tg_assess_run(tg_assessment *a, const tg_program *p, struct tg_vm *vm, const tg_rows *rows,
                        tg_store *store, const tg_assess_options *options, tg_diags *d);
/* Runs the explain pass over finding `i`. */
tg_status tg_assess_detail(tg_assessment *a, uint32_t finding, const tg_detail **out);
/* The reason of a gate, completed by the state of the first cause of its first unknown subject. */
tg_status tg_assess_reason(tg_assessment *a, uint32_t gate, tg_reason *out);
/* What keeps the verdict from `ready`, worst first. */
tg_status tg_assess_conditions(tg_assessment *a);
/* Reads a baseline; a failed one is released with tg_baseline_done all the same.  TG_INVALID, TG_IO: the sink says why. */
tg_status tg_baseline_read(tg_baseline *b, tg_mem *mem, const char *path, tg_str name, tg_diags *d);
void tg_baseline_done(tg_baseline *b);
/* A signed-off baseline forgives until its last day, that day included. */
bool tg_baseline_expired(const tg_baseline *b, tg_value today);
/* Fills in how each finding compares with options.baseline, and `fixed`; part of tg_assess_run. */
tg_status tg_assess_compare(tg_assessment *a);
/* Whether the run does not pass: a figure is worse than the ratchet holds, something is open at or above the threshold (with a baseline: and is
 * new or worse), a floor is missed, or no gate applied. */
bool tg_assess_blocks(const tg_assessment *a);
/* Whether this finding alone would make it so.  Formats show it; they never decide it. */
bool tg_finding_blocks(const tg_assessment *a, uint32_t finding);
/* Fingerprint of finding `i`, "sha256:" and 64 hex digits, without running the explain pass. */
tg_status tg_assess_fingerprint(tg_assessment *a, uint32_t finding, char out[72]);
/* The fingerprint that a finding of the gate as a whole has or would have: what a gate without findings is called. */
tg_status tg_assess_gate_fingerprint(tg_assessment *a, uint32_t gate, char out[72]);
/* TG_INVALID with diagnostics when two findings have one fingerprint: asked before a report is written, since readers would lose one. */
tg_status tg_assess_distinct(tg_assessment *a, tg_diags *d);
/* Id and phase of the engagement (empty when the facts do not say). */
tg_str tg_assess_engagement(const tg_assessment *a);
tg_str tg_assess_phase(const tg_assessment *a);
/* Id of one document of a portfolio. */
tg_str tg_assess_document_id(tg_assessment *a, uint32_t document);
/* What fingerprints call the engagement: its id, or the sorted ids of a portfolio. */
tg_str tg_assess_identity(tg_assessment *a);
/* Value as reports print it. */
void tg_assess_print(const tg_assessment *a, tg_value v, tg_buf *out);

/* Words of the enums as reports write them. */
const char *tg_outcome_word(tg_outcome o);
const char *tg_severity_word(tg_severity s);
/* Where a rule file names no severity: the band of the score, or the cell of the configuration's matrix. */
uint8_t tg_severity_from(const tg_settings *s, int likelihood, int impact);
const char *tg_risk_word(tg_risk r);
const char *tg_verdict_word(tg_verdict v);
const char *tg_rating_word(tg_rating r);
const char *tg_reason_word(tg_reason r); /* NULL for none */
const char *tg_state_word(tg_fact_state s);
const char *tg_waiver_word(tg_waiver_state s);
const char *tg_model_word(tg_readiness_model m);
const char *tg_baseline_word(tg_baseline_state s); /* NULL for none */
tg_risk tg_risk_of(int likelihood, int impact);

#endif
