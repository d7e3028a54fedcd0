/* GitHub Flavored Markdown for a step summary or a comment: verdict, counts, what blocks, the rest and the waivers folded away.
 *
 * A summary over 1 MiB is dropped whole, a comment over 65,536 characters is refused: rows end before that and the rest is counted.
 * Every text stands in a table cell or behind words of ours, never at the start of a line, where it could be a command for a bot; what
 * has a meaning in Markdown or HTML is written as a character reference; names and numbers that would notify somebody or
 * link something are taken apart by a mark of no width. */
#include "report/listing.h"
#include "report/parts.h"
#include "report/text_out.h"

#include <string.h>

enum { SUMMARY = 900 << 10, COMMENT = 64000, RESERVE = 4096, MAX_CELL = 1500 };

typedef struct page {
  tg_assessment *a;
  const tg_report_options *o;
  tg_buf *out;
  tg_buf row, text, safe, path;
  size_t budget;
  uint32_t left; /* rows left out */
} page;

static bool is_word(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool follows_www(const tg_buf *b, size_t i) {
  return i >= 3 && (b->at[i - 1] | 0x20) == 'w' && (b->at[i - 2] | 0x20) == 'w' &&
         (b->at[i - 3] | 0x20) == 'w';
}

static void put_text(page *p, tg_buf *to, tg_str s) {
  tg_str cut = tg_text_cut(s, MAX_CELL);
  tg_buf_clear(&p->safe);
  tg_text_visible(&p->safe, cut);
  if (cut.n < s.n) tg_buf_puts(&p->safe, "...");
  for (size_t i = 0; i < p->safe.n; i++) {
    char c = p->safe.at[i];
    if (strchr("\\`*_[]<>&|~!#@$:^={}", c) != NULL || (c == '.' && follows_www(&p->safe, i)))
      tg_buf_printf(to, "&#%d;", c);
    else
      tg_buf_putc(to, c);
    if (strchr("@#!~$%&^", c) != NULL && i + 1 < p->safe.n && is_word(p->safe.at[i + 1]))
      tg_buf_puts(to, "&#8288;");
  }
}

/* A cell with what was put together in `text`. */
static void cell(page *p) {
  tg_buf_putc(&p->row, ' ');
  p->row.failed |= p->text.failed;
  put_text(p, &p->row, tg_buf_text(&p->text));
  tg_buf_puts(&p->row, " |");
  tg_buf_clear(&p->text);
}

static void cell_of(page *p, tg_str s) {
  tg_buf_put(&p->text, s.at, s.n);
  cell(p);
}

/* False: the row does not fit any more. */
static bool end_row(page *p) {
  bool fits = p->out->n + p->row.n + RESERVE <= p->budget;
  p->out->failed |= p->row.failed || p->safe.failed;
  if (fits) {
    tg_buf_putc(p->out, '|');
    tg_buf_put(p->out, p->row.at, p->row.n);
    tg_buf_putc(p->out, '\n');
  }
  tg_buf_clear(&p->row);
  return fits;
}

/* ---- head ---- */

static void put_readiness(page *p) {
  uint32_t waived = tg_list_waived(p->a);
  if (p->a->gross.proven.den == 0) {
    tg_buf_puts(p->out, "Nothing was evaluated: no gate applies.\n\n");
    return;
  }
  tg_buf_puts(p->out, "Readiness ");
  tg_list_figure(p->out, p->a->gross.proven);
  tg_buf_puts(p->out, " proven, ");
  tg_list_figure(p->out, p->a->gross.possible);
  tg_buf_puts(p->out, " possible");
  if (waived) {
    tg_buf_printf(p->out, "; net of %u waived %s ", (unsigned)waived, waived == 1 ? "finding" : "findings");
    tg_list_figure(p->out, p->a->net.proven);
    tg_buf_puts(p->out, " and ");
    tg_list_figure(p->out, p->a->net.possible);
  }
  tg_buf_puts(p->out, p->a->options.partial ? ". Partial: some gates were left out.\n\n" : ".\n\n");
}

static void put_head(page *p) {
  char day[16];
  tg_str phase = tg_assess_phase(p->a);
  tg_report_day(p->a->options.today, day);
  tg_buf_printf(p->out, "## Tollgate: %s\n\nEngagement ", tg_verdict_phrase(p->a->verdict));
  tg_list_engagement(&p->text, p->a);
  put_text(p, p->out, tg_buf_text(&p->text));
  tg_buf_clear(&p->text);
  if (phase.n) {
    tg_buf_puts(p->out, ", phase ");
    put_text(p, p->out, phase);
  }
  tg_buf_printf(p->out, ", as of %s. The gate is %s. ", day,
                tg_assess_blocks(p->a) ? "not passed" : "passed");
  put_readiness(p);
  tg_buf_puts(p->out, "| Status | Gates |\n| --- | ---: |\n");
  static const tg_outcome order[] = {TG_FAIL, TG_UNKNOWN, TG_ERROR, TG_WAIVED, TG_PASS, TG_NOT_APPLICABLE};
  static const char *const words[] = {"Fail", "Unknown", "Error", "Waived", "Pass", "Not applicable"};
  for (int i = 0; i < TG_OUTCOME_COUNT; i++)
    tg_buf_printf(p->out, "| %s | %u |\n", words[i], (unsigned)p->a->gates[order[i]]);
}

static void put_floors(page *p) {
  const tg_settings *s = &p->a->program->settings;
  if (p->a->missed.n == 0) return;
  tg_buf_printf(p->out, "\n### Floors missed (%u)\n\n", (unsigned)p->a->missed.n);
  for (uint32_t i = 0; i < s->floor_count; i++) {
    if (!tg_floor_missed(p->a, &s->floors[i])) continue;
    tg_list_floor(&p->text, p->a, &s->floors[i]);
    tg_buf_puts(p->out, "- ");
    put_text(p, p->out, tg_buf_text(&p->text));
    tg_buf_putc(p->out, '\n');
    tg_buf_clear(&p->text);
  }
}

/* ---- findings ---- */

static void put_place(page *p, const tg_finding *f, const tg_detail *d) {
  tg_spot spot;
  if (!tg_report_spot(p->a, f, d, &spot)) return;
  tg_str path = tg_spot_path(p->o, &spot, &p->path);
  tg_buf_put(&p->text, path.at, path.n);
  tg_buf_printf(&p->text, ":%u", (unsigned)spot.line);
}

/* What to do, or of an unknown what to ask. */
static void put_next(page *p, const tg_finding *f, const tg_detail *d) {
  tg_str remediation = p->a->program->gates[f->gate].remediation;
  if (f->outcome != TG_UNKNOWN) {
    tg_buf_put(&p->text, remediation.at, remediation.n);
    return;
  }
  for (uint32_t i = 0; i < d->fact_count; i++) {
    const tg_fact_used *u = &d->facts[i];
    if (u->state == TG_STATE_KNOWN || u->state == TG_STATE_NONE) continue;
    if (p->text.n) tg_buf_puts(&p->text, "; ");
    tg_list_question(&p->text, u);
  }
}

static tg_status put_finding(page *p, uint32_t finding, bool *fits) {
  const tg_finding *f = &p->a->findings.at[finding];
  const tg_gate_state *s = &p->a->gate[f->gate];
  const tg_detail *d;
  tg_status st = tg_assess_detail(p->a, finding, &d);
  if (st != TG_OK) return st;
  cell_of(p, p->a->program->gates[f->gate].id);
  cell_of(p, tg_text_cut(d->label, TG_LIST_TEXT));
  cell_of(p, tg_str_of(tg_outcome_word((tg_outcome)f->outcome)));
  cell_of(p, tg_str_of(tg_severity_word((tg_severity)s->severity)));
  tg_buf_printf(&p->row, " %u |", (unsigned)s->score);
  tg_list_message(&p->text, f, d);
  if (f->baseline != TG_BASE_NONE)
    tg_buf_printf(&p->text, " (%s)", tg_baseline_word((tg_baseline_state)f->baseline));
  cell(p);
  put_place(p, f, d);
  cell(p);
  put_next(p, f, d);
  cell(p);
  *fits = end_row(p);
  return TG_OK;
}

/* Findings from..to of the order, in a section of their own. */
static tg_status put_findings(page *p, const tg_order *order, uint32_t from, uint32_t to, const char *title,
                              bool folded) {
  tg_status st = TG_OK;
  bool fits = true;
  if (from == to) return TG_OK;
  tg_buf_printf(p->out, folded ? "\n<details>\n<summary>%s (%u)</summary>\n\n" : "\n### %s (%u)\n\n", title,
                (unsigned)(to - from));
  tg_buf_puts(p->out,
              "| Gate | Item | Status | Severity | Score | Finding | Where | What to do, whom to ask |\n"
              "| --- | --- | --- | --- | ---: | --- | --- | --- |\n");
  uint32_t i = from;
  for (; i < to && fits && st == TG_OK; i++) st = put_finding(p, order->at[i], &fits);
  if (!fits) p->left += to - i + 1;
  if (folded) tg_buf_puts(p->out, "\n</details>\n");
  return st;
}

/* ---- waivers ---- */

static tg_status put_waived(page *p, uint32_t waived) {
  tg_status st = TG_OK;
  bool fits = true;
  char day[16];
  uint32_t put = 0;
  if (waived == 0) return TG_OK;
  tg_buf_printf(
      p->out,
      "\n<details>\n<summary>Waived (%u)</summary>\n\n| Gate | Item | Severity | Owner | Approver | "
      "Reason | Expires | Days left |\n| --- | --- | --- | --- | --- | --- | --- | ---: |\n",
      (unsigned)waived);
  for (uint32_t i = 0; i < p->a->findings.n && fits && st == TG_OK; i++) {
    const tg_finding *f = &p->a->findings.at[i];
    const tg_detail *d;
    if (f->outcome != TG_WAIVED) continue;
    const tg_waiver *w = &p->a->waivers.at[f->waiver];
    st = tg_assess_detail(p->a, i, &d);
    if (st != TG_OK) break;
    cell_of(p, p->a->program->gates[f->gate].id);
    cell_of(p, tg_text_cut(d->label, TG_LIST_TEXT));
    cell_of(p, tg_str_of(tg_severity_word((tg_severity)p->a->gate[f->gate].severity)));
    cell_of(p, w->owner);
    cell_of(p, w->approver);
    cell_of(p, w->reason);
    tg_report_day(w->expires_on, day);
    tg_buf_printf(&p->row, " %s%s | %lld |", day, w->expires_soon ? ", soon" : "",
                  (long long)(w->expires_on.num - p->a->options.today.num));
    fits = end_row(p);
    put += fits;
  }
  p->left += waived - put;
  tg_buf_puts(p->out, "\n</details>\n");
  return st;
}

static void put_idle_waivers(page *p) {
  uint32_t idle = 0;
  bool fits = true;
  for (uint32_t i = 0; i < p->a->waivers.n; i++) idle += p->a->waivers.at[i].state != TG_WAIVER_IN_FORCE;
  if (idle == 0) return;
  tg_buf_printf(p->out,
                "\n<details>\n<summary>Waivers without effect (%u)</summary>\n\n"
                "| Waiver | Gate | Item | Why |\n| --- | --- | --- | --- |\n",
                (unsigned)idle);
  for (uint32_t i = 0; i < p->a->waivers.n && fits; i++) {
    const tg_waiver *w = &p->a->waivers.at[i];
    if (w->state == TG_WAIVER_IN_FORCE) continue;
    cell_of(p, w->id);
    cell_of(p, w->gate);
    cell_of(p, tg_text_cut(w->item, TG_LIST_TEXT));
    cell_of(p, tg_str_of(w->why ? w->why : tg_waiver_word((tg_waiver_state)w->state)));
    fits = end_row(p);
    idle -= fits;
  }
  p->left += idle;
  tg_buf_puts(p->out, "\n</details>\n");
}

/* ---- foot ---- */

static void put_foot(page *p) {
  static const tg_reason reasons[] = {TG_REASON_PHASE, TG_REASON_WHEN, TG_REASON_NO_SUBJECTS,
                                      TG_REASON_DISABLED, TG_REASON_PORTFOLIO};
  tg_buf_putc(p->out, '\n');
  if (p->a->gates[TG_NOT_APPLICABLE]) {
    const char *between = ": ";
    tg_buf_printf(p->out, "Not applicable: %u", (unsigned)p->a->gates[TG_NOT_APPLICABLE]);
    for (size_t r = 0; r < sizeof reasons / sizeof *reasons; r++) {
      uint32_t n = 0;
      for (uint32_t i = 0; i < p->a->program->gate_count; i++)
        n += p->a->gate[i].selected && p->a->gate[i].outcome == TG_NOT_APPLICABLE &&
             p->a->gate[i].reason == reasons[r];
      if (n) tg_buf_printf(p->out, "%s%u %s", between, (unsigned)n, tg_list_absence(reasons[r]));
      if (n) between = ", ";
    }
    tg_buf_puts(p->out, ".\n\n");
  }
  if (p->left)
    tg_buf_printf(p->out,
                  "**%u rows are left out**: this page ends at %u KiB. The other reports hold them.\n\n",
                  (unsigned)p->left, (unsigned)(p->budget >> 10));
  tg_list_counts(&p->text, p->a);
  put_text(p, p->out, tg_buf_text(&p->text));
  tg_buf_printf(p->out, ". Tollgate %.*s.\n", TG_STR_ARG(p->o->tool_version));
}

static tg_status put_page(tg_assessment *a, const tg_report_options *o, tg_buf *out, size_t budget) {
  page p = {.a = a, .o = o, .out = out, .budget = budget};
  tg_order order;
  uint32_t blocking = 0;
  tg_status st = tg_report_order(a, &order);
  if (st != TG_OK) return st;
  tg_buf_init(&p.row, a->mem);
  tg_buf_init(&p.text, a->mem);
  tg_buf_init(&p.safe, a->mem);
  tg_buf_init(&p.path, a->mem);
  while (blocking < order.n && tg_finding_blocks(a, order.at[blocking])) blocking++;
  put_head(&p);
  put_floors(&p);
  st = put_findings(&p, &order, 0, blocking, "Blocking findings", false);
  if (st == TG_OK) st = put_findings(&p, &order, blocking, order.n, "Other findings", true);
  if (st == TG_OK) st = put_waived(&p, tg_list_waived(a));
  if (st == TG_OK) put_idle_waivers(&p);
  put_foot(&p);
  out->failed |= p.row.failed || p.text.failed || p.safe.failed || p.path.failed;
  tg_buf_done(&p.row);
  tg_buf_done(&p.text);
  tg_buf_done(&p.safe);
  tg_buf_done(&p.path);
  tg_order_done(&order);
  return st;
}

tg_status tg_report_markdown(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  return put_page(a, o, out, SUMMARY);
}

tg_status tg_report_markdown_comment(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  return put_page(a, o, out, COMMENT);
}
