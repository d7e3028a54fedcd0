/* Counted memory, arenas, vectors, buffers. */
#include "failing_alloc.h"
#include "suites.h"

static tg_mem mem;

static void setup(void) { tg_mem_init(&mem, NULL, 0); }

START_TEST(counts_what_is_handed_out) {
  void *a = tg_mem_alloc(&mem, 100), *b = tg_mem_zalloc(&mem, 50);
  ck_assert_uint_eq(mem.used, 150);
  for (int i = 0; i < 50; i++) ck_assert_int_eq(((char *)b)[i], 0);
  a = tg_mem_resize(&mem, a, 100, 300);
  ck_assert_uint_eq(mem.used, 350);
  ck_assert_uint_eq(mem.peak, 350);
  a = tg_mem_resize(&mem, a, 300, 10);
  ck_assert_uint_eq(mem.used, 60);
  ck_assert_uint_eq(mem.count, 4);
  tg_mem_free(&mem, b, 50);
  ck_assert_ptr_null(tg_mem_resize(&mem, a, 10, 0));
  ck_assert_uint_eq(mem.used, 0);
  ck_assert_uint_eq(mem.peak, 350);
  ck_assert(!mem.failed);
}
END_TEST

START_TEST(nothing_is_no_failure) {
  ck_assert_ptr_null(tg_mem_alloc(&mem, 0));
  ck_assert_ptr_null(tg_mem_zalloc(&mem, 0));
  ck_assert_ptr_null(tg_mem_resize(&mem, NULL, 0, 0));
  tg_mem_free(&mem, NULL, 0);
  ck_assert(!mem.failed);
  ck_assert_int_eq(tg_mem_status(&mem), TG_OK);
  void *p = tg_mem_resize(&mem, NULL, 0, 8);
  ck_assert_ptr_nonnull(p);
  tg_mem_free(&mem, p, 8);
}
END_TEST

START_TEST(the_limit_holds_at_its_value) {
  mem.limit = 100;
  char *p = tg_mem_alloc(&mem, 100);
  ck_assert_ptr_nonnull(p);
  ck_assert_ptr_null(tg_mem_alloc(&mem, 1));
  ck_assert_int_eq(tg_mem_status(&mem), TG_LIMIT);
  tg_mem_clear(&mem);
  ck_assert_int_eq(tg_mem_status(&mem), TG_OK);
  p[99] = 'x';
  ck_assert_ptr_null(tg_mem_resize(&mem, p, 100, 101)); /* stays as it was */
  ck_assert_int_eq(p[99], 'x');
  p = tg_mem_resize(&mem, p, 100, 60);
  ck_assert_ptr_null(tg_mem_alloc(&mem, SIZE_MAX));
  tg_mem_clear(&mem);
  p = tg_mem_resize(&mem, p, 60, 100);
  ck_assert_ptr_nonnull(p);
  tg_mem_free(&mem, p, 100);
  ck_assert_uint_eq(mem.peak, 100);
}
END_TEST

START_TEST(a_refusing_allocator_is_told_from_a_limit) {
  failing_alloc f;
  tg_allocator a = failing_allocator(&f, 1, false);
  tg_mem_init(&mem, &a, 0);
  void *p = tg_mem_alloc(&mem, 16);
  ck_assert_ptr_null(tg_mem_alloc(&mem, 16));
  ck_assert_int_eq(tg_mem_status(&mem), TG_NOMEM);
  ck_assert_ptr_null(tg_mem_resize(&mem, p, 16, 32));
  ck_assert_uint_eq(mem.used, 16);
  tg_mem_free(&mem, p, 16);
  ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

START_TEST(arena_blocks_are_aligned_clear_and_apart) {
  tg_arena a;
  tg_arena_init(&a, &mem);
  uint8_t *last = NULL;
  for (size_t n = 0; n < 600; n++) {
    uint8_t *p = tg_arena_alloc(&a, n);
    ck_assert_ptr_nonnull(p);
    ck_assert_uint_eq((uintptr_t)p % 16, 0);
    for (size_t i = 0; i < n; i++) ck_assert(p[i] == 0);
    memset(p, 0xff, n);
    ck_assert_ptr_ne(p, last);
    last = p;
  }
  uint8_t *big = tg_arena_alloc(&a, 5 << 20);
  ck_assert(big[0] == 0 && big[(5 << 20) - 1] == 0);
  const char *text = tg_arena_text(&a, "abc\0def", 7);
  ck_assert_mem_eq(text, "abc\0def", 8);
  ck_assert_str_eq(tg_arena_text(&a, NULL, 0), "");
  tg_arena_done(&a);
  ck_assert_uint_eq(mem.used, 0);
  tg_arena_done(&a);
}
END_TEST

START_TEST(an_arena_is_used_again) {
  tg_arena a;
  tg_arena_init(&a, &mem);
  tg_arena_reset(&a);
  for (int i = 0; i < 100; i++) tg_arena_alloc(&a, 1000);
  tg_arena_reset(&a);
  uint64_t count = mem.count;
  uint8_t *p = tg_arena_alloc(&a, 1000);
  for (int i = 0; i < 1000; i++) ck_assert(p[i] == 0);
#ifndef TG_DEBUG_ALLOC
  ck_assert_uint_eq(mem.count, count); /* the largest chunk was kept */
  for (int i = 0; i < 30; i++) tg_arena_alloc(&a, 1000);
  ck_assert_uint_eq(mem.count, count);
#else
  ck_assert_uint_gt(mem.count, count);
#endif
  tg_arena_done(&a);
  ck_assert_uint_eq(mem.used, 0);
}
END_TEST

START_TEST(an_impossible_block_is_refused) {
  tg_arena a;
  tg_arena_init(&a, &mem);
  ck_assert_ptr_null(tg_arena_alloc(&a, SIZE_MAX - 8));
  ck_assert(mem.failed);
  tg_mem_clear(&mem);
  mem.limit = 1 << 16;
  ck_assert_ptr_null(tg_arena_alloc(&a, 1 << 17));
  ck_assert_int_eq(tg_mem_status(&mem), TG_LIMIT);
  ck_assert_ptr_nonnull(tg_arena_alloc(&a, 1000));
  tg_arena_done(&a);
}
END_TEST

START_TEST(vectors_grow) {
  TG_VEC(uint32_t) v = {NULL, 0, 0};
  for (uint32_t i = 0; i < 5000; i++) ck_assert(tg_vec_push(&mem, &v, i * 3));
  ck_assert_uint_eq(v.n, 5000);
  for (uint32_t i = 0; i < 5000; i++) ck_assert(v.at[i] == i * 3);
  ck_assert(tg_vec_fit(&mem, &v, 20000));
  ck_assert_uint_ge(v.cap, 25000);
  ck_assert_uint_eq(v.n, 5000);
  ck_assert(!tg_vec_fit(&mem, &v, UINT32_MAX)); /* indexes have 32 bits */
  ck_assert_int_eq(tg_mem_status(&mem), TG_LIMIT);
  ck_assert_uint_eq(v.at[4999], 14997);
  tg_vec_done(&mem, &v);
  ck_assert(v.at == NULL && v.n == 0 && v.cap == 0);
  ck_assert_uint_eq(mem.used, 0);
}
END_TEST

START_TEST(buffers_end_in_nul) {
  tg_buf b;
  tg_buf_init(&b, &mem);
  tg_buf_put(&b, "", 0);
  ck_assert_ptr_null(b.at);
  tg_buf_putc(&b, 'a');
  ck_assert_str_eq(b.at, "a");
  tg_buf_puts(&b, "bc");
  tg_buf_printf(&b, "%d-%s", 42, "x");
  ck_assert_str_eq(b.at, "abc42-x");
  tg_buf_printf(&b, "%s", "");
  ck_assert_uint_eq(b.n, 7);
  tg_buf_clear(&b);
  ck_assert_str_eq(b.at, "");
  for (unsigned i = 0; i < 1000; i++) tg_buf_printf(&b, "%03u", i); /* across every growth */
  ck_assert_uint_eq(b.n, 3000);
  ck_assert_uint_eq(strlen(b.at), 3000);
  for (unsigned i = 0; i < 1000; i++) {
    char want[4] = {(char)('0' + i / 100), (char)('0' + i / 10 % 10), (char)('0' + i % 10), 0};
    ck_assert_mem_eq(b.at + 3 * i, want, 3);
  }
  tg_buf_done(&b);
  ck_assert_uint_eq(mem.used, 0);
}
END_TEST

START_TEST(buffers_have_room_for_their_nul) {
  static const char zeros[600];
  for (size_t n = 250; n < 600; n++) {
    tg_buf b;
    tg_buf_init(&b, &mem);
    tg_buf_put(&b, zeros, n);
    ck_assert_uint_gt(b.cap, b.n);
    tg_buf_done(&b);
  }
}
END_TEST

START_TEST(a_refused_buffer_keeps_what_it_had) {
  tg_buf b;
  tg_buf_init(&b, &mem);
  mem.limit = 256;
  for (int i = 0; i < 25; i++) tg_buf_puts(&b, "0123456789");
  tg_buf_printf(&b, "%s", "0123456789");
  ck_assert(b.failed && mem.failed);
  ck_assert_uint_eq(b.n, 250);
  ck_assert_uint_eq(strlen(b.at), 250);
  tg_buf_puts(&b, "x"); /* would fit, but a hole in a text is worse than its end */
  ck_assert_uint_eq(b.n, 250);
  tg_buf_printf(&b, "x");
  ck_assert_uint_eq(b.n, 250);
  tg_buf_clear(&b);
  tg_buf_puts(&b, "again");
  ck_assert_str_eq(b.at, "again");
  tg_buf_put(&b, "x", SIZE_MAX / 2);
  ck_assert(b.failed);
  tg_buf_done(&b);
}
END_TEST

static bool use_arena(tg_mem *m) {
  tg_arena a;
  bool fine = true;
  tg_arena_init(&a, m);
  for (size_t n = 1; n < 40000; n = n * 3 + 1) {
    char *p = tg_arena_text(&a, "x", 1);
    uint8_t *q = tg_arena_alloc(&a, n);
    if (p == NULL || q == NULL) fine = false;
    if (q != NULL) memset(q, 1, n);
  }
  tg_arena_reset(&a);
  fine = tg_arena_alloc(&a, 100) != NULL && fine;
  tg_arena_done(&a);
  return fine;
}

static bool use_buffer(tg_mem *m) {
  tg_buf b;
  tg_buf_init(&b, m);
  for (int i = 0; i < 500; i++) {
    tg_buf_printf(&b, "%d ", i);
    tg_buf_putc(&b, '.');
  }
  bool fine = !b.failed;
  tg_buf_done(&b);
  return fine;
}

static bool use_vector(tg_mem *m) {
  TG_VEC(uint64_t) v = {NULL, 0, 0};
  bool fine = true;
  for (uint64_t i = 0; i < 300; i++) fine = tg_vec_push(m, &v, i) && fine;
  for (uint32_t i = 1; i < v.n; i++)
    if (v.at[i] <= v.at[i - 1]) fine = false;
  tg_vec_done(m, &v);
  return fine;
}

START_TEST(every_refusal_is_survived) {
  failing_task *const tasks[] = {use_arena, use_buffer, use_vector};
  uint64_t steps = 0;
  const char *wrong = failing_run(tasks[_i], &steps);
  ck_assert_msg(wrong == NULL, "%s", wrong);
  ck_assert_uint_gt(steps, 2);
}
END_TEST

Suite *mem_suite(void) {
  Suite *s = suite_create("mem");
  TCase *c = tcase_create("mem");
  tcase_add_checked_fixture(c, setup, NULL);
  tcase_add_test(c, counts_what_is_handed_out);
  tcase_add_test(c, nothing_is_no_failure);
  tcase_add_test(c, the_limit_holds_at_its_value);
  tcase_add_test(c, a_refusing_allocator_is_told_from_a_limit);
  tcase_add_test(c, arena_blocks_are_aligned_clear_and_apart);
  tcase_add_test(c, an_arena_is_used_again);
  tcase_add_test(c, an_impossible_block_is_refused);
  tcase_add_test(c, vectors_grow);
  tcase_add_test(c, buffers_end_in_nul);
  tcase_add_test(c, buffers_have_room_for_their_nul);
  tcase_add_test(c, a_refused_buffer_keeps_what_it_had);
  tcase_add_loop_test(c, every_refusal_is_survived, 0, 3);
  suite_add_tcase(s, c);
  return s;
}
