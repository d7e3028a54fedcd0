/* CSV (RFC 4180): a header row, then one record a row; dotted headers nest; cells by the model's type, else by the core schema. */
#include "facts/model.h"

#include "base/limits.h"

#include <string.h>

typedef struct column {
  tg_str name;    /* the whole header, dots included; in the pool's copy */
  uint32_t field; /* model field or TG_NO_FIELD */
  uint32_t place;
} column;

typedef struct reader {
  tg_store *store;
  tg_builder *b;
  const tg_model *model;
  tg_diags *diags;
  const tg_source *source;
  const uint8_t *at, *end;
  tg_buf cell;
  TG_VEC(column) columns;
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

static tg_status read_header(reader *r, tg_str collection) {
  bool quoted, last = false;
  while (!last) {
    const uint8_t *start;
    tg_status st = read_cell(r, &quoted, &last, &start);
    if (st != TG_OK) return st;
    if (r->cell.n == 0) return fail(r, start, "a column has no name", NULL);
    char *copy = tg_arena_text(&r->arena, r->cell.at, r->cell.n);
    column c = {{copy, (uint32_t)r->cell.n}, TG_NO_FIELD, address(r, start)};
    if (copy == NULL) return tg_mem_status(&r->store->mem);
    for (uint32_t i = 0; i < r->columns.n; i++) {
      if (!tg_str_eq(r->columns.at[i].name, c.name)) continue;
      tg_diag_at(r->diags, TG_E_DUPLICATE_KEY, &r->store->sources, (tg_span){c.place, c.name.n},
                 "the column `%.*s` stands twice", TG_STR_ARG(c.name));
      tg_diag_note_at(r->diags, &r->store->sources, (tg_span){r->columns.at[i].place, 1}, "first here");
      return TG_INVALID;
    }
    c.field = model_field(r, collection, c.name);
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

/* A list in a cell is JSON: `["a", "b"]`. */
static tg_status list_cell(reader *r, tg_str s, uint32_t place, tg_value *out) {
  uint32_t mark = r->b->values.n, at = 1;
  tg_value list = tg_value_make(TG_V_SEQ, 0, 0);
  list.start = place;
  tg_status st = TG_OK;
  if (s.n < 2 || s.at[0] != '[' || s.at[s.n - 1] != ']') {
    tg_diag_at(r->diags, TG_E_CSV_SYNTAX, &r->store->sources, (tg_span){place, s.n},
               "a list in a cell is written as JSON");
    tg_diag_hint(r->diags, "for example \"[\"\"a\"\", \"\"b\"\"]\"");
    return TG_INVALID;
  }
  while (st == TG_OK && at < s.n - 1) {
    while (at < s.n - 1 && (s.at[at] == ' ' || s.at[at] == ',')) at++;
    if (at >= s.n - 1) break;
    tg_value v;
    if (s.at[at] == '"') {
      uint32_t end = at + 1;
      while (end < s.n - 1 && s.at[end] != '"' && s.at[end] != '\\') end++;
      if (s.at[end] != '"') {
        tg_diag_at(r->diags, TG_E_CSV_SYNTAX, &r->store->sources, (tg_span){place, s.n},
                   "a text in the cell's list is not closed, or holds an escape");
        return TG_INVALID;
      }
      st = text_cell(r, (tg_str){s.at + at + 1, end - at - 1}, place, &v);
      at = end + 1;
    } else {
      uint32_t end = at;
      while (end < s.n - 1 && s.at[end] != ',' && s.at[end] != ' ') end++;
      st = plain_cell(r, (tg_str){s.at + at, end - at}, place, &v);
      if (st == TG_OK && tg_is_text(v)) {
        tg_diag_at(r->diags, TG_E_CSV_SYNTAX, &r->store->sources, (tg_span){place, s.n},
                   "texts in the cell's list must be quoted");
        return TG_INVALID;
      }
      at = end;
    }
    if (st == TG_OK) st = tg_builder_push(r->b, TG_NO_NAME, place, v);
  }
  return st == TG_OK ? tg_builder_close(r->b, mark, list, out) : st;
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

/* ---- records ---- */

static tg_str part_at(tg_str name, uint32_t from) {
  uint32_t end = from;
  while (end < name.n && name.at[end] != '.') end++;
  return (tg_str){name.at + from, end - from};
}

/* The columns whose name begins with the first `from` bytes of column `first`, as one record: columns of one record need not stand together. */
static tg_status build(reader *r, uint32_t first, uint32_t from, int depth, uint32_t start, tg_value *out) {
  uint32_t mark = r->b->values.n;
  tg_value map = tg_value_make(TG_V_MAP, 0, 0);
  map.start = start;
  if (depth > TG_MAX_DEPTH) return TG_LIMIT;
  tg_str prefix = {r->columns.at[first].name.at, from};
  for (uint32_t i = 0; i < r->columns.n; i++) {
    const column *c = &r->columns.at[i];
    if (c->name.n < from || memcmp(c->name.at, prefix.at, from) != 0) continue;
    tg_str part = part_at(c->name, from);
    bool leaf = from + part.n == c->name.n, seen = false;
    for (uint32_t k = 0; k < i && !leaf && !seen; k++) { /* the record was made at its first column */
      const column *other = &r->columns.at[k];
      seen = other->name.n > from + part.n && memcmp(other->name.at, c->name.at, from + part.n + 1) == 0;
    }
    if (seen) continue;
    tg_value v = r->values.at[i];
    tg_status st = leaf ? TG_OK : build(r, i, from + part.n + 1, depth + 1, r->values.at[i].start, &v);
    uint32_t name = st == TG_OK ? tg_names_add(&r->store->names, part) : TG_NO_NAME;
    if (st == TG_OK && name == TG_NO_NAME) st = tg_mem_status(&r->store->mem);
    if (st == TG_OK) st = tg_builder_push(r->b, name, r->values.at[i].start, v);
    if (st != TG_OK) return st;
  }
  return tg_builder_close(r->b, mark, map, out);
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
  return build(r, 0, 0, 0, address(r, row), out);
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
  return st == TG_OK ? tg_builder_wrap(r->b, name, list, source) : st;
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
  tg_vec_done(&s->mem, &r.values);
  tg_arena_done(&r.arena);
  return st;
}
