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

tg_status tg_facts_no_mapping(const tg_store *s, uint32_t start, uint32_t source, tg_diags *d) {
  tg_str name = s->sources.list.at[source].name;
  tg_diag_at(d, TG_E_ROOT, &s->sources, (tg_span){start, 1}, "the top of the file must be a mapping");
  if (ends_with(name, ".csv"))
    tg_diag_hint(d, "the records of a list are read from CSV by `--facts LIST=%.*s`", TG_STR_ARG(name));
  return TG_INVALID;
}

tg_status tg_facts_load_file(tg_store *s, const char *path, tg_str name, tg_diags *d, uint32_t *source) {
  tg_load load = {path, name, s->interrupt, s->interrupt_ctx};
  return tg_sources_load(&s->sources, &load, d, source);
}

tg_status tg_facts_read_waivers(tg_store *s, uint32_t source, tg_str path, const struct tg_model *model,
                                tg_diags *d) {
  if (ends_with(s->sources.list.at[source].name, ".csv")) return tg_facts_read_csv(s, source, path, model, d);
  s->list_roots = true;
  tg_status st = tg_facts_read(s, source, TG_FORMAT_AUTO, d);
  s->list_roots = false;
  if (st != TG_OK) return st;
  uint32_t node = s->roots.at[s->roots.n - 1], key = tg_names_find(&s->names, TG_STR("waivers"));
  if (s->tree.nodes.at[node].kind == TG_V_MAP) {
    uint32_t list = key == TG_NO_NAME ? UINT32_MAX : tg_store_child(s, node, key);
    uint32_t others = tg_node_count(s->tree.nodes.at[node]) - (list != UINT32_MAX);
    if (list == UINT32_MAX || others > 0 || s->tree.nodes.at[list].kind != TG_V_SEQ) {
      tg_diag_at(d, TG_E_ROOT, &s->sources, (tg_span){s->tree.nodes.at[node].start, 1},
                 "a file of waivers is a list of waivers, or a mapping with the one key `waivers`");
      return TG_INVALID;
    }
    node = list;
  }
  s->roots.n--;
  s->root_source.n--;
  tg_builder_init(&s->builder, s, d);
  return tg_builder_wrap(&s->builder, path, s->tree.nodes.at[node], source);
}
