/* Figures (score.c), severities, risk levels and verdicts (assess.c), conditions, labels and keys (label.c), waivers (waiver.c). */
#include "lab.h"

#include "assess/label.h"
#include "assess/score.h"
#include "assess/waiver.h"

#include <stdlib.h>

static lab l;

#define PACK "pack: t\nversion: 1.0.0\ntitle: t\n"

/* ---- figures ---- */

static void add(tg_tally *t, int64_t weight, uint8_t scale, uint32_t pass, uint32_t waived, uint32_t unknown,
                uint32_t fail) {
  const uint32_t subjects[TG_OUTCOME_COUNT] = {
      [TG_PASS] = pass, [TG_WAIVED] = waived, [TG_UNKNOWN] = unknown, [TG_FAIL] = fail};
  tg_tally_add(t, tg_value_make(TG_V_NUMBER, scale, weight), subjects);
}

START_TEST(nothing_has_no_figure) {
  tg_tally t;
  tg_tally_init(&t);
  ck_assert_int_eq(tg_figure_tenths(tg_tally_gross(&t).proven), -1);
  add(&t, 5, 0, 0, 0, 0, 0); /* no subject */
  ck_assert_int_eq(tg_figure_tenths(tg_tally_net(&t).possible), -1);
}
END_TEST

START_TEST(thirds_add_up_to_one) {
  tg_tally t;
  tg_tally_init(&t);
  for (int i = 0; i < 3; i++) add(&t, 7, 0, 1, 0, 0, 2);
  ck_assert_int_eq(tg_figure_tenths(tg_tally_gross(&t).proven), 333);
  tg_tally_init(&t);
  add(&t, 1, 0, 1, 0, 0, 2);
  add(&t, 1, 0, 2, 0, 0, 1);
  ck_assert_int_eq(tg_figure_tenths(tg_tally_gross(&t).proven), 500);
  ck_assert(tg_tally_gross(&t).proven.num * 2 == tg_tally_gross(&t).proven.den * 100); /* exactly a half */
}
END_TEST

START_TEST(four_figures_by_what_counts) {
  tg_tally t;
  tg_tally_init(&t);
  add(&t, 10, 0, 4, 1, 2, 3); /* of ten: 4 pass, 1 waived, 2 unknown, 3 fail */
  tg_interval gross = tg_tally_gross(&t), net = tg_tally_net(&t);
  ck_assert_int_eq(tg_figure_tenths(gross.proven), 400);
  ck_assert_int_eq(tg_figure_tenths(gross.possible), 600);
  ck_assert_int_eq(tg_figure_tenths(net.proven), 500);
  ck_assert_int_eq(tg_figure_tenths(net.possible), 700);
}
END_TEST

START_TEST(weights_have_decimals) {
  tg_tally t;
  tg_tally_init(&t);
  add(&t, 25, 1, 1, 0, 0, 0);  /* 2.5 earned */
  add(&t, 750, 2, 0, 0, 0, 1); /* of 7.50 more */
  ck_assert_int_eq(tg_figure_tenths(tg_tally_gross(&t).proven), 250);
}
END_TEST

START_TEST(rounding_is_half_even) {
  static const struct {
    int64_t num, den;
    int tenths;
  } rows[] = {{1, 20, 0}, {3, 20, 2}, {5, 20, 2},        {7, 20, 4},       {100, 1, 1000},
              {0, 1, 0},  {2, 3, 7},  {9995, 100, 1000}, {9985, 100, 998}, {99949, 1000, 999}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ck_assert_int_eq(tg_figure_tenths((tg_figure){rows[i].num, rows[i].den}), rows[i].tenths);
}
END_TEST

static uint64_t random_state = 42;
static uint32_t next_random(uint32_t below) {
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(random_state >> 33) % below;
}

/* Beside long doubles, which are good to far more than the tenth that is printed: small counts stay exact, counts in the thousands go on
 * in billionths. */
START_TEST(figures_are_right_over_many_gates) {
  bool rough = false, exact = false;
  for (int round = 0; round < 200; round++) {
    uint32_t most = round % 2 ? 12 : 5000;
    tg_tally t;
    long double weight = 0, sums[4] = {0};
    tg_tally_init(&t);
    for (int i = 0; i < 150; i++) {
      uint32_t c[4] = {next_random(most), next_random(3), next_random(most), next_random(most)};
      long double total = (long double)c[0] + c[1] + c[2] + c[3], w = 1 + next_random(25);
      add(&t, (int64_t)w, 0, c[0], c[1], c[2], c[3]);
      if (total == 0) continue;
      weight += w;
      sums[0] += w * c[0] / total;
      sums[1] += w * (c[0] + c[2]) / total;
      sums[2] += w * (c[0] + c[1]) / total;
      sums[3] += w * (c[0] + c[1] + c[2]) / total;
    }
    tg_interval gross = tg_tally_gross(&t), net = tg_tally_net(&t);
    const tg_figure got[4] = {gross.proven, gross.possible, net.proven, net.possible};
    for (int k = 0; k < 4; k++) {
      long double figure = (long double)got[k].num / (long double)got[k].den, want = 100 * sums[k] / weight;
      ck_assert_msg(figure - want < 1e-6L && want - figure < 1e-6L, "round %d: %Lf, not %Lf", round, figure,
                    want);
    }
    rough |= t.rough;
    exact |= !t.rough;
  }
  ck_assert(rough && exact); /* both ways were tried */
}
END_TEST

START_TEST(large_weights_do_not_overflow) {
  tg_tally t;
  tg_tally_init(&t);
  for (uint32_t i = 1; i <= 60; i++) add(&t, INT64_C(999999999999999999), 0, i, 0, 0, i + 1);
  int tenths = tg_figure_tenths(tg_tally_gross(&t).proven);
  ck_assert_int_ge(tenths, 470);
  ck_assert_int_le(tenths, 500);
}
END_TEST

START_TEST(the_mean_leaves_out_what_is_not_there) {
  const tg_figure f[] = {{100, 1}, {0, 0}, {100, 3}, {0, 1}};
  ck_assert_int_eq(tg_figure_tenths(tg_figure_mean(f, NULL, 4)), 444);
  ck_assert_int_eq(tg_figure_tenths(tg_figure_mean(f + 1, NULL, 1)), -1);
}
END_TEST

/* ---- judgements ---- */

START_TEST(risk_is_the_table_of_nist) {
  static const char *const rows[] = {"VVVLL", "VLLLM", "VLMMH", "VLMHX",
                                     "VLMHX"}; /* V very low .. X very high */
  for (int likelihood = 1; likelihood <= 5; likelihood++)
    for (int impact = 1; impact <= 5; impact++) {
      static const char letters[] = "VLMHX";
      ck_assert_int_eq(letters[tg_risk_of(likelihood, impact)], rows[likelihood - 1][impact - 1]);
    }
}
END_TEST

/* One gate of a severity, one outcome, and what it makes of the verdict. */
START_TEST(verdicts_follow_severity_and_outcome) {
  static const struct {
    const char *severity, *fact;
    tg_verdict verdict;
    tg_rating rating;
  } rows[] = {
      {"critical", "false", TG_NOT_READY, TG_RED},
      {"critical", "oops", TG_NOT_READY, TG_RED}, /* an error */
      {"critical", "", TG_NOT_PROVEN, TG_AMBER},
      {"critical", "true", TG_READY, TG_GREEN},
      {"high", "false", TG_READY_WITH_CONDITIONS, TG_RED},
      {"high", "", TG_READY_WITH_CONDITIONS, TG_AMBER},
      {"medium", "false", TG_READY, TG_AMBER},
      {"medium", "", TG_READY, TG_AMBER},
      {"low", "false", TG_READY, TG_AMBER},
      {"info", "false", TG_READY, TG_AMBER},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char pack[400], facts[64];
    snprintf(pack, sizeof pack,
             PACK "area: x\ngates:\n  - {id: G, title: t, require: a, severity: %s}\n  - {id: H, title: t, "
                  "require: \"true\"}\n",
             rows[i].severity);
    snprintf(facts, sizeof facts, "a: %s\n", rows[i].fact);
    lab_open(&l, pack);
    lab_assess(&l, facts);
    ck_assert_msg(l.a.verdict == rows[i].verdict, "%s %s: %s", rows[i].severity, rows[i].fact,
                  tg_verdict_word(l.a.verdict));
    ck_assert_int_eq(l.a.areas.at[0].rating, rows[i].rating);
    ck_assert_int_eq(tg_assess_conditions(&l.a), TG_OK);
    ck_assert((l.a.conditions.n > 0) == (l.a.verdict != TG_READY));
    lab_close(&l);
  }
}
END_TEST

START_TEST(severity_comes_from_the_score_when_none_is_given) {
  for (int likelihood = 1; likelihood <= 5; likelihood++)
    for (int impact = 1; impact <= 5; impact++) {
      char pack[300];
      int score = likelihood * impact;
      snprintf(pack, sizeof pack,
               PACK "gates:\n  - {id: G, title: t, require: a, likelihood: %d, impact: %d}\n", likelihood,
               impact);
      lab_open(&l, pack);
      lab_assess(&l, "a: true\n");
      int want = score >= 20 ? TG_CRITICAL : score >= 12 ? TG_HIGH : score >= 6 ? TG_MEDIUM : TG_LOW;
      ck_assert_int_eq(l.a.gate[0].severity, want);
      ck_assert_int_eq(l.a.gate[0].score, score);
      lab_close(&l);
    }
}
END_TEST

START_TEST(labels_keys_and_pointers) {
  lab_open(&l,
           PACK "model:\n  systems[]: {id: text key, \"parts[]\": {id: text key, ok: boolean}}\n  bare[]: "
                "{ok: boolean}\n  words: list of text\n"
                "gates:\n  - {id: G, title: t, for: \"p in list(p for s in systems for p in s.parts)\", "
                "require: p.ok}\n"
                "  - {id: H, title: t, for: b in bare, require: b.ok}\n  - {id: I, title: t, for: w in "
                "words, require: \"w == ''\"}\n");
  lab_assess(
      &l, "systems:\n  - {id: a/b, parts: [{id: x~y, ok: false}]}\n  - {id: c, parts: [{id: p}, {id: p}]}\n"
          "bare: [{ok: true}, {ok: false}]\nwords: [one, two, one]\n");
  static const struct {
    const char *label, *key, *pointer;
    bool stable;
  } rows[] = {{"x~y", "/systems/a~1b/parts/x~0y", "/systems/0/parts/0", true},
              {"p", "/systems/c/parts/p", "/systems/1/parts/0", true},
              {"p~2", "/systems/c/parts/p~2", "/systems/1/parts/1", false},
              {"#2", "/bare/1", "/bare/1", false},
              {"one", "/one", "", true},
              {"two", "/two", "", true},
              {"one~2", "/one~2", "", false}};
  uint32_t n;
  const tg_subject *all = tg_vm_subjects(l.vm, &n);
  ck_assert_uint_eq(n, sizeof rows / sizeof *rows);
  for (uint32_t i = 0; i < n; i++) {
    tg_subject_name name;
    ck_assert_int_eq(tg_subject_name_of(&l.a, &all[i], &l.a.arena, &name), TG_OK);
    ck_assert_msg(tg_str_is(name.label, rows[i].label), "label %u: %.*s", i, TG_STR_ARG(name.label));
    ck_assert_msg(tg_str_is(name.key, rows[i].key) || i >= 4, "key %u: %.*s", i, TG_STR_ARG(name.key));
    if (rows[i].pointer[0])
      ck_assert_msg(tg_str_is(name.pointer, rows[i].pointer), "pointer %u: %.*s", i,
                    TG_STR_ARG(name.pointer));
    ck_assert_int_eq(name.stable, rows[i].stable);
  }
  lab_close(&l);
}
END_TEST

/* ---- fingerprints ---- */

#define DISTINCT(list)                                                                                       \
  PACK "model:\n  x[]: {id: text key}\ngates: [{id: G, title: t, for: 'i in " list "', require: "            \
       "\"false\"}]\n"

START_TEST(findings_of_one_fingerprint_are_refused) {
  static const struct {
    const char *pack, *facts;
    uint32_t errors;
  } rows[] = {
      {DISTINCT("x"), "x: [{id: a}, {id: b}]", 0},
      {DISTINCT("x"), "x: [{id: a}, {id: a}, {id: a~2}]", 0},
      {DISTINCT("x"), "x: [{id: a}, {}, {}]", 0},
      {DISTINCT("x"), "x: [{}, {id: '1'}, {id: 'x/0'}]", 0},
      {DISTINCT("x"), "x: [{}, {id: '0'}]", 1}, /* the first is called by its position */
      {DISTINCT("list(i for k in [1, 2] for i in x)"), "x: [{id: a}]", 1},
      {DISTINCT("list(i for k in [1, 2] for i in x)"), "x: []", 0},
      {DISTINCT("list(k for k in [1, 2] for i in x)"), "x: [{id: a}, {id: b}]", 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    lab_open(&l, rows[i].pack);
    lab_assess(&l, rows[i].facts);
    l.d.errors = 0;
    tg_status st = tg_assess_distinct(&l.a, &l.d);
    ck_assert_msg(st == (rows[i].errors ? TG_INVALID : TG_OK), "row %zu: %d", i, st);
    ck_assert_msg(l.d.errors == rows[i].errors, "row %zu: %u errors", i, (unsigned)l.d.errors);
    if (rows[i].errors) ck_assert_int_eq(l.d.list.at[l.d.list.n - 1].code, TG_E_FINGERPRINT);
    lab_close(&l);
  }
}
END_TEST

/* The key alone is compared: what it says must be what the fingerprints say. */
START_TEST(one_key_is_one_fingerprint) {
  lab_open(&l, DISTINCT("x"));
  lab_assess(&l, "x: [{}, {id: '0'}, {id: a}, {id: a}, {id: a~2}]");
  char prints[5][72];
  for (uint32_t i = 0; i < 5; i++) ck_assert_int_eq(tg_assess_fingerprint(&l.a, i, prints[i]), TG_OK);
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < i; k++) ck_assert_int_eq(strcmp(prints[i], prints[k]) == 0, i == 1 && k == 0);
  lab_close(&l);
}
END_TEST

/* ---- waivers ---- */

#define WAIVED                                                                                               \
  PACK "waivers_fact: waivers\nwaiver_policy: {max_days: 90, compensating_action: required}\ngates:\n"       \
       "  - {id: G, title: t, require: a}\n  - {id: H, title: t, require: a, waivable: false}\n"

static tg_waiver good_waiver(void) {
  return (tg_waiver){.id = TG_STR("W"),
                     .gate = TG_STR("G"),
                     .item = TG_STR("all"),
                     .reason = TG_STR("r"),
                     .owner = TG_STR("o"),
                     .approver = TG_STR("p"),
                     .approved_on = lab_day("2024-02-01"),
                     .expires_on = lab_day("2024-03-01")};
}

START_TEST(waivers_are_in_force_from_approval_to_expiry) {
  const char *why;
  lab_open(&l, WAIVED);
  tg_waiver w = good_waiver();
  for (int64_t day = w.approved_on.num - 40; day <= w.expires_on.num + 400; day++) { /* over a leap day */
    bool want = day >= w.approved_on.num && day <= w.expires_on.num;
    ck_assert_int_eq(tg_waiver_in_force(l.p, &w, true, tg_date(day), &why), want);
    ck_assert((why == NULL) == want);
  }
  w.expires_on = tg_date(w.approved_on.num + 90); /* the longest term */
  ck_assert(tg_waiver_in_force(l.p, &w, true, w.approved_on, &why));
  w.expires_on = tg_date(w.approved_on.num + 91);
  ck_assert(!tg_waiver_in_force(l.p, &w, true, w.approved_on, &why));
  ck_assert_str_eq(why, "runs longer than the policy allows");
  lab_close(&l);
}
END_TEST

START_TEST(waivers_lack_nothing) {
  const char *why;
  lab_open(&l, WAIVED);
  tg_value day = lab_day("2024-02-10");
  tg_str *fields[6];
  static const char *const whys[] = {"names no gate", "names no item", "gives no reason", "has no owner",
                                     "has no approver"};
  for (int i = 0; i < 5; i++) {
    const tg_str bad[] = {{NULL, 0}, TG_STR(""), TG_STR(" \t\n"), TG_STR("none")};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
      tg_waiver w = good_waiver();
      fields[0] = &w.gate, fields[1] = &w.item, fields[2] = &w.reason, fields[3] = &w.owner,
      fields[4] = &w.approver;
      *fields[i] = bad[k];
      ck_assert(!tg_waiver_in_force(l.p, &w, true, day, &why));
      ck_assert_str_eq(why, whys[i]);
    }
  }
  tg_waiver w = good_waiver();
  w.approver = w.owner;
  ck_assert(!tg_waiver_in_force(l.p, &w, true, day, &why));
  ck_assert_str_eq(why, "was approved by its owner");
  w = good_waiver();
  ck_assert(!tg_waiver_in_force(l.p, &w, false, day, &why));
  ck_assert_str_eq(why, "names no compensating action");
  w.approved_on = tg_unknown(TG_WHY_NULL);
  ck_assert(!tg_waiver_in_force(l.p, &w, true, day, &why));
  ck_assert_str_eq(why, "has no day of approval");
  w = good_waiver();
  w.expires_on = tg_unknown(TG_WHY_NULL);
  ck_assert(!tg_waiver_in_force(l.p, &w, true, day, &why));
  ck_assert_str_eq(why, "has no day of expiry");
  lab_close(&l);
}
END_TEST

START_TEST(a_waiver_turns_fail_into_waived_and_nothing_else) {
  static const char waiver[] =
      "waivers: [{id: W, gate: %s, item: %s, reason: r, owner: o, approver: p, approved_on: 2025-12-20, "
      "expires_on: 2026-02-01, compensating_action: c}]\na: %s\n";
  static const struct {
    const char *gate, *item, *fact;
    tg_outcome outcome;
    tg_waiver_state state;
  } rows[] = {{"G", "engagement", "false", TG_WAIVED, TG_WAIVER_IN_FORCE},
              {"G", "all", "false", TG_WAIVED, TG_WAIVER_IN_FORCE},
              {"G", "engagement", "", TG_UNKNOWN, TG_WAIVER_UNUSED},
              {"G", "engagement", "text", TG_ERROR, TG_WAIVER_UNUSED},
              {"G", "engagement", "true", TG_PASS, TG_WAIVER_UNUSED},
              {"G", "other", "false", TG_FAIL, TG_WAIVER_DANGLING},
              {"X", "all", "false", TG_FAIL, TG_WAIVER_DANGLING},
              {"H", "all", "false", TG_FAIL, TG_WAIVER_INVALID}}; /* takes none */
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char facts[400];
    snprintf(facts, sizeof facts, waiver, rows[i].gate, rows[i].item, rows[i].fact);
    lab_open(&l, WAIVED);
    lab_assess(&l, facts);
    ck_assert_msg(l.a.gate[0].outcome == rows[i].outcome, "row %zu: %s", i,
                  tg_outcome_word((tg_outcome)l.a.gate[0].outcome));
    ck_assert_int_eq(l.a.waivers.at[0].state, rows[i].state);
    ck_assert_int_eq(l.a.gate[1].outcome,
                     rows[i].outcome == TG_WAIVED ? TG_FAIL : rows[i].outcome); /* not waivable */
    lab_close(&l);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("assess");
  TCase *c = tcase_create("assess");
  tcase_add_test(c, nothing_has_no_figure);
  tcase_add_test(c, thirds_add_up_to_one);
  tcase_add_test(c, four_figures_by_what_counts);
  tcase_add_test(c, weights_have_decimals);
  tcase_add_test(c, rounding_is_half_even);
  tcase_add_test(c, figures_are_right_over_many_gates);
  tcase_add_test(c, large_weights_do_not_overflow);
  tcase_add_test(c, the_mean_leaves_out_what_is_not_there);
  tcase_add_test(c, risk_is_the_table_of_nist);
  tcase_add_test(c, verdicts_follow_severity_and_outcome);
  tcase_add_test(c, severity_comes_from_the_score_when_none_is_given);
  tcase_add_test(c, labels_keys_and_pointers);
  tcase_add_test(c, waivers_are_in_force_from_approval_to_expiry);
  tcase_add_test(c, waivers_lack_nothing);
  tcase_add_test(c, a_waiver_turns_fail_into_waived_and_nothing_else);
  tcase_add_test(c, findings_of_one_fingerprint_are_refused);
  tcase_add_test(c, one_key_is_one_fingerprint);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
