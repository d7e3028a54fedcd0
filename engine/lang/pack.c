/* Rule files: the tree of a YAML file to a pack.  Every unknown key, missing key and malformed value is reported; what can be read is read. */
#include "lang/nodes.h"

#include <string.h>

/* ---- parameters, lets ---- */

static bool is_name(tg_str s) {
  if (s.n == 0) return false;
  for (uint32_t i = 0; i < s.n; i++) {
    char c = s.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_', digit = c >= '0' && c <= '9';
    if (!letter && !(digit && i > 0)) return false;
  }
  return true;
}

static tg_type_ast *type_of(tg_node_reader *r, const tg_node *n) {
  tg_type_ast *t = tg_arena_new(r->arena, tg_type_ast);
  if (t == NULL) return NULL;
  if (n->kind != TG_YAML_SCALAR) {
    tg_node_bad(r, n, "a type is wanted here", NULL);
    return NULL;
  }
  tg_expr_text x = tg_node_expr_text(r, n);
  return tg_type_parse(r->arena, &x, r->d, t) ? t : NULL;
}

static void read_param(tg_node_reader *r, const tg_node *n, tg_param_ast *p) {
  static const char *const keys[] = {"value", "type", "unit", "about", NULL};
  p->name = (tg_text_at){n->key, n->key_at};
  if (!is_name(n->key)) tg_node_bad(r, n, "a parameter's name is made of letters, digits and _", NULL);
  if (n->kind != TG_YAML_MAP) {
    p->value = tg_node_scalar(r, n);
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    if (tg_str_is(c->key, "value"))
      p->value = tg_node_scalar(r, c);
    else if (tg_str_is(c->key, "type"))
      p->type = type_of(r, c);
    else if (tg_str_is(c->key, "unit"))
      p->unit = tg_node_text(r, c).text;
    else if (tg_str_is(c->key, "about"))
      p->about = tg_node_text(r, c).text;
    else
      tg_node_unknown_key(r, c, "a parameter", keys);
  }
  if (p->value == NULL) tg_node_missing_key(r, n->key_at, "a parameter", "value");
}

static tg_param_ast *read_params(tg_node_reader *r, const tg_node *n) {
  tg_param_ast *first = NULL, **end = &first;
  if (n->kind != TG_YAML_MAP) {
    if (!tg_node_is_null(n)) tg_node_bad(r, n, "a mapping of parameters is wanted here", NULL);
    return NULL;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    tg_param_ast *p = tg_arena_new(r->arena, tg_param_ast);
    if (p == NULL) return first;
    read_param(r, c, p);
    if (p->value == NULL) continue;
    *end = p;
    end = &p->next;
  }
  return first;
}

/* `critical(s)`, `cutover` */
static bool let_name(tg_node_reader *r, const tg_node *n, tg_let_ast *l) {
  tg_str k = n->key;
  uint32_t open = 0;
  while (open < k.n && k.at[open] != '(') open++;
  l->name = (tg_text_at){{k.at, open}, {n->key_at.start, open}};
  l->has_args = open < k.n;
  bool ok = is_name(l->name.text) && (!l->has_args || k.at[k.n - 1] == ')');
  uint32_t at = open + 1, end = k.n - 1;
  l->args.at = tg_arena_array(r->arena, tg_text_at, k.n + 1);
  while (ok && l->has_args && at < end) {
    while (at < end && k.at[at] == ' ') at++;
    uint32_t from = at;
    while (at < end && k.at[at] != ',' && k.at[at] != ' ') at++;
    tg_text_at arg = {{k.at + from, at - from}, {n->key_at.start + from, at - from}};
    ok = is_name(arg.text) && !tg_is_reserved(arg.text) && l->args.at != NULL;
    if (ok) l->args.at[l->args.count++] = arg;
    while (at < end && k.at[at] == ' ') at++;
    if (at < end && k.at[at++] != ',') ok = false;
  }
  if (!ok) tg_node_bad(r, n, "a let is called `name` or `name(argument, ..)`", NULL);
  if (ok && tg_is_reserved(l->name.text)) {
    tg_diag_at(r->d, TG_E_RESERVED, r->sources, l->name.span, "a reserved word cannot be the name of a let");
    ok = false;
  }
  return ok;
}

static void read_lets(tg_node_reader *r, const tg_node *n, tg_pack_ast *p) {
  tg_let_ast **end = &p->lets;
  if (n->kind != TG_YAML_MAP) {
    if (!tg_node_is_null(n)) tg_node_bad(r, n, "a mapping of lets is wanted here", NULL);
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    tg_let_ast *l = tg_arena_new(r->arena, tg_let_ast);
    if (l == NULL) return;
    bool named = let_name(r, c, l);
    l->body = tg_node_expr(r, c);
    if (!named || l->body == NULL) continue;
    *end = l;
    end = &l->next;
    p->let_count++;
  }
}

/* ---- the model ---- */

static void read_fields(tg_node_reader *r, const tg_node *n, tg_model_ast **first);

static bool is_long_form(const tg_node *n) {
  /* {type: .., unit: ..}: a record of facts that happens to have a fact called `type` is told by the other keys */
  bool type = false;
  for (const tg_node *c = n->first; c; c = c->next) {
    bool known = tg_str_is(c->key, "type") || tg_str_is(c->key, "unit") || tg_str_is(c->key, "about") ||
                 tg_str_is(c->key, "example");
    if (!known) return false;
    type |= tg_str_is(c->key, "type") && c->kind == TG_YAML_SCALAR;
  }
  return type;
}

static void read_long(tg_node_reader *r, const tg_node *n, tg_model_ast *f) {
  for (const tg_node *c = n->first; c; c = c->next) {
    if (tg_str_is(c->key, "type")) {
      tg_type_ast *t = type_of(r, c);
      if (t != NULL) f->type = *t;
    } else if (tg_str_is(c->key, "unit")) {
      f->unit = tg_node_text(r, c).text;
    } else if (tg_str_is(c->key, "about")) {
      f->about = tg_node_text(r, c).text;
    } else {
      f->example = c->kind == TG_YAML_MAP ? NULL : tg_node_scalar(r, c);
    }
  }
}

static bool read_field(tg_node_reader *r, const tg_node *n, tg_model_ast *f) {
  tg_str name = n->key;
  f->shape = TG_S_LEAF;
  if (name.n > 2 && memcmp(name.at + name.n - 2, "[]", 2) == 0) f->shape = TG_S_ROWS;
  if (name.n > 2 && memcmp(name.at + name.n - 2, "{}", 2) == 0) f->shape = TG_S_MAP;
  if (f->shape != TG_S_LEAF) name.n -= 2;
  f->name = (tg_text_at){name, n->key_at};
  if (n->kind == TG_YAML_SCALAR) {
    if (n->text.n > 4 && memcmp(n->text.at, "use ", 4) == 0) {
      f->use = (tg_text_at){{n->text.at + 4, n->text.n - 4}, n->at};
      if (f->shape == TG_S_LEAF) f->shape = TG_S_RECORD;
      return true;
    }
    if (f->shape != TG_S_LEAF) {
      tg_node_bad(r, n, "a list or map of records needs its fields",
                  "a list of plain values is `list of TYPE`");
      return false;
    }
    tg_type_ast *t = type_of(r, n);
    if (t == NULL) return false;
    f->type = *t;
    return true;
  }
  if (n->kind == TG_YAML_SEQ) {
    tg_node_bad(r, n, "a type or a mapping of facts is wanted here", NULL);
    return false;
  }
  if (f->shape == TG_S_LEAF && is_long_form(n)) {
    read_long(r, n, f);
    return f->type.kind.n > 0;
  }
  if (f->shape == TG_S_LEAF) f->shape = TG_S_RECORD;
  read_fields(r, n, &f->children);
  return true;
}

static void read_fields(tg_node_reader *r, const tg_node *n, tg_model_ast **first) {
  if (n->kind != TG_YAML_MAP) {
    if (!tg_node_is_null(n)) tg_node_bad(r, n, "a mapping of facts is wanted here", NULL);
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    tg_model_ast *f = tg_arena_new(r->arena, tg_model_ast);
    if (f == NULL) return;
    if (!read_field(r, c, f)) continue;
    *first = f;
    first = &f->next;
  }
}

/* ---- gates ---- */

static const char *const gate_keys[] = {"id",
                                        "title",
                                        "area",
                                        "phase",
                                        "for",
                                        "params",
                                        "when",
                                        "require",
                                        "severity",
                                        "likelihood",
                                        "impact",
                                        "effort",
                                        "weight",
                                        "message",
                                        "rationale",
                                        "proof",
                                        "remediation",
                                        "references",
                                        "tags",
                                        "waivable",
                                        "evidence_max_age",
                                        "require_evidence",
                                        NULL};

static void read_require(tg_node_reader *r, const tg_node *n, tg_gate_ast *g) {
  uint32_t count = 0;
  g->require_is_list = n->kind == TG_YAML_SEQ;
  if (!g->require_is_list || n->flow) {
    g->require = tg_arena_array(r->arena, tg_expr *, 1);
    if (g->require != NULL)
      g->require[g->require_count++] = g->require_is_list && n->flow ? NULL : tg_node_expr(r, n);
    if (g->require_is_list &&
        g->require !=
            NULL) { /* `[a, b]`: YAML cut an expression apart, or the author means a list of clauses */
      g->require_count = 0;
      for (const tg_node *c = n->first; c; c = c->next) count++;
      g->require = tg_arena_array(r->arena, tg_expr *, count ? count : 1);
      for (const tg_node *c = n->first; c && g->require; c = c->next)
        g->require[g->require_count++] = tg_node_expr(r, c);
    }
  } else {
    for (const tg_node *c = n->first; c; c = c->next) count++;
    g->require = tg_arena_array(r->arena, tg_expr *, count ? count : 1);
    for (const tg_node *c = n->first; c && g->require; c = c->next)
      g->require[g->require_count++] = tg_node_expr(r, c);
  }
  if (g->require_is_list && g->require_count == 0)
    tg_node_bad(r, n, "`require` needs at least one clause", NULL);
}

static void read_message(tg_node_reader *r, const tg_node *n, tg_gate_ast *g) {
  if (n->kind != TG_YAML_SCALAR) {
    tg_diag_at(r->d, TG_E_NOT_A_SCALAR, r->sources, (tg_span){n->at.start, 1},
               "YAML read this message as a %s", n->kind == TG_YAML_MAP ? "mapping" : "list");
    tg_diag_hint(r->d, "quote the whole message");
    return;
  }
  g->message_at = (tg_text_at){n->text, n->at};
  tg_expr_text x = tg_node_expr_text(r, n);
  tg_template_parse(r->arena, &x, r->d, &g->message);
}

static bool is_id(tg_str s) {
  for (uint32_t i = 0; i < s.n; i++) {
    char c = s.at[i];
    bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '_' || c == '.';
    if (!ok) return false;
  }
  return s.n > 0;
}

static bool read_evidence(tg_node_reader *r, const tg_node *c, tg_evidence_ast *e) {
  bool yes;
  if (tg_str_is(c->key, "evidence_max_age")) {
    e->max_age = tg_node_days(r, c);
  } else if (tg_str_is(c->key, "require_evidence")) {
    if (tg_node_boolean(r, c, &yes)) e->require = yes ? 2 : 1;
  } else {
    return false;
  }
  e->at = c->key_at;
  return true;
}

static void read_gate_key(tg_node_reader *r, const tg_node *c, tg_gate_ast *g) {
  if (tg_str_is(c->key, "id")) {
    g->id = tg_node_text(r, c);
    if (g->id.text.n && !is_id(g->id.text))
      tg_node_bad(r, c, "an id is made of letters, digits, hyphens, points and _", NULL);
  } else if (tg_str_is(c->key, "title"))
    g->title = tg_node_text(r, c);
  else if (tg_str_is(c->key, "area"))
    g->area = tg_node_text(r, c);
  else if (tg_str_is(c->key, "phase")) {
    g->phase = tg_node_list(r, c);
    g->has_phase = true;
  } else if (tg_str_is(c->key, "for")) {
    if (c->kind != TG_YAML_SCALAR) {
      tg_node_expr(r, c);
      return;
    }
    tg_expr_text x = tg_node_expr_text(r, c);
    g->binding = tg_binding_parse(r->arena, &x, r->d);
    g->broken |= g->binding == NULL;
  } else if (tg_str_is(c->key, "params"))
    g->params = read_params(r, c);
  else if (tg_str_is(c->key, "when"))
    g->when = tg_node_expr(r, c);
  else if (tg_str_is(c->key, "require"))
    read_require(r, c, g);
  else if (tg_str_is(c->key, "severity"))
    g->severity = tg_node_text(r, c);
  else if (tg_str_is(c->key, "likelihood"))
    g->likelihood = tg_node_expr(r, c);
  else if (tg_str_is(c->key, "impact"))
    g->impact = tg_node_expr(r, c);
  else if (tg_str_is(c->key, "effort"))
    g->effort = tg_node_expr(r, c);
  else if (tg_str_is(c->key, "weight"))
    g->weight = tg_node_expr(r, c);
  else if (tg_str_is(c->key, "message"))
    read_message(r, c, g);
  else if (tg_str_is(c->key, "rationale"))
    g->rationale = tg_node_text(r, c).text;
  else if (tg_str_is(c->key, "proof"))
    g->proof = tg_node_text(r, c).text;
  else if (tg_str_is(c->key, "remediation"))
    g->remediation = tg_node_text(r, c).text;
  else if (tg_str_is(c->key, "references"))
    g->references = tg_node_list(r, c);
  else if (tg_str_is(c->key, "tags"))
    g->tags = tg_node_list(r, c);
  else if (tg_str_is(c->key, "waivable"))
    tg_node_boolean(r, c, &g->waivable);
  else if (!read_evidence(r, c, &g->evidence))
    tg_node_unknown_key(r, c, "a gate", gate_keys);
}

static void read_gates(tg_node_reader *r, const tg_node *n, tg_pack_ast *p) {
  tg_gate_ast **end = &p->gates;
  if (n->kind != TG_YAML_SEQ) {
    if (!tg_node_is_null(n))
      tg_node_bad(r, n, "a list of gates is wanted here", "each gate begins with `- id:`");
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    if (c->kind != TG_YAML_MAP) {
      tg_node_bad(r, c, "a gate is a mapping", NULL);
      continue;
    }
    tg_gate_ast *g = tg_arena_new(r->arena, tg_gate_ast);
    if (g == NULL) return;
    g->waivable = true;
    g->evidence.max_age = -1;
    g->span = c->first ? c->first->key_at : c->at;
    for (const tg_node *k = c->first; k; k = k->next) read_gate_key(r, k, g);
    if (g->id.text.n == 0) tg_node_missing_key(r, g->span, "a gate", "id");
    if (g->title.text.n == 0) tg_node_missing_key(r, g->span, "a gate", "title");
    if (g->require == NULL) tg_node_missing_key(r, g->span, "a gate", "require");
    if (g->severity.text.n) tg_node_severity(r, g->severity);
    if (g->id.text.n == 0 || g->require == NULL) continue;
    *end = g;
    end = &g->next;
    p->gate_count++;
  }
}

/* ---- the pack ---- */

static const char *const pack_keys[] = {"pack",
                                        "version",
                                        "title",
                                        "uses",
                                        "area",
                                        "let",
                                        "params",
                                        "gates",
                                        "model",
                                        "scope",
                                        "phase_fact",
                                        "phases",
                                        "as_of_fact",
                                        "id_fact",
                                        "waivers_fact",
                                        "waiver_policy",
                                        "known_by",
                                        "evidence_max_age",
                                        "require_evidence",
                                        NULL};

static void read_known(tg_node_reader *r, const tg_node *n, tg_pack_ast *p) {
  tg_known_ast **end = &p->known_by;
  if (n->kind != TG_YAML_MAP) {
    tg_node_bad(r, n, "a mapping of facts to who knows them is wanted here",
                "known_by: {systems: Owner of the system}");
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    tg_known_ast *k = tg_arena_new(r->arena, tg_known_ast);
    if (k == NULL) return;
    k->path = (tg_text_at){c->key, c->key_at};
    k->who = tg_node_text(r, c);
    *end = k;
    end = &k->next;
  }
}

static bool is_version(tg_str s) {
  int points = 0, digits = 0;
  for (uint32_t i = 0; i < s.n; i++) {
    char c = s.at[i];
    if (c >= '0' && c <= '9')
      digits++;
    else if (c == '.' && digits > 0 && points < 2) {
      points++;
      digits = 0;
    } else if ((c == '-' || c == '+') && points == 2 && digits > 0)
      return i + 1 < s.n;
    else
      return false;
  }
  return points == 2 && digits > 0;
}

static bool is_pack_name(tg_str s) {
  bool start = true;
  for (uint32_t i = 0; i < s.n; i++) {
    char c = s.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_', digit = c >= '0' && c <= '9';
    if (c == '.') {
      if (start) return false;
      start = true;
      continue;
    }
    if (!letter && !(!start && (digit || c == '-'))) return false;
    start = false;
  }
  return !start;
}

static void fact_path(tg_node_reader *r, const tg_node *c, tg_text_at *text, tg_expr **x) {
  *text = tg_node_text(r, c);
  if (text->text.n) *x = tg_node_expr(r, c);
}

static void read_pack_key(tg_node_reader *r, const tg_node *c, tg_pack_ast *p) {
  if (tg_str_is(c->key, "pack")) {
    p->name = tg_node_text(r, c);
    if (p->name.text.n && !is_pack_name(p->name.text))
      tg_node_bad(r, c, "a pack's name is words joined by points", "for example bot.governance");
  } else if (tg_str_is(c->key, "version")) {
    p->version = tg_node_text(r, c);
    if (p->version.text.n && !is_version(p->version.text))
      tg_node_bad(r, c, "a version is three numbers: 1.2.0", NULL);
  } else if (tg_str_is(c->key, "title"))
    p->title = tg_node_text(r, c);
  else if (tg_str_is(c->key, "uses"))
    p->uses = tg_node_list(r, c);
  else if (tg_str_is(c->key, "area"))
    p->area = tg_node_text(r, c);
  else if (tg_str_is(c->key, "let"))
    read_lets(r, c, p);
  else if (tg_str_is(c->key, "params"))
    p->params = read_params(r, c);
  else if (tg_str_is(c->key, "gates"))
    read_gates(r, c, p);
  else if (tg_str_is(c->key, "model")) {
    p->has_model = true;
    read_fields(r, c, &p->model);
  } else if (tg_str_is(c->key, "scope")) {
    p->scope = tg_node_text(r, c);
    if (p->scope.text.n && !tg_str_is(p->scope.text, "portfolio"))
      tg_node_bad(r, c, "the only scope is `portfolio`", NULL);
  } else if (tg_str_is(c->key, "phases"))
    p->phases = tg_node_list(r, c);
  else if (tg_str_is(c->key, "phase_fact"))
    fact_path(r, c, &p->phase_fact, &p->phase_fact_x);
  else if (tg_str_is(c->key, "as_of_fact"))
    fact_path(r, c, &p->as_of_fact, &p->as_of_fact_x);
  else if (tg_str_is(c->key, "id_fact"))
    fact_path(r, c, &p->id_fact, &p->id_fact_x);
  else if (tg_str_is(c->key, "waivers_fact"))
    fact_path(r, c, &p->waivers_fact, &p->waivers_fact_x);
  else if (tg_str_is(c->key, "waiver_policy"))
    tg_node_policy(r, c, &p->waiver_policy);
  else if (tg_str_is(c->key, "known_by"))
    read_known(r, c, p);
  else if (!read_evidence(r, c, &p->evidence))
    tg_node_unknown_key(r, c, "a pack", pack_keys);
}

static tg_status read_pack(tg_node_reader *r, uint32_t source, tg_pack_ast **out) {
  tg_node *root;
  tg_status st = tg_nodes_read(r, &root);
  if (st != TG_OK) return st;
  if (root == NULL || tg_node_is_null(root)) {
    tg_diag_file(r->d, TG_E_EMPTY, r->sources->list.at[source].name, "the file holds no rules");
    return TG_INVALID;
  }
  if (root->kind != TG_YAML_MAP) {
    tg_diag_at(r->d, TG_E_ROOT, r->sources, (tg_span){root->at.start, 1},
               "the top of a rule file must be a mapping");
    return TG_INVALID;
  }
  tg_pack_ast *p = tg_arena_new(r->arena, tg_pack_ast);
  if (p == NULL) return tg_mem_status(r->arena->mem);
  p->source = source;
  p->evidence.max_age = -1;
  for (const tg_node *c = root->first; c; c = c->next) read_pack_key(r, c, p);
  if (p->name.text.n == 0)
    tg_node_missing_key(r, root->first ? root->first->key_at : root->at, "a rule file", "pack");
  if (r->arena->mem->failed) return tg_mem_status(r->arena->mem);
  *out = p;
  return TG_OK;
}

tg_status tg_pack_read(tg_arena *arena, tg_sources *sources, uint32_t source, tg_diags *d,
                       tg_pack_ast **out) {
  tg_node_reader r = {arena, sources, d, NULL};
  tg_status st = tg_yaml_new(arena->mem, sources, source, d, &r.yaml);
  if (st != TG_OK) return st;
  st = read_pack(&r, source, out);
  tg_yaml_free(r.yaml);
  return st;
}
