#include "facts/edit.h"

#include "base/limits.h"

#include <string.h>

typedef struct edit {
  tg_store *s;
  const tg_model *m;
  const tg_edit *e;
  tg_diags *d;
  tg_builder b;
  tg_heap heap;
  tg_value value; /* what is put at the path */
  bool removed;
} edit;

/* One step of a path: `.name` or `[key]`; `every` for `[]`. */
typedef struct step {
  tg_str text;
  bool bracket, every;
} step;

static tg_status wrong(edit *g, const char *what, tg_str text) {
  tg_span at = {g->e->place, g->e->path.n ? g->e->path.n : 1};
  tg_diag_at(g->d, TG_E_BAD_VALUE, &g->s->sources, at, what, TG_STR_ARG(text));
  return TG_INVALID;
}

static bool next_step(tg_str path, uint32_t *at, step *out) {
  uint32_t i = *at;
  if (i > 0 && i < path.n && path.at[i] == '.') i++;
  if (i >= path.n) return false;
  out->bracket = path.at[i] == '[';
  uint32_t from = out->bracket ? i + 1 : i, end = from;
  bool quoted = out->bracket && from < path.n && path.at[from] == '"';
  if (quoted) {
    end = ++from;
    while (end < path.n && path.at[end] != '"') end++;
    if (end + 1 >= path.n || path.at[end + 1] != ']') return false;
    *at = end + 2;
  } else if (out->bracket) {
    while (end < path.n && path.at[end] != ']') end++;
    if (end >= path.n) return false;
    *at = end + 1;
  } else {
    while (end < path.n && path.at[end] != '.' && path.at[end] != '[') end++;
    if (end == from) return false;
    *at = end;
  }
  out->text = (tg_str){path.at + from, end - from};
  out->every = out->bracket && !quoted && end == from;
  return true;
}

static tg_status change(edit *g, tg_value v, bool there, uint32_t field, bool element, uint32_t at, int depth,
                        tg_value *out, bool *keep);

static tg_value container(const edit *g, tg_kind kind, tg_value v, bool there) {
  tg_value c = tg_value_make(kind, 0, 0);
  c.start = there && v.start != TG_NOWHERE ? v.start : g->e->place;
  return c;
}

/* Copies the children of `v`, the one at `which` changed (`which` = count: a new one), and closes the container. */
static tg_status rebuild(edit *g, tg_value v, uint32_t which, uint32_t name, uint32_t field, bool element,
                         uint32_t at, int depth, tg_value fresh, bool has_fresh, tg_value *out) {
  uint32_t count = tg_node_count(v), first = tg_node_first(v), mark;
  tg_value changed = fresh, old = which < count ? g->s->tree.nodes.at[first + which] : fresh;
  bool keep = true;
  tg_status st = change(g, old, which < count || has_fresh, field, element, at, depth, &changed, &keep);
  mark = g->b.values.n;
  for (uint32_t i = 0; i < count && st == TG_OK; i++) {
    if (i == which && !keep) continue;
    tg_value child = i == which ? changed : g->s->tree.nodes.at[first + i];
    uint32_t place = i == which ? g->e->place : g->s->tree.places.at[first + i];
    st = tg_builder_push(&g->b, g->s->tree.keys.at[first + i], place, child);
  }
  if (st == TG_OK && which == count && keep) st = tg_builder_push(&g->b, name, g->e->place, changed);
  if (st != TG_OK) return st;
  tg_value c = v;
  return tg_builder_close(&g->b, mark, c, out);
}

static tg_status change_field(edit *g, tg_value v, uint32_t field, bool entries, tg_str name, uint32_t at,
                              int depth, tg_value *out) {
  uint32_t id = tg_names_add(&g->s->names, name), which = tg_node_count(v);
  if (id == TG_NO_NAME) return tg_mem_status(&g->s->mem);
  for (uint32_t i = 0; i < tg_node_count(v); i++)
    if (g->s->tree.keys.at[tg_node_first(v) + i] == id) which = i;
  uint32_t child = field;
  if (!entries)
    child = field == TG_NO_FIELD || !g->m->present ? TG_NO_FIELD : tg_model_child(g->m, field, name);
  return rebuild(g, v, which, id, child, entries, at, depth, tg_unknown(TG_WHY_ABSENT), false, out);
}

static tg_value key_of(const edit *g, tg_value record, uint32_t key_field) {
  uint32_t name = tg_names_find(&g->s->names, g->m->fields[key_field].name);
  if (record.kind == TG_V_MAP)
    for (uint32_t i = 0; i < tg_node_count(record); i++)
      if (g->s->tree.keys.at[tg_node_first(record) + i] == name)
        return g->s->tree.nodes.at[tg_node_first(record) + i];
  return tg_unknown(TG_WHY_ABSENT);
}

static bool prints_as(edit *g, tg_value v, tg_str text) {
  tg_buf b;
  tg_buf_init(&b, &g->s->mem);
  tg_value_print(&g->heap, v, &b);
  bool same =
      !b.failed && v.kind > TG_V_ERROR && b.n == text.n && memcmp(b.n ? b.at : "", text.at, text.n) == 0;
  tg_buf_done(&b);
  return same;
}

/* A record that is put under a key has that key, whether or not it was written out. */
static tg_status with_key(edit *g, uint32_t key_field, tg_value record, tg_value key_record, tg_value *out) {
  tg_status st = TG_OK;
  *out = record;
  if (record.kind != TG_V_MAP || key_of(g, record, key_field).kind != TG_V_UNKNOWN) return TG_OK;
  uint32_t name = tg_names_find(&g->s->names, g->m->fields[key_field].name), mark = g->b.values.n;
  tg_value key = key_of(g, key_record, key_field);
  st = tg_builder_push(&g->b, name, g->e->place, key);
  for (uint32_t i = 0; i < tg_node_count(record) && st == TG_OK; i++) {
    uint32_t at = tg_node_first(record) + i;
    if (g->s->tree.keys.at[at] != name) /* a key given as null */
      st = tg_builder_push(&g->b, g->s->tree.keys.at[at], g->s->tree.places.at[at], g->s->tree.nodes.at[at]);
  }
  return st == TG_OK ? tg_builder_close(&g->b, mark, record, out) : st;
}

/* A record that holds nothing but its key. */
static tg_status new_record(edit *g, uint32_t key_field, tg_str key, tg_value *out) {
  const tg_field *f = &g->m->fields[key_field];
  tg_value v;
  bool number = f->type == TG_T_INTEGER || f->type == TG_T_NUMBER;
  if (!number || tg_number_parse(key.at, key.n, false, &v) != TG_PARSE_OK) {
    int64_t offset = tg_pool_add(&g->s->pool, key.at, key.n);
    if (offset < 0) return tg_mem_status(&g->s->mem);
    tg_store_heap(g->s, &g->heap); /* the pool may have moved */
    v = tg_text_value(TG_HOME_FACTS, g->s->pool.at + offset, key.n, g->e->place, (uint32_t)offset);
  }
  v.start = g->e->place;
  uint32_t name = tg_names_add(&g->s->names, f->name), mark = g->b.values.n;
  if (name == TG_NO_NAME) return tg_mem_status(&g->s->mem);
  tg_status st = tg_builder_push(&g->b, name, g->e->place, v);
  return st == TG_OK ? tg_builder_close(&g->b, mark, container(g, TG_V_MAP, v, false), out) : st;
}

static tg_status change_every(edit *g, tg_value v, uint32_t field, uint32_t at, int depth, tg_value *out) {
  uint32_t count = tg_node_count(v);
  tg_status st = TG_OK;
  for (uint32_t i = 0; i < count && st == TG_OK; i++)
    st = rebuild(g, v, i, TG_NO_NAME, field, true, at, depth, v, false, &v);
  *out = v;
  return st;
}

static tg_status change_element(edit *g, tg_value v, uint32_t field, const step *s, uint32_t at, int depth,
                                tg_value *out) {
  uint32_t count = tg_node_count(v), first = tg_node_first(v), which = 0;
  bool keyed = field != TG_NO_FIELD && g->m->fields[field].type == TG_T_ROWS &&
               g->m->fields[field].key_field != TG_NO_FIELD;
  if (s->every) return change_every(g, v, field, at, depth, out);
  if (keyed) {
    uint32_t key_field = g->m->fields[field].key_field;
    while (which < count && !prints_as(g, key_of(g, g->s->tree.nodes.at[first + which], key_field), s->text))
      which++;
    tg_value fresh = tg_unknown(TG_WHY_ABSENT);
    bool make = which == count && !g->e->remove;
    tg_status st = make ? new_record(g, key_field, s->text, &fresh) : TG_OK;
    if (st != TG_OK) return st;
    if (which == count && !make) return TG_OK;
    if (at >= g->e->path.n && !g->e->remove) {
      tg_value keyed_record = make ? fresh : g->s->tree.nodes.at[first + which];
      st = with_key(g, key_field, g->e->value, keyed_record, &g->value);
      if (st != TG_OK) return st;
    }
    return rebuild(g, v, which, TG_NO_NAME, field, true, at, depth, fresh, make, out);
  }
  if (s->text.n == 0 || s->text.n > 6) return wrong(g, "`%.*s` is no position in a list", s->text);
  for (uint32_t i = 0; i < s->text.n; i++) {
    if (s->text.at[i] < '0' || s->text.at[i] > '9')
      return wrong(g, "the list has no keys: `%.*s` is no position, counted from 0", s->text);
    which = which * 10 + (uint32_t)(s->text.at[i] - '0');
  }
  if (which > count || (g->e->remove && which == count))
    return wrong(g, "the list has no element %.*s", s->text);
  return rebuild(g, v, which, TG_NO_NAME, field, true, at, depth, tg_unknown(TG_WHY_ABSENT), false, out);
}

/* `field`: the model's field of `v`; `element`: `v` is a record of that list or map, not the list itself. */
static tg_status change(edit *g, tg_value v, bool there, uint32_t field, bool element, uint32_t at, int depth,
                        tg_value *out, bool *keep) {
  step s;
  *keep = true;
  if (at >= g->e->path.n) {
    *keep = !g->e->remove;
    g->removed |= there && g->e->remove;
    *out = g->value;
    return TG_OK;
  }
  if (depth > TG_MAX_DEPTH || !next_step(g->e->path, &at, &s))
    return wrong(g, "`%.*s` is no path of a fact", g->e->path);
  bool empty = !there || v.kind == TG_V_UNKNOWN;
  if (empty && g->e->remove) { /* nothing to remove below it: said by the caller */
    *out = v;
    *keep = there;
    return TG_OK;
  }
  uint8_t type = field == TG_NO_FIELD ? TG_T_ANY : g->m->fields[field].type;
  bool entries = !element && type == TG_T_MAP;
  if (s.bracket && !entries && (empty || v.kind == TG_V_SEQ)) {
    if (empty) v = container(g, TG_V_SEQ, v, there);
    *out = v;
    return change_element(g, v, field, &s, at, depth + 1, out);
  }
  if (empty) v = container(g, TG_V_MAP, v, there);
  if (v.kind != TG_V_MAP) return wrong(g, "what stands before `%.*s` is neither a record nor a list", s.text);
  return change_field(g, v, field, entries, s.text, at, depth + 1, out);
}

tg_status tg_facts_edit(tg_store *s, const tg_model *m, const tg_edit *e, tg_diags *d, uint32_t *root) {
  edit g = {.s = s, .m = m, .e = e, .d = d, .value = e->value};
  tg_value v;
  bool keep;
  tg_heap_init(&g.heap, &s->mem);
  tg_store_heap(s, &g.heap);
  tg_builder_init(&g.b, s, d);
  tg_status st = e->path.n ? TG_OK : wrong(&g, "`%.*s` is no path of a fact", e->path);
  if (st == TG_OK)
    st = change(&g, s->tree.nodes.at[*root], true, m->present ? 0 : TG_NO_FIELD, false, 0, 0, &v, &keep);
  if (st == TG_OK && e->remove && !g.removed) {
    st = wrong(&g, "there is nothing at `%.*s` to take away", e->path);
    tg_diag_hint(d, "the facts do not have it");
  }
  if (st == TG_OK) {
    uint32_t node = s->tree.nodes.n;
    if (tg_vec_push(&s->mem, &s->tree.nodes, v) && tg_vec_push(&s->mem, &s->tree.keys, TG_NO_NAME) &&
        tg_vec_push(&s->mem, &s->tree.places, v.start))
      *root = node;
    else
      st = tg_mem_status(&s->mem);
  }
  tg_builder_done(&g.b);
  tg_heap_done(&g.heap);
  return st;
}
