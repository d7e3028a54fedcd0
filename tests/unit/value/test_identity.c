/* Sameness, hashes, order. */
#include "suites.h"

static tg_seed seed = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

/* Values of one row are the same, values of different rows are not. */
static const char *const classes[][4] = {
    {"0", "0.0", "-0.00", "0.000000000000000000"},
    {"1", "1.0", "1.00"},
    {"0.1", "0.10"},
    {"10", "10.0"},
    {"-1", "-1.0"},
    {"true"},
    {"false"},
    {"\"\""},
    {"\"a\"", "\"a\"", "\"a\"", "\"a\""},
    {"\"1\"", "\"1\""},
    {"\"2026-11-23\"", "\"2026-11-23\""},
    {"2026-11-23"},
    {"2026-11-24"},
    {"\"none\"", "\"none\""},
    {"<none>", "<none>"},
    {"1 week", "7 days"},
    {"1 year", "12 months"},
    {"1 month"},
    {"1 day"},
    {"1 month 1 day"},
    {"0 days", "0 months"},
    {"[]", "[]"},
    {"[1]", "[1.0]"},
    {"[1, 2]", "[1, 2.0]"},
    {"[2, 1]"},
    {"[\"a\"]", "[\"a\"]"},
    {"[true]"},
    {"\"a longer text than fits\"", "\"a longer text than fits\""},
    {"\"a longer text than this\""},
};
enum { CLASSES = sizeof classes / sizeof *classes };

START_TEST(sameness_is_by_content) {
  for (int round = 0; round < HOMES; round++)
    for (int i = 0; i < CLASSES; i++)
      for (int k = 0; k < CLASSES; k++)
        for (int x = 0; x < 4 && classes[i][x]; x++)
          for (int y = 0; y < 4 && classes[k][y]; y++) {
            heap_teardown();
            heap_setup();
            for (int r = 0; r < round; r++) text_in(TG_HOME_SOURCE, "x"); /* begin with another home */
            tg_value a = val(classes[i][x]), b = val(classes[k][y]);
            if (tg_same(&heap, a, b) != (i == k)) ck_abort_msg("%s and %s", classes[i][x], classes[k][y]);
            bool one_hash = tg_value_hash(&heap, &seed, a) == tg_value_hash(&heap, &seed, b);
            if (one_hash != (i == k)) ck_abort_msg("the hashes of %s and %s", classes[i][x], classes[k][y]);
          }
}
END_TEST

START_TEST(hashes_are_seeded) {
  tg_seed other = {{1}};
  static const char *const texts[] = {"1", "\"a\"", "2026-11-23", "true", "[1]"};
  for (size_t i = 0; i < 5; i++)
    ck_assert(tg_value_hash(&heap, &seed, val(texts[i])) != tg_value_hash(&heap, &other, val(texts[i])));
}
END_TEST

START_TEST(what_is_not_known_is_not_the_same) {
  ck_assert(!tg_same(&heap, val("?"), val("?")));
  ck_assert(!tg_same(&heap, val("!TYPE"), val("!TYPE")));
  tg_value r = val("2..4");
  ck_assert(!tg_same(&heap, r, r));
  ck_assert(!tg_same(&heap, val("[1?]"), val("[1?]")));
  ck_assert(!tg_same(&heap, val("[?]"), val("[?]")));
}
END_TEST

START_TEST(rows_are_identities) {
  tg_value a = tg_value_make(TG_V_ROW, 0, 5), b = a;
  b.len = 1; /* another shape */
  ck_assert(tg_same(&heap, a, a) && !tg_same(&heap, a, b));
  ck_assert(tg_value_hash(&heap, &seed, a) != tg_value_hash(&heap, &seed, b));
  tg_value list = tg_value_make(TG_V_ROWS, 0, 5ll << 32 | 2),
           other = tg_value_make(TG_V_ROWS, 0, 7ll << 32 | 2), shape = list;
  shape.len = 1;
  ck_assert(tg_same(&heap, list, list) && !tg_same(&heap, list, other) && !tg_same(&heap, list, shape));
  tg_value none = tg_value_make(TG_V_ROWS, 0, 5ll << 32), nothing = tg_value_make(TG_V_ROWS, 0, 7ll << 32);
  nothing.len = 1;
  ck_assert(tg_same(&heap, none, nothing));
  ck_assert(tg_value_hash(&heap, &seed, none) == tg_value_hash(&heap, &seed, nothing));
}
END_TEST

START_TEST(order_is_total_within_a_kind) {
  static const char *const rows[][8] = {
      {"-2", "-1.5", "0", "0.000000000000000001", "1", "1.5", "999999999999999999", NULL},
      {"\"\"", "\"A\"", "\"a\"", "\"aa\"", "\"none\"", "\"not_yet\"", "\"\xc3\xa9\"", NULL},
      {"0001-01-01", "2026-11-23", "2026-11-24", "9999-12-31", NULL},
      {"-1 days", "0 days", "1 day", "1 week", NULL},
      {"-1 months", "0 days", "1 month", "1 year", NULL},
      {"false", "true", NULL}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (int round = 0; round < HOMES; round++)
      for (int i = 0; rows[r][i]; i++)
        for (int k = 0; rows[r][k]; k++) {
          bool clash = false;
          int got = tg_value_order(&heap, val(rows[r][i]), val(rows[r][k]), &clash);
          ck_assert_msg(!clash && got == (i > k) - (i < k), "%s and %s", rows[r][i], rows[r][k]);
        }
}
END_TEST

START_TEST(kinds_do_not_mix) {
  static const char *const one[] = {"1", "\"a\"", "2026-11-23", "1 day", "true"};
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < 5; k++) {
      bool clash = false, turned = false;
      int got = tg_value_order(&heap, val(one[i]), val(one[k]), &clash),
          back = tg_value_order(&heap, val(one[k]), val(one[i]), &turned);
      ck_assert(clash == (i != k) && turned == clash && got == -back);
    }
  static const char *const none[] = {"?", "!TYPE", "<none>", "2..4", "[1]", "1 month 1 day"};
  for (int i = 0; i < 6; i++) {
    bool clash = false;
    tg_value v = val(none[i]);
    tg_value_order(&heap, v, v, &clash);
    ck_assert_msg(clash, "%s has no order", none[i]);
  }
  bool clash = false;
  tg_value_order(&heap, val("1 month"), val("1 day"), &clash);
  ck_assert(clash);
}
END_TEST

Suite *identity_suite(void) {
  Suite *s = suite_create("identity");
  TCase *c = tcase_create("identity");
  tcase_set_timeout(c, 60);
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_test(c, sameness_is_by_content);
  tcase_add_test(c, hashes_are_seeded);
  tcase_add_test(c, what_is_not_known_is_not_the_same);
  tcase_add_test(c, rows_are_identities);
  tcase_add_test(c, order_is_total_within_a_kind);
  tcase_add_test(c, kinds_do_not_mix);
  suite_add_tcase(s, c);
  return s;
}
