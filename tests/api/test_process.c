/* What does not use our allocator fails too: every malloc of libyaml and PCRE2, every mmap of the regex JIT.  No crash, no leak, a clear
 * status, and never another report. */
#include "process_memory.h"
#include "task.h"

#include "../suite.h"
#include <sys/wait.h>
#include <unistd.h>

#if TG_WATCHED
static const char rules[] =
    "pack: p\nversion: 1.0.0\ntitle: t\nmodel:\n  systems[]:\n    id: text(/^[a-z]+$/) key\n    tier: "
    "integer(1..3)\n"
    "    note: text\n    cuts: list of date\ngates:\n  - id: P-001\n    title: t\n    for: s in systems "
    "order by s.tier desc\n"
    "    require:\n      - s.note matches /^(ready|done)\\b/i\n      - s.tier <= 2 or count(unique(s.cuts)) "
    "> 1\n"
    "    message: \"{s.id}: {lower(s.note)} {join(s.cuts, ' ')}\"\n"
    "  - id: P-002\n    title: t\n    require: every s in systems satisfies \"portal\" in keys(systems)\n";
static const char yaml[] =
    "systems:\n  - &a {id: portal, tier: 3, note: 'Ready \"now\"', cuts: [2026-01-01, 2026-01-02]}\n"
    "  - {id: vault, tier: 1, note: \"not\\tyet\"}\n  - id: ledger\n    note: >-\n      folded\n      text\n"
    "other: {of: *a}\n";
static const char json[] = "{\"systems\": [{\"id\": \"portal\", \"tier\": 3, \"note\": \"Ready\\u0021\"}, "
                           "{\"id\": \"vault\", \"note\": null}]}";

/* Our own allocator goes past the watch: what is counted is what others ask for. */
void *__libc_malloc(size_t n);
void *__libc_realloc(void *p, size_t n);
void __libc_free(void *p);
static void *take(void *ctx, size_t n) { return (void)ctx, __libc_malloc(n); }
static void *grow(void *ctx, void *p, size_t old, size_t n) {
  return (void)ctx, (void)old, __libc_realloc(p, n);
}
static void give(void *ctx, void *p, size_t n) { (void)ctx, (void)n, __libc_free(p); }

static tg_status attempt(task *t, tg_text facts, int own) {
  tg_allocator allocator = {NULL, take, grow, give};
  tg_env_options o;
  TG_INIT(&o);
  if (own) o.allocator = &allocator;
  return task_run(t, &o, text(rules), facts, "json");
}

/* Fails call after call until the task no longer reaches the one that fails. */
static void fail_each(tg_text facts, int own, int for_good) {
  task whole, t;
  ck_assert_int_eq(attempt(&whole, facts, own), TG_OK);
  ck_assert_int_eq(attempt(&t, facts, own), TG_OK); /* what libraries keep for good they have by now */
  task_free(&t);
  long tried = 0, refused = 0;
  for (long n = 1;; n++) {
    long blocks = process.blocks, first = process.calls;
    process.for_good = for_good;
    process.fail_at = first + n;
    tg_status st = attempt(&t, facts, own);
    process.fail_at = 0;
    long made = process.calls - first;
    ck_assert_msg(st == TG_OK || st == TG_NOMEM, "call %ld failing gives status %d", n, (int)st);
    if (st == TG_OK)
      ck_assert_msg(same_report(t.report, whole.report), "call %ld failing gives another report", n);
    task_free(&t);
    ck_assert_msg(process.blocks == blocks, "call %ld failing leaks %ld blocks", n, process.blocks - blocks);
    refused += st == TG_NOMEM;
    tried++;
    if (made < n) break;
  }
  ck_assert_int_gt(tried, 3);
  ck_assert_int_gt(refused, 2);
  task_free(&whole);
}

START_TEST(libyaml_and_pcre2) {
  fail_each(text(yaml), 1, 0);
  fail_each(text(yaml), 1, 1);
  fail_each(text(json), 1, 0);
}
END_TEST

START_TEST(everything) {
  fail_each(text(yaml), 0, 0);
  fail_each(text(yaml), 0, 1);
  fail_each(text(json), 0, 0);
}
END_TEST

/* The report with the JIT, from a process of its own: PCRE2 remembers for good whether it ever got pages. */
static char *report_with_jit(size_t *n) {
  int ends[2];
  static char report[1 << 16];
  ck_assert_int_eq(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    task t;
    tg_program_info info;
    TG_INIT(&info);
    int fine = attempt(&t, text(yaml), 1) == TG_OK && tg_program_get_info(t.program, &info) == TG_OK &&
               info.jit_patterns > 0 && write(ends[1], t.report.at, t.report.n) == (ssize_t)t.report.n;
    _exit(!fine);
  }
  close(ends[1]);
  *n = 0;
  for (ssize_t got; (got = read(ends[0], report + *n, sizeof report - *n)) > 0;) *n += (size_t)got;
  close(ends[0]);
  int status = 1;
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert_int_eq(status, 0);
  return report;
}

/* The JIT compiler maps memory that can be executed; without it the interpreter answers the same. */
START_TEST(no_pages_for_the_jit) {
  size_t n;
  const char *report = report_with_jit(&n);
  task t;
  tg_program_info info;
  TG_INIT(&info);
  process.fail_maps = 1;
  long maps = process.maps;
  ck_assert_int_eq(attempt(&t, text(yaml), 1), TG_OK);
  ck_assert_int_eq(tg_program_get_info(t.program, &info), TG_OK);
  ck_assert_uint_gt(info.patterns, 0);
  ck_assert_uint_eq(info.jit_patterns, 0);
  ck_assert_int_gt(process.maps, maps);
  ck_assert(same_report(t.report, (tg_text){report, n}));
  task_free(&t);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("process");
  tcase_set_timeout(c, 300);
  tcase_add_test(c, libyaml_and_pcre2);
  tcase_add_test(c, everything);
  tcase_add_test(c, no_pages_for_the_jit);
  return run_suite("process", c, NULL);
}
#else
#error "only where malloc can be watched"
#endif
