/* Tollgate for tools: formatter, language server, disassembler.
 *
 * Same library, no binary stability: what stands here may change with any release. */
#ifndef TOLLGATE_TOOLS_H
#define TOLLGATE_TOOLS_H

#include "tollgate/tollgate.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Readable listing of the bytecode.  *out is released with tg_tools_release. */
TG_API tg_status tg_program_disasm(const tg_program_handle *p, char **out, size_t *n);
/* The fact model as a listing, or as JSON Schema 2020-12 when `json_schema`. */
TG_API tg_status tg_program_model(const tg_program_handle *p, int json_schema, char **out, size_t *n);
/* The table of instructions as Markdown. */
TG_API tg_status tg_tools_opcodes(tg_env *env, char **out, size_t *n);
/* The table of diagnostic codes: 0 when `index` is past the last, else the code. */
TG_API int tg_tools_code(size_t index, const char **summary, const char **severity);
/* Loads one document after another for measurements: read, fill, evaluate and assess apart.  Times are the caller's. */
TG_API tg_status tg_tools_fill(tg_eval *e, tg_facts *facts);
TG_API tg_status tg_tools_evaluate(tg_eval *e, tg_facts *facts, tg_text as_of);
TG_API tg_status tg_tools_assess(tg_eval *e, tg_facts *facts, tg_assessment_handle **out);
/* One value of a row, for programs that read rows themselves (the benchmark's hand-written rules).
 * kind: 0 unknown, 2 boolean (num), 3 number (num / 10^aux), 4 and 5 text, 6 date (num: days since 1970-01-01). */
typedef struct tg_cell {
  uint8_t kind, aux;
  uint16_t len;
  uint32_t start;
  int64_t num;
} tg_cell;
/* Shape and slot of a path as rules write it: "systems[].kt.sessions_done".  TG_INVALID: no rule reads it. */
TG_API tg_status tg_tools_slot(const tg_program_handle *p, tg_text path, unsigned *shape, unsigned *slot);
/* After tg_tools_fill: how many rows a shape has, and one of them. */
TG_API uint32_t tg_tools_row_count(const tg_eval *e, unsigned shape);
TG_API const tg_cell *tg_tools_row(const tg_eval *e, unsigned shape, uint32_t row);
TG_API tg_text tg_tools_text(const tg_facts *facts, const tg_cell *cell);
TG_API void tg_tools_release(tg_env *env, char *text, size_t n);

#ifdef __cplusplus
}
#endif
#endif
