/* Results of SARIF: findings, and in the full profile gates that pass or do not apply, and what the baseline had. */
#include "report/sarif.h"

#include "report/text_out.h"

#include <string.h>

/* ---- choosing ---- */

static bool is_problem(const tg_finding *f) { return f->outcome != TG_WAIVED; }

/* What blocks first, then severity, then score. */
static uint16_t rank_of(const tg_assessment *a, uint32_t finding) {
  const tg_gate_state *g = &a->gate[a->findings.at[finding].gate];
  return (uint16_t)((tg_finding_blocks(a, finding) ? 160 : 0) + g->severity * 32 + g->score);
}

void tg_sarif_choose(tg_sarif *s) {
  uint32_t count[320] = {0}, kept = 0;
  s->least = 0;
  s->least_count = UINT32_MAX;
  if (s->full) return;
  for (uint32_t i = 0; i < s->a->findings.n; i++)
    if (is_problem(&s->a->findings.at[i])) count[rank_of(s->a, i)]++;
  for (int r = 319; r >= 0; r--) {
    if (kept + count[r] > TG_SARIF_RESULTS && s->cut_results == 0) {
      s->least = (uint16_t)r;
      s->least_count = TG_SARIF_RESULTS - kept;
      s->cut_results = count[r] - s->least_count;
    } else if (s->cut_results > 0) {
      s->cut_results += count[r];
    } else {
      kept += count[r];
    }
  }
}

bool tg_sarif_chosen(const tg_sarif *s, uint32_t finding) {
  return s->full || (is_problem(&s->a->findings.at[finding]) &&
                     rank_of(s->a, finding) >= s->least); /* ties: see write */
}

/* ---- places ---- */

static void put_artifact(tg_sarif *s, const tg_region *r) {
  tg_json *j = &s->j;
  tg_json_open(j, "artifactLocation", '{');
  tg_buf_clear(&s->safe);
  bool relative = tg_report_uri(&s->safe, s->o, r->source->name);
  tg_sarif_put(s, "uri", &s->safe);
  if (relative) tg_json_word(j, "uriBaseId", "%SRCROOT%");
  tg_json_int(j, "index", r->source_index);
  tg_json_close(j, '}');
}

static void put_physical(tg_sarif *s, const tg_region *r) {
  tg_json *j = &s->j;
  tg_json_open(j, "physicalLocation", '{');
  put_artifact(s, r);
  tg_json_open(j, "region", '{');
  tg_json_int(j, "startLine", r->line);
  tg_json_int(j, "startColumn", r->start);
  tg_json_int(j, "endLine", r->line);
  tg_json_int(j, "endColumn", r->end);
  tg_json_open(j, "snippet", '{');
  tg_json_text(j, "text", r->text);
  tg_json_close(j, '}');
  tg_json_close(j, '}');
  if (r->around.n > 0) {
    tg_json_open(j, "contextRegion", '{');
    tg_json_int(j, "startLine", r->first_line);
    tg_json_int(j, "endLine", r->last_line);
    tg_json_open(j, "snippet", '{');
    tg_json_text(j, "text", r->around);
    tg_json_close(j, '}');
    tg_json_close(j, '}');
  }
  tg_json_close(j, '}');
}

/* Where a finding is shown: the first fact that decided it, else its subject, else the top of the facts. */
static bool find_place(tg_sarif *s, const tg_detail *d, tg_region *out, tg_str *pointer) {
  const tg_store *store = s->a->store;
  *pointer = d->pointer;
  for (uint32_t i = 0; i < d->fact_count; i++) {
    const tg_fact_used *u = &d->facts[i];
    if (u->pointer.n == 0 || u->value.start == TG_NOWHERE) continue;
    if (!tg_region_of(&store->sources, u->value.start, &s->cursor, out)) continue;
    *pointer = u->pointer;
    return true;
  }
  uint32_t node =
      d->pointer.n && store->root != UINT32_MAX ? tg_store_find(store, store->root, d->pointer) : UINT32_MAX;
  if (node != UINT32_MAX && store->tree.nodes.at[node].start != TG_NOWHERE &&
      tg_region_of(&store->sources, store->tree.nodes.at[node].start, &s->cursor, out))
    return true;
  return store->sources.list.n > 0 &&
         tg_region_of(&store->sources, store->sources.list.at[0].base, &s->cursor, out);
}

static void put_locations(tg_sarif *s, const tg_detail *d) {
  tg_json *j = &s->j;
  tg_region r;
  tg_str pointer;
  tg_json_open(j, "locations", '[');
  if (find_place(s, d, &r, &pointer)) {
    tg_json_open(j, NULL, '{');
    put_physical(s, &r);
    if (pointer.n > 0) {
      tg_json_open(j, "logicalLocations", '[');
      tg_json_open(j, NULL, '{');
      tg_json_text(j, "fullyQualifiedName", pointer);
      tg_json_close(j, '}');
      tg_json_close(j, ']');
    }
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

/* ---- one finding ---- */

static const char *baseline_word(tg_baseline_state state) {
  switch (state) {
  case TG_BASE_NEW: return "new";
  case TG_BASE_UNCHANGED: return "unchanged";
  case TG_BASE_WORSE:
  case TG_BASE_BETTER: return "updated";
  default: return NULL;
  }
}

static void put_head(tg_sarif *s, tg_str id, uint32_t rule, const char *kind, const char *level) {
  tg_json_text(&s->j, "ruleId", id);
  if (rule != TG_NONE) tg_json_int(&s->j, "ruleIndex", rule);
  tg_json_word(&s->j, "kind", kind);
  tg_json_word(&s->j, "level", level);
}

/* In the problems profile everything is a failure, because its readers know nothing else. */
static const char *kind_of(const tg_sarif *s, uint8_t outcome) {
  if (!s->full || outcome == TG_FAIL || outcome == TG_WAIVED) return "fail";
  return outcome == TG_UNKNOWN ? "open" : "review";
}

static const char *level_of(const char *kind, uint8_t severity) {
  return strcmp(kind, "fail") == 0 ? tg_sarif_level(severity) : "none";
}

static bool blank(tg_str s) {
  uint32_t i = 0;
  while (i < s.n && (s.at[i] == ' ' || s.at[i] == '\t' || s.at[i] == '\n' || s.at[i] == '\r')) i++;
  return i == s.n;
}

/* The sentence people see first, and with Markdown what to do about it. */
static void put_message(tg_sarif *s, const tg_gate *g, const tg_gate_state *state, tg_str message,
                        uint8_t outcome, const char *fault) {
  static const char *const lead[TG_OUTCOME_COUNT] = {
      [TG_UNKNOWN] = "Undecided: ", [TG_ERROR] = "Not evaluated: "};
  tg_json *j = &s->j;
  const char *first = lead[outcome] ? lead[outcome] : "";
  if (blank(message)) message = g->title;
  tg_json_open(j, "message", '{');
  tg_buf_clear(&s->text);
  tg_buf_puts(&s->text, first);
  tg_sarif_plain(s, &s->text, message);
  if (fault != NULL) tg_buf_printf(&s->text, " (%s)", fault);
  tg_sarif_stop(&s->text);
  tg_sarif_put(s, "text", &s->text);
  tg_buf_clear(&s->text);
  tg_buf_puts(&s->text, first);
  tg_sarif_markdown(s, &s->text, message);
  if (fault != NULL) tg_buf_printf(&s->text, " (%s)", fault);
  tg_buf_printf(&s->text, "\n\n**%s**, score %u (likelihood %u, impact %u)",
                tg_severity_word((tg_severity)state->severity), (unsigned)state->score,
                (unsigned)state->likelihood, (unsigned)state->impact);
  if (g->remediation.n > 0) {
    tg_buf_puts(&s->text, "\n\n**What to do:** ");
    tg_sarif_markdown(s, &s->text, g->remediation);
  }
  tg_sarif_put(s, "markdown", &s->text);
  tg_json_close(j, '}');
}

static void put_fingerprints(tg_sarif *s, const char *fingerprint) {
  char line[24]; /* unlike a hash of the lines around it, ours outlives edits beside the fact */
  const char *hex = fingerprint + strlen("sha256:");
  if (strspn(hex, "0123456789abcdef") != 64) return; /* of a baseline that others wrote */
  memcpy(line, hex, 16);
  memcpy(line + 16, ":1", 3);
  tg_json_open(&s->j, "partialFingerprints", '{');
  tg_json_word(&s->j, "tollgateFinding/v1", hex);
  tg_json_word(&s->j, "primaryLocationLineHash", line);
  tg_json_close(&s->j, '}');
}

static void put_judgement(tg_sarif *s, const char *status, const tg_gate_state *g) {
  tg_json *j = &s->j;
  tg_json_word(j, "tollgate/status", status);
  tg_json_word(j, "tollgate/severity", tg_severity_word((tg_severity)g->severity));
  tg_json_int(j, "tollgate/likelihood", g->likelihood);
  tg_json_int(j, "tollgate/impact", g->impact);
  tg_json_int(j, "tollgate/score", g->score);
}

/* "systems[billing].owner is none (facts.yaml:12:5)" for each fact that decided it. */
static void put_evidence(tg_sarif *s, const tg_detail *d) {
  tg_json *j = &s->j;
  tg_json_open(j, "tollgate/evidence", '[');
  for (uint32_t i = 0; i < d->fact_count; i++) {
    const tg_fact_used *u = &d->facts[i];
    if (u->pointer.n == 0) continue;
    tg_buf_clear(&s->text);
    tg_buf_put(&s->text, u->path.at, u->path.n);
    tg_buf_puts(&s->text, " is ");
    if (u->state == TG_STATE_KNOWN || u->state == TG_STATE_NONE)
      tg_assess_print(s->a, u->value, &s->text);
    else
      tg_buf_puts(&s->text, tg_state_word((tg_fact_state)u->state));
    if (u->place.line != 0) {
      tg_buf scratch;
      tg_buf_init(&scratch, s->a->mem);
      tg_str file = tg_report_path(s->o, u->place.file, &scratch);
      tg_buf_puts(&s->text, " (");
      tg_buf_put(&s->text, file.at, file.n);
      tg_buf_printf(&s->text, ":%u:%u)", (unsigned)u->place.line, (unsigned)u->place.column);
      if (scratch.failed) j->out->failed = true;
      tg_buf_done(&scratch);
    }
    tg_sarif_put(s, NULL, &s->text);
  }
  tg_json_close(j, ']');
}

static void put_named(tg_buf *b, const char *name, tg_str value) {
  tg_buf_puts(b, name);
  tg_text_safe(b, value);
}

static void put_day(tg_json *j, const char *key, tg_value v) {
  char day[16];
  if (v.kind != TG_V_DATE) return;
  tg_report_day(v, day);
  tg_json_word(j, key, day);
}

/* Without `status` and `state`: the two versions of the schema each forbid the other's word, and a waiver is only here when it is in force. */
static void put_suppression(tg_sarif *s, const tg_waiver *w) {
  tg_json *j = &s->j;
  tg_json_open(j, NULL, '{');
  tg_json_word(j, "kind", "external");
  tg_buf_clear(&s->text);
  tg_text_safe(&s->text, w->reason);
  put_named(&s->text, " (waiver ", w->id.n ? w->id : TG_STR("without an id"));
  put_named(&s->text, ", owner ", w->owner);
  put_named(&s->text, ", approved by ", w->approver);
  char day[16];
  tg_report_day(w->expires_on, day); /* in force: it is a date */
  tg_buf_printf(&s->text, ", expires %s)", day);
  tg_sarif_put(s, "justification", &s->text);
  tg_region_cursor cursor = {0};
  tg_region r;
  if (w->start != TG_NOWHERE && tg_region_of(&s->a->store->sources, w->start, &cursor, &r)) {
    tg_json_open(j, "location", '{');
    put_physical(s, &r);
    tg_json_close(j, '}');
  }
  tg_json_open(j, "properties", '{');
  if (w->id.n) tg_json_text(j, "tollgate/waiver", w->id);
  tg_json_text(j, "tollgate/owner", w->owner);
  tg_json_text(j, "tollgate/approver", w->approver);
  put_day(j, "tollgate/approvedOn", w->approved_on);
  put_day(j, "tollgate/expiresOn", w->expires_on);
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

static void put_suppressions(tg_sarif *s, uint32_t waiver) {
  if (!s->full) return;
  tg_json_open(&s->j, "suppressions", '[');
  if (waiver != TG_NONE) put_suppression(s, &s->a->waivers.at[waiver]);
  tg_json_close(&s->j, ']');
}

static tg_status put_finding(tg_sarif *s, uint32_t finding) {
  tg_json *j = &s->j;
  const tg_finding *f = &s->a->findings.at[finding];
  const tg_gate *g = &s->a->program->gates[f->gate];
  const tg_gate_state *state = &s->a->gate[f->gate];
  const tg_detail *d;
  tg_status st = tg_assess_detail(s->a, finding, &d);
  if (st != TG_OK) return st;
  const char *kind = kind_of(s, f->outcome);
  tg_json_open(j, NULL, '{');
  put_head(s, g->id, s->rule[f->gate], kind, level_of(kind, state->severity));
  put_message(s, g, state, d->message, f->outcome, d->fault);
  put_locations(s, d);
  put_fingerprints(s, d->fingerprint);
  put_suppressions(s, f->waiver);
  if (s->a->options.baseline != NULL)
    tg_json_word(j, "baselineState", baseline_word((tg_baseline_state)f->baseline));
  if (strcmp(kind, "fail") == 0) tg_json_int(j, "rank", state->score * 4);
  tg_json_open(j, "properties", '{');
  put_judgement(s, tg_outcome_word((tg_outcome)f->outcome), state);
  tg_json_bool(j, "tollgate/blocks", tg_finding_blocks(s->a, finding));
  tg_json_text(j, "tollgate/subject", d->label);
  tg_json_text(j, "tollgate/jsonPointer", d->pointer);
  put_evidence(s, d);
  if (f->baseline != TG_BASE_NONE)
    tg_json_word(j, "tollgate/baseline", tg_baseline_word((tg_baseline_state)f->baseline));
  tg_json_close(j, '}');
  tg_json_close(j, '}');
  return TG_OK;
}

/* ---- what is no finding ---- */

/* The baseline had something of this gate, which is gone now. */
static bool has_fixed(const tg_assessment *a, tg_str gate) {
  for (uint32_t i = 0; i < a->fixed.n; i++)
    if (tg_str_eq(a->options.baseline->findings[a->fixed.at[i]].gate, gate)) return true;
  return false;
}

/* A gate that passes or does not apply: one result. */
static tg_status put_gate(tg_sarif *s, uint32_t gate) {
  tg_json *j = &s->j;
  const tg_gate *g = &s->a->program->gates[gate];
  const tg_gate_state *state = &s->a->gate[gate];
  bool pass = state->outcome == TG_PASS;
  tg_reason reason;
  tg_status st = tg_assess_reason(s->a, gate, &reason);
  if (st != TG_OK) return st;
  tg_json_open(j, NULL, '{');
  put_head(s, g->id, s->rule[gate], pass ? "pass" : "notApplicable", "none");
  tg_buf_clear(&s->text);
  tg_buf_puts(&s->text, pass ? "Passes: " : "Does not apply: ");
  tg_sarif_plain(s, &s->text, g->title);
  tg_sarif_stop(&s->text);
  tg_sarif_message(s, "message");
  put_suppressions(s, TG_NONE);
  if (s->a->options.baseline != NULL)
    tg_json_word(j, "baselineState", has_fixed(s->a, g->id) ? "updated" : "unchanged");
  tg_json_open(j, "properties", '{');
  put_judgement(s, tg_outcome_word((tg_outcome)state->outcome), state);
  if (reason != TG_REASON_NONE) tg_json_word(j, "tollgate/reason", tg_reason_word(reason));
  tg_json_int(j, "tollgate/subjects", state->subjects[TG_PASS]);
  tg_json_close(j, '}');
  tg_json_close(j, '}');
  return TG_OK;
}

static uint32_t gate_called(const tg_program *p, tg_str id) {
  for (uint32_t i = 0; i < p->gate_count; i++)
    if (tg_str_eq(p->gates[i].id, id)) return i;
  return TG_NONE;
}

/* A finding of the baseline that is gone or passes now. */
static void put_absent(tg_sarif *s, const tg_base_finding *b) {
  tg_json *j = &s->j;
  const char *kind = kind_of(s, b->outcome);
  uint32_t gate = gate_called(s->a->program, b->gate);
  tg_json_open(j, NULL, '{');
  put_head(s, b->gate, gate == TG_NONE ? TG_NONE : s->rule[gate], kind, level_of(kind, b->severity));
  tg_buf_clear(&s->text);
  tg_sarif_plain(s, &s->text, blank(b->message) ? b->gate : b->message);
  tg_sarif_stop(&s->text);
  tg_sarif_message(s, "message");
  char fingerprint[72] = "";
  memcpy(fingerprint, b->fingerprint.at, b->fingerprint.n < 71 ? b->fingerprint.n : 71);
  put_fingerprints(s, fingerprint);
  put_suppressions(s, TG_NONE);
  tg_json_word(j, "baselineState", "absent");
  tg_json_open(j, "properties", '{');
  tg_json_word(j, "tollgate/status", tg_outcome_word((tg_outcome)b->outcome));
  tg_json_word(j, "tollgate/severity", tg_severity_word((tg_severity)b->severity));
  tg_json_text(j, "tollgate/subject", b->label);
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

tg_status tg_sarif_results(tg_sarif *s) {
  tg_assessment *a = s->a;
  tg_status st = TG_OK;
  uint32_t ties = 0;
  tg_json_open(&s->j, "results", '[');
  for (uint32_t g = 0; st == TG_OK && g < a->program->gate_count; g++) {
    const tg_gate_state *state = &a->gate[g];
    if (!state->selected) continue;
    for (uint32_t i = state->finding_first; st == TG_OK && i < state->finding_first + state->finding_count;
         i++) {
      if (!tg_sarif_chosen(s, i)) continue;
      if (!s->full && rank_of(a, i) == s->least && ties++ >= s->least_count) continue;
      st = put_finding(s, i);
    }
    if (st == TG_OK && s->full && state->finding_count == 0) st = put_gate(s, g);
  }
  for (uint32_t i = 0; s->full && i < a->fixed.n; i++)
    put_absent(s, &a->options.baseline->findings[a->fixed.at[i]]);
  tg_json_close(&s->j, ']');
  return st;
}
