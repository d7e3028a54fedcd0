/* TAP, version 13 (the newest that Perl's own parser takes): a point a finding, and one for a gate without findings. */
#include "report/json_out.h"
#include "report/listing.h"
#include "report/parts.h"
#include "report/tap_out.h"
#include "report/text_out.h"

typedef struct tap {
  tg_assessment *a;
  const tg_report_options *o;
  tg_buf *out;
  tg_buf line, path;
  uint32_t point;
} tap;

static void put_line(tap *t) {
  t->out->failed |= t->line.failed;
  tg_tap_put(t->out, tg_buf_text(&t->line));
  tg_buf_clear(&t->line);
}

/* "not ok 3 - KT-004 systems/billing", without the line end. */
static void open_point(tap *t, bool ok, tg_str id, tg_str rest) {
  tg_buf_printf(t->out, "%sok %u - ", ok ? "" : "not ", (unsigned)++t->point);
  tg_tap_put(t->out, id);
  if (rest.n == 0) return;
  tg_buf_putc(t->out, ' ');
  tg_str cut = tg_text_cut(rest, TG_LIST_TEXT);
  tg_tap_put(t->out, cut);
  if (cut.n < rest.n) tg_buf_puts(t->out, "...");
}

/* A member of the block that tells more: a double-quoted text is the same in YAML and JSON. */
static void put_member(tap *t, const char *name) {
  tg_buf safe;
  tg_buf_init(&safe, t->a->mem);
  tg_text_safe(&safe, tg_buf_text(&t->line));
  tg_buf_printf(t->out, "  %s: ", name);
  tg_json_put(t->out, tg_buf_text(&safe));
  tg_buf_putc(t->out, '\n');
  t->out->failed |= safe.failed || t->line.failed;
  tg_buf_done(&safe);
  tg_buf_clear(&t->line);
}

static void put_more(tap *t, const tg_finding *f, const tg_detail *d) {
  const tg_gate_state *g = &t->a->gate[f->gate];
  tg_spot spot;
  tg_buf_puts(t->out, "\n  ---\n");
  tg_list_message(&t->line, f, d);
  put_member(t, "message");
  tg_buf_printf(t->out, "  status: %s\n  severity: %s\n  score: %u\n",
                tg_outcome_word((tg_outcome)f->outcome), tg_severity_word((tg_severity)g->severity),
                (unsigned)g->score);
  if (f->baseline != TG_BASE_NONE)
    tg_buf_printf(t->out, "  baseline: %s\n", tg_baseline_word((tg_baseline_state)f->baseline));
  if (tg_report_spot(t->a, f, d, &spot)) {
    tg_str path = tg_spot_path(t->o, &spot, &t->path);
    tg_buf_put(&t->line, path.at, path.n);
    tg_buf_printf(&t->line, ":%u:%u", (unsigned)spot.line, (unsigned)spot.column);
    put_member(t, "at");
    tg_str pointer = tg_text_cut(spot.pointer, TG_LIST_TEXT);
    tg_buf_put(&t->line, pointer.at, pointer.n);
    put_member(t, "pointer");
  }
  tg_buf_printf(t->out, "  fingerprint: \"%s\"\n  ...\n", d->fingerprint);
}

static tg_status put_finding(tap *t, uint32_t finding) {
  const tg_finding *f = &t->a->findings.at[finding];
  const tg_detail *d;
  tg_status st = tg_assess_detail(t->a, finding, &d);
  if (st != TG_OK) return st;
  bool slash = d->key.n > 0 && d->key.at[0] == '/';
  open_point(t, f->outcome == TG_WAIVED, t->a->program->gates[f->gate].id,
             (tg_str){d->key.at + slash, d->key.n - slash});
  if (f->outcome != TG_WAIVED) {
    put_more(t, f, d);
    return TG_OK;
  }
  tg_buf_puts(t->out, " # SKIP ");
  tg_list_waiver(&t->line, &t->a->waivers.at[f->waiver]);
  put_line(t);
  tg_buf_putc(t->out, '\n');
  return TG_OK;
}

static tg_status put_gate(tap *t, uint32_t gate) {
  const tg_gate *g = &t->a->program->gates[gate];
  const tg_gate_state *s = &t->a->gate[gate];
  tg_status st = TG_OK;
  for (uint32_t i = 0; i < s->finding_count && st == TG_OK; i++) st = put_finding(t, s->finding_first + i);
  if (s->finding_count > 0) return st;
  open_point(t, true, g->id, g->title);
  if (s->outcome == TG_NOT_APPLICABLE)
    tg_buf_printf(t->out, " # SKIP not applicable: %s", tg_list_absence((tg_reason)s->reason));
  tg_buf_putc(t->out, '\n');
  return TG_OK;
}

static void put_bound(tap *t, uint32_t bound) {
  bool missed = tg_bound_missed(t->a, bound);
  tg_bound_name(&t->line, t->a, bound);
  open_point(t, !missed, tg_buf_text(&t->line), TG_STR(""));
  tg_buf_clear(&t->line);
  tg_buf_putc(t->out, '\n');
  if (!missed) return;
  tg_buf_puts(t->out, "  ---\n");
  tg_bound_text(&t->line, t->a, bound);
  put_member(t, "message");
  tg_buf_puts(t->out, "  status: fail\n  severity: high\n  ...\n");
}

tg_status tg_report_tap(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  tap t = {.a = a, .o = o, .out = out};
  uint32_t points = tg_list_bounds(a);
  char day[16];
  tg_status st = TG_OK;
  tg_buf_init(&t.line, a->mem);
  tg_buf_init(&t.path, a->mem);
  tg_report_day(a->options.today, day);
  for (uint32_t i = 0; i < a->program->gate_count; i++)
    if (a->gate[i].selected) points += a->gate[i].finding_count ? a->gate[i].finding_count : 1;
  tg_buf_printf(out, "TAP version 13\n1..%u\n# tollgate %.*s, ", (unsigned)points,
                TG_STR_ARG(o->tool_version));
  tg_list_engagement(&t.line, a);
  tg_buf_printf(&t.line, ", as of %s: %s", day, tg_verdict_phrase(a->verdict));
  put_line(&t);
  tg_buf_putc(out, '\n');
  for (uint32_t i = 0; i < a->program->gate_count && st == TG_OK; i++)
    if (a->gate[i].selected) st = put_gate(&t, i);
  for (uint32_t i = 0; i < tg_list_bounds(a) && st == TG_OK; i++) put_bound(&t, i);
  out->failed |= t.line.failed || t.path.failed;
  tg_buf_done(&t.line);
  tg_buf_done(&t.path);
  return st;
}
