/* The opcode table, costs, places. */
#include "code/program.h"

#include "base/limits.h"

const tg_op_info tg_ops[TG_OP_COUNT] = {
#define TG_OP(name, shape, cost, can_err, summary) {#name, TG_SH_##shape, cost, can_err, summary},
#include "code/op.def"
#undef TG_OP
};

const char *tg_op_name(unsigned op) { return op < TG_OP_COUNT ? tg_ops[op].name : "?"; }

const char *tg_loop_word(unsigned kind) {
  static const char *const words[] = {"every", "some", "no",   "count",   "sum",  "avg",
                                      "min",   "max",  "list", "flatten", "share"};
  return kind < sizeof words / sizeof *words ? words[kind] : "?";
}

uint32_t tg_block_cost(const tg_program *p, const tg_block *b) {
  uint32_t cost = 0;
  for (uint32_t i = 0; i < b->count; i++) cost += tg_ops[p->code[b->first + i].op].cost;
  return cost;
}

tg_place tg_program_place(const tg_program *p, uint32_t address) {
  for (uint32_t i = 0; i < p->source_count; i++) {
    const tg_rule_source *s = &p->sources[i];
    if (address < s->base || address > s->base + s->len || s->line_count == 0) continue;
    uint32_t offset = address - s->base, low = 0, high = s->line_count;
    const uint32_t *lines = p->lines + s->line_first;
    while (high - low > 1) {
      uint32_t middle = low + (high - low) / 2;
      if (lines[middle] <= offset)
        low = middle;
      else
        high = middle;
    }
    return (tg_place){s->name, low + 1, offset - lines[low] + 1};
  }
  return (tg_place){{"", 0}, 0, 0};
}

/* Temporaries of a unit and of the deepest chain of lets it may compute; lets refer to lower ranks only, and come in order of rank. */
tg_status tg_program_temps(const tg_program *p, tg_mem *mem, uint32_t *out) {
  uint32_t *need = tg_mem_zalloc(mem, sizeof *need * (p->unit_count + 1)),
           *chain = tg_mem_zalloc(mem, sizeof *chain * (p->unit_count + 1));
  tg_status st = need && chain ? TG_OK : tg_mem_status(mem);
  uint32_t most = 1;
  for (uint32_t b = 0; st == TG_OK && b < p->block_count; b++) { /* units are in order: lets first */
    const tg_block *block = &p->blocks[b];
    for (uint32_t i = block->first; i < block->first + block->count && st == TG_OK; i++) {
      if (p->code[i].op != TG_OP_LET) continue;
      const tg_unit *u = &p->units[block->unit];
      uint32_t c = TG_OPERAND_INDEX(p->code[i].c);
      int64_t let = c < u->const_count ? p->consts[u->const_first + c].num : -1;
      if (let < 0 || let >= p->let_count || p->lets[let].unit >= block->unit) {
        st = TG_INVALID;
        break;
      }
      uint32_t other = p->lets[let].unit;
      if (need[other] > need[block->unit]) need[block->unit] = need[other];
      if (chain[other] + 1 > chain[block->unit]) chain[block->unit] = chain[other] + 1;
      if (chain[block->unit] > TG_MAX_LET_DEPTH) st = TG_INVALID;
    }
    if (b + 1 == p->block_count || p->blocks[b + 1].unit != block->unit) {
      need[block->unit] += p->units[block->unit].temps;
      if (need[block->unit] > most) most = need[block->unit];
    }
  }
  tg_mem_free(mem, need, sizeof *need * (p->unit_count + 1));
  tg_mem_free(mem, chain, sizeof *chain * (p->unit_count + 1));
  if (st == TG_OK) *out = most;
  return st;
}
