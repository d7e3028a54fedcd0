/* Waivers: the facts' own list, and the one function that decides "in force on this day" (language.md, section 8). */
#include "assess/waiver.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_SOON_DAYS = 30 };

static bool blank(tg_str s) {
  for (uint32_t i = 0; i < s.n; i++)
    if (s.at[i] != ' ' && s.at[i] != '\t' && s.at[i] != '\n' && s.at[i] != '\r') return false;
  return true;
}

/* Known, not blank, not the word `none`. */
static bool said(tg_str s) { return s.at != NULL && !blank(s) && !tg_str_is(s, "none"); }

bool tg_waiver_in_force(const tg_program *p, const tg_waiver *w, bool compensating_known, tg_value today,
                        const char **why) {
  const char *reason = NULL;
  if (!said(w->gate))
    reason = "names no gate";
  else if (!said(w->item))
    reason = "names no item";
  else if (!said(w->reason))
    reason = "gives no reason";
  else if (!said(w->owner))
    reason = "has no owner";
  else if (!said(w->approver))
    reason = "has no approver";
  else if (tg_str_eq(w->owner, w->approver))
    reason = "was approved by its owner";
  else if (w->approved_on.kind != TG_V_DATE)
    reason = "has no day of approval";
  else if (w->approved_on.num > today.num)
    reason = "is approved only later";
  else if (w->expires_on.kind != TG_V_DATE)
    reason = "has no day of expiry";
  else if (w->expires_on.num < today.num)
    reason = "has expired";
  else if (p->waiver_max_days_set && w->expires_on.num - w->approved_on.num > p->waiver_max_days)
    reason = "runs longer than the policy allows";
  else if (p->waiver_compensating && !compensating_known)
    reason = "names no compensating action";
  *why = reason;
  return reason == NULL;
}

static tg_str text_at(const tg_assessment *a, const tg_value *row, uint16_t slot) {
  tg_str none = {NULL, 0};
  if (slot == 0) return none;
  tg_value v = row[slot];
  return tg_is_text(v) ? tg_text_of(tg_vm_heap(a->vm), &row[slot]) : none;
}

/* Without a model a date is still text; anything that is neither date, word nor unknown cannot be read. */
static tg_status date_at(const tg_assessment *a, const tg_value *row, uint16_t slot, const char *what,
                         tg_diags *d, tg_value *out) {
  *out = tg_unknown(TG_WHY_ABSENT);
  if (slot == 0) return TG_OK;
  tg_value v = row[slot];
  if (v.kind == TG_V_UNKNOWN || v.kind == TG_V_DATE) {
    *out = v;
    return TG_OK;
  }
  if (tg_is_text(v)) {
    tg_str s = tg_text_of(tg_vm_heap(a->vm), &v);
    if (tg_str_is(s, "none") || tg_str_is(s, "not_yet") || tg_str_is(s, "unknown")) return TG_OK;
    if (tg_date_parse(s.at, s.n, out)) return TG_OK;
  }
  tg_span at = v.start == TG_NOWHERE ? TG_NO_SPAN : (tg_span){v.start, 1};
  tg_diag_at(d, TG_E_WAIVER_DATE, &a->store->sources, at, "the waiver's `%s` is not a date", what);
  tg_diag_hint(d, "write it as YYYY-MM-DD");
  return TG_INVALID;
}

/* ---- by gate and item ---- */

/* Gate, then item, then file order. */
static int compare(const void *x, const void *y, void *ctx) {
  const tg_waiver *all = ctx;
  uint32_t i = *(const uint32_t *)x, k = *(const uint32_t *)y;
  int c = tg_str_cmp(all[i].gate, all[k].gate);
  if (c == 0) c = tg_str_cmp(all[i].item, all[k].item);
  return c ? c : i < k ? -1 : 1;
}

/* The waivers in force, sorted, so that many findings and many waivers do not multiply. */
static tg_status sort_waivers(tg_assessment *a) {
  a->waiver_order.n = 0;
  for (uint32_t i = 0; i < a->waivers.n; i++)
    if (a->waivers.at[i].in_force && !tg_vec_push(a->mem, &a->waiver_order, i)) return tg_mem_status(a->mem);
  if (a->waiver_order.n > 1)
    qsort_r(a->waiver_order.at, a->waiver_order.n, sizeof(uint32_t), compare, a->waivers.at);
  return TG_OK;
}

/* First place in the order that is not before gate and item (`item` NULL: before every item of the gate). */
static uint32_t place_of(const tg_assessment *a, tg_str gate, const tg_str *item) {
  uint32_t low = 0, high = a->waiver_order.n;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    const tg_waiver *w = &a->waivers.at[a->waiver_order.at[middle]];
    int c = tg_str_cmp(w->gate, gate);
    if (c == 0 && item != NULL) c = tg_str_cmp(w->item, *item);
    if (c < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Index of the first waiver in force for exactly this gate and item, or TG_NONE. */
static uint32_t first_for(const tg_assessment *a, tg_str gate, tg_str item) {
  uint32_t at = place_of(a, gate, &item);
  if (at == a->waiver_order.n) return TG_NONE;
  const tg_waiver *w = &a->waivers.at[a->waiver_order.at[at]];
  return tg_str_eq(w->gate, gate) && tg_str_eq(w->item, item) ? a->waiver_order.at[at] : TG_NONE;
}

tg_status tg_waivers_read(tg_assessment *a, tg_diags *d) {
  const tg_waiver_slots *w = &a->program->waivers;
  tg_status result = TG_OK;
  a->waivers.n = 0;
  if (w->shape == TG_NO_SHAPE) return TG_OK;
  uint32_t count = a->rows->tables[w->shape].count;
  for (uint32_t row = 0; row < count; row++) {
    const tg_value *v = tg_row(a->rows, w->shape, row);
    tg_waiver x = {.id = text_at(a, v, w->id),
                   .gate = text_at(a, v, w->gate),
                   .item = text_at(a, v, w->item),
                   .reason = text_at(a, v, w->reason),
                   .owner = text_at(a, v, w->owner),
                   .approver = text_at(a, v, w->approver),
                   .start = v[0].start};
    tg_status s = date_at(a, v, w->approved_on, "approved_on", d, &x.approved_on);
    tg_status t = date_at(a, v, w->expires_on, "expires_on", d, &x.expires_on);
    if (s != TG_OK || t != TG_OK) result = TG_INVALID;
    bool compensating = said(text_at(a, v, w->compensating_action));
    x.in_force = tg_waiver_in_force(a->program, &x, compensating, a->options.today, &x.why);
    int64_t soon = a->options.soon_days ? (int64_t)a->options.soon_days - 1 : DEFAULT_SOON_DAYS;
    x.expires_soon = x.in_force && x.expires_on.num - a->options.today.num <= soon;
    if (!tg_vec_push(a->mem, &a->waivers, x)) return tg_mem_status(a->mem);
  }
  return result == TG_OK ? sort_waivers(a) : result;
}

static uint32_t gate_called(const tg_program *p, tg_str id) {
  if (id.at == NULL) return TG_NONE;
  for (uint32_t g = 0; g < p->gate_count; g++)
    if (tg_str_eq(p->gates[g].id, id)) return g;
  return TG_NONE;
}

static bool too_severe(const tg_assessment *a, uint32_t gate) {
  return a->program->waiver_max_severity_set && a->gate[gate].severity > a->program->waiver_max_severity;
}

uint32_t tg_waiver_for(tg_assessment *a, uint32_t gate, tg_str label) {
  const tg_gate *g = &a->program->gates[gate];
  if (!g->waivable) return TG_NONE;
  if (too_severe(a, gate)) return TG_NONE;
  uint32_t one = first_for(a, g->id, label), all = first_for(a, g->id, TG_STR("all"));
  uint32_t first = one < all ? one : all; /* TG_NONE is above every index */
  if (first != TG_NONE) a->waivers.at[first].used = true;
  return first;
}

static void item_found(tg_assessment *a, tg_str gate, tg_str item) {
  for (uint32_t at = place_of(a, gate, &item); at < a->waiver_order.n; at++) {
    tg_waiver *w = &a->waivers.at[a->waiver_order.at[at]];
    if (!tg_str_eq(w->gate, gate) || !tg_str_eq(w->item, item)) return;
    w->item_exists = true;
  }
}

/* Which waivers of a gate name a record that the gate walks: a passing subject keeps its waiver from dangling.  One walk for all of them. */
static tg_status find_items(tg_assessment *a, uint32_t gate) {
  const tg_gate *g = &a->program->gates[gate];
  uint32_t first = place_of(a, g->id, NULL), asked = 0;
  for (uint32_t at = first; at < a->waiver_order.n; at++) {
    tg_waiver *w = &a->waivers.at[a->waiver_order.at[at]];
    if (!tg_str_eq(w->gate, g->id)) break;
    w->item_exists = tg_str_is(w->item, "all") || (g->list == TG_NONE && tg_str_is(w->item, "engagement")) ||
                     (g->list != TG_NONE && g->shape == TG_NO_SHAPE); /* scalars that pass are not kept */
    asked += !w->used && !w->item_exists;
  }
  if (asked == 0 || g->list == TG_NONE) return TG_OK;
  uint32_t count = a->rows->tables[g->shape].count;
  for (uint32_t row = 0; row < count; row++) {
    tg_subject s = {.gate = gate, .element = tg_value_make(TG_V_ROW, 0, row)};
    s.element.len = g->shape;
    tg_str label;
    tg_status st = tg_subject_label(a, &s, &label);
    if (st != TG_OK) return st;
    item_found(a, g->id, label);
  }
  return TG_OK;
}

static bool known_elsewhere(const tg_program *p, tg_str id) {
  for (uint32_t i = 0; i < p->elsewhere_count; i++)
    if (tg_str_eq(p->elsewhere[i], id)) return true;
  return false;
}

static void complain_dangling(const tg_assessment *a, const tg_waiver *w, tg_diags *d) {
  tg_span at = w->start == TG_NOWHERE ? TG_NO_SPAN : (tg_span){w->start, 1};
  tg_str id = w->id.at ? w->id : TG_STR("?");
  if (d == NULL || !d->strict) return; /* the report says it */
  tg_diag_at(d, TG_E_WAIVER_DANGLING, &a->store->sources, at,
             "waiver %.*s names gate `%.*s`, which no loaded pack has", TG_STR_ARG(id), TG_STR_ARG(w->gate));
}

/* What became of one waiver, and why it had no effect. */
static const char *settle(const tg_assessment *a, const tg_waiver *w, tg_waiver_state *state, tg_diags *d) {
  uint32_t gate = gate_called(a->program, w->gate);
  bool elsewhere = gate == TG_NONE && w->gate.at != NULL && known_elsewhere(a->program, w->gate);
  *state = TG_WAIVER_DANGLING;
  if (w->gate.at != NULL && gate == TG_NONE && !elsewhere) {
    complain_dangling(a, w, d);
    return "names a gate that no loaded pack has";
  }
  *state = TG_WAIVER_INVALID;
  if (!w->in_force) {
    bool expired = w->expires_on.kind == TG_V_DATE && w->expires_on.num < a->options.today.num;
    if (expired && strcmp(w->why, "has expired") == 0) *state = TG_WAIVER_EXPIRED;
    return w->why;
  }
  *state = w->used ? TG_WAIVER_IN_FORCE : TG_WAIVER_UNUSED;
  if (w->used) return w->why;
  if (elsewhere || !a->gate[gate].selected) return "its gate was left out of this run";
  if (a->program->gates[gate].waivable && !too_severe(a, gate) && w->item_exists)
    return "waives nothing: no failing subject needs it";
  *state = TG_WAIVER_INVALID;
  if (!a->program->gates[gate].waivable) return "names a gate that takes no waiver";
  if (too_severe(a, gate)) return "names a gate more severe than the policy lets be waived";
  *state = TG_WAIVER_DANGLING;
  return "names an item that the gate does not have";
}

tg_status tg_waivers_settle(tg_assessment *a, tg_diags *d) {
  for (uint32_t g = 0; a->waiver_order.n > 0 && g < a->program->gate_count; g++) {
    tg_status st = find_items(a, g);
    if (st != TG_OK) return st;
  }
  for (uint32_t i = 0; i < a->waivers.n; i++) {
    tg_waiver *w = &a->waivers.at[i];
    tg_waiver_state state;
    w->why = settle(a, w, &state, d);
    w->state = (uint8_t)state;
  }
  return TG_OK;
}
