#include "regex/regex.h"

#include "base/limits.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <string.h>

/* PCRE2 frees without telling the size: each block carries its own in front. */
enum { HEAD = 16, JIT_STACK_FIRST = 32 * 1024, JIT_STACK_MOST = 512 * 1024 };

struct tg_regex {
  tg_mem *mem;
  pcre2_general_context *general;
  pcre2_code *code;
  bool jit;
};

struct tg_matcher {
  tg_mem *mem;
  pcre2_general_context *general;
  pcre2_match_context *context;
  pcre2_match_data *data;
  pcre2_jit_stack *stack;
};

static void *take(size_t n, void *ctx) {
  uint8_t *p = n > SIZE_MAX - HEAD ? NULL : tg_mem_alloc(ctx, n + HEAD);
  if (p == NULL) return NULL;
  memcpy(p, &n, sizeof n);
  return p + HEAD;
}

static void give(void *p, void *ctx) {
  size_t n;
  if (p == NULL) return;
  uint8_t *block = (uint8_t *)p - HEAD;
  memcpy(&n, block, sizeof n);
  tg_mem_free(ctx, block, n + HEAD);
}

static tg_status refuse(tg_regex_error *error, size_t offset, const char *message) {
  error->offset = offset;
  snprintf(error->message, sizeof error->message, "%s", message);
  return TG_INVALID;
}

/* A pattern may not set its own options or limits: `(*UCP)`, `(*LIMIT_MATCH=..)`, `(*CRLF)`, ... */
static bool begins_with_verb(tg_str p) { return p.n >= 2 && p.at[0] == '(' && p.at[1] == '*'; }

/* Callouts would call back into nothing. */
static size_t find_callout(tg_str p) {
  for (uint32_t i = 0; i + 2 < p.n; i++) {
    if (p.at[i] == '\\') {
      i++;
      continue;
    }
    if (p.at[i] == '(' && p.at[i + 1] == '?' && p.at[i + 2] == 'C') return i;
  }
  return SIZE_MAX;
}

tg_status tg_regex_new(tg_mem *mem, tg_str pattern, bool caseless, tg_regex **out, tg_regex_error *error) {
  memset(error, 0, sizeof *error);
  if (pattern.n > TG_MAX_REGEX_BYTES) return refuse(error, TG_MAX_REGEX_BYTES, "the pattern is too long");
  if (begins_with_verb(pattern))
    return refuse(error, 0, "a pattern cannot change the options that all patterns share");
  if (find_callout(pattern) != SIZE_MAX)
    return refuse(error, find_callout(pattern), "callouts are not allowed");
  tg_regex *r = tg_mem_zalloc(mem, sizeof *r);
  if (r == NULL) return tg_mem_status(mem);
  r->mem = mem;
  r->general = pcre2_general_context_create(take, give, mem);
  pcre2_compile_context *context = r->general ? pcre2_compile_context_create(r->general) : NULL;
  if (context == NULL) {
    tg_regex_free(r);
    return tg_mem_status(mem) == TG_OK ? TG_NOMEM : tg_mem_status(mem);
  }
  uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UCP |
                     (caseless ? PCRE2_CASELESS : 0);
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
  int code = 0;
  PCRE2_SIZE offset = 0;
  r->code =
      pcre2_compile((PCRE2_SPTR)(pattern.n ? pattern.at : ""), pattern.n, options, &code, &offset, context);
  pcre2_compile_context_free(context);
  if (r->code == NULL) {
    bool nomem = code == PCRE2_ERROR_HEAP_FAILED || mem->failed;
    tg_regex_free(r);
    if (nomem) return tg_mem_status(mem) == TG_OK ? TG_NOMEM : tg_mem_status(mem);
    PCRE2_UCHAR message[120];
    pcre2_get_error_message(code, message, sizeof message);
    return refuse(error, offset, (const char *)message);
  }
  *out = r;
  return TG_OK;
}

void tg_regex_free(tg_regex *r) {
  if (r == NULL) return;
  pcre2_code_free(r->code);
  pcre2_general_context_free(r->general);
  tg_mem_free(r->mem, r, sizeof *r);
}

bool tg_regex_jit(tg_regex *r) {
  bool refused = r->mem->failed;
  r->jit = pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE) == 0;
  if (!refused) tg_mem_clear(r->mem); /* a refused JIT is no refusal: the interpreter serves */
  return r->jit;
}

bool tg_regex_has_jit(const tg_regex *r) { return r->jit; }

tg_status tg_matcher_new(tg_mem *mem, tg_matcher **out) {
  tg_matcher *m = tg_mem_zalloc(mem, sizeof *m);
  if (m == NULL) return tg_mem_status(mem);
  m->mem = mem;
  m->general = pcre2_general_context_create(take, give, mem);
  if (m->general != NULL) {
    m->context = pcre2_match_context_create(m->general);
    m->data = pcre2_match_data_create(1, m->general);
  }
  if (m->context == NULL || m->data == NULL) {
    tg_matcher_free(m);
    return tg_mem_status(mem) == TG_OK ? TG_NOMEM : tg_mem_status(mem);
  }
  pcre2_set_match_limit(m->context, TG_REGEX_MATCH_LIMIT);
  pcre2_set_depth_limit(m->context, TG_REGEX_DEPTH_LIMIT);
  pcre2_set_heap_limit(m->context, TG_REGEX_HEAP_KIB);
  *out = m;
  return TG_OK;
}

void tg_matcher_free(tg_matcher *m) {
  if (m == NULL) return;
  pcre2_jit_stack_free(m->stack);
  pcre2_match_data_free(m->data);
  pcre2_match_context_free(m->context);
  pcre2_general_context_free(m->general);
  tg_mem_free(m->mem, m, sizeof *m);
}

/* The JIT needs a stack of its own; made at the first pattern that has one. */
static void ensure_stack(tg_matcher *m) {
  if (m->stack != NULL) return;
  bool refused = m->mem->failed;
  m->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MOST, m->general);
  if (m->stack != NULL)
    pcre2_jit_stack_assign(m->context, NULL, m->stack);
  else if (!refused)
    tg_mem_clear(m->mem); /* without one the machine stack serves */
}

static tg_match verdict(int rc) {
  if (rc >= 0) return TG_MATCH_YES;
  if (rc == PCRE2_ERROR_NOMATCH) return TG_MATCH_NO;
  return rc == PCRE2_ERROR_NOMEMORY ? TG_MATCH_NOMEM : TG_MATCH_BUDGET;
}

tg_match tg_regex_match(tg_matcher *m, const tg_regex *r, tg_str subject) {
  if (subject.n > TG_MAX_REGEX_SUBJECT) return TG_MATCH_BUDGET;
  PCRE2_SPTR at = (PCRE2_SPTR)(subject.n ? subject.at : "");
  if (r->jit) {
    ensure_stack(m);
    int rc = pcre2_match(r->code, at, subject.n, 0, PCRE2_NO_UTF_CHECK, m->data, m->context);
    if (verdict(rc) == TG_MATCH_YES || verdict(rc) == TG_MATCH_NO) return verdict(rc);
  }
  return verdict(
      pcre2_match(r->code, at, subject.n, 0, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, m->data, m->context));
}
