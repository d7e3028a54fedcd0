/* What configurations set: parameters, tailoring, bands, floors.  Names are checked against the rules of the run; a later configuration wins over
 * the one it extends. */
#include "sema/checker.h"

#include <stdio.h>
#include <string.h>

static tg_str copy(tg_checker *c, const char *s, size_t n) {
  char *at = tg_arena_text(c->arena, s, n);
  return (tg_str){at ? at : "", at ? (uint32_t)n : 0};
}

static void fail(tg_checker *c, tg_text_at t, const char *what) {
  tg_diag_at(c->d, TG_E_CONFIG_VALUE, c->sources, t.span, "%s, not `%.*s`", what,
             (int)(t.text.n < 60 ? t.text.n : 60), t.text.at);
}

static void show(tg_checker *c, const char *name, tg_str value, tg_span at) {
  tg_tir_setting s = {tg_str_of(name), value, at};
  for (uint32_t i = 0; i < c->out->config.shown.n; i++)
    if (tg_str_eq(c->out->config.shown.at[i].name, s.name)) {
      c->out->config.shown.at[i] = s;
      return;
    }
  (void)tg_vec_push(c->mem, &c->out->config.shown, s);
}

/* ---- what the run leaves out ---- */

bool tg_check_kept(const tg_checker *c, const tg_pack_ast *p) {
  for (uint32_t i = 0; i < c->out->pack_count; i++)
    if (c->out->packs[i] == p && !(c->out->portfolio && p->scope.text.n == 0)) return true;
  return false;
}

static bool is_param(const tg_pack_ast *p, const tg_gate_ast *g, const tg_param_ast *a, tg_str name) {
  tg_str owner = g ? g->id.text : p->name.text;
  if (tg_str_eq(a->name.text, name)) return true;
  return name.n == owner.n + 1 + a->name.text.n && memcmp(name.at, owner.at, owner.n) == 0 &&
         name.at[owner.n] == '.' && memcmp(name.at + owner.n + 1, a->name.text.at, a->name.text.n) == 0;
}

bool tg_check_left_out_param(const tg_checker *c, tg_str name) {
  for (uint32_t i = 0; i < c->all_count; i++) {
    if (tg_check_kept(c, c->all[i])) continue;
    for (const tg_param_ast *a = c->all[i]->params; a; a = a->next)
      if (is_param(c->all[i], NULL, a, name)) return true;
    for (const tg_gate_ast *g = c->all[i]->gates; g; g = g->next)
      for (const tg_param_ast *a = g->params; a; a = a->next)
        if (is_param(c->all[i], g, a, name)) return true;
  }
  return false;
}

static bool left_out_gate(const tg_checker *c, tg_str id) {
  for (uint32_t i = 0; i < c->all_count; i++)
    for (const tg_gate_ast *g = tg_check_kept(c, c->all[i]) ? NULL : c->all[i]->gates; g; g = g->next)
      if (tg_str_eq(g->id.text, id)) return true;
  return false;
}

static bool left_out_area(const tg_checker *c, tg_str area) {
  for (uint32_t i = 0; i < c->all_count; i++) {
    if (tg_check_kept(c, c->all[i])) continue;
    if (tg_str_eq(c->all[i]->area.text, area)) return true;
    for (const tg_gate_ast *g = c->all[i]->gates; g; g = g->next)
      if (tg_str_eq(g->area.text, area)) return true;
  }
  return false;
}

/* ---- parameters ---- */

static tg_tir_param *tailored_param(tg_checker *c, const tg_tailor_ast *t, const tg_entry_ast *e,
                                    tg_str *before);

static void note(tg_checker *c, const tg_config_ast *k) {
  if (!tg_vec_push(c->mem, &c->out->config.files, k->source)) return;
}

/* The longest term of a waiver may be a parameter that gates read too: then that is what changes. */
static void policy_param(tg_checker *c, const tg_config_ast *k) {
  const tg_expr *days = k->waiver_policy.max_days;
  if (!k->waiver_policy.present || days == NULL || days->kind != TG_X_LITERAL) return;
  for (uint32_t i = 0; i < c->out->pack_count; i++) {
    const tg_expr *x = c->out->packs[i]->waiver_policy.max_days;
    if (x == NULL || x->kind != TG_X_FIELD || x->a->kind != TG_X_PARAMS) continue;
    tg_buf b;
    tg_buf_init(&b, c->mem);
    tg_buf_printf(&b, "%.*s.%.*s", TG_STR_ARG(c->out->packs[i]->name.text), TG_STR_ARG(x->name));
    tg_buf v;
    tg_buf_init(&v, c->mem);
    tg_expr_source(c->sources, days, &v);
    tg_text_at name = {copy(c, b.n ? b.at : "", b.n), days->span};
    tg_scalar_ast value = {.text = copy(c, v.n ? v.at : "", v.n), .plain = true, .span = days->span};
    tg_buf_done(&b);
    tg_buf_done(&v);
    tg_check_set_param(c, name, &value);
  }
}

void tg_check_config_params(tg_checker *c) {
  for (uint32_t i = 0; i < c->options->config_count; i++) {
    const tg_config_ast *k = c->options->configs[i];
    note(c, k);
    policy_param(c, k);
    for (const tg_entry_ast *e = k->params; e; e = e->next) tg_check_set_param(c, e->name, e->value);
    for (const tg_tailor_ast *t = k->tailoring; t; t = t->next)
      for (const tg_entry_ast *e = t->params; e; e = e->next) {
        tg_str before;
        tailored_param(c, t, e, &before);
      }
  }
}

static void print_param(tg_checker *c, const tg_param_ast *a, tg_str *out) {
  tg_buf b;
  tg_buf_init(&b, c->mem);
  const tg_scalar_ast *s = a->value;
  if (s->is_list) tg_buf_putc(&b, '[');
  for (uint32_t i = 0; i < (s->is_list ? s->list_count : 1); i++) {
    tg_str one = s->is_list ? s->list[i].text : s->text;
    if (i) tg_buf_puts(&b, ", ");
    tg_buf_put(&b, one.at, one.n);
  }
  if (s->is_list) tg_buf_putc(&b, ']');
  *out = copy(c, b.n ? b.at : "", b.n);
  tg_buf_done(&b);
}

static tg_tir_param *tailored_param(tg_checker *c, const tg_tailor_ast *t, const tg_entry_ast *e,
                                    tg_str *before) {
  tg_buf b;
  tg_buf_init(&b, c->mem);
  tg_buf_printf(&b, "%.*s.%.*s", TG_STR_ARG(t->gate.text), TG_STR_ARG(e->name.text));
  tg_text_at name = {copy(c, b.n ? b.at : "", b.n), e->name.span};
  tg_buf_done(&b);
  *before = TG_STR("");
  for (uint32_t i = 0; i < c->params.n; i++) {
    const tg_param_state *p = &c->params.at[i];
    if (!tg_str_eq(p->made->full_name, name.text)) continue;
    print_param(c, p->ast, before);
    return tg_check_set_param(c, name, e->value);
  }
  if (left_out_gate(c, t->gate.text)) return NULL;
  for (uint32_t i = 0; i < c->all_count; i++) /* an unknown gate is reported where its tailoring is applied */
    for (const tg_gate_ast *g = c->all[i]->gates; g; g = g->next)
      if (tg_str_eq(g->id.text, t->gate.text)) return tg_check_set_param(c, name, e->value);
  return NULL;
}

/* ---- tailoring ---- */

static tg_tir_gate *gate_called(tg_checker *c, tg_str id) {
  for (uint32_t i = 0; i < c->out->gate_count; i++)
    if (tg_str_eq(c->out->gates[i].ast->id.text, id)) return &c->out->gates[i];
  return NULL;
}

static void unknown_gate(tg_checker *c, tg_text_at id) {
  tg_str *names = tg_arena_array(c->arena, tg_str, c->out->gate_count + 1);
  if (left_out_gate(c, id.text)) return;
  for (uint32_t i = 0; names && i < c->out->gate_count; i++) names[i] = c->out->gates[i].ast->id.text;
  if (tg_check_report(c, TG_E_CONFIG_NAME, id.span, "no loaded pack has the gate `%.*s`",
                      TG_STR_ARG(id.text)) &&
      names)
    tg_check_hint_near(c, id.text, names, c->out->gate_count);
}

/* A second configuration's change of the same thing replaces the first's, and starts from the pack's value. */
static void change(tg_checker *c, tg_tir_gate *g, const char *what, tg_str from, tg_str to) {
  tg_tir_change x = {tg_str_of(what), from, to};
  for (uint32_t i = 0; i < g->changes.n; i++)
    if (tg_str_eq(g->changes.at[i].what, x.what)) {
      g->changes.at[i].to = to;
      return;
    }
  (void)tg_vec_push(c->mem, &g->changes, x);
}

static tg_str source_of(tg_checker *c, const tg_expr *x, const char *otherwise) {
  if (x == NULL) return tg_str_of(otherwise);
  tg_buf b;
  tg_buf_init(&b, c->mem);
  tg_expr_source(c->sources, x, &b);
  tg_str s = copy(c, b.n ? b.at : "", b.n);
  tg_buf_done(&b);
  return s;
}

static bool number(tg_checker *c, tg_text_at t, int64_t least, int64_t greatest, int decimals,
                   const char *what, tg_value *out) {
  tg_heap none = {0};
  bool ok = tg_number_parse(t.text.at, t.text.n, true, out) == TG_PARSE_OK;
  while (ok && out->aux > 0 && out->num % 10 == 0) {
    out->num /= 10;
    out->aux--;
  }
  ok = ok && out->aux <= decimals && !tg_is_true(tg_op2_apply(&none, TG_LT, *out, tg_int(least))) &&
       !tg_is_true(tg_op2_apply(&none, TG_GT, *out, tg_int(greatest)));
  if (!ok) fail(c, t, what);
  return ok;
}

static tg_tir *judgement(tg_checker *c, tg_text_at t, const char *what) {
  tg_value v;
  if (!number(c, t, 1, 5, 0, what, &v)) return NULL;
  tg_tir *x = tg_arena_new(c->arena, tg_tir);
  if (x == NULL) return NULL;
  x->kind = TG_R_CONST;
  x->type = tg_type_make(TG_T_NUMBER);
  x->value = v;
  x->span = t.span;
  return x;
}

static void tailor_numbers(tg_checker *c, const tg_tailor_ast *t, tg_tir_gate *g) {
  tg_value v;
  tg_tir *x;
  if (t->likelihood.text.n &&
      (x = judgement(c, t->likelihood, "`likelihood` is a whole number from 1 to 5"))) {
    change(c, g, "likelihood", source_of(c, g->ast->likelihood, "3"), t->likelihood.text);
    g->likelihood = x;
  }
  if (t->impact.text.n && (x = judgement(c, t->impact, "`impact` is a whole number from 1 to 5"))) {
    change(c, g, "impact", source_of(c, g->ast->impact, "3"), t->impact.text);
    g->impact = x;
  }
  if (t->effort.text.n && number(c, t->effort, 1, 5, 0, "`effort` is a whole number from 1 to 5", &v)) {
    change(c, g, "effort", source_of(c, g->ast->effort, "3"), t->effort.text);
    g->effort = (uint8_t)v.num;
  }
  if (t->weight.text.n && number(c, t->weight, 0, 1000000, 6, "`weight` is a number from 0 to 1000000", &v)) {
    change(c, g, "weight", source_of(c, g->ast->weight, "likelihood x impact"), t->weight.text);
    g->weight = v;
    g->has_weight = true;
  }
}

static void tailor(tg_checker *c, const tg_tailor_ast *t) {
  static const char *const truths[] = {"false", "true"};
  tg_tir_gate *g = gate_called(c, t->gate.text);
  if (g == NULL) {
    unknown_gate(c, t->gate);
    return;
  }
  if (t->severity.text.n) {
    change(c, g, "severity", g->ast->severity.text.n ? g->ast->severity.text : TG_STR("the score"),
           t->severity.text);
    g->severity = (uint8_t)tg_check_severity(t->severity.text);
  }
  tailor_numbers(c, t, g);
  for (const tg_entry_ast *e = t->params; e; e = e->next)
    for (const tg_param_ast *a = g->ast->params; a; a = a->next) {
      if (!tg_str_eq(a->name.text, e->name.text)) continue;
      tg_str from, to;
      tg_param_ast given = {.value = e->value};
      print_param(c, a, &from);
      print_param(c, &given, &to);
      tg_buf b;
      tg_buf_init(&b, c->mem);
      tg_buf_printf(&b, "params.%.*s", TG_STR_ARG(a->name.text));
      tg_str what = copy(c, b.n ? b.at : "", b.n);
      tg_buf_done(&b);
      change(c, g, what.at, from, to);
    }
  if (t->disabled.text.n) {
    bool on = tg_str_is(t->disabled.text, "true");
    change(c, g, "disabled", tg_str_of(truths[0]), t->disabled.text);
    g->disabled = on;
  }
  if (tg_str_is(t->waivable.text, "false")) {
    change(c, g, "waivable", tg_str_of(truths[g->ast->waivable]), t->waivable.text);
    g->waivable = false;
  }
  g->tailor_reason = t->reason.text;
}

/* ---- settings ---- */

static bool is_area(tg_checker *c, tg_text_at area, bool overall) {
  if (overall && tg_str_is(area.text, "overall")) return true;
  for (uint32_t i = 0; i < c->out->gate_count; i++)
    if (tg_str_eq(c->out->gates[i].area, area.text)) return true;
  if (left_out_area(c, area.text)) return false;
  tg_str *names = tg_arena_array(c->arena, tg_str, c->out->gate_count + 2);
  uint32_t n = 0;
  for (uint32_t i = 0; names && i < c->out->gate_count; i++) names[n++] = c->out->gates[i].area;
  if (names && overall) names[n++] = TG_STR("overall");
  if (tg_check_report(c, TG_E_CONFIG_NAME, area.span, "no loaded gate is of the area `%.*s`",
                      TG_STR_ARG(area.text)) &&
      names)
    tg_check_hint_near(c, area.text, names, n);
  return false;
}

static void set_figure(tg_checker *c, const tg_entry_ast *e, tg_value v, bool floor) {
  tg_tir_config *k = &c->out->config;
  tg_tir_figure f = {e->name.text, v};
  tg_tir_figure *at = floor ? k->floors.at : k->weights.at;
  uint32_t n = floor ? k->floors.n : k->weights.n;
  tg_buf b;
  tg_buf_init(&b, c->mem);
  tg_buf_printf(&b, "%s.%.*s", floor ? "min_proven" : "area_weights", TG_STR_ARG(e->name.text));
  tg_str name = copy(c, b.n ? b.at : "", b.n);
  tg_buf_done(&b);
  show(c, name.at, e->value->text, e->name.span);
  for (uint32_t i = 0; i < n; i++)
    if (tg_str_eq(at[i].area, f.area)) {
      at[i].value = v;
      return;
    }
  if (floor)
    (void)tg_vec_push(c->mem, &k->floors, f);
  else
    (void)tg_vec_push(c->mem, &k->weights, f);
}

static void figures(tg_checker *c, const tg_entry_ast *first, bool floor) {
  for (const tg_entry_ast *e = first; e; e = e->next) {
    tg_value v;
    tg_text_at value = {e->value->text, e->value->span};
    if (!is_area(c, e->name, floor)) continue;
    bool ok = floor ? number(c, value, 0, 100, 6, "a least figure is a number from 0 to 100", &v)
                    : number(c, value, 0, 1000000, 3,
                             "an area's weight is a number from 0 to 1000000 with at most 3 decimals", &v);
    if (!ok) continue;
    if (!floor) { /* to thousandths */
      for (int i = v.aux; i < 3; i++) v.num *= 10;
      v.aux = 0;
    }
    set_figure(c, e, v, floor);
  }
}

static void bands(tg_checker *c, const tg_config_ast *k) {
  tg_tir_config *out = &c->out->config;
  int64_t before = 26;
  char text[64];
  if (k->bands_at.start == UINT32_MAX) return;
  for (int i = 0; i < 3; i++) {
    tg_value v;
    if (k->bands[i].text.n == 0 ||
        !number(c, k->bands[i], 1, 25, 0, "a band begins at a score from 1 to 25", &v))
      return;
    if (v.num >= before) {
      fail(c, k->bands[i], "bands fall: critical begins above high, high above medium");
      return;
    }
    before = v.num;
    out->bands[i] = (uint8_t)v.num;
  }
  snprintf(text, sizeof text, "critical %d, high %d, medium %d", out->bands[0], out->bands[1], out->bands[2]);
  out->has_matrix = false;
  show(c, "bands", copy(c, text, strlen(text)), k->bands_at);
}

static void matrix(tg_checker *c, const tg_config_ast *k) {
  if (k->matrix_at.start == UINT32_MAX) return;
  if (k->bands_at.start != UINT32_MAX) {
    tg_diag_at(c->d, TG_E_CONFLICT, c->sources, k->matrix_at,
               "a configuration has bands or a matrix, not both");
    return;
  }
  tg_buf b;
  tg_buf_init(&b, c->mem);
  for (int i = 0; i < 25; i++) {
    int severity = tg_check_severity(k->matrix[i].text);
    c->out->config.matrix[i] = severity < 0 ? 0 : (uint8_t)severity;
    tg_buf_printf(&b, "%s%.*s", i == 0 ? "" : i % 5 ? " " : " / ", TG_STR_ARG(k->matrix[i].text));
  }
  c->out->config.has_matrix = true;
  show(c, "matrix", copy(c, b.n ? b.at : "", b.n), k->matrix_at);
  tg_buf_done(&b);
}

static void words(tg_checker *c, const tg_config_ast *k) {
  static const char *const models[] = {"risk-weighted", "unweighted", "by-area"};
  tg_tir_config *out = &c->out->config;
  if (k->readiness.text.n) {
    for (int8_t i = 0; i < 3; i++)
      if (tg_str_is(k->readiness.text, models[i])) out->readiness = (int8_t)(TG_RISK_WEIGHTED + i);
    show(c, "readiness", k->readiness.text, k->readiness.span);
  }
  if (k->fail_on.text.n) {
    out->fail_on = (int8_t)tg_check_severity(k->fail_on.text); /* -1: never */
    show(c, "fail_on", k->fail_on.text, k->fail_on.span);
  }
  if (k->unknown.text.n) {
    out->unknown = tg_str_is(k->unknown.text, "report");
    show(c, "unknown", k->unknown.text, k->unknown.span);
  }
  if (k->expires_soon >= 0) {
    char text[40];
    snprintf(text, sizeof text, "%lld days", (long long)k->expires_soon);
    out->soon_days = 1 + (uint32_t)(k->expires_soon < 100000 ? k->expires_soon : 100000);
    show(c, "expires_soon", copy(c, text, strlen(text)), k->expires_soon_at);
  }
}

static void policy(tg_checker *c, const tg_config_ast *k) {
  const tg_waiver_policy_ast *w = &k->waiver_policy;
  tg_checked *o = c->out;
  if (!w->present) return;
  if (w->max_days != NULL) {
    tg_scope s = {0, NULL, NULL, 0};
    if (w->max_days->kind != TG_X_LITERAL) {
      if (w->max_days->kind != TG_X_ERROR)
        tg_diag_at(c->d, TG_E_CONFIG_VALUE, c->sources, w->max_days->span, "a number of days is wanted here");
    } else {
      tg_value v = tg_check_expr(c, &s, w->max_days)->value;
      if (v.kind == TG_V_DURATION && tg_duration_months(v) == 0) v = tg_int(tg_duration_days(v));
      if (v.kind == TG_V_NUMBER && v.aux == 0 && v.num >= 0) {
        o->waiver_max_days_set = true;
        o->waiver_max_days = v.num;
        show(c, "waiver_policy.max_days", source_of(c, w->max_days, ""), w->max_days->span);
      } else {
        tg_diag_at(c->d, TG_E_CONFIG_VALUE, c->sources, w->max_days->span,
                   "a whole number of days is wanted here");
      }
    }
  }
  if (w->max_severity.text.n) {
    int severity = tg_check_severity(w->max_severity.text);
    o->waiver_max_severity_set = severity >= 0;
    o->waiver_max_severity = severity >= 0 ? (uint8_t)severity : 0;
    show(c, "waiver_policy.max_severity", w->max_severity.text, w->max_severity.span);
  }
  if (w->compensating_action) {
    o->waiver_compensating = true;
    show(c, "waiver_policy.compensating_action", TG_STR("required"), w->span);
  }
}

/* ---- evidence: a gate's own rule, else the configurations', else that of the packs it sees ---- */

static void evidence(tg_checker *c) {
  int64_t age = -1;
  int require = 0;
  for (uint32_t i = 0; i < c->options->config_count; i++) {
    const tg_config_ast *k = c->options->configs[i];
    char text[40];
    if (k->evidence_max_age >= 0) {
      age = k->evidence_max_age;
      snprintf(text, sizeof text, "%lld days", (long long)age);
      show(c, "evidence_max_age", copy(c, text, strlen(text)), k->evidence_at);
    }
    if (k->require_evidence.text.n) {
      require = tg_str_is(k->require_evidence.text, "true") ? 2 : 1;
      show(c, "require_evidence", k->require_evidence.text, k->require_at);
    }
  }
  bool any = false;
  for (uint32_t i = 0; i < c->out->gate_count; i++) {
    tg_tir_gate *g = &c->out->gates[i];
    int64_t a = age;
    int r = require;
    const tg_evidence_ast *seen = NULL;
    for (uint32_t k = 0; k < c->out->pack_count; k++) {
      const tg_evidence_ast *e = &c->out->packs[k]->evidence;
      if (!tg_sees(c, g->pack, k) || (e->max_age < 0 && e->require == 0)) continue;
      if (seen != NULL &&
          ((seen->max_age >= 0 && e->max_age >= 0 && seen->max_age != e->max_age) ||
           (seen->require && e->require && seen->require != e->require)) &&
          tg_check_report(c, TG_E_CONFLICT, e->at, "two packs set the rule of evidence differently"))
        tg_diag_note_at(c->d, c->sources, seen->at, "the other one");
      if (a < 0) a = e->max_age;
      if (r == 0) r = e->require;
      seen = e;
    }
    if (g->ast->evidence.max_age >= 0) a = g->ast->evidence.max_age;
    if (g->ast->evidence.require) r = g->ast->evidence.require;
    g->evidence_max_age = (int32_t)(a > 3000000 ? 3000000 : a);
    g->require_evidence = r == 2;
    any |= g->evidence_max_age >= 0 || g->require_evidence;
  }
  c->out->evidence_path = UINT32_MAX;
  if (!any || c->out->portfolio) return;
  tg_str list_name = TG_STR("evidence");
  uint32_t field = TG_NO_FIELD;
  for (uint32_t f = c->fields.at[0].first_child; f != TG_NO_FIELD; f = c->fields.at[f].next)
    if (tg_str_eq(c->fields.at[f].name, list_name)) field = f;
  if (c->out->model.present && (field == TG_NO_FIELD || c->fields.at[field].type != TG_T_ROWS)) {
    tg_diag_at(c->d, TG_E_UNKNOWN_FACT, NULL, TG_NO_SPAN,
               "a rule of evidence is set, but the model has no list of records `evidence`");
    return;
  }
  c->out->evidence_path = tg_path_child(c, 0, TG_P_FIELD, list_name, field);
  uint32_t element = tg_path_element(c, c->out->evidence_path, field);
  static const char *const names[] = {"id", "supports", "dated"};
  for (int i = 0; i < 3; i++) {
    uint32_t child = TG_NO_FIELD;
    if (field != TG_NO_FIELD)
      for (uint32_t f = c->fields.at[field].first_child; f != TG_NO_FIELD; f = c->fields.at[f].next)
        if (tg_str_eq(c->fields.at[f].name, tg_str_of(names[i]))) child = f;
    c->out->evidence_paths[i] = tg_path_child(c, element, TG_P_FIELD, tg_str_of(names[i]), child);
    if (i == 1) tg_path_element(c, c->out->evidence_paths[i], child); /* its texts become rows */
  }
}

/* A path beside the configuration that names it. */
static tg_str beside(tg_checker *c, uint32_t source, tg_str path) {
  tg_str file = c->sources->list.at[source].name;
  uint32_t folder = file.n;
  if (path.n && path.at[0] == '/') return path;
  while (folder > 0 && file.at[folder - 1] != '/') folder--;
  tg_buf b;
  tg_buf_init(&b, c->mem);
  if (folder) tg_buf_put(&b, file.at, folder);
  tg_buf_put(&b, path.at, path.n);
  tg_str s = copy(c, b.n ? b.at : "", b.n);
  tg_buf_done(&b);
  return s;
}

void tg_check_config(tg_checker *c) {
  tg_tir_config *out = &c->out->config;
  out->bands[0] = 20, out->bands[1] = 12, out->bands[2] = 6;
  out->readiness = TG_READINESS_DEFAULT;
  out->unknown = -1;
  out->fail_on = -2;
  show(c, "readiness", TG_STR("risk-weighted"), TG_NO_SPAN);
  show(c, "fail_on", TG_STR("high"), TG_NO_SPAN);
  show(c, "unknown", TG_STR("block"), TG_NO_SPAN);
  show(c, "bands", TG_STR("critical 20, high 12, medium 6"), TG_NO_SPAN);
  show(c, "expires_soon", TG_STR("30 days"), TG_NO_SPAN);
  for (uint32_t i = 0; i < c->options->config_count; i++) {
    const tg_config_ast *k = c->options->configs[i];
    for (const tg_tailor_ast *t = k->tailoring; t; t = t->next) tailor(c, t);
    bands(c, k);
    matrix(c, k);
    words(c, k);
    figures(c, k->min_proven, true);
    figures(c, k->area_weights, false);
    policy(c, k);
    if (k->waivers.text.n) {
      out->waivers = beside(c, k->source, k->waivers.text);
      show(c, "waivers", k->waivers.text, k->waivers.span);
    }
  }
  evidence(c);
}
