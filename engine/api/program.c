/* Programs: what may be asked of them, and when they go. */
#include "api/handles.h"

#include <string.h>

tg_program_handle *tg_program_ref(tg_program_handle *p) {
  if (p != NULL) atomic_fetch_add_explicit(&p->references, 1, memory_order_relaxed);
  return p;
}

void tg_program_unref(tg_program_handle *p) {
  if (p == NULL || atomic_fetch_sub_explicit(&p->references, 1, memory_order_acq_rel) != 1) return;
  tg_lower_free(&p->program);
  tg_arena_done(&p->arena);
  tg_mem mem = p->mem;
  tg_mem_free(&mem, p, sizeof *p);
}

tg_status tg_program_get_info(const tg_program_handle *p, tg_program_info *out) {
  if (p == NULL || out == NULL) return TG_MISUSE;
  const tg_program *g = &p->program;
  tg_program_info r = {0,
                       g->gate_count,
                       g->pack_count,
                       g->param_count,
                       g->pattern_count,
                       g->code_count,
                       0,
                       tg_text_from(g->settings.waivers)};
  r.jit_patterns = g->jit_count;
  TG_GIVE(out, r);
  return TG_OK;
}

tg_status tg_program_gate(const tg_program_handle *p, size_t gate, tg_gate_info *out) {
  if (p == NULL || out == NULL || gate >= p->program.gate_count) return TG_MISUSE;
  const tg_gate *g = &p->program.gates[gate];
  tg_place place = tg_program_place(&p->program, g->span.start);
  tg_gate_info r = {.id = tg_text_from(g->id),
                    .title = tg_text_from(g->title),
                    .pack = tg_text_from(p->program.packs[g->pack].name),
                    .area = tg_text_from(g->area_id),
                    .rationale = tg_text_from(g->rationale),
                    .proof = tg_text_from(g->proof),
                    .remediation = tg_text_from(g->remediation),
                    .severity = g->severity == TG_NO_SEVERITY ? -1 : g->severity,
                    .effort = g->effort,
                    .waivable = g->waivable,
                    .portfolio = g->portfolio,
                    .file = tg_text_from(place.file),
                    .line = place.line};
  TG_GIVE(out, r);
  return TG_OK;
}

long tg_program_find(const tg_program_handle *p, tg_text id) {
  if (p == NULL) return -1;
  for (uint32_t i = 0; i < p->program.gate_count; i++)
    if (tg_str_eq(p->program.gates[i].id, tg_str_from(id))) return (long)i;
  return -1;
}
