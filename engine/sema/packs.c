/* Packs: which are in the run, in what order, and the settings they agree on. */
#include "sema/checker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool tg_check_report(tg_checker *c, tg_code code, tg_span at, const char *format, ...) {
  for (uint32_t i = 0; i < c->reported.n; i++)
    if (c->reported.at[i].start == at.start && c->reported.at[i].code == code) return false;
  tg_reported r = {at.start, code};
  (void)tg_vec_push(c->mem, &c->reported, r);
  char text[512];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  tg_diag_at(c->d, code, c->sources, at, "%s", text);
  return true;
}

void tg_check_hint_near(tg_checker *c, tg_str word, const tg_str *names, uint32_t count) {
  int near = count ? tg_nearest(word, names, count) : -1;
  if (near >= 0) tg_diag_hint(c->d, "did you mean `%.*s`?", TG_STR_ARG(names[near]));
}

bool tg_sees(const tg_checker *c, uint32_t pack, uint32_t other) {
  return c->sees[pack * c->out->pack_count + other] != 0;
}

static uint32_t pack_called(tg_pack_ast **packs, uint32_t count, tg_str name) {
  for (uint32_t i = 0; i < count; i++)
    if (tg_str_eq(packs[i]->name.text, name)) return i;
  return UINT32_MAX;
}

typedef struct ordering {
  tg_checker *c;
  tg_pack_ast **packs;
  uint32_t count;
  uint8_t *state; /* 0 not seen, 1 on the way, 2 done */
  const tg_pack_ast **out;
  uint32_t n;
} ordering;

static void visit(ordering *o, uint32_t pack, int depth) {
  tg_pack_ast *p = o->packs[pack];
  if (o->state[pack] == 2) return;
  o->state[pack] = 1;
  for (uint32_t i = 0; i < p->uses.count; i++) {
    tg_text_at use = p->uses.at[i];
    uint32_t other = pack_called(o->packs, o->count, use.text);
    if (other == UINT32_MAX) {
      tg_str *names = tg_arena_array(o->c->arena, tg_str, o->count);
      for (uint32_t k = 0; k < o->count && names; k++) names[k] = o->packs[k]->name.text;
      if (tg_check_report(o->c, TG_E_UNKNOWN_PACK, use.span, "there is no pack `%.*s`",
                          TG_STR_ARG(use.text)) &&
          names)
        tg_check_hint_near(o->c, use.text, names, o->count);
    } else if (o->state[other] == 1 || depth > 200) {
      tg_check_report(o->c, TG_E_USES_CYCLE, use.span, "packs use each other in a circle: `%.*s` uses `%.*s`",
                      TG_STR_ARG(p->name.text), TG_STR_ARG(use.text));
    } else {
      visit(o, other, depth + 1);
    }
  }
  o->state[pack] = 2;
  o->out[o->n++] = p;
}

/* Which packs a run of this kind holds: those of its scope, and what they use. */
static void keep_needed(tg_checker *c, tg_pack_ast **packs, uint32_t count, uint8_t *needed, uint32_t pack,
                        int depth) {
  if (needed[pack] || depth > 200) return;
  needed[pack] = 1;
  for (uint32_t i = 0; i < packs[pack]->uses.count; i++) {
    uint32_t other = pack_called(packs, count, packs[pack]->uses.at[i].text);
    if (other != UINT32_MAX) keep_needed(c, packs, count, needed, other, depth + 1);
  }
  for (const tg_model_ast *f = packs[pack]->model; f; f = f->next) {
    uint32_t other = f->use.text.n ? pack_called(packs, count, f->use.text) : UINT32_MAX;
    if (other != UINT32_MAX) keep_needed(c, packs, count, needed, other, depth + 1);
  }
}

tg_status tg_check_packs(tg_checker *c, tg_pack_ast **packs, uint32_t count) {
  uint8_t *needed = tg_arena_array(c->arena, uint8_t, count + 1);
  tg_pack_ast **kept = tg_arena_array(c->arena, tg_pack_ast *, count + 1);
  const tg_pack_ast **sorted = tg_arena_array(c->arena, const tg_pack_ast *, count + 1);
  uint8_t *state = tg_arena_array(c->arena, uint8_t, count + 1);
  uint32_t n = 0;
  if (needed == NULL || kept == NULL || sorted == NULL || state == NULL) return tg_mem_status(c->mem);
  for (uint32_t i = 0; i < count; i++) {
    bool portfolio = packs[i]->scope.text.n > 0;
    uint32_t first = pack_called(packs, i, packs[i]->name.text);
    if (first != UINT32_MAX && packs[i]->name.text.n &&
        tg_check_report(c, TG_E_DUPLICATE_PACK, packs[i]->name.span, "two packs are called `%.*s`",
                        TG_STR_ARG(packs[i]->name.text)))
      tg_diag_note_at(c->d, c->sources, packs[first]->name.span, "the first one");
    if (portfolio == c->options->portfolio) keep_needed(c, packs, count, needed, i, 0);
  }
  for (uint32_t i = 0; i < count; i++)
    if (needed[i] && (c->options->portfolio || packs[i]->scope.text.n == 0)) kept[n++] = packs[i];
  ordering o = {c, kept, n, state, sorted, 0};
  for (uint32_t i = 0; i < n; i++) visit(&o, i, 0);
  c->out->packs = sorted;
  c->out->pack_count = o.n;
  c->sees = tg_arena_array(c->arena, uint8_t, o.n * o.n + 1);
  if (c->sees == NULL) return tg_mem_status(c->mem);
  for (uint32_t i = 0; i < o.n; i++) { /* used packs come first, so their rows are complete */
    c->sees[i * o.n + i] = 1;
    for (uint32_t u = 0; u < sorted[i]->uses.count; u++)
      for (uint32_t k = 0; k < i; k++)
        if (tg_str_eq(sorted[k]->name.text, sorted[i]->uses.at[u].text))
          for (uint32_t j = 0; j < o.n; j++) c->sees[i * o.n + j] |= c->sees[k * o.n + j];
  }
  return TG_OK;
}

/* ---- settings: one value in a run ---- */

static void conflict(tg_checker *c, const char *key, tg_span at, tg_span first) {
  if (tg_check_report(c, TG_E_CONFLICT, at, "two packs set `%s` differently", key))
    tg_diag_note_at(c->d, c->sources, first, "the other one");
}

static uint32_t fact_path(tg_checker *c, uint32_t pack, const tg_expr *x) {
  tg_scope s = {pack, NULL, NULL, 0};
  tg_tir *t = tg_check_expr(c, &s, x);
  if (t->kind == TG_R_FACT && t->var == TG_NO_VAR) return t->path;
  if (t->kind != TG_R_ERROR) tg_check_report(c, TG_E_BAD_VALUE, x->span, "the path of a fact is wanted here");
  return UINT32_MAX;
}

static void set_fact(tg_checker *c, uint32_t pack, const tg_text_at *text, const tg_expr *x, const char *key,
                     tg_str *value, tg_span *first, uint32_t *path) {
  if (x == NULL) return;
  if (value->n) {
    if (!tg_str_eq(*value, text->text)) conflict(c, key, text->span, *first);
    return;
  }
  *value = text->text;
  *first = text->span;
  *path = fact_path(c, pack, x);
}

static void set_phases(tg_checker *c, const tg_pack_ast *p, tg_span *first) {
  if (p->phases.count == 0) return;
  bool same = c->out->phase_count == p->phases.count;
  for (uint32_t i = 0; same && i < p->phases.count; i++)
    same = tg_str_eq(c->out->phases[i], p->phases.at[i].text);
  if (c->out->phase_count) {
    if (!same) conflict(c, "phases", p->phases.at[0].span, *first);
    return;
  }
  if (p->phases.count > 32)
    tg_check_report(c, TG_E_TOO_BIG, p->phases.at[0].span, "a run has at most 32 phases");
  c->out->phases = tg_arena_array(c->arena, tg_str, p->phases.count);
  if (c->out->phases == NULL) return;
  *first = p->phases.at[0].span;
  c->out->phase_count = p->phases.count < 32 ? p->phases.count : 32;
  for (uint32_t i = 0; i < c->out->phase_count; i++) c->out->phases[i] = p->phases.at[i].text;
}

int tg_check_severity(tg_str s) {
  static const char *const words[] = {"info", "low", "medium", "high", "critical"};
  for (int i = 0; i < 5; i++)
    if (tg_str_is(s, words[i])) return i;
  return -1;
}

static void set_policy(tg_checker *c, uint32_t pack, const tg_waiver_policy_ast *w, tg_span *first) {
  tg_checked *o = c->out;
  int64_t days = 0;
  if (!w->present) return;
  if (w->max_days != NULL) {
    tg_scope s = {pack, NULL, NULL, 0};
    tg_tir *t = tg_check_expr(c, &s, w->max_days);
    tg_value v = t->value;
    bool days_given = t->kind == TG_R_CONST && v.kind == TG_V_DURATION && tg_duration_months(v) == 0;
    if (days_given) v = tg_int(tg_duration_days(v));
    while (v.kind == TG_V_NUMBER && v.aux > 0 && v.num % 10 == 0) {
      v.num /= 10;
      v.aux--;
    }
    if (t->kind != TG_R_ERROR && (t->kind != TG_R_CONST || v.kind != TG_V_NUMBER || v.aux != 0))
      tg_check_report(c, TG_E_BAD_VALUE, w->max_days->span, "a whole number of days is wanted here");
    days = v.kind == TG_V_NUMBER ? v.num : 0;
  }
  int severity = w->max_severity.text.n ? tg_check_severity(w->max_severity.text) : -1;
  if (first->start != UINT32_MAX) {
    bool same = o->waiver_max_days_set == (w->max_days != NULL) && o->waiver_max_days == days &&
                o->waiver_compensating == w->compensating_action;
    if (!same) conflict(c, "waiver_policy", w->span, *first);
    return;
  }
  *first = w->span;
  o->waiver_max_days_set = w->max_days != NULL;
  o->waiver_max_days = days;
  o->waiver_compensating = w->compensating_action;
  o->waiver_max_severity_set = severity >= 0;
  o->waiver_max_severity = severity >= 0 ? (uint8_t)severity : 0;
}

static void waiver_paths(tg_checker *c) {
  static const char *const names[] = {"id",          "gate",       "item",
                                      "reason",      "owner",      "approver",
                                      "approved_on", "expires_on", "compensating_action"};
  tg_checked *o = c->out;
  for (int i = 0; i < 9; i++) o->waiver_paths[i] = UINT32_MAX;
  if (o->waivers_path == UINT32_MAX) return;
  uint32_t list = o->paths.at[o->waivers_path].field, element = tg_path_element(c, o->waivers_path, list);
  for (int i = 0; i < 9; i++) {
    tg_str name = tg_str_of(names[i]);
    uint32_t field = TG_NO_FIELD;
    if (list != TG_NO_FIELD)
      for (uint32_t k = c->fields.at[list].first_child; k != TG_NO_FIELD; k = c->fields.at[k].next)
        if (tg_str_eq(c->fields.at[k].name, name)) field = k;
    if (list != TG_NO_FIELD && field == TG_NO_FIELD) continue;
    o->waiver_paths[i] = tg_path_child(c, element, TG_P_FIELD, name, field);
  }
}

void tg_check_settings(tg_checker *c) {
  tg_checked *o = c->out;
  tg_span phase_at = TG_NO_SPAN, as_of_at = TG_NO_SPAN, id_at = TG_NO_SPAN, waivers_at = TG_NO_SPAN,
          phases_at = TG_NO_SPAN, policy_at = TG_NO_SPAN;
  o->phase_path = o->as_of_path = o->id_path = o->waivers_path = UINT32_MAX;
  for (uint32_t i = 0; i < o->pack_count; i++) {
    const tg_pack_ast *p = o->packs[i];
    if (o->portfolio && p->scope.text.n == 0) { /* its facts are a document's, below engagements[] */
      if (p->as_of_fact.text.n) o->as_of_fact = p->as_of_fact.text;
      if (p->id_fact.text.n) o->id_fact = p->id_fact.text;
      continue;
    }
    set_fact(c, i, &p->phase_fact, p->phase_fact_x, "phase_fact", &o->phase_fact, &phase_at, &o->phase_path);
    set_fact(c, i, &p->as_of_fact, p->as_of_fact_x, "as_of_fact", &o->as_of_fact, &as_of_at, &o->as_of_path);
    set_fact(c, i, &p->id_fact, p->id_fact_x, "id_fact", &o->id_fact, &id_at, &o->id_path);
    set_fact(c, i, &p->waivers_fact, p->waivers_fact_x, "waivers_fact", &o->waivers_fact, &waivers_at,
             &o->waivers_path);
    set_phases(c, p, &phases_at);
    set_policy(c, i, &p->waiver_policy, &policy_at);
  }
  waiver_paths(c);
}

static void finish(tg_checker *c) {
  tg_model *m = &c->out->model;
  m->fields = c->fields.at;
  m->field_count = c->fields.n;
  m->words = c->words.at;
  m->word_count = c->words.n;
  m->pattern_texts = c->pattern_texts.at;
  m->pattern_caseless = c->pattern_caseless.at;
  m->pattern_count = c->pattern_texts.n;
  c->out->lets = c->made_lets.at;
  c->out->let_count = c->made_lets.n;
}

/* Vectors of the result are kept in the arena: the checker's own go. */
static void *kept(tg_checker *c, const void *at, size_t bytes) {
  void *copy = tg_arena_alloc(c->arena, bytes ? bytes : 1);
  if (copy != NULL && bytes) memcpy(copy, at, bytes);
  return copy;
}

/* A vector of the result moves into the arena. */
#define KEEP(mem, vector)                                                                                    \
  do {                                                                                                       \
    void *copy_ = kept(&c, (vector).at, sizeof *(vector).at * (vector).n);                                   \
    uint32_t n_ = copy_ ? (vector).n : 0;                                                                    \
    tg_vec_done((mem), &(vector));                                                                           \
    (vector).at = copy_, (vector).n = (vector).cap = n_;                                                     \
  } while (0)

tg_status tg_sema_check(tg_arena *arena, tg_sources *sources, tg_pack_ast **packs, uint32_t count,
                        const tg_sema_options *options, tg_diags *d, tg_checked *out) {
  tg_checker c = {
      .arena = arena, .mem = arena->mem, .sources = sources, .d = d, .options = options, .out = out};
  uint32_t errors = d->errors;
  memset(out, 0, sizeof *out);
  out->portfolio = options->portfolio;
  c.all = packs;
  c.all_count = count;
  tg_status st = tg_check_packs(&c, packs, count);
  if (st == TG_OK) {
    tg_path root = {TG_P_ROOT, true, UINT32_MAX, {"", 0}, 0, 0, UINT32_MAX, UINT32_MAX};
    if (!tg_vec_push(c.mem, &out->paths, root)) st = tg_mem_status(c.mem);
  }
  if (st == TG_OK) {
    void (*const steps[])(tg_checker *) = {tg_check_model,      tg_check_params, tg_check_collect_lets,
                                           tg_check_settings,   tg_check_gates,  tg_check_config,
                                           tg_check_unused_lets};
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !c.mem->failed; i++) steps[i](&c);
    finish(&c);
    out->lets = kept(&c, c.made_lets.at, sizeof *c.made_lets.at * c.made_lets.n);
    out->model.fields = kept(&c, c.fields.at, sizeof *c.fields.at * c.fields.n);
    out->model.words = kept(&c, c.words.at, sizeof *c.words.at * c.words.n);
    out->model.pattern_texts = kept(&c, c.pattern_texts.at, sizeof *c.pattern_texts.at * c.pattern_texts.n);
    out->model.pattern_caseless =
        kept(&c, c.pattern_caseless.at, sizeof *c.pattern_caseless.at * c.pattern_caseless.n);
    for (uint32_t i = 0; i < count + options->other_count; i++) {
      const tg_pack_ast *p = i < count ? packs[i] : options->others[i - count];
      for (const tg_gate_ast *g = tg_check_kept(&c, p) ? NULL : p->gates; g; g = g->next)
        (void)tg_vec_push(c.mem, &out->elsewhere, g->id.text);
    }
    KEEP(c.mem, out->elsewhere);
    KEEP(c.mem, out->config.floors);
    KEEP(c.mem, out->config.weights);
    KEEP(c.mem, out->config.shown);
    KEEP(c.mem, out->config.files);
    for (uint32_t i = 0; i < out->gate_count; i++) KEEP(c.mem, out->gates[i].changes);
    KEEP(c.mem, out->paths);
    KEEP(c.mem, out->patterns);
    if (c.mem->failed) st = tg_mem_status(c.mem);
  } else {
    tg_vec_done(c.mem, &out->paths);
  }
  tg_vec_done(c.mem, &c.lets);
  tg_vec_done(c.mem, &c.params);
  tg_vec_done(c.mem, &c.made_lets);
  tg_vec_done(c.mem, &c.fields);
  tg_vec_done(c.mem, &c.words);
  tg_vec_done(c.mem, &c.pattern_texts);
  tg_vec_done(c.mem, &c.pattern_caseless);
  tg_vec_done(c.mem, &c.reported);
  if (st != TG_OK) return st;
  return d->errors > errors ? TG_INVALID : TG_OK;
}
