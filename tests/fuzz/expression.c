/* One expression: as a requirement, as a let and in a message, with and without a model. */
#include "fuzz.h"

#include <stdio.h>

static const char facts[] = "a: 1\nb: true\nc: abc\nd: 2025-12-31\ne: not_yet\nxs: [1, 2, 3]\nys: [{k: p, n: "
                            "1, v: [1]}, {k: q}, {n: 3}]\nm: {x: 1, \"odd key\": 2}\n";
static const char model[] =
    "model:\n  a: integer\n  b: boolean\n  c: text\n  d: date\n  e: event\n  xs: list of integer\n"
    "  ys[]: {k: text key, n: integer, v: list of number}\n  m: {x: integer, y: integer}\n";

/* In double quotes YAML takes any text, once what YAML itself refuses is an escape. */
static size_t quote(const uint8_t *bytes, size_t n, char *out) {
  char *at = out;
  for (size_t i = 0; i < n; i++) {
    if (bytes[i] == '"' || bytes[i] == '\\')
      *at++ = '\\', *at++ = (char)bytes[i];
    else if (bytes[i] < 0x20)
      at += sprintf(at, "\\x%02x", bytes[i]);
    else
      *at++ = (char)bytes[i];
  }
  *at = 0;
  return (size_t)(at - out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  if (n > 20000) return 0;
  char *quoted = malloc(4 * n + 1), *pack = malloc(12 * n + 2048);
  FUZZ_MUST(quoted != NULL && pack != NULL);
  quote(bytes, n, quoted);
  for (int with = 0; with < 2; with++) {
    fuzz f;
    fuzz_open(&f);
    int length =
        sprintf(pack,
                "pack: t\nversion: 1.0.0\ntitle: t\n%slet:\n  l: \"%s\"\ngates:\n  - id: T-1\n    title: t\n"
                "    require: \"%s\"\n    message: \"{%s}\"\n  - {id: T-2, title: t, require: l is known}\n",
                with ? model : "", quoted, quoted, quoted);
    if (fuzz_rules(&f, (tg_text){pack, (size_t)length}) &&
        fuzz_fine(&f, tg_facts_add_memory(f.facts, fuzz_text("facts.yaml"), facts, strlen(facts), 0)))
      fuzz_run(&f);
    fuzz_close(&f);
  }
  free(quoted);
  free(pack);
  return 0;
}
