/* The readable listing. */
#include "code/program.h"

#include "base/limits.h"

static void put_const(const tg_program *p, const tg_unit *u, unsigned index, tg_buf *out) {
  if (index >= u->const_count) {
    tg_buf_printf(out, "c%u?", index);
    return;
  }
  tg_value v = p->consts[u->const_first + index];
  tg_heap heap = {.program = (const uint8_t *)p->strings};
  switch (v.kind) {
  case TG_V_REGEX:
    tg_buf_printf(out, "/%.*s/%s", TG_STR_ARG(p->patterns[v.num].source),
                  p->patterns[v.num].caseless ? "i" : "");
    break;
  case TG_V_SET: {
    const tg_set *s = &p->sets[v.num];
    tg_buf_putc(out, '{');
    for (uint32_t i = 0; i < s->count; i++) {
      if (i) tg_buf_puts(out, ", ");
      tg_value_print(&heap, p->set_values[s->first + i], out);
    }
    tg_buf_putc(out, '}');
    break;
  }
  case TG_V_FIELD:
    tg_buf_printf(out, "shape %u slot %u", (unsigned)(v.num >> 16), (unsigned)(v.num & 0xffff));
    break;
  case TG_V_TEXT:
  case TG_V_LONG:
    tg_buf_putc(out, '"');
    tg_value_print(&heap, v, out);
    tg_buf_putc(out, '"');
    break;
  default: tg_value_print(&heap, v, out); break;
  }
}

static void put_operand(const tg_program *p, const tg_unit *u, uint16_t o, tg_buf *out) {
  unsigned space = TG_OPERAND_SPACE(o), index = TG_OPERAND_INDEX(o);
  if (space == TG_SP_CONST)
    put_const(p, u, index, out);
  else if (space == TG_SP_TEMP)
    tg_buf_printf(out, "t%u", index);
  else if (space == TG_SP_DOC)
    tg_buf_printf(out, "doc.%u", index);
  else
    tg_buf_printf(out, "row%u.%u", space - TG_SP_ROW, index);
}

static void put_instruction(const tg_program *p, const tg_unit *u, uint32_t at, tg_buf *out) {
  tg_ins i = p->code[at];
  tg_op_shape shape = tg_ops[i.op].shape;
  tg_buf_printf(out, "    %5u  %-9s", (unsigned)at, tg_ops[i.op].name);
  bool target = shape <= TG_SH_D_SL, source = shape != TG_SH_D && shape != TG_SH_D_C && shape != TG_SH_D_K &&
                                              shape != TG_SH_J && shape != TG_SH_NONE;
  if (target) put_operand(p, u, i.a, out);
  if (target && source) tg_buf_puts(out, " = ");
  if (source) put_operand(p, u, i.b, out);
  switch (shape) {
  case TG_SH_D_SS:
  case TG_SH_D_SSA:
  case TG_SH_D_SC:
    tg_buf_puts(out, ", ");
    put_operand(p, u, i.c, out);
    break;
  case TG_SH_D_C:
    tg_buf_puts(out, " = ");
    put_operand(p, u, i.c, out);
    break;
  case TG_SH_D_K: tg_buf_printf(out, " = row%u", i.c); break;
  case TG_SH_D_ST: tg_buf_printf(out, " test %s%u", i.aux & 0x80 ? "not " : "", i.aux & 0x7f); break;
  case TG_SH_D_TN: tg_buf_printf(out, " .. %u", i.c); break;
  case TG_SH_D_SL: tg_buf_printf(out, " loop %u", i.c); break;
  case TG_SH_S_J:
  case TG_SH_T_J:
  case TG_SH_J: tg_buf_printf(out, " -> %u", (unsigned)at + 1 + i.c); break;
  case TG_SH_S_N: tg_buf_printf(out, " #%u", i.c); break;
  default: break;
  }
  tg_place place = tg_program_place(p, p->spans[at].start);
  if (place.line) tg_buf_printf(out, "    ; %u:%u", (unsigned)place.line, (unsigned)place.column);
  tg_buf_putc(out, '\n');
}

static void put_block(const tg_program *p, uint32_t b, tg_buf *out) {
  const tg_block *block = &p->blocks[b];
  tg_buf_printf(out, "  block %u  depth %u  cost %u\n", (unsigned)b, block->depth, (unsigned)block->cost);
  for (uint32_t i = 0; i < block->count; i++)
    put_instruction(p, &p->units[block->unit], block->first + i, out);
}

static void put_loops(const tg_program *p, const tg_unit *u, tg_buf *out) {
  for (uint32_t i = 0; i < u->loop_count; i++) {
    const tg_loop *l = &p->loops[u->loop_first + i];
    tg_buf_printf(out, "  loop %u  %s  depth %u", (unsigned)i, tg_loop_word(l->kind), l->depth);
    if (l->shape != TG_NO_SHAPE) tg_buf_printf(out, "  shape %u", l->shape);
    if (l->filter != TG_NONE) tg_buf_printf(out, "  filter block %u", (unsigned)l->filter);
    if (l->body != TG_NONE) tg_buf_printf(out, "  body block %u", (unsigned)l->body);
    if (l->has_order) tg_buf_puts(out, l->descending ? "  descending" : "  ascending");
    tg_buf_putc(out, '\n');
  }
}

void tg_program_list(const tg_program *p, tg_buf *out) {
  tg_buf_printf(out, "%u gates, %u lets, %u instructions, %u constants, %u patterns\n",
                (unsigned)p->gate_count, (unsigned)p->let_count, (unsigned)p->code_count,
                (unsigned)p->const_count, (unsigned)p->pattern_count);
  for (uint32_t s = 0; s < p->plan.shape_count; s++) {
    tg_buf_printf(out, "shape %u:", (unsigned)s);
    for (uint32_t k = 1; k < p->plan.shapes[s].slots; k++)
      tg_buf_printf(out, " %u=%.*s", (unsigned)k,
                    TG_STR_ARG(p->plan.entries[p->plan.slot_entry[p->plan.slot_base[s] + k]].name));
    tg_buf_putc(out, '\n');
  }
  uint32_t block = 0;
  for (uint32_t u = 0; u < p->unit_count; u++) {
    if (p->units[u].gate != TG_NONE)
      tg_buf_printf(out, "gate %.*s  temps %u\n", TG_STR_ARG(p->gates[p->units[u].gate].id),
                    (unsigned)p->units[u].temps);
    else
      for (uint32_t l = 0; l < p->let_count; l++)
        if (p->lets[l].unit == u)
          tg_buf_printf(out, "let %.*s  temps %u\n", TG_STR_ARG(p->lets[l].name),
                        (unsigned)p->units[u].temps);
    put_loops(p, &p->units[u], out);
    for (; block < p->block_count && p->blocks[block].unit == u; block++) put_block(p, block, out);
  }
}
