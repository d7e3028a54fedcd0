/* Writing JSON: commas, indentation and escapes in one place. */
#ifndef TG_REPORT_JSON_OUT_H
#define TG_REPORT_JSON_OUT_H

#include "assess/assess.h"

typedef struct tg_json {
  tg_buf *out;
  int depth;
  bool indent; /* one member a line; false: all on one line */
  bool first;  /* nothing stands in the open container yet */
} tg_json;

void tg_json_init(tg_json *j, tg_buf *out, bool indent);
/* `key` NULL: an element of an array, or the top. */
void tg_json_open(tg_json *j, const char *key, char bracket);
void tg_json_close(tg_json *j, char bracket);
void tg_json_text(tg_json *j, const char *key, tg_str s);
void tg_json_word(tg_json *j, const char *key, const char *word); /* NULL writes null */
void tg_json_int(tg_json *j, const char *key, int64_t n);
void tg_json_bool(tg_json *j, const char *key, bool b);
void tg_json_null(tg_json *j, const char *key);
/* One decimal, or null when nothing was evaluated. */
void tg_json_figure(tg_json *j, const char *key, tg_figure f);
/* Numbers and booleans as such, unknown as null, all else as the text that reports print. */
void tg_json_value(tg_json *j, const tg_assessment *a, tg_str key, tg_value v);
/* A member whose key is data. */
void tg_json_key(tg_json *j, tg_str key);
/* The bytes of a JSON string with its quotes. */
void tg_json_put(tg_buf *out, tg_str s);

#endif
