/* The verdict pass: gates over their subjects (language.md, section 5). */
#include "vm/machine.h"

#include <stdlib.h>
#include <string.h>

static void finish_whole(tg_vm *vm, uint32_t gate, uint8_t outcome, uint8_t reason, uint8_t fault) {
  tg_gate_result *r = &vm->results[gate];
  tg_subject s = {
      .gate = gate, .element = tg_unknown(TG_WHY_ABSENT), .outcome = outcome, .fault = fault, .whole = true};
  r->outcome = outcome;
  r->reason = reason;
  r->fault = fault;
  r->whole = true;
  if (outcome == TG_NOT_APPLICABLE) return;
  r->subjects[outcome]++;
  if (outcome != TG_PASS && !tg_vec_push(vm->mem, &vm->subjects, s)) vm->heap.failed = true;
}

static tg_value run_part(tg_vm *vm, const tg_gate *g, uint32_t block) {
  tg_frame f = {0};
  tg_vm_frame(vm, &f, g->unit, 0);
  vm->subject_left = vm->options.subject_cost;
  vm->budget = &vm->subject_left;
  return tg_vm_exec(vm, &f, block).value;
}

/* Applies, does not, or cannot be told: BOOL or UNKNOWN. */
static tg_value applies_in_phase(tg_vm *vm, const tg_gate *g) {
  const tg_program *p = vm->p;
  if (p->portfolio || p->phase_slot == 0) return tg_bool(true);
  const tg_value *phase = &tg_row(vm->rows, 0, 0)[p->phase_slot];
  if (phase->kind == TG_V_UNKNOWN) return *phase;
  if (!tg_is_text(*phase)) return tg_unknown(TG_WHY_DERIVED);
  tg_str s = tg_text_of(&vm->heap, phase);
  for (uint32_t k = 0; k < p->phase_count; k++)
    if (tg_str_eq(p->phases[k], s)) return tg_bool(g->phases >> k & 1);
  return tg_bool(false);
}

/* 1..5 into *out; false ends the gate in an error. */
static bool judge(tg_vm *vm, uint32_t gate, uint32_t block, uint8_t *out, bool *unknown) {
  if (block == TG_NONE) return true;
  tg_value v = run_part(vm, &vm->p->gates[gate], block);
  while (v.kind == TG_V_NUMBER && v.aux > 0 && v.num % 10 == 0) {
    v.num /= 10;
    v.aux--;
  }
  *unknown = v.kind == TG_V_UNKNOWN || v.kind == TG_V_RANGE;
  if (*unknown) {
    *out = 5;
    return true;
  }
  if (v.kind == TG_V_NUMBER && v.aux == 0 && v.num >= 1 && v.num <= 5) {
    *out = (uint8_t)v.num;
    return true;
  }
  finish_whole(vm, gate, TG_ERROR, TG_REASON_NONE, v.kind == TG_V_ERROR ? v.aux : TG_FAULT_RANGE);
  return false;
}

/* Phase, when, likelihood, impact.  False: the gate is decided. */
static bool begin_gate(tg_vm *vm, uint32_t gate) {
  const tg_gate *g = &vm->p->gates[gate];
  tg_gate_result *r = &vm->results[gate];
  memset(r, 0, sizeof *r);
  r->likelihood = g->likelihood_value;
  r->impact = g->impact_value;
  if (vm->options.selected != NULL && !vm->options.selected[gate]) return false;
  if (g->disabled) {
    finish_whole(vm, gate, TG_NOT_APPLICABLE, TG_REASON_DISABLED, 0);
    return false;
  }
  tg_value phase = applies_in_phase(vm, g);
  if (!tg_is_true(phase)) {
    finish_whole(vm, gate, phase.kind == TG_V_BOOL ? TG_NOT_APPLICABLE : TG_UNKNOWN, TG_REASON_PHASE, 0);
    if (phase.kind == TG_V_BOOL) return false;
  }
  if (tg_is_true(phase) && g->when != TG_NONE) {
    tg_value when = run_part(vm, g, g->when);
    if (when.kind == TG_V_ERROR || (when.kind != TG_V_BOOL && when.kind != TG_V_UNKNOWN))
      finish_whole(vm, gate, TG_ERROR, TG_REASON_NONE, when.kind == TG_V_ERROR ? when.aux : TG_FAULT_TYPE);
    else if (!tg_is_true(when))
      finish_whole(vm, gate, when.kind == TG_V_BOOL ? TG_NOT_APPLICABLE : TG_UNKNOWN, TG_REASON_WHEN, 0);
    if (!tg_is_true(when)) return false;
  }
  if (!tg_is_true(phase)) return false;
  return judge(vm, gate, g->likelihood, &r->likelihood, &r->likelihood_unknown) &&
         judge(vm, gate, g->impact, &r->impact, &r->impact_unknown);
}

static uint8_t outcome_of(tg_value v) {
  if (v.kind == TG_V_ERROR) return TG_ERROR;
  if (v.kind == TG_V_BOOL) return v.num ? TG_PASS : TG_FAIL;
  return TG_UNKNOWN;
}

/* A pass that evidence may have to back is kept for the assessment. */
static bool asks_evidence(const tg_gate *g) { return g->evidence_max_age >= 0 || g->require_evidence; }

static void count_subject(tg_vm *vm, uint32_t gate, tg_subject s) {
  tg_gate_result *r = &vm->results[gate];
  r->subjects[s.outcome]++;
  if (s.outcome > r->outcome) r->outcome = s.outcome;
  if (s.outcome == TG_ERROR && r->fault == 0) r->fault = s.fault;
  bool listed = s.outcome != TG_PASS || vm->options.everything || asks_evidence(&vm->p->gates[gate]);
  if (listed && !tg_vec_push(vm->mem, &vm->subjects, s)) vm->heap.failed = true;
}

/* One subject whose row is bound (or none, for the engagement). */
static void run_subject(tg_vm *vm, tg_frame *f, uint32_t gate, uint32_t position, tg_value element,
                        bool possible) {
  const tg_gate *g = &vm->p->gates[gate];
  vm->subject_left = vm->options.subject_cost;
  vm->budget = &vm->subject_left;
  tg_ran r;
  if (possible)
    r = (tg_ran){.end = TG_END_SUBJECT, .possible = true, .value = tg_unknown(TG_WHY_DERIVED)};
  else
    tg_vm_exec_into(vm, f, g->subject, &r);
  bool passed = r.end == TG_END_SUBJECT && tg_is_true(r.value), skipped = r.end == TG_END_SKIPPED;
  bool listed = vm->options.everything || (passed && asks_evidence(g));
  if ((passed || skipped) && !listed) { /* nearly all: nothing to remember */
    tg_gate_result *result = &vm->results[gate];
    result->subjects[TG_PASS] += passed;
    if (passed && result->outcome < TG_PASS) result->outcome = TG_PASS;
    return;
  }
  tg_subject s = {.gate = gate, .position = position, .element = element, .whole = g->list == TG_NONE};
  if (skipped) {
    if (!tg_vec_push(vm->mem, &vm->subjects, s)) vm->heap.failed = true;
    return;
  }
  s.outcome = outcome_of(r.value);
  if (r.end == TG_END_VALUE) s.outcome = TG_ERROR;
  s.where_unknown = r.possible;
  if (s.outcome == TG_ERROR) s.fault = r.value.kind == TG_V_ERROR ? r.value.aux : TG_FAULT_TYPE;
  count_subject(vm, gate, s);
}

static void set_position(tg_frame *f, const tg_gate *g, uint32_t position) {
  if (g->position != UINT16_MAX) f->temps[g->position] = tg_int(position);
}

/* Binds one element of the walked list; false (and an error or unknown subject) when it cannot be looked at. */
static bool bind_element(tg_vm *vm, tg_frame *f, uint32_t gate, tg_value list, uint32_t i,
                         tg_value *element) {
  const tg_gate *g = &vm->p->gates[gate];
  tg_value e = tg_vm_at(vm, list, i);
  *element = e;
  if (list.kind == TG_V_ROWS || e.kind == TG_V_ROW) {
    uint32_t shape = list.kind == TG_V_ROWS ? list.len : e.len,
             row = list.kind == TG_V_ROWS ? (uint32_t)(list.bits >> 32) + i : (uint32_t)e.num;
    tg_value ref = tg_value_make(TG_V_ROW, 0, row);
    ref.len = (uint16_t)shape;
    *element = ref;
    if (g->shape == TG_NO_SHAPE || g->shape == shape) {
      tg_vm_bind_row(vm, f, 0, shape, row);
      return true;
    }
  } else if (g->shape == TG_NO_SHAPE || vm->p->plan.shapes[g->shape].slots == 1) {
    tg_vm_bind_item(f, 0, e, NULL);
    return true;
  }
  tg_subject s = {.gate = gate,
                  .position = i,
                  .element = *element,
                  .outcome = e.kind == TG_V_UNKNOWN ? TG_UNKNOWN : TG_ERROR,
                  .fault = TG_FAULT_TYPE,
                  .where_unknown = e.kind == TG_V_UNKNOWN};
  count_subject(vm, gate, s);
  return false;
}

/* `order by` and `first` in a gate's `for`: filter all, sort, cut, then ask. */
static void walk_ordered(tg_vm *vm, tg_frame *f, uint32_t gate, tg_value list, tg_value first) {
  const tg_gate *g = &vm->p->gates[gate];
  uint32_t base = vm->members.n;
  for (uint32_t i = 0; i < tg_vm_count(list); i++) {
    tg_value element;
    bool possible = tg_vm_possible(vm, list, i);
    if (!bind_element(vm, f, gate, list, i, &element)) continue;
    set_position(f, g, i);
    tg_member m = {.value = element, .possible = possible, .key = tg_bool(true), .position = i};
    if (g->order_filter != TG_NONE) {
      tg_ran r = tg_vm_exec(vm, f, g->order_filter);
      if (r.end == TG_END_SKIPPED) {
        tg_subject s = {.gate = gate, .position = i, .element = element};
        if (vm->options.everything && !tg_vec_push(vm->mem, &vm->subjects, s)) vm->heap.failed = true;
        continue;
      }
      m.possible |= r.possible;
      m.key = r.value;
    }
    if (!tg_vec_push(vm->mem, &vm->members, m)) vm->heap.failed = true;
  }
  tg_value order = tg_vm_order(vm, base, g->has_order, g->descending, g->has_first, first);
  if (order.kind == TG_V_BOOL)
    for (uint32_t i = base; i < vm->members.n; i++) {
      tg_member m = vm->members.at[i];
      if (m.value.kind == TG_V_ROW)
        tg_vm_bind_row(vm, f, 0, m.value.len, (uint32_t)m.value.num);
      else
        tg_vm_bind_item(f, 0, m.value, NULL);
      set_position(f, g, m.position);
      run_subject(vm, f, gate, m.position, m.value, m.possible);
    }
  else
    finish_whole(vm, gate, order.kind == TG_V_ERROR ? TG_ERROR : TG_UNKNOWN,
                 order.kind == TG_V_ERROR ? TG_REASON_NONE : TG_REASON_LIST,
                 order.kind == TG_V_ERROR ? order.aux : 0);
  vm->members.n = base;
}

static void settle(tg_vm *vm, uint32_t gate) {
  tg_gate_result *r = &vm->results[gate];
  for (int o = 0; o < TG_OUTCOME_COUNT; o++)
    if (r->subjects[o]) return;
  r->outcome = TG_NOT_APPLICABLE;
  r->reason = TG_REASON_NO_SUBJECTS;
}

static void walk_rows(tg_vm *vm, tg_frame *f, const uint32_t *gates, uint32_t count, tg_value list) {
  uint32_t n = tg_vm_count(list), first = (uint32_t)(list.bits >> 32);
  for (uint32_t i = 0; i < n && vm->stop == TG_OK; i++) {
    tg_value element = tg_vm_row_value(vm, list.len, first + i);
    tg_vm_bind_row(vm, f, 0, list.len, first + i);
    for (uint32_t k = 0; k < count; k++) {
      const tg_gate *g = &vm->p->gates[gates[k]];
      if (count > 1) tg_vm_enter(vm, f, g->unit);
      set_position(f, g, i);
      run_subject(vm, f, gates[k], i, element, false);
    }
  }
}

/* The gates of one group that apply, over one list: row by row, gate by gate. */
static void walk_group(tg_vm *vm, const uint32_t *gates, uint32_t count) {
  const tg_gate *lead = &vm->p->gates[gates[0]];
  tg_frame f = {0};
  tg_vm_frame(vm, &f, lead->unit, 0);
  vm->subject_left = vm->options.subject_cost;
  vm->budget = &vm->subject_left;
  tg_value list = tg_vm_exec(vm, &f, lead->list).value;
  tg_value first = lead->has_first ? tg_vm_operand(&f, lead->first) : tg_bool(true);
  if (!tg_vm_is_list(list)) {
    bool unknown = list.kind == TG_V_UNKNOWN;
    for (uint32_t k = 0; k < count; k++)
      finish_whole(vm, gates[k], unknown ? TG_UNKNOWN : TG_ERROR, unknown ? TG_REASON_LIST : TG_REASON_NONE,
                   unknown                   ? 0
                   : list.kind == TG_V_ERROR ? list.aux
                                             : TG_FAULT_TYPE);
    return;
  }
  if (lead->has_order || lead->has_first) {
    walk_ordered(vm, &f, gates[0], list, first);
    settle(vm, gates[0]);
    return;
  }
  uint32_t n = tg_vm_count(list);
  if (list.kind == TG_V_ROWS &&
      lead->shape == list.len) { /* the rows of one list: bound once for all gates */
    walk_rows(vm, &f, gates, count, list);
    n = 0;
  }
  for (uint32_t i = 0; i < n && vm->stop == TG_OK; i++)
    for (uint32_t k = 0; k < count; k++) {
      tg_value element;
      if (k > 0) tg_vm_frame(vm, &f, vm->p->gates[gates[k]].unit, 0);
      if (k == 0 && count > 1) tg_vm_frame(vm, &f, lead->unit, 0);
      if (!bind_element(vm, &f, gates[k], list, i, &element)) continue;
      set_position(&f, &vm->p->gates[gates[k]], i);
      run_subject(vm, &f, gates[k], i, element, tg_vm_possible(vm, list, i));
    }
  for (uint32_t k = 0; k < count; k++) settle(vm, gates[k]);
}

static void run_engagement(tg_vm *vm, uint32_t gate) {
  tg_frame f = {0};
  tg_vm_frame(vm, &f, vm->p->gates[gate].unit, 0);
  run_subject(vm, &f, gate, 0, tg_unknown(TG_WHY_ABSENT), false);
}

static int by_position(const void *x, const void *y) {
  const tg_subject *a = x, *b = y;
  return a->position < b->position ? -1 : a->position > b->position;
}

/* By gate, then position.  A walk lists the subjects of a gate in order of position, unless it has an order of its own. */
static void sort_subjects(tg_vm *vm) {
  uint32_t gates = vm->p->gate_count, n = vm->subjects.n;
  size_t bytes = sizeof(uint32_t) * (gates + 1u) + sizeof(tg_subject) * n;
  if (n < 2) return;
  tg_subject *sorted = tg_mem_alloc(vm->mem, bytes);
  if (sorted == NULL) {
    vm->heap.failed = true;
    return;
  }
  uint32_t *at = (uint32_t *)(void *)(sorted + n);
  memset(at, 0, sizeof *at * (gates + 1u));
  for (uint32_t i = 0; i < n; i++) at[vm->subjects.at[i].gate + 1]++;
  for (uint32_t g = 0; g < gates; g++) at[g + 1] += at[g];
  for (uint32_t i = 0; i < n; i++) sorted[at[vm->subjects.at[i].gate]++] = vm->subjects.at[i];
  memcpy(vm->subjects.at, sorted, sizeof *sorted * n);
  tg_mem_free(vm->mem, sorted, bytes);
  for (uint32_t from = 0, to; from < n; from = to) {
    bool ordered = true;
    for (to = from + 1; to < n && vm->subjects.at[to].gate == vm->subjects.at[from].gate; to++)
      ordered &= vm->subjects.at[to - 1].position <= vm->subjects.at[to].position;
    if (!ordered) qsort(vm->subjects.at + from, to - from, sizeof *vm->subjects.at, by_position);
  }
}

static uint32_t document_count(const tg_vm *vm) {
  const tg_plan *plan = &vm->p->plan;
  for (uint32_t e = plan->shapes[0].first_entry; e != UINT32_MAX; e = plan->entries[e].next)
    if (tg_str_is(plan->entries[e].name, "engagements")) {
      tg_value v = tg_row(vm->rows, 0, 0)[plan->entries[e].slot];
      return v.kind == TG_V_ROWS ? tg_vm_count(v) : 0;
    }
  return UINT32_MAX;
}

static tg_status run_all(tg_vm *vm) {
  const tg_program *p = vm->p;
  TG_VEC(uint32_t) group = {NULL, 0, 0};
  uint32_t documents = p->portfolio ? document_count(vm) : 0;
  if (documents == UINT32_MAX) documents = vm->store->roots.n; /* no gate reads the list */
  bool lonely = p->portfolio && documents < 2;
  uint8_t *started = p->gate_count ? tg_mem_zalloc(vm->mem, p->gate_count) : NULL;
  if (p->gate_count && started == NULL) return tg_mem_status(vm->mem);
  for (uint32_t i = 0; i < p->gate_count; i++) {
    if (lonely) {
      memset(&vm->results[i], 0, sizeof vm->results[i]);
      vm->results[i].likelihood = p->gates[i].likelihood_value;
      vm->results[i].impact = p->gates[i].impact_value;
      vm->results[i].reason = TG_REASON_PORTFOLIO;
    } else {
      started[i] = begin_gate(vm, i);
    }
  }
  for (uint32_t i = 0; i < p->gate_count && vm->stop == TG_OK && !vm->heap.failed; i++) {
    if (!started[i]) continue;
    started[i] = 0;
    if (p->gates[i].list == TG_NONE) {
      run_engagement(vm, i);
      continue;
    }
    group.n = 0;
    if (!tg_vec_push(vm->mem, &group, i)) {
      vm->heap.failed = true;
      break;
    }
    for (uint32_t k = i + 1; k < p->gate_count; k++)
      if (started[k] && p->gates[k].group == p->gates[i].group) {
        started[k] = 0;
        if (!tg_vec_push(vm->mem, &group, k)) vm->heap.failed = true;
      }
    walk_group(vm, group.at, group.n);
  }
  tg_vec_done(vm->mem, &group);
  tg_mem_free(vm->mem, started, p->gate_count);
  sort_subjects(vm);
  if ((vm->heap.failed || vm->mem->failed) && vm->stop == TG_OK)
    vm->stop = tg_mem_status(vm->mem) == TG_OK ? TG_NOMEM : tg_mem_status(vm->mem);
  return vm->stop;
}

tg_status tg_vm_run(tg_vm *vm, const tg_rows *rows, const tg_store *store, const tg_vm_options *options) {
  vm->rows = rows;
  vm->store = store;
  vm->options = *options;
  if (vm->options.subject_cost == 0) vm->options.subject_cost = TG_MAX_SUBJECT_COST;
  if (vm->options.document_cost == 0) vm->options.document_cost = TG_MAX_DOCUMENT_COST;
  vm->document_left = vm->options.document_cost;
  vm->cost = vm->asked = vm->executed = 0;
  vm->stop = TG_OK;
  vm->explain = false;
  vm->subjects.n = vm->members.n = 0;
  vm->run++;
  if (vm->run == 0) vm->run = 1;
  tg_heap_reset(&vm->heap);
  tg_store_heap(store, &vm->heap);
  vm->heap.program = (const uint8_t *)vm->p->strings;
  memset(vm->lets, 0, sizeof *vm->lets * (vm->p->let_count + 1));
  return run_all(vm);
}
