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

/* ---- rows ---- */

_Static_assert(sizeof(tg_cell) == sizeof(tg_value), "a cell is a value");

tg_status tg_tools_slot(const tg_program_handle *p, tg_text path, unsigned *shape, unsigned *slot) {
  if (p == NULL || path.at == NULL || shape == NULL || slot == NULL) return TG_MISUSE;
  const tg_plan *plan = &p->program.plan;
  uint32_t entry = UINT32_MAX, at = 0;
  unsigned s = 0;
  while (at < path.n) {
    uint32_t end = at,
             first = entry == UINT32_MAX ? plan->shapes[s].first_entry : plan->entries[entry].first_child;
    while (end < path.n && path.at[end] != '.' && path.at[end] != '[') end++;
    for (entry = first; entry != UINT32_MAX; entry = plan->entries[entry].next)
      if (tg_str_eq(plan->entries[entry].name, (tg_str){path.at + at, end - at})) break;
    if (entry == UINT32_MAX) return TG_INVALID;
    *slot = plan->entries[entry].slot;
    *shape = s;
    if (end + 1 < path.n && path.at[end] == '[') {
      s = plan->entries[entry].shape;
      if (s == TG_NO_SHAPE) return TG_INVALID;
      entry = UINT32_MAX;
      *shape = s;
      *slot = 0;
      end += 2;
    }
    at = end + 1;
  }
  return TG_OK;
}

uint32_t tg_tools_row_count(const tg_eval *e, unsigned shape) { return e->rows.tables[shape].count; }

const tg_cell *tg_tools_row(const tg_eval *e, unsigned shape, uint32_t row) {
  return (const tg_cell *)(const void *)tg_row(&e->rows, shape, row);
}

tg_text tg_tools_text(const tg_facts *facts, const tg_cell *cell) {
  tg_heap heap = {0};
  tg_store_heap(&facts->store, &heap);
  return tg_text_from(tg_text_of(&heap, (const tg_value *)(const void *)cell));
}
