#include "lang/lexer.h"

#include <string.h>

static const char *const reserved[] = {
    "if", "then", "else", "every",   "some",     "no",   "where", "satisfies", "or",    "and",   "not",
    "in", "is",   "for",  "matches", "contains", "true", "false", "unknown",   "today", "params"};

bool tg_is_reserved(tg_str word) {
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (tg_str_is(word, reserved[i])) return true;
  return false;
}

tg_span tg_lexer_span(const tg_lexer *l, uint32_t start, uint32_t end) {
  const tg_expr_text *x = l->x;
  uint32_t from = tg_yaml_locate(x->sources, x->at, x->style, x->text, start);
  uint32_t to = end > start ? tg_yaml_locate(x->sources, x->at, x->style, x->text, end - 1) + 1 : from + 1;
  return (tg_span){from, to > from ? to - from : 1};
}

static tg_token report(tg_lexer *l, tg_code code, uint32_t start, uint32_t end, const char *message,
                       const char *hint) {
  tg_diag_at(l->d, code, l->x->sources, tg_lexer_span(l, start, end), "%s", message);
  if (hint) tg_diag_hint(l->d, "%s", hint);
  l->at = end > l->at ? end : l->at;
  return (tg_token){.kind = TG_TK_ERROR, .start = start, .end = end};
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/* dddd-dd-dd that is not part of something longer. */
static bool date_shaped(const char *p, uint32_t n) {
  if (n < 10) return false;
  for (int i = 0; i < 10; i++)
    if ((i == 4 || i == 7) ? p[i] != '-' : !is_digit(p[i])) return false;
  return n == 10 || !(is_digit(p[10]) || is_alpha(p[10]));
}

static uint32_t name_end(const tg_lexer *l, uint32_t at) {
  while (at < l->x->text.n && (is_alpha(l->x->text.at[at]) || is_digit(l->x->text.at[at]))) at++;
  return at;
}

/* `90 days`: a whole number, blanks and a unit. */
static bool duration_end(const tg_lexer *l, uint32_t start, uint32_t number_end, uint32_t *end) {
  static const char *const units[] = {"day", "days", "week", "weeks", "month", "months", "year", "years"};
  uint32_t at = number_end;
  for (uint32_t i = start; i < number_end; i++)
    if (!is_digit(l->x->text.at[i])) return false;
  while (at < l->x->text.n && l->x->text.at[at] == ' ') at++;
  if (at == number_end) return false;
  uint32_t stop = name_end(l, at);
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (tg_str_is((tg_str){l->x->text.at + at, stop - at}, units[i])) {
      *end = stop;
      return true;
    }
  return false;
}

static tg_token number(tg_lexer *l, uint32_t start) {
  const char *p = l->x->text.at;
  uint32_t n = l->x->text.n, at = start, digits = 0;
  bool point = false, lead = true;
  if (date_shaped(p + start, n - start)) {
    tg_token t = {.kind = TG_TK_DATE, .start = start, .end = start + 10};
    if (!tg_date_parse(p + start, 10, &t.value))
      return report(l, TG_E_BAD_LITERAL, start, start + 10, "there is no such day", NULL);
    l->at = t.end;
    return t;
  }
  while (at < n && (is_digit(p[at]) || (p[at] == '_' && at > start && at + 1 < n && is_digit(p[at + 1])) ||
                    (p[at] == '.' && !point && at + 1 < n && is_digit(p[at + 1])))) {
    if (p[at] == '.') point = true;
    if (is_digit(p[at]) && (p[at] != '0' || !lead)) {
      lead = false;
      digits++;
    } else if (is_digit(p[at]) && point) {
      digits++; /* zeros behind the point count as decimals */
    }
    at++;
  }
  if (at < n && (is_alpha(p[at]))) {
    uint32_t end = name_end(l, at);
    return report(l, TG_E_BAD_LITERAL, start, end, "this is neither a number nor a name",
                  "names begin with a letter; durations have a blank: 90 days");
  }
  if (digits > 18)
    return report(l, TG_E_BAD_LITERAL, start, at, "a number has at most 18 significant digits", NULL);
  tg_token t = {.kind = TG_TK_NUMBER, .start = start, .end = at};
  uint32_t end;
  if (duration_end(l, start, at, &end)) {
    t.kind = TG_TK_DURATION;
    t.end = end;
    if (!tg_duration_parse(p + start, end - start, &t.value))
      return report(l, TG_E_BAD_LITERAL, start, end, "the duration is too long", NULL);
  } else if (tg_number_parse(p + start, at - start, true, &t.value) != TG_PARSE_OK) {
    return report(l, TG_E_BAD_LITERAL, start, at, "the number does not fit",
                  "at most 18 digits and 18 decimals");
  }
  l->at = t.end;
  return t;
}

static bool unicode_text_escape(const char *p, uint32_t n, uint32_t *used, uint8_t out[4], unsigned *len) {
  uint32_t cp = 0, i = 3; /* \u{ */
  if (n < 5 || p[2] != '{') return false;
  for (; i < n && p[i] != '}'; i++) {
    char c = p[i];
    uint32_t digit = is_digit(c)                          ? (uint32_t)(c - '0')
                     : (c | 32) >= 'a' && (c | 32) <= 'f' ? (uint32_t)((c | 32) - 'a' + 10)
                                                          : 99u;
    if (digit > 15 || cp > 0x10ffff) return false;
    cp = cp * 16 + digit;
  }
  if (i == n || i == 3 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000)) return false;
  *used = i + 1;
  *len = tg_utf8_put(cp, out);
  return true;
}

static tg_token text(tg_lexer *l, uint32_t start) {
  const char *p = l->x->text.at;
  uint32_t n = l->x->text.n, at = start + 1, len = 0;
  char quote = p[start], *out = tg_arena_alloc(l->arena, n - start + 1);
  if (out == NULL) return (tg_token){.kind = TG_TK_ERROR, .start = start, .end = n};
  while (at < n && p[at] != quote) {
    if (p[at] != '\\') {
      out[len++] = p[at++];
      continue;
    }
    uint8_t bytes[4];
    unsigned made = 1;
    uint32_t used = 2;
    char c = at + 1 < n ? p[at + 1] : 0;
    if (c == 'n' || c == 't' || c == '\\' || c == '"' || c == '\'')
      bytes[0] = (uint8_t)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
    else if (c != 'u' || !unicode_text_escape(p + at, n - at, &used, bytes, &made))
      return report(l, TG_E_BAD_LITERAL, at, at + 2 < n ? at + 2 : n, "there is no such escape",
                    "escapes are \\\\ \\\" \\' \\n \\t \\u{..}");
    memcpy(out + len, bytes, made);
    len += made;
    at += used;
  }
  if (at >= n)
    return report(l, TG_E_UNTERMINATED, start, start + 1, "the text is not closed",
                  "quote the whole expression in YAML when it holds a quote or ` #`");
  l->at = at + 1;
  return (tg_token){.kind = TG_TK_TEXT, .start = start, .end = at + 1, .text = {out, len}};
}

tg_token tg_lexer_regex(tg_lexer *l) {
  const char *p = l->x->text.at;
  uint32_t n = l->x->text.n;
  while (l->at < n && (p[l->at] == ' ' || p[l->at] == '\n' || p[l->at] == '\t')) l->at++;
  uint32_t start = l->at, at = start + 1, len = 0;
  if (start >= n || p[start] != '/')
    return report(l, TG_E_SYNTAX, start, start + 1, "`matches` wants a pattern between slashes",
                  "for example: x matches /^A-[0-9]+$/");
  char *out = tg_arena_alloc(l->arena, n - start + 1);
  if (out == NULL) return (tg_token){.kind = TG_TK_ERROR, .start = start, .end = n};
  while (at < n && p[at] != '/') {
    if (p[at] == '\\' && at + 1 < n && p[at + 1] == '/') {
      at++;
    } else if (p[at] == '\\' && at + 1 < n) {
      out[len++] = p[at++];
    }
    out[len++] = p[at++];
  }
  if (at >= n)
    return report(l, TG_E_UNTERMINATED, start, start + 1, "the pattern is not closed",
                  "quote the whole expression in YAML when it holds ` #` or `: `");
  tg_token t = {.kind = TG_TK_REGEX, .start = start, .end = at + 1, .text = {out, len}};
  l->at = at + 1;
  uint32_t end = name_end(l, l->at);
  if (end > l->at) {
    if (end - l->at > 1 || p[l->at] != 'i')
      return report(l, TG_E_TOKEN, l->at, end, "the only flag of a pattern is `i`", NULL);
    t.caseless = true;
    t.end = l->at = end;
  }
  return t;
}

/* What authors of other languages type, and what it is called here. */
static tg_token foreign(tg_lexer *l, uint32_t at) {
  static const struct {
    const char *typed, *hint;
  } rows[] = {{"&&", "write `and`"},
              {"||", "write `or`"},
              {"===", "write `==`"},
              {"!==", "write `!=`"},
              {"=~", "write `matches`"},
              {"!~", "write `not matches`"},
              {"<>", "write `!=`"},
              {"=", "write `==` to compare"},
              {"!", "write `not`"},
              {"\xe2\x89\xa5", "write `>=`"},
              {"\xe2\x89\xa4", "write `<=`"},
              {"\xe2\x89\xa0", "write `!=`"},
              {"%", "there is no remainder; a share is a number from 0 to 1"},
              {"?", "`??` gives a default; a choice is `if .. then .. else ..`"},
              {"{", "braces belong to messages only"},
              {":", "quote the whole expression in YAML"},
              {"#", "quote the whole expression in YAML"}};
  const char *p = l->x->text.at + at;
  uint32_t n = l->x->text.n - at;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t len = strlen(rows[i].typed);
    if (len <= n && memcmp(p, rows[i].typed, len) == 0)
      return report(l, TG_E_TOKEN, at, at + (uint32_t)len, "expressions do not have this operator",
                    rows[i].hint);
  }
  unsigned len;
  tg_utf8_get((const uint8_t *)p, (const uint8_t *)p + n, &len);
  return report(l, TG_E_TOKEN, at, at + len, "unexpected character", NULL);
}

tg_token tg_lexer_next(tg_lexer *l) {
  static const struct {
    char text[3];
    tg_token_kind kind;
  } marks[] = {{"==", TG_TK_EQ},      {"!=", TG_TK_NE},    {"<=", TG_TK_LE},    {">=", TG_TK_GE},
               {"??", TG_TK_DEFAULT}, {"(", TG_TK_LPAREN}, {")", TG_TK_RPAREN}, {"[", TG_TK_LBRACKET},
               {"]", TG_TK_RBRACKET}, {",", TG_TK_COMMA},  {".", TG_TK_DOT},    {"<", TG_TK_LT},
               {">", TG_TK_GT},       {"+", TG_TK_PLUS},   {"-", TG_TK_MINUS},  {"*", TG_TK_STAR},
               {"/", TG_TK_SLASH}};
  const char *p = l->x->text.at;
  uint32_t n = l->x->text.n;
  while (l->at < n && (p[l->at] == ' ' || p[l->at] == '\n' || p[l->at] == '\t' || p[l->at] == '\r')) l->at++;
  uint32_t at = l->at;
  if (at >= n) return (tg_token){.kind = TG_TK_END, .start = n, .end = n};
  char c = p[at];
  if (is_alpha(c)) {
    l->at = name_end(l, at);
    return (tg_token){.kind = TG_TK_NAME, .start = at, .end = l->at, .text = {p + at, l->at - at}};
  }
  if (is_digit(c)) return number(l, at);
  if (c == '"' || c == '\'') return text(l, at);
  bool foreign_mark = (c == '=' && (at + 2 < n && p[at + 1] == '=' && p[at + 2] == '=')) ||
                      (c == '!' && at + 2 < n && p[at + 1] == '=' && p[at + 2] == '=') ||
                      (c == '<' && at + 1 < n && p[at + 1] == '>');
  if (l->types && c == '.' && at + 1 < n && p[at + 1] == '.') {
    l->at += 2;
    return (tg_token){.kind = TG_TK_RANGE, .start = at, .end = at + 2};
  }
  if (l->types && c == '!') {
    l->at++;
    return (tg_token){.kind = TG_TK_BANG, .start = at, .end = at + 1};
  }
  for (size_t i = 0; i < sizeof marks / sizeof *marks && !foreign_mark; i++) {
    size_t len = strlen(marks[i].text);
    if (at + len > n || memcmp(p + at, marks[i].text, len) != 0) continue;
    l->at += (uint32_t)len;
    return (tg_token){.kind = marks[i].kind, .start = at, .end = l->at};
  }
  return foreign(l, at);
}
