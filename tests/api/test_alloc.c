/* Every allocation of load, compile, evaluate and report fails once: no leak, no crash, a clear status. */
#include "task.h"

#include "tollgate/tools.h"

#include <check.h>

typedef struct counter {
  long count, fail_at;
  long blocks;
  size_t bytes;
} counter;

static void *take(void *ctx, size_t n) {
  counter *c = ctx;
  if (++c->count == c->fail_at) return NULL;
  void *p = malloc(n);
  if (p != NULL) {
    c->blocks++;
    c->bytes += n;
  }
  return p;
}

static void *grow(void *ctx, void *p, size_t old, size_t n) {
  counter *c = ctx;
  if (++c->count == c->fail_at) return NULL;
  void *q = realloc(p, n);
  if (q != NULL) {
    if (p == NULL) c->blocks++;
    c->bytes += n - old;
  }
  return q;
}

static void give(void *ctx, void *p, size_t n) {
  counter *c = ctx;
  if (p == NULL) return;
  c->blocks--;
  c->bytes -= n;
  free(p);
}

static tg_text read_file(const char *name) {
  size_t n = 0;
  char path[512];
  snprintf(path, sizeof path, "%s/%s", TG_SOURCE, name);
  char *bytes = slurp(path, &n);
  ck_assert_ptr_nonnull(bytes);
  return (tg_text){bytes, n};
}

static void fail_each(const char *rules_name, const char *facts_name, const char *format) {
  tg_text rules = read_file(rules_name), facts = read_file(facts_name);
  long refused = 0;
  task whole;
  ck_assert_int_eq(task_run(&whole, NULL, rules, facts, format), TG_OK);
  for (long n = 1;; n++) {
    counter c = {.fail_at = n};
    tg_allocator allocator = {&c, take, grow, give};
    tg_env_options o;
    TG_INIT(&o);
    o.allocator = &allocator;
    o.no_jit = n % 2 == 0;
    task t;
    tg_status st = task_run(&t, &o, rules, facts, format);
    ck_assert_msg(st == TG_OK || st == TG_NOMEM, "allocation %ld failing gives status %d", n, (int)st);
    if (st == TG_NOMEM) refused++;
    if (st == TG_OK) /* what survives a refusal is the same report, not a poorer one */
      ck_assert_msg(t.report.n == whole.report.n && memcmp(t.report.at, whole.report.at, t.report.n) == 0,
                    "allocation %ld failing gives another report", n);
    task_free(&t);
    ck_assert_msg(c.blocks == 0 && c.bytes == 0, "allocation %ld failing leaks %ld blocks, %zu bytes", n,
                  c.blocks, c.bytes);
    if (st == TG_OK && c.count < n) break; /* the task needs fewer allocations than that */
  }
  ck_assert_int_gt(refused, 50);
  task_free(&whole);
  free((void *)(uintptr_t)rules.at);
  free((void *)(uintptr_t)facts.at);
}

START_TEST(text_report) { fail_each("tests/api/small.yaml", "tests/api/small-facts.yaml", "text"); }
END_TEST
START_TEST(json_report) { fail_each("tests/api/small.yaml", "tests/api/small-facts.yaml", "json"); }
END_TEST
START_TEST(ndjson_report) { fail_each("tests/api/small.yaml", "tests/api/small-facts.yaml", "ndjson"); }
END_TEST
START_TEST(csv_report) { fail_each("tests/api/small.yaml", "tests/api/small-facts.yaml", "csv"); }
END_TEST
START_TEST(oscal_report) { fail_each("tests/api/small.yaml", "tests/api/small-facts.yaml", "oscal"); }
END_TEST
START_TEST(intoto_report) { fail_each("tests/api/small.yaml", "tests/api/small-facts.yaml", "intoto"); }
END_TEST

/* A memory limit of any size ends in LIMIT or OK, never in a crash or a leak. */
START_TEST(memory_limits) {
  tg_text rules = read_file("tests/api/small.yaml"), facts = read_file("tests/api/small-facts.yaml");
  int limited = 0;
  for (uint64_t limit = 256; limit < (4u << 20); limit = limit * 5 / 4) {
    counter c = {0};
    tg_allocator allocator = {&c, take, grow, give};
    tg_env_options o;
    TG_INIT(&o);
    o.allocator = &allocator;
    o.memory_limit = limit;
    task t;
    tg_status st = task_run(&t, &o, rules, facts, "json");
    ck_assert_msg(st == TG_OK || st == TG_LIMIT, "a limit of %llu bytes gives status %d",
                  (unsigned long long)limit, (int)st);
    limited += st == TG_LIMIT;
    task_free(&t);
    ck_assert_int_eq(c.blocks, 0);
  }
  ck_assert_int_gt(limited, 5);
  free((void *)(uintptr_t)rules.at);
  free((void *)(uintptr_t)facts.at);
}
END_TEST

/* A template and a catalogue of a program: each allocation refused in turn, what was made is the same or nothing. */
START_TEST(authoring) {
  tg_text rules = read_file("tests/api/small.yaml"), facts = read_file("tests/api/small-facts.yaml");
  counter c = {0};
  tg_allocator allocator = {&c, take, grow, give};
  tg_env_options o;
  TG_INIT(&o);
  o.allocator = &allocator;
  task t;
  ck_assert_int_eq(task_run(&t, &o, rules, facts, "text"), TG_OK);
  for (int kind = 0; kind < 2; kind++) {
    const tg_program_handle *program = t.program;
    char *whole = NULL, *made = NULL;
    size_t n = 0, length = 0;
    long refused = 0;
    for (long k = 0;; k++) {
      c.fail_at = k ? c.count + k : 0;
      tg_status st = kind ? tg_programs_catalogue(&program, 1, &made, &length)
                          : tg_program_template(program, NULL, t.messages, &made, &length);
      c.fail_at = 0;
      ck_assert_msg(st == TG_OK || (k > 0 && st == TG_NOMEM), "allocation %ld failing gives status %d", k,
                    (int)st);
      if (st != TG_OK) {
        refused++;
        continue;
      }
      if (k == 0) {
        whole = made;
        n = length;
        continue;
      }
      ck_assert(length == n && memcmp(made, whole, n) == 0);
      tg_tools_release(t.env, made, length);
      break;
    }
    ck_assert_int_gt(refused, 5);
    tg_tools_release(t.env, whole, n);
  }
  task_free(&t);
  ck_assert_int_eq(c.blocks, 0);
  free((void *)(uintptr_t)rules.at);
  free((void *)(uintptr_t)facts.at);
}
END_TEST

int main(void) {
  Suite *s = suite_create("alloc");
  TCase *c = tcase_create("alloc");
  tcase_set_timeout(c, 600);
  tcase_add_test(c, text_report);
  tcase_add_test(c, json_report);
  tcase_add_test(c, ndjson_report);
  tcase_add_test(c, csv_report);
  tcase_add_test(c, oscal_report);
  tcase_add_test(c, intoto_report);
  tcase_add_test(c, memory_limits);
  tcase_add_test(c, authoring);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? 1 : 0;
}
