/* Quantifiers and aggregates (language.md, section 4): each element contributes by the three-valued result of its own tests. */
#include "vm/machine.h"

#include <string.h>

static tg_value derived(void) { return tg_unknown(TG_WHY_DERIVED); }

void tg_vm_bind_row(tg_vm *vm, tg_frame *f, uint32_t depth, uint32_t shape, uint32_t row) {
  f->at[depth].shape = (uint16_t)shape;
  f->at[depth].row = row;
  f->at[depth].why = NULL;
  f->base[TG_SP_ROW + depth] = tg_row(vm->rows, shape, row);
}

void tg_vm_bind_item(tg_frame *f, uint32_t depth, tg_value item, const tg_support *why) {
  f->at[depth].shape = TG_NO_SHAPE;
  f->at[depth].row = 0;
  f->at[depth].item = item;
  f->at[depth].why = why;
  f->base[TG_SP_ROW + depth] = &f->at[depth].item;
}

tg_value tg_vm_element(const tg_vm *vm, const tg_frame *f, uint32_t depth) {
  return f->at[depth].shape == TG_NO_SHAPE ? f->at[depth].item
                                           : tg_vm_row_value(vm, f->at[depth].shape, f->at[depth].row);
}

/* Binds element i of a list.  TG_V_BOOL: bound; else what the element contributes without being looked at. */
static tg_value bind(tg_vm *vm, tg_frame *f, uint32_t depth, uint16_t shape, tg_value list, uint32_t i,
                     const tg_support *why) {
  if (list.kind == TG_V_ROWS) {
    if (shape != TG_NO_SHAPE && shape != list.len) return tg_fault_value(TG_FAULT_TYPE);
    tg_vm_bind_row(vm, f, depth, list.len, (uint32_t)(list.bits >> 32) + i);
    return tg_bool(true);
  }
  tg_value item = vm->heap.items.at[(list.bits >> 32) + i];
  if (item.kind == TG_V_ROW) {
    if (shape != TG_NO_SHAPE && shape != item.len) return tg_fault_value(TG_FAULT_TYPE);
    tg_vm_bind_row(vm, f, depth, item.len, (uint32_t)item.num);
    return tg_bool(true);
  }
  if (shape != TG_NO_SHAPE && vm->p->plan.shapes[shape].slots > 1)
    return item.kind <= TG_V_ERROR
               ? item
               : tg_fault_value(TG_FAULT_TYPE); /* a member that is no record of the list */
  tg_vm_bind_item(f, depth, item, why);
  return tg_bool(true);
}

/* One element's tests and value. */
typedef struct seen {
  bool skipped, possible; /* `where` is false; unknown */
  tg_value value;         /* body, or the element */
  const tg_support *why;  /* of the value and of an unknown `where` */
} seen;

static seen look(tg_vm *vm, tg_frame *f, const tg_loop *l, uint32_t block) {
  seen s = {.value = tg_bool(true)};
  if (block == TG_NONE) {
    s.value = tg_vm_element(vm, f, l->depth);
    if (vm->explain) {
      uint16_t shape = f->at[l->depth].shape;
      s.why = shape == TG_NO_SHAPE
                  ? f->at[l->depth].why
                  : tg_support_slot(vm, shape, f->at[l->depth].row, 0,
                                    tg_row(vm->rows, shape, f->at[l->depth].row)[0], TG_STATE_KNOWN);
    }
    if (!tg_vm_charge(vm, 1)) s.value = tg_fault_value(TG_FAULT_FUEL);
    return s;
  }
  tg_ran r;
  tg_vm_exec_into(vm, f, block, &r);
  s.skipped = r.end == TG_END_SKIPPED;
  s.possible = r.possible;
  s.value = r.value;
  s.why = r.possible ? tg_support_join(vm, r.where_why, r.value.kind <= TG_V_ERROR ? r.why : NULL) : r.why;
  if (s.skipped) s.why = r.where_why;
  return s;
}

/* What stands among values to be ordered: words of events have no order, but `none` is a text among texts. */
typedef struct mixture {
  bool words, texts;
} mixture;

static void mix(tg_vm *vm, mixture *m, tg_value v) {
  tg_value event;
  if (v.kind == TG_V_NO_DATE || tg_is_event_word(&vm->heap, v))
    m->words = true;
  else if (tg_is_text(v) && !tg_as_event(&vm->heap, v, &event))
    m->texts = true;
}

/* ---- what the elements add up to ---- */

typedef struct tally {
  tg_value truth;       /* every, some */
  uint64_t sure, maybe; /* count; share: elements by (where, satisfies) */
  uint64_t tt, tf, tu, ut, uf, uu;
  tg_sum sum;
  tg_value best; /* min, max */
  mixture kinds;
  bool any, unknown, has_best; /* something was seen; an answer is out of reach; `best` is there */
  tg_value error;
  const tg_support *why, *unknown_why, *deciding_why;
} tally;

static bool is_truth(tg_value v) {
  return v.kind == TG_V_BOOL || v.kind == TG_V_UNKNOWN || v.kind == TG_V_ERROR;
}

/* min and max: smaller or larger by the order of what stands there. */
static void keep_best(tg_vm *vm, const tg_loop *l, tally *t, tg_value v) {
  tg_fault fault = (tg_fault)0;
  if (v.kind >= TG_V_ROWS || v.kind == TG_V_BOOL) {
    t->error = tg_fault_value(TG_FAULT_TYPE);
    return;
  }
  mix(vm, &t->kinds, v);
  if (!t->has_best) { /* what came before it may have been unknown */
    t->best = v;
    t->has_best = true;
    return;
  }
  int c = tg_event_order(&vm->heap, v, t->best, &fault);
  if (fault != 0) t->error = tg_fault_value(fault);
  if ((l->kind == TG_LOOP_MIN && c < 0) || (l->kind == TG_LOOP_MAX && c > 0)) t->best = v;
}

static void push_member(tg_vm *vm, tg_value v, bool possible, const tg_support *why) {
  tg_member m = {.value = v, .possible = possible, .why = why};
  if (!tg_vec_push(vm->mem, &vm->members, m)) vm->heap.failed = true;
}

static void flatten(tg_vm *vm, tally *t, seen s) {
  if (s.value.kind == TG_V_UNKNOWN) {
    push_member(vm, s.value, true, s.why);
    return;
  }
  if (!tg_vm_is_list(s.value)) {
    t->error = tg_fault_value(TG_FAULT_TYPE);
    return;
  }
  for (uint32_t i = 0; i < tg_vm_count(s.value); i++)
    push_member(vm, tg_vm_at(vm, s.value, i), s.possible || tg_vm_possible(vm, s.value, i), s.why);
  vm->heap.cost += tg_vm_count(s.value);
}

/* True when no later element can change the answer. */
static bool add(tg_vm *vm, const tg_loop *l, tally *t, seen s, bool possible) {
  s.possible |= possible;
  if (s.skipped) {
    if (vm->explain) t->why = tg_support_join(vm, t->why, s.why);
    return false;
  }
  bool loops_truth = l->kind <= TG_LOOP_NO || l->kind == TG_LOOP_SHARE;
  if (loops_truth && !is_truth(s.value)) s.value = tg_fault_value(TG_FAULT_TYPE);
  if (s.value.kind == TG_V_ERROR) {
    t->error = s.value;
    t->deciding_why = s.why;
    return true;
  }
  if (vm->explain) {
    t->why = tg_support_join(vm, t->why, s.why);
    if (s.possible || s.value.kind == TG_V_UNKNOWN)
      t->unknown_why = tg_support_join(vm, t->unknown_why, s.why);
  }
  switch (l->kind) {
  case TG_LOOP_EVERY: {
    tg_value v = s.possible && !tg_is_true(s.value) ? derived() : s.value;
    t->truth = tg_and(t->truth, v);
    if (tg_is_false(t->truth)) t->deciding_why = s.why;
    return tg_is_false(t->truth);
  }
  case TG_LOOP_SOME:
  case TG_LOOP_NO: {
    tg_value v = s.possible && !tg_is_false(s.value) ? derived() : s.value;
    t->truth = tg_or(t->truth, v);
    if (tg_is_true(t->truth)) t->deciding_why = s.why;
    return tg_is_true(t->truth);
  }
  case TG_LOOP_COUNT:
    t->maybe++;
    if (!s.possible) t->sure++;
    break;
  case TG_LOOP_SHARE: {
    uint64_t *cell = s.possible ? (tg_is_true(s.value)    ? &t->ut
                                   : tg_is_false(s.value) ? &t->uf
                                                          : &t->uu)
                                : (tg_is_true(s.value)    ? &t->tt
                                   : tg_is_false(s.value) ? &t->tf
                                                          : &t->tu);
    ++*cell;
    break;
  }
  case TG_LOOP_SUM:
  case TG_LOOP_AVG:
    if (s.possible)
      t->unknown = true;
    else
      tg_sum_add(&vm->heap, &t->sum, s.value);
    if (t->sum.result.kind == TG_V_ERROR) t->error = t->sum.result;
    break;
  case TG_LOOP_MIN:
  case TG_LOOP_MAX:
    if (s.possible || s.value.kind == TG_V_UNKNOWN || s.value.kind == TG_V_RANGE)
      t->unknown = true;
    else
      keep_best(vm, l, t, s.value);
    break;
  case TG_LOOP_LIST: push_member(vm, s.value, s.possible, s.why); break;
  case TG_LOOP_FLATTEN: flatten(vm, t, s); break;
  }
  t->any = true;
  return t->error.kind == TG_V_ERROR;
}

tg_value tg_vm_make_list(tg_vm *vm, uint32_t base) {
  uint32_t at = vm->heap.items.n, count = vm->members.n - base;
  bool possible = false;
  for (uint32_t i = base; i < vm->members.n && !vm->heap.failed; i++) {
    possible |= vm->members.at[i].possible;
    if (!tg_vec_push(vm->mem, &vm->heap.items, vm->members.at[i].value) ||
        !tg_vec_push(vm->mem, &vm->heap.possible, (uint8_t)vm->members.at[i].possible))
      vm->heap.failed = true;
  }
  vm->members.n = base;
  if (vm->heap.failed) return derived();
  tg_value v = tg_value_make(TG_V_ITEMS, possible, 0);
  v.bits = (uint64_t)at << 32 | count;
  return v;
}

static tg_value ratio(uint64_t part, uint64_t whole) {
  tg_heap none = {0};
  return tg_op2_apply(&none, TG_DIV, tg_int((int64_t)part), tg_int((int64_t)whole));
}

/* Least and greatest share reachable by deciding each unknown element; nothing to divide by is possible when nothing is sure. */
static tg_value share(tg_vm *vm, const tally *t) {
  uint64_t sure = t->tt + t->tf + t->tu, all = sure + t->ut + t->uf + t->uu;
  if (all == 0) return tg_unknown(TG_WHY_UNDEFINED);
  if (sure == 0) return derived();
  uint64_t low_whole = sure + t->uf + t->uu, high_part = t->tt + t->tu + t->ut + t->uu,
           high_whole = sure + t->ut + t->uu;
  return tg_range(&vm->heap, ratio(t->tt, low_whole), ratio(high_part, high_whole));
}

static tg_value result_of(tg_vm *vm, const tg_loop *l, tally *t, uint32_t base) {
  if (t->error.kind == TG_V_ERROR) return t->error;
  switch (l->kind) {
  case TG_LOOP_EVERY:
  case TG_LOOP_SOME: return t->truth;
  case TG_LOOP_NO: return tg_not(t->truth);
  case TG_LOOP_COUNT: return tg_range(&vm->heap, tg_int((int64_t)t->sure), tg_int((int64_t)t->maybe));
  case TG_LOOP_SHARE: return share(vm, t);
  case TG_LOOP_SUM: return t->unknown ? derived() : tg_sum_total(&vm->heap, &t->sum);
  case TG_LOOP_AVG: return t->unknown ? derived() : tg_sum_mean(&vm->heap, &t->sum);
  case TG_LOOP_MIN:
  case TG_LOOP_MAX:
    if (t->kinds.words && !t->kinds.texts) return tg_fault_value(TG_FAULT_EVENT);
    return t->unknown ? derived() : t->any ? t->best : tg_unknown(TG_WHY_UNDEFINED);
  default: return tg_vm_make_list(vm, base);
  }
}

static const tg_support *support_of(tg_vm *vm, const tally *t, tg_value result, const tg_support *list_why) {
  if (!vm->explain) return NULL;
  if (t->deciding_why != NULL) return t->deciding_why;
  if (result.kind == TG_V_UNKNOWN || result.kind == TG_V_RANGE)
    return t->unknown_why ? t->unknown_why : tg_support_join(vm, list_why, t->why);
  return t->why ? t->why : list_why;
}

/* ---- order by, first ---- */

static int compare_members(tg_vm *vm, const tg_member *a, const tg_member *b, bool descending,
                           tg_fault *fault) {
  int c = tg_event_order(&vm->heap, a->key, b->key, fault);
  if (descending) c = -c;
  return c ? c : a->position < b->position ? -1 : a->position > b->position;
}

/* Merge sort: stable, n log n comparisons whatever strangers put in. */
static void sort_members(tg_vm *vm, tg_member *at, tg_member *spare, uint32_t n, bool descending,
                         tg_fault *fault) {
  for (uint32_t width = 1; width < n; width *= 2) {
    for (uint32_t from = 0; from < n; from += 2 * width) {
      uint32_t middle = from + width < n ? from + width : n,
               end = from + 2 * width < n ? from + 2 * width : n, a = from, b = middle;
      for (uint32_t k = from; k < end; k++)
        spare[k] = b == end || (a < middle && compare_members(vm, &at[a], &at[b], descending, fault) <= 0)
                       ? at[a++]
                       : at[b++];
    }
    memcpy(at, spare, sizeof *at * n);
    if (!tg_vm_charge(vm, n)) return;
  }
}

tg_value tg_vm_order(tg_vm *vm, uint32_t base, bool has_order, bool descending, bool has_first,
                     tg_value first) {
  uint32_t n = vm->members.n - base;
  bool unknown_key = false, unknown_where = false;
  mixture kinds = {false, false};
  tg_fault fault = (tg_fault)0;
  for (uint32_t i = base; i < vm->members.n; i++) {
    const tg_member *m = &vm->members.at[i];
    unknown_where |= m->possible;
    if (!has_order) continue;
    if (m->key.kind == TG_V_ERROR) return m->key;
    unknown_key |= m->key.kind == TG_V_UNKNOWN || m->key.kind == TG_V_RANGE;
    mix(vm, &kinds, m->key);
  }
  uint64_t most = UINT64_MAX;
  if (has_first) {
    if (first.kind == TG_V_ERROR) return first;
    if (first.kind == TG_V_UNKNOWN || first.kind == TG_V_RANGE) return derived();
    while (first.kind == TG_V_NUMBER && first.aux > 0 && first.num % 10 == 0) {
      first.num /= 10;
      first.aux--;
    }
    if (first.kind != TG_V_NUMBER) return tg_fault_value(TG_FAULT_TYPE);
    if (first.aux != 0 || first.num < 0) return tg_fault_value(TG_FAULT_RANGE);
    most = (uint64_t)first.num;
  }
  if (kinds.words && !kinds.texts) return tg_fault_value(TG_FAULT_EVENT);
  if (has_first && (unknown_key || (unknown_where && n > most))) return derived();
  if (unknown_key) return derived();
  if (has_order && n > 1) {
    tg_member *spare = tg_mem_alloc(vm->mem, sizeof *spare * n);
    if (spare == NULL) {
      vm->heap.failed = true;
      return derived();
    }
    sort_members(vm, vm->members.at + base, spare, n, descending, &fault);
    tg_mem_free(vm->mem, spare, sizeof *spare * n);
    if (fault != 0) return tg_fault_value(fault);
  }
  if (n > most) vm->members.n = base + (uint32_t)most;
  return tg_bool(true);
}

static void rebind(tg_vm *vm, tg_frame *f, uint32_t depth, const tg_member *m) {
  if (m->shape == TG_NO_SHAPE)
    tg_vm_bind_item(f, depth, m->value, m->why);
  else
    tg_vm_bind_row(vm, f, depth, m->shape, m->row);
}

static void set_position(tg_frame *f, uint16_t temp, uint32_t position) {
  if (temp == UINT16_MAX) return;
  f->temps[temp] = tg_int(position);
  if (f->why) f->why[temp] = NULL;
}

/* All elements that may be taken, with their sort keys, on the stack of members. */
static bool collect(tg_vm *vm, tg_frame *f, const tg_loop *l, tg_value list, const tg_support *list_why,
                    tally *t) {
  for (uint32_t i = 0; i < tg_vm_count(list); i++) {
    tg_value bound = bind(vm, f, l->depth, l->shape, list, i, list_why);
    seen s = {.value = bound, .possible = bound.kind == TG_V_UNKNOWN};
    set_position(f, l->position, i);
    if (bound.kind == TG_V_BOOL && l->filter != TG_NONE) s = look(vm, f, l, l->filter);
    if (s.value.kind == TG_V_ERROR && (bound.kind != TG_V_BOOL || l->filter != TG_NONE)) {
      t->error = s.value;
      t->deciding_why = s.why;
      return false;
    }
    if (vm->explain && (s.possible || s.value.kind == TG_V_UNKNOWN))
      t->unknown_why = tg_support_join(vm, t->unknown_why, s.why);
    if (s.skipped) continue;
    tg_member m = {.value = f->at[l->depth].shape == TG_NO_SHAPE ? f->at[l->depth].item : tg_bool(true),
                   .possible = s.possible || tg_vm_possible(vm, list, i),
                   .why = list_why,
                   .key = s.value,
                   .position = i,
                   .shape = f->at[l->depth].shape,
                   .row = f->at[l->depth].row};
    if (bound.kind != TG_V_BOOL) m.shape = TG_NO_SHAPE, m.value = bound;
    if (!tg_vec_push(vm->mem, &vm->members, m)) vm->heap.failed = true;
  }
  return true;
}

static void run_ordered(tg_vm *vm, tg_frame *f, const tg_loop *l, tg_value list, const tg_support *list_why,
                        tally *t) {
  uint32_t base = vm->members.n;
  tg_value first = l->has_first ? tg_vm_operand(f, l->first) : tg_bool(true);
  if (!collect(vm, f, l, list, list_why, t)) {
    vm->members.n = base;
    return;
  }
  tg_value order = tg_vm_order(vm, base, l->has_order, l->descending, l->has_first, first);
  if (order.kind != TG_V_BOOL) {
    t->error = order.kind == TG_V_ERROR ? order : t->error;
    t->unknown = order.kind == TG_V_UNKNOWN;
    t->truth = order;
    t->sure = UINT64_MAX; /* says: unknown as a whole */
    vm->members.n = base;
    return;
  }
  uint32_t end = vm->members.n;
  for (uint32_t i = base; i < end; i++) {
    tg_member m = vm->members.at[i];
    rebind(vm, f, l->depth, &m);
    set_position(f, l->position, m.position);
    seen s = look(vm, f, l, l->body);
    if (add(vm, l, t, s, m.possible)) break;
  }
  /* what `list` collected lies above the ordered members: move it down over them */
  uint32_t made = vm->members.n - end;
  if (made) memmove(vm->members.at + base, vm->members.at + end, sizeof *vm->members.at * made);
  vm->members.n = base + made;
}

static void run_plain(tg_vm *vm, tg_frame *f, const tg_loop *l, tg_value list, const tg_support *list_why,
                      tally *t) {
  uint32_t count = tg_vm_count(list);
  bool counts = l->kind == TG_LOOP_COUNT && l->body == TG_NONE && !(list.kind == TG_V_ITEMS && list.aux);
  if (counts) { /* count(xs): no element need be looked at */
    t->sure = t->maybe = count;
    t->any = true;
    return;
  }
  for (uint32_t i = 0; i < count; i++) {
    tg_value bound = bind(vm, f, l->depth, l->shape, list, i, list_why);
    set_position(f, l->position, i);
    seen s = {.value = bound, .possible = bound.kind == TG_V_UNKNOWN, .why = list_why};
    if (bound.kind == TG_V_BOOL) s = look(vm, f, l, l->body);
    if (l->kind == TG_LOOP_COUNT && l->body == TG_NONE) s.value = tg_bool(true);
    if (add(vm, l, t, s, tg_vm_possible(vm, list, i))) return;
    if (vm->stop != TG_OK) return;
  }
}

tg_value tg_vm_loop(tg_vm *vm, tg_frame *f, const tg_loop *l, tg_value list, const tg_support *list_why,
                    const tg_support **why) {
  *why = list_why;
  if (list.kind == TG_V_ERROR || list.kind == TG_V_UNKNOWN) return list.kind == TG_V_ERROR ? list : derived();
  if (!tg_vm_is_list(list)) return tg_fault_value(TG_FAULT_TYPE);
  tally t = {.truth = tg_bool(l->kind == TG_LOOP_EVERY), .error = tg_bool(true)};
  uint32_t base = vm->members.n;
  if (l->kind == TG_LOOP_SUM || l->kind == TG_LOOP_AVG) tg_sum_init(&t.sum);
  if (l->has_order || l->has_first)
    run_ordered(vm, f, l, list, list_why, &t);
  else
    run_plain(vm, f, l, list, list_why, &t);
  tg_value v;
  if (t.sure == UINT64_MAX) {
    vm->members.n = base;
    v = t.error.kind == TG_V_ERROR ? t.error : derived();
  } else {
    v = result_of(vm, l, &t, base);
    vm->members.n = base;
  }
  *why = support_of(vm, &t, v, list_why);
  if (vm->explain && v.kind == TG_V_UNKNOWN && v.aux == TG_WHY_UNDEFINED)
    *why = tg_support_undefined(vm, list_why);
  return v;
}
