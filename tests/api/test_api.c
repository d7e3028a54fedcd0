/* The interface's promises: misuse is answered, structs of any size work, programs are shared, runs are interruptible. */
#include "task.h"

#include "../suite.h"
#include <pthread.h>

static tg_text rules, facts;

static void setup(void) {
  size_t n;
  char *bytes = slurp(TG_SOURCE "/tests/api/small.yaml", &n);
  ck_assert_ptr_nonnull(bytes);
  rules = (tg_text){bytes, n};
  bytes = slurp(TG_SOURCE "/tests/api/small-facts.yaml", &n);
  ck_assert_ptr_nonnull(bytes);
  facts = (tg_text){bytes, n};
}

static void teardown(void) {
  free((void *)(uintptr_t)rules.at);
  free((void *)(uintptr_t)facts.at);
}

static int same(tg_text t, const char *s) { return t.n == strlen(s) && memcmp(t.at, s, t.n) == 0; }

START_TEST(whole_task) {
  task t;
  ck_assert_int_eq(task_run(&t, NULL, rules, facts, "json"), TG_OK);
  tg_summary s;
  TG_INIT(&s);
  ck_assert_int_eq(tg_assessment_summary(t.assessment, &s), TG_OK);
  ck_assert(same(s.engagement, "ENG-1"));
  ck_assert(same(s.phase, "operate"));
  ck_assert(same(s.as_of, "2026-01-01"));
  size_t total = 0;
  for (int i = 0; i < TG_OUTCOME_COUNT; i++) total += s.gates[i];
  ck_assert_uint_eq(total, 4);
  tg_gate_status g;
  TG_INIT(&g);
  ck_assert_int_eq(tg_assessment_gate(t.assessment, 0, &g), TG_OK);
  ck_assert(same(g.id, "S-001"));
  ck_assert_int_eq(g.outcome, TG_WAIVED);
  ck_assert_int_eq(tg_assessment_gate(t.assessment, 1, &g), TG_OK);
  ck_assert_int_eq(g.outcome, TG_FAIL);         /* wiki has no active expert */
  ck_assert_uint_eq(g.subjects[TG_UNKNOWN], 2); /* P-3's status is missing; P-9 is nobody */
  ck_assert_uint_eq(g.subjects[TG_FAIL], 1);
  ck_assert_int_eq(tg_assessment_gate(t.assessment, 4, &g), TG_MISUSE);
  static const struct {
    tg_fail_on fail_on;
    int blocks;
  } thresholds[] = {{TG_FAIL_ON_CRITICAL, 0}, {TG_FAIL_ON_INFO, 1}, {TG_FAIL_ON_NEVER, 0}};
  for (size_t i = 0; i < 3; i++) {
    tg_run_options o;
    TG_INIT(&o);
    o.as_of = text("2026-01-01");
    o.fail_on = thresholds[i].fail_on;
    ck_assert_int_eq(tg_eval_run(t.eval, t.facts, &o, &t.assessment), TG_OK);
    ck_assert_int_eq(tg_assessment_blocks(t.assessment), thresholds[i].blocks);
  }
  task_free(&t);
}
END_TEST

START_TEST(findings_are_explained) {
  task t;
  ck_assert_int_eq(task_run(&t, NULL, rules, facts, "text"), TG_OK);
  size_t n = tg_assessment_finding_count(t.assessment), unresolved = 0, missing = 0;
  for (size_t i = 0; i < n; i++) {
    tg_finding_info f;
    TG_INIT(&f);
    ck_assert_int_eq(tg_assessment_finding(t.assessment, i, &f), TG_OK);
    ck_assert_uint_eq(f.fingerprint.n, 71);
    ck_assert_int_eq(f.stable, 1);
    for (size_t k = 0; k < f.clauses; k++) {
      tg_clause_status c;
      TG_INIT(&c);
      ck_assert_int_eq(tg_assessment_clause(t.assessment, i, k, &c), TG_OK);
      ck_assert_uint_gt(c.expression.n, 0);
    }
    for (size_t k = 0; k < f.facts; k++) {
      tg_fact_status u;
      TG_INIT(&u);
      ck_assert_int_eq(tg_assessment_fact(t.assessment, i, k, &u), TG_OK);
      unresolved += u.state == TG_STATE_UNRESOLVED;
      missing += u.state == TG_STATE_MISSING;
      if (u.state == TG_STATE_MISSING) ck_assert_uint_gt(u.line, 0);
    }
    tg_fact_status u;
    TG_INIT(&u);
    ck_assert_int_eq(tg_assessment_fact(t.assessment, i, f.facts, &u), TG_MISUSE);
  }
  ck_assert_uint_ge(unresolved, 1);
  ck_assert_uint_ge(missing, 1);
  task_free(&t);
}
END_TEST

START_TEST(misuse_is_answered) {
  task t;
  tg_facts *other = NULL;
  tg_assessment_handle *none = NULL;
  ck_assert_int_eq(task_run(&t, NULL, rules, facts, "text"), TG_OK);
  ck_assert_int_eq(tg_compiler_finish(t.compiler, &t.program), TG_MISUSE);
  ck_assert_int_eq(tg_facts_add_memory(t.facts, text("x"), "{}", 2, 0), TG_MISUSE); /* frozen */
  ck_assert_int_eq(tg_facts_freeze(t.facts, t.program, 0), TG_MISUSE);
  ck_assert_int_eq(tg_facts_new(t.env, NULL, t.messages, &other), TG_OK);
  ck_assert_int_eq(tg_eval_run(t.eval, other, NULL, &none), TG_MISUSE); /* not frozen */
  ck_assert_ptr_null(none);
  ck_assert_int_eq(tg_facts_freeze(other, t.program, 0), TG_INVALID); /* nothing was added */
  ck_assert_int_eq(tg_assessment_finding(t.assessment, 999, NULL), TG_MISUSE);
  tg_report_format f;
  TG_INIT(&f);
  f.name = "no such format";
  tg_text out = text("untouched");
  ck_assert_int_eq(tg_assessment_write(t.assessment, &f, &out), TG_MISUSE);
  ck_assert(same(out, "untouched"));
  ck_assert_int_eq(tg_env_new(NULL, NULL), TG_MISUSE);
  tg_facts_free(other);
  tg_facts_free(NULL), tg_eval_free(NULL), tg_program_unref(NULL), tg_compiler_free(NULL),
      tg_messages_free(NULL), tg_env_free(NULL);
  task_free(&t);
}
END_TEST

/* A caller built against a shorter struct is served, and its memory behind the struct is left alone. */
START_TEST(shorter_structs_work) {
  task t;
  ck_assert_int_eq(task_run(&t, NULL, rules, facts, "text"), TG_OK);
  union {
    tg_summary s;
    unsigned char bytes[sizeof(tg_summary)];
  } u;
  memset(&u, 0xee, sizeof u);
  u.s.size = offsetof(tg_summary, partial);
  ck_assert_int_eq(tg_assessment_summary(t.assessment, &u.s), TG_OK);
  for (size_t i = offsetof(tg_summary, partial); i < sizeof u; i++) ck_assert_uint_eq(u.bytes[i], 0xee);
  task_free(&t);
}
END_TEST

static int stop_after(void *ctx) {
  int *left = ctx;
  return (*left)-- <= 0;
}

START_TEST(runs_are_interruptible) {
  task t;
  ck_assert_int_eq(task_run(&t, NULL, rules, facts, "text"), TG_OK);
  /* reading: a megabyte and more */
  size_t n = 3u << 20;
  char *big = malloc(n);
  ck_assert_ptr_nonnull(big);
  memset(big, ' ', n);
  memcpy(big, "{\"a\": \"", 7);
  memset(big + 7, 'x', n - 9);
  memcpy(big + n - 2, "\"}", 2);
  tg_facts *f = NULL;
  int left = 0;
  ck_assert_int_eq(tg_facts_new(t.env, NULL, t.messages, &f), TG_OK);
  tg_facts_interrupt(f, stop_after, &left);
  ck_assert_int_eq(tg_facts_add_memory(f, text("big.json"), big, n, 0), TG_INTERRUPTED);
  tg_facts_free(f);
  free(big);
  task_free(&t);
}
END_TEST

START_TEST(evaluation_is_interruptible) {
  /* 300 x 300 pairs: 90,000 elements of an inner quantifier */
  const char *pack = "pack: p\nversion: 1.0.0\ntitle: t\ngates:\n  - id: P-001\n    title: t\n"
                     "    require: every a in xs satisfies every b in xs satisfies a + b >= 0\n";
  char *json = malloc(300 * 4 + 32), *at = json;
  ck_assert_ptr_nonnull(json);
  at += sprintf(at, "{\"xs\":[0");
  for (int i = 1; i < 300; i++) at += sprintf(at, ",%d", i % 10);
  sprintf(at, "]}");
  task t;
  ck_assert_int_eq(task_run(&t, NULL, text(pack), text(json), "text"), TG_OK);
  tg_run_options o;
  TG_INIT(&o);
  int left = 2;
  o.as_of = text("2026-01-01");
  o.interrupt = stop_after;
  o.interrupt_ctx = &left;
  tg_assessment_handle *a = NULL;
  ck_assert_int_eq(tg_eval_run(t.eval, t.facts, &o, &a), TG_INTERRUPTED);
  ck_assert_ptr_null(a);
  left = 1 << 30;
  ck_assert_int_eq(tg_eval_run(t.eval, t.facts, &o, &a), TG_OK); /* and works again */
  ck_assert_int_lt(left, 1 << 30);
  task_free(&t);
  /* the same with a budget: the subject errs, the run goes on */
  tg_env_options e;
  TG_INIT(&e);
  e.subject_cost = 1000;
  ck_assert_int_eq(task_run(&t, &e, text(pack), text(json), "json"), TG_OK);
  tg_gate_status g;
  TG_INIT(&g);
  ck_assert_int_eq(tg_assessment_gate(t.assessment, 0, &g), TG_OK);
  ck_assert_int_eq(g.outcome, TG_ERROR);
  task_free(&t);
  free(json);
}
END_TEST

typedef struct worker {
  tg_env *env;
  tg_program_handle *program;
  char *report;
  tg_facts *shared; /* frozen; NULL: the worker loads facts of its own */
} worker;

static void *work(void *ctx) {
  worker *w = ctx;
  tg_messages *m = NULL;
  tg_facts *f = NULL;
  tg_eval *e = NULL;
  tg_assessment_handle *a = NULL;
  tg_run_options o;
  TG_INIT(&o);
  o.as_of = text("2026-01-01");
  tg_report_format format;
  TG_INIT(&format);
  format.name = "json";
  tg_text report;
  int ok = tg_messages_new(w->env, &m) == TG_OK;
  if (w->shared == NULL)
    ok = ok && tg_facts_new(w->env, NULL, m, &f) == TG_OK &&
         tg_facts_add_memory(f, text("facts.yaml"), facts.at, facts.n, 0) == TG_OK &&
         tg_facts_freeze(f, w->program, 0) == TG_OK;
  ok = ok && tg_eval_new(w->env, w->program, NULL, m, &e) == TG_OK;
  for (int i = 0; ok && i < 50; i++) {
    ok = tg_eval_run(e, w->shared ? w->shared : f, &o, &a) == TG_OK &&
         tg_assessment_write(a, &format, &report) == TG_OK;
    if (ok && w->report == NULL) {
      w->report = malloc(report.n + 1);
      if (w->report != NULL) {
        memcpy(w->report, report.at, report.n);
        w->report[report.n] = 0;
      }
    } else if (ok && strncmp(w->report, report.at, report.n) != 0) {
      ok = 0;
    }
  }
  tg_eval_free(e);
  tg_facts_free(f);
  tg_messages_free(m);
  return ok ? w : NULL;
}

/* Frozen facts are shared from the first question on: line tables and digests are made while others ask. */
static void share(int facts_too) {
  task t;
  ck_assert_int_eq(task_run(&t, NULL, rules, facts, "text"), TG_OK);
  tg_facts *fresh = NULL;
  ck_assert_int_eq(tg_facts_new(t.env, NULL, t.messages, &fresh), TG_OK);
  ck_assert_int_eq(tg_facts_add_memory(fresh, text("facts.yaml"), facts.at, facts.n, 0), TG_OK);
  ck_assert_int_eq(tg_facts_freeze(fresh, t.program, 0), TG_OK);
  enum { THREADS = 4 };
  pthread_t threads[THREADS];
  worker workers[THREADS];
  for (int i = 0; i < THREADS; i++) {
    workers[i] = (worker){t.env, tg_program_ref(t.program), NULL, facts_too ? fresh : NULL};
    ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
  }
  for (int i = 0; i < THREADS; i++) {
    void *result = NULL;
    pthread_join(threads[i], &result);
    ck_assert_ptr_nonnull(result);
    ck_assert_str_eq(workers[i].report, workers[0].report);
    tg_program_unref(workers[i].program);
  }
  for (int i = 0; i < THREADS; i++) free(workers[i].report);
  tg_facts_free(fresh);
  task_free(&t);
}

START_TEST(programs_are_shared_by_threads) { share(0); }
END_TEST

START_TEST(frozen_facts_are_shared_by_threads) { share(1); }
END_TEST

/* ---- a foreign reader over a small table of its own ---- */

typedef struct row {
  const char *key;
  tg_fact_value value;
} row;
typedef struct table {
  const row *rows;
  size_t n;
} table;

#define TEXT(s)                                                                                              \
  { TG_FACT_TEXT, 0, {s, sizeof(s) - 1}, {0, 0}, 0 }
#define NODE(kind_, table_, n_)                                                                              \
  { kind_, 0, {NULL, 0}, {(uint64_t)(uintptr_t)&table_, 0}, n_ }
static const row engagement_rows[] = {
    {"id", TEXT("ENG-1")}, {"phase", TEXT("operate")}, {"code", TEXT("E-12")}};
static const table engagement = {engagement_rows, 3};
static const row billing_rows[] = {
    {"id", TEXT("billing")}, {"tier", {TG_FACT_NUMBER, 0, {"1", 1}, {0, 0}, 0}}, {"owner", TEXT("none")}};
static const table billing = {billing_rows, 3};
static row systems_rows[1];
static table systems = {systems_rows, 1};
static row root_rows[2];
static table root = {root_rows, 2};

static const table *of(tg_fact_node node) { return (const table *)(uintptr_t)node.a; }

static int read_fields(void *ctx, tg_fact_node node, const tg_text *keys, size_t n, tg_fact_value *out) {
  (void)ctx;
  const table *t = of(node);
  for (size_t i = 0; i < n; i++) {
    if (i > 0) {
      size_t m = keys[i - 1].n < keys[i].n ? keys[i - 1].n : keys[i].n;
      int c = memcmp(keys[i - 1].at, keys[i].at, m);
      if (c > 0 || (c == 0 && keys[i - 1].n >= keys[i].n)) return 1; /* wanted keys come in byte order */
    }
    for (size_t k = 0; k < t->n; k++)
      if (same(keys[i], t->rows[k].key)) out[i] = t->rows[k].value;
  }
  return 0;
}

static int read_elements(void *ctx, tg_fact_node node, uint64_t first, size_t n, tg_fact_value *out) {
  (void)ctx;
  for (size_t i = 0; i < n; i++) out[i] = of(node)->rows[first + i].value;
  return 0;
}

static int read_entries(void *ctx, tg_fact_node node, uint64_t first, size_t n, tg_text *keys,
                        tg_fact_value *out) {
  (void)ctx;
  for (size_t i = 0; i < n; i++) {
    keys[i] = text(of(node)->rows[first + i].key);
    out[i] = of(node)->rows[first + i].value;
  }
  return 0;
}

START_TEST(facts_from_elsewhere) {
  systems_rows[0] = (row){NULL, NODE(TG_FACT_MAP, billing, 3)};
  root_rows[0] = (row){"engagement", NODE(TG_FACT_MAP, engagement, 3)};
  root_rows[1] = (row){"systems", NODE(TG_FACT_LIST, systems, 1)};
  task t;
  ck_assert_int_eq(task_run(&t, NULL, rules, facts, "text"), TG_OK);
  tg_fact_reader reader;
  TG_INIT(&reader);
  reader.fields = read_fields;
  reader.elements = read_elements;
  reader.entries = read_entries;
  tg_facts *f = NULL;
  tg_assessment_handle *a = NULL;
  tg_run_options o;
  TG_INIT(&o);
  o.as_of = text("2026-01-01");
  ck_assert_int_eq(tg_facts_new(t.env, NULL, t.messages, &f), TG_OK);
  ck_assert_int_eq(tg_facts_add_reader(f, t.program, text("table"), &reader,
                                       (tg_fact_node){(uint64_t)(uintptr_t)&root, 0}),
                   TG_OK);
  ck_assert_int_eq(tg_facts_freeze(f, t.program, 0), TG_OK);
  ck_assert_int_eq(tg_eval_run(t.eval, f, &o, &a), TG_OK);
  tg_gate_status g;
  TG_INIT(&g);
  ck_assert_int_eq(tg_assessment_gate(a, 3, &g), TG_OK); /* S-004: the owner is `none` */
  ck_assert_int_eq(g.outcome, TG_FAIL);
  ck_assert_int_eq(tg_assessment_gate(a, 0, &g), TG_OK); /* S-001: no test is known */
  ck_assert_int_eq(g.outcome, TG_UNKNOWN);
  tg_facts_free(f);
  task_free(&t);
}
END_TEST

START_TEST(messages_can_be_walked) {
  task t;
  const char *broken =
      "pack: p\nversion: 1.0.0\ntitle: t\ngates:\n  - id: A-1\n    title: t\n    require: a ==\n"
      "  - id: A-2\n    title: t\n    require: b ==\n";
  ck_assert_int_eq(task_run(&t, NULL, text(broken), facts, "text"), TG_INVALID);
  ck_assert_uint_eq(tg_messages_errors(t.messages), 2);
  tg_message m;
  TG_INIT(&m);
  ck_assert_int_eq(tg_messages_get(t.messages, 0, &m), TG_OK);
  ck_assert_uint_eq(m.line, 7);
  ck_assert_int_eq(tg_messages_get(t.messages, 2, &m), TG_MISUSE);
  tg_messages_clear(t.messages);
  ck_assert_uint_eq(tg_messages_count(t.messages), 0);
  task_free(&t);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("api");
  tcase_set_timeout(c, 300);
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, whole_task);
  tcase_add_test(c, findings_are_explained);
  tcase_add_test(c, misuse_is_answered);
  tcase_add_test(c, shorter_structs_work);
  tcase_add_test(c, runs_are_interruptible);
  tcase_add_test(c, evaluation_is_interruptible);
  tcase_add_test(c, programs_are_shared_by_threads);
  tcase_add_test(c, frozen_facts_are_shared_by_threads);
  tcase_add_test(c, facts_from_elsewhere);
  tcase_add_test(c, messages_can_be_walked);
  return run_suite("api", c, NULL);
}
