/* Expressions to instructions.  The forms of what is evaluated lazily stand in code/op.def. */
#include "lower/lowering.h"

#include <string.h>

/* ---- units and blocks ---- */

void tg_lower_unit_begin(tg_lowering *l, uint32_t gate) {
  tg_unit u = {.const_first = l->consts.n, .loop_first = l->loops.n, .gate = gate};
  if (l->units.n >= TG_MAX_UNITS) {
    tg_lower_too_big(l, "the rules hold more gates and lets than a program can");
    return;
  }
  if (!tg_vec_push(l->mem, &l->units, u)) l->failed = true;
  l->vars.n = 0;
  l->temp = l->temps = 0;
  l->reads_today = false;
}

void tg_lower_unit_end(tg_lowering *l) {
  if (l->failed) return;
  tg_unit *u = &l->units.at[l->units.n - 1];
  u->const_count = l->consts.n - u->const_first;
  u->loop_count = l->loops.n - u->loop_first;
  u->temps = l->temps;
  u->reads_today = l->reads_today;
}

void tg_lower_block_begin(tg_lowering *l, tg_draft *d, uint32_t depth) {
  memset(d, 0, sizeof *d);
  d->depth = depth;
  d->outer = l->draft;
  l->draft = d;
}

uint32_t tg_lower_block_end(tg_lowering *l) {
  tg_draft *d = l->draft;
  tg_block b = {.first = l->code.n, .count = d->code.n, .unit = l->units.n - 1, .depth = (uint16_t)d->depth};
  for (uint32_t i = 0; i < d->code.n && !l->failed; i++) {
    b.cost += tg_ops[d->code.at[i].op].cost;
    if (!tg_vec_push(l->mem, &l->code, d->code.at[i]) || !tg_vec_push(l->mem, &l->spans, d->spans.at[i]))
      l->failed = true;
  }
  if (!l->failed && !tg_vec_push(l->mem, &l->blocks, b)) l->failed = true;
  l->draft = d->outer;
  tg_vec_done(l->mem, &d->code);
  tg_vec_done(l->mem, &d->spans);
  return l->failed ? TG_NONE : l->blocks.n - 1;
}

uint32_t tg_lower_put(tg_lowering *l, tg_opcode op, uint8_t aux, uint16_t a, uint16_t b, uint16_t c,
                      tg_span span) {
  tg_ins ins = {(uint8_t)op, aux, a, b, c};
  if (l->failed) return 0;
  if (l->draft->code.n >= UINT16_MAX) {
    tg_lower_too_big(l, "one expression makes more instructions than a block can hold");
    return 0;
  }
  if (!tg_vec_push(l->mem, &l->draft->code, ins) || !tg_vec_push(l->mem, &l->draft->spans, span))
    l->failed = true;
  return l->draft->code.n - 1;
}

uint16_t tg_lower_temp(tg_lowering *l) {
  if (l->temp >= TG_MAX_TEMPS) {
    tg_lower_too_big(l, "one gate needs more intermediate values than the machine has");
    return TG_OPERAND(TG_SP_TEMP, 0);
  }
  uint16_t t = TG_OPERAND(TG_SP_TEMP, l->temp);
  if (++l->temp > l->temps) l->temps = l->temp;
  return t;
}

uint16_t tg_lower_const(tg_lowering *l, tg_value v) {
  if (l->failed) return 0;
  uint32_t first = l->units.at[l->units.n - 1].const_first;
  for (uint32_t i = first; i < l->consts.n; i++) {
    const tg_value *have = &l->consts.at[i];
    if (have->kind == v.kind && have->aux == v.aux && have->len == v.len && have->bits == v.bits &&
        (have->start == v.start || v.kind != TG_V_TEXT))
      return TG_OPERAND(TG_SP_CONST, i - first);
  }
  if (l->consts.n - first >= TG_MAX_CONSTS) {
    tg_lower_too_big(l, "one gate has more constants than the machine can address");
    return 0;
  }
  if (v.kind != TG_V_TEXT) v.start = TG_NOWHERE;
  if (!tg_vec_push(l->mem, &l->consts, v)) l->failed = true;
  return TG_OPERAND(TG_SP_CONST, l->consts.n - 1 - first);
}

/* ---- operands ---- */

static void into(tg_lowering *l, const tg_tir *x, uint16_t target);

static uint16_t const_of(tg_lowering *l, const tg_tir *x) {
  if (x->kind == TG_R_UNKNOWN) return tg_lower_const(l, tg_unknown(TG_WHY_ASKED));
  return tg_lower_const(l, tg_is_text(x->value) ? tg_lower_text(l, x->text) : x->value);
}

uint16_t tg_lower_operand(tg_lowering *l, const tg_tir *x) {
  if (l->failed) return 0;
  switch (x->kind) {
  case TG_R_CONST:
  case TG_R_UNKNOWN: return const_of(l, x);
  case TG_R_FACT: {
    uint16_t slot = l->paths[x->path].slot;
    if (x->var == TG_NO_VAR) return TG_OPERAND(TG_SP_DOC, slot);
    const tg_var_home *v = tg_lower_var(l, x->var);
    return v ? TG_OPERAND(TG_SP_ROW + v->depth, slot) : 0;
  }
  case TG_R_ELEMENT: return tg_lower_element(l, x->var, &x->type, x->span);
  case TG_R_POSITION: {
    const tg_var_home *v = tg_lower_var(l, x->var);
    return v ? TG_OPERAND(TG_SP_TEMP, v->position) : 0;
  }
  default: break;
  }
  uint16_t t = tg_lower_temp(l);
  uint32_t keep = l->temp; /* what the expression needs on its way is free again after it */
  into(l, x, t);
  l->temp = keep;
  return t;
}

static void copy(tg_lowering *l, const tg_tir *x, uint16_t target) {
  tg_lower_put(l, TG_OP_MOV, 0, target, tg_lower_operand(l, x), 0, x->span);
}

static bool is_direct(const tg_tir *x) {
  return x->kind == TG_R_CONST || x->kind == TG_R_UNKNOWN || x->kind == TG_R_FACT ||
         x->kind == TG_R_POSITION || x->kind == TG_R_ELEMENT;
}

/* Computes `x` into `target`, which nothing reads before. */
static void into_any(tg_lowering *l, const tg_tir *x, uint16_t target) {
  uint32_t keep = l->temp;
  if (is_direct(x))
    copy(l, x, target);
  else
    into(l, x, target);
  l->temp = keep;
}

static void patch(tg_lowering *l, uint32_t jump) {
  if (l->failed) return;
  l->draft->code.at[jump].c = (uint16_t)(l->draft->code.n - jump - 1);
}

/* ---- lazily evaluated forms ---- */

static void both(tg_lowering *l, const tg_tir *x, uint16_t target, tg_opcode jump, tg_opcode join) {
  into_any(l, x->a, target);
  uint32_t j = tg_lower_put(l, jump, 0, 0, target, 0, x->span);
  uint16_t right = tg_lower_operand(l, x->b);
  tg_lower_put(l, join, 0, target, target, right, x->span);
  patch(l, j);
}

static void choose(tg_lowering *l, const tg_tir *x, uint16_t target) {
  uint16_t test = tg_lower_temp(l), other = tg_lower_temp(l);
  into_any(l, x->a, test);
  tg_lower_put(l, TG_OP_MOV, 0, target, test, 0, x->span);
  tg_lower_put(l, TG_OP_MOV, 0, other, test, 0, x->span);
  uint32_t error = tg_lower_put(l, TG_OP_JERR, 0, 0, test, 0, x->a->span);
  uint32_t is_false = tg_lower_put(l, TG_OP_JFALSE, 0, 0, test, 0, x->span);
  into_any(l, x->b, target);
  uint32_t is_true = tg_lower_put(l, TG_OP_JTRUE, 0, 0, test, 0, x->span);
  patch(l, is_false);
  into_any(l, x->c, other);
  patch(l, error);
  patch(l, is_true);
  tg_lower_put(l, TG_OP_IFMERGE, 0, target, test, other, x->span);
}

/* ---- sets ---- */

static int group_of(tg_value v) { return tg_is_text(v) ? TG_V_TEXT : v.kind; }

/* By insertion: lists written in a rule are short, and qsort has no context to carry the heap. */
static void sort_values(const tg_heap *heap, tg_value *at, uint32_t n) {
  for (uint32_t i = 1; i < n; i++) {
    tg_value v = at[i];
    uint32_t k = i;
    bool clash = false;
    while (k > 0 && tg_value_order(heap, at[k - 1], v, &clash) > 0) {
      at[k] = at[k - 1];
      k--;
    }
    at[k] = v;
  }
}

/* A set constant of the elements, or false when they are not of one kind. */
static bool make_set(tg_lowering *l, const tg_tir *x, uint16_t *out) {
  for (uint32_t i = 1; i < x->list_count; i++)
    if (group_of(x->list[i]->value) != group_of(x->list[0]->value)) return false;
  if (x->list_count == 0) return false;
  tg_set set = {l->set_values.n, 0};
  for (uint32_t i = 0; i < x->list_count && !l->failed; i++) {
    tg_value v = tg_is_text(x->list[i]->value) ? tg_lower_text(l, x->list[i]->text) : x->list[i]->value;
    if (v.kind != TG_V_TEXT) v.start = TG_NOWHERE;
    if (!tg_vec_push(l->mem, &l->set_values, v)) l->failed = true;
  }
  if (l->failed) return true;
  tg_heap heap;
  tg_heap_init(&heap, l->mem);
  heap.program = l->bytes.at;
  tg_value *at = l->set_values.at + set.first;
  sort_values(&heap, at, x->list_count);
  uint32_t kept = 1;
  for (uint32_t i = 1; i < x->list_count; i++)
    if (!tg_same(&heap, at[kept - 1], at[i])) at[kept++] = at[i];
  tg_heap_done(&heap);
  set.count = kept;
  l->set_values.n = set.first + kept;
  if (!tg_vec_push(l->mem, &l->sets, set)) l->failed = true;
  *out = tg_lower_const(l, tg_value_make((tg_kind)TG_V_SET, 0, l->sets.n - 1));
  return true;
}

static void put_list(tg_lowering *l, const tg_tir *x, uint16_t target) {
  uint32_t first = l->temp;
  for (uint32_t i = 0; i < x->list_count; i++) tg_lower_temp(l);
  for (uint32_t i = 0; i < x->list_count && !l->failed; i++)
    into_any(l, x->list[i], TG_OPERAND(TG_SP_TEMP, first + i));
  tg_lower_put(l, TG_OP_LIST, 0, target,
               TG_OPERAND(TG_SP_TEMP, x->list_count ? first : TG_OPERAND_INDEX(target)),
               (uint16_t)x->list_count, x->span);
}

static void in_set(tg_lowering *l, const tg_tir *x, uint16_t target) {
  uint16_t a = tg_lower_operand(l, x->a), set = 0;
  if (make_set(l, x, &set)) {
    tg_lower_put(l, TG_OP_INSET, 0, target, a, set, x->span);
    return;
  }
  uint16_t list = tg_lower_temp(l);
  put_list(l, x, list);
  tg_lower_put(l, TG_OP_IN, 0, target, a, list, x->span);
}

/* ---- everything else ---- */

static void one(tg_lowering *l, tg_opcode op, uint8_t aux, const tg_tir *x, uint16_t target) {
  uint16_t a = tg_lower_operand(l, x->a);
  tg_lower_put(l, op, aux, target, a, 0, x->span);
}

static void two(tg_lowering *l, tg_opcode op, const tg_tir *x, uint16_t target) {
  uint16_t a = tg_lower_operand(l, x->a), b = tg_lower_operand(l, x->b);
  tg_lower_put(l, op, 0, target, a, b, x->span);
}

static void with_const(tg_lowering *l, tg_opcode op, const tg_tir *x, tg_value constant, uint16_t target) {
  uint16_t a = tg_lower_operand(l, x->a);
  tg_lower_put(l, op, 0, target, a, tg_lower_const(l, constant), x->span);
}

static void into(tg_lowering *l, const tg_tir *x, uint16_t target) {
  static const tg_opcode op2[] = {
      [TG_EQ] = TG_OP_EQ,   [TG_NE] = TG_OP_NE,  [TG_LT] = TG_OP_LT,   [TG_LE] = TG_OP_LE,
      [TG_GT] = TG_OP_GT,   [TG_GE] = TG_OP_GE,  [TG_ADD] = TG_OP_ADD, [TG_SUB] = TG_OP_SUB,
      [TG_MUL] = TG_OP_MUL, [TG_DIV] = TG_OP_DIV};
  static const tg_opcode fn1[] = {[TG_FN_DAYS] = TG_OP_DAYS,
                                  [TG_FN_ABS] = TG_OP_ABS,
                                  [TG_FN_LOWER] = TG_OP_LOWER,
                                  [TG_FN_LENGTH] = TG_OP_LENGTH};
  if (l->failed) return;
  switch (x->kind) {
  case TG_R_LET: {
    uint16_t let = tg_lower_const(l, tg_int(x->index));
    tg_lower_put(l, TG_OP_LET, 0, target, 0, let, x->span);
    break;
  }
  case TG_R_FIELD_OF:
    with_const(l, TG_OP_FIELD, x,
               tg_value_make((tg_kind)TG_V_FIELD, 0,
                             TG_FIELD_PAYLOAD(l->paths[x->path].shape, l->paths[x->path].slot)),
               target);
    break;
  case TG_R_INDEX: two(l, TG_OP_INDEX, x, target); break;
  case TG_R_KEYS: one(l, TG_OP_KEYS, 0, x, target); break;
  case TG_R_IN_KEYS: two(l, TG_OP_INKEYS, x, target); break;
  case TG_R_NOT: one(l, TG_OP_NOT, 0, x, target); break;
  case TG_R_NEG: one(l, TG_OP_NEG, 0, x, target); break;
  case TG_R_AND: both(l, x, target, TG_OP_JFALSE, TG_OP_AND); break;
  case TG_R_OR: both(l, x, target, TG_OP_JTRUE, TG_OP_OR); break;
  case TG_R_DEFAULT: both(l, x, target, TG_OP_JKNOWN, TG_OP_DEFAULT); break;
  case TG_R_OP2: two(l, op2[x->op], x, target); break;
  case TG_R_IN: two(l, TG_OP_IN, x, target); break;
  case TG_R_CONTAINS: two(l, TG_OP_CONTAINS, x, target); break;
  case TG_R_CONTAINS_ALL: two(l, TG_OP_CONTALL, x, target); break;
  case TG_R_CONTAINS_ANY: two(l, TG_OP_CONTANY, x, target); break;
  case TG_R_IN_SET: in_set(l, x, target); break;
  case TG_R_MATCHES: with_const(l, TG_OP_MATCH, x, tg_value_make(TG_V_REGEX, 0, x->index), target); break;
  case TG_R_TEST:
    if (x->op == TG_TEST_DONE) l->reads_today = true;
    one(l, TG_OP_TEST, (uint8_t)(x->op | (x->negated ? 0x80 : 0)), x, target);
    break;
  case TG_R_IF: choose(l, x, target); break;
  case TG_R_LOOP: tg_lower_loop(l, x, target); break;
  case TG_R_LIST: put_list(l, x, target); break;
  case TG_R_FN1: one(l, fn1[x->op], 0, x, target); break;
  case TG_R_ROUND: two(l, TG_OP_ROUND, x, target); break;
  case TG_R_JOIN: two(l, TG_OP_JOIN, x, target); break;
  case TG_R_UNIQUE: one(l, TG_OP_UNIQUE, 0, x, target); break;
  case TG_R_IS_UNIQUE: one(l, TG_OP_ISUNIQUE, 0, x, target); break;
  case TG_R_LENGTH: one(l, TG_OP_LENGTH, 0, x, target); break;
  case TG_R_TODAY:
    l->reads_today = true;
    tg_lower_put(l, TG_OP_TODAY, 0, target, 0, 0, x->span);
    break;
  default: copy(l, x, target); break;
  }
}

/* ---- where, and blocks of one value ---- */

static void skips(tg_lowering *l, const tg_tir *x, bool last) {
  if (x->kind == TG_R_AND) {
    skips(l, x->a, false);
    skips(l, x->b, last);
    return;
  }
  uint32_t keep = l->temp;
  uint16_t a = tg_lower_operand(l, x);
  tg_lower_put(l, TG_OP_SKIP, last ? 1 : 0, 0, a, 0, x->span);
  l->temp = keep;
}

void tg_lower_where(tg_lowering *l, const tg_tir *where) {
  if (where != NULL) skips(l, where, true);
}

uint32_t tg_lower_value_block(tg_lowering *l, const tg_tir *x, uint32_t depth) {
  tg_draft draft;
  tg_lower_block_begin(l, &draft, depth);
  uint16_t a = tg_lower_operand(l, x);
  tg_lower_put(l, TG_OP_YIELD, 0, 0, a, 0, x->span);
  return tg_lower_block_end(l);
}
