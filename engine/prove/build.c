/* Packs to a program, as often as wanted. */
#include "prove/prove.h"

#include "lower/lower.h"

#include <string.h>

static tg_status settings_of(tg_arena *arena, tg_str params, tg_param_setting **out, uint32_t *count) {
  uint32_t n = 0, at = 0;
  for (uint32_t i = 0; i < params.n; i++) n += params.at[i] == '\n';
  tg_param_setting *all = tg_arena_array(arena, tg_param_setting, n + 1);
  if (all == NULL) return tg_mem_status(arena->mem);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t end = at, equals;
    while (params.at[end] != '\n') end++;
    for (equals = at; equals < end && params.at[equals] != '=';) equals++;
    all[i].name = (tg_str){params.at + at, equals - at};
    all[i].value = equals < end ? (tg_str){params.at + equals + 1, end - equals - 1} : TG_STR("");
    at = end + 1;
  }
  *out = all;
  *count = n;
  return TG_OK;
}

tg_status tg_build(tg_built *b, tg_mem *mem, tg_sources *sources, tg_pack_ast **packs, uint32_t count,
                   tg_str params, bool portfolio, bool jit, tg_diags *d) {
  memset(b, 0, sizeof *b);
  tg_arena scratch;
  tg_arena_init(&scratch, mem);
  tg_arena_init(&b->arena, mem);
  tg_sema_options options = {.portfolio = portfolio};
  tg_param_setting *settings = NULL;
  uint32_t errors = d->errors;
  tg_status st = settings_of(&scratch, params, &settings, &options.param_count);
  options.params = settings;
  tg_checked *checked = tg_arena_new(&scratch, tg_checked);
  if (checked == NULL) st = tg_mem_status(mem);
  if (st == TG_OK) st = tg_sema_check(&scratch, sources, packs, count, &options, d, checked);
  if (st == TG_OK && d->errors > errors) st = TG_INVALID;
  if (st == TG_OK) st = tg_lower(&b->arena, mem, checked, sources, jit, d, &b->program);
  tg_arena_done(&scratch);
  if (st != TG_OK) tg_build_free(b);
  return st;
}

void tg_build_free(tg_built *b) {
  if (b->arena.mem == NULL) return;
  tg_lower_free(&b->program);
  tg_arena_done(&b->arena);
  b->arena.mem = NULL;
}

#define SAME(field, count)                                                                                   \
  (a->count == b->count && (a->count == 0 || memcmp(a->field, b->field, sizeof *a->field * a->count) == 0))

static bool same_gates(const tg_program *a, const tg_program *b) {
  if (a->gate_count != b->gate_count) return false;
  for (uint32_t i = 0; i < a->gate_count; i++) {
    const tg_gate *x = &a->gates[i], *y = &b->gates[i];
    if (x->phases != y->phases || x->severity != y->severity || x->waivable != y->waivable ||
        x->when != y->when || x->list != y->list || x->subject != y->subject ||
        x->order_filter != y->order_filter || x->descending != y->descending ||
        x->has_first != y->has_first || x->first != y->first || x->likelihood != y->likelihood ||
        x->impact != y->impact || x->clause_count != y->clause_count || x->message_count != y->message_count)
      return false;
  }
  return true;
}

bool tg_same_program(const tg_program *a, const tg_program *b) {
  return SAME(code, code_count) && SAME(consts, const_count) && SAME(set_values, set_value_count) &&
         SAME(sets, set_count) && SAME(loops, loop_count) && SAME(strings, string_count) &&
         same_gates(a, b) && a->waiver_max_days == b->waiver_max_days;
}
