/* An earlier report to compare with: what is new, worse, better, unchanged, and what is gone. */
#include "assess/past.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

static const char hint[] =
    "a baseline is a report of `tollgate check --format json`, or what `tollgate baseline` made of one";

static tg_str copy(tg_arena *arena, tg_str s) {
  char *text = s.n ? tg_arena_text(arena, s.at, s.n) : NULL;
  return text ? (tg_str){text, s.n} : TG_STR("");
}

static tg_status read_findings(tg_baseline *b, const tg_past *p, tg_diags *d) {
  tg_past_finding *all;
  tg_status st = tg_past_findings(p, &b->arena, &all, &b->count, d);
  if (st != TG_OK) return st;
  b->findings = tg_arena_array(&b->arena, tg_base_finding, b->count ? b->count : 1);
  if (b->findings == NULL) return tg_mem_status(b->arena.mem);
  for (uint32_t i = 0; i < b->count; i++)
    b->findings[i] = (tg_base_finding){.fingerprint = copy(&b->arena, all[i].fingerprint),
                                       .gate = copy(&b->arena, all[i].gate),
                                       .label = copy(&b->arena, all[i].label),
                                       .message = copy(&b->arena, all[i].message),
                                       .outcome = all[i].outcome,
                                       .severity = all[i].severity,
                                       .score = all[i].score};
  return TG_OK;
}

/* Floors that were missed then. */
static tg_status read_floors(tg_baseline *b, const tg_past *p) {
  uint32_t list = tg_past_child(p, p->root, "conditions"), n = tg_past_count(p, list);
  b->floors = tg_arena_array(&b->arena, tg_str, n + 1);
  if (b->floors == NULL) return tg_mem_status(b->arena.mem);
  for (uint32_t i = 0; i < n; i++) {
    tg_str s = tg_past_text(p, tg_past_at(p, list, i));
    if (s.n >= 11 && memcmp(s.at, "min_proven:", 11) == 0) b->floors[b->floor_count++] = copy(&b->arena, s);
  }
  return TG_OK;
}

static tg_status read_signature(tg_baseline *b, const tg_past *p, tg_diags *d) {
  uint32_t node = tg_past_child(p, p->root, "signed_off");
  b->expires_on = tg_unknown(TG_WHY_ABSENT);
  if (node == TG_NONE) return TG_OK;
  tg_str reason = tg_past_member(p, node, "reason"), owner = tg_past_member(p, node, "owner"),
         day = tg_past_member(p, node, "expires_on");
  if (reason.n == 0 || owner.n == 0 || day.n == 0)
    return tg_past_wrong(p, d, node,
                         "what signs a baseline off are its reason, its owner and the day it expires");
  if (!tg_date_parse(day.at, day.n, &b->expires_on))
    return tg_past_wrong(p, d, tg_past_child(p, node, "expires_on"), "`expires_on` is not a date");
  b->reason = copy(&b->arena, reason);
  b->owner = copy(&b->arena, owner);
  return TG_OK;
}

tg_status tg_baseline_read(tg_baseline *b, tg_mem *mem, const char *path, tg_str name, tg_diags *d) {
  tg_past p;
  memset(b, 0, sizeof *b);
  tg_arena_init(&b->arena, mem);
  tg_status st = tg_past_read(&p, mem, path, name, TG_E_BASELINE, hint, d);
  if (st == TG_OK) {
    tg_source *source = &p.store.sources.list.at[p.source];
    b->file = copy(&b->arena, name);
    memcpy(b->sha256, tg_source_sha256(&p.store.sources, source), 32);
    st = read_findings(b, &p, d);
  }
  if (st == TG_OK) st = read_floors(b, &p);
  if (st == TG_OK) st = read_signature(b, &p, d);
  if (mem->failed) st = tg_mem_status(mem);
  tg_past_done(&p);
  return st;
}

/* ---- signing off ---- */

/* Where the last member of the report begins and the brace behind it stands, as offsets. */
static tg_status place_of_signature(const tg_past *p, uint32_t *from, uint32_t *brace, tg_diags *d) {
  const tg_source *s = &p->store.sources.list.at[p->source];
  uint32_t end = s->len, last = tg_past_count(p, p->root), node = tg_past_child(p, p->root, "signed_off");
  while (end > 0 && s->text[end - 1] != '}') end--;
  *from = *brace = end - 1;
  if (node == TG_NONE) return TG_OK;
  if (node != tg_past_at(p, p->root, last - 1))
    return tg_past_wrong(p, d, node, "`signed_off` stands in the middle of the report");
  uint32_t at = p->store.tree.places.at[node] - s->base;
  while (at > 0 && s->text[at] != ',') at--;
  *from = at;
  return TG_OK;
}

tg_status tg_baseline_put_signed(const tg_past *p, const tg_signature *s, tg_diags *d, tg_buf *out) {
  uint32_t from, brace;
  tg_value day, as_of;
  tg_str then = tg_past_member(p, p->root, "as_of");
  const tg_source *source = &p->store.sources.list.at[p->source];
  tg_status st = tg_past_report(p, d);
  if (st != TG_OK) return st;
  if (tg_is_true(tg_past_value(p, tg_past_child(p, p->root, "partial"))))
    return tg_past_wrong(
        p, d, tg_past_child(p, p->root, "partial"),
        "the report looked at a part of the gates only: what it left out would count as new");
  tg_arena arena;
  tg_past_finding *all;
  uint32_t count;
  tg_arena_init(&arena, out->mem);
  st = tg_past_findings(p, &arena, &all, &count, d);
  tg_arena_done(&arena);
  if (st != TG_OK) return st;
  if (s == NULL) {
    tg_buf_put(out, source->text, source->len);
    return out->failed ? tg_mem_status(out->mem) : TG_OK;
  }
  if (!tg_date_parse(s->expires_on.at, s->expires_on.n, &day)) {
    tg_diag_at(d, TG_E_BASELINE, NULL, TG_NO_SPAN, "the day on which the baseline expires is not a date");
    tg_diag_hint(d, "write it as YYYY-MM-DD");
    return TG_INVALID;
  }
  if (!tg_date_parse(then.at, then.n, &as_of) || day.num < as_of.num) {
    tg_diag_at(d, TG_E_BASELINE, NULL, TG_NO_SPAN,
               "the baseline would expire before the day of its report, %.*s", TG_STR_ARG(then));
    return TG_INVALID;
  }
  st = place_of_signature(p, &from, &brace, d);
  if (st != TG_OK) return st;
  while (from > 0 && strchr(" \t\r\n", source->text[from - 1]) != NULL) from--;
  tg_buf_put(out, source->text, from);
  tg_buf_puts(out, ",\n  \"signed_off\": {\n    \"reason\": ");
  tg_quote(out, s->reason);
  tg_buf_puts(out, ",\n    \"owner\": ");
  tg_quote(out, s->owner);
  tg_buf_puts(out, ",\n    \"expires_on\": ");
  tg_quote(out, s->expires_on);
  tg_buf_puts(out, "\n  }\n");
  tg_buf_put(out, source->text + brace, source->len - brace);
  return out->failed ? tg_mem_status(out->mem) : TG_OK;
}

void tg_baseline_done(tg_baseline *b) {
  if (b->arena.mem != NULL) tg_arena_done(&b->arena);
}

bool tg_baseline_expired(const tg_baseline *b, tg_value today) {
  return b->expires_on.kind == TG_V_DATE && b->expires_on.num < today.num;
}

/* ---- comparing ---- */

static int by_fingerprint(const void *x, const void *y) {
  return tg_str_cmp(((const tg_base_finding *)x)->fingerprint, ((const tg_base_finding *)y)->fingerprint);
}

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
  if (a->slips.n > 0) return true; /* a gate of its own: it holds whatever the threshold is */
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
