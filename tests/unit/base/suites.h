/* The suites of this program. */
#ifndef TG_TEST_BASE_SUITES_H
#define TG_TEST_BASE_SUITES_H

#include <check.h>

Suite *diag_suite(void);
Suite *load_suite(void);
Suite *mem_suite(void);
Suite *source_suite(void);
Suite *text_suite(void);

#endif
