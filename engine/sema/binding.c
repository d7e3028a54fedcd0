/* Bindings, quantifiers and aggregates. */
#include "sema/checker.h"

tg_type tg_element_type(tg_checker *c, const tg_tir *list, uint32_t *path) {
  tg_type t = tg_type_make(TG_T_ANY);
  *path = UINT32_MAX;
  switch (list->type.kind) {
  case TG_T_ROWS:
  case TG_T_MAP:
    *path = list->type.path;
    t.kind = TG_T_RECORD;
    t.row = true;
    t.path = list->type.path;
    t.field = list->type.field;
    if (t.field == TG_NO_FIELD) t.kind = TG_T_ANY;
    return t;
  case TG_T_LIST:
    *path = list->type.path;
    t.kind = list->type.element;
    if (t.kind == TG_T_ENUM) t.field = list->type.field;
    if (t.kind == TG_T_ANY) t.path = list->type.path;
    return t;
  default:
    if (list->type.path != UINT32_MAX && tg_type_is_any(list->type)) {
      *path = tg_path_element(c, list->type.path, TG_NO_FIELD);
      t.path = *path;
      t.row = true;
    }
    return t;
  }
}

static bool check_shadow(tg_checker *c, const tg_scope *s, tg_str name, tg_span at) {
  const char *what = NULL;
  for (const tg_bound *b = s->bound; b && !what; b = b->next)
    if (tg_str_eq(b->name, name) && b->var != TG_NO_VAR) what = "another bound name";
  for (uint32_t i = 0; i < c->lets.n && !what; i++)
    if (tg_sees(c, s->pack, c->lets.at[i].pack) && tg_str_eq(c->lets.at[i].ast->name.text, name))
      what = "a let";
  for (uint32_t k = c->fields.at[0].first_child; k != TG_NO_FIELD && !what; k = c->fields.at[k].next)
    if (tg_str_eq(c->fields.at[k].name, name)) what = "a fact of the model";
  if (what == NULL) return true;
  if (tg_check_report(c, TG_E_SHADOW, at, "the name `%.*s` hides %s", TG_STR_ARG(name), what))
    tg_diag_hint(c->d, "choose another name");
  return false;
}

static tg_bound *bind(tg_checker *c, const tg_bound *next, tg_str name, uint32_t var, uint32_t depth,
                      bool position) {
  tg_bound *b = tg_arena_new(c->arena, tg_bound);
  if (b == NULL) return NULL;
  b->name = name;
  b->var = var;
  b->depth = depth;
  b->position = position;
  b->path = UINT32_MAX;
  b->next = next;
  return b;
}

/* The loop over `list`; names, where and order are not looked at yet. */
static tg_tir_loop *loop_over(tg_checker *c, const tg_scope *s, tg_tir *list, tg_span at, tg_scope *inner) {
  if (list->kind == TG_R_ERROR) return NULL;
  if (!tg_type_is_list(list->type) && !tg_type_is_any(list->type)) {
    tg_check_report(c, TG_E_TYPE, at, "a list is wanted here, not %s", tg_type_word(list->type));
    return NULL;
  }
  if (s->depth >= TG_MAX_BINDINGS) {
    if (tg_check_report(c, TG_E_BINDINGS, at, "bindings nest more than %d deep", TG_MAX_BINDINGS))
      tg_diag_hint(c->d, "move the inner part into a let");
    return NULL;
  }
  tg_tir_loop *l = tg_arena_new(c->arena, tg_tir_loop);
  if (l == NULL) return NULL;
  l->var = c->next_var++;
  l->depth = s->depth;
  l->list = list;
  uint32_t path;
  l->element = tg_element_type(c, list, &path);
  *inner = *s;
  inner->depth = s->depth + 1;
  return l;
}

tg_tir_loop *tg_check_binding(tg_checker *c, const tg_scope *s, const tg_binding *b, tg_scope *inner) {
  *inner = *s;
  tg_tir *list = tg_check_expr(c, s, b->list);
  tg_tir_loop *l = loop_over(c, s, list, b->list->span, inner);
  bool fine = check_shadow(c, s, b->name, b->name_span);
  if (b->position.n) fine = check_shadow(c, s, b->position, b->position_span) && fine;
  if (l == NULL || !fine) return NULL;
  tg_bound *bound = bind(c, s->bound, b->name, l->var, l->depth, false);
  if (bound == NULL) return NULL;
  bound->type = l->element;
  inner->bound = bound;
  if (b->position.n) {
    tg_bound *position = bind(c, bound, b->position, l->var, l->depth, true);
    if (position == NULL) return NULL;
    inner->bound = position;
    l->has_position = true;
  }
  if (b->where) l->where = tg_check_condition(c, inner, b->where);
  if (b->order) l->order = tg_check_expr(c, inner, b->order);
  if (b->order && l->order &&
      (l->order->type.kind == TG_T_RECORD || l->order->type.kind == TG_T_BOOLEAN ||
       tg_type_is_list(l->order->type))) {
    tg_check_report(c, TG_E_TYPE, b->order->span, "%s has no order to sort by", tg_type_word(l->order->type));
    return NULL;
  }
  l->descending = b->descending;
  if (b->first) {
    l->first = tg_check_expr(c, s, b->first);
    if (!tg_type_is_any(l->first->type) && !tg_type_is_number(l->first->type)) {
      tg_check_report(c, TG_E_TYPE, b->first->span, "`first` wants a number, not %s",
                      tg_type_word(l->first->type));
      return NULL;
    }
  }
  return l; /* what is wrong in its parts was said; the body may have more to say */
}

static tg_tir *loop_node(tg_checker *c, const tg_expr *x, tg_tir_loop *l, uint8_t word, tg_type type) {
  tg_tir *t = tg_tir_new(c, TG_R_LOOP, x);
  l->word = word;
  t->loop = l;
  t->type = type;
  return t;
}

tg_tir *tg_check_quantifier(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_scope inner;
  tg_tir_loop *l = tg_check_binding(c, s, &x->bindings[0], &inner);
  if (l == NULL) return tg_tir_error(c, x);
  l->body = tg_check_condition(c, &inner, x->b);
  if (l->body->kind == TG_R_ERROR) return tg_tir_error(c, x);
  return loop_node(c, x, l, x->word, tg_type_make(TG_T_BOOLEAN));
}

/* The list that `list(..)` makes of elements of this type. */
static tg_type list_of(tg_type element) {
  tg_type t = tg_type_make(TG_T_LIST);
  if (element.kind == TG_T_RECORD && element.row) {
    t.kind = TG_T_ROWS;
    t.path = element.path;
    t.field = TG_NO_FIELD;
    t.field = element.field;
    return t;
  }
  t.element = element.kind;
  t.field = element.kind == TG_T_ENUM ? element.field : TG_NO_FIELD;
  if (tg_type_is_any(element) && element.row) t.path = element.path;
  return t;
}

/* Several bindings: the first is the outermost, the innermost yields, the others join. */
static tg_tir *nested(tg_checker *c, const tg_scope *s, const tg_expr *x, uint32_t at) {
  tg_scope inner;
  tg_tir_loop *l = tg_check_binding(c, s, &x->bindings[at], &inner);
  if (l == NULL) return tg_tir_error(c, x);
  if (at + 1 < x->binding_count) {
    l->body = nested(c, &inner, x, at + 1);
    l->flatten = true;
    if (l->body->kind == TG_R_ERROR) return l->body;
    return loop_node(c, x, l, TG_W_LIST, l->body->type);
  }
  tg_type element = l->element;
  if (x->a != NULL) {
    l->body = tg_check_expr(c, &inner, x->a);
    if (l->body->kind == TG_R_ERROR) return l->body;
    element = l->body->type;
  }
  return loop_node(c, x, l, TG_W_LIST, list_of(element));
}

static bool addable(tg_type t) {
  return tg_type_is_any(t) || tg_type_is_number(t) || t.kind == TG_T_DURATION;
}
static bool orderable(tg_type t) { return addable(t) || tg_type_is_date(t) || tg_type_is_text(t); }

static tg_tir *aggregate(tg_checker *c, const tg_expr *x, tg_tir_loop *l, tg_type value) {
  tg_type type = tg_type_make(TG_T_NUMBER);
  switch (x->word) {
  case TG_W_COUNT:
  case TG_W_SHARE: break;
  case TG_W_LIST: type = list_of(value); break;
  default: {
    bool sum = x->word == TG_W_SUM || x->word == TG_W_AVG;
    if (sum ? !addable(value) : !orderable(value)) {
      tg_check_report(c, TG_E_TYPE, x->op, "`%.*s` of %s cannot be taken", TG_STR_ARG(x->name),
                      tg_type_word(value));
      return tg_tir_error(c, x);
    }
    type = value;
    if (tg_type_is_number(type)) type = tg_type_make(TG_T_NUMBER);
    break;
  }
  }
  return loop_node(c, x, l, x->word, type);
}

tg_tir *tg_check_aggregate(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  tg_scope inner;
  tg_tir_loop *l;
  if (x->binding_count > 1) return nested(c, s, x, 0);
  if (x->binding_count == 0) {
    if (x->a == NULL) return tg_tir_error(c, x);
    l = loop_over(c, s, tg_check_expr(c, s, x->a), x->a->span, &inner);
    return l == NULL ? tg_tir_error(c, x) : aggregate(c, x, l, l->element);
  }
  l = tg_check_binding(c, s, &x->bindings[0], &inner);
  if (l == NULL) return tg_tir_error(c, x);
  tg_type value = l->element;
  if (x->word == TG_W_SHARE)
    l->body = tg_check_condition(c, &inner, x->b);
  else if (x->a != NULL)
    l->body = tg_check_expr(c, &inner, x->a);
  if (l->body != NULL) {
    if (l->body->kind == TG_R_ERROR) return l->body;
    value = l->body->type;
  }
  if (x->word == TG_W_COUNT) l->body = NULL; /* what an element is does not change how many there are */
  return aggregate(c, x, l, value);
}
