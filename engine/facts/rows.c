/* Rows from the tree, by the plan. */
#include "facts/plan.h"

#include "base/limits.h"

#include <string.h>

tg_status tg_rows_init(tg_rows *r, tg_mem *mem, const tg_plan *plan) {
  memset(r, 0, sizeof *r);
  r->mem = mem;
  r->plan = plan;
  r->tables = tg_mem_zalloc(mem, sizeof *r->tables * plan->shape_count);
  return r->tables != NULL ? TG_OK : tg_mem_status(mem);
}

void tg_rows_done(tg_rows *r) {
  if (r->mem == NULL) return;
  for (uint32_t s = 0; r->tables != NULL && s < r->plan->shape_count; s++) {
    tg_row_table *t = &r->tables[s];
    for (uint32_t i = 0; i < t->chunk_count; i++)
      tg_mem_free(r->mem, t->chunks.at[i], sizeof(tg_value) * TG_CHUNK_ROWS * r->plan->shapes[s].slots);
    tg_vec_done(r->mem, &t->chunks);
    tg_vec_done(r->mem, &t->parents);
    tg_vec_done(r->mem, &t->nodes);
  }
  tg_mem_free(r->mem, r->tables, sizeof *r->tables * r->plan->shape_count);
  tg_vec_done(r->mem, &r->plan_names);
  tg_vec_done(r->mem, &r->hints);
}

/* ---- names of entries in the store's numbers ---- */

static tg_status resolve_names(tg_rows *r, const tg_store *s) {
  uint32_t n = r->plan->entry_count;
  if (!tg_vec_fit(r->mem, &r->plan_names, n) || !tg_vec_fit(r->mem, &r->hints, n))
    return tg_mem_status(r->mem);
  bool anew = r->store != s || r->generation != s->generation || r->plan_names.n != n;
  if (!anew && r->names_seen == s->names.names.n) return TG_OK;
  for (uint32_t i = 0; i < n; i++) {
    if (!anew && r->plan_names.at[i] != TG_NO_NAME) continue;
    r->plan_names.at[i] = tg_names_find(&s->names, r->plan->entries[i].name);
    if (anew) r->hints.at[i] = 0;
  }
  r->plan_names.n = r->hints.n = n;
  r->names_seen = s->names.names.n;
  r->generation = s->generation;
  return TG_OK;
}

/* ---- filling ---- */

typedef struct fill {
  tg_rows *r;
  const tg_store *s;
  uint32_t rows, asked;
} fill;

/* `n` more rows of a shape, consecutive; *first gets their number. */
static tg_status add_rows(fill *f, uint32_t shape, uint32_t n, uint32_t parent, uint32_t node,
                          uint32_t *first) {
  tg_row_table *t = &f->r->tables[shape];
  size_t bytes = sizeof(tg_value) * TG_CHUNK_ROWS * f->r->plan->shapes[shape].slots;
  if (n > UINT32_MAX - TG_CHUNK_ROWS - t->count) return TG_LIMIT;
  uint32_t need = (t->count + n + TG_CHUNK_ROWS - 1) / TG_CHUNK_ROWS;
  while (t->chunk_count < need) {
    tg_value *chunk = tg_vec_fit(f->r->mem, &t->chunks, 1) ? tg_mem_alloc(f->r->mem, bytes) : NULL;
    if (chunk == NULL) return tg_mem_status(f->r->mem);
    t->chunks.at[t->chunks.n++] = chunk;
    t->chunk_count++;
  }
  if (!tg_vec_fit(f->r->mem, &t->parents, n) || !tg_vec_fit(f->r->mem, &t->nodes, n))
    return tg_mem_status(f->r->mem);
  *first = t->count;
  for (uint32_t i = 0; i < n; i++) {
    t->parents.at[t->parents.n++] = parent;
    t->nodes.at[t->nodes.n++] = node + i;
  }
  t->count += n;
  f->rows += n;
  if (f->rows - f->asked >= TG_INTERRUPT_ROWS && f->r->interrupt != NULL) {
    f->asked = f->rows;
    if (f->r->interrupt(f->r->interrupt_ctx) != 0) return TG_INTERRUPTED;
  }
  return TG_OK;
}

static tg_status fill_list(fill *f, uint32_t shape, uint32_t parent, tg_value container, tg_value *header);

/* A whole record is not there, or is no record: every slot below says so. */
static void fill_nothing(fill *f, uint32_t first, tg_value *row, tg_value why) {
  for (uint32_t e = first; e != UINT32_MAX; e = f->r->plan->entries[e].next) {
    row[f->r->plan->entries[e].slot] = why;
    fill_nothing(f, f->r->plan->entries[e].first_child, row, why);
  }
}

static tg_value absent_at(uint32_t start) {
  tg_value v = tg_unknown(TG_WHY_ABSENT);
  v.start = start;
  return v;
}

/* The child of `map` for an entry: where it was last time, else by search. */
static uint32_t find_child(fill *f, tg_value map, uint32_t entry) {
  uint32_t name = f->r->plan_names.at[entry], first = tg_node_first(map), count = tg_node_count(map);
  const uint32_t *keys = f->s->tree.keys.at + first;
  if (name == TG_NO_NAME) return UINT32_MAX;
  uint32_t hint = f->r->hints.at[entry];
  if (hint < count && keys[hint] == name) return first + hint;
  for (uint32_t i = hint; i < count; i++)
    if (keys[i] == name) {
      f->r->hints.at[entry] = i;
      return first + i;
    }
  if (hint > count) hint = count;
  for (uint32_t i = 0; i < hint; i++)
    if (keys[i] == name) {
      f->r->hints.at[entry] = i;
      return first + i;
    }
  return UINT32_MAX;
}

static tg_status fill_record(fill *f, uint32_t shape, uint32_t row_number, tg_value *row, uint32_t first,
                             tg_value map);

static tg_status fill_entry(fill *f, uint32_t shape, uint32_t row_number, tg_value *row, uint32_t entry,
                            uint32_t node, uint32_t parent_start) {
  const tg_plan_entry *e = &f->r->plan->entries[entry];
  if (node == UINT32_MAX) {
    row[e->slot] = absent_at(parent_start);
    fill_nothing(f, e->first_child, row, row[e->slot]);
    return TG_OK;
  }
  tg_value v = f->s->tree.nodes.at[node];
  bool container = v.kind == TG_V_SEQ || v.kind == TG_V_MAP;
  if (!container) {
    row[e->slot] = v;
    if (e->first_child != UINT32_MAX) {
      tg_value why = v.kind == TG_V_UNKNOWN ? v : tg_fault_value(TG_FAULT_TYPE);
      why.start = v.start;
      fill_nothing(f, e->first_child, row, why);
    }
    return TG_OK;
  }
  tg_value header = tg_value_make(TG_V_RECORD, v.kind == TG_V_SEQ, node);
  header.start = v.start;
  row[e->slot] = header;
  if (e->shape != TG_NO_SHAPE) {
    tg_status st = fill_list(f, e->shape, row_number, v, &row[e->slot]);
    if (st != TG_OK) return st;
  }
  if (e->first_child == UINT32_MAX) return TG_OK;
  if (v.kind == TG_V_MAP) return fill_record(f, shape, row_number, row, e->first_child, v);
  tg_value clash = tg_fault_value(TG_FAULT_TYPE);
  clash.start = v.start;
  fill_nothing(f, e->first_child, row, clash);
  return TG_OK;
}

static tg_status fill_record(fill *f, uint32_t shape, uint32_t row_number, tg_value *row, uint32_t first,
                             tg_value map) {
  for (uint32_t e = first; e != UINT32_MAX; e = f->r->plan->entries[e].next) {
    tg_status st = fill_entry(f, shape, row_number, row, e, find_child(f, map, e), map.start);
    if (st != TG_OK) return st;
  }
  return TG_OK;
}

static tg_status fill_row(fill *f, uint32_t shape, uint32_t number, uint32_t node) {
  const tg_plan_shape *sh = &f->r->plan->shapes[shape];
  tg_value *row = tg_row(f->r, shape, number), v = f->s->tree.nodes.at[node];
  if (v.kind == TG_V_MAP) {
    row[0] = tg_value_make(TG_V_RECORD, 0, node);
    row[0].start = v.start;
    return fill_record(f, shape, number, row, sh->first_entry, v);
  }
  row[0] = v;
  if (v.kind == TG_V_SEQ) {
    row[0] = tg_value_make(TG_V_RECORD, 1, node);
    row[0].start = v.start;
    if (sh->element_shape != TG_NO_SHAPE) {
      tg_status st = fill_list(f, sh->element_shape, number, v, &row[0]);
      if (st != TG_OK) return st;
    }
  }
  tg_value why = v.kind == TG_V_UNKNOWN ? v : tg_fault_value(TG_FAULT_TYPE);
  why.start = v.start;
  fill_nothing(f, sh->first_entry, row, why);
  return TG_OK;
}

static tg_status fill_list(fill *f, uint32_t shape, uint32_t parent, tg_value container, tg_value *header) {
  uint32_t first, count = tg_node_count(container), node = tg_node_first(container), start = container.start;
  tg_status st = add_rows(f, shape, count, parent, node, &first);
  if (st != TG_OK) return st;
  *header = tg_value_make(TG_V_ROWS, container.kind == TG_V_MAP, 0);
  header->len = (uint16_t)shape;
  header->bits = (uint64_t)first << 32 | count;
  header->start = start;
  for (uint32_t i = 0; i < count; i++) {
    st = fill_row(f, shape, first + i, node + i);
    if (st != TG_OK) return st;
  }
  return TG_OK;
}

tg_status tg_rows_fill(tg_rows *r, const tg_store *store) {
  fill f = {r, store, 0, 0};
  for (uint32_t s = 0; s < r->plan->shape_count; s++)
    r->tables[s].count = r->tables[s].parents.n = r->tables[s].nodes.n = 0;
  tg_status st = resolve_names(r, store);
  r->store = store;
  uint32_t first;
  if (st == TG_OK) st = add_rows(&f, 0, 1, 0, store->root, &first);
  return st == TG_OK ? fill_row(&f, 0, 0, store->root) : st;
}
