/* The verifier: what it accepts the machine survives; each proof refuses what it should.
 * Also the listing (list.c) and the table of instructions (ops.c), which must bear the same programs. */
#include "../../suite.h"
#include "base/limits.h"
#include "lab.h"

#include <stdlib.h>

static lab l;
static tg_program copy; /* with sections of its own, which tests change */

#define OWN(field, count)                                                                                    \
  do {                                                                                                       \
    void *mine_ = malloc(sizeof *p->field * (p->count + 1u));                                                \
    if (p->count) memcpy(mine_, p->field, sizeof *p->field * p->count);                                      \
    p->field = mine_;                                                                                        \
  } while (0)

static void own_sections(tg_program *p) {
  OWN(code, code_count);
  OWN(blocks, block_count);
  OWN(loops, loop_count);
  OWN(units, unit_count);
  OWN(consts, const_count);
  OWN(sets, set_count);
  OWN(set_values, set_value_count);
  OWN(lets, let_count);
  OWN(gates, gate_count);
  OWN(parts, part_count);
}

static void free_sections(tg_program *p) {
  const void *all[] = {p->code, p->blocks,     p->loops, p->units, p->consts,
                       p->sets, p->set_values, p->lets,  p->gates, p->parts};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free((void *)(uintptr_t)all[i]);
}

static void setup(void) {
  lab_open(&l, lab_everything);
  lab_facts(&l, lab_everything_facts);
  copy = *l.p;
  own_sections(&copy);
}

static void teardown(void) {
  free_sections(&copy);
  lab_close(&l);
}

static bool accepted(void) {
  tg_diags_reset(&l.d);
  tg_status st = tg_program_verify(&copy, &l.mem, &l.d);
  ck_assert(st == TG_OK || (st == TG_INVALID && l.d.errors == 1));
  return st == TG_OK;
}

static tg_ins *code(void) { return (tg_ins *)(uintptr_t)copy.code; }
static tg_block *blocks(void) { return (tg_block *)(uintptr_t)copy.blocks; }
static tg_loop *loops(void) { return (tg_loop *)(uintptr_t)copy.loops; }
static tg_unit *units(void) { return (tg_unit *)(uintptr_t)copy.units; }
static tg_value *consts(void) { return (tg_value *)(uintptr_t)copy.consts; }
static tg_gate *gates(void) { return (tg_gate *)(uintptr_t)copy.gates; }

static void refused_as(const char *what) {
  ck_assert_msg(!accepted(), "accepted, although: %s", what);
  tg_str said = l.d.list.at[0].message;
  ck_assert_msg(memmem(said.at, said.n, what, strlen(what)) != NULL, "refused as `%.*s`, not `%s`",
                TG_STR_ARG(said), what);
}

/* The first instruction of this kind, which must be there. */
static uint32_t find(uint8_t op) {
  for (uint32_t i = 0; i < copy.code_count; i++)
    if (copy.code[i].op == op) return i;
  ck_abort_msg("no %s in the program", tg_op_name(op));
  return 0;
}

static uint32_t block_of(uint32_t ins) {
  uint32_t b = 0;
  while (ins >= copy.blocks[b].first + copy.blocks[b].count) b++;
  return b;
}

START_TEST(what_lowering_makes_is_accepted) { ck_assert(accepted()); }
END_TEST

START_TEST(operands_must_be_there) {
  uint32_t at = find(TG_OP_GE), b = block_of(at);
  tg_ins good = code()[at];
  const tg_unit *u = &copy.units[copy.blocks[b].unit];
  code()[at].b = TG_OPERAND(TG_SP_CONST, u->const_count);
  refused_as("a constant that is not there");
  code()[at].b = TG_OPERAND(TG_SP_TEMP, u->temps);
  refused_as("a temporary that is not there");
  code()[at].b = TG_OPERAND(TG_SP_DOC, copy.plan.shapes[0].slots);
  refused_as("a slot outside the document");
  code()[at].b = TG_OPERAND(TG_SP_ROW + copy.blocks[b].depth, 0);
  refused_as("a row that is not bound here");
  code()[at] = good;
  code()[at].a = TG_OPERAND(TG_SP_DOC, 0);
  refused_as("a target that is no temporary");
  code()[at] = good;
  code()[at].op = TG_OP_COUNT;
  refused_as("an instruction that is none");
  code()[at] = good;
  ck_assert(accepted());
}
END_TEST

START_TEST(temporaries_are_written_before_they_are_read) {
  for (uint32_t i = 0; i < copy.unit_count; i++) units()[i].temps += 1;
  copy.max_temps += 100;
  uint32_t refusals = 0;
  for (uint32_t at = 0; at < copy.code_count;
       at++) { /* the new temporary: nobody writes it, nobody may read it */
    tg_ins good = code()[at];
    tg_op_shape shape = tg_ops[good.op].shape;
    if (shape != TG_SH_D_S && shape != TG_SH_D_SS && shape != TG_SH_S && shape != TG_SH_S_N &&
        shape != TG_SH_S_J)
      continue;
    code()[at].b = TG_OPERAND(TG_SP_TEMP, copy.units[copy.blocks[block_of(at)].unit].temps - 1);
    refused_as("a temporary read before it is written");
    code()[at] = good;
    refusals++;
  }
  ck_assert_uint_gt(refusals, 50);
  ck_assert(accepted());
}
END_TEST

START_TEST(jumps_go_forward_inside_their_block) {
  uint32_t seen = 0;
  for (uint32_t at = 0; at < copy.code_count; at++) {
    tg_op_shape shape = tg_ops[copy.code[at].op].shape;
    if (shape != TG_SH_S_J && shape != TG_SH_T_J && shape != TG_SH_J) continue;
    tg_ins good = code()[at];
    const tg_block *b = &copy.blocks[block_of(at)];
    code()[at].c = (uint16_t)(b->first + b->count - at - 1);
    refused_as("a jump out of its block");
    code()[at].c = 0xffff;
    refused_as("a jump out of its block");
    code()[at] = good;
    seen++;
  }
  ck_assert_uint_gt(seen, 5);
}
END_TEST

START_TEST(blocks_end_once_and_follow_each_other) {
  for (uint32_t b = 0; b < copy.block_count; b++) {
    tg_block good = blocks()[b];
    uint32_t last = good.first + good.count - 1;
    tg_ins end = code()[last];
    code()[last] = (tg_ins){.op = TG_OP_TODAY, .a = TG_OPERAND(TG_SP_TEMP, 0)};
    ck_assert(!accepted());
    code()[last] = end;
    blocks()[b].count++;
    ck_assert(!accepted());
    blocks()[b] = good;
    blocks()[b].depth++;
    ck_assert(!accepted());
    blocks()[b] = good;
    blocks()[b].cost++;
    refused_as("a cost that is not the block's");
    blocks()[b] = good;
  }
  ck_assert(accepted());
}
END_TEST

START_TEST(loops_and_gates_own_their_blocks) {
  for (uint32_t i = 0; i < copy.loop_count; i++) {
    tg_loop good = loops()[i];
    loops()[i].kind = TG_LOOP_SHARE + 1;
    ck_assert(!accepted());
    loops()[i] = good;
    loops()[i].depth++;
    ck_assert(!accepted());
    loops()[i] = good;
    loops()[i].shape = (uint16_t)copy.plan.shape_count;
    ck_assert(!accepted());
    loops()[i] = good;
    loops()[i].body = copy.block_count;
    ck_assert(!accepted());
    loops()[i] = good;
    loops()[i].position = 0x1fff;
    refused_as("a position that is no temporary");
    loops()[i] = good;
  }
  for (uint32_t i = 0; i < copy.gate_count; i++) {
    tg_gate good = gates()[i];
    gates()[i].subject = gates()[(i + 1) % copy.gate_count].subject;
    ck_assert(!accepted());
    gates()[i] = good;
    gates()[i].clause_count++;
    ck_assert(!accepted());
    gates()[i] = good;
    gates()[i].severity = 7;
    refused_as("a severity that is none");
    gates()[i] = good;
    gates()[i].has_weight = true;
    gates()[i].weight = tg_int(-1);
    refused_as("a weight that is none");
    gates()[i] = good;
    gates()[i].position = TG_MAX_TEMPS - 1;
    refused_as("a position that is no temporary");
    gates()[i] = good;
  }
  ck_assert(accepted());
}
END_TEST

START_TEST(constants_have_a_kind_and_a_range) {
  for (uint32_t i = 0; i < copy.const_count; i++) {
    tg_value good = consts()[i];
    tg_value bad[] = {tg_value_make(TG_V_ROWS, 0, 0),
                      tg_value_make(TG_V_ROW, 0, 0),
                      tg_value_make(TG_V_RECORD, 0, 0),
                      tg_value_make(TG_V_RANGE, 0, 0),
                      tg_value_make(TG_V_ITEMS, 0, 0),
                      tg_value_make(99, 0, 0),
                      tg_value_make(TG_V_BOOL, 0, 2),
                      tg_value_make(TG_V_NUMBER, 19, 1),
                      tg_value_make(TG_V_NUMBER, 0, INT64_C(1000000000000000000)),
                      tg_date(2932897),
                      tg_date(-719163),
                      tg_value_make(TG_V_REGEX, 0, copy.pattern_count),
                      tg_value_make(TG_V_SET, 0, copy.set_count),
                      tg_value_make(TG_V_FIELD, 0, TG_FIELD_PAYLOAD(copy.plan.shape_count, 0)),
                      tg_value_make(TG_V_LONG, TG_HOME_PROGRAM, (int64_t)copy.string_count << 32 | 1),
                      tg_value_make(TG_V_LONG, TG_HOME_FACTS, 0)};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
      consts()[i] = bad[k];
      ck_assert_msg(!accepted(), "constant %u may be no. %zu", i, k);
    }
    consts()[i] = good;
  }
  ck_assert(accepted());
}
END_TEST

START_TEST(sets_are_in_order) {
  uint32_t largest = 0;
  for (uint32_t i = 0; i < copy.set_count; i++)
    if (copy.sets[i].count > copy.sets[largest].count) largest = i;
  ck_assert_uint_gt(copy.sets[largest].count, 1);
  tg_value *at = (tg_value *)(uintptr_t)copy.set_values + copy.sets[largest].first, first = at[0];
  at[0] = at[1];
  refused_as("a set out of order");
  at[1] = first;
  refused_as("a set out of order");
}
END_TEST

/* ---- whatever is accepted runs ---- */

static uint64_t random_state = 88172645463325252u;

static uint32_t next_random(uint32_t below) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 33) % below;
}

/* One small change somewhere; costs are mended, or nearly every change would be refused for its cost alone. */
static void disturb(void) {
  uint32_t at = next_random(copy.code_count);
  tg_ins *i = &code()[at];
  switch (next_random(10)) {
  case 0: i->op = (uint8_t)next_random(TG_OP_COUNT); break;
  case 1: i->a = (uint16_t)next_random(0x10000); break;
  case 2: i->b = (uint16_t)next_random(0x10000); break;
  case 3: i->c = (uint16_t)next_random(64); break;
  case 4: i->b = TG_OPERAND(next_random(8), next_random(8)); break;
  case 5: i->c = TG_OPERAND(next_random(8), next_random(8)); break;
  case 6: i->aux = (uint8_t)next_random(256); break;
  case 7: *i = code()[next_random(copy.code_count)]; break;
  case 8: {
    uint32_t k = next_random(copy.loop_count);
    uint8_t *bytes = (uint8_t *)&loops()[k];
    bytes[next_random(sizeof(tg_loop))] = (uint8_t)next_random(256);
    break;
  }
  default: {
    uint32_t x = next_random(copy.const_count), y = next_random(copy.const_count);
    tg_value v = consts()[x];
    consts()[x] = consts()[y];
    consts()[y] = v;
    break;
  }
  }
  for (uint32_t b = 0; b < copy.block_count; b++) {
    bool known = true;
    for (uint32_t k = copy.blocks[b].first; k < copy.blocks[b].first + copy.blocks[b].count; k++)
      known &= copy.code[k].op < TG_OP_COUNT;
    if (known) blocks()[b].cost = tg_block_cost(&copy, &copy.blocks[b]);
  }
}

START_TEST(what_is_accepted_runs) {
  uint32_t ran = 0, refusals = 0;
  tg_vm *vm;
  tg_buf listing;
  tg_buf_init(&listing, &l.mem);
  for (int round = 0; round < 20000; round++) {
    memcpy(code(), l.p->code, sizeof *l.p->code * l.p->code_count);
    memcpy(loops(), l.p->loops, sizeof *l.p->loops * l.p->loop_count);
    memcpy(consts(), l.p->consts, sizeof *l.p->consts * l.p->const_count);
    memcpy(blocks(), l.p->blocks, sizeof *l.p->blocks * l.p->block_count);
    for (uint32_t n = 1 + next_random(3); n > 0; n--) disturb();
    if (!accepted()) {
      refusals++;
      continue;
    }
    ran++;
    ck_assert_int_eq(tg_vm_new(&l.mem, &copy, &vm), TG_OK);
    tg_vm_options o = {.today = lab_day("2026-01-01"), .subject_cost = 100000, .document_cost = 100000};
    ck_assert_int_eq(tg_vm_run(vm, &l.rows, &l.store, &o), TG_OK);
    uint32_t count;
    const tg_subject *all = tg_vm_subjects(vm, &count);
    for (uint32_t i = 0; i < count && i < 8; i++) {
      const tg_explanation *x;
      tg_status st = tg_vm_explain(vm, &all[i], &x);
      ck_assert(st == TG_OK || st == TG_INVALID);
    }
    if (ran % 50 == 0) {
      tg_buf_clear(&listing);
      tg_program_list(&copy, &listing);
      ck_assert(listing.n > 100);
    }
    tg_vm_free(vm);
  }
  tg_buf_done(&listing);
  ck_assert_msg(ran > 1000 && refusals > 1000,
                "%u ran, %u were refused: the changes are too tame or too wild", ran, refusals);
}
END_TEST

START_TEST(verifying_survives_refused_memory) {
  for (uint64_t limit = 1;; limit += 64) {
    tg_mem m;
    tg_mem_init(&m, NULL, limit);
    tg_diags d;
    tg_diags_init(&d, &m);
    tg_status st = tg_program_verify(&copy, &m, &d);
    tg_diags_done(&d);
    ck_assert_uint_eq(m.used, 0);
    if (st == TG_OK) break;
    ck_assert_int_eq(st, TG_LIMIT);
  }
}
END_TEST

START_TEST(the_table_of_instructions_is_whole) {
  for (unsigned i = 0; i < TG_OP_COUNT; i++) {
    ck_assert_str_eq(tg_op_name(i), tg_ops[i].name);
    ck_assert_uint_gt(tg_ops[i].cost, 0);
    ck_assert_uint_gt(strlen(tg_ops[i].summary), 3);
  }
  ck_assert_str_eq(tg_op_name(TG_OP_COUNT), "?");
  ck_assert_str_eq(tg_loop_word(TG_LOOP_EVERY), "every");
  ck_assert_str_eq(tg_loop_word(200), "?");
}
END_TEST

START_TEST(the_listing_names_everything) {
  tg_buf b;
  tg_buf_init(&b, &l.mem);
  tg_program_list(l.p, &b);
  const char *const words[] = {"A-1", "A-6", "every", "share", "/^S-[0-9]+$/", "SKIP", "CLAUSE", "YIELD"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    ck_assert_msg(strstr(b.at, words[i]) != NULL, "the listing lacks %s", words[i]);
  tg_buf_done(&b);
}
END_TEST

/* Jumps of one block whose targets lie ahead at one time: as many as there may be, and one more. */
START_TEST(jumps_ahead_are_bounded) {
  enum { JUMPS = 3 * TG_MAX_PENDING };
  char *pack = malloc(256 + JUMPS * 16), *at = pack;
  ck_assert_ptr_nonnull(pack);
  at += sprintf(at, "pack: t\nversion: 1.0.0\ntitle: t\ngates:\n  - id: T-1\n    title: t\n    require: ");
  at += sprintf(at, "\"count([b"); /* writes every temporary that the second list may leave out */
  for (int i = 0; i < JUMPS + 4; i++) at += sprintf(at, ", b");
  at += sprintf(at, "]) + count([b");
  for (int i = 0; i < JUMPS; i++) at += sprintf(at, ", a and b");
  sprintf(at, "]) > 0\"\n");
  teardown();
  lab_open(&l, pack);
  copy = *l.p;
  own_sections(&copy);
  free(pack);
  ck_assert(accepted());
  uint32_t jumps[TG_MAX_PENDING + 1], count = 0;
  for (uint32_t i = 0; i < copy.code_count && count <= TG_MAX_PENDING; i++)
    if (code()[i].op == TG_OP_JFALSE) jumps[count++] = i;
  ck_assert_uint_eq(count, TG_MAX_PENDING + 1);
  /* targets of their own, behind the last of these jumps; the next jump that stays as it is counts too */
  uint32_t beyond = jumps[TG_MAX_PENDING] + 8;
  for (uint32_t i = 0; i < TG_MAX_PENDING; i++) {
    code()[jumps[i]].c = (uint16_t)(beyond + i - jumps[i] - 1);
    if (i == TG_MAX_PENDING - 2) ck_assert(accepted());
  }
  refused_as("too many jumps ahead");
}
END_TEST

int main(void) {
  TCase *c = tcase_create("verify");
  tcase_set_timeout(c, 600);
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, what_lowering_makes_is_accepted);
  tcase_add_test(c, operands_must_be_there);
  tcase_add_test(c, temporaries_are_written_before_they_are_read);
  tcase_add_test(c, jumps_go_forward_inside_their_block);
  tcase_add_test(c, blocks_end_once_and_follow_each_other);
  tcase_add_test(c, loops_and_gates_own_their_blocks);
  tcase_add_test(c, constants_have_a_kind_and_a_range);
  tcase_add_test(c, sets_are_in_order);
  tcase_add_test(c, what_is_accepted_runs);
  tcase_add_test(c, verifying_survives_refused_memory);
  tcase_add_test(c, jumps_ahead_are_bounded);
  tcase_add_test(c, the_table_of_instructions_is_whole);
  tcase_add_test(c, the_listing_names_everything);
  return run_suite("code", c, NULL);
}
