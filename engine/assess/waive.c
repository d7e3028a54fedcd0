#include "assess/waive.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct waiving {
  const tg_program *p;
  const tg_past *report;
  const tg_waiver_file *file;
  tg_waiver_entry *e;
  tg_diags *d;
  tg_past_finding finding; /* the one it is for, when the report has it */
  bool found;
} waiving;

__attribute__((format(printf, 2, 3))) static tg_status refuse(const waiving *w, const char *format, ...) {
  char text[512];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  tg_diag_at(w->d, TG_E_WAIVER, NULL, TG_NO_SPAN, "%s", text);
  return TG_INVALID;
}

/* ---- the target ---- */

static const tg_gate *gate_called(const tg_program *p, tg_str id) {
  for (uint32_t i = 0; p != NULL && i < p->gate_count; i++)
    if (tg_str_eq(p->gates[i].id, id)) return &p->gates[i];
  return NULL;
}

static tg_status unknown_gate(const waiving *w, tg_arena *arena, tg_str id) {
  const tg_program *p = w->p;
  refuse(w, "no loaded pack has gate `%.*s`", (int)(id.n < 80 ? id.n : 80), id.at);
  tg_str *names = tg_arena_array(arena, tg_str, p->gate_count ? p->gate_count : 1);
  if (names == NULL) return tg_mem_status(arena->mem);
  for (uint32_t i = 0; i < p->gate_count; i++) names[i] = p->gates[i].id;
  int near = tg_nearest(id, names, p->gate_count);
  if (near >= 0)
    tg_diag_hint(w->d, "did you mean `%.*s`?", TG_STR_ARG(names[near]));
  else
    tg_diag_hint(w->d, "`--rules` names the packs when they are not the standard ones");
  return TG_INVALID;
}

static bool is_fingerprint(tg_str s) {
  if (s.n != 71 || memcmp(s.at, "sha256:", 7) != 0) return false;
  for (uint32_t i = 7; i < s.n; i++)
    if (strchr("0123456789abcdef", s.at[i]) == NULL) return false;
  return true;
}

/* The first finding that fits, one that fails before others. */
static tg_status find_finding(waiving *w, tg_str fingerprint) {
  const tg_past *r = w->report;
  uint32_t list = tg_past_child(r, r->root, "findings");
  for (uint32_t i = 0; i < tg_past_count(r, list); i++) {
    tg_past_finding f;
    tg_status st = tg_past_finding_of(r, tg_past_at(r, list, i), &f, w->d);
    if (st != TG_OK) return st;
    bool fits = fingerprint.n ? tg_str_eq(f.fingerprint, fingerprint)
                              : tg_str_eq(f.gate, w->e->gate) &&
                                    (tg_str_is(w->e->item, "all") || tg_str_eq(f.label, w->e->item));
    if (!fits || (w->found && (w->finding.outcome == TG_FAIL || f.outcome != TG_FAIL))) continue;
    w->finding = f;
    w->found = true;
  }
  return TG_OK;
}

static tg_status take_fingerprint(waiving *w, tg_str target) {
  if (w->report == NULL) {
    refuse(w, "a fingerprint alone does not say which gate and item it stands for");
    tg_diag_hint(w->d, "give the JSON report that has it with `--report`, or write GATE[ITEM]");
    return TG_INVALID;
  }
  tg_status st = find_finding(w, target);
  if (st != TG_OK) return st;
  if (!w->found) return refuse(w, "the report has no finding of this fingerprint");
  w->e->gate = w->finding.gate;
  w->e->item = w->finding.label;
  return TG_OK;
}

static tg_status take_name(waiving *w, tg_arena *arena, tg_str target) {
  const char *bracket = target.n ? memchr(target.at, '[', target.n) : NULL;
  if (bracket != NULL && target.at[target.n - 1] != ']') {
    refuse(w, "`%.*s` is neither a fingerprint nor GATE[ITEM]", (int)(target.n < 80 ? target.n : 80),
           target.at);
    tg_diag_hint(w->d, "close the bracket; a shell wants quotes around it");
    return TG_INVALID;
  }
  uint32_t n = bracket ? (uint32_t)(bracket - target.at) : target.n;
  w->e->gate = (tg_str){target.at, n};
  w->e->item = bracket ? (tg_str){bracket + 1, target.n - n - 2} : TG_STR("engagement");
  const tg_gate *g = gate_called(w->p, w->e->gate);
  if (w->p != NULL && g == NULL) return unknown_gate(w, arena, w->e->gate);
  if (g != NULL && bracket == NULL && g->list != TG_NONE) {
    refuse(w, "gate %.*s looks at several items: the waiver must name one", TG_STR_ARG(g->id));
    tg_diag_hint(w->d, "write %.*s[ITEM], or %.*s[all] for every item", TG_STR_ARG(g->id), TG_STR_ARG(g->id));
    return TG_INVALID;
  }
  return w->report == NULL ? TG_OK : find_finding(w, TG_STR(""));
}

/* A waiver makes waived of fail, and of nothing else. */
static tg_status check_finding(const waiving *w) {
  const tg_waiver_entry *e = w->e;
  if (w->report == NULL) return TG_OK;
  if (!w->found)
    return refuse(w, "the report has no finding %.*s[%.*s]: there is nothing to waive", TG_STR_ARG(e->gate),
                  TG_STR_ARG(e->item));
  switch ((tg_outcome)w->finding.outcome) {
  case TG_FAIL: return TG_OK;
  case TG_WAIVED: return refuse(w, "%.*s[%.*s] is waived already", TG_STR_ARG(e->gate), TG_STR_ARG(e->item));
  case TG_UNKNOWN:
    refuse(w, "%.*s[%.*s] is unknown, and only what fails can be waived", TG_STR_ARG(e->gate),
           TG_STR_ARG(e->item));
    tg_diag_hint(w->d, "nobody can accept a risk that nobody has looked at: find the missing facts out");
    return TG_INVALID;
  default:
    return refuse(w, "%.*s[%.*s] could not be evaluated, and only what fails can be waived",
                  TG_STR_ARG(e->gate), TG_STR_ARG(e->item));
  }
}

/* ---- the entry ---- */

static tg_str trimmed(tg_str s) {
  while (s.n && strchr(" \t\r\n", s.at[0]) != NULL) s = (tg_str){s.at + 1, s.n - 1};
  while (s.n && strchr(" \t\r\n", s.at[s.n - 1]) != NULL) s.n--;
  return s;
}

/* Facts read these words as "nobody knows" and "there is none". */
static bool says_nothing(tg_str s) {
  s = trimmed(s);
  return s.n == 0 || tg_str_is(s, "none") || tg_str_is(s, "unknown");
}

static tg_status check_texts(const waiving *w) {
  const tg_waiver_entry *e = w->e;
  const struct {
    const char *what;
    tg_str text;
    bool needed;
  } texts[] = {{"the gate", e->gate, true},       {"the item", e->item, true},
               {"--reason", e->reason, true},     {"--owner", e->owner, true},
               {"--approver", e->approver, true}, {"--compensating", e->compensating_action, false}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    tg_str s = texts[i].text;
    if (tg_utf8_bad(s.at, s.n) < s.n) return refuse(w, "%s is not valid UTF-8", texts[i].what);
    if ((texts[i].needed || s.n) && says_nothing(s)) return refuse(w, "%s says nothing", texts[i].what);
  }
  if (!tg_str_eq(trimmed(e->owner), trimmed(e->approver))) return TG_OK;
  refuse(w, "owner and approver are the same: nobody approves a risk of his own");
  tg_diag_hint(w->d, "give the id of somebody else with `--approver`");
  return TG_INVALID;
}

static tg_status read_day(const waiving *w, const char *option, tg_str s, tg_value *out) {
  if (s.n && tg_date_parse(s.at, s.n, out)) return TG_OK;
  refuse(w, "%s: `%.*s` is not a date", option, (int)(s.n < 40 ? s.n : 40), s.at);
  tg_diag_hint(w->d, "write it as YYYY-MM-DD");
  return TG_INVALID;
}

/* By the one function that decides; `day` is the day of approval. */
static bool in_force(const waiving *w, const tg_waiver *x, bool compensating, tg_value day,
                     const char **why) {
  static const tg_program nothing; /* without rules there is no policy */
  return tg_waiver_in_force(w->p ? w->p : &nothing, x, compensating, day, why);
}

static tg_status check_policy(const waiving *w, tg_value approved, tg_value expires) {
  const tg_waiver_entry *e = w->e;
  const char *why = NULL;
  tg_waiver x = {.gate = e->gate,
                 .item = e->item,
                 .reason = e->reason,
                 .owner = e->owner,
                 .approver = e->approver,
                 .approved_on = approved,
                 .expires_on = expires};
  if (!in_force(w, &x, e->compensating_action.n > 0, approved, &why)) {
    refuse(w, "the waiver would not be in force: it %s", why);
    if (strstr(why, "longer") != NULL)
      tg_diag_hint(w->d, "at most %lld days may lie between approval and expiry",
                   (long long)w->p->waiver_max_days);
    if (strstr(why, "compensating") != NULL)
      tg_diag_hint(w->d, "say what is done meanwhile with `--compensating`");
    return TG_INVALID;
  }
  const tg_gate *g = gate_called(w->p, e->gate);
  if (g == NULL) return TG_OK;
  if (!g->waivable) return refuse(w, "gate %.*s takes no waiver", TG_STR_ARG(g->id));
  int severity = w->found ? w->finding.severity : g->severity == TG_NO_SEVERITY ? -1 : g->severity;
  if (w->p->waiver_max_severity_set && severity > (int)w->p->waiver_max_severity)
    return refuse(w, "gate %.*s is %s, and the policy lets nothing above %s be waived", TG_STR_ARG(g->id),
                  tg_severity_word((tg_severity)severity),
                  tg_severity_word((tg_severity)w->p->waiver_max_severity));
  return TG_OK;
}

/* An entry of the file that covers the same item on the day of approval. */
static tg_status check_duplicate(const waiving *w, tg_value approved) {
  const tg_waiver_file *f = w->file;
  for (uint32_t i = 0; i < f->count; i++) {
    const char *why;
    tg_str compensating = tg_waiver_file_text(f, i, "compensating_action"),
           from = tg_waiver_file_text(f, i, "approved_on"), to = tg_waiver_file_text(f, i, "expires_on");
    tg_waiver x = {.gate = tg_waiver_file_text(f, i, "gate"),
                   .item = tg_waiver_file_text(f, i, "item"),
                   .reason = tg_waiver_file_text(f, i, "reason"),
                   .owner = tg_waiver_file_text(f, i, "owner"),
                   .approver = tg_waiver_file_text(f, i, "approver"),
                   .approved_on = tg_unknown(TG_WHY_ABSENT),
                   .expires_on = tg_unknown(TG_WHY_ABSENT)};
    if (from.n) (void)tg_date_parse(from.at, from.n, &x.approved_on);
    if (to.n) (void)tg_date_parse(to.at, to.n, &x.expires_on);
    if (!in_force(w, &x, !says_nothing(compensating), approved, &why) || !tg_str_eq(x.gate, w->e->gate))
      continue;
    if (!tg_str_is(x.item, "all") && !tg_str_eq(x.item, w->e->item)) continue;
    tg_str id = tg_waiver_file_text(f, i, "id");
    refuse(w, "%.*s already waives %.*s[%.*s] until %.*s", id.n ? (int)id.n : 8, id.n ? id.at : "a waiver",
           TG_STR_ARG(w->e->gate), TG_STR_ARG(x.item), TG_STR_ARG(to));
    tg_diag_hint(w->d, "change that entry, or approve the next one after it has expired");
    return TG_INVALID;
  }
  return TG_OK;
}

/* ---- the id ---- */

/* The number of WVR-NN, or 0. */
static uint32_t number_of(tg_str id) {
  uint32_t n = 0;
  if (id.at == NULL || id.n < 5 || id.n > 12 || memcmp(id.at, "WVR-", 4) != 0) return 0;
  for (uint32_t i = 4; i < id.n; i++) {
    if (id.at[i] < '0' || id.at[i] > '9') return 0;
    n = n * 10 + (uint32_t)(id.at[i] - '0');
  }
  return n;
}

/* One above every number of the file and of the report, so that an id is never used again. */
static tg_status next_id(const waiving *w, tg_arena *arena) {
  uint32_t highest = 0;
  for (uint32_t i = 0; i < w->file->count; i++) {
    uint32_t n = number_of(tg_waiver_file_text(w->file, i, "id"));
    if (n > highest) highest = n;
  }
  uint32_t list = w->report ? tg_past_child(w->report, w->report->root, "waivers") : TG_NONE;
  for (uint32_t i = 0; w->report && i < tg_past_count(w->report, list); i++) {
    uint32_t n = number_of(tg_past_member(w->report, tg_past_at(w->report, list, i), "id"));
    if (n > highest) highest = n;
  }
  char id[24];
  int n = snprintf(id, sizeof id, "WVR-%02u", (unsigned)highest + 1);
  char *copy = tg_arena_text(arena, id, (size_t)n);
  w->e->id = (tg_str){copy ? copy : "", copy ? (uint32_t)n : 0};
  return copy ? TG_OK : tg_mem_status(arena->mem);
}

tg_status tg_waive(const tg_program *p, const tg_past *report, const tg_waiver_file *file, tg_arena *arena,
                   tg_str target, tg_waiver_entry *e, tg_diags *d) {
  waiving w = {.p = p, .report = report, .file = file, .e = e, .d = d};
  tg_value approved, expires;
  tg_status st = is_fingerprint(target) ? take_fingerprint(&w, target) : take_name(&w, arena, target);
  if (st == TG_OK && is_fingerprint(target) && p != NULL && gate_called(p, e->gate) == NULL)
    st = unknown_gate(&w, arena, e->gate);
  if (st == TG_OK) st = check_texts(&w);
  if (st == TG_OK) st = check_finding(&w);
  if (st == TG_OK) st = read_day(&w, "--approved", e->approved_on, &approved);
  if (st == TG_OK) st = read_day(&w, "--expires", e->expires_on, &expires);
  if (st == TG_OK && expires.num <= approved.num)
    st = refuse(&w, "the waiver would expire on %.*s, not after its approval on %.*s",
                TG_STR_ARG(e->expires_on), TG_STR_ARG(e->approved_on));
  if (st == TG_OK) st = check_duplicate(&w, approved);
  if (st == TG_OK) st = check_policy(&w, approved, expires);
  return st == TG_OK ? next_id(&w, arena) : st;
}
