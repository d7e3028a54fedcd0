/* An earlier report to compare with: what is new, worse, better, unchanged, and what is gone. */
#include "assess/label.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

typedef struct reading {
  tg_store store;
  tg_heap heap;
  tg_diags *d;
  tg_baseline *out;
} reading;

static uint32_t child(const reading *r, uint32_t node, const char *key) {
  char pointer[64] = "/";
  size_t n = strlen(key);
  memcpy(pointer + 1, key, n);
  return tg_store_find(&r->store, node, (tg_str){pointer, (uint32_t)n + 1});
}

/* The text at `key`, copied into the baseline; empty when there is none. */
static tg_str text(reading *r, uint32_t node, const char *key) {
  uint32_t at = child(r, node, key);
  if (at == UINT32_MAX || !tg_is_text(r->store.tree.nodes.at[at])) return TG_STR("");
  tg_str s = tg_text_of(&r->heap, &r->store.tree.nodes.at[at]);
  char *copy = tg_arena_text(&r->out->arena, s.at, s.n);
  return (tg_str){copy ? copy : "", copy ? s.n : 0};
}

static int word_of(tg_str s, int count, const char *(*word)(int)) {
  for (int i = 0; i < count; i++)
    if (tg_str_is(s, word(i))) return i;
  return -1;
}
static const char *outcome_word(int i) { return tg_outcome_word((tg_outcome)i); }
static const char *severity_word(int i) { return tg_severity_word((tg_severity)i); }

static tg_status wrong(reading *r, uint32_t node, const char *what) {
  tg_span at = node == UINT32_MAX || r->store.tree.nodes.at[node].start == TG_NOWHERE
                   ? TG_NO_SPAN
                   : (tg_span){r->store.tree.nodes.at[node].start, 1};
  tg_diag_at(r->d, TG_E_BASELINE, &r->store.sources, at, "%s", what);
  tg_diag_hint(
      r->d,
      "a baseline is a report of `tollgate check --format json`, or what `tollgate baseline` made of one");
  return TG_INVALID;
}

static int by_fingerprint(const void *x, const void *y) {
  return tg_str_cmp(((const tg_base_finding *)x)->fingerprint, ((const tg_base_finding *)y)->fingerprint);
}

static tg_status read_finding(reading *r, uint32_t node, tg_base_finding *out) {
  int outcome, severity;
  uint32_t score = child(r, node, "score");
  *out = (tg_base_finding){.fingerprint = text(r, node, "fingerprint"),
                           .gate = text(r, node, "gate"),
                           .message = text(r, node, "message")};
  uint32_t subject = child(r, node, "subject");
  if (subject != UINT32_MAX) out->label = text(r, subject, "label");
  outcome = word_of(text(r, node, "status"), TG_OUTCOME_COUNT, outcome_word);
  severity = word_of(text(r, node, "severity"), TG_SEVERITY_COUNT, severity_word);
  if (out->fingerprint.n != 71 || outcome < 0 || severity < 0 || out->gate.n == 0)
    return wrong(r, node, "a finding of the baseline lacks its fingerprint, gate, status or severity");
  out->outcome = (uint8_t)outcome;
  out->severity = (uint8_t)severity;
  if (score != UINT32_MAX && r->store.tree.nodes.at[score].kind == TG_V_NUMBER)
    out->score = (uint8_t)r->store.tree.nodes.at[score].num;
  return TG_OK;
}

static tg_status read_findings(reading *r) {
  tg_baseline *b = r->out;
  uint32_t list = child(r, r->store.root, "findings");
  if (list == UINT32_MAX || r->store.tree.nodes.at[list].kind != TG_V_SEQ)
    return wrong(r, r->store.root, "the baseline has no list of findings");
  tg_value v = r->store.tree.nodes.at[list];
  uint32_t n = tg_node_count(v);
  b->findings = tg_arena_array(&b->arena, tg_base_finding, n ? n : 1);
  if (b->findings == NULL) return tg_mem_status(b->arena.mem);
  for (uint32_t i = 0; i < n; i++) {
    tg_status st = read_finding(r, tg_node_first(v) + i, &b->findings[i]);
    if (st != TG_OK) return st;
  }
  b->count = n;
  qsort(b->findings, n, sizeof *b->findings, by_fingerprint);
  for (uint32_t i = 1; i < n; i++)
    if (tg_str_eq(b->findings[i - 1].fingerprint, b->findings[i].fingerprint))
      return wrong(r, list, "two findings of the baseline have one fingerprint");
  return TG_OK;
}

static tg_status read_floors(reading *r) {
  tg_baseline *b = r->out;
  uint32_t list = child(r, r->store.root, "conditions");
  if (list == UINT32_MAX || r->store.tree.nodes.at[list].kind != TG_V_SEQ) return TG_OK;
  tg_value v = r->store.tree.nodes.at[list];
  b->floors = tg_arena_array(&b->arena, tg_str, tg_node_count(v) + 1);
  if (b->floors == NULL) return tg_mem_status(b->arena.mem);
  for (uint32_t i = 0; i < tg_node_count(v); i++) {
    const tg_value *node = &r->store.tree.nodes.at[tg_node_first(v) + i];
    tg_str s = tg_is_text(*node) ? tg_text_of(&r->heap, node) : TG_STR("");
    if (s.n < 11 || memcmp(s.at, "min_proven:", 11) != 0) continue;
    char *copy = tg_arena_text(&b->arena, s.at, s.n);
    if (copy == NULL) return tg_mem_status(b->arena.mem);
    b->floors[b->floor_count++] = (tg_str){copy, s.n};
  }
  return TG_OK;
}

static tg_status read_signature(reading *r) {
  uint32_t node = child(r, r->store.root, "signed_off");
  r->out->expires_on = tg_unknown(TG_WHY_ABSENT);
  if (node == UINT32_MAX || r->store.tree.nodes.at[node].kind != TG_V_MAP) return TG_OK;
  r->out->reason = text(r, node, "reason");
  r->out->owner = text(r, node, "owner");
  tg_str day = text(r, node, "expires_on");
  if (day.n && !tg_date_parse(day.at, day.n, &r->out->expires_on))
    return wrong(r, child(r, node, "expires_on"), "the baseline's `expires_on` is not a date");
  return TG_OK;
}

tg_status tg_baseline_read(tg_baseline *b, tg_mem *mem, const char *path, tg_str name, tg_diags *d) {
  reading r = {.d = d, .out = b};
  uint32_t source;
  memset(b, 0, sizeof *b);
  tg_arena_init(&b->arena, mem);
  tg_status st = tg_store_init(&r.store, &mem->allocator, mem->limit);
  if (st == TG_OK) st = tg_facts_load_file(&r.store, path, name, d, &source);
  if (st == TG_OK) st = tg_facts_read(&r.store, source, TG_FORMAT_JSON, d);
  if (st == TG_OK && (r.store.roots.n != 1 || r.store.tree.nodes.at[r.store.roots.at[0]].kind != TG_V_MAP))
    st = wrong(&r, UINT32_MAX, "the baseline is not a JSON object");
  if (st == TG_OK) {
    r.store.root = r.store.roots.at[0];
    tg_heap_init(&r.heap, &r.store.mem);
    tg_store_heap(&r.store, &r.heap);
    char *copy = tg_arena_text(&b->arena, name.at, name.n);
    b->file = (tg_str){copy ? copy : "", copy ? name.n : 0};
    memcpy(b->sha256, tg_source_sha256(&r.store.sources, &r.store.sources.list.at[source]), 32);
    st = read_findings(&r);
    if (st == TG_OK) st = read_floors(&r);
    if (st == TG_OK) st = read_signature(&r);
    if (mem->failed) st = tg_mem_status(mem);
    tg_heap_done(&r.heap);
  }
  tg_store_done(&r.store);
  return st;
}

void tg_baseline_done(tg_baseline *b) {
  if (b->arena.mem != NULL) tg_arena_done(&b->arena);
}

bool tg_baseline_expired(const tg_baseline *b, tg_value today) {
  return b->expires_on.kind == TG_V_DATE && b->expires_on.num < today.num;
}

/* ---- comparing ---- */

static const tg_base_finding *found(const tg_baseline *b, tg_str fingerprint) {
  tg_base_finding key = {.fingerprint = fingerprint};
  return b->count ? bsearch(&key, b->findings, b->count, sizeof key, by_fingerprint) : NULL;
}

static tg_baseline_state compare(const tg_base_finding *old, tg_outcome outcome, tg_severity severity) {
  if (old == NULL) return TG_BASE_NEW;
  if (outcome != (tg_outcome)old->outcome)
    return outcome > (tg_outcome)old->outcome ? TG_BASE_WORSE : TG_BASE_BETTER;
  if (severity != (tg_severity)old->severity)
    return severity > (tg_severity)old->severity ? TG_BASE_WORSE : TG_BASE_BETTER;
  return TG_BASE_UNCHANGED;
}

tg_status tg_assess_compare(tg_assessment *a) {
  const tg_baseline *b = a->options.baseline;
  a->fixed.n = 0;
  if (b == NULL) return TG_OK;
  bool *seen = tg_arena_array(&a->arena, bool, b->count ? b->count : 1);
  if (seen == NULL) return tg_mem_status(a->mem);
  for (uint32_t i = 0; i < a->findings.n; i++) {
    char fingerprint[72];
    tg_status st = tg_assess_fingerprint(a, i, fingerprint);
    if (st != TG_OK) return st;
    tg_finding *f = &a->findings.at[i];
    const tg_base_finding *old = found(b, (tg_str){fingerprint, 71});
    f->baseline = (uint8_t)compare(old, (tg_outcome)f->outcome, (tg_severity)a->gate[f->gate].severity);
    if (old != NULL) seen[old - b->findings] = true;
  }
  for (uint32_t i = 0; i < b->count; i++)
    if (!seen[i] && b->findings[i].outcome != TG_WAIVED && !tg_vec_push(a->mem, &a->fixed, i))
      return tg_mem_status(a->mem);
  return TG_OK;
}

/* ---- the gate of a pipeline ---- */

bool tg_finding_blocks(const tg_assessment *a, uint32_t finding) {
  const tg_finding *f = &a->findings.at[finding];
  if (a->options.threshold < 0 || a->gate[f->gate].severity < a->options.threshold) return false;
  if (f->outcome == TG_WAIVED || (f->outcome == TG_UNKNOWN && a->options.unknown_reports)) return false;
  bool forgiven = a->options.baseline != NULL &&
                  !tg_baseline_expired(a->options.baseline, a->options.today) &&
                  (f->baseline == TG_BASE_UNCHANGED || f->baseline == TG_BASE_BETTER);
  return !forgiven;
}

/* A floor is compared with what the baseline missed too. */
static bool floor_blocks(const tg_assessment *a, tg_str condition) {
  const tg_baseline *b = a->options.baseline;
  if (b == NULL || tg_baseline_expired(b, a->options.today)) return true;
  for (uint32_t i = 0; i < b->floor_count; i++)
    if (tg_str_eq(b->floors[i], condition)) return false;
  return true;
}

bool tg_assess_blocks(const tg_assessment *a) {
  uint32_t applied = 0;
  if (a->options.threshold < 0) return false;
  for (int o = TG_PASS; o < TG_OUTCOME_COUNT; o++) applied += a->gates[o];
  if (applied == 0) return true; /* a check that looked at nothing says so */
  if (a->options.threshold <= TG_HIGH)
    for (uint32_t i = 0; i < a->missed.n; i++)
      if (floor_blocks(a, a->missed.at[i])) return true;
  if (a->options.baseline == NULL) {
    for (int s = a->options.threshold; s < TG_SEVERITY_COUNT; s++)
      if (a->open[s] > (a->options.unknown_reports ? a->open_unknown[s] : 0)) return true;
    return false;
  }
  for (uint32_t i = 0; i < a->findings.n; i++)
    if (tg_finding_blocks(a, i)) return true;
  return false;
}
