/* The table of fact types: looking up, printing. */
#include "facts/model.h"

#include <string.h>

uint32_t tg_model_child(const tg_model *m, uint32_t field, tg_str name) {
  for (uint32_t c = m->fields[field].first_child; c != TG_NO_FIELD; c = m->fields[c].next)
    if (tg_str_eq(m->fields[c].name, name)) return c;
  return TG_NO_FIELD;
}

void tg_model_path(const tg_model *m, uint32_t field, tg_buf *out) {
  const tg_field *f = &m->fields[field];
  if (field == 0) return;
  if (f->parent != 0) {
    tg_model_path(m, f->parent, out);
    tg_buf_putc(out, '.');
  }
  tg_buf_put(out, f->name.at, f->name.n);
  if (f->type == TG_T_ROWS) tg_buf_puts(out, "[]");
  if (f->type == TG_T_MAP) tg_buf_puts(out, "{}");
}

static const char *type_word(uint8_t type) {
  static const char *const words[] = {
      "any",      "text", "number", "integer", "boolean",         "date",          "event",
      "duration", "enum", "list",   "record",  "list of records", "map of records"};
  return words[type];
}

static void put_value(const tg_field *f, tg_value v, tg_buf *out) {
  tg_heap none = {0};
  (void)f;
  tg_value_print(&none, v, out);
}

void tg_model_type_text(const tg_model *m, uint32_t field, tg_buf *out) {
  const tg_field *f = &m->fields[field];
  uint8_t type = f->type == TG_T_LIST ? f->element : f->type;
  if (f->type == TG_T_LIST) tg_buf_puts(out, "list of ");
  tg_buf_puts(out, type_word(type));
  if (type == TG_T_ENUM) {
    tg_buf_putc(out, '(');
    for (uint32_t i = 0; i < f->enum_count; i++) {
      if (i) tg_buf_puts(out, ", ");
      tg_buf_put(out, m->words[f->enum_first + i].at, m->words[f->enum_first + i].n);
    }
    tg_buf_putc(out, ')');
  }
  if (f->has_least || f->has_greatest) {
    tg_buf_putc(out, '(');
    if (f->has_least) put_value(f, f->least, out);
    tg_buf_puts(out, "..");
    if (f->has_greatest) put_value(f, f->greatest, out);
    tg_buf_putc(out, ')');
  }
  if (f->pattern != TG_NO_FIELD) {
    tg_buf_puts(out, "(/");
    tg_buf_put(out, m->pattern_texts[f->pattern].at, m->pattern_texts[f->pattern].n);
    tg_buf_puts(out, m->pattern_caseless[f->pattern] ? "/i)" : "/)");
  }
  if (f->required) tg_buf_putc(out, '!');
  if (f->is_key) tg_buf_puts(out, " key");
}

void tg_model_write_text(const tg_model *m, tg_buf *out) {
  for (uint32_t i = 1; i < m->field_count; i++) {
    size_t start = out->n;
    tg_model_path(m, i, out);
    do tg_buf_putc(out, ' ');
    while (!out->failed && out->n - start < 44);
    start = out->n;
    tg_model_type_text(m, i, out);
    if (m->fields[i].unit.n) tg_buf_printf(out, " [%.*s]", TG_STR_ARG(m->fields[i].unit));
    if (m->fields[i].about.n) {
      do tg_buf_putc(out, ' ');
      while (!out->failed && out->n - start < 28);
      tg_buf_put(out, m->fields[i].about.at, m->fields[i].about.n);
    }
    tg_buf_putc(out, '\n');
  }
}
