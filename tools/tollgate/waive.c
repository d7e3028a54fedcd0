/* tollgate waive: a well-formed entry at the end of a file of waivers. */
#include "cli.h"

#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static tg_text text_of(const char *s) { return (tg_text){s, s ? strlen(s) : 0}; }

static bool options_ok(const args *a) {
  const struct {
    const char *option, *value;
  } needed[] = {
      {"--reason", a->reason}, {"--owner", a->owner}, {"--approver", a->approver}, {"--expires", a->expires}};
  if (a->operands.n != 1)
    return complain("waive takes one finding: its fingerprint, GATE or GATE[ITEM] (in quotes)"), false;
  if (*a->operands.at[0] == 0)
    return complain("waive takes a fingerprint, GATE or GATE[ITEM], not an empty text"), false;
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
    if (needed[i].value == NULL) return complain("waive needs %s", needed[i].option), false;
  if (a->waivers.n > 1) return complain("waive writes to one file of waivers"), false;
  return true;
}

/* The option's, the configuration's, else waivers.yaml here. */
static const char *path_of(const args *a, const tg_program_info *info, char *buffer, size_t size) {
  if (a->waivers.n > 0) return a->waivers.at[0];
  if (info->waivers.n == 0 || info->waivers.n >= size) return "waivers.yaml";
  memcpy(buffer, info->waivers.at, info->waivers.n);
  buffer[info->waivers.n] = 0;
  return buffer;
}

static bool rules_known(const args *a) {
  static const list here = {NULL, 0, 0};
  return a->rules.n > 0 || a->config != NULL || a->profile != NULL || standard_rules() != NULL ||
         find_config(&here);
}

static int waive(session *s, const args *a, tg_program_handle *p) {
  char buffer[PATH_MAX], today[16] = "", id[24];
  time_t now = time(NULL);
  struct tm utc;
  if (gmtime_r(&now, &utc) != NULL) strftime(today, sizeof today, "%Y-%m-%d", &utc);
  tg_program_info info;
  TG_INIT(&info);
  if (p != NULL) tg_program_get_info(p, &info);
  tg_waiver_request r;
  TG_INIT(&r);
  r.target = text_of(a->operands.at[0]);
  r.reason = text_of(a->reason);
  r.owner = text_of(a->owner);
  r.approver = text_of(a->approver);
  r.approved_on = text_of(a->approved ? a->approved : today);
  r.expires_on = text_of(a->expires);
  r.compensating = text_of(a->compensating);
  r.report = a->report;
  r.path = path_of(a, &info, buffer, sizeof buffer);
  r.fresh = access(r.path, F_OK) != 0;
  char *text = NULL;
  size_t n = 0;
  int status = EXIT_USELESS;
  tg_status st = tg_waiver_add(s->env, s->messages, p, &r, id, &text, &n);
  bool told = tg_messages_errors(s->messages) > 0;
  session_say(s);
  if (st != TG_OK && !told) complain("%s", tg_status_text(st));
  if (st == TG_OK && write_out(r.path, text, n)) {
    status = EXIT_CLEAN;
    printf("%s was added to %s\n", id, r.path);
    if (info.waivers.n == 0)
      printf("`tollgate check --waivers %s` reads it, or `waivers:` in tollgate.yaml\n", r.path);
  }
  tg_tools_release(s->env, text, n);
  return status;
}

int run_waive(const args *a) {
  static const list here = {NULL, 0, 0};
  session s;
  if (!options_ok(a) || !session_open(&s, a)) return EXIT_USELESS;
  tg_program_handle *p = NULL;
  int status = EXIT_USELESS;
  bool known = rules_known(a);
  if (known) p = load_rules(&s, a, &a->rules, &here);
  if (!known || p != NULL) status = waive(&s, a, p);
  tg_program_unref(p);
  session_close(&s);
  return status;
}
