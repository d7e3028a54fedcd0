#include "assess/diff.h"

#include "assess/diff_inner.h"

#include <stdlib.h>
#include <string.h>

static const char hint[] = "what is compared are two reports of `tollgate check --format json`";

const char *tg_drift_word(tg_drift d) {
  static const char *const words[] = {"same", "better", "worse", "not_compared"};
  return words[d];
}

const char *tg_finding_drift_word(tg_finding_drift d) {
  static const char *const words[] = {"new", "worse", "better", "fixed", "not_compared", "unchanged"};
  return words[d];
}

const char *tg_cause_word(tg_cause_kind k) {
  static const char *const words[] = {"fact",   "waiver", "tailoring", "param", "rule",       "gate",
                                      "config", "file",   "tool",      "time",  "unexplained"};
  return words[k];
}

/* ---- gates ---- */

static int by_id(const void *x, const void *y) {
  return tg_str_cmp(((const tg_past_gate *)x)->id, ((const tg_past_gate *)y)->id);
}

const tg_past_gate *tg_gate_in(const tg_gate_list *l, tg_str id) {
  tg_past_gate key = {.id = id};
  return l->n ? bsearch(&key, l->at, l->n, sizeof key, by_id) : NULL;
}

static tg_status read_gates(tg_diff *x, const tg_past *p, tg_gate_list *out) {
  uint32_t list = tg_past_child(p, p->root, "gates");
  out->n = tg_past_count(p, list);
  out->at = tg_arena_array(&x->arena, tg_past_gate, out->n ? out->n : 1);
  if (out->at == NULL) return tg_mem_status(x->mem);
  for (uint32_t i = 0; i < out->n; i++) {
    uint32_t node = tg_past_at(p, list, i);
    out->at[i] = (tg_past_gate){tg_past_member(p, node, "id"), tg_past_member(p, node, "pack"),
                                tg_past_member(p, node, "status"), node};
  }
  qsort(out->at, out->n, sizeof *out->at, by_id);
  return TG_OK;
}

static bool same_gates(const tg_comparing *c) {
  if (c->before.n != c->after.n) return false;
  for (uint32_t i = 0; i < c->before.n; i++)
    if (!tg_str_eq(c->before.at[i].id, c->after.at[i].id)) return false;
  return true;
}

static bool partial(const tg_past *p) {
  return tg_is_true(tg_past_value(p, tg_past_child(p, p->root, "partial")));
}

/* ---- whose reports they are ---- */

static bool same_text(tg_str a, tg_str b) {
  return (a.at == NULL) == (b.at == NULL) && (a.at == NULL || tg_str_eq(a, b));
}

static tg_status same_engagement(tg_diff *x, tg_diags *d) {
  const tg_past *a = &x->before, *b = &x->after;
  uint32_t da = tg_past_child(a, a->root, "documents"), db = tg_past_child(b, b->root, "documents");
  tg_str ia = tg_past_member(a, tg_past_child(a, a->root, "engagement"), "id"),
         ib = tg_past_member(b, tg_past_child(b, b->root, "engagement"), "id");
  bool same = same_text(ia, ib) && tg_past_count(a, da) == tg_past_count(b, db);
  for (uint32_t i = 0; same && i < tg_past_count(a, da); i++) {
    bool found = false; /* the order of documents does not matter */
    for (uint32_t k = 0; k < tg_past_count(b, db) && !found; k++)
      found = tg_str_eq(tg_past_member(a, tg_past_at(a, da, i), "id"),
                        tg_past_member(b, tg_past_at(b, db, k), "id"));
    same = found;
  }
  x->engagement = ib.at ? ib : TG_STR("");
  if (same) return TG_OK;
  return tg_past_wrong(b, d, tg_past_child(b, b->root, "engagement"),
                       "the reports are of different engagements: nothing in them compares");
}

/* ---- figures ---- */

static void read_figures(const tg_past *p, uint32_t node, int out[4]) {
  static const char *const kinds[] = {"gross", "net"};
  for (int k = 0; k < 2; k++) {
    uint32_t interval = tg_past_child(p, node, kinds[k]);
    out[2 * k] = tg_past_tenths(p, tg_past_child(p, interval, "proven"));
    out[2 * k + 1] = tg_past_tenths(p, tg_past_child(p, interval, "possible"));
  }
}

static int rank_of(tg_str rating) {
  for (int r = TG_GREY; rating.at && r <= TG_RED; r++)
    if (tg_str_is(rating, tg_rating_word((tg_rating)r))) return r;
  return TG_GREY;
}

/* Proven figures and the rating: one that is worse makes the area so. */
static tg_drift drift_of(const tg_diff_area *a) {
  bool better = false, worse = false;
  if (!a->in_before || !a->in_after) return TG_DRIFT_APART;
  for (int k = 0; k < 4; k += 2) {
    if (a->before[k] < 0 || a->after[k] < 0) continue;
    better |= a->after[k] > a->before[k];
    worse |= a->after[k] < a->before[k];
  }
  int before = rank_of(a->rating_before), after = rank_of(a->rating_after);
  if (before != TG_GREY && after != TG_GREY) {
    better |= after < before;
    worse |= after > before;
  }
  return worse ? TG_DRIFT_WORSE : better ? TG_DRIFT_BETTER : TG_DRIFT_SAME;
}

static uint32_t area_node(const tg_past *p, tg_str name) {
  uint32_t list = tg_past_child(p, p->root, "areas");
  for (uint32_t i = 0; i < tg_past_count(p, list); i++)
    if (tg_str_eq(tg_past_member(p, tg_past_at(p, list, i), "area"), name)) return tg_past_at(p, list, i);
  return TG_NONE;
}

static tg_status add_area(tg_diff *x, tg_str name, uint32_t before, uint32_t after) {
  tg_diff_area a = {.area = name, .in_before = before != TG_NONE, .in_after = after != TG_NONE};
  read_figures(&x->before, before, a.before);
  read_figures(&x->after, after, a.after);
  a.rating_before = tg_past_member(&x->before, before, "rating");
  a.rating_after = tg_past_member(&x->after, after, "rating");
  a.drift = x->figures ? drift_of(&a) : TG_DRIFT_APART;
  x->worse |= a.drift == TG_DRIFT_WORSE;
  return tg_vec_push(x->mem, &x->areas, a) ? TG_OK : tg_mem_status(x->mem);
}

/* The new report's areas in its order, then those that only the old one has. */
static tg_status compare_areas(tg_diff *x) {
  uint32_t after = tg_past_child(&x->after, x->after.root, "areas"),
           before = tg_past_child(&x->before, x->before.root, "areas");
  tg_status st = TG_OK;
  for (uint32_t i = 0; i < tg_past_count(&x->after, after) && st == TG_OK; i++) {
    uint32_t node = tg_past_at(&x->after, after, i);
    tg_str name = tg_past_member(&x->after, node, "area");
    st = add_area(x, name, area_node(&x->before, name), node);
  }
  for (uint32_t i = 0; i < tg_past_count(&x->before, before) && st == TG_OK; i++) {
    uint32_t node = tg_past_at(&x->before, before, i);
    tg_str name = tg_past_member(&x->before, node, "area");
    if (area_node(&x->after, name) == TG_NONE) st = add_area(x, name, node, TG_NONE);
  }
  return st;
}

static tg_verdict verdict_in(const tg_past *p) {
  tg_str s = tg_past_member(p, p->root, "verdict");
  for (int v = TG_NOT_READY; v <= TG_READY; v++)
    if (tg_str_is(s, tg_verdict_word((tg_verdict)v))) return (tg_verdict)v;
  return TG_NOT_READY;
}

static void compare_whole(tg_diff *x) {
  uint32_t before = tg_past_child(&x->before, x->before.root, "readiness"),
           after = tg_past_child(&x->after, x->after.root, "readiness");
  read_figures(&x->before, before, x->whole.before);
  read_figures(&x->after, after, x->whole.after);
  x->whole.in_before = x->whole.in_after = true;
  bool model =
      tg_str_eq(tg_past_member(&x->before, before, "model"), tg_past_member(&x->after, after, "model"));
  x->whole.drift = x->figures && model ? drift_of(&x->whole) : TG_DRIFT_APART;
  x->verdict_before = verdict_in(&x->before);
  x->verdict_after = verdict_in(&x->after);
  if (!x->figures)
    x->verdict = TG_DRIFT_APART;
  else if (x->verdict_before != x->verdict_after)
    x->verdict = x->verdict_after < x->verdict_before ? TG_DRIFT_WORSE : TG_DRIFT_BETTER;
  x->worse |= x->whole.drift == TG_DRIFT_WORSE || x->verdict == TG_DRIFT_WORSE;
}

/* ---- findings ---- */

static tg_finding_drift compare(const tg_past_finding *a, const tg_past_finding *b) {
  int worse = b->outcome != a->outcome     ? (b->outcome > a->outcome ? 1 : -1)
              : b->severity != a->severity ? (b->severity > a->severity ? 1 : -1)
              : b->score != a->score       ? (b->score > a->score ? 1 : -1)
                                           : 0;
  return worse > 0 ? TG_FINDING_WORSE : worse < 0 ? TG_FINDING_BETTER : TG_FINDING_SAME;
}

static tg_finding_drift alone(const tg_comparing *c, const tg_past_finding *before,
                              const tg_past_finding *after) {
  if (before != NULL) return tg_gate_in(&c->after, before->gate) ? TG_FINDING_FIXED : TG_FINDING_APART;
  bool looked = tg_gate_in(&c->before, after->gate) != NULL || !partial(&c->x->before);
  return looked
             ? TG_FINDING_NEW
             : TG_FINDING_APART; /* a gate that came with the rules is news, one that was left out is not */
}

static tg_status add_finding(tg_comparing *c, const tg_past_finding *before, const tg_past_finding *after) {
  tg_diff *x = c->x;
  tg_diff_finding f = {.before = before, .after = after};
  f.drift = before != NULL && after != NULL ? compare(before, after) : alone(c, before, after);
  x->counts[f.drift]++;
  x->worse |= f.drift == TG_FINDING_NEW || f.drift == TG_FINDING_WORSE;
  if (f.drift == TG_FINDING_SAME) return TG_OK;
  tg_status st = tg_diff_explain(c, &f);
  if (st != TG_OK) return st;
  return tg_vec_push(x->mem, &x->findings, f) ? TG_OK : tg_mem_status(x->mem);
}

static int by_weight(const void *x, const void *y) {
  static const uint8_t groups[] = {0, 0, 1, 1, 2};
  const tg_diff_finding *a = x, *b = y;
  const tg_past_finding *p = a->after ? a->after : a->before, *q = b->after ? b->after : b->before;
  if (groups[a->drift] != groups[b->drift]) return groups[a->drift] < groups[b->drift] ? -1 : 1;
  if (p->severity != q->severity) return p->severity > q->severity ? -1 : 1;
  if (p->score != q->score) return p->score > q->score ? -1 : 1;
  int by = tg_str_cmp(p->gate, q->gate);
  if (by == 0) by = tg_str_cmp(p->label, q->label);
  return by ? by : tg_str_cmp(p->fingerprint, q->fingerprint);
}

static tg_status compare_findings(tg_comparing *c, tg_diags *d) {
  tg_diff *x = c->x;
  tg_past_finding *a, *b;
  uint32_t n, m, i = 0, k = 0;
  tg_status st = tg_past_findings(&x->before, &x->arena, &a, &n, d);
  if (st == TG_OK) st = tg_past_findings(&x->after, &x->arena, &b, &m, d);
  while (st == TG_OK && (i < n || k < m)) {
    int by = i == n ? 1 : k == m ? -1 : tg_str_cmp(a[i].fingerprint, b[k].fingerprint);
    st = add_finding(c, by <= 0 ? &a[i] : NULL, by >= 0 ? &b[k] : NULL);
    i += by <= 0;
    k += by >= 0;
  }
  if (x->findings.n) qsort(x->findings.at, x->findings.n, sizeof *x->findings.at, by_weight);
  return st;
}

/* ---- all of it ---- */

tg_status tg_diff_make(tg_diff *x, tg_mem *mem, const char *before, const char *after, tg_diags *d) {
  memset(x, 0, sizeof *x);
  x->mem = mem;
  tg_arena_init(&x->arena, mem);
  tg_comparing c = {.x = x};
  tg_status st = tg_past_read(&x->before, mem, before, tg_str_of(before), TG_E_REPORT, hint, d);
  if (st == TG_OK) st = tg_past_report(&x->before, d);
  if (st == TG_OK) st = tg_past_read(&x->after, mem, after, tg_str_of(after), TG_E_REPORT, hint, d);
  if (st == TG_OK) st = tg_past_report(&x->after, d);
  if (st == TG_OK) st = same_engagement(x, d);
  if (st == TG_OK) st = read_gates(x, &x->before, &c.before);
  if (st == TG_OK) st = read_gates(x, &x->after, &c.after);
  if (st != TG_OK) return st;
  x->figures = (!partial(&x->before) && !partial(&x->after)) || same_gates(&c);
  st = tg_diff_changes(&c);
  if (st == TG_OK) st = compare_findings(&c, d);
  if (st == TG_OK) st = compare_areas(x);
  if (st == TG_OK) compare_whole(x);
  return mem->failed ? tg_mem_status(mem) : st;
}

void tg_diff_done(tg_diff *x) {
  if (x->mem == NULL) return;
  tg_vec_done(x->mem, &x->areas);
  tg_vec_done(x->mem, &x->findings);
  tg_vec_done(x->mem, &x->causes);
  tg_arena_done(&x->arena);
  tg_past_done(&x->before);
  tg_past_done(&x->after);
}
