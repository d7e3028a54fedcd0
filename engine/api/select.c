/* Which gates a run is about: filters by id, area, phase and tag. */
#include "api/handles.h"

#include <fnmatch.h>
#include <string.h>

static bool glob_fits(tg_text pattern, tg_str name) {
  char p[256], n[256];
  if (pattern.n >= sizeof p || name.n >= sizeof n) return false;
  if (pattern.n) memcpy(p, pattern.at, pattern.n);
  p[pattern.n] = 0;
  if (name.n) memcpy(n, name.at, name.n);
  n[name.n] = 0;
  return fnmatch(p, n, 0) == 0;
}

static bool phase_fits(const tg_program *p, const tg_gate *g, tg_text phase) {
  for (uint32_t k = 0; k < p->phase_count && k < 32; k++)
    if ((g->phases >> k & 1) != 0 && tg_str_eq(p->phases[k], tg_str_from(phase))) return true;
  return false;
}

static bool tag_fits(const tg_program *p, const tg_gate *g, tg_text tag) {
  for (uint32_t k = 0; k < g->tag_count; k++)
    if (tg_str_eq(p->texts[g->tag_first + k], tg_str_from(tag))) return true;
  return false;
}

typedef enum filter { BY_GATE, BY_AREA, BY_PHASE, BY_TAG } filter;

static bool fits(const tg_program *p, const tg_gate *g, filter f, tg_text word) {
  switch (f) {
  case BY_GATE: return glob_fits(word, g->id);
  case BY_AREA: return tg_str_eq(g->area_id, tg_str_from(word));
  case BY_PHASE: return phase_fits(p, g, word);
  case BY_TAG: return tag_fits(p, g, word);
  }
  return false;
}

/* Candidates for "did you mean". */
static void hint_near(const tg_selection *e, filter f, tg_text word) {
  const tg_program *p = e->program;
  TG_VEC(tg_str) names = {NULL, 0, 0};
  for (uint32_t i = 0; i < p->gate_count; i++) {
    const tg_gate *g = &p->gates[i];
    if (f == BY_GATE) (void)tg_vec_push(e->mem, &names, g->id);
    if (f == BY_AREA) (void)tg_vec_push(e->mem, &names, g->area_id);
    if (f == BY_TAG)
      for (uint32_t k = 0; k < g->tag_count; k++)
        (void)tg_vec_push(e->mem, &names, p->texts[g->tag_first + k]);
  }
  if (f == BY_PHASE)
    for (uint32_t k = 0; k < p->phase_count; k++) (void)tg_vec_push(e->mem, &names, p->phases[k]);
  int near = names.n ? tg_nearest(tg_str_from(word), names.at, names.n) : -1;
  if (near >= 0) tg_diag_hint(e->diags, "did you mean `%.*s`?", TG_STR_ARG(names.at[near]));
  tg_vec_done(e->mem, &names);
}

/* Keeps the gates that match some word of the list; a word that matches none is an error. */
static bool narrow(const tg_selection *e, uint8_t *selected, filter f, const char *what, const tg_text *words,
                   size_t count) {
  const tg_program *p = e->program;
  bool ok = true;
  for (size_t w = 0; w < count; w++) {
    bool some = false;
    for (uint32_t i = 0; i < p->gate_count && !some; i++) some = fits(p, &p->gates[i], f, words[w]);
    if (some) continue;
    tg_diag_at(e->diags, TG_E_OPTION, NULL, TG_NO_SPAN, "no gate has the %s `%.*s`", what, (int)words[w].n,
               words[w].at);
    hint_near(e, f, words[w]);
    ok = false;
  }
  for (uint32_t i = 0; ok && count > 0 && i < p->gate_count; i++) {
    bool some = false;
    for (size_t w = 0; w < count && !some; w++) some = fits(p, &p->gates[i], f, words[w]);
    if (!some) selected[i] = 0;
  }
  return ok;
}

tg_status tg_api_select(const tg_selection *e, const tg_run_options *o, uint8_t *selected) {
  uint32_t n = e->program->gate_count;
  if (n) memset(selected, 1, n);
  bool ok = narrow(e, selected, BY_GATE, "id", o->gates, o->gate_count);
  ok = narrow(e, selected, BY_AREA, "area", o->areas, o->area_count) && ok;
  ok = narrow(e, selected, BY_PHASE, "phase", o->phases, o->phase_count) && ok;
  ok = narrow(e, selected, BY_TAG, "tag", o->tags, o->tag_count) && ok;
  if (!ok) return TG_INVALID;
  uint32_t left = 0;
  for (uint32_t i = 0; i < n; i++) left += selected[i];
  if (left > 0) return TG_OK;
  tg_diag_at(e->diags, TG_E_OPTION, NULL, TG_NO_SPAN,
             n == 0 ? "the rules hold no gate" : "the filters together leave no gate");
  return TG_INVALID;
}
