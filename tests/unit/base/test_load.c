/* Files into memory: what is read, what is refused, without blocking. */
#include "base/limits.h"
#include "base/load.h"
#include "failing_alloc.h"
#include "suites.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static tg_mem mem;
static tg_sources set;
static tg_diags diags;
static char folder[64], path[80];

static void setup(void) {
  tg_mem_init(&mem, NULL, 0);
  tg_sources_init(&set, &mem);
  tg_diags_init(&diags, &mem);
  snprintf(folder, sizeof folder, "/tmp/tg-unit-load-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/it", folder);
}

static void teardown(void) {
  unlink(path);
  rmdir(path);
  rmdir(folder);
  tg_diags_done(&diags);
  tg_sources_done(&set);
  ck_assert_uint_eq(mem.used, 0);
}

static void write_file(size_t n) {
  FILE *f = fopen(path, "wb");
  for (size_t i = 0; i < n; i++) putc((int)('a' + i % 23), f);
  fclose(f);
}

static tg_status load(const char *what) {
  uint32_t index;
  tg_load request = {what, TG_STR("named"), NULL, NULL};
  return tg_sources_load(&set, &request, &diags, &index);
}

static void check_text(size_t n) {
  const tg_source *s = &set.list.at[set.list.n - 1];
  ck_assert_uint_eq(s->len, n);
  ck_assert(tg_str_is(s->name, "named"));
  for (size_t i = 0; i < n; i++)
    if (s->text[i] != 'a' + i % 23) ck_abort_msg("byte %zu of %zu differs", i, n);
  for (size_t i = 0; i < 64; i++) ck_assert_uint_eq(s->text[n + i], 0);
}

START_TEST(regular_files_are_read_whole) {
  static const size_t sizes[] = {0, 1, 63, 64, 65, 65535, 65536, 65537, 3000000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    write_file(sizes[i]);
    ck_assert_int_eq(load(path), TG_OK);
    check_text(sizes[i]);
  }
  ck_assert_uint_eq(diags.errors, 0);
}
END_TEST

START_TEST(pipes_with_a_descriptor_are_read) {
  int ends[2];
  ck_assert_int_eq(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    for (size_t i = 0; i < 300000; i++) {
      char c = (char)('a' + i % 23);
      if (write(ends[1], &c, 1) != 1) _exit(1);
    }
    _exit(0);
  }
  close(ends[1]);
  char name[32];
  snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
  ck_assert_int_eq(load(name), TG_OK); /* its size is not known in front */
  check_text(300000);
  close(ends[0]);
}
END_TEST

static int count_asks(void *ctx) {
  ++*(int *)ctx;
  return 0;
}

START_TEST(standard_input_is_read) {
  int ends[2], asks = 0;
  uint32_t index;
  ck_assert_int_eq(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    char c[23];
    for (int i = 0; i < 23; i++) c[i] = (char)('a' + i);
    for (size_t i = 0; i < 150000; i++)
      if (write(ends[1], c, sizeof c) != sizeof c) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  ck_assert_int_eq(dup2(ends[0], 0), 0);
  close(ends[0]);
  tg_load request = {"/dev/stdin", TG_STR("named"), count_asks, &asks};
  ck_assert_int_eq(tg_sources_load(&set, &request, &diags, &index), TG_OK);
  check_text(150000 * 23);
  ck_assert_int_ge(asks, 2); /* once a MiB, however small the pieces are that a pipe gives */
  ck_assert_int_le(asks, 3);
}
END_TEST

static void check_refused(const char *what, tg_code code, const char *why) {
  uint32_t before = diags.list.n;
  ck_assert_int_eq(load(what), TG_IO);
  ck_assert_uint_eq(diags.list.n, before + 1);
  const tg_diag *d = &diags.list.at[before];
  ck_assert_int_eq(d->code, code);
  ck_assert(tg_str_is(d->file, "named"));
  ck_assert_msg(strstr(d->message.at, why) != NULL, "%s", d->message.at);
  ck_assert_uint_eq(set.list.n, 0);
}

START_TEST(what_is_no_file_is_refused_without_waiting) {
  check_refused(path, TG_E_IO, "No such file");
  ck_assert_int_eq(mkfifo(path, 0600), 0);
  check_refused(path, TG_E_NOT_A_FILE, "named pipe"); /* nobody will ever write to it */
  ck_assert_ptr_nonnull(strstr(diags.list.at[1].hint.at, "standard input"));
  unlink(path);
  ck_assert_int_eq(mkdir(path, 0700), 0);
  check_refused(path, TG_E_NOT_A_FILE, "directory");
  rmdir(path);
  check_refused("/dev/null", TG_E_NOT_A_FILE, "device");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert_int_eq(bind(s, (struct sockaddr *)&address, sizeof address), 0);
  check_refused(path, TG_E_NOT_A_FILE, "socket");
  close(s);
}
END_TEST

START_TEST(limits_are_told_apart) {
  write_file(100000);
  mem.limit = 50000;
  ck_assert_int_eq(load(path), TG_LIMIT);
  ck_assert(mem.limit_hit); /* the caller says it: nothing here */
  ck_assert_uint_eq(diags.errors, 0);
  mem.limit = 0;
  tg_mem_clear(&mem);
  ck_assert_int_eq(truncate(path, (off_t)TG_MAX_SOURCE_BYTES + 1), 0); /* a hole: takes no room on the disk */
  ck_assert_int_eq(load(path), TG_LIMIT);
  ck_assert_uint_eq(diags.errors, 1);
  ck_assert_int_eq(diags.list.at[0].code, TG_E_LIMIT);
  ck_assert_uint_eq(set.list.n, 0);
}
END_TEST

static int stop_at(void *ctx) {
  int *left = ctx;
  return (*left)-- <= 0;
}

START_TEST(reading_can_be_interrupted) {
  write_file(5u << 20);
  for (int n = 0; n < 8; n++) {
    int left = n;
    uint32_t index;
    tg_load request = {path, TG_STR("named"), stop_at, &left};
    tg_status st = tg_sources_load(&set, &request, &diags, &index);
    ck_assert_int_eq(st, n < 5 ? TG_INTERRUPTED : TG_OK); /* asked once a MiB */
    tg_sources_reset(&set);
  }
  ck_assert_uint_eq(diags.errors, 0);
}
END_TEST

static bool use_load(tg_mem *m) {
  tg_sources s;
  tg_diags d;
  uint32_t index;
  int ends[2];
  char name[32];
  tg_sources_init(&s, m);
  tg_diags_init(&d, m);
  tg_load request = {path, TG_STR("f"), NULL, NULL};
  bool fine = tg_sources_load(&s, &request, &d, &index) == TG_OK;
  if (pipe(ends) != 0 || write(ends[1], path, 10) != 10) ck_abort_msg("no pipe");
  close(ends[1]);
  snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
  request.path = name;
  fine = tg_sources_load(&s, &request, &d, &index) == TG_OK && fine;
  close(ends[0]);
  if (d.errors != 0) ck_abort_msg("a refusal is no error of the file");
  tg_diags_done(&d);
  tg_sources_done(&s);
  return fine;
}

START_TEST(loading_survives_refusals) {
  write_file(1000);
  uint64_t steps = 0;
  const char *wrong = failing_run(use_load, &steps);
  ck_assert_msg(wrong == NULL, "%s", wrong);
  ck_assert_uint_ge(steps, 4);
}
END_TEST

Suite *load_suite(void) {
  Suite *s = suite_create("load");
  TCase *c = tcase_create("load");
  tcase_set_timeout(c, 60);
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, regular_files_are_read_whole);
  tcase_add_test(c, pipes_with_a_descriptor_are_read);
  tcase_add_test(c, standard_input_is_read);
  tcase_add_test(c, what_is_no_file_is_refused_without_waiting);
  tcase_add_test(c, limits_are_told_apart);
  tcase_add_test(c, reading_can_be_interrupted);
  tcase_add_test(c, loading_survives_refusals);
  suite_add_tcase(s, c);
  return s;
}
