/* An unsigned in-toto statement (v1) with the predicate test-result v0.1.
 *
 * The result is the gate of the pipeline: FAILED when the run blocks, WARNED when it passes with waivers, else PASSED.  The lists say each
 * check as it is, whatever the threshold: so a run that passes can list, as failed, what is open below the threshold. */
#include "report/entries.h"
#include "report/parts.h"

static void put_digest(tg_json *j, const uint8_t sha[32]) {
  char hex[65];
  tg_hex(sha, 32, hex);
  tg_json_open(j, "digest", '{');
  tg_json_word(j, "sha256", hex);
  tg_json_close(j, '}');
}

static void put_file(tg_json *j, const tg_report_options *o, tg_str name, const uint8_t sha[32]) {
  tg_buf scratch;
  tg_buf_init(&scratch, j->out->mem);
  tg_json_open(j, NULL, '{');
  tg_json_text(j, "name", tg_report_path(o, name, &scratch));
  if (scratch.failed) j->out->failed = true;
  put_digest(j, sha);
  tg_json_close(j, '}');
  tg_buf_done(&scratch);
}

static void put_subjects(tg_json *j, const tg_assessment *a, const tg_report_options *o) {
  tg_json_open(j, "subject", '[');
  for (uint32_t i = 0; i < a->store->sources.list.n; i++) {
    tg_source *s = &a->store->sources.list.at[i];
    put_file(j, o, s->name, tg_source_sha256(&a->store->sources, s));
  }
  tg_json_close(j, ']');
}

static void put_configuration(tg_json *j, const tg_assessment *a, const tg_report_options *o) {
  const tg_program *p = a->program;
  const tg_baseline *b = a->options.baseline;
  tg_json_open(j, "configuration", '[');
  for (uint32_t i = 0; i < p->pack_count; i++) {
    tg_buf name;
    tg_buf_init(&name, j->out->mem);
    tg_buf_printf(&name, "%.*s@%.*s", TG_STR_ARG(p->packs[i].name), TG_STR_ARG(p->packs[i].version));
    tg_json_open(j, NULL, '{');
    tg_json_text(j, "name", (tg_str){name.n ? name.at : "", (uint32_t)name.n});
    if (name.failed) j->out->failed = true;
    put_digest(j, p->packs[i].sha256);
    tg_json_close(j, '}');
    tg_buf_done(&name);
  }
  for (uint32_t i = 0; i < p->settings.file_count; i++)
    put_file(j, o, p->settings.files[i].name, p->settings.files[i].sha256);
  if (b != NULL) put_file(j, o, b->file, b->sha256);
  tg_json_close(j, ']');
}

/* "KT-004 systems/billing", or the gate alone. */
static void put_test(tg_json *j, const tg_assessment *a, const tg_entry *c) {
  tg_str id = a->program->gates[c->gate].id;
  tg_buf name;
  tg_buf_init(&name, j->out->mem);
  tg_buf_put(&name, id.at, id.n);
  if (c->key.n > 0) tg_buf_putc(&name, ' ');
  if (c->key.n > 0) tg_buf_put(&name, c->key.at, c->key.n);
  tg_json_text(j, NULL, (tg_str){name.n ? name.at : "", (uint32_t)name.n});
  if (name.failed) j->out->failed = true;
  tg_buf_done(&name);
}

/* One of the three lists; `has` the outcomes that belong to it. */
static tg_status put_tests(tg_json *j, tg_assessment *a, const char *key, unsigned has) {
  tg_entries entries;
  tg_entry c;
  tg_json_open(j, key, '[');
  tg_entries_init(&entries, a);
  while (tg_entries_next(&entries, &c))
    if (has & 1u << c.outcome) put_test(j, a, &c);
  if ((has & 1u << TG_FAIL) != 0)
    for (uint32_t i = 0; i < a->missed.n; i++) tg_json_text(j, NULL, a->missed.at[i]);
  tg_json_close(j, ']');
  tg_entries_done(&entries);
  return entries.status;
}

static const char *result_of(const tg_assessment *a) {
  if (tg_assess_blocks(a)) return "FAILED";
  for (uint32_t i = 0; i < a->findings.n; i++)
    if (a->findings.at[i].outcome == TG_WAIVED) return "WARNED";
  return "PASSED";
}

tg_status tg_report_intoto(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  tg_json j;
  tg_json_init(&j, out, true);
  tg_json_open(&j, NULL, '{');
  tg_json_word(&j, "_type", "https://in-toto.io/Statement/v1");
  put_subjects(&j, a, o);
  tg_json_word(&j, "predicateType", "https://in-toto.io/attestation/test-result/v0.1");
  tg_json_open(&j, "predicate", '{');
  tg_json_word(&j, "result", result_of(a));
  put_configuration(&j, a, o);
  tg_status st = put_tests(&j, a, "passedTests", 1u << TG_PASS);
  if (st == TG_OK) st = put_tests(&j, a, "warnedTests", 1u << TG_WAIVED);
  if (st == TG_OK) st = put_tests(&j, a, "failedTests", 1u << TG_FAIL | 1u << TG_UNKNOWN | 1u << TG_ERROR);
  tg_json_close(&j, '}');
  tg_json_close(&j, '}');
  tg_buf_putc(out, '\n');
  return st;
}
