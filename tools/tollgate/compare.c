/* baseline and diff: what is made of reports that are there. */
#include "cli.h"

#include <string.h>

static tg_text text_of(const char *s) { return (tg_text){s, s ? strlen(s) : 0}; }

/* The reason that a call without a message failed. */
static void say_status(session *s, tg_status st) {
  bool told = tg_messages_errors(s->messages) > 0;
  session_say(s);
  if (st != TG_OK && !told) complain("%s", tg_status_text(st));
}

int run_baseline(const args *a) {
  session s;
  int given = (a->reason != NULL) + (a->owner != NULL) + (a->expires != NULL);
  if (a->operands.n != 1) return complain("baseline takes one JSON report");
  if (given != 0 && given != 3)
    return complain("a baseline is signed off with --reason, --owner and --expires together");
  if (given == 3 && (strspn(a->reason, " \t\r\n") == strlen(a->reason) ||
                     strspn(a->owner, " \t\r\n") == strlen(a->owner) || *a->expires == 0))
    return complain("--reason, --owner and --expires must say something");
  if (!session_open(&s, a)) return EXIT_USELESS;
  char *text = NULL;
  size_t n = 0;
  tg_status st = tg_baseline_sign(s.env, s.messages, a->operands.at[0], text_of(a->reason), text_of(a->owner),
                                  text_of(a->expires), &text, &n);
  say_status(&s, st);
  int status = st == TG_OK && write_out(a->output, text, n) ? EXIT_CLEAN : EXIT_USELESS;
  tg_tools_release(s.env, text, n);
  session_close(&s);
  return status;
}

int run_diff(const args *a) {
  session s;
  const char *root, *prefix, *format = a->format ? a->format : "text";
  if (a->operands.n != 2) return complain("diff takes two JSON reports, the old one first");
  if (strcmp(format, "text") != 0 && strcmp(format, "markdown") != 0 && strcmp(format, "json") != 0)
    return complain("a comparison is printed as text, markdown or json, not `%s`", format);
  if (!find_root(a->root, &root, &prefix) || !session_open(&s, a)) return EXIT_USELESS;
  tg_report_format f;
  TG_INIT(&f);
  f.name = format;
  f.width = a->output == NULL ? terminal_width() : 100;
  f.colour = a->output == NULL && want_colour(a->color, stdout);
  f.ascii = want_ascii();
  f.quiet = a->quiet;
  f.verbose = a->verbose;
  f.root = text_of(root);
  f.prefix = text_of(prefix);
  char *text = NULL;
  size_t n = 0;
  int worse = 0, status = EXIT_USELESS;
  tg_status st =
      tg_reports_diff(s.env, s.messages, a->operands.at[0], a->operands.at[1], &f, &worse, &text, &n);
  say_status(&s, st);
  if (st == TG_OK && write_out(a->output, text, n)) status = worse ? EXIT_OPEN : EXIT_CLEAN;
  tg_tools_release(s.env, text, n);
  session_close(&s);
  return status;
}
