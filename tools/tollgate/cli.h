/* The command line: one table of commands, one table of options, one file a command.  Built on the public headers alone. */
#ifndef TOLLGATE_CLI_H
#define TOLLGATE_CLI_H

#include "tollgate/tollgate.h"
#include "tollgate/tools.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

/* Exit statuses (the contract of `tollgate help`). */
enum { EXIT_CLEAN = 0, EXIT_OPEN = 1, EXIT_USELESS = 2 };

typedef struct list {
  const char **at;
  size_t n, cap;
} list;
void list_add(list *l, const char *item);

typedef struct args {
  const char *command;
  list operands, rules, params, gates, areas, phases, tags, csv, outs, waivers;
  const char *config, *profile, *baseline, *name;
  const char *as_of, *format, *output, *root, *color, *fail_on, *unknown, *readiness, *run, *coverage_min,
      *threads;
  const char *ratchet, *report, *reason, *owner, *approver, *expires, *approved, *compensating;
  bool ratchet_update, step_summary;
  bool show, coverage, mutate, portfolio, strict, quiet, verbose, json_schema, no_jit, help, version, man;
} args;

typedef struct command {
  const char *name, *synopsis, *summary, *text;
  unsigned bit; /* in option_row.commands */
  int (*run)(const args *a);
} command;
extern const command commands[];
const command *command_find(const char *name);

/* False after a usage error was printed. */
bool args_parse(int argc, char **argv, args *out);
void args_free(args *a);
void help_overview(FILE *to);
void help_command(const command *c, FILE *to);
void man_page(const command *c, FILE *to);

int run_check(const args *a);
int run_compile(const args *a);
int run_disasm(const args *a);
int run_model(const args *a);
int run_test(const args *a);
int run_config(const args *a);
int run_waive(const args *a);
int run_baseline(const args *a);
int run_diff(const args *a);
int run_help(const args *a);
int run_template(const args *a);
int run_doc(const args *a);
int run_init(const args *a);

/* ---- what commands share ---- */

/* Environment and messages of one command; `open` false: memory was refused and said. */
typedef struct session {
  tg_env *env;
  tg_messages *messages;
  bool colour_errors;
} session;
bool session_open(session *s, const args *a);
void session_close(session *s);
/* Prints the messages on standard error. */
void session_say(session *s);
/* "tollgate: ..." on standard error; EXIT_USELESS. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The rules of --rules, or those of the configuration, or the standard packs; with the configuration of --config or --profile, else one found
 * beside `near` (NULL: none is looked for).  NULL after the reason was printed. */
tg_program_handle *load_rules(session *s, const args *a, const list *rules, const list *near);
/* A folder of what is installed with tollgate, beside the program or in the data directory; `path`, or NULL. */
const char *shared_folder(const char *name, char path[PATH_MAX]);
/* The standard packs' folder (static buffer), or NULL. */
const char *standard_rules(void);
/* A `tollgate.yaml` beside one of the files or above; NULL when there is none. */
const char *find_config(const list *facts);
/* Root of reports and the working directory as seen from it; both static. */
bool find_root(const char *given, const char **root, const char **prefix);
/* All of standard input; NULL after the reason was printed. */
char *read_stdin(size_t *n);
/* To a file: written aside, then renamed; NULL = standard output. */
bool write_out(const char *path, const char *bytes, size_t n);
/* At the end of a file, which is made when it is not there. */
bool append_out(const char *path, const char *bytes, size_t n);
/* As texts, in an array to be freed; NULL when memory was refused. */
tg_text *texts_of(const list *l);
/* Whether this build writes workbooks (libxlsxwriter was there). */
extern const bool xlsx_built;
/* The CSV report as a workbook created on `day` (YYYY-MM-DD), to be freed; NULL after the reason was printed. */
char *xlsx_make(const char *csv, size_t n, const char *day, size_t *size);
bool want_colour(const char *mode, FILE *to);
int terminal_width(void);
bool want_ascii(void);

#endif
