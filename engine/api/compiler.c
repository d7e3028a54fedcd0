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
  tg_vec_done(&c->mem, &c->seen);
  tg_vec_done(&c->mem, &c->configs);
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
  c->rules_given = true;
  tg_status st = tg_sources_add(&c->sources, tg_str_from(name), bytes, n, &source);
  if (st != TG_OK) return tg_api_refused(c->messages, &c->mem, st);
  return add_source(c, source);
}

/* Whether the file was read before; notes it when not. */
static bool seen(tg_compiler *c, const struct stat *st) {
  tg_file_id id = {st->st_dev, st->st_ino};
  for (uint32_t i = 0; i < c->seen.n; i++)
    if (c->seen.at[i].device == id.device && c->seen.at[i].inode == id.inode) return true;
  (void)tg_vec_push(&c->mem, &c->seen, id); /* refused memory shows at the next step */
  return false;
}

static tg_status add_file(tg_compiler *c, const char *path) {
  uint32_t source;
  struct stat file;
  if (stat(path, &file) == 0 && S_ISREG(file.st_mode) && seen(c, &file)) return TG_OK;
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
    return !c->wants_tests || seen(c, &st) || tg_vec_push(&c->mem, &c->tests, (char *)(uintptr_t)path)
               ? TG_OK
               : tg_api_refused(c->messages, &c->mem, tg_mem_status(&c->mem));
  if ((!ends_with(path, ".yaml") && !ends_with(path, ".yml")) || seen(c, &st)) return TG_OK;
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

static tg_status add_path(tg_compiler *c, const char *path) {
  struct stat st;
  if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
    uint32_t before = c->packs.n + c->seen.n, errors = c->messages->diags.errors;
    tg_status status = add_folder(c, path, 1);
    if (status == TG_OK && c->packs.n + c->seen.n == before && c->messages->diags.errors == errors) {
      tg_diag_file(&c->messages->diags, TG_E_EMPTY, tg_str_of(path), "no pack in this folder");
      tg_diag_hint(&c->messages->diags, "a pack is a YAML file with `pack:` at the top");
      return TG_INVALID;
    }
    return status;
  }
  return add_file(c, path);
}

tg_status tg_compiler_add_path(tg_compiler *c, const char *path) {
  if (c == NULL || c->finished || path == NULL) return TG_MISUSE;
  c->rules_given = true;
  return add_path(c, path);
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

/* ---- standard packs, profiles, configurations ---- */

tg_status tg_compiler_standard(tg_compiler *c, const char *folder) {
  if (c == NULL || c->finished || folder == NULL) return TG_MISUSE;
  c->standard = tg_arena_text(&c->arena, folder, strlen(folder));
  return c->standard ? TG_OK : tg_api_refused(c->messages, &c->mem, tg_mem_status(&c->mem));
}

static const char *joined(tg_compiler *c, tg_str folder, tg_str name, const char *suffix) {
  size_t n = strlen(suffix);
  char *path = tg_arena_alloc(&c->arena, (size_t)folder.n + name.n + n + 2);
  if (path == NULL) return NULL;
  size_t at = folder.n;
  if (folder.n) memcpy(path, folder.at, folder.n);
  if (folder.n && path[at - 1] != '/') path[at++] = '/';
  if (name.n) memcpy(path + at, name.at, name.n);
  memcpy(path + at + name.n, suffix, n + 1);
  return path;
}

/* A path beside the file that names it. */
static const char *beside(tg_compiler *c, uint32_t source, tg_str path) {
  tg_str file = c->sources.list.at[source].name;
  while (file.n > 0 && file.at[file.n - 1] != '/') file.n--;
  if (path.n && path.at[0] == '/') file.n = 0;
  return joined(c, file, path, "");
}

/* `my.yaml`, `rules/`, `.`: a path; `bot.governance`: a name. */
static bool is_path(tg_str s) {
  bool slash = tg_str_is(s, ".") || tg_str_is(s, "..");
  for (uint32_t i = 0; i < s.n; i++) slash |= s.at[i] == '/';
  return slash || (s.n > 5 && memcmp(s.at + s.n - 5, ".yaml", 5) == 0) ||
         (s.n > 4 && memcmp(s.at + s.n - 4, ".yml", 4) == 0);
}

static void hint_profiles(tg_compiler *c, tg_str name) {
  const char *folder = joined(c, tg_str_of(c->standard), TG_STR("profiles"), "");
  DIR *dir = folder ? opendir(folder) : NULL;
  TG_VEC(tg_str) names = {NULL, 0, 0};
  for (struct dirent *e = dir ? readdir(dir) : NULL; e != NULL; e = readdir(dir)) {
    if (!ends_with(e->d_name, ".yaml")) continue;
    char *copy = tg_arena_text(&c->arena, e->d_name, strlen(e->d_name) - 5);
    if (copy != NULL) (void)tg_vec_push(&c->mem, &names, tg_str_of(copy));
  }
  if (dir != NULL) closedir(dir);
  int near = names.n ? tg_nearest(name, names.at, names.n) : -1;
  if (near >= 0) tg_diag_hint(&c->messages->diags, "did you mean `%.*s`?", TG_STR_ARG(names.at[near]));
  tg_vec_done(&c->mem, &names);
}

static tg_status read_config(tg_compiler *c, const char *path, int depth);

/* The configuration called `name`: a profile, or a file beside `source`. */
static tg_status read_base(tg_compiler *c, tg_str name, uint32_t source, tg_span at, int depth) {
  tg_diags *d = &c->messages->diags;
  struct stat st;
  if (source != TG_NONE && is_path(name)) {
    const char *path = beside(c, source, name);
    return path ? read_config(c, path, depth + 1) : tg_mem_status(&c->mem);
  }
  bool plain = name.n > 0 && name.at[0] != '.';
  for (uint32_t i = 0; i < name.n; i++) plain &= name.at[i] != '/' && name.at[i] != 0;
  const char *folder = c->standard ? joined(c, tg_str_of(c->standard), TG_STR("profiles"), "") : NULL;
  const char *path = plain && folder ? joined(c, tg_str_of(folder), name, ".yaml") : NULL;
  if (c->mem.failed) return tg_mem_status(&c->mem);
  if (path != NULL && stat(path, &st) == 0) return read_config(c, path, depth + 1);
  tg_diag_at(d, TG_E_CONFIG_NAME, at.start == UINT32_MAX ? NULL : &c->sources, at,
             "there is no profile `%.*s`", (int)(name.n < 80 ? name.n : 80), name.at);
  if (c->standard == NULL)
    tg_diag_hint(d, "profiles come with the standard packs, which were not found");
  else
    hint_profiles(c, name);
  return TG_INVALID;
}

static tg_status read_config(tg_compiler *c, const char *path, int depth) {
  tg_diags *d = &c->messages->diags;
  uint32_t source;
  tg_config_ast *config;
  tg_load load = {path, tg_str_of(path), NULL, NULL};
  tg_status st = tg_sources_load(&c->sources, &load, d, &source);
  if (st == TG_OK) st = tg_config_read(&c->arena, &c->sources, source, d, &config);
  if (st != TG_OK) return st;
  if (config->extends.text.n > 0 && !(depth == 0 && c->profiled)) {
    if (depth >= MAX_FOLDERS) {
      tg_diag_at(d, TG_E_CONFIG_CYCLE, &c->sources, config->extends.span,
                 "configurations extend each other in a circle");
      return TG_INVALID;
    }
    st = read_base(c, config->extends.text, source, config->extends.span, depth);
  }
  if (st == TG_OK && !tg_vec_push(&c->mem, &c->configs, config)) st = tg_mem_status(&c->mem);
  return st;
}

tg_status tg_compiler_config(tg_compiler *c, const char *path) {
  if (c == NULL || c->finished || path == NULL) return TG_MISUSE;
  tg_status st = read_config(c, path, 0);
  return st == TG_OK ? st : tg_api_refused(c->messages, &c->mem, st);
}

tg_status tg_compiler_profile(tg_compiler *c, tg_text name) {
  if (c == NULL || c->finished || name.at == NULL || name.n > UINT32_MAX) return TG_MISUSE;
  tg_status st = read_base(c, tg_str_from(name), TG_NONE, TG_NO_SPAN, 0);
  c->profiled = true;
  return st == TG_OK ? st : tg_api_refused(c->messages, &c->mem, st);
}

static uint32_t pack_called(tg_pack_ast *const *packs, uint32_t count, tg_str name) {
  for (uint32_t i = 0; i < count; i++)
    if (tg_str_eq(packs[i]->name.text, name)) return i;
  return TG_NONE;
}

/* The standard packs, read apart from the packs of the run. */
static tg_status read_standard(tg_compiler *c, tg_pack_ast ***packs, uint32_t *count) {
  uint32_t before = c->packs.n;
  *packs = NULL;
  *count = 0;
  if (c->standard == NULL) return TG_OK;
  tg_status st = add_path(c, c->standard);
  if (st != TG_OK) return st;
  uint32_t n = c->packs.n - before;
  *packs = tg_arena_array(&c->arena, tg_pack_ast *, n + 1);
  if (*packs == NULL) return tg_mem_status(&c->mem);
  if (n) memcpy(*packs, c->packs.at + before, n * sizeof **packs);
  *count = n;
  c->packs.n = before;
  return TG_OK;
}

/* Takes a standard pack into the run. */
static tg_status take(tg_compiler *c, tg_pack_ast *const *standard, uint32_t count, tg_str name) {
  uint32_t k = pack_called(standard, count, name);
  if (k == TG_NONE || pack_called(c->packs.at, c->packs.n, name) != TG_NONE) return TG_OK;
  return tg_vec_push(&c->mem, &c->packs, standard[k]) ? TG_OK : tg_mem_status(&c->mem);
}

static void unknown_pack(tg_compiler *c, tg_text_at name, tg_pack_ast *const *standard, uint32_t count) {
  tg_diags *d = &c->messages->diags;
  tg_diag_at(d, TG_E_CONFIG_NAME, &c->sources, name.span, "there is no standard pack `%.*s`",
             TG_STR_ARG(name.text));
  tg_str *names = tg_arena_array(&c->arena, tg_str, count + 1);
  for (uint32_t i = 0; names && i < count; i++) names[i] = standard[i]->name.text;
  int near = names && count ? tg_nearest(name.text, names, count) : -1;
  if (near >= 0)
    tg_diag_hint(d, "did you mean `%.*s`?", TG_STR_ARG(names[near]));
  else
    tg_diag_hint(d, "a path has a slash or ends in .yaml: ./%.*s", TG_STR_ARG(name.text));
}

/* What the innermost configuration with `packs` names; else all standard packs. */
static tg_status configured_packs(tg_compiler *c, tg_pack_ast *const *standard, uint32_t count) {
  const tg_config_ast *k = NULL;
  tg_status st = TG_OK;
  for (uint32_t i = 0; i < c->configs.n; i++)
    if (c->configs.at[i]->has_packs) k = c->configs.at[i];
  if (k == NULL) {
    for (uint32_t i = 0; i < count && st == TG_OK; i++) st = take(c, standard, count, standard[i]->name.text);
    return st;
  }
  for (uint32_t i = 0; i < k->packs.count && st == TG_OK; i++) {
    tg_text_at name = k->packs.at[i];
    if (is_path(name.text)) {
      const char *path = beside(c, k->source, name.text);
      st = path ? add_path(c, path) : tg_mem_status(&c->mem);
    } else if (pack_called(standard, count, name.text) == TG_NONE) {
      unknown_pack(c, name, standard, count);
    } else {
      st = take(c, standard, count, name.text);
    }
  }
  return st;
}

tg_status tg_api_lend(tg_compiler *c) {
  tg_pack_ast **standard = NULL;
  uint32_t count = 0;
  tg_status st = TG_OK;
  bool wanted = !c->rules_given;
  for (uint32_t i = 0; i < c->packs.n && !wanted; i++)
    for (uint32_t k = 0; k < c->packs.at[i]->uses.count; k++)
      wanted |= pack_called(c->packs.at, c->packs.n, c->packs.at[i]->uses.at[k].text) == TG_NONE;
  if (!wanted) return TG_OK;
  st = read_standard(c, &standard, &count);
  if (st == TG_OK && !c->rules_given) st = configured_packs(c, standard, count);
  c->others = standard;
  c->other_count = count;
  for (uint32_t i = 0; i < c->packs.n && st == TG_OK; i++) { /* grows while it is walked */
    const tg_pack_ast *p = c->packs.at[i];
    for (uint32_t k = 0; k < p->uses.count && st == TG_OK; k++)
      st = take(c, standard, count, p->uses.at[k].text);
    for (const tg_model_ast *f = p->model; f && st == TG_OK; f = f->next)
      if (f->use.text.n) st = take(c, standard, count, f->use.text);
  }
  return st;
}

tg_status tg_compiler_finish(tg_compiler *c, tg_program_handle **out) {
  if (c == NULL || out == NULL || c->finished) return TG_MISUSE;
  c->finished = true;
  tg_diags *d = &c->messages->diags;
  tg_status got = tg_api_lend(c);
  if (got != TG_OK) return tg_api_refused(c->messages, &c->mem, got);
  tg_sema_options options = {.params = c->params.at,
                             .param_count = c->params.n,
                             .configs = c->configs.at,
                             .config_count = c->configs.n,
                             .others = c->others,
                             .other_count = c->other_count,
                             .portfolio = c->portfolio};
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
