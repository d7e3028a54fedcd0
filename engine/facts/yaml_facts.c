/* YAML facts: events to a tree, plain scalars by the core schema. */
#include "facts/store.h"
#include "yaml/yaml.h"

#include "base/limits.h"

#include <string.h>

typedef struct frame {
  uint32_t mark; /* children pushed since */
  tg_value container;
  uint32_t key, place; /* under which the container itself will stand */
} frame;

typedef struct reader {
  tg_store *store;
  tg_yaml *yaml;
  tg_diags *diags;
  TG_VEC(frame) frames;
  uint32_t key, place; /* of the value that comes next */
} reader;

static tg_status keep_text(reader *r, const tg_yaml_event *e, tg_value *out) {
  tg_pool *pool = &r->store->pool;
  if (e->verbatim && e->style == TG_YAML_PLAIN) {
    *out = tg_text_value(TG_HOME_SOURCE, (const uint8_t *)e->text.at, e->text.n, e->at.start, 0);
    return TG_OK;
  }
  if (e->verbatim) {
    *out = tg_text_value(TG_HOME_QUOTED, (const uint8_t *)e->text.at, e->text.n, e->at.start, 0);
    return TG_OK;
  }
  int64_t offset = tg_pool_add(pool, e->text.at, e->text.n);
  if (offset < 0) return tg_mem_status(&r->store->mem);
  *out = tg_text_value(TG_HOME_FACTS, pool->at + offset, e->text.n, e->at.start, (uint32_t)offset);
  return TG_OK;
}

static tg_status wrong_tag(reader *r, const tg_yaml_event *e) {
  tg_diag_at(r->diags, TG_E_YAML_SUBSET, &r->store->sources, e->at, "this is no `!!%.*s`",
             TG_STR_ARG(e->tag));
  return TG_INVALID;
}

static tg_status typed_scalar(reader *r, const tg_yaml_event *e, tg_value *out) {
  tg_value v;
  tg_parse got = tg_core_scalar(e->text.at, e->text.n, &v);
  if (got == TG_PARSE_NOT) {
    if (e->tag.n) return wrong_tag(r, e);
    return keep_text(r, e, out);
  }
  if (got == TG_PARSE_RANGE) {
    tg_diag_at(r->diags, TG_E_NUMBER_RANGE, &r->store->sources, e->at,
               e->text.at[e->text.n - 1] > '9' ? "infinity and not-a-number are not facts"
                                               : "numbers of 10^18 or more are not supported");
    tg_diag_hint(r->diags, "quote it when it is a text; use null for what is not known");
    return TG_INVALID;
  }
  if (got == TG_PARSE_ROUNDED)
    tg_diag_at(r->diags, TG_E_NUMBER_ROUNDED, &r->store->sources, e->at,
               "the number has more digits than are kept, and was rounded");
  bool number = tg_str_is(e->tag, "int") || tg_str_is(e->tag, "float");
  if (e->tag.n && ((number && v.kind != TG_V_NUMBER) || (tg_str_is(e->tag, "bool") && v.kind != TG_V_BOOL) ||
                   (tg_str_is(e->tag, "null") && v.kind != TG_V_UNKNOWN)))
    return wrong_tag(r, e);
  v.start = e->at.start;
  *out = v;
  return TG_OK;
}

static tg_status scalar(reader *r, const tg_yaml_event *e, tg_value *out) {
  bool text = tg_str_is(e->tag, "str") || (e->style != TG_YAML_PLAIN && e->tag.n == 0);
  return text ? keep_text(r, e, out) : typed_scalar(r, e, out);
}

static tg_status put(reader *r, tg_value v, uint32_t key, uint32_t place, uint32_t source) {
  if (r->frames.n > 0)
    return tg_builder_push(&r->store->builder, key, key == TG_NO_NAME ? v.start : place, v);
  if (v.kind == TG_V_MAP || (v.kind == TG_V_SEQ && r->store->list_roots))
    return tg_builder_root(&r->store->builder, v, source);
  if (v.kind == TG_V_UNKNOWN) {
    tg_diag_file(r->diags, TG_E_EMPTY, r->store->sources.list.at[source].name, "the file holds no facts");
    return TG_INVALID;
  }
  return tg_facts_no_mapping(r->store, v.start, source, r->diags);
}

static tg_status open_frame(reader *r, const tg_yaml_event *e) {
  frame f = {r->store->builder.values.n, tg_value_make(e->kind == TG_YAML_MAP ? TG_V_MAP : TG_V_SEQ, 0, 0),
             r->key, r->place};
  f.container.start = e->at.start;
  r->key = TG_NO_NAME;
  return tg_vec_push(&r->store->mem, &r->frames, f) ? TG_OK : tg_mem_status(&r->store->mem);
}

static tg_status close_frame(reader *r, uint32_t source) {
  frame f = r->frames.at[--r->frames.n];
  tg_value v;
  tg_status st = tg_builder_close(&r->store->builder, f.mark, f.container, &v);
  r->key = TG_NO_NAME;
  return st == TG_OK ? put(r, v, f.key, f.place, source) : st;
}

static tg_status take(reader *r, const tg_yaml_event *e, uint32_t source) {
  tg_value v;
  tg_status st;
  switch (e->kind) {
  case TG_YAML_KEY:
    r->key = tg_names_add(&r->store->names, e->text);
    r->place = e->at.start;
    return r->key == TG_NO_NAME ? tg_mem_status(&r->store->mem) : TG_OK;
  case TG_YAML_MAP:
  case TG_YAML_SEQ: return open_frame(r, e);
  case TG_YAML_MAP_END:
  case TG_YAML_SEQ_END: return close_frame(r, source);
  default:
    st = scalar(r, e, &v);
    if (st == TG_OK) st = put(r, v, r->key, r->place, source);
    r->key = TG_NO_NAME;
    return st;
  }
}

tg_status tg_facts_read_yaml(tg_store *s, uint32_t source, tg_diags *d) {
  reader r = {.store = s, .diags = d, .key = TG_NO_NAME};
  uint32_t roots = s->roots.n;
  tg_status st = tg_yaml_new(&s->mem, &s->sources, source, d, &r.yaml);
  if (st != TG_OK) return st;
  tg_builder_init(&s->builder, s, d);
  tg_yaml_interrupt(r.yaml, s->interrupt, s->interrupt_ctx);
  for (;;) {
    tg_yaml_event e;
    st = tg_yaml_next(r.yaml, &e);
    if (st != TG_OK || e.kind == TG_YAML_END) break;
    st = take(&r, &e, source);
    if (st != TG_OK) break;
  }
  tg_vec_done(&s->mem, &r.frames);
  tg_yaml_free(r.yaml);
  if (st == TG_OK && s->roots.n == roots) {
    tg_diag_file(d, TG_E_EMPTY, s->sources.list.at[source].name, "the file holds no facts");
    st = TG_INVALID;
  }
  return st;
}
