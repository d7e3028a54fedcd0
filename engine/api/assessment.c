/* What a caller may ask of an assessment. */
#include "api/handles.h"
#include "report/report.h"

#include <string.h>

static double percent(tg_figure f) {
  int tenths = tg_figure_tenths(f);
  return tenths < 0 ? -1 : tenths / 10.0;
}

static tg_interval_percent interval(tg_interval i) {
  return (tg_interval_percent){percent(i.proven), percent(i.possible)};
}

tg_status tg_assessment_summary(const tg_assessment_handle *h, tg_summary *out) {
  if (h == NULL || out == NULL) return TG_MISUSE;
  const tg_assessment *a = &h->a;
  tg_summary r = {0};
  r.verdict = a->verdict;
  r.partial = a->options.partial;
  r.engagement = tg_text_from(tg_assess_engagement(a));
  r.phase = tg_text_from(tg_assess_phase(a));
  r.as_of = (tg_text){h->as_of, 10};
  r.gross = interval(a->gross);
  r.net = interval(a->net);
  for (int i = 0; i < TG_OUTCOME_COUNT; i++) r.gates[i] = a->gates[i];
  for (int i = 0; i < TG_SEVERITY_COUNT; i++) r.open[i] = a->open[i];
  r.findings = a->findings.n;
  TG_GIVE(out, r);
  return TG_OK;
}

tg_status tg_assessment_gate(tg_assessment_handle *h, size_t gate, tg_gate_status *out) {
  if (h == NULL || out == NULL || gate >= h->a.program->gate_count) return TG_MISUSE;
  const tg_gate *g = &h->a.program->gates[gate];
  const tg_gate_state *s = &h->a.gate[gate];
  tg_gate_status r = {0};
  tg_status st = tg_assess_reason(&h->a, (uint32_t)gate, &r.reason);
  h->shown = TG_NONE; /* asking for a reason may have run the explain pass */
  if (st != TG_OK) return st;
  r.id = tg_text_from(g->id);
  r.area = tg_text_from(g->area_id);
  r.pack = tg_text_from(h->a.program->packs[g->pack].name);
  r.outcome = (tg_outcome)s->outcome;
  r.severity = (tg_severity)s->severity;
  r.likelihood = s->likelihood;
  r.impact = s->impact;
  r.score = s->score;
  r.risk = (tg_risk)s->risk;
  for (int i = 0; i < TG_OUTCOME_COUNT; i++) r.subjects[i] = s->subjects[i];
  TG_GIVE(out, r);
  return TG_OK;
}

size_t tg_assessment_finding_count(const tg_assessment_handle *h) { return h ? h->a.findings.n : 0; }

/* The two passes disagree: nothing that the caller did. */
static tg_status contradiction(tg_assessment_handle *h, tg_status st) {
  tg_mem *facts = &h->a.store->mem; /* line tables are made there when a place is first asked for */
  if (st == TG_OK && facts->failed) {
    st = tg_mem_status(facts);
    tg_mem_clear(facts);
  }
  if (h->a.mem->failed && st == TG_INVALID) return tg_mem_status(h->a.mem);
  if (st == TG_INVALID)
    tg_diag_at(&h->messages->diags, TG_E_INTERNAL, NULL, TG_NO_SPAN,
               "a finding cannot be explained: the verdict and the explanation differ");
  return st;
}

static tg_status show(tg_assessment_handle *h, size_t finding) {
  if (h == NULL || finding >= h->a.findings.n) return TG_MISUSE;
  if (h->shown == finding) return TG_OK;
  h->shown = TG_NONE;
  tg_status st = tg_assess_detail(&h->a, (uint32_t)finding, &h->detail);
  if (st == TG_OK) h->shown = (uint32_t)finding;
  return contradiction(h, st);
}

tg_status tg_assessment_finding(tg_assessment_handle *h, size_t finding, tg_finding_info *out) {
  tg_status st = out == NULL ? TG_MISUSE : show(h, finding);
  if (st != TG_OK) return st;
  const tg_finding *f = &h->a.findings.at[finding];
  const tg_gate_state *s = &h->a.gate[f->gate];
  const tg_detail *d = h->detail;
  tg_finding_info r = {.gate = tg_text_from(h->a.program->gates[f->gate].id),
                       .label = tg_text_from(d->label),
                       .pointer = tg_text_from(d->pointer),
                       .message = tg_text_from(d->message),
                       .fingerprint = {d->fingerprint, strlen(d->fingerprint)},
                       .outcome = (tg_outcome)f->outcome,
                       .severity = (tg_severity)s->severity,
                       .score = s->score,
                       .stable = d->stable,
                       .clauses = d->clause_count,
                       .facts = d->fact_count};
  TG_GIVE(out, r);
  return TG_OK;
}

tg_status tg_assessment_clause(tg_assessment_handle *h, size_t finding, size_t clause,
                               tg_clause_status *out) {
  tg_status st = out == NULL ? TG_MISUSE : show(h, finding);
  if (st != TG_OK) return st;
  if (clause >= h->detail->clause_count) return TG_MISUSE;
  const tg_clause_used *c = &h->detail->clauses[clause];
  tg_clause_status r = {0, tg_text_from(c->text), (tg_outcome)c->outcome};
  TG_GIVE(out, r);
  return TG_OK;
}

tg_status tg_assessment_fact(tg_assessment_handle *h, size_t finding, size_t fact, tg_fact_status *out) {
  tg_status st = out == NULL ? TG_MISUSE : show(h, finding);
  if (st != TG_OK) return st;
  if (fact >= h->detail->fact_count) return TG_MISUSE;
  const tg_fact_used *u = &h->detail->facts[fact];
  tg_buf_clear(&h->value);
  tg_assess_print(&h->a, u->value, &h->value);
  if (h->value.failed) return TG_NOMEM;
  tg_fact_status r = {.pointer = tg_text_from(u->pointer),
                      .path = tg_text_from(u->path),
                      .value = {h->value.n ? h->value.at : "", h->value.n},
                      .file = tg_text_from(u->place.file),
                      .state = (tg_fact_state)u->state,
                      .line = u->place.line,
                      .column = u->place.column};
  TG_GIVE(out, r);
  return TG_OK;
}

int tg_assessment_blocks(const tg_assessment_handle *h) { return h == NULL || tg_assess_blocks(&h->a); }

tg_status tg_baseline_load(tg_env *env, tg_messages *messages, const char *path, tg_baseline_handle **out) {
  if (env == NULL || messages == NULL || path == NULL || out == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_mem_init(&mem, &env->allocator, env->memory_limit);
  tg_baseline_handle *b = tg_mem_zalloc(&mem, sizeof *b);
  if (b == NULL) return tg_api_refused(messages, &mem, tg_mem_status(&mem));
  b->mem = mem;
  tg_status st = tg_baseline_read(&b->baseline, &b->mem, path, tg_str_of(path), &messages->diags);
  if (st == TG_OK) {
    *out = b;
    return st;
  }
  st = tg_api_refused(messages, &b->mem, st);
  tg_baseline_free(b);
  return st;
}

void tg_baseline_free(tg_baseline_handle *b) {
  if (b == NULL) return;
  tg_baseline_done(&b->baseline);
  tg_mem mem = b->mem;
  tg_mem_free(&mem, b, sizeof *b);
}

const char *const *tg_report_formats(void) { return tg_report_names(); }

tg_status tg_assessment_write(tg_assessment_handle *h, const tg_report_format *format, tg_text *out) {
  if (h == NULL || format == NULL || out == NULL) return TG_MISUSE;
  tg_report_format f;
  TG_COPY_OPTIONS(&f, format);
  tg_report_fn write = f.name ? tg_report_find(f.name) : NULL;
  if (write == NULL) return TG_MISUSE;
  tg_report_options o = {f.width,      f.colour != 0,       f.ascii != 0,          f.verbose != 0,
                         f.quiet != 0, tg_str_from(f.root), tg_str_from(f.prefix), TG_STR(TG_VERSION)};
  h->shown = TG_NONE;
  tg_mem_clear(h->a.mem);
  h->report.failed = false;
  tg_buf_clear(&h->report);
  tg_status st = tg_assess_distinct(&h->a, &h->messages->diags);
  if (st != TG_OK) return st;
  st = write(&h->a, &o, &h->report);
  if (st == TG_OK && h->report.failed)
    st = tg_mem_status(h->a.mem) == TG_OK ? TG_NOMEM : tg_mem_status(h->a.mem);
  if (st == TG_OK) *out = (tg_text){h->report.n ? h->report.at : "", h->report.n};
  return contradiction(h, st);
}
