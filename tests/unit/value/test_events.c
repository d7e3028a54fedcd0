/* Dates, date-shaped texts and the words `none` and `not_yet`. */
#include "suites.h"

/* == != < <= > >= as one letter each: T, F, ?, !  */
static const char *compared(tg_value a, tg_value b) {
  static char out[2][7];
  static int turn;
  char *p = out[turn++ % 2];
  for (int op = TG_EQ; op <= TG_GE; op++) {
    tg_value v = tg_op2_apply(&heap, (tg_op2)op, a, b);
    p[op] = v.kind == TG_V_BOOL ? "FT"[v.num] : v.kind == TG_V_UNKNOWN ? '?' : '!';
  }
  p[6] = 0;
  return p;
}

static const struct {
  const char *a, *b, *want, *sub, *add;
} cases[] = {
    /* dates and texts that read as dates */
    {"2026-11-23", "2026-11-24", "FTTTFF", "-1 day", "!TYPE"},
    {"2026-11-23", "\"2026-11-24\"", "FTTTFF", "-1 day", "!TYPE"},
    {"2026-11-23", "\"2026-11-23\"", "TFFTFT", "0 days", "!TYPE"},
    {"\"2026-11-23\"", "\"2026-11-24\"", "FTTTFF", "-1 day",
     "!TYPE"}, /* texts, but byte order is their order */
    {"\"2026-11-23\"", "7 days", "!!!!!!", "2026-11-16", "2026-11-30"},
    {"7 days", "\"2026-11-23\"", "!!!!!!", "!TYPE", "2026-11-30"},
    {"2026-11-23", "\"2026-02-30\"", "!!!!!!", "!TYPE", "!TYPE"}, /* no date, so a text */
    {"\"2026-02-30\"", "7 days", "!!!!!!", "!TYPE", "!TYPE"},
    {"2026-11-23", "\"soon\"", "!!!!!!", "!TYPE", "!TYPE"},
    {"2026-11-23", "\"\"", "!!!!!!", "!TYPE", "!TYPE"},
    /* words */
    {"2026-11-23", "\"not_yet\"", "FTFFFF", "<none>", "<none>"},
    {"2026-11-23", "\"none\"", "FTFFFF", "<none>", "<none>"},
    {"\"2026-11-23\"", "\"not_yet\"", "FTFFFF", "<none>", "<none>"},
    {"\"none\"", "\"none\"", "TFFFFF", "<none>", "<none>"},
    {"\"none\"", "\"not_yet\"", "FTFFFF", "<none>", "<none>"},
    {"\"none\"", "7 days", "!!!!!!", "<none>", "<none>"},
    {"7 days", "\"not_yet\"", "!!!!!!", "<none>", "<none>"},
    {"\"none\"", "\"abc\"", "FTFFTT", "!TYPE", "!TYPE"}, /* beside any other text it is a text */
    {"\"None\"", "\"none\"", "FTTTFF", "!TYPE", "!TYPE"},
    {"2026-11-23", "\"None\"", "!!!!!!", "!TYPE", "!TYPE"},
    {"\"none\"", "5", "!!!!!!", "!TYPE", "!TYPE"},
    {"\"none\"", "true", "!!!!!!", "!TYPE", "!TYPE"},
    {"\"none\"", "2..4", "!!!!!!", "!TYPE", "!TYPE"},
    {"\"none\"", "[]", "!!!!!!", "!TYPE", "!TYPE"},
    /* no date */
    {"<none>", "<none>", "FFFFFF", "<none>", "<none>"},
    {"<none>", "2026-11-23", "FFFFFF", "<none>", "<none>"},
    {"<none>", "\"2026-11-23\"", "FFFFFF", "<none>", "<none>"},
    {"<none>", "\"none\"", "FFFFFF", "<none>", "<none>"},
    {"<none>", "90 days", "FFFFFF", "<none>", "<none>"},
    {"<none>", "5", "FFFFFF", "<none>", "<none>"}, /* days(no date) is no date */
    {"<none>", "2..4", "FFFFFF", "<none>", "<none>"},
    {"<none>", "2..4?", "??????", "?", "?"},
    {"<none>", "\"soon\"", "FFFFFF", "!TYPE", "!TYPE"},
    {"<none>", "true", "FFFFFF", "!TYPE", "!TYPE"},
    /* a missing operand beats a word */
    {"?", "\"none\"", "??????", "?", "?"},
    {"?", "<none>", "??????", "?", "?"},
    {"!TYPE", "\"none\"", "!!!!!!", "!TYPE", "!TYPE"},
};

START_TEST(events_in_all_homes) {
  /* val() puts texts into one home after the other: every pair of homes comes up */
  for (int round = 0; round < 30; round++) {
    tg_value a = val(cases[_i].a), b = val(cases[_i].b);
    ck_assert_msg(strcmp(compared(a, b), cases[_i].want) == 0, "%s and %s: %s", cases[_i].a, cases[_i].b,
                  compared(a, b));
    ck_assert_str_eq(shown(tg_op2_apply(&heap, TG_SUB, a, b)), cases[_i].sub);
    ck_assert_str_eq(shown(tg_op2_apply(&heap, TG_ADD, a, b)), cases[_i].add);
    ck_assert_str_eq(shown(tg_op2_apply(&heap, TG_ADD, b, a)), cases[_i].add);
    for (int op = TG_MUL; op <= TG_DIV; op++) {
      const char *got = shown(tg_op2_apply(&heap, (tg_op2)op, a, b));
      bool unknown = cases[_i].want[0] == '?';
      bool passes =
          a.kind == TG_V_NO_DATE && (b.kind == TG_V_NUMBER || b.kind == TG_V_RANGE || b.kind == TG_V_NO_DATE);
      ck_assert_str_eq(got, unknown ? "?" : passes ? "<none>" : "!TYPE");
    }
  }
}
END_TEST

START_TEST(words_are_known_in_all_homes) {
  static const char *const words[] = {"none", "not_yet"}, *const others[] = {
                                                              "",       "non",       "nonee",   "None",
                                                              "not_ye", "not_yet_",  "not yet", "unknown",
                                                              "n\0ne",  "2026-11-23"};
  for (int home = 0; home < HOMES; home++) {
    tg_value out;
    for (size_t i = 0; i < 2; i++) {
      tg_value v = text_in(home, words[i]);
      ck_assert(tg_is_event_word(&heap, v));
      ck_assert(tg_as_event(&heap, v, &out) && out.kind == TG_V_NO_DATE);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
      ck_assert(!tg_is_event_word(&heap, text_in(home, others[i])));
    ck_assert(tg_as_event(&heap, text_in(home, "2026-11-23"), &out) && out.kind == TG_V_DATE);
    ck_assert(!tg_as_event(&heap, text_in(home, "2026-11-31"), &out));
    ck_assert(!tg_as_event(&heap, text_in(home, "soon"), &out));
  }
  tg_value lowered =
      tg_fn1_apply(&heap, TG_FN_LOWER, val("\"NOT_YET\"")); /* made by a function: a word all the same */
  ck_assert_str_eq(compared(val("2026-11-23"), lowered), "FTFFFF");
}
END_TEST

START_TEST(tests_of_events) {
  static const struct {
    const char *v, *done, *dated, *none, *empty, *known;
  } table[] = {
      {"2026-11-22", "true", "true", "false", "false", "true"},
      {"2026-11-23", "true", "true", "false", "false", "true"}, /* today counts */
      {"2026-11-24", "false", "true", "false", "false", "true"},
      {"\"2026-11-23\"", "true", "true", "false", "false", "true"},
      {"\"2026-11-24\"", "false", "true", "false", "false", "true"},
      {"\"none\"", "false", "false", "true", "false", "true"},
      {"\"not_yet\"", "false", "false", "false", "false", "true"},
      {"<none>", "false", "false", "false", "false", "true"}, /* prints none, but is not the text */
      {"\"soon\"", "!TYPE", "!TYPE", "false", "false", "true"},
      {"\"\"", "!TYPE", "!TYPE", "false", "true", "true"},
      {"\"None\"", "!TYPE", "!TYPE", "false", "false", "true"},
      {"0", "!TYPE", "!TYPE", "false", "!TYPE", "true"},
      {"false", "!TYPE", "!TYPE", "false", "!TYPE", "true"},
      {"90 days", "!TYPE", "!TYPE", "false", "!TYPE", "true"},
      {"[]", "!TYPE", "!TYPE", "false", "true", "true"},
      {"[1]", "!TYPE", "!TYPE", "false", "false", "true"},
      {"[?]", "!TYPE", "!TYPE", "false", "false", "true"}, /* a member that is unknown is a member */
      {"[1?]", "!TYPE", "!TYPE", "false", "?", "true"},    /* one that is only possible may not be */
      {"[1?, 2?]", "!TYPE", "!TYPE", "false", "?", "true"},
      {"[1?, 2]", "!TYPE", "!TYPE", "false", "false", "true"},
      {"?", "?", "?", "?", "?", "false"},
      {"2..4", "?", "?", "?", "?", "false"}, /* everywhere else an interval is unknown */
      {"!FUEL", "!FUEL", "!FUEL", "!FUEL", "!FUEL", "!FUEL"},
  };
  tg_value today = val("2026-11-23");
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    for (int round = 0; round < HOMES; round++) {
      tg_value v = val(table[i].v);
      ck_assert_str_eq(shown(tg_test_apply(&heap, TG_TEST_DONE, v, today)), table[i].done);
      ck_assert_str_eq(shown(tg_test_apply(&heap, TG_TEST_DATED, v, today)), table[i].dated);
      ck_assert_str_eq(shown(tg_test_apply(&heap, TG_TEST_NONE, v, today)), table[i].none);
      ck_assert_str_eq(shown(tg_test_apply(&heap, TG_TEST_EMPTY, v, today)), table[i].empty);
      ck_assert_str_eq(shown(tg_test_apply(&heap, TG_TEST_KNOWN, v, today)), table[i].known);
      ck_assert_str_eq(shown(tg_test_apply(&heap, TG_TEST_MISSING, v, today)),
                       shown(tg_not(val(table[i].known))));
    }
  }
  ck_assert(tg_is_true(tg_test_apply(&heap, TG_TEST_EMPTY, tg_value_make(TG_V_ROWS, 0, 5ll << 32), today)));
  ck_assert(tg_is_false(tg_test_apply(&heap, TG_TEST_EMPTY, tg_value_make(TG_V_ROWS, 0, 3), today)));
}
END_TEST

START_TEST(the_order_of_min_and_max) {
  static const struct {
    const char *a, *b;
    int order; /* 9: a fault */
    tg_fault fault;
  } table[] = {
      {"1", "2.0", -1, 0},
      {"2", "2.0", 0, 0},
      {"\"a\"", "\"b\"", -1, 0},
      {"2026-11-23", "2026-11-22", 1, 0},
      {"2026-11-23", "\"2026-11-22\"", 1, 0},
      {"\"2026-11-21\"", "2026-11-22", -1, 0},
      {"\"2026-11-21\"", "\"2026-11-22\"", -1, 0},
      {"1 day", "1 week", -1, 0},
      {"1 day", "1 month", 9, TG_FAULT_TYPE},
      {"1", "\"a\"", 9, TG_FAULT_TYPE},
      {"true", "1", 9, TG_FAULT_TYPE},
      {"2026-11-23", "\"none\"", 9, TG_FAULT_EVENT},
      {"\"not_yet\"", "\"2026-11-23\"", 9, TG_FAULT_EVENT},
      {"<none>", "2026-11-23", 9, TG_FAULT_EVENT},
      {"<none>", "<none>", 9, TG_FAULT_EVENT},
      {"5", "<none>", 9, TG_FAULT_EVENT},
      {"2026-11-23", "\"soon\"", 9, TG_FAULT_TYPE},
      {"\"none\"", "\"abc\"", 1, 0},
      {"\"none\"", "\"none\"", 0, 0},
      {"false", "true", -1, 0},
      {"[]", "[]", 9, TG_FAULT_TYPE},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    tg_fault fault = 0, turned = 0;
    int order = tg_event_order(&heap, val(table[i].a), val(table[i].b), &fault);
    int back = tg_event_order(&heap, val(table[i].b), val(table[i].a), &turned);
    ck_assert_msg(fault == table[i].fault && turned == fault, "%s and %s", table[i].a, table[i].b);
    if (table[i].order != 9)
      ck_assert_msg(order == table[i].order && back == -order, "%s and %s", table[i].a, table[i].b);
  }
}
END_TEST

Suite *events_suite(void) {
  Suite *s = suite_create("events");
  TCase *c = tcase_create("events");
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_loop_test(c, events_in_all_homes, 0, sizeof cases / sizeof *cases);
  tcase_add_test(c, words_are_known_in_all_homes);
  tcase_add_test(c, tests_of_events);
  tcase_add_test(c, the_order_of_min_and_max);
  suite_add_tcase(s, c);
  return s;
}
