/* Lines that build runners act on: workflow commands of GitHub Actions, logging commands of Azure Pipelines.
 *
 * A finding is one command, worst first.  GitHub keeps ten of each level a step and drops the rest without a word, so the rest is
 * counted in a closing notice; Azure counts all of them itself, and has no level below warning: those lines are plain. */
#include "report/listing.h"
#include "report/parts.h"
#include "report/text_out.h"

#include <stdio.h>
#include <string.h>

enum { MAX_KEPT = 10, MAX_MESSAGE = 4096 };
typedef enum level { ERRORS, WARNINGS, NOTICES, LEVELS } level;

typedef struct runner {
  tg_assessment *a;
  const tg_report_options *o;
  tg_buf *out;
  tg_buf title, message; /* safe texts */
  tg_buf piece, path;    /* a text that is being put together, as it came */
  uint32_t shown[LEVELS], most[LEVELS];
} runner;

static level level_of(uint8_t severity) {
  return severity >= TG_HIGH ? ERRORS : severity == TG_MEDIUM ? WARNINGS : NOTICES;
}

static void runner_open(runner *r, tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  *r = (runner){.a = a, .o = o, .out = out, .most = {MAX_KEPT, MAX_KEPT, MAX_KEPT}};
  tg_buf_init(&r->title, a->mem);
  tg_buf_init(&r->message, a->mem);
  tg_buf_init(&r->piece, a->mem);
  tg_buf_init(&r->path, a->mem);
}

static void runner_close(runner *r) {
  r->out->failed |= r->title.failed || r->message.failed || r->piece.failed || r->path.failed;
  tg_buf_done(&r->title);
  tg_buf_done(&r->message);
  tg_buf_done(&r->piece);
  tg_buf_done(&r->path);
}

/* How a runner wants characters written: those of `special` as %XX, `%` and line ends as said. */
typedef struct code {
  const char *special, *percent, *line_end;
} code;
static const code github_data = {"", "%25", "%0A"}, github_property = {":,", "%25", "%0A"},
                  azure_data = {"", "%AZP25", "%0A"}, azure_property = {";]", "%AZP25", "%0A"},
                  plain = {"", "%", " - "};

/* Up to `most` characters as runners count them (UTF-16), codes included. */
static void put_coded(runner *r, tg_str s, const code *c, uint32_t most) {
  const uint8_t *p = (const uint8_t *)s.at, *end = p + s.n;
  uint32_t used = 0;
  while (p < end) {
    unsigned n = 1;
    uint32_t cp = tg_utf8_get(p, end, &n);
    char hex[8];
    const char *instead = cp == '%' ? c->percent : cp == '\n' ? c->line_end : NULL;
    if (cp < 0x80 && cp != 0 && strchr(c->special, (int)cp) != NULL) {
      snprintf(hex, sizeof hex, "%%%02X", (unsigned)cp);
      instead = hex;
    }
    uint32_t wide = instead ? (uint32_t)strlen(instead) : cp > 0xffff ? 2 : 1;
    if (used + wide + (p + n < end ? 3 : 0) > most) {
      tg_buf_puts(r->out, "...");
      return;
    }
    if (instead)
      tg_buf_puts(r->out, instead);
    else
      tg_buf_put(r->out, p, n);
    used += wide;
    p += n;
  }
}

/* Moves the piece to the end of `to`, harmless from then on; a line end of the text's own is a blank. */
static void add_piece(runner *r, tg_buf *to) {
  to->failed |= r->piece.failed;
  tg_text_safe(to, tg_buf_text(&r->piece));
  tg_buf_clear(&r->piece);
}

/* The path of a spot made safe, empty when it is none (`<stdin>`).  Colons stay: properties have them coded or behind words of ours. */
static tg_str path_of(runner *r, const tg_spot *spot) {
  tg_buf_clear(&r->path);
  if (spot == NULL) return TG_STR("");
  tg_str path = tg_spot_path(r->o, spot, &r->piece);
  bool strange = false;
  for (uint32_t i = 0; i < path.n; i++) strange |= tg_begins_command(path, i);
  if (!tg_str_is(path, "<stdin>")) (strange ? tg_text_safe : tg_text_visible)(&r->path, path);
  tg_buf_clear(&r->piece);
  return tg_buf_text(&r->path);
}

/* "KT-004: critical, score 20, fail" */
static void put_title(runner *r, const tg_finding *f) {
  const tg_gate_state *g = &r->a->gate[f->gate];
  tg_str id = r->a->program->gates[f->gate].id;
  tg_buf_clear(&r->title);
  tg_buf_put(&r->piece, id.at, id.n);
  tg_buf_printf(&r->piece, ": %s, score %u, %s", tg_severity_word((tg_severity)g->severity),
                (unsigned)g->score, tg_outcome_word((tg_outcome)f->outcome));
  if (f->baseline != TG_BASE_NONE)
    tg_buf_printf(&r->piece, ", %s", tg_baseline_word((tg_baseline_state)f->baseline));
  add_piece(r, &r->title);
}

/* The message, then the questions of an unknown or what to do. */
static void put_message(runner *r, const tg_finding *f, const tg_detail *d) {
  const tg_gate *g = &r->a->program->gates[f->gate];
  tg_buf_clear(&r->message);
  tg_list_message(&r->piece, f, d);
  add_piece(r, &r->message);
  for (uint32_t i = 0; i < d->fact_count && f->outcome == TG_UNKNOWN; i++) {
    const tg_fact_used *u = &d->facts[i];
    if (u->state == TG_STATE_KNOWN || u->state == TG_STATE_NONE) continue;
    tg_buf_putc(&r->message, '\n');
    tg_list_question(&r->piece, u);
    add_piece(r, &r->message);
  }
  if (f->outcome == TG_UNKNOWN || g->remediation.n == 0) return;
  tg_buf_puts(&r->message, "\nRemediation: ");
  tg_buf_put(&r->piece, g->remediation.at, g->remediation.n);
  add_piece(r, &r->message);
}

static void put_floor(runner *r, const tg_floor *f) {
  tg_buf_clear(&r->title);
  tg_buf_clear(&r->message);
  tg_buf_put(&r->piece, f->condition.at, f->condition.n);
  tg_buf_puts(&r->piece, ": high, fail");
  add_piece(r, &r->title);
  tg_list_floor(&r->piece, r->a, f);
  add_piece(r, &r->message);
}

/* ---- GitHub ---- */

static void github_command(runner *r, level l, const tg_spot *spot) {
  static const char *const words[] = {"error", "warning", "notice"};
  tg_str path = path_of(r, spot);
  tg_buf_printf(r->out, "::%s ", words[l]);
  if (path.n) {
    tg_buf_puts(r->out, "file=");
    put_coded(r, path, &github_property, MAX_MESSAGE);
    tg_buf_printf(r->out, ",line=%u,col=%u,", (unsigned)spot->line, (unsigned)spot->column);
  }
  tg_buf_puts(r->out, "title=");
  put_coded(r, tg_buf_text(&r->title), &github_property, MAX_MESSAGE);
  tg_buf_puts(r->out, "::");
  put_coded(r, tg_buf_text(&r->message), &github_data, MAX_MESSAGE);
  tg_buf_putc(r->out, '\n');
  r->shown[l]++;
}

static void github_close(runner *r, uint32_t findings, uint32_t waived) {
  uint32_t shown = r->shown[ERRORS] + r->shown[WARNINGS] + r->shown[NOTICES];
  tg_buf_clear(&r->title);
  tg_buf_clear(&r->message);
  tg_buf_printf(&r->title, "Tollgate: %s", tg_verdict_phrase(r->a->verdict));
  tg_buf_printf(&r->message, "Showing %u of %u findings", (unsigned)shown, (unsigned)findings);
  if (waived) tg_buf_printf(&r->message, "; %u waived", (unsigned)waived);
  tg_buf_puts(&r->message, ". ");
  tg_list_counts(&r->message, r->a);
  tg_buf_puts(&r->message, ". The step summary and the other reports hold all of them.");
  github_command(r, NOTICES, NULL);
}

/* Missed floors count as high, like everywhere. */
static uint32_t github_floors(runner *r) {
  const tg_settings *s = &r->a->program->settings;
  for (uint32_t i = 0; i < s->floor_count; i++) {
    if (!tg_floor_missed(r->a, &s->floors[i]) || r->shown[ERRORS] >= r->most[ERRORS]) continue;
    put_floor(r, &s->floors[i]);
    github_command(r, ERRORS, NULL);
  }
  return r->a->missed.n;
}

tg_status tg_report_github(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  runner r;
  tg_order order;
  uint32_t found[LEVELS] = {0}, waived = tg_list_waived(a);
  tg_status st = tg_report_order(a, &order);
  if (st != TG_OK) return st;
  runner_open(&r, a, o, out);
  for (uint32_t i = 0; i < order.n; i++)
    found[level_of(a->gate[a->findings.at[order.at[i]].gate].severity)]++;
  found[ERRORS] += a->missed.n;
  bool closing = waived > 0;
  for (int l = 0; l < LEVELS; l++) closing |= found[l] > MAX_KEPT;
  if (closing) r.most[NOTICES] = MAX_KEPT - 1; /* the closing notice is one itself */
  uint32_t findings = order.n + github_floors(&r);
  for (uint32_t i = 0; i < order.n && st == TG_OK; i++) {
    const tg_finding *f = &a->findings.at[order.at[i]];
    const tg_detail *d;
    tg_spot spot;
    level l = level_of(a->gate[f->gate].severity);
    if (r.shown[l] >= r.most[l]) continue;
    st = tg_assess_detail(a, order.at[i], &d);
    if (st != TG_OK) break;
    put_title(&r, f);
    put_message(&r, f, d);
    github_command(&r, l, tg_report_spot(a, f, d, &spot) ? &spot : NULL);
  }
  if (closing) github_close(&r, findings, waived);
  runner_close(&r);
  tg_order_done(&order);
  return st;
}

/* ---- Azure ---- */

/* Source paths are absolute there. */
static void azure_place(runner *r, const tg_spot *spot) {
  tg_str path = path_of(r, spot), root = r->o->root;
  if (path.n == 0) return;
  tg_buf_puts(r->out, "sourcepath=");
  tg_text_visible(&r->piece, root);
  put_coded(r, tg_buf_text(&r->piece), &azure_property, MAX_MESSAGE);
  tg_buf_clear(&r->piece);
  if (root.n && root.at[root.n - 1] != '/') tg_buf_putc(r->out, '/');
  put_coded(r, path, &azure_property, MAX_MESSAGE);
  tg_buf_printf(r->out, ";linenumber=%u;columnnumber=%u;", (unsigned)spot->line, (unsigned)spot->column);
}

static void azure_command(runner *r, level l, const tg_spot *spot, tg_str id) {
  const code *c = l == NOTICES ? &plain : &azure_data;
  if (l != NOTICES) {
    tg_buf_printf(r->out, "##vso[task.logissue type=%s;", l == ERRORS ? "error" : "warning");
    azure_place(r, spot);
    tg_buf_puts(r->out, "code=");
    put_coded(r, id, &azure_property, TG_LIST_TEXT);
    tg_buf_puts(r->out, ";]");
  }
  put_coded(r, tg_buf_text(&r->title), c, MAX_MESSAGE);
  tg_buf_puts(r->out, ": ");
  put_coded(r, tg_buf_text(&r->message), c, MAX_MESSAGE);
  tg_buf_putc(r->out, '\n');
}

tg_status tg_report_azure(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  const tg_settings *s = &a->program->settings;
  runner r;
  tg_order order;
  uint32_t waived = tg_list_waived(a);
  tg_status st = tg_report_order(a, &order);
  if (st != TG_OK) return st;
  runner_open(&r, a, o, out);
  for (uint32_t i = 0; i < s->floor_count; i++) {
    if (!tg_floor_missed(a, &s->floors[i])) continue;
    put_floor(&r, &s->floors[i]);
    azure_command(&r, ERRORS, NULL, s->floors[i].condition);
  }
  for (uint32_t i = 0; i < order.n && st == TG_OK; i++) {
    const tg_finding *f = &a->findings.at[order.at[i]];
    const tg_detail *d;
    tg_spot spot;
    st = tg_assess_detail(a, order.at[i], &d);
    if (st != TG_OK) break;
    put_title(&r, f);
    put_message(&r, f, d);
    azure_command(&r, level_of(a->gate[f->gate].severity), tg_report_spot(a, f, d, &spot) ? &spot : NULL,
                  a->program->gates[f->gate].id);
  }
  tg_buf_clear(&r.message);
  tg_buf_printf(&r.message, "Tollgate: %s; ", tg_verdict_phrase(a->verdict));
  tg_list_counts(&r.message, a);
  put_coded(&r, tg_buf_text(&r.message), &plain, MAX_MESSAGE);
  tg_buf_putc(out, '\n');
  if (waived > 0 && !tg_assess_blocks(a))
    tg_buf_printf(out, "##vso[task.complete result=SucceededWithIssues;]%u waived\n", (unsigned)waived);
  runner_close(&r);
  tg_order_done(&order);
  return st;
}
