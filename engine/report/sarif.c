/* SARIF 2.1.0: the run around the results.  `sarif` holds problems only, within what code scanning takes; `sarif-full` every gate, with
 * waivers as suppressions and what the baseline had. */
#include "report/sarif.h"

#include "report/text_out.h"

#include <string.h>

/* ---- texts ---- */

/* Text from rules or facts as SARIF's messages want it: safe to show, braces doubled ({0} is a placeholder), and in plain text no `](`,
 * which would make a link of it. */
static void put_text(tg_sarif *s, tg_buf *out, tg_str text, bool markdown) {
  tg_buf_clear(&s->safe);
  tg_text_safe(&s->safe, text);
  if (s->safe.failed) out->failed = true;
  for (size_t i = 0; i < s->safe.n && !out->failed; i++) {
    char c = s->safe.at[i];
    if (c == '{' || c == '}')
      tg_buf_putc(out, c);
    else if (markdown && c != ' ' && strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`|~", c) != NULL)
      tg_buf_putc(out, '\\');
    tg_buf_putc(out, c);
    if (!markdown && c == ']' && i + 1 < s->safe.n && s->safe.at[i + 1] == '(') tg_buf_putc(out, ' ');
  }
}

void tg_sarif_plain(tg_sarif *s, tg_buf *out, tg_str text) { put_text(s, out, text, false); }

void tg_sarif_markdown(tg_sarif *s, tg_buf *out, tg_str text) { put_text(s, out, text, true); }

void tg_sarif_stop(tg_buf *out) {
  if (out->n > 0 && strchr(".!?", out->at[out->n - 1]) == NULL) tg_buf_putc(out, '.');
}

/* Cuts a description at what readers take. */
static void put_description(tg_sarif *s, const char *key) {
  tg_buf *b = &s->text;
  if (!b->failed && tg_utf8_count(b->at, b->n) > TG_SARIF_DESCRIPTION) {
    size_t n = 0, braces = 0;
    for (uint32_t points = 0; points + 1 < TG_SARIF_DESCRIPTION; points++) {
      unsigned bytes;
      (void)tg_utf8_get((const uint8_t *)b->at + n, (const uint8_t *)b->at + b->n, &bytes);
      n += bytes;
    }
    while (braces < n && b->at[n - 1 - braces] == b->at[n - 1] && strchr("{}", b->at[n - 1]) != NULL)
      braces++;
    b->n = n - braces % 2; /* half a brace would begin a placeholder */
    tg_buf_puts(b, "…");
    s->cut_texts++;
  }
  tg_sarif_message(s, key);
}

void tg_sarif_put(tg_sarif *s, const char *key, const tg_buf *b) {
  if (b->failed) s->j.out->failed = true;
  tg_json_text(&s->j, key, (tg_str){b->n ? b->at : "", b->failed ? 0 : (uint32_t)b->n});
}

void tg_sarif_message(tg_sarif *s, const char *key) {
  tg_json_open(&s->j, key, '{');
  tg_sarif_put(s, "text", &s->text);
  tg_json_close(&s->j, '}');
}

const char *tg_sarif_level(uint8_t severity) {
  return severity >= TG_HIGH ? "error" : severity == TG_MEDIUM ? "warning" : "note";
}

/* ---- rules: the gates ---- */

/* Every selected gate; when those are too many for a reader with limits, the ones that have results. */
static tg_status list_rules(tg_sarif *s) {
  const tg_assessment *a = s->a;
  uint32_t n = a->program->gate_count, selected = 0;
  s->rule = tg_mem_alloc(a->mem, sizeof *s->rule * (n ? n : 1));
  if (s->rule == NULL) return tg_mem_status(a->mem);
  for (uint32_t g = 0; g < n; g++) selected += a->gate[g].selected;
  for (uint32_t g = 0; g < n; g++) {
    const tg_gate_state *state = &a->gate[g];
    bool listed = state->selected && (s->full || selected <= TG_SARIF_RULES);
    for (uint32_t i = 0; state->selected && !listed && i < state->finding_count; i++)
      listed = tg_sarif_chosen(s, state->finding_first + i);
    s->cut_rules += state->selected && !listed;
    s->rule[g] = listed ? s->rules++ : TG_NONE;
  }
  return TG_OK;
}

/* "RecoveryTimeIsWithinTarget" from the title. */
static void put_name(tg_sarif *s, const tg_gate *g) {
  bool up = true;
  tg_buf_clear(&s->text);
  for (uint32_t i = 0; i < g->title.n && s->text.n < 250; i++) {
    char c = g->title.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    if (letter || digit) tg_buf_putc(&s->text, up && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    if (c != '\'') up = !letter && !digit;
  }
  if (s->text.n > 0) tg_sarif_put(s, "name", &s->text);
}

/* One paragraph of a rule's help. */
static void put_help_part(tg_sarif *s, const char *name, tg_str text, bool markdown) {
  if (text.n == 0) return;
  if (s->text.n > 0) tg_buf_puts(&s->text, "\n\n");
  tg_buf_printf(&s->text, markdown ? "**%s:** " : "%s: ", name);
  put_text(s, &s->text, text, markdown);
}

static void put_help_text(tg_sarif *s, const tg_gate *g, bool markdown) {
  const tg_program *p = s->a->program;
  const tg_pack_info *pack = &p->packs[g->pack];
  tg_buf_clear(&s->text);
  put_help_part(s, "Why it matters", g->rationale, markdown);
  put_help_part(s, "What to do", g->remediation, markdown);
  put_help_part(s, "Evidence", g->proof, markdown);
  for (uint32_t i = 0; i < g->reference_count; i++) {
    if (i == 0)
      put_help_part(s, "References", p->texts[g->reference_first], markdown);
    else {
      tg_buf_puts(&s->text, "; ");
      put_text(s, &s->text, p->texts[g->reference_first + i], markdown);
    }
  }
  put_help_part(s, "Pack", pack->name, markdown);
  tg_buf_putc(&s->text, ' ');
  put_text(s, &s->text, pack->version, markdown);
  tg_sarif_put(s, markdown ? "markdown" : "text", &s->text);
}

/* The first reference that is an address on the web. */
static void put_help_uri(tg_sarif *s, const tg_gate *g) {
  for (uint32_t i = 0; i < g->reference_count; i++) {
    tg_str r = s->a->program->texts[g->reference_first + i];
    if (r.n < 12 || memcmp(r.at, "https://", 8) != 0) continue;
    tg_buf_clear(&s->text);
    tg_put_encoded(&s->text, r, "/:?#@!$&'()*+,;=%");
    tg_sarif_put(s, "helpUri", &s->text);
    return;
  }
}

/* Whether `tag` is new among the tags before the gate's `i`-th; the first two are ours. */
static bool new_tag(const tg_sarif *s, const tg_gate *g, uint32_t i, tg_str tag) {
  const tg_str *tags = s->a->program->texts + g->tag_first;
  if (tag.n == 0 || tg_str_is(tag, "tollgate") || tg_str_eq(tag, g->area_id)) return false;
  for (uint32_t k = 0; k < i; k++)
    if (tg_str_eq(tags[k], tag)) return false;
  return true;
}

/* True when one of them is `security`: only then may a rule say how grave it is for security. */
static bool put_tags(tg_sarif *s, const tg_gate *g) {
  tg_json *j = &s->j;
  const tg_str *tags = s->a->program->texts + g->tag_first;
  uint32_t n = 1, cut = 0;
  bool security = tg_str_is(g->area_id, "security");
  for (uint32_t i = 0; i < g->tag_count; i++) security = security || tg_str_is(tags[i], "security");
  tg_json_open(j, "tags", '[');
  tg_json_word(j, NULL, "tollgate");
  if (g->area_id.n > 0 && !tg_str_is(g->area_id, "tollgate")) {
    tg_json_text(j, NULL, g->area_id);
    n++;
  }
  if (security && !tg_str_is(g->area_id, "security")) { /* not to be lost by the limit */
    tg_json_word(j, NULL, "security");
    n++;
  }
  for (uint32_t i = 0; i < g->tag_count; i++) {
    if (!new_tag(s, g, i, tags[i]) || tg_str_is(tags[i], "security")) continue;
    if (n == TG_SARIF_TAGS) {
      cut++;
      continue;
    }
    tg_json_text(j, NULL, tags[i]);
    n++;
  }
  tg_json_close(j, ']');
  s->cut_tags += cut;
  return security;
}

static void put_rule_properties(tg_sarif *s, const tg_gate *g, uint8_t severity) {
  static const char *const grave[TG_SEVERITY_COUNT] = {NULL, "2.5", "5.5", "8.0", "9.5"};
  const char *level = tg_sarif_level(severity);
  const tg_pack_info *pack = &s->a->program->packs[g->pack];
  tg_json *j = &s->j;
  tg_json_open(j, "properties", '{');
  bool security = put_tags(s, g);
  tg_json_word(j, "precision", "very-high");
  tg_json_word(j, "problem.severity", strcmp(level, "note") == 0 ? "recommendation" : level);
  if (security && grave[severity] != NULL) tg_json_word(j, "security-severity", grave[severity]);
  tg_json_text(j, "category", g->area_id);
  tg_json_text(j, "tollgate/pack", pack->name);
  tg_json_text(j, "tollgate/packVersion", pack->version);
  if (g->tailor_reason.n > 0) tg_json_text(j, "tollgate/tailored", g->tailor_reason);
  tg_json_close(j, '}');
}

static void put_rule(tg_sarif *s, uint32_t gate) {
  const tg_gate *g = &s->a->program->gates[gate];
  uint8_t severity = s->a->gate[gate].severity;
  tg_json *j = &s->j;
  tg_json_open(j, NULL, '{');
  tg_json_text(j, "id", g->id);
  put_name(s, g);
  tg_buf_clear(&s->text);
  tg_sarif_plain(s, &s->text, g->title);
  tg_sarif_stop(&s->text);
  put_description(s, "shortDescription");
  if (g->rationale.n > 0) {
    tg_buf_putc(&s->text, ' '); /* behind the title, which may have been cut */
    tg_sarif_plain(s, &s->text, g->rationale);
    tg_sarif_stop(&s->text);
  }
  put_description(s, "fullDescription");
  tg_json_open(j, "help", '{');
  put_help_text(s, g, false);
  put_help_text(s, g, true);
  tg_json_close(j, '}');
  put_help_uri(s, g);
  tg_json_open(j, "defaultConfiguration", '{');
  tg_json_word(j, "level", tg_sarif_level(severity));
  tg_json_close(j, '}');
  put_rule_properties(s, g, severity);
  tg_json_close(j, '}');
}

/* ---- the tool ---- */

/* Kinds of notices about the run itself, in the order of tool.driver.notifications. */
typedef enum notice { NOTICE_ERROR, NOTICE_CUT } notice;
static const char *const notice_ids[] = {"evaluation-error", "left-out"};
static const char *const notice_texts[] = {
    "A gate could not be evaluated for some subject.",
    "The report leaves something out, because its readers have limits."};

static void put_tool(tg_sarif *s) {
  const tg_program *p = s->a->program;
  tg_json *j = &s->j;
  tg_json_open(j, "tool", '{');
  tg_json_open(j, "driver", '{');
  tg_json_word(j, "name", "Tollgate");
  tg_buf_clear(&s->text);
  tg_buf_puts(&s->text, "Tollgate rule engine ");
  tg_buf_put(&s->text, s->o->tool_version.at, s->o->tool_version.n);
  tg_sarif_put(s, "fullName", &s->text);
  tg_json_text(j, "version", s->o->tool_version);
  tg_json_text(j, "semanticVersion", s->o->tool_version);
  tg_json_open(j, "rules", '[');
  for (uint32_t g = 0; g < p->gate_count; g++)
    if (s->rule[g] != TG_NONE) put_rule(s, g);
  tg_json_close(j, ']');
  tg_json_open(j, "notifications", '[');
  for (int i = NOTICE_ERROR; i <= NOTICE_CUT; i++) {
    tg_json_open(j, NULL, '{');
    tg_json_word(j, "id", notice_ids[i]);
    tg_buf_clear(&s->text);
    tg_buf_puts(&s->text, notice_texts[i]);
    tg_sarif_message(s, "shortDescription");
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_close(j, '}');
  tg_json_open(j, "extensions", '[');
  for (uint32_t i = 0; i < p->pack_count; i++) {
    if (!s->full && i >= TG_SARIF_PACKS) {
      s->cut_packs = p->pack_count - i;
      break;
    }
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "name", p->packs[i].name);
    tg_json_text(j, "version", p->packs[i].version);
    tg_json_text(j, "semanticVersion", p->packs[i].version);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

/* ---- the run ---- */

/* `level` stays below error: an error here would say that the run itself failed. */
static void put_notice(tg_sarif *s, notice kind, uint32_t gate) {
  tg_json *j = &s->j;
  tg_json_open(j, NULL, '{');
  tg_json_open(j, "descriptor", '{');
  tg_json_word(j, "id", notice_ids[kind]);
  tg_json_int(j, "index", kind);
  tg_json_close(j, '}');
  if (gate != TG_NONE) {
    tg_json_open(j, "associatedRule", '{');
    tg_json_text(j, "id", s->a->program->gates[gate].id);
    if (s->rule[gate] != TG_NONE) tg_json_int(j, "index", s->rule[gate]);
    tg_json_close(j, '}');
  }
  tg_json_word(j, "level", kind == NOTICE_ERROR ? "warning" : "note");
  tg_sarif_message(s, "message");
  tg_json_close(j, '}');
}

static void put_cut(tg_sarif *s, uint32_t n, const char *one, const char *several) {
  if (n == 0) return;
  tg_buf_clear(&s->text);
  tg_buf_printf(&s->text, n == 1 ? one : several, (unsigned)n);
  put_notice(s, NOTICE_CUT, TG_NONE);
}

static tg_status put_errors(tg_sarif *s) {
  tg_assessment *a = s->a;
  for (uint32_t g = 0; g < a->program->gate_count; g++) {
    const tg_gate_state *state = &a->gate[g];
    uint32_t n = 0, first = TG_NONE;
    for (uint32_t i = state->finding_first;
         state->selected && i < state->finding_first + state->finding_count; i++) {
      if (a->findings.at[i].outcome != TG_ERROR) continue;
      if (n++ == 0) first = i;
    }
    if (n == 0) continue;
    const tg_detail *d;
    tg_status st = tg_assess_detail(a, first, &d);
    if (st != TG_OK) return st;
    tg_buf_clear(&s->text);
    tg_sarif_plain(s, &s->text, a->program->gates[g].id);
    tg_buf_printf(&s->text, " could not be evaluated for %u subject%s, first ", (unsigned)n,
                  n == 1 ? "" : "s");
    tg_sarif_plain(s, &s->text, d->label);
    tg_buf_printf(&s->text, ": %s.", d->fault ? d->fault : "an error");
    put_notice(s, NOTICE_ERROR, g);
  }
  return TG_OK;
}

static tg_status put_invocation(tg_sarif *s) {
  tg_json *j = &s->j;
  bool blocks = tg_assess_blocks(s->a);
  tg_json_open(j, "invocations", '[');
  tg_json_open(j, NULL, '{');
  tg_json_bool(j, "executionSuccessful", true);
  tg_json_int(j, "exitCode", blocks ? 1 : 0);
  tg_json_word(j, "exitCodeDescription",
               blocks ? "something is open at or above the threshold"
                      : "nothing is open at or above the threshold");
  tg_json_open(j, "toolExecutionNotifications", '[');
  tg_status st = put_errors(s);
  put_cut(s, s->cut_results, "%u finding is left out: a run may hold 25,000, and the gravest are here.",
          "%u findings are left out: a run may hold 25,000, and the gravest are here.");
  put_cut(s, s->cut_rules, "%u gate without findings is left out of the rules.",
          "%u gates without findings are left out of the rules.");
  put_cut(s, s->cut_packs, "%u pack is left out: a run may name 100.",
          "%u packs are left out: a run may name 100.");
  put_cut(s, s->cut_texts, "%u description is cut at 1,024 characters.",
          "%u descriptions are cut at 1,024 characters.");
  put_cut(s, s->cut_tags, "%u tag is left out: a rule may have 10.",
          "%u tags are left out: a rule may have 10.");
  tg_json_close(j, ']');
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  return st;
}

static void put_bases(tg_sarif *s) {
  tg_json *j = &s->j;
  tg_json_open(j, "originalUriBaseIds", '{'); /* without a `uri`: no path of this machine belongs here */
  tg_json_open(j, "%SRCROOT%", '{');
  tg_buf_clear(&s->text);
  tg_buf_puts(&s->text, "The root of the repository, or the folder that --root named.");
  tg_sarif_message(s, "description");
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

static void put_artifact(tg_sarif *s, tg_str name, const uint8_t sha[32], const char *role) {
  tg_json *j = &s->j;
  char hex[65];
  tg_hex(sha, 32, hex);
  tg_json_open(j, NULL, '{');
  tg_json_open(j, "location", '{');
  tg_buf_clear(&s->safe);
  bool relative = tg_report_uri(&s->safe, s->o, name);
  tg_sarif_put(s, "uri", &s->safe);
  if (relative) tg_json_word(j, "uriBaseId", "%SRCROOT%");
  tg_json_close(j, '}');
  tg_json_open(j, "roles", '[');
  tg_json_word(j, NULL, role);
  tg_json_close(j, ']');
  tg_json_open(j, "hashes", '{');
  tg_json_word(j, "sha-256", hex);
  tg_json_close(j, '}');
  tg_json_close(j, '}');
}

/* Facts and waivers, in the order that results count them; then the configuration. */
static void put_artifacts(tg_sarif *s) {
  tg_sources *sources = &s->a->store->sources;
  const tg_settings *settings = &s->a->program->settings;
  tg_json_open(&s->j, "artifacts", '[');
  for (uint32_t i = 0; i < sources->list.n; i++)
    put_artifact(s, sources->list.at[i].name, tg_source_sha256(sources, &sources->list.at[i]),
                 "analysisTarget");
  for (uint32_t i = 0; i < settings->file_count; i++)
    put_artifact(s, settings->files[i].name, settings->files[i].sha256, "userSpecifiedConfiguration");
  tg_json_close(&s->j, ']');
}

/* The category under which code scanning keeps the alerts: one an engagement, whatever its phase, so that what is
 * mended is closed. */
static void put_automation(tg_sarif *s) {
  enum { LONGEST = 200 };
  tg_str id = tg_assess_engagement(s->a);
  tg_buf_clear(&s->text);
  tg_buf_puts(&s->text, "tollgate/");
  if (s->a->program->portfolio) {
    tg_buf_puts(&s->text, "portfolio");
  } else if (id.n > LONGEST) {
    uint8_t digest[32];
    char hex[65];
    tg_sha256(id.at, id.n, digest);
    tg_hex(digest, 32, hex);
    tg_buf_puts(&s->text, hex);
  } else if (id.n > 0) {
    tg_put_encoded(&s->text, id, "");
  } else {
    tg_buf_puts(&s->text, "engagement");
  }
  tg_buf_putc(&s->text, '/');
  tg_json_open(&s->j, "automationDetails", '{');
  tg_sarif_put(s, "id", &s->text);
  tg_json_close(&s->j, '}');
}

static void put_run_properties(tg_sarif *s) {
  tg_json *j = &s->j;
  char day[16];
  tg_report_day(s->a->options.today, day);
  tg_json_open(j, "properties", '{');
  tg_json_word(j, "tollgate/verdict", tg_verdict_word(s->a->verdict));
  tg_json_text(j, "tollgate/engagement", tg_assess_engagement(s->a));
  tg_json_text(j, "tollgate/phase", tg_assess_phase(s->a));
  tg_json_word(j, "tollgate/asOf", day);
  tg_json_readiness(j, "tollgate/readiness", s->a);
  tg_json_counts(j, s->a);
  tg_json_close(j, '}');
}

static tg_status put_run(tg_sarif *s) {
  tg_json *j = &s->j;
  tg_json_open(j, NULL, '{');
  put_tool(s);
  tg_status st = put_invocation(s);
  put_bases(s);
  put_automation(s);
  put_artifacts(s);
  tg_json_word(j, "columnKind", "utf16CodeUnits");
  if (st == TG_OK) st = tg_sarif_results(s);
  put_run_properties(s);
  tg_json_close(j, '}');
  return st;
}

static tg_status report(tg_assessment *a, const tg_report_options *o, tg_buf *out, bool full) {
  tg_sarif s = {.a = a, .o = o, .full = full};
  tg_json_init(&s.j, out, true);
  tg_buf_init(&s.text, a->mem);
  tg_buf_init(&s.safe, a->mem);
  tg_sarif_choose(&s);
  tg_status st = list_rules(&s);
  if (st == TG_OK) {
    tg_json_open(&s.j, NULL, '{');
    tg_json_word(&s.j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    tg_json_word(&s.j, "version", "2.1.0");
    tg_json_open(&s.j, "runs", '[');
    st = put_run(&s);
    tg_json_close(&s.j, ']');
    tg_json_close(&s.j, '}');
    tg_buf_putc(out, '\n');
  }
  uint32_t n = a->program->gate_count;
  tg_mem_free(a->mem, s.rule, s.rule ? sizeof *s.rule * (n ? n : 1) : 0);
  tg_buf_done(&s.text);
  tg_buf_done(&s.safe);
  return st;
}

tg_status tg_report_sarif(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  return report(a, o, out, false);
}

tg_status tg_report_sarif_full(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  return report(a, o, out, true);
}
