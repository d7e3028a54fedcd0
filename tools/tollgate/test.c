/* tollgate test: what rules must say of given facts. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct trial {
  const args *a;
  session s;
  tg_tester *tester;
  double coverage_min; /* percent; negative = not asked */
  unsigned threads;
  bool progress;
} trial;

static bool known(const char *name, size_t n, bool printed) {
  static const char *const names[] = {"text", "junit",    "tap",           "json",
                                      "lcov", "coverage", "coverage-json", "mutants"};
  size_t count = printed ? 4 : sizeof names / sizeof *names;
  for (size_t i = 0; i < count; i++)
    if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) return true;
  return false;
}

static bool options_ok(trial *t) {
  const args *a = t->a;
  char *end = NULL;
  t->coverage_min = -1;
  if (a->operands.n + a->rules.n == 0)
    return complain("test needs rule files, test files or folders of them"), false;
  if (a->format != NULL && !known(a->format, strlen(a->format), true))
    return complain("tests are reported as text, junit, tap or json, not `%s`", a->format), false;
  for (size_t i = 0; i < a->outs.n; i++) {
    const char *equals = strchr(a->outs.at[i], '=');
    if (equals == NULL || equals[1] == 0)
      return complain("--out takes FORMAT=FILE, not `%s`", a->outs.at[i]), false;
    if (!known(a->outs.at[i], (size_t)(equals - a->outs.at[i]), false))
      return complain(
                 "--out of tests takes text, junit, tap, json, lcov, coverage, coverage-json or mutants"),
             false;
  }
  if (a->coverage_min != NULL) {
    errno = 0;
    t->coverage_min = strtod(a->coverage_min, &end);
    if (errno != 0 || end == a->coverage_min || *end != 0 ||
        !(t->coverage_min >= 0 && t->coverage_min <= 100))
      return complain("--coverage-min takes a percentage from 0 to 100, not `%s`", a->coverage_min), false;
  }
  long cores = sysconf(_SC_NPROCESSORS_ONLN), threads = cores > 0 ? cores : 1;
  if (a->threads != NULL) {
    threads = strtol(a->threads, &end, 10);
    if (end == a->threads || *end != 0 || threads < 1 || threads > 64)
      return complain("--threads takes a number from 1 to 64, not `%s`", a->threads), false;
  }
  t->threads = (unsigned)threads;
  return true;
}

static void say_progress(void *ctx, size_t done, size_t total) {
  (void)ctx;
  if (done % 16 == 0 || done == total)
    fprintf(stderr, "\r%zu of %zu mutants%s", done, total, done == total ? "\n" : "");
}

static bool put(trial *t, const char *format, const char *file) {
  tg_text text;
  tg_status st = tg_tester_write(t->tester, format, &text);
  if (st != TG_OK) return complain("%s", tg_status_text(st)), false;
  return write_out(file, text.at, text.n);
}

static bool report(trial *t, const tg_test_summary *sum) {
  const args *a = t->a;
  bool text = a->format == NULL || strcmp(a->format, "text") == 0;
  for (size_t i = 0; i < a->outs.n; i++) {
    char name[32];
    size_t n = (size_t)(strchr(a->outs.at[i], '=') - a->outs.at[i]);
    memcpy(name, a->outs.at[i], n);
    name[n] = 0;
    if (!put(t, name, a->outs.at[i] + n + 1)) return false;
  }
  if (!put(t, a->format ? a->format : "text", a->output)) return false;
  if (!text || a->output != NULL) return true;
  if (a->coverage && !put(t, "coverage", NULL)) return false;
  return !a->mutate || sum->failed > 0 || put(t, "mutants", NULL);
}

static tg_status run(trial *t, tg_test_summary *sum) {
  const args *a = t->a;
  tg_status st = tg_tester_new(t->s.env, t->s.messages, &t->tester);
  const char *standard = standard_rules();
  if (st == TG_OK && standard != NULL) st = tg_tester_standard(t->tester, standard);
  for (size_t i = 0; i < a->rules.n && st == TG_OK; i++) st = tg_tester_add_path(t->tester, a->rules.at[i]);
  for (size_t i = 0; i < a->operands.n && st == TG_OK; i++)
    st = tg_tester_add_path(t->tester, a->operands.at[i]);
  if (st != TG_OK) return st;
  tg_test_options o;
  TG_INIT(&o);
  if (a->run != NULL) o.run = (tg_text){a->run, strlen(a->run)};
  o.coverage = a->coverage || t->coverage_min >= 0;
  for (size_t i = 0; i < a->outs.n; i++)
    if (strncmp(a->outs.at[i], "lcov", 4) == 0 || strncmp(a->outs.at[i], "coverage", 8) == 0)
      o.coverage = true;
  o.mutate = a->mutate;
  o.threads = t->threads;
  if (isatty(STDERR_FILENO) && !a->quiet) o.progress = say_progress;
  return tg_tester_run(t->tester, &o, sum);
}

int run_test(const args *a) {
  trial t = {.a = a};
  int status = EXIT_USELESS;
  if (!options_ok(&t) || !session_open(&t.s, a)) return EXIT_USELESS;
  tg_test_summary sum;
  TG_INIT(&sum);
  tg_status st = run(&t, &sum);
  bool messages = tg_messages_errors(t.s.messages) > 0;
  session_say(&t.s);
  if (st != TG_OK && !messages)
    complain("%s", tg_status_text(st));
  else if (st == TG_OK && report(&t, &sum)) {
    status = sum.failed > 0 || sum.survived > 0 ? EXIT_OPEN : EXIT_CLEAN;
    if (t.coverage_min >= 0 && (double)sum.outcomes_seen * 100 < t.coverage_min * (double)sum.outcomes) {
      complain("%zu of %zu outcomes were seen: less than %s %%", sum.outcomes_seen, sum.outcomes,
               a->coverage_min);
      status = EXIT_OPEN;
    }
  }
  tg_tester_free(t.tester);
  session_close(&t.s);
  return status;
}
