/* A compiled program: immutable, shared by threads, all references by index.
 *
 * Sections are plain arrays; texts are offsets into one string section.  After tg_program_verify accepted it nobody writes to it. */
#ifndef TG_CODE_PROGRAM_H
#define TG_CODE_PROGRAM_H

#include "facts/plan.h"

typedef enum tg_opcode {
#define TG_OP(name, shape, cost, can_err, summary) TG_OP_##name,
#include "code/op.def"
#undef TG_OP
  TG_OP_COUNT
} tg_opcode;

typedef enum tg_op_shape {
  TG_SH_D,
  TG_SH_D_S,
  TG_SH_D_SS,
  TG_SH_D_SSA,
  TG_SH_D_ST,
  TG_SH_D_SC,
  TG_SH_D_C,
  TG_SH_D_K,
  TG_SH_D_TN,
  TG_SH_D_SL,
  TG_SH_S_J,
  TG_SH_T_J,
  TG_SH_J,
  TG_SH_S_N,
  TG_SH_S,
  TG_SH_NONE
} tg_op_shape;

typedef struct tg_op_info {
  const char *name;
  tg_op_shape shape;
  uint8_t cost;
  bool can_err;
  const char *summary;
} tg_op_info;
extern const tg_op_info tg_ops[TG_OP_COUNT];

typedef struct tg_ins {
  uint8_t op, aux;
  uint16_t a, b, c;
} tg_ins;
_Static_assert(sizeof(tg_ins) == 8, "instructions are 8 bytes");

/* An operand: space in the upper 3 bits, index in the lower 13.
 *
 * Constants count from the unit's const_first.  Temporaries belong to the unit: a loop's blocks see (and may overwrite) what the
 * block around them wrote before the LOOP; no other block of a gate sees what another wrote.  A row operand's index is a slot of
 * the static `shape` of the loop or gate that binds it; with TG_NO_SHAPE only slot 0, the element, is readable.  Slot 0 as an operand
 * serves elements that are scalars; ELEM gives the element whatever it is (FIELD and lists want its row reference). */
typedef enum tg_space {
  TG_SP_CONST = 0, /* constants of the unit */
  TG_SP_TEMP = 1,  /* temporaries of the unit */
  TG_SP_DOC = 2,   /* the document's row */
  TG_SP_ROW =
      3 /* 3 + k: the row of the binding at depth k (0 = the outermost, the gate's own), 0 <= k < TG_MAX_BINDINGS */
} tg_space;
#define TG_OPERAND(space, index) ((uint16_t)((unsigned)(space) << 13 | (unsigned)(index)))
#define TG_OPERAND_SPACE(x)      ((unsigned)(x) >> 13)
#define TG_OPERAND_INDEX(x)      ((unsigned)(x)&0x1fffu)

#define TG_NONE UINT32_MAX

/* Constants are UNKNOWN (TG_WHY_ASKED: the literal), ERROR, BOOL, NUMBER, TEXT and LONG (TG_HOME_PROGRAM: `start`, or the upper half
 * of the payload, is the offset in program.strings), DATE, NO_DATE, DURATION, and for the instructions that ask for them TG_V_REGEX
 * (payload: pattern), TG_V_SET (payload: set) and TG_V_FIELD (payload: shape << 16 | slot). */
#define TG_V_SET                      17
#define TG_V_FIELD                    18
#define TG_FIELD_PAYLOAD(shape, slot) ((int64_t)((uint32_t)(shape) << 16 | (uint32_t)(slot)))

/* A block: straight code with forward jumps, one entry, ended by its only YIELD or END.
 *
 * Blocks follow each other in the code without gaps, in the order of `blocks`.  Each has exactly one owner: a loop (filter or
 * body), a part of a gate, a let, or a part of a message.  A gate's `subject` ends in END, all others in YIELD.  SKIP stands only in
 * a loop's block that decides membership (the filter when there is one, else the body), in a gate's order_filter, or, without one,
 * in its subject; CLAUSE only in a subject. */
typedef struct tg_block {
  uint32_t first, count; /* instructions */
  uint32_t unit;
  uint16_t depth;  /* bindings around it: rows TG_SP_ROW + 0 .. depth-1 are readable */
  uint16_t shape0; /* reserved, 0 */
  uint32_t cost;   /* static, without blocks run by its loops: the sum of its instructions' costs */
} tg_block;

typedef enum tg_loop_kind {
  TG_LOOP_EVERY,
  TG_LOOP_SOME,
  TG_LOOP_NO,
  TG_LOOP_COUNT,
  TG_LOOP_SUM,
  TG_LOOP_AVG,
  TG_LOOP_MIN,
  TG_LOOP_MAX,
  TG_LOOP_LIST,    /* elements as they are or body's values */
  TG_LOOP_FLATTEN, /* body yields lists, which are joined: `list(e for a in x for b in y)` */
  TG_LOOP_SHARE
} tg_loop_kind;

/* For each element of the list: SKIP in the filter (or, without one, in the body) is `where`; the filter YIELDs the sort key.
 * order/first absent: one block `body` holds where and value, and there is no filter.  With `order by`: `filter` runs over all elements
 * first.  With `first` alone: the same when there is a `where` (what it YIELDs is not looked at), else no filter is needed.
 * EVERY, SOME, NO and SHARE need a body (`satisfies`); COUNT's body holds its `where` (what it YIELDs counts only when it is an
 * error); FLATTEN needs one. */
typedef struct tg_loop {
  uint8_t kind, descending, has_order, has_first;
  uint16_t
      depth; /* the binding's: its row is TG_SP_ROW + depth; equal to the depth of the block that holds the LOOP */
  uint16_t
      position; /* index of the temporary that gets the position in the list (before ordering), UINT16_MAX = none */
  uint16_t
      first; /* operand, read by the LOOP as its own sources are: at most that many elements; UINT16_MAX = none */
  uint16_t
      shape; /* static shape of the elements, TG_NO_SHAPE when they are scalars or not known; other rows are an error */
  uint32_t filter, body; /* blocks; TG_NONE: no filter; no body: the value is the element */
} tg_loop;

typedef struct tg_unit {
  uint32_t const_first, const_count;
  uint32_t loop_first, loop_count;
  uint32_t temps; /* temporaries needed by its blocks together, at most TG_MAX_TEMPS */
  uint32_t gate;  /* or TG_NONE: a let */
  bool reads_today;
} tg_unit;

typedef struct tg_let_code {
  tg_str name;          /* "pack.name" */
  uint32_t unit, block; /* block YIELDs the value; depth 0 */
  uint32_t rank;        /* lets refer to lets of lower rank only: no recursion */
} tg_let_code;

typedef struct tg_set {
  uint32_t first,
      count; /* in set_values: ascending by tg_value_order, without duplicates, scalars of one kind (TEXT and LONG are one) */
} tg_set;

typedef struct tg_pattern {
  tg_str source;
  bool caseless;
  tg_span span;
} tg_pattern;

typedef struct tg_clause_info {
  tg_str text; /* the author's text, white space folded */
  tg_span span;
} tg_clause_info;

/* A message is literal text and blocks, in turn. */
typedef struct tg_message_part {
  tg_str text;
  uint32_t block; /* at the subject's depth, YIELDs what is printed; TG_NONE: literal */
} tg_message_part;

typedef struct tg_pack_info {
  tg_str name, version, title, file;
  uint8_t sha256[32];
  bool portfolio;
} tg_pack_info;

typedef struct tg_param_info {
  tg_str full_name; /* "KT-004.min_days", "bot.governance.grace_days" */
  tg_str unit, about;
  tg_span origin;                  /* of its value: in the pack, or in a configuration */
  bool from_option;                /* set by the caller */
  tg_value value;                  /* texts in TG_HOME_PROGRAM; unused for lists */
  uint32_t list_first, list_count; /* in set_values, unsorted; list_count TG_NONE = a scalar */
} tg_param_info;

/* ---- what a configuration (tollgate.yaml) sets; options of a run win ---- */

/* Least net proven readiness of an area or of all. */
typedef struct tg_floor {
  uint32_t area;    /* in program.areas; TG_NONE: overall */
  tg_value least;   /* a number, 0 to 100 */
  tg_str condition; /* "min_proven:knowledge-transfer", "min_proven:overall" */
} tg_floor;

/* One thing a configuration changed in a gate. */
typedef struct tg_tailoring {
  tg_str what, from, to; /* "severity", "high", "low" */
} tg_tailoring;

/* A file of the configuration: itself, and what it extends. */
typedef struct tg_config_file {
  tg_str name;
  uint8_t sha256[32];
} tg_config_file;

/* One setting and where it comes from, for `tollgate config --show`. */
typedef struct tg_shown {
  tg_str name, value;
  tg_span at; /* TG_NO_SPAN: the default */
} tg_shown;

typedef struct tg_settings {
  uint8_t bands[3];             /* least score of critical, high and medium; 20, 12, 6 when nothing is set */
  bool has_matrix;              /* the severity of a gate that names none comes from the matrix instead */
  uint8_t matrix[25];           /* tg_severity at (likelihood - 1) * 5 + impact - 1 */
  int8_t readiness;             /* tg_readiness_model */
  int8_t fail_on;               /* tg_severity; -1 = never, -2 = not set */
  int8_t unknown;               /* 0 block, 1 report; -1 = not set */
  uint32_t soon_days;           /* a waiver "expires soon" within so many days, plus 1; 0 = not set */
  const uint32_t *area_weights; /* thousandths, one an area, for by-area; NULL: each counts alike */
  const tg_floor *floors;
  uint32_t floor_count;
  const tg_tailoring *tailorings;
  uint32_t tailoring_count;
  const tg_config_file *files;
  uint32_t file_count;
  const tg_shown *shown;
  uint32_t shown_count;
  tg_str waivers; /* path of the waivers file, as it is to be opened; empty = none */
} tg_settings;

#define TG_NO_SEVERITY 255
typedef struct tg_gate {
  tg_str id, title, area_id;
  uint32_t pack, area, unit;
  uint32_t phases; /* bit k: applies in program.phases[k]; all bits when `phase` is absent */
  bool has_phase, waivable, reads_today, can_err, portfolio;
  uint8_t severity; /* tg_severity or TG_NO_SEVERITY: from the score */
  uint8_t effort;
  bool has_weight;
  tg_value weight;                        /* a number */
  uint32_t when, likelihood, impact;      /* blocks at depth 0; TG_NONE = absent */
  uint8_t likelihood_value, impact_value; /* 1..5: what they are when there is no block */
  uint32_t list;    /* block at depth 0 that YIELDs the `for` list; TG_NONE: one subject, the engagement */
  uint32_t subject; /* block at depth 1 (0 without `for`): SKIP.. (unless order_filter), CLAUSE.., END */
  uint32_t
      group; /* gates of one group have the same list (block for block) and shape, and walk it together; TG_NONE without `for`;
                            a gate with order by or first is alone in its group */
  uint32_t
      order_filter;  /* block at depth 1 that YIELDs the sort key after SKIP, as a loop's filter; TG_NONE */
  uint16_t position; /* index of the temporary for the position in the list, or UINT16_MAX */
  uint16_t
      first; /* operand or UINT16_MAX: a constant, a slot of the document, or a temporary that the list block wrote */
  bool descending, has_order, has_first;
  uint16_t shape; /* of the subjects, TG_NO_SHAPE = scalars */
  uint32_t clause_first, clause_count;
  uint32_t message_first, message_count; /* count 0: title and clauses that did not hold */
  tg_str rationale, proof, remediation;
  tg_str for_text, when_text, likelihood_text, impact_text;        /* the author's text; empty = absent */
  uint32_t reference_first, reference_count, tag_first, tag_count; /* in program.texts */
  tg_span span;                                                    /* of the gate in its rule file */
  bool disabled;                                                   /* by tailoring */
  uint32_t tailor_first, tailor_count;                             /* in settings.tailorings */
  tg_str tailor_reason;                                            /* empty: not tailored */
  int32_t evidence_max_age;                                        /* days; -1 = any age will do */
  bool require_evidence;
} tg_gate;

/* Where the evidence register stands in the rows. */
typedef struct tg_evidence_slots {
  uint16_t shape;     /* TG_NO_SHAPE: no gate asks for evidence */
  uint16_t list_slot; /* in the document row */
  uint16_t id, supports, dated;
} tg_evidence_slots;

typedef struct tg_waiver_slots {
  uint16_t shape;     /* TG_NO_SHAPE: no waivers_fact */
  uint16_t list_slot; /* in the document row */
  uint16_t id, gate, item, reason, owner, approver, approved_on, expires_on,
      compensating_action; /* slots of the row; 0 = not in the plan */
} tg_waiver_slots;

/* Line starts of a rule source, so that positions work without its text. */
typedef struct tg_rule_source {
  tg_str name;
  uint32_t base, len;
  uint32_t line_first, line_count; /* in program.lines: offset of each line */
} tg_rule_source;

typedef struct tg_program {
  tg_plan plan;
  tg_model model;
  const char *strings;
  uint32_t string_count;
  const tg_value *consts;
  uint32_t const_count;
  const tg_set *sets;
  uint32_t set_count;
  const tg_value *set_values;
  uint32_t set_value_count;
  const tg_pattern *patterns;
  uint32_t pattern_count;
  const tg_ins *code;
  uint32_t code_count;
  const tg_span *spans; /* one an instruction */
  const tg_block *blocks;
  uint32_t block_count;
  const tg_loop *loops;
  uint32_t loop_count;
  const tg_unit *units;
  uint32_t unit_count;
  const tg_let_code *lets;
  uint32_t let_count;
  const tg_gate *gates;
  uint32_t gate_count;
  const tg_clause_info *clauses;
  uint32_t clause_count;
  const tg_message_part *parts;
  uint32_t part_count;
  const tg_pack_info *packs;
  uint32_t pack_count;
  const tg_param_info *params;
  uint32_t param_count;
  const tg_str *areas;
  uint32_t area_count;
  const tg_str *phases;
  uint32_t phase_count;
  const tg_str *texts;
  uint32_t text_count; /* references and tags */
  const tg_rule_source *sources;
  uint32_t source_count;
  const uint32_t *lines;
  uint32_t line_count;
  uint32_t group_count;
  uint32_t max_temps; /* deepest chain: a unit and the lets it may compute (tg_program_temps) */
  uint16_t phase_slot, as_of_slot, id_slot;             /* slots of the document row; 0 = none */
  tg_str phase_fact, as_of_fact, id_fact, waivers_fact; /* paths as written; empty = none */
  tg_waiver_slots waivers;
  tg_evidence_slots evidence;
  bool waiver_max_days_set, waiver_compensating, waiver_max_severity_set;
  int64_t waiver_max_days;
  uint8_t waiver_max_severity;
  bool portfolio; /* holds portfolio gates only (see --portfolio) */
  tg_settings settings;
  const tg_str *elsewhere; /* gates of packs that are known, but left out of this run */
  uint32_t elsewhere_count;
  /* private memory of the handle around it */
  tg_regex **compiled; /* one a pattern */
  uint32_t jit_count;  /* of the patterns, those that run as machine code: settled when the program is made */
} tg_program;

/* ---- verifier: proves that the VM may run without checking ----
 *
 * Whoever made the arrays answers for their lengths being the counts; everything inside them is checked.  TG_INVALID with
 * one TG_E_VERIFY that names the first thing wrong; TG_NOMEM, TG_LIMIT. */
tg_status tg_program_verify(const tg_program *p, tg_mem *mem, tg_diags *d);
/* Readable listing: units, blocks, loops, instructions with their source lines. */
void tg_program_list(const tg_program *p, tg_buf *out);
/* The static cost of a block from the op table; the verifier compares. */
uint32_t tg_block_cost(const tg_program *p, const tg_block *b);
/* What max_temps must be: over all units, its temporaries and those of the deepest chain of lets it refers to.  Lets are asked by
 * rank; TG_INVALID when one refers to a let of its own rank or above, or deeper than TG_MAX_LET_DEPTH. */
tg_status tg_program_temps(const tg_program *p, tg_mem *mem, uint32_t *out);
/* Exact or looser names: "LT", "every"; "?" past the end. */
const char *tg_op_name(unsigned op);
const char *tg_loop_word(unsigned kind);
/* File, line, column of a rule span from the line table; {"", 0, 0} for an address in no source.  Columns count bytes: the text is gone. */
tg_place tg_program_place(const tg_program *p, uint32_t address);

/* Why a gate reads a fact; the stronger reason counts. */
enum { TG_READ_NOT = 0, TG_READ_TO_PRINT = 1 /* by its message alone */, TG_READ_TO_DECIDE = 2 };
/* What a gate reads, itself or through lets: a byte of the above for each entry of the plan (`entries` holds that many).  The key of a list that is read
 * by element counts as read, so do the phase, the day of assessment and the evidence register where the gate depends on them. */
tg_status tg_program_reads(const tg_program *p, uint32_t gate, tg_mem *mem, uint8_t *entries);

#endif
