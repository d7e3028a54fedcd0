/* Reading and evaluating cost what the size says: documents of 8, 16 and 32 MB, by allocations, bytes and units of cost.
 * No clock is read. */
#include "process_memory.h"
#include "task.h"

#include "../suite.h"

enum { MEGABYTE = 1 << 20, PADDING = 64 };

static const char rules[] =
    "pack: p\nversion: 1.0.0\ntitle: t\ngates:\n"
    "  - id: P-001\n    title: t\n    for: s in systems where s.tier <= 2\n"
    "    require:\n      - s.kt.held >= s.kt.planned\n      - s.owner is not none\n"
    "  - id: P-002\n    title: t\n    require: count(s in systems where s.tier > 2) >= 0\n"
    "  - id: P-003\n    title: t\n    require: m is known\n";

/* One document shape: `line` has one %08u and always prints equally many bytes. */
typedef struct shape {
  const char *name, *head, *line, *between, *tail;
} shape;

static const shape yaml_records = {"a.yaml", "m: 1\nsystems:\n",
                                   "  - id: SYS-%08u\n    tier: 1\n    note: \"tab\\there\"\n    kt:\n      "
                                   "held: 3\n      planned: 3\n    owner: client\n",
                                   "", ""};
static const shape yaml_keys = {"b.yaml", "systems: []\nm:\n", "  k%08u: [1, two]\n", "", ""};
static const shape json_records = {"a.json", "{\"m\": 1, \"systems\": [\n",
                                   "{\"id\": \"SYS-%08u\", \"tier\": 1, \"note\": \"tab\\there\", \"kt\": "
                                   "{\"held\": 3, \"planned\": 3}, \"owner\": \"client\"}",
                                   ",\n", "]}\n"};
static const shape json_keys = {"b.json", "{\"systems\": [], \"m\": {\n", "\"k%08u\": [1, \"two\"]", ",\n",
                                "}}\n"};

/* `records` lines between head and tail, padded for borrowing. */
static char *document(const shape *s, size_t records, size_t *n) {
  size_t width = strlen(s->line) + 8 + strlen(s->between);
  char *all = malloc(strlen(s->head) + records * width + strlen(s->tail) + PADDING + 1), *at = all;
  ck_assert_ptr_nonnull(all);
  at += sprintf(at, "%s", s->head);
  for (size_t i = 0; i < records; i++) {
    if (i) at += sprintf(at, "%s", s->between);
    at += sprintf(at, s->line, (unsigned)i); // NOLINT: the formats stand above
  }
  at += sprintf(at, "%s", s->tail);
  memset(at, 0, PADDING);
  *n = (size_t)(at - all);
  return all;
}

typedef struct measure {
  long calls, process_calls; /* of the allocator that was given; of malloc */
  uint64_t asked;            /* bytes asked of it in all */
  uint64_t bytes, peak;      /* of the document; most held at once by facts and evaluator */
  tg_run_stats stats;
} measure;

static void *take(void *ctx, size_t n) {
  measure *m = ctx;
  m->calls++;
  m->asked += n;
  return malloc(n);
}

static void *grow(void *ctx, void *p, size_t old, size_t n) {
  measure *m = ctx;
  m->calls++;
  m->asked += n > old ? n - old : 0;
  return realloc(p, n);
}

static void give(void *ctx, void *p, size_t n) {
  (void)ctx, (void)n;
  free(p);
}

static void check_step(tg_status st, task *t, const char *what) {
  tg_text said = {"", 0};
  if (st != TG_OK) tg_messages_write(t->messages, 0, &said);
  ck_assert_msg(st == TG_OK, "%s: %.*s", what, (int)said.n, said.at);
}

static void run(const shape *s, size_t records, measure *m) {
  task t = {0};
  memset(m, 0, sizeof *m);
  size_t n;
  char *all = document(s, records, &n);
  m->bytes = n;
  tg_allocator allocator = {m, take, grow, give};
  tg_run_options o;
  TG_INIT(&o);
  o.as_of = text("2026-01-01");
  ck_assert_int_eq(tg_env_new(NULL, &t.env), TG_OK);
  ck_assert_int_eq(tg_messages_new(t.env, &t.messages), TG_OK);
  ck_assert_int_eq(tg_compiler_new(t.env, t.messages, &t.compiler), TG_OK);
  ck_assert_int_eq(tg_compiler_add_memory(t.compiler, text("rules.yaml"), rules, strlen(rules)), TG_OK);
  check_step(tg_compiler_finish(t.compiler, &t.program), &t, "rules");
  long before = process.calls;
  ck_assert_int_eq(tg_facts_new(t.env, &allocator, t.messages, &t.facts), TG_OK);
  check_step(tg_facts_add_memory(t.facts, text(s->name), all, n, TG_FACTS_BORROW), &t, s->name);
  check_step(tg_facts_freeze(t.facts, t.program, 0), &t, s->name);
  ck_assert_int_eq(tg_eval_new(t.env, t.program, &allocator, t.messages, &t.eval), TG_OK);
  check_step(tg_eval_run(t.eval, t.facts, &o, &t.assessment), &t, s->name);
  m->process_calls = process.calls - before;
  TG_INIT(&m->stats);
  ck_assert_int_eq(tg_eval_stats(t.eval, &m->stats), TG_OK);
  m->peak = m->stats.facts_peak + m->stats.memory_peak;
  tg_summary sum;
  TG_INIT(&sum);
  ck_assert_int_eq(tg_assessment_summary(t.assessment, &sum), TG_OK);
  ck_assert_uint_eq(sum.gates[TG_FAIL] + sum.gates[TG_ERROR] + sum.gates[TG_UNKNOWN], 0);
  task_free(&t);
  free(all);
}

/* Twice the document: at most twice of it, and 5 % for what grows in steps. */
static void at_most_double(const shape *s, const char *what, uint64_t small, uint64_t large) {
  ck_assert_msg(large <= small * 2 + small / 20, "%s: %s grow from %llu to %llu when the document doubles",
                s->name, what, (unsigned long long)small, (unsigned long long)large);
}

static void check_linear(const shape *s) {
  measure m[3];
  size_t unit = 8 * (size_t)MEGABYTE / (strlen(s->line) + 4 + strlen(s->between));
  for (int i = 0; i < 3; i++) run(s, unit << i, &m[i]);
  ck_assert_uint_ge(m[0].bytes, 8000000);
  ck_assert_uint_ge(m[2].bytes, 32000000);
  for (int i = 0; i < 2; i++) {
    at_most_double(s, "allocations", (uint64_t)m[i].calls, (uint64_t)m[i + 1].calls);
    at_most_double(s, "allocations of the process", (uint64_t)m[i].process_calls,
                   (uint64_t)m[i + 1].process_calls);
    at_most_double(s, "bytes asked for", m[i].asked, m[i + 1].asked);
    at_most_double(s, "bytes held", m[i].peak, m[i + 1].peak);
  }
  /* cost, rows and values are exact: each step adds twice what the one before added */
  ck_assert_uint_eq(m[2].stats.cost - m[1].stats.cost, 2 * (m[1].stats.cost - m[0].stats.cost));
  ck_assert_uint_eq(m[2].stats.rows - m[1].stats.rows, 2 * (m[1].stats.rows - m[0].stats.rows));
  ck_assert_uint_eq(m[2].stats.values - m[1].stats.values, 2 * (m[1].stats.values - m[0].stats.values));
  for (int i = 0; i < 3; i++)
    ck_assert_msg(m[i].peak <= 20 * m[i].bytes, "%s: %.1f bytes are held for each byte of the document",
                  s->name, (double)m[i].peak / (double)m[i].bytes);
  if (getenv("TG_SHOW"))
    for (int i = 0; i < 3; i++)
      printf("%s: %llu bytes, %ld allocations (process %ld), %llu bytes asked, %llu held, cost %llu\n",
             s->name, (unsigned long long)m[i].bytes, m[i].calls, m[i].process_calls,
             (unsigned long long)m[i].asked, (unsigned long long)m[i].peak,
             (unsigned long long)m[i].stats.cost);
}

START_TEST(yaml_with_many_records) { check_linear(&yaml_records); }
END_TEST
START_TEST(yaml_with_many_keys) { check_linear(&yaml_keys); }
END_TEST
START_TEST(json_with_many_records) { check_linear(&json_records); }
END_TEST
START_TEST(json_with_many_keys) { check_linear(&json_keys); }
END_TEST

int main(void) {
  TCase *c = tcase_create("linear");
  tcase_set_timeout(c, 600);
  tcase_add_test(c, yaml_with_many_records);
  tcase_add_test(c, yaml_with_many_keys);
  tcase_add_test(c, json_with_many_records);
  tcase_add_test(c, json_with_many_keys);
  return run_suite("linear", c, NULL);
}
