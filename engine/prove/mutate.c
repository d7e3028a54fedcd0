/* Small changes to rules, one at a time: what no test notices, no test guards. */
#include "prove/prove.h"

#include <stdio.h>
#include <string.h>

typedef struct collecting {
  tg_arena *arena;
  tg_mem *mem;
  tg_mutations *out;
  uint32_t pack;
  tg_str gate;
  bool failed;
} collecting;

/* `size` bytes at `at` become a copy that the caller then changes; NULL when memory was refused. */
static void *change(collecting *k, void *at, size_t size, tg_span span, const char *what) {
  void *other = tg_arena_alloc(k->arena, size);
  tg_mutation m = {k->pack, k->gate, span, what, at, other, (uint32_t)size};
  if (other == NULL || what == NULL || !tg_vec_push(k->mem, k->out, m)) {
    k->failed = true;
    return NULL;
  }
  memcpy(other, at, size);
  return other;
}

static const char *say(collecting *k, const char *format, const char *a, const char *b) {
  char text[160];
  int n = snprintf(text, sizeof text, format, a, b);
  return tg_arena_text(k->arena, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

static tg_expr *change_expr(collecting *k, tg_expr *x, const char *what) {
  return change(k, x, sizeof *x, x->op.start != UINT32_MAX ? x->op : x->span, what);
}

/* ---- literals: one step up and down ---- */

static void step_literal(collecting *k, tg_expr *x) {
  for (int up = 0; up < 2; up++) {
    const char *what = up ? "one step more" : "one step less";
    int64_t by = up ? 1 : -1;
    tg_value v = x->value;
    if (v.kind == TG_V_NUMBER || v.kind == TG_V_DATE)
      v.num += by;
    else if (v.kind == TG_V_DURATION && tg_duration_months(v) == 0)
      v = tg_duration(0, tg_duration_days(v) + by);
    else if (v.kind == TG_V_DURATION)
      v = tg_duration(tg_duration_months(v) + by, tg_duration_days(v));
    else
      return;
    v.start = x->value.start;
    tg_expr *m = change(k, x, sizeof *x, x->span, what);
    if (m != NULL) m->value = v;
  }
}

static void step_param(collecting *k, tg_param_ast *p) {
  tg_value v;
  if (p->value == NULL || p->value->is_list) return;
  tg_scalar_ast *s = p->value;
  if (s->plain && (tg_str_is(s->text, "true") || tg_str_is(s->text, "false"))) {
    tg_scalar_ast *m = change(k, s, sizeof *s, s->span, "the parameter becomes its opposite");
    if (m != NULL) m->text = tg_str_is(s->text, "true") ? TG_STR("false") : TG_STR("true");
    return;
  }
  bool duration = tg_duration_parse(s->text.at, s->text.n, &v);
  if (!duration && tg_number_parse(s->text.at, s->text.n, false, &v) != TG_PARSE_OK) return;
  for (int up = 0; up < 2; up++) {
    char text[64];
    tg_value w = v;
    tg_heap none = {0};
    tg_buf b;
    if (duration)
      w = tg_duration_months(v) ? tg_duration(tg_duration_months(v) + (up ? 1 : -1), 0)
                                : tg_duration(0, tg_duration_days(v) + (up ? 1 : -1));
    else
      w.num += up ? 1 : -1;
    tg_buf_init(&b, k->mem);
    tg_value_print(&none, w, &b);
    size_t n = b.failed || b.n >= sizeof text ? 0 : b.n;
    if (n) memcpy(text, b.at, n);
    tg_buf_done(&b);
    tg_scalar_ast *m = n ? change(k, s, sizeof *s, s->span,
                                  up ? "the parameter is one step more" : "the parameter is one step less")
                         : NULL;
    if (m != NULL) m->text = (tg_str){tg_arena_text(k->arena, text, n), (uint32_t)n};
  }
}

/* ---- expressions ---- */

static void walk(collecting *k, tg_expr *x);

static void walk_binding(collecting *k, tg_binding *b) {
  walk(k, b->list);
  if (b->where != NULL) {
    tg_binding *m = change(k, b, sizeof *b, b->where->span, "`where` is dropped");
    if (m != NULL) m->where = NULL;
    walk(k, b->where);
  }
  if (b->order != NULL) {
    tg_binding *m = change(k, b, sizeof *b, b->order->span, "the order is turned round");
    if (m != NULL) m->descending = !b->descending;
    walk(k, b->order);
  }
  if (b->first != NULL) walk(k, b->first);
}

static void flip_compare(collecting *k, tg_expr *x) {
  static const char *const words[] = {"==", "!=", "<", "<=", ">", ">="};
  static const uint8_t other[] = {TG_NE, TG_EQ, TG_LE, TG_LT, TG_GE, TG_GT};
  tg_expr *m = change_expr(k, x, say(k, "`%s` becomes `%s`", words[x->op2], words[other[x->op2]]));
  if (m != NULL) m->op2 = other[x->op2];
}

static void flip_word(collecting *k, tg_expr *x, tg_word to, const char *what) {
  tg_expr *m = change_expr(k, x, what);
  if (m != NULL) m->word = (uint8_t)to;
}

static void walk(collecting *k, tg_expr *x) {
  tg_expr *m;
  if (x == NULL || k->failed) return;
  switch (x->kind) {
  case TG_X_LITERAL: step_literal(k, x); return;
  case TG_X_COMPARE: flip_compare(k, x); break;
  case TG_X_AND:
  case TG_X_OR:
    m = change_expr(k, x, x->kind == TG_X_AND ? "`and` becomes `or`" : "`or` becomes `and`");
    if (m != NULL) m->kind = x->kind == TG_X_AND ? TG_X_OR : TG_X_AND;
    break;
  case TG_X_NOT:
    m = change_expr(k, x, "`not` is dropped");
    if (m != NULL) *m = *x->a;
    break;
  case TG_X_IN:
  case TG_X_CONTAINS:
  case TG_X_MATCHES:
  case TG_X_TEST:
    m = change_expr(k, x, x->negated ? "`not` is dropped" : "it is negated");
    if (m != NULL) m->negated = !x->negated;
    break;
  case TG_X_CONTAINS_ALL:
  case TG_X_CONTAINS_ANY:
    m = change_expr(k, x, x->kind == TG_X_CONTAINS_ALL ? "`all` becomes `any`" : "`any` becomes `all`");
    if (m != NULL) m->kind = x->kind == TG_X_CONTAINS_ALL ? TG_X_CONTAINS_ANY : TG_X_CONTAINS_ALL;
    break;
  case TG_X_ARITH:
    if (x->op2 == TG_ADD || x->op2 == TG_SUB) {
      m = change_expr(k, x, x->op2 == TG_ADD ? "`+` becomes `-`" : "`-` becomes `+`");
      if (m != NULL) m->op2 = x->op2 == TG_ADD ? TG_SUB : TG_ADD;
    }
    break;
  case TG_X_DEFAULT:
    m = change_expr(k, x, "the default is dropped");
    if (m != NULL) *m = *x->a;
    break;
  case TG_X_QUANTIFIER:
    if (x->word == TG_W_EVERY) flip_word(k, x, TG_W_SOME, "`every` becomes `some`");
    if (x->word == TG_W_SOME) flip_word(k, x, TG_W_EVERY, "`some` becomes `every`");
    if (x->word == TG_W_NO) flip_word(k, x, TG_W_SOME, "`no` becomes `some`");
    break;
  case TG_X_AGGREGATE:
    if (x->word == TG_W_MIN) flip_word(k, x, TG_W_MAX, "`min` becomes `max`");
    if (x->word == TG_W_MAX) flip_word(k, x, TG_W_MIN, "`max` becomes `min`");
    break;
  default: break;
  }
  for (uint32_t i = 0; i < x->binding_count; i++) walk_binding(k, &x->bindings[i]);
  walk(k, x->a);
  walk(k, x->b);
  walk(k, x->c);
  for (uint32_t i = 0; i < x->list_count; i++) walk(k, x->list[i]);
}

/* ---- gates ---- */

static void lower_severity(collecting *k, tg_gate_ast *g) {
  static const char *const words[] = {"info", "low", "medium", "high", "critical"};
  for (int i = 0; i < 5; i++) {
    if (!tg_str_is(g->severity.text, words[i])) continue;
    int to = i ? i - 1 : 1;
    tg_gate_ast *m =
        change(k, g, sizeof *g, g->severity.span, say(k, "severity `%s` becomes `%s`", words[i], words[to]));
    if (m != NULL) m->severity.text = tg_str_of(words[to]);
  }
}

static void drop_clauses(collecting *k, tg_gate_ast *g) {
  for (uint32_t i = 0; i < g->require_count && g->require_count > 1; i++) {
    tg_expr **rest = tg_arena_array(k->arena, tg_expr *, g->require_count);
    tg_gate_ast *m = change(k, g, sizeof *g, g->require[i]->span, "the clause is dropped");
    if (m == NULL || rest == NULL) {
      k->failed = true;
      return;
    }
    for (uint32_t n = 0, to = 0; n < g->require_count; n++)
      if (n != i) rest[to++] = g->require[n];
    m->require = rest;
    m->require_count = g->require_count - 1;
  }
}

/* A clause that is a bare fact has no operator to flip. */
static void negate_bare(collecting *k, tg_expr *x) {
  if (x->kind != TG_X_NAME && x->kind != TG_X_FIELD && x->kind != TG_X_CALL && x->kind != TG_X_INDEX) return;
  tg_expr *copy = tg_arena_new(k->arena, tg_expr),
          *m = change(k, x, sizeof *x, x->span, "the clause is negated");
  if (copy == NULL || m == NULL) {
    k->failed = true;
    return;
  }
  *copy = *x;
  *m = (tg_expr){.kind = TG_X_NOT, .span = x->span, .op = x->op, .a = copy};
}

static void mutate_gate(collecting *k, tg_gate_ast *g) {
  k->gate = g->id.text;
  if (g->binding != NULL) walk_binding(k, g->binding);
  for (tg_param_ast *p = g->params; p != NULL; p = p->next) step_param(k, p);
  if (g->when != NULL) {
    tg_gate_ast *m = change(k, g, sizeof *g, g->when->span, "`when` is dropped");
    if (m != NULL) m->when = NULL;
    walk(k, g->when);
  }
  drop_clauses(k, g);
  for (uint32_t i = 0; i < g->require_count; i++) {
    negate_bare(k, g->require[i]);
    walk(k, g->require[i]);
  }
  lower_severity(k, g);
  k->gate = (tg_str){"", 0};
}

tg_status tg_mutations_collect(tg_arena *arena, tg_mem *mem, tg_pack_ast **packs, uint32_t count,
                               tg_mutations *out) {
  collecting k = {.arena = arena, .mem = mem, .out = out, .gate = {"", 0}};
  for (uint32_t i = 0; i < count && !k.failed; i++) {
    k.pack = i;
    for (tg_param_ast *p = packs[i]->params; p != NULL; p = p->next) step_param(&k, p);
    for (tg_let_ast *l = packs[i]->lets; l != NULL; l = l->next) walk(&k, l->body);
    for (tg_gate_ast *g = packs[i]->gates; g != NULL; g = g->next) mutate_gate(&k, g);
  }
  return k.failed ? (tg_mem_status(mem) == TG_OK ? TG_NOMEM : tg_mem_status(mem)) : TG_OK;
}

void tg_mutation_exchange(const tg_mutation *m) {
  uint8_t *a = m->at, *b = m->other;
  for (uint32_t i = 0; i < m->size; i++) {
    uint8_t x = a[i];
    a[i] = b[i];
    b[i] = x;
  }
}
