/* What the fuzz targets share.  A target has LLVMFuzzerTestOneInput; libFuzzer calls it (TOLLGATE_FUZZ), or replay.c does with the corpus.
 *
 * Beyond not crashing, each input is held to: a refusal has a message; what is accepted evaluates; the report is the same twice. */
#ifndef TG_TEST_FUZZ_H
#define TG_TEST_FUZZ_H

#include "tollgate/tollgate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

typedef struct fuzz {
  tg_env *env;
  tg_messages *messages;
  tg_compiler *compiler;
  tg_program_handle *program;
  tg_facts *facts;
  tg_eval *eval;
} fuzz;

static inline tg_text fuzz_text(const char *s) { return (tg_text){s, strlen(s)}; }

#define FUZZ_MUST(x)                                                                                         \
  do {                                                                                                       \
    if (!(x)) abort();                                                                                       \
  } while (0)

/* Small budgets: what costs much ends as an error of its subject, not as a slow input. */
static inline void fuzz_open(fuzz *f) {
  tg_env_options o;
  memset(f, 0, sizeof *f);
  TG_INIT(&o);
  o.memory_limit = 256u << 20;
  o.subject_cost = 200000;
  o.document_cost = 2000000;
  FUZZ_MUST(tg_env_new(&o, &f->env) == TG_OK);
  FUZZ_MUST(tg_messages_new(f->env, &f->messages) == TG_OK);
  FUZZ_MUST(tg_compiler_new(f->env, f->messages, &f->compiler) == TG_OK);
  FUZZ_MUST(tg_facts_new(f->env, NULL, f->messages, &f->facts) == TG_OK);
}

static inline void fuzz_close(fuzz *f) {
  tg_eval_free(f->eval);
  tg_facts_free(f->facts);
  tg_program_unref(f->program);
  tg_compiler_free(f->compiler);
  tg_messages_free(f->messages);
  tg_env_free(f->env);
}

/* True when `status` is fine; a refusal must have been said, in words that can be written. */
static inline int fuzz_fine(fuzz *f, tg_status status) {
  tg_text said;
  if (status == TG_OK) return 1;
  FUZZ_MUST(status == TG_INVALID || status == TG_LIMIT);
  FUZZ_MUST(tg_messages_errors(f->messages) > 0);
  FUZZ_MUST(tg_messages_write(f->messages, 0, &said) == TG_OK && said.n > 0);
  return 0;
}

static inline int fuzz_rules(fuzz *f, tg_text rules) {
  return fuzz_fine(f, tg_compiler_add_memory(f->compiler, fuzz_text("rules.yaml"), rules.at, rules.n)) &&
         fuzz_fine(f, tg_compiler_finish(f->compiler, &f->program));
}

/* Evaluates and writes every format; `facts` have been added. */
static inline void fuzz_run(fuzz *f) {
  tg_run_options o;
  tg_assessment_handle *a;
  TG_INIT(&o);
  o.as_of = fuzz_text("2026-01-01");
  if (!fuzz_fine(f, tg_facts_freeze(f->facts, f->program, 0))) return;
  FUZZ_MUST(tg_eval_new(f->env, f->program, NULL, f->messages, &f->eval) == TG_OK);
  if (!fuzz_fine(f, tg_eval_run(f->eval, f->facts, &o, &a))) return;
  for (const char *const *name = tg_report_formats(); *name != NULL; name++) {
    tg_report_format format;
    tg_text out;
    TG_INIT(&format);
    format.name = *name;
    FUZZ_MUST(tg_assessment_write(a, &format, &out) == TG_OK);
    char *first = malloc(out.n + 1);
    size_t n = out.n;
    FUZZ_MUST(first != NULL);
    memcpy(first, out.at, n);
    FUZZ_MUST(tg_eval_run(f->eval, f->facts, &o, &a) == TG_OK);
    FUZZ_MUST(tg_assessment_write(a, &format, &out) == TG_OK);
    FUZZ_MUST(out.n == n && memcmp(out.at, first, n) == 0);
    free(first);
  }
}

/* Rules that look at every kind of fact, for the targets whose input is facts. */
#define FUZZ_MODEL                                                                                           \
  "pack: t\nversion: 1.0.0\ntitle: t\nid_fact: engagement.id\nphase_fact: engagement.phase\n"                \
  "waivers_fact: waivers\nphases: [build, operate]\nmodel:\n"                                                \
  "  engagement: {id: text, phase: 'enum(build, operate)', signed: event, size: integer(0..)}\n"             \
  "  systems[]: {id: text key, tier: integer, cut: event, note: text, parts: list of number}\n"              \
  "  contacts{}: {email: text(/@/), since: date, notice: duration}\n"                                        \
  "  waivers[]: {id: text key, gate: text, item: text, reason: text, owner: text, approver: text, "          \
  "approved_on: date, expires_on: date}\n"
#define FUZZ_GATES                                                                                           \
  "gates:\n"                                                                                                 \
  "  - {id: T-1, title: t, for: s in systems where s.tier <= 2, require: [\"s.note matches /^[a-z]+$/\", "   \
  "\"sum(s.parts) > 1\", s.cut is done], message: '{s.id} {s.note} {s.parts}'}\n"                            \
  "  - {id: T-2, title: t, require: \"share(s in systems satisfies s.tier == 1) >= 0.5\"}\n"                 \
  "  - {id: T-3, title: t, for: c in contacts order by c.since first 3, require: c.notice > 30 days}\n"      \
  "  - {id: T-4, title: t, when: engagement.size > 3, require: \"is_unique(list(s.note for s in "            \
  "systems))\"}\n"

#endif
