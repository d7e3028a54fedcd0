#include "report/json_out.h"

#include <string.h>

void tg_json_init(tg_json *j, tg_buf *out, bool indent) { *j = (tg_json){out, 0, indent, true}; }

void tg_json_put(tg_buf *out, tg_str s) { tg_quote(out, s); }

static void new_line(tg_json *j) {
  if (!j->indent) return;
  tg_buf_putc(j->out, '\n');
  for (int i = 0; i < j->depth; i++) tg_buf_puts(j->out, "  ");
}

static void begin(tg_json *j, const char *key) {
  if (!j->first) tg_buf_puts(j->out, j->indent ? "," : ", ");
  if (j->depth > 0) new_line(j);
  j->first = false;
  if (key != NULL) {
    tg_json_put(j->out, tg_str_of(key));
    tg_buf_puts(j->out, ": ");
  }
}

void tg_json_key(tg_json *j, tg_str key) {
  begin(j, NULL);
  tg_json_put(j->out, key);
  tg_buf_puts(j->out, ": ");
}

void tg_json_open(tg_json *j, const char *key, char bracket) {
  begin(j, key);
  tg_buf_putc(j->out, bracket);
  j->depth++;
  j->first = true;
}

void tg_json_close(tg_json *j, char bracket) {
  j->depth--;
  if (!j->first) new_line(j);
  tg_buf_putc(j->out, bracket);
  j->first = false;
}

void tg_json_text(tg_json *j, const char *key, tg_str s) {
  begin(j, key);
  tg_json_put(j->out, s);
}

void tg_json_word(tg_json *j, const char *key, const char *word) {
  if (word == NULL) {
    tg_json_null(j, key);
    return;
  }
  tg_json_text(j, key, tg_str_of(word));
}

void tg_json_int(tg_json *j, const char *key, int64_t n) {
  begin(j, key);
  tg_buf_printf(j->out, "%lld", (long long)n);
}

void tg_json_bool(tg_json *j, const char *key, bool b) {
  begin(j, key);
  tg_buf_puts(j->out, b ? "true" : "false");
}

void tg_json_null(tg_json *j, const char *key) {
  begin(j, key);
  tg_buf_puts(j->out, "null");
}

void tg_json_figure(tg_json *j, const char *key, tg_figure f) {
  int tenths = tg_figure_tenths(f);
  begin(j, key);
  if (tenths < 0)
    tg_buf_puts(j->out, "null");
  else
    tg_buf_printf(j->out, "%d.%d", tenths / 10, tenths % 10);
}

void tg_json_value(tg_json *j, const tg_assessment *a, tg_str key, tg_value v) {
  tg_json_key(j, key);
  switch (v.kind) {
  case TG_V_UNKNOWN:
  case TG_V_ERROR: tg_buf_puts(j->out, "null"); return;
  case TG_V_BOOL:
  case TG_V_NUMBER: tg_assess_print(a, v, j->out); return;
  default: break;
  }
  tg_buf text;
  tg_buf_init(&text, a->mem);
  tg_assess_print(a, v, &text);
  if (text.failed)
    j->out->failed = true;
  else
    tg_json_put(j->out, (tg_str){text.n ? text.at : "", (uint32_t)text.n});
  tg_buf_done(&text);
}
