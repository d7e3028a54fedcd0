/* OSCAL assessment results: one observation a check, one risk a finding, one finding a gate that applies.  A waived gate stays
 * not-satisfied and its risk deviation-approved: the paper trail is the point. */
#include "report/oscal.h"

#include <stdio.h>
#include <string.h>

static const char zero_uuid[] = "00000000-0000-0000-0000-000000000000";

/* A gate's id as an XML name: what it is in all packs of ours. */
static tg_str token_of(tg_oscal *x, tg_str id, const char *suffix) {
  tg_buf_clear(&x->more);
  for (uint32_t i = 0; i < id.n; i++) {
    char c = id.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    bool other = (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (i == 0 && other) tg_buf_putc(&x->more, '_');
    tg_buf_putc(&x->more, letter || other ? c : '_');
  }
  tg_buf_puts(&x->more, suffix);
  if (x->more.failed) x->failed = true;
  return (tg_str){x->more.n ? x->more.at : "_", x->more.n ? (uint32_t)x->more.n : 1};
}

static void put_figure(tg_oscal *x, tg_json *j, const char *name, tg_figure f) {
  char text[16];
  int tenths = tg_figure_tenths(f);
  if (tenths < 0) return;
  snprintf(text, sizeof text, "%d.%d", tenths / 10, tenths % 10);
  tg_oscal_prop(x, j, name, tg_str_of(text));
}

/* ---- head ---- */

static void put_roles(tg_oscal *x, tg_json *j) {
  static const char *const roles[][2] = {{"waiver-owner", "Waiver owner"},
                                         {"waiver-approver", "Waiver approver"}};
  if (x->people.names.n == 0) return;
  tg_json_open(j, "roles", '[');
  for (int i = 0; i < 2; i++) {
    tg_json_open(j, NULL, '{');
    tg_json_word(j, "id", roles[i][0]);
    tg_json_word(j, "title", roles[i][1]);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_open(j, "parties", '[');
  for (uint32_t i = 0; i < x->people.names.n; i++) {
    tg_str name = tg_names_get(&x->people, i);
    tg_json_open(j, NULL, '{');
    tg_oscal_uuid_of(x, j, "uuid", "party", name);
    tg_json_word(j, "type", "person");
    tg_oscal_string(x, j, "name", name);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
}

static void put_metadata(tg_oscal *x, tg_json *j, const char *version) {
  tg_str identity = tg_assess_identity(x->a);
  tg_buf title;
  tg_buf_init(&title, x->a->mem);
  tg_buf_printf(&title, "Readiness assessment of %.*s",
                TG_STR_ARG(identity.n ? identity : TG_STR("the engagement")));
  tg_json_open(j, "metadata", '{');
  tg_oscal_markup(x, j, "title", (tg_str){title.n ? title.at : "", (uint32_t)title.n});
  if (title.failed) x->failed = true;
  tg_buf_done(&title);
  tg_json_word(j, "last-modified", x->day);
  tg_json_text(j, "version", (tg_str){x->day, 10});
  tg_json_word(j, "oscal-version", version);
  put_roles(x, j);
  tg_json_close(j, '}');
}

static void put_result_props(tg_oscal *x, tg_json *j) {
  const tg_assessment *a = x->a;
  int threshold = a->options.threshold;
  tg_json_open(j, "props", '[');
  tg_oscal_prop(x, j, "verdict", tg_str_of(tg_verdict_word(a->verdict)));
  tg_oscal_prop(x, j, "blocks", tg_str_of(tg_assess_blocks(a) ? "true" : "false"));
  tg_oscal_prop(x, j, "fail-on",
                tg_str_of(threshold < 0 ? "never" : tg_severity_word((tg_severity)threshold)));
  tg_oscal_prop(x, j, "partial", tg_str_of(a->options.partial ? "true" : "false"));
  put_figure(x, j, "proven", a->gross.proven);
  put_figure(x, j, "possible", a->gross.possible);
  put_figure(x, j, "net-proven", a->net.proven);
  put_figure(x, j, "net-possible", a->net.possible);
  for (uint32_t i = 0; i < a->missed.n; i++) tg_oscal_prop(x, j, "floor-missed", a->missed.at[i]);
  tg_json_close(j, ']');
}

/* ---- definitions ---- */

static void put_component(tg_oscal *x, tg_json *j, tg_str key) {
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "uuid", "subject", key);
  tg_json_word(j, "type", "system");
  tg_oscal_markup(x, j, "title", key.n ? key : TG_STR("engagement"));
  tg_json_word(j, "description", key.n ? "A subject of the engagement." : "The engagement.");
  tg_json_open(j, "status", '{');
  tg_json_word(j, "state", "operational");
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

static void put_definitions(tg_oscal *x, tg_json *j) {
  tg_json_open(j, "local-definitions", '{');
  tg_json_open(j, "components", '[');
  for (uint32_t i = 0; i < x->subjects.names.n; i++) put_component(x, j, tg_names_get(&x->subjects, i));
  tg_json_close(j, ']');
  tg_json_open(j, "assessment-assets", '{');
  tg_json_open(j, "components", '[');
  tg_json_open(j, NULL, '{');
  tg_json_word(j, "uuid", x->tool);
  tg_json_word(j, "type", "software");
  tg_json_word(j, "title", "Tollgate");
  tg_json_word(j, "description", "Rule engine for readiness and risk.");
  tg_json_open(j, "props", '[');
  tg_json_open(j, NULL, '{');
  tg_json_word(j, "name", "version");
  tg_oscal_string(x, j, "value", x->o->tool_version);
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  tg_json_open(j, "status", '{');
  tg_json_word(j, "state", "operational");
  tg_json_close(j, '}');
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  tg_json_open(j, "assessment-platforms", '[');
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "uuid", "platform", TG_STR("tollgate"));
  tg_json_word(j, "title", "Tollgate");
  tg_json_open(j, "uses-components", '[');
  tg_json_open(j, NULL, '{');
  tg_json_word(j, "component-uuid", x->tool);
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

static void put_controls(tg_oscal *x, tg_json *j) {
  tg_json_open(j, "reviewed-controls", '{');
  tg_json_open(j, "control-selections", '[');
  tg_json_open(j, NULL, '{');
  tg_json_open(j, "include-controls", '[');
  for (uint32_t i = 0; i < x->a->program->gate_count; i++) {
    if (!x->a->gate[i].selected) continue;
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "control-id", token_of(x, x->a->program->gates[i].id, ""));
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

/* ---- checks ---- */

static tg_status put_checks(tg_oscal *x, tg_json *j) {
  tg_buf risks; /* come after the observations, from the same explanations */
  tg_buf_init(&risks, x->a->mem);
  tg_json_open(j, "observations", '[');
  tg_json r = {&risks, j->depth, true, true};
  tg_entries entries;
  tg_entry c;
  tg_entries_init(&entries, x->a);
  while (tg_entries_next(&entries, &c)) {
    tg_oscal_observation(x, j, &c);
    if (c.finding != TG_NONE) tg_oscal_risk(x, &r, &c);
  }
  tg_json_close(j, ']');
  if (risks.n > 0) {
    tg_json_open(j, "risks", '[');
    tg_buf_put(j->out, risks.at, risks.n);
    j->first = false;
    tg_json_close(j, ']');
  }
  if (risks.failed) x->failed = true;
  tg_status st = entries.status;
  tg_entries_done(&entries);
  tg_buf_done(&risks);
  return st;
}

static void put_target(tg_oscal *x, tg_json *j, const tg_gate *g, tg_outcome outcome) {
  static const char *const reasons[TG_OUTCOME_COUNT] = {
      [TG_PASS] = "pass", [TG_WAIVED] = "fail", [TG_FAIL] = "fail"};
  tg_json_open(j, "target", '{');
  tg_json_word(j, "type", "objective-id");
  tg_json_text(j, "target-id", token_of(x, g->id, "_obj"));
  tg_oscal_markup(x, j, "title", g->id);
  tg_json_open(j, "status", '{');
  tg_json_word(j, "state", outcome == TG_PASS ? "satisfied" : "not-satisfied");
  tg_json_word(j, "reason", reasons[outcome] ? reasons[outcome] : "other");
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

/* `risks`: the risks of the gate's findings, else their observations. */
static tg_status put_related(tg_oscal *x, tg_json *j, uint32_t gate, bool risks) {
  const tg_gate_state *s = &x->a->gate[gate];
  char fingerprint[72];
  tg_status st = TG_OK;
  if (risks && s->finding_count == 0) return TG_OK;
  tg_json_open(j, risks ? "related-risks" : "related-observations", '[');
  for (uint32_t i = 0; st == TG_OK && (i < s->finding_count || i == 0); i++) {
    st = s->finding_count ? tg_assess_fingerprint(x->a, s->finding_first + i, fingerprint)
                          : tg_assess_gate_fingerprint(x->a, gate, fingerprint);
    if (st != TG_OK) break;
    tg_json_open(j, NULL, '{');
    tg_oscal_uuid_of(x, j, risks ? "risk-uuid" : "observation-uuid", risks ? "risk" : "observation",
                     tg_str_of(fingerprint + strlen("sha256:")));
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  return st;
}

static tg_status put_findings(tg_oscal *x, tg_json *j) {
  tg_status st = TG_OK;
  bool any = false;
  for (uint32_t i = 0; st == TG_OK && i < x->a->program->gate_count; i++) {
    const tg_gate *g = &x->a->program->gates[i];
    const tg_gate_state *s = &x->a->gate[i];
    char fingerprint[72];
    if (!s->selected || s->outcome == TG_NOT_APPLICABLE) continue;
    st = tg_assess_gate_fingerprint(x->a, i, fingerprint);
    if (st != TG_OK) break;
    if (!any) tg_json_open(j, "findings", '[');
    any = true;
    tg_json_open(j, NULL, '{');
    tg_oscal_uuid_of(x, j, "uuid", "finding", tg_str_of(fingerprint + strlen("sha256:")));
    tg_oscal_markup(x, j, "title", g->title);
    tg_oscal_markup(x, j, "description", g->rationale.n ? g->rationale : g->title);
    put_target(x, j, g, (tg_outcome)s->outcome);
    st = put_related(x, j, i, false);
    if (st == TG_OK) st = put_related(x, j, i, true);
    tg_json_close(j, '}');
  }
  if (any) tg_json_close(j, ']');
  return st;
}

/* ---- back matter ---- */

/* A file or a pack by digest; without a path: the digest as a property. */
static void put_resource(tg_oscal *x, tg_json *j, tg_str title, const char *kind, tg_str path,
                         const uint8_t sha[32]) {
  char hex[65];
  tg_hex(sha, 32, hex);
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "uuid", kind, title);
  tg_oscal_markup(x, j, "title", title);
  tg_json_open(j, "props", '[');
  tg_oscal_prop(x, j, "kind", tg_str_of(kind));
  if (path.n == 0) tg_oscal_prop(x, j, "sha256", tg_str_of(hex));
  tg_json_close(j, ']');
  if (path.n > 0) {
    tg_json_open(j, "rlinks", '[');
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "href", tg_oscal_href(x, path, 0));
    tg_json_open(j, "hashes", '[');
    tg_json_open(j, NULL, '{');
    tg_json_word(j, "algorithm", "SHA-256");
    tg_json_word(j, "value", hex);
    tg_json_close(j, '}');
    tg_json_close(j, ']');
    tg_json_close(j, '}');
    tg_json_close(j, ']');
  }
  tg_json_close(j, '}');
}

static void put_file(tg_oscal *x, tg_json *j, const char *kind, tg_str name, const uint8_t sha[32]) {
  tg_buf scratch;
  tg_buf_init(&scratch, x->a->mem);
  put_resource(x, j, tg_report_path(x->o, name, &scratch), kind, name, sha);
  if (scratch.failed) x->failed = true;
  tg_buf_done(&scratch);
}

static void put_back_matter(tg_oscal *x, tg_json *j) {
  const tg_program *p = x->a->program;
  const tg_baseline *b = x->a->options.baseline;
  tg_json_open(j, "back-matter", '{');
  tg_json_open(j, "resources", '[');
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "uuid", "plan", TG_STR(""));
  tg_json_word(j, "title", "Rules used as the assessment plan");
  tg_json_word(j, "description", "The rule packs listed here by name, version and digest.");
  tg_json_close(j, '}');
  for (uint32_t i = 0; i < p->pack_count; i++) {
    tg_buf name;
    tg_buf_init(&name, x->a->mem);
    tg_buf_printf(&name, "%.*s@%.*s", TG_STR_ARG(p->packs[i].name), TG_STR_ARG(p->packs[i].version));
    put_resource(x, j, (tg_str){name.n ? name.at : "", (uint32_t)name.n}, "pack", TG_STR(""),
                 p->packs[i].sha256);
    if (name.failed) x->failed = true;
    tg_buf_done(&name);
  }
  for (uint32_t i = 0; i < x->a->store->sources.list.n; i++) {
    tg_source *s = &x->a->store->sources.list.at[i];
    put_file(x, j, "facts", s->name, tg_source_sha256(&x->a->store->sources, s));
  }
  for (uint32_t i = 0; i < p->settings.file_count; i++)
    put_file(x, j, "config", p->settings.files[i].name, p->settings.files[i].sha256);
  if (b != NULL) put_file(x, j, "baseline", b->file, b->sha256);
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

/* ---- the document ---- */

static tg_status put_result(tg_oscal *x, tg_json *j) {
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "uuid", "result", (tg_str){x->day, 10});
  tg_json_word(j, "title", "Readiness by rules");
  tg_json_word(j, "description", "The facts of the engagement, evaluated against the rule packs.");
  tg_json_word(j, "start", x->day);
  tg_json_word(j, "end", x->day);
  put_result_props(x, j);
  put_controls(x, j);
  tg_status st = put_checks(x, j);
  if (st == TG_OK) st = put_findings(x, j);
  put_definitions(x, j);
  tg_json_close(j, '}');
  return st;
}

static void collect_people(tg_oscal *x) {
  for (uint32_t i = 0; i < x->a->findings.n; i++) {
    uint32_t waiver = x->a->findings.at[i].waiver;
    if (waiver == TG_NONE) continue;
    const tg_waiver *w = &x->a->waivers.at[waiver];
    if (tg_names_add(&x->people, w->owner) == TG_NO_NAME ||
        tg_names_add(&x->people, w->approver) == TG_NO_NAME)
      x->failed = true;
  }
}

static tg_status write_document(tg_oscal *x, const char *version, tg_buf *out) {
  tg_json j;
  collect_people(x);
  if (!tg_oscal_time(x->a->options.today, x->day)) x->day[10] = 'T';
  tg_oscal_uuid(x, "component", TG_STR("tollgate"), x->tool);
  tg_json_init(&j, out, true);
  tg_json_open(&j, NULL, '{');
  tg_json_open(&j, "assessment-results", '{');
  size_t from = out->n;
  tg_json_word(&j, "uuid", zero_uuid);
  put_metadata(x, &j, version);
  tg_json_open(&j, "import-ap", '{');
  char plan[38] = "#";
  tg_oscal_uuid(x, "plan", TG_STR(""), plan + 1);
  tg_json_word(&j, "href", plan);
  tg_json_close(&j, '}');
  tg_json_open(&j, "results", '[');
  tg_status st = put_result(x, &j);
  tg_json_close(&j, ']');
  put_back_matter(x, &j);
  tg_json_close(&j, '}');
  tg_json_close(&j, '}');
  tg_buf_putc(out, '\n');
  if (st != TG_OK || out->failed || x->failed) return st;
  /* another document, another name: the digest of all that it says */
  char uuid[37], *at = strstr(out->at + from, zero_uuid);
  uint8_t digest[32];
  char hex[65];
  tg_sha256(out->at + from, out->n - from, digest);
  tg_hex(digest, 32, hex);
  tg_oscal_uuid(x, "document", tg_str_of(hex), uuid);
  memcpy(at, uuid, 36);
  return st;
}

static tg_status report(tg_assessment *a, const tg_report_options *o, const char *version, tg_buf *out) {
  tg_oscal x = {.a = a, .o = o};
  tg_buf_init(&x.scratch, a->mem);
  tg_buf_init(&x.more, a->mem);
  tg_status st = tg_names_init(&x.subjects, a->mem);
  if (st == TG_OK) {
    st = tg_names_init(&x.people, a->mem);
    if (st == TG_OK && tg_names_add(&x.subjects, TG_STR("")) == TG_NO_NAME) x.failed = true;
    if (st == TG_OK) st = write_document(&x, version, out);
    tg_names_done(&x.people);
    tg_names_done(&x.subjects);
  }
  if (x.failed) out->failed = true;
  tg_buf_done(&x.scratch);
  tg_buf_done(&x.more);
  return st;
}

tg_status tg_report_oscal(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  return report(a, o, "1.1.3", out);
}

tg_status tg_report_oscal_1_0_4(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  return report(a, o, "1.0.4", out);
}

tg_status tg_report_oscal_1_2_1(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  return report(a, o, "1.2.1", out);
}
