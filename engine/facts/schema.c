/* The fact model as JSON Schema 2020-12.  Every fact may be null (not known), mandatory ones may not. */
#include "facts/model.h"

static void put_string(tg_buf *out, tg_str s) {
  tg_buf_putc(out, '"');
  for (uint32_t i = 0; i < s.n; i++) {
    uint8_t c = (uint8_t)s.at[i];
    if (c == '"' || c == '\\')
      tg_buf_printf(out, "\\%c", c);
    else if (c < 0x20)
      tg_buf_printf(out, "\\u%04x", c);
    else
      tg_buf_putc(out, (char)c);
  }
  tg_buf_putc(out, '"');
}

static void indent(tg_buf *out, int depth) {
  tg_buf_putc(out, '\n');
  for (int i = 0; i < depth; i++) tg_buf_puts(out, "  ");
}

static void put_number(tg_buf *out, tg_value v) {
  tg_heap none = {0};
  tg_value_print(&none, v, out);
}

/* Keywords of a scalar type; `null` beside the type where the fact may be unknown. */
static void put_scalar(const tg_model *m, const tg_field *f, uint8_t type, bool required, tg_buf *out) {
  const char *json = type == TG_T_NUMBER    ? "number"
                     : type == TG_T_INTEGER ? "integer"
                     : type == TG_T_BOOLEAN ? "boolean"
                                            : "string";
  bool open = type == TG_T_NUMBER || type == TG_T_INTEGER || type == TG_T_BOOLEAN;
  if (type == TG_T_ENUM) {
    tg_buf_puts(out, "\"enum\": [");
    for (uint32_t i = 0; i < f->enum_count; i++) {
      if (i) tg_buf_puts(out, ", ");
      put_string(out, m->words[f->enum_first + i]);
    }
    if (!required) tg_buf_puts(out, ", \"unknown\", null");
    tg_buf_putc(out, ']');
    return;
  }
  if (required)
    tg_buf_printf(out, "\"type\": \"%s\"", json);
  else if (open) /* the word `unknown` is a text */
    tg_buf_printf(out, "\"type\": [\"%s\", \"string\", \"null\"], \"pattern\": \"^unknown$\"", json);
  else
    tg_buf_printf(out, "\"type\": [\"%s\", \"null\"]", json);
  const char *unknown = required ? "" : "|unknown";
  if (type == TG_T_DATE) tg_buf_printf(out, ", \"pattern\": \"^([0-9]{4}-[0-9]{2}-[0-9]{2}%s)$\"", unknown);
  if (type == TG_T_EVENT)
    tg_buf_printf(out, ", \"pattern\": \"^([0-9]{4}-[0-9]{2}-[0-9]{2}|not_yet|none%s)$\"", unknown);
  if (type == TG_T_DURATION)
    tg_buf_printf(out, ", \"pattern\": \"^(-?[0-9]+ (day|week|month|year)s?%s)$\"", unknown);
  if (f->has_least) {
    tg_buf_puts(out, ", \"minimum\": ");
    put_number(out, f->least);
  }
  if (f->has_greatest) {
    tg_buf_puts(out, ", \"maximum\": ");
    put_number(out, f->greatest);
  }
  if (type == TG_T_TEXT && f->pattern != TG_NO_FIELD && required) {
    tg_buf_puts(out, ", \"pattern\": ");
    put_string(out, m->pattern_texts[f->pattern]);
  }
}

static void put_field(const tg_model *m, uint32_t field, int depth, tg_buf *out);

static void put_record(const tg_model *m, uint32_t field, int depth, tg_buf *out) {
  bool first = true, some = false;
  tg_buf_puts(out, "\"properties\": {");
  for (uint32_t c = m->fields[field].first_child; c != TG_NO_FIELD; c = m->fields[c].next) {
    if (!first) tg_buf_putc(out, ',');
    first = false;
    some |= m->fields[c].required;
    indent(out, depth + 1);
    put_string(out, m->fields[c].name);
    tg_buf_puts(out, ": ");
    put_field(m, c, depth + 1, out);
  }
  if (!first) indent(out, depth);
  tg_buf_putc(out, '}');
  if (!some) return;
  tg_buf_puts(out, ", \"required\": [");
  first = true;
  for (uint32_t c = m->fields[field].first_child; c != TG_NO_FIELD; c = m->fields[c].next) {
    if (!m->fields[c].required) continue;
    if (!first) tg_buf_puts(out, ", ");
    first = false;
    put_string(out, m->fields[c].name);
  }
  tg_buf_putc(out, ']');
}

static void put_field(const tg_model *m, uint32_t field, int depth, tg_buf *out) {
  const tg_field *f = &m->fields[field];
  tg_buf_putc(out, '{');
  if (f->about.n) {
    tg_buf_puts(out, "\"description\": ");
    put_string(out, f->about);
    tg_buf_puts(out, ", ");
  }
  switch (f->type) {
  case TG_T_RECORD:
    tg_buf_puts(out,
                f->required ? "\"type\": \"object\", " : "\"type\": [\"object\", \"string\", \"null\"], ");
    put_record(m, field, depth, out);
    break;
  case TG_T_ROWS:
    tg_buf_puts(
        out, "\"type\": [\"array\", \"string\", \"null\"], \"items\": {\"type\": [\"object\", \"null\"], ");
    put_record(m, field, depth, out);
    tg_buf_putc(out, '}');
    break;
  case TG_T_MAP:
    tg_buf_puts(out, "\"type\": [\"object\", \"string\", \"null\"], \"additionalProperties\": {\"type\": "
                     "[\"object\", \"null\"], ");
    put_record(m, field, depth, out);
    tg_buf_putc(out, '}');
    break;
  case TG_T_LIST:
    tg_buf_puts(out, "\"type\": [\"array\", \"string\", \"null\"], \"items\": {");
    put_scalar(m, f, f->element, false, out);
    tg_buf_putc(out, '}');
    break;
  default: put_scalar(m, f, f->type, f->required, out); break;
  }
  tg_buf_putc(out, '}');
}

void tg_model_write_schema(const tg_model *m, tg_str title, tg_buf *out) {
  tg_buf_puts(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": ");
  put_string(out, title);
  tg_buf_puts(out, ",\n  \"type\": \"object\",\n  ");
  put_record(m, 0, 1, out);
  tg_buf_puts(out, "\n}\n");
}
