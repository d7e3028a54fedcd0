/* A rule file or configuration as a small tree, and what its nodes may be read as. */
#include "lang/nodes.h"

#include "base/limits.h"

#include <string.h>

static tg_str keep(tg_node_reader *r, tg_str s) {
  char *copy = tg_arena_text(r->arena, s.at, s.n);
  return (tg_str){copy, copy ? s.n : 0};
}

static tg_node *make_node(tg_node_reader *r, const tg_yaml_event *e) {
  tg_node *n = tg_arena_new(r->arena, tg_node);
  if (n == NULL) return NULL;
  n->kind = e->kind;
  n->style = e->style;
  n->text = keep(r, e->text);
  n->at = e->at;
  n->flow = e->flow;
  return n;
}

/* The whole document; depth is bounded by the YAML floor. */
tg_status tg_nodes_read(tg_node_reader *r, tg_node **out) {
  tg_node *stack[TG_MAX_DEPTH + 1];
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
    tg_node *n = make_node(r, &e);
    if (n == NULL) return tg_mem_status(r->arena->mem);
    if (depth == 0) {
      *out = n;
    } else {
      tg_node *parent = stack[depth - 1];
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

void tg_node_bad(tg_node_reader *r, const tg_node *n, const char *message, const char *hint) {
  tg_span at = n->kind == TG_YAML_SCALAR && n->at.len ? n->at : (tg_span){n->at.start, 1};
  if (n->kind == TG_YAML_SCALAR && n->at.len == 0) at = n->key_at;
  tg_diag_at(r->d, TG_E_BAD_VALUE, r->sources, at, "%s", message);
  if (hint) tg_diag_hint(r->d, "%s", hint);
}

void tg_node_unknown_key(tg_node_reader *r, const tg_node *n, const char *where, const char *const *keys) {
  tg_str names[40];
  size_t count = 0;
  for (; keys[count] != NULL && count < 40; count++) names[count] = tg_str_of(keys[count]);
  tg_diag_at(r->d, TG_E_UNKNOWN_KEY, r->sources, n->key_at, "%s has no key `%.*s`", where,
             (int)(n->key.n < 60 ? n->key.n : 60), n->key.at);
  int near = tg_nearest(n->key, names, count);
  if (near >= 0) tg_diag_hint(r->d, "did you mean `%s`?", keys[near]);
}

void tg_node_missing_key(tg_node_reader *r, tg_span at, const char *where, const char *key) {
  tg_diag_at(r->d, TG_E_MISSING_KEY, r->sources, at, "%s needs the key `%s`", where, key);
}

/* ---- plain values ---- */

bool tg_node_is_null(const tg_node *n) {
  return n->kind == TG_YAML_SCALAR && n->style == TG_YAML_PLAIN && n->text.n == 0;
}

tg_text_at tg_node_text(tg_node_reader *r, const tg_node *n) {
  tg_text_at t = {{"", 0}, n->at};
  if (n->kind != TG_YAML_SCALAR || tg_node_is_null(n))
    tg_node_bad(r, n, "a text is wanted here", NULL);
  else
    t.text = n->text;
  return t;
}

tg_list_at tg_node_list(tg_node_reader *r, const tg_node *n) {
  tg_list_at l = {NULL, 0};
  uint32_t count = 0;
  if (n->kind == TG_YAML_SCALAR && !tg_node_is_null(n)) { /* one text stands for a list of one */
    l.at = tg_arena_new(r->arena, tg_text_at);
    if (l.at != NULL) l.at[l.count++] = tg_node_text(r, n);
    return l;
  }
  if (n->kind != TG_YAML_SEQ) {
    tg_node_bad(r, n, "a list of texts is wanted here", NULL);
    return l;
  }
  for (const tg_node *c = n->first; c; c = c->next) count++;
  l.at = tg_arena_array(r->arena, tg_text_at, count ? count : 1);
  for (const tg_node *c = n->first; c && l.at; c = c->next) l.at[l.count++] = tg_node_text(r, c);
  return l;
}

bool tg_node_boolean(tg_node_reader *r, const tg_node *n, bool *out) {
  *out = tg_str_is(n->text, "true");
  if (n->kind == TG_YAML_SCALAR && (*out || tg_str_is(n->text, "false"))) return true;
  tg_node_bad(r, n, "true or false is wanted here", NULL);
  return false;
}

tg_expr_text tg_node_expr_text(const tg_node_reader *r, const tg_node *n) {
  return (tg_expr_text){n->text, r->sources, n->at, n->style};
}

static tg_expr *error_node(tg_node_reader *r, const tg_node *n) {
  tg_expr *x = tg_arena_new(r->arena, tg_expr);
  if (x != NULL) {
    x->kind = TG_X_ERROR;
    x->span = x->op = n->at;
  }
  return x;
}

tg_expr *tg_node_expr(tg_node_reader *r, const tg_node *n) {
  if (n->kind != TG_YAML_SCALAR) {
    tg_diag_at(r->d, TG_E_NOT_A_SCALAR, r->sources, (tg_span){n->at.start, 1},
               "YAML read this as a %s, not as an expression", n->kind == TG_YAML_MAP ? "mapping" : "list");
    tg_diag_hint(
        r->d, "quote the whole expression when it begins with a bracket or a quote, or holds `: ` or ` #`");
    return error_node(r, n);
  }
  if (tg_node_is_null(n)) {
    tg_diag_at(r->d, TG_E_SYNTAX, r->sources, n->key_at.start == UINT32_MAX ? n->at : n->key_at,
               "an expression is wanted here");
    return error_node(r, n);
  }
  tg_expr_text x = tg_node_expr_text(r, n);
  return tg_expr_parse(r->arena, &x, r->d);
}

tg_scalar_ast *tg_node_scalar(tg_node_reader *r, const tg_node *n) {
  tg_scalar_ast *s = tg_arena_new(r->arena, tg_scalar_ast);
  if (s == NULL) return NULL;
  s->span = n->at;
  if (n->kind == TG_YAML_SCALAR) {
    s->text = n->text;
    s->plain = n->style == TG_YAML_PLAIN;
    return s;
  }
  if (n->kind != TG_YAML_SEQ) {
    tg_node_bad(r, n, "a value or a list of values is wanted here", NULL);
    return s;
  }
  s->is_list = true;
  uint32_t count = 0;
  for (const tg_node *c = n->first; c; c = c->next) count++;
  s->list = tg_arena_array(r->arena, tg_scalar_ast, count ? count : 1);
  for (const tg_node *c = n->first; c && s->list; c = c->next) {
    if (c->kind != TG_YAML_SCALAR) tg_node_bad(r, c, "a plain value is wanted here", NULL);
    s->list[s->list_count++] =
        (tg_scalar_ast){.text = c->text, .plain = c->style == TG_YAML_PLAIN, .span = c->at};
  }
  return s;
}

void tg_node_severity(tg_node_reader *r, tg_text_at s) {
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

void tg_node_policy(tg_node_reader *r, const tg_node *n, tg_waiver_policy_ast *w) {
  static const char *const keys[] = {"max_days", "max_severity", "compensating_action", NULL};
  w->present = true;
  w->span = n->at;
  if (n->kind != TG_YAML_MAP) {
    tg_node_bad(r, n, "a mapping is wanted here", NULL);
    return;
  }
  for (const tg_node *c = n->first; c; c = c->next) {
    if (tg_str_is(c->key, "max_days"))
      w->max_days = tg_node_expr(r, c);
    else if (tg_str_is(c->key, "max_severity")) {
      w->max_severity = tg_node_text(r, c);
      tg_node_severity(r, w->max_severity);
    } else if (tg_str_is(c->key, "compensating_action")) {
      w->compensating_action = tg_str_is(c->text, "required");
      if (!w->compensating_action) tg_node_bad(r, c, "the only value is `required`", NULL);
    } else
      tg_node_unknown_key(r, c, "a waiver policy", keys);
  }
}

int64_t tg_node_days(tg_node_reader *r, const tg_node *n) {
  tg_value v;
  if (n->kind == TG_YAML_SCALAR) {
    if (tg_number_parse(n->text.at, n->text.n, true, &v) == TG_PARSE_OK && v.aux == 0 && v.num >= 0)
      return v.num;
    if (tg_duration_parse(n->text.at, n->text.n, &v) && tg_duration_months(v) == 0 &&
        tg_duration_days(v) >= 0)
      return tg_duration_days(v);
  }
  tg_node_bad(r, n, "a number of days is wanted here", "for example 90, or 90 days");
  return -1;
}
