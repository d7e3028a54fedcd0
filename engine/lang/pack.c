/* Rule files: YAML to a small tree, the tree to a pack.  Every unknown key, missing key and malformed value is reported; what can be
 * read is read. */
#include "lang/lang.h"

#include "base/limits.h"

#include <string.h>

typedef struct node node;
struct node {
  tg_yaml_kind kind; /* SCALAR, MAP, SEQ */
  tg_yaml_style style;
  tg_str text;
  tg_span at;
  node *first, *last, *next;
  tg_str key; /* of a mapping's child */
  tg_span key_at;
  tg_yaml_style key_style;
  bool flow;
};

typedef struct reader {
  tg_arena *arena;
  tg_sources *sources;
  tg_diags *d;
  tg_yaml *yaml;
} reader;

static tg_str keep(reader *r, tg_str s) {
  char *copy = tg_arena_text(r->arena, s.at, s.n);
  return (tg_str){copy, copy ? s.n : 0};
}

static node *make_node(reader *r, const tg_yaml_event *e) {
  node *n = tg_arena_new(r->arena, node);
  if (n == NULL) return NULL;
  n->kind = e->kind;
  n->style = e->style;
  n->text = keep(r, e->text);
  n->at = e->at;
  n->flow = e->flow;
  return n;
}

/* The whole document; depth is bounded by the YAML floor. */
static tg_status read_tree(reader *r, node **out) {
  node *stack[TG_MAX_DEPTH + 1];
  int depth = 0;
  tg_yaml_event e;
  tg_str key = {"", 0};
  tg_span key_at = TG_NO_SPAN;
  tg_yaml_style key_style = TG_YAML_PLAIN;
  *out = NULL;
  for (;;) {
    tg_status st = tg_yaml_next(r->yaml, &e);
    if (st != TG_OK) return st;
    if (e.kind == TG_YAML_END) return TG_OK;
    if (e.kind == TG_YAML_MAP_END || e.kind == TG_YAML_SEQ_END) {
      depth--;
      continue;
    }
    if (e.kind == TG_YAML_KEY) {
      key = keep(r, e.text);
      key_at = e.at;
      key_style = e.style;
      continue;
    }
    node *n = make_node(r, &e);
    if (n == NULL) return tg_mem_status(r->arena->mem);
    if (depth == 0) {
      *out = n;
    } else {
      node *parent = stack[depth - 1];
      n->key = key;
      n->key_at = key_at;
      n->key_style = key_style;
      if (parent->last)
        parent->last->next = n;
      else
        parent->first = n;
      parent->last = n;
    }
    if (e.kind != TG_YAML_SCALAR) stack[depth++] = n;
  }
}

/* ---- complaints ---- */

static void bad_value(reader *r, const node *n, const char *message, const char *hint) {
  tg_span at = n->kind == TG_YAML_SCALAR && n->at.len ? n->at : (tg_span){n->at.start, 1};
  if (n->kind == TG_YAML_SCALAR && n->at.len == 0) at = n->key_at;
  tg_diag_at(r->d, TG_E_BAD_VALUE, r->sources, at, "%s", message);
  if (hint) tg_diag_hint(r->d, "%s", hint);
}

static void unknown_key(reader *r, const node *n, const char *where, const char *const *keys) {
  tg_str names[40];
  size_t count = 0;
  for (; keys[count] != NULL && count < 40; count++) names[count] = tg_str_of(keys[count]);
  tg_diag_at(r->d, TG_E_UNKNOWN_KEY, r->sources, n->key_at, "%s has no key `%.*s`", where,
             (int)(n->key.n < 60 ? n->key.n : 60), n->key.at);
  int near = tg_nearest(n->key, names, count);
  if (near >= 0) tg_diag_hint(r->d, "did you mean `%s`?", keys[near]);
}

static void missing_key(reader *r, tg_span at, const char *where, const char *key) {
  tg_diag_at(r->d, TG_E_MISSING_KEY, r->sources, at, "%s needs the key `%s`", where, key);
}

/* ---- plain values ---- */

static bool is_null(const node *n) {
  return n->kind == TG_YAML_SCALAR && n->style == TG_YAML_PLAIN && n->text.n == 0;
}

static tg_text_at text_of(reader *r, const node *n) {
  tg_text_at t = {{"", 0}, n->at};
  if (n->kind != TG_YAML_SCALAR || is_null(n))
    bad_value(r, n, "a text is wanted here", NULL);
  else
    t.text = n->text;
  return t;
}

static tg_list_at list_of(reader *r, const node *n) {
  tg_list_at l = {NULL, 0};
  uint32_t count = 0;
  if (n->kind == TG_YAML_SCALAR && !is_null(n)) { /* one text stands for a list of one */
    l.at = tg_arena_new(r->arena, tg_text_at);
    if (l.at != NULL) l.at[l.count++] = text_of(r, n);
    return l;
  }
  if (n->kind != TG_YAML_SEQ) {
    bad_value(r, n, "a list of texts is wanted here", NULL);
    return l;
  }
  for (const node *c = n->first; c; c = c->next) count++;
  l.at = tg_arena_array(r->arena, tg_text_at, count ? count : 1);
  for (const node *c = n->first; c && l.at; c = c->next) l.at[l.count++] = text_of(r, c);
  return l;
}

static bool boolean_of(reader *r, const node *n, bool *out) {
  *out = tg_str_is(n->text, "true");
  if (n->kind == TG_YAML_SCALAR && (*out || tg_str_is(n->text, "false"))) return true;
  bad_value(r, n, "true or false is wanted here", NULL);
  return false;
}

static tg_expr_text expression_text(const reader *r, const node *n) {
  return (tg_expr_text){n->text, r->sources, n->at, n->style};
}

static tg_expr *error_node(reader *r, const node *n) {
  tg_expr *x = tg_arena_new(r->arena, tg_expr);
  if (x != NULL) {
    x->kind = TG_X_ERROR;
    x->span = x->op = n->at;
  }
  return x;
}

static tg_expr *expression(reader *r, const node *n) {
  if (n->kind != TG_YAML_SCALAR) {
    tg_diag_at(r->d, TG_E_NOT_A_SCALAR, r->sources, (tg_span){n->at.start, 1},
               "YAML read this as a %s, not as an expression", n->kind == TG_YAML_MAP ? "mapping" : "list");
    tg_diag_hint(
        r->d, "quote the whole expression when it begins with a bracket or a quote, or holds `: ` or ` #`");
    return error_node(r, n);
  }
  if (is_null(n)) {
    tg_diag_at(r->d, TG_E_SYNTAX, r->sources, n->key_at.start == UINT32_MAX ? n->at : n->key_at,
               "an expression is wanted here");
    return error_node(r, n);
  }
  tg_expr_text x = expression_text(r, n);
  return tg_expr_parse(r->arena, &x, r->d);
}

/* ---- parameters, lets ---- */

static tg_scalar_ast *scalar_of(reader *r, const node *n) {
  tg_scalar_ast *s = tg_arena_new(r->arena, tg_scalar_ast);
  if (s == NULL) return NULL;
  s->span = n->at;
  if (n->kind == TG_YAML_SCALAR) {
    s->text = n->text;
    s->plain = n->style == TG_YAML_PLAIN;
    return s;
  }
  if (n->kind != TG_YAML_SEQ) {
    bad_value(r, n, "a value or a list of values is wanted here", NULL);
    return s;
  }
  s->is_list = true;
  uint32_t count = 0;
  for (const node *c = n->first; c; c = c->next) count++;
  s->list = tg_arena_array(r->arena, tg_scalar_ast, count ? count : 1);
  for (const node *c = n->first; c && s->list; c = c->next) {
    if (c->kind != TG_YAML_SCALAR) bad_value(r, c, "a plain value is wanted here", NULL);
    s->list[s->list_count++] =
        (tg_scalar_ast){.text = c->text, .plain = c->style == TG_YAML_PLAIN, .span = c->at};
  }
  return s;
}

static bool is_name(tg_str s) {
  if (s.n == 0) return false;
  for (uint32_t i = 0; i < s.n; i++) {
    char c = s.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_', digit = c >= '0' && c <= '9';
    if (!letter && !(digit && i > 0)) return false;
  }
  return true;
}

static tg_type_ast *type_of(reader *r, const node *n) {
  tg_type_ast *t = tg_arena_new(r->arena, tg_type_ast);
  if (t == NULL) return NULL;
  if (n->kind != TG_YAML_SCALAR) {
    bad_value(r, n, "a type is wanted here", NULL);
    return NULL;
  }
  tg_expr_text x = expression_text(r, n);
  return tg_type_parse(r->arena, &x, r->d, t) ? t : NULL;
}

static void read_param(reader *r, const node *n, tg_param_ast *p) {
  static const char *const keys[] = {"value", "type", "unit", "about", NULL};
  p->name = (tg_text_at){n->key, n->key_at};
  if (!is_name(n->key)) bad_value(r, n, "a parameter's name is made of letters, digits and _", NULL);
  if (n->kind != TG_YAML_MAP) {
    p->value = scalar_of(r, n);
    return;
  }
  for (const node *c = n->first; c; c = c->next) {
    if (tg_str_is(c->key, "value"))
      p->value = scalar_of(r, c);
    else if (tg_str_is(c->key, "type"))
      p->type = type_of(r, c);
    else if (tg_str_is(c->key, "unit"))
      p->unit = text_of(r, c).text;
    else if (tg_str_is(c->key, "about"))
      p->about = text_of(r, c).text;
    else
      unknown_key(r, c, "a parameter", keys);
  }
  if (p->value == NULL) missing_key(r, n->key_at, "a parameter", "value");
}

static tg_param_ast *read_params(reader *r, const node *n) {
  tg_param_ast *first = NULL, **end = &first;
  if (n->kind != TG_YAML_MAP) {
    if (!is_null(n)) bad_value(r, n, "a mapping of parameters is wanted here", NULL);
    return NULL;
  }
  for (const node *c = n->first; c; c = c->next) {
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
static bool let_name(reader *r, const node *n, tg_let_ast *l) {
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
  if (!ok) bad_value(r, n, "a let is called `name` or `name(argument, ..)`", NULL);
  if (ok && tg_is_reserved(l->name.text)) {
    tg_diag_at(r->d, TG_E_RESERVED, r->sources, l->name.span, "a reserved word cannot be the name of a let");
    ok = false;
  }
  return ok;
}

static void read_lets(reader *r, const node *n, tg_pack_ast *p) {
  tg_let_ast **end = &p->lets;
  if (n->kind != TG_YAML_MAP) {
    if (!is_null(n)) bad_value(r, n, "a mapping of lets is wanted here", NULL);
    return;
  }
  for (const node *c = n->first; c; c = c->next) {
    tg_let_ast *l = tg_arena_new(r->arena, tg_let_ast);
    if (l == NULL) return;
    bool named = let_name(r, c, l);
    l->body = expression(r, c);
    if (!named || l->body == NULL) continue;
    *end = l;
    end = &l->next;
    p->let_count++;
  }
}

/* ---- the model ---- */

static void read_fields(reader *r, const node *n, tg_model_ast **first);

static bool is_long_form(const node *n) {
  /* {type: .., unit: ..}: a record of facts that happens to have a fact called `type` is told by the other keys */
  bool type = false;
  for (const node *c = n->first; c; c = c->next) {
    bool known = tg_str_is(c->key, "type") || tg_str_is(c->key, "unit") || tg_str_is(c->key, "about") ||
                 tg_str_is(c->key, "example");
    if (!known) return false;
    type |= tg_str_is(c->key, "type") && c->kind == TG_YAML_SCALAR;
  }
  return type;
}

static void read_long(reader *r, const node *n, tg_model_ast *f) {
  for (const node *c = n->first; c; c = c->next) {
    if (tg_str_is(c->key, "type")) {
      tg_type_ast *t = type_of(r, c);
      if (t != NULL) f->type = *t;
    } else if (tg_str_is(c->key, "unit")) {
      f->unit = text_of(r, c).text;
    } else if (tg_str_is(c->key, "about")) {
      f->about = text_of(r, c).text;
    } else {
      f->example = c->kind == TG_YAML_MAP ? NULL : scalar_of(r, c);
    }
  }
}

static bool read_field(reader *r, const node *n, tg_model_ast *f) {
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
      bad_value(r, n, "a list or map of records needs its fields",
                "a list of plain values is `list of TYPE`");
      return false;
    }
    tg_type_ast *t = type_of(r, n);
    if (t == NULL) return false;
    f->type = *t;
    return true;
  }
  if (n->kind == TG_YAML_SEQ) {
    bad_value(r, n, "a type or a mapping of facts is wanted here", NULL);
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

static void read_fields(reader *r, const node *n, tg_model_ast **first) {
  if (n->kind != TG_YAML_MAP) {
    if (!is_null(n)) bad_value(r, n, "a mapping of facts is wanted here", NULL);
    return;
  }
  for (const node *c = n->first; c; c = c->next) {
    tg_model_ast *f = tg_arena_new(r->arena, tg_model_ast);
    if (f == NULL) return;
    if (!read_field(r, c, f)) continue;
    *first = f;
    first = &f->next;
  }
}

/* ---- gates ---- */

static const char *const gate_keys[] = {
    "id",        "title",    "area",        "phase",      "for",    "params",   "when",
    "require",   "severity", "likelihood",  "impact",     "effort", "weight",   "message",
    "rationale", "proof",    "remediation", "references", "tags",   "waivable", NULL};

static void read_require(reader *r, const node *n, tg_gate_ast *g) {
  uint32_t count = 0;
  g->require_is_list = n->kind == TG_YAML_SEQ;
  if (!g->require_is_list || n->flow) {
    g->require = tg_arena_array(r->arena, tg_expr *, 1);
    if (g->require != NULL)
      g->require[g->require_count++] = g->require_is_list && n->flow ? NULL : expression(r, n);
    if (g->require_is_list &&
        g->require !=
            NULL) { /* `[a, b]`: YAML cut an expression apart, or the author means a list of clauses */
      g->require_count = 0;
      for (const node *c = n->first; c; c = c->next) count++;
      g->require = tg_arena_array(r->arena, tg_expr *, count ? count : 1);
      for (const node *c = n->first; c && g->require; c = c->next)
        g->require[g->require_count++] = expression(r, c);
    }
  } else {
    for (const node *c = n->first; c; c = c->next) count++;
    g->require = tg_arena_array(r->arena, tg_expr *, count ? count : 1);
    for (const node *c = n->first; c && g->require; c = c->next)
      g->require[g->require_count++] = expression(r, c);
  }
  if (g->require_is_list && g->require_count == 0)
    bad_value(r, n, "`require` needs at least one clause", NULL);
}

static void read_message(reader *r, const node *n, tg_gate_ast *g) {
  if (n->kind != TG_YAML_SCALAR) {
    tg_diag_at(r->d, TG_E_NOT_A_SCALAR, r->sources, (tg_span){n->at.start, 1},
               "YAML read this message as a %s", n->kind == TG_YAML_MAP ? "mapping" : "list");
    tg_diag_hint(r->d, "quote the whole message");
    return;
  }
  g->message_at = (tg_text_at){n->text, n->at};
  tg_expr_text x = expression_text(r, n);
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

static bool unsupported(reader *r, const node *n) {
  if (!tg_str_is(n->key, "evidence_max_age") && !tg_str_is(n->key, "require_evidence")) return false;
  tg_diag_at(r->d, TG_E_UNSUPPORTED, r->sources, n->key_at,
             "evidence rules are not supported by this version yet");
  return true;
}

static void read_gate_key(reader *r, const node *c, tg_gate_ast *g) {
  if (tg_str_is(c->key, "id")) {
    g->id = text_of(r, c);
    if (g->id.text.n && !is_id(g->id.text))
      bad_value(r, c, "an id is made of letters, digits, hyphens, points and _", NULL);
  } else if (tg_str_is(c->key, "title"))
    g->title = text_of(r, c);
  else if (tg_str_is(c->key, "area"))
    g->area = text_of(r, c);
  else if (tg_str_is(c->key, "phase")) {
    g->phase = list_of(r, c);
    g->has_phase = true;
  } else if (tg_str_is(c->key, "for")) {
    if (c->kind != TG_YAML_SCALAR) {
      expression(r, c);
      return;
    }
    tg_expr_text x = expression_text(r, c);
    g->binding = tg_binding_parse(r->arena, &x, r->d);
    g->broken |= g->binding == NULL;
  } else if (tg_str_is(c->key, "params"))
    g->params = read_params(r, c);
  else if (tg_str_is(c->key, "when"))
    g->when = expression(r, c);
  else if (tg_str_is(c->key, "require"))
    read_require(r, c, g);
  else if (tg_str_is(c->key, "severity"))
    g->severity = text_of(r, c);
  else if (tg_str_is(c->key, "likelihood"))
    g->likelihood = expression(r, c);
  else if (tg_str_is(c->key, "impact"))
    g->impact = expression(r, c);
  else if (tg_str_is(c->key, "effort"))
    g->effort = expression(r, c);
  else if (tg_str_is(c->key, "weight"))
    g->weight = expression(r, c);
  else if (tg_str_is(c->key, "message"))
    read_message(r, c, g);
  else if (tg_str_is(c->key, "rationale"))
    g->rationale = text_of(r, c).text;
  else if (tg_str_is(c->key, "proof"))
    g->proof = text_of(r, c).text;
  else if (tg_str_is(c->key, "remediation"))
    g->remediation = text_of(r, c).text;
  else if (tg_str_is(c->key, "references"))
    g->references = list_of(r, c);
  else if (tg_str_is(c->key, "tags"))
    g->tags = list_of(r, c);
  else if (tg_str_is(c->key, "waivable"))
    boolean_of(r, c, &g->waivable);
  else if (!unsupported(r, c))
    unknown_key(r, c, "a gate", gate_keys);
}

static void check_severity(reader *r, tg_text_at s) {
  static const char *const words[] = {"critical", "high", "medium", "low", "info"};
  tg_str names[5];
  for (int i = 0; i < 5; i++) {
    names[i] = tg_str_of(words[i]);
    if (tg_str_is(s.text, words[i])) return;
  }
  tg_diag_at(r->d, TG_E_BAD_VALUE, r->sources, s.span, "a severity is critical, high, medium, low or info");
  int near = tg_nearest(s.text, names, 5);
  if (near >= 0) tg_diag_hint(r->d, "did you mean `%s`?", words[near]);
}

static void read_gates(reader *r, const node *n, tg_pack_ast *p) {
  tg_gate_ast **end = &p->gates;
  if (n->kind != TG_YAML_SEQ) {
    if (!is_null(n)) bad_value(r, n, "a list of gates is wanted here", "each gate begins with `- id:`");
    return;
  }
  for (const node *c = n->first; c; c = c->next) {
    if (c->kind != TG_YAML_MAP) {
      bad_value(r, c, "a gate is a mapping", NULL);
      continue;
    }
    tg_gate_ast *g = tg_arena_new(r->arena, tg_gate_ast);
    if (g == NULL) return;
    g->waivable = true;
    g->span = c->first ? c->first->key_at : c->at;
    for (const node *k = c->first; k; k = k->next) read_gate_key(r, k, g);
    if (g->id.text.n == 0) missing_key(r, g->span, "a gate", "id");
    if (g->title.text.n == 0) missing_key(r, g->span, "a gate", "title");
    if (g->require == NULL) missing_key(r, g->span, "a gate", "require");
    if (g->severity.text.n) check_severity(r, g->severity);
    if (g->id.text.n == 0 || g->require == NULL) continue;
    *end = g;
    end = &g->next;
    p->gate_count++;
  }
}

/* ---- the pack ---- */

static const char *const pack_keys[] = {"pack",          "version", "title",      "uses",    "area",
                                        "let",           "params",  "gates",      "model",   "scope",
                                        "phase_fact",    "phases",  "as_of_fact", "id_fact", "waivers_fact",
                                        "waiver_policy", NULL};

static void read_policy(reader *r, const node *n, tg_waiver_policy_ast *w) {
  static const char *const keys[] = {"max_days", "max_severity", "compensating_action", NULL};
  w->present = true;
  w->span = n->at;
  if (n->kind != TG_YAML_MAP) {
    bad_value(r, n, "a mapping is wanted here", NULL);
    return;
  }
  for (const node *c = n->first; c; c = c->next) {
    if (tg_str_is(c->key, "max_days"))
      w->max_days = expression(r, c);
    else if (tg_str_is(c->key, "max_severity")) {
      w->max_severity = text_of(r, c);
      check_severity(r, w->max_severity);
    } else if (tg_str_is(c->key, "compensating_action")) {
      w->compensating_action = tg_str_is(c->text, "required");
      if (!w->compensating_action) bad_value(r, c, "the only value is `required`", NULL);
    } else
      unknown_key(r, c, "a waiver policy", keys);
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

static void fact_path(reader *r, const node *c, tg_text_at *text, tg_expr **x) {
  *text = text_of(r, c);
  if (text->text.n) *x = expression(r, c);
}

static void read_pack_key(reader *r, const node *c, tg_pack_ast *p) {
  if (tg_str_is(c->key, "pack")) {
    p->name = text_of(r, c);
    if (p->name.text.n && !is_pack_name(p->name.text))
      bad_value(r, c, "a pack's name is words joined by points", "for example bot.governance");
  } else if (tg_str_is(c->key, "version")) {
    p->version = text_of(r, c);
    if (p->version.text.n && !is_version(p->version.text))
      bad_value(r, c, "a version is three numbers: 1.2.0", NULL);
  } else if (tg_str_is(c->key, "title"))
    p->title = text_of(r, c);
  else if (tg_str_is(c->key, "uses"))
    p->uses = list_of(r, c);
  else if (tg_str_is(c->key, "area"))
    p->area = text_of(r, c);
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
    p->scope = text_of(r, c);
    if (p->scope.text.n && !tg_str_is(p->scope.text, "portfolio"))
      bad_value(r, c, "the only scope is `portfolio`", NULL);
  } else if (tg_str_is(c->key, "phases"))
    p->phases = list_of(r, c);
  else if (tg_str_is(c->key, "phase_fact"))
    fact_path(r, c, &p->phase_fact, &p->phase_fact_x);
  else if (tg_str_is(c->key, "as_of_fact"))
    fact_path(r, c, &p->as_of_fact, &p->as_of_fact_x);
  else if (tg_str_is(c->key, "id_fact"))
    fact_path(r, c, &p->id_fact, &p->id_fact_x);
  else if (tg_str_is(c->key, "waivers_fact"))
    fact_path(r, c, &p->waivers_fact, &p->waivers_fact_x);
  else if (tg_str_is(c->key, "waiver_policy"))
    read_policy(r, c, &p->waiver_policy);
  else if (!unsupported(r, c))
    unknown_key(r, c, "a pack", pack_keys);
}

static tg_status read_pack(reader *r, uint32_t source, tg_pack_ast **out) {
  node *root;
  tg_status st = read_tree(r, &root);
  if (st != TG_OK) return st;
  if (root == NULL || is_null(root)) {
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
  for (const node *c = root->first; c; c = c->next) read_pack_key(r, c, p);
  if (p->name.text.n == 0)
    missing_key(r, root->first ? root->first->key_at : root->at, "a rule file", "pack");
  if (r->arena->mem->failed) return tg_mem_status(r->arena->mem);
  *out = p;
  return TG_OK;
}

tg_status tg_pack_read(tg_arena *arena, tg_sources *sources, uint32_t source, tg_diags *d,
                       tg_pack_ast **out) {
  reader r = {arena, sources, d, NULL};
  tg_status st = tg_yaml_new(arena->mem, sources, source, d, &r.yaml);
  if (st != TG_OK) return st;
  st = read_pack(&r, source, out);
  tg_yaml_free(r.yaml);
  return st;
}
