/* Dates and durations. */
#include "suites.h"

#include <stdio.h>

static int days_in(int year, int month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

START_TEST(every_day_round_trips) {
  int64_t day = 0;
  bool first = true;
  for (int y = 1; y <= 9999; y++) {
    for (int m = 1; m <= 12; m++) {
      for (int d = 1; d <= days_in(y, m); d++) {
        int64_t at = tg_date_from_civil(y, m, d);
        int yy, mm, dd;
        if (!first && at != day + 1) ck_abort_msg("%d-%d-%d is not the next day", y, m, d);
        first = false;
        day = at;
        tg_date_to_civil(at, &yy, &mm, &dd);
        if (yy != y || mm != m || dd != d)
          ck_abort_msg("%d-%d-%d comes back as %d-%d-%d", y, m, d, yy, mm, dd);
        char text[16] = {(char)('0' + y / 1000),
                         (char)('0' + y / 100 % 10),
                         (char)('0' + y / 10 % 10),
                         (char)('0' + y % 10),
                         '-',
                         (char)('0' + m / 10),
                         (char)('0' + m % 10),
                         '-',
                         (char)('0' + d / 10),
                         (char)('0' + d % 10)};
        tg_value v = tg_int(0);
        if (!tg_date_parse(text, 10, &v) || v.kind != TG_V_DATE || v.num != at)
          ck_abort_msg("%s is not read", text);
        if (d == 1 && strcmp(shown(v), text) != 0) ck_abort_msg("%s is printed %s", text, shown(v));
      }
    }
  }
  ck_assert_int_eq(tg_date_from_civil(1970, 1, 1), 0);
  ck_assert_int_eq(tg_date_from_civil(2000, 3, 1), 11017);
  ck_assert_int_eq(tg_date_from_civil(1, 1, 1), -719162);
  ck_assert_int_eq(day, 2932896);
}
END_TEST

START_TEST(what_is_no_date_is_refused) {
  static const char *const texts[] = {
      "",           "2026",       "2026-1-01",  "2026-01-1",   "2026-13-01",  "2026-00-10",
      "2026-02-29", "2100-02-29", "2026-04-31", "2026-01-00",  "2026-01-32",  "0000-01-01",
      "2026/01/01", "2026/01-01", "2026-01/01", "2026-01-01 ", " 2026-01-01", "2026-01-01T00:00",
      "+026-01-01", "20260101",   "2026-0a-01", "2026-01--1",  "-026-01-01",  ":026-01-01",
      "2026-01-0:"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    tg_value v = tg_int(7);
    ck_assert_msg(!tg_date_parse(texts[i], strlen(texts[i]), &v), "%s", texts[i]);
    ck_assert_int_eq(v.num, 7); /* untouched */
  }
  tg_value v;
  ck_assert(tg_date_parse("2024-02-29", 10, &v) && tg_date_parse("2000-02-29", 10, &v));
}
END_TEST

START_TEST(durations_are_read) {
  static const struct {
    const char *text, *want; /* NULL: refused */
  } table[] = {{"90 days", "90 days"},
               {"1 day", "1 day"},
               {"0 days", "0 days"},
               {"2 weeks", "14 days"},
               {"1 week", "7 days"},
               {"6 months", "6 months"},
               {"1 month", "1 month"},
               {"1 year", "12 months"},
               {"2 years", "24 months"},
               {"-3 days", "-3 days"},
               {"-1 months", "-1 month"},
               {"2147483647 days", "2147483647 days"},
               {"2147483648 days", NULL},
               {"306783379 weeks", NULL},
               {"178956971 years", NULL},
               {"999999999999999999999 days", NULL},
               {"", NULL},
               {"days", NULL},
               {" days", NULL},
               {"- days", NULL},
               {"90", NULL},
               {"90days", NULL},
               {"90 Days", NULL},
               {"90 dayss", NULL},
               {"90 hours", NULL},
               {"1.5 days", NULL},
               {"90 days ", NULL},
               {" 90 days", NULL},
               {"-", NULL},
               {"- 3 days", NULL},
               {"+3 days", NULL},
               {"90 ", NULL},
               {"90\tdays", NULL},
               {"P90D", NULL}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    tg_value v = tg_int(7);
    bool read = tg_duration_parse(table[i].text, strlen(table[i].text), &v);
    ck_assert_msg(read == (table[i].want != NULL), "`%s`", table[i].text);
    if (read)
      ck_assert_str_eq(shown(v), table[i].want);
    else
      ck_assert_int_eq(v.num, 7);
  }
  ck_assert_str_eq(shown(tg_duration(INT64_C(1) << 40, 0)), "!DATE");
  ck_assert_str_eq(shown(tg_duration(0, -(INT64_C(1) << 40))), "!DATE");
  ck_assert_int_eq(tg_duration_months(tg_duration(-5, 7)), -5);
  ck_assert_int_eq(tg_duration_days(tg_duration(5, -7)), -7);
}
END_TEST

static const struct {
  const char *a;
  char op;
  const char *b, *want;
} cases[] = {
    {"2026-01-31", '+', "1 month", "2026-02-28"}, /* clamped to the month's end */
    {"2024-01-31", '+', "1 month", "2024-02-29"},
    {"2024-02-29", '+', "1 year", "2025-02-28"},
    {"2024-02-29", '+', "4 years", "2028-02-29"},
    {"2026-03-31", '-', "1 month", "2026-02-28"},
    {"2026-03-31", '-', "13 months", "2025-02-28"},
    {"2026-12-31", '+', "1 day", "2027-01-01"},
    {"2026-01-01", '-', "1 day", "2025-12-31"},
    {"2026-01-01", '+', "2 weeks", "2026-01-15"},
    {"1 month", '+', "2026-01-31", "2026-02-28"},
    {"2026-01-01", '+', "-1 months", "2025-12-01"},
    {"2026-01-31", '+', "1 month 1 day", "2026-03-01"}, /* months first, then days */
    {"2026-03-31", '-', "1 month 1 day", "2026-02-27"},
    {"9999-12-31", '+', "1 day", "!DATE"},
    {"9999-12-31", '+', "1 month", "!DATE"},
    {"9999-11-30", '+', "1 month", "9999-12-30"},
    {"9999-12-31", '+', "-1 months", "9999-11-30"},
    {"0001-01-01", '-', "1 day", "!DATE"},
    {"0001-01-31", '-', "1 month", "!DATE"},
    {"2026-01-01", '+', "2147483647 days", "!DATE"},
    {"2026-01-01", '-', "2147483647 months", "!DATE"},
    {"9999-12-31", '+', "1 month 1 day", "!DATE"},
    {"9999-12-31", '+', "1 month -40 days", "!DATE"}, /* months come first, and lead outside */
    {"0001-01-31", '-', "1 month -40 days", "!DATE"},
    {"0001-02-15", '-', "1 month", "0001-01-15"},
    {"2026-11-23", '-', "2026-11-20", "3 days"},
    {"2026-11-20", '-', "2026-11-23", "-3 days"},
    {"9999-12-31", '-', "0001-01-01", "3652058 days"},
    {"90 days", '+', "2 weeks", "104 days"},
    {"90 days", '-', "2 weeks", "76 days"},
    {"1 year", '+', "6 months", "18 months"},
    {"1 year", '+', "1 day", "12 months 1 day"},
    {"1 year", '-', "1 year", "0 days"},
    {"2147483647 days", '+', "1 day", "!DATE"},
};

START_TEST(date_arithmetic) {
  tg_op2 op = cases[_i].op == '+' ? TG_ADD : TG_SUB;
  ck_assert_str_eq(shown(tg_op2_apply(&heap, op, val(cases[_i].a), val(cases[_i].b))), cases[_i].want);
}
END_TEST

START_TEST(months_agree_with_walking) {
  for (int y = 1999; y <= 2001; y++) {
    for (int m = 1; m <= 12; m++) {
      for (int d = 1; d <= days_in(y, m); d++) {
        for (int by = -30; by <= 30; by++) {
          int yy = y, mm = m;
          for (int k = 0; k < by; k++)
            if (++mm > 12) mm = 1, yy++;
          for (int k = 0; k > by; k--)
            if (--mm < 1) mm = 12, yy--;
          int64_t want = tg_date_from_civil(yy, mm, d < days_in(yy, mm) ? d : days_in(yy, mm));
          tg_value date = tg_date(tg_date_from_civil(y, m, d));
          if (tg_op2_apply(&heap, TG_ADD, date, tg_duration(by, 0)).num != want)
            ck_abort_msg("%d-%d-%d %+d", y, m, d, by);
          if (tg_op2_apply(&heap, TG_SUB, date, tg_duration(-by, 0)).num != want)
            ck_abort_msg("%d-%d-%d %+d", y, m, d, by);
        }
      }
    }
  }
}
END_TEST

START_TEST(days_come_back) {
  uint64_t state = 5;
  for (int i = 0; i < 200000; i++) {
    int64_t a = (int64_t)(next_random(&state) % 3652059) - 719162,
            b = (int64_t)(next_random(&state) % 3652059) - 719162;
    tg_value apart = tg_op2_apply(&heap, TG_SUB, tg_date(a), tg_date(b));
    tg_value back = tg_op2_apply(&heap, TG_ADD, tg_date(b), apart);
    if (back.kind != TG_V_DATE || back.num != a) ck_abort_msg("%ld and %ld", (long)a, (long)b);
  }
}
END_TEST

Suite *calendar_suite(void) {
  Suite *s = suite_create("calendar");
  TCase *c = tcase_create("calendar");
  tcase_set_timeout(c, 120);
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_test(c, every_day_round_trips);
  tcase_add_test(c, what_is_no_date_is_refused);
  tcase_add_test(c, durations_are_read);
  tcase_add_loop_test(c, date_arithmetic, 0, sizeof cases / sizeof *cases);
  tcase_add_test(c, months_agree_with_walking);
  tcase_add_test(c, days_come_back);
  suite_add_tcase(s, c);
  return s;
}
