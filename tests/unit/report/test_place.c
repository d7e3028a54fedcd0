/* Places as other programs read them: regions in UTF-16 columns, URIs (place.c). */
#include "lab.h"

#include "report/place.h"

TCase *place_cases(void);

/* The region of the value at `mark` in `text` (the mark itself is taken out). */
static tg_region region(tg_sources *s, const char *name, const char *text, tg_region_cursor *cursor) {
  char clean[1024];
  uint32_t index;
  size_t at = strcspn(text, "\x01");
  memcpy(clean, text, at);
  strcpy(clean + at, text + at + 1);
  ck_assert_int_eq(tg_sources_add(s, tg_str_of(name), clean, strlen(clean), &index), TG_OK);
  tg_region r;
  ck_assert(tg_region_of(s, s->list.at[index].base + (uint32_t)at, cursor, &r));
  return r;
}

START_TEST(regions_end_with_their_token) {
  static const struct {
    const char *name, *text, *token;
    uint32_t line, start;
  } rows[] = {
      {"f.yaml", "a: \1no # why\n", "no", 1, 4},
      {"f.yaml", "a: 1\r\nb: \1two words  \r\nc: 2", "two words", 2, 4},
      {"f.yaml", "a: \1it's, fine [here]: no", "it's, fine [here]", 1, 4},
      {"f.yaml", "a: {b: \1x y, c: 2}", "x y", 1, 8},
      {"f.yaml", "a: [don't, \1x]", "x", 1, 12},
      {"f.yaml", "a: ['x]', \1y, z]", "y", 1, 11},
      {"f.yaml", "a: ['it''s, [', \1y, z]", "y", 1, 17},
      {"f.yaml", "a: \1'it''s' # c", "'it''s'", 1, 4},
      {"f.yaml", "a: \1\"x\\\"y\" # c", "\"x\\\"y\"", 1, 4},
      {"f.yaml", "a: \1\"over\n  lines\"", "\"over", 1, 4},
      {"f.yaml", "a:\n  \1b: 1\n", "b", 2, 3},
      {"f.yaml", "a:\n  \1- b\n", "-", 2, 3},
      {"f.yaml", "a: \1{b: '}', c: [1]} # c", "{b: '}', c: [1]}", 1, 4},
      {"f.yaml", "a: \1[1,\n  2]", "[1,", 1, 4},
      {"f.yaml", "a: \1|\n  text\n", "|", 1, 4},
      {"f.yaml", "\U0001f600\u00e9: \1\u6f22\U0001f600", "\u6f22\U0001f600", 1, 6},
      {"f.json", "{\"a\": \"\\u00e9\", \"b\": \1false}", "false", 1, 22},
      {"f.json", "[{\"a\":\1\"x, y\"}]", "\"x, y\"", 1, 7},
      {"f.json", "{\"a\":\1 1}", " 1", 1, 6}, /* no value begins with a blank; nothing breaks either */
      {"f.csv", "id,ok\na,\1no,x\n", "no", 2, 3},
      {"f.csv", "id,ok\na,\1\"x,\"\"y\",x\n", "\"x,\"\"y\"", 2, 3},
      {"f.csv", "id,ok\na,\1\n", "", 2, 3},
      {"f.yaml", "a: 1\n\1", "", 2, 1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tg_mem mem;
    tg_sources s;
    tg_mem_init(&mem, NULL, 0);
    tg_sources_init(&s, &mem);
    tg_region_cursor cursor = {0};
    tg_region r = region(&s, rows[i].name, rows[i].text, &cursor);
    ck_assert_msg(tg_str_is(r.text, rows[i].token), "row %zu: `%.*s`", i, TG_STR_ARG(r.text));
    ck_assert_msg(r.line == rows[i].line && r.start == rows[i].start, "row %zu: %u:%u", i, r.line, r.start);
    ck_assert_uint_eq(r.end - r.start, tg_utf16_count(rows[i].token, strlen(rows[i].token)));
    tg_sources_done(&s);
  }
}
END_TEST

/* Forwards, backwards, another line: the cursor gives what counting from the beginning gives. */
START_TEST(the_cursor_does_not_matter) {
  const char *text = "{\"a\": \"\xf0\x9f\x98\x80 [\", \"b\": [{\"c\": 1}, \"it's\", {\"d\": 2}], \"e\": "
                     "3}\n{\"a\": [1, 2]}\n";
  tg_mem mem;
  tg_sources s;
  uint32_t index, n = (uint32_t)strlen(text);
  tg_mem_init(&mem, NULL, 0);
  tg_sources_init(&s, &mem);
  ck_assert_int_eq(tg_sources_add(&s, TG_STR("f.json"), text, n, &index), TG_OK);
  tg_region_cursor cursor = {0};
  for (uint32_t k = 0; k < 3 * n; k++) {
    uint32_t at = k < n ? k : k * 7 % n; /* first in order, then jumping */
    if (((uint8_t)text[at] & 0xc0) == 0x80) continue;
    tg_region_cursor fresh = {0};
    tg_region with, without;
    ck_assert(tg_region_of(&s, s.list.at[0].base + at, &cursor, &with));
    ck_assert(tg_region_of(&s, s.list.at[0].base + at, &fresh, &without));
    ck_assert_uint_eq(with.start, without.start);
    ck_assert_uint_eq(with.end, without.end);
  }
  tg_region r;
  ck_assert(!tg_region_of(&s, TG_NOWHERE, &cursor, &r));
  tg_sources_done(&s);
}
END_TEST

START_TEST(long_values_are_shown_by_their_beginning) {
  tg_mem mem;
  tg_sources s;
  static char text[10000];
  uint32_t index;
  strcpy(text, "a: ");
  for (int i = 0; i < 2000; i++) strcat(text, "\U0001f600");
  tg_mem_init(&mem, NULL, 0);
  tg_sources_init(&s, &mem);
  ck_assert_int_eq(tg_sources_add(&s, TG_STR("f.yaml"), text, strlen(text), &index), TG_OK);
  tg_region_cursor cursor = {0};
  tg_region r;
  ck_assert(tg_region_of(&s, s.list.at[0].base + 3, &cursor, &r));
  ck_assert_uint_eq(r.end - r.start, 240);
  ck_assert_uint_eq(r.text.n, 480); /* 120 characters of two units and four bytes */
  ck_assert_uint_eq(r.around.n, 0);
  tg_sources_done(&s);
}
END_TEST

START_TEST(files_become_uris) {
  static const struct {
    const char *root, *prefix, *file, *uri;
    bool relative;
  } rows[] = {
      {"/r", "", "a/b.yaml", "a/b.yaml", true},
      {"/r", "sub", "./b.yaml", "sub/b.yaml", true},
      {"/r", "sub", "../b.yaml", "b.yaml", true},
      {"/r", "", "/r/a.yaml", "a.yaml", true},
      {"/r/s", "", "../../x.yaml", "file:///x.yaml", false},
      {"/r/s", "t", "../../x y.yaml", "file:///r/x%20y.yaml", false},
      {"", "", "../x.yaml", "../x.yaml", true},
      {"/r", "", "/q/a b.yaml", "file:///q/a%20b.yaml", false},
      {"/r", "", "a:b.yaml", "a%3Ab.yaml", true},
      {"/r", "", "a%20#?[x]\\y.yaml", "a%2520%23%3F%5Bx%5D%5Cy.yaml", true},
      {"/r", "", "\u00e9\n.yaml", "%C3%A9%0A.yaml", true},
      {"/r", "sub", "<stdin>", "%3Cstdin%3E", true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tg_mem mem;
    tg_buf b;
    tg_mem_init(&mem, NULL, 0);
    tg_buf_init(&b, &mem);
    tg_report_options o = {.root = tg_str_of(rows[i].root), .prefix = tg_str_of(rows[i].prefix)};
    ck_assert_int_eq(tg_report_uri(&b, &o, tg_str_of(rows[i].file)), rows[i].relative);
    ck_assert_str_eq(b.at, rows[i].uri);
    tg_buf_done(&b);
  }
}
END_TEST

TCase *place_cases(void) {
  TCase *c = tcase_create("place");
  tcase_add_test(c, regions_end_with_their_token);
  tcase_add_test(c, the_cursor_does_not_matter);
  tcase_add_test(c, long_values_are_shown_by_their_beginning);
  tcase_add_test(c, files_become_uris);
  return c;
}
