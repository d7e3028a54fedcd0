/* Several documents to one (language.md, section 8). */
#include "facts/model.h"

#include "base/limits.h"

#include <string.h>

typedef struct merge {
  tg_store *s;
  const tg_model *m;
  tg_diags *d;
  tg_heap heap;
  tg_builder b;
  int depth;
  tg_status refused; /* of memory, while trees were compared */
} merge;

static bool is_unknown(const merge *g, tg_value v) {
  if (v.kind == TG_V_UNKNOWN) return true;
  return v.kind == TG_V_TEXT && v.len == 7 && tg_str_is(tg_text_of(&g->heap, &v), "unknown");
}

/* Children of one map by key: a scan of small maps, a table for larger ones, so that merging stays linear. */
typedef struct key_index {
  uint32_t first, count, mask;
  uint32_t *table; /* number of a child + 1, at its key's place; NULL: scan */
} key_index;

enum { SCANNED = 16 };

static uint32_t key_place(const key_index *x, uint32_t key) { return (key * 0x9e3779b1u >> 7) & x->mask; }

static tg_status index_keys(merge *g, tg_value map, key_index *x) {
  *x = (key_index){tg_node_first(map), tg_node_count(map), 0, NULL};
  if (x->count <= SCANNED) return TG_OK;
  uint32_t slots = 4 * SCANNED;
  while (slots < 2 * (uint64_t)x->count && slots < (1u << 31)) slots *= 2;
  x->mask = slots - 1;
  x->table = tg_mem_zalloc(&g->s->mem, sizeof(uint32_t) * slots);
  if (x->table == NULL) return tg_mem_status(&g->s->mem);
  for (uint32_t i = 0; i < x->count; i++) {
    uint32_t at = key_place(x, g->s->tree.keys.at[x->first + i]);
    while (x->table[at] != 0) at = (at + 1) & x->mask;
    x->table[at] = i + 1;
  }
  return TG_OK;
}

static void drop_index(merge *g, key_index *x) {
  if (x->table != NULL) tg_mem_free(&g->s->mem, x->table, sizeof(uint32_t) * ((size_t)x->mask + 1));
  x->table = NULL;
}

/* The node of the child called `key`, or UINT32_MAX. */
static uint32_t child_called(const merge *g, const key_index *x, uint32_t key) {
  const uint32_t *keys = g->s->tree.keys.at;
  if (x->table == NULL) {
    for (uint32_t i = x->first; i < x->first + x->count; i++)
      if (keys[i] == key) return i;
    return UINT32_MAX;
  }
  for (uint32_t at = key_place(x, key); x->table[at] != 0; at = (at + 1) & x->mask)
    if (keys[x->first + x->table[at] - 1] == key) return x->first + x->table[at] - 1;
  return UINT32_MAX;
}

/* Trees that say the same; keys in any order.  A refusal is kept in `refused`. */
static bool same_tree(merge *g, tg_value a, tg_value b, int depth) {
  if (a.kind != b.kind && !(tg_is_text(a) && tg_is_text(b))) return false;
  if (a.kind != TG_V_SEQ && a.kind != TG_V_MAP) return tg_same(&g->heap, a, b);
  uint32_t n = tg_node_count(a);
  if (n != tg_node_count(b) || depth > TG_MAX_DEPTH) return false;
  const tg_tree *t = &g->s->tree;
  key_index others = {0};
  bool indexed = false, same = true;
  for (uint32_t i = 0; i < n && same; i++) {
    uint32_t x = tg_node_first(a) + i, y = tg_node_first(b) + i;
    if (a.kind == TG_V_MAP && t->keys.at[x] != t->keys.at[y]) {
      if (!indexed) g->refused = index_keys(g, b, &others);
      indexed = true;
      y = g->refused == TG_OK ? child_called(g, &others, t->keys.at[x]) : UINT32_MAX;
    }
    same = y != UINT32_MAX && same_tree(g, t->nodes.at[x], t->nodes.at[y], depth + 1);
  }
  drop_index(g, &others);
  return same;
}

static tg_status conflict(merge *g, tg_value a, tg_value b, const char *what) {
  tg_span at = b.start == TG_NOWHERE ? TG_NO_SPAN : (tg_span){b.start, 1},
          first = a.start == TG_NOWHERE ? TG_NO_SPAN : (tg_span){a.start, 1};
  tg_diag_at(g->d, TG_E_FACT_CONFLICT, &g->s->sources, at, "%s", what);
  tg_diag_note_at(g->d, &g->s->sources, first, "the other file says it here");
  return TG_INVALID;
}

static tg_status both(merge *g, tg_value a, tg_value b, uint32_t field, tg_value *out);

static uint32_t field_of(const merge *g, uint32_t parent, uint32_t name) {
  if (!g->m->present || parent == TG_NO_FIELD) return TG_NO_FIELD;
  return tg_model_child(g->m, parent, tg_names_get(&g->s->names, name));
}

static tg_status push_merged(merge *g, uint32_t key, uint32_t place, tg_value a, tg_value b, uint32_t field) {
  tg_value v;
  tg_status st = both(g, a, b, field, &v);
  return st == TG_OK ? tg_builder_push(&g->b, key, place, v) : st;
}

static tg_status merge_children(merge *g, const key_index *a, const key_index *b, uint32_t field,
                                bool entries) {
  tg_tree *t = &g->s->tree;
  tg_status st = TG_OK, worst = TG_OK;
  for (uint32_t x = a->first; x < a->first + a->count; x++) {
    uint32_t key = t->keys.at[x], y = child_called(g, b, key);
    uint32_t child = entries ? field : field_of(g, field, key);
    st = y == UINT32_MAX ? tg_builder_push(&g->b, key, t->places.at[x], t->nodes.at[x])
                         : push_merged(g, key, t->places.at[x], t->nodes.at[x], t->nodes.at[y],
                                       child | (entries ? 0x80000000u : 0));
    if (st == TG_INVALID)
      worst = st;
    else if (st != TG_OK)
      return st;
  }
  for (uint32_t y = b->first; y < b->first + b->count; y++) {
    if (child_called(g, a, t->keys.at[y]) != UINT32_MAX) continue;
    st = tg_builder_push(&g->b, t->keys.at[y], t->places.at[y], t->nodes.at[y]);
    if (st != TG_OK) return st;
  }
  return worst;
}

static tg_status merge_maps(merge *g, tg_value a, tg_value b, uint32_t field, bool entries, tg_value *out) {
  uint32_t mark = g->b.values.n;
  key_index x = {0}, y = {0};
  tg_status st = index_keys(g, a, &x);
  if (st == TG_OK) st = index_keys(g, b, &y);
  if (st == TG_OK) st = merge_children(g, &x, &y, field, entries);
  drop_index(g, &x);
  drop_index(g, &y);
  return st == TG_OK ? tg_builder_close(&g->b, mark, a, out) : st;
}

static tg_value key_of(const merge *g, tg_value record, uint32_t list_field) {
  uint32_t name = tg_names_find(&g->s->names, g->m->fields[g->m->fields[list_field].key_field].name);
  if (record.kind == TG_V_MAP && name != TG_NO_NAME)
    for (uint32_t i = tg_node_first(record); i < tg_node_first(record) + tg_node_count(record); i++)
      if (g->s->tree.keys.at[i] == name) return g->s->tree.nodes.at[i];
  return tg_unknown(TG_WHY_ABSENT);
}

/* Keyed lists: the first file's records keep their order, each merged with the second's of the same key; new ones follow. */
static tg_status merge_lists(merge *g, tg_value a, tg_value b, uint32_t field, tg_value *out) {
  uint32_t mark = g->b.values.n, n = tg_node_count(b), slots = 8;
  while (slots < 2 * (uint64_t)n && slots < (1u << 31)) slots *= 2;
  size_t bytes = sizeof(uint32_t) * slots + n;
  uint32_t *table = tg_mem_zalloc(&g->s->mem, bytes);
  if (table == NULL) return tg_mem_status(&g->s->mem);
  uint8_t *taken = (uint8_t *)(table + slots);
  const tg_seed *seed = &g->s->names.seed;
  tg_status st = TG_OK, worst = TG_OK;
  for (uint32_t i = 0; i < n; i++) {
    tg_value key = key_of(g, g->s->tree.nodes.at[tg_node_first(b) + i], field);
    if (key.kind <= TG_V_ERROR || is_unknown(g, key)) continue;
    uint32_t at = (uint32_t)tg_value_hash(&g->heap, seed, key) & (slots - 1);
    while (table[at] != 0) at = (at + 1) & (slots - 1);
    table[at] = i + 1;
  }
  for (uint32_t i = 0; i < tg_node_count(a) && st != TG_NOMEM && st != TG_LIMIT; i++) {
    uint32_t x = tg_node_first(a) + i, y = UINT32_MAX;
    tg_value key = key_of(g, g->s->tree.nodes.at[x], field);
    if (key.kind > TG_V_ERROR && !is_unknown(g, key)) {
      uint32_t at = (uint32_t)tg_value_hash(&g->heap, seed, key) & (slots - 1);
      for (; table[at] != 0 && y == UINT32_MAX; at = (at + 1) & (slots - 1)) {
        uint32_t k = table[at] - 1;
        if (!taken[k] &&
            tg_same(&g->heap, key, key_of(g, g->s->tree.nodes.at[tg_node_first(b) + k], field))) {
          taken[k] = 1;
          y = tg_node_first(b) + k;
        }
      }
    }
    st = y == UINT32_MAX ? tg_builder_push(&g->b, TG_NO_NAME, g->s->tree.places.at[x], g->s->tree.nodes.at[x])
                         : push_merged(g, TG_NO_NAME, g->s->tree.places.at[x], g->s->tree.nodes.at[x],
                                       g->s->tree.nodes.at[y], field | 0x80000000u);
    if (st == TG_INVALID) worst = st;
  }
  for (uint32_t i = 0; i < n && st != TG_NOMEM && st != TG_LIMIT; i++)
    if (!taken[i])
      st = tg_builder_push(&g->b, TG_NO_NAME, g->s->tree.places.at[tg_node_first(b) + i],
                           g->s->tree.nodes.at[tg_node_first(b) + i]);
  tg_mem_free(&g->s->mem, table, bytes);
  if (st != TG_OK && st != TG_INVALID) return st;
  if (worst != TG_OK) return worst;
  return tg_builder_close(&g->b, mark, a, out);
}

/* `field` with the top bit: the values are records of that list or map, not the list itself. */
static tg_status both(merge *g, tg_value a, tg_value b, uint32_t field, tg_value *out) {
  bool element = field != TG_NO_FIELD && (field & 0x80000000u) != 0;
  if (element) field &= 0x7fffffffu;
  uint8_t type = field == TG_NO_FIELD ? TG_T_ANY : g->m->fields[field].type;
  if (is_unknown(g, b) || is_unknown(g, a)) {
    *out = is_unknown(g, a) ? b : a;
    return TG_OK;
  }
  if (++g->depth > TG_MAX_DEPTH + 1) return TG_LIMIT; /* the readers saw to it: the innermost is a scalar */
  tg_status st;
  bool keyed = !element && type == TG_T_ROWS && g->m->fields[field].key_field != TG_NO_FIELD;
  if (a.kind == TG_V_MAP && b.kind == TG_V_MAP)
    st = merge_maps(g, a, b, field, !element && type == TG_T_MAP, out);
  else if (a.kind == TG_V_SEQ && b.kind == TG_V_SEQ && keyed)
    st = merge_lists(g, a, b, field, out);
  else if (same_tree(g, a, b, 0)) {
    *out = a;
    st = TG_OK;
  } else if (g->refused != TG_OK)
    st = g->refused;
  else
    st = conflict(g, a, b,
                  a.kind == TG_V_SEQ && b.kind == TG_V_SEQ
                      ? "two files give different lists, and the model has no key to merge them by"
                      : "two files say different things of one fact");
  g->depth--;
  return st;
}

/* Several documents from one file (lines of NDJSON) are several engagements. */
static tg_status check_sources(tg_store *s, tg_diags *d) {
  for (uint32_t i = 1; i < s->roots.n; i++) {
    if (s->root_source.at[i] != s->root_source.at[i - 1]) continue;
    tg_diag_at(d, TG_E_FACT_ENGAGEMENTS, &s->sources, (tg_span){s->tree.nodes.at[s->roots.at[i]].start, 1},
               "the file holds several engagements");
    tg_diag_hint(d, "compare them with --portfolio, or give one line");
    return TG_INVALID;
  }
  return TG_OK;
}

tg_status tg_facts_merge(tg_store *s, const tg_model *m, tg_diags *d) {
  merge g = {.s = s, .m = m, .d = d};
  tg_status st = check_sources(s, d);
  if (st != TG_OK) return st;
  s->root = s->roots.at[0];
  if (s->roots.n == 1) return TG_OK;
  tg_heap_init(&g.heap, &s->mem);
  tg_store_heap(s, &g.heap);
  tg_builder_init(&g.b, s, d);
  tg_value v = s->tree.nodes.at[s->root];
  for (uint32_t i = 1; i < s->roots.n && st == TG_OK; i++)
    st = both(&g, v, s->tree.nodes.at[s->roots.at[i]], m->present ? 0 : TG_NO_FIELD, &v);
  if (st == TG_OK) {
    s->root = s->tree.nodes.n;
    if (!tg_vec_push(&s->mem, &s->tree.nodes, v) || !tg_vec_push(&s->mem, &s->tree.keys, TG_NO_NAME) ||
        !tg_vec_push(&s->mem, &s->tree.places, v.start))
      st = tg_mem_status(&s->mem);
  }
  tg_builder_done(&g.b);
  tg_heap_done(&g.heap);
  return st;
}

tg_status tg_facts_portfolio(tg_store *s, tg_diags *d) {
  tg_builder b = {0};
  tg_builder_init(&b, s, d);
  tg_status st = TG_OK;
  tg_value list = tg_value_make(TG_V_SEQ, 0, 0), root = tg_value_make(TG_V_MAP, 0, 0);
  list.start = root.start = s->tree.nodes.at[s->roots.at[0]].start;
  uint32_t name = tg_names_add(&s->names, TG_STR("engagements"));
  if (name == TG_NO_NAME) st = tg_mem_status(&s->mem);
  for (uint32_t i = 0; i < s->roots.n && st == TG_OK; i++)
    st = tg_builder_push(&b, TG_NO_NAME, s->tree.nodes.at[s->roots.at[i]].start,
                         s->tree.nodes.at[s->roots.at[i]]);
  if (st == TG_OK) st = tg_builder_close(&b, 0, list, &list);
  if (st == TG_OK) st = tg_builder_push(&b, name, root.start, list);
  if (st == TG_OK) st = tg_builder_close(&b, 0, root, &root);
  if (st == TG_OK) {
    s->root = s->tree.nodes.n;
    if (!tg_vec_push(&s->mem, &s->tree.nodes, root) || !tg_vec_push(&s->mem, &s->tree.keys, TG_NO_NAME) ||
        !tg_vec_push(&s->mem, &s->tree.places, root.start))
      st = tg_mem_status(&s->mem);
    /* the documents' own nodes moved into the list: look-ups by document go there */
    for (uint32_t i = 0; st == TG_OK && i < s->roots.n; i++) s->roots.at[i] = tg_node_first(list) + i;
  }
  tg_builder_done(&b);
  return st;
}
