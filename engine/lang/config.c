/* Configurations: every unknown key, malformed value and missing reason is reported; names are checked when the rules are known. */
#include "lang/config.h"

#include "lang/nodes.h"

static const char *const config_keys[] = {"title",        "extends",          "packs",
                                          "params",       "tailoring",        "bands",
                                          "matrix",       "readiness",        "min_proven",
                                          "area_weights", "waiver_policy",    "waivers",
                                          "expires_soon", "evidence_max_age", "require_evidence",
                                          "fail_on",      "unknown",          NULL};

static const char *const tailor_keys[] = {"reason", "severity", "likelihood", "impact",   "weight",
                                          "effort", "params",   "disabled",   "waivable", NULL};

/* A scalar that is one of the words; empty after a complaint. */
static tg_text_at word_of(tg_node_reader *r, const tg_node *n, const char *const *words, const char *what) {
  tg_text_at t = tg_node_text(r, n);
  tg_str names[12];
  size_t count = 0;
  if (t.text.n == 0) return t;
  for (; words[count] != NULL; count++) {
    names[count] = tg_str_of(words[count]);
    if (tg_str_eq(names[count], t.text)) return t;
  }
  tg_diag_at(r->d, TG_E_CONFIG_VALUE, r->sources, t.span, "`%.*s` is not %s",
             (int)(t.text.n < 60 ? t.text.n : 60), t.text.at, what);
  int near = tg_nearest(t.text, names, count);
  if (near >= 0) tg_diag_hint(r->d, "did you mean `%s`?", words[near]);
  t.text = TG_STR("");
  return t;
}

static tg_entry_ast *entries_of(tg_node_reader *r, const tg_node *n, const char *what) {
  tg_entry_ast *first = NULL, **end = &first;
  if (n->kind != TG_YAML_MAP) {
    if (!tg_node_is_null(n)) tg_node_bad(r, n, what, NULL);
    return NULL;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    tg_entry_ast *e = tg_arena_new(r->arena, tg_entry_ast);
    if (e == NULL) return first;
    e->name = (tg_text_at){c->key, c->key_at};
    e->value = tg_node_scalar(r, c);
    if (e->value == NULL) return first;
    *end = e;
    end = &e->next;
  }
  return first;
}

static void read_tailor_key(tg_node_reader *r, const tg_node *c, tg_tailor_ast *t) {
  static const char *const truths[] = {"true", "false", NULL};
  static const char *const severities[] = {"critical", "high", "medium", "low", "info", NULL};
  if (tg_str_is(c->key, "reason"))
    t->reason = tg_node_text(r, c);
  else if (tg_str_is(c->key, "severity"))
    t->severity = word_of(r, c, severities, "a severity");
  else if (tg_str_is(c->key, "likelihood"))
    t->likelihood = tg_node_text(r, c);
  else if (tg_str_is(c->key, "impact"))
    t->impact = tg_node_text(r, c);
  else if (tg_str_is(c->key, "weight"))
    t->weight = tg_node_text(r, c);
  else if (tg_str_is(c->key, "effort"))
    t->effort = tg_node_text(r, c);
  else if (tg_str_is(c->key, "params"))
    t->params = entries_of(r, c, "a mapping of parameters is wanted here");
  else if (tg_str_is(c->key, "disabled"))
    t->disabled = word_of(r, c, truths, "true or false");
  else if (tg_str_is(c->key, "waivable")) {
    t->waivable = word_of(r, c, truths, "true or false");
    if (tg_str_is(t->waivable.text, "true")) {
      tg_diag_at(r->d, TG_E_CONFIG_VALUE, r->sources, c->at, "tailoring can forbid waivers, not allow them");
      tg_diag_hint(r->d, "only the pack decides that a gate may be waived");
    }
  } else
    tg_node_unknown_key(r, c, "tailoring", tailor_keys);
}

static bool blank(tg_str s) {
  for (uint32_t i = 0; i < s.n; i++)
    if (s.at[i] != ' ' && s.at[i] != '\t' && s.at[i] != '\n') return false;
  return true;
}

static void read_tailoring(tg_node_reader *r, const tg_node *n, tg_config_ast *out) {
  tg_tailor_ast **end = &out->tailoring;
  if (n->kind != TG_YAML_MAP) {
    if (!tg_node_is_null(n))
      tg_node_bad(r, n, "a mapping of gates is wanted here", "KT-004: {severity: low, reason: ...}");
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    tg_tailor_ast *t = tg_arena_new(r->arena, tg_tailor_ast);
    if (t == NULL) return;
    t->gate = (tg_text_at){c->key, c->key_at};
    if (c->kind != TG_YAML_MAP) {
      tg_node_bad(r, c, "a mapping is wanted here", "KT-004: {severity: low, reason: ...}");
      continue;
    }
    for (const tg_node *k = c->first; k; k = k->next) read_tailor_key(r, k, t);
    if (blank(t->reason.text)) {
      tg_diag_at(r->d, TG_E_CONFIG_REASON, r->sources, t->gate.span,
                 "the tailoring of `%.*s` gives no reason", TG_STR_ARG(t->gate.text));
      tg_diag_hint(r->d, "add `reason:`; the report prints it");
    }
    *end = t;
    end = &t->next;
  }
}

static void read_bands(tg_node_reader *r, const tg_node *n, tg_config_ast *out) {
  static const char *const keys[] = {"critical", "high", "medium", NULL};
  out->bands_at = n->key_at;
  if (n->kind != TG_YAML_MAP) {
    tg_node_bad(r, n, "the least scores are wanted here", "bands: {critical: 20, high: 12, medium: 6}");
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    int k = 0;
    while (keys[k] != NULL && !tg_str_is(c->key, keys[k])) k++;
    if (keys[k] != NULL)
      out->bands[k] = tg_node_text(r, c);
    else
      tg_node_unknown_key(r, c, "bands", keys);
  }
  for (int k = 0; k < 3; k++)
    if (out->bands[k].text.n == 0) tg_node_missing_key(r, n->key_at, "bands", keys[k]);
}

/* Five rows, likelihood 1 to 5; in each five severities, impact 1 to 5. */
static void read_matrix(tg_node_reader *r, const tg_node *n, tg_config_ast *out) {
  static const char *const severities[] = {"critical", "high", "medium", "low", "info", NULL};
  static const char *const hint =
      "five rows for likelihood 1 to 5, in each five severities for impact 1 to 5";
  int row = 0;
  out->matrix_at = n->key_at;
  if (n->kind != TG_YAML_SEQ) {
    tg_node_bad(r, n, "a list of rows is wanted here", hint);
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next, row++) {
    int column = 0;
    if (c->kind != TG_YAML_SEQ || row == 5) {
      tg_node_bad(r, c, "the matrix has five rows of five severities", hint);
      return;
    }
    for (const tg_node *k = c->first; k; k = k->next, column++)
      if (column < 5) out->matrix[row * 5 + column] = word_of(r, k, severities, "a severity");
    if (column != 5) tg_node_bad(r, c, "a row has five severities", hint);
  }
  if (row < 5) tg_node_bad(r, n, "the matrix has five rows", hint);
}

static void read_key(tg_node_reader *r, const tg_node *c, tg_config_ast *out) {
  static const char *const models[] = {"risk-weighted", "unweighted", "by-area", NULL};
  static const char *const fails[] = {"critical", "high", "medium", "low", "info", "never", NULL};
  static const char *const unknowns[] = {"block", "report", NULL};
  static const char *const truths[] = {"true", "false", NULL};
  if (tg_str_is(c->key, "title"))
    out->title = tg_node_text(r, c);
  else if (tg_str_is(c->key, "extends"))
    out->extends = tg_node_text(r, c);
  else if (tg_str_is(c->key, "packs")) {
    out->packs = tg_node_list(r, c);
    out->has_packs = true;
  } else if (tg_str_is(c->key, "params"))
    out->params = entries_of(r, c, "a mapping of parameters is wanted here");
  else if (tg_str_is(c->key, "tailoring"))
    read_tailoring(r, c, out);
  else if (tg_str_is(c->key, "bands"))
    read_bands(r, c, out);
  else if (tg_str_is(c->key, "matrix"))
    read_matrix(r, c, out);
  else if (tg_str_is(c->key, "readiness"))
    out->readiness = word_of(r, c, models, "a model of readiness: risk-weighted, unweighted or by-area");
  else if (tg_str_is(c->key, "min_proven"))
    out->min_proven = entries_of(r, c, "a mapping of areas to least figures is wanted here");
  else if (tg_str_is(c->key, "area_weights"))
    out->area_weights = entries_of(r, c, "a mapping of areas to weights is wanted here");
  else if (tg_str_is(c->key, "waiver_policy"))
    tg_node_policy(r, c, &out->waiver_policy);
  else if (tg_str_is(c->key, "waivers"))
    out->waivers = tg_node_text(r, c);
  else if (tg_str_is(c->key, "expires_soon")) {
    out->expires_soon = tg_node_days(r, c);
    out->expires_soon_at = c->key_at;
  } else if (tg_str_is(c->key, "evidence_max_age")) {
    out->evidence_max_age = tg_node_days(r, c);
    out->evidence_at = c->key_at;
  } else if (tg_str_is(c->key, "require_evidence")) {
    out->require_evidence = word_of(r, c, truths, "true or false");
    out->require_at = c->key_at;
  } else if (tg_str_is(c->key, "fail_on"))
    out->fail_on = word_of(r, c, fails, "a severity or never");
  else if (tg_str_is(c->key, "unknown"))
    out->unknown = word_of(r, c, unknowns, "block or report");
  else
    tg_node_unknown_key(r, c, "a configuration", config_keys);
}

static tg_status read_config(tg_node_reader *r, uint32_t source, tg_config_ast **out) {
  tg_node *root;
  tg_status st = tg_nodes_read(r, &root);
  if (st != TG_OK) return st;
  tg_config_ast *c = tg_arena_new(r->arena, tg_config_ast);
  if (c == NULL) return tg_mem_status(r->arena->mem);
  c->source = source;
  c->bands_at = c->matrix_at = TG_NO_SPAN;
  c->expires_soon = c->evidence_max_age = -1;
  if (root != NULL && !tg_node_is_null(root)) { /* an empty configuration sets nothing */
    if (root->kind != TG_YAML_MAP) {
      tg_diag_at(r->d, TG_E_ROOT, r->sources, (tg_span){root->at.start, 1},
                 "the top of a configuration must be a mapping");
      return TG_INVALID;
    }
    for (const tg_node *k = root->first; k; k = k->next) read_key(r, k, c);
  }
  if (r->arena->mem->failed) return tg_mem_status(r->arena->mem);
  *out = c;
  return TG_OK;
}

tg_status tg_config_read(tg_arena *arena, tg_sources *sources, uint32_t source, tg_diags *d,
                         tg_config_ast **out) {
  tg_node_reader r = {arena, sources, d, NULL};
  tg_status st = tg_yaml_new(arena->mem, sources, source, d, &r.yaml);
  if (st != TG_OK) return st;
  st = read_config(&r, source, out);
  tg_yaml_free(r.yaml);
  return st;
}
