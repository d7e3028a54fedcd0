/* Why findings drifted: what else changed between the reports, and which of it bears on a finding. */
#include "assess/diff_inner.h"

#include <string.h>

static const tg_side ABSENT = {{NULL, 0}, false, {"", 0}};

static tg_side side_text(tg_str s) { return s.at ? (tg_side){s, true, TG_STR("")} : ABSENT; }

/* A scalar or list of a report. */
static tg_status side_node(tg_diff *x, const tg_past *p, uint32_t node, tg_side *out) {
  *out = ABSENT;
  if (node == TG_NONE) return TG_OK;
  tg_buf b;
  tg_buf_init(&b, x->mem);
  bool text = tg_is_text(tg_past_value(p, node));
  tg_past_print(p, node, text, &b);
  char *copy = b.failed ? NULL : tg_arena_text(&x->arena, b.n ? b.at : "", b.n);
  *out = (tg_side){{copy, copy ? (uint32_t)b.n : 0}, text, TG_STR("")};
  tg_buf_done(&b);
  return copy ? TG_OK : tg_mem_status(x->mem);
}

static bool same_side(const tg_side *a, const tg_side *b) {
  if ((a->at.at == NULL) != (b->at.at == NULL) || a->text != b->text || !tg_str_eq(a->state, b->state))
    return false;
  return a->at.at == NULL || tg_str_eq(a->at, b->at);
}

static tg_status add(tg_diff *x, tg_cause_kind kind, tg_str what, tg_side before, tg_side after) {
  tg_cause c = {kind, what, before, after};
  return tg_vec_push(x->mem, &x->causes, c) ? TG_OK : tg_mem_status(x->mem);
}

static tg_status add_change(tg_diff *x, tg_cause_kind kind, tg_str what, tg_side before, tg_side after) {
  return same_side(&before, &after) ? TG_OK : add(x, kind, what, before, after);
}

/* ---- the reports as such ---- */

/* The map's member of a name that is data. */
static uint32_t member_called(const tg_past *p, uint32_t map, tg_str key) {
  for (uint32_t i = 0; i < tg_past_count(p, map); i++)
    if (tg_str_eq(tg_past_key(p, tg_past_at(p, map, i)), key)) return tg_past_at(p, map, i);
  return TG_NONE;
}

/* A report of a run without a configuration lists no settings: these held. */
static tg_side default_setting(tg_str name) {
  static const char *const defaults[][2] = {{"readiness", "risk-weighted"},
                                            {"fail_on", "high"},
                                            {"unknown", "block"},
                                            {"bands", "critical 20, high 12, medium 6"},
                                            {"expires_soon", "30 days"}};
  for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
    if (tg_str_is(name, defaults[i][0])) return side_text(tg_str_of(defaults[i][1]));
  return ABSENT;
}

/* Members of two maps that differ: params, settings. */
static tg_status compare_maps(tg_diff *x, tg_cause_kind kind, uint32_t before, uint32_t after) {
  tg_status st = TG_OK;
  for (int turn = 0; turn < 2 && st == TG_OK; turn++) {
    const tg_past *p = turn ? &x->before : &x->after, *q = turn ? &x->after : &x->before;
    uint32_t here = turn ? before : after, there = turn ? after : before;
    for (uint32_t i = 0; i < tg_past_count(p, here) && st == TG_OK; i++) {
      uint32_t node = tg_past_at(p, here, i), other = member_called(q, there, tg_past_key(p, node));
      tg_side a, b;
      if (turn && other != TG_NONE) continue; /* was seen from the other side */
      st = side_node(x, &x->before, turn ? node : other, &a);
      if (st == TG_OK) st = side_node(x, &x->after, turn ? other : node, &b);
      if (kind == TG_CAUSE_CONFIG && before == TG_NONE) a = default_setting(tg_past_key(p, node));
      if (kind == TG_CAUSE_CONFIG && after == TG_NONE) b = default_setting(tg_past_key(p, node));
      if (st == TG_OK) st = add_change(x, kind, tg_past_key(p, node), a, b);
    }
  }
  return st;
}

/* An element of a list of maps whose member `key` is this text. */
static uint32_t element_called(const tg_past *p, uint32_t list, const char *key, tg_str name) {
  for (uint32_t i = 0; i < tg_past_count(p, list); i++)
    if (tg_str_eq(tg_past_member(p, tg_past_at(p, list, i), key), name)) return tg_past_at(p, list, i);
  return TG_NONE;
}

/* "1.2.0 (sha256 0123456789ab)": what two versions are told apart by; of a file the digest alone. */
static tg_status side_digest(tg_diff *x, const tg_past *p, uint32_t node, tg_side *out) {
  *out = ABSENT;
  if (node == TG_NONE) return TG_OK;
  tg_str version = tg_past_member(p, node, "version"), sha = tg_past_member(p, node, "sha256");
  tg_buf b;
  tg_buf_init(&b, x->mem);
  if (version.at) tg_buf_printf(&b, "%.*s (", TG_STR_ARG(version));
  tg_buf_printf(&b, "sha256 %.*s%s", (int)(sha.n < 12 ? sha.n : 12), sha.at, version.at ? ")" : "");
  char *copy = b.failed ? NULL : tg_arena_text(&x->arena, b.at, b.n);
  *out = (tg_side){{copy, copy ? (uint32_t)b.n : 0}, true, TG_STR("")};
  tg_buf_done(&b);
  return copy ? TG_OK : tg_mem_status(x->mem);
}

/* Packs or files: those whose version or digest differs.  A file that moved is the same file. */
static tg_status compare_digests(tg_diff *x, tg_cause_kind kind, const char *list, const char *key) {
  uint32_t before = tg_past_child(&x->before, x->before.root, list),
           after = tg_past_child(&x->after, x->after.root, list);
  tg_status st = TG_OK;
  for (int turn = 0; turn < 2 && st == TG_OK; turn++) {
    const tg_past *p = turn ? &x->before : &x->after, *q = turn ? &x->after : &x->before;
    uint32_t here = turn ? before : after, there = turn ? after : before;
    for (uint32_t i = 0; i < tg_past_count(p, here) && st == TG_OK; i++) {
      uint32_t node = tg_past_at(p, here, i);
      tg_str name = tg_past_member(p, node, key);
      uint32_t other = element_called(q, there, key, name);
      tg_side a, b;
      if (turn && other != TG_NONE) continue;
      if (kind == TG_CAUSE_FILE &&
          element_called(q, there, "sha256", tg_past_member(p, node, "sha256")) != TG_NONE)
        continue;
      st = side_digest(x, &x->before, turn ? node : other, &a);
      if (st == TG_OK) st = side_digest(x, &x->after, turn ? other : node, &b);
      if (st == TG_OK) st = add_change(x, kind, name, a, b);
    }
  }
  return st;
}

/* "severity from high to low: the reason"; a gate that is not tailored has none. */
static tg_status side_tailored(tg_diff *x, const tg_past *p, const tg_past_gate *g, tg_side *out) {
  *out = ABSENT;
  uint32_t node = g ? tg_past_child(p, g->node, "tailored") : TG_NONE;
  if (tg_past_value(p, node).kind != TG_V_MAP) return TG_OK;
  uint32_t list = tg_past_child(p, node, "changes");
  tg_buf b;
  tg_buf_init(&b, x->mem);
  for (uint32_t i = 0; i < tg_past_count(p, list); i++) {
    uint32_t c = tg_past_at(p, list, i);
    tg_str what = tg_past_member(p, c, "what"), from = tg_past_member(p, c, "from"),
           to = tg_past_member(p, c, "to");
    tg_buf_printf(&b, "%s%.*s from %.*s to %.*s", i ? ", " : "", TG_STR_ARG(what), TG_STR_ARG(from),
                  TG_STR_ARG(to));
  }
  tg_str reason = tg_past_member(p, node, "reason");
  tg_buf_printf(&b, ": %.*s", TG_STR_ARG(reason));
  char *copy = b.failed ? NULL : tg_arena_text(&x->arena, b.at, b.n);
  *out = (tg_side){{copy, copy ? (uint32_t)b.n : 0}, true, TG_STR("")};
  tg_buf_done(&b);
  return copy ? TG_OK : tg_mem_status(x->mem);
}

static bool applies(const tg_past_gate *g) { return g != NULL && !tg_str_is(g->status, "not_applicable"); }

/* Gates that came, went, apply in one report only, or are tailored differently. */
static tg_status compare_gates(tg_comparing *c) {
  tg_diff *x = c->x;
  tg_status st = TG_OK;
  for (int turn = 0; turn < 2 && st == TG_OK; turn++) {
    const tg_gate_list *here = turn ? &c->before : &c->after;
    for (uint32_t i = 0; i < here->n && st == TG_OK; i++) {
      const tg_past_gate *g = &here->at[i], *a = tg_gate_in(&c->before, g->id),
                         *b = tg_gate_in(&c->after, g->id);
      tg_side before, after;
      if (turn && b != NULL) continue;
      if ((a == NULL) != (b == NULL) || applies(a) != applies(b))
        st = add_change(x, TG_CAUSE_GATE, g->id, a ? side_text(a->status) : ABSENT,
                        b ? side_text(b->status) : ABSENT);
      if (st == TG_OK) st = side_tailored(x, &x->before, a, &before);
      if (st == TG_OK) st = side_tailored(x, &x->after, b, &after);
      if (st == TG_OK && a != NULL && b != NULL) st = add_change(x, TG_CAUSE_TAILORING, g->id, before, after);
    }
  }
  return st;
}

static tg_str or_empty(tg_str s) { return s.at ? s : TG_STR(""); }

/* The same waiver in the other report: by id, gate and item. */
static uint32_t waiver_like(const tg_past *q, uint32_t list, const tg_past *p, uint32_t node) {
  static const char *const keys[] = {"id", "gate", "item"};
  for (uint32_t i = 0; i < tg_past_count(q, list); i++) {
    uint32_t other = tg_past_at(q, list, i);
    bool same = true;
    for (int k = 0; k < 3 && same; k++)
      same =
          tg_str_eq(or_empty(tg_past_member(p, node, keys[k])), or_empty(tg_past_member(q, other, keys[k])));
    if (same) return other;
  }
  return TG_NONE;
}

static tg_str waiver_name(tg_diff *x, const tg_past *p, uint32_t node) {
  tg_str id = tg_past_member(p, node, "id"), gate = or_empty(tg_past_member(p, node, "gate")),
         item = or_empty(tg_past_member(p, node, "item"));
  if (id.n) return id;
  tg_buf b;
  tg_buf_init(&b, x->mem);
  tg_buf_printf(&b, "%.*s[%.*s]", TG_STR_ARG(gate), TG_STR_ARG(item));
  char *copy = b.failed ? NULL : tg_arena_text(&x->arena, b.at, b.n);
  tg_str name = {copy ? copy : "", copy ? (uint32_t)b.n : 0};
  tg_buf_done(&b);
  return name;
}

static tg_side side_waiver(const tg_past *p, uint32_t node) {
  tg_side s = side_text(tg_past_member(p, node, "state"));
  s.state = or_empty(tg_past_member(p, node, "why"));
  return s;
}

static tg_status compare_waivers(tg_diff *x) {
  uint32_t before = tg_past_child(&x->before, x->before.root, "waivers"),
           after = tg_past_child(&x->after, x->after.root, "waivers");
  tg_status st = TG_OK;
  for (int turn = 0; turn < 2 && st == TG_OK; turn++) {
    const tg_past *p = turn ? &x->before : &x->after, *q = turn ? &x->after : &x->before;
    uint32_t here = turn ? before : after, there = turn ? after : before;
    for (uint32_t i = 0; i < tg_past_count(p, here) && st == TG_OK; i++) {
      uint32_t node = tg_past_at(p, here, i), other = waiver_like(q, there, p, node);
      if (turn && other != TG_NONE) continue;
      uint32_t a = turn ? node : other, b = turn ? other : node;
      st = add_change(x, TG_CAUSE_WAIVER, waiver_name(x, p, node), side_waiver(&x->before, a),
                      side_waiver(&x->after, b));
    }
  }
  return st;
}

tg_status tg_diff_changes(tg_comparing *c) {
  tg_diff *x = c->x;
  const tg_past *a = &x->before, *b = &x->after;
  tg_str day_a = tg_past_member(a, a->root, "as_of"), day_b = tg_past_member(b, b->root, "as_of");
  tg_status st = add_change(x, TG_CAUSE_TIME, TG_STR("as_of"), side_text(day_a), side_text(day_b));
  if (st == TG_OK)
    st = add_change(x, TG_CAUSE_TOOL, TG_STR("tollgate"),
                    side_text(tg_past_member(a, tg_past_child(a, a->root, "tool"), "version")),
                    side_text(tg_past_member(b, tg_past_child(b, b->root, "tool"), "version")));
  if (st == TG_OK) st = compare_digests(x, TG_CAUSE_FILE, "facts", "file");
  if (st == TG_OK) st = compare_digests(x, TG_CAUSE_RULE, "packs", "name");
  if (st == TG_OK)
    st = compare_maps(x, TG_CAUSE_PARAM, tg_past_child(a, a->root, "params"),
                      tg_past_child(b, b->root, "params"));
  if (st == TG_OK)
    st = compare_maps(x, TG_CAUSE_CONFIG, tg_past_child(a, tg_past_child(a, a->root, "config"), "settings"),
                      tg_past_child(b, tg_past_child(b, b->root, "config"), "settings"));
  if (st == TG_OK) st = compare_gates(c);
  if (st == TG_OK) st = compare_waivers(x);
  x->change_count = x->causes.n;
  return st;
}

/* ---- one finding ---- */

/* A fact's pointer below its subject: subjects may stand elsewhere in the other report. */
static tg_str below(tg_str pointer, tg_str subject, bool *inside) {
  *inside = subject.n > 0 && pointer.n >= subject.n && memcmp(pointer.at, subject.at, subject.n) == 0 &&
            (pointer.n == subject.n || pointer.at[subject.n] == '/');
  return *inside ? (tg_str){pointer.at + subject.n, pointer.n - subject.n} : pointer;
}

static bool same_fact(tg_str a, tg_str subject_a, tg_str b, tg_str subject_b) {
  bool in_a, in_b;
  tg_str x = below(a, subject_a, &in_a), y = below(b, subject_b, &in_b);
  return in_a == in_b && tg_str_eq(x, y);
}

static uint32_t facts_of(const tg_past *p, const tg_past_finding *f) {
  return f ? tg_past_child(p, f->node, "facts") : TG_NONE;
}

static uint32_t fact_like(const tg_past *q, const tg_past_finding *g, tg_str pointer, tg_str subject) {
  uint32_t list = facts_of(q, g);
  for (uint32_t i = 0; i < tg_past_count(q, list); i++) {
    uint32_t node = tg_past_at(q, list, i);
    if (same_fact(pointer, subject, tg_past_member(q, node, "path"), g->path)) return node;
  }
  return TG_NONE;
}

static tg_status side_fact(tg_diff *x, const tg_past *p, uint32_t node, tg_side *out) {
  tg_status st = side_node(x, p, tg_past_child(p, node, "value"), out);
  if (node != TG_NONE) out->state = or_empty(tg_past_member(p, node, "state"));
  return st;
}

/* Facts of the finding that differ; what only one report tells is a change when the finding is there in one report only. */
static tg_status explain_facts(tg_diff *x, const tg_diff_finding *f, bool files_changed) {
  bool both = f->before != NULL && f->after != NULL;
  tg_status st = TG_OK;
  if (!both && !files_changed) return TG_OK;
  for (int turn = 0; turn < 2 && st == TG_OK; turn++) {
    const tg_past *p = turn ? &x->before : &x->after, *q = turn ? &x->after : &x->before;
    const tg_past_finding *here = turn ? f->before : f->after, *there = turn ? f->after : f->before;
    uint32_t list = facts_of(p, here);
    for (uint32_t i = 0; i < tg_past_count(p, list) && st == TG_OK; i++) {
      uint32_t node = tg_past_at(p, list, i);
      tg_str pointer = tg_past_member(p, node, "path");
      if (pointer.n == 0) continue; /* a value of the rule, no fact */
      uint32_t other = there ? fact_like(q, there, pointer, here->path) : TG_NONE;
      if (both && other == TG_NONE && !files_changed)
        continue; /* another clause decides now; the fact itself is as it was */
      if (turn && other != TG_NONE) continue;
      tg_side a, b;
      st = side_fact(x, &x->before, turn ? node : other, &a);
      if (st == TG_OK) st = side_fact(x, &x->after, turn ? other : node, &b);
      if (st == TG_OK) st = add_change(x, TG_CAUSE_FACT, pointer, a, b);
    }
  }
  return st;
}

static bool waived(const tg_past_finding *f) { return f != NULL && f->outcome == TG_WAIVED; }

/* What the other report says of the waiver that makes the difference. */
static tg_status explain_waiver(tg_diff *x, const tg_diff_finding *f) {
  if (waived(f->before) == waived(f->after)) return TG_OK;
  const tg_past *p = waived(f->after) ? &x->after : &x->before;
  const tg_past_finding *here = waived(f->after) ? f->after : f->before;
  tg_str id = tg_past_member(p, tg_past_child(p, here->node, "waiver"), "id");
  tg_side sides[2];
  for (int k = 0; k < 2; k++) {
    const tg_past *q = k ? &x->after : &x->before;
    uint32_t list = tg_past_child(q, q->root, "waivers");
    sides[k] = ABSENT;
    for (uint32_t i = 0; id.n && i < tg_past_count(q, list); i++) {
      uint32_t w = tg_past_at(q, list, i);
      if (tg_str_eq(or_empty(tg_past_member(q, w, "id")), id) &&
          tg_str_eq(or_empty(tg_past_member(q, w, "gate")), here->gate))
        sides[k] = side_waiver(q, w);
    }
  }
  return add_change(x, TG_CAUSE_WAIVER, id.n ? id : TG_STR("without an id"), sides[0], sides[1]);
}

static bool starts_with(tg_str s, tg_str prefix) {
  return prefix.n > 0 && s.n > prefix.n && memcmp(s.at, prefix.at, prefix.n) == 0 && s.at[prefix.n] == '.';
}

/* A parameter of a gate is called GATE.name. */
static bool of_some_gate(const tg_comparing *c, tg_str param) {
  uint32_t n = 0;
  while (n < param.n && param.at[n] != '.') n++;
  tg_str id = {param.at, n};
  return n < param.n && (tg_gate_in(&c->before, id) != NULL || tg_gate_in(&c->after, id) != NULL);
}

/* Whether a change of the reports is about this very gate, or its pack. */
static bool own(const tg_cause *k, tg_str gate, tg_str pack, bool severity) {
  switch (k->kind) {
  case TG_CAUSE_GATE:
  case TG_CAUSE_TAILORING: return tg_str_eq(k->what, gate);
  case TG_CAUSE_PARAM: return starts_with(k->what, gate) || starts_with(k->what, pack);
  case TG_CAUSE_RULE: return tg_str_eq(k->what, pack);
  case TG_CAUSE_CONFIG: return severity && (tg_str_is(k->what, "bands") || tg_str_is(k->what, "matrix"));
  default: return false;
  }
}

/* Every fact that decides is in both findings and the same. */
static bool facts_stand(const tg_diff *x, const tg_diff_finding *f) {
  if (f->before == NULL || f->after == NULL) return false;
  uint32_t a = facts_of(&x->before, f->before), b = facts_of(&x->after, f->after);
  return tg_past_int(&x->before, tg_past_child(&x->before, f->before->node, "facts_total")) ==
             tg_past_count(&x->before, a) &&
         tg_past_int(&x->after, tg_past_child(&x->after, f->after->node, "facts_total")) ==
             tg_past_count(&x->after, b);
}

static bool distant(const tg_comparing *c, const tg_cause *k, bool facts_still, bool guessed) {
  switch (k->kind) {
  case TG_CAUSE_RULE:
  case TG_CAUSE_TOOL: return true;
  case TG_CAUSE_CONFIG:
    return tg_str_is(k->what, "matrix") || tg_str_is(k->what, "bands") ||
           tg_str_is(k->what, "evidence_max_age") || tg_str_is(k->what, "require_evidence") ||
           starts_with(k->what, TG_STR("waiver_policy"));
  case TG_CAUSE_PARAM: return !of_some_gate(c, k->what);
  case TG_CAUSE_FILE: return !facts_still && !guessed;
  default: return false;
  }
}

tg_status tg_diff_explain(tg_comparing *c, tg_diff_finding *f) {
  tg_diff *x = c->x;
  const tg_past_finding *some = f->after ? f->after : f->before;
  const tg_past_gate *gate = tg_gate_in(&c->after, some->gate);
  if (gate == NULL) gate = tg_gate_in(&c->before, some->gate);
  tg_str pack = gate ? gate->pack : TG_STR("");
  bool severity = f->before && f->after && f->before->severity != f->after->severity, files = false;
  for (uint32_t i = 0; i < x->change_count; i++) files |= x->causes.at[i].kind == TG_CAUSE_FILE;
  f->cause_first = x->causes.n;
  tg_status st = explain_waiver(x, f);
  uint32_t sure = f->cause_first, facts = x->causes.n;
  if (st == TG_OK) st = explain_facts(x, f, files);
  /* What one report alone tells of a fact may be as it was before: it is said, and everything else that could explain the change too. */
  bool guessed = (f->before == NULL || f->after == NULL) && x->causes.n > facts;
  if (guessed && facts == f->cause_first) sure = x->causes.n;
  for (uint32_t i = 0; i < x->change_count && st == TG_OK; i++) {
    tg_cause k = x->causes.at[i];
    if (own(&k, some->gate, pack, severity)) st = add(x, k.kind, k.what, k.before, k.after);
  }
  bool found = x->causes.n > sure, still = facts_stand(x, f), other = false;
  for (uint32_t i = 0; i < x->change_count && st == TG_OK && !found; i++) {
    tg_cause k = x->causes.at[i];
    if (!distant(c, &k, still, guessed)) continue;
    st = add(x, k.kind, k.what, k.before, k.after);
    other = true;
  }
  for (uint32_t i = 0; i < x->change_count && st == TG_OK && !found && (!other || guessed); i++) {
    tg_cause k = x->causes.at[i];
    if (k.kind == TG_CAUSE_TIME) st = add(x, k.kind, k.what, k.before, k.after);
  }
  if (st == TG_OK && x->causes.n == f->cause_first) st = add(x, TG_CAUSE_OPEN, TG_STR(""), ABSENT, ABSENT);
  f->cause_count = x->causes.n - f->cause_first;
  return st;
}
