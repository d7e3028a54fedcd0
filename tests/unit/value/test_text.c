/* Texts in their homes, pools, comparing by code point, lower case. */
#include "../base/failing_alloc.h"
#include "suites.h"

static int compare(tg_value a, tg_value b) {
  bool less = tg_is_true(tg_op2_apply(&heap, TG_LT, a, b)),
       equal = tg_is_true(tg_op2_apply(&heap, TG_EQ, a, b));
  ck_assert(tg_is_true(tg_op2_apply(&heap, TG_GE, a, b)) == !less);
  ck_assert(tg_is_true(tg_op2_apply(&heap, TG_NE, a, b)) == !equal);
  ck_assert(tg_is_true(tg_op2_apply(&heap, TG_GT, a, b)) == (!less && !equal));
  ck_assert(tg_is_true(tg_op2_apply(&heap, TG_LE, a, b)) == (less || equal));
  return less ? -1 : !equal;
}

/* In ascending order of code points. */
static const char *const ordered[] = {"",
                                      "A",
                                      "B",
                                      "a",
                                      "aa",
                                      "aaaaaaa",
                                      "aaaaaaaa",
                                      "aaaaaaaaa",
                                      "aaaaaaaaab",
                                      "aaaaaaaaac",
                                      "aaaaaaab",
                                      "ab",
                                      "b",
                                      "\xc3\xa9",
                                      "\xe1\xba\xbf",
                                      "\xef\xbf\xbd",
                                      "\xf0\x9f\x98\x80"};

START_TEST(texts_compare_in_all_homes) {
  enum { N = sizeof ordered / sizeof *ordered };
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++)
      for (int home = 0; home < HOMES; home++)
        for (int other = 0; other < HOMES; other++) {
          tg_value a = text_in(home, ordered[i]), b = text_in(other, ordered[k]);
          if (compare(a, b) != (i > k) - (i < k)) ck_abort_msg("`%s` and `%s`", ordered[i], ordered[k]);
          if (tg_same(&heap, a, b) != (i == k)) ck_abort_msg("`%s` and `%s`", ordered[i], ordered[k]);
          heap_teardown();
          heap_setup();
        }
}
END_TEST

START_TEST(bytes_are_found_in_all_homes) {
  for (int home = 0; home < HOMES; home++) {
    tg_value v = text_in(home, "some text of more than eight bytes");
    ck_assert(tg_is_text(v));
    ck_assert(tg_str_is(tg_text_of(&heap, &v), "some text of more than eight bytes"));
    ck_assert_int_eq(v.kind, home == TG_HOME_FACTS || home == TG_HOME_RUN ? TG_V_LONG : TG_V_TEXT);
  }
  ck_assert_uint_eq(text_in(TG_HOME_FACTS, "x").start, 77); /* the position stays with a text from the pool */
}
END_TEST

START_TEST(zero_bytes_are_characters) {
  tg_value a = tg_text_made(&heap, "a", 1), b = tg_text_made(&heap, "a\0", 2),
           c = tg_text_made(&heap, "a\0b", 3);
  ck_assert_int_eq(compare(a, b), -1);
  ck_assert_int_eq(compare(b, c), -1);
  uint8_t text[80] = "a\0b";
  tg_value x = tg_text_value(TG_HOME_PROGRAM, text, 1, 0, 0),
           y = tg_text_value(TG_HOME_PROGRAM, text, 2, 0, 0);
  ck_assert_int_eq(compare(x, y), -1); /* the first eight bytes are the same number */
  ck_assert(!tg_same(&heap, x, y));
}
END_TEST

START_TEST(long_texts) {
  enum { N = 70000 };
  uint8_t *bytes = malloc(N + 64);
  memset(bytes, 'a', N);
  uintptr_t pages[3] = {(uintptr_t)bytes, (uintptr_t)bytes, (uintptr_t)bytes};
  heap.pages = pages;
  tg_value below = tg_text_value(TG_HOME_SOURCE, bytes, 65534, 0, 0),
           at = tg_text_value(TG_HOME_SOURCE, bytes, 65535, 0, 0);
  ck_assert_int_eq(below.kind, TG_V_TEXT);
  ck_assert_int_eq(at.kind, TG_V_LONG); /* 16 bits of length are not enough */
  ck_assert_uint_eq(at.start, 0);
  ck_assert_uint_eq(tg_text_of(&heap, &at).n, 65535);
  ck_assert_ptr_eq(tg_text_of(&heap, &at).at, (char *)bytes);
  tg_value quoted = tg_text_value(TG_HOME_QUOTED, bytes + 1, 65535, 0, 0);
  ck_assert_ptr_eq(tg_text_of(&heap, &quoted).at, (char *)bytes + 1);
  ck_assert_uint_eq(quoted.start, 0);
  ck_assert_int_eq(compare(below, at), -1);
  ck_assert_int_eq(compare(at, quoted), 0);
  heap.program = bytes;
  tg_value constant = tg_text_value(TG_HOME_PROGRAM, bytes + 5, N - 5, 5, 5);
  ck_assert_ptr_eq(tg_text_of(&heap, &constant).at, (char *)bytes + 5);
  heap.cost = 0;
  compare(at, quoted);
  ck_assert_uint_ge(heap.cost, 6 * (65535 / 64) - 6 * 2); /* work is paid for */
  heap.cost = 0;
  compare(below, quoted);
  ck_assert_uint_lt(heap.cost, 6 * (65535 / 64)); /* different lengths settle == and != */
  free(bytes);
}
END_TEST

START_TEST(a_pool_may_copy_itself) {
  tg_value v = tg_text_made(&heap, "0123456789", 10);
  for (int i = 0; i < 2000;
       i++) { /* across every growth; an allocator that moves shows what was kept too long */
    tg_str s = tg_text_of(&heap, &v);
    v = tg_text_made(&heap, s.at, s.n);
    ck_assert(tg_str_is(tg_text_of(&heap, &v), "0123456789"));
  }
  heap.run.n = UINT32_MAX - 5;
  ck_assert_int_eq(tg_pool_add(&heap.run, "123456", 6), -1);
  ck_assert(mem.limit_hit);
  tg_mem_clear(&mem);
  heap.run.n = 0;
}
END_TEST

START_TEST(a_reset_heap_is_empty) {
  val("[1, 2?]");
  val("2..4");
  tg_text_made(&heap, "x", 1);
  heap.cost = 5;
  uint64_t used = mem.used;
  tg_heap_reset(&heap);
  ck_assert(heap.items.n == 0 && heap.possible.n == 0 && heap.pairs.n == 0 && heap.run.n == 0 &&
            heap.cost == 0);
  ck_assert_uint_eq(mem.used, used); /* the memory is used again */
}
END_TEST

/* ---- lower case ---- */

START_TEST(letters_are_lowered) {
  static const struct {
    uint32_t upper, lower;
  } table[] = {
      {'A', 'a'},       {'Z', 'z'},       {'@', '@'},         {'[', '['},         {'a', 'a'},
      {0xc0, 0xe0},     {0xd7, 0xd7},     {0xde, 0xfe},       {0xdf, 0xdf},       {0xff, 0xff},
      {0x100, 0x101},   {0x101, 0x101},   {0x12f, 0x12f},     {0x130, 'i'},       {0x131, 0x131},
      {0x178, 0xff},    {0x1ea0, 0x1ea1}, {0x1ebe, 0x1ebf},   {0x1e9e, 0xdf},     {0x391, 0x3b1},
      {0x3a3, 0x3c3},   {0x3c2, 0x3c2},   {0x410, 0x430},     {0x10a0, 0x2d00},   {0x13a0, 0xab70},
      {0x1c90, 0x10d0}, {0x2126, 0x3c9},  {0x212a, 'k'},      {0x2160, 0x2170},   {0x23a, 0x2c65},
      {0xa7c0, 0xa7c1}, {0xff21, 0xff41}, {0x10400, 0x10428}, {0x1e900, 0x1e922}, {0x10ffff, 0x10ffff},
      {0x4e2d, 0x4e2d}, {0x2c2f, 0x2c5f} /* new in Unicode 14 */};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    ck_assert_msg(tg_lower_point(table[i].upper) == table[i].lower, "U+%04X becomes U+%04X", table[i].upper,
                  tg_lower_point(table[i].upper));
  unsigned changed = 0;
  for (uint32_t cp = 0; cp < 0x110000; cp++) {
    if (cp >= 0xd800 && cp < 0xe000) continue;
    uint32_t low = tg_lower_point(cp);
    if (tg_lower_point(low) != low) ck_abort_msg("U+%04X is not lowered at once", cp);
    if (low >= 0x110000 || (low >= 0xd800 && low < 0xe000)) ck_abort_msg("U+%04X becomes no character", cp);
    uint8_t a[4], b[4];
    if (2 * tg_utf8_put(low, b) > 3 * tg_utf8_put(cp, a))
      ck_abort_msg("U+%04X grows by more than a half", cp);
    changed += low != cp;
  }
  ck_assert_uint_eq(changed, 1433); /* UnicodeData.txt 14.0 has so many simple lower-case mappings */
}
END_TEST

START_TEST(texts_are_lowered) {
  static const char *const table[][2] = {{"", ""},
                                         {"ABC abc 123", "abc abc 123"},
                                         {"\xc3\x89T\xc3\x89", "\xc3\xa9t\xc3\xa9"},
                                         {"\xe1\xba\xbe", "\xe1\xba\xbf"},
                                         {"\xc8\xba\xc8\xba\xc8\xba", "\xe2\xb1\xa5\xe2\xb1\xa5\xe2\xb1\xa5"},
                                         {"\xc4\xb0", "i"},
                                         {"\xf0\x90\x90\x80", "\xf0\x90\x90\xa8"}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    for (int home = 0; home < HOMES; home++) {
      tg_value v = tg_fn1_apply(&heap, TG_FN_LOWER, text_in(home, table[i][0]));
      ck_assert(tg_is_text(v));
      ck_assert(tg_str_is(tg_text_of(&heap, &v), table[i][1]));
      ck_assert_uint_eq(v.start, TG_NOWHERE);
    }
  tg_value v = text_in(TG_HOME_RUN, "ABCDEFGHIJ\xc8\xba"); /* from the pool into the pool, while it moves */
  for (int i = 0; i < 500; i++) {
    tg_value low = tg_fn1_apply(&heap, TG_FN_LOWER, v);
    ck_assert(tg_str_is(tg_text_of(&heap, &low), "abcdefghij\xe2\xb1\xa5"));
  }
}
END_TEST

START_TEST(substrings) {
  static const struct {
    const char *a, *b, *want;
  } table[] = {{"\"abcdef\"", "\"cde\"", "true"},
               {"\"abcdef\"", "\"\"", "true"},
               {"\"\"", "\"\"", "true"},
               {"\"\"", "\"a\"", "false"},
               {"\"abc\"", "\"abcd\"", "false"},
               {"\"abc\"", "\"B\"", "false"},
               {"?", "\"a\"", "?"},
               {"\"a\"", "?", "?"},
               {"!DATE", "!TYPE", "!DATE"},
               {"?", "!TYPE", "!TYPE"},
               {"5", "\"a\"", "!TYPE"},
               {"\"a\"", "5", "!TYPE"},
               {"\"none\"", "\"on\"", "true"},
               {"2..4", "\"a\"", "!TYPE"}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    ck_assert_str_eq(shown(tg_text_contains(&heap, val(table[i].a), val(table[i].b))), table[i].want);
}
END_TEST

/* ---- refusals ---- */

static bool use_heap(tg_mem *m) {
  tg_heap h;
  tg_heap_init(&h, m);
  for (int i = 0; i < 60; i++) {
    tg_value v = tg_text_made(&h, "SOME TEXT OF A LENGTH", 21);
    if (tg_is_text(v)) {
      tg_value low = tg_fn1_apply(&h, TG_FN_LOWER, v);
      if (tg_is_text(low) && !tg_str_is(tg_text_of(&h, &low), "some text of a length"))
        ck_abort_msg("a broken text");
      if (!tg_is_text(low) && !h.failed) ck_abort_msg("no text, and nobody says why");
    } else if (!h.failed) {
      ck_abort_msg("no text, and nobody says why");
    }
    tg_value r = tg_range(&h, tg_int(i), tg_int(i + 1));
    tg_value sum = tg_op2_apply(&h, TG_ADD, r, r);
    if (sum.kind == TG_V_RANGE && tg_range_greatest(&h, sum).num != 2 * i + 2) ck_abort_msg("a broken range");
    if (sum.kind != TG_V_RANGE && !h.failed) ck_abort_msg("no range, and nobody says why");
  }
  bool fine = !h.failed;
  tg_heap_reset(&h);
  fine = tg_text_made(&h, "x", 1).kind == TG_V_LONG && fine;
  tg_heap_done(&h);
  return fine;
}

START_TEST(the_heap_survives_refusals) {
  uint64_t steps = 0;
  const char *wrong = failing_run(use_heap, &steps);
  ck_assert_msg(wrong == NULL, "%s", wrong);
  ck_assert_uint_gt(steps, 5);
}
END_TEST

Suite *text_suite(void) {
  Suite *s = suite_create("text");
  TCase *c = tcase_create("text");
  tcase_set_timeout(c, 120);
  tcase_add_checked_fixture(c, heap_setup, heap_teardown);
  tcase_add_test(c, texts_compare_in_all_homes);
  tcase_add_test(c, bytes_are_found_in_all_homes);
  tcase_add_test(c, zero_bytes_are_characters);
  tcase_add_test(c, long_texts);
  tcase_add_test(c, a_pool_may_copy_itself);
  tcase_add_test(c, a_reset_heap_is_empty);
  tcase_add_test(c, letters_are_lowered);
  tcase_add_test(c, texts_are_lowered);
  tcase_add_test(c, substrings);
  tcase_add_test(c, the_heap_survives_refusals);
  suite_add_tcase(s, c);
  return s;
}
