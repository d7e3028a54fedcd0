/* Earlier results: baselines, ratchets, comparisons, and waivers for what they found. */
#include "api/handles.h"
#include "assess/past.h"
#include "assess/ratchet.h"
#include "assess/waive.h"
#include "report/diff.h"

#include <string.h>

tg_status tg_ratchet_load(tg_env *env, tg_messages *messages, const char *path, tg_ratchet_handle **out) {
  if (env == NULL || messages == NULL || path == NULL || out == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_mem_init(&mem, &env->allocator, env->memory_limit);
  tg_ratchet_handle *r = tg_mem_zalloc(&mem, sizeof *r);
  if (r == NULL) return tg_api_refused(messages, &mem, tg_mem_status(&mem));
  r->mem = mem;
  tg_status st = tg_ratchet_read(&r->ratchet, &r->mem, path, tg_str_of(path), &messages->diags);
  if (st == TG_OK) {
    *out = r;
    return st;
  }
  st = tg_api_refused(messages, &r->mem, st);
  tg_ratchet_free(r);
  return st;
}

void tg_ratchet_free(tg_ratchet_handle *r) {
  if (r == NULL) return;
  tg_ratchet_done(&r->ratchet);
  tg_mem mem = r->mem;
  tg_mem_free(&mem, r, sizeof *r);
}

tg_status tg_assessment_ratchet(tg_assessment_handle *h, tg_text *out, int *tightened) {
  if (h == NULL || out == NULL || tightened == NULL) return TG_MISUSE;
  bool tight = false;
  tg_buf_clear(&h->report);
  tg_status st = tg_ratchet_write(&h->a, &h->messages->diags, &h->report, &tight);
  if (st != TG_OK) return tg_api_refused(h->messages, h->a.mem, st);
  *out = (tg_text){h->report.at, h->report.n};
  *tightened = tight;
  return TG_OK;
}

/* ---- texts that are handed over ---- */

/* A job's own memory, and the text it makes. */
typedef struct job {
  tg_mem mem;
  tg_buf out;
  tg_messages *messages;
} job;

static void begin(job *j, tg_env *env, tg_messages *messages) {
  tg_mem_init(&j->mem, &env->allocator, env->memory_limit);
  tg_buf_init(&j->out, &j->mem);
  j->messages = messages;
}

static tg_status finish(job *j, tg_status st, char **out, size_t *n) {
  if (st == TG_OK && j->out.failed) st = tg_mem_status(&j->mem);
  char *copy = st == TG_OK ? tg_mem_alloc(&j->mem, j->out.n + 1) : NULL;
  if (st == TG_OK && copy == NULL) st = tg_mem_status(&j->mem);
  if (copy != NULL) {
    if (j->out.n) memcpy(copy, j->out.at, j->out.n);
    copy[j->out.n] = 0;
    *out = copy;
    *n = j->out.n;
  }
  tg_buf_done(&j->out);
  return st == TG_OK ? st : tg_api_refused(j->messages, &j->mem, st);
}

tg_status tg_baseline_sign(tg_env *env, tg_messages *messages, const char *path, tg_text reason,
                           tg_text owner, tg_text expires_on, char **out, size_t *n) {
  if (env == NULL || messages == NULL || path == NULL || out == NULL || n == NULL) return TG_MISUSE;
  bool sign = reason.n > 0;
  if (sign != (owner.n > 0) || sign != (expires_on.n > 0)) return TG_MISUSE;
  tg_signature s = {tg_str_from(reason), tg_str_from(owner), tg_str_from(expires_on)};
  tg_past p;
  job j;
  begin(&j, env, messages);
  tg_status st =
      tg_past_read(&p, &j.mem, path, tg_str_of(path), TG_E_BASELINE,
                   "a baseline is made of a report of `tollgate check --format json`", &messages->diags);
  if (st == TG_OK) st = tg_baseline_put_signed(&p, sign ? &s : NULL, &messages->diags, &j.out);
  tg_past_done(&p);
  return finish(&j, st, out, n);
}

tg_status tg_reports_diff(tg_env *env, tg_messages *messages, const char *before, const char *after,
                          const tg_report_format *format, int *worse, char **out, size_t *n) {
  if (env == NULL || messages == NULL || before == NULL || after == NULL || format == NULL || worse == NULL ||
      out == NULL || n == NULL)
    return TG_MISUSE;
  tg_report_format f;
  TG_COPY_OPTIONS(&f, format);
  tg_diff_fn write = f.name ? tg_diff_find(f.name) : NULL;
  if (write == NULL) return TG_MISUSE;
  tg_report_options o = {.width = f.width,
                         .colour = f.colour != 0,
                         .ascii = f.ascii != 0,
                         .verbose = f.verbose != 0,
                         .quiet = f.quiet != 0,
                         .root = tg_str_from(f.root),
                         .prefix = tg_str_from(f.prefix),
                         .tool_version = TG_STR(TG_VERSION)};
  tg_diff x;
  job j;
  begin(&j, env, messages);
  tg_status st = tg_diff_make(&x, &j.mem, before, after, &messages->diags);
  if (st == TG_OK) st = write(&x, &o, &j.out);
  bool is_worse = x.worse;
  tg_diff_done(&x);
  st = finish(&j, st, out, n);
  if (st == TG_OK) *worse = is_worse;
  return st;
}

tg_status tg_waiver_add(tg_env *env, tg_messages *messages, const tg_program_handle *program,
                        const tg_waiver_request *request, char id[24], char **out, size_t *n) {
  tg_waiver_request r;
  TG_COPY_OPTIONS(&r, request);
  if (env == NULL || messages == NULL || r.path == NULL || r.target.n == 0 || id == NULL || out == NULL ||
      n == NULL)
    return TG_MISUSE;
  tg_diags *d = &messages->diags;
  tg_waiver_entry e = {.reason = tg_str_from(r.reason),
                       .owner = tg_str_from(r.owner),
                       .approver = tg_str_from(r.approver),
                       .approved_on = tg_str_from(r.approved_on),
                       .expires_on = tg_str_from(r.expires_on),
                       .compensating_action = tg_str_from(r.compensating)};
  tg_past report;
  tg_waiver_file file;
  tg_arena arena;
  job j;
  begin(&j, env, messages);
  tg_arena_init(&arena, &j.mem);
  memset(&report, 0, sizeof report);
  tg_status st = tg_waiver_file_read(&file, &j.mem, r.fresh ? NULL : r.path, tg_str_of(r.path), d);
  if (st == TG_OK && r.report != NULL)
    st = tg_past_read(&report, &j.mem, r.report, tg_str_of(r.report), TG_E_REPORT,
                      "what is wanted is a report of `tollgate check --format json`", d);
  if (st == TG_OK && r.report != NULL) st = tg_past_report(&report, d);
  if (st == TG_OK)
    st = tg_waive(program ? &program->program : NULL, r.report ? &report : NULL, &file, &arena,
                  tg_str_from(r.target), &e, d);
  if (st == TG_OK) st = tg_waiver_file_append(&file, &e, d, &j.out);
  if (st == TG_OK) {
    memcpy(id, e.id.at, e.id.n);
    id[e.id.n] = 0;
  }
  tg_past_done(&report);
  tg_waiver_file_done(&file);
  tg_arena_done(&arena);
  return finish(&j, st, out, n);
}
