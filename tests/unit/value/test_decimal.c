/* Decimals against digit strings. */
#include "digits.h"

static tg_value number(int64_t num, int scale) { return tg_value_make(TG_V_NUMBER, (uint8_t)scale, num); }

static const int64_t powers[] = {1,
                                 10,
                                 100,
                                 1000,
                                 10000,
                                 100000,
                                 1000000,
                                 10000000,
                                 100000000,
                                 1000000000,
                                 10000000000,
                                 100000000000,
                                 1000000000000,
                                 10000000000000,
                                 100000000000000,
                                 1000000000000000,
                                 10000000000000000,
                                 100000000000000000,
                                 1000000000000000000};

/* Coefficients that are small, large, round or beside a power of ten, as often as any. */
static tg_value any_number(uint64_t *state) {
  uint64_t r = next_random(state);
  int64_t power = powers[r % 19], num;
  switch (r >> 8 & 7) {
  case 0: num = (int64_t)(next_random(state) % 20); break;
  case 1: num = power - 1; break;
  case 2: num = power + 1; break;
  case 3: num = power; break;
  case 4: num = power / 2; break;
  default: num = (int64_t)(next_random(state) % (uint64_t)power); break;
  }
  if (num > powers[18] - 1) num = powers[18] - 1;
  return number(r >> 16 & 1 ? -num : num, (int)((r >> 20) % 19));
}

static digits exact_sum(tg_value a, tg_value b, int sign) {
  int scale = a.aux > b.aux ? a.aux : b.aux;
  return digits_of((__int128)a.num * powers[scale - a.aux] + sign * ((__int128)b.num * powers[scale - b.aux]),
                   scale);
}

START_TEST(arithmetic_agrees_with_digit_strings) {
  uint64_t state = 88172645463325252u + (uint64_t)_i;
  for (int i = 0; i < 150000; i++) {
    tg_value a = any_number(&state), b = any_number(&state);
    const char *want, *got;
    for (tg_op2 op = TG_ADD; op <= TG_DIV; op++) {
      if (op == TG_ADD)
        want = digits_rounded(exact_sum(a, b, 1), false);
      else if (op == TG_SUB)
        want = digits_rounded(exact_sum(a, b, -1), false);
      else if (op == TG_MUL)
        want = digits_rounded(digits_of((__int128)a.num * b.num, a.aux + b.aux), false);
      else if (b.num == 0)
        want = "?undefined";
      else {
        digits q = digits_quotient(a.num, (uint64_t)(b.num < 0 ? -b.num : b.num), a.aux - b.aux);
        q.negative = (a.num < 0) != (b.num < 0);
        want = digits_rounded(q, true);
      }
      got = shown(tg_op2_apply(&heap, op, a, b));
      if (strcmp(want, got) != 0) ck_abort_msg("%s op %d %s: %s, not %s", shown(a), op, shown(b), got, want);
    }
  }
}
END_TEST

START_TEST(comparison_is_exact) {
  uint64_t state = 42;
  for (int i = 0; i < 300000; i++) {
    tg_value a = any_number(&state), b = any_number(&state);
    if (i % 3 == 0 && a.aux > b.aux && a.num % powers[a.aux - b.aux] == 0)
      b.num = a.num / powers[a.aux - b.aux];
    /* the sign of the exact difference, which is below 2 * 10^36 */
    __int128 d = (__int128)a.num * powers[18 - a.aux] - (__int128)b.num * powers[18 - b.aux];
    const bool want[] = {d == 0, d != 0, d<0, d <= 0, d> 0, d >= 0};
    for (tg_op2 op = TG_EQ; op <= TG_GE; op++) {
      tg_value got = tg_op2_apply(&heap, op, a, b);
      if (got.kind != TG_V_BOOL || got.num != want[op]) ck_abort_msg("%s op %d %s", shown(a), op, shown(b));
    }
  }
}
END_TEST

static const struct {
  const char *a;
  char op;
  const char *b, *want;
} cases[] = {
    {"0.1", '+', "0.2", "0.3"},
    {"1.50", '+', "1", "2.50"}, /* the decimals of the operand that has most */
    {"1.50", '-', "1.50", "0.00"},
    {"1.50", '*', "2", "3.00"},
    {"4", '/', "2", "2"}, /* division drops trailing zeros */
    {"4.00", '/', "2.0", "2"},
    {"1", '/', "8", "0.125"},
    {"1", '/', "3", "0.333333333333333333"},
    {"2", '/', "3", "0.666666666666666667"},
    {"-2", '/', "3", "-0.666666666666666667"},
    {"9", '+', "0.333333333333333333", "9.33333333333333333"}, /* no head-room is no overflow */
    {"66.6666666666666667", '*', "0.333333333333333333", "22.2222222222222222"},
    {"999999999999999999", '+', "0.4", "999999999999999999"},
    {"999999999999999999", '+', "0.5", "!MAGNITUDE"},         /* rounds to 10^18 */
    {"999999999999999998", '+', "0.5", "999999999999999998"}, /* half to even */
    {"999999999999999997", '+', "0.5", "999999999999999998"},
    {"999999999999999999", '+', "1", "!MAGNITUDE"},
    {"-999999999999999999", '-', "1", "!MAGNITUDE"},
    {"999999999999999999", '*', "10", "!MAGNITUDE"},
    {"99999999999999999.9", '+', "0.05",
     "100000000000000000"}, /* ..99.95 is a tie, its even side one digit longer */
    {"1", '/', "0.000000000000000001", "!MAGNITUDE"},
    {"0.999999999999999999", '/', "0.000000000000000001", "999999999999999999"},
    {"0.000000000000000001", '*', "0.5", "0.000000000000000000"}, /* half to even at the last decimal */
    {"0.000000000000000003", '*', "0.5", "0.000000000000000002"},
    {"0.000000000000000001", '/', "999999999999999999", "0"},
    {"0", '/', "7.5", "0"},
    {"0.00", '*', "7.5", "0.000"},
    {"5", '/', "0", "?undefined"},
    {"0", '/', "0.00", "?undefined"},
};

START_TEST(arithmetic_of_the_contract) {
  tg_op2 op = cases[_i].op == '+'   ? TG_ADD
              : cases[_i].op == '-' ? TG_SUB
              : cases[_i].op == '*' ? TG_MUL
                                    : TG_DIV;
  ck_assert_str_eq(shown(tg_op2_apply(&heap, op, val(cases[_i].a), val(cases[_i].b))), cases[_i].want);
}
END_TEST

START_TEST(a_share_times_hundred) {
  /* a / b * 100 never overflows and never leaves 0..100 */
  for (int b = 1; b < 400; b++) {
    for (int a = 0; a <= b; a++) {
      tg_value v =
          tg_op2_apply(&heap, TG_MUL, tg_op2_apply(&heap, TG_DIV, tg_int(a), tg_int(b)), tg_int(100));
      if (!tg_is_number(v) || tg_is_false(tg_op2_apply(&heap, TG_LE, v, tg_int(100))))
        ck_abort_msg("%d / %d", a, b);
    }
  }
}
END_TEST

START_TEST(numbers_are_negated) {
  ck_assert_str_eq(shown(tg_negate(&heap, val("1.50"))), "-1.50");
  ck_assert_str_eq(shown(tg_negate(&heap, val("-999999999999999999"))), "999999999999999999");
  ck_assert_str_eq(shown(tg_negate(&heap, val("0.0"))), "0.0");
  ck_assert_str_eq(shown(tg_negate(&heap, val("90 days"))), "-90 days");
  ck_assert_str_eq(shown(tg_negate(&heap, val("1 month 5 days"))), "-1 month -5 days");
  ck_assert_str_eq(shown(tg_negate(&heap, val("2..4"))), "-4..-2");
  ck_assert_str_eq(shown(tg_negate(&heap, val("2..4?"))), "-4..-2?");
  ck_assert_str_eq(shown(tg_negate(&heap, val("?undefined"))),
                   "?"); /* the cause is the operand, this only follows */
  ck_assert_str_eq(shown(tg_negate(&heap, val("!DATE"))), "!DATE");
  ck_assert_str_eq(shown(tg_negate(&heap, val("<none>"))), "<none>");
  ck_assert_str_eq(shown(tg_negate(&heap, val("\"5\""))), "!TYPE");
  ck_assert_str_eq(shown(tg_negate(&heap, val("true"))), "!TYPE");
}
END_TEST

START_TEST(rounding_is_half_to_even) {
  static const struct {
    const char *v, *digits, *want;
  } table[] = {
      {"2.5", "0", "2"},         {"3.5", "0", "4"},
      {"-2.5", "0", "-2"},       {"2.51", "0", "3"},
      {"1.005", "2", "1.00"},    {"1.015", "2", "1.02"},
      {"1.5", "3", "1.5"},       {"7", "0", "7"},
      {"9.99", "1", "10.0"},     {"0.5", "0.0", "0"},
      {"12.5", "1.5", "!RANGE"}, {"12.5", "-1", "!RANGE"},
      {"12.5", "19", "!RANGE"},  {"0.999999999999999999", "17", "1.00000000000000000"},
      {"?", "1", "?"},           {"1.5", "?", "?"},
      {"2..4", "1", "?"},        {"!DATE", "!TYPE", "!DATE"},
      {"?", "!TYPE", "!TYPE"},   {"\"x\"", "1", "!TYPE"},
      {"1.5", "\"x\"", "!TYPE"}, {"<none>", "1", "<none>"},
      {"90 days", "1", "!TYPE"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    ck_assert_msg(strcmp(shown(tg_fn_round(&heap, val(table[i].v), val(table[i].digits))), table[i].want) ==
                      0,
                  "round(%s, %s) = %s", table[i].v, table[i].digits,
                  shown(tg_fn_round(&heap, val(table[i].v), val(table[i].digits))));
  uint64_t state = 7;
  for (int i = 0; i < 100000; i++) {
    tg_value v = any_number(&state);
    int keep = (int)(next_random(&state) % 19);
    tg_value got = tg_fn_round(&heap, v, tg_int(keep));
    if (keep >= v.aux) { /* nothing to do */
      if (got.num != v.num || got.aux != v.aux)
        ck_abort_msg("round(%s, %d) = %s", shown(v), keep, shown(got));
      continue;
    }
    __int128 unit = powers[v.aux - keep], away = v.num - (__int128)got.num * unit;
    if (away < 0) away = -away;
    if (got.kind != TG_V_NUMBER || got.aux != keep || 2 * away > unit ||
        (2 * away == unit && got.num % 2 != 0))
      ck_abort_msg("round(%s, %d) = %s", shown(v), keep, shown(got));
  }
}
END_TEST

Suite *decimal_suite(void) {
  Suite *s = suite_create("decimal");
  TCase *c = tcase_create("decimal");
  tcase_set_timeout(c, 300);
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_loop_test(c, arithmetic_agrees_with_digit_strings, 0, 4);
  tcase_add_test(c, comparison_is_exact);
  tcase_add_loop_test(c, arithmetic_of_the_contract, 0, sizeof cases / sizeof *cases);
  tcase_add_test(c, a_share_times_hundred);
  tcase_add_test(c, numbers_are_negated);
  tcase_add_test(c, rounding_is_half_to_even);
  suite_add_tcase(s, c);
  return s;
}
