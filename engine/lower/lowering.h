/* The state of one lowering.  Sections grow in vectors and are copied into the program's arena at the end; until then a tg_str
 * of the program holds an offset into the string section instead of a pointer (see freeze.c). */
#ifndef TG_LOWER_LOWERING_H
#define TG_LOWER_LOWERING_H

#include "base/limits.h"
#include "lower/lower.h"

/* Where a path went in the plan. */
typedef struct tg_path_slot {
  uint32_t entry; /* FIELD: its plan entry; UINT32_MAX else */
  uint16_t shape; /* FIELD: shape of its row; ELEMENT and the root: the shape of the rows themselves */
  uint16_t slot;
} tg_path_slot;

/* Code of one block while it is made; blocks of inner loops are finished before the block around them. */
typedef struct tg_draft {
  TG_VEC(tg_ins) code;
  TG_VEC(tg_span) spans;
  uint32_t depth;
  struct tg_draft *outer;
} tg_draft;

/* A bound variable of the unit. */
typedef struct tg_var_home {
  uint32_t var, depth;
  uint16_t shape;
  uint16_t position; /* temporary or UINT16_MAX */
} tg_var_home;

typedef struct tg_lowering {
  tg_arena *arena; /* the program's */
  tg_mem *mem;
  const tg_checked *c;
  tg_sources *sources;
  tg_diags *d;
  tg_program *p;
  tg_names strings;         /* one entry a distinct string */
  TG_VEC(uint32_t) offsets; /* string -> offset in `bytes` */
  tg_pool bytes;
  tg_path_slot *paths; /* beside c->paths */
  TG_VEC(tg_plan_entry) entries;
  TG_VEC(tg_plan_shape) shapes;
  TG_VEC(tg_value) consts;
  TG_VEC(tg_set) sets;
  TG_VEC(tg_value) set_values;
  TG_VEC(tg_ins) code;
  TG_VEC(tg_span) spans;
  TG_VEC(tg_block) blocks;
  TG_VEC(tg_loop) loops;
  TG_VEC(tg_unit) units;
  TG_VEC(tg_let_code) lets;
  TG_VEC(tg_gate) gates;
  TG_VEC(tg_clause_info) clauses;
  TG_VEC(tg_message_part) parts;
  TG_VEC(tg_param_info) params;
  TG_VEC(tg_tailoring) tailorings;
  TG_VEC(tg_str) areas;
  TG_VEC(tg_str) texts;
  TG_VEC(uint32_t) lines;
  /* the unit being lowered */
  TG_VEC(tg_var_home) vars;
  tg_draft *draft;
  uint32_t temp;  /* next free temporary */
  uint32_t temps; /* most that were in use */
  bool reads_today;
  tg_span where; /* of the rule at hand, for errors about size */
  bool failed;   /* memory was refused or a bound was passed: what follows does not matter */
  bool too_big;
} tg_lowering;

/* A string of the program: .at holds the offset + 1 until tg_lower_freeze. */
tg_str tg_lower_string(tg_lowering *l, tg_str s);
uint32_t tg_lower_string_offset(tg_lowering *l, tg_str s);
/* A text constant. */
tg_value tg_lower_text(tg_lowering *l, tg_str s);
void tg_lower_too_big(tg_lowering *l, const char *what);

/* plan.c */
void tg_lower_plan(tg_lowering *l);
/* Shape of the elements of a list-valued expression, TG_NO_SHAPE when it is not known. */
uint16_t tg_lower_element_shape(const tg_lowering *l, const tg_tir *list);

/* emit.c */
void tg_lower_unit_begin(tg_lowering *l, uint32_t gate);
void tg_lower_unit_end(tg_lowering *l);
void tg_lower_block_begin(tg_lowering *l, tg_draft *d, uint32_t depth);
/* Appends the block to the program and gives its number. */
uint32_t tg_lower_block_end(tg_lowering *l);
uint16_t tg_lower_const(tg_lowering *l, tg_value v);
/* The operand that holds the expression's value: a constant, a slot or a temporary. */
uint16_t tg_lower_operand(tg_lowering *l, const tg_tir *x);
uint32_t tg_lower_put(tg_lowering *l, tg_opcode op, uint8_t aux, uint16_t a, uint16_t b, uint16_t c,
                      tg_span span);
uint16_t tg_lower_temp(tg_lowering *l);
/* SKIPs of a `where`, the last with aux 1. */
void tg_lower_where(tg_lowering *l, const tg_tir *where);
/* A block of its own that YIELDs the value. */
uint32_t tg_lower_value_block(tg_lowering *l, const tg_tir *x, uint32_t depth);

/* loops.c */
void tg_lower_loop(tg_lowering *l, const tg_tir *x, uint16_t target);
/* The element of a variable as an operand. */
uint16_t tg_lower_element(tg_lowering *l, uint32_t var, const tg_type *type, tg_span span);
const tg_var_home *tg_lower_var(tg_lowering *l, uint32_t var);

/* config.c */
void tg_lower_config(tg_lowering *l);

/* gates.c */
/* Number of an area, made when it is new; *id gets its name as a program string. */
uint32_t tg_lower_area(tg_lowering *l, tg_str area, tg_str *id);
void tg_lower_lets(tg_lowering *l);
void tg_lower_gates(tg_lowering *l);

/* freeze.c */
tg_status tg_lower_freeze(tg_lowering *l);

#endif
