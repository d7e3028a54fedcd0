/* Packs to a program. */
#include "api/handles.h"
#include "base/load.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Folders inside folders: deeper is a loop of links, not a rule library. */
enum { MAX_FOLDERS = 16 };

tg_status tg_compiler_new(tg_env *env, tg_messages *messages, tg_compiler **out) {
  if (env == NULL || messages == NULL || out == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_mem_init(&mem, &env->allocator, env->memory_limit);
  tg_compiler *c = tg_mem_zalloc(&mem, sizeof *c);
  if (c == NULL) return tg_api_refused(messages, &mem, tg_mem_status(&mem));
  c->env = env;
  c->messages = messages;
  c->mem = mem;
  tg_sources_init(&c->sources, &c->mem);
  tg_arena_init(&c->arena, &c->mem);
  *out = c;
  return TG_OK;
}

void tg_compiler_free(tg_compiler *c) {
  if (c == NULL) return;
  tg_vec_done(&c->mem, &c->packs);
  tg_vec_done(&c->mem, &c->params);
  tg_vec_done(&c->mem, &c->tests);
  tg_arena_done(&c->arena);
  tg_sources_done(&c->sources);
  tg_mem mem = c->mem;
  tg_mem_free(&mem, c, sizeof *c);
}

static tg_status add_source(tg_compiler *c, uint32_t source) {
  tg_pack_ast *pack = NULL;
  tg_status st = tg_pack_read(&c->arena, &c->sources, source, &c->messages->diags, &pack);
  if (st == TG_INVALID && !c->mem.failed)
    return TG_OK; /* reported; the other packs are still read, tg_compiler_finish refuses */
  if (st == TG_OK && c->mem.failed) st = tg_mem_status(&c->mem);
  if (st == TG_OK && pack != NULL && !tg_vec_push(&c->mem, &c->packs, pack)) st = tg_mem_status(&c->mem);
  return st == TG_OK ? st : tg_api_refused(c->messages, &c->mem, st);
}

tg_status tg_compiler_add_memory(tg_compiler *c, tg_text name, const void *bytes, size_t n) {
  if (c == NULL || c->finished || (bytes == NULL && n > 0) || name.n > UINT32_MAX) return TG_MISUSE;
  uint32_t source;
  tg_status st = tg_sources_add(&c->sources, tg_str_from(name), bytes, n, &source);
  if (st != TG_OK) return tg_api_refused(c->messages, &c->mem, st);
  return add_source(c, source);
}

static tg_status add_file(tg_compiler *c, const char *path) {
  uint32_t source;
  tg_load load = {path, tg_str_of(path), NULL, NULL};
  tg_status st = tg_sources_load(&c->sources, &load, &c->messages->diags, &source);
  if (st == TG_NOMEM || st == TG_LIMIT) return tg_api_refused(c->messages, &c->mem, st);
  return st == TG_OK ? add_source(c, source) : st;
}

static bool ends_with(const char *name, const char *suffix) {
  size_t n = strlen(name), k = strlen(suffix);
  return n > k && memcmp(name + n - k, suffix, k) == 0;
}

/* A YAML file is a pack when some line begins with `pack:`; rule tests, configurations and facts do not have one. */
static bool is_pack(const tg_source *s) {
  const uint8_t *at = s->text, *end = s->text + s->len;
  if (s->len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) at += 3;
  while (at < end) {
    if ((size_t)(end - at) >= 5 && memcmp(at, "pack:", 5) == 0) return true;
    const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
    if (newline == NULL) return false;
    at = newline + 1;
  }
  return false;
}

bool tg_is_test_file(const char *path) {
  return ends_with(path, ".test.yaml") || ends_with(path, ".test.yml");
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static tg_status add_folder(tg_compiler *c, const char *path, int depth);

static tg_status add_entry(tg_compiler *c, const char *path, int depth) {
  struct stat st;
  if (stat(path, &st) != 0) return TG_OK; /* a link to nowhere is no pack */
  if (S_ISDIR(st.st_mode)) return add_folder(c, path, depth + 1);
  if (!S_ISREG(st.st_mode)) return TG_OK;
  if (tg_is_test_file(path))
    return !c->wants_tests || tg_vec_push(&c->mem, &c->tests, (char *)(uintptr_t)path)
               ? TG_OK
               : tg_api_refused(c->messages, &c->mem, tg_mem_status(&c->mem));
  if (!ends_with(path, ".yaml") && !ends_with(path, ".yml")) return TG_OK;
  uint32_t source;
  tg_load load = {path, tg_str_of(path), NULL, NULL};
  tg_status status = tg_sources_load(&c->sources, &load, &c->messages->diags, &source);
  if (status == TG_NOMEM || status == TG_LIMIT) return tg_api_refused(c->messages, &c->mem, status);
  if (status != TG_OK) return status;
  return is_pack(&c->sources.list.at[source]) ? add_source(c, source) : TG_OK;
}

/* Entries in byte order of their names, so that the order of packs does not depend on the file system. */
static tg_status add_folder(tg_compiler *c, const char *path, int depth) {
  tg_status st = TG_OK;
  TG_VEC(char *) names = {NULL, 0, 0};
  DIR *dir = depth > MAX_FOLDERS ? NULL : opendir(path);
  if (dir == NULL) {
    const char *why = depth > MAX_FOLDERS ? "folders are nested too deep" : strerror(errno);
    tg_diag_file(&c->messages->diags, TG_E_IO, tg_str_of(path), "cannot read the folder: %s", why);
    return TG_IO;
  }
  for (struct dirent *e = readdir(dir); e != NULL && st == TG_OK; e = readdir(dir)) {
    if (e->d_name[0] == '.') continue;
    size_t a = strlen(path), b = strlen(e->d_name);
    char *full = tg_arena_alloc(&c->arena, a + b + 2);
    if (full != NULL) {
      memcpy(full, path, a);
      if (a == 0 || path[a - 1] != '/') full[a++] = '/';
      memcpy(full + a, e->d_name, b);
    }
    if (full == NULL || !tg_vec_push(&c->mem, &names, full))
      st = tg_api_refused(c->messages, &c->mem, tg_mem_status(&c->mem));
  }
  closedir(dir);
  if (names.n) qsort(names.at, names.n, sizeof *names.at, compare_names);
  for (uint32_t i = 0; i < names.n && st == TG_OK; i++) st = add_entry(c, names.at[i], depth);
  tg_vec_done(&c->mem, &names);
  return st;
}

tg_status tg_compiler_add_path(tg_compiler *c, const char *path) {
  if (c == NULL || c->finished || path == NULL) return TG_MISUSE;
  struct stat st;
  if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
    uint32_t before = c->packs.n, errors = c->messages->diags.errors;
    tg_status status = add_folder(c, path, 1);
    if (status == TG_OK && c->packs.n == before && c->messages->diags.errors == errors) {
      tg_diag_file(&c->messages->diags, TG_E_EMPTY, tg_str_of(path), "no pack in this folder");
      tg_diag_hint(&c->messages->diags, "a pack is a YAML file with `pack:` at the top");
      return TG_INVALID;
    }
    return status;
  }
  return add_file(c, path);
}

tg_status tg_compiler_set_param(tg_compiler *c, tg_text name, tg_text value) {
  if (c == NULL || c->finished || name.at == NULL || value.at == NULL) return TG_MISUSE;
  tg_param_setting s = {{tg_arena_text(&c->arena, name.at, name.n), (uint32_t)name.n},
                        {tg_arena_text(&c->arena, value.at, value.n), (uint32_t)value.n}};
  if (s.name.at == NULL || s.value.at == NULL || !tg_vec_push(&c->mem, &c->params, s))
    return tg_api_refused(c->messages, &c->mem, tg_mem_status(&c->mem));
  return TG_OK;
}

void tg_compiler_portfolio(tg_compiler *c, int portfolio) {
  if (c != NULL) c->portfolio = portfolio != 0;
}

static tg_status lower(tg_compiler *c, const tg_checked *checked, tg_program_handle **out) {
  tg_mem mem;
  tg_mem_init(&mem, &c->env->allocator, c->env->memory_limit);
  tg_program_handle *p = tg_mem_zalloc(&mem, sizeof *p);
  if (p == NULL) return tg_api_refused(c->messages, &mem, tg_mem_status(&mem));
  p->mem = mem;
  atomic_init(&p->references, 1);
  tg_arena_init(&p->arena, &p->mem);
  tg_status st =
      tg_lower(&p->arena, &p->mem, checked, &c->sources, c->env->jit, &c->messages->diags, &p->program);
  if (st != TG_OK) {
    st = tg_api_refused(c->messages, &p->mem, st);
    tg_program_unref(p);
    return st;
  }
  *out = p;
  return TG_OK;
}

tg_status tg_compiler_finish(tg_compiler *c, tg_program_handle **out) {
  if (c == NULL || out == NULL || c->finished) return TG_MISUSE;
  c->finished = true;
  tg_diags *d = &c->messages->diags;
  tg_sema_options options = {c->params.at, c->params.n, c->portfolio};
  tg_checked *checked = tg_arena_new(&c->arena, tg_checked);
  if (checked == NULL) return tg_api_refused(c->messages, &c->mem, tg_mem_status(&c->mem));
  if (c->packs.n == 0 && d->errors == 0) {
    tg_diag_at(d, TG_E_EMPTY, NULL, TG_NO_SPAN, "no pack was given");
    return TG_INVALID;
  }
  tg_status st = tg_sema_check(&c->arena, &c->sources, c->packs.at, c->packs.n, &options, d, checked);
  if (st == TG_NOMEM || st == TG_LIMIT || c->mem.failed)
    return tg_api_refused(c->messages, &c->mem, st == TG_OK ? TG_INVALID : st);
  if (st != TG_OK || d->errors > 0) return TG_INVALID;
  return lower(c, checked, out);
}
