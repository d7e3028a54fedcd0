/* A comparison in words: what its text and its Markdown form have in common. */
#include "report/diff.h"

#include <string.h>

tg_diff_fn tg_diff_find(const char *name) {
  if (strcmp(name, "text") == 0) return tg_diff_text;
  if (strcmp(name, "markdown") == 0) return tg_diff_markdown;
  return strcmp(name, "json") == 0 ? tg_diff_json : NULL;
}

/* Of a fact that is not known its state says more than the value. */
static void put_side(const tg_side *s, tg_buf *out) {
  if (s->state.n && !tg_str_is(s->state, "known") && !tg_str_is(s->state, "none"))
    tg_buf_put(out, s->state.at, s->state.n);
  else if (s->at.n == 0)
    tg_buf_puts(out, "\"\"");
  else
    tg_buf_put(out, s->at.at, s->at.n < 200 ? s->at.n : 200);
}

static void put_change(const char *what, const tg_cause *c, const char *absent, tg_buf *out) {
  tg_buf_printf(out, "%s ", what);
  tg_buf_put(out, c->what.at, c->what.n);
  if (c->before.at.at == NULL) {
    tg_buf_printf(out, " %s, is ", absent);
    put_side(&c->after, out);
  } else {
    tg_buf_puts(out, " was ");
    put_side(&c->before, out);
    tg_buf_puts(out, ", is ");
    if (c->after.at.at == NULL)
      tg_buf_puts(out, "gone");
    else
      put_side(&c->after, out);
  }
}

void tg_diff_say(const tg_cause *c, tg_buf *out) {
  switch (c->kind) {
  case TG_CAUSE_FACT:
    if (c->before.at.at != NULL && c->after.at.at != NULL) {
      put_change("fact", c, "", out);
      return;
    }
    tg_buf_puts(out, "facts changed, and ");
    tg_buf_put(out, c->what.at, c->what.n);
    tg_buf_puts(out, c->after.at.at ? " is " : " was ");
    put_side(c->after.at.at ? &c->after : &c->before, out);
    tg_buf_printf(out, " (the %s report does not tell it)", c->after.at.at ? "old" : "new");
    return;
  case TG_CAUSE_WAIVER: {
    tg_cause plain = *c;
    plain.before.state = plain.after.state = TG_STR("");
    put_change("waiver", &plain, "is new", out);
    if (c->after.state.n) tg_buf_printf(out, ": it %.*s", TG_STR_ARG(c->after.state));
    return;
  }
  case TG_CAUSE_TAILORING: put_change("tailoring of", c, "is new", out); return;
  case TG_CAUSE_PARAM: put_change("parameter", c, "is new", out); return;
  case TG_CAUSE_RULE: put_change("pack", c, "is new", out); return;
  case TG_CAUSE_GATE: put_change("gate", c, "is new", out); return;
  case TG_CAUSE_CONFIG: put_change("setting", c, "is new", out); return;
  case TG_CAUSE_FILE: put_change("file", c, "is new", out); return;
  case TG_CAUSE_TOOL: put_change("program", c, "is new", out); return;
  case TG_CAUSE_TIME:
    tg_buf_printf(out, "time: the day was %.*s, is %.*s", TG_STR_ARG(c->before.at), TG_STR_ARG(c->after.at));
    return;
  case TG_CAUSE_OPEN: tg_buf_puts(out, "nothing in the reports explains it"); return;
  }
}

static void put_tenths(int tenths, tg_buf *out) {
  if (tenths < 0)
    tg_buf_puts(out, "-");
  else
    tg_buf_printf(out, "%d.%d", tenths / 10, tenths % 10);
}

void tg_diff_figures(int before, int after, tg_buf *out) {
  put_tenths(before, out);
  if (before == after) return;
  tg_buf_puts(out, " to ");
  put_tenths(after, out);
  if (before < 0 || after < 0) return;
  int by = after > before ? after - before : before - after;
  tg_buf_printf(out, " (%c%d.%d)", after > before ? '+' : '-', by / 10, by % 10);
}

void tg_diff_move(const tg_diff_finding *f, tg_buf *out) {
  const tg_past_finding *a = f->before, *b = f->after, *some = b ? b : a;
  if (a == NULL || b == NULL) {
    tg_buf_printf(out, "%s: %s%s",
                  f->drift == TG_FINDING_APART ? "not compared" : tg_finding_drift_word(f->drift),
                  b ? "" : "was ", tg_outcome_word((tg_outcome)some->outcome));
    return;
  }
  const char *between = "";
  if (a->outcome != b->outcome) {
    tg_buf_printf(out, "%s to %s", tg_outcome_word((tg_outcome)a->outcome),
                  tg_outcome_word((tg_outcome)b->outcome));
    between = ", ";
  }
  if (a->severity != b->severity) {
    tg_buf_printf(out, "%s%s to %s", between, tg_severity_word((tg_severity)a->severity),
                  tg_severity_word((tg_severity)b->severity));
    between = ", ";
  }
  if (a->score != b->score) tg_buf_printf(out, "%sscore %u to %u", between, a->score, b->score);
}
