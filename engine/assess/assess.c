/* Gate results to gate statuses, figures and verdict (language.md, sections 5 and 6). */
#include "assess/assess.h"

#include "assess/evidence.h"
#include "assess/ratchet.h"
#include "assess/score.h"
#include "assess/waiver.h"

#include <stdlib.h>
#include <string.h>

void tg_assess_init(tg_assessment *a, tg_mem *mem) {
  memset(a, 0, sizeof *a);
  a->mem = mem;
  tg_arena_init(&a->arena, mem);
  tg_arena_init(&a->detail_arena, mem);
}

void tg_assess_done(tg_assessment *a) {
  if (a->mem == NULL) return;
  tg_vec_done(a->mem, &a->states);
  tg_vec_done(a->mem, &a->areas);
  tg_vec_done(a->mem, &a->findings);
  tg_vec_done(a->mem, &a->waivers);
  tg_vec_done(a->mem, &a->waiver_order);
  tg_vec_done(a->mem, &a->conditions);
  tg_vec_done(a->mem, &a->tallies);
  tg_vec_done(a->mem, &a->evidence);
  tg_vec_done(a->mem, &a->missed);
  tg_vec_done(a->mem, &a->fixed);
  tg_vec_done(a->mem, &a->slips);
  tg_arena_done(&a->arena);
  tg_arena_done(&a->detail_arena);
}

uint8_t tg_severity_from(const tg_settings *s, int likelihood, int impact) {
  int score = likelihood * impact;
  if (s->has_matrix) return s->matrix[(likelihood - 1) * 5 + impact - 1];
  if (score >= s->bands[0]) return TG_CRITICAL;
  if (score >= s->bands[1]) return TG_HIGH;
  return score >= s->bands[2] ? TG_MEDIUM : TG_LOW;
}

static void judge(const tg_settings *settings, const tg_gate *g, const tg_gate_result *r,
                  tg_gate_state *out) {
  out->likelihood = r->likelihood;
  out->impact = r->impact;
  out->likelihood_unknown = r->likelihood_unknown;
  out->impact_unknown = r->impact_unknown;
  out->score = (uint8_t)(r->likelihood * r->impact);
  out->risk = (uint8_t)tg_risk_of(r->likelihood, r->impact);
  out->severity =
      g->severity != TG_NO_SEVERITY ? g->severity : tg_severity_from(settings, r->likelihood, r->impact);
}

static uint8_t worst(const uint32_t subjects[TG_OUTCOME_COUNT]) {
  for (int o = TG_ERROR; o > TG_NOT_APPLICABLE; o--)
    if (subjects[o]) return (uint8_t)o;
  return TG_NOT_APPLICABLE;
}

static bool needs_evidence(const tg_gate *g) { return g->evidence_max_age >= 0 || g->require_evidence; }

/* Findings of one gate, waivers applied; `next` walks the VM's subjects, which are sorted by gate. */
static tg_status settle_gate(tg_assessment *a, uint32_t gate, const tg_subject *subjects, uint32_t count,
                             uint32_t *next) {
  tg_gate_state *g = &a->states.at[gate];
  g->finding_first = a->findings.n;
  for (; *next < count && subjects[*next].gate == gate; (*next)++) {
    tg_finding f = {.gate = gate, .subject = *next, .outcome = subjects[*next].outcome, .waiver = TG_NONE};
    if (f.outcome == TG_PASS && needs_evidence(&a->program->gates[gate])) {
      tg_fact_state state;
      tg_status st = tg_evidence_judge(a, &subjects[*next], &state, &f.evidence_row);
      if (st != TG_OK) return st;
      f.evidence = (uint8_t)state;
      if (state != TG_STATE_KNOWN) {
        f.outcome = TG_UNKNOWN;
        g->subjects[TG_PASS]--;
        g->subjects[TG_UNKNOWN]++;
      }
    }
    if (f.outcome <= TG_PASS) continue; /* listed for tests of rules, and for their evidence */
    if (f.outcome == TG_FAIL && a->waivers.n > 0) {
      tg_str label;
      tg_status st = tg_subject_label(a, &subjects[*next], &label);
      if (st != TG_OK) return st;
      f.waiver = tg_waiver_for(a, gate, label);
      if (f.waiver != TG_NONE) {
        f.outcome = TG_WAIVED;
        g->subjects[TG_FAIL]--;
        g->subjects[TG_WAIVED]++;
      }
    }
    if (!tg_vec_push(a->mem, &a->findings, f)) return tg_mem_status(a->mem);
  }
  g->finding_count = a->findings.n - g->finding_first;
  g->outcome = worst(g->subjects);
  return TG_OK;
}

static tg_value weight_of(const tg_gate *g, const tg_gate_state *s, tg_readiness_model model) {
  if (model == TG_UNWEIGHTED) return tg_int(1);
  return g->has_weight ? g->weight : tg_int(s->score);
}

static uint8_t rating_of(const tg_gate_state *g) {
  switch (g->outcome) {
  case TG_NOT_APPLICABLE: return TG_GREY;
  case TG_PASS: return TG_GREEN;
  case TG_FAIL:
  case TG_ERROR: return g->severity >= TG_HIGH ? TG_RED : TG_AMBER;
  default: return TG_AMBER;
  }
}

static tg_status make_areas(tg_assessment *a) {
  const tg_program *p = a->program;
  a->areas.n = 0;
  a->tallies.n = 0;
  for (uint32_t i = 0; i < p->area_count; i++) {
    tg_area_state area = {.area = i, .rating = TG_GREY};
    tg_tally tally;
    tg_tally_init(&tally);
    if (!tg_vec_push(a->mem, &a->areas, area) || !tg_vec_push(a->mem, &a->tallies, tally))
      return tg_mem_status(a->mem);
  }
  return TG_OK;
}

/* Adds one gate to its area and to the whole. */
static void count_gate(tg_assessment *a, uint32_t gate, tg_tally *all) {
  const tg_gate *g = &a->program->gates[gate];
  const tg_gate_state *s = &a->states.at[gate];
  tg_area_state *area = &a->areas.at[g->area];
  area->gates[s->outcome]++;
  a->gates[s->outcome]++;
  uint8_t rating = rating_of(s);
  if (rating > area->rating) area->rating = rating;
  if (s->outcome == TG_NOT_APPLICABLE) return;
  tg_value weight = weight_of(g, s, a->options.model);
  tg_tally_add(all, weight, s->subjects);
  tg_tally_add(&a->tallies.at[g->area], weight, s->subjects);
  if (s->outcome == TG_FAIL || s->outcome == TG_ERROR || s->outcome == TG_UNKNOWN) a->open[s->severity]++;
  if (s->outcome == TG_UNKNOWN) a->open_unknown[s->severity]++;
}

static tg_status figures(tg_assessment *a, const tg_tally *all) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < a->areas.n; i++) {
    tg_area_state *area = &a->areas.at[i];
    uint32_t gates = 0;
    for (int o = 0; o < TG_OUTCOME_COUNT; o++) gates += area->gates[o];
    area->gross = tg_tally_gross(&a->tallies.at[i]);
    area->net = tg_tally_net(&a->tallies.at[i]);
    if (gates) a->areas.at[kept++] = *area; /* areas whose gates were all filtered out are not reported */
  }
  a->areas.n = kept;
  a->gross = tg_tally_gross(all);
  a->net = tg_tally_net(all);
  if (a->options.model != TG_BY_AREA) return TG_OK;
  tg_figure *f = tg_arena_array(&a->arena, tg_figure, kept ? kept : 1);
  uint32_t *w = tg_arena_array(&a->arena, uint32_t, kept ? kept : 1);
  if (f == NULL || w == NULL) return tg_mem_status(a->mem);
  const uint32_t *weights = a->program->settings.area_weights;
  for (uint32_t i = 0; i < kept; i++) w[i] = weights ? weights[a->areas.at[i].area] : 1;
#define MEAN(of)                                                                                             \
  do {                                                                                                       \
    for (uint32_t i = 0; i < kept; i++) f[i] = a->areas.at[i].of;                                            \
    a->of = tg_figure_mean(f, w, kept);                                                                      \
  } while (0)
  MEAN(gross.proven);
  MEAN(gross.possible);
  MEAN(net.proven);
  MEAN(net.possible);
#undef MEAN
  return TG_OK;
}

/* Floors of the configuration that net proven readiness does not reach, by the unrounded figures.  A run of a part of the gates has none. */
static tg_status compare_floors(tg_assessment *a) {
  const tg_settings *s = &a->program->settings;
  if (a->options.partial) return TG_OK;
  for (uint32_t i = 0; i < s->floor_count; i++) {
    const tg_floor *floor = &s->floors[i];
    tg_figure f = a->net.proven;
    for (uint32_t k = 0; floor->area != TG_NONE && k < a->areas.n; k++)
      if (a->areas.at[k].area == floor->area) f = a->areas.at[k].net.proven;
    if (!tg_figure_below(f, floor->least)) continue;
    if (!tg_vec_push(a->mem, &a->missed, floor->condition)) return tg_mem_status(a->mem);
  }
  return TG_OK;
}

static tg_verdict verdict_of(const tg_assessment *a) {
  bool critical_failed = false, critical_unknown = false, condition = a->options.partial || a->missed.n > 0,
       evaluated = false;
  for (uint32_t i = 0; i < a->program->gate_count; i++) {
    const tg_gate_state *g = &a->states.at[i];
    if (!g->selected || g->outcome == TG_NOT_APPLICABLE) continue;
    evaluated = true;
    bool failed = g->outcome == TG_FAIL || g->outcome == TG_ERROR;
    if (g->severity == TG_CRITICAL && failed) critical_failed = true;
    if (g->severity == TG_CRITICAL && g->outcome == TG_UNKNOWN) critical_unknown = true;
    if (g->severity >= TG_HIGH && g->outcome != TG_PASS) condition = true;
  }
  if (critical_failed || !evaluated) return TG_NOT_READY;
  if (critical_unknown) return TG_NOT_PROVEN;
  return condition ? TG_READY_WITH_CONDITIONS : TG_READY;
}

static tg_status begin(tg_assessment *a, uint32_t gate_count) {
  tg_arena_reset(&a->arena);
  a->findings.n = a->conditions.n = a->states.n = a->missed.n = a->fixed.n = a->slips.n = 0;
  a->conditions_made = a->distinct = false;
  a->ordinals = NULL;
  a->scalar_ordinals = NULL;
  a->identity = (tg_str){NULL, 0};
  memset(a->gates, 0, sizeof a->gates);
  memset(a->open, 0, sizeof a->open);
  memset(a->open_unknown, 0, sizeof a->open_unknown);
  if (!tg_vec_fit(a->mem, &a->states, gate_count)) return tg_mem_status(a->mem);
  a->states.n = gate_count;
  a->gate = a->states.at;
  return make_areas(a);
}

tg_status tg_assess_run(tg_assessment *a, const tg_program *p, struct tg_vm *vm, const tg_rows *rows,
                        tg_store *store, const tg_assess_options *options, tg_diags *d) {
  a->program = p;
  a->vm = vm;
  a->rows = rows;
  a->store = store;
  a->options = *options;
  tg_status st = begin(a, p->gate_count);
  if (st != TG_OK) return st;
  st = tg_waivers_read(a, d);
  if (st == TG_OK) st = tg_evidence_read(a);
  if (st != TG_OK) return st;
  uint32_t count, next = 0;
  const tg_subject *subjects = tg_vm_subjects(vm, &count);
  tg_tally all;
  tg_tally_init(&all);
  for (uint32_t i = 0; i < p->gate_count; i++) {
    const tg_gate_result *r = tg_vm_gate(vm, i);
    tg_gate_state *g = &a->states.at[i];
    memset(g, 0, sizeof *g);
    g->finding_first = a->findings.n;
    g->selected = options->selected == NULL || options->selected[i];
    if (!g->selected) continue;
    judge(&p->settings, &p->gates[i], r, g);
    memcpy(g->subjects, r->subjects, sizeof g->subjects);
    g->outcome = r->outcome;
    g->reason = r->reason;
    st = settle_gate(a, i, subjects, count, &next);
    if (st != TG_OK) return st;
    count_gate(a, i, &all);
  }
  st = figures(a, &all);
  if (st == TG_OK) st = compare_floors(a);
  if (st == TG_OK) st = tg_assess_compare(a);
  if (st == TG_OK) st = tg_assess_slips(a, d);
  if (st != TG_OK) return st;
  a->verdict = verdict_of(a);
  st = tg_waivers_settle(a, d);
  if (st != TG_OK) return st;
  return d != NULL && d->strict && d->errors ? TG_INVALID : TG_OK;
}

static tg_str slot_text(const tg_assessment *a, uint16_t slot) {
  if (slot == 0) return TG_STR("");
  const tg_value *v = &tg_row(a->rows, 0, 0)[slot];
  return tg_is_text(*v) ? tg_text_of(tg_vm_heap(a->vm), v) : TG_STR("");
}

tg_str tg_assess_engagement(const tg_assessment *a) {
  return a->program->portfolio ? TG_STR("") : slot_text(a, a->program->id_slot);
}

tg_str tg_assess_phase(const tg_assessment *a) {
  return a->program->portfolio ? TG_STR("") : slot_text(a, a->program->phase_slot);
}

void tg_assess_print(const tg_assessment *a, tg_value v, tg_buf *out) {
  tg_rows_print(a->rows, tg_vm_heap(a->vm), v, out);
}

tg_str tg_assess_document_id(tg_assessment *a, uint32_t document) {
  tg_str path = a->program->id_fact;
  char pointer[256];
  if (path.n == 0 || path.n + 2 > sizeof pointer || document >= a->store->roots.n) return TG_STR("");
  pointer[0] = '/';
  for (uint32_t i = 0; i < path.n; i++) pointer[i + 1] = path.at[i] == '.' ? '/' : path.at[i];
  uint32_t node = tg_store_find(a->store, a->store->roots.at[document], (tg_str){pointer, path.n + 1});
  if (node == UINT32_MAX || !tg_is_text(a->store->tree.nodes.at[node])) return TG_STR("");
  return tg_text_of(tg_vm_heap(a->vm), &a->store->tree.nodes.at[node]);
}

static int compare_texts(const void *x, const void *y) {
  return tg_str_cmp(*(const tg_str *)x, *(const tg_str *)y);
}

/* What fingerprints call the engagement: its id; of a portfolio the ids, sorted and joined by commas. */
tg_str tg_assess_identity(tg_assessment *a) {
  if (!a->program->portfolio) return tg_assess_engagement(a);
  if (a->identity.at != NULL) return a->identity;
  uint32_t n = a->store->roots.n;
  tg_str *ids = tg_arena_array(&a->arena, tg_str, n ? n : 1);
  if (ids == NULL) return TG_STR("");
  for (uint32_t i = 0; i < n; i++) ids[i] = tg_assess_document_id(a, i);
  qsort(ids, n, sizeof *ids, compare_texts);
  tg_buf b;
  tg_buf_init(&b, a->mem);
  for (uint32_t i = 0; i < n; i++) {
    if (i) tg_buf_putc(&b, ',');
    if (ids[i].n) tg_buf_put(&b, ids[i].at, ids[i].n);
  }
  char *copy = b.failed ? NULL : tg_arena_text(&a->arena, b.n ? b.at : "", b.n);
  if (copy != NULL) a->identity = (tg_str){copy, (uint32_t)b.n};
  tg_buf_done(&b);
  return a->identity.at ? a->identity : TG_STR("");
}
