/* GitLab's Code Quality: an array of what is open.  GitLab stops at the first entry that it cannot read and merges entries of one
 * fingerprint, so each entry is whole and fingerprints are ours in full. */
#include "report/json_out.h"
#include "report/listing.h"
#include "report/text_out.h"

#include <string.h>

static const char *severity_of(uint8_t severity) {
  static const char *const words[] = {"info", "minor", "major", "critical", "blocker"};
  return words[severity];
}

/* "KT-004 (critical, 20): ..."; what is no fail says so. */
static void put_description(tg_buf *out, const tg_assessment *a, const tg_finding *f, const tg_detail *d) {
  const tg_gate_state *s = &a->gate[f->gate];
  tg_buf line;
  tg_buf_init(&line, a->mem);
  tg_text_visible(out, a->program->gates[f->gate].id);
  tg_buf_printf(out, " (%s, %u", tg_severity_word((tg_severity)s->severity), (unsigned)s->score);
  if (f->outcome != TG_FAIL) tg_buf_printf(out, ", %s", tg_outcome_word((tg_outcome)f->outcome));
  if (f->baseline != TG_BASE_NONE)
    tg_buf_printf(out, ", %s", tg_baseline_word((tg_baseline_state)f->baseline));
  tg_buf_puts(out, "): ");
  tg_list_message(&line, f, d);
  tg_text_visible(out, tg_buf_text(&line));
  out->failed |= line.failed;
  tg_buf_done(&line);
}

static void put_entry(tg_json *j, const tg_assessment *a, const tg_report_options *o, const tg_finding *f,
                      const tg_detail *d) {
  tg_buf text, path;
  tg_spot spot = {TG_STR("<facts>"), TG_STR(""), 1, 1};
  tg_buf_init(&text, a->mem);
  tg_buf_init(&path, a->mem);
  tg_report_spot(a, f, d, &spot);
  tg_json_open(j, NULL, '{');
  put_description(&text, a, f, d);
  tg_json_text(j, "description", tg_buf_text(&text));
  j->out->failed |= text.failed;
  tg_buf_clear(&text);
  tg_buf_puts(&text, "tollgate/");
  tg_buf_put(&text, a->program->gates[f->gate].id.at, a->program->gates[f->gate].id.n);
  tg_json_text(j, "check_name", tg_buf_text(&text));
  tg_json_word(j, "fingerprint", d->fingerprint + strlen("sha256:"));
  tg_json_word(j, "severity", severity_of(a->gate[f->gate].severity));
  tg_json_open(j, "location", '{');
  tg_json_text(j, "path", tg_spot_path(o, &spot, &path));
  tg_json_open(j, "lines", '{');
  tg_json_int(j, "begin", spot.line);
  tg_json_close(j, '}');
  tg_json_close(j, '}');
  tg_json_close(j, '}');
  j->out->failed |= text.failed || path.failed;
  tg_buf_done(&text);
  tg_buf_done(&path);
}

tg_status tg_report_gitlab(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  tg_json j;
  tg_order order;
  tg_status st = tg_report_order(a, &order);
  if (st != TG_OK) return st;
  tg_json_init(&j, out, true);
  tg_json_open(&j, NULL, '[');
  for (uint32_t i = 0; i < order.n && st == TG_OK; i++) {
    const tg_detail *d;
    st = tg_assess_detail(a, order.at[i], &d);
    if (st == TG_OK) put_entry(&j, a, o, &a->findings.at[order.at[i]], d);
  }
  tg_json_close(&j, ']');
  tg_buf_putc(out, '\n');
  tg_order_done(&order);
  return st;
}
