/* Facts against the model: one walk over everything the model knows, converting in place. */
#include "facts/model.h"

#include <string.h>

typedef struct check {
  const tg_model *m;
  tg_store *s;
  tg_heap heap;
  tg_matcher *matcher;
  tg_diags *d;
  tg_status status;
} check;

/* Names as numbers: looking at a record then compares no texts.  Learned once a model, and again for names met since. */
static bool learn_names(check *c) {
  tg_store *s = c->s;
  uint32_t n = c->m->field_count;
  bool anew = s->fields_of != c->m->fields || s->fields_generation != s->generation || s->field_names.n != n;
  if (!anew && s->fields_seen == s->names.names.n) return true;
  if (!tg_vec_fit(&s->mem, &s->field_names, n > s->field_names.n ? n - s->field_names.n : 0)) return false;
  for (uint32_t i = 0; i < n; i++)
    if (anew || s->field_names.at[i] == TG_NO_NAME)
      s->field_names.at[i] = tg_names_find(&s->names, c->m->fields[i].name);
  s->field_names.n = n;
  s->fields_of = c->m->fields;
  s->fields_generation = s->generation;
  s->fields_seen = s->names.names.n;
  return true;
}

/* The field of a record called `name`: `*next` is where the search begins, the one behind the last found. */
static uint32_t child_field(const check *c, uint32_t field, uint32_t name, uint32_t *next) {
  const uint32_t *names = c->s->field_names.at;
  uint32_t first = c->m->fields[field].first_child;
  for (uint32_t k = *next; k != TG_NO_FIELD; k = c->m->fields[k].next)
    if (names[k] == name) {
      *next = c->m->fields[k].next;
      return k;
    }
  for (uint32_t k = first; k != *next && k != TG_NO_FIELD; k = c->m->fields[k].next)
    if (names[k] == name) {
      *next = c->m->fields[k].next;
      return k;
    }
  return TG_NO_FIELD;
}

static tg_str text_of(check *c, const tg_value *v) { return tg_text_of(&c->heap, v); }

static tg_span place_of(const check *c, uint32_t node) {
  tg_value v = c->s->tree.nodes.at[node];
  uint32_t start = v.start != TG_NOWHERE ? v.start : c->s->tree.places.at[node];
  if (start == TG_NOWHERE) return TG_NO_SPAN;
  uint32_t len = v.kind == TG_V_TEXT ? v.len + (v.aux == TG_HOME_QUOTED ? 2u : 0u) : 1;
  return (tg_span){start, len};
}

/* "`systems[].kt.x` must be a number, not the text `abc`" */
static void wrong(check *c, uint32_t node, uint32_t field, tg_code code, const char *found) {
  tg_buf path, type, value;
  tg_value v = c->s->tree.nodes.at[node];
  tg_buf_init(&path, &c->s->mem);
  tg_buf_init(&type, &c->s->mem);
  tg_buf_init(&value, &c->s->mem);
  tg_model_path(c->m, field, &path);
  tg_model_type_text(c->m, field, &type);
  if (v.kind != TG_V_SEQ && v.kind != TG_V_MAP) {
    tg_buf_puts(&value, " `");
    tg_value_print(&c->heap, v, &value);
    tg_buf_putc(&value, '`');
  }
  int n = value.n > 80 ? 80 : (int)value.n;
  tg_diag_at(c->d, code, &c->s->sources, place_of(c, node), "`%s` must be %s, not %s%.*s",
             path.n ? path.at : "?", type.n ? type.at : "?", found, n, value.n ? value.at : "");
  tg_buf_done(&path);
  tg_buf_done(&type);
  tg_buf_done(&value);
  c->status = TG_INVALID;
}

static const char *kind_found(tg_value v) {
  switch (v.kind) {
  case TG_V_SEQ: return "a list";
  case TG_V_MAP: return "a mapping";
  case TG_V_BOOL: return "the boolean";
  case TG_V_NUMBER: return "the number";
  default: return "the text";
  }
}

static bool is_word(check *c, const tg_value *v, const char *word) {
  return tg_is_text(*v) && tg_str_is(text_of(c, v), word);
}

static bool enum_has(const tg_model *m, const tg_field *f, tg_str word) {
  for (uint32_t i = 0; i < f->enum_count; i++)
    if (tg_str_eq(m->words[f->enum_first + i], word)) return true;
  return false;
}

static void check_enum(check *c, uint32_t node, uint32_t field, const tg_field *f, const tg_value *v) {
  if (!tg_is_text(*v)) {
    wrong(c, node, field, TG_E_FACT_TYPE, kind_found(*v));
    if (v->kind == TG_V_BOOL || v->kind == TG_V_NUMBER)
      tg_diag_hint(c->d, "a word that YAML reads as another type must be quoted");
    return;
  }
  tg_str word = text_of(c, v);
  if (enum_has(c->m, f, word)) return;
  wrong(c, node, field, TG_E_FACT_RANGE, "the text");
  int near = tg_nearest(word, c->m->words + f->enum_first, f->enum_count);
  if (near >= 0)
    tg_diag_hint(c->d, "did you mean `%.*s`?", TG_STR_ARG(c->m->words[f->enum_first + (uint32_t)near]));
}

static void check_number(check *c, uint32_t node, uint32_t field, const tg_field *f, uint8_t type,
                         tg_value v) {
  if (v.kind != TG_V_NUMBER) {
    wrong(c, node, field, TG_E_FACT_TYPE, kind_found(v));
    tg_value parsed;
    if (tg_is_text(v)) {
      tg_str s = text_of(c, &v);
      if (tg_number_parse(s.at, s.n, true, &parsed) == TG_PARSE_OK)
        tg_diag_hint(c->d, "leave the quotes and underscores out");
    }
    return;
  }
  tg_value whole = v;
  while (whole.aux > 0 && whole.num % 10 == 0) {
    whole.num /= 10;
    whole.aux--;
  }
  if (type == TG_T_INTEGER && whole.aux != 0) {
    wrong(c, node, field, TG_E_FACT_TYPE, "the number");
    return;
  }
  bool low = f->has_least && tg_is_true(tg_op2_apply(&c->heap, TG_LT, v, f->least));
  bool high = f->has_greatest && tg_is_true(tg_op2_apply(&c->heap, TG_GT, v, f->greatest));
  if (low || high) wrong(c, node, field, TG_E_FACT_RANGE, "the number");
}

static void check_text(check *c, uint32_t node, uint32_t field, const tg_field *f, const tg_value *v) {
  if (!tg_is_text(*v)) {
    wrong(c, node, field, TG_E_FACT_TYPE, kind_found(*v));
    if (v->kind == TG_V_NUMBER || v->kind == TG_V_BOOL) tg_diag_hint(c->d, "write it in quotes");
    return;
  }
  if (f->pattern == TG_NO_FIELD) return;
  tg_match got = tg_regex_match(c->matcher, c->m->patterns[f->pattern], text_of(c, v));
  if (got == TG_MATCH_NO || got == TG_MATCH_BUDGET) wrong(c, node, field, TG_E_FACT_RANGE, "the text");
  if (got == TG_MATCH_NOMEM) c->status = TG_NOMEM;
}

static void check_boolean(check *c, uint32_t node, uint32_t field, const tg_value *v) {
  static const char *const old[] = {"yes", "no",  "on",  "off", "y",  "n",   "Yes", "No",
                                    "On",  "Off", "YES", "NO",  "ON", "OFF", "Y",   "N"};
  if (v->kind == TG_V_BOOL) return;
  wrong(c, node, field, TG_E_FACT_TYPE, kind_found(*v));
  for (size_t i = 0; i < sizeof old / sizeof *old; i++)
    if (is_word(c, v, old[i]))
      tg_diag_hint(c->d, "in YAML 1.2 this is a text; write `%s`",
                   strchr("yYoO", old[i][0]) && !strchr("fF", old[i][1]) ? "true" : "false");
}

/* A value as a date; the words too where the field is an event. */
static void check_date(check *c, uint32_t node, uint32_t field, uint8_t type, tg_value *v) {
  tg_value date;
  if (tg_is_text(*v)) {
    tg_str s = text_of(c, v);
    if (tg_date_parse(s.at, s.n, &date)) {
      date.start = v->start;
      *v = date;
      return;
    }
    if (type == TG_T_EVENT && (tg_str_is(s, "none") || tg_str_is(s, "not_yet"))) return;
  } else if (v->kind == TG_V_DATE) {
    return;
  }
  wrong(c, node, field, TG_E_FACT_TYPE, kind_found(*v));
  tg_diag_hint(c->d, type == TG_T_EVENT ? "write a date as YYYY-MM-DD, or not_yet, or none"
                                        : "write it as YYYY-MM-DD");
}

static void check_duration(check *c, uint32_t node, uint32_t field, tg_value *v) {
  tg_value d;
  if (tg_is_text(*v)) {
    tg_str s = text_of(c, v);
    if (tg_duration_parse(s.at, s.n, &d)) {
      d.start = v->start;
      *v = d;
      return;
    }
  } else if (v->kind == TG_V_DURATION) {
    return;
  }
  wrong(c, node, field, TG_E_FACT_TYPE, kind_found(*v));
  tg_diag_hint(c->d, "write it as `90 days`, `2 weeks`, `6 months` or `1 year`");
}

static void check_scalar(check *c, uint32_t node, uint32_t field, uint8_t type) {
  const tg_field *f = &c->m->fields[field];
  tg_value *v = &c->s->tree.nodes.at[node];
  if (v->kind == TG_V_UNKNOWN) return;
  if (is_word(c, v, "unknown") && !(type == TG_T_ENUM && enum_has(c->m, f, TG_STR("unknown")))) {
    uint32_t start = v->start;
    *v = tg_unknown(TG_WHY_WORD);
    v->start = start;
    return;
  }
  switch (type) {
  case TG_T_TEXT: check_text(c, node, field, f, v); break;
  case TG_T_NUMBER:
  case TG_T_INTEGER: check_number(c, node, field, f, type, *v); break;
  case TG_T_BOOLEAN: check_boolean(c, node, field, v); break;
  case TG_T_DATE:
  case TG_T_EVENT: check_date(c, node, field, type, v); break;
  case TG_T_DURATION: check_duration(c, node, field, v); break;
  case TG_T_ENUM: check_enum(c, node, field, f, v); break;
  default: break;
  }
}

/* ---- containers ---- */

static void check_node(check *c, uint32_t node, uint32_t field);

static void unknown_fact(check *c, uint32_t node, uint32_t parent, tg_str name) {
  TG_VEC(tg_str) names = {NULL, 0, 0};
  tg_buf path;
  tg_buf_init(&path, &c->s->mem);
  tg_model_path(c->m, parent, &path);
  uint32_t place = c->s->tree.places.at[node];
  tg_span at = place == TG_NOWHERE ? TG_NO_SPAN : (tg_span){place, name.n};
  tg_diag_at(c->d, TG_E_FACT_UNKNOWN, &c->s->sources, at, "the model has no fact `%s%s%.*s`",
             path.n ? path.at : "", path.n ? "." : "", (int)(name.n < 80 ? name.n : 80), name.at);
  for (uint32_t k = c->m->fields[parent].first_child; k != TG_NO_FIELD; k = c->m->fields[k].next)
    (void)tg_vec_push(&c->s->mem, &names, c->m->fields[k].name);
  int near = names.n ? tg_nearest(name, names.at, names.n) : -1;
  if (near >= 0) tg_diag_hint(c->d, "did you mean `%.*s`?", TG_STR_ARG(names.at[near]));
  if (c->d->strict) c->status = TG_INVALID;
  tg_vec_done(&c->s->mem, &names);
  tg_buf_done(&path);
}

static void missing(check *c, uint32_t node, uint32_t field) {
  tg_buf path;
  tg_buf_init(&path, &c->s->mem);
  tg_model_path(c->m, field, &path);
  tg_diag_at(c->d, TG_E_FACT_REQUIRED, &c->s->sources, place_of(c, node), "`%s` must be known",
             path.n ? path.at : "?");
  tg_buf_done(&path);
  c->status = TG_INVALID;
}

/* A record that nobody gave lacks what must be known in it. */
static void missing_inside(check *c, uint32_t node, uint32_t field) {
  for (uint32_t k = c->m->fields[field].first_child; k != TG_NO_FIELD; k = c->m->fields[k].next) {
    if (c->m->fields[k].required)
      missing(c, node, k);
    else if (c->m->fields[k].holds_required)
      missing_inside(c, node, k);
  }
}

static void check_record(check *c, uint32_t node, uint32_t field) {
  tg_value v = c->s->tree.nodes.at[node];
  uint32_t first = tg_node_first(v), count = tg_node_count(v);
  uint32_t next = c->m->fields[field].first_child;
  for (uint32_t i = first; i < first + count; i++) {
    uint32_t name = c->s->tree.keys.at[i], child = child_field(c, field, name, &next);
    if (child == TG_NO_FIELD)
      unknown_fact(c, i, field, tg_names_get(&c->s->names, name));
    else
      check_node(c, i, child);
  }
  for (uint32_t k = c->m->fields[field].first_child; k != TG_NO_FIELD; k = c->m->fields[k].next) {
    const tg_field *f = &c->m->fields[k];
    if (!f->required && !f->holds_required) continue;
    uint32_t at = UINT32_MAX;
    for (uint32_t i = first; i < first + count; i++)
      if (c->s->tree.keys.at[i] == c->s->field_names.at[k]) at = i;
    bool there = at != UINT32_MAX, known = there && c->s->tree.nodes.at[at].kind != TG_V_UNKNOWN;
    if (known) continue;
    if (f->required)
      missing(c, there ? at : node, k);
    else
      missing_inside(c, there ? at : node, k);
  }
}

static uint32_t key_node(const check *c, uint32_t record, uint32_t key_field) {
  tg_value v = c->s->tree.nodes.at[record];
  if (v.kind != TG_V_MAP) return UINT32_MAX;
  for (uint32_t i = tg_node_first(v), n = i + tg_node_count(v); i < n; i++)
    if (c->s->tree.keys.at[i] == c->s->field_names.at[key_field]) return i;
  return UINT32_MAX;
}

/* Two records with one key: reading by it will be ambiguous.  A table of the keys, open addressing. */
static void check_keys(check *c, uint32_t first, uint32_t count, uint32_t key_field) {
  uint32_t slots = 8;
  while (slots < 2 * (uint64_t)count && slots < (1u << 31)) slots *= 2;
  uint32_t *table = tg_mem_zalloc(&c->s->mem, sizeof *table * slots);
  if (table == NULL) {
    c->status = tg_mem_status(&c->s->mem);
    return;
  }
  for (uint32_t i = first; i < first + count; i++) {
    uint32_t key = key_node(c, i, key_field);
    if (key == UINT32_MAX || c->s->tree.nodes.at[key].kind <= TG_V_ERROR ||
        c->s->tree.nodes.at[key].kind >= TG_V_SEQ)
      continue;
    tg_value v = c->s->tree.nodes.at[key];
    uint32_t at = (uint32_t)tg_value_hash(&c->heap, &c->s->names.seed, v) & (slots - 1);
    while (table[at] != 0 && !tg_same(&c->heap, c->s->tree.nodes.at[table[at] - 1], v))
      at = (at + 1) & (slots - 1);
    if (table[at] != 0) {
      tg_buf value;
      tg_buf_init(&value, &c->s->mem);
      tg_value_print(&c->heap, v, &value);
      tg_diag_at(c->d, TG_E_FACT_DUPLICATE, &c->s->sources, place_of(c, key),
                 "two records have the key `%.*s`", (int)(value.n < 80 ? value.n : 80),
                 value.n ? value.at : "");
      tg_diag_note_at(c->d, &c->s->sources, place_of(c, table[at] - 1), "first here");
      if (c->d->strict) c->status = TG_INVALID;
      tg_buf_done(&value);
    } else {
      table[at] = key + 1;
    }
  }
  tg_mem_free(&c->s->mem, table, sizeof *table * slots);
}

static void check_many(check *c, uint32_t node, uint32_t field) {
  tg_value v = c->s->tree.nodes.at[node];
  const tg_field *f = &c->m->fields[field];
  uint32_t first = tg_node_first(v), count = tg_node_count(v);
  for (uint32_t i = first; i < first + count; i++) {
    tg_value e = c->s->tree.nodes.at[i];
    if (e.kind == TG_V_MAP)
      check_record(c, i, field);
    else if (e.kind != TG_V_UNKNOWN && !is_word(c, &e, "unknown"))
      wrong(c, i, field, TG_E_FACT_TYPE, kind_found(e));
  }
  if (f->type == TG_T_ROWS && f->key_field != TG_NO_FIELD && count > 1)
    check_keys(c, first, count, f->key_field);
}

static void check_node(check *c, uint32_t node, uint32_t field) {
  const tg_field *f = &c->m->fields[field];
  tg_value *v = &c->s->tree.nodes.at[node];
  bool container = f->type >= TG_T_LIST;
  if (!container) {
    check_scalar(c, node, field, f->type);
    return;
  }
  if (v->kind == TG_V_UNKNOWN) return;
  if (is_word(c, v, "unknown")) {
    uint32_t start = v->start;
    *v = tg_unknown(TG_WHY_WORD);
    v->start = start;
    return;
  }
  bool wants_list = f->type == TG_T_LIST || f->type == TG_T_ROWS;
  if ((wants_list && v->kind != TG_V_SEQ) || (!wants_list && v->kind != TG_V_MAP)) {
    wrong(c, node, field, TG_E_FACT_TYPE, kind_found(*v));
    if (wants_list && v->kind != TG_V_MAP)
      tg_diag_hint(c->d, "write a list: [..], or one element a line with `- `");
    return;
  }
  if (f->type == TG_T_RECORD)
    check_record(c, node, field);
  else if (f->type == TG_T_LIST)
    for (uint32_t i = tg_node_first(*v), n = i + tg_node_count(*v); i < n; i++)
      check_scalar(c, i, field, f->element);
  else
    check_many(c, node, field);
}

/* Without a model: only the word `unknown`. */
static void convert_words(check *c) {
  for (uint32_t i = 0; i < c->s->tree.nodes.n; i++) {
    tg_value *v = &c->s->tree.nodes.at[i];
    if (v->kind != TG_V_TEXT || v->len != 7 || !is_word(c, v, "unknown")) continue;
    uint32_t start = v->start;
    *v = tg_unknown(TG_WHY_WORD);
    v->start = start;
  }
}

tg_status tg_model_check(const tg_model *m, tg_store *s, tg_matcher *matcher, tg_diags *d) {
  check c = {.m = m, .s = s, .matcher = matcher, .d = d, .status = TG_OK};
  tg_heap_init(&c.heap, &s->mem);
  tg_store_heap(s, &c.heap);
  if (!m->present)
    convert_words(&c);
  else if (learn_names(&c))
    check_record(&c, s->root, 0);
  tg_heap_done(&c.heap);
  if (s->mem.failed) return tg_mem_status(&s->mem);
  return c.status;
}
