/* Which facts a gate reads: a walk over its code and over the lets it may compute. */
#include "code/program.h"

#include "base/limits.h"

#include <string.h>

typedef struct walk {
  const tg_program *p;
  const tg_unit *unit;
  uint16_t shapes[TG_MAX_BINDINGS]; /* of the rows that the block at hand sees */
  uint8_t *lets;                    /* what was asked of a let already */
  uint8_t *entries;
  uint8_t reading;
} walk;

/* A record is found by its key: whoever reads a list by element needs it. */
static void mark(walk *w, uint32_t shape, uint32_t slot) {
  const tg_plan *plan = &w->p->plan;
  uint32_t entry = plan->slot_entry[plan->slot_base[shape] + slot];
  if (entry == UINT32_MAX) return; /* the record itself: its list was marked where it was entered */
  if (w->entries[entry] < w->reading) w->entries[entry] = w->reading;
  uint16_t rows = plan->entries[entry].shape;
  if (rows != TG_NO_SHAPE && plan->shapes[rows].key_slot != 0) mark(w, rows, plan->shapes[rows].key_slot);
}

static void mark_operand(walk *w, uint16_t operand) {
  unsigned space = TG_OPERAND_SPACE(operand), index = TG_OPERAND_INDEX(operand);
  if (space == TG_SP_DOC)
    mark(w, 0, index);
  else if (space >= TG_SP_ROW && w->shapes[space - TG_SP_ROW] != TG_NO_SHAPE)
    mark(w, w->shapes[space - TG_SP_ROW], index);
}

static const tg_value *constant(const walk *w, uint16_t operand) {
  return &w->p->consts[w->unit->const_first + TG_OPERAND_INDEX(operand)];
}

static void walk_block(walk *w, uint32_t block);

static void walk_loop(walk *w, const tg_loop *l) {
  uint16_t around = w->shapes[l->depth];
  if (l->first != UINT16_MAX) mark_operand(w, l->first);
  w->shapes[l->depth] = l->shape;
  walk_block(w, l->filter);
  walk_block(w, l->body);
  w->shapes[l->depth] = around;
}

/* Lets see no bindings of whoever asks for them, and refer to lower ranks only. */
static void walk_let(walk *w, uint32_t let) {
  if (w->lets[let] >= w->reading) return;
  w->lets[let] = w->reading;
  walk inner = *w;
  inner.unit = &w->p->units[w->p->lets[let].unit];
  walk_block(&inner, w->p->lets[let].block);
}

static void walk_block(walk *w, uint32_t block) {
  if (block == TG_NONE) return;
  const tg_block *b = &w->p->blocks[block];
  for (uint32_t at = b->first; at < b->first + b->count; at++) {
    tg_ins i = w->p->code[at];
    switch (tg_ops[i.op].shape) {
    case TG_SH_D_SS:
    case TG_SH_D_SSA:
      mark_operand(w, i.b);
      mark_operand(w, i.c);
      break;
    case TG_SH_D_S:
    case TG_SH_D_ST:
    case TG_SH_D_SC:
    case TG_SH_D_SL:
    case TG_SH_S_J:
    case TG_SH_S_N:
    case TG_SH_S: mark_operand(w, i.b); break;
    default: break; /* temporaries and constants only */
    }
    if (i.op == TG_OP_FIELD) {
      int64_t field = constant(w, i.c)->num;
      mark(w, (uint32_t)(field >> 16), (uint32_t)(field & 0xffff));
    } else if (i.op == TG_OP_LET) {
      walk_let(w, (uint32_t)constant(w, i.c)->num);
    } else if (i.op == TG_OP_LOOP) {
      walk_loop(w, &w->p->loops[w->unit->loop_first + i.c]);
    } else if (i.op == TG_OP_TODAY && w->p->as_of_slot != 0) {
      mark(w, 0, w->p->as_of_slot);
    }
  }
}

static void walk_gate(walk *w, const tg_gate *g) {
  w->reading = TG_READ_TO_DECIDE;
  if (g->has_phase && w->p->phase_slot != 0) mark(w, 0, w->p->phase_slot);
  walk_block(w, g->when);
  walk_block(w, g->likelihood);
  walk_block(w, g->impact);
  walk_block(w, g->list);
  if (g->first != UINT16_MAX) mark_operand(w, g->first);
  w->shapes[0] = g->shape;
  walk_block(w, g->order_filter);
  walk_block(w, g->subject);
  const tg_evidence_slots *e = &w->p->evidence;
  if ((g->require_evidence || g->evidence_max_age >= 0) && e->shape != TG_NO_SHAPE) {
    uint32_t list = w->p->plan.shapes[e->shape].owner_entry;
    if (w->entries[list] < w->reading) w->entries[list] = w->reading;
    mark(w, e->shape, e->id);
    mark(w, e->shape, e->supports);
    mark(w, e->shape, e->dated);
  }
  w->reading = TG_READ_TO_PRINT;
  for (uint32_t i = 0; i < g->message_count; i++) walk_block(w, w->p->parts[g->message_first + i].block);
}

tg_status tg_program_reads(const tg_program *p, uint32_t gate, tg_mem *mem, uint8_t *entries) {
  walk w = {.p = p, .unit = &p->units[p->gates[gate].unit], .entries = entries};
  for (size_t i = 0; i < TG_MAX_BINDINGS; i++) w.shapes[i] = TG_NO_SHAPE;
  w.lets = tg_mem_zalloc(mem, p->let_count + 1u);
  if (w.lets == NULL) return tg_mem_status(mem);
  if (p->plan.entry_count) memset(entries, 0, p->plan.entry_count);
  walk_gate(&w, &p->gates[gate]);
  tg_mem_free(mem, w.lets, p->let_count + 1u);
  return TG_OK;
}
