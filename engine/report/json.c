/* The JSON report: the contract of include/tollgate/report.schema.json. */
#include "report/parts.h"

#include <stdio.h>
#include <string.h>

tg_str tg_report_path(const tg_report_options *o, tg_str path, tg_buf *scratch) {
  uint32_t n = o->root.n;
  if (path.n > 0 && path.at[0] == '/') {
    if (n == 0 || path.n <= n || memcmp(path.at, o->root.at, n) != 0) return path;
    if (path.at[n - 1] != '/' && path.at[n] != '/') return path;
    while (n < path.n && path.at[n] == '/') n++;
    return (tg_str){path.at + n, path.n - n};
  }
  /* each leading `../` leaves one folder of the prefix */
  tg_str prefix = o->prefix;
  for (;;) {
    if (path.n >= 2 && memcmp(path.at, "./", 2) == 0) {
      path = (tg_str){path.at + 2, path.n - 2};
    } else if (path.n >= 3 && memcmp(path.at, "../", 3) == 0 && prefix.n > 0) {
      while (prefix.n > 0 && prefix.at[prefix.n - 1] != '/') prefix.n--;
      if (prefix.n > 0) prefix.n--;
      path = (tg_str){path.at + 3, path.n - 3};
    } else {
      break;
    }
  }
  if (prefix.n == 0 || (path.n > 0 && path.at[0] == '<')) return path; /* `<stdin>` is no path */
  tg_buf_clear(scratch);
  tg_buf_put(scratch, prefix.at, prefix.n);
  tg_buf_putc(scratch, '/');
  tg_buf_put(scratch, path.at, path.n);
  return scratch->failed ? path : (tg_str){scratch->at, (uint32_t)scratch->n};
}

void tg_report_day(tg_value day, char out[16]) {
  int y, m, d;
  tg_date_to_civil(day.num, &y, &m, &d);
  snprintf(out, 16, "%04d-%02d-%02d", y % 10000, m % 100, d % 100);
}

static void put_interval(tg_json *j, const char *key, tg_interval i) {
  tg_json_open(j, key, '{');
  tg_json_figure(j, "proven", i.proven);
  tg_json_figure(j, "possible", i.possible);
  tg_json_close(j, '}');
}

void tg_json_readiness(tg_json *j, const char *key, const tg_assessment *a) {
  tg_json_open(j, key, '{');
  tg_json_word(j, "model", tg_model_word(a->options.model));
  put_interval(j, "gross", a->gross);
  put_interval(j, "net", a->net);
  tg_json_close(j, '}');
}

/* pass, fail, unknown, waived, error, not_applicable: the order of the contract, not of the enum. */
static const tg_outcome outcome_order[] = {TG_PASS,   TG_FAIL,  TG_UNKNOWN,
                                           TG_WAIVED, TG_ERROR, TG_NOT_APPLICABLE};

static void put_outcomes(tg_json *j, const char *key, const uint32_t counts[TG_OUTCOME_COUNT], int n) {
  tg_json_open(j, key, '{');
  for (int i = 0; i < n; i++) tg_json_int(j, tg_outcome_word(outcome_order[i]), counts[outcome_order[i]]);
  tg_json_close(j, '}');
}

void tg_json_counts(tg_json *j, const tg_assessment *a) {
  tg_json_open(j, "counts", '{');
  put_outcomes(j, "gates", a->gates, TG_OUTCOME_COUNT);
  tg_json_open(j, "open", '{');
  for (int s = TG_CRITICAL; s >= TG_INFO; s--) tg_json_int(j, tg_severity_word((tg_severity)s), a->open[s]);
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

static void put_path(tg_json *j, const tg_report_options *o, tg_str file) {
  tg_buf scratch;
  tg_buf_init(&scratch, j->out->mem);
  tg_json_text(j, "file", tg_report_path(o, file, &scratch));
  tg_buf_done(&scratch);
}

static void put_hash(tg_json *j, const uint8_t sha[32]) {
  char hex[65];
  tg_hex(sha, 32, hex);
  tg_json_word(j, "sha256", hex);
}

static void put_date(tg_json *j, const char *key, tg_value v) {
  char day[16];
  if (v.kind != TG_V_DATE) {
    tg_json_null(j, key);
    return;
  }
  tg_report_day(v, day);
  tg_json_word(j, key, day);
}

static void put_packs(tg_json *j, const tg_program *p) {
  tg_json_open(j, "packs", '[');
  for (uint32_t i = 0; i < p->pack_count; i++) {
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "name", p->packs[i].name);
    tg_json_text(j, "version", p->packs[i].version);
    put_hash(j, p->packs[i].sha256);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

static void put_facts(tg_json *j, const tg_assessment *a, const tg_report_options *o) {
  tg_json_open(j, "facts", '[');
  for (uint32_t i = 0; i < a->store->sources.list.n; i++) {
    tg_source *s = &a->store->sources.list.at[i];
    tg_json_open(j, NULL, '{');
    put_path(j, o, s->name);
    put_hash(j, tg_source_sha256(&a->store->sources, s));
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

static void put_params(tg_json *j, const tg_assessment *a) {
  const tg_program *p = a->program;
  tg_json_open(j, "params", '{');
  for (uint32_t i = 0; i < p->param_count; i++) {
    const tg_param_info *x = &p->params[i];
    if (x->list_count == TG_NONE) {
      tg_json_value(j, a, x->full_name, x->value);
      continue;
    }
    tg_json_key(j, x->full_name);
    tg_buf_putc(j->out, '[');
    for (uint32_t k = 0; k < x->list_count; k++) {
      tg_json inner = {j->out, 1, false, k == 0};
      tg_value v = p->set_values[x->list_first + k];
      if (tg_is_text(v)) {
        tg_buf text;
        tg_buf_init(&text, a->mem);
        tg_assess_print(a, v, &text);
        tg_json_text(&inner, NULL, (tg_str){text.n ? text.at : "", (uint32_t)text.n});
        tg_buf_done(&text);
      } else {
        if (k) tg_buf_puts(j->out, ", ");
        if (v.kind != TG_V_NUMBER && v.kind != TG_V_BOOL) tg_buf_putc(j->out, '"');
        tg_assess_print(a, v, j->out);
        if (v.kind != TG_V_NUMBER && v.kind != TG_V_BOOL) tg_buf_putc(j->out, '"');
      }
    }
    tg_buf_putc(j->out, ']');
  }
  tg_json_close(j, '}');
}

static void put_engagement(tg_json *j, tg_assessment *a) {
  if (a->program->portfolio) {
    tg_json_null(j, "engagement");
    tg_json_open(j, "documents", '[');
    for (uint32_t i = 0; i < a->store->roots.n; i++) {
      tg_json_open(j, NULL, '{');
      tg_json_text(j, "id", tg_assess_document_id(a, i));
      tg_json_close(j, '}');
    }
    tg_json_close(j, ']');
    return;
  }
  tg_str phase = tg_assess_phase(a), id = tg_assess_engagement(a);
  tg_json_open(j, "engagement", '{');
  if (id.n)
    tg_json_text(j, "id", id);
  else
    tg_json_null(j, "id");
  if (phase.n)
    tg_json_text(j, "phase", phase);
  else
    tg_json_null(j, "phase");
  tg_json_close(j, '}');
  tg_json_null(j, "documents");
}

static void put_areas(tg_json *j, const tg_assessment *a) {
  tg_json_open(j, "areas", '[');
  for (uint32_t i = 0; i < a->areas.n; i++) {
    const tg_area_state *x = &a->areas.at[i];
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "area", a->program->areas[x->area]);
    tg_json_word(j, "rating", tg_rating_word((tg_rating)x->rating));
    put_interval(j, "gross", x->gross);
    put_interval(j, "net", x->net);
    put_outcomes(j, "gates", x->gates, TG_OUTCOME_COUNT);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

/* What the run was measured by, and whether it passes. */
static void put_policy(tg_json *j, const tg_assessment *a) {
  int threshold = a->options.threshold;
  tg_json_open(j, "policy", '{');
  tg_json_word(j, "fail_on", threshold < 0 ? "never" : tg_severity_word((tg_severity)threshold));
  tg_json_word(j, "unknown", a->options.unknown_reports ? "report" : "block");
  tg_json_bool(j, "blocks", tg_assess_blocks(a));
  tg_json_close(j, '}');
}

static void put_config(tg_json *j, const tg_assessment *a, const tg_report_options *o) {
  const tg_settings *s = &a->program->settings;
  if (s->file_count == 0) {
    tg_json_null(j, "config");
    return;
  }
  tg_json_open(j, "config", '{');
  tg_json_open(j, "files", '[');
  for (uint32_t i = 0; i < s->file_count; i++) {
    tg_json_open(j, NULL, '{');
    put_path(j, o, s->files[i].name);
    put_hash(j, s->files[i].sha256);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_open(j, "settings", '{');
  for (uint32_t i = 0; i < s->shown_count; i++) {
    tg_json_key(j, s->shown[i].name);
    tg_json_put(j->out, s->shown[i].value);
  }
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

static void put_baseline(tg_json *j, const tg_assessment *a, const tg_report_options *o) {
  const tg_baseline *b = a->options.baseline;
  if (b == NULL) {
    tg_json_null(j, "baseline");
    return;
  }
  uint32_t counts[5] = {0};
  for (uint32_t i = 0; i < a->findings.n; i++) counts[a->findings.at[i].baseline]++;
  tg_json_open(j, "baseline", '{');
  put_path(j, o, b->file);
  put_hash(j, b->sha256);
  if (b->reason.n) {
    tg_json_text(j, "reason", b->reason);
    tg_json_text(j, "owner", b->owner);
  } else {
    tg_json_null(j, "reason");
    tg_json_null(j, "owner");
  }
  put_date(j, "expires_on", b->expires_on);
  tg_json_bool(j, "expired", tg_baseline_expired(b, a->options.today));
  tg_json_open(j, "counts", '{');
  for (int k = TG_BASE_NEW; k <= TG_BASE_BETTER; k++)
    tg_json_int(j, tg_baseline_word((tg_baseline_state)k), counts[k]);
  tg_json_int(j, "fixed", a->fixed.n);
  tg_json_close(j, '}');
  tg_json_open(j, "fixed", '[');
  for (uint32_t i = 0; i < a->fixed.n; i++) {
    const tg_base_finding *f = &b->findings[a->fixed.at[i]];
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "gate", f->gate);
    tg_json_text(j, "label", f->label);
    tg_json_word(j, "status", tg_outcome_word((tg_outcome)f->outcome));
    tg_json_word(j, "severity", tg_severity_word((tg_severity)f->severity));
    tg_json_text(j, "message", f->message);
    tg_json_text(j, "fingerprint", f->fingerprint);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

/* Written only when a run has one. */
static void put_ratchet(tg_json *j, const tg_assessment *a, const tg_report_options *o) {
  static const char *const figures[] = {"gross", "net", "open"};
  const tg_ratchet *r = a->options.ratchet;
  if (r == NULL) return;
  tg_json_open(j, "ratchet", '{');
  put_path(j, o, r->file);
  put_hash(j, r->sha256);
  tg_json_open(j, "worse", '[');
  for (uint32_t i = 0; i < a->slips.n; i++) {
    const tg_slip *s = &a->slips.at[i];
    tg_json_open(j, NULL, '{');
    if (s->area.n)
      tg_json_text(j, "area", s->area);
    else
      tg_json_null(j, "area");
    tg_json_word(j, "figure", figures[s->what]);
    tg_json_word(j, "severity", s->what == 2 ? tg_severity_word((tg_severity)s->severity) : NULL);
    if (s->what == 2) {
      tg_json_int(j, "best", s->best);
      tg_json_int(j, "now", s->now);
    } else {
      tg_json_figure(j, "best", (tg_figure){s->best, 10});
      tg_json_figure(j, "now", (tg_figure){s->now, 10});
    }
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

tg_status tg_json_head(tg_json *j, tg_assessment *a, const tg_report_options *o) {
  static const char *const sources[] = {"option", "fact", "clock"};
  char day[16];
  tg_report_day(a->options.today, day);
  tg_status st = tg_assess_conditions(a);
  if (st != TG_OK) return st;
  tg_json_int(j, "report_version", 1);
  tg_json_open(j, "tool", '{');
  tg_json_word(j, "name", "tollgate");
  tg_json_text(j, "version", o->tool_version);
  tg_json_close(j, '}');
  tg_json_open(j, "regex", '{'); /* the one thing whose limits may differ between machines */
  tg_json_int(j, "patterns", a->program->pattern_count);
  tg_json_int(j, "jit", a->program->jit_count);
  tg_json_close(j, '}');
  tg_json_word(j, "as_of", day);
  tg_json_word(j, "as_of_source", sources[a->options.as_of_source]);
  put_engagement(j, a);
  put_packs(j, a->program);
  put_facts(j, a, o);
  put_params(j, a);
  tg_json_word(j, "verdict", tg_verdict_word(a->verdict));
  tg_json_bool(j, "partial", a->options.partial);
  tg_json_readiness(j, "readiness", a);
  tg_json_counts(j, a);
  tg_json_open(j, "conditions", '[');
  for (uint32_t i = 0; i < a->conditions.n; i++) tg_json_text(j, NULL, a->conditions.at[i]);
  tg_json_close(j, ']');
  put_policy(j, a);
  put_config(j, a, o);
  put_baseline(j, a, o);
  put_ratchet(j, a, o);
  put_areas(j, a);
  return TG_OK;
}

static void put_texts(tg_json *j, const char *key, const tg_program *p, uint32_t first, uint32_t count) {
  tg_json_open(j, key, '[');
  for (uint32_t i = 0; i < count; i++) tg_json_text(j, NULL, p->texts[first + i]);
  tg_json_close(j, ']');
}

static void put_tailored(tg_json *j, const tg_program *p, const tg_gate *g) {
  if (g->tailor_reason.n == 0) {
    tg_json_null(j, "tailored");
    return;
  }
  tg_json_open(j, "tailored", '{');
  tg_json_text(j, "reason", g->tailor_reason);
  tg_json_open(j, "changes", '[');
  for (uint32_t i = 0; i < g->tailor_count; i++) {
    const tg_tailoring *t = &p->settings.tailorings[g->tailor_first + i];
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "what", t->what);
    tg_json_text(j, "from", t->from);
    tg_json_text(j, "to", t->to);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

static void put_judgement(tg_json *j, const tg_gate_state *s) {
  tg_json_word(j, "severity", tg_severity_word((tg_severity)s->severity));
  tg_json_int(j, "likelihood", s->likelihood);
  tg_json_int(j, "impact", s->impact);
  tg_json_int(j, "score", s->score);
}

tg_status tg_json_gate(tg_json *j, tg_assessment *a, uint32_t gate) {
  const tg_gate *g = &a->program->gates[gate];
  const tg_gate_state *s = &a->gate[gate];
  tg_reason reason;
  tg_status st = tg_assess_reason(a, gate, &reason);
  if (st != TG_OK) return st;
  tg_json_text(j, "id", g->id);
  tg_json_text(j, "title", g->title);
  tg_json_text(j, "pack", a->program->packs[g->pack].name);
  tg_json_text(j, "area", g->area_id);
  tg_json_word(j, "status", tg_outcome_word((tg_outcome)s->outcome));
  tg_json_word(j, "reason", tg_reason_word(reason));
  put_judgement(j, s);
  tg_json_word(j, "risk", tg_risk_word((tg_risk)s->risk));
  tg_json_open(j, "assumed", '['); /* unknown likelihood or impact counts as 5 */
  if (s->likelihood_unknown) tg_json_word(j, NULL, "likelihood");
  if (s->impact_unknown) tg_json_word(j, NULL, "impact");
  tg_json_close(j, ']');
  put_outcomes(j, "subjects", s->subjects, TG_OUTCOME_COUNT - 1);
  put_tailored(j, a->program, g);
  put_texts(j, "references", a->program, g->reference_first, g->reference_count);
  return TG_OK;
}

static void put_place(tg_json *j, const tg_report_options *o, tg_place place) {
  if (place.line == 0) {
    tg_json_null(j, "file");
    tg_json_null(j, "line");
    tg_json_null(j, "column");
    return;
  }
  put_path(j, o, place.file);
  tg_json_int(j, "line", place.line);
  tg_json_int(j, "column", place.column);
}

static void put_reasons(tg_json *j, const tg_assessment *a, const tg_report_options *o, const tg_detail *d) {
  tg_json_open(j, "clauses", '[');
  for (uint32_t i = 0; i < d->clause_count; i++) {
    static const char *const results[] = {"unknown", "true", "unknown", "unknown", "false", "error"};
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "expression", d->clauses[i].text);
    tg_json_word(j, "result", results[d->clauses[i].outcome]);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_open(j, "facts", '[');
  for (uint32_t i = 0; i < d->fact_count; i++) {
    const tg_fact_used *u = &d->facts[i];
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "path", u->pointer);
    tg_json_value(j, a, TG_STR("value"), u->value);
    tg_json_word(j, "state", tg_state_word((tg_fact_state)u->state));
    if (u->known_by.n)
      tg_json_text(j, "known_by", u->known_by);
    else
      tg_json_null(j, "known_by");
    put_place(j, o, u->place);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_int(j, "facts_total", d->facts_total);
}

static void put_known(tg_json *j, const char *key, tg_str s) {
  if (s.at == NULL)
    tg_json_null(j, key);
  else
    tg_json_text(j, key, s);
}

static void put_waiver(tg_json *j, const tg_waiver *w) {
  tg_json_open(j, "waiver", '{');
  put_known(j, "id", w->id);
  put_known(j, "reason", w->reason);
  put_known(j, "owner", w->owner);
  put_known(j, "approver", w->approver);
  put_date(j, "approved_on", w->approved_on);
  put_date(j, "expires_on", w->expires_on);
  tg_json_close(j, '}');
}

tg_status tg_json_finding(tg_json *j, tg_assessment *a, const tg_report_options *o, uint32_t finding) {
  const tg_finding *f = &a->findings.at[finding];
  const tg_gate *g = &a->program->gates[f->gate];
  const tg_detail *d;
  tg_status st = tg_assess_detail(a, finding, &d);
  if (st != TG_OK) return st;
  tg_json_text(j, "gate", g->id);
  tg_json_word(j, "status", tg_outcome_word((tg_outcome)f->outcome));
  put_judgement(j, &a->gate[f->gate]);
  tg_json_open(j, "subject", '{');
  tg_json_text(j, "path", d->pointer);
  tg_json_text(j, "label", d->label);
  tg_json_close(j, '}');
  tg_json_text(j, "message", d->message);
  tg_json_word(j, "error", d->fault);
  put_reasons(j, a, o, d);
  tg_json_open(j, "rule", '{');
  put_place(j, o, tg_program_place(a->program, g->span.start));
  tg_json_close(j, '}');
  tg_json_text(j, "remediation", g->remediation);
  tg_json_text(j, "evidence", g->proof);
  put_texts(j, "references", a->program, g->reference_first, g->reference_count);
  if (f->waiver == TG_NONE)
    tg_json_null(j, "waiver");
  else
    put_waiver(j, &a->waivers.at[f->waiver]);
  tg_json_word(j, "baseline", tg_baseline_word((tg_baseline_state)f->baseline));
  tg_json_bool(j, "stable", d->stable);
  tg_json_word(j, "fingerprint", d->fingerprint);
  return TG_OK;
}

void tg_json_waivers(tg_json *j, const tg_assessment *a, const tg_report_options *o) {
  tg_json_open(j, "waivers", '[');
  for (uint32_t i = 0; i < a->waivers.n; i++) {
    const tg_waiver *w = &a->waivers.at[i];
    tg_json_open(j, NULL, '{');
    put_known(j, "id", w->id);
    put_known(j, "gate", w->gate);
    put_known(j, "item", w->item);
    tg_json_word(j, "state", tg_waiver_word((tg_waiver_state)w->state));
    tg_json_bool(j, "expires_soon", w->expires_soon);
    tg_json_word(j, "why", w->why);
    put_place(j, o,
              w->start == TG_NOWHERE ? (tg_place){{"", 0}, 0, 0}
                                     : tg_sources_place(&a->store->sources, w->start));
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

tg_status tg_report_json(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  tg_json j;
  tg_json_init(&j, out, true);
  tg_json_open(&j, NULL, '{');
  tg_status st = tg_json_head(&j, a, o);
  tg_json_open(&j, "gates", '[');
  for (uint32_t i = 0; st == TG_OK && i < a->program->gate_count; i++) {
    if (!a->gate[i].selected) continue;
    tg_json_open(&j, NULL, '{');
    st = tg_json_gate(&j, a, i);
    tg_json_close(&j, '}');
  }
  tg_json_close(&j, ']');
  tg_json_open(&j, "findings", '[');
  for (uint32_t i = 0; st == TG_OK && i < a->findings.n; i++) {
    tg_json_open(&j, NULL, '{');
    st = tg_json_finding(&j, a, o, i);
    tg_json_close(&j, '}');
  }
  tg_json_close(&j, ']');
  tg_json_waivers(&j, a, o);
  tg_json_close(&j, '}');
  tg_buf_putc(out, '\n');
  return st;
}
