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
  TG_STATE_NONE = 8        /* an event word: `none` or `not_yet` */
} tg_fact_state;

typedef enum tg_readiness_model {
  TG_RISK_WEIGHTED = 0, /* sum of weight x earned over sum of weight */
  TG_UNWEIGHTED = 1,    /* each gate counts 1 */
  TG_BY_AREA = 2        /* mean of the areas' figures */
} tg_readiness_model;

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

/*API-CONTINUES*/

#ifdef __cplusplus
}
#endif
#endif
