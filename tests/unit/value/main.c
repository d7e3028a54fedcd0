/* Unit tests of the value floor. */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>

tg_mem mem;
tg_heap heap;

/* Two pages of sources and the pools of a store and a program: where text_in puts its texts. */
static uint8_t source[2 << TG_PAGE_BITS], pool[1 << 12], program[1 << 12];
static uint32_t source_used, pool_used, program_used;
static uintptr_t pages[2];

void heap_setup(void) {
  tg_mem_init(&mem, NULL, 0);
  tg_heap_init(&heap, &mem);
  pages[0] = (uintptr_t)source;
  pages[1] = (uintptr_t)source;
  heap.pages = pages;
  heap.facts = pool;
  heap.program = program;
  source_used = pool_used = program_used = 0;
}

void heap_teardown(void) {
  ck_assert(!mem.failed && !heap.failed);
  tg_heap_done(&heap);
  ck_assert_uint_eq(mem.used, 0);
}

static uint32_t put(uint8_t *at, uint32_t *used, uint32_t size, const char *text, uint32_t n) {
  ck_assert_uint_lt(*used + n + 1, size);
  uint32_t offset = *used;
  memcpy(at + offset, text, n);
  *used += n;
  return offset;
}

tg_value text_in(int home, const char *text) {
  uint32_t n = (uint32_t)strlen(text), at;
  switch (home) {
  case TG_HOME_SOURCE:
    at = put(source, &source_used, sizeof source, text, n);
    return tg_text_value(TG_HOME_SOURCE, source + at, n, at, 0);
  case TG_HOME_QUOTED: /* `start` is the quote */
    at = put(source, &source_used, sizeof source, "\"", 1);
    put(source, &source_used, sizeof source, text, n);
    return tg_text_value(TG_HOME_QUOTED, source + at + 1, n, at, 0);
  case TG_HOME_FACTS:
    at = put(pool, &pool_used, sizeof pool, text, n);
    return tg_text_value(TG_HOME_FACTS, pool + at, n, 77, at);
  case TG_HOME_PROGRAM:
    at = put(program, &program_used, sizeof program, text, n);
    return tg_text_value(TG_HOME_PROGRAM, program + at, n, at, at);
  default: return tg_text_made(&heap, text, n);
  }
}

static const struct {
  const char *name;
  tg_fault fault;
} faults[] = {{"TYPE", TG_FAULT_TYPE},   {"MAGNITUDE", TG_FAULT_MAGNITUDE}, {"DATE", TG_FAULT_DATE},
              {"REGEX", TG_FAULT_REGEX}, {"FUEL", TG_FAULT_FUEL},           {"EVENT", TG_FAULT_EVENT},
              {"RANGE", TG_FAULT_RANGE}};

static tg_value list(const char *written) {
  tg_value members[16];
  uint8_t possible[16], any = 0;
  uint32_t n = 0;
  char copy[400];
  snprintf(copy, sizeof copy, "%s", written + 1);
  copy[strlen(copy) - 1] = 0;
  for (char *member = strtok(copy, ","); member != NULL; member = strtok(NULL, ",")) {
    while (*member == ' ') member++;
    size_t len = strlen(member);
    possible[n] = len > 1 && member[len - 1] == '?';
    if (possible[n]) member[len - 1] = 0;
    any |= possible[n];
    members[n++] = val(member);
  }
  tg_value v = tg_value_make(TG_V_ITEMS, any, (int64_t)((uint64_t)heap.items.n << 32 | n));
  for (uint32_t i = 0; i < n; i++) {
    ck_assert(tg_vec_push(&mem, &heap.items, members[i]));
    ck_assert(tg_vec_push(&mem, &heap.possible, possible[i]));
  }
  return v;
}

tg_value val(const char *w) {
  size_t n = strlen(w);
  tg_value v;
  const char *dots = strstr(w, "..");
  if (strcmp(w, "?") == 0) return tg_unknown(TG_WHY_ABSENT);
  if (strcmp(w, "?undefined") == 0) return tg_unknown(TG_WHY_UNDEFINED);
  if (strcmp(w, "true") == 0 || strcmp(w, "false") == 0) return tg_bool(w[0] == 't');
  if (strcmp(w, "<none>") == 0) return tg_value_make(TG_V_NO_DATE, 0, 0);
  if (w[0] == '"') {
    char text[256];
    snprintf(text, sizeof text, "%.*s", (int)(n - 2), w + 1);
    return text_in((int)(source_used % HOMES), text); /* any home will do: the answers may not depend on it */
  }
  if (w[0] == '[') return list(w);
  if (w[0] == '!')
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
      if (strcmp(w + 1, faults[i].name) == 0) return tg_fault_value(faults[i].fault);
  if (dots != NULL) {
    bool undefined = w[n - 1] == '?';
    tg_value low, high;
    ck_assert_int_eq(tg_number_parse(w, (size_t)(dots - w), false, &low), TG_PARSE_OK);
    ck_assert_int_eq(tg_number_parse(dots + 2, n - (size_t)(dots - w) - 2 - undefined, false, &high),
                     TG_PARSE_OK);
    v = tg_range(&heap, low, high);
    if (undefined && v.kind == TG_V_RANGE) v.aux = 1;
    return v;
  }
  if (tg_date_parse(w, n, &v)) return v;
  if (strchr(w, ' ') != NULL && strchr(strchr(w, ' ') + 1, ' ') != NULL) { /* 1 month 5 days */
    const char *second = strchr(strchr(w, ' ') + 1, ' ') + 1;
    tg_value more;
    ck_assert(tg_duration_parse(w, (size_t)(second - 1 - w), &v) &&
              tg_duration_parse(second, n - (size_t)(second - w), &more));
    return tg_duration(tg_duration_months(v), tg_duration_days(more));
  }
  if (tg_duration_parse(w, n, &v)) return v;
  if (tg_number_parse(w, n, false, &v) != TG_PARSE_OK) ck_abort_msg("the test cannot read `%s`", w);
  return v;
}

const char *shown(tg_value v) {
  static char text[4][600];
  static int turn;
  char *out = text[turn++ % 4];
  tg_buf b;
  tg_buf_init(&b, &mem);
  if (tg_is_text(v)) tg_buf_putc(&b, '"');
  if (v.kind == TG_V_ITEMS) tg_buf_putc(&b, '[');
  if (v.kind == TG_V_NO_DATE)
    tg_buf_puts(&b, "<none>");
  else if (v.kind == TG_V_ERROR)
    tg_buf_printf(&b, "!%s", faults[v.aux - 1].name);
  else if (v.kind == TG_V_RANGE) {
    tg_value_print(&heap, tg_range_least(&heap, v), &b);
    tg_buf_puts(&b, "..");
    tg_value_print(&heap, tg_range_greatest(&heap, v), &b);
    if (v.aux) tg_buf_putc(&b, '?');
  } else
    tg_value_print(&heap, v, &b);
  if (v.kind == TG_V_UNKNOWN && v.aux == TG_WHY_UNDEFINED) tg_buf_puts(&b, "undefined");
  if (tg_is_text(v)) tg_buf_putc(&b, '"');
  if (v.kind == TG_V_ITEMS) tg_buf_putc(&b, ']');
  snprintf(out, sizeof text[0], "%s", b.n ? b.at : "");
  tg_buf_done(&b);
  return out;
}

uint64_t next_random(uint64_t *state) {
  uint64_t x = *state;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return *state = x;
}

int main(void) {
  SRunner *r = srunner_create(decimal_suite());
  srunner_add_suite(r, sum_suite());
  srunner_add_suite(r, calendar_suite());
  srunner_add_suite(r, scalar_suite());
  srunner_add_suite(r, text_suite());
  srunner_add_suite(r, operators_suite());
  srunner_add_suite(r, events_suite());
  srunner_add_suite(r, range_suite());
  srunner_add_suite(r, functions_suite());
  srunner_add_suite(r, identity_suite());
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
