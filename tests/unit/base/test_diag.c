/* Diagnostics: severity, caps, excerpts, sorting, writing. */
#include "base/diag.h"
#include "base/limits.h"
#include "failing_alloc.h"
#include "suites.h"

#include <stdio.h>

static tg_mem mem;
static tg_sources set;
static tg_diags diags;
static tg_buf out;

static void setup(void) {
  tg_mem_init(&mem, NULL, 0);
  tg_sources_init(&set, &mem);
  tg_diags_init(&diags, &mem);
  tg_buf_init(&out, &mem);
}

static void teardown(void) {
  tg_buf_done(&out);
  tg_diags_done(&diags);
  tg_sources_done(&set);
  ck_assert_uint_eq(mem.used, 0);
}

static uint32_t add(const char *name, const void *bytes, size_t n) {
  uint32_t index;
  ck_assert_int_eq(tg_sources_add(&set, tg_str_of(name), bytes, n, &index), TG_OK);
  return set.list.at[index].base;
}

static const char *written(uint32_t i) {
  tg_buf_clear(&out);
  tg_diag_write(&diags.list.at[i], false, &out);
  return out.at;
}

START_TEST(the_written_form) {
  uint32_t base = add("file.yaml", "first: 1\nreqiure: x\n", 20);
  tg_diag_at(&diags, TG_E_UNKNOWN_KEY, &set, (tg_span){base + 9, 7}, "no key `%s`", "reqiure");
  tg_diag_hint(&diags, "did you mean `%s`?", "require");
  tg_diag_note_at(&diags, &set, (tg_span){base, 5}, "the gate begins here");
  ck_assert_str_eq(written(0), "file.yaml:2:1: error: no key `reqiure` [TG0201]\n"
                               "    2 | reqiure: x\n"
                               "      | ^^^^^^^\n"
                               "  hint: did you mean `require`?\n"
                               "  note: file.yaml:1:1: the gate begins here\n");
  tg_buf_clear(&out);
  tg_diag_write(&diags.list.at[0], true, &out);
  ck_assert_ptr_nonnull(strstr(out.at, "\033[1;31merror\033[0m: no key"));
  ck_assert_ptr_nonnull(strstr(out.at, "\033[1;31m^^^^^^^\033[0m\n"));
}
END_TEST

START_TEST(without_a_place) {
  tg_diag_at(&diags, TG_E_OPTION, NULL, TG_NO_SPAN, "no gate `%s`", "X-1");
  tg_diag_file(&diags, TG_E_IO, TG_STR("missing.yaml"), "cannot read the file: %s", "No such file");
  tg_diag_at(&diags, TG_E_NUMBER_ROUNDED, &set, TG_NO_SPAN, "text");
  tg_diag_note_at(&diags, NULL, TG_NO_SPAN, "by itself");
  ck_assert_str_eq(written(0), "tollgate: error: no gate `X-1` [TG0007]\n");
  ck_assert_str_eq(written(1), "missing.yaml: error: cannot read the file: No such file [TG0001]\n");
  ck_assert_str_eq(written(2), "tollgate: warning: text [TG0110]\n  note: by itself\n");
}
END_TEST

START_TEST(severity_is_the_codes) {
  for (int strict = 0; strict < 2; strict++) {
    tg_diags_reset(&diags);
    diags.strict = strict;
    tg_diag_at(&diags, TG_E_TYPE, NULL, TG_NO_SPAN, "a");
    tg_diag_at(&diags, TG_E_NUMBER_ROUNDED, NULL, TG_NO_SPAN, "b");
    tg_diag_at(&diags, TG_E_FACT_UNKNOWN, NULL, TG_NO_SPAN, "c");
    ck_assert_int_eq(diags.list.at[0].severity, TG_DIAG_ERROR);
    ck_assert_int_eq(diags.list.at[1].severity, TG_DIAG_WARNING);
    ck_assert_int_eq(diags.list.at[2].severity, strict ? TG_DIAG_ERROR : TG_DIAG_WARNING);
    ck_assert_uint_eq(diags.errors, strict ? 2 : 1);
    ck_assert_uint_eq(diags.warnings, strict ? 1 : 2);
  }
  tg_diags_reset(&diags);
  ck_assert(diags.strict); /* an option, not a diagnostic */
  ck_assert_uint_eq(diags.errors + diags.warnings + diags.list.n, 0);
  ck_assert_str_eq(tg_code_summary(TG_E_TYPE), "types that do not fit");
}
END_TEST

START_TEST(fifty_of_each_are_kept) {
  for (int i = 0; i < TG_MAX_DIAGS + 7; i++) {
    tg_diag_at(&diags, TG_E_NUMBER_ROUNDED, NULL, TG_NO_SPAN, "warning %d", i);
    tg_diag_at(&diags, TG_E_TYPE, NULL, TG_NO_SPAN, "error %d", i);
    tg_diag_hint(&diags, "hint %d", i);
    tg_diag_note_at(&diags, NULL, TG_NO_SPAN, "note %d", i);
  }
  ck_assert_uint_eq(diags.errors, TG_MAX_DIAGS + 7);
  ck_assert_uint_eq(diags.warnings, TG_MAX_DIAGS + 7);
  ck_assert_uint_eq(diags.list.n, 2 * TG_MAX_DIAGS);
  /* what was said of a dropped one did not land on the last that was kept */
  ck_assert(tg_str_is(diags.list.at[2 * TG_MAX_DIAGS - 1].hint, "hint 49"));
  ck_assert_uint_eq(diags.list.at[2 * TG_MAX_DIAGS - 1].note_count, 1);
}
END_TEST

START_TEST(a_hint_without_a_diagnostic_goes_nowhere) {
  tg_diag_hint(&diags, "x");
  tg_diag_note_at(&diags, NULL, TG_NO_SPAN, "y");
  ck_assert_uint_eq(diags.list.n, 0);
  tg_diag_at(&diags, TG_E_TYPE, NULL, TG_NO_SPAN, "z");
  for (int i = 0; i < 5; i++) tg_diag_note_at(&diags, NULL, TG_NO_SPAN, "note %d", i);
  ck_assert_uint_eq(diags.list.at[0].note_count, 2); /* there is room for two */
}
END_TEST

START_TEST(diagnostics_outlive_their_source) {
  uint32_t base = add("gone.yaml", "some: text\n", 11);
  char name[] = "word";
  tg_diag_at(&diags, TG_E_TYPE, &set, (tg_span){base + 6, 4}, "%s", name);
  memset(name, 'x', 4);
  tg_sources_reset(&set);
  ck_assert_str_eq(written(0),
                   "gone.yaml:1:7: error: word [TG0405]\n    1 | some: text\n      |       ^^^^\n");
}
END_TEST

/* Columns of a line as a terminal shows it: here one a code point. */
static void check_caret(const char *text, uint32_t n, uint32_t at, uint32_t len, const char *line,
                        uint32_t caret, uint32_t carets) {
  tg_diags_reset(&diags);
  uint32_t base = add("e", text, n);
  tg_diag_at(&diags, TG_E_TYPE, &set, (tg_span){base + at, len}, "m");
  const tg_diag *d = &diags.list.at[0];
  ck_assert_msg(tg_str_is(d->excerpt, line), "`%.*s` is not `%s`", TG_STR_ARG(d->excerpt), line);
  ck_assert_msg(d->caret == caret && d->carets == carets, "%s: caret %u, %u long", line, d->caret, d->carets);
}

#define BAD "\xef\xbf\xbd"

START_TEST(excerpts_are_safe_and_aligned) {
  check_caret("abc def", 7, 4, 3, "abc def", 4, 3);
  check_caret("abc def", 7, 4, 99, "abc def", 4, 3); /* a span ends with its line */
  check_caret("abc\ndef\nghi", 11, 5, 99, "def", 1, 2);
  check_caret("abc\r\ndef", 8, 1, 99, "abc", 1, 2); /* CRLF is no part of the line */
  check_caret("abc\r", 4, 3, 0, "abc", 3, 1);
  check_caret("abc\n", 4, 3, 0, "abc", 3, 1);   /* the place behind a line's last character */
  check_caret("abc\n", 4, 4, 0, "", 0, 1);      /* behind the last line */
  check_caret("\tx\ty", 4, 3, 1, " x y", 3, 1); /* a tab is one column, as in the column number */
  check_caret("\xe1\xba\xbf\xe1\xba\xbf!", 7, 6, 1, "\xe1\xba\xbf\xe1\xba\xbf!", 2, 1);
  check_caret("\xe1\xba\xbf\xe1\xba\xbf!", 7, 3, 4, "\xe1\xba\xbf\xe1\xba\xbf!", 1, 2);
  check_caret("a\033[2Jb", 6, 5, 1, "a" BAD "[2Jb", 5, 1); /* the terminal's state stays as it is */
  check_caret("a\0b\x7f", 4, 2, 2, "a" BAD "b" BAD, 2, 2);
  check_caret("a\rb", 3, 2, 1, "a" BAD "b", 2, 1); /* a lone CR would overwrite the line */
  check_caret("a\xc2\x9b"
              "31mb",
              7, 6, 1, "a" BAD "31mb", 5, 1); /* CSI as one C1 control */
  check_caret("a\xe2\x80\xae"
              "b",
              5, 4, 1, "a" BAD "b", 2, 1); /* right-to-left override */
  check_caret("\xef\xbb\xbf"
              "a",
              4, 3, 1, "a", 0, 1); /* a byte order mark is no part of the first line */
  check_caret("\xef\xbb\xbf"
              "a",
              4, 1, 1, "a", 0, 1);
  check_caret("a\xef\xbb\xbf"
              "b",
              5, 4, 1, "a" BAD "b", 2, 1); /* but for the first, it is a character that nobody sees */
  check_caret("\x80"
              "a",
              2, 1, 1, BAD "a", 1, 1);
  check_caret("a\x80\xff"
              "b",
              4, 3, 1, "a" BAD BAD "b", 3, 1);    /* bytes that are no UTF-8 */
  check_caret("ab\xef", 3, 2, 1, "ab" BAD, 2, 1); /* cut short inside a character */
  check_caret("ab\xf0\x9f\x98", 5, 2, 3, "ab" BAD BAD BAD, 2, 3);
  check_caret("\xef\xbf\xbd", 3, 0, 3, BAD, 0, 1); /* U+FFFD itself */
}
END_TEST

START_TEST(long_lines_are_cut_around_the_caret) {
  enum { N = 100000 };
  static const uint32_t places[] = {0,   1,   80,  105,  106,     107,    108,    159,  160,
                                    161, 162, 300, 5000, N - 161, N - 54, N - 53, N - 1};
  char *text = malloc(N);
  for (uint32_t i = 0; i < N; i++) text[i] = (char)('a' + i % 26);
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    tg_diags_reset(&diags);
    uint32_t base = add("long", text, N), at = places[i];
    tg_diag_at(&diags, TG_E_TYPE, &set, (tg_span){base + at, 1}, "m");
    const tg_diag *d = &diags.list.at[0];
    ck_assert_uint_eq(d->column, at + 1);
    ck_assert_uint_le(d->excerpt.n, TG_MAX_EXCERPT + 6);
    ck_assert_uint_ge(d->excerpt.n, TG_MAX_EXCERPT);
    ck_assert_uint_lt(d->caret, d->excerpt.n);
    ck_assert_msg(d->excerpt.at[d->caret] == text[at], "%u: the caret is elsewhere", at);
    ck_assert_uint_eq(d->carets, 1);
  }
  /* a line of exactly the limit is shown whole, wherever the caret is */
  for (uint32_t at = 0; at <= TG_MAX_EXCERPT; at++) {
    tg_diags_reset(&diags);
    uint32_t base = add("fits", text, TG_MAX_EXCERPT);
    tg_diag_at(&diags, TG_E_TYPE, &set, (tg_span){base + at, 1}, "m");
    ck_assert_uint_eq(diags.list.at[0].excerpt.n, TG_MAX_EXCERPT);
    ck_assert_uint_eq(diags.list.at[0].caret, at);
  }
  memset(text, 0x80, N); /* no byte begins a character: still bounded */
  tg_diags_reset(&diags);
  uint32_t base = add("hostile", text, N);
  tg_diag_at(&diags, TG_E_UTF8, &set, (tg_span){base + 50000, 10}, "m");
  ck_assert_uint_le(diags.list.at[0].excerpt.n, 3 * TG_MAX_EXCERPT + 6);
  ck_assert_uint_eq(diags.list.at[0].carets, 10);
  free(text);
}
END_TEST

START_TEST(messages_are_safe_and_bounded) {
  tg_diag_at(&diags, TG_E_TYPE, NULL, TG_NO_SPAN, "a \033]0;title\a b\nfake.yaml:1:1: error: x");
  ck_assert_str_eq(written(0),
                   "tollgate: error: a " BAD "]0;title" BAD " b" BAD "fake.yaml:1:1: error: x [TG0405]\n");
  tg_diag_file(&diags, TG_E_IO, TG_STR("ev\033[31mil"), "m");
  ck_assert_str_eq(written(1), "ev" BAD "[31mil: error: m [TG0001]\n");
  char *text = malloc(30001);
  for (int i = 0; i < 10000; i++) memcpy(text + 3 * i, "\xe1\xba\xbf", 3);
  text[30000] = 0;
  tg_diag_at(&diags, TG_E_TYPE, NULL, TG_NO_SPAN, "%s", text);
  tg_diag_hint(&diags, "%s", text);
  const tg_diag *d = &diags.list.at[2];
  ck_assert_uint_eq(d->message.n, TG_MAX_MESSAGE / 3 * 3 + 3);
  ck_assert_uint_eq(tg_utf8_bad(d->message.at, d->message.n), d->message.n);
  ck_assert_mem_eq(d->message.at + d->message.n - 6, "\xe1\xba\xbf...", 6); /* cut between characters */
  ck_assert_uint_eq(d->hint.n, d->message.n);
  free(text);
}
END_TEST

START_TEST(sorting_is_by_place_and_stable) {
  uint32_t a = add("a", "12\n34\n56\n", 9), b = add("b", "12\n34\n56\n", 9);
  /* messages against the order of places: only the place may decide */
  const struct {
    uint32_t at;
    const char *text;
  } order[] = {{b + 3, "a"}, {a + 6, "d"}, {a, "g"}, {b, "c"}, {a + 4, "e"}, {UINT32_MAX, "h"}, {a + 3, "f"}};
  for (size_t i = 0; i < 7; i++)
    tg_diag_at(&diags, TG_E_TYPE, &set, (tg_span){order[i].at, 1}, "%s", order[i].text);
  /* one place: by code, then by message, then as they came */
  tg_diag_at(&diags, TG_E_UNKNOWN_FACT, &set, (tg_span){b + 6, 1}, "z");
  for (int i = 0; i < 3; i++) {
    tg_diag_at(&diags, TG_E_TYPE, &set, (tg_span){b + 6, 1}, "same");
    tg_diag_hint(&diags, "%d", i);
  }
  tg_diag_at(&diags, TG_E_TYPE, &set, (tg_span){b + 6, 1}, "less");
  tg_diags_sort(&diags);
  static const char *const want[] = {"h", "g", "f", "e", "d", "c", "a", "z", "less", "same", "same", "same"};
  for (uint32_t i = 0; i < 12; i++) ck_assert(tg_str_is(diags.list.at[i].message, want[i]));
  for (uint32_t i = 0; i < 3; i++) ck_assert_int_eq(diags.list.at[9 + i].hint.at[0], (int)('0' + i));
}
END_TEST

START_TEST(line_numbers_are_aligned) {
  char text[2000];
  memset(text, '\n', sizeof text);
  memcpy(text + 1500, "word", 4);
  uint32_t base = add("f", text, sizeof text);
  tg_diag_at(&diags, TG_E_TYPE, &set, (tg_span){base + 1500, 4}, "m");
  ck_assert_str_eq(written(0), "f:1501:1: error: m [TG0405]\n 1501 | word\n      | ^^^^\n");
}
END_TEST

static bool use_diags(tg_mem *m) {
  tg_sources s;
  tg_diags d;
  uint32_t index;
  tg_sources_init(&s, m);
  tg_diags_init(&d, m);
  tg_status st = tg_sources_add(&s, TG_STR("f"), "some text\nof two lines\n", 23, &index);
  for (int i = 0; i < 12; i++) {
    tg_diag_at(&d, TG_E_TYPE, st == TG_OK ? &s : NULL, (tg_span){5, 4}, "message %d of some length", i);
    tg_diag_hint(&d, "hint %d", i);
    tg_diag_note_at(&d, st == TG_OK ? &s : NULL, (tg_span){0, 4}, "note %d", i);
    tg_diag_file(&d, TG_E_NUMBER_ROUNDED, TG_STR("other"), "warning %d", i);
  }
  if (d.errors != 12 || d.warnings != 12) ck_abort_msg("the count is lost");
  tg_diags_sort(&d);
  tg_buf b;
  tg_buf_init(&b, m);
  for (uint32_t i = 0; i < d.list.n; i++) tg_diag_write(&d.list.at[i], true, &b);
  bool fine = st == TG_OK && d.list.n == 24 && !b.failed;
  for (uint32_t i = 0; i < d.list.n; i++)
    if (d.list.at[i].message.n == 0 || (d.list.at[i].line == 0 && d.list.at[i].severity == TG_DIAG_ERROR))
      fine = false;
  for (uint32_t i = 0; i < d.list.n; i++) {
    const tg_diag *x = &d.list.at[i];
    if (x->severity == TG_DIAG_ERROR && (x->hint.n == 0 || x->note_count != 1 || x->excerpt.n == 0))
      fine = false;
    if (x->note_count > 0 && (x->notes[0].message.n == 0 || x->notes[0].file.n == 0)) fine = false;
    if (x->file.n == 0) fine = false;
  }
  tg_buf_done(&b);
  tg_diags_done(&d);
  tg_sources_done(&s);
  return fine;
}

START_TEST(diagnostics_survive_refusals) {
  uint64_t steps = 0;
  const char *wrong = failing_run(use_diags, &steps);
  ck_assert_msg(wrong == NULL, "%s", wrong);
  ck_assert_uint_gt(steps, 20);
}
END_TEST

Suite *diag_suite(void) {
  Suite *s = suite_create("diag");
  TCase *c = tcase_create("diag");
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, the_written_form);
  tcase_add_test(c, without_a_place);
  tcase_add_test(c, severity_is_the_codes);
  tcase_add_test(c, fifty_of_each_are_kept);
  tcase_add_test(c, a_hint_without_a_diagnostic_goes_nowhere);
  tcase_add_test(c, diagnostics_outlive_their_source);
  tcase_add_test(c, excerpts_are_safe_and_aligned);
  tcase_add_test(c, long_lines_are_cut_around_the_caret);
  tcase_add_test(c, messages_are_safe_and_bounded);
  tcase_add_test(c, sorting_is_by_place_and_stable);
  tcase_add_test(c, line_numbers_are_aligned);
  tcase_add_test(c, diagnostics_survive_refusals);
  suite_add_tcase(s, c);
  return s;
}
