/* Tollgate for tools: formatter, language server, disassembler.
 *
 * Same library, no binary stability: what stands here may change with any release.  The conventions of tollgate.h hold: statuses,
 * borrowed texts, one thread a handle; programs from any thread. */
#ifndef TOLLGATE_TOOLS_H
#define TOLLGATE_TOOLS_H

#include "tollgate/tollgate.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Readable listing of the bytecode, *n bytes and a NUL.  The caller owns *out and gives it to tg_tools_release, with the
 * environment that the program came from; so for the next two. */
TG_API tg_status tg_program_disasm(const tg_program_handle *p, char **out, size_t *n);
/* The fact model as a listing, or as JSON Schema 2020-12 when `json_schema`.  TG_INVALID: the packs have no model. */
TG_API tg_status tg_program_model(const tg_program_handle *p, int json_schema, char **out, size_t *n);
/* Settings, tailoring and parameters in force, one a line, with the place each comes from. */
TG_API tg_status tg_program_config(const tg_program_handle *p, char **out, size_t *n);
/* A facts file to fill in, as YAML: every fact that the gates chosen by the options' gates, areas, phases and tags read, blank, with what the model says of
 * it; a single phase is filled in.  TG_INVALID: a filter fits no gate (the messages say so), or the rules have no model. */
TG_API tg_status tg_program_template(const tg_program_handle *p, const tg_run_options *options,
                                     tg_messages *m, char **out, size_t *n);
/* The catalogue of the gates as Markdown: of one program, or of an engagement's and a portfolio's together (count 1 or 2). */
TG_API tg_status tg_programs_catalogue(const tg_program_handle *const *programs, size_t count, char **out,
                                       size_t *n);
/* The table of instructions as Markdown. */
TG_API tg_status tg_tools_opcodes(tg_env *env, char **out, size_t *n);
/* The table of diagnostic codes: 0 when `index` is past the last, else the code.  Either output may be NULL; texts are static. */
TG_API int tg_tools_code(size_t index, const char **summary, const char **severity);
/* The steps of tg_eval_run apart, for measurements, in this order and over the same facts.  Times are the caller's.
 * First: rows from frozen facts. */
TG_API tg_status tg_tools_fill(tg_eval *e, tg_facts *facts);
/* Second: all gates over the rows, on that day (empty: the facts' own). */
TG_API tg_status tg_tools_evaluate(tg_eval *e, tg_facts *facts, tg_text as_of);
/* Third: the assessment, which belongs to the evaluator. */
TG_API tg_status tg_tools_assess(tg_eval *e, tg_facts *facts, tg_assessment_handle **out);
/* One value of a row, for programs that read rows themselves (the benchmark's hand-written rules).
 * kind: 0 unknown, 2 boolean (num), 3 number (num / 10^aux), 4 and 5 text, 6 date (num: days since 1970-01-01). */
typedef struct tg_cell {
  uint8_t kind, aux;
  uint16_t len;
  uint32_t start;
  int64_t num;
} tg_cell;
/* Numbers of the row type and of the value in it for a path as rules write it: "systems[].kt.sessions_done".  TG_INVALID: no rule reads it. */
TG_API tg_status tg_tools_slot(const tg_program_handle *p, tg_text path, unsigned *shape, unsigned *slot);
/* After tg_tools_fill: how many rows a shape has.  The number of the shape is not checked. */
TG_API uint32_t tg_tools_row_count(const tg_eval *e, unsigned shape);
/* One row, borrowed until the next fill; neither number is checked. */
TG_API const tg_cell *tg_tools_row(const tg_eval *e, unsigned shape, uint32_t row);
/* The text of a cell of kind 4 or 5, borrowed from the facts. */
TG_API tg_text tg_tools_text(const tg_facts *facts, const tg_cell *cell);
/* ---- rule tests: *.test.yaml, coverage, mutants ---- */
typedef struct tg_tester tg_tester;
typedef struct tg_test_options {
  size_t size;
  tg_text run;      /* glob over names of cases; empty = all */
  int coverage;     /* note which outcomes and truth values were seen */
  int mutate;       /* change the rules one place at a time; cases must pass first */
  unsigned threads; /* of mutation; 0 = one */
  void (*progress)(void *ctx, size_t done,
                   size_t total); /* mutants; NULL; one call at a time, from any thread */
  void *progress_ctx;
} tg_test_options;
typedef struct tg_test_summary {
  size_t size;
  size_t cases, failed;
  size_t gates, gates_covered;    /* gates; those seen to pass, fail, be unknown and not apply */
  size_t truths, truths_seen;     /* of conditions: true, false, unknown each */
  size_t outcomes, outcomes_seen; /* 4 x gates, less what test files call unreachable */
  size_t mutants, killed, survived;
} tg_test_summary;
/* `messages` outlives the tester.  The caller owns *out. */
TG_API tg_status tg_tester_new(tg_env *env, tg_messages *messages, tg_tester **out);
TG_API void tg_tester_free(tg_tester *t);
/* Before the run, as often as wanted: a rule file, a test file (the packs beside it are loaded too), or a folder searched for both. */
TG_API tg_status tg_tester_add_path(tg_tester *t, const char *path);
/* Folder of the standard packs: lends what packs `use` that were not added.  What is lent is neither counted nor mutated.  Copied. */
TG_API tg_status tg_tester_standard(tg_tester *t, const char *folder);
/* Runs once.  TG_OK also when cases fail; TG_INVALID: rules or test files are wrong, or no case is selected. */
TG_API tg_status tg_tester_run(tg_tester *t, const tg_test_options *options, tg_test_summary *out);
/* After the run: "text", "junit", "tap", "json", "coverage", "coverage-json", "lcov", "mutants".  Borrowed until the next call; TG_MISUSE for
 * another name. */
TG_API tg_status tg_tester_write(tg_tester *t, const char *format, tg_text *out);

/* ---- reports read back ---- */

/* Signs a whole JSON report off as a baseline: *out is its text with `signed_off` as the last member.  `reason` empty: the text as it is, checked.
 * TG_INVALID, TG_IO: the messages say why.  Released with tg_tools_release. */
TG_API tg_status tg_baseline_sign(tg_env *env, tg_messages *messages, const char *path, tg_text reason,
                                  tg_text owner, tg_text expires_on, char **out, size_t *n);
/* What changed between two JSON reports, and why, as "text", "markdown" or "json" (include/tollgate/diff.schema.json); *worse: something is.
 * TG_MISUSE for another format.  Released with tg_tools_release. */
TG_API tg_status tg_reports_diff(tg_env *env, tg_messages *messages, const char *before, const char *after,
                                 const tg_report_format *format, int *worse, char **out, size_t *n);

typedef struct tg_waiver_request {
  size_t size;
  tg_text target; /* a fingerprint of the report, GATE or GATE[ITEM] */
  tg_text reason, owner, approver, approved_on, expires_on;
  tg_text compensating; /* empty = none is named */
  const char *report;   /* path of a JSON report that must have the finding; NULL = not asked */
  const char *path;     /* of the file of waivers */
  int fresh;            /* there is no such file yet */
} tg_waiver_request;
/* *out: the text of the YAML file with one entry more, everything else byte for byte; `id` gets the entry's.  `program` NULL: the rules are not known.
 * TG_INVALID: the waiver would not be in force, or the file cannot take it.  Released with tg_tools_release. */
TG_API tg_status tg_waiver_add(tg_env *env, tg_messages *messages, const tg_program_handle *program,
                               const tg_waiver_request *request, char id[24], char **out, size_t *n);

/* Takes back what a function of this header allocated; `n` is the length it told.  NULL is fine. */
TG_API void tg_tools_release(tg_env *env, char *text, size_t n);

#ifdef __cplusplus
}
#endif
#endif
