/* Rule tests (language.md, section 8): what a rule must say of given facts.
 *
 * A test file is read like facts, into a store of its own.  Each case is a root in that store: base facts with changes made on a copy of
 * the path, so a thousand variants of one engagement cost what their changes cost, and every place in them is a place in the test file. */
#ifndef TG_PROVE_PROVE_H
#define TG_PROVE_PROVE_H

#include "assess/assess.h"
#include "code/program.h"
#include "lang/lang.h"
#include "regex/regex.h"

/* ---- what a test file says ---- */

typedef struct tg_expectation {
  tg_str gate;
  tg_str label;   /* of the subject; .at NULL: the gate itself */
  int outcome;    /* tg_outcome; -1 = not asked */
  int severity;   /* tg_severity; -1 = not asked */
  tg_str message; /* .at NULL = not asked */
  tg_str reason;  /* of not_applicable and unknown; .at NULL */
  tg_str code;    /* kind of an evaluation error; .at NULL */
  uint32_t place; /* of the expectation in the test file */
} tg_expectation;

typedef struct tg_case {
  tg_str name;
  uint32_t place;
  uint32_t root;  /* node of the facts as changed */
  bool portfolio; /* `documents` instead of facts */
  tg_value as_of; /* a date, or unknown: the facts' own */
  const tg_expectation *expect;
  uint32_t expect_count;
  int verdict;     /* tg_verdict; -1 = not asked */
  tg_str params;   /* settings as "NAME=VALUE" lines; equal texts share a program */
  bool broken;     /* reported: it counts as failed */
  uint8_t checked; /* against the model: 1 fits, 2 does not */
} tg_case;

/* `unreachable: {MUL-004: {unknown: why}}`: an outcome that the rule and the model together rule out.  Coverage does not wait for it; a case that
 * reaches it shows that the claim is wrong. */
typedef struct tg_unreachable {
  tg_str gate, reason;
  uint8_t outcome; /* tg_outcome */
  uint32_t place;
} tg_unreachable;

typedef struct tg_test_file {
  tg_str path;
  tg_store store;
  const tg_str *packs; /* whose gates are asked; count 0 = all */
  uint32_t pack_count;
  TG_VEC(tg_unreachable) unreachable;
  TG_VEC(tg_case) cases;
  tg_arena arena;
} tg_test_file;

/* Reads one file.  `models` gives the model of engagement and portfolio programs ([0], [1]; NULL: none is loaded), by which paths find
 * keyed records.  TG_INVALID: the file is no test file at all; a case that is wrong is reported and marked `broken`. */
tg_status tg_test_file_open(tg_test_file *f, const tg_allocator *allocator, uint64_t memory_limit,
                            const char *path, const tg_model *const models[2], tg_diags *d);
void tg_test_file_close(tg_test_file *f);

/* ---- running ---- */

/* One difference between what was expected and what came. */
typedef struct tg_mismatch {
  tg_str what; /* "KT-004", "KT-004[billing]", "verdict" */
  tg_str expected, actual;
  tg_str decided; /* clauses and facts with their places, one a line; may be empty */
  tg_place place; /* of the expectation */
} tg_mismatch;

typedef struct tg_case_result {
  bool passed, ran;
  TG_VEC(tg_mismatch) mismatches;
  tg_str trouble; /* messages of facts that cannot be evaluated; empty */
} tg_case_result;

/* Runs cases one after another over one program; re-used.  Not for several threads. */
typedef struct tg_runner {
  tg_mem *mem;
  const tg_program *program;
  tg_rows rows;
  struct tg_vm *vm;
  tg_assessment assessment;
  tg_matcher *matcher;
  uint8_t *selected;
  tg_arena arena; /* of the results */
  tg_diags diags;
  struct tg_coverage *coverage; /* NULL = not counted */
} tg_runner;

tg_status tg_runner_open(tg_runner *r, tg_mem *mem, const tg_program *p);
void tg_runner_close(tg_runner *r);
/* `brief`: only whether it passed, at the first difference.  Texts live until tg_runner_close. */
tg_status tg_runner_run(tg_runner *r, tg_test_file *f, tg_case *c, bool brief, tg_case_result *out);

/* ---- building ---- */

typedef struct tg_built {
  tg_arena arena;
  tg_program program;
} tg_built;

/* Checks and lowers packs that were read before; they are not changed, and can be built again.  `params`: "NAME=VALUE" lines.
 * TG_INVALID: `d` says why. */
tg_status tg_build(tg_built *b, tg_mem *mem, tg_sources *sources, tg_pack_ast **packs, uint32_t count,
                   tg_str params, bool portfolio, bool jit, tg_diags *d);
void tg_build_free(tg_built *b);
/* The same code, constants and judgements: nothing that a test could see. */
bool tg_same_program(const tg_program *a, const tg_program *b);

/* ---- coverage ---- */

/* A condition: a place in the rules whose truth a test should see both ways. */
typedef struct tg_condition {
  tg_span span;
  uint32_t gate;   /* TG_NONE: of a let */
  uint32_t clause; /* the condition is a whole clause: its number; else TG_NONE */
  bool where;      /* the condition decides what is looked at at all */
  uint8_t seen;    /* TG_SEEN_.. */
} tg_condition;

typedef struct tg_coverage {
  tg_mem *mem;
  const tg_program *program;
  uint8_t *gates;                  /* one a gate: 1 << tg_outcome of what cases expected and saw */
  uint8_t *excused;                /* the same: outcomes that test files call unreachable */
  uint8_t *truths;                 /* one an instruction, filled by the machine */
  TG_VEC(tg_condition) conditions; /* by place, each once */
  uint32_t end; /* rules from this address on are lent: none of their gates and conditions count */
} tg_coverage;
static inline bool tg_coverage_counts(const tg_coverage *c, uint32_t gate) {
  return c->program->gates[gate].span.start < c->end;
}

tg_status tg_coverage_open(tg_coverage *c, tg_mem *mem, const tg_program *p);
void tg_coverage_close(tg_coverage *c);
/* Leaves out what stands from the address `end` on: packs that others lend are not under test. */
void tg_coverage_bound(tg_coverage *c, uint32_t end);
/* Marks the conditions with what `truths` of a program (the same rules, maybe with other parameters) saw. */
void tg_coverage_add(tg_coverage *c, const tg_program *p, const uint8_t *truths);

/* ---- mutants ---- */

/* One change to rules that a test should notice.  Applying and undoing are the same exchange of bytes. */
typedef struct tg_mutation {
  uint32_t pack;    /* in the packs given */
  tg_str gate;      /* the gate it is in; empty: a let or a parameter of the pack */
  tg_span span;     /* where the caret goes */
  const char *what; /* "`<` becomes `<=`" */
  void *at, *other;
  uint32_t size;
} tg_mutation;

typedef TG_VEC(tg_mutation) tg_mutations;
/* All mutations of the packs, in order of the text; the changed parts are made in `arena`. */
tg_status tg_mutations_collect(tg_arena *arena, tg_mem *mem, tg_pack_ast **packs, uint32_t count,
                               tg_mutations *out);
void tg_mutation_exchange(const tg_mutation *m);

/* ---- reports ---- */

typedef struct tg_trial_result {
  const tg_test_file *file;
  const tg_case *test;
  tg_case_result result;
} tg_trial_result;

/* A mutant that every test took for the real thing. */
typedef struct tg_survivor {
  tg_str gate, pack;
  const char *what;
  tg_place place;
  tg_str line;     /* the source line */
  uint32_t carets; /* length of the place */
} tg_survivor;

typedef struct tg_trial {
  TG_VEC(tg_trial_result) results;
  uint32_t passed, failed;
  tg_coverage *coverage[2]; /* engagement, portfolio; NULL = not counted */
  bool mutated;
  uint32_t mutants, killed, same,
      invalid; /* of all: killed by a test; compile to the same program; do not compile */
  TG_VEC(tg_survivor) survivors;
} tg_trial;

/* Outcomes that a gate must have shown: pass, fail, unknown, not_applicable. */
#define TG_OUTCOMES_WANTED 4
typedef struct tg_coverage_sums {
  uint32_t gates, gates_full;         /* gates; with all outcomes they can have */
  uint32_t outcomes, wanted, excused; /* seen; of how many; called unreachable and not among these */
  uint32_t conditions, seen;          /* conditions; of 3 x conditions: true, false, unknown seen */
} tg_coverage_sums;
tg_coverage_sums tg_trial_sums(const tg_trial *t);

typedef void (*tg_trial_fn)(const tg_trial *t, tg_buf *out);
/* "text", "junit", "tap", "json", "lcov", "coverage", "coverage-json", "mutants"; NULL for another name. */
tg_trial_fn tg_trial_writer(const char *name);

#endif
