/* tools.h: listings and tables. */
#include "api/handles.h"
#include "report/author.h"

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

static void put_origin(const tg_program *p, tg_span at, bool option, tg_buf *b) {
  tg_place place = tg_program_place(p, at.start);
  if (option)
    tg_buf_puts(b, "option");
  else if (place.line == 0)
    tg_buf_puts(b, "default");
  else
    tg_buf_printf(b, "%.*s:%u", TG_STR_ARG(place.file), place.line);
}

/* Blanks up to `column`, at least two. */
static void pad(tg_buf *b, size_t start, size_t column) {
  do tg_buf_putc(b, ' ');
  while (!b->failed && b->n - start < column);
}

tg_status tg_program_config(const tg_program_handle *h, char **out, size_t *n) {
  if (h == NULL || out == NULL || n == NULL) return TG_MISUSE;
  const tg_program *p = &h->program;
  const tg_settings *s = &p->settings;
  tg_mem mem;
  tg_buf b;
  begin(&h->mem.allocator, &mem, &b);
  for (uint32_t i = 0; i < s->file_count; i++)
    tg_buf_printf(&b, "%s %.*s\n", i + 1 < s->file_count ? "extends      " : "configuration",
                  TG_STR_ARG(s->files[i].name));
  for (uint32_t i = 0; i < p->pack_count; i++)
    tg_buf_printf(&b, "pack          %.*s %.*s  %.*s\n", TG_STR_ARG(p->packs[i].name),
                  TG_STR_ARG(p->packs[i].version), TG_STR_ARG(p->packs[i].file));
  tg_buf_puts(&b, "\nsettings\n");
  for (uint32_t i = 0; i < s->shown_count; i++) {
    size_t start = b.n;
    tg_buf_printf(&b, "  %.*s", TG_STR_ARG(s->shown[i].name));
    pad(&b, start, 40);
    tg_buf_put(&b, s->shown[i].value.at, s->shown[i].value.n);
    pad(&b, start, 74);
    put_origin(p, s->shown[i].at, false, &b);
    tg_buf_putc(&b, '\n');
  }
  for (uint32_t i = 0, first = 1; i < p->gate_count; i++) {
    const tg_gate *g = &p->gates[i];
    if (g->tailor_reason.n == 0) continue;
    if (first) tg_buf_puts(&b, "\ntailoring\n");
    first = 0;
    for (uint32_t k = 0; k < g->tailor_count; k++) {
      const tg_tailoring *t = &s->tailorings[g->tailor_first + k];
      tg_buf_printf(&b, "  %.*s  %.*s from %.*s to %.*s: %.*s\n", TG_STR_ARG(g->id), TG_STR_ARG(t->what),
                    TG_STR_ARG(t->from), TG_STR_ARG(t->to), TG_STR_ARG(g->tailor_reason));
    }
  }
  if (p->param_count) tg_buf_puts(&b, "\nparameters\n");
  for (uint32_t i = 0; i < p->param_count; i++) {
    size_t start = b.n;
    tg_buf_printf(&b, "  %.*s", TG_STR_ARG(p->params[i].full_name));
    pad(&b, start, 40);
    tg_put_param(p, &p->params[i], &b);
    if (p->params[i].unit.n) tg_buf_printf(&b, " %.*s", TG_STR_ARG(p->params[i].unit));
    pad(&b, start, 74);
    put_origin(p, p->params[i].origin, p->params[i].from_option, &b);
    tg_buf_putc(&b, '\n');
  }
  return give(&mem, &b, out, n);
}

tg_status tg_program_template(const tg_program_handle *h, const tg_run_options *options, tg_messages *m,
                              char **out, size_t *n) {
  if (h == NULL || m == NULL || out == NULL || n == NULL) return TG_MISUSE;
  const tg_program *p = &h->program;
  if (!p->model.present) return TG_INVALID;
  tg_run_options o;
  TG_COPY_OPTIONS(&o, options);
  tg_mem mem;
  tg_buf b;
  begin(&h->mem.allocator, &mem, &b);
  uint8_t *selected = tg_mem_alloc(&mem, p->gate_count + 1u);
  tg_selection selection = {p, &mem, &m->diags};
  tg_status st = selected ? tg_api_select(&selection, &o, selected) : tg_mem_status(&mem);
  tg_str phase = o.phase_count == 1 ? tg_str_from(o.phases[0]) : TG_STR("");
  if (st == TG_OK) st = tg_write_template(p, selected, phase, &b);
  tg_mem_free(&mem, selected, p->gate_count + 1u);
  if (st == TG_OK) return give(&mem, &b, out, n);
  tg_buf_done(&b);
  return tg_api_refused(m, &mem, st);
}

tg_status tg_programs_catalogue(const tg_program_handle *const *programs, size_t count, char **out,
                                size_t *n) {
  if (programs == NULL || count == 0 || count > 2 || out == NULL || n == NULL) return TG_MISUSE;
  const tg_program *all[2];
  for (size_t i = 0; i < count; i++) {
    if (programs[i] == NULL) return TG_MISUSE;
    all[i] = &programs[i]->program;
  }
  tg_mem mem;
  tg_buf b;
  begin(&programs[0]->mem.allocator, &mem, &b);
  tg_status st = tg_write_catalogue(all, count, &b);
  if (st == TG_OK) return give(&mem, &b, out, n);
  tg_buf_done(&b);
  return st;
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
