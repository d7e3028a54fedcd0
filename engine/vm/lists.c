/* Look-ups and membership. */
#include "vm/machine.h"

#include <string.h>

static tg_value derived(void) { return tg_unknown(TG_WHY_DERIVED); }
static tg_value clash(void) { return tg_fault_value(TG_FAULT_TYPE); }

tg_value tg_vm_row_value(const tg_vm *vm, uint32_t shape, uint32_t row) {
  tg_value self = tg_row(vm->rows, shape, row)[0];
  if (self.kind != TG_V_RECORD || self.aux == 1) return self;
  tg_value v = tg_value_make(TG_V_ROW, 0, row);
  v.len = (uint16_t)shape;
  v.start = self.start;
  return v;
}

tg_value tg_vm_at(const tg_vm *vm, tg_value list, uint32_t i) {
  if (list.kind == TG_V_ITEMS) return vm->heap.items.at[(list.bits >> 32) + i];
  return tg_vm_row_value(vm, list.len, (uint32_t)(list.bits >> 32) + i);
}

static bool is_record(tg_value v) {
  return v.kind == TG_V_RECORD || v.kind == TG_V_ROW || v.kind == TG_V_ROWS;
}

tg_value tg_vm_compare(tg_vm *vm, tg_op2 op, tg_value a, tg_value b) {
  bool equality = op == TG_EQ || op == TG_NE;
  if (equality && a.kind > TG_V_ERROR && b.kind > TG_V_ERROR && (is_record(a) || is_record(b))) {
    tg_value v = tg_rows_equal(vm->rows, &vm->heap, a, b);
    return op == TG_NE ? tg_not(v) : v;
  }
  return tg_op2_apply(&vm->heap, op, a, b);
}

/* ---- keys ---- */

static bool has_keys(const tg_vm *vm, tg_value list) {
  return list.aux == 1 || vm->p->plan.shapes[list.len].key_slot != 0;
}

static bool build_index(tg_vm *vm, uint32_t shape) {
  tg_key_index *x = &vm->indexes[shape];
  uint32_t count = vm->rows->tables[shape].count, slots = 16;
  while (slots < 2 * (uint64_t)count && slots < (1u << 31)) slots *= 2;
  if (slots > x->slot_count) {
    uint32_t *grown =
        tg_mem_resize(vm->mem, x->slots, sizeof(uint32_t) * x->slot_count, sizeof(uint32_t) * slots);
    if (grown == NULL) {
      vm->heap.failed = true;
      return false;
    }
    x->slots = grown;
    x->slot_count = slots;
  }
  memset(x->slots, 0, sizeof(uint32_t) * x->slot_count);
  for (uint32_t row = 0; row < count; row++) {
    tg_value key = tg_rows_key(vm->rows, shape, row);
    if (key.kind <= TG_V_ERROR) continue;
    uint32_t at = (uint32_t)tg_value_hash(&vm->heap, &vm->store->names.seed, key) & (x->slot_count - 1);
    while (x->slots[at] != 0) at = (at + 1) & (x->slot_count - 1);
    x->slots[at] = row + 1;
  }
  x->made_for = vm->run;
  uint64_t *budget = vm->budget; /* the document pays, not who asked first */
  vm->budget = &vm->document_left;
  tg_vm_charge(vm, count);
  vm->budget = budget;
  return true;
}

/* The row with this key in the list: how many there are (2 = more than one). */
static int find_key(tg_vm *vm, tg_value list, tg_value key, uint32_t *row) {
  uint32_t shape = list.len, first = (uint32_t)(list.bits >> 32), count = tg_vm_count(list);
  tg_key_index *x = &vm->indexes[shape];
  if (x->made_for != vm->run && !build_index(vm, shape)) return 0;
  int found = 0;
  uint32_t at = (uint32_t)tg_value_hash(&vm->heap, &vm->store->names.seed, key) & (x->slot_count - 1);
  for (; x->slots[at] != 0 && found < 2; at = (at + 1) & (x->slot_count - 1)) {
    uint32_t candidate = x->slots[at] - 1;
    if (candidate < first || candidate - first >= count) continue;
    if (!tg_same(&vm->heap, tg_rows_key(vm->rows, shape, candidate), key)) continue;
    *row = candidate;
    found++;
  }
  return found;
}

static tg_value by_position(tg_vm *vm, tg_value list, tg_value key) {
  if (key.kind != TG_V_NUMBER) return clash();
  if (list.kind == TG_V_ITEMS && list.aux) return derived();
  while (key.aux > 0 && key.num % 10 == 0) {
    key.num /= 10;
    key.aux--;
  }
  if (key.aux != 0 || key.num < 0 || key.num >= tg_vm_count(list)) return tg_unknown(TG_WHY_UNDEFINED);
  return tg_vm_at(vm, list, (uint32_t)key.num);
}

tg_value tg_vm_index(tg_vm *vm, tg_value list, tg_value key) {
  if (list.kind == TG_V_ERROR) return list;
  if (key.kind == TG_V_ERROR) return key;
  if (list.kind == TG_V_UNKNOWN || key.kind == TG_V_UNKNOWN || key.kind == TG_V_RANGE) return derived();
  if (!tg_vm_is_list(list)) return clash();
  if (list.kind == TG_V_ITEMS || !has_keys(vm, list)) return by_position(vm, list, key);
  uint32_t row = 0;
  int found = find_key(vm, list, key, &row);
  if (found == 0) return tg_unknown(TG_WHY_UNRESOLVED);
  if (found > 1) return tg_unknown(TG_WHY_AMBIGUOUS);
  tg_value v = tg_value_make(TG_V_ROW, 0, row);
  v.len = list.len;
  return v;
}

tg_value tg_vm_in_keys(tg_vm *vm, tg_value key, tg_value list) {
  if (key.kind == TG_V_ERROR) return key;
  if (list.kind == TG_V_ERROR) return list;
  if (list.kind == TG_V_UNKNOWN) return derived();
  if (!tg_vm_is_list(list)) return clash();
  if (tg_vm_count(list) == 0) return tg_bool(false);
  if (key.kind == TG_V_UNKNOWN || key.kind == TG_V_RANGE) return derived();
  uint32_t row;
  if (list.kind == TG_V_ROWS && has_keys(vm, list)) return tg_bool(find_key(vm, list, key, &row) > 0);
  return tg_vm_in(vm, key, tg_vm_keys(vm, list));
}

tg_value tg_vm_keys(tg_vm *vm, tg_value list) {
  if (list.kind <= TG_V_ERROR) return list;
  if (!tg_vm_is_list(list)) return clash();
  uint32_t at = vm->heap.items.n, count = tg_vm_count(list);
  for (uint32_t i = 0; i < count; i++) {
    tg_value e = tg_vm_at(vm, list, i), key = e;
    if (list.kind == TG_V_ROWS) key = tg_rows_key(vm->rows, list.len, (uint32_t)(list.bits >> 32) + i);
    if (list.kind == TG_V_ITEMS && e.kind == TG_V_ROW) key = tg_rows_key(vm->rows, e.len, (uint32_t)e.num);
    if (!tg_vec_push(vm->mem, &vm->heap.items, key) ||
        !tg_vec_push(vm->mem, &vm->heap.possible, (uint8_t)tg_vm_possible(vm, list, i))) {
      vm->heap.failed = true;
      return derived();
    }
  }
  vm->heap.cost += count;
  tg_value v = tg_value_make(TG_V_ITEMS, list.kind == TG_V_ITEMS ? list.aux : 0, 0);
  v.bits = (uint64_t)at << 32 | count;
  return v;
}

/* ---- membership ---- */

/* x == e, weakened when e is only a possible member. */
static tg_value member_is(tg_vm *vm, tg_value list, uint32_t i, tg_value x) {
  tg_value v = tg_vm_compare(vm, TG_EQ, x, tg_vm_at(vm, list, i));
  return tg_vm_possible(vm, list, i) && tg_is_true(v) ? derived() : v;
}

tg_value tg_vm_in(tg_vm *vm, tg_value x, tg_value list) {
  if (x.kind == TG_V_ERROR) return x;
  if (list.kind == TG_V_ERROR) return list;
  if (list.kind == TG_V_UNKNOWN) return derived();
  if (!tg_vm_is_list(list)) return clash();
  tg_value any = tg_bool(false);
  uint32_t count = tg_vm_count(list);
  for (uint32_t i = 0; i < count; i++) {
    any = tg_or(any, member_is(vm, list, i, x));
    if (tg_is_true(any) || any.kind == TG_V_ERROR) break;
  }
  vm->heap.cost += count;
  return any;
}

tg_value tg_vm_contains(tg_vm *vm, tg_value list, tg_value x) {
  if (tg_is_text(list)) return tg_text_contains(&vm->heap, list, x);
  if (list.kind == TG_V_ERROR) return list;
  return tg_vm_in(vm, x, list);
}

/* Open addressing over the items seen so far; items are numbers of list elements. */
static bool seen_before(tg_vm *vm, uint32_t *table, uint32_t slots, tg_value list, uint32_t i) {
  tg_value v = tg_vm_at(vm, list, i);
  uint32_t at = (uint32_t)tg_value_hash(&vm->heap, &vm->store->names.seed, v) & (slots - 1);
  for (; table[at] != 0; at = (at + 1) & (slots - 1))
    if (tg_same(&vm->heap, tg_vm_at(vm, list, table[at] - 1), v)) return true;
  table[at] = i + 1;
  return false;
}

/* Tables pay from here on; shorter lists are compared one by one. */
enum { MANY = 12 };

/* Texts alone, each surely there: equality is a plain yes or no. */
static bool only_texts(const tg_vm *vm, tg_value list) {
  uint32_t count = tg_vm_count(list);
  for (uint32_t i = 0; i < count; i++)
    if (!tg_is_text(tg_vm_at(vm, list, i)) || tg_vm_possible(vm, list, i)) return false;
  return true;
}

static tg_value texts_contain(tg_vm *vm, tg_value list, tg_value wanted, bool all) {
  uint32_t count = tg_vm_count(list), asked = tg_vm_count(wanted), slots = 16;
  while (slots < 2 * (uint64_t)count && slots < (1u << 31)) slots *= 2;
  uint32_t *table = tg_mem_zalloc(vm->mem, sizeof(uint32_t) * slots);
  bool result = all;
  if (table == NULL) {
    vm->heap.failed = true;
    return derived();
  }
  for (uint32_t i = 0; i < count; i++) seen_before(vm, table, slots, list, i);
  for (uint32_t i = 0; i < asked && result == all; i++) {
    tg_value v = tg_vm_at(vm, wanted, i);
    uint32_t at = (uint32_t)tg_value_hash(&vm->heap, &vm->store->names.seed, v) & (slots - 1);
    while (table[at] != 0 && !tg_same(&vm->heap, tg_vm_at(vm, list, table[at] - 1), v))
      at = (at + 1) & (slots - 1);
    if ((table[at] != 0) != all) result = !all;
  }
  tg_mem_free(vm->mem, table, sizeof(uint32_t) * slots);
  vm->heap.cost += (uint64_t)count + asked;
  return tg_bool(result);
}

tg_value tg_vm_contains_many(tg_vm *vm, tg_value list, tg_value wanted, bool all) {
  if (list.kind == TG_V_ERROR) return list;
  if (wanted.kind == TG_V_ERROR) return wanted;
  if (wanted.kind == TG_V_UNKNOWN) return derived();
  if (!tg_vm_is_list(wanted)) return clash();
  if (tg_vm_is_list(list) && tg_vm_count(list) >= MANY && tg_vm_count(wanted) >= MANY &&
      only_texts(vm, list) && only_texts(vm, wanted))
    return texts_contain(vm, list, wanted, all);
  tg_value result = tg_bool(all);
  for (uint32_t i = 0; i < tg_vm_count(wanted); i++) {
    tg_value one = tg_vm_in(vm, tg_vm_at(vm, wanted, i), list);
    bool possible = tg_vm_possible(vm, wanted, i);
    if (possible && one.kind == TG_V_BOOL && one.num == !all)
      one = derived(); /* it may not be wanted at all */
    result = all ? tg_and(result, one) : tg_or(result, one);
    if (result.kind == TG_V_ERROR || (result.kind == TG_V_BOOL && result.num == !all)) break;
  }
  return result;
}

tg_value tg_vm_in_set(tg_vm *vm, tg_value x, const tg_set *set) {
  const tg_value *at = vm->p->set_values + set->first;
  if (x.kind == TG_V_ERROR) return x;
  if (x.kind == TG_V_UNKNOWN) return derived();
  if (x.kind != TG_V_TEXT && x.kind != TG_V_NUMBER) {
    tg_value any = tg_bool(false);
    for (uint32_t i = 0; i < set->count; i++) {
      any = tg_or(any, tg_op2_apply(&vm->heap, TG_EQ, x, at[i]));
      if (tg_is_true(any) || any.kind == TG_V_ERROR) break;
    }
    return any;
  }
  if (tg_is_text(x) != tg_is_text(at[0]) || (x.kind == TG_V_NUMBER && at[0].kind != TG_V_NUMBER)) {
    tg_value first = tg_op2_apply(&vm->heap, TG_EQ, x, at[0]); /* a clash, or a text that means a date */
    for (uint32_t i = 1; i < set->count && tg_is_false(first); i++)
      first = tg_op2_apply(&vm->heap, TG_EQ, x, at[i]);
    return first;
  }
  uint32_t low = 0, high = set->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    bool ignored = false;
    int c = tg_value_order(&vm->heap, x, at[middle], &ignored);
    if (c == 0) return tg_bool(true);
    if (c < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return tg_bool(false);
}

/* ---- unique, join ---- */

/* Without duplicates; an element that is unknown may equal any other: it stays. */
tg_value tg_vm_unique(tg_vm *vm, tg_value list, bool ask) {
  if (list.kind == TG_V_ERROR) return list;
  if (list.kind == TG_V_UNKNOWN) return ask ? derived() : list;
  if (!tg_vm_is_list(list)) return clash();
  if (list.kind == TG_V_ITEMS && list.aux) return derived();
  uint32_t count = tg_vm_count(list), slots = 16, at = vm->heap.items.n, kept = 0;
  while (slots < 2 * (uint64_t)count && slots < (1u << 31)) slots *= 2;
  uint32_t *table = tg_mem_zalloc(vm->mem, sizeof(uint32_t) * slots);
  bool failed = table == NULL, twice = false, unknown = false;
  for (uint32_t i = 0; i < count && !failed; i++) {
    tg_value v = tg_vm_at(vm, list, i);
    if (v.kind == TG_V_ERROR) {
      tg_mem_free(vm->mem, table, sizeof(uint32_t) * slots);
      return v;
    }
    unknown |= v.kind == TG_V_UNKNOWN;
    if (v.kind != TG_V_UNKNOWN && seen_before(vm, table, slots, list, i)) {
      twice = true;
      continue;
    }
    if (ask) continue;
    failed = !tg_vec_push(vm->mem, &vm->heap.items, v) || !tg_vec_push(vm->mem, &vm->heap.possible, 0);
    kept++;
  }
  tg_mem_free(vm->mem, table, sizeof(uint32_t) * slots);
  vm->heap.cost += count;
  if (failed) {
    vm->heap.failed = true;
    return derived();
  }
  if (ask) return twice ? tg_bool(false) : unknown && count > 1 ? derived() : tg_bool(true);
  tg_value v = tg_value_make(TG_V_ITEMS, 0, 0);
  v.bits = (uint64_t)at << 32 | kept;
  return v;
}

tg_value tg_vm_join(tg_vm *vm, tg_value list, tg_value separator) {
  if (list.kind == TG_V_ERROR) return list;
  if (separator.kind == TG_V_ERROR) return separator;
  if (list.kind == TG_V_UNKNOWN || separator.kind == TG_V_UNKNOWN || (list.kind == TG_V_ITEMS && list.aux))
    return derived();
  if (!tg_vm_is_list(list) || !tg_is_text(separator)) return clash();
  tg_buf b;
  tg_buf_init(&b, vm->mem);
  tg_value result = tg_bool(true);
  for (uint32_t i = 0; i < tg_vm_count(list) && result.kind == TG_V_BOOL; i++) {
    tg_value v = tg_vm_at(vm, list, i);
    if (v.kind == TG_V_ERROR)
      result = v;
    else if (v.kind == TG_V_UNKNOWN || v.kind == TG_V_RANGE)
      result = derived();
    else if (v.kind >= TG_V_ROWS && v.kind != TG_V_ITEMS)
      result = clash();
    tg_str s = tg_text_of(&vm->heap, &separator);
    if (i) tg_buf_put(&b, s.at, s.n);
    tg_value_print(&vm->heap, v, &b);
    if (b.n > TG_MAX_REGEX_SUBJECT) result = tg_fault_value(TG_FAULT_RANGE);
  }
  vm->heap.cost += tg_vm_count(list) + b.n / 64;
  if (b.failed) vm->heap.failed = true;
  if (result.kind == TG_V_BOOL) result = b.failed ? derived() : tg_text_made(&vm->heap, b.n ? b.at : "", b.n);
  tg_buf_done(&b);
  return result;
}
