/* Facts: loading, merging, checking, freezing. */
#include "api/handles.h"
#include "facts/foreign.h"

#include <string.h>

tg_status tg_facts_new(tg_env *env, const tg_allocator *allocator, tg_messages *messages, tg_facts **out) {
  if (env == NULL || messages == NULL || out == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_mem_init(&mem, &env->allocator, 0);
  tg_facts *f = tg_mem_zalloc(&mem, sizeof *f);
  if (f == NULL) return tg_api_refused(messages, &mem, TG_NOMEM);
  f->env = env;
  f->messages = messages;
  tg_status st = tg_store_init(&f->store, allocator ? allocator : &env->allocator, env->memory_limit);
  if (st != TG_OK) {
    tg_api_refused(messages, &f->store.mem, st);
    tg_store_done(&f->store);
    tg_mem_free(&mem, f, sizeof *f);
    return st;
  }
  tg_buf_init(&f->printed, &f->store.mem);
  st = tg_matcher_new(&f->store.mem, &f->matcher);
  if (st != TG_OK) {
    tg_facts_free(f);
    return tg_api_refused(messages, &mem, st);
  }
  *out = f;
  return TG_OK;
}

void tg_facts_free(tg_facts *f) {
  if (f == NULL) return;
  tg_buf_done(&f->printed);
  tg_matcher_free(f->matcher);
  tg_program_unref(f->checked_by);
  tg_store_done(&f->store);
  tg_mem mem;
  tg_mem_init(&mem, &f->env->allocator, 0);
  tg_mem_free(&mem, f, sizeof *f);
}

void tg_facts_interrupt(tg_facts *f, tg_interrupt_fn ask, void *ctx) {
  if (f == NULL) return;
  f->store.interrupt = ask;
  f->store.interrupt_ctx = ctx;
}

tg_status tg_facts_reset(tg_facts *f) {
  if (f == NULL) return TG_MISUSE;
  tg_store_reset(&f->store);
  tg_mem_clear(&f->store.mem);
  f->portfolio = false;
  return TG_OK;
}

static tg_status done(tg_facts *f, tg_status st) {
  return st == TG_NOMEM || st == TG_LIMIT || st == TG_INVALID ? tg_api_refused(f->messages, &f->store.mem, st)
                                                              : st;
}

tg_status tg_facts_add_path(tg_facts *f, const char *path) {
  if (f == NULL || path == NULL || f->store.frozen) return TG_MISUSE;
  uint32_t source;
  tg_status st = tg_facts_load_file(&f->store, path, tg_str_of(path), &f->messages->diags, &source);
  if (st == TG_OK) st = tg_facts_read(&f->store, source, TG_FORMAT_AUTO, &f->messages->diags);
  return done(f, st);
}

static tg_status add_bytes(tg_facts *f, tg_text name, const void *bytes, size_t n, unsigned flags,
                           uint32_t *source) {
  return flags & TG_FACTS_BORROW ? tg_sources_borrow(&f->store.sources, tg_str_from(name), bytes, n, source)
                                 : tg_sources_add(&f->store.sources, tg_str_from(name), bytes, n, source);
}

tg_status tg_facts_add_memory(tg_facts *f, tg_text name, const void *bytes, size_t n, unsigned flags) {
  if (f == NULL || f->store.frozen || (bytes == NULL && n > 0) || (flags & ~TG_FACTS_BORROW) != 0)
    return TG_MISUSE;
  uint32_t source;
  tg_status st = add_bytes(f, name, bytes, n, flags, &source);
  if (st == TG_OK) st = tg_facts_read(&f->store, source, TG_FORMAT_AUTO, &f->messages->diags);
  return done(f, st);
}

static const tg_model *model_of(const tg_program_handle *program) {
  return program != NULL && program->program.model.present ? &program->program.model : NULL;
}

tg_status tg_facts_add_csv(tg_facts *f, const tg_program_handle *program, tg_text collection,
                           const char *path) {
  if (f == NULL || path == NULL || collection.n == 0 || f->store.frozen) return TG_MISUSE;
  uint32_t source;
  tg_status st = tg_facts_load_file(&f->store, path, tg_str_of(path), &f->messages->diags, &source);
  if (st == TG_OK)
    st =
        tg_facts_read_csv(&f->store, source, tg_str_from(collection), model_of(program), &f->messages->diags);
  return done(f, st);
}

tg_status tg_facts_add_csv_memory(tg_facts *f, const tg_program_handle *program, tg_text collection,
                                  tg_text name, const void *bytes, size_t n) {
  if (f == NULL || collection.n == 0 || f->store.frozen || (bytes == NULL && n > 0)) return TG_MISUSE;
  uint32_t source;
  tg_status st = add_bytes(f, name, bytes, n, 0, &source);
  if (st == TG_OK)
    st =
        tg_facts_read_csv(&f->store, source, tg_str_from(collection), model_of(program), &f->messages->diags);
  return done(f, st);
}

tg_status tg_facts_add_waivers(tg_facts *f, const tg_program_handle *program, const char *path) {
  if (f == NULL || program == NULL || path == NULL || f->store.frozen) return TG_MISUSE;
  tg_diags *d = &f->messages->diags;
  uint32_t source;
  if (program->program.waivers_fact.n == 0) {
    tg_diag_file(d, TG_E_OPTION, tg_str_of(path),
                 "no loaded pack has a `waivers_fact`: waivers have no place to go");
    return TG_INVALID;
  }
  tg_status st = tg_facts_load_file(&f->store, path, tg_str_of(path), d, &source);
  if (st == TG_OK)
    st = tg_facts_read_waivers(&f->store, source, program->program.waivers_fact, model_of(program), d);
  return done(f, st);
}

tg_status tg_facts_add_reader(tg_facts *f, const tg_program_handle *program, tg_text name,
                              const tg_fact_reader *reader, tg_fact_node root) {
  if (f == NULL || program == NULL || reader == NULL || f->store.frozen) return TG_MISUSE;
  tg_fact_reader r;
  TG_COPY_OPTIONS(&r, reader);
  if (r.fields == NULL || r.elements == NULL || r.entries == NULL) return TG_MISUSE;
  return done(f, tg_facts_read_foreign(&f->store, &program->program.plan, &program->program.model,
                                       tg_str_from(name), &r, root, &f->messages->diags));
}

tg_status tg_facts_freeze(tg_facts *f, const tg_program_handle *program, int portfolio) {
  if (f == NULL || program == NULL || f->store.frozen) return TG_MISUSE;
  tg_diags *d = &f->messages->diags;
  const tg_model *model = &program->program.model;
  if (f->store.roots.n == 0) {
    tg_diag_at(d, TG_E_EMPTY, NULL, TG_NO_SPAN, "no facts were given");
    return TG_INVALID;
  }
  if (f->checked_by != program) {
    tg_program_unref(f->checked_by);
    f->checked_by = tg_program_ref((tg_program_handle *)(uintptr_t)program);
  }
  tg_status st = portfolio ? tg_facts_portfolio(&f->store, d) : tg_facts_merge(&f->store, model, d);
  if (st == TG_OK) st = tg_model_check(model, &f->store, f->matcher, d);
  if (st == TG_OK && d->strict && d->errors > 0) st = TG_INVALID;
  if (st != TG_OK) return done(f, st);
  f->portfolio = portfolio != 0;
  f->store.frozen = true;
  return TG_OK;
}

tg_status tg_facts_find(tg_facts *f, tg_text pointer, tg_text *value, tg_text *file, uint32_t *line,
                        uint32_t *column) {
  if (f == NULL || f->store.root == UINT32_MAX) return TG_MISUSE;
  uint32_t node = tg_store_find(&f->store, f->store.root, tg_str_from(pointer));
  if (node == UINT32_MAX) return TG_INVALID;
  tg_value v = f->store.tree.nodes.at[node];
  tg_heap heap;
  tg_heap_init(&heap, &f->store.mem);
  tg_store_heap(&f->store, &heap);
  tg_buf_clear(&f->printed);
  tg_value_print(&heap, v, &f->printed);
  tg_heap_done(&heap);
  if (f->printed.failed) return tg_mem_status(&f->store.mem);
  tg_place place =
      v.start == TG_NOWHERE ? (tg_place){{"", 0}, 0, 0} : tg_sources_place(&f->store.sources, v.start);
  if (value != NULL) *value = (tg_text){f->printed.n ? f->printed.at : "", f->printed.n};
  if (file != NULL) *file = tg_text_from(place.file);
  if (line != NULL) *line = place.line;
  if (column != NULL) *column = place.column;
  return TG_OK;
}
