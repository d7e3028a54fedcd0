/* Sources: address space, padding, places, digests. */
#include "base/limits.h"
#include "base/source.h"
#include "failing_alloc.h"
#include "suites.h"

static tg_mem mem;
static tg_sources set;

static void setup(void) {
  tg_mem_init(&mem, NULL, 0);
  tg_sources_init(&set, &mem);
}

static void teardown(void) {
  tg_sources_done(&set);
  ck_assert_uint_eq(mem.used, 0);
}

static tg_source *add(const char *name, const void *bytes, size_t n) {
  uint32_t index = UINT32_MAX;
  ck_assert_int_eq(tg_sources_add(&set, tg_str_of(name), bytes, n, &index), TG_OK);
  return &set.list.at[index];
}

START_TEST(pages_hold_text_and_padding) {
  enum { PAGE = 1 << TG_PAGE_BITS };
  /* bytes of a text, pages it takes: the padding must have addresses too */
  static const struct {
    uint32_t n, pages;
  } cases[] = {{0, 1}, {1, 1}, {PAGE - 64, 1}, {PAGE - 63, 2}, {PAGE, 2}, {3 * PAGE - 64, 3}, {3 * PAGE, 4}};
  uint32_t base = 0;
  char *bytes = malloc(3 * PAGE);
  memset(bytes, 'x', 3 * PAGE);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    tg_source *s = add("a", bytes, cases[i].n);
    ck_assert_uint_eq(s->base, base);
    ck_assert_uint_eq(s->base % PAGE, 0);
    ck_assert_uint_eq(s->len, cases[i].n);
    for (int k = 0; k < 64; k++) ck_assert_uint_eq(*tg_sources_at(&set, s->base + s->len + (uint32_t)k), 0);
    ck_assert_ptr_eq(tg_sources_at(&set, s->base), s->text);
    ck_assert_ptr_eq(tg_sources_at(&set, s->base + s->len), s->text + s->len);
    ck_assert_ptr_eq(tg_sources_of(&set, s->base + s->len), s);
    base += cases[i].pages * PAGE;
  }
  ck_assert_ptr_null(tg_sources_of(&set, base));
  ck_assert_ptr_null(tg_sources_of(&set, UINT32_MAX));
  free(bytes);
}
END_TEST

START_TEST(texts_are_copied_borrowed_and_taken) {
  char bytes[70] = "borrowed", name[] = "name";
  uint32_t index;
  ck_assert_int_eq(tg_sources_borrow(&set, tg_str_of(name), (uint8_t *)bytes, 6, &index), TG_OK);
  name[0] = 'X'; /* names are copied, borrowed texts are not */
  bytes[0] = 'B';
  ck_assert_uint_eq(*tg_sources_at(&set, set.list.at[index].base), 'B');
  ck_assert(tg_str_is(set.list.at[index].name, "name"));
  ck_assert_uint_eq(set.list.at[index].owned, 0);
  uint8_t *mine = tg_mem_zalloc(&mem, 200);
  ck_assert_int_eq(tg_sources_take(&set, TG_STR(""), mine, 100, 200, &index), TG_OK);
  ck_assert_uint_eq(set.list.at[index].owned, 200);
  tg_source *copy = add("copy", bytes, 3);
  bytes[1] = 'O';
  ck_assert_mem_eq(copy->text, "Bor", 4);
  tg_sources_reset(&set);
  ck_assert_uint_eq(set.list.n, 0);
  ck_assert_ptr_null(tg_sources_of(&set, 0));
  ck_assert_uint_eq(add("again", "x", 1)->base, 0);
}
END_TEST

START_TEST(the_address_space_ends) {
  uint8_t padded[64] = {0};
  uint32_t index = 7;
  /* nobody reads what is borrowed here: only the bookkeeping is asked */
  ck_assert_int_eq(tg_sources_borrow(&set, TG_STR("big"), padded, SIZE_MAX, &index), TG_LIMIT);
  ck_assert_int_eq(tg_sources_borrow(&set, TG_STR("big"), padded, TG_MAX_SOURCE_BYTES + 1ull, &index),
                   TG_LIMIT);
  ck_assert_int_eq(tg_sources_add(&set, TG_STR("big"), padded, SIZE_MAX, &index), TG_LIMIT);
  ck_assert_uint_eq(index, 7);
  ck_assert(!mem.failed); /* it is not the memory that ended */
  ck_assert_int_eq(tg_sources_borrow(&set, TG_STR("half"), padded, 0x80000000u, &index), TG_OK);
  ck_assert_int_eq(tg_sources_borrow(&set, TG_STR("half"), padded, 0x80000000u, &index), TG_LIMIT);
  ck_assert_int_eq(tg_sources_borrow(&set, TG_STR("rest"), padded, 0x7fe00000u, &index), TG_OK);
  while (tg_sources_borrow(&set, TG_STR("small"), padded, 0, &index) == TG_OK) ck_assert_uint_lt(index, 1000);
  ck_assert_uint_le((uint64_t)set.pages.n << TG_PAGE_BITS, TG_MAX_SOURCE_BYTES);
  ck_assert_uint_ge((uint64_t)set.pages.n << TG_PAGE_BITS, TG_MAX_SOURCE_BYTES - 0x20000u);
  ck_assert_ptr_null(tg_sources_of(&set, UINT32_MAX));
}
END_TEST

START_TEST(places_are_lines_and_code_points) {
  const char *text = "first\n\xe1\xba\xbf\xe1\xba\xbfx\n\nlast \xf0\x9f\x98\x80!";
  static const struct {
    uint32_t offset, line, column;
  } cases[] = {{0, 1, 1},  {5, 1, 6},  {6, 2, 1},  {9, 2, 2},  {12, 2, 3}, {13, 2, 4},
               {14, 3, 1}, {15, 4, 1}, {20, 4, 6}, {24, 4, 7}, {25, 4, 8}, {60, 4, 8}};
  add("before", "xyz", 3);
  tg_source *s = add("places", text, strlen(text));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    tg_place p = tg_sources_place(&set, s->base + cases[i].offset);
    ck_assert(tg_str_is(p.file, "places"));
    ck_assert_msg(p.line == cases[i].line && p.column == cases[i].column, "%u is %u:%u", cases[i].offset,
                  p.line, p.column);
  }
  tg_place none = tg_sources_place(&set, UINT32_MAX);
  ck_assert(none.line == 0 && none.column == 0 && none.file.n == 0);
  ck_assert_uint_eq(tg_sources_place(&set, 10u << TG_PAGE_BITS).line, 0);
  tg_place empty = tg_sources_place(&set, add("empty", "", 0)->base);
  ck_assert(empty.line == 1 && empty.column == 1);
  tg_source *marked = add("marked",
                          "\xef\xbb\xbf"
                          "ab\nc",
                          7); /* nobody counts a byte order mark */
  static const uint32_t columns[] = {1, 1, 1, 1, 2, 3, 1};
  for (uint32_t i = 0; i < 7; i++) {
    tg_place p = tg_sources_place(&set, marked->base + i);
    ck_assert_msg(p.line == (i < 6 ? 1 : 2) && p.column == columns[i], "%u is %u:%u", i, p.line, p.column);
  }
}
END_TEST

START_TEST(places_agree_with_counting) {
  enum { N = 40000 };
  char *text = malloc(N);
  uint32_t random = 99, line = 1, column = 1;
  for (size_t i = 0; i < N;) { /* long lines of characters of 1, 2 and 3 bytes, across the marks */
    random = random * 1103515245u + 12345u;
    unsigned pick = random >> 16 & 1023;
    uint32_t cp = pick == 0 ? '\n' : pick < 300 ? 'a' : pick < 600 ? 0xe9 : 0x1ebf;
    uint8_t out[4];
    unsigned n = tg_utf8_put(cp, out);
    if (i + n > N) {
      n = 1;
      out[0] = '.';
    }
    memcpy(text + i, out, n);
    i += n;
  }
  tg_source *s = add("long", text, N);
  uint32_t second = add("second", "x\ny\n", 4)->base;
  s = &set.list.at[0];
  ck_assert_uint_eq(tg_sources_place(&set, second).line, 1);
  ck_assert_uint_eq(tg_sources_place(&set, s->base).line, 1);
  uint64_t used = mem.used;
  for (uint32_t i = 0; i < N; i++) {
    if (((uint8_t)text[i] & 0xc0) == 0x80) continue;
    tg_place p = tg_sources_place(&set, s->base + i);
    if (p.line != line || p.column != column)
      ck_abort_msg("%u: %u:%u, not %u:%u", i, p.line, p.column, line, column);
    column++;
    if (text[i] == '\n') line++, column = 1;
  }
  ck_assert_uint_eq(tg_sources_place(&set, second + 2).line, 2);
  ck_assert_uint_eq(mem.used, used); /* further questions make nothing */
  free(text);
}
END_TEST

START_TEST(digests_are_of_the_text) {
  uint8_t want[32];
  tg_source *s = add("a", "abc", 3);
  tg_sha256("abc", 3, want);
  ck_assert_mem_eq(tg_source_sha256(&set, s), want, 32);
  ck_assert(s->hashed);
  ck_assert_mem_eq(tg_source_sha256(&set, s), want, 32);
  tg_sha256("", 0, want);
  ck_assert_mem_eq(tg_source_sha256(&set, add("b", "", 0)), want, 32);
}
END_TEST

static bool use_sources(tg_mem *m) {
  tg_sources s;
  bool fine = true;
  uint32_t index;
  tg_sources_init(&s, m);
  for (int i = 0; i < 20; i++) {
    tg_status st = tg_sources_add(&s, TG_STR("some name"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", 20, &index);
    if (st != TG_OK && st != TG_NOMEM) ck_abort_msg("status %d", st);
    fine = fine && st == TG_OK;
  }
  for (uint32_t i = 0; i < s.list.n; i++) {
    tg_place p = tg_sources_place(&s, s.list.at[i].base + 4);
    if (p.line != 0 && (p.line != 3 || p.column != 1)) ck_abort_msg("a wrong place after a refusal");
    fine = fine && p.line == 3;
  }
  tg_sources_done(&s);
  return fine;
}

START_TEST(sources_survive_refusals) {
  uint64_t steps = 0;
  const char *wrong = failing_run(use_sources, &steps);
  ck_assert_msg(wrong == NULL, "%s", wrong);
  ck_assert_uint_gt(steps, 20);
}
END_TEST

Suite *source_suite(void) {
  Suite *s = suite_create("source");
  TCase *c = tcase_create("source");
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, pages_hold_text_and_padding);
  tcase_add_test(c, texts_are_copied_borrowed_and_taken);
  tcase_add_test(c, the_address_space_ends);
  tcase_add_test(c, places_are_lines_and_code_points);
  tcase_add_test(c, places_agree_with_counting);
  tcase_add_test(c, digests_are_of_the_text);
  tcase_add_test(c, sources_survive_refusals);
  suite_add_tcase(s, c);
  return s;
}
