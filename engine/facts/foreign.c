/* Facts from the caller's own representation (tollgate.h, tg_fact_reader). */
#include "facts/foreign.h"

#include <stdlib.h>
#include <string.h>

/* Elements and entries asked for in one call. */
enum { BATCH = 64 };

typedef struct walk {
  tg_store *store;
  tg_builder builder;
  const tg_plan *plan;
  const tg_model *model;
  const tg_fact_reader *reader;
  tg_diags *diags;
  tg_str name;
  int depth;
} walk;

static tg_status broken(walk *w, const char *what) {
  tg_diag_file(w->diags, TG_E_IO, w->name, "the fact reader %s", what);
  return TG_INVALID;
}

static tg_status read_value(walk *w, const tg_fact_value *f, uint32_t entry, uint32_t shape, uint32_t field,
                            tg_value *out);

static tg_status scalar(walk *w, const tg_fact_value *f, tg_value *out) {
  tg_value v = tg_unknown(TG_WHY_NULL);
  switch (f->kind) {
  case TG_FACT_BOOL: v = tg_bool(f->boolean != 0); break;
  case TG_FACT_NUMBER: {
    if (f->text.at == NULL) return broken(w, "gave a number without digits");
    tg_parse p = tg_number_parse(f->text.at, f->text.n, false, &v);
    if (p == TG_PARSE_NOT) return broken(w, "gave a number that is none");
    if (p == TG_PARSE_RANGE) {
      tg_diag_file(w->diags, TG_E_NUMBER_RANGE, w->name, "a number of 10^18 or more");
      return TG_INVALID;
    }
    break;
  }
  case TG_FACT_TEXT: {
    if (f->text.at == NULL && f->text.n > 0) return broken(w, "gave a text without bytes");
    if (f->text.n > UINT32_MAX / 2) return TG_LIMIT;
    if (tg_utf8_bad(f->text.at, f->text.n) != f->text.n) return broken(w, "gave a text that is not UTF-8");
    int64_t offset = tg_pool_add(&w->store->pool, f->text.at, f->text.n);
    if (offset < 0) return tg_mem_status(&w->store->mem);
    v = tg_text_value(TG_HOME_FACTS, w->store->pool.at + offset, (uint32_t)f->text.n, TG_NOWHERE,
                      (uint32_t)offset);
    break;
  }
  default: break;
  }
  v.start = TG_NOWHERE;
  *out = v;
  return TG_OK;
}

static int compare_texts(const void *a, const void *b) {
  return tg_str_cmp(*(const tg_str *)a, *(const tg_str *)b);
}

typedef TG_VEC(tg_str) wanted_keys;

static bool want(walk *w, wanted_keys *keys, tg_str name) { return tg_vec_push(&w->store->mem, keys, name); }

/* The keys that the plan's entries and the model's mandatory fields name, in byte order, each once. */
static bool collect(walk *w, uint32_t first_entry, uint32_t field, wanted_keys *keys) {
  for (uint32_t e = first_entry; e != UINT32_MAX; e = w->plan->entries[e].next)
    if (!want(w, keys, w->plan->entries[e].name)) return false;
  if (field != TG_NO_FIELD && field < w->model->field_count)
    for (uint32_t c = w->model->fields[field].first_child; c != TG_NO_FIELD; c = w->model->fields[c].next)
      if ((w->model->fields[c].required || w->model->fields[c].type == TG_T_RECORD) &&
          !want(w, keys, w->model->fields[c].name))
        return false;
  if (keys->n > 1) {
    qsort(keys->at, keys->n, sizeof *keys->at, compare_texts);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < keys->n; i++)
      if (!tg_str_eq(keys->at[i], keys->at[kept - 1])) keys->at[kept++] = keys->at[i];
    keys->n = kept;
  }
  return true;
}

static uint32_t entry_called(const tg_plan *plan, uint32_t first, tg_str name) {
  for (uint32_t e = first; e != UINT32_MAX; e = plan->entries[e].next)
    if (tg_str_eq(plan->entries[e].name, name)) return e;
  return UINT32_MAX;
}

static tg_status push_child(walk *w, tg_str key, const tg_fact_value *f, uint32_t entry, uint32_t shape,
                            uint32_t field) {
  if (f->kind == TG_FACT_ABSENT) return TG_OK;
  tg_value v;
  tg_status st = read_value(w, f, entry, shape, field, &v);
  if (st != TG_OK) return st;
  uint32_t name = TG_NO_NAME;
  if (key.at != NULL) {
    name = tg_names_add(&w->store->names, key);
    if (name == TG_NO_NAME) return tg_mem_status(&w->store->mem);
  }
  return tg_builder_push(&w->builder, name, TG_NOWHERE, v);
}

/* A record: its wanted keys in one call.  `first_entry` are the plan's entries of its keys. */
static tg_status read_record(walk *w, const tg_fact_value *f, uint32_t first_entry, uint32_t field,
                             tg_value *out) {
  wanted_keys keys = {NULL, 0, 0};
  tg_status st = TG_OK;
  uint32_t mark = w->builder.values.n;
  if (!collect(w, first_entry, field, &keys)) st = tg_mem_status(&w->store->mem);
  size_t text_bytes = sizeof(tg_text) * keys.n, value_bytes = sizeof(tg_fact_value) * keys.n;
  tg_text *texts = tg_mem_zalloc(&w->store->mem, text_bytes);
  tg_fact_value *values = tg_mem_zalloc(&w->store->mem, value_bytes);
  if (keys.n > 0 && (texts == NULL || values == NULL)) st = tg_mem_status(&w->store->mem);
  if (st == TG_OK && keys.n > 0) {
    for (uint32_t i = 0; i < keys.n; i++) texts[i] = (tg_text){keys.at[i].at, keys.at[i].n};
    if (w->reader->fields(w->reader->ctx, f->node, texts, keys.n, values) != 0)
      st = broken(w, "failed to read a record");
  }
  for (uint32_t i = 0; st == TG_OK && i < keys.n; i++) {
    uint32_t e = entry_called(w->plan, first_entry, keys.at[i]);
    uint32_t shape = e == UINT32_MAX ? TG_NO_SHAPE : w->plan->entries[e].shape;
    uint32_t child = field == TG_NO_FIELD ? TG_NO_FIELD : tg_model_child(w->model, field, keys.at[i]);
    st = push_child(w, keys.at[i], &values[i], e == UINT32_MAX ? UINT32_MAX : e, shape, child);
  }
  tg_mem_free(&w->store->mem, texts, text_bytes);
  tg_mem_free(&w->store->mem, values, value_bytes);
  tg_vec_done(&w->store->mem, &keys);
  if (st != TG_OK) return st;
  return tg_builder_close(&w->builder, mark, tg_value_make(TG_V_MAP, 0, 0), out);
}

/* A list, or a map whose keys are data; elements follow the entries of `shape`. */
static tg_status read_many(walk *w, const tg_fact_value *f, uint32_t shape, uint32_t field, tg_value *out) {
  uint32_t mark = w->builder.values.n;
  bool map = f->kind == TG_FACT_MAP;
  tg_text keys[BATCH];
  tg_fact_value values[BATCH];
  tg_status st = TG_OK;
  if (f->count > UINT32_MAX / 2) return TG_LIMIT;
  for (uint64_t at = 0; st == TG_OK && at < f->count; at += BATCH) {
    size_t n = f->count - at < BATCH ? (size_t)(f->count - at) : BATCH;
    memset(values, 0, sizeof values);
    memset(keys, 0, sizeof keys);
    if (w->store->interrupt != NULL && w->store->interrupt(w->store->interrupt_ctx) != 0)
      return TG_INTERRUPTED;
    int failed = map ? w->reader->entries(w->reader->ctx, f->node, at, n, keys, values)
                     : w->reader->elements(w->reader->ctx, f->node, at, n, values);
    if (failed) return broken(w, "failed to read a list");
    for (size_t i = 0; st == TG_OK && i < n; i++) {
      tg_str key = {NULL, 0};
      if (map) {
        if (keys[i].at == NULL || keys[i].n > UINT32_MAX / 2 ||
            tg_utf8_bad(keys[i].at, keys[i].n) != keys[i].n)
          return broken(w, "gave a key that is no UTF-8 text");
        key = (tg_str){keys[i].at, (uint32_t)keys[i].n};
      }
      if (values[i].kind == TG_FACT_ABSENT) values[i].kind = TG_FACT_NULL;
      st = push_child(w, key, &values[i], UINT32_MAX, shape == TG_NO_SHAPE ? TG_NO_SHAPE : shape | 0x10000u,
                      field);
    }
  }
  if (st != TG_OK) return st;
  return tg_builder_close(&w->builder, mark, tg_value_make(map ? TG_V_MAP : TG_V_SEQ, 0, 0), out);
}

/* `shape` with bit 16: the value is an element of that shape; without: a list or map whose elements it describes. */
static tg_status read_value(walk *w, const tg_fact_value *f, uint32_t entry, uint32_t shape, uint32_t field,
                            tg_value *out) {
  if (f->kind != TG_FACT_LIST && f->kind != TG_FACT_MAP) {
    if ((unsigned)f->kind > TG_FACT_MAP) return broken(w, "gave a value of no known kind");
    return scalar(w, f, out);
  }
  if (w->depth >= TG_MAX_DEPTH) {
    tg_diag_file(w->diags, TG_E_DEPTH, w->name, "containers are nested more than %d deep", TG_MAX_DEPTH);
    return TG_INVALID;
  }
  w->depth++;
  tg_status st;
  bool element = shape != TG_NO_SHAPE && (shape & 0x10000u) != 0;
  if (element) {
    const tg_plan_shape *sh = &w->plan->shapes[shape & 0xffffu];
    if (f->kind == TG_FACT_MAP && sh->first_entry != UINT32_MAX)
      st = read_record(w, f, sh->first_entry, field, out);
    else
      st = read_many(w, f, sh->element_shape, field, out);
  } else if (shape != TG_NO_SHAPE) {
    st = read_many(w, f, shape, field, out);
  } else if (f->kind == TG_FACT_MAP &&
             ((entry != UINT32_MAX && w->plan->entries[entry].first_child != UINT32_MAX) ||
              (field != TG_NO_FIELD && w->model->fields[field].type == TG_T_RECORD))) {
    uint32_t first = entry == UINT32_MAX ? UINT32_MAX : w->plan->entries[entry].first_child;
    st = read_record(w, f, first, field, out);
  } else {
    st = read_many(w, f, TG_NO_SHAPE, field, out);
  }
  w->depth--;
  return st;
}

tg_status tg_facts_read_foreign(tg_store *s, const tg_plan *plan, const tg_model *model, tg_str name,
                                const tg_fact_reader *reader, tg_fact_node root, tg_diags *d) {
  uint32_t source;
  tg_status st = tg_sources_add(&s->sources, name, "", 0, &source);
  if (st != TG_OK) return st;
  walk w = {.store = s, .plan = plan, .model = model, .reader = reader, .diags = d, .name = name};
  tg_builder_init(&w.builder, s, d);
  tg_fact_value top = {.kind = TG_FACT_MAP, .node = root};
  tg_value v;
  st = read_record(&w, &top, plan->shapes[0].first_entry, model->present ? 0 : TG_NO_FIELD, &v);
  if (st == TG_OK) st = tg_builder_root(&w.builder, v, source);
  tg_builder_done(&w.builder);
  return st;
}
