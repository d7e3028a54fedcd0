/* The machine's state, shared by its files. */
#ifndef TG_VM_MACHINE_H
#define TG_VM_MACHINE_H

#include "base/limits.h"
#include "vm/vm.h"

/* What a value rests on: a rope of facts.  Made only by the explain pass, in its arena. */
typedef struct tg_why_node tg_support;
struct tg_why_node {
  const tg_support *a, *b; /* both NULL: a leaf */
  bool cause;              /* the leaf, or one in the rope, is why something is not known */
  tg_used_fact fact;
};

/* Where the rows of the bindings around are, and the temporaries of the unit. */
typedef struct tg_frame {
  const tg_unit *unit;
  const tg_value *base[8];
  tg_value *temps;
  const tg_support **why; /* beside temps; NULL in the verdict pass */
  uint32_t top;           /* first temporary that is free for lets */
  struct {
    uint16_t shape; /* TG_NO_SHAPE: a member of a made list */
    uint32_t row;
    tg_value item;         /* of a made list: what base points at */
    const tg_support *why; /* what a member of a made list rests on */
  } at[TG_MAX_BINDINGS];
} tg_frame;

typedef enum tg_end { TG_END_VALUE, TG_END_SKIPPED, TG_END_SUBJECT } tg_end;

/* How a block ended. */
typedef struct tg_ran {
  tg_end end;
  bool possible;         /* some SKIP was unknown */
  tg_value value;        /* VALUE: what it yields; SUBJECT: the clauses together; an error of a SKIP */
  const tg_support *why; /* of the value, or of the SKIPs that were unknown */
  const tg_support *where_why;
} tg_ran;

typedef struct tg_let_value {
  uint8_t state, explained; /* 0 not computed, 1 being computed, 2 there */
  tg_value value;
  const tg_support *why;
} tg_let_value;

/* Hash table of the keys of one shape's rows. */
typedef struct tg_key_index {
  uint32_t *slots;               /* row + 1 */
  uint32_t slot_count, made_for; /* size, and the run it was made for */
} tg_key_index;

typedef struct tg_member {
  tg_value value;
  bool possible;
  const tg_support *why;
  tg_value key;
  uint32_t position;
  uint16_t shape;
  uint32_t row;
} tg_member;

struct tg_vm {
  tg_mem *mem;
  const tg_program *p;
  const tg_rows *rows;
  const tg_store *store;
  tg_heap heap;
  tg_matcher *matcher;
  tg_vm_options options;
  tg_value *temps;
  const tg_support **whys;
  uint32_t temp_count;
  tg_let_value *lets;
  tg_key_index *indexes;     /* one a shape */
  uint32_t run;              /* number of the run, for the indexes */
  TG_VEC(tg_member) members; /* stack of the lists being made */
  tg_gate_result *results;
  TG_VEC(tg_subject) subjects;
  uint64_t *budget; /* what is charged now: the subject's or the document's */
  uint64_t subject_left, document_left, cost, asked, executed;
  tg_status stop; /* not OK: the run must end (interrupted, memory) */
  bool explain;
  uint32_t fault_ins;
  tg_arena arena;    /* of the explain pass */
  uint32_t supports; /* recorded in it so far */
  tg_explanation explanation;
  TG_VEC(tg_clause_result) clauses;
  const tg_support **clause_why; /* beside clauses, in the arena */
  TG_VEC(tg_used_fact) facts;
  tg_buf message;
};

/* exec.c */
/* The hot form writes where the caller reads: a struct copied right after narrower writes waits for them. */
void tg_vm_exec_into(tg_vm *vm, tg_frame *f, uint32_t block, tg_ran *r);
static inline tg_ran tg_vm_exec(tg_vm *vm, tg_frame *f, uint32_t block) {
  tg_ran r;
  tg_vm_exec_into(vm, f, block, &r);
  return r;
}
static inline tg_value tg_vm_operand(const tg_frame *f, uint16_t o) {
  return f->base[TG_OPERAND_SPACE(o)][TG_OPERAND_INDEX(o)];
}
void tg_vm_frame(tg_vm *vm, tg_frame *f, uint32_t unit, uint32_t first_temp);
tg_value tg_vm_let(tg_vm *vm, const tg_frame *f, uint32_t let, const tg_support **why);
/* Asks whether to stop; sees to refused memory; says that the budget is spent. */
bool tg_vm_charge_slowly(tg_vm *vm, uint64_t units);
/* False when the budget is spent or the run must stop.  Once the run must stop, every charge takes the slow way. */
static inline bool tg_vm_charge(tg_vm *vm, uint64_t units) {
  vm->cost += units;
  if (vm->cost - vm->asked >= TG_INTERRUPT_COST || *vm->budget < units) return tg_vm_charge_slowly(vm, units);
  *vm->budget -= units;
  return true;
}
/* Another unit in the same frame: gates that walk one list together. */
static inline void tg_vm_enter(const tg_vm *vm, tg_frame *f, uint32_t unit) {
  uint32_t first_temp = f->top - f->unit->temps;
  f->unit = &vm->p->units[unit];
  f->top = first_temp + f->unit->temps;
  f->base[TG_SP_CONST] = vm->p->consts + f->unit->const_first;
}

/* loop.c */
tg_value tg_vm_loop(tg_vm *vm, tg_frame *f, const tg_loop *l, tg_value list, const tg_support *list_why,
                    const tg_support **why);
/* Binds element `i` of a list at a depth. */
void tg_vm_bind_row(tg_vm *vm, tg_frame *f, uint32_t depth, uint32_t shape, uint32_t row);
void tg_vm_bind_item(tg_frame *f, uint32_t depth, tg_value item, const tg_support *why);
/* The element at a depth as a value: a reference when it is a record. */
tg_value tg_vm_element(const tg_vm *vm, const tg_frame *f, uint32_t depth);
tg_value tg_vm_row_value(const tg_vm *vm, uint32_t shape, uint32_t row);
/* Orders members by key and cuts them to `first`; an unknown answer or an error when that cannot be decided, else BOOL. */
tg_value tg_vm_order(tg_vm *vm, uint32_t base, bool has_order, bool descending, bool has_first,
                     tg_value first);
/* A list made of the members from `base` on, which are taken off the stack. */
tg_value tg_vm_make_list(tg_vm *vm, uint32_t base);

/* lists.c */
tg_value tg_vm_index(tg_vm *vm, tg_value list, tg_value key);
tg_value tg_vm_in(tg_vm *vm, tg_value x, tg_value list);
tg_value tg_vm_in_keys(tg_vm *vm, tg_value key, tg_value list);
tg_value tg_vm_contains(tg_vm *vm, tg_value list, tg_value x);
tg_value tg_vm_contains_many(tg_vm *vm, tg_value list, tg_value wanted, bool all);
tg_value tg_vm_keys(tg_vm *vm, tg_value list);
tg_value tg_vm_unique(tg_vm *vm, tg_value list, bool ask);
tg_value tg_vm_join(tg_vm *vm, tg_value list, tg_value separator);
tg_value tg_vm_in_set(tg_vm *vm, tg_value x, const tg_set *set);
tg_value tg_vm_compare(tg_vm *vm, tg_op2 op, tg_value a, tg_value b);
static inline bool tg_vm_is_list(tg_value v) { return v.kind == TG_V_ROWS || v.kind == TG_V_ITEMS; }
static inline uint32_t tg_vm_count(tg_value v) { return (uint32_t)v.bits; }
tg_value tg_vm_at(const tg_vm *vm, tg_value list, uint32_t i);
static inline bool tg_vm_possible(const tg_vm *vm, tg_value list, uint32_t i) {
  return list.kind == TG_V_ITEMS && list.aux && vm->heap.possible.at[(list.bits >> 32) + i];
}

/* explain.c */
const tg_support *tg_support_join(tg_vm *vm, const tg_support *a, const tg_support *b);
const tg_support *tg_support_of(tg_vm *vm, const tg_frame *f, uint16_t operand);
/* A leaf for an unknown that an instruction made; it names the fact of `operand` when that is one. */
const tg_support *tg_support_made(tg_vm *vm, const tg_frame *f, uint16_t operand, tg_fact_state state,
                                  uint32_t ins);
const tg_support *tg_support_slot(tg_vm *vm, uint16_t shape, uint32_t row, uint16_t slot, tg_value v,
                                  tg_fact_state state);
/* The list of an aggregate that has no answer: the average of nothing. */
const tg_support *tg_support_undefined(tg_vm *vm, const tg_support *list);
void tg_support_result(tg_vm *vm, tg_frame *f, uint32_t ins, tg_value result);

#endif
