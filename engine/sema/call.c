/* Functions, and lets with arguments. */
#include "sema/checker.h"

typedef enum takes { NUMBER_OR_DURATION, NUMBER, TEXT, LIST, KEYED } takes;

static const struct function {
  const char *name;
  uint32_t arguments;
} functions[] = {{"days", 1}, {"abs", 1},  {"round", 2},  {"lower", 1},    {"length", 1},
                 {"join", 2}, {"keys", 1}, {"unique", 1}, {"is_unique", 1}};
enum { DAYS, ABS, ROUND, LOWER, LENGTH, JOIN, KEYS, UNIQUE, IS_UNIQUE, FUNCTIONS };

static bool fits(tg_type t, takes wanted) {
  if (tg_type_is_any(t)) return true;
  switch (wanted) {
  case NUMBER_OR_DURATION: return tg_type_is_number(t) || t.kind == TG_T_DURATION;
  case NUMBER: return tg_type_is_number(t);
  case TEXT: return tg_type_is_text(t);
  case LIST:
  case KEYED: return tg_type_is_list(t);
  }
  return false;
}

static bool want(tg_checker *c, const tg_expr *call, uint32_t i, const tg_tir *t, takes wanted) {
  static const char *const words[] = {"a number or a duration", "a number", "a text", "a list",
                                      "a list or map of records"};
  if (t->kind == TG_R_ERROR) return false;
  if (fits(t->type, wanted)) return true;
  tg_check_report(c, TG_E_TYPE, call->list[i]->span, "`%.*s` wants %s, not %s", TG_STR_ARG(call->name),
                  words[wanted], tg_type_word(t->type));
  return false;
}

static tg_tir *made(tg_checker *c, tg_tir_kind kind, const tg_expr *x, tg_tir *a, tg_tir *b, tg_type type) {
  tg_tir *t = tg_tir_new(c, kind, x);
  t->a = a;
  t->b = b;
  t->type = type;
  return t;
}

static tg_tir *function1(tg_checker *c, tg_fn1 fn, const tg_expr *x, tg_tir *a, uint8_t type) {
  tg_heap none = {0};
  if (a->kind == TG_R_CONST && !tg_is_text(a->value)) {
    tg_value v = tg_fn1_apply(&none, fn, a->value);
    if (v.kind > TG_V_ERROR) return tg_tir_const(c, x, v, tg_type_make(type));
  }
  tg_tir *t = made(c, TG_R_FN1, x, a, NULL, tg_type_make(type));
  t->op = (uint8_t)fn;
  return t;
}

static tg_tir *apply(tg_checker *c, int f, const tg_expr *x, tg_tir *a, tg_tir *b) {
  static const takes first[] = {
      NUMBER_OR_DURATION, NUMBER_OR_DURATION, NUMBER, TEXT, TEXT, LIST, KEYED, LIST, LIST};
  if (!want(c, x, 0, a, first[f])) return tg_tir_error(c, x);
  if (b != NULL && !want(c, x, 1, b, f == ROUND ? NUMBER : TEXT)) return tg_tir_error(c, x);
  bool duration = a->type.kind == TG_T_DURATION;
  uint32_t elements;
  if (first[f] >= LIST && tg_type_is_any(a->type))
    (void)tg_element_type(c, a, &elements); /* its elements get rows */
  switch (f) {
  case DAYS:
    return function1(c, TG_FN_DAYS, x, a,
                     duration                  ? TG_T_NUMBER
                     : tg_type_is_any(a->type) ? TG_T_ANY
                                               : TG_T_DURATION);
  case ABS: return function1(c, TG_FN_ABS, x, a, a->type.kind);
  case ROUND: return made(c, TG_R_ROUND, x, a, b, tg_type_make(TG_T_NUMBER));
  case LOWER: return function1(c, TG_FN_LOWER, x, a, TG_T_TEXT);
  case LENGTH: return made(c, TG_R_LENGTH, x, a, NULL, tg_type_make(TG_T_NUMBER));
  case JOIN: return made(c, TG_R_JOIN, x, a, b, tg_type_make(TG_T_TEXT));
  case KEYS: {
    bool keyed = a->type.kind == TG_T_MAP || (a->type.kind == TG_T_ROWS && a->type.field != TG_NO_FIELD &&
                                              c->fields.at[a->type.field].key_field != TG_NO_FIELD);
    uint32_t path;
    tg_element_type(c, a, &path);
    if (!keyed && tg_type_is_list(a->type)) {
      tg_check_report(c, TG_E_TYPE, x->list[0]->span, "the records of this list have no key");
      return tg_tir_error(c, x);
    }
    tg_type t = tg_type_make(TG_T_LIST);
    t.element = TG_T_ANY;
    return made(c, TG_R_KEYS, x, a, NULL, t);
  }
  case UNIQUE:
    return made(c, TG_R_UNIQUE, x, a, NULL, a->type.kind == TG_T_ANY ? tg_type_make(TG_T_LIST) : a->type);
  default: return made(c, TG_R_IS_UNIQUE, x, a, NULL, tg_type_make(TG_T_BOOLEAN));
  }
}

tg_tir *tg_check_call(tg_checker *c, const tg_scope *s, const tg_expr *x) {
  int f = 0;
  while (f < FUNCTIONS && !tg_str_is(x->name, functions[f].name)) f++;
  if (f == FUNCTIONS) {
    tg_tir *let = tg_check_let(c, s, x->name, x, x->list, x->list_count, true);
    if (let != NULL) return let;
    tg_str names[FUNCTIONS + 7] = {{"count", 5}, {"sum", 3},  {"avg", 3},  {"min", 3},
                                   {"max", 3},   {"list", 4}, {"share", 5}};
    for (int i = 0; i < FUNCTIONS; i++) names[7 + i] = tg_str_of(functions[i].name);
    if (tg_check_report(c, TG_E_UNKNOWN_FUNCTION, x->op, "there is no function or let `%.*s`",
                        TG_STR_ARG(x->name))) {
      if (tg_str_is(x->name, "len") || tg_str_is(x->name, "size"))
        tg_diag_hint(c->d, "length(text) or count(list)");
      else
        tg_check_hint_near(c, x->name, names, FUNCTIONS + 7);
    }
    return tg_tir_error(c, x);
  }
  if (x->list_count != functions[f].arguments) {
    tg_check_report(c, TG_E_ARGUMENTS, x->op, "`%s` takes %u argument%s, not %u", functions[f].name,
                    functions[f].arguments, functions[f].arguments == 1 ? "" : "s", x->list_count);
    return tg_tir_error(c, x);
  }
  tg_tir *a = tg_check_expr(c, s, x->list[0]),
         *b = x->list_count > 1 ? tg_check_expr(c, s, x->list[1]) : NULL;
  return apply(c, f, x, a, b);
}
