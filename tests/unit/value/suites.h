/* The suites of this program, and what they share. */
#ifndef TG_TEST_VALUE_SUITES_H
#define TG_TEST_VALUE_SUITES_H

#include "value/value.h"

#include <check.h>
#include <string.h>

Suite *calendar_suite(void);
Suite *decimal_suite(void);
Suite *events_suite(void);
Suite *functions_suite(void);
Suite *identity_suite(void);
Suite *operators_suite(void);
Suite *range_suite(void);
Suite *scalar_suite(void);
Suite *sum_suite(void);
Suite *text_suite(void);

/* The heap of a test: fresh in every case. */
extern tg_mem mem;
extern tg_heap heap;
void heap_setup(void);
void heap_teardown(void);

/* A value from what an author would write: `?` unknown, `!TYPE` or `!MAGNITUDE` ... an error, `true`, `12.50`, `2026-11-23`, `90 days`,
 * `"text"`, `<none>` no date, `2..4` a range, `2..4?` one that may be undefined, `[1, "a"]` a list, `[1, 2?]` with a possible member. */
tg_value val(const char *written);
/* The same form back; equal text means equal kind and content (numbers with their scale). */
const char *shown(tg_value v);
/* How a text is stored: the same word as a text of each home in turn. */
enum { HOMES = 5 };
tg_value text_in(int home, const char *text);

uint64_t next_random(uint64_t *state);

#endif
