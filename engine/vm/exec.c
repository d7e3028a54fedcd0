/* Running one block.  The switch holds short arms; what is longer is called. */
#include "vm/machine.h"

bool tg_vm_charge_slowly(tg_vm *vm, uint64_t units) {
  if (vm->cost - vm->asked >= TG_INTERRUPT_COST) {
    vm->asked = vm->cost;
    if (vm->options.interrupt != NULL && vm->stop == TG_OK &&
        vm->options.interrupt(vm->options.interrupt_ctx) != 0)
      vm->stop = TG_INTERRUPTED;
    if (vm->heap.failed && vm->stop == TG_OK)
      vm->stop = tg_mem_status(vm->mem) == TG_OK ? TG_NOMEM : tg_mem_status(vm->mem);
  }
  if (vm->stop != TG_OK) {
    vm->asked = vm->cost - TG_INTERRUPT_COST; /* wraps: the next charge comes here again */
    return false;
  }
  if (*vm->budget < units) {
    *vm->budget = 0;
    return false;
  }
  *vm->budget -= units;
  return true;
}

void tg_vm_frame(tg_vm *vm, tg_frame *f, uint32_t unit, uint32_t first_temp) {
  f->unit = &vm->p->units[unit];
  f->temps = vm->temps + first_temp;
  f->why = vm->explain ? vm->whys + first_temp : NULL;
  f->top = first_temp + f->unit->temps;
  f->base[TG_SP_CONST] = vm->p->consts + f->unit->const_first;
  f->base[TG_SP_TEMP] = f->temps;
  f->base[TG_SP_DOC] = tg_row(vm->rows, 0, 0);
}

tg_value tg_vm_let(tg_vm *vm, const tg_frame *f, uint32_t let, const tg_support **why) {
  tg_let_value *v = &vm->lets[let];
  bool there = v->state == 2 && (!vm->explain || v->explained);
  if (!there) {
    tg_frame own = {0};
    uint64_t *budget = vm->budget;
    uint64_t spare =
        UINT64_MAX; /* the explain pass computes again what the document was charged for already */
    vm->budget = v->state == 2 ? &spare : &vm->document_left;
    tg_vm_frame(vm, &own, vm->p->lets[let].unit, f->top);
    tg_ran r = tg_vm_exec(vm, &own, vm->p->lets[let].block);
    vm->budget = budget;
    v->value = r.value;
    v->why = r.why;
    v->state = 2;
    v->explained = vm->explain;
  }
  if (why != NULL) *why = v->why;
  return v->value;
}

_Static_assert(TG_OP_GE - TG_OP_EQ == (int)TG_GE - (int)TG_EQ, "comparisons stand in the order of tg_op2");

/* Equal scale and short texts are nearly all comparisons. */
static inline tg_value fast_compare(tg_vm *vm, tg_op2 op, tg_value a, tg_value b) {
  if (a.kind == TG_V_NUMBER && b.kind == TG_V_NUMBER && a.aux == b.aux) {
    switch (op) {
    case TG_EQ: return tg_bool(a.num == b.num);
    case TG_NE: return tg_bool(a.num != b.num);
    case TG_LT: return tg_bool(a.num < b.num);
    case TG_LE: return tg_bool(a.num <= b.num);
    case TG_GT: return tg_bool(a.num > b.num);
    default: return tg_bool(a.num >= b.num);
    }
  }
  if (a.kind == TG_V_TEXT && b.kind == TG_V_TEXT && op <= TG_NE &&
      (a.len != b.len || a.bits != b.bits || a.len <= 8))
    return tg_bool((a.len == b.len && a.bits == b.bits) == (op == TG_EQ));
  if (a.kind == TG_V_BOOL && b.kind == TG_V_BOOL && op <= TG_NE)
    return tg_bool((a.num == b.num) == (op == TG_EQ));
  return tg_vm_compare(vm, op, a, b);
}

static tg_value match(tg_vm *vm, tg_value v, uint32_t pattern) {
  if (v.kind == TG_V_ERROR) return v;
  if (v.kind == TG_V_UNKNOWN) return tg_unknown(TG_WHY_DERIVED);
  if (!tg_is_text(v)) return tg_fault_value(TG_FAULT_TYPE);
  tg_str s = tg_text_of(&vm->heap, &v);
  vm->heap.cost += s.n / 64;
  switch (tg_regex_match(vm->matcher, vm->p->compiled[pattern], s)) {
  case TG_MATCH_YES: return tg_bool(true);
  case TG_MATCH_NO: return tg_bool(false);
  case TG_MATCH_NOMEM: vm->heap.failed = true; break;
  case TG_MATCH_BUDGET: break;
  }
  return tg_fault_value(TG_FAULT_REGEX);
}

static tg_value field(tg_vm *vm, tg_value row, tg_value where) {
  uint32_t shape = (uint32_t)(where.num >> 16), slot = (uint32_t)where.num & 0xffffu;
  if (row.kind == TG_V_ERROR || row.kind == TG_V_UNKNOWN) return row;
  if (row.kind != TG_V_ROW || row.len != shape) return tg_fault_value(TG_FAULT_TYPE);
  return tg_row(vm->rows, shape, (uint32_t)row.num)[slot];
}

static tg_value make_list(tg_vm *vm, const tg_frame *f, uint16_t first, uint32_t count) {
  uint32_t at = vm->heap.items.n;
  for (uint32_t i = 0; i < count; i++)
    if (!tg_vec_push(vm->mem, &vm->heap.items, tg_vm_operand(f, (uint16_t)(first + i))) ||
        !tg_vec_push(vm->mem, &vm->heap.possible, 0)) {
      vm->heap.failed = true;
      return tg_unknown(TG_WHY_DERIVED);
    }
  tg_value v = tg_value_make(TG_V_ITEMS, 0, 0);
  v.bits = (uint64_t)at << 32 | count;
  return v;
}

static bool is_error(tg_value v) { return v.kind == TG_V_ERROR; }

/* What an operand gives to a truth value: an error stays, anything else that is none is a type error. */
static tg_value truth(tg_value v) {
  return v.kind == TG_V_BOOL || v.kind == TG_V_UNKNOWN || v.kind == TG_V_ERROR
             ? v
             : tg_fault_value(TG_FAULT_TYPE);
}

static bool charge_heap(tg_vm *vm) {
  uint64_t extra = vm->heap.cost;
  vm->heap.cost = 0;
  return extra == 0 || tg_vm_charge(vm, extra);
}

/* The result of an instruction that computes: everything but jumps and ends. */
static inline tg_value compute(tg_vm *vm, tg_frame *f, tg_ins i) {
  if (i.op == TG_OP_TODAY) return vm->options.today;
  if (i.op == TG_OP_ELEM) return tg_vm_element(vm, f, i.c);
  if (i.op == TG_OP_LIST) return make_list(vm, f, i.b, i.c); /* of none: there is no first operand */
  const tg_value b = tg_vm_operand(f, i.b);
#define C tg_vm_operand(f, i.c)
  switch (i.op) {
  case TG_OP_MOV: return b;
  case TG_OP_ADD: return tg_op2_apply(&vm->heap, TG_ADD, b, C);
  case TG_OP_SUB: return tg_op2_apply(&vm->heap, TG_SUB, b, C);
  case TG_OP_MUL: return tg_op2_apply(&vm->heap, TG_MUL, b, C);
  case TG_OP_DIV: return tg_op2_apply(&vm->heap, TG_DIV, b, C);
  case TG_OP_NEG: return tg_negate(&vm->heap, b);
  case TG_OP_NOT: return tg_not(b);
  case TG_OP_AND: return tg_and(b, C);
  case TG_OP_OR: return tg_or(b, C);
  case TG_OP_DEFAULT: return is_error(b) || (b.kind != TG_V_UNKNOWN && b.kind != TG_V_RANGE) ? b : C;
  case TG_OP_IFMERGE: {
    tg_value a = tg_vm_operand(f, i.a);
    if (is_error(b)) return b;
    if (tg_is_true(b)) return a;
    return tg_is_false(b) ? C : tg_if_merge(&vm->heap, a, C);
  }
  case TG_OP_TEST: {
    tg_value v = tg_test_apply(&vm->heap, (tg_test)(i.aux & 0x7f), b, vm->options.today);
    return i.aux & 0x80 ? tg_not(v) : v;
  }
  case TG_OP_IN: return tg_vm_in(vm, b, C);
  case TG_OP_INSET: return tg_vm_in_set(vm, b, &vm->p->sets[C.num]);
  case TG_OP_INKEYS: return tg_vm_in_keys(vm, b, C);
  case TG_OP_CONTAINS: return tg_vm_contains(vm, b, C);
  case TG_OP_CONTALL: return tg_vm_contains_many(vm, b, C, true);
  case TG_OP_CONTANY: return tg_vm_contains_many(vm, b, C, false);
  case TG_OP_MATCH: return match(vm, b, (uint32_t)C.num);
  case TG_OP_INDEX: return tg_vm_index(vm, b, C);
  case TG_OP_FIELD: return field(vm, b, C);
  case TG_OP_KEYS: return tg_vm_keys(vm, b);
  case TG_OP_UNIQUE: return tg_vm_unique(vm, b, false);
  case TG_OP_ISUNIQUE: return tg_vm_unique(vm, b, true);
  case TG_OP_JOIN: return tg_vm_join(vm, b, C);
  case TG_OP_LENGTH: return tg_fn1_apply(&vm->heap, TG_FN_LENGTH, b);
  case TG_OP_DAYS: return tg_fn1_apply(&vm->heap, TG_FN_DAYS, b);
  case TG_OP_ABS: return tg_fn1_apply(&vm->heap, TG_FN_ABS, b);
  case TG_OP_LOWER: return tg_fn1_apply(&vm->heap, TG_FN_LOWER, b);
  case TG_OP_ROUND: return tg_fn_round(&vm->heap, b, C);
  default: return tg_fault_value(TG_FAULT_TYPE);
  }
#undef C
}

/* Coverage: what a condition was.  Values that are no truth values leave no mark. */
static void note(tg_vm *vm, uint32_t ins, tg_value v) {
  uint8_t *seen = &vm->options.truths[ins];
  if (v.kind == TG_V_BOOL)
    *seen |= v.num ? TG_SEEN_TRUE : TG_SEEN_FALSE;
  else if (v.kind == TG_V_UNKNOWN)
    *seen |= TG_SEEN_UNKNOWN;
  else if (v.kind == TG_V_ERROR)
    *seen |= TG_SEEN_ERROR;
}

static bool takes_jump(tg_frame *f, tg_ins i) {
  if (i.op == TG_OP_JUMP) return true;
  tg_value b = tg_vm_operand(f, i.b);
  switch (i.op) {
  case TG_OP_JFALSE: return tg_is_false(b) || is_error(b);
  case TG_OP_JTRUE: return tg_is_true(b) || is_error(b);
  case TG_OP_JKNOWN: return b.kind != TG_V_UNKNOWN && b.kind != TG_V_RANGE;
  case TG_OP_JERR: f->temps[TG_OPERAND_INDEX(i.b)] = truth(b); return is_error(truth(b));
  default: return true;
  }
}

/* A clause joins the ones before it; true when the verdict pass has seen enough. */
static bool clause(tg_vm *vm, tg_frame *f, tg_ins i, uint32_t at, tg_ran *r) {
  tg_value v = truth(tg_vm_operand(f, i.b));
  static const uint8_t outcomes[] = {TG_UNKNOWN, TG_ERROR, TG_PASS};
  if (vm->explain) {
    tg_clause_result c = {.outcome = outcomes[v.kind], .fault = is_error(v) ? v.aux : 0, .fault_ins = at};
    if (tg_is_false(v)) c.outcome = TG_FAIL;
    if (i.c < vm->clauses.n) vm->clauses.at[i.c] = c;
    if (i.c < vm->clauses.n) vm->clause_why[i.c] = tg_support_of(vm, f, i.b);
  }
  if (tg_is_false(r->value) || is_error(r->value)) return true; /* decided before: shown, but of no effect */
  if (tg_is_true(v)) return false;                              /* leaves what stands: nearly always */
  r->value = tg_is_true(r->value) ? v : tg_and(r->value, v);
  return tg_is_false(r->value) || is_error(r->value);
}

void tg_vm_exec_into(tg_vm *vm, tg_frame *f, uint32_t block, tg_ran *r) {
  const tg_block *b = &vm->p->blocks[block];
  const tg_ins *code = vm->p->code + b->first, *ip = code;
  *r = (tg_ran){.value = tg_bool(true)};
  if (!tg_vm_charge(vm, b->cost)) {
    r->value = tg_fault_value(TG_FAULT_FUEL);
    return;
  }
  vm->executed += b->count;
  for (;; ip++) {
    tg_ins i = *ip;
    switch (i.op) {
    case TG_OP_JFALSE:
    case TG_OP_JTRUE:
    case TG_OP_JKNOWN:
    case TG_OP_JERR:
    case TG_OP_JUMP:
      if (takes_jump(f, i)) ip += i.c;
      continue;
    case TG_OP_SKIP: {
      tg_value v = truth(tg_vm_operand(f, i.b));
      if (vm->options.truths != NULL) note(vm, (uint32_t)(b->first + (ip - code)), v);
      if (tg_is_true(v)) continue;
      if (vm->explain) r->where_why = tg_support_join(vm, r->where_why, tg_support_of(vm, f, i.b));
      r->possible |= v.kind == TG_V_UNKNOWN;
      if (v.kind == TG_V_UNKNOWN) continue;
      r->end = is_error(v) ? TG_END_VALUE : TG_END_SKIPPED;
      r->value = v;
      r->why = r->where_why;
      return;
    }
    case TG_OP_CLAUSE:
      if (r->possible && i.c == 0 && !vm->explain) { /* `where` is unknown: `require` is not asked */
        r->end = TG_END_SUBJECT;
        r->value = tg_unknown(TG_WHY_DERIVED);
        return;
      }
      if (vm->options.truths != NULL && !vm->explain)
        note(vm, (uint32_t)(b->first + (ip - code)), truth(tg_vm_operand(f, i.b)));
      if (clause(vm, f, i, (uint32_t)(b->first + (ip - code)), r) && !vm->explain) {
        r->end = TG_END_SUBJECT;
        return;
      }
      continue;
    case TG_OP_END: r->end = TG_END_SUBJECT; return;
    case TG_OP_YIELD:
      r->value = tg_vm_operand(f, i.b);
      if (vm->explain) r->why = tg_support_of(vm, f, i.b);
      return;
    case TG_OP_LET: {
      const tg_support *why = NULL;
      tg_value v = tg_vm_let(vm, f, (uint32_t)tg_vm_operand(f, i.c).num, &why);
      f->temps[TG_OPERAND_INDEX(i.a)] = v;
      if (vm->explain) f->why[TG_OPERAND_INDEX(i.a)] = why;
      continue;
    }
    case TG_OP_LOOP: {
      const tg_support *why = NULL, *list_why = vm->explain ? tg_support_of(vm, f, i.b) : NULL;
      tg_value v =
          tg_vm_loop(vm, f, &vm->p->loops[f->unit->loop_first + i.c], tg_vm_operand(f, i.b), list_why, &why);
      if (vm->options.truths != NULL) note(vm, (uint32_t)(b->first + (ip - code)), v);
      f->temps[TG_OPERAND_INDEX(i.a)] = v;
      if (vm->explain) f->why[TG_OPERAND_INDEX(i.a)] = why;
      continue;
    }
    case TG_OP_EQ:
    case TG_OP_NE:
    case TG_OP_LT:
    case TG_OP_LE:
    case TG_OP_GT:
    case TG_OP_GE: {
      tg_value v =
          fast_compare(vm, (tg_op2)(i.op - TG_OP_EQ + TG_EQ), tg_vm_operand(f, i.b), tg_vm_operand(f, i.c));
      if (vm->heap.cost && !charge_heap(vm)) v = tg_fault_value(TG_FAULT_FUEL);
      if (vm->explain) tg_support_result(vm, f, (uint32_t)(b->first + (ip - code)), v);
      if (vm->options.truths != NULL) note(vm, (uint32_t)(b->first + (ip - code)), v);
      f->temps[TG_OPERAND_INDEX(i.a)] = v;
      continue;
    }
    default: {
      tg_value v = compute(vm, f, i);
      if (vm->heap.cost && !charge_heap(vm)) v = tg_fault_value(TG_FAULT_FUEL);
      if (vm->explain) tg_support_result(vm, f, (uint32_t)(b->first + (ip - code)), v);
      if (vm->options.truths != NULL) note(vm, (uint32_t)(b->first + (ip - code)), v);
      f->temps[TG_OPERAND_INDEX(i.a)] = v;
      continue;
    }
    }
  }
}
