/* The tree: nodes side by side, keys beside them. */
#include "facts/store.h"

#include <string.h>

tg_status tg_store_init(tg_store *s, const tg_allocator *allocator, uint64_t memory_limit) {
  memset(s, 0, sizeof *s);
  tg_mem_init(&s->mem, allocator, memory_limit);
  tg_sources_init(&s->sources, &s->mem);
  s->pool.mem = &s->mem;
  s->root = UINT32_MAX;
  return tg_names_init(&s->names, &s->mem);
}

void tg_store_done(tg_store *s) {
  tg_mem *m = &s->mem;
  tg_sources_done(&s->sources);
  tg_names_done(&s->names);
  tg_mem_free(m, s->pool.at, s->pool.cap);
  s->pool.at = NULL;
  s->pool.n = s->pool.cap = 0;
  tg_vec_done(m, &s->tree.nodes);
  tg_vec_done(m, &s->tree.keys);
  tg_vec_done(m, &s->tree.places);
  tg_vec_done(m, &s->roots);
  tg_vec_done(m, &s->root_source);
  tg_vec_done(m, &s->follow);
  tg_vec_done(m, &s->field_names);
  tg_builder_done(&s->builder);
}

/* Names that strangers chose could pile up over a long run: past this many the table begins anew. */
enum { MOST_NAMES = 100000 };

void tg_store_reset(tg_store *s) {
  tg_sources_reset(&s->sources);
  s->pool.n = 0;
  s->tree.nodes.n = s->tree.keys.n = s->tree.places.n = 0;
  s->roots.n = s->root_source.n = 0;
  s->root = UINT32_MAX;
  s->frozen = false;
  if (s->names.names.n > MOST_NAMES) {
    tg_names_reset(&s->names);
    s->follow.n = 0;
    s->generation++;
    s->builder.stamps.n = 0;
  }
}

void tg_store_heap(const tg_store *s, tg_heap *h) {
  h->pages = s->sources.pages.at;
  h->facts = s->pool.at;
}

uint32_t tg_store_child(const tg_store *s, uint32_t node, uint32_t name) {
  tg_value v = s->tree.nodes.at[node];
  if (v.kind != TG_V_MAP) return UINT32_MAX;
  uint32_t first = tg_node_first(v), count = tg_node_count(v);
  for (uint32_t i = first; i < first + count; i++)
    if (s->tree.keys.at[i] == name) return i;
  return UINT32_MAX;
}

/* One part of a pointer, its escapes undone. */
static bool unescape(const char *at, size_t n, char *out, uint32_t size, uint32_t *len) {
  *len = 0;
  for (size_t i = 0; i < n; i++) {
    char c = at[i];
    if (c == '~') {
      if (++i == n || (at[i] != '0' && at[i] != '1')) return false;
      c = at[i] == '0' ? '~' : '/';
    }
    if (*len == size) return false;
    out[(*len)++] = c;
  }
  return true;
}

uint32_t tg_store_find(const tg_store *s, uint32_t node, tg_str pointer) {
  char part[1024];
  uint32_t at = 0, len;
  while (at < pointer.n && node != UINT32_MAX) {
    if (pointer.at[at++] != '/') return UINT32_MAX;
    uint32_t end = at;
    while (end < pointer.n && pointer.at[end] != '/') end++;
    if (!unescape(pointer.at + at, end - at, part, sizeof part, &len)) return UINT32_MAX;
    at = end;
    tg_value v = s->tree.nodes.at[node];
    if (v.kind == TG_V_SEQ) {
      uint64_t index = 0;
      if (len == 0 || len > 9 || (part[0] == '0' && len > 1)) return UINT32_MAX;
      for (uint32_t i = 0; i < len; i++) {
        if (part[i] < '0' || part[i] > '9') return UINT32_MAX;
        index = index * 10 + (uint64_t)(part[i] - '0');
      }
      node = index < tg_node_count(v) ? tg_node_first(v) + (uint32_t)index : UINT32_MAX;
    } else {
      uint32_t name = tg_names_find(&s->names, (tg_str){part, len});
      node = name == TG_NO_NAME ? UINT32_MAX : tg_store_child(s, node, name);
    }
  }
  return node;
}

/* ---- building ---- */

void tg_builder_init(tg_builder *b, tg_store *s, tg_diags *d) {
  b->store = s;
  b->diags = d;
  b->values.n = b->keys.n = b->places.n = 0;
}

void tg_builder_done(tg_builder *b) {
  if (b->store == NULL) return;
  tg_mem *m = &b->store->mem;
  tg_vec_done(m, &b->values);
  tg_vec_done(m, &b->keys);
  tg_vec_done(m, &b->places);
  tg_vec_done(m, &b->stamps);
  b->store = NULL;
}

tg_status tg_builder_push(tg_builder *b, uint32_t key, uint32_t place, tg_value v) {
  tg_mem *m = &b->store->mem;
  if (!tg_vec_push(m, &b->values, v) || !tg_vec_push(m, &b->keys, key) || !tg_vec_push(m, &b->places, place))
    return tg_mem_status(m);
  return TG_OK;
}

static tg_status duplicate(tg_builder *b, uint32_t first, uint32_t second) {
  tg_str name = tg_names_get(&b->store->names, b->keys.at[second]);
  tg_span at = {b->places.at[second], name.n + 2}, before = {b->places.at[first], 1};
  tg_diag_at(b->diags, TG_E_DUPLICATE_KEY, &b->store->sources, at,
             "the key `%.*s` stands twice in this mapping", (int)(name.n < 60 ? name.n : 60), name.at);
  tg_diag_note_at(b->diags, &b->store->sources, before, "first here");
  return TG_INVALID;
}

/* Each key is stamped with the serial of its container: a stamp that is there already is a duplicate. */
static tg_status check_keys(tg_builder *b, uint32_t mark) {
  tg_mem *m = &b->store->mem;
  uint64_t serial = ++b->serial;
  uint32_t names = b->store->names.names.n;
  if (b->stamps.n < names) {
    if (!tg_vec_fit(m, &b->stamps, names - b->stamps.n)) return tg_mem_status(m);
    memset(b->stamps.at + b->stamps.n, 0, sizeof *b->stamps.at * (names - b->stamps.n));
    b->stamps.n = names;
  }
  for (uint32_t i = mark; i < b->values.n; i++) {
    uint64_t *stamp = &b->stamps.at[b->keys.at[i]];
    if (*stamp >> 32 == (serial & 0xffffffffu)) return duplicate(b, (uint32_t)*stamp, i);
    *stamp = serial << 32 | i;
  }
  return TG_OK;
}

tg_status tg_builder_close(tg_builder *b, uint32_t mark, tg_value container, tg_value *out) {
  tg_mem *m = &b->store->mem;
  tg_tree *t = &b->store->tree;
  uint32_t count = b->values.n - mark, first = t->nodes.n;
  if (container.kind == TG_V_MAP && count > 1) {
    tg_status st = check_keys(b, mark);
    if (st != TG_OK) return st;
  }
  if (!tg_vec_fit(m, &t->nodes, count) || !tg_vec_fit(m, &t->keys, count) ||
      !tg_vec_fit(m, &t->places, count))
    return tg_mem_status(m);
  if (count) {
    memcpy(t->nodes.at + first, b->values.at + mark, sizeof *t->nodes.at * count);
    memcpy(t->keys.at + first, b->keys.at + mark, sizeof *t->keys.at * count);
    memcpy(t->places.at + first, b->places.at + mark, sizeof *t->places.at * count);
  }
  t->nodes.n = t->keys.n = t->places.n = first + count;
  b->values.n = b->keys.n = b->places.n = mark;
  container.bits = (uint64_t)first << 32 | count;
  *out = container;
  return TG_OK;
}

tg_status tg_builder_root(tg_builder *b, tg_value v, uint32_t source) {
  tg_store *s = b->store;
  tg_mem *m = &s->mem;
  uint32_t node = s->tree.nodes.n;
  if (!tg_vec_push(m, &s->tree.nodes, v) || !tg_vec_push(m, &s->tree.keys, TG_NO_NAME) ||
      !tg_vec_push(m, &s->tree.places, v.start) || !tg_vec_push(m, &s->roots, node) ||
      !tg_vec_push(m, &s->root_source, source))
    return tg_mem_status(m);
  return TG_OK;
}

tg_status tg_builder_wrap(tg_builder *b, tg_str path, tg_value v, uint32_t source) {
  for (uint32_t end = path.n, start = v.start;;) {
    uint32_t from = end;
    while (from > 0 && path.at[from - 1] != '.') from--;
    uint32_t mark = b->values.n, key = tg_names_add(&b->store->names, (tg_str){path.at + from, end - from});
    tg_value map = tg_value_make(TG_V_MAP, 0, 0);
    map.start = start;
    if (key == TG_NO_NAME) return tg_mem_status(&b->store->mem);
    tg_status st = tg_builder_push(b, key, start, v);
    if (st == TG_OK) st = tg_builder_close(b, mark, map, &v);
    if (st != TG_OK) return st;
    if (from == 0) return tg_builder_root(b, v, source);
    end = from - 1;
  }
}
