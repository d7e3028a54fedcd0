/* Runs a test case as a suite of its own, and gives what main returns. */
#ifndef TG_TEST_SUITE_H
#define TG_TEST_SUITE_H

#include <check.h>

static inline int run_suite(const char *name, TCase *first, TCase *second) {
  Suite *s = suite_create(name);
  suite_add_tcase(s, first);
  if (second != NULL) suite_add_tcase(s, second);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? 1 : 0;
}

#endif
