/* Which reader a text gets, and reading files. */
#include "facts/store.h"

#include "base/load.h"

#include <string.h>

static bool ends_with(tg_str name, const char *suffix) {
  size_t n = strlen(suffix);
  return name.n > n && memcmp(name.at + name.n - n, suffix, n) == 0;
}

static tg_format format_of(const tg_source *s) {
  if (ends_with(s->name, ".json")) return TG_FORMAT_JSON;
  if (ends_with(s->name, ".ndjson") || ends_with(s->name, ".jsonl")) return TG_FORMAT_NDJSON;
  if (ends_with(s->name, ".yaml") || ends_with(s->name, ".yml")) return TG_FORMAT_YAML;
  uint32_t i = s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  while (i < s->len && (s->text[i] == ' ' || s->text[i] == '\n' || s->text[i] == '\r' || s->text[i] == '\t'))
    i++;
  return i < s->len && (s->text[i] == '{' || s->text[i] == '[') ? TG_FORMAT_JSON : TG_FORMAT_YAML;
}

tg_status tg_facts_read(tg_store *s, uint32_t source, tg_format format, tg_diags *d) {
  if (format == TG_FORMAT_AUTO) format = format_of(&s->sources.list.at[source]);
  switch (format) {
  case TG_FORMAT_JSON: return tg_facts_read_json(s, source, d);
  case TG_FORMAT_NDJSON: return tg_facts_read_ndjson(s, source, d);
  default: return tg_facts_read_yaml(s, source, d);
  }
}

tg_status tg_facts_load_file(tg_store *s, const char *path, tg_str name, tg_diags *d, uint32_t *source) {
  tg_load load = {path, name, s->interrupt, s->interrupt_ctx};
  return tg_sources_load(&s->sources, &load, d, source);
}
