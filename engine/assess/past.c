#include "assess/past.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tg_status tg_past_read(tg_past *p, tg_mem *mem, const char *path, tg_str name, tg_code code, const char *hint,
                       tg_diags *d) {
  memset(p, 0, sizeof *p);
  p->code = code;
  p->hint = hint;
  p->root = TG_NONE;
  tg_status st = tg_store_init(&p->store, &mem->allocator, mem->limit);
  if (st == TG_OK) st = tg_facts_load_file(&p->store, path, name, d, &p->source);
  if (st == TG_OK) st = tg_facts_read(&p->store, p->source, TG_FORMAT_JSON, d);
  if (st != TG_OK) return st;
  tg_heap_init(&p->heap, &p->store.mem);
  tg_store_heap(&p->store, &p->heap);
  if (p->store.roots.n == 1) p->root = p->store.roots.at[0];
  return p->root == TG_NONE || tg_past_value(p, p->root).kind != TG_V_MAP
             ? tg_past_wrong(p, d, TG_NONE, "the file is not one JSON object")
             : TG_OK;
}

void tg_past_done(tg_past *p) {
  if (p->heap.mem != NULL) tg_heap_done(&p->heap);
  if (p->store.mem.allocator.alloc != NULL) tg_store_done(&p->store);
}

tg_status tg_past_wrong(const tg_past *p, tg_diags *d, uint32_t node, const char *format, ...) {
  char text[256];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  uint32_t start = node == TG_NONE ? TG_NOWHERE : p->store.tree.nodes.at[node].start;
  if (start == TG_NOWHERE)
    tg_diag_file(d, p->code, p->store.sources.list.at[p->source].name, "%s", text);
  else
    tg_diag_at(d, p->code, &p->store.sources, (tg_span){start, 1}, "%s", text);
  tg_diag_hint(d, "%s", p->hint);
  return TG_INVALID;
}

/* ---- asking ---- */

tg_value tg_past_value(const tg_past *p, uint32_t node) {
  return node == TG_NONE ? tg_unknown(TG_WHY_ABSENT) : p->store.tree.nodes.at[node];
}

uint32_t tg_past_child(const tg_past *p, uint32_t node, const char *key) {
  if (node == TG_NONE) return TG_NONE;
  uint32_t name = tg_names_find(&p->store.names, tg_str_of(key));
  return name == TG_NO_NAME ? TG_NONE : tg_store_child(&p->store, node, name);
}

tg_str tg_past_text(const tg_past *p, uint32_t node) {
  if (node == TG_NONE || !tg_is_text(p->store.tree.nodes.at[node])) return (tg_str){NULL, 0};
  return tg_text_of(&p->heap, &p->store.tree.nodes.at[node]);
}

tg_str tg_past_member(const tg_past *p, uint32_t node, const char *key) {
  return tg_past_text(p, tg_past_child(p, node, key));
}

uint32_t tg_past_count(const tg_past *p, uint32_t node) {
  tg_value v = tg_past_value(p, node);
  return v.kind == TG_V_SEQ || v.kind == TG_V_MAP ? tg_node_count(v) : 0;
}

uint32_t tg_past_at(const tg_past *p, uint32_t node, uint32_t index) {
  return tg_node_first(tg_past_value(p, node)) + index;
}

tg_str tg_past_key(const tg_past *p, uint32_t node) {
  uint32_t key = p->store.tree.keys.at[node];
  return key == TG_NO_NAME ? TG_STR("") : tg_names_get(&p->store.names, key);
}

int tg_past_tenths(const tg_past *p, uint32_t node) {
  tg_value v = tg_past_value(p, node);
  if (v.kind != TG_V_NUMBER || v.num < 0) return -1;
  __int128 n = (__int128)v.num * 10;
  for (int i = 0; i < v.aux; i++) n /= 10;
  return n > 1000 ? 1000 : (int)n;
}

int64_t tg_past_int(const tg_past *p, uint32_t node) {
  tg_value v = tg_past_value(p, node);
  return v.kind == TG_V_NUMBER && v.aux == 0 && v.num > 0 ? v.num : 0;
}

void tg_past_print(const tg_past *p, uint32_t node, bool bare, tg_buf *out) {
  tg_value v = tg_past_value(p, node);
  if (tg_is_text(v)) {
    tg_str s = tg_past_text(p, node);
    if (bare)
      tg_buf_put(out, s.at, s.n);
    else
      tg_quote(out, s);
  } else if (v.kind == TG_V_SEQ) {
    tg_buf_putc(out, '[');
    for (uint32_t i = 0; i < tg_node_count(v); i++) {
      if (i) tg_buf_puts(out, ", ");
      tg_past_print(p, tg_node_first(v) + i, false, out);
    }
    tg_buf_putc(out, ']');
  } else if (v.kind == TG_V_NUMBER || v.kind == TG_V_BOOL) {
    tg_value_print(&p->heap, v, out);
  } else {
    tg_buf_puts(out, "null");
  }
}

/* ---- the shape of a report ---- */

enum { TEXT = 1, NUMBER = 2, BOOL = 4, NONE = 8, MAP = 16, LIST = 32 };

/* A member that has to be there; `in`: the members of the map, or of each element of the list. */
typedef struct member {
  const char *key;
  int kinds, of; /* of: kinds of a list's elements, or of a map's values when it has no fixed members */
  const struct member *in;
} member;

static const member interval[] = {
    {"proven", NUMBER | NONE, 0, NULL}, {"possible", NUMBER | NONE, 0, NULL}, {0}};
static const member tool[] = {{"name", TEXT, 0, NULL}, {"version", TEXT, 0, NULL}, {0}};
static const member engagement[] = {{"id", TEXT | NONE, 0, NULL}, {"phase", TEXT | NONE, 0, NULL}, {0}};
static const member document[] = {{"id", TEXT, 0, NULL}, {0}};
static const member pack[] = {
    {"name", TEXT, 0, NULL}, {"version", TEXT, 0, NULL}, {"sha256", TEXT, 0, NULL}, {0}};
static const member file[] = {{"file", TEXT, 0, NULL}, {"sha256", TEXT, 0, NULL}, {0}};
static const member readiness[] = {
    {"model", TEXT, 0, NULL}, {"gross", MAP, 0, interval}, {"net", MAP, 0, interval}, {0}};
static const member outcomes[] = {{"pass", NUMBER, 0, NULL},
                                  {"fail", NUMBER, 0, NULL},
                                  {"unknown", NUMBER, 0, NULL},
                                  {"waived", NUMBER, 0, NULL},
                                  {"error", NUMBER, 0, NULL},
                                  {"not_applicable", NUMBER, 0, NULL},
                                  {0}};
static const member severities[] = {{"critical", NUMBER, 0, NULL}, {"high", NUMBER, 0, NULL},
                                    {"medium", NUMBER, 0, NULL},   {"low", NUMBER, 0, NULL},
                                    {"info", NUMBER, 0, NULL},     {0}};
static const member counts[] = {{"gates", MAP, 0, outcomes}, {"open", MAP, 0, severities}, {0}};
static const member config[] = {{"files", LIST, MAP, file}, {"settings", MAP, TEXT, NULL}, {0}};
static const member area[] = {{"area", TEXT, 0, NULL},     {"rating", TEXT, 0, NULL},
                              {"gross", MAP, 0, interval}, {"net", MAP, 0, interval},
                              {"gates", MAP, 0, outcomes}, {0}};
static const member change[] = {{"what", TEXT, 0, NULL}, {"from", TEXT, 0, NULL}, {"to", TEXT, 0, NULL}, {0}};
static const member tailored[] = {{"reason", TEXT, 0, NULL}, {"changes", LIST, MAP, change}, {0}};
static const member subjects[] = {{"pass", NUMBER, 0, NULL},    {"fail", NUMBER, 0, NULL},
                                  {"unknown", NUMBER, 0, NULL}, {"waived", NUMBER, 0, NULL},
                                  {"error", NUMBER, 0, NULL},   {0}};
static const member gate[] = {{"id", TEXT, 0, NULL},
                              {"title", TEXT, 0, NULL},
                              {"pack", TEXT, 0, NULL},
                              {"area", TEXT, 0, NULL},
                              {"status", TEXT, 0, NULL},
                              {"reason", TEXT | NONE, 0, NULL},
                              {"severity", TEXT, 0, NULL},
                              {"score", NUMBER, 0, NULL},
                              {"subjects", MAP, 0, subjects},
                              {"tailored", MAP | NONE, 0, tailored},
                              {0}};
static const member subject[] = {{"path", TEXT, 0, NULL}, {"label", TEXT, 0, NULL}, {0}};
static const member fact[] = {
    {"path", TEXT, 0, NULL}, {"value", NUMBER | BOOL | TEXT | NONE, 0, NULL}, {"state", TEXT, 0, NULL}, {0}};
static const member waiver_used[] = {{"id", TEXT | NONE, 0, NULL}, {"owner", TEXT | NONE, 0, NULL}, {0}};
static const member finding[] = {
    {"gate", TEXT, 0, NULL},    {"status", TEXT, 0, NULL},        {"severity", TEXT, 0, NULL},
    {"score", NUMBER, 0, NULL}, {"subject", MAP, 0, subject},     {"message", TEXT, 0, NULL},
    {"facts", LIST, MAP, fact}, {"facts_total", NUMBER, 0, NULL}, {"waiver", MAP | NONE, 0, waiver_used},
    {"stable", BOOL, 0, NULL},  {"fingerprint", TEXT, 0, NULL},   {0}};
static const member waiver[] = {{"id", TEXT | NONE, 0, NULL},
                                {"gate", TEXT | NONE, 0, NULL},
                                {"item", TEXT | NONE, 0, NULL},
                                {"state", TEXT, 0, NULL},
                                {0}};
static const member report[] = {{"report_version", NUMBER, 0, NULL},
                                {"tool", MAP, 0, tool},
                                {"as_of", TEXT, 0, NULL},
                                {"engagement", MAP | NONE, 0, engagement},
                                {"documents", LIST | NONE, MAP, document},
                                {"packs", LIST, MAP, pack},
                                {"facts", LIST, MAP, file},
                                {"params", MAP, TEXT | NUMBER | BOOL | NONE | LIST, NULL},
                                {"verdict", TEXT, 0, NULL},
                                {"partial", BOOL, 0, NULL},
                                {"readiness", MAP, 0, readiness},
                                {"counts", MAP, 0, counts},
                                {"conditions", LIST, TEXT, NULL},
                                {"config", MAP | NONE, 0, config},
                                {"areas", LIST, MAP, area},
                                {"gates", LIST, MAP, gate},
                                {"findings", LIST, MAP, finding},
                                {"waivers", LIST, MAP, waiver},
                                {0}};

static int kind_of(tg_value v) {
  switch (v.kind) {
  case TG_V_TEXT:
  case TG_V_LONG: return TEXT;
  case TG_V_NUMBER: return NUMBER;
  case TG_V_BOOL: return BOOL;
  case TG_V_MAP: return MAP;
  case TG_V_SEQ: return LIST;
  default: return NONE;
  }
}

static tg_status check_members(const tg_past *p, tg_diags *d, uint32_t node, const member *members);

static tg_status check_value(const tg_past *p, tg_diags *d, uint32_t node, const member *m) {
  int kind = kind_of(tg_past_value(p, node));
  tg_status st = TG_OK;
  if ((kind & m->kinds) == 0)
    return tg_past_wrong(p, d, node, "this is no report: `%s` has a value of the wrong kind", m->key);
  if (kind == MAP && m->in != NULL) return check_members(p, d, node, m->in);
  if (kind != LIST && kind != MAP) return TG_OK;
  for (uint32_t i = 0; i < tg_past_count(p, node) && st == TG_OK; i++) {
    uint32_t element = tg_past_at(p, node, i);
    if ((kind_of(tg_past_value(p, element)) & m->of) == 0)
      st = tg_past_wrong(p, d, element, "this is no report: `%s` holds a value of the wrong kind", m->key);
    else if (m->in != NULL)
      st = check_members(p, d, element, m->in);
  }
  return st;
}

static tg_status check_members(const tg_past *p, tg_diags *d, uint32_t node, const member *members) {
  for (const member *m = members; m->key != NULL; m++) {
    uint32_t child = tg_past_child(p, node, m->key);
    if (child == TG_NONE) return tg_past_wrong(p, d, node, "this is no whole report: `%s` is absent", m->key);
    tg_status st = check_value(p, d, child, m);
    if (st != TG_OK) return st;
  }
  return TG_OK;
}

/* Gates count their subjects, and every subject that does not pass has a finding. */
static tg_status check_sums(const tg_past *p, tg_diags *d) {
  static const char *const open[] = {"fail", "unknown", "waived", "error"};
  uint32_t gates = tg_past_child(p, p->root, "gates"), findings = tg_past_child(p, p->root, "findings");
  int64_t sum = 0;
  for (uint32_t i = 0; i < tg_past_count(p, gates); i++) {
    uint32_t s = tg_past_child(p, tg_past_at(p, gates, i), "subjects");
    for (int k = 0; k < 4; k++) {
      int64_t n = tg_past_int(p, tg_past_child(p, s, open[k]));
      sum += n < UINT32_MAX ? n : UINT32_MAX;
    }
  }
  if (sum == tg_past_count(p, findings)) return TG_OK;
  return tg_past_wrong(p, d, findings,
                       "the gates count %lld findings, but %u are there: the report is not whole",
                       (long long)sum, (unsigned)tg_past_count(p, findings));
}

tg_status tg_past_report(const tg_past *p, tg_diags *d) {
  tg_value day, version = tg_past_value(p, tg_past_child(p, p->root, "report_version"));
  if (version.kind != TG_V_NUMBER)
    return tg_past_wrong(p, d, p->root, "this is no report: `report_version` is absent");
  if (version.num != 1 || version.aux != 0)
    return tg_past_wrong(p, d, tg_past_child(p, p->root, "report_version"),
                         "this version reads reports of version 1 only");
  tg_status st = check_members(p, d, p->root, report);
  if (st != TG_OK) return st;
  uint32_t as_of = tg_past_child(p, p->root, "as_of");
  tg_str s = tg_past_text(p, as_of);
  if (!tg_date_parse(s.at, s.n, &day)) return tg_past_wrong(p, d, as_of, "`as_of` is not a date");
  return check_sums(p, d);
}

/* ---- findings ---- */

static int word_of(tg_str s, int count, const char *(*word)(int)) {
  for (int i = 0; s.at != NULL && i < count; i++)
    if (tg_str_is(s, word(i))) return i;
  return -1;
}
static const char *outcome_word(int i) { return tg_outcome_word((tg_outcome)i); }
static const char *severity_word(int i) { return tg_severity_word((tg_severity)i); }

static tg_str or_empty(tg_str s) { return s.at ? s : TG_STR(""); }

tg_status tg_past_finding_of(const tg_past *p, uint32_t node, tg_past_finding *out, tg_diags *d) {
  uint32_t subject_node = tg_past_child(p, node, "subject");
  *out = (tg_past_finding){.node = node,
                           .fingerprint = or_empty(tg_past_member(p, node, "fingerprint")),
                           .gate = or_empty(tg_past_member(p, node, "gate")),
                           .label = or_empty(tg_past_member(p, subject_node, "label")),
                           .path = or_empty(tg_past_member(p, subject_node, "path")),
                           .message = or_empty(tg_past_member(p, node, "message"))};
  int outcome = word_of(tg_past_member(p, node, "status"), TG_OUTCOME_COUNT, outcome_word);
  int severity = word_of(tg_past_member(p, node, "severity"), TG_SEVERITY_COUNT, severity_word);
  if (out->fingerprint.n != 71 || outcome <= TG_PASS || severity < 0 || out->gate.n == 0)
    return tg_past_wrong(p, d, node, "a finding lacks its fingerprint, gate, status or severity");
  int64_t score = tg_past_int(p, tg_past_child(p, node, "score"));
  out->outcome = (uint8_t)outcome;
  out->severity = (uint8_t)severity;
  out->score = (uint8_t)(score < 25 ? score : 25);
  return TG_OK;
}

static int by_fingerprint(const void *x, const void *y) {
  return tg_str_cmp(((const tg_past_finding *)x)->fingerprint, ((const tg_past_finding *)y)->fingerprint);
}

tg_status tg_past_findings(const tg_past *p, tg_arena *arena, tg_past_finding **out, uint32_t *count,
                           tg_diags *d) {
  uint32_t list = tg_past_child(p, p->root, "findings"), n = tg_past_count(p, list);
  if (tg_past_value(p, list).kind != TG_V_SEQ)
    return tg_past_wrong(p, d, p->root, "there is no list of findings");
  tg_past_finding *all = tg_arena_array(arena, tg_past_finding, n ? n : 1);
  if (all == NULL) return tg_mem_status(arena->mem);
  for (uint32_t i = 0; i < n; i++) {
    tg_status st = tg_past_finding_of(p, tg_past_at(p, list, i), &all[i], d);
    if (st != TG_OK) return st;
    all[i].index = i;
  }
  qsort(all, n, sizeof *all, by_fingerprint);
  for (uint32_t i = 1; i < n; i++)
    if (tg_str_eq(all[i - 1].fingerprint, all[i].fingerprint))
      return tg_past_wrong(p, d, all[i].node, "two findings have one fingerprint");
  *out = all;
  *count = n;
  return TG_OK;
}
