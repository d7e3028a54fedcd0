/* Tollgate: rule-based readiness and risk evaluation.
 *
 * The stable interface.  Rules (YAML packs) are compiled into a program; facts (YAML, JSON, CSV or a reader of
 * the caller's own) are loaded into a store; an evaluator runs the program over the store and owns the
 * assessment until its next run.
 *
 *   env ──> compiler ──> program ─┐
 *    └────> facts ────────────────┴─> evaluator ──> assessment ──> report
 *
 * Conventions
 *   - Texts are tg_text: UTF-8, pointer and length, not NUL-terminated unless said.
 *   - Option structs begin with their size; TG_INIT sets it.  A shorter struct from an older header is read
 *     as if the missing fields were zero.
 *   - Functions that can fail return tg_status; words are in the tg_diags given.  Outputs are written last and
 *     are untouched on failure.
 *   - tg_*_free(NULL) does nothing.  What a getter returns is borrowed from the handle it was asked of.
 *   - No function prints, exits, reads the environment or keeps global state.
 *   - A program is immutable and may be shared by threads; so may frozen facts.  Every other handle belongs to
 *     one thread at a time.
 */
#ifndef TOLLGATE_TOLLGATE_H
#define TOLLGATE_TOLLGATE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TG_API __attribute__((visibility("default")))
#else
#define TG_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define TG_VERSION "0.1.0"

/* ---- plain types ---- */

typedef enum tg_status {
  TG_OK = 0,
  TG_INVALID = 1,     /* rules, facts or options are wrong: the diagnostics say where */
  TG_NOMEM = 2,       /* the allocator refused */
  TG_LIMIT = 3,       /* a limit (memory, size, cost) was reached */
  TG_IO = 4,          /* a file could not be read or written */
  TG_INTERRUPTED = 5, /* the interrupt callback said stop */
  TG_MISUSE = 6       /* the call does not fit the handle's state, or an argument is impossible */
} tg_status;

/* What a subject, a gate or a clause answers.  The order is the gate's: worst last. */
typedef enum tg_outcome {
  TG_NOT_APPLICABLE = 0,
  TG_PASS = 1,
  TG_WAIVED = 2,
  TG_UNKNOWN = 3,
  TG_FAIL = 4,
  TG_ERROR = 5
} tg_outcome;
#define TG_OUTCOME_COUNT 6

typedef enum tg_severity { TG_INFO = 0, TG_LOW = 1, TG_MEDIUM = 2, TG_HIGH = 3, TG_CRITICAL = 4 } tg_severity;
#define TG_SEVERITY_COUNT 5

/* NIST SP 800-30 Rev. 1, table I-2. */
typedef enum tg_risk {
  TG_RISK_VERY_LOW = 0,
  TG_RISK_LOW = 1,
  TG_RISK_MODERATE = 2,
  TG_RISK_HIGH = 3,
  TG_RISK_VERY_HIGH = 4
} tg_risk;

typedef enum tg_verdict {
  TG_NOT_READY = 0,
  TG_NOT_PROVEN = 1,
  TG_READY_WITH_CONDITIONS = 2,
  TG_READY = 3
} tg_verdict;

typedef enum tg_rating { TG_GREY = 0, TG_GREEN = 1, TG_AMBER = 2, TG_RED = 3 } tg_rating;

/* Why a gate is not applicable or unknown. */
typedef enum tg_reason {
  TG_REASON_NONE = 0,
  TG_REASON_PHASE,
  TG_REASON_WHEN,
  TG_REASON_NO_SUBJECTS,
  TG_REASON_DISABLED,
  TG_REASON_PORTFOLIO,
  TG_REASON_LIST,
  TG_REASON_WHERE,
  /* the state of the first cause */
  TG_REASON_MISSING,
  TG_REASON_UNRESOLVED,
  TG_REASON_AMBIGUOUS,
  TG_REASON_UNDEFINED,
  TG_REASON_ASKED,
  TG_REASON_STALE,
  TG_REASON_UNEVIDENCED
} tg_reason;

/* What is known of one fact that a finding rests on. */
typedef enum tg_fact_state {
  TG_STATE_KNOWN = 0,
  TG_STATE_MISSING = 1,    /* absent, null, empty cell or the word `unknown` */
  TG_STATE_UNRESOLVED = 2, /* a key that no record has */
  TG_STATE_AMBIGUOUS = 3,  /* a key that two records have */
  TG_STATE_UNDEFINED = 4,  /* division by zero, the average of nothing, an index outside the list */
  TG_STATE_ASKED = 5,      /* the literal `unknown` in a rule */
  TG_STATE_STALE = 6,
  TG_STATE_UNEVIDENCED = 7,
  TG_STATE_NONE = 8 /* an event word: `none` or `not_yet` */
} tg_fact_state;

typedef enum tg_readiness_model {
  TG_READINESS_DEFAULT = 0, /* what the configuration says, else risk-weighted */
  TG_RISK_WEIGHTED = 1,     /* sum of weight x earned over sum of weight */
  TG_UNWEIGHTED = 2,        /* each gate counts 1 */
  TG_BY_AREA = 3            /* mean of the areas' figures, by the configuration's area weights */
} tg_readiness_model;

/* From which severity on something open blocks. */
typedef enum tg_fail_on {
  TG_FAIL_ON_DEFAULT = 0, /* what the configuration says, else high */
  TG_FAIL_ON_NEVER = 1,
  TG_FAIL_ON_INFO = 2,
  TG_FAIL_ON_LOW = 3,
  TG_FAIL_ON_MEDIUM = 4,
  TG_FAIL_ON_HIGH = 5,
  TG_FAIL_ON_CRITICAL = 6
} tg_fail_on;

/* Whether an unknown blocks, or is only reported. */
typedef enum tg_unknown_policy {
  TG_UNKNOWN_DEFAULT = 0, /* what the configuration says, else block */
  TG_UNKNOWN_BLOCKS = 1,
  TG_UNKNOWN_REPORTS = 2
} tg_unknown_policy;

typedef enum tg_diag_severity { TG_DIAG_WARNING = 0, TG_DIAG_ERROR = 1 } tg_diag_severity;

typedef struct tg_text {
  const char *at; /* NULL only when there is no text at all (as against an empty one) */
  size_t n;
} tg_text;

/* Three functions and their context.  `resize` with p NULL allocates; all may be called from the thread that
 * uses the handle only.  They return NULL to refuse and never throw or jump. */
typedef struct tg_allocator {
  void *ctx;
  void *(*alloc)(void *ctx, size_t n);
  void *(*resize)(void *ctx, void *p, size_t old, size_t n);
  void (*release)(void *ctx, void *p, size_t n);
} tg_allocator;

/* Asked at least every 10,000 units of cost, every megabyte read and every 4,096 rows; non-zero = stop. */
typedef int (*tg_interrupt_fn)(void *ctx);

/* ---- environment: allocator and limits shared by the handles made from it ---- */

typedef struct tg_env tg_env;
typedef struct tg_env_options {
  size_t size;
  const tg_allocator *allocator; /* NULL = malloc; copied */
  uint64_t memory_limit;         /* bytes one handle may hold; 0 = none */
  uint64_t subject_cost;         /* cost units of one subject; 0 = the default of 50,000,000 */
  uint64_t document_cost;        /* of everything computed once a document; 0 = the default of 500,000,000 */
  int no_jit;                    /* non-zero: patterns run in PCRE2's interpreter */
} tg_env_options;

/* Sets a struct to zero and its first field to its size: tg_env_options o; TG_INIT(&o); */
#define TG_INIT(p) tg_init((p), sizeof *(p))
TG_API void tg_init(void *options, size_t size);

/* `options` NULL = defaults. */
TG_API tg_status tg_env_new(const tg_env_options *options, tg_env **out);
/* After every handle made from it. */
TG_API void tg_env_free(tg_env *env);
TG_API const char *tg_version(void);
/* "ok", "invalid", ... for a status; never NULL. */
TG_API const char *tg_status_text(tg_status status);

/* ---- diagnostics ---- */

typedef struct tg_messages tg_messages;
typedef struct tg_message {
  size_t size;
  int code; /* 401 is printed TG0401 */
  tg_diag_severity severity;
  tg_text text, hint, file; /* hint and file may be empty */
  uint32_t line, column;    /* from 1, columns in code points; 0 = none */
  tg_text excerpt;          /* the source line */
} tg_message;

TG_API tg_status tg_messages_new(tg_env *env, tg_messages **out);
TG_API void tg_messages_free(tg_messages *m);
TG_API void tg_messages_clear(tg_messages *m);
/* Warnings that --strict makes errors: set before compiling and loading. */
TG_API void tg_messages_strict(tg_messages *m, int strict);
/* Errors and warnings given since the last clear; kept are at most 50 of each. */
TG_API size_t tg_messages_errors(const tg_messages *m);
TG_API size_t tg_messages_warnings(const tg_messages *m);
TG_API size_t tg_messages_count(const tg_messages *m); /* kept */
/* TG_MISUSE when `index` is not below the count. */
TG_API tg_status tg_messages_get(const tg_messages *m, size_t index, tg_message *out);
/* All of them as the command line prints them: file:line:col, text, excerpt, caret, hint.  Borrowed until the next call. */
TG_API tg_status tg_messages_write(tg_messages *m, int colour, tg_text *out);

/* ---- compiling rules ---- */

typedef struct tg_compiler tg_compiler;
typedef struct tg_program_handle tg_program_handle;

/* `messages` outlives the compiler. */
TG_API tg_status tg_compiler_new(tg_env *env, tg_messages *messages, tg_compiler **out);
TG_API void tg_compiler_free(tg_compiler *c);
/* A rule file, or a folder searched for packs (*.yaml and *.yml that hold `pack:`, in byte order of their paths). */
TG_API tg_status tg_compiler_add_path(tg_compiler *c, const char *path);
/* `name` is what diagnostics print; the bytes are copied. */
TG_API tg_status tg_compiler_add_memory(tg_compiler *c, tg_text name, const void *bytes, size_t n);
/* Folder of the standard packs (and, in its folder `profiles`, of the profiles).  They are compiled when nothing else was added and no
 * configuration names packs, and lend what packs `use` that were not added.  Copied. */
TG_API tg_status tg_compiler_standard(tg_compiler *c, const char *folder);
/* A configuration (tollgate.yaml) with what it extends.  Several: the later one wins.  Packs that it names are compiled unless packs were added.
 * TG_INVALID, TG_IO: the messages say why; names of gates, areas and parameters are checked by tg_compiler_finish. */
TG_API tg_status tg_compiler_config(tg_compiler *c, const char *path);
/* A profile of the standard packs by its name: "transfer-readiness".  A configuration added after it extends this profile instead of its own. */
TG_API tg_status tg_compiler_profile(tg_compiler *c, tg_text name);
/* name: "KT-004.min_days", "bot.governance.grace_days", or short where only one fits. */
TG_API tg_status tg_compiler_set_param(tg_compiler *c, tg_text name, tg_text value);
/* Portfolio packs instead of engagement packs. */
TG_API void tg_compiler_portfolio(tg_compiler *c, int portfolio);
/* Checks, lowers and verifies everything added.  TG_INVALID: the messages say all that is wrong. */
TG_API tg_status tg_compiler_finish(tg_compiler *c, tg_program_handle **out);

/* ---- programs: immutable, counted, any thread ---- */

typedef struct tg_program_info {
  size_t size;
  size_t gates, packs, params, patterns, instructions, jit_patterns;
  tg_text waivers; /* path of the waivers file that the configuration names; empty = none */
} tg_program_info;
typedef struct tg_gate_info {
  size_t size;
  tg_text id, title, pack, area, rationale, proof, remediation;
  int severity; /* tg_severity, or -1: from the score */
  int effort, waivable, portfolio;
  tg_text file;
  uint32_t line;
} tg_gate_info;

TG_API tg_program_handle *tg_program_ref(tg_program_handle *p);
TG_API void tg_program_unref(tg_program_handle *p);
TG_API tg_status tg_program_get_info(const tg_program_handle *p, tg_program_info *out);
TG_API tg_status tg_program_gate(const tg_program_handle *p, size_t gate, tg_gate_info *out);
/* The gate's number, or -1. */
TG_API long tg_program_find(const tg_program_handle *p, tg_text id);

/* ---- facts ---- */

typedef struct tg_facts tg_facts;

/* A fact as a foreign reader gives it. */
typedef enum tg_fact_kind {
  TG_FACT_ABSENT = 0,
  TG_FACT_NULL,
  TG_FACT_BOOL,
  TG_FACT_NUMBER,
  TG_FACT_TEXT,
  TG_FACT_LIST,
  TG_FACT_MAP
} tg_fact_kind;
typedef struct tg_fact_node {
  uint64_t a, b; /* the reader's own: 16 bytes by value */
} tg_fact_node;
typedef struct tg_fact_value {
  tg_fact_kind kind;
  int boolean;  /* BOOL */
  tg_text text; /* TEXT: UTF-8; NUMBER: decimal digits as JSON writes them.  Borrowed until the next call */
  tg_fact_node node; /* LIST, MAP */
  uint64_t count;    /* LIST, MAP: elements or entries */
} tg_fact_value;
/* One call a record, not one an access.  Callbacks return 0, or non-zero to fail the load; they do not call back into Tollgate
 * and do not jump out.  What they return is checked once: kinds, UTF-8, numbers, counts. */
typedef struct tg_fact_reader {
  size_t size;
  void *ctx;
  /* Values of `n` wanted keys (byte order) of the map `node`, into out[0..n-1]; absent keys are TG_FACT_ABSENT. */
  int (*fields)(void *ctx, tg_fact_node node, const tg_text *keys, size_t n, tg_fact_value *out);
  /* Elements first .. first+n-1 of the list `node`. */
  int (*elements)(void *ctx, tg_fact_node node, uint64_t first, size_t n, tg_fact_value *out);
  /* Entries first .. first+n-1 of the map `node`, for maps whose keys are data. */
  int (*entries)(void *ctx, tg_fact_node node, uint64_t first, size_t n, tg_text *keys, tg_fact_value *out);
} tg_fact_reader;

/* `messages` outlives the facts.  `allocator` NULL = the environment's. */
TG_API tg_status tg_facts_new(tg_env *env, const tg_allocator *allocator, tg_messages *messages,
                              tg_facts **out);
TG_API void tg_facts_free(tg_facts *f);
TG_API void tg_facts_interrupt(tg_facts *f, tg_interrupt_fn ask, void *ctx);
/* Forgets the facts, keeps the memory. */
TG_API tg_status tg_facts_reset(tg_facts *f);
/* A YAML, JSON or NDJSON file, by suffix, else by its first byte. */
TG_API tg_status tg_facts_add_path(tg_facts *f, const char *path);
/* TG_FACTS_BORROW: `bytes` outlive the facts and have 64 readable zero bytes behind them; else they are copied. */
#define TG_FACTS_BORROW 1u
TG_API tg_status tg_facts_add_memory(tg_facts *f, tg_text name, const void *bytes, size_t n, unsigned flags);
/* A collection from CSV: `collection` is the path of the list ("systems").  `program` gives the types of cells; NULL = core schema. */
TG_API tg_status tg_facts_add_csv(tg_facts *f, const tg_program_handle *program, tg_text collection,
                                  const char *path);
/* Waivers from a file: a YAML or JSON list of entries, a mapping with the list as `waivers`, or CSV with a header row.  They join the list that the
 * program's `waivers_fact` names.  TG_INVALID when the program names none. */
TG_API tg_status tg_facts_add_waivers(tg_facts *f, const tg_program_handle *program, const char *path);
TG_API tg_status tg_facts_add_csv_memory(tg_facts *f, const tg_program_handle *program, tg_text collection,
                                         tg_text name, const void *bytes, size_t n);
/* Reads what the program's plan wants from the caller's own representation; `name` stands for the file in reports. */
TG_API tg_status tg_facts_add_reader(tg_facts *f, const tg_program_handle *program, tg_text name,
                                     const tg_fact_reader *reader, tg_fact_node root);
/* Merges, checks against the program's model and freezes: nothing can be added.  `portfolio`: the documents stay apart. */
TG_API tg_status tg_facts_freeze(tg_facts *f, const tg_program_handle *program, int portfolio);
/* The value at an RFC 6901 pointer, printed; TG_INVALID when there is none. */
TG_API tg_status tg_facts_find(tg_facts *f, tg_text pointer, tg_text *value, tg_text *file, uint32_t *line,
                               uint32_t *column);

/* ---- evaluating ---- */

typedef struct tg_eval tg_eval;
typedef struct tg_assessment_handle tg_assessment_handle;

/* An earlier report to compare with.  Immutable once loaded, shared by threads. */
typedef struct tg_baseline_handle tg_baseline_handle;
/* Reads a JSON report, or what `tollgate baseline` made of one.  TG_INVALID, TG_IO: the messages say why. */
TG_API tg_status tg_baseline_load(tg_env *env, tg_messages *messages, const char *path,
                                  tg_baseline_handle **out);
/* After every assessment that used it. */
TG_API void tg_baseline_free(tg_baseline_handle *b);

/* The best figures reached so far.  Immutable once loaded, shared by threads. */
typedef struct tg_ratchet_handle tg_ratchet_handle;
/* Reads a ratchet file (include/tollgate/ratchet.schema.json).  TG_INVALID, TG_IO: the messages say why. */
TG_API tg_status tg_ratchet_load(tg_env *env, tg_messages *messages, const char *path,
                                 tg_ratchet_handle **out);
/* After every assessment that used it. */
TG_API void tg_ratchet_free(tg_ratchet_handle *r);

typedef struct tg_run_options {
  size_t size;
  tg_text as_of; /* YYYY-MM-DD; empty: the facts' own day, else `clock` */
  tg_text clock; /* YYYY-MM-DD, the caller's idea of today (the library has no clock) */
  tg_readiness_model readiness;
  /* Filters; a gate is evaluated when it matches each list that is given (globs for gates, exact names else). */
  const tg_text *gates;
  size_t gate_count;
  const tg_text *areas;
  size_t area_count;
  const tg_text *phases;
  size_t phase_count;
  const tg_text *tags;
  size_t tag_count;
  tg_interrupt_fn interrupt;
  void *interrupt_ctx;
  tg_fail_on fail_on;
  tg_unknown_policy unknown;
  const tg_baseline_handle *baseline; /* NULL = none: with one, only what is new or worse blocks */
  const tg_ratchet_handle
      *ratchet; /* NULL = none: with one, a figure that is worse blocks too, with a warning each */
} tg_run_options;

typedef struct tg_run_stats {
  size_t size;
  uint64_t cost;                /* units of cost charged */
  uint64_t rows, values;        /* rows filled and slots in them */
  uint64_t memory, memory_peak; /* bytes of the evaluator */
  uint64_t facts_memory, facts_peak;
} tg_run_stats;

TG_API tg_status tg_eval_new(tg_env *env, tg_program_handle *program, const tg_allocator *allocator,
                             tg_messages *messages, tg_eval **out);
TG_API void tg_eval_free(tg_eval *e);
/* Evaluates frozen facts.  The assessment belongs to the evaluator and lives until its next run; the facts must live as long. */
TG_API tg_status tg_eval_run(tg_eval *e, tg_facts *facts, const tg_run_options *options,
                             tg_assessment_handle **out);
TG_API tg_status tg_eval_stats(const tg_eval *e, tg_run_stats *out);

/* ---- the assessment ---- */

typedef struct tg_interval_percent {
  double proven, possible; /* 0..100, one decimal; -1 = nothing evaluated */
} tg_interval_percent;
typedef struct tg_summary {
  size_t size;
  tg_verdict verdict;
  int partial;
  tg_text engagement, phase, as_of;
  tg_interval_percent gross, net;
  size_t gates[TG_OUTCOME_COUNT]; /* by tg_outcome */
  size_t open[TG_SEVERITY_COUNT]; /* by tg_severity */
  size_t findings;
} tg_summary;
typedef struct tg_gate_status {
  size_t size;
  tg_text id, area, pack;
  tg_outcome outcome;
  tg_reason reason;
  tg_severity severity;
  int likelihood, impact, score;
  tg_risk risk;
  size_t subjects[TG_OUTCOME_COUNT];
} tg_gate_status;
typedef struct tg_finding_info {
  size_t size;
  tg_text gate, label, pointer, message, fingerprint;
  tg_outcome outcome;
  tg_severity severity;
  int score, stable;
  size_t clauses, facts;
} tg_finding_info;
typedef struct tg_clause_status {
  size_t size;
  tg_text expression;
  tg_outcome outcome; /* PASS true, FAIL false, UNKNOWN, ERROR */
} tg_clause_status;
typedef struct tg_fact_status {
  size_t size;
  tg_text pointer, path, value, file;
  tg_fact_state state;
  uint32_t line, column;
} tg_fact_status;

TG_API tg_status tg_assessment_summary(const tg_assessment_handle *a, tg_summary *out);
/* Gates in the program's order; TG_MISUSE past the last. */
TG_API tg_status tg_assessment_gate(tg_assessment_handle *a, size_t gate, tg_gate_status *out);
TG_API size_t tg_assessment_finding_count(const tg_assessment_handle *a);
/* Texts of the finding, its clauses and facts are borrowed until another finding is asked for. */
TG_API tg_status tg_assessment_finding(tg_assessment_handle *a, size_t finding, tg_finding_info *out);
TG_API tg_status tg_assessment_clause(tg_assessment_handle *a, size_t finding, size_t clause,
                                      tg_clause_status *out);
TG_API tg_status tg_assessment_fact(tg_assessment_handle *a, size_t finding, size_t fact,
                                    tg_fact_status *out);
/* The gate of a pipeline, by the run's `fail_on`, `unknown`, `baseline` and `ratchet`: 1 when something is open at or above the threshold (with a baseline:
 * and is new or worse), when a floor of the configuration is missed (which counts as high), or when no gate applied, none of which TG_FAIL_ON_NEVER asks;
 * and 1 when a figure is worse than the ratchet holds, whatever the threshold. */
TG_API int tg_assessment_blocks(const tg_assessment_handle *a);

typedef struct tg_report_format {
  size_t size;
  const char *name; /* "text", "json", "ndjson" */
  int width, colour, ascii, verbose, quiet;
  tg_text root;   /* absolute paths below it are printed relative to it; empty = as given */
  tg_text prefix; /* the working directory seen from the root: put before relative paths */
} tg_report_format;
/* Borrowed until the next call or run.  TG_MISUSE for a name that tg_report_formats does not list. */
TG_API tg_status tg_assessment_write(tg_assessment_handle *a, const tg_report_format *format, tg_text *out);
/* A ratchet file with the better of the run's ratchet (if it had one) and this assessment, figure by figure; *tightened is 0 when that is the
 * ratchet as it was.  Borrowed until the next call or run.  TG_INVALID: a run of a part of the gates. */
TG_API tg_status tg_assessment_ratchet(tg_assessment_handle *a, tg_text *out, int *tightened);
/* NULL-terminated names of the formats this build writes. */
TG_API const char *const *tg_report_formats(void);

#ifdef __cplusplus
}
#endif
#endif
