/* Which conditions tests have seen true, false and unknown. */
#include "prove/prove.h"

#include "vm/vm.h"

#include <stdlib.h>
#include <string.h>

/* A fact that stands alone as a truth value is moved to where `and`, `or` or `not` take it. */
static bool feeds_logic(const tg_program *p, const tg_block *b, uint32_t ins) {
  uint16_t target = p->code[ins].a;
  for (uint32_t i = ins + 1; i < b->first + b->count && i <= ins + 2; i++) {
    tg_ins x = p->code[i];
    if ((x.op == TG_OP_JFALSE || x.op == TG_OP_JTRUE) && x.b == target) return true;
    if ((x.op == TG_OP_AND || x.op == TG_OP_OR) && x.c == target) return true;
  }
  return false;
}

static bool counts(const tg_program *p, const tg_block *b, uint32_t ins) {
  tg_ins i = p->code[ins];
  switch (i.op) {
  case TG_OP_EQ:
  case TG_OP_NE:
  case TG_OP_LT:
  case TG_OP_LE:
  case TG_OP_GT:
  case TG_OP_GE:
  case TG_OP_TEST:
  case TG_OP_IN:
  case TG_OP_INSET:
  case TG_OP_INKEYS:
  case TG_OP_CONTAINS:
  case TG_OP_CONTALL:
  case TG_OP_CONTANY:
  case TG_OP_MATCH:
  case TG_OP_ISUNIQUE:
  case TG_OP_SKIP:
  case TG_OP_CLAUSE: return true;
  case TG_OP_LOOP: return p->loops[p->units[b->unit].loop_first + i.c].kind <= TG_LOOP_NO;
  case TG_OP_MOV: return TG_OPERAND_SPACE(i.b) >= TG_SP_DOC && feeds_logic(p, b, ins);
  default: return false;
  }
}

static int by_place(const void *x, const void *y) {
  const tg_condition *a = x, *b = y;
  if (a->gate != b->gate) return a->gate < b->gate ? -1 : 1;
  if (a->span.start != b->span.start) return a->span.start < b->span.start ? -1 : 1;
  return a->span.len < b->span.len ? -1 : a->span.len > b->span.len;
}

/* Blocks of messages are no conditions of the gate. */
static bool of_message(const tg_program *p, uint32_t block) {
  for (uint32_t i = 0; i < p->part_count; i++)
    if (p->parts[i].block == block) return true;
  return false;
}

/* Marks the blocks that messages and aggregates inside them run. */
static void mark_messages(const tg_program *p, uint8_t *message) {
  for (uint32_t i = 0; i < p->block_count; i++) message[i] = of_message(p, i);
  for (bool more = true; more;) {
    more = false;
    for (uint32_t i = 0; i < p->block_count; i++) {
      if (!message[i]) continue;
      const tg_block *b = &p->blocks[i];
      for (uint32_t k = b->first; k < b->first + b->count; k++) {
        if (p->code[k].op != TG_OP_LOOP) continue;
        const tg_loop *l = &p->loops[p->units[b->unit].loop_first + p->code[k].c];
        uint32_t inner[2] = {l->filter, l->body};
        for (int j = 0; j < 2; j++)
          if (inner[j] != TG_NONE && !message[inner[j]]) message[inner[j]] = 1, more = true;
      }
    }
  }
}

tg_status tg_coverage_open(tg_coverage *c, tg_mem *mem, const tg_program *p) {
  memset(c, 0, sizeof *c);
  c->mem = mem;
  c->program = p;
  c->end = UINT32_MAX;
  c->gates = tg_mem_zalloc(mem, p->gate_count + 1);
  c->truths = tg_mem_zalloc(mem, p->code_count + 1);
  uint8_t *message = tg_mem_zalloc(mem, p->block_count + 1);
  c->excused = tg_mem_zalloc(mem, p->gate_count + 1);
  if (c->gates == NULL || c->excused == NULL || c->truths == NULL || message == NULL)
    return tg_mem_status(mem);
  mark_messages(p, message);
  for (uint32_t i = 0; i < p->block_count; i++) {
    const tg_block *b = &p->blocks[i];
    for (uint32_t k = b->first; k < b->first + b->count && !message[i]; k++) {
      if (!counts(p, b, k) || p->spans[k].start == UINT32_MAX) continue;
      tg_condition x = {.span = p->spans[k],
                        .gate = p->units[b->unit].gate,
                        .clause = p->code[k].op == TG_OP_CLAUSE ? p->code[k].c : TG_NONE,
                        .where = p->code[k].op == TG_OP_SKIP};
      if (!tg_vec_push(mem, &c->conditions, x)) return tg_mem_status(mem);
    }
  }
  tg_mem_free(mem, message, p->block_count + 1);
  if (c->conditions.n > 1) qsort(c->conditions.at, c->conditions.n, sizeof *c->conditions.at, by_place);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < c->conditions.n; i++) { /* a clause that is one comparison is one condition */
    tg_condition x = c->conditions.at[i];
    if (kept > 0 && by_place(&c->conditions.at[kept - 1], &x) == 0) {
      tg_condition *y = &c->conditions.at[kept - 1];
      if (y->clause == TG_NONE) y->clause = x.clause;
      y->where |= x.where;
    } else {
      c->conditions.at[kept++] = x;
    }
  }
  c->conditions.n = kept;
  return TG_OK;
}

void tg_coverage_close(tg_coverage *c) {
  if (c->mem == NULL) return;
  if (c->gates != NULL) tg_mem_free(c->mem, c->gates, c->program->gate_count + 1);
  if (c->excused != NULL) tg_mem_free(c->mem, c->excused, c->program->gate_count + 1);
  if (c->truths != NULL) tg_mem_free(c->mem, c->truths, c->program->code_count + 1);
  tg_vec_done(c->mem, &c->conditions);
  c->mem = NULL;
}

void tg_coverage_bound(tg_coverage *c, uint32_t end) {
  uint32_t kept = 0;
  c->end = end;
  for (uint32_t i = 0; i < c->conditions.n; i++)
    if (c->conditions.at[i].span.start < end) c->conditions.at[kept++] = c->conditions.at[i];
  c->conditions.n = kept;
}

void tg_coverage_add(tg_coverage *c, const tg_program *p, const uint8_t *truths) {
  for (uint32_t i = 0; i < p->block_count; i++) {
    const tg_block *b = &p->blocks[i];
    for (uint32_t k = b->first; k < b->first + b->count; k++) {
      if (truths[k] == 0 || !counts(p, b, k)) continue;
      tg_condition key = {.span = p->spans[k], .gate = p->units[b->unit].gate};
      tg_condition *found =
          c->conditions.n ? bsearch(&key, c->conditions.at, c->conditions.n, sizeof key, by_place) : NULL;
      if (found != NULL) found->seen |= truths[k];
    }
  }
}
