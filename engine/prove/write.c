/* Results of rule tests, for people and for tools. */
#include "prove/prove.h"

#include "report/json_out.h"
#include "report/tap_out.h"
#include "report/text_out.h"
#include "report/xml_out.h"
#include "vm/vm.h"

#include <string.h>

static const tg_outcome wanted[TG_OUTCOMES_WANTED] = {TG_PASS, TG_FAIL, TG_UNKNOWN, TG_NOT_APPLICABLE};

static uint32_t line_of(const tg_trial_result *r) {
  return tg_sources_place(&r->file->store.sources, r->test->place).line;
}

tg_coverage_sums tg_trial_sums(const tg_trial *t) {
  tg_coverage_sums s = {0};
  for (int k = 0; k < 2; k++) {
    const tg_coverage *c = t->coverage[k];
    if (c == NULL) continue;
    for (uint32_t g = 0; g < c->program->gate_count; g++) {
      uint32_t seen = 0, excused = 0;
      if (!tg_coverage_counts(c, g)) continue;
      for (int o = 0; o < TG_OUTCOMES_WANTED; o++) {
        seen += c->gates[g] >> wanted[o] & 1;
        excused += c->excused[g] >> wanted[o] & 1;
      }
      s.gates++;
      s.outcomes += seen;
      s.wanted += TG_OUTCOMES_WANTED - excused;
      s.excused += excused;
      s.gates_full += seen + excused == TG_OUTCOMES_WANTED;
    }
    for (uint32_t i = 0; i < c->conditions.n; i++)
      for (int b = 0; b < 3; b++) s.seen += c->conditions.at[i].seen >> b & 1;
    s.conditions += c->conditions.n;
  }
  return s;
}

/* Lines of a text, indented. */
static void put_lines(tg_buf *out, tg_str s, const char *indent) {
  for (uint32_t at = 0; at < s.n;) {
    const char *newline = memchr(s.at + at, '\n', s.n - at);
    uint32_t end = newline ? (uint32_t)(newline - s.at) : s.n;
    tg_buf_puts(out, indent);
    tg_text_safe(out, (tg_str){s.at + at, end - at});
    tg_buf_putc(out, '\n');
    at = end + 1;
  }
}

/* ---- text ---- */

static void put_case(const tg_trial_result *r, tg_buf *out) {
  tg_text_safe(out, r->file->path);
  tg_buf_printf(out, ":%u: ", line_of(r));
  tg_text_safe(out, r->test->name);
  tg_buf_putc(out, '\n');
  if (r->result.trouble.n) put_lines(out, r->result.trouble, "     ");
  if (!r->result.ran && r->result.trouble.n == 0)
    tg_buf_puts(out, "     the case is wrong: see the messages\n");
  for (uint32_t i = 0; i < r->result.mismatches.n; i++) {
    const tg_mismatch *m = &r->result.mismatches.at[i];
    tg_buf_puts(out, "     ");
    tg_text_safe(out, m->what);
    tg_buf_puts(out, ": expected ");
    tg_text_safe(out, m->expected);
    tg_buf_puts(out, "\n");
    tg_buf_printf(out, "     %*s  but got ", (int)tg_text_columns(m->what.at, m->what.n), "");
    tg_text_safe(out, m->actual);
    tg_buf_printf(out, "   (line %u)\n", m->place.line);
    put_lines(out, m->decided, "         ");
  }
}

static void write_text(const tg_trial *t, tg_buf *out) {
  for (uint32_t i = 0; i < t->results.n; i++) {
    if (t->results.at[i].result.passed) continue;
    tg_buf_puts(out, "FAIL ");
    put_case(&t->results.at[i], out);
  }
  tg_buf_printf(out, "%u cases: %u passed, %u failed\n", t->passed + t->failed, t->passed, t->failed);
}

/* ---- coverage ---- */

static void put_missing(tg_buf *out, uint8_t seen, const char *const words[], int n) {
  bool first = true;
  for (int b = 0; b < n; b++) {
    if (seen >> b & 1) continue;
    tg_buf_printf(out, "%s%s", first ? "" : ", ", words[b]);
    first = false;
  }
}

static const char *const truth_words[] = {"true", "false", "unknown"};

static void write_coverage(const tg_trial *t, tg_buf *out) {
  tg_coverage_sums s = tg_trial_sums(t);
  for (int k = 0; k < 2; k++) {
    const tg_coverage *c = t->coverage[k];
    if (c == NULL) continue;
    for (uint32_t g = 0; g < c->program->gate_count; g++) {
      bool first = true;
      for (int o = 0; o < TG_OUTCOMES_WANTED; o++) {
        if ((c->gates[g] | c->excused[g]) >> wanted[o] & 1 || !tg_coverage_counts(c, g)) continue;
        tg_place at = tg_program_place(c->program, c->program->gates[g].span.start);
        if (first)
          tg_buf_printf(out, "%.*s:%u: %.*s is never ", TG_STR_ARG(at.file), at.line,
                        TG_STR_ARG(c->program->gates[g].id));
        tg_buf_printf(out, "%s%s", first ? "" : ", ", tg_outcome_word(wanted[o]));
        first = false;
      }
      if (!first) tg_buf_putc(out, '\n');
    }
    for (uint32_t i = 0; i < c->conditions.n; i++) {
      const tg_condition *x = &c->conditions.at[i];
      if ((x->seen & 7) == 7) continue;
      tg_place at = tg_program_place(c->program, x->span.start);
      tg_buf_printf(out, "%.*s:%u:%u: %.*s%s a condition is never ", TG_STR_ARG(at.file), at.line, at.column,
                    x->gate == TG_NONE ? 5 : (int)c->program->gates[x->gate].id.n,
                    x->gate == TG_NONE ? "a let" : c->program->gates[x->gate].id.at,
                    x->gate == TG_NONE ? "," : ",");
      put_missing(out, x->seen, truth_words, 3);
      tg_buf_putc(out, '\n');
    }
  }
  tg_buf_printf(
      out, "outcomes: %u of %u gates have shown pass, fail, unknown and not_applicable (%u of %u outcomes)",
      s.gates_full, s.gates, s.outcomes, s.wanted);
  if (s.excused) tg_buf_printf(out, "; %u cannot occur, by `unreachable`", s.excused);
  tg_buf_putc(out, '\n');
  tg_buf_printf(out, "conditions: %u of %u truth values seen, over %u conditions\n", s.seen, s.conditions * 3,
                s.conditions);
}

/* One record a rule file: a function a gate, a line a condition, a branch a truth value. */
static void lcov_file(const tg_coverage *c, uint32_t source, tg_buf *out) {
  const tg_program *p = c->program;
  tg_str name = p->sources[source].name;
  uint32_t functions = 0, functions_hit = 0, branches = 0, branches_hit = 0;
  bool any = false;
  for (uint32_t g = 0; g < p->gate_count; g++) {
    tg_place at = tg_program_place(p, p->gates[g].span.start);
    if (!tg_str_eq(at.file, name) || !tg_coverage_counts(c, g)) continue;
    if (!any) tg_buf_printf(out, "TN:\nSF:%.*s\n", TG_STR_ARG(name));
    any = true;
    tg_buf_printf(out, "FN:%u,%.*s\nFNDA:%u,%.*s\n", at.line, TG_STR_ARG(p->gates[g].id), c->gates[g] != 0,
                  TG_STR_ARG(p->gates[g].id));
    functions++;
    functions_hit += c->gates[g] != 0;
  }
  for (uint32_t i = 0; i < c->conditions.n; i++) {
    tg_place at = tg_program_place(p, c->conditions.at[i].span.start);
    if (!tg_str_eq(at.file, name)) continue;
    if (!any) tg_buf_printf(out, "TN:\nSF:%.*s\n", TG_STR_ARG(name));
    any = true;
    uint8_t seen = c->conditions.at[i].seen;
    tg_buf_printf(out, "DA:%u,%u\n", at.line, seen != 0);
    for (int b = 0; b < 3; b++) {
      tg_buf_printf(out, "BRDA:%u,%u,%d,%d\n", at.line, i, b, seen >> b & 1);
      branches++;
      branches_hit += seen >> b & 1;
    }
  }
  if (any)
    tg_buf_printf(out, "FNF:%u\nFNH:%u\nBRF:%u\nBRH:%u\nend_of_record\n", functions, functions_hit, branches,
                  branches_hit);
}

static void write_lcov(const tg_trial *t, tg_buf *out) {
  for (int k = 0; k < 2; k++)
    for (uint32_t s = 0; t->coverage[k] != NULL && s < t->coverage[k]->program->source_count; s++)
      lcov_file(t->coverage[k], s, out);
}

static void json_coverage(const tg_trial *t, tg_json *j, const char *key) {
  tg_coverage_sums s = tg_trial_sums(t);
  tg_json_open(j, key, '{');
  tg_json_int(j, "gates", s.gates);
  tg_json_int(j, "gates_with_all_outcomes", s.gates_full);
  tg_json_int(j, "outcomes_seen", s.outcomes);
  tg_json_int(j, "outcomes_wanted", s.wanted);
  tg_json_int(j, "conditions", s.conditions);
  tg_json_int(j, "truth_values_seen", s.seen);
  tg_json_open(j, "by_gate", '[');
  for (int k = 0; k < 2; k++) {
    const tg_coverage *c = t->coverage[k];
    for (uint32_t g = 0; c != NULL && g < c->program->gate_count; g++) {
      tg_place at = tg_program_place(c->program, c->program->gates[g].span.start);
      if (!tg_coverage_counts(c, g)) continue;
      tg_json_open(j, NULL, '{');
      tg_json_text(j, "gate", c->program->gates[g].id);
      tg_json_text(j, "file", at.file);
      tg_json_int(j, "line", at.line);
      tg_json_open(j, "outcomes", '[');
      for (int o = 0; o < TG_OUTCOME_COUNT; o++)
        if (c->gates[g] >> o & 1) tg_json_word(j, NULL, tg_outcome_word((tg_outcome)o));
      tg_json_close(j, ']');
      tg_json_close(j, '}');
    }
  }
  tg_json_close(j, ']');
  tg_json_open(j, "by_condition", '[');
  for (int k = 0; k < 2; k++) {
    const tg_coverage *c = t->coverage[k];
    for (uint32_t i = 0; c != NULL && i < c->conditions.n; i++) {
      const tg_condition *x = &c->conditions.at[i];
      tg_place at = tg_program_place(c->program, x->span.start);
      tg_json_open(j, NULL, '{');
      if (x->gate == TG_NONE)
        tg_json_null(j, "gate");
      else
        tg_json_text(j, "gate", c->program->gates[x->gate].id);
      tg_json_text(j, "file", at.file);
      tg_json_int(j, "line", at.line);
      tg_json_int(j, "column", at.column);
      if (x->clause == TG_NONE)
        tg_json_null(j, "clause");
      else
        tg_json_int(j, "clause", x->clause);
      for (int b = 0; b < 3; b++) tg_json_bool(j, truth_words[b], x->seen >> b & 1);
      tg_json_close(j, '}');
    }
  }
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

static void write_coverage_json(const tg_trial *t, tg_buf *out) {
  tg_json j;
  tg_json_init(&j, out, true);
  json_coverage(t, &j, NULL);
  tg_buf_putc(out, '\n');
}

/* ---- mutants ---- */

static void write_mutants(const tg_trial *t, tg_buf *out) {
  for (uint32_t i = 0; i < t->survivors.n; i++) {
    const tg_survivor *s = &t->survivors.at[i];
    tg_buf_printf(out, "%.*s:%u:%u: survived: %.*s%s%s\n", TG_STR_ARG(s->place.file), s->place.line,
                  s->place.column, TG_STR_ARG(s->gate), s->gate.n ? ": " : "", s->what);
    tg_buf_puts(out, "    ");
    tg_text_safe(out, s->line);
    tg_buf_printf(out, "\n    %*s", (int)s->place.column - 1, "");
    for (uint32_t k = 0; k < s->carets; k++) tg_buf_putc(out, '^');
    tg_buf_putc(out, '\n');
  }
  tg_buf_printf(out,
                "%u mutants: %u killed, %u survived; left out: %u that compile to the same program, %u that "
                "do not compile\n",
                t->killed + t->survivors.n, t->killed, t->survivors.n, t->same, t->invalid);
}

/* ---- JUnit, TAP, JSON ---- */

static void junit_case(const tg_trial_result *r, tg_buf *out) {
  tg_buf_puts(out, "    <testcase classname=\"");
  tg_xml_put(out, r->file->path);
  tg_buf_puts(out, "\" name=\"");
  tg_xml_put(out, r->test->name);
  tg_buf_puts(out, "\" time=\"0\"");
  if (r->result.passed) {
    tg_buf_puts(out, "/>\n");
    return;
  }
  tg_buf text;
  tg_buf_init(&text, out->mem);
  put_case(r, &text);
  tg_buf_puts(out, ">\n      <failure message=\"");
  if (r->result.mismatches.n) {
    const tg_mismatch *m = &r->result.mismatches.at[0];
    tg_xml_put(out, m->what);
    tg_buf_puts(out, ": expected ");
    tg_xml_put(out, m->expected);
    tg_buf_puts(out, ", got ");
    tg_xml_put(out, m->actual);
  } else {
    tg_buf_puts(out, "the case could not be run");
  }
  tg_buf_puts(out, "\" type=\"expectation\">");
  tg_xml_put(out, (tg_str){text.n ? text.at : "", (uint32_t)text.n});
  tg_buf_puts(out, "</failure>\n    </testcase>\n");
  out->failed |= text.failed;
  tg_buf_done(&text);
}

static void write_junit(const tg_trial *t, tg_buf *out) {
  tg_buf_printf(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%u\" failures=\"%u\" "
                "errors=\"0\" time=\"0\">\n",
                t->results.n, t->failed);
  for (uint32_t i = 0; i < t->results.n;) {
    uint32_t end = i, failed = 0;
    for (; end < t->results.n && t->results.at[end].file == t->results.at[i].file; end++)
      failed += !t->results.at[end].result.passed;
    tg_buf_puts(out, "  <testsuite name=\"");
    tg_xml_put(out, t->results.at[i].file->path);
    tg_buf_printf(out, "\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"0\" time=\"0\">\n", end - i,
                  failed);
    for (; i < end; i++) junit_case(&t->results.at[i], out);
    tg_buf_puts(out, "  </testsuite>\n");
  }
  tg_buf_puts(out, "</testsuites>\n");
}

static void write_tap(const tg_trial *t, tg_buf *out) {
  tg_buf_printf(out, "TAP version 13\n1..%u\n", t->results.n);
  for (uint32_t i = 0; i < t->results.n; i++) {
    const tg_trial_result *r = &t->results.at[i];
    tg_buf_printf(out, "%sok %u - ", r->result.passed ? "" : "not ", i + 1);
    tg_tap_put(out, r->test->name);
    tg_buf_putc(out, '\n');
    if (r->result.passed) continue;
    tg_buf text;
    tg_buf_init(&text, out->mem);
    put_case(r, &text);
    put_lines(out, (tg_str){text.n ? text.at : "", (uint32_t)text.n}, "# ");
    out->failed |= text.failed;
    tg_buf_done(&text);
  }
}

static void json_case(tg_json *j, const tg_trial_result *r) {
  tg_json_open(j, NULL, '{');
  tg_json_text(j, "file", r->file->path);
  tg_json_int(j, "line", line_of(r));
  tg_json_text(j, "name", r->test->name);
  tg_json_bool(j, "passed", r->result.passed);
  tg_json_open(j, "mismatches", '[');
  for (uint32_t i = 0; i < r->result.mismatches.n; i++) {
    const tg_mismatch *m = &r->result.mismatches.at[i];
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "what", m->what);
    tg_json_text(j, "expected", m->expected);
    tg_json_text(j, "actual", m->actual);
    tg_json_int(j, "line", m->place.line);
    tg_json_text(j, "decided", m->decided.at ? m->decided : TG_STR(""));
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  if (r->result.trouble.n)
    tg_json_text(j, "trouble", r->result.trouble);
  else
    tg_json_null(j, "trouble");
  tg_json_close(j, '}');
}

static void json_mutants(const tg_trial *t, tg_json *j) {
  tg_json_open(j, "mutants", '{');
  tg_json_int(j, "killed", t->killed);
  tg_json_int(j, "survived", t->survivors.n);
  tg_json_int(j, "same", t->same);
  tg_json_int(j, "invalid", t->invalid);
  tg_json_open(j, "survivors", '[');
  for (uint32_t i = 0; i < t->survivors.n; i++) {
    const tg_survivor *s = &t->survivors.at[i];
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "pack", s->pack);
    tg_json_text(j, "gate", s->gate);
    tg_json_text(j, "file", s->place.file);
    tg_json_int(j, "line", s->place.line);
    tg_json_int(j, "column", s->place.column);
    tg_json_word(j, "change", s->what);
    tg_json_close(j, '}');
  }
  tg_json_close(j, ']');
  tg_json_close(j, '}');
}

static void write_json(const tg_trial *t, tg_buf *out) {
  tg_json j;
  tg_json_init(&j, out, true);
  tg_json_open(&j, NULL, '{');
  tg_json_int(&j, "passed", t->passed);
  tg_json_int(&j, "failed", t->failed);
  tg_json_open(&j, "cases", '[');
  for (uint32_t i = 0; i < t->results.n; i++) json_case(&j, &t->results.at[i]);
  tg_json_close(&j, ']');
  if (t->coverage[0] != NULL || t->coverage[1] != NULL)
    json_coverage(t, &j, "coverage");
  else
    tg_json_null(&j, "coverage");
  if (t->mutated)
    json_mutants(t, &j);
  else
    tg_json_null(&j, "mutants");
  tg_json_close(&j, '}');
  tg_buf_putc(out, '\n');
}

tg_trial_fn tg_trial_writer(const char *name) {
  static const struct {
    const char *name;
    tg_trial_fn write;
  } rows[] = {{"text", write_text}, {"junit", write_junit},       {"tap", write_tap},
              {"json", write_json}, {"coverage", write_coverage}, {"coverage-json", write_coverage_json},
              {"lcov", write_lcov}, {"mutants", write_mutants}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (strcmp(rows[i].name, name) == 0) return rows[i].write;
  return NULL;
}
