/* Quantifiers and aggregates: one loop record and its blocks each. */
#include "lower/lowering.h"

const tg_var_home *tg_lower_var(tg_lowering *l, uint32_t var) {
  for (uint32_t i = l->vars.n; i > 0; i--)
    if (l->vars.at[i - 1].var == var) return &l->vars.at[i - 1];
  tg_lower_too_big(l, "a bound name is used outside its binding"); /* the checker does not let this happen */
  return NULL;
}

static bool is_scalar(const tg_type *t) { return t->kind >= TG_T_TEXT && t->kind <= TG_T_ENUM; }

uint16_t tg_lower_element(tg_lowering *l, uint32_t var, const tg_type *type, tg_span span) {
  const tg_var_home *v = tg_lower_var(l, var);
  if (v == NULL) return 0;
  if (is_scalar(type)) return TG_OPERAND(TG_SP_ROW + v->depth, 0);
  uint16_t depth = (uint16_t)v->depth, t = tg_lower_temp(l);
  tg_lower_put(l, TG_OP_ELEM, 0, t, 0, depth, span);
  return t;
}

static uint8_t kind_of(const tg_tir_loop *x) {
  switch ((tg_word)x->word) {
  case TG_W_EVERY: return TG_LOOP_EVERY;
  case TG_W_SOME: return TG_LOOP_SOME;
  case TG_W_NO: return TG_LOOP_NO;
  case TG_W_COUNT: return TG_LOOP_COUNT;
  case TG_W_SUM: return TG_LOOP_SUM;
  case TG_W_AVG: return TG_LOOP_AVG;
  case TG_W_MIN: return TG_LOOP_MIN;
  case TG_W_MAX: return TG_LOOP_MAX;
  case TG_W_SHARE: return TG_LOOP_SHARE;
  case TG_W_LIST: break;
  }
  return x->flatten ? TG_LOOP_FLATTEN : TG_LOOP_LIST;
}

/* Filter: SKIPs of `where`, then the sort key (or anything, when only `first` needs the filter). */
static uint32_t filter_block(tg_lowering *l, const tg_tir_loop *x, uint32_t depth) {
  tg_draft draft;
  tg_lower_block_begin(l, &draft, depth + 1);
  tg_lower_where(l, x->where);
  uint16_t key = x->order ? tg_lower_operand(l, x->order) : tg_lower_const(l, tg_bool(true));
  tg_lower_put(l, TG_OP_YIELD, 0, 0, key, 0, x->order ? x->order->span : x->list->span);
  return tg_lower_block_end(l);
}

static uint32_t body_block(tg_lowering *l, const tg_tir_loop *x, uint32_t depth, bool with_where) {
  tg_draft draft;
  tg_span span = x->body ? x->body->span : x->list->span;
  tg_lower_block_begin(l, &draft, depth + 1);
  if (with_where) tg_lower_where(l, x->where);
  uint16_t value;
  if (x->body != NULL)
    value = tg_lower_operand(l, x->body);
  else if (x->word == TG_W_COUNT)
    value = tg_lower_const(l, tg_bool(true));
  else
    value = tg_lower_element(l, x->var, &x->element, span);
  tg_lower_put(l, TG_OP_YIELD, 0, 0, value, 0, span);
  return tg_lower_block_end(l);
}

void tg_lower_loop(tg_lowering *l, const tg_tir *tir, uint16_t target) {
  const tg_tir_loop *x = tir->loop;
  uint16_t list = tg_lower_operand(l, x->list);
  uint16_t first = x->first ? tg_lower_operand(l, x->first) : UINT16_MAX;
  tg_loop loop = {.kind = kind_of(x),
                  .descending = x->descending,
                  .has_order = x->order != NULL,
                  .has_first = x->first != NULL,
                  .depth = (uint16_t)x->depth,
                  .position = UINT16_MAX,
                  .first = first,
                  .shape = tg_lower_element_shape(l, x->list),
                  .filter = TG_NONE,
                  .body = TG_NONE};
  if (x->has_position) loop.position = (uint16_t)TG_OPERAND_INDEX(tg_lower_temp(l));
  tg_var_home home = {x->var, x->depth, loop.shape, loop.position};
  if (!tg_vec_push(l->mem, &l->vars, home)) l->failed = true;
  bool filtered = x->order != NULL || (x->first != NULL && x->where != NULL);
  if (filtered) loop.filter = filter_block(l, x, x->depth);
  if (x->body != NULL || (x->where != NULL && !filtered)) loop.body = body_block(l, x, x->depth, !filtered);
  if (l->failed) return;
  l->vars.n--;
  uint32_t number = l->loops.n - l->units.at[l->units.n - 1].loop_first;
  if (number >= UINT16_MAX) {
    tg_lower_too_big(l, "one gate has more quantifiers and aggregates than the machine can address");
    return;
  }
  if (!tg_vec_push(l->mem, &l->loops, loop)) l->failed = true;
  tg_lower_put(l, TG_OP_LOOP, 0, target, list, (uint16_t)number, tir->span);
}
