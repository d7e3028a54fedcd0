#include "facts/waiver_file.h"

#include "yaml/yaml.h"

#include <string.h>

static bool ends_with(tg_str name, const char *suffix) {
  size_t n = strlen(suffix);
  return name.n > n && memcmp(name.at + name.n - n, suffix, n) == 0;
}

static tg_status refuse(tg_diags *d, tg_str file, const char *what) {
  tg_diag_file(d, TG_E_WAIVER_FILE, file, "%s", what);
  tg_diag_hint(d, "a file of waivers is a list of waivers, or a mapping with the one key `waivers`");
  return TG_INVALID;
}

/* ---- where an entry goes ---- */

/* A line that begins with three dots ends the document: nothing may follow it. */
static uint32_t end_of_document(const tg_source *s) {
  for (uint32_t i = 0; i + 2 < s->len; i++) {
    bool begins = i == 0 || s->text[i - 1] == '\n';
    if (begins && memcmp(s->text + i, "...", 3) == 0 &&
        (i + 3 == s->len || strchr(" \t\r\n", s->text[i + 3]) != NULL))
      return i;
  }
  return s->len;
}

/* The line of the first item, from its beginning to the dash. */
static void find_indent(tg_waiver_file *f, const tg_source *s, uint32_t dash) {
  uint32_t from = dash;
  while (from > 0 && s->text[from - 1] != '\n') from--;
  if (from == 0 && dash >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0) from = 3; /* a byte order mark */
  f->indent = from;
  f->indent_len = dash - from;
}

typedef struct walk {
  tg_waiver_file *f;
  tg_yaml *yaml;
  const tg_source *s;
  uint32_t depth;
} walk;

/* The rest of the list: its end, and that of its last item. */
static tg_status walk_list(walk *w, const tg_yaml_event *list) {
  tg_waiver_file *f = w->f;
  uint32_t depth = 1, last = UINT32_MAX;
  f->layout = list->flow ? TG_LAYOUT_FLOW : TG_LAYOUT_BLOCK;
  while (depth > 0) {
    tg_yaml_event e;
    tg_status st = tg_yaml_next(w->yaml, &e);
    if (st != TG_OK) return st;
    bool opens = e.kind == TG_YAML_MAP || e.kind == TG_YAML_SEQ,
         closes = e.kind == TG_YAML_MAP_END || e.kind == TG_YAML_SEQ_END;
    if (depth == 1 && !closes) f->count++;
    depth += opens;
    depth -= closes;
    if (depth == 1 && !opens) last = e.at.start + e.at.len;
  }
  if (f->layout == TG_LAYOUT_FLOW) {
    /* behind the last item, or the bracket, before which an anchor may stand */
    f->insert = (f->count ? last : list->at.start) - w->s->base;
    while (f->count == 0 && f->insert < w->s->len && w->s->text[f->insert++] != '[') {}
  } else {
    f->insert = end_of_document(w->s);
    find_indent(f, w->s, list->at.start - w->s->base);
  }
  return TG_OK;
}

static bool nothing(const tg_yaml_event *e) {
  return e->kind == TG_YAML_SCALAR && e->style == TG_YAML_PLAIN && e->text.n == 0;
}

static tg_status find_list(walk *w, tg_diags *d) {
  tg_yaml_event e;
  tg_waiver_file *f = w->f;
  tg_status st = tg_yaml_next(w->yaml, &e);
  if (st != TG_OK) return st;
  f->insert = end_of_document(w->s);
  if (e.kind == TG_YAML_END || nothing(&e)) return TG_OK;
  if (e.kind == TG_YAML_SEQ) return walk_list(w, &e);
  if (e.kind != TG_YAML_MAP) return refuse(d, f->name, "the file holds something that is no list of waivers");
  bool flow = e.flow;
  st = tg_yaml_next(w->yaml, &e);
  if (st != TG_OK) return st;
  if (e.kind != TG_YAML_KEY || !tg_str_is(e.text, "waivers"))
    return refuse(d, f->name, "the file holds something beside the list of waivers");
  st = tg_yaml_next(w->yaml, &e);
  if (st != TG_OK) return st;
  if (e.kind == TG_YAML_SEQ) {
    st = walk_list(w, &e);
  } else if (nothing(&e) && !flow) {
    f->layout = TG_LAYOUT_KEY;
  } else {
    return refuse(d, f->name, "`waivers` is no list");
  }
  if (st == TG_OK) st = tg_yaml_next(w->yaml, &e);
  if (st == TG_OK && e.kind != TG_YAML_MAP_END)
    return refuse(d, f->name, "the file holds something beside the list of waivers");
  return st;
}

static tg_status read_layout(tg_waiver_file *f, tg_diags *d) {
  walk w = {.f = f, .s = &f->store.sources.list.at[f->source]};
  tg_status st = tg_yaml_new(&f->store.mem, &f->store.sources, f->source, d, &w.yaml);
  if (st != TG_OK) return st;
  st = find_list(&w, d);
  tg_yaml_free(w.yaml);
  return st;
}

/* ---- what is there ---- */

/* The list of waivers of a text, as a node. */
static tg_status read_entries(tg_store *s, uint32_t source, tg_diags *d, uint32_t *list) {
  tg_status st = tg_facts_read_waivers(s, source, TG_STR("waivers"), NULL, d);
  if (st == TG_OK) *list = tg_store_find(s, s->roots.at[s->roots.n - 1], TG_STR("/waivers"));
  return st;
}

tg_status tg_waiver_file_read(tg_waiver_file *f, tg_mem *mem, const char *path, tg_str name, tg_diags *d) {
  memset(f, 0, sizeof *f);
  f->name = name;
  f->list = UINT32_MAX;
  tg_status st = tg_store_init(&f->store, &mem->allocator, mem->limit);
  if (st != TG_OK) return st;
  if (ends_with(name, ".csv")) return refuse(d, name, "waivers are appended to YAML files, not to CSV");
  st = path ? tg_facts_load_file(&f->store, path, name, d, &f->source)
            : tg_sources_add(&f->store.sources, name, "", 0, &f->source);
  if (st == TG_OK) st = read_layout(f, d);
  if (st == TG_OK && (f->layout == TG_LAYOUT_BLOCK || f->layout == TG_LAYOUT_FLOW))
    st = read_entries(&f->store, f->source, d, &f->list);
  return st;
}

void tg_waiver_file_done(tg_waiver_file *f) {
  if (f->store.mem.allocator.alloc != NULL) tg_store_done(&f->store);
}

static tg_str text_in(const tg_store *s, uint32_t list, uint32_t i, const char *key) {
  tg_str none = {NULL, 0};
  uint32_t name = tg_names_find(&s->names, tg_str_of(key));
  if (list == UINT32_MAX || name == TG_NO_NAME || i >= tg_node_count(s->tree.nodes.at[list])) return none;
  uint32_t node = tg_store_child(s, tg_node_first(s->tree.nodes.at[list]) + i, name);
  if (node == UINT32_MAX || !tg_is_text(s->tree.nodes.at[node])) return none;
  tg_heap heap = {0};
  tg_store_heap(s, &heap);
  return tg_text_of(&heap, &s->tree.nodes.at[node]);
}

tg_str tg_waiver_file_text(const tg_waiver_file *f, uint32_t i, const char *key) {
  return text_in(&f->store, f->list, i, key);
}

/* ---- writing ---- */

enum { KEYS = 9 };
static const char *const keys[KEYS] = {
    "id", "gate", "item", "reason", "owner", "approver", "approved_on", "expires_on", "compensating_action"};

static tg_str value_of(const tg_waiver_entry *e, int key) {
  const tg_str values[KEYS] = {e->id,          e->gate,       e->item,
                               e->reason,      e->owner,      e->approver,
                               e->approved_on, e->expires_on, e->compensating_action};
  return values[key];
}

static void put_flow(const tg_waiver_file *f, const tg_waiver_entry *e, tg_buf *out) {
  const tg_source *s = &f->store.sources.list.at[f->source];
  if (f->insert > 0 && s->text[f->insert - 1] == '\n') tg_buf_puts(out, "  "); /* deeper than the key */
  tg_buf_puts(out, f->count ? ", {" : "{");
  for (int k = 0; k < KEYS; k++) {
    tg_str v = value_of(e, k);
    if (v.n == 0) continue;
    tg_buf_printf(out, "%s\"%s\": ", k ? ", " : "", keys[k]);
    tg_quote(out, v);
  }
  tg_buf_putc(out, '}');
}

static void put_block(const tg_waiver_file *f, const tg_waiver_entry *e, const char *line_end, tg_buf *out) {
  const tg_source *s = &f->store.sources.list.at[f->source];
  bool block = f->layout == TG_LAYOUT_BLOCK;
  if (f->insert > 0 && s->text[f->insert - 1] != '\n') tg_buf_puts(out, line_end);
  if (f->layout == TG_LAYOUT_EMPTY) tg_buf_printf(out, "waivers:%s", line_end);
  for (int k = 0; k < KEYS; k++) {
    tg_str v = value_of(e, k);
    if (v.n == 0) continue;
    if (block) tg_buf_put(out, s->text + f->indent, f->indent_len);
    tg_buf_printf(out, "%s%s %s: ", block ? "" : "  ", k ? " " : "-", keys[k]);
    tg_quote(out, v);
    tg_buf_puts(out, line_end);
  }
}

/* What was written says what it should: as many entries as before and one, the last of which is the new one. */
static tg_status read_back(const tg_waiver_file *f, const tg_waiver_entry *e, const tg_buf *text,
                           tg_diags *d) {
  tg_store s;
  tg_diags quiet;
  uint32_t source, list = UINT32_MAX;
  tg_diags_init(&quiet, text->mem);
  tg_status st = tg_store_init(&s, &text->mem->allocator, text->mem->limit);
  if (st == TG_OK) st = tg_sources_add(&s.sources, f->name, text->at, text->n, &source);
  if (st == TG_OK) st = read_entries(&s, source, &quiet, &list);
  bool same = st == TG_OK && tg_node_count(s.tree.nodes.at[list]) == f->count + 1;
  for (int k = 0; k < KEYS && same; k++) {
    tg_str want = value_of(e, k), got = text_in(&s, list, f->count, keys[k]);
    same = want.n == 0 ? got.at == NULL : got.at != NULL && tg_str_eq(want, got);
  }
  tg_store_done(&s);
  tg_diags_done(&quiet);
  if (st == TG_NOMEM || st == TG_LIMIT || same) return same ? TG_OK : st;
  tg_diag_file(d, TG_E_WAIVER_FILE, f->name,
               "an entry cannot be appended to a file that is laid out like this");
  tg_diag_hint(d, "write the entries as lines that begin with `- `, one mapping each");
  return TG_INVALID;
}

tg_status tg_waiver_file_append(const tg_waiver_file *f, const tg_waiver_entry *e, tg_diags *d, tg_buf *out) {
  const tg_source *s = &f->store.sources.list.at[f->source];
  const uint8_t *line = s->len ? memchr(s->text, '\n', s->len) : NULL;
  const char *line_end = line != NULL && line > s->text && line[-1] == '\r' ? "\r\n" : "\n";
  tg_buf_put(out, s->text, f->insert);
  if (f->layout == TG_LAYOUT_FLOW)
    put_flow(f, e, out);
  else
    put_block(f, e, line_end, out);
  tg_buf_put(out, s->text + f->insert, s->len - f->insert);
  if (out->failed) return tg_mem_status(out->mem);
  return read_back(f, e, out, d);
}
