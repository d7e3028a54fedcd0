/* What rows are called: keys, positions, pointers, paths; and values as reports print them. */
#include "facts/plan.h"

#include "base/limits.h"

/* The list's header value, in the parent's row. */
static tg_value header_of(const tg_rows *r, uint32_t shape, uint32_t row) {
  const tg_plan_shape *sh = &r->plan->shapes[shape];
  const tg_value *parent = tg_row(r, sh->parent, r->tables[shape].parents.at[row]);
  return parent[sh->owner_entry == UINT32_MAX ? 0 : r->plan->entries[sh->owner_entry].slot];
}

tg_value tg_rows_key(const tg_rows *r, uint32_t shape, uint32_t row) {
  const tg_plan_shape *sh = &r->plan->shapes[shape];
  if (shape == 0) return tg_unknown(TG_WHY_ABSENT);
  if (header_of(r, shape, row).aux == 1) { /* a map: the key is the name its entry was written under */
    uint32_t node = r->tables[shape].nodes.at[row], place = r->store->tree.places.at[node];
    tg_str name = tg_names_get(&r->store->names, r->store->tree.keys.at[node]);
    if (place == TG_NOWHERE) return tg_unknown(TG_WHY_ABSENT);
    const uint8_t *at = tg_sources_at(&r->store->sources, place);
    bool quoted = *at == '"' || *at == '\'';
    bool verbatim = true;
    for (uint32_t i = 0; i < name.n && verbatim; i++) verbatim = at[i + quoted] == (uint8_t)name.at[i];
    if (verbatim)
      return tg_text_value(quoted ? TG_HOME_QUOTED : TG_HOME_SOURCE, at + quoted, name.n, place, 0);
    return tg_unknown(TG_WHY_ABSENT); /* a key with escapes: see tg_rows_name */
  }
  return sh->key_slot ? tg_row(r, shape, row)[sh->key_slot] : tg_unknown(TG_WHY_ABSENT);
}

uint32_t tg_rows_position(const tg_rows *r, uint32_t shape, uint32_t row) {
  return shape == 0 ? 0 : row - (uint32_t)(header_of(r, shape, row).bits >> 32);
}

static void put_escaped(tg_buf *b, tg_str s) {
  for (uint32_t i = 0; i < s.n; i++) {
    if (s.at[i] == '~')
      tg_buf_puts(b, "~0");
    else if (s.at[i] == '/')
      tg_buf_puts(b, "~1");
    else
      tg_buf_putc(b, s.at[i]);
  }
}

static void put_entries(const tg_rows *r, uint32_t entry, char separator, bool *first, tg_buf *out) {
  if (entry == UINT32_MAX) return;
  put_entries(r, r->plan->entries[entry].parent, separator, first, out);
  if (!*first || separator == '/') tg_buf_putc(out, separator);
  *first = false;
  if (separator == '/')
    put_escaped(out, r->plan->entries[entry].name);
  else
    tg_buf_put(out, r->plan->entries[entry].name.at, r->plan->entries[entry].name.n);
}

static uint32_t entry_at(const tg_rows *r, uint32_t shape, uint32_t slot) {
  return slot == 0 ? UINT32_MAX : r->plan->slot_entry[r->plan->slot_base[shape] + slot];
}

void tg_rows_pointer(const tg_rows *r, uint32_t shape, uint32_t row, uint32_t slot, tg_buf *out) {
  const tg_plan_shape *sh = &r->plan->shapes[shape];
  bool first = true;
  if (shape != 0) {
    uint32_t parent = r->tables[shape].parents.at[row];
    uint32_t owner = sh->owner_entry == UINT32_MAX ? 0 : r->plan->entries[sh->owner_entry].slot;
    tg_rows_pointer(r, sh->parent, parent, owner, out);
    if (header_of(r, shape, row).aux == 1) {
      tg_buf_putc(out, '/');
      put_escaped(out,
                  tg_names_get(&r->store->names, r->store->tree.keys.at[r->tables[shape].nodes.at[row]]));
    } else {
      tg_buf_printf(out, "/%u", (unsigned)tg_rows_position(r, shape, row));
    }
  }
  put_entries(r, entry_at(r, shape, slot), '/', &first, out);
}

void tg_rows_path(const tg_rows *r, const tg_heap *h, uint32_t shape, uint32_t row, uint32_t slot,
                  tg_buf *out) {
  const tg_plan_shape *sh = &r->plan->shapes[shape];
  bool first = true;
  if (shape != 0) {
    uint32_t parent = r->tables[shape].parents.at[row];
    uint32_t owner = sh->owner_entry == UINT32_MAX ? 0 : r->plan->entries[sh->owner_entry].slot;
    tg_rows_path(r, h, sh->parent, parent, owner, out);
    tg_value key = tg_rows_key(r, shape, row);
    tg_buf_putc(out, '[');
    if (key.kind > TG_V_ERROR)
      tg_value_print(h, key, out);
    else
      tg_buf_printf(out, "%u", (unsigned)tg_rows_position(r, shape, row));
    tg_buf_putc(out, ']');
    first = false;
  }
  put_entries(r, entry_at(r, shape, slot), '.', &first, out);
}

/* ---- printing ---- */

static void print_node(const tg_rows *r, const tg_heap *h, uint32_t node, int depth, tg_buf *out) {
  tg_value v = r->store->tree.nodes.at[node];
  if ((v.kind != TG_V_MAP && v.kind != TG_V_SEQ) || depth > TG_MAX_DEPTH) {
    tg_value_print(h, v, out);
    return;
  }
  if (v.kind == TG_V_MAP) tg_buf_putc(out, '{');
  if (v.kind == TG_V_SEQ && depth > 0) tg_buf_putc(out, '[');
  for (uint32_t i = 0; i < tg_node_count(v) && out->n < 4 * TG_MAX_MESSAGE; i++) {
    uint32_t child = tg_node_first(v) + i;
    if (i) tg_buf_puts(out, ", ");
    if (v.kind == TG_V_MAP) {
      tg_str key = tg_names_get(&r->store->names, r->store->tree.keys.at[child]);
      tg_buf_put(out, key.at, key.n);
      tg_buf_puts(out, ": ");
    }
    print_node(r, h, child, depth + 1, out);
  }
  if (v.kind == TG_V_SEQ && depth > 0) tg_buf_putc(out, ']');
  if (v.kind == TG_V_MAP) tg_buf_putc(out, '}');
}

static void print_row(const tg_rows *r, const tg_heap *h, uint32_t shape, uint32_t row, tg_buf *out) {
  tg_value key = tg_rows_key(r, shape, row);
  if (key.kind > TG_V_ERROR)
    tg_value_print(h, key, out);
  else
    print_node(r, h, r->tables[shape].nodes.at[row], 1, out);
}

void tg_rows_print(const tg_rows *r, const tg_heap *h, tg_value v, tg_buf *out) {
  uint32_t first = (uint32_t)(v.bits >> 32), count = (uint32_t)v.bits;
  switch (v.kind) {
  case TG_V_ROWS:
    for (uint32_t i = 0; i < count && out->n < 4 * TG_MAX_MESSAGE; i++) {
      if (i) tg_buf_puts(out, ", ");
      print_row(r, h, v.len, first + i, out);
    }
    break;
  case TG_V_ROW: print_row(r, h, v.len, (uint32_t)v.num, out); break;
  case TG_V_RECORD: print_node(r, h, (uint32_t)v.num, 0, out); break;
  case TG_V_ITEMS:
    for (uint32_t i = 0; i < count && out->n < 4 * TG_MAX_MESSAGE; i++) {
      if (i) tg_buf_puts(out, ", ");
      tg_rows_print(r, h, h->items.at[first + i], out);
    }
    break;
  default: tg_value_print(h, v, out); break;
  }
}

/* ---- deep equality ---- */

static tg_value equal_nodes(const tg_rows *r, tg_heap *h, tg_value a, tg_value b, int depth) {
  bool containers = a.kind == TG_V_MAP || a.kind == TG_V_SEQ || b.kind == TG_V_MAP || b.kind == TG_V_SEQ;
  if (!containers) return tg_op2_apply(h, TG_EQ, a, b);
  if (a.kind == TG_V_UNKNOWN || b.kind == TG_V_UNKNOWN) return tg_unknown(TG_WHY_DERIVED);
  if (a.kind != b.kind || depth > TG_MAX_DEPTH) return tg_bool(false);
  uint32_t n = tg_node_count(a);
  if (n != tg_node_count(b)) return tg_bool(false);
  tg_value all = tg_bool(true);
  h->cost += n;
  for (uint32_t i = 0; i < n && !tg_is_false(all) && all.kind != TG_V_ERROR; i++) {
    uint32_t x = tg_node_first(a) + i, y = tg_node_first(b) + i;
    if (a.kind == TG_V_MAP) {
      for (y = tg_node_first(b);
           y < tg_node_first(b) + n && r->store->tree.keys.at[y] != r->store->tree.keys.at[x];)
        y++;
      if (y == tg_node_first(b) + n) return tg_bool(false);
    }
    all = tg_and(all, equal_nodes(r, h, r->store->tree.nodes.at[x], r->store->tree.nodes.at[y], depth + 1));
  }
  return all;
}

/* A value of a row as a tree node again. */
static tg_value node_of(const tg_rows *r, tg_value v) {
  if (v.kind == TG_V_RECORD) return r->store->tree.nodes.at[v.num];
  if (v.kind == TG_V_ROW) return r->store->tree.nodes.at[r->tables[v.len].nodes.at[v.num]];
  return v;
}

static bool is_list(tg_value v) {
  return v.kind == TG_V_ROWS || v.kind == TG_V_ITEMS || (v.kind == TG_V_RECORD && v.aux == 1);
}

static uint32_t list_count(const tg_rows *r, tg_value v) {
  return v.kind == TG_V_RECORD ? tg_node_count(r->store->tree.nodes.at[v.num]) : (uint32_t)v.bits;
}

static tg_value list_item(const tg_rows *r, const tg_heap *h, tg_value v, uint32_t i) {
  if (v.kind == TG_V_ITEMS) return h->items.at[(v.bits >> 32) + i];
  if (v.kind == TG_V_ROWS)
    return r->store->tree.nodes.at[r->tables[v.len].nodes.at[(uint32_t)(v.bits >> 32) + i]];
  return r->store->tree.nodes.at[tg_node_first(r->store->tree.nodes.at[v.num]) + i];
}

tg_value tg_rows_equal(const tg_rows *r, tg_heap *h, tg_value a, tg_value b) {
  if (a.kind == TG_V_ERROR) return a;
  if (b.kind == TG_V_ERROR) return b;
  if (a.kind == TG_V_UNKNOWN || b.kind == TG_V_UNKNOWN) return tg_unknown(TG_WHY_DERIVED);
  if (!is_list(a) || !is_list(b)) {
    tg_value x = node_of(r, a), y = node_of(r, b);
    bool records = x.kind == TG_V_MAP && y.kind == TG_V_MAP;
    return records ? equal_nodes(r, h, x, y, 0) : tg_fault_value(TG_FAULT_TYPE);
  }
  if ((a.kind == TG_V_ITEMS && a.aux) || (b.kind == TG_V_ITEMS && b.aux)) return tg_unknown(TG_WHY_DERIVED);
  uint32_t n = list_count(r, a);
  if (n != list_count(r, b)) return tg_bool(false);
  tg_value all = tg_bool(true);
  for (uint32_t i = 0; i < n && !tg_is_false(all) && all.kind != TG_V_ERROR; i++) {
    h->cost++;
    all = tg_and(all,
                 equal_nodes(r, h, node_of(r, list_item(r, h, a, i)), node_of(r, list_item(r, h, b, i)), 1));
  }
  return all;
}
