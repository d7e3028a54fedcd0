/* Expressions: recursive descent over the grammar of rules/LANGUAGE.md.  The first error of a clause is reported, and the
 * clause becomes TG_X_ERROR; the next clause is parsed as if nothing had happened. */
#include "base/limits.h"
#include "lang/lexer.h"

#include <string.h>

typedef struct parser {
  tg_lexer lex;
  tg_token token; /* not taken yet */
  uint32_t end;   /* of the token taken last */
  int depth;
  bool failed;
  tg_expr spare; /* what is handed out when memory is refused: nobody reads it after that */
} parser;

static tg_expr *parse_expr(parser *p);

static void report(parser *p, tg_code code, const tg_token *at, const char *message, const char *hint) {
  if (!p->failed && at->kind != TG_TK_ERROR) {
    tg_diag_at(p->lex.d, code, p->lex.x->sources, tg_lexer_span(&p->lex, at->start, at->end), "%s", message);
    if (hint) tg_diag_hint(p->lex.d, "%s", hint);
  }
  p->failed = true;
}

static void take(parser *p) {
  p->end = p->token.end;
  p->token = tg_lexer_next(&p->lex);
  if (p->token.kind == TG_TK_ERROR) p->failed = true;
}

static bool is_word(const parser *p, const char *word) {
  return p->token.kind == TG_TK_NAME && tg_str_is(p->token.text, word);
}

static bool accept_word(parser *p, const char *word) {
  if (!is_word(p, word)) return false;
  take(p);
  return true;
}

static bool accept(parser *p, tg_token_kind kind) {
  if (p->token.kind != kind) return false;
  take(p);
  return true;
}

static void expect(parser *p, tg_token_kind kind, const char *message) {
  if (!accept(p, kind)) report(p, TG_E_SYNTAX, &p->token, message, NULL);
}

static void expect_word(parser *p, const char *word, const char *message) {
  if (!accept_word(p, word)) report(p, TG_E_SYNTAX, &p->token, message, NULL);
}

static tg_expr *make(parser *p, tg_expr_kind kind, uint32_t start) {
  tg_expr *x = tg_arena_new(p->lex.arena, tg_expr);
  if (x == NULL) {
    p->failed = true;
    memset(&p->spare, 0, sizeof p->spare);
    p->spare.kind = TG_X_ERROR;
    return &p->spare;
  }
  x->kind = kind;
  x->span = x->op = tg_lexer_span(&p->lex, start, start + 1);
  return x;
}

/* Closes the span at the last token taken; `start` in text bytes. */
static tg_expr *finish(parser *p, tg_expr *x, uint32_t start) {
  if (x->kind != TG_X_ERROR) x->span = tg_lexer_span(&p->lex, start, p->end);
  return x;
}

static tg_span op_span(parser *p, const tg_token *t) { return tg_lexer_span(&p->lex, t->start, t->end); }

static bool deeper(parser *p) {
  if (p->depth++ < TG_MAX_EXPR_DEPTH) return true;
  report(p, TG_E_EXPR_DEPTH, &p->token, "the expression is nested too deep", "move parts of it into lets");
  return false;
}

/* ---- bindings ---- */

static bool binding_ahead(parser *p) {
  /* name in .. | name, name in ..: looks at up to four tokens on a copy of the lexer, whose errors do not count */
  if (p->token.kind != TG_TK_NAME || tg_is_reserved(p->token.text)) return false;
  tg_lexer copy = p->lex;
  tg_mem none;
  tg_mem_init(&none, NULL, 1);
  tg_diags silent;
  tg_diags_init(&silent, &none);
  copy.d = &silent;
  tg_token t = tg_lexer_next(&copy);
  if (t.kind == TG_TK_COMMA) {
    t = tg_lexer_next(&copy);
    if (t.kind == TG_TK_NAME && !tg_is_reserved(t.text))
      t = tg_lexer_next(&copy);
    else
      t.kind = TG_TK_END;
  }
  tg_diags_done(&silent);
  return t.kind == TG_TK_NAME && tg_str_is(t.text, "in");
}

static tg_str bound_name(parser *p, tg_span *span) {
  tg_str name = {"", 0};
  if (p->token.kind != TG_TK_NAME) {
    report(p, TG_E_SYNTAX, &p->token, "a name for the element is wanted here", NULL);
    return name;
  }
  if (tg_is_reserved(p->token.text))
    report(p, TG_E_RESERVED, &p->token, "a reserved word cannot be a name", NULL);
  name = p->token.text;
  *span = op_span(p, &p->token);
  take(p);
  return name;
}

static tg_expr *parse_sum(parser *p);

static void parse_binding(parser *p, tg_binding *b) {
  uint32_t start = p->token.start;
  memset(b, 0, sizeof *b);
  b->name = bound_name(p, &b->name_span);
  if (accept(p, TG_TK_COMMA)) {
    b->position = b->name;
    b->position_span = b->name_span;
    b->name = bound_name(p, &b->name_span);
  }
  expect_word(p, "in", "`in` and a list are wanted here");
  b->list = parse_sum(p);
  if (accept_word(p, "where")) b->where = parse_expr(p);
  if (is_word(p, "order")) {
    take(p);
    expect_word(p, "by", "`by` is wanted here");
    b->order = parse_sum(p);
    b->descending = accept_word(p, "desc");
  }
  if (accept_word(p, "first")) b->first = parse_sum(p);
  b->span = tg_lexer_span(&p->lex, start, p->end);
}

static bool add_binding(parser *p, tg_expr *x, tg_binding *b) {
  tg_binding *all = tg_arena_array(p->lex.arena, tg_binding, x->binding_count + 1);
  if (all == NULL) return false;
  if (x->binding_count) memcpy(all, x->bindings, sizeof *all * x->binding_count);
  all[x->binding_count++] = *b;
  x->bindings = all;
  return true;
}

static bool push(parser *p, tg_expr ***list, uint32_t *count, tg_expr *x) {
  if ((*count & (*count - 1)) == 0) { /* room doubles at powers of two */
    tg_expr **more = tg_arena_array(p->lex.arena, tg_expr *, *count ? *count * 2 : 1);
    if (more == NULL) return false;
    if (*count) memcpy(more, *list, sizeof *more * *count);
    *list = more;
  }
  (*list)[(*count)++] = x;
  return true;
}

/* ---- primary ---- */

static const struct {
  const char *text;
  tg_word word;
} aggregates[] = {{"count", TG_W_COUNT}, {"sum", TG_W_SUM},   {"avg", TG_W_AVG},    {"min", TG_W_MIN},
                  {"max", TG_W_MAX},     {"list", TG_W_LIST}, {"share", TG_W_SHARE}};

static int aggregate_word(tg_str s) {
  for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++)
    if (tg_str_is(s, aggregates[i].text)) return (int)i;
  return -1;
}

static tg_expr *parse_aggregate(parser *p, int which, const tg_token *name) {
  tg_expr *x = make(p, TG_X_AGGREGATE, name->start);
  tg_binding b;
  x->word = (uint8_t)aggregates[which].word;
  x->op = op_span(p, name);
  x->name = name->text;
  take(p); /* ( */
  if (p->token.kind == TG_TK_RPAREN)
    report(p, TG_E_ARGUMENTS, &p->token, "an aggregate needs a list",
           "for example count(s in systems where ..)");
  bool bound = binding_ahead(p);
  if (bound) {
    parse_binding(p, &b);
    add_binding(p, x, &b);
  } else {
    x->a = parse_expr(p);
  }
  if (x->word == TG_W_SHARE) {
    if (!bound)
      report(p, TG_E_SYNTAX, name, "`share` wants a binding and `satisfies`",
             "share(s in systems satisfies s.ready)");
    expect_word(p, "satisfies", "`satisfies` is wanted here");
    x->b = parse_expr(p);
  }
  while (!p->failed && accept_word(p, "for")) {
    parse_binding(p, &b);
    add_binding(p, x, &b);
  }
  if (!p->failed && x->binding_count > 1 && x->word != TG_W_LIST)
    report(p, TG_E_SYNTAX, name, "several bindings stand only in `list(..)`",
           "write count(list(.. for a in .. for b in ..))");
  expect(p, TG_TK_RPAREN, "`)` is wanted here");
  return finish(p, x, name->start);
}

static tg_expr *parse_list(parser *p, tg_expr *x, tg_token_kind close, const char *message) {
  if (p->token.kind != close) do {
      if (!push(p, &x->list, &x->list_count, parse_expr(p))) p->failed = true;
    } while (!p->failed && accept(p, TG_TK_COMMA));
  expect(p, close, message);
  return x;
}

static tg_expr *literal(parser *p, tg_value v) {
  tg_token t = p->token;
  tg_expr *x = make(p, TG_X_LITERAL, t.start);
  x->value = v;
  x->name = t.text;
  take(p);
  return finish(p, x, t.start);
}

static tg_expr *parse_word(parser *p) {
  tg_token t = p->token;
  if (tg_str_is(t.text, "true")) return literal(p, tg_bool(true));
  if (tg_str_is(t.text, "false")) return literal(p, tg_bool(false));
  tg_expr_kind kind = tg_str_is(t.text, "unknown")  ? TG_X_UNKNOWN
                      : tg_str_is(t.text, "today")  ? TG_X_TODAY
                      : tg_str_is(t.text, "params") ? TG_X_PARAMS
                                                    : TG_X_NAME;
  if (kind == TG_X_NAME && tg_is_reserved(t.text)) {
    bool prefix = tg_str_is(t.text, "if") || tg_str_is(t.text, "every") || tg_str_is(t.text, "some") ||
                  tg_str_is(t.text, "no");
    if (prefix)
      report(p, TG_E_PARENTHESES, &t, "a quantifier or `if` needs parentheses here",
             "write ( .. ) around it");
    else if (tg_str_is(t.text, "not"))
      report(p, TG_E_PARENTHESES, &t, "`not` needs parentheses here", "write (not ..)");
    else
      report(p, TG_E_RESERVED, &t, "a value is wanted here, not a reserved word", NULL);
    return make(p, TG_X_ERROR, t.start);
  }
  int which = kind == TG_X_NAME ? aggregate_word(t.text) : -1;
  take(p);
  if (p->token.kind == TG_TK_LPAREN && kind == TG_X_NAME) {
    if (which >= 0) return parse_aggregate(p, which, &t);
    tg_expr *x = make(p, TG_X_CALL, t.start);
    x->name = t.text;
    x->op = op_span(p, &t);
    take(p);
    parse_list(p, x, TG_TK_RPAREN, "`)` or a comma is wanted here");
    return finish(p, x, t.start);
  }
  tg_expr *x = make(p, kind, t.start);
  x->name = t.text;
  x->op = op_span(p, &t);
  if (kind == TG_X_PARAMS && p->token.kind != TG_TK_DOT)
    report(p, TG_E_SYNTAX, &p->token, "`params` is followed by `.` and the parameter's name", NULL);
  return finish(p, x, t.start);
}

static tg_expr *parse_primary(parser *p) {
  tg_token t = p->token;
  tg_expr *x;
  switch (t.kind) {
  case TG_TK_NUMBER:
  case TG_TK_DATE:
  case TG_TK_DURATION: return literal(p, t.value);
  case TG_TK_TEXT: {
    tg_value v = tg_value_make(TG_V_TEXT, TG_HOME_PROGRAM, 0);
    return literal(p, v);
  }
  case TG_TK_NAME: return parse_word(p);
  case TG_TK_LPAREN:
    take(p);
    x = parse_expr(p);
    expect(p, TG_TK_RPAREN, "`)` is wanted here");
    if (x->kind != TG_X_ERROR) {
      x->parenthesised = true;
      x->outer = tg_lexer_span(&p->lex, t.start, p->end);
    }
    return x;
  case TG_TK_LBRACKET:
    take(p);
    x = make(p, TG_X_LIST, t.start);
    parse_list(p, x, TG_TK_RBRACKET, "`]` or a comma is wanted here");
    return finish(p, x, t.start);
  case TG_TK_END:
    report(p, TG_E_SYNTAX, &t, "the expression ends too early: a value is wanted here", NULL);
    break;
  case TG_TK_SLASH:
    report(p, TG_E_SYNTAX, &t, "a value is wanted here", "a pattern stands behind `matches` only");
    break;
  default: report(p, TG_E_SYNTAX, &t, "a value is wanted here", NULL); break;
  }
  return make(p, TG_X_ERROR, t.start);
}

/* One more link of a chain (`a + b + c`, `a.b.c`): its tree leans left, and everything that walks it goes as deep. */
static bool longer(parser *p, uint32_t *chain, const tg_token *at, const char *hint) {
  if (++*chain <= TG_MAX_EXPR_DEPTH) return true;
  report(p, TG_E_EXPR_DEPTH, at, "the expression is too long", hint);
  return false;
}

static tg_expr *parse_postfix(parser *p) {
  uint32_t start = p->token.start, chain = 0;
  tg_expr *x = parse_primary(p);
  while (!p->failed) {
    bool more = p->token.kind == TG_TK_DOT || p->token.kind == TG_TK_LBRACKET;
    if (more && !longer(p, &chain, &p->token, "move parts of it into lets")) break;
    if (p->token.kind == TG_TK_DOT) {
      take(p);
      if (p->token.kind != TG_TK_NAME) {
        report(p, TG_E_SYNTAX, &p->token, "a name is wanted behind the point",
               "another key is reached with [\"key\"]");
        break;
      }
      tg_expr *field = make(p, TG_X_FIELD, start);
      field->a = x;
      field->name = p->token.text;
      field->op = op_span(p, &p->token);
      take(p);
      x = finish(p, field, start);
    } else if (p->token.kind == TG_TK_LBRACKET) {
      tg_expr *index = make(p, TG_X_INDEX, start);
      index->a = x;
      index->op = op_span(p, &p->token);
      take(p);
      if (deeper(p)) index->b = parse_expr(p);
      p->depth--;
      expect(p, TG_TK_RBRACKET, "`]` is wanted here");
      if (index->b == NULL) index->b = make(p, TG_X_ERROR, start);
      x = finish(p, index, start);
    } else {
      break;
    }
  }
  return x;
}

/* ---- operators ---- */

static tg_expr *binary(parser *p, tg_expr_kind kind, uint8_t op2, tg_expr *a, const tg_token *op,
                       uint32_t start, tg_expr *b) {
  tg_expr *x = make(p, kind, start);
  x->op2 = op2;
  x->a = a;
  x->b = b;
  x->op = op_span(p, op);
  return finish(p, x, start);
}

static tg_expr *parse_unary(parser *p);

static tg_expr *parse_default(parser *p) {
  uint32_t start = p->token.start;
  tg_expr *x = parse_postfix(p);
  if (p->failed || p->token.kind != TG_TK_DEFAULT) return x;
  tg_token op = p->token;
  take(p);
  tg_expr *right = deeper(p) ? parse_unary(p) : x;
  p->depth--;
  return binary(p, TG_X_DEFAULT, 0, x, &op, start, right);
}

static tg_expr *parse_unary(parser *p) {
  tg_token op = p->token;
  if (op.kind != TG_TK_MINUS) return parse_default(p);
  take(p);
  tg_expr *x = make(p, TG_X_NEG, op.start);
  x->a = deeper(p) ? parse_unary(p) : make(p, TG_X_ERROR, op.start);
  p->depth--;
  x->op = op_span(p, &op);
  return finish(p, x, op.start);
}

static tg_expr *parse_product(parser *p) {
  uint32_t start = p->token.start, chain = 0;
  tg_expr *x = parse_unary(p);
  while (!p->failed && (p->token.kind == TG_TK_STAR || p->token.kind == TG_TK_SLASH)) {
    tg_token op = p->token;
    take(p);
    x = binary(p, TG_X_ARITH, op.kind == TG_TK_STAR ? TG_MUL : TG_DIV, x, &op, start, parse_unary(p));
    if (!longer(p, &chain, &op, "move parts of it into lets")) break;
  }
  return x;
}

static tg_expr *parse_sum(parser *p) {
  uint32_t start = p->token.start, chain = 0;
  tg_expr *x = parse_product(p);
  while (!p->failed && (p->token.kind == TG_TK_PLUS || p->token.kind == TG_TK_MINUS)) {
    tg_token op = p->token;
    take(p);
    x = binary(p, TG_X_ARITH, op.kind == TG_TK_PLUS ? TG_ADD : TG_SUB, x, &op, start, parse_product(p));
    if (!longer(p, &chain, &op, "add up with sum([..]), or move parts into lets")) break;
  }
  return x;
}

static bool is_comparison(const parser *p) {
  return (p->token.kind >= TG_TK_EQ && p->token.kind <= TG_TK_GE) || is_word(p, "in") ||
         is_word(p, "contains") || is_word(p, "matches") || is_word(p, "is");
}

static tg_expr *parse_test(parser *p, tg_expr *a, const tg_token *op, uint32_t start) {
  static const struct {
    const char *word;
    tg_test test;
  } tests[] = {{"known", TG_TEST_KNOWN}, {"missing", TG_TEST_MISSING}, {"none", TG_TEST_NONE},
               {"empty", TG_TEST_EMPTY}, {"done", TG_TEST_DONE},       {"dated", TG_TEST_DATED}};
  tg_expr *x = make(p, TG_X_TEST, start);
  x->a = a;
  x->op = op_span(p, op);
  x->negated = accept_word(p, "not");
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    if (!is_word(p, tests[i].word)) continue;
    x->test = (uint8_t)tests[i].test;
    take(p);
    return finish(p, x, start);
  }
  bool null = is_word(p, "null") || is_word(p, "Null") || is_word(p, "None") || is_word(p, "unknown");
  report(p, TG_E_SYNTAX, &p->token, "after `is` stands known, missing, none, empty, done or dated",
         null ? "write `is missing`" : "a value is compared with `==`");
  return x;
}

static tg_expr *parse_comparison(parser *p) {
  uint32_t start = p->token.start;
  tg_expr *x = parse_sum(p);
  if (p->failed) return x;
  bool negated = false;
  tg_token op = p->token;
  if (is_word(p, "not")) {
    tg_lexer copy = p->lex;
    tg_token next = tg_lexer_next(&copy);
    if (next.kind == TG_TK_NAME &&
        (tg_str_is(next.text, "in") || tg_str_is(next.text, "contains") || tg_str_is(next.text, "matches"))) {
      negated = true;
      take(p);
    }
  }
  if (!is_comparison(p)) return x;
  tg_token kind = p->token;
  if (kind.kind == TG_TK_NAME && tg_str_is(kind.text, "matches")) {
    tg_token pattern = tg_lexer_regex(&p->lex);
    tg_expr *m = make(p, TG_X_MATCHES, start);
    if (pattern.kind == TG_TK_ERROR) {
      p->failed = true;
      return m;
    }
    m->a = x;
    m->name = pattern.text;
    m->caseless = pattern.caseless;
    m->negated = negated;
    m->op = tg_lexer_span(&p->lex, pattern.start, pattern.end);
    p->token = pattern;
    take(p);
    x = finish(p, m, start);
  } else {
    take(p);
    if (kind.kind == TG_TK_NAME && tg_str_is(kind.text, "is")) {
      x = parse_test(p, x, &kind, start);
    } else if (kind.kind == TG_TK_NAME) {
      tg_expr_kind what = tg_str_is(kind.text, "in") ? TG_X_IN : TG_X_CONTAINS;
      if (what == TG_X_CONTAINS && is_word(p, "all")) {
        what = TG_X_CONTAINS_ALL;
        take(p);
      } else if (what == TG_X_CONTAINS && is_word(p, "any")) {
        what = TG_X_CONTAINS_ANY;
        take(p);
      }
      x = binary(p, what, 0, x, &kind, start, parse_sum(p));
      if (x->kind != TG_X_ERROR) x->negated = negated;
    } else {
      x = binary(p, TG_X_COMPARE, (uint8_t)(TG_EQ + (kind.kind - TG_TK_EQ)), x, &kind, start, parse_sum(p));
    }
  }
  (void)op;
  if (!p->failed && is_comparison(p))
    report(p, TG_E_CHAINED, &p->token, "comparisons do not chain", "join two comparisons with `and`");
  return x;
}

/* ---- prefixes and logic ---- */

static tg_expr *parse_if(parser *p) {
  uint32_t start = p->token.start;
  tg_expr *x = make(p, TG_X_IF, start);
  take(p);
  x->a = parse_expr(p);
  expect_word(p, "then", "`then` is wanted here");
  x->b = parse_expr(p);
  expect_word(p, "else", "`else` is wanted here");
  x->c = parse_expr(p);
  return finish(p, x, start);
}

static tg_expr *parse_quantifier(parser *p, tg_word word) {
  uint32_t start = p->token.start;
  tg_expr *x = make(p, TG_X_QUANTIFIER, start);
  tg_binding b;
  x->word = (uint8_t)word;
  x->op = op_span(p, &p->token);
  take(p);
  parse_binding(p, &b);
  add_binding(p, x, &b);
  expect_word(p, "satisfies", "`satisfies` and a condition are wanted here");
  x->b = parse_expr(p);
  return finish(p, x, start);
}

static tg_expr *parse_not(parser *p) {
  uint32_t start = p->token.start;
  tg_expr *x;
  if (!deeper(p)) {
    p->depth--;
    return make(p, TG_X_ERROR, start);
  }
  if (is_word(p, "not")) {
    tg_span op = op_span(p, &p->token);
    take(p);
    x = make(p, TG_X_NOT, start);
    x->a = parse_not(p);
    x->op = op;
    x = finish(p, x, start);
  } else if (is_word(p, "if")) {
    x = parse_if(p);
  } else if (is_word(p, "every") || is_word(p, "some") || is_word(p, "no")) {
    x = parse_quantifier(p, is_word(p, "every") ? TG_W_EVERY : is_word(p, "some") ? TG_W_SOME : TG_W_NO);
  } else {
    x = parse_comparison(p);
  }
  p->depth--;
  return x;
}

/* What the author wrote for it, parentheses included. */
static tg_span outer_span(const tg_expr *x) { return x->parenthesised ? x->outer : x->span; }

/* Chains of one operator are built balanced: a list of a thousand clauses must not make a tree a thousand deep. */
static tg_expr *join(parser *p, tg_expr_kind kind, tg_expr **all, tg_span *ops, uint32_t n) {
  if (n == 1) return all[0];
  uint32_t half = n / 2;
  tg_expr *x = tg_arena_new(p->lex.arena, tg_expr);
  if (x == NULL) {
    p->failed = true;
    return all[0];
  }
  x->kind = kind;
  x->a = join(p, kind, all, ops, half);
  x->b = join(p, kind, all + half, ops + half, n - half);
  x->op = ops[half];
  tg_span from = outer_span(x->a), to = outer_span(x->b);
  x->span = (tg_span){from.start, to.start + to.len - from.start};
  return x;
}

static tg_expr *parse_chain(parser *p, const char *word, tg_expr_kind kind, tg_expr *(*inner)(parser *)) {
  tg_expr *first = inner(p), **all = NULL;
  uint32_t n = 0, cap = 0;
  tg_span *ops = NULL;
  if (p->failed || !is_word(p, word)) return first;
  if (!push(p, &all, &n, first)) p->failed = true;
  while (!p->failed && is_word(p, word)) {
    if (n >= cap) {
      tg_span *more = tg_arena_array(p->lex.arena, tg_span, cap ? cap * 2 : 8);
      if (more == NULL) {
        p->failed = true;
        break;
      }
      if (cap) memcpy(more, ops, sizeof *ops * cap);
      ops = more;
      cap = cap ? cap * 2 : 8;
    }
    ops[n] = op_span(p, &p->token);
    take(p);
    if (!push(p, &all, &n, inner(p))) p->failed = true;
  }
  return p->failed ? first : join(p, kind, all, ops, n);
}

static tg_expr *parse_and(parser *p) { return parse_chain(p, "and", TG_X_AND, parse_not); }

static tg_expr *parse_expr(parser *p) {
  if (!deeper(p)) {
    p->depth--;
    return make(p, TG_X_ERROR, p->token.start);
  }
  tg_expr *x = parse_chain(p, "or", TG_X_OR, parse_and);
  p->depth--;
  return x;
}

/* ---- entry points ---- */

static bool begin(parser *p, tg_arena *arena, const tg_expr_text *x, tg_diags *d) {
  memset(p, 0, sizeof *p);
  p->lex = (tg_lexer){arena, x, d, 0, false};
  if (x->text.n > TG_MAX_EXPR_BYTES) {
    tg_diag_at(d, TG_E_EXPR_DEPTH, x->sources, (tg_span){x->at.start, 1},
               "the expression is longer than %d bytes", TG_MAX_EXPR_BYTES);
    tg_diag_hint(d, "move parts of it into lets");
    return false;
  }
  p->token = tg_lexer_next(&p->lex);
  p->failed = p->token.kind == TG_TK_ERROR;
  return !p->failed;
}

static void nothing_left(parser *p) {
  if (p->failed || p->token.kind == TG_TK_END) return;
  const char *hint = NULL;
  if (p->token.kind == TG_TK_NAME &&
      (tg_str_is(p->token.text, "satisfies") || tg_str_is(p->token.text, "where")))
    hint = "a quantifier begins with every, some or no";
  if (p->token.kind == TG_TK_NAME && tg_str_is(p->token.text, "between")) hint = "write x >= a and x <= b";
  if (p->token.kind == TG_TK_NAME && tg_str_is(p->token.text, "exists")) hint = "write `is known`";
  report(p, TG_E_SYNTAX, &p->token, "the expression should end here", hint);
}

static tg_expr *error_at(tg_arena *arena, const tg_expr_text *x) {
  tg_expr *e = tg_arena_new(arena, tg_expr);
  if (e != NULL) {
    e->kind = TG_X_ERROR;
    e->span = e->op = x->at;
  }
  return e;
}

tg_expr *tg_expr_parse(tg_arena *arena, const tg_expr_text *x, tg_diags *d) {
  parser p;
  tg_expr *e = begin(&p, arena, x, d) ? parse_expr(&p) : NULL;
  if (e != NULL) nothing_left(&p);
  return p.failed || e == NULL ? error_at(arena, x) : e;
}

tg_binding *tg_binding_parse(tg_arena *arena, const tg_expr_text *x, tg_diags *d) {
  parser p;
  tg_binding *b = tg_arena_new(arena, tg_binding);
  if (b == NULL || !begin(&p, arena, x, d)) return NULL;
  parse_binding(&p, b);
  nothing_left(&p);
  return p.failed ? NULL : b;
}

/* One `{expr}`: the text up to the brace that closes it, braces in texts and patterns left alone. */
static bool expression_end(tg_str t, uint32_t at, uint32_t *end) {
  char quote = 0;
  for (uint32_t i = at; i < t.n; i++) {
    char c = t.at[i];
    if (quote) {
      if (c == '\\')
        i++;
      else if (c == quote)
        quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '}') {
      *end = i;
      return true;
    }
  }
  return false;
}

static bool add_part(tg_arena *arena, tg_template *t, tg_template_part part) {
  if ((t->count & (t->count - 1)) == 0) {
    tg_template_part *more = tg_arena_array(arena, tg_template_part, t->count ? t->count * 2 : 1);
    if (more == NULL) return false;
    if (t->count) memcpy(more, t->parts, sizeof *more * t->count);
    t->parts = more;
  }
  t->parts[t->count++] = part;
  return true;
}

static bool template_error(const tg_expr_text *x, tg_diags *d, uint32_t at, const char *message,
                           const char *hint) {
  uint32_t start = tg_yaml_locate(x->sources, x->at, x->style, x->text, at);
  tg_diag_at(d, TG_E_TEMPLATE, x->sources, (tg_span){start, 1}, "%s", message);
  tg_diag_hint(d, "%s", hint);
  return false;
}

/* The lexer works on a text of its own; its places are those of the whole scalar. */
static tg_expr *parse_part(tg_arena *arena, const tg_expr_text *x, uint32_t from, uint32_t to, tg_diags *d) {
  parser p;
  tg_expr_text part = {{x->text.at, to}, x->sources, x->at, x->style};
  memset(&p, 0, sizeof p);
  p.lex = (tg_lexer){arena, &part, d, from, false};
  p.token = tg_lexer_next(&p.lex);
  p.failed = p.token.kind == TG_TK_ERROR;
  tg_expr *e = p.failed ? NULL : parse_expr(&p);
  if (e != NULL) nothing_left(&p);
  return p.failed || e == NULL ? error_at(arena, x) : e;
}

bool tg_template_parse(tg_arena *arena, const tg_expr_text *x, tg_diags *d, tg_template *out) {
  tg_str t = x->text;
  tg_template made = {NULL, 0};
  char *literal_text = tg_arena_alloc(arena, t.n + 1);
  uint32_t len = 0, from = 0;
  if (literal_text == NULL) return false;
  for (uint32_t i = 0; i <= t.n;) {
    bool end = i == t.n;
    bool open = !end && t.at[i] == '{' && !(i + 1 < t.n && t.at[i + 1] == '{');
    if (end || open) {
      if (len > from && !add_part(arena, &made, (tg_template_part){{literal_text + from, len - from}, NULL}))
        return false;
      from = len;
      if (end) break;
      uint32_t close;
      if (!expression_end(t, i + 1, &close))
        return template_error(x, d, i, "the brace is not closed", "write {{ for a brace");
      tg_expr *e = parse_part(arena, x, i + 1, close, d);
      if (e == NULL || !add_part(arena, &made, (tg_template_part){{NULL, 0}, e})) return false;
      i = close + 1;
      continue;
    }
    bool twice = i + 1 < t.n && t.at[i + 1] == t.at[i];
    if (t.at[i] == '}' && !twice)
      return template_error(x, d, i, "a closing brace without an opening one", "write }} for a brace");
    literal_text[len++] = t.at[i];
    i += (t.at[i] == '{' || t.at[i] == '}') ? 2 : 1;
  }
  *out = made;
  return true;
}
