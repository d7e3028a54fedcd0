/* Lets: without arguments computed once a document, with arguments expanded where they are called. */
#include "sema/checker.h"

#include <string.h>

void tg_check_collect_lets(tg_checker *c) {
  for (uint32_t i = 0; i < c->out->pack_count; i++)
    for (const tg_let_ast *l = c->out->packs[i]->lets; l; l = l->next) {
      tg_let_state s = {i, l, 0, NULL, UINT32_MAX, 0};
      for (uint32_t k = 0; k < c->lets.n; k++)
        if (c->lets.at[k].pack == i && tg_str_eq(c->lets.at[k].ast->name.text, l->name.text) &&
            tg_check_report(c, TG_E_CONFLICT, l->name.span, "the let `%.*s` is defined twice",
                            TG_STR_ARG(l->name.text)))
          tg_diag_note_at(c->d, c->sources, c->lets.at[k].ast->name.span, "the first one");
      for (uint32_t k = c->fields.at[0].first_child; k != TG_NO_FIELD; k = c->fields.at[k].next)
        if (tg_str_eq(c->fields.at[k].name, l->name.text))
          tg_check_report(c, TG_E_SHADOW, l->name.span, "the let `%.*s` hides a fact of the model",
                          TG_STR_ARG(l->name.text));
      if (!tg_vec_push(c->mem, &c->lets, s)) return;
    }
}

/* The let of this name: the pack's own first, then those of used packs, of which there must be one. */
static tg_let_state *find(tg_checker *c, const tg_scope *s, tg_str name, const tg_expr *x, bool *ambiguous) {
  tg_let_state *found = NULL;
  *ambiguous = false;
  for (uint32_t i = 0; i < c->lets.n; i++) {
    tg_let_state *l = &c->lets.at[i];
    if (!tg_sees(c, s->pack, l->pack) || !tg_str_eq(l->ast->name.text, name)) continue;
    if (found == NULL) {
      found = l;
      continue;
    }
    if (found->pack == l->pack) continue;
    *ambiguous = true;
    if (tg_check_report(c, TG_E_AMBIGUOUS, x->op, "two packs define the let `%.*s`", TG_STR_ARG(name)))
      tg_diag_hint(c->d, "write %.*s.%.*s", TG_STR_ARG(c->out->packs[l->pack]->name.text), TG_STR_ARG(name));
  }
  return found;
}

/* Small enough to stand where it is used: a fact, a constant, another let. */
static bool is_plain(const tg_tir *t) {
  return t->kind == TG_R_CONST || t->kind == TG_R_FACT || t->kind == TG_R_LET || t->kind == TG_R_TODAY ||
         t->kind == TG_R_UNKNOWN || t->kind == TG_R_ERROR;
}

static tg_str full_name(tg_checker *c, const tg_let_state *l) {
  tg_str pack = c->out->packs[l->pack]->name.text, name = l->ast->name.text;
  char *at = tg_arena_alloc(c->arena, pack.n + name.n + 2);
  if (at == NULL) return (tg_str){"", 0};
  if (pack.n) memcpy(at, pack.at, pack.n);
  at[pack.n] = '.';
  if (name.n) memcpy(at + pack.n + 1, name.at, name.n);
  return (tg_str){at, pack.n + name.n + 1};
}

static tg_tir *cycle(tg_checker *c, const tg_let_state *l, const tg_expr *x) {
  tg_check_report(c, TG_E_LET_CYCLE, l->ast->name.span, "the let `%.*s` refers to itself",
                  TG_STR_ARG(l->ast->name.text));
  return tg_tir_error(c, x);
}

/* A copy that stands at the place of use. */
static tg_tir *at_use(tg_checker *c, const tg_tir *t, const tg_expr *x) {
  tg_tir *copy = tg_arena_new(c->arena, tg_tir);
  if (copy == NULL) return tg_tir_error(c, x);
  *copy = *t;
  copy->span = x->span;
  return copy;
}

static tg_tir *without_arguments(tg_checker *c, uint32_t index, const tg_expr *x) {
  tg_let_state *l = &c->lets.at[index];
  if (l->state == 1) return cycle(c, l, x);
  if (l->state == 0) {
    tg_scope own = {l->pack, NULL, NULL, 0};
    uint32_t outer = c->chain;
    c->chain = 0;
    l->state = 1;
    tg_tir *body = tg_check_expr(c, &own, l->ast->body);
    l = &c->lets.at[index];
    l->state = 2;
    l->body = body;
    l->chain = c->chain + !is_plain(body);
    c->chain = outer;
    if (l->chain > TG_MAX_LET_DEPTH) {
      tg_check_report(c, TG_E_TOO_BIG, l->ast->name.span, "lets refer to lets more than %d deep",
                      TG_MAX_LET_DEPTH);
      l->body = tg_tir_error(c, l->ast->body);
      l->chain = 0;
    }
  }
  if (c->chain < l->chain) c->chain = l->chain;
  if (is_plain(l->body)) return at_use(c, l->body, x);
  if (l->index == UINT32_MAX) {
    tg_tir_let made = {full_name(c, l), l->body, c->made_lets.n};
    l->index = c->made_lets.n;
    if (!tg_vec_push(c->mem, &c->made_lets, made)) return tg_tir_error(c, x);
  }
  tg_tir *t = tg_tir_new(c, TG_R_LET, x);
  t->index = l->index;
  t->type = l->body->type;
  return t;
}

bool tg_check_expands(tg_checker *c, const tg_expr *x) {
  if (++c->expansion <= TG_MAX_EXPANSION) return true;
  tg_check_report(c, TG_E_EXPANSION, x->op, "lets with arguments expand to more than %d calls and arguments",
                  TG_MAX_EXPANSION);
  return false;
}

static tg_tir *with_arguments(tg_checker *c, uint32_t index, const tg_scope *s, const tg_expr *x,
                              tg_expr *const *args, uint32_t count) {
  tg_let_state *l = &c->lets.at[index];
  if (l->state == 1) return cycle(c, l, x);
  if (count != l->ast->args.count) {
    tg_check_report(c, TG_E_ARGUMENTS, x->op, "`%.*s` takes %u argument%s, not %u",
                    TG_STR_ARG(l->ast->name.text), l->ast->args.count, l->ast->args.count == 1 ? "" : "s",
                    count);
    return tg_tir_error(c, x);
  }
  if (!tg_check_expands(c, x)) return tg_tir_error(c, x);
  const tg_scope *outer = tg_arena_new(c->arena, tg_scope);
  tg_bound *bounds = tg_arena_array(c->arena, tg_bound, count ? count : 1);
  if (outer == NULL || bounds == NULL) return tg_tir_error(c, x);
  *(tg_scope *)(uintptr_t)outer = *s;
  tg_scope inner = {l->pack, NULL, NULL, s->depth};
  for (uint32_t i = 0; i < count; i++) {
    bounds[i] = (tg_bound){.name = l->ast->args.at[i].text,
                           .var = TG_NO_VAR,
                           .argument = args[i],
                           .outer = outer,
                           .next = inner.bound};
    inner.bound = &bounds[i];
  }
  l->state = 1;
  const tg_expr *body = l->ast->body;
  tg_tir *t = tg_check_expr(c, &inner, body);
  c->lets.at[index].state = 0;
  return t;
}

tg_tir *tg_check_let(tg_checker *c, const tg_scope *s, tg_str name, const tg_expr *x, tg_expr *const *args,
                     uint32_t count, bool called) {
  bool ambiguous;
  tg_let_state *l = find(c, s, name, x, &ambiguous);
  if (l == NULL) return NULL;
  if (ambiguous) return tg_tir_error(c, x);
  if (called != l->ast->has_args) {
    tg_check_report(c, TG_E_ARGUMENTS, x->op,
                    called ? "the let `%.*s` takes no arguments" : "the let `%.*s` needs its arguments",
                    TG_STR_ARG(name));
    return tg_tir_error(c, x);
  }
  uint32_t index = (uint32_t)(l - c->lets.at);
  return called ? with_arguments(c, index, s, x, args, count) : without_arguments(c, index, x);
}

/* Lets that no gate uses are checked too: a playbook is written before its gates.  What they would add to the program is dropped. */
void tg_check_unused_lets(tg_checker *c) {
  uint32_t made = c->made_lets.n;
  for (uint32_t i = 0; i < c->lets.n && c->d->errors < TG_MAX_DIAGS; i++) {
    const tg_let_ast *ast = c->lets.at[i].ast;
    tg_scope s = {c->lets.at[i].pack, NULL, NULL, 0};
    tg_expr use = {.kind = TG_X_NAME, .span = ast->name.span, .op = ast->name.span, .name = ast->name.text};
    c->expansion = 0;
    if (c->out->portfolio && c->out->packs[s.pack]->scope.text.n == 0)
      continue; /* used for its model: it speaks of one document, and is checked in a run of its own kind */
    if (!ast->has_args) {
      if (c->lets.at[i].state == 0) without_arguments(c, i, &use);
      continue;
    }
    tg_bound *bounds = tg_arena_array(c->arena, tg_bound, ast->args.count + 1);
    if (bounds == NULL) return;
    for (uint32_t k = 0; k < ast->args.count; k++) {
      bounds[k] = (tg_bound){.name = ast->args.at[k].text, .var = TG_NO_VAR, .next = s.bound};
      s.bound = &bounds[k];
    }
    c->opaque = true;
    c->lets.at[i].state = 1;
    tg_check_expr(c, &s, ast->body);
    c->lets.at[i].state = 0;
    c->opaque = false;
  }
  c->made_lets.n = made;
}
