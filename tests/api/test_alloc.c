/* Every allocation of load, compile, evaluate and report fails once: no leak, no crash, a clear status. */
#include "task.h"

#include "tollgate/tools.h"

#include "../suite.h"
#include <unistd.h>

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
      ck_assert_msg(same_report(t.report, whole.report), "allocation %ld failing gives another report", n);
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
START_TEST(sarif_report) { fail_each("tests/api/small.yaml", "tests/api/small-facts.yaml", "sarif"); }
END_TEST
START_TEST(sarif_full_report) {
  fail_each("tests/api/small.yaml", "tests/api/small-facts.yaml", "sarif-full");
}
END_TEST

/* ---- what is made of reports ---- */

typedef struct files {
  char folder[64], report[96], ratchet[96], waivers[96];
} files;

static void save(const char *path, tg_text bytes) {
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(bytes.at, 1, bytes.n, f), bytes.n);
  fclose(f);
}

static void make_files(files *x) {
  tg_text rules = read_file("tests/api/small.yaml"), facts = read_file("tests/api/small-facts.yaml"), ratchet;
  int tightened = 0;
  task t;
  strcpy(x->folder, "/tmp/tollgate-alloc-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(x->folder));
  snprintf(x->report, sizeof x->report, "%s/r.json", x->folder);
  snprintf(x->ratchet, sizeof x->ratchet, "%s/ratchet.json", x->folder);
  snprintf(x->waivers, sizeof x->waivers, "%s/w.yaml", x->folder);
  ck_assert_int_eq(task_run(&t, NULL, rules, facts, "json"), TG_OK);
  save(x->report, t.report);
  ck_assert_int_eq(tg_assessment_ratchet(t.assessment, &ratchet, &tightened), TG_OK);
  ck_assert_int_eq(tightened, 1);
  save(x->ratchet, ratchet);
  save(x->waivers, text("- id: WVR-01\n  gate: X\n  reason: \"r\"\n"));
  task_free(&t);
  free((void *)(uintptr_t)rules.at);
  free((void *)(uintptr_t)facts.at);
}

/* One job on the files: its text, or for a ratchet none. */
static tg_status job(int which, const files *x, tg_env *env, tg_messages *m, char **out, size_t *n) {
  static const char *const formats[] = {"text", "markdown", "json"};
  tg_report_format f;
  TG_INIT(&f);
  f.name = formats[which % 3];
  tg_waiver_request w;
  TG_INIT(&w);
  w.target = text("S-002[wiki]");
  w.reason = text("r");
  w.owner = text("A");
  w.approver = text("B");
  w.approved_on = text("2026-01-01");
  w.expires_on = text("2026-02-01");
  w.report = which == 5 ? x->report : NULL;
  w.path = x->waivers;
  char id[24];
  int worse = 0;
  tg_ratchet_handle *r = NULL;
  switch (which) {
  case 3: return tg_baseline_sign(env, m, x->report, text("r"), text("o"), text("2026-03-01"), out, n);
  case 4:
  case 5: return tg_waiver_add(env, m, NULL, &w, id, out, n);
  case 6: {
    tg_status st = tg_ratchet_load(env, m, x->ratchet, &r);
    tg_ratchet_free(r);
    return st;
  }
  default: return tg_reports_diff(env, m, x->report, x->report, &f, &worse, out, n);
  }
}

START_TEST(jobs_on_reports) {
  files x;
  make_files(&x);
  for (int which = 0; which < 7; which++) {
    long refused = 0;
    for (long fail_at = 1;; fail_at++) {
      counter c = {.fail_at = fail_at};
      tg_allocator allocator = {&c, take, grow, give};
      tg_env_options o;
      TG_INIT(&o);
      o.allocator = &allocator;
      tg_env *env = NULL;
      tg_messages *m = NULL;
      char *out = NULL;
      size_t n = 0;
      tg_status st = tg_env_new(&o, &env);
      if (st == TG_OK) st = tg_messages_new(env, &m);
      if (st == TG_OK) st = job(which, &x, env, m, &out, &n);
      ck_assert_msg(st == TG_OK || st == TG_NOMEM, "job %d, allocation %ld failing gives status %d", which,
                    fail_at, (int)st);
      ck_assert_msg((st == TG_OK && which < 6) == (out != NULL), "job %d, allocation %ld failing", which,
                    fail_at);
      refused += st == TG_NOMEM;
      tg_tools_release(env, out, n);
      tg_messages_free(m);
      tg_env_free(env);
      ck_assert_msg(c.blocks == 0 && c.bytes == 0, "job %d, allocation %ld failing leaks %ld blocks", which,
                    fail_at, c.blocks);
      if (st == TG_OK && c.count < fail_at) break;
    }
    ck_assert_int_gt(refused, 10);
  }
  unlink(x.report), unlink(x.ratchet), unlink(x.waivers), rmdir(x.folder);
}
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
  TCase *c = tcase_create("alloc");
  tcase_set_timeout(c, 600);
  tcase_add_test(c, text_report);
  tcase_add_test(c, json_report);
  tcase_add_test(c, ndjson_report);
  tcase_add_test(c, csv_report);
  tcase_add_test(c, oscal_report);
  tcase_add_test(c, intoto_report);
  tcase_add_test(c, sarif_report);
  tcase_add_test(c, sarif_full_report);
  tcase_add_test(c, jobs_on_reports);
  tcase_add_test(c, memory_limits);
  tcase_add_test(c, authoring);
  return run_suite("alloc", c, NULL);
}
