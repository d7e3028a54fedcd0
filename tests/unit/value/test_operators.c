/* Which operand comes first, which types fit, three-valued logic, lists. */
#include "suites.h"

static const char *apply(tg_op2 op, const char *a, const char *b) {
  return shown(tg_op2_apply(&heap, op, val(a), val(b)));
}

static const tg_op2 all_ops[] = {TG_EQ, TG_NE, TG_LT, TG_LE, TG_GT, TG_GE, TG_ADD, TG_SUB, TG_MUL, TG_DIV};
enum { OPS = sizeof all_ops / sizeof *all_ops };

/* One of everything that is known. */
static const char *const known[] = {"true",          "42",         "0.50",   "\"text\"", "\"2026-11-23\"",
                                    "\"none\"",      "2026-11-23", "<none>", "90 days",  "6 months",
                                    "1 month 1 day", "2..4",       "[1, 2]", "[]"};
enum { KNOWN = sizeof known / sizeof *known };

START_TEST(errors_then_unknowns_then_the_operation) {
  for (int op = 0; op < OPS; op++) {
    ck_assert_str_eq(apply(all_ops[op], "!DATE", "!TYPE"), "!DATE"); /* left before right */
    ck_assert_str_eq(apply(all_ops[op], "?", "!TYPE"), "!TYPE");
    ck_assert_str_eq(apply(all_ops[op], "!TYPE", "?"), "!TYPE");
    ck_assert_str_eq(apply(all_ops[op], "?undefined", "?"),
                     "?"); /* a new unknown, that follows from others */
    ck_assert_int_eq(tg_op2_apply(&heap, all_ops[op], val("?"), val("?")).aux, TG_WHY_DERIVED);
    for (int k = 0; k < KNOWN;
         k++) { /* unknown beats a clash of types, a word, no date and a division by zero */
      ck_assert_str_eq(apply(all_ops[op], "?", known[k]), "?");
      ck_assert_str_eq(apply(all_ops[op], known[k], "?"), "?");
      ck_assert_str_eq(apply(all_ops[op], "!FUEL", known[k]), "!FUEL");
      ck_assert_str_eq(apply(all_ops[op], known[k], "!FUEL"), "!FUEL");
    }
  }
}
END_TEST

/* The results of == < + - * / for two kinds; + and * are asked both ways round. */
static const struct {
  const char *a, *b, *results[6];
} types[] = {
    {"true", "true", {"true", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"true", "false", {"false", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"true", "1", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"true", "\"true\"", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"1", "\"1\"", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"1", "2026-11-23", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"1", "90 days", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"1", "[1]", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"true", "2..4", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"\"a\"", "2..4", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"90 days", "2..4", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"\"a\"", "\"b\"", {"false", "true", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"\"a\"", "90 days", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"\"a\"", "[\"a\"]", {"!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
    {"90 days", "13 weeks", {"false", "true", "181 days", "-1 day", "!TYPE", "!TYPE"}},
    {"1 year", "12 months", {"true", "false", "24 months", "0 days", "!TYPE", "!TYPE"}},
    {"1 month", "30 days", {"!TYPE", "!TYPE", "1 month 30 days", "1 month -30 days", "!TYPE", "!TYPE"}},
    {"0 days", "30 days", {"false", "true", "30 days", "-30 days", "!TYPE", "!TYPE"}},
    {"0 days",
     "6 months",
     {"false", "true", "6 months", "-6 months", "!TYPE", "!TYPE"}}, /* nothing is of both families */
    {"1 month 1 day", "1 month 1 day", {"!TYPE", "!TYPE", "2 months 2 days", "0 days", "!TYPE", "!TYPE"}},
    {"90 days", "2026-11-23", {"!TYPE", "!TYPE", "2027-02-21", "!TYPE", "!TYPE", "!TYPE"}},
    {"2026-11-23", "2026-11-24", {"false", "true", "!TYPE", "-1 day", "!TYPE", "!TYPE"}},
    {"[1]", "[1]", {"true", "!TYPE", "!TYPE", "!TYPE", "!TYPE", "!TYPE"}},
};

START_TEST(types_fit_or_clash) {
  static const tg_op2 ops[] = {TG_EQ, TG_LT, TG_ADD, TG_SUB, TG_MUL, TG_DIV};
  for (int i = 0; i < 6; i++)
    ck_assert_msg(strcmp(apply(ops[i], types[_i].a, types[_i].b), types[_i].results[i]) == 0,
                  "%s op %d %s is %s", types[_i].a, ops[i], types[_i].b,
                  apply(ops[i], types[_i].a, types[_i].b));
  ck_assert_str_eq(apply(TG_EQ, types[_i].b, types[_i].a), types[_i].results[0]);
  ck_assert_str_eq(apply(TG_MUL, types[_i].b, types[_i].a), types[_i].results[4]);
}
END_TEST

START_TEST(comparisons_agree_with_each_other) {
  for (int i = 0; i < KNOWN; i++) {
    for (int k = 0; k < KNOWN; k++) {
      tg_value r[6], turned[6];
      for (int op = 0; op < 6; op++) {
        r[op] = tg_op2_apply(&heap, all_ops[op], val(known[i]), val(known[k]));
        turned[op] = tg_op2_apply(&heap, all_ops[op], val(known[k]), val(known[i]));
      }
      static const int mirror[] = {TG_EQ, TG_NE, TG_GT, TG_GE, TG_LT, TG_LE};
      for (int op = 0; op < 6; op++) { /* a < b is b > a, whatever the types */
        if (strcmp(shown(r[op]), shown(turned[mirror[op]])) != 0)
          ck_abort_msg("%s op %d %s", known[i], op, known[k]);
      }
      ck_assert_msg(r[TG_EQ].kind == r[TG_NE].kind, "%s and %s", known[i], known[k]);
      bool word = strstr(known[i], "none") != NULL || strstr(known[k], "none") != NULL;
      if (r[TG_LT].kind == TG_V_BOOL &&
          !word) { /* with a word, not (a < b) is not a >= b: that is the point of events */
        ck_assert(tg_is_true(r[TG_LT]) == tg_is_false(r[TG_GE]));
        ck_assert(tg_is_true(r[TG_LE]) == (tg_is_true(r[TG_LT]) || tg_is_true(r[TG_EQ])));
        ck_assert(tg_is_true(r[TG_EQ]) == tg_is_false(r[TG_NE]));
      }
    }
  }
}
END_TEST

START_TEST(facts_lists_and_records_are_for_others) {
  static const tg_kind kinds[] = {TG_V_ROWS, TG_V_RECORD, TG_V_ROW, TG_V_SEQ, TG_V_MAP, TG_V_REGEX};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    for (int op = 0; op < OPS; op++) {
      tg_value v = tg_value_make(kinds[i], 0, 0);
      ck_assert_str_eq(shown(tg_op2_apply(&heap, all_ops[op], v, v)), "!TYPE");
      ck_assert_str_eq(shown(tg_op2_apply(&heap, all_ops[op], v, tg_int(1))), "!TYPE");
      ck_assert_str_eq(shown(tg_op2_apply(&heap, all_ops[op], tg_unknown(TG_WHY_ABSENT), v)), "?");
    }
}
END_TEST

/* ---- three values ---- */

static const char *const truths[] = {"true", "false", "?"};

START_TEST(kleene_tables) {
  static const char *const conj[3][3] = {
      {"true", "false", "?"}, {"false", "false", "false"}, {"?", "false", "?"}};
  static const char *const disj[3][3] = {
      {"true", "true", "true"}, {"true", "false", "?"}, {"true", "?", "?"}};
  static const char *const negation[3] = {"false", "true", "?"};
  for (int i = 0; i < 3; i++) {
    ck_assert_str_eq(shown(tg_not(val(truths[i]))), negation[i]);
    for (int k = 0; k < 3; k++) {
      tg_value a = val(truths[i]), b = val(truths[k]);
      ck_assert_str_eq(shown(tg_and(a, b)), conj[i][k]);
      ck_assert_str_eq(shown(tg_or(a, b)), disj[i][k]);
    }
  }
}
END_TEST

START_TEST(kleene_laws) {
  for (int i = 0; i < 3; i++) {
    for (int k = 0; k < 3; k++) {
      for (int l = 0; l < 3; l++) {
        tg_value a = val(truths[i]), b = val(truths[k]), c = val(truths[l]);
        ck_assert_str_eq(shown(tg_not(tg_and(a, b))), shown(tg_or(tg_not(a), tg_not(b)))); /* De Morgan */
        ck_assert_str_eq(shown(tg_not(tg_or(a, b))), shown(tg_and(tg_not(a), tg_not(b))));
        ck_assert_str_eq(shown(tg_and(a, b)), shown(tg_and(b, a)));
        ck_assert_str_eq(shown(tg_or(a, b)), shown(tg_or(b, a)));
        ck_assert_str_eq(shown(tg_and(a, tg_and(b, c))), shown(tg_and(tg_and(a, b), c)));
        ck_assert_str_eq(shown(tg_or(a, tg_or(b, c))), shown(tg_or(tg_or(a, b), c)));
        ck_assert_str_eq(shown(tg_and(a, tg_or(b, c))), shown(tg_or(tg_and(a, b), tg_and(a, c))));
        ck_assert_str_eq(shown(tg_and(a, a)), shown(a));
        ck_assert_str_eq(shown(tg_not(tg_not(a))), shown(a));
      }
    }
  }
}
END_TEST

START_TEST(errors_in_logic) {
  static const struct {
    const char *a, *b, *conj, *disj;
  } table[] = {
      {"!DATE", "!TYPE", "!DATE", "!DATE"}, {"true", "!DATE", "!DATE", "true"},
      {"false", "!DATE", "false", "!DATE"}, {"?", "!DATE", "!DATE", "!DATE"},
      {"!DATE", "false", "!DATE", "!DATE"}, {"!DATE", "true", "!DATE", "!DATE"},
      {"5", "true", "!TYPE", "!TYPE"},      {"true", "5", "!TYPE", "true"},
      {"false", "5", "false", "!TYPE"},     {"?", "5", "!TYPE", "!TYPE"},
      {"5", "!DATE", "!TYPE", "!TYPE"},     {"?", "\"true\"", "!TYPE", "!TYPE"},
      {"2..4", "true", "!TYPE", "!TYPE"},   {"<none>", "true", "!TYPE", "!TYPE"},
      {"true", "[]", "!TYPE", "true"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    ck_assert_str_eq(shown(tg_and(val(table[i].a), val(table[i].b))), table[i].conj);
    ck_assert_str_eq(shown(tg_or(val(table[i].a), val(table[i].b))), table[i].disj);
  }
  for (int k = 0; k < KNOWN; k++)
    if (strcmp(known[k], "true") != 0) ck_assert_str_eq(shown(tg_not(val(known[k]))), "!TYPE");
  ck_assert_str_eq(shown(tg_not(val("!FUEL"))), "!FUEL");
}
END_TEST

START_TEST(branches_of_an_unknown_condition) {
  static const struct {
    const char *a, *b, *want;
  } table[] = {
      {"1", "1.0", "1"},
      {"1", "2", "?"},
      {"?", "1", "?"},
      {"1", "?", "?"},
      {"?", "?", "?"},
      {"!DATE", "?", "!DATE"},
      {"1", "!TYPE", "!TYPE"},
      {"true", "true", "true"},
      {"true", "false", "?"},
      {"1", "\"1\"", "?"},
      {"\"a\"", "\"a\"", "\"a\""},
      {"2..4", "2..4", "?"},
      {"<none>", "<none>", "<none>"},
      {"<none>", "\"none\"", "?"},
      {"2026-11-23", "2026-11-23", "2026-11-23"},
      {"2026-11-23", "\"2026-11-23\"", "?"},
      {"1 year", "12 months", "12 months"},
      {"[1, 2]", "[1, 2.0]", "[1, 2]"},
      {"[1, 2]", "[2, 1]", "?"},
      {"[1?]", "[1?]", "?"},
      {"[?]", "[?]", "?"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    ck_assert_msg(strcmp(shown(tg_if_merge(&heap, val(table[i].a), val(table[i].b))), table[i].want) == 0,
                  "%s or %s", table[i].a, table[i].b);
}
END_TEST

/* ---- lists ---- */

START_TEST(lists_are_compared_member_by_member) {
  static const struct {
    const char *a, *b, *equal;
  } table[] = {
      {"[]", "[]", "true"},
      {"[1]", "[]", "false"},
      {"[1, 2]", "[1, 2.0]", "true"},
      {"[1, 2]", "[2, 1]", "false"},
      {"[?]", "[]", "false"},
      {"[?]", "[1]", "?"},
      {"[?, 2]", "[1, 3]", "false"},
      {"[?, 2]", "[1, 2]", "?"},
      {"[1?]", "[1]", "?"},
      {"[1?]", "[]", "?"},
      {"[1]", "[1, 2?]", "?"},
      {"[1]", "[\"1\"]", "!TYPE"},
      {"[1, \"a\"]", "[2, 5]", "false"}, /* the first decided member is enough */
      {"[?, \"a\"]", "[2, 5]", "!TYPE"},
      {"[!DATE]", "[1]", "!DATE"},
      {"[2026-11-23]", "[\"2026-11-23\"]", "true"},
      {"[2026-11-23]", "[\"none\"]", "false"},
      {"[\"none\"]", "[\"none\"]", "true"},
      {"[<none>]", "[<none>]", "false"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    tg_value a = val(table[i].a), b = val(table[i].b), equal = tg_op2_apply(&heap, TG_EQ, a, b);
    ck_assert_msg(strcmp(shown(equal), table[i].equal) == 0, "%s == %s is %s", table[i].a, table[i].b,
                  shown(equal));
    ck_assert_str_eq(shown(tg_op2_apply(&heap, TG_NE, a, b)), shown(tg_not(equal)));
    ck_assert_str_eq(shown(tg_op2_apply(&heap, TG_LT, a, b)), "!TYPE");
  }
  tg_value a = val("[1, 2, 3, 4]"), b = val("[1, 2, 3, 4]");
  heap.cost = 0;
  tg_op2_apply(&heap, TG_EQ, a, b);
  ck_assert_uint_eq(heap.cost, 4); /* one a member */
}
END_TEST

Suite *operators_suite(void) {
  Suite *s = suite_create("operators");
  TCase *c = tcase_create("operators");
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_test(c, errors_then_unknowns_then_the_operation);
  tcase_add_loop_test(c, types_fit_or_clash, 0, sizeof types / sizeof *types);
  tcase_add_test(c, comparisons_agree_with_each_other);
  tcase_add_test(c, facts_lists_and_records_are_for_others);
  tcase_add_test(c, kleene_tables);
  tcase_add_test(c, kleene_laws);
  tcase_add_test(c, errors_in_logic);
  tcase_add_test(c, branches_of_an_unknown_condition);
  tcase_add_test(c, lists_are_compared_member_by_member);
  suite_add_tcase(s, c);
  return s;
}
