/* Texts, UTF-8, digests, names, suggestions. */
#include "base/text.h"
#include "failing_alloc.h"
#include "suites.h"

#include <stdio.h>

START_TEST(texts_compare_by_bytes) {
  ck_assert(tg_str_eq(TG_STR(""), (tg_str){NULL, 0}));
  ck_assert(tg_str_eq(TG_STR("ab"), TG_STR("ab")));
  ck_assert(!tg_str_eq(TG_STR("ab"), TG_STR("abc")));
  ck_assert(!tg_str_eq(TG_STR("ab"), TG_STR("ac")));
  ck_assert(tg_str_is(TG_STR("ab"), "ab") && !tg_str_is(TG_STR("ab"), "abc") &&
            tg_str_is((tg_str){NULL, 0}, ""));
  ck_assert_int_eq(tg_str_cmp(TG_STR("a"), TG_STR("a")), 0);
  ck_assert_int_lt(tg_str_cmp(TG_STR("a"), TG_STR("b")), 0);
  ck_assert_int_lt(tg_str_cmp(TG_STR("a"), TG_STR("ab")), 0);
  ck_assert_int_gt(tg_str_cmp(TG_STR("ab"), TG_STR("a")), 0);
  ck_assert_int_gt(tg_str_cmp(TG_STR("\xf0\x9f\x98\x80"), TG_STR("\xef\xbf\xbd")),
                   0); /* not as UTF-16 orders */
  ck_assert_int_lt(tg_str_cmp((tg_str){NULL, 0}, TG_STR("a")), 0);
  ck_assert_uint_eq(tg_str_of(NULL).n, 0);
  ck_assert_uint_eq(tg_str_of("four").n, 4);
}
END_TEST

/* ---- UTF-8 ---- */

static const struct {
  const char *bytes;
  size_t n, bad; /* bad == n: valid */
} utf8_cases[] = {
    {"", 0, 0},
    {"plain", 5, 5},
    {"a\0b", 3, 3},
    {"\xc3\xa9", 2, 2},
    {"\xe1\xba\xbf", 3, 3},
    {"\xf0\x9f\x98\x80", 4, 4},
    {"\xf4\x8f\xbf\xbf", 4, 4},         /* U+10FFFF */
    {"\xed\x9f\xbf\xee\x80\x80", 6, 6}, /* around the surrogates */
    {"\xc0\x80", 2, 0},                 /* overlong */
    {"\xc1\xbf", 2, 0},
    {"\xe0\x9f\xbf", 3, 0},
    {"\xf0\x8f\xbf\xbf", 4, 0},
    {"\xed\xa0\x80", 3, 0}, /* surrogates */
    {"\xed\xbf\xbf", 3, 0},
    {"\xf4\x90\x80\x80", 4, 0}, /* beyond U+10FFFF */
    {"\xf5\x80\x80\x80", 4, 0},
    {"\xff", 1, 0},
    {"\x80", 1, 0}, /* nothing to continue */
    {"a\xbf", 2, 1},
    {"\xc3", 1, 0}, /* truncated */
    {"ab\xe1\xba", 4, 2},
    {"ab\xf0\x9f\x98", 5, 2},
    {"\xe1\x41\xbf", 3, 0},
    {"\xf0\x9f\x41\x80", 4, 0},
    {"12345678\x80", 9, 8},
    {"1234567\x80"
     "12345678",
     16, 7},
    {"12345678\xc3\xa9"
     "12345678",
     18, 18},
};

START_TEST(utf8_is_checked) {
  size_t n = utf8_cases[_i].n;
  uint8_t *exact = malloc(n ? n : 1); /* nothing readable behind: a sanitizer sees a byte too far */
  memcpy(exact, utf8_cases[_i].bytes, n);
  ck_assert_uint_eq(tg_utf8_bad(exact, n), utf8_cases[_i].bad);
  free(exact);
}
END_TEST

/* Every string of up to three bytes, against the definition written down another way. */
static bool valid_by_decoding(const uint8_t *p, size_t n) {
  for (size_t i = 0; i < n;) {
    uint32_t c = p[i++], least;
    unsigned more = c < 0x80             ? 0
                    : (c & 0xe0) == 0xc0 ? 1
                    : (c & 0xf0) == 0xe0 ? 2
                    : (c & 0xf8) == 0xf0 ? 3
                                         : 9;
    if (more == 9) return false;
    static const uint32_t leasts[] = {0, 0x80, 0x800, 0x10000}, masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    least = leasts[more];
    c &= masks[more];
    for (; more > 0; more--) {
      if (i == n || (p[i] & 0xc0) != 0x80) return false;
      c = c << 6 | (p[i++] & 0x3f);
    }
    if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return false;
  }
  return true;
}

START_TEST(utf8_agrees_with_the_definition) {
  for (uint32_t w = 0; w < 1u << 24; w++) {
    uint8_t p[3] = {(uint8_t)(w >> 16), (uint8_t)(w >> 8), (uint8_t)w};
    if ((tg_utf8_bad(p, 3) == 3) != valid_by_decoding(p, 3)) ck_abort_msg("%06x", w);
  }
  for (uint32_t w = 0; w < 1u << 24; w++) { /* four bytes: every lead and second, the tails by their edges */
    static const uint8_t edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    uint32_t a = w / 65536, b = w / 256 % 256, t = w % 256;
    if (t >= 100) continue;
    uint8_t p[4] = {(uint8_t)a, (uint8_t)b, edges[t / 10], edges[t % 10]};
    if ((tg_utf8_bad(p, 4) == 4) != valid_by_decoding(p, 4))
      ck_abort_msg("%02x%02x%02x%02x", p[0], p[1], p[2], p[3]);
  }
}
END_TEST

START_TEST(code_points_round_trip) {
  for (uint32_t cp = 0; cp < 0x110000; cp++) {
    if (cp >= 0xd800 && cp < 0xe000) continue;
    uint8_t out[4];
    unsigned len, n = tg_utf8_put(cp, out);
    if (tg_utf8_bad(out, n) != n || tg_utf8_get(out, out + n, &len) != cp || len != n ||
        tg_utf8_count(out, n) != 1)
      ck_abort_msg("U+%04X", cp);
  }
  unsigned len;
  const uint8_t broken[] = {0xe1, 0xba};
  ck_assert_uint_eq(tg_utf8_get(broken, broken + 2, &len), 0xfffd);
  ck_assert_uint_eq(len, 1);
}
END_TEST

START_TEST(code_points_are_counted) {
  char text[64];
  ck_assert_uint_eq(tg_utf8_count("", 0), 0);
  for (size_t n = 0; n <= 40; n++) { /* across the steps of eight bytes, at every offset */
    for (size_t at = 0; at < 8; at++) {
      size_t want = 0;
      for (size_t i = 0; i < n; i++) {
        text[at + i] = "\xe1\xba\xbf"
                       "a"[i % 4];
        want += ((uint8_t)text[at + i] & 0xc0) != 0x80;
      }
      ck_assert_uint_eq(tg_utf8_count(text + at, n), want);
    }
  }
}
END_TEST

/* ---- digests ---- */

START_TEST(sha256_of_known_texts) {
  static const struct {
    const char *text, *hex;
  } cases[] = {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
               {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
               {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint8_t digest[32];
    char hex[65];
    tg_sha256(cases[i].text, strlen(cases[i].text), digest);
    tg_hex(digest, 32, hex);
    ck_assert_str_eq(hex, cases[i].hex);
  }
  uint8_t digest[32];
  tg_sha256(NULL, 0, digest);
  ck_assert_uint_eq(digest[0], 0xe3);
}
END_TEST

START_TEST(siphash_of_the_reference) {
  /* SipHash-2-4 with key 00..0f over 00..3e, from the reference implementation */
  tg_seed seed;
  uint8_t text[15];
  for (uint8_t i = 0; i < 16; i++) seed.bytes[i] = i;
  for (uint8_t i = 0; i < 15; i++) text[i] = i;
  ck_assert_uint_eq(tg_siphash(&seed, text, 15), UINT64_C(0xa129ca6149be45e5));
  ck_assert_uint_eq(tg_siphash(&seed, NULL, 0), UINT64_C(0x726fdb47dd0e0e31));
}
END_TEST

START_TEST(seeds_differ) {
  tg_seed a, b;
  ck_assert_int_eq(tg_seed_fresh(&a), TG_OK);
  ck_assert_int_eq(tg_seed_fresh(&b), TG_OK);
  ck_assert_mem_ne(a.bytes, b.bytes, 16);
}
END_TEST

/* ---- names ---- */

START_TEST(names_are_numbered_in_order) {
  tg_mem mem;
  tg_names t;
  tg_mem_init(&mem, NULL, 0);
  ck_assert_int_eq(tg_names_init(&t, &mem), TG_OK);
  ck_assert_uint_eq(tg_names_find(&t, TG_STR("a")), TG_NO_NAME);
  for (int round = 0; round < 2; round++) {
    for (uint32_t i = 0; i < 3000; i++) {
      char name[16];
      uint32_t n = (uint32_t)snprintf(name, sizeof name, "name%u", i);
      ck_assert_uint_eq(tg_names_add(&t, (tg_str){name, n}), i);
    }
  }
  ck_assert_uint_eq(tg_names_find(&t, TG_STR("name2999")), 2999);
  ck_assert_uint_eq(tg_names_find(&t, TG_STR("name3000")), TG_NO_NAME);
  ck_assert(tg_str_is(tg_names_get(&t, 17), "name17"));
  ck_assert_int_eq(tg_names_get(&t, 17).at[tg_names_get(&t, 17).n], 0); /* a NUL behind each */
  uint32_t empty = tg_names_add(&t, (tg_str){NULL, 0});
  ck_assert_uint_eq(tg_names_add(&t, TG_STR("")), empty);
  ck_assert_uint_ne(tg_names_add(&t, TG_STR("a\0b")), tg_names_add(&t, TG_STR("a")));
  tg_names_reset(&t);
  ck_assert_uint_eq(tg_names_find(&t, TG_STR("name17")), TG_NO_NAME);
  ck_assert_uint_eq(tg_names_add(&t, TG_STR("name17")), 0);
  tg_names_done(&t);
  tg_names_done(&t);
  ck_assert_uint_eq(mem.used, 0);
}
END_TEST

static bool use_names(tg_mem *m) {
  tg_names t;
  bool fine = tg_names_init(&t, m) == TG_OK;
  for (uint32_t i = 0; i < 200; i++) {
    char name[120];
    uint32_t n =
        (uint32_t)snprintf(name, sizeof name, "%u and a long tail so that the arena grows: %040u", i, i);
    uint32_t got = tg_names_add(&t, (tg_str){name, n});
    if (got == TG_NO_NAME)
      fine = false;
    else if (tg_names_find(&t, (tg_str){name, n}) != got ||
             !tg_str_eq(tg_names_get(&t, got), (tg_str){name, n}))
      ck_abort_msg("a name is lost after a refusal");
  }
  tg_names_done(&t);
  return fine;
}

START_TEST(names_survive_refusals) {
  uint64_t steps = 0;
  const char *wrong = failing_run(use_names, &steps);
  ck_assert_msg(wrong == NULL, "%s", wrong);
  ck_assert_uint_gt(steps, 4);
}
END_TEST

/* ---- suggestions ---- */

START_TEST(the_nearest_word_is_found) {
  const tg_str words[] = {TG_STR("criticality"), TG_STR("tier"), TG_STR("owner"), TG_STR("kt"),
                          TG_STR("likelihood")};
  static const struct {
    const char *word;
    int want;
  } cases[] = {
      {"citicality", 0},
      {"criticalty", 0},
      {"criticailty", 0},
      {"criticality_", 0},
      {"tire", 1},
      {"teir", 1},
      {"onwer", 2},
      {"ownr", 2},
      {"liklihood", 4},
      {"livelihood", 4},
      {"k", 3},
      {"xyzzy", -1},
      {"criticality", -1}, /* itself is no suggestion */
      {"", -1},
      {"completelydifferent", -1},
      {"tent", -1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_msg(tg_nearest(tg_str_of(cases[i].word), words, 5) == cases[i].want, "%s gives %d",
                  cases[i].word, tg_nearest(tg_str_of(cases[i].word), words, 5));
  ck_assert_int_eq(tg_nearest(TG_STR("a"), NULL, 0), -1);
  char longer[200];
  memset(longer, 'a', sizeof longer);
  const tg_str long_words[] = {{longer, 199}, {longer, 64}};
  ck_assert_int_eq(tg_nearest((tg_str){longer, 200}, long_words, 1), -1); /* too long for the table */
  ck_assert_int_eq(tg_nearest((tg_str){longer, 63}, long_words, 2), 1);
}
END_TEST

/* Edits by plain recursion, for short words. */
static unsigned edits(const char *a, size_t n, const char *b, size_t m) {
  if (n == 0 || m == 0) return (unsigned)(n + m);
  unsigned best = edits(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
  unsigned x = edits(a, n - 1, b, m) + 1, y = edits(a, n, b, m - 1) + 1;
  if (x < best) best = x;
  if (y < best) best = y;
  if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1] &&
      (x = edits(a, n - 2, b, m - 2) + 1) < best)
    best = x;
  return best;
}

START_TEST(nearness_agrees_with_the_definition) {
  uint32_t random = 12345;
  for (int round = 0; round < 3000; round++) {
    char a[8], b[8];
    size_t n = 0, m = 0;
    for (; n < 3 + (random >> 16) % 4; n++)
      a[n] = (char)('a' + ((random = random * 1103515245u + 12345u) >> 16) % 3);
    for (; m < 1 + (random >> 18) % 6; m++)
      b[m] = (char)('a' + ((random = random * 1103515245u + 12345u) >> 16) % 3);
    unsigned e = edits(a, n, b, m), limit = (unsigned)(n / 3);
    tg_str word = {a, (uint32_t)n}, candidate = {b, (uint32_t)m};
    int want = e > 0 && e <= limit ? 0 : -1;
    if (tg_nearest(word, &candidate, 1) != want) ck_abort_msg("%.*s %.*s: %u edits", (int)n, a, (int)m, b, e);
  }
}
END_TEST

Suite *text_suite(void) {
  Suite *s = suite_create("text");
  TCase *c = tcase_create("text");
  tcase_set_timeout(c, 120);
  tcase_add_test(c, texts_compare_by_bytes);
  tcase_add_loop_test(c, utf8_is_checked, 0, sizeof utf8_cases / sizeof *utf8_cases);
  tcase_add_test(c, utf8_agrees_with_the_definition);
  tcase_add_test(c, code_points_round_trip);
  tcase_add_test(c, code_points_are_counted);
  tcase_add_test(c, sha256_of_known_texts);
  tcase_add_test(c, siphash_of_the_reference);
  tcase_add_test(c, seeds_differ);
  tcase_add_test(c, names_are_numbered_in_order);
  tcase_add_test(c, names_survive_refusals);
  tcase_add_test(c, the_nearest_word_is_found);
  tcase_add_test(c, nearness_agrees_with_the_definition);
  suite_add_tcase(s, c);
  return s;
}
