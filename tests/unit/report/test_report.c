/* What reports are written with: text_out.c (text from strangers made harmless, wrapping, bars) and json_out.c.  The reports themselves
 * (text.c, json.c, ndjson.c, formats.c) are golden cases of the command line and are checked against the published schema. */
#include "lab.h"

#include "../../suite.h"
#include "report/json_out.h"
#include "report/tap_out.h"
#include "report/text_out.h"
#include "report/xml_out.h"

#include <stdlib.h>

TCase *place_cases(void); /* test_place.c */

static tg_mem mem;
static tg_buf b;

static void setup(void) {
  tg_mem_init(&mem, NULL, 0);
  tg_buf_init(&b, &mem);
}
static void teardown(void) {
  tg_buf_done(&b);
  ck_assert_uint_eq(mem.used, 0);
}

static const char *safe(const char *text, size_t n) {
  tg_buf_clear(&b);
  tg_text_safe(&b, (tg_str){text, (uint32_t)n});
  return b.n ? b.at : "";
}
#define SAFE(text) safe(text, sizeof(text) - 1)

START_TEST(texts_cannot_command) {
  ck_assert_str_eq(SAFE("plain, é, 漢"), "plain, é, 漢");
  ck_assert_str_eq(SAFE("::set-output name=x::y"), ": :set-output name=x: :y");
  ck_assert_str_eq(SAFE(":::"), ": : :");
  ck_assert_str_eq(SAFE("##[error]x"), "# #[error]x");
  ck_assert_str_eq(SAFE("##vso[task.x]"), "# #vso[task.x]");
  ck_assert_str_eq(SAFE("##teamcity[x"), "# #teamcity[x");
  ck_assert_str_eq(SAFE("### plain ## [x"), "### plain ## [x");
  ck_assert_str_eq(SAFE(" :x"),
                   " : x"); /* words of ours may follow: the first colon of a line stands alone */
  ck_assert_str_eq(SAFE("a:b"), "a:b");
  /* some runners compare as people do, who do not see a soft hyphen or a selector between two characters */
  ck_assert_str_eq(SAFE("x:\xc2\xad:y"), "x: \\u{ad}:y");
  ck_assert_str_eq(SAFE("#\xef\xb8\x8f#[x"), "# \xef\xb8\x8f#[x");
  ck_assert_str_eq(SAFE("a\nb\r\tc"), "a b  c");
  ck_assert_str_eq(SAFE("\033[31m"), "\\u{1b}[31m");
  ck_assert_str_eq(SAFE("\x07\x7f"), "\\u{7}\\u{7f}");
  ck_assert_str_eq(SAFE("\xc2\x9b"), "\\u{9b}"); /* C1: a terminal's escape in one character */
  ck_assert_str_eq(SAFE("a\xe2\x80\xae"
                        "b"),
                   "a\\u{202e}b"); /* right to left from here */
  ck_assert_str_eq(SAFE("\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf"), "\\u{2066}\\u{200b}\\u{feff}");
  ck_assert_str_eq(safe("a\0b", 3), "a\\u{0}b");
}
END_TEST

/* No byte sequence gives a control character, whatever is put in. */
START_TEST(no_text_gives_a_control) {
  for (uint32_t cp = 0; cp < 0x3000; cp++) {
    if (cp >= 0xd800 && cp < 0xe000) continue;
    uint8_t utf8[4];
    unsigned n = tg_utf8_put(cp, utf8);
    const char *out = safe((const char *)utf8, n);
    for (const char *p = out; *p; p++) ck_assert_msg((unsigned char)*p >= 0x20 && *p != 0x7f, "U+%04X", cp);
    ck_assert_uint_eq(tg_utf8_bad(out, strlen(out)), strlen(out));
  }
}
END_TEST

START_TEST(halves_of_characters_do_not_get_out) {
  const char *text = "ab\xe6\xbc\xa2";
  ck_assert_uint_eq(tg_text_cut((tg_str){text, 5}, 5).n, 5);
  for (uint32_t n = 2; n < 5; n++) ck_assert_uint_eq(tg_text_cut((tg_str){text, 5}, n).n, 2);
  ck_assert_str_eq(safe(text, 4), "ab\xef\xbf\xbd\xef\xbf\xbd");
}
END_TEST

START_TEST(xml_has_no_character_that_it_must_not) {
  tg_xml_put(&b, TG_STR("a<b>&\"c'\n\t\x01\x1b\x7f\xc2\x9b\xef\xbf\xbf\xe2\x80\xae ##[x] ## y"));
  ck_assert_str_eq(b.at,
                   "a&lt;b&gt;&amp;&quot;c'&#10;&#9;\xef\xbf\xbd\xef\xbf\xbd&#127;&#155;\xef\xbf\xbd&#8238; "
                   "&#35;#[x] ## y");
}
END_TEST

START_TEST(tap_has_no_directive_that_is_not_ours) {
  tg_tap_put(&b, TG_STR("a # SKIP b \\# TODO\n1..0"));
  ck_assert_str_eq(b.at, "a \\# SKIP b \\\\\\# TODO 1..0");
}
END_TEST

START_TEST(lines_are_wrapped_at_the_width) {
  tg_report_options o = {.width = 20};
  tg_text_wrap(&b, &o, TG_STR("  one two  three four five-and-more-than-a-line six"), 0, 4);
  ck_assert_str_eq(b.at, "one two three four\n    five-and-more-than-a-line\n    six\n");
}
END_TEST

START_TEST(colour_repeats_what_words_say) {
  tg_report_options plain = {0}, colour = {.colour = true};
  tg_text_ink(&b, &plain, TG_INK_RED, "red");
  ck_assert_str_eq(b.at, "red");
  tg_buf_clear(&b);
  tg_text_ink(&b, &colour, TG_INK_RED, "red");
  ck_assert_ptr_nonnull(strstr(b.at, "red"));
  ck_assert_uint_gt(b.n, 3);
}
END_TEST

START_TEST(bars_show_proven_and_possible) {
  tg_report_options o = {.ascii = true};
  tg_text_bar(&b, &o, (tg_interval){{50, 1}, {75, 1}});
  ck_assert_str_eq(b.at, "##########+++++.....");
  tg_buf_clear(&b);
  tg_text_bar(&b, &o, (tg_interval){{100, 1}, {100, 1}});
  ck_assert_str_eq(b.at, "####################");
  tg_buf_clear(&b);
  tg_text_bar(&b, &o, (tg_interval){{0, 0}, {0, 0}});
  ck_assert_str_eq(b.at, "....................");
}
END_TEST

START_TEST(json_escapes_what_must_be) {
  tg_json_put(&b, TG_STR("a\"b\\c\n\t\x01\x7f\xe2\x80\xa8\xe2\x80\xa9é"));
  ck_assert_str_eq(b.at, "\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\\u2028\\u2029é\"");
  tg_buf_clear(&b);
  tg_json_put(&b, TG_STR("\xc2\x9b ##vso[x] # ## y"));
  ck_assert_str_eq(b.at, "\"\\u009b \\u0023#vso[x] # ## y\"");
}
END_TEST

START_TEST(json_is_laid_out) {
  tg_json j;
  tg_json_init(&j, &b, true);
  tg_json_open(&j, NULL, '{');
  tg_json_int(&j, "a", -1);
  tg_json_open(&j, "b", '[');
  tg_json_bool(&j, NULL, true);
  tg_json_null(&j, NULL);
  tg_json_close(&j, ']');
  tg_json_open(&j, "c", '[');
  tg_json_close(&j, ']');
  tg_json_word(&j, "d", NULL);
  tg_json_figure(&j, "e", (tg_figure){200, 3});
  tg_json_figure(&j, "f", (tg_figure){0, 0});
  tg_json_close(&j, '}');
  ck_assert_str_eq(b.at, "{\n  \"a\": -1,\n  \"b\": [\n    true,\n    null\n  ],\n  \"c\": [],\n  \"d\": "
                         "null,\n  \"e\": 66.7,\n  \"f\": null\n}");
  tg_buf_clear(&b);
  tg_json_init(&j, &b, false);
  tg_json_open(&j, NULL, '{');
  tg_json_text(&j, "a", TG_STR("x"));
  tg_json_int(&j, "b", 2);
  tg_json_close(&j, '}');
  ck_assert_str_eq(b.at, "{\"a\": \"x\", \"b\": 2}");
}
END_TEST

START_TEST(formats_are_found_by_name) {
  for (const char *const *name = tg_report_names(); *name != NULL; name++)
    ck_assert_ptr_nonnull(tg_report_find(*name));
  ck_assert_ptr_null(tg_report_find("nothing"));
}
END_TEST

START_TEST(every_report_survives_refused_memory) {
  lab l;
  lab_open(&l, lab_everything);
  lab_assess(&l, lab_everything_facts);
  for (const char *const *name = tg_report_names(); *name != NULL; name++) {
    tg_report_options o = {.verbose = true};
    uint32_t refused = 0;
    for (uint64_t more = 1;; more += 512 + more / 16) { /* so much may be used */
      tg_buf out;
      tg_mem m;
      tg_mem_init(&m, NULL, more);
      tg_buf_init(&out, &m);
      tg_status st = tg_report_find(*name)(&l.a, &o, &out);
      bool failed = out.failed || st != TG_OK;
      tg_buf_done(&out);
      ck_assert_uint_eq(m.used, 0);
      if (!failed) break;
      refused++;
    }
    ck_assert_uint_gt(refused, 0);
  }
  lab_close(&l);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("report");
  tcase_set_timeout(c, 120);
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, texts_cannot_command);
  tcase_add_test(c, no_text_gives_a_control);
  tcase_add_test(c, halves_of_characters_do_not_get_out);
  tcase_add_test(c, xml_has_no_character_that_it_must_not);
  tcase_add_test(c, tap_has_no_directive_that_is_not_ours);
  tcase_add_test(c, lines_are_wrapped_at_the_width);
  tcase_add_test(c, colour_repeats_what_words_say);
  tcase_add_test(c, bars_show_proven_and_possible);
  tcase_add_test(c, json_escapes_what_must_be);
  tcase_add_test(c, json_is_laid_out);
  tcase_add_test(c, formats_are_found_by_name);
  tcase_add_test(c, every_report_survives_refused_memory);
  return run_suite("report", c, place_cases());
}
