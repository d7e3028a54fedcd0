/* The risk register as CSV (RFC 4180): the columns of the contract, one line a finding, one a gate that has none.
 *
 * A spreadsheet runs a cell that begins with = + - or @, quoted or not, and one that was told another separator begins cells in the
 * middle of ours.  So text gets an apostrophe in front of such a beginning, at the start of a cell and behind each `;`; line ends and tabs
 * are gone before that (tg_text_safe), which also keeps a line a record for tools that read lines. */
#include "report/entries.h"
#include "report/parts.h"
#include "report/text_out.h"

#include <string.h>

static const char columns[] =
    "risk_id,rule_id,rule_pack,rule_pack_version,title,subject,status,severity,likelihood,impact,score,"
    "message,"
    "evidence,file,line,column,json_pointer,remediation,waiver_id,waiver_owner,waiver_reason,waiver_expires,"
    "fingerprint,assessed_at\r\n";

typedef struct sheet {
  tg_assessment *a;
  const tg_report_options *o;
  tg_buf *out;
  tg_buf text, safe; /* a cell being put together, and made safe */
  bool first;        /* of its line */
} sheet;

/* Also the full-width forms, which some spreadsheets take for the same. */
static bool runs(tg_str s, uint32_t i) {
  if (i >= s.n) return false;
  if (strchr("=+-@", s.at[i]) != NULL) return s.at[i] != 0;
  static const char wide[][4] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"};
  for (size_t k = 0; k < sizeof wide / sizeof *wide; k++)
    if (s.n - i >= 3 && memcmp(s.at + i, wide[k], 3) == 0) return true;
  return false;
}

static void put_guarded(tg_buf *out, tg_str s) {
  bool quoted = s.n > 0 && (s.at[0] == ' ' || s.at[s.n - 1] == ' ');
  for (uint32_t i = 0; i < s.n && !quoted; i++) quoted = strchr("\",;", s.at[i]) != NULL;
  if (quoted) tg_buf_putc(out, '"');
  for (uint32_t i = 0; i < s.n; i++) {
    if (i == 0 || s.at[i - 1] == ';') {
      uint32_t k = i;
      while (k < s.n && (s.at[k] == '"' || (i == 0 && s.at[k] == ' '))) k++;
      if (runs(s, k)) tg_buf_putc(out, '\'');
    }
    if (s.at[i] == '"') tg_buf_putc(out, '"');
    tg_buf_putc(out, s.at[i]);
  }
  if (quoted) tg_buf_putc(out, '"');
}

static void separate(sheet *t) {
  if (!t->first) tg_buf_putc(t->out, ',');
  t->first = false;
}

/* A cell of text from packs and facts. */
static void put_text(sheet *t, tg_str s) {
  separate(t);
  tg_buf_clear(&t->safe);
  tg_text_safe(&t->safe, s.at ? s : TG_STR(""));
  if (t->safe.failed) t->out->failed = true;
  put_guarded(t->out, (tg_str){t->safe.n ? t->safe.at : "", (uint32_t)t->safe.n});
}

/* A cell that was put together in `text`. */
static void put_made(sheet *t) {
  if (t->text.failed) t->out->failed = true;
  put_text(t, (tg_str){t->text.n ? t->text.at : "", (uint32_t)t->text.n});
  tg_buf_clear(&t->text);
}

/* A cell of our own words. */
static void put_word(sheet *t, const char *word) {
  separate(t);
  tg_buf_puts(t->out, word);
}

static void put_number(sheet *t, uint32_t n) { /* 0: none */
  separate(t);
  if (n > 0) tg_buf_printf(t->out, "%u", (unsigned)n);
}

static void put_place(sheet *t, const tg_entry *c) {
  const tg_fact_used *u = c->fact;
  bool placed = u != NULL && u->place.line > 0;
  tg_buf path;
  tg_buf_init(&path, t->a->mem);
  put_text(t, placed ? tg_report_path(t->o, u->place.file, &path) : TG_STR(""));
  if (path.failed) t->out->failed = true;
  tg_buf_done(&path);
  put_number(t, placed ? u->place.line : 0);
  put_number(t, placed ? u->place.column : 0);
  put_text(t, u != NULL ? u->pointer : c->pointer);
}

static void put_waiver(sheet *t, const tg_entry *c) {
  uint32_t waiver = c->finding == TG_NONE ? TG_NONE : t->a->findings.at[c->finding].waiver;
  static const tg_waiver none;
  const tg_waiver *w = waiver == TG_NONE ? &none : &t->a->waivers.at[waiver];
  char day[16] = "";
  if (waiver != TG_NONE && w->expires_on.kind == TG_V_DATE) tg_report_day(w->expires_on, day);
  put_text(t, w->id);
  put_text(t, w->owner);
  put_text(t, w->reason);
  put_word(t, day);
}

static void put_row(sheet *t, const tg_entry *c) {
  const tg_gate *g = &t->a->program->gates[c->gate];
  const tg_gate_state *s = &t->a->gate[c->gate];
  const tg_pack_info *pack = &t->a->program->packs[g->pack];
  t->first = true;
  tg_buf_put(&t->text, g->id.at, g->id.n);
  if (c->key.n > 0) {
    tg_buf_putc(&t->text, ':');
    tg_buf_put(&t->text, c->key.at, c->key.n);
  }
  put_made(t);
  put_text(t, g->id);
  put_text(t, pack->name);
  put_text(t, pack->version);
  put_text(t, g->title);
  put_text(t, c->label);
  put_word(t, c->outcome == TG_NOT_APPLICABLE ? "not-applicable" : tg_outcome_word(c->outcome));
  put_word(t, tg_severity_word((tg_severity)s->severity));
  put_number(t, s->likelihood);
  put_number(t, s->impact);
  put_number(t, s->score);
  put_text(t, c->message);
  tg_entry_evidence(c, t->a, &t->text);
  put_made(t);
  put_place(t, c);
  put_text(t, g->remediation);
  put_waiver(t, c);
  put_word(t, c->fingerprint);
  char day[16];
  tg_report_day(t->a->options.today, day);
  separate(t);
  tg_buf_printf(t->out, "%sT00:00:00Z\r\n", day);
}

tg_status tg_report_csv(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  sheet t = {.a = a, .o = o, .out = out};
  tg_entries entries;
  tg_entry c;
  tg_buf_init(&t.text, a->mem);
  tg_buf_init(&t.safe, a->mem);
  tg_entries_init(&entries, a);
  tg_buf_puts(out, columns);
  while (tg_entries_next(&entries, &c)) put_row(&t, &c);
  tg_status st = entries.status;
  tg_entries_done(&entries);
  tg_buf_done(&t.text);
  tg_buf_done(&t.safe);
  return st;
}

/* Excel on Windows needs the mark to see UTF-8; scripts choke on it. */
tg_status tg_report_csv_bom(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  tg_buf_puts(out, "\xef\xbb\xbf");
  return tg_report_csv(a, o, out);
}
