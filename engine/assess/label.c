/* Labels and subject keys (cli-and-report contract):
 *   - the key is the list's path without positions and the keys of all keyed records on the way, joined by `/`, escaped as in RFC 6901;
 *   - a scalar subject is named by its value;
 *   - a record without a key is named by its position (label `#1`, key `/systems/0`) and is not stable;
 *   - the second record with one key, or the second equal scalar, is `billing~2` and not stable. */
#include "assess/label.h"

/* How many rows of the same list up to and including this one have this row's key: worked out for a whole
 * shape at once, because a report asks for many. */
typedef struct ordinals {
  uint32_t *of; /* row -> 1, 2, ..; 0 = has no key */
} ordinals;

static tg_value row_key(const tg_assessment *a, uint32_t shape, uint32_t row) {
  tg_value key = tg_rows_key(a->rows, shape, row);
  if (key.kind == TG_V_UNKNOWN && a->program->plan.shapes[shape].key_slot == 0) {
    tg_value self = tg_row(a->rows, shape, row)[0];
    switch (self.kind) {
    case TG_V_BOOL:
    case TG_V_NUMBER:
    case TG_V_TEXT:
    case TG_V_LONG:
    case TG_V_DATE:
    case TG_V_DURATION: return self; /* a list of scalars: each is its own name */
    default: break;
    }
  }
  return key;
}

static bool key_usable(tg_value key) { return key.kind > TG_V_ERROR; }

static uint32_t parent_of(const tg_assessment *a, uint32_t shape, uint32_t row) {
  const tg_row_table *t = &a->rows->tables[shape];
  return t->parents.n > row ? t->parents.at[row] : 0;
}

static tg_status make_ordinals(tg_assessment *a, uint32_t shape, uint32_t **out) {
  const tg_heap *heap = tg_vm_heap(a->vm);
  uint32_t count = a->rows->tables[shape].count, slots = 8;
  while (slots < 2 * (uint64_t)count && slots < (1u << 31)) slots *= 2;
  uint32_t *of = tg_arena_array(&a->arena, uint32_t, count ? count : 1);
  uint32_t *table =
      tg_mem_zalloc(a->mem, sizeof(uint32_t) * slots); /* row + 1 of the last row with that key */
  if (of == NULL || table == NULL) {
    tg_mem_free(a->mem, table, sizeof(uint32_t) * slots);
    return tg_mem_status(a->mem);
  }
  const tg_seed *seed = &a->store->names.seed;
  for (uint32_t row = 0; row < count; row++) {
    tg_value key = row_key(a, shape, row);
    if (!key_usable(key)) continue;
    uint32_t parent = parent_of(a, shape, row);
    uint64_t h = tg_value_hash(heap, seed, key) ^ (parent * UINT64_C(0x9e3779b97f4a7c15));
    uint32_t at = (uint32_t)h & (slots - 1);
    of[row] = 1;
    while (table[at] != 0) {
      uint32_t other = table[at] - 1;
      if (parent_of(a, shape, other) == parent && tg_same(heap, row_key(a, shape, other), key)) {
        of[row] = of[other] + 1;
        break;
      }
      at = (at + 1) & (slots - 1);
    }
    table[at] = row + 1;
  }
  tg_mem_free(a->mem, table, sizeof(uint32_t) * slots);
  *out = of;
  return TG_OK;
}

static tg_status ordinal_of(tg_assessment *a, uint32_t shape, uint32_t row, uint32_t *out) {
  if (a->ordinals == NULL) {
    a->ordinals = tg_arena_array(&a->arena, uint32_t *, a->program->plan.shape_count);
    if (a->ordinals == NULL) return tg_mem_status(a->mem);
  }
  if (a->ordinals[shape] == NULL) {
    tg_status s = make_ordinals(a, shape, &a->ordinals[shape]);
    if (s != TG_OK) return s;
  }
  *out = a->ordinals[shape][row];
  return TG_OK;
}

static void put_escaped(tg_buf *b, const char *at, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (at[i] == '~')
      tg_buf_puts(b, "~0");
    else if (at[i] == '/')
      tg_buf_puts(b, "~1");
    else
      tg_buf_putc(b, at[i]);
  }
}

/* Names of the nested records from the row down to `entry`. */
static void put_entries(const tg_plan *plan, uint32_t entry, tg_buf *b) {
  if (entry == UINT32_MAX) return;
  put_entries(plan, plan->entries[entry].parent, b);
  tg_buf_putc(b, '/');
  put_escaped(b, plan->entries[entry].name.at, plan->entries[entry].name.n);
}

/* A key as the subject key holds it: escaped, but for the ordinal behind `plain` bytes, so that the second `p` is no `p~2`. */
static void put_key(tg_buf *b, const tg_buf *label, size_t plain) {
  if (label->n == 0) return;
  put_escaped(b, label->at, plain);
  tg_buf_put(b, label->at + plain, label->n - plain);
}

/* The label of one row into `label` (emptied first); *stable is cleared when it depends on the order of the file, *plain gets the length
 * without an ordinal. */
static tg_status row_label(tg_assessment *a, uint32_t shape, uint32_t row, tg_buf *label, bool *stable,
                           bool *positional, size_t *plain) {
  tg_value key = row_key(a, shape, row);
  tg_buf_clear(label);
  *positional = !key_usable(key);
  if (*positional) {
    tg_buf_printf(label, "#%u", (unsigned)tg_rows_position(a->rows, shape, row) + 1);
    *stable = false;
    return TG_OK;
  }
  uint32_t ordinal = 1;
  tg_status s = ordinal_of(a, shape, row, &ordinal);
  if (s != TG_OK) return s;
  tg_value_print(tg_vm_heap(a->vm), key, label);
  *plain = label->n;
  if (ordinal > 1) {
    tg_buf_printf(label, "~%u", (unsigned)ordinal);
    *stable = false;
  }
  return TG_OK;
}

/* Shapes nest as deep as the plan, which the verifier bounds. */
static tg_status put_row_key(tg_assessment *a, uint32_t shape, uint32_t row, tg_buf *key, tg_buf *label,
                             bool *stable) {
  const tg_plan_shape *sh = &a->program->plan.shapes[shape];
  if (shape == 0 || sh->parent == TG_NO_SHAPE) return TG_OK;
  tg_status s = put_row_key(a, sh->parent, parent_of(a, shape, row), key, label, stable);
  if (s != TG_OK) return s;
  put_entries(&a->program->plan, sh->owner_entry, key);
  bool positional;
  size_t plain = 0;
  s = row_label(a, shape, row, label, stable, &positional, &plain);
  if (s != TG_OK) return s;
  tg_buf_putc(key, '/');
  if (positional)
    tg_buf_printf(key, "%u", (unsigned)tg_rows_position(a->rows, shape, row));
  else
    put_key(key, label, plain);
  return TG_OK;
}

static tg_status keep(tg_assessment *a, tg_arena *arena, const tg_buf *b, tg_str *out) {
  if (b->failed) return tg_mem_status(a->mem) == TG_OK ? TG_NOMEM : tg_mem_status(a->mem);
  char *copy = tg_arena_text(arena, b->n ? b->at : "", b->n);
  if (copy == NULL) return tg_mem_status(a->mem);
  *out = (tg_str){copy, (uint32_t)b->n};
  return TG_OK;
}

/* Equal scalars of a made list: the list itself is gone, but equal values answer equally, so counting the earlier
 * findings of the gate counts the earlier equal elements.  Worked out for all findings of a gate at once. */
static tg_status count_scalars(tg_assessment *a, const tg_subject *all, uint32_t first, uint32_t end) {
  const tg_heap *heap = tg_vm_heap(a->vm);
  uint32_t count = end - first, slots = 8, *of = a->scalar_ordinals;
  while (slots < 2 * (uint64_t)count && slots < (1u << 31)) slots *= 2;
  uint32_t *table = tg_mem_zalloc(a->mem, sizeof(uint32_t) * slots); /* the last finding of a value, + 1 */
  if (table == NULL) return tg_mem_status(a->mem);
  for (uint32_t i = first; i < end; i++) {
    tg_value v = all[i].element;
    of[i] = 1;
    if (all[i].whole || !key_usable(v) || v.kind == TG_V_ROW) continue;
    uint32_t at = (uint32_t)tg_value_hash(heap, &a->store->names.seed, v) & (slots - 1);
    while (table[at] != 0 && !tg_same(heap, all[table[at] - 1].element, v)) at = (at + 1) & (slots - 1);
    if (table[at] != 0) of[i] = of[table[at] - 1] + 1;
    table[at] = i + 1;
  }
  tg_mem_free(a->mem, table, sizeof(uint32_t) * slots);
  return TG_OK;
}

static tg_status scalar_ordinal(tg_assessment *a, const tg_subject *s, uint32_t *out) {
  uint32_t count;
  const tg_subject *all = tg_vm_subjects(a->vm, &count);
  uint32_t at = (uint32_t)(s - all);
  if (a->scalar_ordinals == NULL) {
    a->scalar_ordinals = tg_arena_array(&a->arena, uint32_t, count);
    if (a->scalar_ordinals == NULL) return tg_mem_status(a->mem);
  }
  if (a->scalar_ordinals[at] == 0) {
    uint32_t first = at, end = at + 1;
    while (first > 0 && all[first - 1].gate == s->gate) first--;
    while (end < count && all[end].gate == s->gate) end++;
    tg_status st = count_scalars(a, all, first, end);
    if (st != TG_OK) return st;
  }
  *out = a->scalar_ordinals[at];
  return TG_OK;
}

tg_status tg_subject_name_of(tg_assessment *a, const tg_subject *s, tg_arena *arena, tg_subject_name *out) {
  tg_subject_name name = {TG_STR("engagement"), TG_STR(""), TG_STR(""), true};
  if (s->whole) {
    *out = name;
    return TG_OK;
  }
  tg_buf label, key, pointer;
  tg_buf_init(&label, a->mem);
  tg_buf_init(&key, a->mem);
  tg_buf_init(&pointer, a->mem);
  tg_status st = TG_OK;
  if (s->element.kind == TG_V_ROW) {
    uint32_t shape = s->element.len, row = (uint32_t)s->element.num;
    st = put_row_key(a, shape, row, &key, &label, &name.stable);
    tg_rows_pointer(a->rows, shape, row, 0, &pointer);
  } else if (!key_usable(s->element)) {
    tg_buf_printf(&label, "#%u", (unsigned)s->position + 1);
    tg_buf_printf(&key, "/%u", (unsigned)s->position);
    name.stable = false;
  } else {
    tg_rows_print(a->rows, tg_vm_heap(a->vm), s->element, &label);
    size_t plain = label.n;
    uint32_t ordinal = 1;
    st = scalar_ordinal(a, s, &ordinal);
    if (ordinal > 1) {
      tg_buf_printf(&label, "~%u", (unsigned)ordinal);
      name.stable = false;
    }
    tg_buf_putc(&key, '/');
    put_key(&key, &label, plain);
  }
  if (st == TG_OK) st = keep(a, arena, &label, &name.label);
  if (st == TG_OK) st = keep(a, arena, &key, &name.key);
  if (st == TG_OK) st = keep(a, arena, &pointer, &name.pointer);
  tg_buf_done(&label);
  tg_buf_done(&key);
  tg_buf_done(&pointer);
  if (st == TG_OK) *out = name;
  return st;
}

tg_status tg_subject_label(tg_assessment *a, const tg_subject *s, tg_str *out) {
  tg_subject_name name;
  tg_status st = tg_subject_name_of(a, s, &a->arena, &name);
  if (st == TG_OK) *out = name.label;
  return st;
}
