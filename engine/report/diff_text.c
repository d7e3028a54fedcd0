/* A comparison for people: what is worse first, each with what explains it. */
#include "report/diff.h"

#include "report/parts.h"
#include "report/text_out.h"

#include <string.h>

typedef struct page {
  const tg_diff *x;
  const tg_report_options *o;
  tg_buf *out;
  tg_buf line, raw; /* raw: words before they are made safe */
} page;

static void safe_raw(page *p) {
  tg_text_safe(&p->line, (tg_str){p->raw.n ? p->raw.at : "", (uint32_t)p->raw.n});
  tg_buf_clear(&p->raw);
}

static void flush(page *p, int at, int indent) {
  if (p->line.failed || p->raw.failed) p->out->failed = true;
  tg_text_wrap(p->out, p->o, (tg_str){p->line.n ? p->line.at : "", (uint32_t)p->line.n}, at, indent);
  tg_buf_clear(&p->line);
}

static const char *spaced(const char *word) {
  static const struct {
    const char *word, *spaced;
  } words[] = {{"not_ready", "not ready"},
               {"not_proven", "not proven"},
               {"ready_with_conditions", "ready with conditions"},
               {"not_compared", "not compared"},
               {"same", "unchanged"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i].word, word) == 0) return words[i].spaced;
  return word;
}

static void put_report(page *p, const tg_past *r, const char *what) {
  tg_buf path;
  tg_buf_init(&path, p->x->mem);
  tg_buf_printf(p->out, "%-11s", what);
  tg_text_safe(&p->line, tg_report_path(p->o, r->store.sources.list.at[r->source].name, &path));
  tg_str day = tg_past_member(r, r->root, "as_of");
  tg_buf_printf(&p->line, ", as of %.*s", TG_STR_ARG(day));
  if (tg_is_true(tg_past_value(r, tg_past_child(r, r->root, "partial"))))
    tg_buf_puts(&p->line, ", a part of the gates only");
  flush(p, 11, 11);
  tg_buf_done(&path);
}

static const tg_ink inks[] = {TG_INK_PLAIN, TG_INK_GREEN, TG_INK_RED, TG_INK_DIM};

static void put_head(page *p) {
  const tg_diff *x = p->x;
  if (x->engagement.n) {
    tg_text_safe(&p->line, x->engagement);
    flush(p, 0, 0);
  }
  put_report(p, &x->before, "old");
  put_report(p, &x->after, "new");
  tg_buf_putc(p->out, '\n');
  tg_text_ink(p->out, p->o, x->worse ? TG_INK_RED : TG_INK_GREEN, x->worse ? "WORSE" : "NOT WORSE");
  tg_buf_printf(p->out, "   %u new, %u worse, %u better, %u fixed, %u unchanged", x->counts[TG_FINDING_NEW],
                x->counts[TG_FINDING_WORSE], x->counts[TG_FINDING_BETTER], x->counts[TG_FINDING_FIXED],
                x->counts[TG_FINDING_SAME]);
  if (x->counts[TG_FINDING_APART]) tg_buf_printf(p->out, ", %u not compared", x->counts[TG_FINDING_APART]);
  tg_buf_puts(p->out, "\nverdict    ");
  tg_buf_puts(p->out, spaced(tg_verdict_word(x->verdict_before)));
  if (x->verdict_before != x->verdict_after)
    tg_buf_printf(p->out, " to %s", spaced(tg_verdict_word(x->verdict_after)));
  tg_buf_puts(p->out, "  ");
  tg_text_ink(p->out, p->o, inks[x->verdict], spaced(tg_drift_word(x->verdict)));
  tg_buf_puts(p->out, "\nreadiness  proven gross ");
  tg_diff_figures(x->whole.before[0], x->whole.after[0], p->out);
  tg_buf_puts(p->out, ", net ");
  tg_diff_figures(x->whole.before[2], x->whole.after[2], p->out);
  tg_buf_puts(p->out, "  ");
  tg_text_ink(p->out, p->o, inks[x->whole.drift], spaced(tg_drift_word(x->whole.drift)));
  tg_buf_putc(p->out, '\n');
}

static void put_areas(page *p) {
  bool first = true;
  for (uint32_t i = 0; i < p->x->areas.n; i++) {
    const tg_diff_area *a = &p->x->areas.at[i];
    if (a->drift == TG_DRIFT_SAME || (a->drift == TG_DRIFT_APART && !p->o->verbose)) continue;
    if (first) {
      tg_buf_putc(p->out, '\n');
      tg_text_ink(p->out, p->o, TG_INK_BOLD, "Areas, proven readiness");
      tg_buf_putc(p->out, '\n');
    }
    first = false;
    tg_buf_puts(p->out, "  ");
    tg_text_ink(p->out, p->o, inks[a->drift], spaced(tg_drift_word(a->drift)));
    tg_text_pad(p->out, (int)strlen(spaced(tg_drift_word(a->drift))), 8);
    tg_text_safe(&p->line, a->area);
    tg_buf_puts(&p->line, ": gross ");
    tg_diff_figures(a->before[0], a->after[0], &p->line);
    tg_buf_puts(&p->line, ", net ");
    tg_diff_figures(a->before[2], a->after[2], &p->line);
    tg_str was = a->rating_before, is = a->rating_after;
    if (was.at && is.at && !tg_str_eq(was, is))
      tg_buf_printf(&p->line, ", %.*s to %.*s", TG_STR_ARG(was), TG_STR_ARG(is));
    flush(p, 10, 12);
  }
}

static void put_finding(page *p, const tg_diff_finding *f) {
  const tg_past_finding *some = f->after ? f->after : f->before;
  tg_buf_puts(p->out, "  ");
  tg_text_safe(&p->line, some->gate);
  if (some->path.n) {
    tg_buf_puts(&p->line, " [");
    tg_text_safe(&p->line, some->label);
    tg_buf_putc(&p->line, ']');
  }
  tg_buf_printf(&p->line, "  %s  score %u  ", tg_severity_word((tg_severity)some->severity), some->score);
  tg_diff_move(f, &p->line);
  flush(p, 2, 6);
  tg_text_pad(p->out, 0, 6);
  tg_text_safe(&p->line, some->message);
  flush(p, 6, 6);
  for (uint32_t i = 0; i < f->cause_count; i++) {
    tg_text_pad(p->out, 0, 6);
    if (i == TG_CAUSES_SHOWN && !p->o->verbose) {
      tg_buf_printf(p->out, "and %u more\n", (unsigned)(f->cause_count - i));
      break;
    }
    tg_buf_puts(&p->line, "because: ");
    tg_diff_say(&p->x->causes.at[f->cause_first + i], &p->raw);
    safe_raw(p);
    flush(p, 6, 8);
  }
}

static void put_section(page *p, const char *title, tg_finding_drift first, tg_finding_drift last) {
  uint32_t count = 0;
  for (int d = (int)first; d <= (int)last; d++) count += p->x->counts[d];
  if (count == 0) return;
  tg_buf_printf(&p->raw, "%s (%u)", title, count);
  tg_buf_putc(p->out, '\n');
  tg_text_ink(p->out, p->o, TG_INK_BOLD, p->raw.n ? p->raw.at : "");
  tg_buf_clear(&p->raw);
  tg_buf_putc(p->out, '\n');
  for (uint32_t i = 0; i < p->x->findings.n; i++) {
    const tg_diff_finding *f = &p->x->findings.at[i];
    if (f->drift >= first && f->drift <= last) put_finding(p, f);
  }
}

static void put_changes(page *p) {
  if (p->x->change_count == 0) return;
  tg_buf_putc(p->out, '\n');
  tg_text_ink(p->out, p->o, TG_INK_BOLD, "What changed beside the findings");
  tg_buf_putc(p->out, '\n');
  for (uint32_t i = 0; i < p->x->change_count; i++) {
    tg_buf_puts(p->out, "  ");
    tg_diff_say(&p->x->causes.at[i], &p->raw);
    safe_raw(p);
    flush(p, 2, 4);
  }
}

tg_status tg_diff_text(const tg_diff *x, const tg_report_options *o, tg_buf *out) {
  page p = {x, o, out, {NULL, NULL, 0, 0, false}, {NULL, NULL, 0, 0, false}};
  tg_buf_init(&p.line, x->mem);
  tg_buf_init(&p.raw, x->mem);
  put_head(&p);
  if (!o->quiet) {
    put_areas(&p);
    put_section(&p, "Worse", TG_FINDING_NEW, TG_FINDING_WORSE);
    put_section(&p, "Better", TG_FINDING_BETTER, TG_FINDING_FIXED);
    put_section(&p, "Not compared: the other report does not have the gate", TG_FINDING_APART,
                TG_FINDING_APART);
    put_changes(&p);
  }
  tg_buf_done(&p.line);
  tg_buf_done(&p.raw);
  return out->failed ? tg_mem_status(x->mem) : TG_OK;
}
