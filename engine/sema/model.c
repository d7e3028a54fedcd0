/* The fact model as a table of fields, and the paths that rules speak of. */
#include "sema/checker.h"

#include <string.h>

static uint8_t type_kind(tg_str s) {
  static const char *const words[] = {"",     "text",  "number",   "integer", "boolean",
                                      "date", "event", "duration", "enum"};
  for (uint8_t i = 1; i < sizeof words / sizeof *words; i++)
    if (tg_str_is(s, words[i])) return i;
  return TG_T_ANY;
}

static uint32_t add_field(tg_checker *c, uint32_t parent, const tg_field *f) {
  uint32_t index = c->fields.n;
  if (!tg_vec_push(c->mem, &c->fields, *f)) return TG_NO_FIELD;
  uint32_t *link = &c->fields.at[parent].first_child;
  while (*link != TG_NO_FIELD) link = &c->fields.at[*link].next;
  *link = index;
  return index;
}

static void add_type(tg_checker *c, const tg_type_ast *t, tg_field *f) {
  uint8_t kind = type_kind(t->kind);
  f->type = t->is_list ? TG_T_LIST : kind;
  f->element = t->is_list ? kind : TG_T_ANY;
  f->required = t->required;
  f->is_key = t->key;
  f->has_least = t->has_least;
  f->has_greatest = t->has_greatest;
  f->least = t->least;
  f->greatest = t->greatest;
  f->enum_first = c->words.n;
  for (uint32_t i = 0; i < t->words.count; i++)
    if (tg_vec_push(c->mem, &c->words, t->words.at[i].text)) f->enum_count++;
  if (t->pattern.n == 0) return;
  tg_regex *r = NULL;
  tg_regex_error e;
  if (tg_regex_new(c->mem, t->pattern, t->caseless, &r, &e) == TG_INVALID) {
    tg_check_report(c, TG_E_REGEX, t->pattern_span, "the pattern does not compile: %s", e.message);
    return;
  }
  tg_regex_free(r);
  f->pattern = c->pattern_texts.n;
  (void)tg_vec_push(c->mem, &c->pattern_texts, t->pattern);
  (void)tg_vec_push(c->mem, &c->pattern_caseless, t->caseless);
}

/* A list as one writes it into facts: `[a, "b"]`, quoted where the author quoted. */
static tg_str example_text(tg_checker *c, const tg_scalar_ast *s) {
  if (s == NULL) return TG_STR("");
  if (!s->is_list) return s->text;
  tg_buf b;
  tg_buf_init(&b, c->mem);
  tg_buf_putc(&b, '[');
  for (uint32_t i = 0; i < s->list_count; i++) {
    const tg_scalar_ast *e = &s->list[i];
    tg_buf_puts(&b, i ? ", " : "");
    if (!e->plain) tg_buf_putc(&b, '"');
    for (uint32_t k = 0; k < e->text.n; k++) {
      if (!e->plain && (e->text.at[k] == '"' || e->text.at[k] == '\\')) tg_buf_putc(&b, '\\');
      tg_buf_putc(&b, e->text.at[k]);
    }
    if (!e->plain) tg_buf_putc(&b, '"');
  }
  tg_buf_putc(&b, ']');
  char *copy = b.failed ? NULL : tg_arena_text(c->arena, b.at, b.n);
  tg_str text = copy ? (tg_str){copy, (uint32_t)b.n} : TG_STR("");
  tg_buf_done(&b);
  return text;
}

static uint32_t child_called(const tg_checker *c, uint32_t parent, tg_str name) {
  for (uint32_t k = c->fields.at[parent].first_child; k != TG_NO_FIELD; k = c->fields.at[k].next)
    if (tg_str_eq(c->fields.at[k].name, name)) return k;
  return TG_NO_FIELD;
}

static void add_fields(tg_checker *c, uint32_t parent, const tg_model_ast *first, int depth);

static void add_used(tg_checker *c, uint32_t parent, const tg_text_at *use, int depth) {
  for (uint32_t i = 0; i < c->out->pack_count; i++)
    if (tg_str_eq(c->out->packs[i]->name.text, use->text)) {
      add_fields(c, parent, c->out->packs[i]->model, depth + 1);
      return;
    }
  tg_check_report(c, TG_E_UNKNOWN_PACK, use->span, "there is no pack `%.*s`", TG_STR_ARG(use->text));
}

static void add_fields(tg_checker *c, uint32_t parent, const tg_model_ast *first, int depth) {
  static const uint8_t kinds[] = {
      [TG_S_LEAF] = TG_T_ANY, [TG_S_RECORD] = TG_T_RECORD, [TG_S_ROWS] = TG_T_ROWS, [TG_S_MAP] = TG_T_MAP};
  for (const tg_model_ast *a = first; a != NULL && depth < TG_MAX_DEPTH; a = a->next) {
    uint32_t same = child_called(c, parent, a->name.text);
    if (same != TG_NO_FIELD) {
      if (tg_check_report(c, TG_E_CONFLICT, a->name.span, "the model has the fact `%.*s` twice",
                          TG_STR_ARG(a->name.text)))
        tg_diag_note_at(c->d, c->sources, c->fields.at[same].span, "the other one");
      continue;
    }
    tg_field f = {.name = a->name.text,
                  .parent = parent,
                  .first_child = TG_NO_FIELD,
                  .next = TG_NO_FIELD,
                  .type = kinds[a->shape],
                  .pattern = TG_NO_FIELD,
                  .key_field = TG_NO_FIELD,
                  .unit = a->unit,
                  .about = a->about,
                  .example = example_text(c, a->example),
                  .known_by = {"", 0},
                  .span = a->name.span};
    if (a->shape == TG_S_LEAF) add_type(c, &a->type, &f);
    uint32_t index = add_field(c, parent, &f);
    if (index == TG_NO_FIELD) return;
    if (f.is_key) {
      tg_field *list = &c->fields.at[parent];
      if (list->type != TG_T_ROWS)
        tg_check_report(c, TG_E_BAD_TYPE, a->type.span, "a key names the records of a list");
      else if (list->key_field != TG_NO_FIELD)
        tg_check_report(c, TG_E_BAD_TYPE, a->type.span, "a list has one key");
      else
        list->key_field = index;
    }
    if (a->use.text.n)
      add_used(c, index, &a->use, depth);
    else if (a->shape != TG_S_LEAF)
      add_fields(c, index, a->children, depth + 1);
  }
}

/* `systems[].kt` or `systems.kt`: below `top`. */
static void set_known(tg_checker *c, uint32_t top, const tg_known_ast *k) {
  uint32_t field = top;
  tg_str rest = k->path.text;
  while (rest.n > 0) {
    uint32_t n = 0, name;
    while (n < rest.n && rest.at[n] != '.') n++;
    name = n;
    if (n > 2 && (memcmp(rest.at + n - 2, "[]", 2) == 0 || memcmp(rest.at + n - 2, "{}", 2) == 0)) name -= 2;
    uint32_t child = child_called(c, field, (tg_str){rest.at, name});
    if (child == TG_NO_FIELD) {
      tg_str *names = tg_arena_array(c->arena, tg_str, c->fields.n);
      uint32_t count = 0;
      for (uint32_t i = c->fields.at[field].first_child; names && i != TG_NO_FIELD; i = c->fields.at[i].next)
        names[count++] = c->fields.at[i].name;
      if (tg_check_report(c, TG_E_UNKNOWN_FACT, k->path.span, "the model has no fact `%.*s`",
                          TG_STR_ARG(k->path.text)))
        tg_check_hint_near(c, (tg_str){rest.at, name}, names, count);
      return;
    }
    field = child;
    n += n < rest.n;
    rest = (tg_str){rest.at + n, rest.n - n};
  }
  if (field != top) c->fields.at[field].known_by = k->who.text;
}

void tg_check_model(tg_checker *c) {
  tg_field root = {.name = {"", 0},
                   .parent = TG_NO_FIELD,
                   .first_child = TG_NO_FIELD,
                   .next = TG_NO_FIELD,
                   .type = TG_T_RECORD,
                   .pattern = TG_NO_FIELD,
                   .key_field = TG_NO_FIELD,
                   .unit = {"", 0},
                   .about = {"", 0},
                   .example = {"", 0},
                   .known_by = {"", 0},
                   .span = TG_NO_SPAN};
  if (!tg_vec_push(c->mem, &c->fields, root)) return;
  for (uint32_t i = 0; i < c->out->pack_count; i++) {
    const tg_pack_ast *p = c->out->packs[i];
    if (!p->has_model) continue;
    if (c->out->portfolio && p->scope.text.n == 0) continue; /* used through engagements[] */
    c->out->model.present = true;
    add_fields(c, 0, p->model, 0);
  }
  for (uint32_t i = 0; i < c->out->pack_count; i++)
    for (const tg_known_ast *k = c->out->packs[i]->known_by; k; k = k->next) {
      if (!c->out->portfolio)
        set_known(c, 0, k);
      else /* the facts of a document stand below engagements[] */
        for (uint32_t f = c->fields.at[0].first_child; f != TG_NO_FIELD; f = c->fields.at[f].next)
          if (c->fields.at[f].first_child != TG_NO_FIELD) set_known(c, f, k);
    }
  for (uint32_t f = c->fields.n; f-- > 1;) { /* children come last */
    tg_field *parent = &c->fields.at[c->fields.at[f].parent];
    bool inside = c->fields.at[f].required || c->fields.at[f].holds_required;
    if (inside && parent->type == TG_T_RECORD) parent->holds_required = true;
  }
  for (uint32_t f = 1; f < c->fields.n; f++) /* parents come first */
    if (c->fields.at[f].known_by.n == 0)
      c->fields.at[f].known_by = c->fields.at[c->fields.at[f].parent].known_by;
}

/* ---- paths ---- */

uint32_t tg_path_child(tg_checker *c, uint32_t parent, tg_path_kind kind, tg_str name, uint32_t field) {
  tg_checked *o = c->out;
  uint32_t last = UINT32_MAX;
  for (uint32_t k = o->paths.at[parent].first_child; k != UINT32_MAX; k = o->paths.at[k].next) {
    const tg_path *p = &o->paths.at[k];
    if (p->kind == kind && (kind == TG_P_ELEMENT || tg_str_eq(p->name, name))) return k;
    last = k;
  }
  uint32_t index = o->paths.n;
  tg_path p = {(uint8_t)kind, true,      parent,
               name,          field,     kind == TG_P_ELEMENT ? index : o->paths.at[parent].row,
               UINT32_MAX,    UINT32_MAX};
  if (!tg_vec_push(c->mem, &o->paths, p)) return 0;
  if (last == UINT32_MAX)
    o->paths.at[parent].first_child = index;
  else
    o->paths.at[last].next = index;
  return index;
}

uint32_t tg_path_element(tg_checker *c, uint32_t list_path, uint32_t field) {
  uint32_t element = tg_path_child(c, list_path, TG_P_ELEMENT, (tg_str){"", 0}, field);
  if (field != TG_NO_FIELD && c->fields.at[field].type == TG_T_ROWS &&
      c->fields.at[field].key_field != TG_NO_FIELD) {
    uint32_t key = c->fields.at[field].key_field;
    tg_path_child(c, element, TG_P_FIELD, c->fields.at[key].name, key);
  }
  return element;
}

tg_type tg_type_of_field(tg_checker *c, uint32_t path, uint32_t field) {
  tg_type t = tg_type_make(TG_T_ANY);
  t.field = field;
  if (field == TG_NO_FIELD) {
    t.path = path;
    return t;
  }
  t.kind = c->fields.at[field].type;
  t.element = c->fields.at[field].element;
  if (t.kind == TG_T_RECORD) t.path = path;
  if (tg_type_is_list(t)) t.path = tg_path_element(c, path, field);
  return t;
}

void tg_path_text(const tg_checked *c, uint32_t path, tg_buf *out) {
  const tg_path *p = &c->paths.at[path];
  if (p->kind == TG_P_ROOT) return;
  tg_path_text(c, p->parent, out);
  if (p->kind == TG_P_ELEMENT) {
    tg_buf_puts(out, "[]");
    return;
  }
  if (p->parent != 0) tg_buf_putc(out, '.');
  tg_buf_put(out, p->name.at, p->name.n);
}
