/* Facts as YAML, with a model and without one. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  static const char *const rules[] = {FUZZ_MODEL FUZZ_GATES,
                                      "pack: t\nversion: 1.0.0\ntitle: t\n" FUZZ_GATES};
  for (int i = 0; i < 2; i++) {
    fuzz f;
    fuzz_open(&f);
    FUZZ_MUST(fuzz_rules(&f, fuzz_text(rules[i])));
    if (fuzz_fine(&f, tg_facts_add_memory(f.facts, fuzz_text("facts.yaml"), bytes, n, 0))) fuzz_run(&f);
    fuzz_close(&f);
  }
  return 0;
}
