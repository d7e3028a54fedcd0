/* JUnit XML, as both schemas that go by that name have it: a suite a gate, a case a finding; a gate without findings is one case.
 * Fails and unknowns are failures of type `tollgate.STATUS.SEVERITY`, errors are errors, what is waived or does not apply is
 * skipped.  Bounds of readiness (floors, the ratchet) have a suite of their own. */
#include "report/listing.h"
#include "report/parts.h"
#include "report/text_out.h"
#include "report/xml_out.h"

#include <string.h>

enum { MAX_NAME = 200 };

typedef struct junit {
  tg_assessment *a;
  const tg_report_options *o;
  tg_buf *out;
  tg_buf line, path; /* a text being put together; a path */
  char day[16];
  uint32_t suites;
} junit;

static void put_line(junit *j) {
  j->out->failed |= j->line.failed;
  tg_xml_put(j->out, tg_buf_text(&j->line));
  tg_buf_clear(&j->line);
}

static void put_attribute(junit *j, const char *name, tg_str value) {
  tg_buf_printf(j->out, " %s=\"", name);
  tg_xml_put(j->out, value);
  tg_buf_putc(j->out, '"');
}

/* A name is a token: readers fold its blanks.  True when it was changed and so may not be the only one of its kind. */
static bool put_token(tg_buf *out, tg_str s) {
  tg_str cut = tg_text_cut(s, MAX_NAME);
  const uint8_t *p = (const uint8_t *)cut.at, *end = p + cut.n;
  bool changed = cut.n < s.n;
  while (p < end) {
    unsigned n = 1;
    uint32_t cp = tg_utf8_get(p, end, &n);
    bool edge = p == (const uint8_t *)cut.at || p + n == end || p[n] == ' ';
    if (cp < 0x20 || cp == 0xfffe || cp == 0xffff || (cp == ' ' && edge)) {
      tg_buf_putc(out, '_');
      changed = true;
    } else {
      tg_buf_put(out, p, n);
    }
    p += n;
  }
  return changed;
}

/* Dots part folders from classes in the readers' trees: a pack's own become dashes. */
static void put_package(tg_buf *out, tg_str pack) {
  tg_buf_puts(out, "tollgate.");
  for (uint32_t i = 0; i < pack.n; i++) tg_buf_putc(out, pack.at[i] == '.' ? '-' : pack.at[i]);
}

static void put_property(junit *j, const char *name, tg_str value) {
  tg_buf_printf(j->out, "      <property name=\"tollgate.%s\"", name);
  put_attribute(j, "value", value);
  tg_buf_puts(j->out, "/>\n");
}

static void put_number(junit *j, const char *name, unsigned value) {
  tg_buf_printf(j->out, "      <property name=\"tollgate.%s\" value=\"%u\"/>\n", name, value);
}

static void open_suite(junit *j, tg_str package, tg_str name, const uint32_t counts[TG_OUTCOME_COUNT]) {
  uint32_t tests = 0;
  for (int i = 0; i < TG_OUTCOME_COUNT; i++) tests += counts[i];
  tg_buf_printf(j->out, "  <testsuite id=\"%u\"", (unsigned)j->suites++);
  put_attribute(j, "package", package);
  put_attribute(j, "name", name);
  tg_buf_printf(j->out,
                " timestamp=\"%sT00:00:00\" hostname=\"localhost\" tests=\"%u\" failures=\"%u\" "
                "errors=\"%u\" skipped=\"%u\" time=\"0.000\">\n    <properties>\n",
                j->day, (unsigned)tests, (unsigned)(counts[TG_FAIL] + counts[TG_UNKNOWN]),
                (unsigned)counts[TG_ERROR], (unsigned)(counts[TG_WAIVED] + counts[TG_NOT_APPLICABLE]));
}

static void close_suite(junit *j) {
  tg_buf_puts(j->out, "    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

/* `id` is what keeps the names of changed labels apart; NULL: nothing does. */
static void open_case(junit *j, const tg_gate *g, tg_str key, const char *id) {
  tg_buf_puts(j->out, "    <testcase classname=\"");
  put_package(&j->line, j->a->program->packs[g->pack].name);
  tg_buf_putc(&j->line, '.');
  put_token(&j->line, g->id);
  put_line(j);
  tg_buf_puts(j->out, "\" name=\"");
  put_token(&j->line, g->id);
  if (key.n > 0) {
    bool slash = key.at[0] == '/';
    tg_buf_putc(&j->line, ' ');
    if (put_token(&j->line, (tg_str){key.at + slash, key.n - slash}) && id != NULL)
      tg_buf_printf(&j->line, " %.12s", id);
  }
  put_line(j);
  tg_buf_puts(j->out, "\" time=\"0.000\"");
}

static void put_spot(junit *j, const tg_spot *spot) {
  tg_str path = tg_spot_path(j->o, spot, &j->path);
  tg_buf_put(&j->line, path.at, path.n);
  tg_buf_printf(&j->line, ":%u:%u", (unsigned)spot->line, (unsigned)spot->column);
}

static void end_line(junit *j) {
  put_line(j);
  tg_buf_putc(j->out, '\n');
}

static void put_body(junit *j, const tg_finding *f, const tg_detail *d) {
  const tg_gate *g = &j->a->program->gates[f->gate];
  const tg_gate_state *s = &j->a->gate[f->gate];
  tg_spot spot;
  tg_buf_printf(j->out, "status: %s\nseverity: %s\nscore: %u (likelihood %u x impact %u)\n",
                tg_outcome_word((tg_outcome)f->outcome), tg_severity_word((tg_severity)s->severity),
                (unsigned)s->score, (unsigned)s->likelihood, (unsigned)s->impact);
  if (f->baseline != TG_BASE_NONE)
    tg_buf_printf(j->out, "baseline: %s\n", tg_baseline_word((tg_baseline_state)f->baseline));
  if (tg_report_spot(j->a, f, d, &spot)) {
    tg_buf_puts(&j->line, "at: ");
    put_spot(j, &spot);
    end_line(j);
  }
  for (uint32_t i = 0; i < d->fact_count; i++) {
    const tg_fact_used *u = &d->facts[i];
    bool open = u->state != TG_STATE_KNOWN && u->state != TG_STATE_NONE;
    if (u->pointer.n == 0 && !open) continue;
    tg_buf_puts(&j->line, open ? "not known: " : "fact: ");
    if (open)
      tg_list_question(&j->line, u);
    else
      tg_list_fact(&j->line, j->a, u);
    end_line(j);
  }
  if (d->facts_total > d->fact_count)
    tg_buf_printf(j->out, "and %u more facts\n", (unsigned)(d->facts_total - d->fact_count));
  if (g->remediation.n) {
    tg_buf_puts(&j->line, "remediation: ");
    tg_buf_put(&j->line, g->remediation.at, g->remediation.n);
    end_line(j);
  }
  tg_buf_printf(j->out, "fingerprint: %s", d->fingerprint);
}

static tg_status put_finding(junit *j, uint32_t finding) {
  const tg_finding *f = &j->a->findings.at[finding];
  const tg_gate *g = &j->a->program->gates[f->gate];
  const tg_detail *d;
  tg_status st = tg_assess_detail(j->a, finding, &d);
  if (st != TG_OK) return st;
  open_case(j, g, d->key, d->fingerprint + strlen("sha256:"));
  tg_buf_puts(j->out, ">\n      ");
  if (f->outcome == TG_WAIVED) {
    tg_list_waiver(&j->line, &j->a->waivers.at[f->waiver]);
    tg_buf_puts(j->out, "<skipped message=\"");
    put_line(j);
    tg_buf_puts(j->out, "\"/>");
  } else {
    const char *element = f->outcome == TG_ERROR ? "error" : "failure";
    tg_buf_printf(j->out, "<%s type=\"tollgate.%s.%s\" message=\"", element,
                  tg_outcome_word((tg_outcome)f->outcome),
                  tg_severity_word((tg_severity)j->a->gate[f->gate].severity));
    tg_list_message(&j->line, f, d);
    put_line(j);
    tg_buf_puts(j->out, "\">");
    put_body(j, f, d);
    tg_buf_printf(j->out, "</%s>", element);
  }
  tg_buf_puts(j->out, "\n    </testcase>\n");
  return TG_OK;
}

static tg_status put_gate(junit *j, uint32_t gate) {
  const tg_gate *g = &j->a->program->gates[gate];
  const tg_gate_state *s = &j->a->gate[gate];
  const tg_pack_info *pack = &j->a->program->packs[g->pack];
  uint32_t counts[TG_OUTCOME_COUNT] = {0};
  tg_buf package;
  tg_status st = TG_OK;
  for (uint32_t i = 0; i < s->finding_count; i++) counts[j->a->findings.at[s->finding_first + i].outcome]++;
  if (s->finding_count == 0) counts[s->outcome] = 1;
  tg_buf_init(&package, j->a->mem);
  put_package(&package, pack->name);
  put_token(&j->line, g->id);
  tg_buf_putc(&j->line, ' ');
  put_token(&j->line, g->title);
  open_suite(j, tg_buf_text(&package), tg_buf_text(&j->line), counts);
  j->out->failed |= j->line.failed || package.failed;
  tg_buf_clear(&j->line);
  tg_buf_done(&package);
  put_property(j, "pack", pack->name);
  put_property(j, "version", pack->version);
  put_property(j, "area", g->area_id);
  put_property(j, "status", tg_str_of(tg_outcome_word((tg_outcome)s->outcome)));
  put_property(j, "severity", tg_str_of(tg_severity_word((tg_severity)s->severity)));
  put_number(j, "score", s->score);
  put_number(j, "subjects.pass", s->subjects[TG_PASS]);
  tg_buf_puts(j->out, "    </properties>\n");
  for (uint32_t i = 0; i < s->finding_count && st == TG_OK; i++) st = put_finding(j, s->finding_first + i);
  if (s->finding_count == 0) {
    open_case(j, g, TG_STR(""), NULL);
    if (s->outcome == TG_NOT_APPLICABLE)
      tg_buf_printf(j->out, ">\n      <skipped message=\"not applicable: %s\"/>\n    </testcase>\n",
                    tg_list_absence((tg_reason)s->reason));
    else
      tg_buf_puts(j->out, "/>\n");
  }
  close_suite(j);
  return st;
}

static void put_bounds(junit *j) {
  uint32_t counts[TG_OUTCOME_COUNT] = {0}, n = tg_list_bounds(j->a);
  if (n == 0) return;
  counts[TG_FAIL] = tg_bounds_missed(j->a);
  counts[TG_PASS] = n - counts[TG_FAIL];
  open_suite(j, TG_STR("tollgate"), TG_STR("readiness bounds"), counts);
  tg_buf_puts(j->out, "    </properties>\n");
  for (uint32_t i = 0; i < n; i++) {
    tg_buf_puts(j->out, "    <testcase classname=\"tollgate.bounds\" name=\"");
    tg_bound_name(&j->line, j->a, i);
    put_line(j);
    tg_buf_puts(j->out, "\" time=\"0.000\"");
    if (!tg_bound_missed(j->a, i)) {
      tg_buf_puts(j->out, "/>\n");
      continue;
    }
    tg_buf_puts(j->out, ">\n      <failure type=\"tollgate.bound.high\" message=\"");
    tg_bound_text(&j->line, j->a, i);
    put_line(j);
    tg_buf_puts(j->out, "\"/>\n    </testcase>\n");
  }
  close_suite(j);
}

tg_status tg_report_junit(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  junit j = {.a = a, .o = o, .out = out};
  tg_status st = TG_OK;
  tg_buf_init(&j.line, a->mem);
  tg_buf_init(&j.path, a->mem);
  tg_report_day(a->options.today, j.day);
  tg_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
  for (uint32_t i = 0; i < a->program->gate_count && st == TG_OK; i++)
    if (a->gate[i].selected) st = put_gate(&j, i);
  put_bounds(&j);
  tg_buf_puts(out, "</testsuites>\n");
  out->failed |= j.line.failed || j.path.failed;
  tg_buf_done(&j.line);
  tg_buf_done(&j.path);
  return st;
}
