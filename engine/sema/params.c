/* Parameters: constants with a type, overridden by full or unambiguous short name. */
#include "sema/checker.h"

#include <stdlib.h>
#include <string.h>

static uint8_t kind_of(const tg_type_ast *t) {
  static const struct {
    const char *word;
    uint8_t kind;
  } rows[] = {{"text", TG_T_TEXT},         {"number", TG_T_NUMBER}, {"integer", TG_T_INTEGER},
              {"boolean", TG_T_BOOLEAN},   {"date", TG_T_DATE},     {"event", TG_T_EVENT},
              {"duration", TG_T_DURATION}, {"enum", TG_T_ENUM}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (tg_str_is(t->kind, rows[i].word)) return rows[i].kind;
  return TG_T_ANY;
}

/* Reads one scalar by its type; false when it does not fit. */
static bool read_scalar(tg_str s, uint8_t kind, const tg_type_ast *t, tg_value *v, tg_str *text) {
  tg_value text_value = tg_value_make(TG_V_TEXT, TG_HOME_PROGRAM, 0);
  tg_heap none = {0};
  *text = s;
  switch (kind) {
  case TG_T_NUMBER:
  case TG_T_INTEGER:
    if (tg_number_parse(s.at, s.n, true, v) != TG_PARSE_OK) return false;
    for (tg_value w = *v; kind == TG_T_INTEGER && w.aux > 0; w.num /= 10, w.aux--)
      if (w.num % 10 != 0) return false;
    if (t && t->has_least && tg_is_true(tg_op2_apply(&none, TG_LT, *v, t->least))) return false;
    return !(t && t->has_greatest && tg_is_true(tg_op2_apply(&none, TG_GT, *v, t->greatest)));
  case TG_T_BOOLEAN: *v = tg_bool(tg_str_is(s, "true")); return v->num || tg_str_is(s, "false");
  case TG_T_DATE: return tg_date_parse(s.at, s.n, v);
  case TG_T_EVENT:
    *v = text_value;
    return tg_str_is(s, "none") || tg_str_is(s, "not_yet") || tg_date_parse(s.at, s.n, v);
  case TG_T_DURATION: return tg_duration_parse(s.at, s.n, v);
  case TG_T_ENUM:
    *v = text_value;
    for (uint32_t i = 0; t && i < t->words.count; i++)
      if (tg_str_eq(t->words.at[i].text, s)) return true;
    return false;
  default: *v = text_value; return true;
  }
}

/* Without `type`: booleans and numbers as the core schema reads them. */
static uint8_t guess(const tg_scalar_ast *s) {
  tg_value v;
  if (!s->plain || tg_core_scalar(s->text.at, s->text.n, &v) != TG_PARSE_OK) return TG_T_ANY;
  return v.kind == TG_V_NUMBER ? TG_T_NUMBER : v.kind == TG_V_BOOL ? TG_T_BOOLEAN : TG_T_ANY;
}

static bool set_value(tg_checker *c, tg_tir_param *p, const tg_param_ast *ast, const tg_scalar_ast *s,
                      tg_span at) {
  uint8_t kind = ast->type ? kind_of(ast->type)
                           : guess(s->is_list && s->list_count ? &s->list[0]
                                   : ast->value->is_list       ? &ast->value->list[0]
                                                               : ast->value);
  if (kind == TG_T_ANY) {
    if (tg_check_report(c, TG_E_PARAM_VALUE, at, "the parameter `%.*s` needs a `type`",
                        TG_STR_ARG(ast->name.text)))
      tg_diag_hint(c->d, "only numbers and booleans may leave it out");
    return false;
  }
  p->type = tg_type_make(kind == TG_T_ENUM ? TG_T_TEXT : kind);
  bool wants_list = ast->type ? ast->type->is_list : ast->value->is_list;
  if (wants_list != s->is_list) {
    tg_check_report(c, TG_E_PARAM_VALUE, at, "the parameter `%.*s` is %s", TG_STR_ARG(ast->name.text),
                    wants_list ? "a list" : "not a list");
    return false;
  }
  p->is_list = s->is_list;
  uint32_t n = s->is_list ? s->list_count : 1;
  p->list = s->is_list ? tg_arena_array(c->arena, tg_tir *, n ? n : 1) : NULL;
  for (uint32_t i = 0; i < n; i++) {
    const tg_scalar_ast *one = s->is_list ? &s->list[i] : s;
    tg_value v;
    tg_str text;
    if (!read_scalar(one->text, kind, ast->type, &v, &text)) {
      tg_check_report(c, TG_E_PARAM_VALUE, at, "`%.*s` does not fit the parameter `%.*s`, which is %s",
                      (int)(one->text.n < 60 ? one->text.n : 60), one->text.at, TG_STR_ARG(ast->name.text),
                      tg_type_word(tg_type_make(kind)));
      return false;
    }
    if (!s->is_list) {
      p->value = v;
      p->text = text;
      continue;
    }
    tg_tir *t = tg_arena_new(c->arena, tg_tir);
    if (t == NULL || p->list == NULL) return false;
    t->kind = TG_R_CONST;
    t->type = p->type;
    t->value = v;
    t->text = text;
    t->span = at;
    p->list[p->list_count++] = t;
  }
  if (p->is_list) {
    uint8_t element = p->type.kind;
    p->type = tg_type_make(TG_T_LIST);
    p->type.element = element;
  }
  return true;
}

static tg_str joined(tg_checker *c, tg_str a, tg_str b) {
  char *at = tg_arena_alloc(c->arena, a.n + b.n + 2);
  if (at == NULL) return (tg_str){"", 0};
  if (a.n) memcpy(at, a.at, a.n);
  at[a.n] = '.';
  if (b.n) memcpy(at + a.n + 1, b.at, b.n);
  return (tg_str){at, a.n + b.n + 1};
}

static void add_params(tg_checker *c, uint32_t pack, const tg_gate_ast *gate, const tg_param_ast *first) {
  for (const tg_param_ast *a = first; a; a = a->next) {
    tg_tir_param *made = tg_arena_new(c->arena, tg_tir_param);
    if (made == NULL) return;
    made->full_name = joined(c, gate ? gate->id.text : c->out->packs[pack]->name.text, a->name.text);
    made->unit = a->unit;
    made->about = a->about;
    made->origin = a->name.span;
    tg_param_state s = {pack, gate, a, made};
    set_value(c, made, a, a->value, a->value->span);
    if (!tg_vec_push(c->mem, &c->params, s)) return;
  }
}

/* Where complaints about a setting go: its place in a configuration, or nowhere for --param. */
static void complain(tg_checker *c, tg_code code, tg_span at, const char *format, tg_str name) {
  tg_diag_at(c->d, code, at.start == UINT32_MAX ? NULL : c->sources, at, format,
             (int)(name.n < 80 ? name.n : 80), name.at);
}

static tg_param_state *param_called(tg_checker *c, tg_text_at name) {
  tg_param_state *found = NULL;
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->params.n; i++) {
    tg_param_state *s = &c->params.at[i];
    bool full = tg_str_eq(s->made->full_name, name.text);
    if (!full && !tg_str_eq(s->ast->name.text, name.text)) continue;
    found = s;
    count = full ? 1 : count + 1;
    if (full) break;
  }
  if (found == NULL) {
    if (tg_check_left_out_param(c, name.text)) return NULL;
    tg_str *names = tg_arena_array(c->arena, tg_str, 2 * c->params.n + 1);
    complain(c, TG_E_UNKNOWN_PARAM, name.span, "there is no parameter `%.*s`", name.text);
    for (uint32_t i = 0; names && i < c->params.n; i++) {
      names[2 * i] = c->params.at[i].made->full_name;
      names[2 * i + 1] = c->params.at[i].ast->name.text;
    }
    if (names) tg_check_hint_near(c, name.text, names, 2 * c->params.n);
    return NULL;
  }
  if (count > 1) {
    complain(c, TG_E_AMBIGUOUS, name.span, "several parameters are called `%.*s`", name.text);
    tg_diag_hint(c->d, "use the full name, for example `%.*s`", TG_STR_ARG(found->made->full_name));
    return NULL;
  }
  return found;
}

tg_tir_param *tg_check_set_param(tg_checker *c, tg_text_at name, const tg_scalar_ast *value) {
  tg_param_state *found = param_called(c, name);
  if (found == NULL) return NULL;
  found->made->list_count = 0;
  set_value(c, found->made, found->ast, value, value->span);
  found->made->origin = name.span;
  found->made->from_option = name.span.start == UINT32_MAX;
  return found->made;
}

/* --param: the value as a YAML scalar would be; a list is separated by commas or written as a JSON list. */
static void override(tg_checker *c, const tg_param_setting *o) {
  tg_text_at name = {o->name, TG_NO_SPAN};
  tg_scalar_ast s = {.text = o->value, .plain = true, .span = TG_NO_SPAN};
  const tg_param_state *found = param_called(c, name);
  if (found == NULL) return;
  bool list = found->ast->type ? found->ast->type->is_list : found->ast->value->is_list;
  if (list) {
    s.is_list = true;
    s.list = tg_arena_array(c->arena, tg_scalar_ast, o->value.n + 1);
    uint32_t at = 0, end = o->value.n;
    if (end >= 2 && o->value.at[0] == '[' && o->value.at[end - 1] == ']') at++, end--;
    while (s.list != NULL && at < end) {
      while (at < end && (o->value.at[at] == ' ' || o->value.at[at] == ',')) at++;
      uint32_t from = at;
      while (at < end && o->value.at[at] != ',') at++;
      uint32_t to = at;
      while (to > from && o->value.at[to - 1] == ' ') to--;
      if (to - from >= 2 && o->value.at[from] == '"' && o->value.at[to - 1] == '"') from++, to--;
      if (to > from)
        s.list[s.list_count++] =
            (tg_scalar_ast){.text = {o->value.at + from, to - from}, .plain = true, .span = TG_NO_SPAN};
    }
  }
  tg_check_set_param(c, name, &s);
}

static int by_name(const void *a, const void *b) {
  return tg_str_cmp(((const tg_tir_param *)a)->full_name, ((const tg_tir_param *)b)->full_name);
}

void tg_check_params(tg_checker *c) {
  for (uint32_t i = 0; i < c->out->pack_count; i++) {
    add_params(c, i, NULL, c->out->packs[i]->params);
    for (const tg_gate_ast *g = c->out->packs[i]->gates; g; g = g->next) add_params(c, i, g, g->params);
  }
  tg_check_config_params(c);
  for (uint32_t i = 0; i < c->options->param_count; i++) override(c, &c->options->params[i]);
  tg_tir_param *all = tg_arena_array(c->arena, tg_tir_param, c->params.n + 1);
  if (all == NULL) return;
  for (uint32_t i = 0; i < c->params.n; i++) all[i] = *c->params.at[i].made;
  qsort(all, c->params.n, sizeof *all, by_name);
  c->out->params = all;
  c->out->param_count = c->params.n;
}

/* `params.x`, and `params.bot.governance.x` for another pack's. */
static bool dotted(const tg_expr *x, tg_buf *out) {
  if (x->kind == TG_X_PARAMS) return true;
  if (x->kind != TG_X_FIELD || !dotted(x->a, out)) return false;
  if (out->n) tg_buf_putc(out, '.');
  tg_buf_put(out, x->name.at, x->name.n);
  return true;
}

static tg_tir *use(tg_checker *c, const tg_param_state *p, const tg_expr *x) {
  tg_tir *t = tg_tir_new(c, p->made->is_list ? TG_R_LIST : TG_R_CONST, x);
  t->type = p->made->type;
  t->value = p->made->value;
  t->text = p->made->text;
  t->list = p->made->list;
  t->list_count = p->made->list_count;
  return t;
}

tg_tir *tg_check_param(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_buf name;
  tg_buf_init(&name, c->mem);
  dotted(x, &name);
  tg_str path = {name.n ? name.at : "", (uint32_t)name.n};
  const tg_param_state *found = NULL, *other = NULL;
  for (uint32_t level = 0; level < 3 && found == NULL;
       level++) /* the gate's, the pack's, those of used packs */
    for (uint32_t i = 0; i < c->params.n; i++) {
      const tg_param_state *p = &c->params.at[i];
      bool visible = level == 0   ? p->gate != NULL && p->gate == s->gate
                     : level == 1 ? p->gate == NULL && p->pack == s->pack
                                  : p->gate == NULL && tg_sees(c, s->pack, p->pack);
      bool full = level == 2 && tg_str_eq(p->made->full_name, path);
      if (!visible || (!full && !tg_str_eq(p->ast->name.text, path))) continue;
      if (found != NULL && !full) other = p;
      if (found == NULL || full) found = p;
      if (full) other = NULL;
    }
  tg_tir *t;
  if (found == NULL) {
    tg_str *names = tg_arena_array(c->arena, tg_str, c->params.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; names && i < c->params.n; i++)
      if ((c->params.at[i].gate != NULL && c->params.at[i].gate == s->gate) ||
          (c->params.at[i].gate == NULL && tg_sees(c, s->pack, c->params.at[i].pack)))
        names[n++] = c->params.at[i].ast->name.text;
    if (tg_check_report(c, TG_E_UNKNOWN_PARAM, x->op, "there is no parameter `%.*s`",
                        (int)(path.n < 80 ? path.n : 80), path.at) &&
        names)
      tg_check_hint_near(c, path, names, n);
    t = tg_tir_error(c, x);
  } else if (other != NULL) {
    if (tg_check_report(c, TG_E_AMBIGUOUS, x->op, "two packs have a parameter `%.*s`", TG_STR_ARG(path)))
      tg_diag_hint(c->d, "write params.%.*s", TG_STR_ARG(found->made->full_name));
    t = tg_tir_error(c, x);
  } else {
    t = use(c, found, x);
  }
  tg_buf_done(&name);
  return t;
}
