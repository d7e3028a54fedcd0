/* tools.h: listings and tables. */
#include "api/handles.h"

#include <string.h>

/* Hands the buffer's text over; released with tg_tools_release. */
static tg_status give(tg_mem *mem, tg_buf *b, char **out, size_t *n) {
  if (b->failed) {
    tg_buf_done(b);
    return tg_mem_status(mem);
  }
  char *copy = tg_mem_alloc(mem, b->n + 1);
  if (copy != NULL) {
    if (b->n) memcpy(copy, b->at, b->n);
    copy[b->n] = 0;
    *out = copy;
    *n = b->n;
  }
  tg_buf_done(b);
  return copy ? TG_OK : tg_mem_status(mem);
}

static void begin(const tg_allocator *allocator, tg_mem *mem, tg_buf *b) {
  tg_mem_init(mem, allocator, 0);
  tg_buf_init(b, mem);
}

tg_status tg_program_disasm(const tg_program_handle *p, char **out, size_t *n) {
  if (p == NULL || out == NULL || n == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_buf b;
  begin(&p->mem.allocator, &mem, &b);
  tg_program_list(&p->program, &b);
  return give(&mem, &b, out, n);
}

tg_status tg_program_model(const tg_program_handle *p, int json_schema, char **out, size_t *n) {
  if (p == NULL || out == NULL || n == NULL) return TG_MISUSE;
  if (!p->program.model.present) return TG_INVALID;
  tg_mem mem;
  tg_buf b;
  begin(&p->mem.allocator, &mem, &b);
  if (json_schema)
    tg_model_write_schema(&p->program.model, TG_STR("Engagement facts"), &b);
  else
    tg_model_write_text(&p->program.model, &b);
  return give(&mem, &b, out, n);
}

tg_status tg_tools_opcodes(tg_env *env, char **out, size_t *n) {
  if (env == NULL || out == NULL || n == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_buf b;
  begin(&env->allocator, &mem, &b);
  tg_buf_puts(&b, "| instruction | cost | can err | meaning |\n|---|---|---|---|\n");
  for (int i = 0; i < TG_OP_COUNT; i++)
    tg_buf_printf(&b, "| `%s` | %u | %s | %s |\n", tg_ops[i].name, tg_ops[i].cost,
                  tg_ops[i].can_err ? "yes" : "no", tg_ops[i].summary);
  return give(&mem, &b, out, n);
}

int tg_tools_code(size_t index, const char **summary, const char **severity) {
  static const struct {
    int code;
    const char *summary, *severity;
  } rows[] = {
#define TG_CODE(number, name, sev, text) {number, text, #sev},
#include "base/codes.def"
#undef TG_CODE
  };
  if (index >= sizeof rows / sizeof *rows) return 0;
  if (summary != NULL) *summary = rows[index].summary;
  if (severity != NULL)
    *severity = strcmp(rows[index].severity, "ERROR") == 0    ? "error"
                : strcmp(rows[index].severity, "STRICT") == 0 ? "warning, error with --strict"
                                                              : "warning";
  return rows[index].code;
}

void tg_tools_release(tg_env *env, char *text, size_t n) {
  if (env == NULL || text == NULL) return;
  tg_mem mem;
  tg_mem_init(&mem, &env->allocator, 0);
  tg_mem_free(&mem, text, n + 1);
}
