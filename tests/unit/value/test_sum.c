/* Sums and means: exact, rounded once, whatever the order. */
#include "digits.h"

static tg_value total(const tg_value *v, int n, bool mean) {
  tg_sum s;
  tg_sum_init(&s);
  for (int i = 0; i < n; i++) tg_sum_add(&heap, &s, v[i]);
  return mean ? tg_sum_mean(&heap, &s) : tg_sum_total(&heap, &s);
}

static const struct {
  const char *terms[8], *sum, *mean;
} cases[] = {
    {{NULL}, "0", "?undefined"},
    {{"5"}, "5", "5"},
    {{"1.50", "1.5"}, "3.00", "1.5"}, /* a sum prints as + does, a mean as / does */
    {{"0.5", "-0.50"}, "0.00", "0"},
    {{"0.1", "0.2", "0.3"}, "0.6", "0.2"},
    {{"1", "2"}, "3", "1.5"},
    {{"1", "1", "0"}, "2", "0.666666666666666667"},
    {{"-1", "-1", "0"}, "-2", "-0.666666666666666667"},
    {{"999999999999999999", "1", "-1"},
     "999999999999999999",
     "333333333333333333"},                                              /* no overflow on the way */
    {{"999999999999999999", "0.5"}, "!MAGNITUDE", "500000000000000000"}, /* ..999.75, half to even */
    {{"999999999999999999", "1"}, "!MAGNITUDE", "500000000000000000"},
    {{"0.000000000000000001", "0.000000000000000001", "0.000000000000000003"},
     "0.000000000000000005",
     "0.000000000000000002"},
    {{"0.000000000000000001", "0"}, "0.000000000000000001", "0"}, /* half of the last decimal: to even */
    {{"0.000000000000000003", "0"}, "0.000000000000000003", "0.000000000000000002"},
    {{"1 day", "2 weeks"}, "15 days", "!TYPE"},
    {{"1 day", "1 year"}, "12 months 1 day", "!TYPE"},
    {{"1 day"}, "1 day", "!TYPE"}, /* a type error does not depend on how many there are */
    {{"1", "?", "2"}, "?", "?"},
    {{"1", "2..4"}, "?", "?"},
    {{"?", "!DATE", "!TYPE"}, "!DATE", "!DATE"}, /* errors beat unknowns, the first one counts */
    {{"1", "?", "\"x\""}, "!TYPE", "!TYPE"},
    {{"1", "1 day"}, "!TYPE", "!TYPE"},
    {{"1", "\"none\""}, "!EVENT", "!EVENT"},
    {{"\"not_yet\""}, "!EVENT", "!EVENT"},
    {{"1 day", "<none>"}, "!EVENT", "!EVENT"},
    {{"2026-01-01"}, "!TYPE", "!TYPE"},
    {{"true"}, "!TYPE", "!TYPE"},
};

START_TEST(sums_of_the_contract) {
  tg_value v[8];
  int n = 0;
  for (; cases[_i].terms[n] != NULL; n++) v[n] = val(cases[_i].terms[n]);
  ck_assert_str_eq(shown(total(v, n, false)), cases[_i].sum);
  ck_assert_str_eq(shown(total(v, n, true)), cases[_i].mean);
}
END_TEST

START_TEST(sums_agree_with_digit_strings) {
  uint64_t state = 123456789;
  for (int round = 0; round < 40000; round++) {
    tg_value v[12];
    int n = 1 + (int)(next_random(&state) % 12), most = 0;
    __int128 exact = 0; /* at 18 decimals: terms below 10^18, sum below 12 * 10^36 */
    for (int i = 0; i < n; i++) {
      uint64_t r = next_random(&state);
      int scale = (int)((r >> 8) % 19);
      int64_t num = (int64_t)(next_random(&state) % UINT64_C(1000000000000000000)) >> (r >> 16) % 60;
      v[i] = tg_value_make(TG_V_NUMBER, (uint8_t)scale, r & 1 ? -num : num);
      __int128 term = v[i].num;
      for (int k = scale; k < 18; k++) term *= 10;
      exact += term;
      if (scale > most) most = scale;
    }
    digits sum = digits_of(exact, 18);
    for (; sum.scale > most; sum.scale--)
      if (sum.n > 0) sum.n--; /* zeros, by the choice of `most` */
    const char *want = digits_rounded(sum, false);
    if (strcmp(shown(total(v, n, false)), want) != 0)
      ck_abort_msg("sum %s, not %s", shown(total(v, n, false)), want);
    want = digits_rounded(digits_quotient(exact, (uint64_t)n, 18), true);
    if (strcmp(shown(total(v, n, true)), want) != 0)
      ck_abort_msg("mean %s, not %s", shown(total(v, n, true)), want);
    for (int i = n - 1; i > 0; i--) { /* another order */
      int k = (int)(next_random(&state) % (unsigned)(i + 1));
      tg_value x = v[i];
      v[i] = v[k];
      v[k] = x;
    }
    if (strcmp(shown(total(v, n, true)), want) != 0) ck_abort_msg("the mean depends on the order");
  }
}
END_TEST

START_TEST(a_million_tenths) {
  tg_sum s;
  tg_value v = val("0.1");
  tg_sum_init(&s);
  for (int i = 0; i < 1000000; i++) tg_sum_add(&heap, &s, v);
  ck_assert_str_eq(shown(tg_sum_total(&heap, &s)), "100000.0");
  ck_assert_str_eq(shown(tg_sum_mean(&heap, &s)), "0.1");
  v = val("999999999999999999");
  for (int i = 0; i < 1000000; i++) tg_sum_add(&heap, &s, v);
  ck_assert_str_eq(shown(tg_sum_total(&heap, &s)), "!MAGNITUDE");
  ck_assert_str_eq(shown(tg_sum_mean(&heap, &s)),
                   "500000000000000000"); /* 499999999999999999.55, to what fits */
}
END_TEST

Suite *sum_suite(void) {
  Suite *s = suite_create("sum");
  TCase *c = tcase_create("sum");
  tcase_set_timeout(c, 120);
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_loop_test(c, sums_of_the_contract, 0, sizeof cases / sizeof *cases);
  tcase_add_test(c, sums_agree_with_digit_strings);
  tcase_add_test(c, a_million_tenths);
  suite_add_tcase(s, c);
  return s;
}
