/* The verifier: what it accepts the machine runs without checking. */
#include "code/program.h"

#include "base/limits.h"

#include <string.h>

typedef struct verify {
  const tg_program *p;
  tg_mem *mem;
  tg_diags *d;
  uint8_t *owned;      /* by block: has an owner */
  uint16_t *row_shape; /* by block and depth: shapes of the rows around it; TG_NO_SHAPE = only slot 0 */
  uint64_t *written;   /* bit sets of temporaries: one a pending target */
  uint32_t words;      /* of one set */
  uint32_t *
      entry; /* by block: where in `entries` the temporaries stand that are written when it begins; TG_NONE: none are */
  TG_VEC(uint64_t) entries;
  bool failed;
} verify;

static bool fail(verify *v, const char *what, uint32_t where) {
  if (!v->failed)
    tg_diag_at(v->d, TG_E_VERIFY, NULL, TG_NO_SPAN, "the program does not prove safe: %s (%u)", what,
               (unsigned)where);
  v->failed = true;
  return false;
}

#define CHECK(condition, what, where)                                                                        \
  do {                                                                                                       \
    if (!(condition)) return fail(v, what, (uint32_t)(where));                                               \
  } while (0)

/* ---- data ---- */

static bool string_inside(const verify *v, tg_str s) {
  if (s.n == 0) return true;
  return s.at >= v->p->strings && s.at <= v->p->strings + v->p->string_count &&
         s.n <= (size_t)(v->p->strings + v->p->string_count - s.at) && tg_utf8_bad(s.at, s.n) == s.n;
}

static bool check_value(verify *v, tg_value x, uint32_t at) {
  tg_heap heap = {.program = (const uint8_t *)v->p->strings};
  switch (x.kind) {
  case TG_V_UNKNOWN: CHECK(x.aux <= TG_WHY_DERIVED, "an unknown of no kind", at); return true;
  case TG_V_BOOL: CHECK(x.num == 0 || x.num == 1, "a boolean that is neither", at); return true;
  case TG_V_NUMBER:
    CHECK(x.aux <= 18 && x.num < INT64_C(1000000000000000000) && x.num > -INT64_C(1000000000000000000),
          "a number out of range", at);
    return true;
  case TG_V_TEXT:
    CHECK(x.aux == TG_HOME_PROGRAM && x.start <= v->p->string_count && x.len <= v->p->string_count - x.start,
          "a text outside the strings", at);
    CHECK(string_inside(v, tg_text_of(&heap, &x)), "a text that is not UTF-8", at);
    return true;
  case TG_V_LONG:
    CHECK(x.aux == TG_HOME_PROGRAM && (x.bits >> 32) <= v->p->string_count &&
              (x.bits & 0xffffffffu) <= v->p->string_count - (x.bits >> 32),
          "a text outside the strings", at);
    CHECK(string_inside(v, tg_text_of(&heap, &x)), "a text that is not UTF-8", at);
    return true;
  case TG_V_DATE: CHECK(x.num >= -719162 && x.num <= 2932896, "a date out of range", at); return true;
  case TG_V_NO_DATE:
  case TG_V_DURATION: return true;
  case TG_V_REGEX:
    CHECK(x.num >= 0 && x.num < v->p->pattern_count, "a pattern that is not there", at);
    return true;
  case TG_V_SET: CHECK(x.num >= 0 && x.num < v->p->set_count, "a set that is not there", at); return true;
  case TG_V_FIELD: {
    uint32_t shape = (uint32_t)(x.num >> 16), slot = (uint32_t)x.num & 0xffffu;
    CHECK(x.num >= 0 && shape < v->p->plan.shape_count && slot < v->p->plan.shapes[shape].slots,
          "a field that is not there", at);
    return true;
  }
  default: return fail(v, "a constant of no known kind", at);
  }
}

static bool check_plan(verify *v) {
  const tg_plan *plan = &v->p->plan;
  CHECK(plan->shape_count > 0 && plan->shape_count < TG_NO_SHAPE, "no document", 0);
  for (uint32_t i = 0; i < plan->shape_count; i++) {
    const tg_plan_shape *s = &plan->shapes[i];
    CHECK(s->slots >= 1 && s->slots <= TG_MAX_SLOTS, "a row too wide", i);
    CHECK(i == 0 ? s->parent == TG_NO_SHAPE : s->parent < i, "a shape before its parent", i);
    CHECK(s->key_slot < s->slots, "a key outside the row", i);
    CHECK(s->element_shape == TG_NO_SHAPE || (s->element_shape > i && s->element_shape < plan->shape_count),
          "elements before their list", i);
    CHECK(s->owner_entry == UINT32_MAX || s->owner_entry < plan->entry_count, "an owner that is not there",
          i);
    for (uint32_t k = 0; k < s->slots; k++) {
      uint32_t e = plan->slot_entry[plan->slot_base[i] + k];
      CHECK(k == 0 ? e == UINT32_MAX : e < plan->entry_count && plan->entries[e].slot == k,
            "a slot without its entry", i);
    }
  }
  for (uint32_t i = 0; i < plan->entry_count; i++) {
    const tg_plan_entry *e = &plan->entries[i];
    CHECK(string_inside(v, e->name), "a key outside the strings", i);
    CHECK(e->parent == UINT32_MAX || e->parent < i, "an entry before its parent", i);
    CHECK(e->next == UINT32_MAX || (e->next > i && e->next < plan->entry_count), "entries in a circle", i);
    CHECK(e->first_child == UINT32_MAX || (e->first_child > i && e->first_child < plan->entry_count),
          "a child before its parent", i);
    CHECK(e->shape == TG_NO_SHAPE ||
              (e->shape > 0 && e->shape < plan->shape_count && plan->shapes[e->shape].owner_entry == i),
          "a list without its rows", i);
  }
  return true;
}

static bool check_sets(verify *v) {
  tg_heap heap = {.program = (const uint8_t *)v->p->strings};
  for (uint32_t i = 0; i < v->p->set_value_count; i++)
    if (!check_value(v, v->p->set_values[i], i)) return false;
  for (uint32_t i = 0; i < v->p->set_count; i++) {
    const tg_set *s = &v->p->sets[i];
    CHECK(s->count > 0 && s->first <= v->p->set_value_count && s->count <= v->p->set_value_count - s->first,
          "a set out of bounds", i);
    for (uint32_t k = 1; k < s->count; k++) {
      bool clash = false;
      CHECK(tg_value_order(&heap, v->p->set_values[s->first + k - 1], v->p->set_values[s->first + k],
                           &clash) < 0 &&
                !clash,
            "a set out of order", i);
    }
  }
  return true;
}

/* ---- blocks: owners, depths and the shapes of the rows around them ---- */

static uint16_t *shapes_of(const verify *v, uint32_t block) {
  return v->row_shape + (size_t)block * TG_MAX_BINDINGS;
}

static bool own(verify *v, uint32_t block, uint32_t unit, uint32_t depth, const uint16_t *outer,
                uint16_t shape) {
  const tg_program *p = v->p;
  CHECK(block < p->block_count, "a block that is not there", block);
  CHECK(!v->owned[block], "a block with two owners", block);
  CHECK(p->blocks[block].unit == unit && p->blocks[block].depth == depth && depth <= TG_MAX_BINDINGS,
        "a block at another depth", block);
  v->owned[block] = 1;
  for (uint32_t k = 0; k < TG_MAX_BINDINGS; k++)
    shapes_of(v, block)[k] = outer != NULL && k + 1 < depth ? outer[k] : TG_NO_SHAPE;
  if (depth > 0) shapes_of(v, block)[depth - 1] = shape;
  return true;
}

/* Remembers what is written when a block begins: `now` (NULL: nothing) and one temporary more (UINT16_MAX: none). */
static bool enter(verify *v, uint32_t block, const uint64_t *now, uint16_t more) {
  uint32_t words = (v->p->units[v->p->blocks[block].unit].temps + 63) / 64;
  if (now == NULL && more == UINT16_MAX) return true;
  if (!tg_vec_fit(v->mem, &v->entries, words)) return false;
  uint64_t *set = v->entries.at + v->entries.n;
  for (uint32_t w = 0; w < words; w++) set[w] = now ? now[w] : 0;
  if (more != UINT16_MAX) set[more / 64] |= UINT64_C(1) << (more % 64);
  v->entry[block] = v->entries.n;
  v->entries.n += words;
  return true;
}

static bool own_gate(verify *v, uint32_t i) {
  const tg_gate *g = &v->p->gates[i];
  const tg_program *p = v->p;
  CHECK(g->unit < p->unit_count && p->units[g->unit].gate == i, "a gate without its unit", i);
  CHECK(g->pack < p->pack_count && g->area < p->area_count, "a gate without its pack", i);
  CHECK(g->clause_first <= p->clause_count && g->clause_count <= p->clause_count - g->clause_first,
        "clauses out of bounds", i);
  CHECK(g->message_first <= p->part_count && g->message_count <= p->part_count - g->message_first,
        "a message out of bounds", i);
  CHECK(g->reference_first <= p->text_count && g->reference_count <= p->text_count - g->reference_first,
        "references out of bounds", i);
  CHECK(g->tag_first <= p->text_count && g->tag_count <= p->text_count - g->tag_first, "tags out of bounds",
        i);
  CHECK(g->shape == TG_NO_SHAPE || g->shape < p->plan.shape_count, "subjects of no shape", i);
  uint32_t parts[] = {g->when, g->likelihood, g->impact, g->list};
  for (int k = 0; k < 4; k++)
    if (parts[k] != TG_NONE && !own(v, parts[k], g->unit, 0, NULL, TG_NO_SHAPE)) return false;
  uint32_t depth = g->list == TG_NONE ? 0 : 1;
  CHECK(g->list == TG_NONE ? g->group == TG_NONE : g->group < p->group_count, "a gate of no group", i);
  CHECK(g->position == UINT16_MAX || (depth == 1 && g->position < p->units[g->unit].temps),
        "a position that is no temporary", i);
  CHECK((g->first != UINT16_MAX) == g->has_first, "subjects of unclear number", i);
  CHECK(g->severity == TG_NO_SEVERITY || g->severity <= TG_CRITICAL, "a severity that is none", i);
  CHECK(g->likelihood_value >= 1 && g->likelihood_value <= 5 && g->impact_value >= 1 && g->impact_value <= 5,
        "a judgement outside 1 to 5", i);
  CHECK(g->tailor_first <= p->settings.tailoring_count &&
            g->tailor_count <= p->settings.tailoring_count - g->tailor_first,
        "tailoring out of bounds", i);
  CHECK(!g->has_weight ||
            (g->weight.kind == TG_V_NUMBER && g->weight.num >= 0 && check_value(v, g->weight, i)),
        "a weight that is none", i);
  if (!own(v, g->subject, g->unit, depth, NULL, g->shape) || !enter(v, g->subject, NULL, g->position))
    return false;
  if (g->order_filter != TG_NONE &&
      (!own(v, g->order_filter, g->unit, 1, NULL, g->shape) || !enter(v, g->order_filter, NULL, g->position)))
    return false;
  for (uint32_t k = 0; k < g->message_count; k++) {
    const tg_message_part *m = &p->parts[g->message_first + k];
    CHECK(string_inside(v, m->text), "a message outside the strings", i);
    if (m->block != TG_NONE &&
        (!own(v, m->block, g->unit, depth, NULL, g->shape) || !enter(v, m->block, NULL, g->position)))
      return false;
  }
  return true;
}

/* ---- code ---- */

typedef struct pending {
  uint32_t target;
  uint32_t set;
} pending;

typedef struct flow {
  uint64_t *now;
  pending at[TG_MAX_PENDING];
  uint32_t count;
  const tg_block *block;
  uint32_t number;
} flow;

static bool is_written(const flow *f, unsigned temp) { return f->now[temp / 64] >> (temp % 64) & 1; }
static void set_written(const flow *f, unsigned temp) { f->now[temp / 64] |= UINT64_C(1) << (temp % 64); }

static bool check_source(verify *v, const flow *f, uint16_t o, uint32_t at) {
  const tg_unit *u = &v->p->units[f->block->unit];
  unsigned space = TG_OPERAND_SPACE(o), index = TG_OPERAND_INDEX(o);
  switch (space) {
  case TG_SP_CONST: {
    CHECK(index < u->const_count, "a constant that is not there", at);
    uint8_t kind = v->p->consts[u->const_first + index].kind;
    CHECK(kind != TG_V_REGEX && kind != TG_V_SET && kind != TG_V_FIELD, "a constant of the wrong class", at);
    return true;
  }
  case TG_SP_TEMP:
    CHECK(index < u->temps, "a temporary that is not there", at);
    CHECK(is_written(f, index), "a temporary read before it is written", at);
    return true;
  case TG_SP_DOC: CHECK(index < v->p->plan.shapes[0].slots, "a slot outside the document", at); return true;
  default: {
    unsigned depth = space - TG_SP_ROW;
    CHECK(depth < f->block->depth, "a row that is not bound here", at);
    uint16_t shape = shapes_of(v, f->number)[depth];
    CHECK(index < (shape == TG_NO_SHAPE ? 1u : v->p->plan.shapes[shape].slots), "a slot outside the row", at);
    return true;
  }
  }
}

static bool check_class(verify *v, const flow *f, uint16_t o, uint8_t kind, uint32_t at) {
  const tg_unit *u = &v->p->units[f->block->unit];
  CHECK(TG_OPERAND_SPACE(o) == TG_SP_CONST && TG_OPERAND_INDEX(o) < u->const_count,
        "a constant that is not there", at);
  CHECK(v->p->consts[u->const_first + TG_OPERAND_INDEX(o)].kind == kind, "a constant of the wrong class", at);
  return true;
}

static bool check_target(verify *v, const flow *f, uint16_t o, uint32_t at) {
  CHECK(TG_OPERAND_SPACE(o) == TG_SP_TEMP && TG_OPERAND_INDEX(o) < v->p->units[f->block->unit].temps,
        "a target that is no temporary", at);
  return true;
}

static bool jump(verify *v, flow *f, uint32_t at, uint16_t skip) {
  uint32_t target = at + 1 + skip;
  CHECK(target < f->block->first + f->block->count, "a jump out of its block", at);
  for (uint32_t i = 0; i < f->count; i++)
    if (f->at[i].target == target) {
      uint64_t *set = v->written + (size_t)(f->at[i].set + 1) * v->words;
      for (uint32_t w = 0; w < v->words; w++) set[w] &= f->now[w];
      return true;
    }
  CHECK(f->count < TG_MAX_PENDING, "too many jumps ahead", at);
  uint32_t set = f->count ? f->at[f->count - 1].set + 1 : 0;
  for (uint32_t i = 0; i < f->count; i++)
    if (f->at[i].set >= set) set = f->at[i].set + 1;
  CHECK(set < TG_MAX_PENDING, "too many jumps ahead", at);
  memcpy(v->written + (size_t)(set + 1) * v->words, f->now, sizeof(uint64_t) * v->words);
  f->at[f->count++] = (pending){target, set};
  return true;
}

/* Paths that meet here: only what all of them wrote is written. */
static void land(verify *v, flow *f, uint32_t at, bool falls) {
  for (uint32_t i = 0; i < f->count; i++) {
    if (f->at[i].target != at) continue;
    uint64_t *set = v->written + (size_t)(f->at[i].set + 1) * v->words;
    for (uint32_t w = 0; w < v->words; w++) f->now[w] = falls ? f->now[w] & set[w] : set[w];
    f->at[i] = f->at[--f->count];
    return;
  }
}

static bool enter_loop(verify *v, flow *f, tg_ins ins, uint32_t at) {
  const tg_unit *u = &v->p->units[f->block->unit];
  CHECK(ins.c < u->loop_count, "a loop that is not there", at);
  const tg_loop *l = &v->p->loops[u->loop_first + ins.c];
  CHECK(l->kind <= TG_LOOP_SHARE && l->depth == f->block->depth && l->depth < TG_MAX_BINDINGS,
        "a loop at another depth", at);
  CHECK(l->shape == TG_NO_SHAPE || l->shape < v->p->plan.shape_count, "a loop over no shape", at);
  CHECK(l->position == UINT16_MAX || l->position < u->temps, "a position that is no temporary", at);
  CHECK((l->first != UINT16_MAX) == (l->has_first != 0), "a loop of unclear length", at);
  if (l->has_first && !check_source(v, f, l->first, at)) return false;
  bool body = l->kind <= TG_LOOP_NO || l->kind == TG_LOOP_SHARE || l->kind == TG_LOOP_FLATTEN;
  CHECK(!body || l->body != TG_NONE, "a quantifier without a body", at);
  uint32_t parts[] = {l->filter, l->body};
  for (int k = 0; k < 2; k++)
    if (parts[k] != TG_NONE) {
      if (!own(v, parts[k], f->block->unit, l->depth + 1u, shapes_of(v, f->number), l->shape)) return false;
      CHECK(parts[k] < f->number, "a loop's block behind it", at);
      if (!enter(v, parts[k], f->now, l->position)) return false;
    }
  return true;
}

static bool check_instruction(verify *v, flow *f, uint32_t at) {
  tg_ins i = v->p->code[at];
  CHECK(i.op < TG_OP_COUNT, "an instruction that is none", at);
  tg_op_shape shape = tg_ops[i.op].shape;
  bool target = shape <= TG_SH_D_SL;
  bool reads_b = shape != TG_SH_D && shape != TG_SH_D_C && shape != TG_SH_D_K && shape != TG_SH_J &&
                 shape != TG_SH_NONE && shape != TG_SH_D_TN;
  bool names_c = shape != TG_SH_D && shape != TG_SH_D_S && shape != TG_SH_D_ST && shape != TG_SH_S &&
                 shape != TG_SH_NONE;
  CHECK((target || i.a == 0) && (reads_b || shape == TG_SH_D_TN || i.b == 0) && (names_c || i.c == 0),
        "a field that the instruction does not have", at);
  CHECK(shape == TG_SH_D_ST || i.aux == 0 || (i.op == TG_OP_SKIP && i.aux == 1),
        "a mark that the instruction does not have", at);
  if (reads_b && !check_source(v, f, i.b, at)) return false;
  switch (shape) {
  case TG_SH_D_SSA:
    if (!check_source(v, f, i.a, at)) return false;
    __attribute__((fallthrough));
  case TG_SH_D_SS:
    if (!check_source(v, f, i.c, at)) return false;
    break;
  case TG_SH_D_ST: CHECK((i.aux & 0x7f) <= TG_TEST_DATED, "a test that is none", at); break;
  case TG_SH_D_SC:
    if (!check_class(v, f, i.c,
                     i.op == TG_OP_MATCH   ? TG_V_REGEX
                     : i.op == TG_OP_INSET ? TG_V_SET
                                           : TG_V_FIELD,
                     at))
      return false;
    break;
  case TG_SH_D_C:
    if (!check_class(v, f, i.c, TG_V_NUMBER, at)) return false;
    break;
  case TG_SH_D_K: CHECK(i.c < f->block->depth, "an element that is not bound here", at); break;
  case TG_SH_D_TN:
    CHECK(TG_OPERAND_SPACE(i.b) == TG_SP_TEMP, "a list of no temporaries", at);
    for (uint32_t k = 0; k < i.c; k++)
      if (!check_source(v, f, (uint16_t)(i.b + k), at)) return false;
    break;
  case TG_SH_D_SL:
    if (!enter_loop(v, f, i, at)) return false;
    break;
  case TG_SH_T_J:
    if (!check_target(v, f, i.b, at)) return false;
    break;
  default: break;
  }
  if ((shape == TG_SH_S_J || shape == TG_SH_T_J || shape == TG_SH_J) && !jump(v, f, at, i.c)) return false;
  if (target) {
    if (!check_target(v, f, i.a, at)) return false;
    set_written(f, TG_OPERAND_INDEX(i.a));
  }
  return true;
}

static bool is_subject(const verify *v, uint32_t b) {
  uint32_t gate = v->p->units[v->p->blocks[b].unit].gate;
  return gate != TG_NONE && v->p->gates[gate].subject == b;
}

static bool check_block(verify *v, uint32_t b) {
  const tg_program *p = v->p;
  flow f = {.now = v->written, .count = 0, .block = &p->blocks[b], .number = b};
  memset(v->written, 0, sizeof(uint64_t) * v->words);
  if (v->entry[b] != TG_NONE) /* what the block around wrote before its loop, and the position */
    memcpy(v->written, v->entries.at + v->entry[b],
           sizeof(uint64_t) * ((p->units[f.block->unit].temps + 63) / 64));
  bool subject = is_subject(v, b), falls = true;
  uint32_t clause = 0, end = f.block->first + f.block->count;
  for (uint32_t at = f.block->first; at < end; at++) {
    land(v, &f, at, falls);
    if (!check_instruction(v, &f, at)) return false;
    uint8_t op = p->code[at].op;
    falls = op != TG_OP_JUMP;
    bool last = op == TG_OP_YIELD || op == TG_OP_END;
    CHECK(last == (at + 1 == end), "a block that does not end once", at);
    CHECK(op != TG_OP_END || subject, "END outside a subject", at);
    CHECK(op != TG_OP_YIELD || !subject, "YIELD in a subject", at);
    if (op == TG_OP_CLAUSE || op == TG_OP_SKIP) CHECK(f.count == 0, "a jump over a clause", at);
    if (op == TG_OP_CLAUSE) {
      CHECK(subject && p->code[at].c == clause, "a clause out of place", at);
      clause++;
    }
  }
  CHECK(!subject || clause == p->gates[p->units[f.block->unit].gate].clause_count, "clauses that are missing",
        b);
  CHECK(tg_block_cost(p, f.block) == f.block->cost, "a cost that is not the block's", b);
  return true;
}

static bool check_units(verify *v) {
  const tg_program *p = v->p;
  for (uint32_t i = 0; i < p->unit_count; i++) {
    const tg_unit *u = &p->units[i];
    CHECK(u->const_first <= p->const_count && u->const_count <= p->const_count - u->const_first &&
              u->const_count <= TG_MAX_CONSTS,
          "constants out of bounds", i);
    CHECK(u->loop_first <= p->loop_count && u->loop_count <= p->loop_count - u->loop_first,
          "loops out of bounds", i);
    CHECK(u->temps <= TG_MAX_TEMPS && (u->gate == TG_NONE || u->gate < p->gate_count), "a unit out of bounds",
          i);
  }
  uint32_t next = 0;
  for (uint32_t i = 0; i < p->block_count; i++) {
    const tg_block *b = &p->blocks[i];
    CHECK(b->first == next && b->count > 0 && b->count <= p->code_count - next && b->unit < p->unit_count &&
              b->depth <= TG_MAX_BINDINGS,
          "blocks that do not follow each other", i);
    CHECK(i == 0 || b->unit >= p->blocks[i - 1].unit, "blocks of a unit apart", i);
    next += b->count;
  }
  CHECK(next == p->code_count, "code outside the blocks", next);
  return true;
}

/* How many subjects a gate takes: a constant, a slot of the document, or a temporary that its list block wrote at its end. */
static bool check_first(verify *v, const tg_gate *g, uint32_t i) {
  const tg_unit *u = &v->p->units[g->unit];
  unsigned space = TG_OPERAND_SPACE(g->first), index = TG_OPERAND_INDEX(g->first);
  if (!g->has_first) return true;
  CHECK(g->list != TG_NONE && g->list < v->p->block_count, "subjects of no list", i);
  if (space == TG_SP_CONST) {
    CHECK(index < u->const_count, "a constant that is not there", i);
    return true;
  }
  if (space == TG_SP_DOC) {
    CHECK(index < v->p->plan.shapes[0].slots, "a slot outside the document", i);
    return true;
  }
  CHECK(space == TG_SP_TEMP && index < u->temps, "a number of subjects from nowhere", i);
  const tg_block *b = &v->p->blocks[g->list];
  for (uint32_t k = b->first; k < b->first + b->count; k++) { /* written before anything jumps */
    tg_ins x = v->p->code[k];
    tg_op_shape shape = tg_ops[x.op].shape;
    if (shape <= TG_SH_D_SL && x.a == g->first) return true;
    if (shape == TG_SH_S_J || shape == TG_SH_T_J || shape == TG_SH_J) {
      uint32_t target =
          k + 1 + x.c; /* a temporary written inside the jump is not surely written; look behind it */
      k = target - 1;
    }
  }
  return fail(v, "a number of subjects that nothing writes", i);
}

static bool check_waivers(verify *v) {
  const tg_waiver_slots *w = &v->p->waivers;
  if (w->shape == TG_NO_SHAPE) return true;
  CHECK(w->shape < v->p->plan.shape_count && w->list_slot < v->p->plan.shapes[0].slots, "waivers of no list",
        0);
  uint16_t slots[] = {w->id,          w->gate,       w->item,
                      w->reason,      w->owner,      w->approver,
                      w->approved_on, w->expires_on, w->compensating_action};
  for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
    CHECK(slots[i] < v->p->plan.shapes[w->shape].slots, "a waiver's slot outside its row", i);
  return true;
}

static bool check_all(verify *v) {
  const tg_program *p = v->p;
  if (!check_plan(v) || !check_sets(v)) return false;
  for (uint32_t i = 0; i < p->const_count; i++)
    if (!check_value(v, p->consts[i], i)) return false;
  if (!check_units(v)) return false;
  for (uint32_t i = 0; i < p->let_count; i++) {
    CHECK(p->lets[i].unit < p->unit_count && p->units[p->lets[i].unit].gate == TG_NONE,
          "a let without its unit", i);
    if (!own(v, p->lets[i].block, p->lets[i].unit, 0, NULL, TG_NO_SHAPE)) return false;
  }
  for (uint32_t i = 0; i < p->gate_count; i++)
    if (!own_gate(v, i)) return false;
  for (uint32_t i = p->block_count; i > 0;
       i--) { /* loops come before the block that holds them: owners first */
    CHECK(v->owned[i - 1], "a block without an owner", i - 1);
    if (!check_block(v, i - 1)) return false;
  }
  uint32_t temps = 0;
  CHECK(tg_program_temps(p, v->mem, &temps) == TG_OK && temps <= p->max_temps,
        "lets that refer to each other", temps);
  for (uint32_t i = 0; i < p->gate_count; i++)
    if (!check_first(v, &p->gates[i], i)) return false;
  if (!check_waivers(v)) return false;
  CHECK(p->phase_slot < p->plan.shapes[0].slots && p->as_of_slot < p->plan.shapes[0].slots &&
            p->id_slot < p->plan.shapes[0].slots,
        "a setting outside the document", 0);
  return true;
}

tg_status tg_program_verify(const tg_program *p, tg_mem *mem, tg_diags *d) {
  uint32_t most = 1;
  for (uint32_t i = 0; i < p->unit_count; i++)
    if (p->units[i].temps > most && p->units[i].temps <= TG_MAX_TEMPS) most = p->units[i].temps;
  verify v = {.p = p, .mem = mem, .d = d, .words = (most + 63) / 64};
  size_t blocks = p->block_count + 1, sets = sizeof(uint64_t) * v.words * (TG_MAX_PENDING + 2);
  v.owned = tg_mem_zalloc(mem, blocks);
  v.row_shape = tg_mem_zalloc(mem, sizeof(uint16_t) * TG_MAX_BINDINGS * blocks);
  v.written = tg_mem_zalloc(mem, sets);
  v.entry = tg_mem_alloc(mem, sizeof *v.entry * blocks);
  if (v.entry != NULL) memset(v.entry, 0xff, sizeof *v.entry * blocks);
  tg_status st = v.owned && v.row_shape && v.written && v.entry ? TG_OK : tg_mem_status(mem);
  if (st == TG_OK && !check_all(&v)) st = mem->failed ? tg_mem_status(mem) : TG_INVALID;
  tg_mem_free(mem, v.owned, blocks);
  tg_mem_free(mem, v.row_shape, sizeof(uint16_t) * TG_MAX_BINDINGS * blocks);
  tg_mem_free(mem, v.written, sets);
  tg_mem_free(mem, v.entry, sizeof *v.entry * blocks);
  tg_vec_done(mem, &v.entries);
  return st;
}
