/* Expressions: every name resolved, every type that the model tells checked. */
#include "sema/checker.h"

#include <string.h>

tg_tir *tg_tir_new(tg_checker *c, tg_tir_kind kind, const tg_expr *x) {
  tg_tir *t = tg_arena_new(c->arena, tg_tir);
  if (t == NULL) {
    memset(&c->spare, 0, sizeof c->spare);
    c->spare.type = tg_type_make(TG_T_ANY);
    c->spare.kind = TG_R_ERROR;
    return &c->spare;
  }
  t->kind = (uint8_t)kind;
  t->span = x ? x->span : TG_NO_SPAN;
  t->type = tg_type_make(TG_T_ANY);
  t->var = TG_NO_VAR;
  t->path = UINT32_MAX;
  return t;
}

tg_tir *tg_tir_error(tg_checker *c, const tg_expr *x) { return tg_tir_new(c, TG_R_ERROR, x); }

tg_tir *tg_tir_const(tg_checker *c, const tg_expr *x, tg_value v, tg_type type) {
  tg_tir *t = tg_tir_new(c, TG_R_CONST, x);
  t->value = v;
  t->type = type;
  return t;
}

static tg_tir *typed(tg_checker *c, tg_tir_kind kind, const tg_expr *x, uint8_t type) {
  tg_tir *t = tg_tir_new(c, kind, x);
  t->type = tg_type_make(type);
  return t;
}

static bool is_error(const tg_tir *t) { return t->kind == TG_R_ERROR; }

tg_tir *tg_check_fact(tg_checker *c, uint32_t var, uint32_t path, uint32_t field, const tg_expr *x) {
  tg_tir *t = tg_tir_new(c, TG_R_FACT, x);
  t->var = var;
  t->path = path;
  t->type = tg_type_of_field(c, path, field);
  return t;
}

/* ---- names ---- */

static const tg_bound *bound_called(const tg_scope *s, tg_str name) {
  for (const tg_bound *b = s->bound; b; b = b->next)
    if (tg_str_eq(b->name, name)) return b;
  return NULL;
}

static uint32_t model_child(const tg_checker *c, uint32_t field, tg_str name) {
  for (uint32_t k = c->fields.at[field].first_child; k != TG_NO_FIELD; k = c->fields.at[k].next)
    if (tg_str_eq(c->fields.at[k].name, name)) return k;
  return TG_NO_FIELD;
}

static tg_tir *unknown_name(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  TG_VEC(tg_str) names = {NULL, 0, 0};
  if (tg_check_report(c, TG_E_UNKNOWN_NAME, x->op, "nothing is called `%.*s`", TG_STR_ARG(x->name))) {
    for (const tg_bound *b = s->bound; b; b = b->next) (void)tg_vec_push(c->mem, &names, b->name);
    for (uint32_t i = 0; i < c->lets.n; i++)
      if (tg_sees(c, s->pack, c->lets.at[i].pack))
        (void)tg_vec_push(c->mem, &names, c->lets.at[i].ast->name.text);
    for (uint32_t k = c->fields.at[0].first_child; k != TG_NO_FIELD; k = c->fields.at[k].next)
      (void)tg_vec_push(c->mem, &names, c->fields.at[k].name);
    tg_check_hint_near(c, x->name, names.at, names.n);
  }
  tg_vec_done(c->mem, &names);
  return tg_tir_error(c, x);
}

static tg_tir *check_argument(tg_checker *c, const tg_scope *s, const tg_bound *b, const tg_expr *x) {
  if (b->argument == NULL)
    return tg_tir_new(c, TG_R_UNKNOWN, x); /* a let on its own: its arguments could be anything */
  if (!tg_check_expands(c, x))
    return tg_tir_error(c, x); /* an argument of an argument of ..: as many steps */
  tg_scope outer = *b->outer;
  outer.depth = s->depth;
  return tg_check_expr(c, &outer, b->argument);
}

static tg_tir *check_name(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  const tg_bound *b = bound_called(s, x->name);
  if (b != NULL && b->var == TG_NO_VAR) return check_argument(c, s, b, x);
  if (b != NULL) {
    tg_tir *t = tg_tir_new(c, b->position ? TG_R_POSITION : TG_R_ELEMENT, x);
    t->var = b->var;
    t->type = b->position ? tg_type_make(TG_T_NUMBER) : b->type;
    return t;
  }
  tg_tir *let = tg_check_let(c, s, x->name, x, NULL, 0, false);
  if (let != NULL) return let;
  if (!c->out->model.present)
    return tg_check_fact(c, TG_NO_VAR, tg_path_child(c, 0, TG_P_FIELD, x->name, TG_NO_FIELD), TG_NO_FIELD, x);
  uint32_t field = model_child(c, 0, x->name);
  if (field == TG_NO_FIELD) return unknown_name(c, s, x);
  return tg_check_fact(c, TG_NO_VAR, tg_path_child(c, 0, TG_P_FIELD, x->name, field), field, x);
}

/* ---- fields ---- */

static tg_tir *no_fact(tg_checker *c, uint32_t path, uint32_t record, tg_str name, const tg_expr *x) {
  TG_VEC(tg_str) names = {NULL, 0, 0};
  tg_buf text;
  tg_buf_init(&text, c->mem);
  tg_path_text(c->out, path, &text);
  if (tg_check_report(c, TG_E_UNKNOWN_FACT, x->op, "no fact `%s%s%.*s`", text.n ? text.at : "",
                      text.n ? "." : "", (int)(name.n < 80 ? name.n : 80), name.at)) {
    for (uint32_t k = c->fields.at[record].first_child; k != TG_NO_FIELD; k = c->fields.at[k].next)
      (void)tg_vec_push(c->mem, &names, c->fields.at[k].name);
    tg_check_hint_near(c, name, names.at, names.n);
  }
  tg_vec_done(c->mem, &names);
  tg_buf_done(&text);
  return tg_tir_error(c, x);
}

static bool is_opaque(const tg_tir *t) { return t->kind == TG_R_UNKNOWN; }

/* The field `name` of what `base` gives. */
static tg_tir *field_of(tg_checker *c, tg_tir *base, tg_str name, const tg_expr *x) {
  if (is_error(base)) return base;
  if (is_opaque(base)) return base;
  tg_type t = base->type;
  bool record = t.kind == TG_T_RECORD, any = tg_type_is_any(t);
  if ((!record && !any) || (any && t.path == UINT32_MAX)) {
    if (any && c->opaque) return tg_tir_new(c, TG_R_UNKNOWN, x);
    if (tg_check_report(c, TG_E_TYPE, x->op, "%s has no field `%.*s`", tg_type_word(t), TG_STR_ARG(name)) &&
        tg_type_is_list(t))
      tg_diag_hint(c->d, "a field belongs to one record: use every, some, or an index");
    return tg_tir_error(c, x);
  }
  uint32_t record_field = record ? t.field : TG_NO_FIELD, field = TG_NO_FIELD;
  if (record && record_field != TG_NO_FIELD) {
    field = model_child(c, record_field, name);
    if (field == TG_NO_FIELD) return no_fact(c, t.path, record_field, name, x);
  }
  uint32_t path = tg_path_child(c, t.path, TG_P_FIELD, name, field);
  if (base->kind == TG_R_FACT) return tg_check_fact(c, base->var, path, field, x);
  if (base->kind == TG_R_ELEMENT) return tg_check_fact(c, base->var, path, field, x);
  tg_tir *f = tg_tir_new(c, TG_R_FIELD_OF, x);
  f->a = base->kind == TG_R_FIELD_OF && !base->type.row ? base->a : base;
  f->path = path;
  f->type = tg_type_of_field(c, path, field);
  return f;
}

static bool names_facts(const tg_expr *x) { return x->kind == TG_X_NAME && tg_str_is(x->name, "facts"); }

static bool is_params(const tg_expr *x) {
  while (x->kind == TG_X_FIELD) x = x->a;
  return x->kind == TG_X_PARAMS;
}

/* `pack.name` reaches a let of another pack; the pack's own name has points. */
static tg_tir *qualified_let(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_buf path;
  tg_buf_init(&path, c->mem);
  const tg_expr *chain[16];
  int n = 0;
  const tg_expr *at = x->a;
  for (; at->kind == TG_X_FIELD && n < 16; at = at->a) chain[n++] = at;
  tg_tir *found = NULL;
  if (at->kind == TG_X_NAME && n < 16) {
    tg_buf_put(&path, at->name.at, at->name.n);
    while (n > 0) {
      n--;
      tg_buf_putc(&path, '.');
      tg_buf_put(&path, chain[n]->name.at, chain[n]->name.n);
    }
    tg_str pack = {path.n ? path.at : "", (uint32_t)path.n};
    for (uint32_t i = 0; i < c->out->pack_count; i++)
      if (tg_sees(c, s->pack, i) && tg_str_eq(c->out->packs[i]->name.text, pack)) {
        tg_scope other = {i, NULL, NULL, s->depth};
        found = tg_check_let(c, &other, x->name, x, NULL, 0, false);
      }
  }
  tg_buf_done(&path);
  return found;
}

static bool base_is_free(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  while (x->kind == TG_X_FIELD) x = x->a;
  if (x->kind != TG_X_NAME || bound_called(s, x->name)) return false;
  return !c->out->model.present || model_child(c, 0, x->name) == TG_NO_FIELD;
}

static tg_tir *check_field(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  if (is_params(x)) return tg_check_param(c, s, x);
  if (base_is_free(c, s, x)) {
    tg_tir *let = qualified_let(c, s, x);
    if (let != NULL) return let;
  }
  return field_of(c, tg_check_expr(c, s, x->a), x->name, x);
}

/* ---- indexing ---- */

static tg_tir *check_index(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  bool literal_text = x->b->kind == TG_X_LITERAL && tg_is_text(x->b->value);
  if (names_facts(x->a) && bound_called(s, x->a->name) == NULL &&
      (!c->out->model.present || model_child(c, 0, x->a->name) == TG_NO_FIELD)) {
    if (!literal_text) {
      tg_check_report(c, TG_E_TYPE, x->b->span, "`facts[..]` wants the key in quotes");
      return tg_tir_error(c, x);
    }
    if (!c->out->model.present)
      return tg_check_fact(c, TG_NO_VAR, tg_path_child(c, 0, TG_P_FIELD, x->b->name, TG_NO_FIELD),
                           TG_NO_FIELD, x);
    uint32_t field = model_child(c, 0, x->b->name);
    if (field == TG_NO_FIELD) return no_fact(c, 0, 0, x->b->name, x);
    return tg_check_fact(c, TG_NO_VAR, tg_path_child(c, 0, TG_P_FIELD, x->b->name, field), field, x);
  }
  tg_tir *list = tg_check_expr(c, s, x->a), *key = tg_check_expr(c, s, x->b);
  if (is_error(list) || is_error(key)) return tg_tir_error(c, x);
  if (is_opaque(list)) return list;
  if (literal_text &&
      (list->type.kind == TG_T_RECORD || (tg_type_is_any(list->type) && list->type.path != UINT32_MAX)))
    return field_of(c, list, x->b->name, x);
  if (!tg_type_is_list(list->type) && !tg_type_is_any(list->type)) {
    tg_check_report(c, TG_E_TYPE, x->op, "%s cannot be indexed", tg_type_word(list->type));
    return tg_tir_error(c, x);
  }
  uint32_t path;
  tg_type element = tg_element_type(c, list, &path);
  bool keyed =
      list->type.kind == TG_T_MAP || (list->type.kind == TG_T_ROWS && list->type.field != TG_NO_FIELD &&
                                      c->fields.at[list->type.field].key_field != TG_NO_FIELD);
  if (!keyed && tg_type_is_list(list->type) && !tg_type_is_any(key->type) && !tg_type_is_number(key->type)) {
    tg_check_report(c, TG_E_TYPE, x->b->span, "this list is read by position, which is a number, not %s",
                    tg_type_word(key->type));
    return tg_tir_error(c, x);
  }
  tg_tir *t = tg_tir_new(c, TG_R_INDEX, x);
  t->a = list;
  t->b = key;
  t->type = element;
  if (path != UINT32_MAX) t->type.path = path;
  t->type.row = true;
  return t;
}

/* ---- operators ---- */

tg_tir *tg_check_condition(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_tir *t = tg_check_expr(c, s, x);
  if (is_error(t) || tg_type_is_any(t->type) || t->type.kind == TG_T_BOOLEAN) return t;
  if (tg_check_report(c, TG_E_TYPE, x->span, "a condition is wanted here, not %s", tg_type_word(t->type)))
    if (tg_type_is_list(t->type) || t->type.kind == TG_T_RECORD || t->type.kind == TG_T_TEXT)
      tg_diag_hint(c->d, "ask `is known`, `is not empty`, or compare it");
  return tg_tir_error(c, x);
}

static tg_tir *negated(tg_checker *c, const tg_expr *x, tg_tir *t) {
  if (!x->negated || is_error(t)) return t;
  tg_tir *n = typed(c, TG_R_NOT, x, TG_T_BOOLEAN);
  n->a = t;
  return n;
}

static tg_tir *logic(tg_checker *c, const tg_scope *s, const tg_expr *x, tg_tir_kind kind) {
  tg_tir *a = tg_check_condition(c, s, x->a), *b = tg_check_condition(c, s, x->b);
  if (is_error(a) || is_error(b)) return tg_tir_error(c, x);
  tg_tir *t = typed(c, kind, x, TG_T_BOOLEAN);
  t->a = a;
  t->b = b;
  return t;
}

/* Two constants that are no texts compute now, with the machine's own operators. */
static tg_tir *fold(tg_checker *c, const tg_expr *x, tg_tir *t) {
  if (t->a->kind != TG_R_CONST || t->b->kind != TG_R_CONST || tg_is_text(t->a->value) ||
      tg_is_text(t->b->value))
    return t;
  tg_heap none = {0};
  tg_value v = tg_op2_apply(&none, (tg_op2)t->op, t->a->value, t->b->value);
  if (v.kind == TG_V_ERROR || v.kind == TG_V_UNKNOWN) return t; /* says so at run time, with its causes */
  return tg_tir_const(c, x, v, t->type);
}

static tg_tir *check_compare(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_tir *a = tg_check_expr(c, s, x->a), *b = tg_check_expr(c, s, x->b);
  if (is_error(a) || is_error(b)) return tg_tir_error(c, x);
  if (!tg_check_comparable(c, a, b, x->op, "compare")) return tg_tir_error(c, x);
  bool ordered = x->op2 != TG_EQ && x->op2 != TG_NE;
  tg_type t = tg_type_is_any(a->type) ? b->type : a->type;
  if (ordered && (t.kind == TG_T_BOOLEAN || t.kind == TG_T_RECORD || tg_type_is_list(t))) {
    tg_check_report(c, TG_E_TYPE, x->op, "%s has no order: only == and != compare it", tg_type_word(t));
    return tg_tir_error(c, x);
  }
  tg_tir *r = typed(c, TG_R_OP2, x, TG_T_BOOLEAN);
  r->op = x->op2;
  r->a = a;
  r->b = b;
  return fold(c, x, r);
}

/* The type of a op b, or false when they do not go together. */
static bool arithmetic_type(uint8_t op, tg_type a, tg_type b, tg_type *out) {
  *out = tg_type_make(TG_T_ANY);
  if (tg_type_is_number(a) && tg_type_is_number(b)) {
    *out = tg_type_make(TG_T_NUMBER);
    return true;
  }
  bool any = tg_type_is_any(a) || tg_type_is_any(b);
  if (op == TG_MUL || op == TG_DIV)
    return any && (tg_type_is_any(a) || tg_type_is_number(a)) && (tg_type_is_any(b) || tg_type_is_number(b));
  if (a.kind == TG_T_DURATION && b.kind == TG_T_DURATION) {
    *out = a;
    return true;
  }
  if (tg_type_is_date(a) && b.kind == TG_T_DURATION) {
    *out = tg_type_make(TG_T_EVENT);
    return true;
  }
  if (op == TG_ADD && a.kind == TG_T_DURATION && tg_type_is_date(b)) {
    *out = tg_type_make(TG_T_EVENT);
    return true;
  }
  if (op == TG_SUB && tg_type_is_date(a) && tg_type_is_date(b)) {
    *out = tg_type_make(TG_T_DURATION);
    return true;
  }
  if (!any) return false;
  tg_type known = tg_type_is_any(a) ? b : a;
  return tg_type_is_any(known) || tg_type_is_number(known) || tg_type_is_date(known) ||
         known.kind == TG_T_DURATION;
}

static tg_tir *check_arith(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  static const char *const verbs[] = {
      [TG_ADD] = "add", [TG_SUB] = "subtract", [TG_MUL] = "multiply", [TG_DIV] = "divide"};
  tg_tir *a = tg_check_expr(c, s, x->a), *b = tg_check_expr(c, s, x->b);
  if (is_error(a) || is_error(b)) return tg_tir_error(c, x);
  tg_type type;
  if (!arithmetic_type(x->op2, a->type, b->type, &type)) {
    if (tg_check_report(c, TG_E_TYPE, x->op, "cannot %s %s and %s", verbs[x->op2], tg_type_word(a->type),
                        tg_type_word(b->type)) &&
        (tg_type_is_date(a->type) || tg_type_is_date(b->type)))
      tg_diag_hint(c->d, "a number of days is days(n)");
    return tg_tir_error(c, x);
  }
  tg_tir *r = tg_tir_new(c, TG_R_OP2, x);
  r->type = type;
  r->op = x->op2;
  r->a = a;
  r->b = b;
  return fold(c, x, r);
}

/* Without a model a fact that is used as a list becomes one: its elements get rows. */
static void use_as_list(tg_checker *c, const tg_tir *t) {
  uint32_t path;
  if (tg_type_is_any(t->type)) (void)tg_element_type(c, t, &path);
}

static bool all_constants(const tg_tir *list) {
  if (list->kind != TG_R_LIST || list->list_count == 0) return false;
  for (uint32_t i = 0; i < list->list_count; i++)
    if (list->list[i]->kind != TG_R_CONST) return false;
  return true;
}

static tg_tir *check_in(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_tir *a = tg_check_expr(c, s, x->a), *list = tg_check_expr(c, s, x->b);
  if (is_error(a) || is_error(list)) return tg_tir_error(c, x);
  if (!tg_type_is_list(list->type) && !tg_type_is_any(list->type)) {
    if (tg_check_report(c, TG_E_TYPE, x->op, "`in` wants a list on its right side, not %s",
                        tg_type_word(list->type)) &&
        tg_type_is_text(list->type))
      tg_diag_hint(c->d, "a part of a text is asked with `contains`");
    return tg_tir_error(c, x);
  }
  if (list->kind == TG_R_KEYS) {
    tg_tir *t = typed(c, TG_R_IN_KEYS, x, TG_T_BOOLEAN);
    t->a = a;
    t->b = list->a;
    return negated(c, x, t);
  }
  if (list->kind == TG_R_LIST) {
    for (uint32_t i = 0; i < list->list_count; i++)
      if (!tg_check_comparable(c, a, list->list[i], list->list[i]->span, "compare"))
        return tg_tir_error(c, x);
  } else {
    uint32_t path;
    tg_tir element = *list;
    element.type = tg_element_type(c, list, &path);
    element.kind = TG_R_FACT;
    if (!tg_check_comparable(c, a, &element, x->op, "compare")) return tg_tir_error(c, x);
  }
  bool set = all_constants(list);
  tg_tir *t = typed(c, set ? TG_R_IN_SET : TG_R_IN, x, TG_T_BOOLEAN);
  t->a = a;
  t->b = set ? NULL : list;
  t->list = set ? list->list : NULL;
  t->list_count = set ? list->list_count : 0;
  return negated(c, x, t);
}

static tg_tir *check_contains(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  static const tg_tir_kind kinds[] = {TG_R_CONTAINS, TG_R_CONTAINS_ALL, TG_R_CONTAINS_ANY};
  bool one = x->kind == TG_X_CONTAINS;
  tg_tir *a = tg_check_expr(c, s, x->a), *b = tg_check_expr(c, s, x->b);
  if (is_error(a) || is_error(b)) return tg_tir_error(c, x);
  bool text = one && tg_type_is_text(a->type);
  if (!text && !tg_type_is_list(a->type) && !tg_type_is_any(a->type)) {
    tg_check_report(c, TG_E_TYPE, x->op, "`contains` asks a list%s, not %s", one ? " or a text" : "",
                    tg_type_word(a->type));
    return tg_tir_error(c, x);
  }
  if (!one && !tg_type_is_list(b->type) && !tg_type_is_any(b->type)) {
    tg_check_report(c, TG_E_TYPE, x->b->span, "a list is wanted here, not %s", tg_type_word(b->type));
    return tg_tir_error(c, x);
  }
  if (text && tg_type_clash(a->type, b->type)) {
    tg_check_report(c, TG_E_TYPE, x->op, "a text contains texts, not %s", tg_type_word(b->type));
    return tg_tir_error(c, x);
  }
  if (tg_type_is_list(a->type)) {
    uint32_t path;
    tg_tir element = *a;
    element.kind = TG_R_FACT;
    element.type = tg_element_type(c, a, &path);
    if (one && !tg_check_comparable(c, &element, b, x->op, "compare")) return tg_tir_error(c, x);
    for (uint32_t i = 0; !one && b->kind == TG_R_LIST && i < b->list_count; i++)
      if (!tg_check_comparable(c, &element, b->list[i], b->list[i]->span, "compare"))
        return tg_tir_error(c, x);
  }
  use_as_list(c, a);
  if (!one) use_as_list(c, b);
  tg_tir *t = typed(c, kinds[x->kind - TG_X_CONTAINS], x, TG_T_BOOLEAN);
  t->a = a;
  t->b = b;
  return negated(c, x, t);
}

static tg_tir *check_matches(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_tir *a = tg_check_expr(c, s, x->a);
  if (is_error(a)) return a;
  if (!tg_type_is_any(a->type) && !tg_type_is_text(a->type)) {
    tg_check_report(c, TG_E_TYPE, x->a->span, "a pattern matches texts, not %s", tg_type_word(a->type));
    return tg_tir_error(c, x);
  }
  tg_regex *r = NULL;
  tg_regex_error e;
  tg_status st = tg_regex_new(c->mem, x->name, x->caseless, &r, &e);
  if (st == TG_INVALID) {
    tg_span at = x->op;
    at.start += 1 + (uint32_t)e.offset < at.len ? 1 + (uint32_t)e.offset : 0;
    at.len = 1;
    tg_check_report(c, TG_E_REGEX, at, "the pattern does not compile: %s", e.message);
    return tg_tir_error(c, x);
  }
  tg_regex_free(r);
  tg_tir *t = typed(c, TG_R_MATCHES, x, TG_T_BOOLEAN);
  tg_pattern_text p = {x->name, x->caseless, x->op};
  t->a = a;
  for (uint32_t i = 0; i < c->out->patterns.n; i++)
    if (c->out->patterns.at[i].caseless == x->caseless && tg_str_eq(c->out->patterns.at[i].source, x->name)) {
      t->index = i;
      return negated(c, x, t);
    }
  t->index = c->out->patterns.n;
  (void)tg_vec_push(c->mem, &c->out->patterns, p);
  return negated(c, x, t);
}

static tg_tir *check_test(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_tir *a = tg_check_expr(c, s, x->a);
  if (is_error(a)) return a;
  tg_type t = a->type;
  bool ok = true;
  if (x->test == TG_TEST_DONE || x->test == TG_TEST_DATED) ok = tg_type_is_date(t);
  if (x->test == TG_TEST_NONE) ok = tg_type_is_text(t) || tg_type_is_date(t);
  if (x->test == TG_TEST_EMPTY) ok = tg_type_is_text(t) || tg_type_is_list(t);
  if (!ok && !tg_type_is_any(t)) {
    static const char *const words[] = {"known", "missing", "none", "empty", "done", "dated"};
    tg_check_report(c, TG_E_TYPE, x->op, "%s cannot be asked whether it `is %s`", tg_type_word(t),
                    words[x->test]);
    return tg_tir_error(c, x);
  }
  if (x->test == TG_TEST_EMPTY) use_as_list(c, a);
  tg_tir *r = typed(c, TG_R_TEST, x, TG_T_BOOLEAN);
  r->a = a;
  r->op = x->test;
  r->negated = x->negated;
  return r;
}

/* `unknown`, and `[]` beside another list: the other side tells the type. */
static bool says_nothing(const tg_tir *x, const tg_tir *other) {
  return x->kind == TG_R_UNKNOWN ||
         (x->kind == TG_R_LIST && x->list_count == 0 && tg_type_is_list(other->type));
}

static tg_tir *check_choice(tg_checker *c, const tg_scope *s, const tg_expr *x, bool with_condition) {
  tg_tir *test = with_condition ? tg_check_condition(c, s, x->a) : NULL;
  const tg_expr *left = with_condition ? x->b : x->a, *right = with_condition ? x->c : x->b;
  tg_tir *a = tg_check_expr(c, s, left), *b = tg_check_expr(c, s, right);
  if ((test && is_error(test)) || is_error(a) || is_error(b)) return tg_tir_error(c, x);
  if (tg_type_clash(a->type, b->type)) {
    tg_check_report(c, TG_E_TYPE, x->op, "both sides must be of one type: this is %s and %s",
                    tg_type_word(a->type), tg_type_word(b->type));
    return tg_tir_error(c, x);
  }
  tg_tir *t = tg_tir_new(c, with_condition ? TG_R_IF : TG_R_DEFAULT, x);
  t->type = says_nothing(a, b) ? b->type : says_nothing(b, a) ? a->type : tg_type_join(a->type, b->type);
  if (with_condition) {
    t->a = test;
    t->b = a;
    t->c = b;
  } else {
    t->a = a;
    t->b = b;
  }
  return t;
}

static tg_tir *check_list(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_tir *t = typed(c, TG_R_LIST, x, TG_T_LIST);
  t->list = tg_arena_array(c->arena, tg_tir *, x->list_count ? x->list_count : 1);
  bool failed = t->list == NULL;
  for (uint32_t i = 0; i < x->list_count && !(t->list == NULL); i++) {
    tg_tir *e = tg_check_expr(c, s, x->list[i]);
    failed |= is_error(e);
    t->list[t->list_count++] = e;
    if (i == 0) t->type.element = e->type.kind;
    if (e->type.kind != t->type.element) t->type.element = TG_T_ANY;
    if (e->type.kind == TG_T_ENUM) t->type.element = TG_T_TEXT;
  }
  return failed ? tg_tir_error(c, x) : t;
}

static tg_tir *check_negative(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_tir *a = tg_check_expr(c, s, x->a);
  if (is_error(a)) return a;
  if (!tg_type_is_any(a->type) && !tg_type_is_number(a->type) && a->type.kind != TG_T_DURATION) {
    tg_check_report(c, TG_E_TYPE, x->op, "%s has no negative", tg_type_word(a->type));
    return tg_tir_error(c, x);
  }
  tg_heap none = {0};
  if (a->kind == TG_R_CONST && !tg_is_text(a->value))
    return tg_tir_const(c, x, tg_negate(&none, a->value), a->type);
  tg_tir *t = tg_tir_new(c, TG_R_NEG, x);
  t->type = a->type;
  t->a = a;
  return t;
}

static tg_tir *check_literal(tg_checker *c, const tg_expr *x) {
  static const struct {
    uint8_t value, type;
  } kinds[] = {{TG_V_BOOL, TG_T_BOOLEAN},
               {TG_V_NUMBER, TG_T_NUMBER},
               {TG_V_DATE, TG_T_DATE},
               {TG_V_DURATION, TG_T_DURATION},
               {TG_V_TEXT, TG_T_TEXT}};
  uint8_t type = TG_T_ANY;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].value == x->value.kind) type = kinds[i].type;
  tg_tir *t = tg_tir_const(c, x, x->value, tg_type_make(type));
  t->text = x->name;
  return t;
}

static tg_tir *dispatch(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_tir *a, *t;
  switch (x->kind) {
  case TG_X_LITERAL: return check_literal(c, x);
  case TG_X_UNKNOWN: return tg_tir_new(c, TG_R_UNKNOWN, x);
  case TG_X_TODAY: return typed(c, TG_R_TODAY, x, TG_T_DATE);
  case TG_X_NAME: return check_name(c, s, x);
  case TG_X_FIELD: return check_field(c, s, x);
  case TG_X_INDEX: return check_index(c, s, x);
  case TG_X_CALL: return tg_check_call(c, s, x);
  case TG_X_LIST: return check_list(c, s, x);
  case TG_X_NEG: return check_negative(c, s, x);
  case TG_X_NOT:
    a = tg_check_condition(c, s, x->a);
    if (is_error(a)) return a;
    t = typed(c, TG_R_NOT, x, TG_T_BOOLEAN);
    t->a = a;
    return t;
  case TG_X_AND: return logic(c, s, x, TG_R_AND);
  case TG_X_OR: return logic(c, s, x, TG_R_OR);
  case TG_X_COMPARE: return check_compare(c, s, x);
  case TG_X_ARITH: return check_arith(c, s, x);
  case TG_X_DEFAULT: return check_choice(c, s, x, false);
  case TG_X_IN: return check_in(c, s, x);
  case TG_X_CONTAINS:
  case TG_X_CONTAINS_ALL:
  case TG_X_CONTAINS_ANY: return check_contains(c, s, x);
  case TG_X_MATCHES: return check_matches(c, s, x);
  case TG_X_TEST: return check_test(c, s, x);
  case TG_X_IF: return check_choice(c, s, x, true);
  case TG_X_QUANTIFIER: return tg_check_quantifier(c, s, x);
  case TG_X_AGGREGATE: return tg_check_aggregate(c, s, x);
  case TG_X_PARAMS:
  case TG_X_ERROR: break;
  }
  return tg_tir_error(c, x);
}

tg_tir *tg_check_expr(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  if (x == NULL || c->mem->failed) return tg_tir_error(c, x);
  if (c->nesting > 4 * TG_MAX_EXPR_DEPTH) {
    tg_check_report(c, TG_E_EXPR_DEPTH, x->span, "lets inside lets nest too deep");
    return tg_tir_error(c, x);
  }
  c->nesting++;
  tg_tir *t = dispatch(c, s, x);
  c->nesting--;
  return t;
}
