/* Rule tests: changes by path (facts/edit.c), cases (cases.c, run.c), building (build.c), coverage (cover.c), mutants (mutate.c), and what is
 * written of them (write.c; also by the command-line cases). */
#include "lab.h"

#include "../../suite.h"
#include "facts/edit.h"

#include <stdlib.h>
#include <unistd.h>

static lab l;

static const char facts[] =
    "engagement: {id: E, phase: operate}\n"
    "systems:\n  - {id: S-1, size: 1, parts: [{id: a, ok: true}]}\n  - {id: S-2, tags: [x, y]}\n"
    "contacts: {anna: {mail: a}}\n";

static void setup(void) {
  lab_open(&l, lab_everything);
  lab_facts(&l, facts);
}
static void teardown(void) { lab_close(&l); }

/* The tree below a node, as text. */
static void put_tree(uint32_t node, tg_buf *b) {
  tg_value v = l.store.tree.nodes.at[node];
  if (v.kind != TG_V_MAP && v.kind != TG_V_SEQ) {
    tg_heap heap = {0};
    tg_store_heap(&l.store, &heap);
    tg_value_print(&heap, v, b);
    return;
  }
  tg_buf_putc(b, v.kind == TG_V_MAP ? '{' : '[');
  for (uint32_t i = 0; i < tg_node_count(v); i++) {
    uint32_t child = tg_node_first(v) + i;
    if (i) tg_buf_putc(b, ' ');
    if (v.kind == TG_V_MAP)
      tg_buf_printf(b, "%.*s:", TG_STR_ARG(tg_names_get(&l.store.names, l.store.tree.keys.at[child])));
    put_tree(child, b);
  }
  tg_buf_putc(b, v.kind == TG_V_MAP ? '}' : ']');
}

static tg_status edit(const char *path, const char *value, uint32_t *root) {
  tg_edit e = {.path = tg_str_of(path), .place = 0, .remove = value == NULL};
  if (value != NULL) {
    int64_t at = tg_pool_add(&l.store.pool, value, strlen(value));
    e.value = tg_text_value(TG_HOME_FACTS, l.store.pool.at + at, (uint32_t)strlen(value), 0, (uint32_t)at);
    if (strcmp(value, "7") == 0) e.value = tg_int(7);
  }
  return tg_facts_edit(&l.store, &l.p->model, &e, &l.d, root);
}

static void expect(const char *path, const char *value, const char *want) {
  uint32_t root = l.store.root;
  tg_buf before, after;
  tg_buf_init(&before, &l.mem);
  tg_buf_init(&after, &l.mem);
  put_tree(l.store.root, &before);
  ck_assert_msg(edit(path, value, &root) == TG_OK, "%s is refused", path);
  put_tree(root, &after);
  ck_assert_msg(strstr(after.at, want) != NULL, "%s: no `%s` in\n%s", path, want, after.at);
  tg_buf_clear(&after);
  put_tree(l.store.root, &after);
  ck_assert_str_eq(before.at, after.at); /* the facts before are as they were */
  tg_buf_done(&before);
  tg_buf_done(&after);
}

START_TEST(paths_reach_what_they_name) {
  expect("engagement.phase", "build", "{id:E phase:build}");
  expect("engagement.start", "none", "{id:E phase:operate start:none}");
  expect("systems[S-1].size", "7", "{id:S-1 size:7 parts:");
  expect("systems[S-1].parts[a].ok", "7", "[{id:a ok:7}]");
  expect("systems[S-1].parts[b].ok", "7", "{id:a ok:true} {id:b ok:7}]");
  expect("systems[S-9].size", "7", "{id:S-9 size:7}]");
  expect("systems[\"a.b[c\"].size", "7", "{id:a.b[c size:7}]");
  expect("systems[S-2].tags[1]", "z", "tags:[x z]");
  expect("systems[S-2].tags[2]", "z", "tags:[x y z]");
  expect("contacts[anna].mail", "b", "contacts:{anna:{mail:b}}");
  expect("contacts.bert.mail", "b", "{anna:{mail:a} bert:{mail:b}}");
  expect("people[P-1].active", "7", "people:[{id:P-1 active:7}]");
  expect("systems[].size", "7", "{id:S-1 size:7 parts:[{id:a ok:true}]} {id:S-2 tags:[x y] size:7}");
  expect("systems[S-1]", "x", "systems:[x {id:S-2");
}
END_TEST

START_TEST(paths_take_away) {
  expect("systems[S-1]", NULL, "systems:[{id:S-2");
  expect("systems[S-2].tags[0]", NULL, "tags:[y]");
  expect("engagement.id", NULL, "{phase:operate}");
  expect("systems[].id", NULL, "[{size:1 parts:[{id:a ok:true}]} {tags:[x y]}]");
  expect("contacts.anna", NULL, "contacts:{}");
}
END_TEST

START_TEST(wrong_paths_are_refused) {
  static const char *const bad[] = {"",
                                    ".",
                                    "systems[",
                                    "systems[S-1",
                                    "systems[\"x]",
                                    "systems[S-2].tags[x]",
                                    "systems[S-2].tags[4]",
                                    "engagement.id.x",
                                    "systems[S-2].tags.x",
                                    "engagement..id"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    uint32_t root = l.store.root;
    ck_assert_msg(edit(bad[i], "x", &root) == TG_INVALID, "`%s` is accepted", bad[i]);
    ck_assert_uint_eq(root, l.store.root);
  }
  static const char *const absent[] = {"people", "systems[S-9]",  "systems[S-1].tags", "systems[S-2].tags[2]",
                                       "x.y.z",  "contacts[bert]"};
  for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
    uint32_t root = l.store.root;
    ck_assert_msg(edit(absent[i], NULL, &root) == TG_INVALID, "`%s` is taken away", absent[i]);
  }
}
END_TEST

/* ---- building, coverage, mutants ---- */

START_TEST(packs_are_built_again_and_again) {
  for (int i = 0; i < 3; i++) {
    tg_built b;
    ck_assert_int_eq(tg_build(&b, &l.mem, &l.sources, l.packs, 1, TG_STR(""), false, false, &l.d), TG_OK);
    ck_assert(tg_same_program(&b.program, l.p));
    tg_build_free(&b);
    ck_assert_int_eq(
        tg_build(&b, &l.mem, &l.sources, l.packs, 1, TG_STR("A-1.least=4\n"), false, false, &l.d), TG_OK);
    ck_assert(!tg_same_program(&b.program, l.p));
    tg_build_free(&b);
  }
  tg_built b;
  ck_assert_int_eq(tg_build(&b, &l.mem, &l.sources, l.packs, 1, TG_STR("A-1.last=4\n"), false, false, &l.d),
                   TG_INVALID);
}
END_TEST

START_TEST(mutations_change_and_change_back) {
  tg_mutations all = {NULL, 0, 0};
  ck_assert_int_eq(tg_mutations_collect(&l.arena, &l.mem, l.packs, 1, &all), TG_OK);
  ck_assert_uint_gt(all.n, 60);
  uint32_t changed = 0, invalid = 0;
  for (uint32_t i = 0; i < all.n; i++) {
    tg_built b;
    ck_assert_uint_gt(strlen(all.at[i].what), 5);
    tg_mutation_exchange(&all.at[i]);
    tg_diags_reset(&l.d);
    tg_status st = tg_build(&b, &l.mem, &l.sources, l.packs, 1, TG_STR(""), false, false, &l.d);
    if (st == TG_OK) {
      changed += !tg_same_program(&b.program, l.p);
      tg_build_free(&b);
    } else {
      ck_assert_int_eq(st, TG_INVALID);
      invalid++;
    }
    tg_mutation_exchange(&all.at[i]);
    tg_diags_reset(&l.d);
    ck_assert_int_eq(tg_build(&b, &l.mem, &l.sources, l.packs, 1, TG_STR(""), false, false, &l.d), TG_OK);
    ck_assert_msg(tg_same_program(&b.program, l.p), "mutation %u was not undone", i);
    tg_build_free(&b);
  }
  ck_assert_uint_gt(changed, all.n * 8 / 10); /* nearly every mutation makes another program */
  ck_assert_uint_lt(invalid, all.n / 10);
  tg_vec_done(&l.mem, &all);
}
END_TEST

START_TEST(coverage_sees_what_ran) {
  tg_coverage c;
  ck_assert_int_eq(tg_coverage_open(&c, &l.mem, l.p), TG_OK);
  ck_assert_uint_gt(c.conditions.n, 20);
  for (uint32_t i = 1; i < c.conditions.n; i++) /* each once */
    ck_assert(c.conditions.at[i - 1].gate != c.conditions.at[i].gate ||
              c.conditions.at[i - 1].span.start != c.conditions.at[i].span.start ||
              c.conditions.at[i - 1].span.len != c.conditions.at[i].span.len);
  tg_vm_options o = {.today = lab_day("2026-01-01"), .truths = c.truths};
  uint32_t seen[2] = {0, 0};
  for (int round = 0; round < 2; round++) {
    lab_facts(&l, round ? lab_everything_facts : "engagement: {id: E, phase: closed}\n");
    ck_assert_int_eq(tg_vm_run(l.vm, &l.rows, &l.store, &o), TG_OK);
    tg_coverage_add(&c, l.p, c.truths);
    for (uint32_t i = 0; i < c.conditions.n; i++) seen[round] += c.conditions.at[i].seen != 0;
  }
  ck_assert_uint_eq(seen[0], 0);
  ck_assert_uint_gt(seen[1], c.conditions.n / 2);
  tg_coverage_close(&c);
}
END_TEST

/* ---- cases ---- */

static tg_test_file file;
static tg_status open_cases(const char *text) {
  char path[] = "/tmp/tollgate-test-XXXXXX";
  int fd = mkstemp(path);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
  const tg_model *models[2] = {&l.p->model, NULL};
  tg_diags_reset(&l.d);
  tg_status st = tg_test_file_open(&file, NULL, 0, path, models, &l.d);
  unlink(path);
  return st;
}

START_TEST(cases_are_run_and_compared) {
  ck_assert_int_eq(open_cases("as_of: \"2026-01-01\"\nfacts:\n  engagement: {id: E, phase: operate}\n  "
                              "systems: [{id: S-1, size: 12, level: high}]\n"
                              "cases:\n  - {name: a, expect: {A-1: unknown, \"A-1[S-1]\": unknown}}\n"
                              "  - {name: b, set: {\"systems[S-1].level\": low}, expect: {A-1: {status: "
                              "not_applicable, reason: no_subjects}}}\n"
                              "  - {name: c, expect: {A-1: pass}}\n"),
                   TG_OK);
  tg_runner r;
  ck_assert_int_eq(tg_runner_open(&r, &l.mem, l.p), TG_OK);
  for (int again = 0; again < 3; again++)
    for (int brief = 0; brief < 2; brief++)
      for (uint32_t i = 0; i < file.cases.n; i++) {
        tg_case_result out;
        ck_assert_int_eq(tg_runner_run(&r, &file, &file.cases.at[i], brief != 0, &out), TG_OK);
        ck_assert(out.ran);
        ck_assert_int_eq(out.passed, i < 2);
        ck_assert_uint_eq(out.mismatches.n, i == 2 && !brief);
        if (out.mismatches.n) ck_assert(tg_str_is(out.mismatches.at[0].actual, "unknown"));
        tg_vec_done(&l.mem, &out.mismatches);
      }
  tg_runner_close(&r);
  tg_test_file_close(&file);
}
END_TEST

START_TEST(wrong_cases_are_told) {
  static const struct {
    const char *text, *said;
  } rows[] = {
      {"cases: []\n", "a test file has `cases`"},
      {"[]\n", "the top of the file must be a mapping"},
      {"cases: [1]\n", "a case is a mapping"},
      {"facts: {}\ncases:\n  - {name: a, expect: {}}\n", "`expect` maps gates"},
      {"facts: {}\ncases:\n  - {name: a, expect: {A-1: {status: pass, colour: red}}}\n",
       "there is no key `colour`"},
      {"facts: {}\ncases:\n  - {name: a, expect: {\"A-1[x\": pass}}\n", "write GATE or GATE[subject]"},
      {"facts: {}\ncases:\n  - {name: a, expect: {A-1: {severity: huge}}}\n", "`huge` is no severity"},
      {"facts: {}\ncases:\n  - {name: a, verdict: go}\n", "`go` is no verdict"},
      {"facts: {}\nfacts_file: x.yaml\ncases:\n  - {name: a, expect: {A-1: pass}}\n", "give one of `facts`"},
      {"facts_file: nowhere.yaml\ncases:\n  - {name: a, expect: {A-1: pass}}\n", "cannot"},
      {"cases:\n  - {name: a, expect: {A-1: pass}}\n", "the case has no facts"},
      {"as_of: 2026-02-30\nfacts: {}\ncases:\n  - {name: a, expect: {A-1: pass}}\n", "`as_of` is a date"},
      {"facts: {}\ncases:\n  - {name: a, unset: x, expect: {A-1: pass}}\n", "`unset` is a list"},
      {"facts: {}\ncases:\n  - {name: a, set: [x], expect: {A-1: pass}}\n", "`set` maps paths"},
      {"pack: a\npacks: [b]\nfacts: {}\ncases:\n  - {name: a, expect: {A-1: pass}}\n",
       "give `pack` or `packs`"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tg_status st = open_cases(rows[i].text);
    ck_assert_msg(st == TG_INVALID || st == TG_IO || (st == TG_OK && file.cases.at[0].broken),
                  "row %zu is accepted", i);
    ck_assert_uint_gt(l.d.errors, 0);
    bool told = false;
    for (uint32_t k = 0; k < l.d.list.n; k++)
      told |= memmem(l.d.list.at[k].message.at, l.d.list.at[k].message.n, rows[i].said,
                     strlen(rows[i].said)) != NULL;
    ck_assert_msg(told, "row %zu says `%.*s`", i, TG_STR_ARG(l.d.list.at[0].message));
    tg_test_file_close(&file);
  }
}
END_TEST

int main(void) {
  TCase *c = tcase_create("prove");
  tcase_set_timeout(c, 120);
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, paths_reach_what_they_name);
  tcase_add_test(c, paths_take_away);
  tcase_add_test(c, wrong_paths_are_refused);
  tcase_add_test(c, packs_are_built_again_and_again);
  tcase_add_test(c, mutations_change_and_change_back);
  tcase_add_test(c, coverage_sees_what_ran);
  tcase_add_test(c, cases_are_run_and_compared);
  tcase_add_test(c, wrong_cases_are_told);
  return run_suite("prove", c, NULL);
}
