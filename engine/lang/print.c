/* Expressions back to text: one line, parentheses only where the grammar needs them. */
#include "lang/lang.h"

/* How tightly an expression binds; a looser one inside a tighter place gets parentheses. */
enum { P_OR, P_AND, P_NOT, P_COMPARISON, P_SUM, P_PRODUCT, P_UNARY, P_DEFAULT, P_POSTFIX, P_PRIMARY };

static int strength(const tg_expr *x) {
  switch (x->kind) {
  case TG_X_OR: return P_OR;
  case TG_X_AND: return P_AND;
  case TG_X_NOT:
  case TG_X_IF:
  case TG_X_QUANTIFIER: return P_NOT;
  case TG_X_COMPARE:
  case TG_X_IN:
  case TG_X_CONTAINS:
  case TG_X_CONTAINS_ALL:
  case TG_X_CONTAINS_ANY:
  case TG_X_MATCHES:
  case TG_X_TEST: return P_COMPARISON;
  case TG_X_ARITH: return x->op2 == TG_ADD || x->op2 == TG_SUB ? P_SUM : P_PRODUCT;
  case TG_X_NEG: return P_UNARY;
  case TG_X_DEFAULT: return P_DEFAULT;
  case TG_X_FIELD:
  case TG_X_INDEX: return P_POSTFIX;
  default: return P_PRIMARY;
  }
}

static void put(const tg_expr *x, int least, tg_buf *out);

static void put_quoted(tg_str s, tg_buf *out) {
  tg_buf_putc(out, '"');
  for (uint32_t i = 0; i < s.n; i++) {
    char c = s.at[i];
    if (c == '"' || c == '\\')
      tg_buf_printf(out, "\\%c", c);
    else if (c == '\n')
      tg_buf_puts(out, "\\n");
    else if (c == '\t')
      tg_buf_puts(out, "\\t");
    else if ((unsigned char)c < 0x20)
      tg_buf_printf(out, "\\u{%x}", (unsigned)c);
    else
      tg_buf_putc(out, c);
  }
  tg_buf_putc(out, '"');
}

static void put_binding(const tg_binding *b, tg_buf *out) {
  if (b->position.n) tg_buf_printf(out, "%.*s, ", TG_STR_ARG(b->position));
  tg_buf_printf(out, "%.*s in ", TG_STR_ARG(b->name));
  put(b->list, P_SUM, out);
  if (b->where) {
    tg_buf_puts(out, " where ");
    put(b->where, P_OR, out);
  }
  if (b->order) {
    tg_buf_puts(out, " order by ");
    put(b->order, P_SUM, out);
    if (b->descending) tg_buf_puts(out, " desc");
  }
  if (b->first) {
    tg_buf_puts(out, " first ");
    put(b->first, P_SUM, out);
  }
}

static void put_list(tg_expr *const *list, uint32_t n, tg_buf *out) {
  for (uint32_t i = 0; i < n; i++) {
    if (i) tg_buf_puts(out, ", ");
    put(list[i], P_OR, out);
  }
}

static void put_aggregate(const tg_expr *x, tg_buf *out) {
  tg_buf_printf(out, "%.*s(", TG_STR_ARG(x->name));
  uint32_t from = 0;
  if (x->a != NULL) {
    put(x->a, P_OR, out);
  } else if (x->binding_count) {
    put_binding(&x->bindings[0], out);
    from = 1;
  }
  for (uint32_t i = from; i < x->binding_count; i++) {
    tg_buf_puts(out, " for ");
    put_binding(&x->bindings[i], out);
  }
  if (x->b != NULL) {
    tg_buf_puts(out, " satisfies ");
    put(x->b, P_OR, out);
  }
  tg_buf_putc(out, ')');
}

static void infix(const tg_expr *x, const char *op, int left, int right, tg_buf *out) {
  put(x->a, left, out);
  tg_buf_printf(out, " %s ", op);
  put(x->b, right, out);
}

static void put_bare(const tg_expr *x, tg_buf *out) {
  static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"};
  static const char *const tests[] = {"known", "missing", "none", "empty", "done", "dated"};
  static const char *const quantifiers[] = {"every", "some", "no"};
  tg_heap none = {0};
  switch (x->kind) {
  case TG_X_LITERAL:
    if (tg_is_text(x->value))
      put_quoted(x->name, out);
    else
      tg_value_print(&none, x->value, out);
    break;
  case TG_X_UNKNOWN: tg_buf_puts(out, "unknown"); break;
  case TG_X_TODAY: tg_buf_puts(out, "today"); break;
  case TG_X_PARAMS: tg_buf_puts(out, "params"); break;
  case TG_X_NAME: tg_buf_put(out, x->name.at, x->name.n); break;
  case TG_X_FIELD:
    put(x->a, P_POSTFIX, out);
    tg_buf_printf(out, ".%.*s", TG_STR_ARG(x->name));
    break;
  case TG_X_INDEX:
    put(x->a, P_POSTFIX, out);
    tg_buf_putc(out, '[');
    put(x->b, P_OR, out);
    tg_buf_putc(out, ']');
    break;
  case TG_X_CALL:
    tg_buf_printf(out, "%.*s(", TG_STR_ARG(x->name));
    put_list(x->list, x->list_count, out);
    tg_buf_putc(out, ')');
    break;
  case TG_X_LIST:
    tg_buf_putc(out, '[');
    put_list(x->list, x->list_count, out);
    tg_buf_putc(out, ']');
    break;
  case TG_X_NEG:
    tg_buf_putc(out, '-');
    put(x->a, P_UNARY, out);
    break;
  case TG_X_NOT:
    tg_buf_puts(out, "not ");
    put(x->a, P_NOT, out);
    break;
  case TG_X_AND: infix(x, "and", P_AND, P_AND, out); break;
  case TG_X_OR: infix(x, "or", P_OR, P_OR, out); break;
  case TG_X_COMPARE: infix(x, ops[x->op2], P_SUM, P_SUM, out); break;
  case TG_X_ARITH: infix(x, ops[x->op2], strength(x), strength(x) + 1, out); break;
  case TG_X_DEFAULT: infix(x, "??", P_POSTFIX, P_UNARY, out); break;
  case TG_X_IN: infix(x, x->negated ? "not in" : "in", P_SUM, P_SUM, out); break;
  case TG_X_CONTAINS: infix(x, x->negated ? "not contains" : "contains", P_SUM, P_SUM, out); break;
  case TG_X_CONTAINS_ALL:
    infix(x, x->negated ? "not contains all" : "contains all", P_SUM, P_SUM, out);
    break;
  case TG_X_CONTAINS_ANY:
    infix(x, x->negated ? "not contains any" : "contains any", P_SUM, P_SUM, out);
    break;
  case TG_X_MATCHES:
    put(x->a, P_SUM, out);
    tg_buf_puts(out, x->negated ? " not matches /" : " matches /");
    for (uint32_t i = 0; i < x->name.n; i++)
      tg_buf_printf(out, x->name.at[i] == '/' ? "\\%c" : "%c", x->name.at[i]);
    tg_buf_puts(out, x->caseless ? "/i" : "/");
    break;
  case TG_X_TEST:
    put(x->a, P_SUM, out);
    tg_buf_printf(out, " is %s%s", x->negated ? "not " : "", tests[x->test]);
    break;
  case TG_X_IF:
    tg_buf_puts(out, "if ");
    put(x->a, P_OR, out);
    tg_buf_puts(out, " then ");
    put(x->b, P_OR, out);
    tg_buf_puts(out, " else ");
    put(x->c, P_OR, out);
    break;
  case TG_X_QUANTIFIER:
    tg_buf_printf(out, "%s ", quantifiers[x->word]);
    put_binding(&x->bindings[0], out);
    tg_buf_puts(out, " satisfies ");
    put(x->b, P_OR, out);
    break;
  case TG_X_AGGREGATE: put_aggregate(x, out); break;
  case TG_X_ERROR: tg_buf_puts(out, "?"); break;
  }
}

static void put(const tg_expr *x, int least, tg_buf *out) {
  bool prefix = x->kind == TG_X_IF || x->kind == TG_X_QUANTIFIER; /* reaches as far right as it can */
  bool parentheses = strength(x) < least || (prefix && least > P_OR);
  if (parentheses) tg_buf_putc(out, '(');
  put_bare(x, out);
  if (parentheses) tg_buf_putc(out, ')');
}

void tg_expr_print(const tg_expr *x, tg_buf *out) { put(x, P_OR, out); }

void tg_expr_source(const tg_sources *sources, const tg_expr *x, tg_buf *out) {
  const tg_source *s = x->span.start == UINT32_MAX ? NULL : tg_sources_of(sources, x->span.start);
  if (s == NULL) {
    tg_expr_print(x, out);
    return;
  }
  const uint8_t *p = tg_sources_at(sources, x->span.start), *end = p + x->span.len;
  if (end > s->text + s->len) end = s->text + s->len;
  bool blank = false;
  for (; p < end; p++) {
    bool white = *p == ' ' || *p == '\n' || *p == '\t' || *p == '\r';
    if (white) {
      blank = true;
      continue;
    }
    if (blank) tg_buf_putc(out, ' ');
    blank = false;
    tg_buf_putc(out, (char)*p);
  }
}
