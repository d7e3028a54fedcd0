/* Gates: applicability, subjects, clauses, judgements, messages. */
#include "sema/checker.h"

#include <string.h>

static uint32_t phases_of(tg_checker *c, const tg_gate_ast *g) {
  uint32_t all = c->out->phase_count >= 32 ? UINT32_MAX : (1u << c->out->phase_count) - 1u, mask = 0;
  if (!g->has_phase) return all;
  if (c->out->phase_path == UINT32_MAX && !c->out->portfolio) {
    tg_span at = g->phase.count ? g->phase.at[0].span : g->span;
    if (tg_check_report(c, TG_E_NO_PHASE, at, "`phase` is asked, but no pack names a `phase_fact`"))
      tg_diag_hint(c->d, "use a pack that does, for example the fact model");
    return all;
  }
  for (uint32_t i = 0; i < g->phase.count; i++) {
    uint32_t k = 0;
    while (k < c->out->phase_count && !tg_str_eq(c->out->phases[k], g->phase.at[i].text)) k++;
    if (k < c->out->phase_count)
      mask |= 1u << k;
    else if (tg_check_report(c, TG_E_NO_PHASE, g->phase.at[i].span, "`%.*s` is not one of the phases",
                             TG_STR_ARG(g->phase.at[i].text)))
      tg_check_hint_near(c, g->phase.at[i].text, c->out->phases, c->out->phase_count);
  }
  return mask;
}

static tg_str clause_text(tg_checker *c, const tg_expr *x) {
  tg_buf b;
  tg_buf_init(&b, c->mem);
  tg_expr_source(c->sources, x, &b);
  char *copy = tg_arena_text(c->arena, b.n ? b.at : "", b.n);
  tg_str s = {copy ? copy : "", copy ? (uint32_t)b.n : 0};
  tg_buf_done(&b);
  return s;
}

static tg_tir *check_judgement(tg_checker *c, const tg_scope *s, const tg_expr *x, const char *what) {
  if (x == NULL) return NULL;
  tg_tir *t = tg_check_expr(c, s, x);
  if (t->kind == TG_R_ERROR) return t;
  bool number = tg_type_is_any(t->type) || tg_type_is_number(t->type);
  tg_value v = t->value;
  bool bad = t->kind == TG_R_CONST && number && (v.aux != 0 || v.num < 1 || v.num > 5);
  if (!number || bad) tg_check_report(c, TG_E_BAD_VALUE, x->span, "`%s` is a whole number from 1 to 5", what);
  return t;
}

static tg_value constant_of(tg_checker *c, const tg_scope *s, const tg_expr *x, const char *what, bool *ok) {
  tg_tir *t = tg_check_expr(c, s, x);
  *ok = t->kind == TG_R_CONST && t->value.kind == TG_V_NUMBER;
  if (!*ok && t->kind != TG_R_ERROR)
    tg_check_report(c, TG_E_BAD_VALUE, x->span,
                    "`%s` must be a number that is known when the rules are compiled", what);
  return t->value;
}

static void check_numbers(tg_checker *c, const tg_scope *s, const tg_gate_ast *g, tg_tir_gate *out) {
  bool ok;
  out->effort = 3;
  if (g->effort != NULL) {
    tg_value v = constant_of(c, s, g->effort, "effort", &ok);
    if (ok && (v.aux != 0 || v.num < 1 || v.num > 5))
      tg_check_report(c, TG_E_BAD_VALUE, g->effort->span, "`effort` is a whole number from 1 to 5");
    else if (ok)
      out->effort = (uint8_t)v.num;
  }
  if (g->weight == NULL) return;
  out->weight = constant_of(c, s, g->weight, "weight", &ok);
  out->has_weight = ok;
  if (ok && out->weight.num < 0)
    tg_check_report(c, TG_E_BAD_VALUE, g->weight->span, "`weight` cannot be negative");
}

static void check_message(tg_checker *c, const tg_scope *s, const tg_gate_ast *g, tg_tir_gate *out) {
  out->message_count = g->message.count;
  out->message = tg_arena_array(c->arena, tg_tir_part, g->message.count ? g->message.count : 1);
  for (uint32_t i = 0; out->message && i < g->message.count; i++) {
    out->message[i].text = g->message.parts[i].expr ? (tg_str){"", 0} : g->message.parts[i].text;
    if (g->message.parts[i].expr) out->message[i].expr = tg_check_expr(c, s, g->message.parts[i].expr);
  }
  if (g->message_at.text.at != NULL && g->message.count == 0) out->message_count = 0;
}

static void check_gate(tg_checker *c, uint32_t pack, const tg_gate_ast *g, tg_tir_gate *out) {
  tg_scope s = {pack, g, NULL, 0}, inner = s;
  memset(out, 0, sizeof *out);
  c->expansion = 0;
  out->ast = g;
  out->pack = pack;
  out->area = g->area.text.n                     ? g->area.text
              : c->out->packs[pack]->area.text.n ? c->out->packs[pack]->area.text
                                                 : c->out->packs[pack]->name.text;
  out->phases = phases_of(c, g);
  out->portfolio = c->out->packs[pack]->scope.text.n > 0;
  out->severity = (uint8_t)tg_check_severity(g->severity.text); /* -1: from the score */
  out->waivable = g->waivable;
  if (g->when) out->when = tg_check_condition(c, &s, g->when);
  out->likelihood = check_judgement(c, &s, g->likelihood, "likelihood");
  out->impact = check_judgement(c, &s, g->impact, "impact");
  check_numbers(c, &s, g, out);
  if (g->broken) return;
  if (g->binding != NULL) {
    out->over = tg_check_binding(c, &s, g->binding, &inner);
    if (out->over == NULL) return;
  }
  out->require_count = g->require_count;
  out->require = tg_arena_array(c->arena, tg_tir *, g->require_count ? g->require_count : 1);
  out->clauses = tg_arena_array(c->arena, tg_str, g->require_count ? g->require_count : 1);
  for (uint32_t i = 0; out->require && out->clauses && i < g->require_count; i++) {
    out->require[i] = tg_check_condition(c, &inner, g->require[i]);
    out->clauses[i] = clause_text(c, g->require[i]);
  }
  check_message(c, &inner, g, out);
}

static void check_ids(tg_checker *c) {
  tg_names seen;
  TG_VEC(tg_span) places = {NULL, 0, 0};
  if (tg_names_init(&seen, c->mem) != TG_OK) return;
  for (uint32_t i = 0; i < c->out->pack_count; i++)
    for (const tg_gate_ast *g = c->out->packs[i]->gates; g; g = g->next) {
      uint32_t before = seen.names.n, name = tg_names_add(&seen, g->id.text);
      if (name == TG_NO_NAME) break;
      if (name == before)
        (void)tg_vec_push(c->mem, &places, g->id.span);
      else if (tg_check_report(c, TG_E_DUPLICATE_GATE, g->id.span, "two gates have the id `%.*s`",
                               TG_STR_ARG(g->id.text)) &&
               name < places.n)
        tg_diag_note_at(c->d, c->sources, places.at[name], "the first one");
    }
  tg_vec_done(c->mem, &places);
  tg_names_done(&seen);
}

void tg_check_gates(tg_checker *c) {
  uint32_t total = 0, n = 0;
  check_ids(c);
  for (uint32_t i = 0; i < c->out->pack_count; i++) total += c->out->packs[i]->gate_count;
  c->out->gates = tg_arena_array(c->arena, tg_tir_gate, total ? total : 1);
  for (uint32_t i = 0; c->out->gates && i < c->out->pack_count; i++) {
    if (c->out->portfolio && c->out->packs[i]->scope.text.n == 0) continue; /* used for its model only */
    for (const tg_gate_ast *g = c->out->packs[i]->gates; g; g = g->next)
      check_gate(c, i, g, &c->out->gates[n++]);
  }
  c->out->gate_count = n;
}
