/* The text report: verdict first, readiness, areas as bars, open findings by score, unknowns as questions, counts that add up. */
#include "report/listing.h"
#include "report/parts.h"
#include "report/text_out.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_COLUMN = 11, MAX_FACTS_SHOWN = 4, DEFAULT_WIDTH = 100 };

typedef struct page {
  tg_assessment *a;
  const tg_report_options *o;
  tg_buf *out;
  tg_buf line; /* a piece of text being put together before it is wrapped */
} page;

/* Wraps what was put together in `line` and empties it. */
static void flush(page *p, int at, int indent) {
  if (p->line.failed) p->out->failed = true;
  tg_text_wrap(p->out, p->o, tg_buf_text(&p->line), at, indent);
  tg_buf_clear(&p->line);
}

static const char *ellipsis(const page *p) { return p->o->ascii ? "..." : "…"; }

/* ---- head ---- */

/* The title stands beside the id in most models: the fact of that name in the same record. */
static tg_str engagement_title(const page *p) {
  tg_str id = p->a->program->id_fact;
  char pointer[256];
  uint32_t cut = id.n;
  while (cut > 0 && id.at[cut - 1] != '.') cut--;
  if (id.n == 0 || cut + 8 > sizeof pointer || p->a->program->portfolio) return TG_STR("");
  pointer[0] = '/';
  for (uint32_t i = 0; i < cut; i++) pointer[i + 1] = id.at[i] == '.' ? '/' : id.at[i];
  memcpy(pointer + cut + 1, "title", 5);
  uint32_t node = tg_store_find(p->a->store, p->a->store->root, (tg_str){pointer, cut + 6});
  if (node == UINT32_MAX) return TG_STR("");
  tg_value v = p->a->store->tree.nodes.at[node];
  tg_heap heap;
  tg_heap_init(&heap, p->a->mem);
  tg_store_heap(p->a->store, &heap);
  tg_str s = tg_is_text(v) ? tg_text_of(&heap, &p->a->store->tree.nodes.at[node]) : TG_STR("");
  tg_heap_done(&heap);
  return s;
}

static void put_subject(page *p) {
  char day[16];
  tg_report_day(p->a->options.today, day);
  tg_str id = tg_assess_engagement(p->a), title = engagement_title(p), phase = tg_assess_phase(p->a);
  if (p->a->program->portfolio)
    tg_buf_printf(&p->line, "portfolio of %u engagements", (unsigned)p->a->store->roots.n);
  else
    tg_text_safe(&p->line, id.n ? id : TG_STR("engagement"));
  if (title.n) {
    tg_buf_puts(&p->line, "  ");
    tg_text_safe(&p->line, title);
  }
  tg_buf_puts(p->out, p->line.n ? p->line.at : "");
  tg_buf_clear(&p->line);
  tg_buf_puts(p->out, "    ");
  if (phase.n) {
    tg_text_safe(p->out, phase);
    tg_buf_puts(p->out, " phase, ");
  }
  static const char *const from[] = {"", "", " (today: neither an option nor the facts say the day)"};
  tg_buf_printf(p->out, "as of %s%s\n\n", day, from[p->a->options.as_of_source]);
}

static const char *plural(uint32_t n, const char *one, const char *many) { return n == 1 ? one : many; }

static void count_critical(const page *p, uint32_t *failed, uint32_t *unknown) {
  *failed = *unknown = 0;
  for (uint32_t i = 0; i < p->a->program->gate_count; i++) {
    const tg_gate_state *g = &p->a->gate[i];
    if (!g->selected || g->severity != TG_CRITICAL) continue;
    *failed += g->outcome == TG_FAIL || g->outcome == TG_ERROR;
    *unknown += g->outcome == TG_UNKNOWN;
  }
}

static void put_verdict(page *p) {
  static const struct {
    const char *word;
    tg_ink ink;
  } words[] = {{"NOT READY", TG_INK_RED},
               {"NOT PROVEN", TG_INK_AMBER},
               {"READY WITH CONDITIONS", TG_INK_AMBER},
               {"READY", TG_INK_GREEN}};
  uint32_t failed, unknown, evaluated = 0;
  count_critical(p, &failed, &unknown);
  for (int o = TG_PASS; o < TG_OUTCOME_COUNT; o++) evaluated += p->a->gates[o];
  tg_text_ink(p->out, p->o, words[p->a->verdict].ink, words[p->a->verdict].word);
  tg_buf_puts(p->out, "    ");
  if (evaluated == 0)
    tg_buf_puts(p->out, "no gate applies: nothing was evaluated");
  else if (p->a->verdict == TG_NOT_READY) {
    tg_buf_printf(p->out, "%u hard %s", (unsigned)failed, plural(failed, "stop fails", "stops fail"));
    if (unknown) tg_buf_printf(p->out, "; %u %s not proven", (unsigned)unknown, plural(unknown, "is", "are"));
  } else if (p->a->verdict == TG_NOT_PROVEN)
    tg_buf_printf(p->out, "%u hard %s not proven", (unsigned)unknown,
                  plural(unknown, "stop is", "stops are"));
  else if (p->a->verdict == TG_READY)
    tg_buf_puts(p->out, "every critical and high gate that applies passes");
  else if (p->a->conditions.n == 0)
    tg_buf_puts(p->out, "only a part of the gates was evaluated");
  else
    tg_buf_printf(p->out, "%u %s", (unsigned)p->a->conditions.n,
                  plural(p->a->conditions.n, "condition", "conditions"));
  if (p->a->options.partial && evaluated) tg_buf_puts(p->out, "  (partial: filtered)");
  tg_buf_putc(p->out, '\n');
}

static void put_readiness(page *p) {
  uint32_t waived = tg_list_waived(p->a);
  tg_buf_puts(p->out, "Readiness    ");
  if (p->a->gross.proven.den == 0) {
    tg_buf_puts(p->out, "none\n\n");
    return;
  }
  tg_list_figure(p->out, p->a->gross.proven);
  tg_buf_printf(p->out, " proven %s ", ellipsis(p));
  tg_list_figure(p->out, p->a->gross.possible);
  tg_buf_puts(p->out, " possible");
  if (waived) {
    tg_buf_printf(p->out, "     net of %u %s ", (unsigned)waived, plural(waived, "waiver", "waivers"));
    tg_list_figure(p->out, p->a->net.proven);
    tg_buf_printf(p->out, " %s ", ellipsis(p));
    tg_list_figure(p->out, p->a->net.possible);
  }
  tg_buf_puts(p->out, "\n\n");
}

static void put_areas(page *p) {
  static const tg_ink inks[] = {TG_INK_DIM, TG_INK_GREEN, TG_INK_AMBER, TG_INK_RED};
  int widest = 0;
  for (uint32_t i = 0; i < p->a->areas.n; i++) {
    tg_str name = p->a->program->areas[p->a->areas.at[i].area];
    int columns = tg_text_columns(name.at, name.n);
    if (columns > widest) widest = columns;
  }
  for (uint32_t i = 0; i < p->a->areas.n; i++) {
    const tg_area_state *x = &p->a->areas.at[i];
    tg_str name = p->a->program->areas[x->area];
    tg_buf_puts(p->out, "  ");
    for (uint32_t k = 0; k < name.n; k++) tg_buf_putc(p->out, name.at[k] == '-' ? ' ' : name.at[k]);
    tg_text_pad(p->out, tg_text_columns(name.at, name.n), widest + 2);
    tg_text_bar(p->out, p->o, x->gross);
    tg_buf_puts(p->out, "   ");
    tg_list_figure(&p->line, x->gross.proven);
    tg_text_pad(p->out, (int)p->line.n, 5);
    tg_buf_puts(p->out, p->line.n ? p->line.at : "");
    tg_buf_clear(&p->line);
    tg_buf_printf(p->out, " %s ", ellipsis(p));
    tg_list_figure(&p->line, x->gross.possible);
    tg_text_pad(p->out, (int)p->line.n, 5);
    tg_buf_puts(p->out, p->line.n ? p->line.at : "");
    tg_buf_clear(&p->line);
    tg_buf_puts(p->out, "   ");
    tg_text_ink(p->out, p->o, inks[x->rating], tg_rating_word((tg_rating)x->rating));
    tg_buf_putc(p->out, '\n');
  }
}

/* ---- findings ---- */

typedef struct entry {
  uint32_t finding, gate;
  uint8_t score, severity;
} entry;

static int by_score(const void *x, const void *y) {
  const entry *a = x, *b = y;
  if (a->score != b->score) return a->score > b->score ? -1 : 1;
  if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
  return a->finding < b->finding ? -1 : a->finding > b->finding;
}

static void put_place(tg_buf *b, const page *p, tg_place place) {
  tg_buf path;
  tg_buf_init(&path, p->a->mem);
  tg_text_safe(b, tg_report_path(p->o, place.file, &path));
  tg_buf_printf(b, ":%u:%u", (unsigned)place.line, (unsigned)place.column);
  tg_buf_done(&path);
}

static void put_headline(page *p, uint32_t finding, const tg_detail *d, bool label) {
  const tg_finding *f = &p->a->findings.at[finding];
  const tg_gate_state *g = &p->a->gate[f->gate];
  static const tg_ink inks[] = {TG_INK_DIM, TG_INK_PLAIN, TG_INK_PLAIN, TG_INK_AMBER, TG_INK_RED};
  tg_str id = p->a->program->gates[f->gate].id;
  tg_buf_puts(p->out, "  ");
  tg_buf_put(p->out, id.at, id.n);
  tg_text_pad(p->out, 2 + tg_text_columns(id.at, id.n), TEXT_COLUMN - 1);
  tg_buf_putc(p->out, ' ');
  const char *severity = tg_severity_word((tg_severity)g->severity);
  tg_text_ink(p->out, p->o, inks[g->severity], severity);
  tg_text_pad(p->out, (int)strlen(severity), 8);
  tg_buf_printf(p->out, "  score %2u  ", (unsigned)g->score);
  tg_text_safe(&p->line, d->message);
  if (label) {
    tg_buf_puts(&p->line, "  [");
    tg_text_safe(&p->line, d->label);
    tg_buf_putc(&p->line, ']');
  }
  flush(p, TEXT_COLUMN + 20, TEXT_COLUMN);
}

/* "file:line:column   path is value" for the facts that decided. */
static void put_reasons(page *p, const tg_detail *d) {
  uint32_t shown = 0, limit = p->o->verbose ? UINT32_MAX : MAX_FACTS_SHOWN;
  for (uint32_t i = 0; i < d->fact_count && shown < limit; i++) {
    const tg_fact_used *u = &d->facts[i];
    if (u->pointer.n == 0) continue;
    tg_text_pad(p->out, 0, TEXT_COLUMN);
    if (u->place.line) {
      put_place(&p->line, p, u->place);
      tg_buf_puts(&p->line, " ");
    }
    tg_text_safe(&p->line, u->path);
    if (u->state == TG_STATE_KNOWN || u->state == TG_STATE_NONE) {
      tg_buf value;
      tg_buf_init(&value, p->a->mem);
      tg_assess_print(p->a, u->value, &value);
      tg_buf_puts(&p->line, " is ");
      tg_text_safe(&p->line, tg_text_cut(tg_buf_text(&value), 200));
      tg_buf_done(&value);
    } else {
      tg_buf_printf(&p->line, " is %s", tg_state_word((tg_fact_state)u->state));
    }
    flush(p, TEXT_COLUMN, TEXT_COLUMN + 2);
    shown++;
  }
  if (d->facts_total > shown && shown > 0 && shown == limit) {
    tg_text_pad(p->out, 0, TEXT_COLUMN);
    tg_buf_printf(p->out, "and %u more facts\n", (unsigned)(d->facts_total - shown));
  }
}

static void put_remediation(page *p, const tg_gate *g) {
  if (g->remediation.n == 0) return;
  tg_text_pad(p->out, 0, TEXT_COLUMN);
  tg_text_safe(&p->line, g->remediation);
  flush(p, TEXT_COLUMN, TEXT_COLUMN);
}

/* Each missing fact is something to ask somebody. */
static void put_questions(page *p, const tg_detail *d) {
  for (uint32_t i = 0; i < d->fact_count; i++) {
    const tg_fact_used *u = &d->facts[i];
    if (u->state == TG_STATE_KNOWN || u->state == TG_STATE_NONE) continue;
    tg_text_pad(p->out, 0, TEXT_COLUMN);
    if (u->state == TG_STATE_UNEVIDENCED) {
      tg_buf_puts(&p->line, "no dated evidence supports this gate");
    } else if (u->pointer.n) {
      tg_text_safe(&p->line, u->path);
      tg_buf_printf(&p->line, " is %s", tg_state_word((tg_fact_state)u->state));
      if (u->state == TG_STATE_STALE) {
        tg_buf_puts(&p->line, ": the newest evidence is of ");
        tg_assess_print(p->a, u->value, &p->line);
      }
    } else {
      tg_buf_printf(&p->line, "the rule's own value is %s", tg_state_word((tg_fact_state)u->state));
    }
    if (u->place.line) {
      tg_buf_puts(&p->line, u->state == TG_STATE_MISSING ? " (see " : " (at ");
      put_place(&p->line, p, u->place);
      tg_buf_putc(&p->line, ')');
    }
    if (u->about.n) {
      tg_buf_puts(&p->line, ". To ask");
      if (u->known_by.n) {
        tg_buf_puts(&p->line, " (");
        tg_text_safe(&p->line, u->known_by);
        tg_buf_putc(&p->line, ')');
      }
      tg_buf_puts(&p->line, ": ");
      tg_text_safe(&p->line, u->about);
    } else if (u->known_by.n) {
      tg_buf_puts(&p->line, ". Ask: ");
      tg_text_safe(&p->line, u->known_by);
    }
    flush(p, TEXT_COLUMN, TEXT_COLUMN + 2);
  }
  if (d->facts_total > d->fact_count) {
    tg_text_pad(p->out, 0, TEXT_COLUMN);
    tg_buf_printf(p->out, "and %u more\n", (unsigned)(d->facts_total - d->fact_count));
  }
}

static tg_status put_finding(page *p, uint32_t finding, tg_outcome outcome) {
  const tg_finding *f = &p->a->findings.at[finding];
  const tg_gate *g = &p->a->program->gates[f->gate];
  const tg_detail *d;
  tg_status st = tg_assess_detail(p->a, finding, &d);
  if (st != TG_OK) return st;
  put_headline(p, finding, d, g->list != TG_NONE && d->pointer.n > 0);
  if (outcome == TG_ERROR && d->fault != NULL) {
    tg_text_pad(p->out, 0, TEXT_COLUMN);
    tg_buf_printf(p->out, "error: %s\n", d->fault);
  }
  if (outcome == TG_UNKNOWN)
    put_questions(p, d);
  else
    put_reasons(p, d);
  if (p->o->verbose)
    for (uint32_t i = 0; i < d->clause_count; i++) {
      static const char *const results[] = {"?", "holds", "?", "unknown", "does not hold", "error"};
      tg_text_pad(p->out, 0, TEXT_COLUMN);
      tg_text_safe(&p->line, d->clauses[i].text);
      tg_buf_printf(&p->line, ": %s", results[d->clauses[i].outcome]);
      flush(p, TEXT_COLUMN, TEXT_COLUMN + 2);
    }
  if (outcome != TG_UNKNOWN) put_remediation(p, g);
  return TG_OK;
}

/* One section: the findings of one outcome, by score. */
static tg_status put_section(page *p, const char *title, tg_outcome outcome) {
  TG_VEC(entry) list = {NULL, 0, 0};
  tg_status st = TG_OK;
  for (uint32_t i = 0; i < p->a->findings.n; i++) {
    const tg_finding *f = &p->a->findings.at[i];
    entry e = {i, f->gate, p->a->gate[f->gate].score, p->a->gate[f->gate].severity};
    if (f->outcome == outcome && !tg_vec_push(p->a->mem, &list, e)) st = tg_mem_status(p->a->mem);
  }
  if (list.n && st == TG_OK) {
    qsort(list.at, list.n, sizeof *list.at, by_score);
    tg_buf_putc(p->out, '\n');
    tg_buf_printf(&p->line, "%s (%u)", title, (unsigned)list.n);
    tg_text_ink(p->out, p->o, TG_INK_BOLD, p->line.n ? p->line.at : "");
    tg_buf_putc(p->out, '\n');
    tg_buf_clear(&p->line);
    for (uint32_t i = 0; i < list.n && st == TG_OK; i++) st = put_finding(p, list.at[i].finding, outcome);
  }
  tg_vec_done(p->a->mem, &list);
  return st;
}

static tg_status put_waived(page *p) {
  tg_status st = TG_OK;
  bool first = true;
  for (uint32_t i = 0; i < p->a->findings.n && st == TG_OK; i++) {
    const tg_finding *f = &p->a->findings.at[i];
    if (f->outcome != TG_WAIVED) continue;
    const tg_waiver *w = &p->a->waivers.at[f->waiver];
    const tg_detail *d;
    st = tg_assess_detail(p->a, i, &d);
    if (st != TG_OK) break;
    if (first) {
      tg_buf_putc(p->out, '\n');
      tg_text_ink(p->out, p->o, TG_INK_BOLD, "Waived");
      tg_buf_putc(p->out, '\n');
    }
    first = false;
    char day[16];
    tg_report_day(w->expires_on, day);
    put_headline(p, i, d, p->a->program->gates[f->gate].list != TG_NONE && d->pointer.n > 0);
    tg_text_pad(p->out, 0, TEXT_COLUMN);
    if (w->id.n) {
      tg_text_safe(&p->line, w->id);
      tg_buf_puts(&p->line, ": ");
    }
    tg_text_safe(&p->line, w->reason);
    tg_buf_printf(&p->line, " (until %s%s, owner ", day, w->expires_soon ? ", soon" : "");
    tg_text_safe(&p->line, w->owner);
    tg_buf_puts(&p->line, ", approved by ");
    tg_text_safe(&p->line, w->approver);
    tg_buf_putc(&p->line, ')');
    flush(p, TEXT_COLUMN, TEXT_COLUMN);
  }
  return st;
}

/* Waivers that waive nothing, and why. */
static void put_idle_waivers(page *p) {
  bool first = true;
  for (uint32_t i = 0; i < p->a->waivers.n; i++) {
    const tg_waiver *w = &p->a->waivers.at[i];
    if (w->state == TG_WAIVER_IN_FORCE) continue;
    if (first) {
      tg_buf_putc(p->out, '\n');
      tg_text_ink(p->out, p->o, TG_INK_BOLD, "Waivers without effect");
      tg_buf_putc(p->out, '\n');
    }
    first = false;
    tg_buf_puts(p->out, "  ");
    if (w->id.n)
      tg_text_safe(&p->line, w->id);
    else
      tg_buf_printf(&p->line, "waiver %u", (unsigned)i + 1);
    if (w->gate.n) {
      tg_buf_puts(&p->line, " for ");
      tg_text_safe(&p->line, w->gate);
    }
    if (w->item.n) {
      tg_buf_puts(&p->line, " [");
      tg_text_safe(&p->line, w->item);
      tg_buf_putc(&p->line, ']');
    }
    tg_buf_printf(&p->line, ": %s", w->why ? w->why : tg_waiver_word((tg_waiver_state)w->state));
    flush(p, 2, TEXT_COLUMN);
  }
}

/* What a configuration changed in gates, and why. */
static void put_tailoring(page *p) {
  bool first = true;
  for (uint32_t i = 0; i < p->a->program->gate_count; i++) {
    const tg_gate *g = &p->a->program->gates[i];
    if (!p->a->gate[i].selected || g->tailor_reason.n == 0) continue;
    if (first) {
      tg_buf_putc(p->out, '\n');
      tg_text_ink(p->out, p->o, TG_INK_BOLD, "Tailored");
      tg_buf_putc(p->out, '\n');
    }
    first = false;
    tg_buf_puts(p->out, "  ");
    tg_text_safe(&p->line, g->id);
    for (uint32_t k = 0; k < g->tailor_count; k++) {
      const tg_tailoring *t = &p->a->program->settings.tailorings[g->tailor_first + k];
      tg_buf_puts(&p->line, k ? ", " : "  ");
      tg_text_safe(&p->line, t->what);
      tg_buf_puts(&p->line, " from ");
      tg_text_safe(&p->line, t->from);
      tg_buf_puts(&p->line, " to ");
      tg_text_safe(&p->line, t->to);
    }
    tg_buf_puts(&p->line, ": ");
    tg_text_safe(&p->line, g->tailor_reason);
    flush(p, 2, TEXT_COLUMN);
  }
}

static void put_floors(page *p) {
  const tg_settings *s = &p->a->program->settings;
  bool first = true;
  for (uint32_t i = 0; i < s->floor_count; i++) {
    if (!tg_floor_missed(p->a, &s->floors[i])) continue;
    if (first) tg_buf_putc(p->out, '\n');
    first = false;
    tg_buf_puts(&p->line, "Floor missed: ");
    tg_list_floor(&p->line, p->a, &s->floors[i]);
    flush(p, 0, 2);
  }
}

/* Against a baseline: counts, and what is gone. */
static void put_comparison(page *p) {
  const tg_baseline *b = p->a->options.baseline;
  uint32_t counts[5] = {0};
  if (b == NULL) return;
  for (uint32_t i = 0; i < p->a->findings.n; i++) counts[p->a->findings.at[i].baseline]++;
  tg_buf_putc(p->out, '\n');
  tg_text_ink(p->out, p->o, TG_INK_BOLD, "Against the baseline");
  tg_buf_printf(p->out, "  %u new, %u worse, %u better, %u unchanged, %u fixed",
                (unsigned)counts[TG_BASE_NEW], (unsigned)counts[TG_BASE_WORSE],
                (unsigned)counts[TG_BASE_BETTER], (unsigned)counts[TG_BASE_UNCHANGED],
                (unsigned)p->a->fixed.n);
  if (tg_baseline_expired(b, p->a->options.today))
    tg_buf_puts(p->out, " (expired: everything open blocks again)");
  tg_buf_putc(p->out, '\n');
  for (uint32_t i = 0; i < p->a->findings.n; i++) {
    const tg_finding *f = &p->a->findings.at[i];
    const tg_detail *d;
    if (f->baseline != TG_BASE_NEW && f->baseline != TG_BASE_WORSE) continue;
    if (tg_assess_detail(p->a, i, &d) != TG_OK) return;
    tg_buf_printf(p->out, "  %-5s  ", tg_baseline_word((tg_baseline_state)f->baseline));
    tg_text_safe(&p->line, p->a->program->gates[f->gate].id);
    tg_buf_puts(&p->line, " [");
    tg_text_safe(&p->line, d->label);
    tg_buf_puts(&p->line, "]");
    flush(p, 9, 9);
  }
  for (uint32_t i = 0; i < p->a->fixed.n; i++) {
    const tg_base_finding *f = &b->findings[p->a->fixed.at[i]];
    tg_buf_puts(p->out, "  fixed  ");
    tg_text_safe(&p->line, f->gate);
    tg_buf_puts(&p->line, " [");
    tg_text_safe(&p->line, f->label);
    tg_buf_puts(&p->line, "]");
    flush(p, 9, 9);
  }
}

static void put_not_applicable(page *p) {
  static const tg_reason reasons[] = {TG_REASON_PHASE, TG_REASON_WHEN, TG_REASON_NO_SUBJECTS,
                                      TG_REASON_DISABLED, TG_REASON_PORTFOLIO};
  if (p->a->gates[TG_NOT_APPLICABLE] == 0) return;
  tg_buf_putc(p->out, '\n');
  tg_buf_printf(&p->line, "Not applicable (%u)", (unsigned)p->a->gates[TG_NOT_APPLICABLE]);
  tg_text_ink(p->out, p->o, TG_INK_BOLD, p->line.n ? p->line.at : "");
  tg_buf_clear(&p->line);
  tg_buf_putc(p->out, '\n');
  for (size_t r = 0; r < sizeof reasons / sizeof *reasons; r++) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->a->program->gate_count; i++) {
      const tg_gate_state *g = &p->a->gate[i];
      if (!g->selected || g->outcome != TG_NOT_APPLICABLE || g->reason != reasons[r]) continue;
      if (count++ == 0) {
        tg_buf_printf(p->out, "  %s: ", tg_list_absence(reasons[r]));
      } else
        tg_buf_puts(&p->line, ", ");
      tg_text_safe(&p->line, p->a->program->gates[i].id);
    }
    if (count) flush(p, 4 + (int)strlen(tg_list_absence(reasons[r])), 4);
  }
}

static void put_counts(page *p) {
  tg_buf_putc(p->out, '\n');
  tg_list_counts(p->out, p->a);
  tg_buf_putc(p->out, '\n');
}

/* A terminal of another locale reads the bytes of other characters as its own, controls among them. */
static void keep_ascii(page *p, size_t from) {
  const uint8_t *at = (const uint8_t *)p->out->at + from, *end = (const uint8_t *)p->out->at + p->out->n;
  tg_buf_clear(&p->line);
  while (at < end) {
    unsigned n = 1;
    uint32_t cp = tg_utf8_get(at, end, &n);
    if (cp < 0x80)
      tg_buf_putc(&p->line, (char)cp);
    else
      tg_buf_printf(&p->line, "\\u{%x}", (unsigned)cp);
    at += n;
  }
  p->out->n = from;
  tg_buf_put(p->out, p->line.at, p->line.n);
}

tg_status tg_report_text(tg_assessment *a, const tg_report_options *o, tg_buf *out) {
  tg_report_options options = *o;
  if (options.width <= 0) options.width = DEFAULT_WIDTH;
  page p = {a, &options, out, {NULL, NULL, 0, 0, false}};
  size_t from = out->n;
  tg_buf_init(&p.line, a->mem);
  tg_status st = tg_assess_conditions(a);
  if (st == TG_OK) {
    put_subject(&p);
    put_verdict(&p);
    put_readiness(&p);
    put_areas(&p);
    put_floors(&p);
  }
  if (st == TG_OK && !o->quiet) st = put_section(&p, "Errors", TG_ERROR);
  if (st == TG_OK && !o->quiet) st = put_section(&p, "Fails", TG_FAIL);
  if (st == TG_OK && !o->quiet) st = put_section(&p, "Not proven: questions to ask", TG_UNKNOWN);
  if (st == TG_OK && !o->quiet) st = put_waived(&p);
  if (st == TG_OK && !o->quiet) {
    put_idle_waivers(&p);
    put_comparison(&p);
    put_tailoring(&p);
    put_not_applicable(&p);
  }
  if (st == TG_OK) put_counts(&p);
  if (st == TG_OK && o->ascii && !out->failed) keep_ascii(&p, from);
  if (p.line.failed) out->failed = true;
  tg_buf_done(&p.line);
  return st;
}
