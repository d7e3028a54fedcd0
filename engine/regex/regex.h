/* PCRE2 with the options that are fixed for ever, budgets, and per-thread state.
 *
 * Options: UTF, no \C, `$` only at the very end, `.` without newline, \d \w \s and POSIX classes ASCII, callouts refused.
 * A pattern is compiled (and JIT-compiled when asked and possible) once, then shared by threads; each thread
 * matches through a tg_matcher of its own. */
#ifndef TG_REGEX_REGEX_H
#define TG_REGEX_REGEX_H

#include "base/diag.h"

typedef struct tg_regex tg_regex;
typedef struct tg_matcher tg_matcher;

typedef struct tg_regex_error {
  size_t offset; /* bytes into the pattern */
  char message[160];
} tg_regex_error;

/* TG_INVALID with *error filled, TG_NOMEM.  `caseless` is the flag `i`.  PCRE2's own memory comes from `mem`. */
tg_status tg_regex_new(tg_mem *mem, tg_str pattern, bool caseless, tg_regex **out, tg_regex_error *error);
void tg_regex_free(tg_regex *r);
/* Before the pattern is shared.  False: no JIT here, the interpreter serves. */
bool tg_regex_jit(tg_regex *r);
bool tg_regex_has_jit(const tg_regex *r);

typedef enum tg_match { TG_MATCH_NO = 0, TG_MATCH_YES = 1, TG_MATCH_BUDGET = 2, TG_MATCH_NOMEM = 3 } tg_match;

tg_status tg_matcher_new(tg_mem *mem, tg_matcher **out);
void tg_matcher_free(tg_matcher *m);
/* Searches `subject`, which must be valid UTF-8 (not checked again).  A JIT match over its budget is tried once
 * more by the interpreter, whose answer stands.  Subjects over TG_MAX_REGEX_SUBJECT: BUDGET. */
tg_match tg_regex_match(tg_matcher *m, const tg_regex *r, tg_str subject);

#endif
