/* The machine: a verdict pass over all gates, and an explain pass over one subject.
 *
 * One tg_vm a thread, re-used.  The verdict pass keeps no causes and no texts; what is not a pass is explained on demand by running
 * the same code again with recording.  Both must agree. */
#ifndef TG_VM_VM_H
#define TG_VM_VM_H

#include "code/program.h"

typedef struct tg_subject {
  uint32_t gate;
  uint32_t position;  /* in the walked list, from 0 */
  tg_value element;   /* TG_V_ROW or a scalar; TG_V_UNKNOWN for the engagement and for a gate as a whole */
  uint8_t outcome;    /* tg_outcome: FAIL, UNKNOWN, ERROR; with `everything` also PASS, NOT_APPLICABLE */
  uint8_t fault;      /* tg_fault when ERROR */
  bool whole;         /* the gate as a whole (phase, when, list, likelihood) or a gate without `for` */
  bool where_unknown; /* unknown because its `where` is */
} tg_subject;

typedef struct tg_gate_result {
  uint8_t outcome; /* worst of the subjects, before waivers */
  uint8_t reason;  /* tg_reason; for unknown by causes the explain pass tells (TG_REASON_NONE here) */
  uint8_t likelihood, impact;              /* 1..5 */
  bool likelihood_unknown, impact_unknown; /* counted as 5 */
  bool whole;                              /* decided as a whole, before any subject was asked */
  uint8_t fault;
  uint32_t subjects[TG_OUTCOME_COUNT]; /* by outcome; waived is 0 here */
} tg_gate_result;

/* What a condition was seen to be. */
#define TG_SEEN_TRUE    1u
#define TG_SEEN_FALSE   2u
#define TG_SEEN_UNKNOWN 4u
#define TG_SEEN_ERROR   8u

typedef struct tg_vm_options {
  tg_value today;
  tg_interrupt_fn interrupt;
  void *interrupt_ctx;
  uint64_t subject_cost, document_cost; /* 0 = the limits of limits.h */
  const uint8_t *selected;              /* one byte a gate, 0 = leave out; NULL = all */
  bool everything; /* subjects that pass, or that `where` leaves out (NOT_APPLICABLE), are listed too */
  uint8_t *truths; /* one byte an instruction: what conditions were in the verdict pass (TG_SEEN_..); NULL */
} tg_vm_options;

typedef struct tg_vm tg_vm;

tg_status tg_vm_new(tg_mem *mem, const tg_program *program, tg_vm **out);
void tg_vm_free(tg_vm *vm);

/* The verdict pass.  `rows` were filled by the program's plan from `store`.  Results live until the next run. */
tg_status tg_vm_run(tg_vm *vm, const tg_rows *rows, const tg_store *store, const tg_vm_options *options);
const tg_gate_result *tg_vm_gate(const tg_vm *vm, uint32_t gate);
/* Subjects that did not pass (or all: see tg_vm_options), sorted by gate, then position. */
const tg_subject *tg_vm_subjects(const tg_vm *vm, uint32_t *count);
uint64_t tg_vm_cost(const tg_vm *vm); /* units charged by the last run */
uint64_t
tg_vm_instructions(const tg_vm *vm); /* executed by the last run (counted by block, not one by one) */
/* Heap of the last run, for printing values. */
tg_heap *tg_vm_heap(tg_vm *vm);

/* One fact a result rests on, or one cause of an unknown. */
typedef struct tg_used_fact {
  uint16_t shape, slot;
  uint32_t row;
  tg_value value; /* its `start` is the place */
  uint8_t state;  /* tg_fact_state; for made unknowns (undefined, asked) shape is TG_NO_SHAPE */
  uint32_t ins;   /* the instruction that gave an unknown that is no fact; TG_NONE else */
} tg_used_fact;

typedef struct tg_clause_result {
  uint8_t outcome; /* TG_PASS true, TG_FAIL false, TG_UNKNOWN, TG_ERROR */
  uint8_t fault;
  uint32_t fault_ins;              /* where the error arose */
  uint32_t fact_first, fact_count; /* in tg_explanation.facts: what decided it; for unknown: its causes */
} tg_clause_result;

typedef struct tg_explanation {
  uint8_t outcome; /* must equal the verdict pass's */
  uint8_t fault;
  uint32_t fault_ins;
  const tg_clause_result
      *clauses; /* all clauses of the gate, also after a false one; NULL when `where`, when, list decided */
  uint32_t clause_count;
  const tg_used_fact *
      facts; /* facts of the deciding clauses, in order of first use, without duplicates; causes first when unknown */
  uint32_t fact_count, facts_total; /* kept (TG_MAX_CAUSES) and all */
  tg_str message;                   /* from the template; empty when the gate has none */
} tg_explanation;

/* Runs one subject of the last run again with recording; the result lives until the next explanation or run. */
tg_status tg_vm_explain(tg_vm *vm, const tg_subject *subject, const tg_explanation **out);
/* Facts behind likelihood and impact, when, list: the same with `whole` subjects. */

#endif
