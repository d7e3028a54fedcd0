/* Tokens of expressions. */
#ifndef TG_LANG_LEXER_H
#define TG_LANG_LEXER_H

#include "lang/lang.h"

typedef enum tg_token_kind {
  TG_TK_END,
  TG_TK_NAME,
  TG_TK_NUMBER,
  TG_TK_DATE,
  TG_TK_DURATION,
  TG_TK_TEXT,
  TG_TK_REGEX,
  TG_TK_LPAREN,
  TG_TK_RPAREN,
  TG_TK_LBRACKET,
  TG_TK_RBRACKET,
  TG_TK_COMMA,
  TG_TK_DOT,
  TG_TK_EQ,
  TG_TK_NE,
  TG_TK_LT,
  TG_TK_LE,
  TG_TK_GT,
  TG_TK_GE,
  TG_TK_PLUS,
  TG_TK_MINUS,
  TG_TK_STAR,
  TG_TK_SLASH,
  TG_TK_DEFAULT,
  TG_TK_RANGE, /* .. : in types only */
  TG_TK_BANG,  /* ! : in types only */
  TG_TK_ERROR  /* reported */
} tg_token_kind;

typedef struct tg_token {
  tg_token_kind kind;
  uint32_t start, end; /* bytes of the text */
  tg_str text;         /* of names, patterns and texts (after escapes) */
  tg_value value;      /* of numbers, dates, durations */
  bool caseless;
} tg_token;

typedef struct tg_lexer {
  tg_arena *arena;
  const tg_expr_text *x;
  tg_diags *d;
  uint32_t at;
  bool types; /* `..` and `!` are tokens, `integer(0..)` */
} tg_lexer;

tg_span tg_lexer_span(const tg_lexer *l, uint32_t start, uint32_t end);
tg_token tg_lexer_next(tg_lexer *l);
/* After `matches`: a pattern between slashes. */
tg_token tg_lexer_regex(tg_lexer *l);

#endif
