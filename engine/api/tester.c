/* Rule tests: reading packs and test files, running cases, trying mutants on threads. */
#include "api/handles.h"
#include "prove/prove.h"

#include <fnmatch.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The same rules under other parameters. */
typedef struct variant {
  bool portfolio;
  tg_str params;
  tg_built built;
  tg_runner runner;
  uint8_t *truths; /* of coverage; NULL */
} variant;

struct tg_tester {
  tg_env *env;
  tg_messages *messages;
  tg_mem mem;
  tg_compiler *packs;   /* reads packs; is never finished */
  uint32_t own;         /* packs under test; those after them are lent by the standard packs */
  uint32_t own_end;     /* address behind the sources of these */
  TG_VEC(char *) paths; /* test files, in order */
  TG_VEC(tg_test_file *) files;
  TG_VEC(variant *) variants;
  tg_coverage coverage[2];
  tg_trial trial;
  tg_arena arena;
  tg_buf written;
  bool ran;
};

tg_status tg_tester_new(tg_env *env, tg_messages *messages, tg_tester **out) {
  if (env == NULL || messages == NULL || out == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_mem_init(&mem, &env->allocator, env->memory_limit);
  tg_tester *t = tg_mem_zalloc(&mem, sizeof *t);
  if (t == NULL) return tg_api_refused(messages, &mem, tg_mem_status(&mem));
  t->env = env;
  t->messages = messages;
  t->mem = mem;
  tg_arena_init(&t->arena, &t->mem);
  tg_buf_init(&t->written, &t->mem);
  tg_status st = tg_compiler_new(env, messages, &t->packs);
  if (st != TG_OK) {
    tg_tester_free(t);
    return st;
  }
  t->packs->wants_tests = true;
  *out = t;
  return TG_OK;
}

static void free_variant(tg_tester *t, variant *v) {
  tg_runner_close(&v->runner);
  if (v->truths != NULL) tg_mem_free(&t->mem, v->truths, v->built.program.code_count + 1);
  tg_build_free(&v->built);
  tg_mem_free(&t->mem, v, sizeof *v);
}

void tg_tester_free(tg_tester *t) {
  if (t == NULL) return;
  for (uint32_t i = 0; i < t->trial.results.n; i++)
    tg_vec_done(&t->mem, &t->trial.results.at[i].result.mismatches);
  tg_vec_done(&t->mem, &t->trial.results);
  tg_vec_done(&t->mem, &t->trial.survivors);
  tg_coverage_close(&t->coverage[0]);
  tg_coverage_close(&t->coverage[1]);
  for (uint32_t i = 0; i < t->variants.n; i++) free_variant(t, t->variants.at[i]);
  tg_vec_done(&t->mem, &t->variants);
  for (uint32_t i = 0; i < t->files.n; i++) {
    tg_test_file_close(t->files.at[i]);
    tg_mem_free(&t->mem, t->files.at[i], sizeof *t->files.at[i]);
  }
  tg_vec_done(&t->mem, &t->files);
  tg_vec_done(&t->mem, &t->paths);
  tg_compiler_free(t->packs);
  tg_buf_done(&t->written);
  tg_arena_done(&t->arena);
  tg_mem mem = t->mem;
  tg_mem_free(&mem, t, sizeof *t);
}

static tg_status refused(tg_tester *t, tg_status st) { return tg_api_refused(t->messages, &t->mem, st); }

/* Whether the test file was named before, under whatever path. */
static bool has_path(const tg_tester *t, const char *path) {
  struct stat a, b;
  bool there = stat(path, &a) == 0;
  for (uint32_t i = 0; i < t->paths.n; i++) {
    if (strcmp(t->paths.at[i], path) == 0) return true;
    if (there && stat(t->paths.at[i], &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino) return true;
  }
  return false;
}

static tg_status add_test(tg_tester *t, const char *path) {
  if (has_path(t, path)) return TG_OK;
  char *copy = tg_arena_text(&t->arena, path, strlen(path));
  return copy != NULL && tg_vec_push(&t->mem, &t->paths, copy) ? TG_OK : refused(t, tg_mem_status(&t->mem));
}

/* The packs beside a test file, once a folder. */
static tg_status add_packs_beside(tg_tester *t, const char *path) {
  const char *slash = strrchr(path, '/');
  size_t n = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
  char *folder = tg_arena_text(&t->arena, slash == NULL ? "." : path, n);
  if (folder == NULL) return refused(t, tg_mem_status(&t->mem));
  for (uint32_t i = 0; i < t->packs->sources.list.n; i++) { /* a source of that folder: it was read */
    tg_str name = t->packs->sources.list.at[i].name;
    uint32_t k = name.n;
    while (k > 0 && name.at[k - 1] != '/') k--;
    if (k > 0 && tg_str_eq((tg_str){name.at, k - 1}, tg_str_of(folder))) return TG_OK;
  }
  uint32_t tests = t->packs->tests.n;
  tg_status st = tg_compiler_add_path(t->packs, folder);
  t->packs->tests.n = tests; /* only the file that was named */
  return st;
}

tg_status tg_tester_add_path(tg_tester *t, const char *path) {
  if (t == NULL || path == NULL || t->ran) return TG_MISUSE;
  if (tg_is_test_file(path)) {
    tg_status st = add_test(t, path);
    return st == TG_OK ? add_packs_beside(t, path) : st;
  }
  uint32_t before = t->packs->tests.n;
  tg_status st = tg_compiler_add_path(t->packs, path);
  for (uint32_t i = before; st == TG_OK && i < t->packs->tests.n; i++)
    st = add_test(t, t->packs->tests.at[i]);
  return st;
}

/* ---- programs ---- */

static tg_status variant_for(tg_tester *t, bool portfolio, tg_str params, variant **out) {
  for (uint32_t i = 0; i < t->variants.n; i++)
    if (t->variants.at[i]->portfolio == portfolio && tg_str_eq(t->variants.at[i]->params, params)) {
      *out = t->variants.at[i];
      return TG_OK;
    }
  variant *v = tg_mem_zalloc(&t->mem, sizeof *v);
  if (v == NULL) return refused(t, tg_mem_status(&t->mem));
  v->portfolio = portfolio;
  v->params = params;
  tg_compiler *c = t->packs;
  tg_status st = tg_build(&v->built, &t->mem, &c->sources, c->packs.at, c->packs.n, params, portfolio,
                          t->env->jit, &t->messages->diags);
  if (st == TG_OK) st = tg_runner_open(&v->runner, &t->mem, &v->built.program);
  if (st == TG_OK && !tg_vec_push(&t->mem, &t->variants, v)) st = tg_mem_status(&t->mem);
  if (st != TG_OK) {
    free_variant(t, v);
    return refused(t, st);
  }
  *out = v;
  return TG_OK;
}

static bool has_scope(const tg_tester *t, bool portfolio) {
  for (uint32_t i = 0; i < t->packs->packs.n; i++)
    if ((t->packs->packs.at[i]->scope.text.n > 0) == portfolio) return true;
  return false;
}

/* ---- cases ---- */

static bool wanted(const tg_test_options *o, const tg_case *c) {
  char pattern[256], name[1024];
  if (o->run.n == 0) return true;
  if (o->run.n >= sizeof pattern || c->name.n >= sizeof name) return false;
  if (o->run.n) memcpy(pattern, o->run.at, o->run.n);
  pattern[o->run.n] = 0;
  if (c->name.n) memcpy(name, c->name.at, c->name.n);
  name[c->name.n] = 0;
  return fnmatch(pattern, name, 0) == 0;
}

static tg_status run_case(tg_tester *t, tg_test_file *f, tg_case *c, bool coverage) {
  variant *v;
  tg_trial_result r = {.file = f, .test = c};
  uint32_t errors = t->messages->diags.errors;
  tg_status st = c->broken ? TG_INVALID : variant_for(t, c->portfolio, c->params, &v);
  if (st == TG_OK && coverage && v->truths == NULL) {
    v->truths = tg_mem_zalloc(&t->mem, v->built.program.code_count + 1);
    if (v->truths == NULL) st = tg_mem_status(&t->mem);
  }
  if (st == TG_OK) {
    tg_coverage *base = &t->coverage[c->portfolio], seen = *base;
    seen.truths = v->truths; /* gates are the same under other parameters, code is not */
    v->runner.coverage = coverage ? &seen : NULL;
    st = tg_runner_run(&v->runner, f, c, false, &r.result);
    v->runner.coverage = NULL;
  } else if (st == TG_INVALID && t->messages->diags.errors > errors) {
    c->broken = true; /* its parameters do not fit: the messages say so */
    st = TG_OK;
  } else if (st == TG_INVALID) {
    st = TG_OK;
  }
  if (st != TG_OK) return refused(t, st);
  if (r.result.passed)
    t->trial.passed++;
  else
    t->trial.failed++;
  return tg_vec_push(&t->mem, &t->trial.results, r) ? TG_OK : refused(t, tg_mem_status(&t->mem));
}

static tg_status read_files(tg_tester *t) {
  const tg_model *models[2] = {NULL, NULL};
  for (int k = 0; k < 2; k++) {
    variant *v;
    if (!has_scope(t, k != 0)) continue;
    tg_status st = variant_for(t, k != 0, (tg_str){"", 0}, &v);
    if (st != TG_OK) return st;
    models[k] = &v->built.program.model;
  }
  for (uint32_t i = 0; i < t->paths.n; i++) {
    tg_test_file *f = tg_mem_zalloc(&t->mem, sizeof *f);
    if (f == NULL) return refused(t, tg_mem_status(&t->mem));
    tg_status st = tg_test_file_open(f, &t->env->allocator, t->env->memory_limit, t->paths.at[i], models,
                                     &t->messages->diags);
    if (!tg_vec_push(&t->mem, &t->files, f)) {
      tg_test_file_close(f);
      tg_mem_free(&t->mem, f, sizeof *f);
      return refused(t, tg_mem_status(&t->mem));
    }
    if (st != TG_OK) return tg_api_refused(t->messages, &f->store.mem, st);
    for (uint32_t k = 0; k < f->pack_count; k++) {
      bool there = false;
      for (uint32_t p = 0; p < t->packs->packs.n; p++)
        there |= tg_str_eq(t->packs->packs.at[p]->name.text, f->packs[k]);
      if (there) continue;
      tg_diag_at(&t->messages->diags, TG_E_UNKNOWN_PACK, NULL, TG_NO_SPAN, "%.*s: there is no pack `%.*s`",
                 TG_STR_ARG(f->path), TG_STR_ARG(f->packs[k]));
      return TG_INVALID;
    }
  }
  return TG_OK;
}

/* Outcomes that a test file calls unreachable: the gate must be there, and no case may have reached them. */
static tg_status excuse(tg_tester *t, const tg_test_file *f) {
  tg_status st = TG_OK;
  for (uint32_t i = 0; i < f->unreachable.n; i++) {
    const tg_unreachable *u = &f->unreachable.at[i];
    bool found = false, reached = false;
    for (int k = 0; k < 2; k++) {
      tg_coverage *c = t->trial.coverage[k];
      for (uint32_t g = 0; c != NULL && g < c->program->gate_count; g++) {
        if (!tg_str_eq(c->program->gates[g].id, u->gate)) continue;
        found = true;
        reached |= c->gates[g] >> u->outcome & 1;
        c->excused[g] |= (uint8_t)(1u << u->outcome);
      }
    }
    if (t->trial.coverage[0] == NULL && t->trial.coverage[1] == NULL) return TG_OK;
    if (found && !reached) continue;
    tg_diag_at(&t->messages->diags, TG_E_BAD_VALUE, &f->store.sources, (tg_span){u->place, 1},
               found ? "`%.*s` is called unreachable here, but a case reached it" : "there is no gate `%.*s`",
               TG_STR_ARG(u->gate));
    st = TG_INVALID;
  }
  return st;
}

static tg_status run_cases(tg_tester *t, const tg_test_options *o) {
  tg_status st = TG_OK;
  for (int k = 0; k < 2 && o->coverage && st == TG_OK; k++) {
    variant *v;
    if (!has_scope(t, k != 0)) continue;
    st = variant_for(t, k != 0, (tg_str){"", 0}, &v);
    if (st == TG_OK) st = tg_coverage_open(&t->coverage[k], &t->mem, &v->built.program);
    if (st == TG_OK) tg_coverage_bound(&t->coverage[k], t->own_end);
    if (st == TG_OK) t->trial.coverage[k] = &t->coverage[k];
  }
  for (uint32_t i = 0; i < t->files.n && st == TG_OK; i++)
    for (uint32_t k = 0; k < t->files.at[i]->cases.n && st == TG_OK; k++) {
      tg_case *c = &t->files.at[i]->cases.at[k];
      bool count = t->trial.coverage[c->portfolio] != NULL;
      if (wanted(o, c)) st = run_case(t, t->files.at[i], c, count);
    }
  for (uint32_t i = 0; i < t->variants.n && st == TG_OK; i++) {
    variant *v = t->variants.at[i];
    if (v->truths != NULL) tg_coverage_add(&t->coverage[v->portfolio], &v->built.program, v->truths);
  }
  for (uint32_t i = 0; i < t->files.n && st == TG_OK; i++) st = excuse(t, t->files.at[i]);
  if (st == TG_OK && t->trial.results.n == 0) {
    tg_diag_at(&t->messages->diags, TG_E_EMPTY, NULL, TG_NO_SPAN,
               t->paths.n == 0 ? "no test file: tests are in *.test.yaml beside the packs"
                               : "no case has such a name");
    st = TG_INVALID;
  }
  return st;
}

/* ---- mutants ----
 * Every worker has packs, test files and programs of its own: nothing is shared but the list of results and the next number. */

typedef struct shared {
  pthread_mutex_t lock;
  tg_tester *t;
  const tg_test_options *options;
  uint32_t next, total, done;
  uint8_t *verdicts; /* one a mutant: 0 not tried, 1 killed, 2 survived, 3 same, 4 does not compile */
  tg_status failed;
} shared;

enum { KILLED = 1, SURVIVED, SAME, INVALID };

typedef struct reference {
  bool made[2];
  tg_built built[2];
} reference;

typedef struct worker {
  shared *s;
  tg_mem mem;
  tg_diags diags;
  tg_sources sources;
  tg_arena arena, scratch;
  TG_VEC(tg_pack_ast *) packs;
  tg_mutations mutations;
  TG_VEC(tg_test_file *) files;
  reference *references; /* one a pack, and one for all packs together */
  const tg_model *models[2];
} worker;

static void close_worker(worker *w) {
  for (uint32_t i = 0; w->references != NULL && i <= w->packs.n; i++)
    for (int k = 0; k < 2; k++)
      if (w->references[i].made[k]) tg_build_free(&w->references[i].built[k]);
  if (w->references != NULL) tg_mem_free(&w->mem, w->references, sizeof *w->references * (w->packs.n + 1));
  for (uint32_t i = 0; i < w->files.n; i++) {
    tg_test_file_close(w->files.at[i]);
    tg_mem_free(&w->mem, w->files.at[i], sizeof *w->files.at[i]);
  }
  tg_vec_done(&w->mem, &w->files);
  tg_vec_done(&w->mem, &w->mutations);
  tg_vec_done(&w->mem, &w->packs);
  tg_arena_done(&w->scratch);
  tg_arena_done(&w->arena);
  tg_sources_done(&w->sources);
  tg_diags_done(&w->diags);
}

/* Packs that a pack needs, itself included (in the order of all packs); of a let all packs, for anyone may use it. */
static uint32_t closure(worker *w, uint32_t pack, tg_pack_ast **out) {
  uint8_t *in = tg_arena_alloc(&w->scratch, w->packs.n + 1);
  uint32_t n = 0;
  if (in == NULL) return 0;
  if (pack == w->packs.n) {
    for (uint32_t i = 0; i < w->packs.n; i++) out[n++] = w->packs.at[i];
    return n;
  }
  in[pack] = 1;
  for (bool more = true; more;) {
    more = false;
    for (uint32_t i = 0; i < w->packs.n; i++) {
      if (!in[i]) continue;
      const tg_pack_ast *p = w->packs.at[i];
      for (uint32_t k = 0; k < w->packs.n; k++) {
        bool needed = false;
        for (uint32_t u = 0; u < p->uses.count; u++)
          needed |= tg_str_eq(p->uses.at[u].text, w->packs.at[k]->name.text);
        for (const tg_model_ast *m = p->model; m != NULL; m = m->next)
          needed |= m->use.text.n > 0 && tg_str_eq(m->use.text, w->packs.at[k]->name.text);
        if (needed && !in[k]) in[k] = 1, more = true;
      }
    }
  }
  for (uint32_t i = 0; i < w->packs.n; i++)
    if (in[i]) out[n++] = w->packs.at[i];
  return n;
}

static tg_status build(worker *w, uint32_t set, bool portfolio, tg_str params, tg_built *out) {
  tg_pack_ast **packs = tg_arena_array(&w->scratch, tg_pack_ast *, w->packs.n + 1);
  if (packs == NULL) return tg_mem_status(&w->mem);
  uint32_t n = closure(w, set, packs);
  tg_diags_reset(&w->diags);
  return tg_build(out, &w->mem, &w->sources, packs, n, params, portfolio, w->s->t->env->jit, &w->diags);
}

static tg_status open_worker(worker *w, shared *s) {
  tg_compiler *c = s->t->packs;
  memset(w, 0, sizeof *w);
  w->s = s;
  tg_mem_init(&w->mem, &s->t->env->allocator, s->t->env->memory_limit);
  tg_diags_init(&w->diags, &w->mem);
  tg_sources_init(&w->sources, &w->mem);
  tg_arena_init(&w->arena, &w->mem);
  tg_arena_init(&w->scratch, &w->mem);
  for (uint32_t i = 0; i < c->sources.list.n; i++) {
    const tg_source *from = &c->sources.list.at[i];
    uint32_t index;
    tg_status st = tg_sources_borrow(&w->sources, from->name, from->text, from->len, &index);
    if (st != TG_OK) return st;
  }
  for (uint32_t i = 0; i < c->packs.n; i++) { /* the same order, so that numbers mean the same */
    tg_pack_ast *pack = NULL;
    tg_status st = tg_pack_read(&w->arena, &w->sources, c->packs.at[i]->source, &w->diags, &pack);
    if (st != TG_OK) return st;
    if (pack == NULL || !tg_vec_push(&w->mem, &w->packs, pack)) return tg_mem_status(&w->mem);
  }
  w->references = tg_mem_zalloc(&w->mem, sizeof *w->references * (w->packs.n + 1));
  if (w->references == NULL) return tg_mem_status(&w->mem);
  for (int k = 0; k < 2; k++) {
    if (!has_scope(s->t, k != 0)) continue;
    reference *all = &w->references[w->packs.n];
    tg_status st = build(w, w->packs.n, k != 0, (tg_str){"", 0}, &all->built[k]);
    if (st != TG_OK) return st;
    all->made[k] = true;
    w->models[k] = &all->built[k].program.model;
  }
  for (uint32_t i = 0; i < s->t->paths.n; i++) {
    tg_test_file *f = tg_mem_zalloc(&w->mem, sizeof *f);
    if (f == NULL) return tg_mem_status(&w->mem);
    tg_status st = tg_test_file_open(f, &s->t->env->allocator, s->t->env->memory_limit, s->t->paths.at[i],
                                     w->models, &w->diags);
    if (!tg_vec_push(&w->mem, &w->files, f)) st = tg_mem_status(&w->mem);
    if (st != TG_OK) return st;
  }
  return tg_mutations_collect(&w->arena, &w->mem, w->packs.at, s->t->own, &w->mutations);
}

/* A case can notice a change of one gate only by what it expects of that gate. */
static bool concerns(const tg_case *c, tg_str gate) {
  if (gate.n == 0 || c->verdict >= 0) return true;
  for (uint32_t i = 0; i < c->expect_count; i++)
    if (tg_str_eq(c->expect[i].gate, gate)) return true;
  return false;
}

/* What one gate's mutant is asked: only what is expected of that gate. */
static tg_case narrowed(worker *w, const tg_case *c, tg_str gate) {
  tg_case out = *c;
  tg_expectation *kept = gate.n ? tg_arena_array(&w->scratch, tg_expectation, c->expect_count + 1) : NULL;
  if (kept == NULL) return out;
  out.expect_count = 0;
  for (uint32_t i = 0; i < c->expect_count; i++)
    if (tg_str_eq(c->expect[i].gate, gate)) kept[out.expect_count++] = c->expect[i];
  out.expect = kept;
  out.verdict = -1;
  return out;
}

typedef struct built_variant {
  tg_str params;
  tg_built built;
  tg_runner runner;
} built_variant;

/* All cases that could notice, over the mutant's programs (one for each set of parameters). */
static tg_status try_cases(worker *w, const tg_mutation *m, uint32_t set, bool portfolio, uint8_t *verdict) {
  TG_VEC(built_variant *) variants = {NULL, 0, 0};
  tg_status st = TG_OK;
  for (uint32_t i = 0; i < w->files.n && st == TG_OK && *verdict == SURVIVED; i++) {
    tg_test_file *f = w->files.at[i];
    for (uint32_t k = 0; k < f->cases.n && st == TG_OK && *verdict == SURVIVED; k++) {
      tg_case *c = &f->cases.at[k];
      if (c->broken || c->portfolio != portfolio || !concerns(c, m->gate) || !wanted(w->s->options, c))
        continue;
      built_variant *v = NULL;
      for (uint32_t n = 0; n < variants.n; n++)
        if (tg_str_eq(variants.at[n]->params, c->params)) v = variants.at[n];
      if (v == NULL) {
        v = tg_mem_zalloc(&w->mem, sizeof *v);
        if (v == NULL || !tg_vec_push(&w->mem, &variants, v)) {
          st = tg_mem_status(&w->mem);
          break;
        }
        v->params = c->params;
        st = build(w, set, portfolio, c->params, &v->built);
        if (st == TG_OK) st = tg_runner_open(&v->runner, &w->mem, &v->built.program);
        if (st == TG_INVALID) { /* a parameter that the mutant's type refuses: noticed */
          *verdict = KILLED;
          st = TG_OK;
          break;
        }
        if (st != TG_OK) break;
      }
      tg_case_result r;
      tg_case asked = narrowed(w, c, m->gate);
      st = tg_runner_run(&v->runner, f, &asked, true, &r);
      c->checked = asked.checked;
      tg_vec_done(&w->mem, &r.mismatches);
      if (st == TG_OK && !r.passed) *verdict = KILLED;
    }
  }
  for (uint32_t n = 0; n < variants.n; n++) {
    tg_runner_close(&variants.at[n]->runner);
    tg_build_free(&variants.at[n]->built);
    tg_mem_free(&w->mem, variants.at[n], sizeof *variants.at[n]);
  }
  tg_vec_done(&w->mem, &variants);
  return st;
}

static tg_status try_scope(worker *w, const tg_mutation *m, uint32_t set, bool portfolio, uint8_t *verdict) {
  reference *r = &w->references[set];
  tg_status st = TG_OK;
  if (!r->made[portfolio]) {
    st = build(w, set, portfolio, (tg_str){"", 0}, &r->built[portfolio]);
    if (st != TG_OK) return st;
    r->made[portfolio] = true;
  }
  tg_mutation_exchange(m);
  tg_built mutant = {0};
  st = build(w, set, portfolio, (tg_str){"", 0}, &mutant);
  if (st == TG_INVALID) {
    *verdict = INVALID;
    st = TG_OK;
  } else if (st == TG_OK) {
    bool same = tg_same_program(&mutant.program, &r->built[portfolio].program);
    tg_build_free(&mutant);
    if (!same) {
      *verdict = SURVIVED;
      st = try_cases(w, m, set, portfolio, verdict);
    }
  }
  tg_mutation_exchange(m);
  return st;
}

static tg_status try_mutant(worker *w, uint32_t number, uint8_t *verdict) {
  const tg_mutation *m = &w->mutations.at[number];
  uint32_t set = m->gate.n ? m->pack : w->packs.n;
  bool of_portfolio = w->packs.at[m->pack]->scope.text.n > 0;
  tg_status st = TG_OK;
  uint8_t worst = SAME;
  for (int k = 0; k < 2 && st == TG_OK; k++) {
    bool concerned =
        m->gate.n ? (k != 0) == of_portfolio : has_scope(w->s->t, k != 0) && (k != 0 || !of_portfolio);
    if (!concerned || worst == KILLED || worst == INVALID) continue;
    uint8_t v = SAME;
    tg_arena_reset(&w->scratch);
    st = try_scope(w, m, set, k != 0, &v);
    if (v != SAME) worst = v;
  }
  *verdict = worst;
  return st;
}

static void *work(void *arg) {
  shared *s = arg;
  worker w;
  tg_status st = open_worker(&w, s);
  while (st == TG_OK) {
    pthread_mutex_lock(&s->lock);
    uint32_t number = s->next < s->total && s->failed == TG_OK ? s->next++ : UINT32_MAX;
    pthread_mutex_unlock(&s->lock);
    if (number == UINT32_MAX) break;
    uint8_t verdict = 0;
    st = try_mutant(&w, number, &verdict);
    pthread_mutex_lock(&s->lock);
    s->verdicts[number] = verdict;
    s->done++;
    if (s->options->progress != NULL) s->options->progress(s->options->progress_ctx, s->done, s->total);
    pthread_mutex_unlock(&s->lock);
  }
  pthread_mutex_lock(&s->lock);
  if (st != TG_OK && s->failed == TG_OK) s->failed = st;
  pthread_mutex_unlock(&s->lock);
  close_worker(&w);
  return NULL;
}

static tg_status keep_survivor(tg_tester *t, const tg_mutation *m) {
  tg_sources *sources = &t->packs->sources;
  tg_survivor v = {.what = tg_arena_text(&t->arena, m->what, strlen(m->what)),
                   .pack = t->packs->packs.at[m->pack]->name.text,
                   .place = tg_sources_place(sources, m->span.start)};
  v.gate = (tg_str){tg_arena_text(&t->arena, m->gate.n ? m->gate.at : "", m->gate.n), m->gate.n};
  const tg_source *s = tg_sources_of(sources, m->span.start);
  if (s != NULL) {
    uint32_t from = m->span.start - s->base, to = from;
    while (from > 0 && s->text[from - 1] != '\n') from--;
    while (to < s->len && s->text[to] != '\n') to++;
    v.line = (tg_str){(const char *)s->text + from, to - from};
    uint32_t rest = to - (m->span.start - s->base);
    v.carets = m->span.len < rest ? m->span.len : rest;
    if (v.carets == 0) v.carets = 1;
  }
  return v.what != NULL && v.gate.at != NULL && tg_vec_push(&t->mem, &t->trial.survivors, v)
             ? TG_OK
             : tg_mem_status(&t->mem);
}

static tg_status sum_up(tg_tester *t, const shared *s) {
  tg_mutations all = {NULL, 0, 0};
  tg_compiler *c = t->packs;
  tg_status st = tg_mutations_collect(&t->arena, &t->mem, c->packs.at, t->own, &all);
  for (uint32_t i = 0; i < all.n && st == TG_OK; i++) {
    t->trial.mutants++;
    t->trial.killed += s->verdicts[i] == KILLED;
    t->trial.same += s->verdicts[i] == SAME;
    t->trial.invalid += s->verdicts[i] == INVALID;
    if (s->verdicts[i] == SURVIVED) st = keep_survivor(t, &all.at[i]);
  }
  tg_vec_done(&t->mem, &all);
  t->trial.mutated = true;
  return st;
}

static tg_status mutate(tg_tester *t, const tg_test_options *o) {
  enum { MOST = 64 };
  pthread_t threads[MOST];
  shared s = {.t = t, .options = o, .failed = TG_OK};
  tg_mutations all = {NULL, 0, 0};
  tg_status st = tg_mutations_collect(&t->arena, &t->mem, t->packs->packs.at, t->own, &all);
  s.total = all.n;
  tg_vec_done(&t->mem, &all);
  s.verdicts = tg_mem_zalloc(&t->mem, s.total + 1u);
  if (st != TG_OK || s.verdicts == NULL) return refused(t, tg_mem_status(&t->mem));
  pthread_mutex_init(&s.lock, NULL);
  unsigned wanted_threads = o->threads == 0 ? 1 : o->threads > MOST ? MOST : o->threads, started = 0;
  while (started + 1 < wanted_threads && pthread_create(&threads[started], NULL, work, &s) == 0) started++;
  work(&s);
  for (unsigned i = 0; i < started; i++) pthread_join(threads[i], NULL);
  pthread_mutex_destroy(&s.lock);
  st = s.failed == TG_OK ? sum_up(t, &s) : s.failed;
  tg_mem_free(&t->mem, s.verdicts, s.total + 1u);
  return st == TG_OK ? st : refused(t, st);
}

/* ---- the run ---- */

tg_status tg_tester_standard(tg_tester *t, const char *folder) {
  return t == NULL || t->ran ? TG_MISUSE : tg_compiler_standard(t->packs, folder);
}

/* What the packs under test use and nobody gave; the tests beside those packs are not wanted. */
static tg_status lend(tg_tester *t) {
  const tg_sources *sources = &t->packs->sources;
  uint32_t tests = t->packs->tests.n, before = sources->list.n;
  t->own = t->packs->packs.n;
  tg_status st = tg_api_lend(t->packs);
  t->packs->tests.n = tests;
  t->own_end = sources->list.n > before ? sources->list.at[before].base : UINT32_MAX;
  return st == TG_OK ? st : refused(t, st);
}

tg_status tg_tester_run(tg_tester *t, const tg_test_options *options, tg_test_summary *out) {
  if (t == NULL || out == NULL || t->ran) return TG_MISUSE;
  tg_test_options o;
  TG_COPY_OPTIONS(&o, options);
  t->ran = true;
  if (t->messages->diags.errors > 0) return TG_INVALID;
  if (t->packs->packs.n == 0) {
    tg_diag_at(&t->messages->diags, TG_E_EMPTY, NULL, TG_NO_SPAN, "no pack was given");
    return TG_INVALID;
  }
  tg_status st = lend(t);
  if (st == TG_OK) st = read_files(t);
  if (st == TG_OK && t->messages->diags.errors > 0)
    st = TG_INVALID; /* of cases: all were read, so that all errors show */
  if (st == TG_OK) st = run_cases(t, &o);
  if (st == TG_OK && t->messages->diags.errors > 0) st = TG_INVALID; /* parameters that do not fit */
  if (st == TG_OK && o.mutate && t->trial.failed == 0) st = mutate(t, &o);
  if (st != TG_OK) return st;
  tg_coverage_sums c = tg_trial_sums(&t->trial);
  tg_test_summary r = {0,
                       t->trial.passed + t->trial.failed,
                       t->trial.failed,
                       c.gates,
                       c.gates_full,
                       (size_t)c.conditions * 3,
                       c.seen,
                       c.wanted,
                       c.outcomes,
                       (size_t)t->trial.killed + t->trial.survivors.n,
                       t->trial.killed,
                       t->trial.survivors.n};
  TG_GIVE(out, r);
  return TG_OK;
}

tg_status tg_tester_write(tg_tester *t, const char *format, tg_text *out) {
  if (t == NULL || format == NULL || out == NULL || !t->ran) return TG_MISUSE;
  tg_trial_fn write = tg_trial_writer(format);
  if (write == NULL) return TG_MISUSE;
  t->written.failed = false;
  tg_buf_clear(&t->written);
  write(&t->trial, &t->written);
  if (t->written.failed) return refused(t, TG_NOMEM);
  *out = (tg_text){t->written.n ? t->written.at : "", t->written.n};
  return TG_OK;
}
