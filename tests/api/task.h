/* One whole task through the public interface: compile, load, evaluate, report. */
#ifndef TG_TEST_TASK_H
#define TG_TEST_TASK_H

#include "tollgate/tollgate.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline tg_text text(const char *s) { return (tg_text){s, strlen(s)}; }

static inline char *slurp(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  if (f == NULL) return NULL;
  fseek(f, 0, SEEK_END);
  *n = (size_t)ftell(f);
  rewind(f);
  char *bytes = malloc(*n + 1);
  if (bytes != NULL && fread(bytes, 1, *n, f) != *n) {
    free(bytes);
    bytes = NULL;
  }
  if (bytes != NULL) bytes[*n] = 0;
  fclose(f);
  return bytes;
}

typedef struct task {
  tg_env *env;
  tg_messages *messages;
  tg_compiler *compiler;
  tg_program_handle *program;
  tg_facts *facts;
  tg_eval *eval;
  tg_assessment_handle *assessment;
  tg_text report;
} task;

/* The first status that is not OK, or OK. */
static inline tg_status task_run(task *t, const tg_env_options *options, tg_text rules, tg_text facts,
                                 const char *format) {
  memset(t, 0, sizeof *t);
  tg_status st = tg_env_new(options, &t->env);
  if (st == TG_OK) st = tg_messages_new(t->env, &t->messages);
  if (st == TG_OK) st = tg_compiler_new(t->env, t->messages, &t->compiler);
  if (st == TG_OK) st = tg_compiler_add_memory(t->compiler, text("rules.yaml"), rules.at, rules.n);
  if (st == TG_OK) st = tg_compiler_finish(t->compiler, &t->program);
  if (st == TG_OK) st = tg_facts_new(t->env, NULL, t->messages, &t->facts);
  if (st == TG_OK) st = tg_facts_add_memory(t->facts, text("facts"), facts.at, facts.n, 0);
  if (st == TG_OK) st = tg_facts_freeze(t->facts, t->program, 0);
  if (st == TG_OK) st = tg_eval_new(t->env, t->program, NULL, t->messages, &t->eval);
  tg_run_options o;
  TG_INIT(&o);
  o.as_of = text("2026-01-01");
  if (st == TG_OK) st = tg_eval_run(t->eval, t->facts, &o, &t->assessment);
  tg_report_format f;
  TG_INIT(&f);
  f.name = format;
  if (st == TG_OK) st = tg_assessment_write(t->assessment, &f, &t->report);
  return st;
}

static inline void task_free(task *t) {
  tg_eval_free(t->eval);
  tg_facts_free(t->facts);
  tg_program_unref(t->program);
  tg_compiler_free(t->compiler);
  tg_messages_free(t->messages);
  tg_env_free(t->env);
}

/* Byte by byte, but for how many patterns run as machine code: one whose compilation was refused runs all the same. */
static inline bool same_report(tg_text a, tg_text b) {
  static const char key[] = "\"jit\":";
  size_t i = 0;
  if (a.n != b.n) return false;
  for (; i < a.n && a.at[i] == b.at[i]; i++) {}
  if (i == a.n) return true;
  size_t from = i; /* back over the blank of the indented form */
  while (from > 0 && a.at[from - 1] == ' ') from--;
  bool count = from >= sizeof key - 1 && memcmp(a.at + from - (sizeof key - 1), key, sizeof key - 1) == 0;
  return count && memcmp(a.at + i + 1, b.at + i + 1, a.n - i - 1) == 0;
}

#endif
