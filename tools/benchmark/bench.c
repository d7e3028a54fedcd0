/* Measures the engine beside the same rules written by hand, over the same reader and rows.
 * usage: bench ROUNDS FACTS RULES...   FACTS: one document (.json), or one a line (.ndjson), read in rotation. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { READ, FILL, EVALUATE, ASSESS, REPORT, HAND, PHASES };
static const char *const names[] = {"read", "fill", "evaluate", "assess", "report", "hand-written rules"};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int die(const char *what) {
  fprintf(stderr, "bench: %s\n", what);
  return 2;
}

typedef struct document {
  char *at;
  size_t n;
} document;

/* Each document in memory of its own, padded, so that it can be borrowed. */
static document *split(const char *path, size_t *count) {
  FILE *f = fopen(path, "rb");
  document *all = NULL;
  char *line = NULL;
  size_t cap = 0, n = 0, room = 0;
  if (f == NULL) return NULL;
  for (ssize_t got; (got = getline(&line, &cap, f)) > 0;) {
    if (n == room) {
      room = room ? room * 2 : 64;
      document *more = realloc(all, room * sizeof *all);
      if (more == NULL) break;
      all = more;
    }
    all[n].at = calloc(1, (size_t)got + 64);
    if (all[n].at == NULL) break;
    memcpy(all[n].at, line, (size_t)got);
    all[n++].n = (size_t)got;
  }
  free(line);
  fclose(f);
  *count = n;
  return all;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double median(double *at, size_t n) {
  qsort(at, n, sizeof *at, compare);
  return at[n / 2];
}

static int load(tg_facts *facts, const tg_program_handle *p, const document *d) {
  return tg_facts_reset(facts) == TG_OK &&
         tg_facts_add_memory(facts, (tg_text){"d.json", 6}, d->at, d->n, TG_FACTS_BORROW) == TG_OK &&
         tg_facts_freeze(facts, p, 0) == TG_OK;
}

int main(int argc, char **argv) {
  tg_env *env = NULL;
  tg_messages *messages = NULL;
  tg_compiler *compiler = NULL;
  tg_program_handle *program = NULL;
  tg_facts *facts = NULL;
  tg_eval *eval = NULL;
  tg_text day = {"2026-06-01", 10};
  if (argc < 4) return die("usage: bench ROUNDS FACTS RULES...");
  size_t rounds = (size_t)atoi(argv[1]), count = 0, findings = 0, by_hand = 0, bytes = 0, reports = 0;
  document *docs = split(argv[2], &count);
  if (docs == NULL || count == 0 || rounds == 0) return die("no documents");
  if (tg_env_new(NULL, &env) != TG_OK || tg_messages_new(env, &messages) != TG_OK ||
      tg_compiler_new(env, messages, &compiler) != TG_OK)
    return die("no memory");
  for (int i = 3; i < argc; i++) tg_compiler_add_path(compiler, argv[i]);
  if (tg_compiler_finish(compiler, &program) != TG_OK || tg_facts_new(env, NULL, messages, &facts) != TG_OK ||
      tg_eval_new(env, program, NULL, messages, &eval) != TG_OK || !hand_init(program))
    return die("the rules do not compile");
  tg_report_format format;
  TG_INIT(&format);
  format.name = "json";
  double *times[PHASES], *ratios = calloc(rounds, sizeof *ratios);
  for (int k = 0; k < PHASES; k++) times[k] = calloc(rounds, sizeof(double));
  tg_run_stats stats;
  TG_INIT(&stats);
  uint64_t cost = 0, values = 0;
  for (size_t round = 0; round < rounds; round++) {
    for (size_t i = 0; i < count; i++) {
      tg_assessment_handle *a = NULL;
      tg_text text;
      double t[PHASES + 1];
      t[READ] = now();
      if (!load(facts, program, &docs[i])) return die("cannot read a document");
      t[FILL] = now();
      if (tg_tools_fill(eval, facts) != TG_OK) return die("cannot fill");
      t[EVALUATE] = now();
      if (tg_tools_evaluate(eval, facts, day) != TG_OK) return die("cannot evaluate");
      t[ASSESS] = now();
      if (tg_tools_assess(eval, facts, &a) != TG_OK) return die("cannot assess");
      t[REPORT] = now();
      int report = round == 0 && i < 200;
      if (report && tg_assessment_write(a, &format, &text) != TG_OK) return die("cannot report");
      t[HAND] = now();
      size_t found = hand_rules(eval, facts);
      t[PHASES] = now();
      for (int k = 0; k < PHASES; k++) times[k][round] += t[k + 1] - t[k];
      if (round > 0) continue;
      by_hand += found;
      tg_gate_status g;
      TG_INIT(&g);
      for (size_t k = 0; tg_assessment_gate(a, k, &g) == TG_OK; k++) findings += g.subjects[TG_FAIL];
      tg_eval_stats(eval, &stats);
      bytes += docs[i].n;
      cost += stats.cost;
      values += stats.values;
      reports += report != 0;
    }
    double ours = times[READ][round] + times[FILL][round] + times[EVALUATE][round] + times[ASSESS][round];
    ratios[round] = (times[READ][round] + times[FILL][round] + times[HAND][round]) / ours;
  }
  printf("%s: %zu documents, %zu bytes, %zu findings (by hand %zu)\n", argv[2], count, bytes, findings,
         by_hand);
  double report_time = times[REPORT][0] / (double)(reports ? reports : 1);
  double whole = 0;
  for (int k = 0; k < PHASES; k++) {
    double us = k == REPORT ? report_time : median(times[k], rounds) / (double)count;
    if (k < REPORT) whole += us;
    printf("  %-19s %10.2f us a document\n", names[k], us);
  }
  printf("  documents a second  %10.0f\n", 1e6 / whole);
  printf("  ratio to hand-written C %.2f (median of %zu rounds; 1 = as fast)\n", median(ratios, rounds),
         rounds);
  printf("  cost units a document %.0f, bytes of facts a value %.1f, peak memory %llu + %llu bytes\n",
         (double)cost / (double)count,
         (double)stats.facts_peak / (double)(values / count ? values / count : 1),
         (unsigned long long)stats.memory_peak, (unsigned long long)stats.facts_peak);
  int wrong = findings != by_hand;
  if (wrong) fprintf(stderr, "bench: the two do not find the same\n");
  for (int k = 0; k < PHASES; k++) free(times[k]);
  for (size_t i = 0; i < count; i++) free(docs[i].at);
  free(docs);
  free(ratios);
  hand_done();
  tg_eval_free(eval);
  tg_facts_free(facts);
  tg_program_unref(program);
  tg_compiler_free(compiler);
  tg_messages_free(messages);
  tg_env_free(env);
  return wrong;
}
