/* Intervals against the enumeration of everything they stand for. */
#include "suites.h"

/* Points of -6 .. 6 in steps of a half: what the ranges below are made of. */
enum { POINTS = 25 };
static tg_value point(int i) { return tg_value_make(TG_V_NUMBER, 1, (i - 12) * 5); }

static tg_value interval(int low, int high) { return tg_range(&heap, point(low), point(high)); }

static bool holds(tg_op2 op, tg_value x, tg_value y) { return tg_is_true(tg_op2_apply(&heap, op, x, y)); }

START_TEST(comparisons_agree_with_enumeration) {
  for (int op = TG_EQ; op <= TG_GE; op++) {
    for (int al = 0; al < POINTS; al += 2)
      for (int ah = al; ah < POINTS; ah += 3)
        for (int bl = 0; bl < POINTS; bl++)
          for (int bh = bl; bh < POINTS; bh += 2) {
            tg_heap_reset(&heap);
            tg_value got = tg_op2_apply(&heap, (tg_op2)op, interval(al, ah), interval(bl, bh));
            bool some = false, all = true;
            for (int x = al; x <= ah; x++)
              for (int y = bl; y <= bh; y++) {
                bool h = holds((tg_op2)op, point(x), point(y));
                some |= h;
                all &= h;
              }
            const char *want = all ? "true" : some ? "?" : "false";
            if (strcmp(shown(got), want) != 0)
              ck_abort_msg("%d..%d op %d %d..%d is %s, not %s", al, ah, op, bl, bh, shown(got), want);
          }
  }
}
END_TEST

START_TEST(arithmetic_holds_every_point_and_both_ends) {
  for (int op = TG_ADD; op <= TG_DIV; op++) {
    for (int al = 0; al < POINTS; al += 2)
      for (int ah = al; ah < POINTS; ah += 5)
        for (int bl = 0; bl < POINTS; bl++)
          for (int bh = bl; bh < POINTS; bh += 3) {
            tg_heap_reset(&heap);
            tg_value got = tg_op2_apply(&heap, (tg_op2)op, interval(al, ah), interval(bl, bh));
            if (op == TG_DIV && bl <= 12 && bh >= 12) { /* 0 is in it */
              ck_assert_str_eq(shown(got), bl == bh && al == ah ? "?undefined"
                                           : bl == bh           ? "?undefined"
                                                                : "?");
              continue;
            }
            tg_value least = got, greatest = got;
            if (got.kind == TG_V_RANGE)
              least = tg_range_least(&heap, got), greatest = tg_range_greatest(&heap, got);
            ck_assert_msg(tg_is_number(least) && tg_is_number(greatest), "%d..%d op %d %d..%d is %s", al, ah,
                          op, bl, bh, shown(got));
            bool at_least = false, at_greatest = false;
            for (int x = al; x <= ah; x++)
              for (int y = bl; y <= bh; y++) {
                tg_value v = tg_op2_apply(&heap, (tg_op2)op, point(x), point(y));
                if (!holds(TG_LE, least, v) || !holds(TG_LE, v, greatest))
                  ck_abort_msg("%s is not in %s", shown(v), shown(got));
                at_least |= holds(TG_EQ, least, v);
                at_greatest |= holds(TG_EQ, greatest, v);
              }
            if (!at_least || !at_greatest)
              ck_abort_msg("%d..%d op %d %d..%d: %s is too wide", al, ah, op, bl, bh, shown(got));
          }
  }
}
END_TEST

/* Rounded results: random points inside must stay inside. */
START_TEST(rounding_keeps_points_inside) {
  uint64_t state = 3;
  for (int i = 0; i < 30000; i++) {
    tg_heap_reset(&heap);
    tg_value v[4], p[2];
    for (int k = 0; k < 4; k += 2) {
      uint64_t r = next_random(&state);
      int scale = (int)(r % 19);
      int64_t low = (int64_t)(next_random(&state) % UINT64_C(1000000000000000000)) >> (r >> 8) % 60;
      int64_t wide = (int64_t)(next_random(&state) % UINT64_C(1000000000000000000)) >> (r >> 16) % 60;
      if (r >> 32 & 1) low = -low;
      if (low + wide >= INT64_C(1000000000000000000)) wide = 0;
      v[k] = tg_value_make(TG_V_NUMBER, (uint8_t)scale, low);
      v[k + 1] = tg_value_make(TG_V_NUMBER, (uint8_t)scale, low + wide);
      p[k / 2] = tg_value_make(TG_V_NUMBER, (uint8_t)scale,
                               low + (wide ? (int64_t)(next_random(&state) % (uint64_t)wide) : 0));
    }
    tg_value a = tg_range(&heap, v[0], v[1]), b = tg_range(&heap, v[2], v[3]);
    for (int op = TG_ADD; op <= TG_DIV; op++) {
      tg_value got = tg_op2_apply(&heap, (tg_op2)op, a, b), one = tg_op2_apply(&heap, (tg_op2)op, p[0], p[1]);
      if (got.kind == TG_V_UNKNOWN) continue; /* 0 in the divisor, or too large for some values */
      if (got.kind == TG_V_ERROR) {
        if (one.kind != TG_V_ERROR)
          ck_abort_msg("%s op %d %s: an error that is none", shown(a), op, shown(b));
        continue;
      }
      tg_value least = got.kind == TG_V_RANGE ? tg_range_least(&heap, got) : got;
      tg_value greatest = got.kind == TG_V_RANGE ? tg_range_greatest(&heap, got) : got;
      if (!tg_is_number(one) || !holds(TG_LE, least, one) || !holds(TG_LE, one, greatest))
        ck_abort_msg("%s op %d %s: %s is not in %s", shown(p[0]), op, shown(p[1]), shown(one), shown(got));
    }
  }
}
END_TEST

static const struct {
  const char *a, *op, *b, *want;
} cases[] = {
    {"2..4", "+", "1", "3..5"},
    {"1", "-", "2..4", "-3..-1"},
    {"2..4", "*", "-2", "-8..-4"},
    {"2..4", "*", "0", "0"},
    {"2..4", "/", "2", "1..2"},
    {"12", "/", "2..4", "3..6"},
    {"-1..2", "*", "-3..4", "-6..8"},
    {"2..4", "/", "0", "?undefined"},
    {"2..4", "/", "0..1", "?"},
    {"2..4", "/", "-1..1", "?"},
    {"2..4", "/", "-2..-1", "-4..-1"},
    {"0..3", "/", "3", "0..1"},
    {"0.5..1", "*", "100", "50.0..100"},
    {"2..4", "<", "5", "true"},
    {"2..4", "<", "4", "?"},
    {"2..4", "<", "2", "false"},
    {"2..4", "==", "3", "?"},
    {"2..4", "==", "5", "false"},
    {"2..4", "!=", "5", "true"},
    {"2..4", "==", "2..4", "?"},
    {"2..4", ">=", "2", "true"},
    {"0", "<=", "0..7", "true"},
    /* may be undefined: comparisons say nothing, arithmetic hands it on, even when one point is left */
    {"2..4?", "<", "5", "?"},
    {"5", ">", "2..4?", "?"},
    {"2..4?", "+", "1", "3..5?"},
    {"1", "-", "2..4?", "-3..-1?"},
    {"2..4?", "*", "2..3", "4..12?"},
    {"2..4?", "*", "0", "0..0?"},
    {"2..4?", "/", "2", "1..2?"},
    {"2..4?", "==", "9", "?"},
    /* too large: for all values an error, for some of them nobody knows */
    {"100..200", "*", "999999999999999999", "!MAGNITUDE"},
    {"0..200", "*", "999999999999999999", "?"},
    {"-9..9", "*", "999999999999999999", "?"},
    {"-9..9", "/", "0.000000000000000001", "?"},
    {"1..2", "+", "999999999999999998", "?"},
    {"1..2", "*", "0.5", "0.5..1.0"},
};

START_TEST(intervals_of_the_contract) {
  static const char *const names[] = {"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"};
  for (int op = 0; op < 10; op++)
    if (strcmp(names[op], cases[_i].op) == 0)
      ck_assert_str_eq(shown(tg_op2_apply(&heap, (tg_op2)op, val(cases[_i].a), val(cases[_i].b))),
                       cases[_i].want);
}
END_TEST

START_TEST(one_point_is_a_number) {
  tg_value v = tg_range(&heap, val("2"), val("2.0"));
  ck_assert_str_eq(shown(v), "2");
  ck_assert_uint_eq(heap.pairs.n, 0);
}
END_TEST

START_TEST(elsewhere_an_interval_is_unknown) {
  for (int fn = TG_FN_DAYS; fn <= TG_FN_LENGTH; fn++)
    ck_assert_str_eq(shown(tg_fn1_apply(&heap, (tg_fn1)fn, val("2..4"))), "?");
  ck_assert_str_eq(shown(tg_fn_round(&heap, val("2..4"), val("0"))), "?");
  ck_assert_str_eq(shown(tg_fn_round(&heap, val("2.5"), val("0..1"))), "?");
}
END_TEST

Suite *range_suite(void) {
  Suite *s = suite_create("range");
  TCase *c = tcase_create("range");
  tcase_set_timeout(c, 300);
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_test(c, comparisons_agree_with_enumeration);
  tcase_add_test(c, arithmetic_holds_every_point_and_both_ends);
  tcase_add_test(c, rounding_keeps_points_inside);
  tcase_add_loop_test(c, intervals_of_the_contract, 0, sizeof cases / sizeof *cases);
  tcase_add_test(c, one_point_is_a_number);
  tcase_add_test(c, elsewhere_an_interval_is_unknown);
  suite_add_tcase(s, c);
  return s;
}
