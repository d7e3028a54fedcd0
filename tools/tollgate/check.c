/* tollgate check: facts in, report out, and the exit status as the gate. */
#include "cli.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct check {
  const args *a;
  session s;
  tg_program_handle *program;
  tg_facts *facts;
  tg_eval *eval;
  tg_assessment_handle *assessment;
  tg_fail_on fail_on;
  tg_unknown_policy unknown;
  tg_readiness_model readiness;
  tg_baseline_handle *baseline;
  tg_ratchet_handle *ratchet;
  const char *root, *prefix, *summary; /* summary: file of --step-summary, else NULL */
} check;

static int word_in(const char *word, const char *const *words) {
  for (int i = 0; words[i] != NULL; i++)
    if (strcmp(word, words[i]) == 0) return i;
  return -1;
}

static bool is_workbook(const char *name) { return name != NULL && strcmp(name, "xlsx") == 0; }

static bool known_format(const char *name) {
  if ((is_workbook(name) && xlsx_built) || word_in(name, tg_report_formats()) >= 0) return true;
  complain("there is no format `%s` in this %s", name,
           is_workbook(name) ? "build: libxlsxwriter was not there when it was built" : "version");
  return false;
}

/* Everything that can be wrong with the options, before any file is read. */
static bool options_ok(check *c) {
  static const char *const severities[] = {"never", "info", "low", "medium", "high", "critical", NULL};
  static const char *const unknowns[] = {"block", "report", NULL};
  static const char *const models[] = {"risk-weighted", "unweighted", "by-area", NULL};
  const args *a = c->a;
  int n = a->fail_on ? word_in(a->fail_on, severities) : 0;
  if (n < 0)
    return complain("--fail-on takes critical, high, medium, low, info or never, not `%s`", a->fail_on),
           false;
  if (a->fail_on) c->fail_on = (tg_fail_on)(TG_FAIL_ON_NEVER + n);
  n = a->unknown ? word_in(a->unknown, unknowns) : 0;
  if (n < 0) return complain("--unknown takes block or report, not `%s`", a->unknown), false;
  if (a->unknown) c->unknown = (tg_unknown_policy)(TG_UNKNOWN_BLOCKS + n);
  n = a->readiness ? word_in(a->readiness, models) : 0;
  if (n < 0)
    return complain("--readiness takes risk-weighted, unweighted or by-area, not `%s`", a->readiness), false;
  if (a->readiness) c->readiness = (tg_readiness_model)(TG_RISK_WEIGHTED + n);
  if (a->format != NULL && !known_format(a->format)) return false;
  if (is_workbook(a->format) && a->output == NULL && isatty(STDOUT_FILENO))
    return complain("a workbook is not for a terminal; name a file with --output"), false;
  for (size_t i = 0; i < a->outs.n; i++) {
    const char *equals = strchr(a->outs.at[i], '=');
    char name[32] = "";
    if (equals == NULL || equals[1] == 0 || (size_t)(equals - a->outs.at[i]) >= sizeof name)
      return complain("--out takes FORMAT=FILE, not `%s`", a->outs.at[i]), false;
    memcpy(name, a->outs.at[i], (size_t)(equals - a->outs.at[i]));
    if (!known_format(name)) return false;
  }
  for (size_t i = 0; i < a->csv.n; i++) {
    const char *equals = strchr(a->csv.at[i], '=');
    if (equals == NULL || equals == a->csv.at[i] || equals[1] == 0)
      return complain("--facts takes NAME=FILE.csv, not `%s`", a->csv.at[i]), false;
  }
  if (a->ratchet_update && a->ratchet == NULL)
    return complain("--ratchet-update needs --ratchet FILE"), false;
  if (a->step_summary) {
    c->summary = getenv("GITHUB_STEP_SUMMARY");
    if (c->summary == NULL || *c->summary == 0)
      return complain("--step-summary: GITHUB_STEP_SUMMARY is not set: this is no step of GitHub Actions"),
             false;
  }
  if (a->portfolio && a->waivers.n > 0)
    return complain("--waivers belongs to one engagement, not to --portfolio"), false;
  if (a->operands.n + a->csv.n == 0) return complain("check needs a facts file (- is standard input)"), false;
  return find_root(a->root, &c->root, &c->prefix);
}

static int by_bytes(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* A file, or a pattern that no shell has expanded (a quoted one in a pipeline): its files in byte order of their names. */
static bool add_facts(check *c, const char *path) {
  glob_t found;
  if (access(path, F_OK) == 0 || strpbrk(path, "*?[") == NULL)
    return tg_facts_add_path(c->facts, path) == TG_OK;
  int got = glob(path, GLOB_NOSORT, NULL, &found);
  if (got != 0)
    return complain("%s: %s", path, got == GLOB_NOMATCH ? "no file matches" : "cannot be expanded"), false;
  qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, by_bytes); /* whatever the locale says */
  bool ok = true;
  for (size_t i = 0; ok && i < found.gl_pathc; i++)
    ok = tg_facts_add_path(c->facts, found.gl_pathv[i]) == TG_OK;
  globfree(&found);
  return ok;
}

static bool add_stdin(check *c) {
  size_t n = 0;
  char *input = read_stdin(&n);
  if (input == NULL) return false;
  bool ok = tg_facts_add_memory(c->facts, (tg_text){"<stdin>", 7}, input, n, 0) == TG_OK;
  free(input);
  return ok;
}

static bool load_facts(check *c) {
  const args *a = c->a;
  bool ok = tg_facts_new(c->s.env, NULL, c->s.messages, &c->facts) == TG_OK, stdin_read = false;
  for (size_t i = 0; ok && i < a->operands.n; i++) {
    bool input = strcmp(a->operands.at[i], "-") == 0;
    if (input && stdin_read) return complain("standard input can be read once only"), false;
    stdin_read |= input;
    ok = input ? add_stdin(c) : add_facts(c, a->operands.at[i]);
  }
  for (size_t i = 0; ok && i < a->csv.n; i++) {
    const char *equals = strchr(a->csv.at[i], '=');
    ok = tg_facts_add_csv(c->facts, c->program, (tg_text){a->csv.at[i], (size_t)(equals - a->csv.at[i])},
                          equals + 1) == TG_OK;
  }
  for (size_t i = 0; ok && i < a->waivers.n; i++)
    ok = tg_facts_add_waivers(c->facts, c->program, a->waivers.at[i]) == TG_OK;
  tg_program_info info;
  TG_INIT(&info);
  tg_program_get_info(c->program, &info);
  if (ok && a->waivers.n == 0 && info.waivers.n > 0 && !a->portfolio) {
    char path[4096];
    ok = info.waivers.n < sizeof path;
    if (ok) {
      memcpy(path, info.waivers.at, info.waivers.n);
      path[info.waivers.n] = 0;
      ok = tg_facts_add_waivers(c->facts, c->program, path) == TG_OK;
    } else {
      complain("the path of the waivers is too long");
    }
  }
  if (ok) ok = tg_facts_freeze(c->facts, c->program, a->portfolio) == TG_OK;
  return ok;
}

static bool evaluate(check *c) {
  const args *a = c->a;
  char today[16] = "";
  time_t now = time(NULL);
  struct tm utc;
  if (gmtime_r(&now, &utc) != NULL) strftime(today, sizeof today, "%Y-%m-%d", &utc);
  tg_text *gates = texts_of(&a->gates), *areas = texts_of(&a->areas), *phases = texts_of(&a->phases),
          *tags = texts_of(&a->tags);
  tg_run_options o;
  TG_INIT(&o);
  if (a->as_of != NULL) o.as_of = (tg_text){a->as_of, strlen(a->as_of)};
  o.clock = (tg_text){today, strlen(today)};
  o.readiness = c->readiness;
  o.fail_on = c->fail_on;
  o.unknown = c->unknown;
  o.baseline = c->baseline;
  o.ratchet = c->ratchet;
  o.gates = gates, o.gate_count = a->gates.n;
  o.areas = areas, o.area_count = a->areas.n;
  o.phases = phases, o.phase_count = a->phases.n;
  o.tags = tags, o.tag_count = a->tags.n;
  bool ok = gates != NULL && areas != NULL && phases != NULL && tags != NULL;
  if (!ok) complain("out of memory");
  if (ok && a->as_of != NULL && *a->as_of == 0) {
    complain("--as-of takes a date, YYYY-MM-DD");
    ok = false;
  }
  ok = ok && tg_eval_new(c->s.env, c->program, NULL, c->s.messages, &c->eval) == TG_OK;
  if (ok) {
    tg_status st = tg_eval_run(c->eval, c->facts, &o, &c->assessment);
    ok = st == TG_OK;
    if (!ok && tg_messages_errors(c->s.messages) == 0) complain("%s", tg_status_text(st));
  }
  free(gates);
  free(areas);
  free(phases);
  free(tags);
  return ok;
}

/* Borrowed until the next one is made. */
static bool make_report(check *c, const char *name, bool printed, tg_text *text) {
  tg_report_format f;
  TG_INIT(&f);
  f.name = is_workbook(name) ? "csv" : name;
  f.width = printed ? terminal_width() : 100;
  f.colour = printed && want_colour(c->a->color, stdout);
  f.ascii = printed && want_ascii();
  f.quiet = c->a->quiet;
  f.verbose = c->a->verbose;
  f.root = (tg_text){c->root, strlen(c->root)};
  f.prefix = (tg_text){c->prefix, strlen(c->prefix)};
  tg_status st = tg_assessment_write(c->assessment, &f, text);
  if (st == TG_INVALID && tg_messages_errors(c->s.messages) > 0) return session_say(&c->s), false;
  if (st != TG_OK) return complain("cannot make the %s report: %s", name, tg_status_text(st)), false;
  return true;
}

static bool render(check *c, const char *name, const char *path) {
  tg_text text;
  if (!make_report(c, name, path == NULL, &text)) return false;
  if (!is_workbook(name)) return write_out(path, text.at, text.n);
  tg_summary summary;
  TG_INIT(&summary);
  char day[11] = "";
  if (tg_assessment_summary(c->assessment, &summary) == TG_OK && summary.as_of.n < sizeof day)
    memcpy(day, summary.as_of.at, summary.as_of.n);
  size_t n = 0;
  char *bytes = xlsx_make(text.at, text.n, day, &n);
  bool ok = bytes != NULL && write_out(path, bytes, n);
  free(bytes);
  return ok;
}

/* GitHub drops the whole summary of a step when it grows over 1 MiB: what another command wrote there is worth more than this. */
static bool append_summary(check *c) {
  tg_text text;
  struct stat st;
  if (!make_report(c, "markdown", false, &text)) return false;
  if (stat(c->summary, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size + text.n > 1u << 20) {
    complain("warning: the step summary is full: the report is not appended");
    return true;
  }
  return append_out(c->summary, text.at, text.n);
}

static bool write_reports(check *c) {
  const args *a = c->a;
  for (size_t i = 0; i < a->outs.n; i++) {
    const char *equals = strchr(a->outs.at[i], '=');
    char name[32] = "";
    memcpy(name, a->outs.at[i], (size_t)(equals - a->outs.at[i]));
    if (!render(c, name, equals + 1)) return false;
  }
  if (c->summary != NULL && !append_summary(c)) return false;
  return render(c, a->format ? a->format : "text", a->output);
}

/* With --ratchet-update the file may be absent: it is then made. */
static bool load_ratchet(check *c) {
  const args *a = c->a;
  if (a->ratchet == NULL || (a->ratchet_update && access(a->ratchet, F_OK) != 0)) return true;
  return tg_ratchet_load(c->s.env, c->s.messages, a->ratchet, &c->ratchet) == TG_OK;
}

/* Written when something got better, and only then. */
static bool update_ratchet(check *c) {
  int tightened = 0;
  tg_text text;
  if (!c->a->ratchet_update) return true;
  tg_status st = tg_assessment_ratchet(c->assessment, &text, &tightened);
  if (st == TG_OK) return !tightened || write_out(c->a->ratchet, text.at, text.n);
  session_say(&c->s);
  return false;
}

int run_check(const args *a) {
  check c = {.a = a};
  int status = EXIT_USELESS;
  if (!options_ok(&c) || !session_open(&c.s, a)) return EXIT_USELESS;
  bool ok = (c.program = load_rules(&c.s, a, &a->rules, &a->operands)) != NULL;
  ok = ok &&
       (a->baseline == NULL || tg_baseline_load(c.s.env, c.s.messages, a->baseline, &c.baseline) == TG_OK);
  ok = ok && load_ratchet(&c);
  ok = ok && load_facts(&c);
  ok = ok && evaluate(&c);
  session_say(&c.s);
  if (ok && update_ratchet(&c) && write_reports(&c)) {
    status = tg_assessment_blocks(c.assessment) ? EXIT_OPEN : EXIT_CLEAN;
  }
  tg_eval_free(c.eval);
  tg_baseline_free(c.baseline);
  tg_ratchet_free(c.ratchet);
  tg_facts_free(c.facts);
  tg_program_unref(c.program);
  session_close(&c.s);
  return status;
}
