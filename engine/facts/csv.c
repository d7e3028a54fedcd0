/* CSV (RFC 4180): a header row, then one record a row; dotted headers nest; cells by the model's type, else by the core schema. */
#include "facts/model.h"

#include "base/limits.h"

#include <string.h>

typedef struct column {
  tg_str name;    /* the whole header, dots included; in the pool's copy */
  uint32_t field; /* model field or TG_NO_FIELD */
  uint32_t place;
} column;

#define TG_NO_NODE UINT32_MAX
typedef struct header_node {
  uint32_t name;   /* interned; of the root TG_NO_NAME */
  uint32_t parent; /* TG_NO_NODE of the root */
  uint32_t column; /* of a cell; TG_NO_NODE: a record */
  uint32_t first, last, next;
  uint32_t place; /* the first column of a record, which says where it stands; of a cell its own */
} header_node;

typedef struct reader {
  tg_store *store;
  tg_builder *b;
  const tg_model *model;
  tg_diags *diags;
  const tg_source *source;
  const uint8_t *at, *end;
  tg_buf cell;
  TG_VEC(column) columns;
  TG_VEC(header_node) nodes; /* 0 is the record of a row */
  uint32_t *table, mask;     /* number of a node + 1 at its place */
  int deepest;             /* names that one header may join: with the list's own path at most TG_MAX_DEPTH */
  TG_VEC(tg_value) values; /* of the row at hand, beside columns */
  tg_arena arena;
} reader;

static uint32_t address(const reader *r, const uint8_t *p) {
  return r->source->base + (uint32_t)(p - r->source->text);
}

static tg_status fail(reader *r, const uint8_t *at, const char *message, const char *hint) {
  tg_diag_at(r->diags, TG_E_CSV_SYNTAX, &r->store->sources, (tg_span){address(r, at), 1}, "%s", message);
  if (hint) tg_diag_hint(r->diags, "%s", hint);
  return TG_INVALID;
}

/* One cell into r->cell; *last: the row ends behind it. */
static tg_status read_cell(reader *r, bool *quoted, bool *last, const uint8_t **start) {
  tg_buf_clear(&r->cell);
  *start = r->at;
  *quoted = r->at < r->end && *r->at == '"';
  if (*quoted) {
    for (r->at++;;) {
      const uint8_t *quote = memchr(r->at, '"', (size_t)(r->end - r->at));
      if (quote == NULL)
        return fail(r, *start, "the quoted cell is not closed", "a quote inside a cell is doubled");
      tg_buf_put(&r->cell, r->at, (size_t)(quote - r->at));
      r->at = quote + 1;
      if (r->at == r->end || *r->at != '"') break;
      tg_buf_putc(&r->cell, '"');
      r->at++;
    }
    if (r->at < r->end && *r->at != ',' && *r->at != '\n' && *r->at != '\r')
      return fail(r, r->at, "something follows the closing quote",
                  "quote the whole cell, and double quotes inside it");
  } else {
    const uint8_t *p = r->at;
    while (p < r->end && *p != ',' && *p != '\n' && *p != '\r') {
      if (*p == '"')
        return fail(r, p, "a quote stands inside a cell that is not quoted",
                    "quote the whole cell, and double quotes inside it");
      p++;
    }
    tg_buf_put(&r->cell, r->at, (size_t)(p - r->at));
    r->at = p;
  }
  *last = r->at == r->end || *r->at != ',';
  if (!*last) r->at++;
  if (*last && r->at < r->end && *r->at == '\r') r->at++;
  if (*last && r->at < r->end && *r->at == '\n') r->at++;
  return r->cell.failed ? tg_mem_status(&r->store->mem) : TG_OK;
}

static uint32_t model_field(const reader *r, tg_str collection, tg_str header) {
  if (r->model == NULL) return TG_NO_FIELD;
  uint32_t field = 0;
  tg_str paths[2] = {collection, header};
  for (int i = 0; i < 2; i++)
    for (uint32_t at = 0; at <= paths[i].n && field != TG_NO_FIELD;) {
      uint32_t end = at;
      while (end < paths[i].n && paths[i].at[end] != '.') end++;
      field = tg_model_child(r->model, field, (tg_str){paths[i].at + at, end - at});
      at = end + 1;
    }
  return field;
}

/* ---- header and records ---- */

static tg_str part_at(tg_str name, uint32_t from) {
  uint32_t end = from;
  while (end < name.n && name.at[end] != '.') end++;
  return (tg_str){name.at + from, end - from};
}

/* Place in the table of a node, or of the gap where it would stand: nodes are found by parent, name and kind. */
static uint32_t slot_of(const reader *r, uint32_t parent, uint32_t name, bool leaf) {
  uint64_t h = ((uint64_t)parent << 33 | (uint64_t)name << 1 | leaf) * UINT64_C(0x9e3779b97f4a7c15);
  for (uint32_t at = (uint32_t)(h >> 32) & r->mask;; at = (at + 1) & r->mask) {
    if (r->table[at] == 0) return at;
    const header_node *n = &r->nodes.at[r->table[at] - 1];
    if (n->parent == parent && n->name == name && (n->column != TG_NO_NODE) == leaf) return at;
  }
}

static tg_status grow_table(reader *r) {
  uint32_t size = r->table == NULL ? 64 : (r->mask + 1) * 4;
  uint32_t *old = r->table, *fresh = tg_mem_zalloc(&r->store->mem, sizeof *fresh * size);
  if (fresh == NULL) return tg_mem_status(&r->store->mem);
  if (old != NULL) tg_mem_free(&r->store->mem, old, sizeof *old * ((size_t)r->mask + 1));
  r->table = fresh;
  r->mask = size - 1;
  for (uint32_t n = 1; n < r->nodes.n; n++) {
    const header_node *h = &r->nodes.at[n];
    r->table[slot_of(r, h->parent, h->name, h->column != TG_NO_NODE)] = n + 1;
  }
  return TG_OK;
}

/* A header as a tree: `a.b` is a column `b` inside a record `a`.  Nodes of one record need not stand together in the file; a
 * node that is there already is given again. */
static tg_status add_node(reader *r, uint32_t parent, tg_str part, uint32_t cell, uint32_t *out) {
  uint32_t name = tg_names_add(&r->store->names, part);
  if (name == TG_NO_NAME) return tg_mem_status(&r->store->mem);
  if (r->table == NULL || r->nodes.n >= r->mask / 2) {
    tg_status st = grow_table(r);
    if (st != TG_OK) return st;
  }
  uint32_t at = slot_of(r, parent, name, cell != TG_NO_NODE);
  if (r->table[at] != 0) {
    *out = r->table[at] - 1;
    return TG_OK;
  }
  uint32_t last = r->nodes.at[parent].last;
  header_node node = {name, parent, cell, TG_NO_NODE, TG_NO_NODE, TG_NO_NODE, r->columns.n};
  *out = r->nodes.n;
  if (!tg_vec_push(&r->store->mem, &r->nodes, node)) return tg_mem_status(&r->store->mem);
  r->table[at] = r->nodes.n;
  if (last == TG_NO_NODE)
    r->nodes.at[parent].first = *out;
  else
    r->nodes.at[last].next = *out;
  r->nodes.at[parent].last = *out;
  return TG_OK;
}

/* The column about to be added, under its records. */
static tg_status place_column(reader *r, tg_str name, uint32_t place) {
  uint32_t node = 0;
  int depth = 0;
  for (uint32_t from = 0;;) {
    tg_str part = part_at(name, from);
    bool leaf = from + part.n == name.n;
    if (++depth > r->deepest) {
      tg_diag_at(r->diags, TG_E_DEPTH, &r->store->sources, (tg_span){place, 1},
                 "containers are nested more than %d deep", TG_MAX_DEPTH);
      return TG_INVALID;
    }
    tg_status st = add_node(r, node, part, leaf ? r->columns.n : TG_NO_NODE, &node);
    if (st != TG_OK) return st;
    if (leaf) break;
    from += part.n + 1;
  }
  uint32_t earlier = r->nodes.at[node].column;
  if (earlier == r->columns.n) return TG_OK;
  tg_diag_at(r->diags, TG_E_DUPLICATE_KEY, &r->store->sources, (tg_span){place, name.n},
             "the column `%.*s` stands twice", TG_STR_ARG(name));
  tg_diag_note_at(r->diags, &r->store->sources, (tg_span){r->columns.at[earlier].place, 1}, "first here");
  return TG_INVALID;
}

/* The record under `node` from the cells of the row at hand; headers nest at most TG_MAX_DEPTH deep. */
static tg_status build(reader *r, uint32_t node, uint32_t start, tg_value *out) {
  uint32_t mark = r->b->values.n;
  tg_value map = tg_value_make(TG_V_MAP, 0, 0);
  map.start = start;
  for (uint32_t n = r->nodes.at[node].first; n != TG_NO_NODE; n = r->nodes.at[n].next) {
    const header_node *h = &r->nodes.at[n];
    tg_value v = r->values.at[h->place];
    uint32_t place = v.start;
    tg_status st = h->column != TG_NO_NODE ? TG_OK : build(r, n, place, &v);
    if (st == TG_OK) st = tg_builder_push(r->b, h->name, place, v);
    if (st != TG_OK) return st;
  }
  return tg_builder_close(r->b, mark, map, out);
}

static tg_status read_header(reader *r, tg_str collection) {
  bool quoted, last = false;
  r->deepest = TG_MAX_DEPTH - 4; /* the document, the list, the record, and a list in a cell */
  for (uint32_t i = 0; i < collection.n; i++) r->deepest -= collection.at[i] == '.';
  header_node root = {TG_NO_NAME, TG_NO_NODE, TG_NO_NODE, TG_NO_NODE, TG_NO_NODE, TG_NO_NODE, 0};
  if (!tg_vec_push(&r->store->mem, &r->nodes, root)) return tg_mem_status(&r->store->mem);
  while (!last) {
    const uint8_t *start;
    tg_status st = read_cell(r, &quoted, &last, &start);
    if (st != TG_OK) return st;
    if (r->cell.n == 0) return fail(r, start, "a column has no name", NULL);
    char *copy = tg_arena_text(&r->arena, r->cell.at, r->cell.n);
    column c = {{copy, (uint32_t)r->cell.n}, TG_NO_FIELD, address(r, start)};
    if (copy == NULL) return tg_mem_status(&r->store->mem);
    c.field = model_field(r, collection, c.name);
    st = place_column(r, c.name, c.place);
    if (st != TG_OK) return st;
    if (!tg_vec_push(&r->store->mem, &r->columns, c)) return tg_mem_status(&r->store->mem);
  }
  return TG_OK;
}

/* ---- cells ---- */

static tg_status text_cell(reader *r, tg_str s, uint32_t place, tg_value *out) {
  int64_t offset = tg_pool_add(&r->store->pool, s.at, s.n);
  if (offset < 0) return tg_mem_status(&r->store->mem);
  *out = tg_text_value(TG_HOME_FACTS, r->store->pool.at + offset, s.n, place, (uint32_t)offset);
  return TG_OK;
}

static tg_status plain_cell(reader *r, tg_str s, uint32_t place, tg_value *out) {
  tg_value v;
  tg_parse got = tg_core_scalar(s.at, s.n, &v);
  if (got == TG_PARSE_NOT) return text_cell(r, s, place, out);
  if (got == TG_PARSE_RANGE) {
    tg_diag_at(r->diags, TG_E_NUMBER_RANGE, &r->store->sources, (tg_span){place, s.n},
               "numbers of 10^18 or more are not supported");
    return TG_INVALID;
  }
  v.start = place;
  *out = v;
  return TG_OK;
}

static tg_status wrong_list(reader *r, tg_str s, uint32_t place) {
  tg_diag_at(r->diags, TG_E_CSV_SYNTAX, &r->store->sources, (tg_span){place, s.n},
             "a list in a cell is written as JSON, with texts and numbers in it");
  tg_diag_hint(r->diags, "for example \"[\"\"a\"\", \"\"b\"\"]\"");
  return TG_INVALID;
}

/* Four hexadecimal digits, or -1. */
static int32_t hex4(tg_str s, uint32_t at) {
  int32_t cp = 0;
  if (at + 4 > s.n) return -1;
  for (uint32_t i = at; i < at + 4; i++) {
    char c = s.at[i];
    int digit = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;
    if (digit < 0) return -1;
    cp = cp * 16 + digit;
  }
  return cp;
}

/* A JSON text whose opening quote stands at *at, into `b`; false when it is malformed. */
static bool list_text(tg_str s, uint32_t *at, tg_buf *b) {
  static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
  tg_buf_clear(b);
  for (uint32_t i = *at + 1; i < s.n; i++) {
    char c = s.at[i];
    if (c == '"') {
      *at = i + 1;
      return true;
    }
    if ((unsigned char)c < 0x20) return false;
    if (c != '\\') {
      tg_buf_putc(b, c);
      continue;
    }
    if (++i >= s.n) return false;
    const char *name = memchr(names, s.at[i], sizeof names - 1);
    if (name != NULL) {
      tg_buf_putc(b, bytes[name - names]);
      continue;
    }
    int32_t cp = s.at[i] == 'u' ? hex4(s, i + 1) : -1;
    if (cp < 0 || (cp >= 0xdc00 && cp <= 0xdfff)) return false;
    i += 4;
    if (cp >= 0xd800 && cp <= 0xdbff) {
      int32_t low = i + 2 < s.n && s.at[i + 1] == '\\' && s.at[i + 2] == 'u' ? hex4(s, i + 3) : -1;
      if (low < 0xdc00 || low > 0xdfff) return false;
      cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
      i += 6;
    }
    uint8_t utf8[4];
    tg_buf_put(b, utf8, tg_utf8_put((uint32_t)cp, utf8));
  }
  return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* true, false, null or a number as JSON writes them. */
static bool json_literal(tg_str s) {
  uint32_t i = 0;
  if (tg_str_is(s, "true") || tg_str_is(s, "false") || tg_str_is(s, "null")) return true;
  if (i < s.n && s.at[i] == '-') i++;
  if (i == s.n || !is_digit(s.at[i]) || (s.at[i] == '0' && i + 1 < s.n && is_digit(s.at[i + 1])))
    return false;
  while (i < s.n && is_digit(s.at[i])) i++;
  if (i < s.n && s.at[i] == '.') {
    if (++i == s.n || !is_digit(s.at[i])) return false;
    while (i < s.n && is_digit(s.at[i])) i++;
  }
  if (i < s.n && (s.at[i] | 32) == 'e') {
    i++;
    if (i < s.n && (s.at[i] == '+' || s.at[i] == '-')) i++;
    if (i == s.n) return false;
    while (i < s.n && is_digit(s.at[i])) i++;
  }
  return i == s.n;
}

static uint32_t skip_blanks(tg_str s, uint32_t at) {
  while (at < s.n && (s.at[at] == ' ' || s.at[at] == '\t' || s.at[at] == '\n' || s.at[at] == '\r')) at++;
  return at;
}

static tg_status list_element(reader *r, tg_str s, uint32_t *at, uint32_t place, tg_value *out) {
  if (s.at[*at] == '"') {
    tg_buf b;
    tg_buf_init(&b, &r->store->mem);
    bool fine = list_text(s, at, &b);
    tg_status st = b.failed ? tg_mem_status(&r->store->mem)
                   : fine   ? text_cell(r, (tg_str){b.n ? b.at : "", (uint32_t)b.n}, place, out)
                            : wrong_list(r, s, place);
    tg_buf_done(&b);
    return st;
  }
  uint32_t end = *at;
  while (end < s.n && strchr(", \t\n\r]", s.at[end]) == NULL) end++;
  tg_str word = {s.at + *at, end - *at};
  *at = end;
  return json_literal(word) ? plain_cell(r, word, place, out) : wrong_list(r, s, place);
}

/* A list in a cell is JSON: `["a", "b"]`. */
static tg_status list_cell(reader *r, tg_str s, uint32_t place, tg_value *out) {
  uint32_t mark = r->b->values.n, at = skip_blanks(s, 0);
  tg_value list = tg_value_make(TG_V_SEQ, 0, 0);
  list.start = place;
  if (at == s.n || s.at[at] != '[') return wrong_list(r, s, place);
  at = skip_blanks(s, at + 1);
  while (at < s.n && s.at[at] != ']') {
    tg_value v;
    tg_status st = list_element(r, s, &at, place, &v);
    if (st == TG_OK) st = tg_builder_push(r->b, TG_NO_NAME, place, v);
    if (st != TG_OK) return st;
    at = skip_blanks(s, at);
    if (at < s.n && s.at[at] == ']') break;
    if (at == s.n || s.at[at] != ',') return wrong_list(r, s, place);
    at = skip_blanks(s, at + 1);
    if (at < s.n && s.at[at] == ']') return wrong_list(r, s, place); /* a comma that nothing follows */
  }
  if (at == s.n || skip_blanks(s, at + 1) != s.n) return wrong_list(r, s, place);
  return tg_builder_close(r->b, mark, list, out);
}

static tg_status cell_value(reader *r, const column *c, bool quoted, uint32_t place, tg_value *out) {
  tg_str s = {r->cell.n ? r->cell.at : "", (uint32_t)r->cell.n};
  uint8_t type = c->field == TG_NO_FIELD ? TG_T_ANY : r->model->fields[c->field].type;
  if (s.n == 0 && !quoted) {
    *out = tg_unknown(TG_WHY_NULL);
    out->start = place;
    return TG_OK;
  }
  switch (type) {
  case TG_T_LIST: return list_cell(r, s, place, out);
  case TG_T_TEXT:
  case TG_T_ENUM:
  case TG_T_DATE:
  case TG_T_EVENT:
  case TG_T_DURATION: return text_cell(r, s, place, out);
  case TG_T_NUMBER:
  case TG_T_INTEGER:
  case TG_T_BOOLEAN: return plain_cell(r, s, place, out);
  default: return quoted ? text_cell(r, s, place, out) : plain_cell(r, s, place, out);
  }
}

static tg_status read_row(reader *r, tg_value *out) {
  const uint8_t *row = r->at, *start;
  bool last = false, quoted;
  r->values.n = 0;
  while (!last) {
    tg_value v = tg_unknown(TG_WHY_NULL);
    tg_status st = read_cell(r, &quoted, &last, &start);
    if (st != TG_OK) return st;
    if (r->values.n == r->columns.n) return fail(r, start, "the row has more cells than the header", NULL);
    st = cell_value(r, &r->columns.at[r->values.n], quoted, address(r, start), &v);
    if (st != TG_OK) return st;
    if (!tg_vec_push(&r->store->mem, &r->values, v)) return tg_mem_status(&r->store->mem);
  }
  if (r->values.n < r->columns.n)
    return fail(r, row, "the row has fewer cells than the header",
                "leave a cell empty where nothing is known");
  return build(r, 0, address(r, row), out);
}

/* The list under its path: {a: {b: [..]}}. */
static tg_status wrap(reader *r, tg_str name, tg_value list, uint32_t source) {
  tg_value v = list;
  for (uint32_t end = name.n;;) {
    uint32_t from = end;
    while (from > 0 && name.at[from - 1] != '.') from--;
    uint32_t mark = r->b->values.n,
             key = tg_names_add(&r->store->names, (tg_str){name.at + from, end - from});
    tg_value map = tg_value_make(TG_V_MAP, 0, 0);
    map.start = list.start;
    if (key == TG_NO_NAME) return tg_mem_status(&r->store->mem);
    tg_status st = tg_builder_push(r->b, key, list.start, v);
    if (st == TG_OK) st = tg_builder_close(r->b, mark, map, &v);
    if (st != TG_OK) return st;
    if (from == 0) return tg_builder_root(r->b, v, source);
    end = from - 1;
  }
}

static tg_status read_all(reader *r, tg_str name, uint32_t source) {
  tg_status st = read_header(r, name);
  uint32_t mark = r->b->values.n;
  tg_value list = tg_value_make(TG_V_SEQ, 0, 0);
  list.start = r->source->base;
  const uint8_t *asked = r->at;
  while (st == TG_OK && r->at < r->end) {
    if (*r->at == '\n' || *r->at == '\r') { /* an empty line */
      r->at++;
      continue;
    }
    tg_value v;
    st = read_row(r, &v);
    if (st == TG_OK) st = tg_builder_push(r->b, TG_NO_NAME, v.start, v);
    if (st == TG_OK && r->store->interrupt != NULL && r->at - asked >= (ptrdiff_t)TG_INTERRUPT_BYTES) {
      asked = r->at;
      if (r->store->interrupt(r->store->interrupt_ctx) != 0) st = TG_INTERRUPTED;
    }
  }
  if (st == TG_OK) st = tg_builder_close(r->b, mark, list, &list);
  return st == TG_OK ? wrap(r, name, list, source) : st;
}

tg_status tg_facts_read_csv(tg_store *s, uint32_t source, tg_str name, const struct tg_model *model,
                            tg_diags *d) {
  const tg_source *x = &s->sources.list.at[source];
  reader r = {.store = s,
              .b = &s->builder,
              .model = model,
              .diags = d,
              .source = x,
              .at = x->text,
              .end = x->text + x->len};
  size_t bad = tg_utf8_bad(x->text, x->len);
  if (bad != x->len) {
    tg_diag_at(d, TG_E_UTF8, &s->sources, (tg_span){x->base + (uint32_t)bad, 1},
               "this byte is not valid UTF-8");
    return TG_INVALID;
  }
  if (x->len >= 3 && memcmp(x->text, "\xEF\xBB\xBF", 3) == 0) r.at += 3;
  if (r.at == r.end) {
    tg_diag_file(d, TG_E_EMPTY, x->name, "the file is empty: a CSV begins with a header row");
    return TG_INVALID;
  }
  tg_builder_init(&s->builder, s, d);
  tg_buf_init(&r.cell, &s->mem);
  tg_arena_init(&r.arena, &s->mem);
  tg_status st = read_all(&r, name, source);
  tg_buf_done(&r.cell);
  tg_vec_done(&s->mem, &r.columns);
  tg_vec_done(&s->mem, &r.nodes);
  if (r.table != NULL) tg_mem_free(&s->mem, r.table, sizeof *r.table * ((size_t)r.mask + 1));
  tg_vec_done(&s->mem, &r.values);
  tg_arena_done(&r.arena);
  return st;
}
