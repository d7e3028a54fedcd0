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
 *   - Functions that can fail return tg_status; words are in the tg_messages given.  Outputs are written last and
 *     are untouched on failure.  Any of them may also return TG_NOMEM, TG_LIMIT (the memory limit of tg_env_options)
 *     and TG_MISUSE (a NULL where a handle or an output is wanted, or the wrong moment); only more is said below.
 *   - After TG_NOMEM and TG_LIMIT every handle can be freed, and facts, evaluators and messages can be used again.
 *   - tg_*_free(NULL) does nothing.  What a getter returns is borrowed from the handle it was asked of, and lives until
 *     that handle changes, is run again or is freed.
 *   - Handles are freed in any order but one: the environment last, messages after what was made with them.
 *   - Units: sizes are bytes, lines and columns count from 1 (columns in code points), days are ISO 8601 dates
 *     (YYYY-MM-DD, proleptic Gregorian), percentages run from 0 to 100, cost has no unit of time (see tg_run_stats).
 *   - No function prints, exits, reads the environment or keeps global state.
 *   - A program is immutable and may be shared by threads; so may frozen facts, and an environment that is only used to
 *     make handles.  Every other handle belongs to one thread at a time.
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

/* What a failure means for the next step.  A gate that names none has the band of its score: critical from 20, high from 12,
 * medium from 6, low below (`rules/LANGUAGE.md`). */
typedef enum tg_severity { TG_INFO = 0, TG_LOW = 1, TG_MEDIUM = 2, TG_HIGH = 3, TG_CRITICAL = 4 } tg_severity;
#define TG_SEVERITY_COUNT 5

/* The level of risk of a likelihood and an impact from 1 to 5: NIST SP 800-30 Rev. 1, table I-2, which is no product. */
typedef enum tg_risk {
  TG_RISK_VERY_LOW = 0,
  TG_RISK_LOW = 1,
  TG_RISK_MODERATE = 2,
  TG_RISK_HIGH = 3,
  TG_RISK_VERY_HIGH = 4
} tg_risk;

/* The first that holds. */
typedef enum tg_verdict {
  TG_NOT_READY = 0,  /* a critical gate failed or erred, or nothing was evaluated */
  TG_NOT_PROVEN = 1, /* a critical gate is unknown */
  TG_READY_WITH_CONDITIONS =
      2, /* a high gate does not pass, a critical one is waived, or the run was filtered */
  TG_READY = 3
} tg_verdict;

/* Of an area: red, a critical or high gate failed or erred; amber, any other did, or any is unknown or waived; green, all that
 * applies passes; grey, nothing applies. */
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

/* Readiness = 100 x sum(weight x earned) / sum(weight), over the gates that apply.  A gate earns the share of its subjects that
 * pass; weight is the gate's own or likelihood x impact.  Computed in exact fractions, rounded half-even to one decimal. */
typedef enum tg_readiness_model {
  TG_READINESS_DEFAULT = 0, /* what the configuration says, else risk-weighted */
  TG_RISK_WEIGHTED = 1,     /* as above */
  TG_UNWEIGHTED = 2,        /* each gate weighs 1: XCCDF 1.2 calls it the flat-unweighted model */
  TG_BY_AREA = 3 /* mean of the areas' figures, by the configuration's area weights: XCCDF's default model */
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

/* Three functions and their context, which must outlive every handle made with it.  `resize` with p NULL allocates; `release` and
 * `resize` get the size that was asked for.  They are called by the thread that uses a handle: an allocator that handles of
 * several threads share must be safe for them.  They return NULL to refuse and never throw or jump.  Memory is aligned as
 * malloc's.  libyaml and the code pages of the regex JIT use the process's own allocator. */
typedef struct tg_allocator {
  void *ctx;
  void *(*alloc)(void *ctx, size_t n);
  void *(*resize)(void *ctx, void *p, size_t old, size_t n);
  void (*release)(void *ctx, void *p, size_t n);
} tg_allocator;

/* Asked at least every 10,000 units of cost, every megabyte (2^20 bytes) read and every 4,096 rows filled; non-zero = stop, and the
 * call that asked returns TG_INTERRUPTED.  It may not call back into the handle that asks. */
typedef int (*tg_interrupt_fn)(void *ctx);

/* ---- environment: allocator and limits shared by the handles made from it ---- */

typedef struct tg_env tg_env;
typedef struct tg_env_options {
  size_t size;
  const tg_allocator *allocator; /* NULL = malloc; copied */
  uint64_t memory_limit;         /* bytes one handle may hold; 0 = none */
  uint64_t subject_cost; /* cost units of one subject, which errs beyond; 0 = the default of 50,000,000 */
  uint64_t
      document_cost; /* of what is computed once a document (lets, indexes); 0 = the default of 500,000,000 */
  int no_jit;        /* non-zero: patterns run in PCRE2's interpreter */
} tg_env_options;

/* Sets a struct to zero and its first field to its size: tg_env_options o; TG_INIT(&o); */
#define TG_INIT(p) tg_init((p), sizeof *(p))
TG_API void tg_init(void *options, size_t size);

/* `options` NULL = defaults.  The caller owns *out and frees it with tg_env_free. */
TG_API tg_status tg_env_new(const tg_env_options *options, tg_env **out);
/* After every handle made from it. */
TG_API void tg_env_free(tg_env *env);
/* The library's version, "0.1.0": compare with TG_VERSION, the header's.  Static. */
TG_API const char *tg_version(void);
/* "ok", "invalid", ... for a status; never NULL.  Static. */
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

/* A sink for what goes wrong.  One may serve a compiler, facts and evaluators of one thread.  The caller owns *out. */
TG_API tg_status tg_messages_new(tg_env *env, tg_messages **out);
TG_API void tg_messages_free(tg_messages *m);
/* Forgets all messages and counts; strictness stays. */
TG_API void tg_messages_clear(tg_messages *m);
/* Non-zero: unknown facts, duplicate record keys and dangling waivers are errors instead of warnings.  Set it before compiling and
 * loading. */
TG_API void tg_messages_strict(tg_messages *m, int strict);
/* Errors and warnings given since the last clear; kept are at most 50 of each. */
TG_API size_t tg_messages_errors(const tg_messages *m);
/* So for warnings. */
TG_API size_t tg_messages_warnings(const tg_messages *m);
/* How many are kept: the bound of tg_messages_get. */
TG_API size_t tg_messages_count(const tg_messages *m);
/* One message, in the order they were given until tg_messages_write sorts them.  Texts are borrowed until the sink is cleared,
 * written to or freed.  TG_MISUSE when `index` is not below the count. */
TG_API tg_status tg_messages_get(const tg_messages *m, size_t index, tg_message *out);
/* All of them as the command line prints them: file:line:col, text, excerpt, caret, hint, by place.  Text from files is
 * made safe for a terminal.  `colour` non-zero adds ANSI escapes.  *out is borrowed until the next call. */
TG_API tg_status tg_messages_write(tg_messages *m, int colour, tg_text *out);

/* ---- compiling rules ---- */

typedef struct tg_compiler tg_compiler;
typedef struct tg_program_handle tg_program_handle;

/* `messages` outlives the compiler.  The caller owns *out; it serves one program. */
TG_API tg_status tg_compiler_new(tg_env *env, tg_messages *messages, tg_compiler **out);
/* Programs that it made live on. */
TG_API void tg_compiler_free(tg_compiler *c);
/* A rule file, or a folder searched for packs (*.yaml and *.yml that hold `pack:`, in byte order of their paths; at most 16 folders
 * deep).  `path` ends in NUL.  TG_IO: it cannot be read, or is a pipe or device.  TG_INVALID: a folder without packs.  What is
 * wrong inside a pack is said at once and refused by tg_compiler_finish, so that all packs are read. */
TG_API tg_status tg_compiler_add_path(tg_compiler *c, const char *path);
/* The same from memory: YAML, UTF-8.  `name` is what diagnostics print; name and bytes are copied. */
TG_API tg_status tg_compiler_add_memory(tg_compiler *c, tg_text name, const void *bytes, size_t n);
/* Folder of the standard packs (and, in its folder `profiles`, of the profiles).  They are compiled when nothing else was added and no
 * configuration names packs, and lend what packs `use` that were not added.  Copied. */
TG_API tg_status tg_compiler_standard(tg_compiler *c, const char *folder);
/* A configuration (tollgate.yaml) with what it extends.  Several: the later one wins.  Packs that it names are compiled unless packs were added.
 * TG_INVALID, TG_IO: the messages say why; names of gates, areas and parameters are checked by tg_compiler_finish. */
TG_API tg_status tg_compiler_config(tg_compiler *c, const char *path);
/* A profile of the standard packs by its name: "transfer-readiness".  A configuration added after it extends this profile instead of its own. */
TG_API tg_status tg_compiler_profile(tg_compiler *c, tg_text name);
/* Sets a parameter before tg_compiler_finish, which checks it (TG_INVALID there: no such name, or a value that does not fit its
 * type).  name: "KT-004.min_days", "bot.governance.grace_days", or short where only one fits; value: as YAML would write it.
 * Both are copied. */
TG_API tg_status tg_compiler_set_param(tg_compiler *c, tg_text name, tg_text value);
/* Non-zero: packs with `scope: portfolio` are compiled, and the others serve only as models; zero, the default: those are left
 * out. */
TG_API void tg_compiler_portfolio(tg_compiler *c, int portfolio);
/* Checks, lowers and verifies everything added; once.  The caller owns one reference of *out (tg_program_unref).  TG_INVALID: the
 * messages say all that is wrong, at most 50 in full. */
TG_API tg_status tg_compiler_finish(tg_compiler *c, tg_program_handle **out);

/* ---- programs: immutable, counted, any thread ---- */

typedef struct tg_program_info {
  size_t size;
  size_t gates, packs, params, patterns, instructions;
  size_t jit_patterns; /* of the patterns, those that run as machine code */
  tg_text waivers;     /* path of the waivers file that the configuration names; empty = none */
} tg_program_info;
typedef struct tg_gate_info {
  size_t size;
  tg_text id, title, pack, area, rationale, proof, remediation;
  int severity;            /* tg_severity, or -1: from the score */
  int effort;              /* 1..5 */
  int waivable, portfolio; /* 0 or 1 */
  tg_text file;            /* where the gate is written */
  uint32_t line;
} tg_gate_info;

/* One more owner; gives `p` back.  Safe from any thread. */
TG_API tg_program_handle *tg_program_ref(tg_program_handle *p);
/* One owner less; the last one frees it.  An environment's allocator is called by the thread that does.  Evaluators hold a
 * reference of their own. */
TG_API void tg_program_unref(tg_program_handle *p);
/* Counts; any thread. */
TG_API tg_status tg_program_get_info(const tg_program_handle *p, tg_program_info *out);
/* What the rules say of a gate, 0 .. gates-1 in order of packs and files.  Texts live as long as the program.  TG_MISUSE past the
 * last.  Any thread. */
TG_API tg_status tg_program_gate(const tg_program_handle *p, size_t gate, tg_gate_info *out);
/* The number of the gate with this id, or -1; looks through all.  Any thread. */
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
  int boolean; /* BOOL */
  tg_text
      text; /* TEXT: UTF-8; NUMBER: decimal digits as JSON writes them; dates are TEXT.  Borrowed until the next call */
  tg_fact_node node; /* LIST, MAP */
  uint64_t count;    /* LIST, MAP: elements or entries */
} tg_fact_value;
/* Facts in a representation of the caller's own, read by record: one call a record, not one an access.  Callbacks return 0, or
 * non-zero to fail the load (TG_INVALID); they do not call back into Tollgate and do not jump out.  What they return is checked once:
 * kinds, UTF-8, numbers, counts, depth.  They are called during tg_facts_add_reader only, by its thread. */
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

/* An empty store.  `messages` outlives the facts.  `allocator` NULL = the environment's; it is copied.  The caller owns *out. */
TG_API tg_status tg_facts_new(tg_env *env, const tg_allocator *allocator, tg_messages *messages,
                              tg_facts **out);
/* Not while an evaluator's assessment still looks at it. */
TG_API void tg_facts_free(tg_facts *f);
/* Asked while files are read; tg_run_options has its own for runs.  NULL = nobody. */
TG_API void tg_facts_interrupt(tg_facts *f, tg_interrupt_fn ask, void *ctx);
/* Forgets the facts, keeps the memory for the next document; facts can be added again. */
TG_API tg_status tg_facts_reset(tg_facts *f);
/* A YAML, JSON or NDJSON file, by suffix, else by its first byte.  Pipes are read to their end when they are named under /dev/fd
 * or /proc/self/fd or as /dev/stdin; a named pipe, a device and a folder are refused at once (TG_IO).  All sources of one store
 * together hold less than 4 GiB (TG_LIMIT).  TG_INVALID: malformed, or no facts; the messages say where.  After a failure reset
 * or free the store.  TG_MISUSE after freezing; so for all tg_facts_add_*. */
TG_API tg_status tg_facts_add_path(tg_facts *f, const char *path);
/* The same from memory; the format goes by the suffix of `name`, which reports print, else by the first byte.
 * TG_FACTS_BORROW: `bytes` outlive the facts, do not change, and have 64 readable zero bytes behind them; else they are copied. */
#define TG_FACTS_BORROW 1u
TG_API tg_status tg_facts_add_memory(tg_facts *f, tg_text name, const void *bytes, size_t n, unsigned flags);
/* A collection from CSV (RFC 4180, a header row; dotted headers nest): `collection` is the path of the list ("systems").  `program`
 * gives the types of cells; NULL = YAML's core schema.  `path` as for tg_facts_add_path. */
TG_API tg_status tg_facts_add_csv(tg_facts *f, const tg_program_handle *program, tg_text collection,
                                  const char *path);
/* Waivers from a file: a YAML or JSON list of entries, a mapping with the list as `waivers`, or CSV with a header row.  They join the list that the
 * program's `waivers_fact` names.  TG_INVALID when the program names none. */
TG_API tg_status tg_facts_add_waivers(tg_facts *f, const tg_program_handle *program, const char *path);
/* The same as tg_facts_add_csv from memory; bytes are copied, `name` is what reports print. */
TG_API tg_status tg_facts_add_csv_memory(tg_facts *f, const tg_program_handle *program, tg_text collection,
                                         tg_text name, const void *bytes, size_t n);
/* Reads what the program's plan wants from the caller's own representation, beginning with the map `root`; `name` stands for the
 * file in reports.  The store then serves this program.  TG_INVALID: a callback failed, or what it gave is malformed. */
TG_API tg_status tg_facts_add_reader(tg_facts *f, const tg_program_handle *program, tg_text name,
                                     const tg_fact_reader *reader, tg_fact_node root);
/* Merges the documents, checks them against the program's model and freezes: nothing can be added, and any number of threads may
 * evaluate the store.  `portfolio` non-zero: the documents stay apart, as a list.  TG_INVALID: facts that contradict each other
 * or the model, or no facts.  The store keeps a reference to the program. */
TG_API tg_status tg_facts_freeze(tg_facts *f, const tg_program_handle *program, int portfolio);
/* The value at an RFC 6901 pointer, printed as messages print it, and where it stands (line 0: nowhere).  Any output may be NULL.
 * `value` is borrowed until the next call: one thread at a time.  TG_INVALID when there is none; TG_MISUSE before freezing. */
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
  tg_interrupt_fn interrupt; /* asked while rows are filled and gates evaluated; NULL = nobody */
  void *interrupt_ctx;
  tg_fail_on fail_on;
  tg_unknown_policy unknown;
  const tg_baseline_handle *baseline; /* NULL = none: with one, only what is new or worse blocks */
  const tg_ratchet_handle
      *ratchet; /* NULL = none: with one, a figure that is worse blocks too, with a warning each */
} tg_run_options;

/* A unit of cost is one instruction of a block that was entered, one element compared or 64 bytes handled by a function.  Cost
 * depends on rules and facts alone, never on the machine: tests may assert it. */
typedef struct tg_run_stats {
  size_t size;
  uint64_t cost;                     /* units of cost charged by the last run */
  uint64_t rows, values;             /* rows filled and slots in them */
  uint64_t memory, memory_peak;      /* bytes of the evaluator */
  uint64_t facts_memory, facts_peak; /* bytes of the facts it looked at */
} tg_run_stats;

/* An evaluator of one program, of which it takes a reference: one a thread, used again for document after document.
 * `allocator` NULL = the environment's; copied.  `messages` outlives it.  The caller owns *out. */
TG_API tg_status tg_eval_new(tg_env *env, tg_program_handle *program, const tg_allocator *allocator,
                             tg_messages *messages, tg_eval **out);
/* Its assessment goes with it. */
TG_API void tg_eval_free(tg_eval *e);
/* Evaluates frozen facts and assesses the answers.  `options` NULL = all gates, the facts' own day.  The assessment belongs to the
 * evaluator and lives until its next run, successful or not; the facts must live as long.
 * TG_INVALID: no day of assessment, a filter that selects nothing, or a waiver whose date cannot be read; the messages say which.
 * TG_INTERRUPTED: the callback said stop.  TG_MISUSE: facts that are not frozen.  Errors inside rules are no failure of the run:
 * they are outcomes of their subjects. */
TG_API tg_status tg_eval_run(tg_eval *e, tg_facts *facts, const tg_run_options *options,
                             tg_assessment_handle **out);
/* Figures of the last run. */
TG_API tg_status tg_eval_stats(const tg_eval *e, tg_run_stats *out);

/* ---- the assessment ---- */

/* Readiness from 0 to 100 (see tg_readiness_model), to one decimal; -1 = nothing was evaluated.  proven counts what is unknown as
 * failed, possible as passed. */
typedef struct tg_interval_percent {
  double proven, possible;
} tg_interval_percent;
typedef struct tg_summary {
  size_t size;
  tg_verdict verdict;
  int partial; /* a filter left gates out */
  tg_text engagement, phase, as_of;
  tg_interval_percent gross;      /* waived counts as failed */
  tg_interval_percent net;        /* waived counts as passed */
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
  int likelihood, impact; /* 1..5; what is unknown counts as 5 */
  int score;              /* their product, 1..25 */
  tg_risk risk;
  size_t subjects[TG_OUTCOME_COUNT]; /* by tg_outcome */
} tg_gate_status;
/* A subject that fails, is unknown, waived or in error. */
typedef struct tg_finding_info {
  size_t size;
  tg_text gate;
  tg_text label;   /* the subject: its key, `#3` without one, "engagement" without `for` */
  tg_text pointer; /* RFC 6901; empty for the engagement */
  tg_text message;
  tg_text
      fingerprint; /* "sha256:" and 64 hexadecimal digits over pack, gate, engagement and subject key: the same in later reports */
  tg_outcome outcome;
  tg_severity severity;
  int score;
  int stable; /* 0: the fingerprint depends on the order of the file */
  size_t clauses,
      facts; /* bounds of tg_assessment_clause and tg_assessment_fact; at most 32 facts are kept */
} tg_finding_info;
/* One expression of `require`. */
typedef struct tg_clause_status {
  size_t size;
  tg_text expression; /* as written */
  tg_outcome outcome; /* PASS true, FAIL false, UNKNOWN, ERROR */
} tg_clause_status;
/* A fact that a finding rests on, or that is missing. */
typedef struct tg_fact_status {
  size_t size;
  tg_text pointer; /* RFC 6901: "/systems/3/kt/sessions_done" */
  tg_text path;    /* as rules name it: "systems[billing].kt.sessions_done" */
  tg_text value;   /* printed */
  tg_text file;
  tg_fact_state state;
  uint32_t line, column; /* of a missing fact: of the nearest record that is there */
} tg_fact_status;

/* Verdict, figures and counts. */
TG_API tg_status tg_assessment_summary(const tg_assessment_handle *a, tg_summary *out);
/* One gate, in the program's order; texts live as long as the program.  TG_MISUSE past the last. */
TG_API tg_status tg_assessment_gate(tg_assessment_handle *a, size_t gate, tg_gate_status *out);
/* How many findings there are: the bound of `finding` below. */
TG_API size_t tg_assessment_finding_count(const tg_assessment_handle *a);
/* One finding, explained: the explain pass runs when another finding is asked for than last time.  Texts of the finding, its
 * clauses and facts are borrowed until another finding is asked for or a report is written; a fact's value until another fact is.
 * TG_MISUSE past the last, so for clauses and facts. */
TG_API tg_status tg_assessment_finding(tg_assessment_handle *a, size_t finding, tg_finding_info *out);
/* One clause of a finding, in the order of the rule; every clause is evaluated, also behind one that is false. */
TG_API tg_status tg_assessment_clause(tg_assessment_handle *a, size_t finding, size_t clause,
                                      tg_clause_status *out);
/* One fact of a finding; of an unknown finding the causes come first. */
TG_API tg_status tg_assessment_fact(tg_assessment_handle *a, size_t finding, size_t fact,
                                    tg_fact_status *out);
/* The gate of a pipeline, by the run's `fail_on`, `unknown`, `baseline` and `ratchet`: 1 when something is open at or above the threshold (with a baseline:
 * and is new or worse), when a floor of the configuration is missed (which counts as high), or when no gate applied, none of which TG_FAIL_ON_NEVER asks;
 * and 1 when a figure is worse than the ratchet holds, whatever the threshold. */
TG_API int tg_assessment_blocks(const tg_assessment_handle *a);

typedef struct tg_report_format {
  size_t size;
  const char *name;                  /* "text", "json", ...: see tg_report_formats */
  int width;                         /* of "text", in columns; 0 = 100 */
  int colour, ascii, verbose, quiet; /* of "text": 0 or 1 */
  tg_text root;   /* absolute paths below it are printed relative to it; empty = as given */
  tg_text prefix; /* the working directory seen from the root: put before relative paths */
} tg_report_format;
/* The report in one piece.  The same assessment gives the same bytes; "json" is described by report.schema.json.  Texts from facts
 * are escaped for the format's reader.  *out is borrowed until the next call or run.  TG_MISUSE for a name that
 * tg_report_formats does not list; TG_INVALID when two findings have one fingerprint: the messages say which. */
TG_API tg_status tg_assessment_write(tg_assessment_handle *a, const tg_report_format *format, tg_text *out);
/* A ratchet file with the better of the run's ratchet (if it had one) and this assessment, figure by figure; *tightened is 0 when that is the
 * ratchet as it was.  Borrowed until the next call or run.  TG_INVALID: a run of a part of the gates. */
TG_API tg_status tg_assessment_ratchet(tg_assessment_handle *a, tg_text *out, int *tightened);
/* NULL-terminated names of the formats this build writes.  Static. */
TG_API const char *const *tg_report_formats(void);

#ifdef __cplusplus
}
#endif
#endif
