/* A comparison as Markdown, for merge requests and step summaries.  All text is from strangers: it stands in cells and items, escaped. */
#include "report/diff.h"

#include "report/parts.h"
#include "report/text_out.h"

#include <string.h>
#include <strings.h>

typedef struct page {
  const tg_diff *x;
  const tg_report_options *o;
  tg_buf *out;
  tg_buf raw, safe;
} page;

/* Whatever could begin markup, a link, a mention, a reference or HTML is an entity or has a backslash before it; line ends and controls are gone
 * before (tg_text_safe). */
static void put_safe(page *p, tg_str s) {
  tg_buf_clear(&p->safe);
  tg_text_safe(&p->safe, s);
  for (size_t i = 0; i < p->safe.n; i++) {
    char c = p->safe.at[i];
    if (c == '<' || c == '>' || c == '&' || c == '@' || c == '#' || c == ':')
      tg_buf_printf(p->out, "&#%d;", c);
    else if (c != 0 && strchr("\\`*_[]|~$", c) != NULL)
      tg_buf_printf(p->out, "\\%c", c);
    else if (c == '.' && i >= 3 && strncasecmp(p->safe.at + i - 3, "www", 3) == 0)
      tg_buf_puts(p->out, "&#46;");
    else
      tg_buf_putc(p->out, c);
  }
  if (p->safe.failed) p->out->failed = true;
}

static void put_raw(page *p) {
  if (p->raw.failed) p->out->failed = true;
  put_safe(p, (tg_str){p->raw.n ? p->raw.at : "", (uint32_t)p->raw.n});
  tg_buf_clear(&p->raw);
}

static void put_report(page *p, const tg_past *r, const char *what) {
  tg_buf path;
  tg_buf_init(&path, p->x->mem);
  tg_buf_printf(p->out, "| %s | ", what);
  put_safe(p, tg_report_path(p->o, r->store.sources.list.at[r->source].name, &path));
  tg_buf_puts(p->out, " | ");
  put_safe(p, tg_past_member(r, r->root, "as_of"));
  tg_buf_puts(p->out, " |\n");
  tg_buf_done(&path);
}

static void put_words(page *p, const char *word) {
  for (; *word; word++) tg_buf_putc(p->out, *word == '_' ? ' ' : *word);
}

static void put_head(page *p) {
  const tg_diff *x = p->x;
  tg_buf_printf(p->out, "## %s", x->worse ? "Worse" : "Not worse");
  if (x->engagement.n) tg_buf_puts(p->out, ": ");
  put_safe(p, x->engagement);
  tg_buf_puts(p->out, "\n\n| report | file | as of |\n|---|---|---|\n");
  put_report(p, &x->before, "old");
  put_report(p, &x->after, "new");
  tg_buf_printf(p->out, "\n%u new, %u worse, %u better, %u fixed, %u unchanged, %u not compared\n\n",
                x->counts[TG_FINDING_NEW], x->counts[TG_FINDING_WORSE], x->counts[TG_FINDING_BETTER],
                x->counts[TG_FINDING_FIXED], x->counts[TG_FINDING_SAME], x->counts[TG_FINDING_APART]);
  tg_buf_puts(p->out, "| | | |\n|---|---|---|\n| verdict | ");
  put_words(p, tg_verdict_word(x->verdict_before));
  if (x->verdict_before != x->verdict_after) {
    tg_buf_puts(p->out, " to ");
    put_words(p, tg_verdict_word(x->verdict_after));
  }
  tg_buf_puts(p->out, " | ");
  put_words(p, tg_drift_word(x->verdict));
  tg_buf_puts(p->out, " |\n| readiness proven | gross ");
  tg_diff_figures(x->whole.before[0], x->whole.after[0], p->out);
  tg_buf_puts(p->out, ", net ");
  tg_diff_figures(x->whole.before[2], x->whole.after[2], p->out);
  tg_buf_puts(p->out, " | ");
  put_words(p, tg_drift_word(x->whole.drift));
  tg_buf_puts(p->out, " |\n");
}

static void put_areas(page *p) {
  bool first = true;
  for (uint32_t i = 0; i < p->x->areas.n; i++) {
    const tg_diff_area *a = &p->x->areas.at[i];
    if (a->drift == TG_DRIFT_SAME || (a->drift == TG_DRIFT_APART && !p->o->verbose)) continue;
    if (first)
      tg_buf_puts(
          p->out,
          "\n### Areas\n\n| area | drift | proven gross | proven net | rating |\n|---|---|---|---|---|\n");
    first = false;
    tg_buf_puts(p->out, "| ");
    put_safe(p, a->area);
    tg_buf_puts(p->out, " | ");
    put_words(p, tg_drift_word(a->drift));
    tg_buf_puts(p->out, " | ");
    tg_diff_figures(a->before[0], a->after[0], p->out);
    tg_buf_puts(p->out, " | ");
    tg_diff_figures(a->before[2], a->after[2], p->out);
    tg_buf_puts(p->out, " | ");
    tg_str was = a->rating_before, is = a->rating_after;
    if (was.at) put_safe(p, was);
    if (is.at && !(was.at && tg_str_eq(was, is))) {
      if (was.at) tg_buf_puts(p->out, " to ");
      put_safe(p, is);
    }
    tg_buf_puts(p->out, " |\n");
  }
}

static void put_finding(page *p, const tg_diff_finding *f) {
  const tg_past_finding *some = f->after ? f->after : f->before;
  tg_buf_puts(p->out, "| ");
  put_safe(p, some->gate);
  tg_buf_puts(p->out, " | ");
  put_safe(p, some->label);
  tg_buf_printf(p->out, " | %s %u | ", tg_severity_word((tg_severity)some->severity), some->score);
  tg_diff_move(f, &p->raw);
  put_raw(p);
  tg_buf_puts(p->out, " | ");
  put_safe(p, some->message);
  tg_buf_puts(p->out, " | ");
  for (uint32_t i = 0; i < f->cause_count; i++) {
    if (i) tg_buf_puts(p->out, "<br>");
    if (i == TG_CAUSES_SHOWN && !p->o->verbose) {
      tg_buf_printf(p->out, "and %u more", (unsigned)(f->cause_count - i));
      break;
    }
    tg_diff_say(&p->x->causes.at[f->cause_first + i], &p->raw);
    put_raw(p);
  }
  tg_buf_puts(p->out, " |\n");
}

static void put_section(page *p, const char *title, tg_finding_drift first, tg_finding_drift last) {
  uint32_t count = 0;
  for (int d = (int)first; d <= (int)last; d++) count += p->x->counts[d];
  if (count == 0) return;
  tg_buf_printf(p->out,
                "\n### %s (%u)\n\n| gate | subject | severity, score | change | message | because |\n"
                "|---|---|---|---|---|---|\n",
                title, count);
  for (uint32_t i = 0; i < p->x->findings.n; i++) {
    const tg_diff_finding *f = &p->x->findings.at[i];
    if (f->drift >= first && f->drift <= last) put_finding(p, f);
  }
}

tg_status tg_diff_markdown(const tg_diff *x, const tg_report_options *o, tg_buf *out) {
  page p = {x, o, out, {NULL, NULL, 0, 0, false}, {NULL, NULL, 0, 0, false}};
  tg_buf_init(&p.raw, x->mem);
  tg_buf_init(&p.safe, x->mem);
  put_head(&p);
  if (!o->quiet) {
    put_areas(&p);
    put_section(&p, "Worse", TG_FINDING_NEW, TG_FINDING_WORSE);
    put_section(&p, "Better", TG_FINDING_BETTER, TG_FINDING_FIXED);
    put_section(&p, "Not compared", TG_FINDING_APART, TG_FINDING_APART);
    if (x->change_count) tg_buf_puts(out, "\n### What changed beside the findings\n\n");
    for (uint32_t i = 0; i < x->change_count; i++) {
      tg_buf_puts(out, "- ");
      tg_diff_say(&x->causes.at[i], &p.raw);
      put_raw(&p);
      tg_buf_putc(out, '\n');
    }
  }
  tg_buf_done(&p.raw);
  tg_buf_done(&p.safe);
  return out->failed ? tg_mem_status(x->mem) : TG_OK;
}
