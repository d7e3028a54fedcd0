/* Texts, names and single checks of the OSCAL report. */
#include "report/oscal.h"
#include "report/text_out.h"

#include <stdio.h>
#include <string.h>

void tg_oscal_uuid(tg_oscal *x, const char *kind, tg_str name, char out[37]) {
  tg_buf *b = &x->scratch;
  uint8_t d[32] = {0};
  char hex[33];
  tg_buf_clear(b);
  tg_str identity = tg_assess_identity(x->a);
  tg_buf_puts(b, "tollgate-uuid/v1\x1f");
  tg_buf_put(b, identity.at, identity.n);
  tg_buf_printf(b, "\x1f%s\x1f", kind);
  tg_buf_put(b, name.at, name.n);
  if (b->failed)
    x->failed = true;
  else
    tg_sha256(b->at, b->n, d);
  d[6] = (uint8_t)((d[6] & 0x0f) | 0x40);
  d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
  tg_hex(d, 16, hex);
  snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

void tg_oscal_uuid_of(tg_oscal *x, tg_json *j, const char *key, const char *kind, tg_str name) {
  char uuid[37];
  tg_oscal_uuid(x, kind, name, uuid);
  tg_json_word(j, key, uuid);
}

/* Blanks of Unicode that tg_text_safe leaves: no string of OSCAL begins or ends with one. */
static unsigned blank_at(const uint8_t *p, const uint8_t *end) {
  unsigned n = 1;
  uint32_t cp = tg_utf8_get(p, end, &n);
  bool blank = cp == ' ' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
               cp == 0x205f || cp == 0x3000;
  return blank ? n : 0;
}

/* In x->scratch. */
static tg_str one_line(tg_oscal *x, tg_str s) {
  tg_buf_clear(&x->scratch);
  tg_text_safe(&x->scratch, s.at ? s : TG_STR(""));
  if (x->scratch.failed) x->failed = true;
  if (x->scratch.n == 0 || x->scratch.failed) return TG_STR("-");
  const uint8_t *p = (const uint8_t *)x->scratch.at, *end = p + x->scratch.n;
  for (unsigned n; p < end && (n = blank_at(p, end)) > 0;) p += n;
  while (p < end) {
    const uint8_t *last = end - 1;
    while (last > p && (*last & 0xc0) == 0x80) last--;
    if (blank_at(last, end) == 0) break;
    end = last;
  }
  return p < end ? (tg_str){(const char *)p, (uint32_t)(end - p)} : TG_STR("-");
}

void tg_oscal_string(tg_oscal *x, tg_json *j, const char *key, tg_str s) {
  tg_json_text(j, key, one_line(x, s));
}

void tg_oscal_markup(tg_oscal *x, tg_json *j, const char *key, tg_str s) {
  s = one_line(x, s);
  tg_buf_clear(&x->more);
  for (uint32_t i = 0; i < s.n; i++) {
    bool inside = strchr("\\`*_[]<>&~^{}$|", s.at[i]) != NULL && s.at[i] != 0;
    bool block = i == 0 && s.n > 1 && strchr("#+-=", s.at[i]) != NULL && s.at[i] != 0;
    if (inside || block) tg_buf_putc(&x->more, '\\');
    tg_buf_putc(&x->more, s.at[i]);
  }
  if (x->more.failed) x->failed = true;
  tg_json_text(j, key, (tg_str){x->more.n ? x->more.at : "", (uint32_t)x->more.n});
}

void tg_oscal_prop(tg_oscal *x, tg_json *j, const char *name, tg_str value) {
  if (value.n == 0) return;
  tg_json_open(j, NULL, '{');
  tg_json_word(j, "name", name);
  tg_json_word(j, "ns", TG_OSCAL_NS);
  tg_oscal_string(x, j, "value", value);
  tg_json_close(j, '}');
}

static void put_word(tg_oscal *x, tg_json *j, const char *name, const char *value) {
  if (value != NULL) tg_oscal_prop(x, j, name, tg_str_of(value));
}

bool tg_oscal_time(tg_value day, char out[32]) {
  char date[16];
  if (day.kind != TG_V_DATE) return false;
  tg_report_day(day, date);
  snprintf(out, 32, "%sT00:00:00Z", date);
  return strncmp(date, "1900", 4) >= 0 && strncmp(date, "2999", 4) <= 0;
}

tg_str tg_oscal_href(tg_oscal *x, tg_str path, uint32_t line) {
  tg_buf scratch;
  tg_buf_init(&scratch, x->a->mem);
  path = tg_report_path(x->o, path, &scratch);
  tg_buf_clear(&x->more);
  for (uint32_t i = 0; i < path.n; i++) {
    char c = path.at[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 (c != 0 && strchr("-._~", c) != NULL) || (c == '/' && !(i == 1 && path.at[0] == '/'));
    if (plain)
      tg_buf_putc(&x->more, c);
    else
      tg_buf_printf(&x->more, "%%%02X", (unsigned)(uint8_t)c);
  }
  if (line > 0) tg_buf_printf(&x->more, "#L%u", (unsigned)line);
  if (x->more.failed || scratch.failed) x->failed = true;
  tg_buf_done(&scratch);
  return (tg_str){x->more.n ? x->more.at : "", (uint32_t)x->more.n};
}

/* The tool as the one that says so. */
static void put_origin(tg_oscal *x, tg_json *j, const char *key) {
  tg_json_open(j, key, '{');
  tg_json_open(j, "actors", '[');
  tg_json_open(j, NULL, '{');
  tg_json_word(j, "type", "tool");
  tg_json_word(j, "actor-uuid", x->tool);
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

static void put_evidence(tg_oscal *x, tg_json *j, const tg_entry *c) {
  bool any = false;
  for (uint32_t i = 0; c->detail != NULL && i < c->detail->fact_count; i++) {
    const tg_fact_used *u = &c->detail->facts[i];
    if (u->pointer.n == 0) continue;
    if (!any) tg_json_open(j, "relevant-evidence", '[');
    any = true;
    tg_json_open(j, NULL, '{');
    if (u->place.line > 0) tg_json_text(j, "href", tg_oscal_href(x, u->place.file, u->place.line));
    tg_buf text;
    tg_buf_init(&text, x->a->mem);
    tg_entry_fact(u, x->a, &text);
    tg_oscal_markup(x, j, "description", (tg_str){text.n ? text.at : "", (uint32_t)text.n});
    if (text.failed) x->failed = true;
    tg_buf_done(&text);
    tg_json_open(j, "props", '[');
    tg_oscal_prop(x, j, "json-pointer", u->pointer);
    tg_json_close(j, ']');
    tg_json_close(j, '}');
  }
  if (any) tg_json_close(j, ']');
}

static void put_title(tg_oscal *x, tg_json *j, const tg_gate *g) {
  tg_buf title;
  tg_buf_init(&title, x->a->mem);
  tg_buf_printf(&title, "%.*s: %.*s", TG_STR_ARG(g->id), TG_STR_ARG(g->title));
  tg_oscal_markup(x, j, "title", (tg_str){title.n ? title.at : "", (uint32_t)title.n});
  if (title.failed) x->failed = true;
  tg_buf_done(&title);
}

static void put_props(tg_oscal *x, tg_json *j, const tg_entry *c) {
  const tg_gate *g = &x->a->program->gates[c->gate];
  bool finding = c->finding != TG_NONE;
  tg_json_open(j, "props", '[');
  put_word(x, j, "status", tg_outcome_word(c->outcome));
  put_word(x, j, "severity", tg_severity_word((tg_severity)x->a->gate[c->gate].severity));
  tg_oscal_prop(x, j, "gate", g->id);
  tg_oscal_prop(x, j, "pack", x->a->program->packs[g->pack].name);
  tg_oscal_prop(x, j, "subject", c->label);
  tg_oscal_prop(x, j, "json-pointer", c->pointer);
  put_word(x, j, "fingerprint", c->fingerprint);
  if (finding) put_word(x, j, "blocks", tg_finding_blocks(x->a, c->finding) ? "true" : "false");
  if (finding)
    put_word(x, j, "baseline", tg_baseline_word((tg_baseline_state)x->a->findings.at[c->finding].baseline));
  tg_json_close(j, ']');
}

void tg_oscal_observation(tg_oscal *x, tg_json *j, const tg_entry *c) {
  if (tg_names_add(&x->subjects, c->key) == TG_NO_NAME) x->failed = true;
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "uuid", "observation", tg_str_of(c->fingerprint));
  put_title(x, j, &x->a->program->gates[c->gate]);
  tg_oscal_markup(x, j, "description", c->message);
  put_props(x, j, c);
  tg_json_open(j, "methods", '[');
  tg_json_word(j, NULL, "TEST");
  tg_json_close(j, ']');
  tg_json_open(j, "types", '[');
  tg_json_word(j, NULL, c->finding == TG_NONE ? "control-objective" : "finding");
  tg_json_close(j, ']');
  tg_json_open(j, "origins", '[');
  put_origin(x, j, NULL);
  tg_json_close(j, ']');
  tg_json_open(j, "subjects", '[');
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "subject-uuid", "subject", c->key);
  tg_json_word(j, "type", "component");
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  put_evidence(x, j, c);
  tg_json_word(j, "collected", x->day);
  tg_json_close(j, '}');
}

/* ---- risks ---- */

static void put_facet(tg_json *j, const char *name, const char *value) {
  tg_json_open(j, NULL, '{');
  tg_json_word(j, "name", name);
  tg_json_word(j, "system", TG_OSCAL_NS);
  tg_json_word(j, "value", value);
  tg_json_close(j, '}');
}

static void put_characterization(tg_oscal *x, tg_json *j, const tg_gate_state *s) {
  char number[16];
  tg_json_open(j, "characterizations", '[');
  tg_json_open(j, NULL, '{');
  put_origin(x, j, "origin");
  tg_json_open(j, "facets", '[');
  snprintf(number, sizeof number, "%u", (unsigned)s->likelihood);
  put_facet(j, "likelihood", number);
  snprintf(number, sizeof number, "%u", (unsigned)s->impact);
  put_facet(j, "impact", number);
  snprintf(number, sizeof number, "%u", (unsigned)s->score);
  put_facet(j, "score", number);
  put_facet(j, "severity", tg_severity_word((tg_severity)s->severity));
  tg_json_close(j, ']');
  tg_json_close(j, '}');
  tg_json_close(j, ']');
}

static void put_logger(tg_oscal *x, tg_json *j, tg_str name, const char *role) {
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "party-uuid", "party", name);
  tg_json_word(j, "role-id", role);
  tg_json_close(j, '}');
}

/* Who accepted the risk, why and until when. */
static void put_deviation(tg_oscal *x, tg_json *j, const tg_waiver *w, tg_str fingerprint) {
  char time[32], day[16] = "";
  if (w->expires_on.kind == TG_V_DATE) tg_report_day(w->expires_on, day);
  tg_json_open(j, "props", '[');
  tg_oscal_prop(x, j, "waiver", w->id);
  tg_oscal_prop(x, j, "waiver-owner", w->owner);
  tg_oscal_prop(x, j, "waiver-approver", w->approver);
  put_word(x, j, "waiver-expires", day);
  tg_json_close(j, ']');
  if (tg_oscal_time(w->expires_on, time)) tg_json_word(j, "deadline", time);
  tg_json_open(j, "risk-log", '{');
  tg_json_open(j, "entries", '[');
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "uuid", "waiver", fingerprint);
  tg_json_word(j, "title", "Waiver approved");
  tg_oscal_markup(x, j, "description", w->reason);
  tg_json_word(j, "start", tg_oscal_time(w->approved_on, time) ? time : x->day);
  tg_json_open(j, "logged-by", '[');
  put_logger(x, j, w->owner, "waiver-owner");
  put_logger(x, j, w->approver, "waiver-approver");
  tg_json_close(j, ']');
  tg_json_word(j, "status-change", "deviation-approved");
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

void tg_oscal_risk(tg_oscal *x, tg_json *j, const tg_entry *c) {
  const tg_gate *g = &x->a->program->gates[c->gate];
  const tg_finding *f = &x->a->findings.at[c->finding];
  tg_str fingerprint = tg_str_of(c->fingerprint);
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "uuid", "risk", fingerprint);
  put_title(x, j, g);
  tg_oscal_markup(x, j, "description", c->message);
  tg_oscal_markup(x, j, "statement", g->rationale.n ? g->rationale : g->title);
  if (f->waiver != TG_NONE) put_deviation(x, j, &x->a->waivers.at[f->waiver], fingerprint);
  tg_json_word(j, "status",
               c->outcome == TG_WAIVED ? "deviation-approved"
               : c->outcome == TG_FAIL ? "open"
                                       : "investigating");
  put_characterization(x, j, &x->a->gate[c->gate]);
  if (g->remediation.n > 0) {
    tg_json_open(j, "remediations", '[');
    tg_json_open(j, NULL, '{');
    tg_oscal_uuid_of(x, j, "uuid", "remediation", fingerprint);
    tg_json_word(j, "lifecycle", "recommendation");
    tg_json_word(j, "title", "Recommended remediation");
    tg_oscal_markup(x, j, "description", g->remediation);
    tg_json_close(j, '}');
    tg_json_close(j, ']');
  }
  tg_json_open(j, "related-observations", '[');
  tg_json_open(j, NULL, '{');
  tg_oscal_uuid_of(x, j, "observation-uuid", "observation", fingerprint);
  tg_json_close(j, '}');
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}
