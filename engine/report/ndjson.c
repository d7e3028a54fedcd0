/* One JSON line each: a summary, the gates, the findings; `type` first. */
#include "report/parts.h"

tg_status tg_report_ndjson(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  tg_json j;
  tg_json_init(&j, out, false);
  tg_json_open(&j, NULL, '{');
  tg_json_word(&j, "type", "summary");
  tg_status st = tg_json_head(&j, a, o);
  tg_json_waivers(&j, a, o);
  tg_json_close(&j, '}');
  tg_buf_putc(out, '\n');
  for (uint32_t i = 0; st == TG_OK && i < a->program->gate_count; i++) {
    if (!a->gate[i].selected) continue;
    tg_json_init(&j, out, false);
    tg_json_open(&j, NULL, '{');
    tg_json_word(&j, "type", "gate");
    st = tg_json_gate(&j, a, i);
    tg_json_close(&j, '}');
    tg_buf_putc(out, '\n');
  }
  for (uint32_t i = 0; st == TG_OK && i < a->findings.n; i++) {
    tg_json_init(&j, out, false);
    tg_json_open(&j, NULL, '{');
    tg_json_word(&j, "type", "finding");
    st = tg_json_finding(&j, a, o, i);
    tg_json_close(&j, '}');
    tg_buf_putc(out, '\n');
  }
  return st;
}
