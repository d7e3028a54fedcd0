/* Limits that options and callbacks carry: costs exactly at their budget and one past it, and how often the interrupt callback is asked. */
#include "base/limits.h"
#include "task.h"

#include "../suite.h"

static const char rules[] = "pack: p\nversion: 1.0.0\ntitle: t\nlet:\n  total: sum(xs) + count(ys)\ngates:\n"
                            "  - id: P-001\n    title: t\n    require: every a in xs satisfies every b in xs "
                            "satisfies a + b >= total - 1000000\n"
                            "  - id: P-002\n    title: t\n    require: xs is known\n";

static char *numbers(size_t n) {
  char *json = malloc(n * 2 + 64), *at = json;
  ck_assert_ptr_nonnull(json);
  at += sprintf(at, "{\"ys\": [1], \"xs\": [1");
  for (size_t i = 1; i < n; i++) at += sprintf(at, ",1");
  sprintf(at, "]}");
  return json;
}

/* What the gates answer under these budgets. */
static void outcomes(uint64_t subject, uint64_t document, const char *json, int *first, int *second) {
  tg_env_options o;
  TG_INIT(&o);
  o.subject_cost = subject;
  o.document_cost = document;
  task t;
  tg_gate_status g;
  TG_INIT(&g);
  ck_assert_int_eq(task_run(&t, &o, text(rules), text(json), "text"), TG_OK);
  ck_assert_int_eq(tg_assessment_gate(t.assessment, 0, &g), TG_OK);
  *first = (int)g.outcome;
  ck_assert_int_eq(tg_assessment_gate(t.assessment, 1, &g), TG_OK);
  *second = (int)g.outcome;
  task_free(&t);
}

/* Each budget has an exact least value that is enough; one unit less is an error of that subject, and of no other gate. */
START_TEST(budgets_are_exact) {
  char *json = numbers(60);
  for (int which = 0; which < 2; which++) {
    uint64_t low = 1, high = 1u << 20;
    int first, second;
    while (low < high) {
      uint64_t middle = low + (high - low) / 2;
      outcomes(which ? 0 : middle, which ? middle : 0, json, &first, &second);
      if (first == TG_PASS)
        high = middle;
      else
        low = middle + 1;
    }
    outcomes(which ? 0 : low, which ? low : 0, json, &first, &second);
    ck_assert_int_eq(first, TG_PASS);
    outcomes(which ? 0 : low - 1, which ? low - 1 : 0, json, &first, &second);
    ck_assert_int_eq(first, TG_ERROR);
    ck_assert_int_eq(second, TG_PASS);
    ck_assert_uint_gt(low, 50);
  }
  free(json);
}
END_TEST

/* Without an option the budgets are those of limits.h: what passes with them named passes without. */
START_TEST(defaults_are_the_limits) {
  char *json = numbers(6000); /* 36 million pairs cost more than a subject may */
  int first, second, named;
  outcomes(0, 0, json, &first, &second);
  outcomes(TG_MAX_SUBJECT_COST, TG_MAX_DOCUMENT_COST, json, &named, &second);
  ck_assert_int_eq(first, TG_ERROR);
  ck_assert_int_eq(named, first);
  outcomes(10 * TG_MAX_SUBJECT_COST, 0, json, &first, &second);
  ck_assert_int_eq(first, TG_PASS);
  free(json);
  json = numbers(2000);
  outcomes(0, 0, json, &first, &second);
  ck_assert_int_eq(first, TG_PASS);
  free(json);
}
END_TEST

typedef struct asked {
  int times, stop_at; /* 0 = never */
} asked;

static int ask(void *ctx) {
  asked *a = ctx;
  return ++a->times == a->stop_at;
}

/* Loads a document of about `n` bytes and evaluates nothing; answers the status, `a` counts. */
static tg_status load(const char *name, size_t n, asked *a, int csv) {
  tg_env *env = NULL;
  tg_messages *m = NULL;
  tg_facts *f = NULL;
  char *all = malloc(n + 64);
  size_t used = 0;
  const char *head = csv ? "a,b\n" : strcmp(name, "f.json") == 0 ? "{\"a\": [0" : "a:\n- 0\n";
  const char *line = csv ? "1,2\n" : strcmp(name, "f.json") == 0 ? ", 1" : "- 1\n";
  const char *tail = csv ? "" : strcmp(name, "f.json") == 0 ? "]}" : "";
  ck_assert_ptr_nonnull(all);
  used += (size_t)sprintf(all, "%s", head);
  while (used + strlen(line) + strlen(tail) < n) used += (size_t)sprintf(all + used, "%s", line);
  used += (size_t)sprintf(all + used, "%s", tail);
  ck_assert_int_eq(tg_env_new(NULL, &env), TG_OK);
  ck_assert_int_eq(tg_messages_new(env, &m), TG_OK);
  ck_assert_int_eq(tg_facts_new(env, NULL, m, &f), TG_OK);
  tg_facts_interrupt(f, ask, a);
  tg_status st = csv ? tg_facts_add_csv_memory(f, NULL, text("xs"), text(name), all, used)
                     : tg_facts_add_memory(f, text(name), all, used, 0);
  tg_facts_free(f);
  tg_messages_free(m);
  tg_env_free(env);
  free(all);
  return st;
}

START_TEST(reading_asks_every_megabyte) {
  static const char *const names[] = {"f.json", "f.yaml", "f.csv"};
  for (int i = 0; i < 3; i++) {
    asked a = {0, 0};
    ck_assert_int_eq(load(names[i], TG_INTERRUPT_BYTES - 64, &a, i == 2), TG_OK);
    ck_assert_int_eq(a.times, 0); /* less than a megabyte is not worth a question */
    ck_assert_int_eq(load(names[i], 4 * TG_INTERRUPT_BYTES + 4096, &a, i == 2), TG_OK);
    int all = a.times;
    ck_assert_msg(all >= 3 && all <= 5, "%s: asked %d times in 4 MiB", names[i], all);
    for (int stop = 1; stop <= all; stop++) {
      a = (asked){0, stop};
      ck_assert_int_eq(load(names[i], 4 * TG_INTERRUPT_BYTES + 4096, &a, i == 2), TG_INTERRUPTED);
      ck_assert_int_eq(a.times, stop); /* no question after the answer */
    }
  }
}
END_TEST

/* Rows are filled when a run begins: it asks once every TG_INTERRUPT_ROWS of them. */
static int times_asked_filling(size_t rows, int stop_at, tg_status *st) {
  const char *pack = "pack: p\nversion: 1.0.0\ntitle: t\ngates:\n  - id: P-001\n    title: t\n    when: go\n "
                     "   for: s in systems\n"
                     "    require: every p in s.parts satisfies p.a == 1\n";
  char *json = malloc(rows * 24 + 64), *at = json;
  ck_assert_ptr_nonnull(json);
  at += sprintf(at, "{\"go\": false, \"systems\": [");
  for (size_t i = 0; i < rows / 2; i++) at += sprintf(at, "%s{\"parts\": [{\"a\": 1}]}", i ? "," : "");
  sprintf(at, "]}");
  task t;
  ck_assert_int_eq(task_run(&t, NULL, text(pack), text(json), "text"), TG_OK);
  asked a = {0, stop_at};
  tg_run_options o;
  TG_INIT(&o);
  o.as_of = text("2026-01-01");
  o.interrupt = ask;
  o.interrupt_ctx = &a;
  tg_assessment_handle *out = NULL;
  *st = tg_eval_run(t.eval, t.facts, &o, &out);
  task_free(&t);
  free(json);
  return a.times;
}

START_TEST(filling_asks_every_so_many_rows) {
  tg_status st;
  int few = times_asked_filling(TG_INTERRUPT_ROWS - 64, 0, &st);
  ck_assert_int_eq(st, TG_OK);
  ck_assert_int_eq(few, 0);
  int many = times_asked_filling(20 * TG_INTERRUPT_ROWS, 0, &st);
  ck_assert_int_eq(st, TG_OK);
  ck_assert_msg(many >= 10 && many <= 21, "asked %d times", many);
  ck_assert_int_eq(times_asked_filling(20 * TG_INTERRUPT_ROWS, many, &st), many);
  ck_assert_int_eq(st, TG_INTERRUPTED);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("limits");
  tcase_set_timeout(c, 600);
  tcase_add_test(c, budgets_are_exact);
  tcase_add_test(c, defaults_are_the_limits);
  tcase_add_test(c, reading_asks_every_megabyte);
  tcase_add_test(c, filling_asks_every_so_many_rows);
  return run_suite("limits", c, NULL);
}
