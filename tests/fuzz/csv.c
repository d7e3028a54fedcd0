/* A collection as CSV, by the model's types and by the core schema. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  static const char *const rules[] = {FUZZ_MODEL FUZZ_GATES,
                                      "pack: t\nversion: 1.0.0\ntitle: t\n" FUZZ_GATES};
  for (int i = 0; i < 2; i++) {
    fuzz f;
    fuzz_open(&f);
    FUZZ_MUST(fuzz_rules(&f, fuzz_text(rules[i])));
    if (fuzz_fine(&f, tg_facts_add_csv_memory(f.facts, f.program, fuzz_text("systems"),
                                              fuzz_text("systems.csv"), bytes, n)))
      fuzz_run(&f);
    fuzz_close(&f);
  }
  return 0;
}
