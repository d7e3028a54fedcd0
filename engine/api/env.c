/* Environment, statuses, diagnostics. */
#include "api/handles.h"

#include <stdlib.h>
#include <string.h>

void tg_init(void *options, size_t size) {
  memset(options, 0, size);
  memcpy(options, &size, sizeof size);
}

const char *tg_version(void) { return TG_VERSION; }

const char *tg_status_text(tg_status status) {
  switch (status) {
  case TG_OK: return "ok";
  case TG_INVALID: return "invalid";
  case TG_NOMEM: return "out of memory";
  case TG_LIMIT: return "limit reached";
  case TG_IO: return "input or output failed";
  case TG_INTERRUPTED: return "interrupted";
  case TG_MISUSE: return "misuse";
  }
  return "no such status";
}

tg_status tg_env_new(const tg_env_options *options, tg_env **out) {
  if (out == NULL) return TG_MISUSE;
  tg_env_options o;
  TG_COPY_OPTIONS(&o, options);
  tg_mem probe;
  tg_mem_init(&probe, o.allocator, 0);
  tg_env *env = tg_mem_zalloc(&probe, sizeof *env);
  if (env == NULL) return TG_NOMEM;
  env->allocator = probe.allocator;
  env->memory_limit = o.memory_limit;
  env->subject_cost = o.subject_cost ? o.subject_cost : TG_MAX_SUBJECT_COST;
  env->document_cost = o.document_cost ? o.document_cost : TG_MAX_DOCUMENT_COST;
  env->jit = !o.no_jit;
  *out = env;
  return TG_OK;
}

void tg_env_free(tg_env *env) {
  if (env == NULL) return;
  tg_mem m;
  tg_mem_init(&m, &env->allocator, 0);
  tg_mem_free(&m, env, sizeof *env);
}

/* ---- messages ---- */

tg_status tg_messages_new(tg_env *env, tg_messages **out) {
  if (env == NULL || out == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_mem_init(&mem, &env->allocator, env->memory_limit);
  tg_messages *m = tg_mem_zalloc(&mem, sizeof *m);
  if (m == NULL) return tg_mem_status(&mem);
  m->mem = mem;
  tg_diags_init(&m->diags, &m->mem);
  tg_buf_init(&m->written, &m->mem);
  *out = m;
  return TG_OK;
}

void tg_messages_free(tg_messages *m) {
  if (m == NULL) return;
  tg_diags_done(&m->diags);
  tg_buf_done(&m->written);
  tg_mem mem = m->mem;
  tg_mem_free(&mem, m, sizeof *m);
}

void tg_messages_clear(tg_messages *m) {
  if (m == NULL) return;
  bool strict = m->diags.strict;
  tg_diags_reset(&m->diags);
  m->diags.strict = strict;
}

void tg_messages_strict(tg_messages *m, int strict) {
  if (m != NULL) m->diags.strict = strict != 0;
}

size_t tg_messages_errors(const tg_messages *m) { return m ? m->diags.errors : 0; }
size_t tg_messages_warnings(const tg_messages *m) { return m ? m->diags.warnings : 0; }
size_t tg_messages_count(const tg_messages *m) { return m ? m->diags.list.n : 0; }

tg_status tg_messages_get(const tg_messages *m, size_t index, tg_message *out) {
  if (m == NULL || out == NULL || index >= m->diags.list.n) return TG_MISUSE;
  const tg_diag *d = &m->diags.list.at[index];
  tg_message r = {0,
                  (int)d->code,
                  d->severity,
                  tg_text_from(d->message),
                  tg_text_from(d->hint),
                  tg_text_from(d->file),
                  d->line,
                  d->column,
                  tg_text_from(d->excerpt)};
  TG_GIVE(out, r);
  return TG_OK;
}

tg_status tg_messages_write(tg_messages *m, int colour, tg_text *out) {
  if (m == NULL || out == NULL) return TG_MISUSE;
  tg_mem_clear(&m->mem);
  tg_buf_clear(&m->written);
  tg_diags_sort(&m->diags);
  for (uint32_t i = 0; i < m->diags.list.n; i++)
    tg_diag_write(&m->diags.list.at[i], colour != 0, &m->written);
  uint32_t kept[2] = {0, 0};
  for (uint32_t i = 0; i < m->diags.list.n; i++) kept[m->diags.list.at[i].severity]++;
  uint32_t more_errors = m->diags.errors - kept[TG_DIAG_ERROR],
           more_warnings = m->diags.warnings - kept[TG_DIAG_WARNING];
  if (more_errors) tg_buf_printf(&m->written, "... and %u more errors\n", more_errors);
  if (more_warnings) tg_buf_printf(&m->written, "... and %u more warnings\n", more_warnings);
  if (m->written.failed) return TG_NOMEM;
  *out = (tg_text){m->written.n ? m->written.at : "", m->written.n};
  return TG_OK;
}

tg_status tg_api_refused(tg_messages *m, const tg_mem *mem, tg_status status) {
  if (status == TG_INVALID && mem->failed)
    status = tg_mem_status(mem); /* what looks invalid was only half read */
  if (status == TG_NOMEM)
    tg_diag_at(&m->diags, TG_E_NOMEM, NULL, TG_NO_SPAN, "memory was refused after %llu bytes",
               (unsigned long long)mem->used);
  else if (status == TG_LIMIT && mem->limit_hit)
    tg_diag_at(&m->diags, TG_E_LIMIT, NULL, TG_NO_SPAN, "the memory limit of %llu bytes was reached",
               (unsigned long long)mem->limit);
  else if (status == TG_LIMIT && m->diags.errors == 0) /* no limit is reached without a word */
    tg_diag_at(&m->diags, TG_E_LIMIT, NULL, TG_NO_SPAN, "the input is larger than the engine can address");
  return status;
}
