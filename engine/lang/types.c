/* Types of the model and of parameters: `text!`, `integer(0..)`, `list of enum(a, b)`, `text(/^x/)`, `event key`. */
#include "lang/lexer.h"

#include <string.h>

typedef struct parser {
  tg_lexer lex;
  tg_token token;
} parser;

static void take(parser *p) { p->token = tg_lexer_next(&p->lex); }
static bool word(const parser *p, const char *w) {
  return p->token.kind == TG_TK_NAME && tg_str_is(p->token.text, w);
}

static bool fail(parser *p, const char *message, const char *hint) {
  if (p->token.kind != TG_TK_ERROR) {
    tg_diag_at(p->lex.d, TG_E_BAD_TYPE, p->lex.x->sources,
               tg_lexer_span(&p->lex, p->token.start, p->token.end), "%s", message);
    if (hint) tg_diag_hint(p->lex.d, "%s", hint);
  }
  return false;
}

static bool bound(parser *p, tg_value *out) {
  bool minus = p->token.kind == TG_TK_MINUS;
  if (minus) take(p);
  if (p->token.kind != TG_TK_NUMBER) return false;
  *out = p->token.value;
  if (minus) out->num = -out->num;
  take(p);
  return true;
}

static bool parse_range(parser *p, tg_type_ast *t) {
  t->has_least = bound(p, &t->least);
  if (p->token.kind != TG_TK_RANGE)
    return fail(p, "a range is written least..greatest", "for example integer(1..5) or number(0..)");
  take(p);
  t->has_greatest = bound(p, &t->greatest);
  return true;
}

static bool parse_words(parser *p, tg_type_ast *t) {
  for (;;) {
    if (p->token.kind != TG_TK_NAME && p->token.kind != TG_TK_TEXT && p->token.kind != TG_TK_NUMBER)
      return fail(p, "a value of the enum is wanted here", NULL);
    tg_text_at *more = tg_arena_array(p->lex.arena, tg_text_at, t->words.count + 1);
    if (more == NULL) return false;
    if (t->words.count) memcpy(more, t->words.at, sizeof *more * t->words.count);
    tg_str s = p->token.text.at ? p->token.text
                                : (tg_str){p->lex.x->text.at + p->token.start, p->token.end - p->token.start};
    uint32_t start = p->token.start;
    take(p);
    while (p->token.kind == TG_TK_MINUS || (p->token.kind == TG_TK_NAME && p->token.start > 0 &&
                                            p->lex.x->text.at[p->token.start - 1] == '-')) {
      s = (tg_str){p->lex.x->text.at + start, p->token.end - start}; /* words with hyphens */
      take(p);
    }
    more[t->words.count++] = (tg_text_at){s, tg_lexer_span(&p->lex, start, start + s.n)};
    t->words.at = more;
    if (p->token.kind != TG_TK_COMMA) return true;
    take(p);
  }
}

static bool parse_inside(parser *p, tg_type_ast *t) {
  bool ok;
  if (tg_str_is(t->kind, "enum"))
    ok = parse_words(p, t);
  else if (tg_str_is(t->kind, "number") || tg_str_is(t->kind, "integer"))
    ok = parse_range(p, t);
  else if (tg_str_is(t->kind, "text") && p->token.kind == TG_TK_SLASH) {
    p->lex.at = p->token.start;
    tg_token pattern = tg_lexer_regex(&p->lex);
    if (pattern.kind == TG_TK_ERROR) return false;
    t->pattern = pattern.text;
    t->caseless = pattern.caseless;
    t->pattern_span = tg_lexer_span(&p->lex, pattern.start, pattern.end);
    take(p);
    ok = true;
  } else
    return fail(p, "this type takes nothing in parentheses",
                "ranges belong to number and integer, patterns to text, words to enum");
  if (!ok) return false;
  if (p->token.kind != TG_TK_RPAREN) return fail(p, "`)` is wanted here", NULL);
  take(p);
  return true;
}

bool tg_type_parse(tg_arena *arena, const tg_expr_text *x, tg_diags *d, tg_type_ast *out) {
  static const char *const kinds[] = {"text", "number", "integer",  "boolean",
                                      "date", "event",  "duration", "enum"};
  tg_str names[8];
  parser p = {.lex = {arena, x, d, 0, true}};
  memset(out, 0, sizeof *out);
  out->span = x->at;
  take(&p);
  if (word(&p, "list")) {
    take(&p);
    if (!word(&p, "of")) return fail(&p, "`list` is followed by `of` and a type", NULL);
    take(&p);
    out->is_list = true;
  }
  if (p.token.kind != TG_TK_NAME)
    return fail(&p, "a type is wanted here",
                "text number integer boolean date event duration enum(..) list of ..");
  bool known = false;
  for (size_t i = 0; i < 8; i++) {
    names[i] = tg_str_of(kinds[i]);
    known |= word(&p, kinds[i]);
  }
  out->kind = p.token.text;
  if (!known) {
    fail(&p, "there is no such type", NULL);
    int near = tg_nearest(p.token.text, names, 8);
    bool boolean = tg_str_is(p.token.text, "bool"), text = tg_str_is(p.token.text, "string");
    if (boolean || text || near >= 0)
      tg_diag_hint(d, "did you mean `%s`?", boolean ? "boolean" : text ? "text" : kinds[near]);
    return false;
  }
  bool is_enum = word(&p, "enum");
  take(&p);
  if (p.token.kind == TG_TK_LPAREN) {
    take(&p);
    if (!parse_inside(&p, out)) return false;
  } else if (is_enum) {
    return fail(&p, "an enum lists its values", "for example enum(low, high)");
  }
  for (;;) {
    if (p.token.kind == TG_TK_BANG)
      out->required = true;
    else if (word(&p, "key"))
      out->key = true;
    else
      break;
    take(&p);
  }
  if (p.token.kind != TG_TK_END) return fail(&p, "the type should end here", NULL);
  return true;
}
