/* days, abs, lower, length. */
#include "suites.h"

static const struct {
  tg_fn1 fn;
  const char *v, *want;
} cases[] = {
    {TG_FN_DAYS, "90", "90 days"},
    {TG_FN_DAYS, "90.0", "90 days"},
    {TG_FN_DAYS, "-1", "-1 day"},
    {TG_FN_DAYS, "0", "0 days"},
    {TG_FN_DAYS, "1.5", "!RANGE"},
    {TG_FN_DAYS, "2147483647", "2147483647 days"},
    {TG_FN_DAYS, "2147483648", "!DATE"},
    {TG_FN_DAYS, "90 days", "90"},
    {TG_FN_DAYS, "2 weeks", "14"},
    {TG_FN_DAYS, "-3 days", "-3"},
    {TG_FN_DAYS, "1 month", "!TYPE"},
    {TG_FN_DAYS, "1 month 1 day", "!TYPE"},
    {TG_FN_DAYS, "0 days", "0"},
    {TG_FN_DAYS, "<none>", "<none>"},
    {TG_FN_DAYS, "\"90\"", "!TYPE"},
    {TG_FN_DAYS, "2026-11-23", "!TYPE"},
    {TG_FN_DAYS, "true", "!TYPE"},
    {TG_FN_DAYS, "[]", "!TYPE"},
    {TG_FN_ABS, "-1.50", "1.50"},
    {TG_FN_ABS, "1.50", "1.50"},
    {TG_FN_ABS, "0", "0"},
    {TG_FN_ABS, "-999999999999999999", "999999999999999999"},
    {TG_FN_ABS, "-3 days", "3 days"},
    {TG_FN_ABS, "3 days", "3 days"},
    {TG_FN_ABS, "-1 year", "12 months"},
    {TG_FN_ABS, "1 month -5 days", "!TYPE"},
    {TG_FN_ABS, "<none>", "<none>"},
    {TG_FN_ABS, "\"x\"", "!TYPE"},
    {TG_FN_ABS, "true", "!TYPE"},
    {TG_FN_LOWER, "\"ABC\"", "\"abc\""},
    {TG_FN_LOWER, "\"\"", "\"\""},
    {TG_FN_LOWER, "5", "!TYPE"},
    {TG_FN_LOWER, "<none>", "!TYPE"},
    {TG_FN_LENGTH, "\"\"", "0"},
    {TG_FN_LENGTH, "\"abc\"", "3"},
    {TG_FN_LENGTH, "\"\xe1\xba\xbf\xf0\x9f\x98\x80x\"", "3"},
    {TG_FN_LENGTH, "5", "!TYPE"},
    {TG_FN_LENGTH, "[1, 2]", "!TYPE"},
};

START_TEST(functions_of_the_contract) {
  for (int round = 0; round < HOMES; round++)
    ck_assert_str_eq(shown(tg_fn1_apply(&heap, cases[_i].fn, val(cases[_i].v))), cases[_i].want);
}
END_TEST

START_TEST(what_is_not_known) {
  for (int fn = TG_FN_DAYS; fn <= TG_FN_LENGTH; fn++) {
    ck_assert_str_eq(shown(tg_fn1_apply(&heap, (tg_fn1)fn, val("!FUEL"))), "!FUEL");
    tg_value v = tg_fn1_apply(&heap, (tg_fn1)fn, val("?undefined"));
    ck_assert(v.kind == TG_V_UNKNOWN && v.aux == TG_WHY_DERIVED);
  }
}
END_TEST

START_TEST(long_operands_cost) {
  char text[1001];
  memset(text, 'A', 1000);
  text[1000] = 0;
  for (int fn = TG_FN_LOWER; fn <= TG_FN_LENGTH; fn++) {
    tg_value v = text_in(TG_HOME_RUN, text);
    heap.cost = 0;
    tg_fn1_apply(&heap, (tg_fn1)fn, v);
    ck_assert_uint_eq(heap.cost, 1000 / 64);
  }
  tg_value a = text_in(TG_HOME_RUN, text), b = text_in(TG_HOME_RUN, "AAAA");
  heap.cost = 0;
  tg_text_contains(&heap, a, b);
  ck_assert_uint_eq(heap.cost, 1000 / 64);
}
END_TEST

Suite *functions_suite(void) {
  Suite *s = suite_create("functions");
  TCase *c = tcase_create("functions");
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_loop_test(c, functions_of_the_contract, 0, sizeof cases / sizeof *cases);
  tcase_add_test(c, what_is_not_known);
  tcase_add_test(c, long_operands_cost);
  suite_add_tcase(s, c);
  return s;
}
