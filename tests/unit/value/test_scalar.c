/* Reading numbers and YAML's plain scalars; printing them again. */
#include "digits.h"

static const char *parsed(tg_parse p, tg_value v) {
  static char out[80];
  const char *const names[] = {"", "NOT", "RANGE", "ROUNDED "};
  snprintf(out, sizeof out, "%s%s", names[p], p == TG_PARSE_OK || p == TG_PARSE_ROUNDED ? shown(v) : "");
  return out;
}

static const struct {
  const char *text, *want;
} numbers[] = {
    {"0", "0"},
    {"42", "42"},
    {"-42", "-42"},
    {"+42", "42"},
    {"1.0", "1.0"},
    {"1.00", "1.00"},
    {"0.9", "0.9"},
    {"-0", "0"},
    {"-0.0", "0.0"},
    {"007", "7"},
    {"00.50", "0.50"},
    {"1e3", "1000"},
    {"1E3", "1000"},
    {"1e+3", "1000"},
    {"1.5e1", "15"},
    {"1.5e0", "1.5"},
    {"15e-1", "1.5"},
    {"1.50e1", "15.0"},
    {"1e17", "100000000000000000"},
    {"1e18", "RANGE"},
    {"0.1e19", "RANGE"},
    {"0.1e18", "100000000000000000"},
    {"1e-18", "0.000000000000000001"},
    {"1e-19", "ROUNDED 0.000000000000000000"},
    {"6e-19", "ROUNDED 0.000000000000000001"},
    {"5e-19", "ROUNDED 0.000000000000000000"},
    {"15e-19", "ROUNDED 0.000000000000000002"},
    {"5.000000000000000000000000000000000000001e-19",
     "ROUNDED 0.000000000000000001"}, /* a hair above the tie */
    {"0e99", "0"},
    {"0e-99", "0.000000000000000000"},
    {"0.000", "0.000"},
    {"1e999999999999999999999999", "RANGE"},
    {"1e-999999999999999999999999", "ROUNDED 0.000000000000000000"},
    {"0.0000000000000000000000000000000000000000000000000000000000001e61", "1"},
    {"10000000000000000000000000000000000000000000000000000000000000e-61", "1.00000000000000000"},
    {"10000000000000000000000000000000000000000000000000000000000001e-61", "ROUNDED 1.00000000000000000"},
    {"999999999999999999", "999999999999999999"},
    {"-999999999999999999", "-999999999999999999"},
    {"1000000000000000000", "RANGE"},
    {"9999999999999999999", "RANGE"},
    {"99999999999999999999", "RANGE"},
    {"18446744073709551617", "RANGE"}, /* 2^64 + 1 does not become 1 */
    {"999999999999999999.4", "ROUNDED 999999999999999999"},
    {"999999999999999999.5", "RANGE"},
    {"999999999999999999.0", "999999999999999999"},
    {"123456789012345678.5", "ROUNDED 123456789012345678"},
    {"123456789012345677.5", "ROUNDED 123456789012345678"},
    {"0.123456789012345678", "0.123456789012345678"},
    {"0.1234567890123456785", "ROUNDED 0.123456789012345678"},
    {"0.1234567890123456775", "ROUNDED 0.123456789012345678"},
    {"1.2345678901234567e-05", "ROUNDED 0.000012345678901235"}, /* exporters write this */
    {"0.10000000000000000000", "0.100000000000000000"},
    {"1.0000000000000000000000", "1.00000000000000000"},
    {"000000000000000000000000000000000000000000000042", "42"},
    {"", "NOT"},
    {"-", "NOT"},
    {"+", "NOT"},
    {".", "NOT"},
    {".5", "NOT"},
    {"5.", "NOT"},
    {"1..2", "NOT"},
    {"1.2.3", "NOT"},
    {"1e", "NOT"},
    {"1e+", "NOT"},
    {"e5", "NOT"},
    {"1e5x", "NOT"},
    {"1x", "NOT"},
    {" 1", "NOT"},
    {"1 ", "NOT"},
    {"0x1f", "NOT"},
    {"--1", "NOT"},
    {"1_000", "NOT"},
    {"1e1.5", "NOT"},
    {"inf", "NOT"},
    {"1,5", "NOT"},
    {"12345678901234567890x", "NOT"},
};

START_TEST(numbers_are_read) {
  tg_value v = tg_int(77);
  tg_parse p = tg_number_parse(numbers[_i].text, strlen(numbers[_i].text), false, &v);
  ck_assert_str_eq(parsed(p, v), numbers[_i].want);
  if (p == TG_PARSE_NOT || p == TG_PARSE_RANGE) ck_assert_int_eq(v.num, 77);
}
END_TEST

START_TEST(underscores_stand_between_digits) {
  static const struct {
    const char *text, *want;
  } table[] = {{"10_000", "10000"}, {"1_0.5", "10.5"}, {"1_2_3", "123"}, {"_1", "NOT"},
               {"1_", "NOT"},       {"1__0", "NOT"},   {"1_.5", "NOT"},  {"1.0_5", "NOT"},
               {"1._5", "NOT"},     {"-_1", "NOT"},    {"1e1_0", "NOT"}, {"-1_0", "-10"}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    tg_value v = tg_int(0);
    tg_parse p = tg_number_parse(table[i].text, strlen(table[i].text), true, &v);
    ck_assert_msg(strcmp(parsed(p, v), table[i].want) == 0, "`%s` is %s", table[i].text, parsed(p, v));
  }
}
END_TEST

START_TEST(numbers_agree_with_digit_strings) {
  uint64_t state = 99;
  for (int i = 0; i < 300000; i++) {
    char text[80];
    digits d = {.negative = next_random(&state) & 1};
    int n = 0, before = 1 + (int)(next_random(&state) % 22), behind = (int)(next_random(&state) % 42);
    int exponent = next_random(&state) % 3 ? 0 : (int)(next_random(&state) % 41) - 20;
    bool nines = next_random(&state) % 8 == 0;
    if (next_random(&state) & 1) behind %= 6, before %= 12, before++;
    if (d.negative) text[n++] = '-';
    for (int k = 0; k < before + behind; k++) {
      unsigned r = (unsigned)(next_random(&state) >> 20);
      int digit = nines ? 9 : r % 4 ? (int)(r >> 4) % 10 : 5 * (int)(r >> 4 & 1);
      if (k == before) text[n++] = '.';
      text[n++] = (char)('0' + digit);
      d.at[d.n++] = (char)digit;
    }
    d.scale = behind - exponent;
    n += exponent || i % 7 == 0 ? snprintf(text + n, 8, "e%d", exponent) : 0;
    text[n] = 0;
    tg_value v = tg_int(0);
    tg_parse p = tg_number_parse(text, (size_t)n, false, &v);
    const char *want = digits_rounded(d, false);
    if (strcmp(want, "!MAGNITUDE") == 0) {
      if (p != TG_PARSE_RANGE) ck_abort_msg("%s is %s", text, shown(v));
    } else if ((p != TG_PARSE_OK && p != TG_PARSE_ROUNDED) || strcmp(shown(v), want) != 0) {
      /* a tail of zeros may be shortened in more than one way: the value decides */
      tg_value other = val(want);
      if (p == TG_PARSE_NOT || p == TG_PARSE_RANGE || !tg_same(&heap, v, other))
        ck_abort_msg("%s is %s, not %s", text, shown(v), want);
    }
  }
}
END_TEST

START_TEST(what_is_printed_is_read_again) {
  uint64_t state = 31;
  for (int i = 0; i < 200000; i++) {
    uint64_t r = next_random(&state);
    int64_t num = (int64_t)(next_random(&state) % UINT64_C(1000000000000000000)) >> (r & 63);
    tg_value v = tg_value_make(TG_V_NUMBER, (uint8_t)((r >> 8) % 19), r >> 7 & 1 ? -num : num), back;
    const char *text = shown(v);
    if (tg_number_parse(text, strlen(text), false, &back) != TG_PARSE_OK || back.num != v.num ||
        back.aux != v.aux)
      ck_abort_msg("%s", text);
  }
}
END_TEST

static const struct {
  const char *text, *want;
} plain[] = {
    {"", "?"},
    {"~", "?"},
    {"null", "?"},
    {"Null", "?"},
    {"NULL", "?"},
    {"nULL", "NOT"},
    {"nul", "NOT"},
    {"true", "true"},
    {"True", "true"},
    {"TRUE", "true"},
    {"false", "false"},
    {"False", "false"},
    {"FALSE", "false"},
    {"tRUE", "NOT"},
    {"yes", "NOT"},
    {"no", "NOT"},
    {"NO", "NOT"},
    {"on", "NOT"},
    {"off", "NOT"},
    {"y", "NOT"},
    {"n", "NOT"},
    {"0", "0"},
    {"-19", "-19"},
    {"+12", "12"},
    {"0o7", "7"},
    {"0o17", "15"},
    {"0o8", "NOT"},
    {"0o", "NOT"},
    {"0x3A", "58"},
    {"0xff", "255"},
    {"0xFg", "NOT"},
    {"0x1 ", "NOT"},
    {"0x1/", "NOT"},
    {"0x1G", "NOT"},
    {"0o1 ", "NOT"},
    {"0x", "NOT"},
    {"-0x1", "NOT"},
    {"+0o7", "NOT"},
    {"0X1", "NOT"},
    {"0b1", "NOT"},
    {"017", "17"},
    {"0xDE0B6B3A763FFFF", "999999999999999999"},
    {"0xDE0B6B3A7640000", "RANGE"},
    {"0xffffffffffffffffffffffffffffffffff", "RANGE"},
    {"0.", "0"},
    {"-0.0", "0.0"},
    {".5", "0.5"},
    {"+12e03", "12000"},
    {"-2E+05", "-200000"},
    {"5.", "5"},
    {"-.5", "-0.5"},
    {".5e1", "5"},
    {"5.e1", "50"},
    {".", "NOT"},
    {"-", "NOT"},
    {"+.", "NOT"},
    {".e1", "NOT"},
    {"-.", "NOT"},
    {"..5", "NOT"},
    {"685.230_15e+03", "NOT"},
    {"1_000", "NOT"},
    {"190:20:30", "NOT"},
    {"1.2.3", "NOT"},
    {"- 1", "NOT"},
    {"1e", "NOT"},
    {".inf", "RANGE"},
    {".Inf", "RANGE"},
    {".INF", "RANGE"},
    {"-.inf", "RANGE"},
    {"+.INF", "RANGE"},
    {".nan", "RANGE"},
    {".NaN", "RANGE"},
    {".NAN", "RANGE"},
    {"-.nan", "NOT"},
    {".iNf", "NOT"},
    {"inf", "NOT"},
    {"nan", "NOT"},
    {"1e18", "RANGE"},
    {"2026-11-23", "NOT"},
    {"unknown", "NOT"},
    {"none", "NOT"},
    {"text", "NOT"},
};

START_TEST(plain_scalars_of_the_core_schema) {
  tg_value v = tg_int(77);
  tg_parse p = tg_core_scalar(plain[_i].text, strlen(plain[_i].text), &v);
  ck_assert_str_eq(parsed(p, v), plain[_i].want);
  if (p == TG_PARSE_NOT) ck_assert_int_eq(v.num, 77);
}
END_TEST

START_TEST(long_scalars_are_read_whole) {
  char text[3000];
  tg_value v;
  memset(text, '3', sizeof text);
  text[0] = '.';
  ck_assert_int_eq(tg_core_scalar(text, sizeof text, &v), TG_PARSE_ROUNDED);
  ck_assert_str_eq(shown(v), "0.333333333333333333");
  text[0] = '3';
  ck_assert_int_eq(tg_core_scalar(text, sizeof text, &v), TG_PARSE_RANGE);
  memset(text, '0', sizeof text);
  text[sizeof text - 1] = '7';
  ck_assert_int_eq(tg_core_scalar(text, sizeof text, &v), TG_PARSE_OK);
  ck_assert_str_eq(shown(v), "7");
  ck_assert_uint_eq(tg_core_scalar("null", 4, &v), TG_PARSE_OK);
  ck_assert_uint_eq(v.aux, TG_WHY_NULL);
}
END_TEST

START_TEST(values_are_printed) {
  static const char *const texts[] = {"?",
                                      "true",
                                      "false",
                                      "1.0",
                                      "-0.050",
                                      "0",
                                      "0.000000000000000001",
                                      "\"a b\"",
                                      "2026-11-23",
                                      "0001-01-01",
                                      "90 days",
                                      "1 day",
                                      "-1 day",
                                      "6 months",
                                      "1 month",
                                      "12 months 1 day",
                                      "0 days",
                                      "2..4",
                                      "0.5..1",
                                      "[]",
                                      "[1, 2.0, ?]"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) ck_assert_str_eq(shown(val(texts[i])), texts[i]);
  static const struct {
    tg_kind kind;
    const char *text;
  } table[] = {{TG_V_NO_DATE, "none"},  {TG_V_ERROR, "!"},      {TG_V_UNKNOWN, "?"},
               {TG_V_ROWS, "[\u2026]"}, {TG_V_SEQ, "[\u2026]"}, {TG_V_RECORD, "{\u2026}"},
               {TG_V_ROW, "{\u2026}"},  {TG_V_MAP, "{\u2026}"}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    tg_buf b;
    tg_buf_init(&b, &mem);
    tg_value_print(&heap, tg_value_make(table[i].kind, 0, 0), &b);
    ck_assert_str_eq(b.at, table[i].text);
    tg_buf_done(&b);
  }
  tg_buf b;
  tg_buf_init(&b, &mem);
  tg_value_print(&heap, val("2..4"), &b);
  ck_assert_str_eq(b.at, "2 to 4");
  tg_buf_done(&b);
}
END_TEST

START_TEST(words_for_messages) {
  for (int k = TG_V_UNKNOWN; k <= TG_V_REGEX; k++) ck_assert_uint_gt(strlen(tg_kind_word((tg_kind)k)), 3);
  ck_assert_str_eq(tg_kind_word(TG_V_LONG), "text");
  ck_assert_str_eq(tg_kind_word(TG_V_RANGE), "number");
  ck_assert_str_eq(tg_kind_word(TG_V_NO_DATE), "date");
  for (int f = TG_FAULT_TYPE; f <= TG_FAULT_RANGE; f++) ck_assert_str_ne(tg_fault_text((tg_fault)f), "error");
  static const struct {
    tg_why why;
    tg_fact_state state;
  } states[] = {{TG_WHY_ABSENT, TG_STATE_MISSING},      {TG_WHY_NULL, TG_STATE_MISSING},
                {TG_WHY_WORD, TG_STATE_MISSING},        {TG_WHY_UNRESOLVED, TG_STATE_UNRESOLVED},
                {TG_WHY_AMBIGUOUS, TG_STATE_AMBIGUOUS}, {TG_WHY_UNDEFINED, TG_STATE_UNDEFINED},
                {TG_WHY_ASKED, TG_STATE_ASKED}};
  for (size_t i = 0; i < sizeof states / sizeof *states; i++)
    ck_assert_int_eq(tg_state_of(tg_unknown(states[i].why)), states[i].state);
  ck_assert_int_eq(tg_state_of(tg_int(3)), TG_STATE_KNOWN);
}
END_TEST

Suite *scalar_suite(void) {
  Suite *s = suite_create("scalar");
  TCase *c = tcase_create("scalar");
  tcase_set_timeout(c, 120);
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_loop_test(c, numbers_are_read, 0, sizeof numbers / sizeof *numbers);
  tcase_add_test(c, underscores_stand_between_digits);
  tcase_add_test(c, numbers_agree_with_digit_strings);
  tcase_add_test(c, what_is_printed_is_read_again);
  tcase_add_loop_test(c, plain_scalars_of_the_core_schema, 0, sizeof plain / sizeof *plain);
  tcase_add_test(c, long_scalars_are_read_whole);
  tcase_add_test(c, values_are_printed);
  tcase_add_test(c, words_for_messages);
  suite_add_tcase(s, c);
  return s;
}
