/* No two findings of one run share a fingerprint: readers that key by it would swallow one of them. */
#include "assess/label.h"

static tg_span place_of(const tg_assessment *a, const tg_subject *s) {
  const tg_value *v = &s->element;
  if (v->kind == TG_V_ROW) v = tg_row(a->rows, v->len, (uint32_t)v->num);
  return v->start == TG_NOWHERE ? TG_NO_SPAN : (tg_span){v->start, 1};
}

static void say(const tg_assessment *a, tg_diags *d, uint32_t gate, tg_str key, const tg_subject *first,
                const tg_subject *second) {
  tg_str id = a->program->gates[gate].id;
  tg_diag_at(d, TG_E_FINGERPRINT, &a->store->sources, place_of(a, second),
             "two findings of %.*s have one fingerprint: both are of `%.*s`", TG_STR_ARG(id),
             (int)(key.n < 200 ? key.n : 200), key.at);
  tg_diag_hint(d, "give each record a key of its own, and let the list behind `for` hold a record only once");
  tg_diag_note_at(d, &a->store->sources, place_of(a, first), "the first one");
}

/* Pack, gate and engagement enter the fingerprint as they are, so within a gate the subject's key decides. */
static tg_status compare_gate(tg_assessment *a, tg_arena *arena, uint32_t gate, tg_diags *d) {
  const tg_gate_state *g = &a->gate[gate];
  uint32_t count, slots = 8;
  const tg_subject *subjects = tg_vm_subjects(a->vm, &count);
  while (slots < 2 * (uint64_t)g->finding_count && slots < 1u << 31) slots *= 2;
  tg_str *keys = tg_arena_array(arena, tg_str, g->finding_count);
  uint32_t *table = tg_arena_array(arena, uint32_t, slots); /* number of a finding + 1 */
  if (keys == NULL || table == NULL) return tg_mem_status(a->mem);
  for (uint32_t i = 0; i < g->finding_count; i++) {
    const tg_subject *s = &subjects[a->findings.at[g->finding_first + i].subject];
    tg_subject_name name;
    tg_status st = tg_subject_name_of(a, s, arena, &name);
    if (st != TG_OK) return st;
    keys[i] = name.key;
    uint32_t at = (uint32_t)tg_siphash(&a->store->names.seed, name.key.at, name.key.n) & (slots - 1);
    for (; table[at] != 0; at = (at + 1) & (slots - 1)) {
      uint32_t other = table[at] - 1;
      if (!tg_str_eq(keys[other], name.key)) continue;
      say(a, d, gate, name.key, &subjects[a->findings.at[g->finding_first + other].subject], s);
      return TG_INVALID;
    }
    table[at] = i + 1;
  }
  return TG_OK;
}

tg_status tg_assess_distinct(tg_assessment *a, tg_diags *d) {
  if (a->distinct) return TG_OK;
  tg_status result = TG_OK;
  tg_arena arena;
  tg_arena_init(&arena, a->mem);
  for (uint32_t g = 0; g < a->program->gate_count && result != TG_NOMEM && result != TG_LIMIT; g++) {
    if (!a->gate[g].selected || a->gate[g].finding_count < 2) continue;
    tg_arena_reset(&arena);
    tg_status st = compare_gate(a, &arena, g, d);
    if (st != TG_OK) result = st;
  }
  tg_arena_done(&arena);
  a->distinct = result == TG_OK;
  return result;
}
