/* What results rest on, and the explain pass over one subject. */
#include "vm/machine.h"

#include <string.h>

const tg_support *tg_support_join(tg_vm *vm, const tg_support *a, const tg_support *b) {
  if (!vm->explain || b == NULL || a == b) return a;
  if (a == NULL) return b;
  if (++vm->supports > TG_MAX_SUPPORT) return a->cause || !b->cause ? a : b;
  tg_support *s = tg_arena_new(&vm->arena, tg_support);
  if (s == NULL) {
    vm->heap.failed = true;
    return a;
  }
  s->a = a;
  s->b = b;
  s->cause = a->cause || b->cause;
  return s;
}

static const tg_support *leaf(tg_vm *vm, tg_used_fact fact) {
  bool cause = fact.state != TG_STATE_KNOWN && fact.state != TG_STATE_NONE;
  if (++vm->supports > TG_MAX_SUPPORT && !cause) return NULL;
  tg_support *s = tg_arena_new(&vm->arena, tg_support);
  if (s == NULL)
    vm->heap.failed = true;
  else
    *s = (tg_support){.cause = cause, .fact = fact};
  return s;
}

static tg_fact_state state_of(tg_vm *vm, tg_value v) {
  if (tg_is_text(v) && v.kind == TG_V_TEXT && (v.len == 4 || v.len == 7)) {
    tg_str s = tg_text_of(&vm->heap, &v);
    if (tg_str_is(s, "none") || tg_str_is(s, "not_yet")) return TG_STATE_NONE;
  }
  return tg_state_of(v);
}

const tg_support *tg_support_slot(tg_vm *vm, uint16_t shape, uint32_t row, uint16_t slot, tg_value v,
                                  tg_fact_state state) {
  tg_used_fact fact = {shape,  slot, row, v, (uint8_t)(state == TG_STATE_KNOWN ? state_of(vm, v) : state),
                       TG_NONE};
  return leaf(vm, fact);
}

const tg_support *tg_support_of(tg_vm *vm, const tg_frame *f, uint16_t o) {
  unsigned space = TG_OPERAND_SPACE(o), index = TG_OPERAND_INDEX(o);
  if (!vm->explain) return NULL;
  tg_value v = tg_vm_operand(f, o);
  switch (space) {
  case TG_SP_CONST: {
    if (v.kind != TG_V_UNKNOWN) return NULL;
    tg_used_fact fact = {TG_NO_SHAPE, 0, 0, v, TG_STATE_ASKED, TG_NONE};
    return leaf(vm, fact);
  }
  case TG_SP_TEMP: return f->why[index];
  case TG_SP_DOC: return tg_support_slot(vm, 0, 0, (uint16_t)index, v, TG_STATE_KNOWN);
  default: break;
  }
  unsigned depth = space - TG_SP_ROW;
  if (f->at[depth].shape == TG_NO_SHAPE) return f->at[depth].why;
  return tg_support_slot(vm, f->at[depth].shape, f->at[depth].row, (uint16_t)index, v, TG_STATE_KNOWN);
}

/* The first fact of a rope. */
static const tg_support *first_leaf(const tg_support *s) {
  while (s != NULL && s->a != NULL) s = s->a;
  return s;
}

const tg_support *tg_support_made(tg_vm *vm, const tg_frame *f, uint16_t operand, tg_fact_state state,
                                  uint32_t ins) {
  const tg_support *from = first_leaf(tg_support_of(vm, f, operand));
  tg_used_fact fact = {TG_NO_SHAPE, 0, 0, tg_unknown(TG_WHY_UNDEFINED), (uint8_t)state, ins};
  if (from != NULL && from->fact.shape != TG_NO_SHAPE) fact = from->fact;
  fact.state = (uint8_t)state;
  return leaf(vm, fact);
}

const tg_support *tg_support_undefined(tg_vm *vm, const tg_support *list) {
  const tg_support *from = first_leaf(list);
  tg_used_fact fact = {TG_NO_SHAPE, 0, 0, tg_unknown(TG_WHY_UNDEFINED), TG_STATE_UNDEFINED, TG_NONE};
  if (from != NULL && from->fact.shape != TG_NO_SHAPE) fact = from->fact;
  fact.state = TG_STATE_UNDEFINED;
  return leaf(vm, fact);
}

static bool open_answer(tg_value v) { return v.kind == TG_V_UNKNOWN || v.kind == TG_V_RANGE; }

/* Operands of an instruction that are read as sources. */
static int sources_of(tg_ins i, uint16_t out[3]) {
  switch (tg_ops[i.op].shape) {
  case TG_SH_D_SSA: out[0] = i.b, out[1] = i.a, out[2] = i.c; return 3;
  case TG_SH_D_SS: out[0] = i.b, out[1] = i.c; return 2;
  case TG_SH_D_S:
  case TG_SH_D_ST:
  case TG_SH_D_SC: out[0] = i.b; return 1;
  default: return 0;
  }
}

/* The side that decided `and` and `or`. */
static const tg_support *of_logic(tg_vm *vm, const tg_frame *f, tg_ins i, tg_value result) {
  tg_value b = tg_vm_operand(f, i.b), c = tg_vm_operand(f, i.c);
  const tg_support *left = tg_support_of(vm, f, i.b), *right = tg_support_of(vm, f, i.c);
  bool decisive = i.op == TG_OP_OR;
  if (result.kind == TG_V_BOOL && (result.num != 0) == decisive)
    return b.kind == TG_V_BOOL && b.num == result.num ? left : right;
  if (result.kind == TG_V_UNKNOWN)
    return tg_support_join(vm, b.kind == TG_V_UNKNOWN ? left : NULL, c.kind == TG_V_UNKNOWN ? right : NULL);
  if (result.kind == TG_V_ERROR) return b.kind == TG_V_ERROR ? left : right;
  return tg_support_join(vm, left, right);
}

static const tg_support *of_row_field(tg_vm *vm, const tg_frame *f, tg_ins i, tg_value result) {
  tg_value row = tg_vm_operand(f, i.b), where = tg_vm_operand(f, i.c);
  const tg_support *ref = tg_support_of(vm, f, i.b);
  if (row.kind != TG_V_ROW || row.len != (uint16_t)(where.num >> 16)) return ref;
  const tg_support *own =
      tg_support_slot(vm, row.len, (uint32_t)row.num, (uint16_t)(where.num & 0xffff), result, TG_STATE_KNOWN);
  return open_answer(result) ? own : tg_support_join(vm, ref, own);
}

void tg_support_result(tg_vm *vm, tg_frame *f, uint32_t ins, tg_value result) {
  tg_ins i = vm->p->code[ins];
  uint16_t sources[3];
  int n = sources_of(i, sources);
  const tg_support *why = NULL;
  uint32_t target = TG_OPERAND_INDEX(i.a);
  if (i.op == TG_OP_AND || i.op == TG_OP_OR) {
    why = of_logic(vm, f, i, result);
  } else if (i.op == TG_OP_FIELD) {
    why = of_row_field(vm, f, i, result);
  } else if (i.op == TG_OP_DEFAULT) {
    tg_value b = tg_vm_operand(f, i.b);
    why = open_answer(b) ? tg_support_of(vm, f, i.c) : tg_support_of(vm, f, i.b);
    if (open_answer(result)) why = tg_support_join(vm, tg_support_of(vm, f, i.b), tg_support_of(vm, f, i.c));
  } else if (i.op == TG_OP_ELEM) {
    if (f->at[i.c].shape == TG_NO_SHAPE)
      why = f->at[i.c].why;
    else
      why = tg_support_slot(vm, f->at[i.c].shape, f->at[i.c].row, 0,
                            tg_row(vm->rows, f->at[i.c].shape, f->at[i.c].row)[0], TG_STATE_KNOWN);
  } else if (i.op == TG_OP_LIST) {
    for (uint32_t k = 0; k < i.c; k++)
      why = tg_support_join(vm, why, tg_support_of(vm, f, (uint16_t)(i.b + k)));
  } else if (result.kind == TG_V_UNKNOWN && result.aux >= TG_WHY_UNRESOLVED &&
             result.aux <= TG_WHY_UNDEFINED && i.op != TG_OP_MOV && i.op != TG_OP_IFMERGE) {
    uint16_t named = i.op == TG_OP_INDEX && result.aux == TG_WHY_UNDEFINED ? i.b : n > 1 ? i.c : i.b;
    why = tg_support_made(vm, f, named, tg_state_of(result), ins);
  } else {
    bool some = false;
    for (int k = 0; k < n; k++) {
      tg_value v = tg_vm_operand(f, sources[k]);
      bool counts = open_answer(result) ? open_answer(v) : result.kind != TG_V_ERROR || v.kind == TG_V_ERROR;
      some |= counts;
      if (counts) why = tg_support_join(vm, why, tg_support_of(vm, f, sources[k]));
    }
    if (!some)
      for (int k = 0; k < n; k++) why = tg_support_join(vm, why, tg_support_of(vm, f, sources[k]));
  }
  f->why[target] = why;
}

/* ---- flattening ---- */

static bool same_fact(const tg_used_fact *a, const tg_used_fact *b) {
  return a->shape == b->shape && a->slot == b->slot && a->row == b->row && a->state == b->state &&
         a->ins == b->ins;
}

/* Facts in order of first use, each once.  Ropes share parts; a step limit keeps a large one from being walked for ever. */
static void flatten(tg_vm *vm, const tg_support *s, bool causes, bool context, uint32_t *total) {
  enum { STEPS = 20000, DEEP = 512 };
  const tg_support *stack[DEEP];
  int depth = 0, steps = 0;
  if (s != NULL) stack[depth++] = s;
  while (depth > 0 && steps++ < STEPS) {
    const tg_support *at = stack[--depth];
    if (at->a != NULL) {
      if (depth + 2 > DEEP) break;
      if (at->b != NULL) stack[depth++] = at->b;
      stack[depth++] = at->a;
      continue;
    }
    bool cause = at->fact.state != TG_STATE_KNOWN && at->fact.state != TG_STATE_NONE;
    if (cause != causes) continue;
    /* a record or list that is there is context; its fields are the facts, where some decided */
    if (!context && !cause && (at->fact.value.kind == TG_V_RECORD || at->fact.value.kind == TG_V_ROWS))
      continue;
    bool there = false;
    for (uint32_t i = 0; i < vm->facts.n && !there; i++) there = same_fact(&vm->facts.at[i], &at->fact);
    if (there) continue;
    ++*total;
    if (vm->facts.n < TG_MAX_CAUSES && !tg_vec_push(vm->mem, &vm->facts, at->fact)) vm->heap.failed = true;
  }
}

/* ---- the explain pass ---- */

static void begin(tg_vm *vm) {
  tg_arena_reset(&vm->arena);
  vm->explain = true;
  vm->clauses.n = vm->facts.n = 0;
  vm->clause_why = NULL;
  tg_buf_clear(&vm->message);
  for (uint32_t i = 0; i < vm->p->let_count; i++) vm->lets[i].explained = false;
  memset(&vm->explanation, 0, sizeof vm->explanation);
  vm->subject_left = vm->options.subject_cost;
  vm->budget = &vm->subject_left;
  vm->explanation.fault_ins = TG_NONE;
  vm->supports = 0;
}

static bool room_for_clauses(tg_vm *vm, uint32_t n) {
  if (!tg_vec_fit(vm->mem, &vm->clauses, n)) return false;
  vm->clauses.n = n;
  vm->clause_why = tg_arena_array(&vm->arena, const tg_support *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++)
    vm->clauses.at[i] = (tg_clause_result){.outcome = TG_UNKNOWN, .fault_ins = TG_NONE};
  return vm->clause_why != NULL;
}

static void frame_of(tg_vm *vm, tg_frame *f, const tg_gate *g, const tg_subject *s) {
  tg_vm_frame(vm, f, g->unit, 0);
  if (g->list == TG_NONE) return;
  if (s->element.kind == TG_V_ROW)
    tg_vm_bind_row(vm, f, 0, s->element.len, (uint32_t)s->element.num);
  else
    tg_vm_bind_item(f, 0, s->element, NULL);
  if (g->position != UINT16_MAX) {
    f->temps[g->position] = tg_int(s->position);
    f->why[g->position] = NULL;
  }
}

static void print_message(tg_vm *vm, tg_frame *f, const tg_gate *g) {
  for (uint32_t i = 0; i < g->message_count; i++) {
    const tg_message_part *m = &vm->p->parts[g->message_first + i];
    if (m->block == TG_NONE) {
      tg_buf_put(&vm->message, m->text.at, m->text.n);
      continue;
    }
    tg_ran r = tg_vm_exec(vm, f, m->block);
    tg_rows_print(vm->rows, &vm->heap, r.value, &vm->message);
  }
  if (vm->message.n > TG_MAX_MESSAGE) { /* cut between characters */
    size_t n = TG_MAX_MESSAGE;
    while (n > 0 && ((uint8_t)vm->message.at[n] & 0xc0) == 0x80) n--;
    vm->message.n = n;
    vm->message.at[n] = 0;
  }
}

static uint8_t outcome_of(tg_value v) {
  if (v.kind == TG_V_ERROR) return TG_ERROR;
  if (v.kind == TG_V_BOOL) return v.num ? TG_PASS : TG_FAIL;
  return TG_UNKNOWN;
}

/* The clauses that decided: the false or erred one of a fail, the unknown ones of an unknown. */
static void gather(tg_vm *vm, uint8_t outcome, const tg_support *other) {
  uint32_t total = 0;
  for (int causes = 1; causes >= 0; causes--) {
    for (uint32_t i = 0; i < vm->clauses.n; i++)
      if (vm->clauses.at[i].outcome == outcome) flatten(vm, vm->clause_why[i], causes != 0, false, &total);
    flatten(vm, other, causes != 0, false, &total);
  }
  if (total == 0) { /* what decided is the length of a list, or what it holds */
    for (uint32_t i = 0; i < vm->clauses.n; i++)
      if (vm->clauses.at[i].outcome == outcome) flatten(vm, vm->clause_why[i], false, true, &total);
    flatten(vm, other, false, true, &total);
  }
  vm->explanation.facts_total = total;
}

/* Which elements a `for` with an order or a length takes is not told: by what. */
static const tg_support *explain_order(tg_vm *vm, tg_frame *f, const tg_gate *g, tg_value list) {
  const tg_support *why = NULL;
  if (g->has_first) {
    tg_value first = tg_vm_operand(f, g->first);
    if (open_answer(first) || first.kind == TG_V_ERROR) why = tg_support_of(vm, f, g->first);
  }
  for (uint32_t i = 0; i < tg_vm_count(list) && g->order_filter != TG_NONE; i++) {
    tg_value e = tg_vm_at(vm, list, i);
    if (e.kind == TG_V_ROW || list.kind == TG_V_ROWS)
      tg_vm_bind_row(vm, f, 0, list.kind == TG_V_ROWS ? list.len : e.len,
                     list.kind == TG_V_ROWS ? (uint32_t)(list.bits >> 32) + i : (uint32_t)e.num);
    else
      tg_vm_bind_item(f, 0, e, NULL);
    if (g->shape != TG_NO_SHAPE && f->at[0].shape != g->shape) continue; /* a subject of its own */
    if (g->position != UINT16_MAX) f->temps[g->position] = tg_int(i);
    tg_ran r = tg_vm_exec(vm, f, g->order_filter);
    if (r.possible) why = tg_support_join(vm, why, r.where_why);
    if (r.end == TG_END_VALUE && (open_answer(r.value) || r.value.kind == TG_V_ERROR))
      why = tg_support_join(vm, why, r.why);
  }
  return why;
}

/* A gate that is undecided as a whole: which of its parts, and why. */
static const tg_support *explain_whole(tg_vm *vm, tg_frame *f, const tg_gate *g, const tg_gate_result *r,
                                       bool *agrees) {
  uint32_t parts[] = {g->when, g->likelihood, g->impact, g->list};
  if (r->reason == TG_REASON_PHASE)
    return tg_support_slot(vm, 0, 0, vm->p->phase_slot, tg_row(vm->rows, 0, 0)[vm->p->phase_slot],
                           TG_STATE_KNOWN);
  for (int i = 0; i < 4; i++) {
    if (parts[i] == TG_NONE) continue;
    tg_ran ran = tg_vm_exec(vm, f, parts[i]);
    bool open = ran.value.kind <= TG_V_ERROR || (i == 3 && !tg_vm_is_list(ran.value));
    bool judged = i == 1 || i == 2; /* an unknown judgement counts as 5; a bad one is an error */
    bool bad = judged && r->outcome == TG_ERROR && ran.value.kind != TG_V_UNKNOWN && !open;
    if (bad || (open && !(judged && ran.value.kind == TG_V_UNKNOWN))) return ran.why;
    if (i == 3 && (g->has_order || g->has_first)) return explain_order(vm, f, g, ran.value);
  }
  *agrees = g->list == TG_NONE;
  return NULL;
}

tg_status tg_vm_explain(tg_vm *vm, const tg_subject *s, const tg_explanation **out) {
  const tg_gate *g = &vm->p->gates[s->gate];
  const tg_gate_result *result = &vm->results[s->gate];
  tg_frame f = {0};
  const tg_support *why = NULL;
  bool agrees = true;
  uint64_t cost = vm->cost, document = vm->document_left;
  uint8_t *truths = vm->options.truths;
  uint32_t members = vm->members.n;
  begin(vm);
  vm->options.truths = NULL; /* coverage is the verdict pass's */
  frame_of(vm, &f, g, s);
  bool decided_before = s->whole && (g->list != TG_NONE || result->reason == TG_REASON_PHASE ||
                                     result->reason == TG_REASON_WHEN || result->whole);
  if (decided_before) {
    vm->explanation.outcome = s->outcome;
    why = explain_whole(vm, &f, g, result, &agrees);
    gather(vm, 255, why);
  } else if (room_for_clauses(vm, g->clause_count)) {
    tg_ran r = {.value = tg_bool(true)};
    if (g->order_filter != TG_NONE) {
      tg_ran filter = tg_vm_exec(vm, &f, g->order_filter);
      r.possible = filter.possible;
      why = filter.possible ? filter.where_why : NULL;
    }
    tg_ran subject = tg_vm_exec(vm, &f, g->subject);
    bool where = r.possible || subject.possible;
    vm->explanation.outcome = subject.end == TG_END_VALUE              ? TG_ERROR
                              : subject.end == TG_END_SKIPPED          ? TG_NOT_APPLICABLE
                              : where && subject.end == TG_END_SUBJECT ? TG_UNKNOWN
                                                                       : outcome_of(subject.value);
    if (subject.possible) why = subject.where_why;
    if (subject.end != TG_END_SUBJECT) why = subject.why;
    bool clauses = !where && subject.end == TG_END_SUBJECT;
    if (!clauses) vm->clauses.n = 0;
    gather(vm, vm->explanation.outcome, why);
    vm->explanation.clauses = clauses ? vm->clauses.at : NULL;
    vm->explanation.clause_count = clauses ? vm->clauses.n : 0;
    agrees = vm->explanation.outcome == s->outcome || s->fault == TG_FAULT_FUEL;
  }
  if (!s->whole || g->list == TG_NONE) print_message(vm, &f, g);
  if (vm->heap.failed || vm->message.failed || vm->mem->failed)
    vm->stop = tg_mem_status(vm->mem) == TG_OK ? TG_NOMEM : tg_mem_status(vm->mem);
  vm->explain = false;
  vm->options.truths = truths;
  vm->cost = cost;
  vm->document_left = document;
  vm->members.n = members;
  if (vm->stop != TG_OK) return vm->stop;
  if (!agrees) return TG_INVALID;
  vm->explanation.fault = s->fault;
  vm->explanation.facts = vm->facts.at;
  vm->explanation.fact_count = vm->facts.n;
  vm->explanation.message = (tg_str){vm->message.n ? vm->message.at : "", (uint32_t)vm->message.n};
  *out = &vm->explanation;
  return TG_OK;
}
