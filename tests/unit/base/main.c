/* Unit tests of the base floor. */
#include "suites.h"

int main(void) {
  SRunner *r = srunner_create(mem_suite());
  srunner_add_suite(r, text_suite());
  srunner_add_suite(r, source_suite());
  srunner_add_suite(r, diag_suite());
  srunner_add_suite(r, load_suite());
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
