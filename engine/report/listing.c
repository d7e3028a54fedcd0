#include "report/listing.h"

#include "report/parts.h"
#include "report/text_out.h"

#include <string.h>

/* ---- order ---- */

enum { SCORES = 26, RANKS = 2 * SCORES * TG_SEVERITY_COUNT };

/* 0 is the first to be read. */
static unsigned rank_of(const tg_assessment *a, uint32_t finding) {
  const tg_gate_state *g = &a->gate[a->findings.at[finding].gate];
  unsigned weight = (unsigned)tg_finding_blocks(a, finding) * SCORES + g->score;
  return RANKS - 1 - (weight * TG_SEVERITY_COUNT + g->severity);
}

/* Counting keeps the order of gates and places inside a rank, and asks for no memory behind the back of tg_mem. */
tg_status tg_report_order(tg_assessment *a, tg_order *out) {
  uint32_t first[RANKS + 1] = {0}, n = 0;
  for (uint32_t i = 0; i < a->findings.n; i++)
    if (a->findings.at[i].outcome != TG_WAIVED) first[rank_of(a, i) + 1]++, n++;
  *out = (tg_order){.mem = a->mem, .n = n, .cap = n};
  if (n == 0) return TG_OK;
  out->at = tg_mem_alloc(a->mem, n * sizeof *out->at);
  if (out->at == NULL) return tg_mem_status(a->mem);
  for (unsigned r = 0; r < RANKS; r++) first[r + 1] += first[r];
  for (uint32_t i = 0; i < a->findings.n; i++)
    if (a->findings.at[i].outcome != TG_WAIVED) out->at[first[rank_of(a, i)]++] = i;
  return TG_OK;
}

void tg_order_done(tg_order *order) {
  if (order->at != NULL) tg_mem_free(order->mem, order->at, order->cap * sizeof *order->at);
  order->at = NULL;
}

/* ---- places ---- */

static bool is_open(const tg_fact_used *u) { return u->state != TG_STATE_KNOWN && u->state != TG_STATE_NONE; }

static bool take_fact(const tg_detail *d, bool open, tg_spot *out) {
  for (uint32_t i = 0; i < d->fact_count; i++) {
    const tg_fact_used *u = &d->facts[i];
    if (u->pointer.n == 0 || u->place.line == 0 || (open && !is_open(u))) continue;
    *out = (tg_spot){u->place.file, u->pointer, u->place.line, u->place.column};
    return true;
  }
  return false;
}

bool tg_report_spot(const tg_assessment *a, const tg_finding *f, const tg_detail *d, tg_spot *out) {
  if ((f->outcome == TG_UNKNOWN && take_fact(d, true, out)) || take_fact(d, false, out)) return true;
  if (d->pointer.n > 0 && !a->program->portfolio) {
    uint32_t node = tg_store_find(a->store, a->store->root, d->pointer);
    uint32_t start = node == UINT32_MAX ? TG_NOWHERE : a->store->tree.nodes.at[node].start;
    tg_place place =
        start == TG_NOWHERE ? (tg_place){{"", 0}, 0, 0} : tg_sources_place(&a->store->sources, start);
    *out = (tg_spot){place.file, d->pointer, place.line, place.column};
    if (place.line) return true;
  }
  if (a->store->sources.list.n == 0) return false;
  *out = (tg_spot){a->store->sources.list.at[0].name, d->pointer, 1, 1};
  return true;
}

tg_str tg_spot_path(const tg_report_options *o, const tg_spot *spot, tg_buf *scratch) {
  tg_str path = tg_report_path(o, spot->file, scratch);
  if (path.n == 0 || path.at[0] != '/') return path;
  tg_buf_clear(scratch);
  for (uint32_t i = 0; i < o->root.n; i++)
    if (o->root.at[i] == '/' && i + 1 < o->root.n) tg_buf_puts(scratch, "../");
  while (path.n > 1 && path.at[0] == '/') path = (tg_str){path.at + 1, path.n - 1};
  tg_buf_put(scratch, path.at, path.n);
  return tg_buf_text(scratch);
}

/* ---- words ---- */

tg_str tg_buf_text(const tg_buf *b) { return (tg_str){b->n ? b->at : "", (uint32_t)b->n}; }

const char *tg_verdict_phrase(tg_verdict v) {
  static const char *const phrases[] = {"not ready", "not proven", "ready with conditions", "ready"};
  return phrases[v];
}

static void put(tg_buf *out, tg_str s) { /* texts may hold a zero byte: no printf */
  tg_buf_put(out, s.at, s.n);
}

static void put_cut(tg_buf *out, tg_str s) {
  tg_str cut = tg_text_cut(s, TG_LIST_TEXT);
  put(out, cut);
  if (cut.n < s.n) tg_buf_puts(out, "...");
}

void tg_list_message(tg_buf *out, const tg_finding *f, const tg_detail *d) {
  put(out, d->message);
  if (f->outcome == TG_ERROR && d->fault != NULL) tg_buf_printf(out, " (error: %s)", d->fault);
}

void tg_list_question(tg_buf *out, const tg_fact_used *u) {
  if (u->pointer.n)
    put_cut(out, u->path);
  else
    tg_buf_puts(out, "the rule's own value");
  tg_buf_printf(out, " is %s", tg_state_word((tg_fact_state)u->state));
  if (u->about.n) {
    tg_buf_puts(out, ". To ask");
    if (u->known_by.n) {
      tg_buf_puts(out, " (");
      put(out, u->known_by);
      tg_buf_putc(out, ')');
    }
    tg_buf_puts(out, ": ");
    put(out, u->about);
  } else if (u->known_by.n) {
    tg_buf_puts(out, ". Ask: ");
    put(out, u->known_by);
  }
}

void tg_list_fact(tg_buf *out, const tg_assessment *a, const tg_fact_used *u) {
  put_cut(out, u->path);
  if (is_open(u)) {
    tg_buf_printf(out, " is %s", tg_state_word((tg_fact_state)u->state));
    return;
  }
  tg_buf value;
  tg_buf_init(&value, a->mem);
  tg_assess_print(a, u->value, &value);
  tg_buf_puts(out, " = ");
  put_cut(out, tg_buf_text(&value));
  out->failed |= value.failed;
  tg_buf_done(&value);
}

void tg_list_waiver(tg_buf *out, const tg_waiver *w) {
  char day[16];
  tg_report_day(w->expires_on, day);
  tg_buf_puts(out, "waived by ");
  put_cut(out, w->owner);
  tg_buf_printf(out, " until %s: ", day);
  put_cut(out, w->reason);
}

const char *tg_list_absence(tg_reason reason) {
  switch (reason) {
  case TG_REASON_PHASE: return "in another phase";
  case TG_REASON_WHEN: return "condition of application is false";
  case TG_REASON_NO_SUBJECTS: return "nothing in scope";
  case TG_REASON_DISABLED: return "disabled";
  default: return "fewer than two engagements";
  }
}

uint32_t tg_list_bounds(const tg_assessment *a) { return a->program->settings.floor_count + a->slips.n; }

bool tg_bound_missed(const tg_assessment *a, uint32_t bound) {
  const tg_settings *s = &a->program->settings;
  if (bound >= s->floor_count) return true; /* only those that slipped are kept */
  for (uint32_t i = 0; i < a->missed.n; i++)
    if (tg_str_eq(a->missed.at[i], s->floors[bound].condition)) return true;
  return false;
}

uint32_t tg_bounds_missed(const tg_assessment *a) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < tg_list_bounds(a); i++) n += tg_bound_missed(a, i);
  return n;
}

void tg_bound_name(tg_buf *out, const tg_assessment *a, uint32_t bound) {
  const tg_settings *s = &a->program->settings;
  if (bound < s->floor_count) {
    put(out, s->floors[bound].condition);
    return;
  }
  const tg_slip *slip = &a->slips.at[bound - s->floor_count];
  tg_buf_puts(out, "ratchet:");
  put(out, slip->what == 2 ? TG_STR("open") : slip->area.n ? slip->area : TG_STR("overall"));
  tg_buf_printf(out, ":%s",
                slip->what == 2 ? tg_severity_word((tg_severity)slip->severity)
                : slip->what    ? "net"
                                : "gross");
}

static void put_area(tg_buf *out, tg_str area) {
  if (area.n == 0) return;
  tg_buf_puts(out, " of ");
  put(out, area);
}

static void put_tenths(tg_buf *out, int tenths) {
  if (tenths < 0)
    tg_buf_putc(out, '-');
  else
    tg_buf_printf(out, "%d.%d", tenths / 10, tenths % 10);
}

void tg_bound_text(tg_buf *out, const tg_assessment *a, uint32_t bound) {
  const tg_settings *s = &a->program->settings;
  if (bound < s->floor_count) {
    const tg_floor *f = &s->floors[bound];
    tg_buf_puts(out, "net proven readiness");
    put_area(out, f->area == TG_NONE ? TG_STR("") : a->program->areas[f->area]);
    tg_figure reached = a->net.proven;
    for (uint32_t i = 0; i < a->areas.n; i++)
      if (a->areas.at[i].area == f->area) reached = a->areas.at[i].net.proven;
    tg_buf_puts(out, " is ");
    tg_list_figure(out, reached);
    tg_buf_puts(out, tg_bound_missed(a, bound) ? ", below " : ", at least ");
    tg_assess_print(a, f->least, out);
    return;
  }
  const tg_slip *slip = &a->slips.at[bound - s->floor_count];
  if (slip->what == 2) {
    tg_buf_printf(out, "open gates of severity %s: %d, the best was %d",
                  tg_severity_word((tg_severity)slip->severity), slip->now, slip->best);
    return;
  }
  tg_buf_printf(out, "%s proven readiness", slip->what ? "net" : "gross");
  put_area(out, slip->area);
  tg_buf_puts(out, " is ");
  put_tenths(out, slip->now);
  tg_buf_puts(out, ", the best was ");
  put_tenths(out, slip->best);
}

void tg_list_counts(tg_buf *out, const tg_assessment *a) {
  const uint32_t *g = a->gates;
  uint32_t total = 0;
  for (int o = 0; o < TG_OUTCOME_COUNT; o++) total += g[o];
  tg_buf_printf(out, "%u %s: %u pass, %u fail, %u unknown, %u waived, %u error, %u not applicable",
                (unsigned)total, total == 1 ? "gate" : "gates", (unsigned)g[TG_PASS], (unsigned)g[TG_FAIL],
                (unsigned)g[TG_UNKNOWN], (unsigned)g[TG_WAIVED], (unsigned)g[TG_ERROR],
                (unsigned)g[TG_NOT_APPLICABLE]);
}

void tg_list_engagement(tg_buf *out, const tg_assessment *a) {
  tg_str id = tg_assess_engagement(a);
  if (a->program->portfolio)
    tg_buf_printf(out, "portfolio of %u engagements", (unsigned)a->store->roots.n);
  else if (id.n)
    put_cut(out, id);
  else
    tg_buf_puts(out, "engagement");
}

void tg_list_figure(tg_buf *out, tg_figure f) { put_tenths(out, tg_figure_tenths(f)); }

uint32_t tg_list_waived(const tg_assessment *a) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < a->findings.n; i++) n += a->findings.at[i].outcome == TG_WAIVED;
  return n;
}
