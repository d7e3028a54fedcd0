/* The 16-byte value and the heap it lives in.
 *
 * A value never holds a pointer: texts are addresses in one of four homes (the facts' sources, the facts'
 * pool, the program's strings, the run's pool), lists are row numbers, so values can be copied, stored in a
 * program image and shared.  `start` is the address of the value in its source, so positions cost nothing. */
#ifndef TG_VALUE_VALUE_H
#define TG_VALUE_VALUE_H

#include "base/diag.h"

typedef enum tg_kind {
  TG_V_UNKNOWN = 0, /* aux: tg_why; a real unknown */
  TG_V_ERROR = 1,   /* aux: tg_fault */
  TG_V_BOOL = 2,    /* payload 0 or 1 */
  TG_V_NUMBER = 3,  /* payload coefficient (|c| < 10^18), aux scale 0..18: c / 10^scale */
  TG_V_TEXT =
      4, /* len < 65535; payload: first 8 bytes, big-endian, zero-padded; aux: tg_home; start: address in that home */
  TG_V_LONG =
      5, /* any other text; payload: offset << 32 | length in the home's pool; aux: tg_home (a pool); start = position */
  TG_V_DATE = 6, /* payload: days since 1970-01-01 */
  TG_V_NO_DATE =
      7, /* what arithmetic with an event word gives: known, prints `none`, all comparisons false */
  TG_V_DURATION =
      8, /* payload: tg_duration packed: months << 32 | days as unsigned 32-bit of signed numbers; one of both is 0 unless mixed sums */
  TG_V_RANGE = 9, /* payload: index of a pair (least, greatest) in the heap; aux 1 = may also be undefined */
  TG_V_ROWS = 10, /* a list of the facts: payload first row << 32 | count; `len` = shape of the rows */
  TG_V_RECORD = 11, /* a record of the facts: payload = tree node */
  TG_V_ROW = 12,    /* a reference to one row: payload row; `len` = shape */
  TG_V_ITEMS =
      13, /* a list made by an expression: payload first item << 32 | count in the heap's items; aux 1 = has possible members */
  TG_V_SEQ = 14,  /* tree only: payload first child << 32 | count */
  TG_V_MAP = 15,  /* tree only: the same */
  TG_V_REGEX = 16 /* program constants only: payload = index of a pattern */
} tg_kind;

/* Why a value is unknown; order and names follow tg_fact_state where it has them. */
typedef enum tg_why {
  TG_WHY_ABSENT = 0, /* no such key */
  TG_WHY_NULL,       /* null, ~, nothing after the colon, an empty CSV cell */
  TG_WHY_WORD,       /* exactly the word `unknown` */
  TG_WHY_UNRESOLVED,
  TG_WHY_AMBIGUOUS,
  TG_WHY_UNDEFINED,
  TG_WHY_ASKED,
  TG_WHY_DERIVED /* follows from other unknowns */
} tg_why;

/* Why an evaluation ended in an error. */
typedef enum tg_fault {
  TG_FAULT_TYPE = 1,  /* operand types that do not fit */
  TG_FAULT_MAGNITUDE, /* 10^18 or more */
  TG_FAULT_DATE,      /* outside year 0001 to 9999 */
  TG_FAULT_REGEX,     /* a match over its budget, or a subject too long */
  TG_FAULT_FUEL,      /* the subject's or the document's cost is spent */
  TG_FAULT_EVENT,     /* min, max, sum, avg or order by over an event word */
  TG_FAULT_RANGE      /* a likelihood or impact that is no integer from 1 to 5; other bad arguments */
} tg_fault;

typedef enum tg_home {
  TG_HOME_SOURCE = 0,  /* at `start` in the facts' sources */
  TG_HOME_QUOTED = 1,  /* the same, one byte on: a quote comes first */
  TG_HOME_FACTS = 2,   /* facts' pool (escapes, folded text, typed cells) */
  TG_HOME_PROGRAM = 3, /* the program's strings; for TG_V_TEXT `start` is the offset there */
  TG_HOME_RUN = 4      /* made by this run */
} tg_home;

typedef struct tg_value {
  uint8_t kind, aux;
  uint16_t len;
  uint32_t start; /* UINT32_MAX: nowhere */
  union {
    int64_t num;
    uint64_t bits;
  };
} tg_value;
_Static_assert(sizeof(tg_value) == 16, "values are 16 bytes");

#define TG_NOWHERE UINT32_MAX

/* A growing pool of bytes addressed by offset. */
typedef struct tg_pool {
  tg_mem *mem;
  uint8_t *at;
  uint32_t n, cap;
} tg_pool;

/* Everything an operator may need beside its operands.  The homes of the facts and the program are borrowed;
 * `run`, `pairs` and `items` belong to the run and are emptied by tg_heap_reset. */
typedef struct tg_heap {
  tg_mem *mem;
  const uintptr_t *pages; /* of the facts' tg_sources; NULL when there is none */
  const uint8_t *facts;   /* the facts' pool */
  const uint8_t *program; /* the program's strings */
  tg_pool run;
  TG_VEC(tg_value) pairs;   /* ranges: least at 2k, greatest at 2k + 1; both numbers */
  TG_VEC(tg_value) items;   /* members of made lists */
  TG_VEC(uint8_t) possible; /* beside items: 1 = the member's own test is unknown */
  uint64_t cost;            /* extra cost of long operands: one a compared element or 64 bytes */
  bool failed; /* memory was refused: every result since is an arbitrary unknown, the run must stop */
} tg_heap;

void tg_heap_init(tg_heap *h, tg_mem *mem);
void tg_heap_reset(tg_heap *h);
void tg_heap_done(tg_heap *h);

/* ---- making values ---- */
static inline tg_value tg_value_make(tg_kind kind, uint8_t aux, int64_t num) {
  tg_value v = {(uint8_t)kind, aux, 0, TG_NOWHERE, {num}};
  return v;
}
static inline tg_value tg_unknown(tg_why why) { return tg_value_make(TG_V_UNKNOWN, (uint8_t)why, 0); }
static inline tg_value tg_fault_value(tg_fault f) { return tg_value_make(TG_V_ERROR, (uint8_t)f, 0); }
static inline tg_value tg_bool(bool b) { return tg_value_make(TG_V_BOOL, 0, b); }
static inline tg_value tg_int(int64_t n) { return tg_value_make(TG_V_NUMBER, 0, n); }
static inline tg_value tg_date(int64_t days) { return tg_value_make(TG_V_DATE, 0, days); }
static inline bool tg_is_true(tg_value v) { return v.kind == TG_V_BOOL && v.num == 1; }
static inline bool tg_is_false(tg_value v) { return v.kind == TG_V_BOOL && v.num == 0; }
static inline bool tg_is_number(tg_value v) { return v.kind == TG_V_NUMBER; }
static inline bool tg_is_text(tg_value v) { return v.kind == TG_V_TEXT || v.kind == TG_V_LONG; }
/* A text in `home` whose bytes are at `bytes` (valid UTF-8).  `start`: for TG_HOME_SOURCE, _QUOTED and (n < 65535) _PROGRAM
 * the address or offset of the value; for pools the position in a source, `offset` the place in the pool. */
tg_value tg_text_value(tg_home home, const uint8_t *bytes, uint32_t n, uint32_t start, uint32_t offset);
/* Copies the bytes into the run's pool. */
tg_value tg_text_made(tg_heap *h, const void *bytes, size_t n);
/* The bytes of a text value; borrowed until the home changes (the run's pool may move when a text is made). */
tg_str tg_text_of(const tg_heap *h, const tg_value *v);
/* -1 when memory was refused, else the offset of the copy. */
int64_t tg_pool_add(tg_pool *p, const void *bytes, size_t n);

/* ---- reading scalars ---- */
typedef enum tg_parse {
  TG_PARSE_OK = 0,
  TG_PARSE_NOT = 1,
  TG_PARSE_RANGE = 2,
  TG_PARSE_ROUNDED = 3
} tg_parse;
/* An optional sign, digits, optional fraction and exponent (JSON's and YAML's decimal forms; `underscores` allows 10_000).
 * RANGE: 10^18 or more.  ROUNDED: accepted, but more decimals or digits than are kept (half-even). */
tg_parse tg_number_parse(const char *at, size_t n, bool underscores, tg_value *out);
/* Exactly YYYY-MM-DD, a date of the proleptic Gregorian calendar, years 0001 to 9999. */
bool tg_date_parse(const char *at, size_t n, tg_value *out);
/* "90 days", "1 day", "2 weeks", "6 months", "1 year", an optional minus in front. */
bool tg_duration_parse(const char *at, size_t n, tg_value *out);
int64_t tg_date_from_civil(int year, int month, int day);
void tg_date_to_civil(int64_t days, int *year, int *month, int *day);
static inline int32_t tg_duration_days(tg_value v) { return (int32_t)(uint32_t)(v.bits & 0xffffffffu); }
static inline int32_t tg_duration_months(tg_value v) { return (int32_t)(uint32_t)(v.bits >> 32); }
tg_value tg_duration(int64_t months, int64_t days); /* an error when out of range */
/* YAML 1.2 core schema of a plain scalar: null, bool, int (decimal, 0o, 0x), float, else text (*out untouched, NOT).
 * RANGE for .inf, .nan and numbers beyond ours.  Underscores are not numbers here: `1_000` is text. */
tg_parse tg_core_scalar(const char *at, size_t n, tg_value *out);

/* ---- printing: as messages and reports print ---- */
/* Numbers in the form that was read, without exponent; dates ISO; durations "90 days"; texts bare; lists joined by ", ";
 * unknown `?`, error `!`, ranges `2 to 4`, no date `none`.  TG_V_ROWS, RECORD and ROW print `[…]`/`{…}`: the caller that
 * has the rows prints better. */
void tg_value_print(const tg_heap *h, tg_value v, tg_buf *out);
const char *tg_kind_word(tg_kind kind); /* "number", "text", ... for messages */
const char *tg_fault_text(tg_fault f);  /* "types that do not fit", ... */
tg_fact_state tg_state_of(tg_value v); /* KNOWN, NONE for event words is decided by the caller; else by aux */

/* ---- operators: language.md sections 3 and 4.  All are total: they return a value, unknown or an error, never crash.
 * Errors first (left before right), then unknown, then the operation.  None evaluates lazily: shielding is the caller's. ---- */
typedef enum tg_op2 { TG_EQ, TG_NE, TG_LT, TG_LE, TG_GT, TG_GE, TG_ADD, TG_SUB, TG_MUL, TG_DIV } tg_op2;
tg_value tg_op2_apply(tg_heap *h, tg_op2 op, tg_value a, tg_value b);
tg_value tg_negate(tg_heap *h, tg_value v);
tg_value tg_not(tg_value v); /* Kleene; not a truth value: TYPE error */
tg_value
tg_and(tg_value a,
       tg_value b); /* Kleene on two evaluated operands; error(left) first, false shields the right */
tg_value tg_or(tg_value a, tg_value b);
/* 1 equal, 0 not: known values of one kind by content (numbers without trailing zeros); for keys, unique and hashes.
 * Values of different kinds are not equal, except date-shaped texts, which are not dates here. */
bool tg_same(const tg_heap *h, tg_value a, tg_value b);
uint64_t tg_value_hash(const tg_heap *h, const tg_seed *seed, tg_value v);
/* Total order for sorting: <0, 0, >0 by kind then content; both of one orderable kind, else *clash is set. */
int tg_value_order(const tg_heap *h, tg_value a, tg_value b, bool *clash);
/* The order that min, max and `order by` want: a date-shaped text beside a date (or another such text) counts as that date.  *fault,
 * 0 before, becomes EVENT when a date meets an event word or something is no date, TYPE when the kinds have no common order; words
 * among words are texts, for they may be no events at all. */
int tg_event_order(const tg_heap *h, tg_value a, tg_value b, tg_fault *fault);
/* The text `none` or `not_yet`. */
bool tg_is_event_word(const tg_heap *h, tg_value v);
/* A date, or the valid date that a text of the form YYYY-MM-DD means; NO_DATE for an event word and itself; else false. */
bool tg_as_event(const tg_heap *h, tg_value v, tg_value *out);
/* Text contains text (code points are bytes here: UTF-8 substring). */
tg_value tg_text_contains(tg_heap *h, tg_value a, tg_value b);
/* `today` is a date value. */
typedef enum tg_test {
  TG_TEST_KNOWN,
  TG_TEST_MISSING,
  TG_TEST_NONE,
  TG_TEST_EMPTY,
  TG_TEST_DONE,
  TG_TEST_DATED
} tg_test;
tg_value tg_test_apply(tg_heap *h, tg_test test, tg_value v, tg_value today);
/* `if` whose condition is unknown: the branches' common value, else unknown. */
tg_value tg_if_merge(tg_heap *h, tg_value then_value, tg_value else_value);

typedef enum tg_fn1 { TG_FN_DAYS, TG_FN_ABS, TG_FN_LOWER, TG_FN_LENGTH } tg_fn1;
tg_value tg_fn1_apply(tg_heap *h, tg_fn1 fn, tg_value v);
tg_value tg_fn_round(tg_heap *h, tg_value v, tg_value digits);

/* ---- exact sums: one 128-bit total a scale, rounded once at the end ---- */
typedef struct tg_sum {
  __int128 total[19];
  uint64_t count;
  tg_kind kind; /* of what was added: NUMBER or DURATION; 0 = nothing yet */
  int64_t months, days;
  tg_value result; /* an unknown or error met on the way, kind UNKNOWN/ERROR; else kind BOOL */
  uint8_t scale;   /* most decimals of a term: those of the total */
} tg_sum;
void tg_sum_init(tg_sum *s);
void tg_sum_add(tg_heap *h, tg_sum *s,
                tg_value v); /* unknown and errors are kept: error beats unknown, first in order */
tg_value tg_sum_total(tg_heap *h, const tg_sum *s); /* of nothing: 0 */
tg_value tg_sum_mean(tg_heap *h, const tg_sum *s);  /* of nothing: unknown (undefined) */

/* ---- ranges ---- */
tg_value tg_range(tg_heap *h, tg_value least, tg_value greatest); /* one number when both are equal */
static inline tg_value tg_range_least(const tg_heap *h, tg_value v) { return h->pairs.at[2 * v.num]; }
static inline tg_value tg_range_greatest(const tg_heap *h, tg_value v) { return h->pairs.at[2 * v.num + 1]; }

/* Simple case mapping of one code point, from the generated table (Unicode 14). */
uint32_t tg_lower_point(uint32_t cp);

#endif
