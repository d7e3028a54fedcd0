/* A rule file, compiled and run over facts of all kinds. */
#include "fuzz.h"

static const char facts[] =
    "engagement: {id: E, phase: build, signed: not_yet, size: 4}\nxs: [1, 2.5, x, null, 2026-01-01]\n"
    "systems:\n  - {id: a, tier: 1, note: abc, parts: [1, 2]}\n  - {id: b, tier: 9}\n"
    "contacts: {ann: {email: a@b, since: 2025-01-01}}\na: 1\nb: true\nc: abc\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  fuzz f;
  fuzz_open(&f);
  if (fuzz_rules(&f, (tg_text){(const char *)bytes, n}) &&
      fuzz_fine(&f, tg_facts_add_memory(f.facts, fuzz_text("facts.yaml"), facts, strlen(facts), 0)))
    fuzz_run(&f);
  fuzz_close(&f);
  return 0;
}
