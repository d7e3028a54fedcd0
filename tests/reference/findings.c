/* Prints the failed subjects of documents: `document<tab>gate<tab>label`, one a line.
 * usage: findings [--no-jit] FACTS RULES...   FACTS with the suffix .ndjson holds one document a line. */
#include "tollgate/tollgate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tg_messages *messages;

static int die(const char *what) {
  tg_text text;
  fprintf(stderr, "%s\n", what);
  if (messages != NULL && tg_messages_write(messages, 0, &text) == TG_OK) fwrite(text.at, 1, text.n, stderr);
  return 2;
}

static char *slurp(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  if (f == NULL || fseek(f, 0, SEEK_END) != 0) return NULL;
  *n = (size_t)ftell(f);
  rewind(f);
  char *bytes = malloc(*n + 1);
  if (bytes != NULL && fread(bytes, 1, *n, f) != *n) *n = 0;
  fclose(f);
  return bytes;
}

static int check(tg_eval *eval, tg_facts *facts, tg_program_handle *program, const char *doc, size_t n,
                 size_t number) {
  tg_run_options o;
  tg_assessment_handle *a = NULL;
  TG_INIT(&o);
  o.as_of = (tg_text){"2026-06-01", 10};
  if (tg_facts_reset(facts) != TG_OK ||
      tg_facts_add_memory(facts, (tg_text){"facts.json", 10}, doc, n, 0) != TG_OK ||
      tg_facts_freeze(facts, program, 0) != TG_OK || tg_eval_run(eval, facts, &o, &a) != TG_OK)
    return die("cannot evaluate");
  for (size_t i = 0; i < tg_assessment_finding_count(a); i++) {
    tg_finding_info f;
    TG_INIT(&f);
    if (tg_assessment_finding(a, i, &f) != TG_OK) return die("cannot explain");
    if (f.outcome == TG_ERROR) return die("a subject erred");
    if (f.outcome != TG_FAIL) continue;
    printf("%zu\t%.*s\t%.*s\n", number, (int)f.gate.n, f.gate.at, f.pointer.n ? (int)f.label.n : 0,
           f.label.at);
  }
  return 0;
}

int main(int argc, char **argv) {
  int first = 1;
  tg_env *env = NULL;
  tg_env_options options;
  TG_INIT(&options);
  if (argc > 1 && strcmp(argv[1], "--no-jit") == 0) {
    options.no_jit = 1;
    first++;
  } else if (argc > 1 && strcmp(argv[1], "--jit") == 0) {
    first++;
  }
  tg_compiler *compiler = NULL;
  tg_program_handle *program = NULL;
  tg_facts *facts = NULL;
  tg_eval *eval = NULL;
  if (argc < first + 2) return die("usage: findings [--no-jit] FACTS RULES...");
  if (tg_env_new(&options, &env) != TG_OK || tg_messages_new(env, &messages) != TG_OK ||
      tg_compiler_new(env, messages, &compiler) != TG_OK)
    return die("no memory");
  for (int i = first + 1; i < argc; i++) tg_compiler_add_path(compiler, argv[i]);
  if (tg_compiler_finish(compiler, &program) != TG_OK || tg_facts_new(env, NULL, messages, &facts) != TG_OK ||
      tg_eval_new(env, program, NULL, messages, &eval) != TG_OK)
    return die("cannot compile");
  size_t n = 0, number = 0, length = strlen(argv[first]);
  char *bytes = slurp(argv[first], &n);
  int status = bytes == NULL ? die("cannot read the facts") : 0;
  if (status == 0 && length > 7 && strcmp(argv[first] + length - 7, ".ndjson") == 0) {
    for (char *at = bytes; status == 0 && at < bytes + n;) {
      char *end = memchr(at, '\n', (size_t)(bytes + n - at));
      if (end == NULL) end = bytes + n;
      status = check(eval, facts, program, at, (size_t)(end - at), number++);
      at = end + 1;
    }
  } else if (status == 0) {
    status = check(eval, facts, program, bytes, n, 0);
  }
  free(bytes);
  tg_eval_free(eval);
  tg_facts_free(facts);
  tg_program_unref(program);
  tg_compiler_free(compiler);
  tg_messages_free(messages);
  tg_env_free(env);
  return status;
}
