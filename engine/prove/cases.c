/* Reading test files. */
#include "prove/prove.h"

#include "facts/edit.h"

#include <stdio.h>
#include <string.h>

typedef struct reading {
  tg_test_file *f;
  tg_store *s;
  const tg_model *const *models;
  tg_diags *d;
  const char *folder; /* of the test file, with its slash */
  uint32_t base_root; /* facts of the file; UINT32_MAX = none */
  bool base_portfolio;
  tg_value as_of;
  tg_str params;
} reading;

static tg_value value_at(const reading *r, uint32_t node) { return r->s->tree.nodes.at[node]; }

static tg_span span_of(const reading *r, uint32_t node) {
  tg_value v = value_at(r, node);
  uint32_t start = v.start != TG_NOWHERE ? v.start : r->s->tree.places.at[node];
  return start == TG_NOWHERE ? TG_NO_SPAN : (tg_span){start, 1};
}

static tg_span key_span(const reading *r, uint32_t node) {
  uint32_t place = r->s->tree.places.at[node];
  tg_str key = tg_names_get(&r->s->names, r->s->tree.keys.at[node]);
  return place == TG_NOWHERE ? TG_NO_SPAN : (tg_span){place, key.n ? key.n : 1};
}

static tg_status wrong(reading *r, uint32_t node, const char *what) {
  tg_diag_at(r->d, TG_E_BAD_VALUE, &r->s->sources, span_of(r, node), "%s", what);
  return TG_INVALID;
}

static tg_str key_of(const reading *r, uint32_t node) {
  return tg_names_get(&r->s->names, r->s->tree.keys.at[node]);
}

static uint32_t child(const reading *r, uint32_t node, const char *name) {
  uint32_t id = tg_names_find(&r->s->names, tg_str_of(name));
  return id == TG_NO_NAME ? UINT32_MAX : tg_store_child(r->s, node, id);
}

/* A copy that outlives the pool's moves; .at NULL when it is no text. */
static tg_str text_at(const reading *r, uint32_t node) {
  tg_value v = value_at(r, node);
  if (!tg_is_text(v)) return (tg_str){NULL, 0};
  tg_heap heap = {0};
  tg_store_heap(r->s, &heap);
  tg_str s = tg_text_of(&heap, &v);
  return (tg_str){tg_arena_text(&r->f->arena, s.at, s.n), s.n};
}

/* Every key of a map is one of `known`. */
static bool keys_known(reading *r, uint32_t map, const tg_str *known, uint32_t count) {
  tg_value v = value_at(r, map);
  bool ok = true;
  for (uint32_t i = tg_node_first(v), n = i + tg_node_count(v); i < n; i++) {
    tg_str key = key_of(r, i);
    bool some = false;
    for (uint32_t k = 0; k < count; k++) some |= tg_str_eq(known[k], key);
    if (some) continue;
    tg_diag_at(r->d, TG_E_UNKNOWN_KEY, &r->s->sources, key_span(r, i), "there is no key `%.*s` here",
               (int)(key.n < 60 ? key.n : 60), key.at);
    int near = tg_nearest(key, known, count);
    if (near >= 0) tg_diag_hint(r->d, "did you mean `%.*s`?", TG_STR_ARG(known[near]));
    ok = false;
  }
  return ok;
}

/* The number of a word in a NULL-terminated list, else -1 and a complaint. */
static int word_at(reading *r, uint32_t node, const char *const *words, const char *what) {
  tg_str s = text_at(r, node);
  tg_str near_words[16];
  uint32_t n = 0;
  for (; words[n] != NULL && n < 16; n++) {
    near_words[n] = tg_str_of(words[n]);
    if (s.at != NULL && tg_str_is(s, words[n])) return (int)n;
  }
  tg_diag_at(r->d, TG_E_BAD_VALUE, &r->s->sources, span_of(r, node), "`%.*s` is no %s",
             s.at ? (int)(s.n < 60 ? s.n : 60) : 1, s.at ? s.at : "?", what);
  int near = s.at != NULL ? tg_nearest(s, near_words, n) : -1;
  if (near >= 0) {
    tg_diag_hint(r->d, "did you mean `%s`?", words[near]);
    return -1;
  }
  char all[256];
  int used = 0;
  for (uint32_t i = 0; i < n && used >= 0 && (size_t)used < sizeof all; i++)
    used += snprintf(all + used, sizeof all - (size_t)used, "%s%s", i ? ", " : "", words[i]);
  tg_diag_hint(r->d, "it is one of %s", all);
  return -1;
}

static const char *const outcome_words[] = {"not_applicable", "pass",  "waived", "unknown",
                                            "fail",           "error", NULL};
static const char *const severity_words[] = {"info", "low", "medium", "high", "critical", NULL};
static const char *const verdict_words[] = {"not_ready", "not_proven", "ready_with_conditions", "ready",
                                            NULL};

/* ---- expectations ---- */

/* "KT-004" or "KT-004[billing]". */
static tg_status read_target(reading *r, uint32_t node, tg_expectation *e) {
  tg_str key = key_of(r, node);
  const char *bracket = memchr(key.at, '[', key.n);
  e->place = key_span(r, node).start;
  uint32_t n = bracket ? (uint32_t)(bracket - key.at) : key.n;
  e->gate = (tg_str){tg_arena_text(&r->f->arena, key.at, n), n};
  e->label = (tg_str){NULL, 0};
  if (bracket == NULL) return TG_OK;
  if (key.at[key.n - 1] != ']') return wrong(r, node, "write GATE or GATE[subject]");
  e->label = (tg_str){tg_arena_text(&r->f->arena, bracket + 1, key.n - n - 2), key.n - n - 2};
  return TG_OK;
}

static tg_status read_details(reading *r, uint32_t node, tg_expectation *e) {
  static const char *const faults[] = {"type", "magnitude", "date", "regex", "fuel", "event", "range", NULL};
  static const char *const reasons[] = {"phase",     "when",  "no_subjects", "disabled",    "portfolio",
                                        "list",      "where", "missing",     "unresolved",  "ambiguous",
                                        "undefined", "asked", "stale",       "unevidenced", NULL};
  tg_str known[] = {TG_STR("status"), TG_STR("message"), TG_STR("severity"), TG_STR("reason"),
                    TG_STR("code")};
  tg_status st = keys_known(r, node, known, 5) ? TG_OK : TG_INVALID;
  uint32_t at = child(r, node, "status");
  if (at != UINT32_MAX && (e->outcome = word_at(r, at, outcome_words, "status")) < 0) st = TG_INVALID;
  at = child(r, node, "severity");
  if (at != UINT32_MAX && (e->severity = word_at(r, at, severity_words, "severity")) < 0) st = TG_INVALID;
  at = child(r, node, "message");
  if (at != UINT32_MAX && (e->message = text_at(r, at)).at == NULL) st = wrong(r, at, "a message is a text");
  at = child(r, node, "reason");
  if (at != UINT32_MAX) {
    if (word_at(r, at, reasons, "reason") < 0) st = TG_INVALID;
    e->reason = text_at(r, at);
  }
  at = child(r, node, "code");
  if (at != UINT32_MAX) {
    if (word_at(r, at, faults, "kind of error") < 0) st = TG_INVALID;
    e->code = text_at(r, at);
  }
  if (e->message.at != NULL && e->label.at == NULL && e->outcome < 0)
    return wrong(r, node, "a message needs a status beside it");
  return st;
}

static tg_status read_expectations(reading *r, uint32_t node, tg_case *c) {
  tg_value v = value_at(r, node);
  if (v.kind != TG_V_MAP || tg_node_count(v) == 0)
    return wrong(r, node, "`expect` maps gates to what they must say");
  tg_expectation *all = tg_arena_array(&r->f->arena, tg_expectation, tg_node_count(v));
  if (all == NULL) return tg_mem_status(&r->s->mem);
  tg_status st = TG_OK;
  for (uint32_t k = 0; k < tg_node_count(v); k++) {
    uint32_t i = tg_node_first(v) + k;
    tg_expectation *e = &all[k];
    *e = (tg_expectation){.outcome = -1, .severity = -1};
    if (read_target(r, i, e) != TG_OK) st = TG_INVALID;
    if (value_at(r, i).kind == TG_V_MAP) {
      if (read_details(r, i, e) != TG_OK) st = TG_INVALID;
    } else if ((e->outcome = word_at(r, i, outcome_words, "status")) < 0) {
      st = TG_INVALID;
    }
  }
  c->expect = all;
  c->expect_count = tg_node_count(v);
  return st;
}

/* ---- facts ---- */

static tg_status load_facts(reading *r, uint32_t node, uint32_t *root) {
  tg_str name = text_at(r, node);
  if (name.at == NULL || name.n == 0) return wrong(r, node, "the path of a facts file is wanted here");
  tg_buf path;
  tg_buf_init(&path, &r->s->mem);
  if (name.at[0] != '/') tg_buf_puts(&path, r->folder);
  tg_buf_put(&path, name.at, name.n);
  if (path.failed) return TG_NOMEM;
  for (uint32_t i = 0; i < r->s->roots.n; i++) /* read before */
    if (tg_str_is(r->s->sources.list.at[r->s->root_source.at[i]].name, path.at)) {
      *root = r->s->roots.at[i];
      tg_buf_done(&path);
      return TG_OK;
    }
  uint32_t source, roots = r->s->roots.n;
  tg_status st = tg_facts_load_file(r->s, path.at, tg_str_of(path.at), r->d, &source);
  if (st == TG_OK) st = tg_facts_read(r->s, source, TG_FORMAT_AUTO, r->d);
  tg_buf_done(&path);
  if (st == TG_OK && r->s->roots.n != roots + 1) return wrong(r, node, "the file holds several engagements");
  if (st == TG_OK) *root = r->s->roots.at[roots];
  return st;
}

/* `documents: [{..}, other.yaml]` to the form of a portfolio: {engagements: [..]}. */
static tg_status make_portfolio(reading *r, uint32_t node, uint32_t *root) {
  tg_value v = value_at(r, node), list = tg_value_make(TG_V_SEQ, 0, 0), top = tg_value_make(TG_V_MAP, 0, 0);
  if (v.kind != TG_V_SEQ) return wrong(r, node, "`documents` is a list of engagements, or of paths to them");
  tg_builder b = {0};
  list.start = top.start = v.start;
  uint32_t name = tg_names_add(&r->s->names, TG_STR("engagements"));
  tg_status st = name == TG_NO_NAME ? tg_mem_status(&r->s->mem) : TG_OK;
  uint32_t *roots = tg_arena_array(&r->f->arena, uint32_t, tg_node_count(v) + 1);
  if (roots == NULL) return tg_mem_status(&r->s->mem);
  for (uint32_t k = 0; k < tg_node_count(v) && st == TG_OK; k++) {
    roots[k] = tg_node_first(v) + k;
    if (tg_is_text(value_at(r, roots[k]))) st = load_facts(r, roots[k], &roots[k]);
  }
  tg_builder_init(&b, r->s, r->d);
  for (uint32_t k = 0; k < tg_node_count(v) && st == TG_OK; k++)
    st = tg_builder_push(&b, TG_NO_NAME, value_at(r, roots[k]).start, value_at(r, roots[k]));
  if (st == TG_OK) st = tg_builder_close(&b, 0, list, &list);
  if (st == TG_OK) st = tg_builder_push(&b, name, v.start, list);
  if (st == TG_OK) st = tg_builder_close(&b, 0, top, &top);
  tg_builder_done(&b);
  if (st != TG_OK) return st;
  *root = r->s->tree.nodes.n;
  return tg_vec_push(&r->s->mem, &r->s->tree.nodes, top) &&
                 tg_vec_push(&r->s->mem, &r->s->tree.keys, TG_NO_NAME) &&
                 tg_vec_push(&r->s->mem, &r->s->tree.places, top.start)
             ? TG_OK
             : tg_mem_status(&r->s->mem);
}

/* Facts given in this map (a case, or the file); UINT32_MAX when it gives none. */
static tg_status base_facts(reading *r, uint32_t map, uint32_t *root, bool *portfolio) {
  uint32_t facts = child(r, map, "facts"), file = child(r, map, "facts_file"),
           documents = child(r, map, "documents");
  *root = UINT32_MAX;
  *portfolio = documents != UINT32_MAX;
  if ((facts != UINT32_MAX) + (file != UINT32_MAX) + (documents != UINT32_MAX) > 1)
    return wrong(r, map, "give one of `facts`, `facts_file` and `documents`");
  if (documents != UINT32_MAX) return make_portfolio(r, documents, root);
  if (file != UINT32_MAX) return load_facts(r, file, root);
  if (facts == UINT32_MAX) return TG_OK;
  if (value_at(r, facts).kind != TG_V_MAP) return wrong(r, facts, "`facts` is a mapping");
  *root = facts;
  return TG_OK;
}

static tg_status apply(reading *r, bool remove, tg_str path, tg_value v, uint32_t place, tg_case *c) {
  static const tg_model none = {0};
  const tg_model *m = r->models[c->portfolio] ? r->models[c->portfolio] : &none;
  tg_edit e = {.path = path, .place = place, .remove = remove, .value = v};
  return tg_facts_edit(r->s, m, &e, r->d, &c->root);
}

static tg_status read_changes(reading *r, uint32_t map, tg_case *c) {
  uint32_t set = child(r, map, "set"), unset = child(r, map, "unset");
  tg_status st = TG_OK;
  if (set != UINT32_MAX) {
    tg_value v = value_at(r, set);
    if (v.kind != TG_V_MAP) return wrong(r, set, "`set` maps paths to values");
    for (uint32_t k = 0; k < tg_node_count(v) && st == TG_OK; k++) {
      uint32_t i = tg_node_first(v) + k;
      tg_str key = key_of(r, i);
      tg_str path = {tg_arena_text(&r->f->arena, key.at, key.n), key.n};
      st = apply(r, false, path, value_at(r, i), r->s->tree.places.at[i], c);
    }
  }
  if (unset != UINT32_MAX) {
    tg_value v = value_at(r, unset);
    if (v.kind != TG_V_SEQ) return wrong(r, unset, "`unset` is a list of paths");
    for (uint32_t k = 0; k < tg_node_count(v) && st == TG_OK; k++) {
      uint32_t i = tg_node_first(v) + k;
      tg_str path = text_at(r, i);
      if (path.at == NULL) return wrong(r, i, "`unset` is a list of paths");
      st = apply(r, true, path, tg_unknown(TG_WHY_ABSENT), span_of(r, i).start, c);
    }
  }
  return st;
}

/* ---- settings ---- */

static tg_status read_day(reading *r, uint32_t map, tg_value *out) {
  uint32_t at = child(r, map, "as_of");
  if (at == UINT32_MAX) return TG_OK;
  tg_str s = text_at(r, at);
  return s.at != NULL && tg_date_parse(s.at, s.n, out) ? TG_OK
                                                       : wrong(r, at, "`as_of` is a date, YYYY-MM-DD");
}

static tg_status read_params(reading *r, uint32_t map, tg_str before, tg_str *out) {
  uint32_t at = child(r, map, "params");
  *out = before;
  if (at == UINT32_MAX) return TG_OK;
  tg_value v = value_at(r, at);
  if (v.kind != TG_V_MAP) return wrong(r, at, "`params` maps parameters to values");
  tg_buf b;
  tg_buf_init(&b, &r->s->mem);
  if (before.n) tg_buf_put(&b, before.at, before.n);
  tg_heap heap = {0};
  tg_store_heap(r->s, &heap);
  for (uint32_t i = tg_node_first(v), n = i + tg_node_count(v); i < n; i++) {
    tg_str key = key_of(r, i);
    tg_value x = value_at(r, i);
    tg_buf_put(&b, key.at, key.n);
    tg_buf_putc(&b, '=');
    if (x.kind == TG_V_SEQ)
      for (uint32_t k = 0; k < tg_node_count(x); k++) {
        if (k) tg_buf_putc(&b, ',');
        tg_value_print(&heap, value_at(r, tg_node_first(x) + k), &b);
      }
    else
      tg_value_print(&heap, x, &b);
    tg_buf_putc(&b, '\n');
  }
  bool failed = b.failed;
  if (!failed) *out = (tg_str){tg_arena_text(&r->f->arena, b.n ? b.at : "", b.n), (uint32_t)b.n};
  tg_buf_done(&b);
  return failed || out->at == NULL ? TG_NOMEM : TG_OK;
}

/* ---- cases ---- */

static tg_status read_case(reading *r, uint32_t node, tg_case *c) {
  tg_str known[] = {TG_STR("name"),   TG_STR("facts"), TG_STR("facts_file"), TG_STR("documents"),
                    TG_STR("set"),    TG_STR("unset"), TG_STR("expect"),     TG_STR("verdict"),
                    TG_STR("params"), TG_STR("as_of")};
  *c = (tg_case){.place = span_of(r, node).start,
                 .root = r->base_root,
                 .as_of = r->as_of,
                 .verdict = -1,
                 .name = TG_STR("?")};
  if (value_at(r, node).kind != TG_V_MAP)
    return wrong(r, node, "a case is a mapping with `name` and `expect`");
  tg_status st = keys_known(r, node, known, sizeof known / sizeof *known) ? TG_OK : TG_INVALID;
  uint32_t at = child(r, node, "name");
  if (at == UINT32_MAX || (c->name = text_at(r, at)).at == NULL) {
    c->name = TG_STR("?");
    st = wrong(r, node, "a case needs a `name`");
  }
  uint32_t root;
  bool portfolio;
  tg_status s = base_facts(r, node, &root, &portfolio);
  if (s != TG_OK) return s;
  c->portfolio = root != UINT32_MAX ? portfolio : r->base_portfolio;
  if (root != UINT32_MAX) c->root = root;
  if (c->root == UINT32_MAX)
    return wrong(r, node, "the case has no facts: give `facts` or `facts_file`, here or for the file");
  s = read_changes(r, node, c);
  if (s == TG_OK) s = read_day(r, node, &c->as_of);
  if (s == TG_OK) s = read_params(r, node, r->params, &c->params);
  at = child(r, node, "verdict");
  if (at != UINT32_MAX && (c->verdict = word_at(r, at, verdict_words, "verdict")) < 0) s = TG_INVALID;
  uint32_t expect = child(r, node, "expect");
  if (expect != UINT32_MAX) {
    tg_status e = read_expectations(r, expect, c);
    if (e != TG_OK) s = e;
  } else if (at == UINT32_MAX) {
    s = wrong(r, node, "a case needs `expect`, or a `verdict`");
  }
  return s == TG_OK ? st : s;
}

static tg_status read_packs(reading *r, uint32_t root) {
  uint32_t one = child(r, root, "pack"), many = child(r, root, "packs");
  if (one != UINT32_MAX && many != UINT32_MAX) return wrong(r, one, "give `pack` or `packs`");
  if (one == UINT32_MAX && many == UINT32_MAX) return TG_OK;
  tg_value v = value_at(r, one != UINT32_MAX ? one : many);
  uint32_t first = one != UINT32_MAX ? one : tg_node_first(v), n = one != UINT32_MAX ? 1 : tg_node_count(v);
  if (many != UINT32_MAX && v.kind != TG_V_SEQ) return wrong(r, many, "`packs` is a list of names");
  tg_str *names = tg_arena_array(&r->f->arena, tg_str, n + 1);
  if (names == NULL) return tg_mem_status(&r->s->mem);
  for (uint32_t i = 0; i < n; i++) {
    names[i] = text_at(r, first + i);
    if (names[i].at == NULL) return wrong(r, first + i, "the name of a pack is wanted here");
  }
  r->f->packs = names;
  r->f->pack_count = n;
  return TG_OK;
}

/* {GATE: {outcome: why}} */
static tg_status read_unreachable(reading *r, uint32_t root) {
  static const char *const words[] = {"not_applicable", "pass", "waived", "unknown", "fail", "error", NULL};
  uint32_t map = child(r, root, "unreachable");
  if (map == UINT32_MAX) return TG_OK;
  if (value_at(r, map).kind != TG_V_MAP) return wrong(r, map, "write {GATE: {outcome: why it cannot be}}");
  for (uint32_t i = 0; i < tg_node_count(value_at(r, map)); i++) {
    uint32_t gate = tg_node_first(value_at(r, map)) + i;
    if (value_at(r, gate).kind != TG_V_MAP)
      return wrong(r, gate, "write {GATE: {outcome: why it cannot be}}");
    for (uint32_t k = 0; k < tg_node_count(value_at(r, gate)); k++) {
      uint32_t at = tg_node_first(value_at(r, gate)) + k;
      tg_str word = key_of(r, at), reason = text_at(r, at), id = key_of(r, gate);
      int outcome = 0;
      while (words[outcome] != NULL && !tg_str_is(word, words[outcome])) outcome++;
      if (words[outcome] == NULL)
        return wrong(r, at, "an outcome is wanted here: pass, fail, unknown, not_applicable");
      if (reason.n == 0) return wrong(r, at, "say why this outcome cannot be");
      tg_unreachable u = {
          {tg_arena_text(&r->f->arena, id.at, id.n), id.n}, reason, (uint8_t)outcome, key_span(r, at).start};
      if (u.gate.at == NULL || !tg_vec_push(&r->s->mem, &r->f->unreachable, u))
        return tg_mem_status(&r->s->mem);
    }
  }
  return TG_OK;
}

static tg_status read_file(reading *r, uint32_t root) {
  tg_str known[] = {TG_STR("pack"),       TG_STR("packs"),      TG_STR("as_of"),  TG_STR("facts"),
                    TG_STR("facts_file"), TG_STR("documents"),  TG_STR("params"), TG_STR("cases"),
                    TG_STR("title"),      TG_STR("unreachable")};
  tg_status st = keys_known(r, root, known, sizeof known / sizeof *known) ? TG_OK : TG_INVALID;
  tg_status parts[] = {read_packs(r, root), read_day(r, root, &r->as_of),
                       read_params(r, root, (tg_str){"", 0}, &r->params),
                       base_facts(r, root, &r->base_root, &r->base_portfolio), read_unreachable(r, root)};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (parts[i] != TG_OK && (st == TG_OK || st == TG_INVALID)) st = parts[i];
  uint32_t cases = child(r, root, "cases");
  if (st != TG_OK) return st;
  if (cases == UINT32_MAX || value_at(r, cases).kind != TG_V_SEQ || tg_node_count(value_at(r, cases)) == 0)
    return wrong(r, cases == UINT32_MAX ? root : cases, "a test file has `cases`, a list");
  tg_value v = value_at(r, cases);
  for (uint32_t k = 0; k < tg_node_count(v); k++) {
    tg_case c;
    st = read_case(r, tg_node_first(v) + k, &c);
    if (st != TG_OK && st != TG_INVALID) return st;
    c.broken = st == TG_INVALID;
    if (!tg_vec_push(&r->s->mem, &r->f->cases, c)) return tg_mem_status(&r->s->mem);
  }
  return TG_OK;
}

tg_status tg_test_file_open(tg_test_file *f, const tg_allocator *allocator, uint64_t memory_limit,
                            const char *path, const tg_model *const models[2], tg_diags *d) {
  memset(f, 0, sizeof *f);
  tg_status st = tg_store_init(&f->store, allocator, memory_limit);
  if (st != TG_OK) return st;
  tg_arena_init(&f->arena, &f->store.mem);
  f->path = (tg_str){tg_arena_text(&f->arena, path, strlen(path)), (uint32_t)strlen(path)};
  const char *slash = strrchr(path, '/');
  char *folder = tg_arena_text(&f->arena, path, slash ? (size_t)(slash - path) + 1 : 0);
  reading r = {.f = f,
               .s = &f->store,
               .models = models,
               .d = d,
               .folder = folder,
               .base_root = UINT32_MAX,
               .as_of = tg_unknown(TG_WHY_ABSENT),
               .params = {"", 0}};
  uint32_t source;
  if (folder == NULL || f->path.at == NULL) return tg_mem_status(&f->store.mem);
  st = tg_facts_load_file(&f->store, path, f->path, d, &source);
  if (st == TG_OK) st = tg_facts_read_yaml(&f->store, source, d);
  if (st == TG_OK && value_at(&r, f->store.roots.at[0]).kind != TG_V_MAP)
    st = wrong(&r, f->store.roots.at[0], "a test file is a mapping with `cases`");
  if (st == TG_OK) st = read_file(&r, f->store.roots.at[0]);
  f->store.frozen = true;
  return st == TG_INVALID || f->store.mem.failed == false ? st : tg_mem_status(&f->store.mem);
}

void tg_test_file_close(tg_test_file *f) {
  if (f->store.mem.allocator.alloc == NULL && f->path.at == NULL) return;
  tg_vec_done(&f->store.mem, &f->cases);
  tg_vec_done(&f->store.mem, &f->unreachable);
  tg_arena_done(&f->arena);
  tg_store_done(&f->store);
}
