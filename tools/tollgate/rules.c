/* compile, disasm, model: what can be asked of rules without facts. */
#include "cli.h"

#include <string.h>

int run_compile(const args *a) {
  session s;
  if (a->operands.n == 0) return complain("compile needs rule files or folders");
  if (!session_open(&s, a)) return EXIT_USELESS;
  int status = EXIT_USELESS;
  /* packs of one engagement and of a portfolio are programs of their own: both are compiled, so that no mistake hides */
  args kinds[2] = {*a, *a};
  kinds[1].portfolio = true;
  for (int k = a->portfolio; k < 2; k++) {
    tg_program_handle *p = load_rules(&s, &kinds[k], &a->operands, NULL);
    tg_program_info i;
    TG_INIT(&i);
    if (p == NULL) {
      status = EXIT_USELESS;
      break;
    }
    tg_program_get_info(p, &i);
    tg_program_unref(p);
    tg_messages_clear(s.messages); /* what both kinds would say is said once */
    if (k == 1 && !a->portfolio && i.gates == 0) break;
    printf("%s%zu packs, %zu gates, %zu parameters, %zu patterns (%zu with JIT), %zu instructions\n",
           k == 1 ? "portfolio: " : "", i.packs, i.gates, i.params, i.patterns, i.jit_patterns,
           i.instructions);
    status = EXIT_CLEAN;
  }
  session_close(&s);
  return status;
}

/* Prints what a tools.h function makes of the program. */
static int print(session *s, tg_program_handle *p, tg_status st, char *text, size_t n, const char *refusal) {
  int status = EXIT_USELESS;
  if (p == NULL)
    status = EXIT_USELESS;
  else if (st != TG_OK)
    complain("%s", st == TG_INVALID ? refusal : tg_status_text(st));
  else if (write_out(NULL, text, n))
    status = EXIT_CLEAN;
  tg_tools_release(s->env, text, n);
  tg_program_unref(p);
  session_close(s);
  return status;
}

int run_disasm(const args *a) {
  session s;
  if (a->operands.n == 0) return complain("disasm needs rule files or folders");
  if (!session_open(&s, a)) return EXIT_USELESS;
  char *text = NULL;
  size_t n = 0;
  tg_program_handle *p = load_rules(&s, a, &a->operands, NULL);
  tg_status st = p ? tg_program_disasm(p, &text, &n) : TG_INVALID;
  return print(&s, p, st, text, n, "there is nothing to list");
}

int run_model(const args *a) {
  session s;
  if (a->operands.n > 0 && a->rules.n > 0)
    return complain("name the rules either as operands or with --rules");
  if (!session_open(&s, a)) return EXIT_USELESS;
  char *text = NULL;
  size_t n = 0;
  tg_program_handle *p = load_rules(&s, a, a->operands.n ? &a->operands : &a->rules, NULL);
  tg_status st = p ? tg_program_model(p, a->json_schema, &text, &n) : TG_INVALID;
  return print(&s, p, st, text, n, "these rules have no fact model");
}

int run_config(const args *a) {
  session s;
  if (!session_open(&s, a)) return EXIT_USELESS;
  char *text = NULL;
  size_t n = 0;
  tg_program_handle *p = load_rules(&s, a, &a->rules, &a->operands);
  tg_status st = p ? tg_program_config(p, &text, &n) : TG_INVALID;
  return print(&s, p, st, text, n, "there is nothing to show");
}
