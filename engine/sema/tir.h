/* Rules with every name resolved and every type known: what the checker hands to lowering. */
#ifndef TG_SEMA_TIR_H
#define TG_SEMA_TIR_H

#include "facts/model.h"
#include "lang/lang.h"

/* ---- paths: every place in the facts that some rule speaks of ----
 * Path 0 is the document.  FIELD goes to a key of a record, ELEMENT to the elements of a list or map (which become rows). */
typedef enum tg_path_kind { TG_P_ROOT, TG_P_FIELD, TG_P_ELEMENT } tg_path_kind;
typedef struct tg_path {
  uint8_t kind;
  bool read; /* some expression reads the value (or header) at this path */
  uint32_t parent;
  tg_str name;    /* FIELD */
  uint32_t field; /* model field (of the list itself for ELEMENT) or TG_NO_FIELD */
  uint32_t row;   /* the path whose row holds it: nearest ELEMENT above (or itself when ELEMENT), or 0 */
  uint32_t first_child, next;
} tg_path;

/* A regular expression of some `matches`. */
typedef struct tg_pattern_text {
  tg_str source;
  bool caseless;
  tg_span span;
} tg_pattern_text;

/* ---- types of expressions ---- */
typedef struct tg_type {
  uint8_t
      kind; /* tg_type_kind; TG_T_BOOLEAN for truth values; TG_T_ROWS and TG_T_MAP: list of records; TG_T_LIST: any other list */
  uint8_t element; /* of TG_T_LIST when it holds scalars: tg_type_kind */
  bool row;        /* TG_T_RECORD: the record is a row of its own (an element), not nested in one */
  uint32_t
      path; /* ROWS, MAP, LIST of the facts: the path of their ELEMENT; RECORD: the record's path; else UINT32_MAX */
  uint32_t field; /* model field behind it (for enums: whose words) or TG_NO_FIELD */
} tg_type;

typedef enum tg_tir_kind {
  TG_R_CONST,    /* value (text: `text`) */
  TG_R_FACT,     /* path, read from the row of variable `var` (TG_NO_VAR: the document) */
  TG_R_ELEMENT,  /* the element that `var` stands for */
  TG_R_POSITION, /* the position of `var` */
  TG_R_LET,      /* let number `index` of tg_checked.lets */
  TG_R_FIELD_OF, /* path, read from the row that a (a row-valued expression) gives: people[x].status */
  TG_R_INDEX,    /* a[b] */
  TG_R_KEYS,     /* keys(a) */
  TG_R_IN_KEYS,  /* a in keys(b) */
  TG_R_NOT,
  TG_R_AND,
  TG_R_OR,
  TG_R_NEG,
  TG_R_OP2,     /* op: tg_op2 */
  TG_R_DEFAULT, /* a ?? b */
  TG_R_IN,
  TG_R_CONTAINS,
  TG_R_CONTAINS_ALL,
  TG_R_CONTAINS_ANY,
  TG_R_IN_SET,  /* a in constants `list` (all TG_R_CONST and known) */
  TG_R_MATCHES, /* pattern `index` */
  TG_R_TEST,    /* op: tg_test, negated */
  TG_R_IF,      /* a then b else c */
  TG_R_LOOP,    /* quantifier or aggregate: loop */
  TG_R_LIST,    /* [list] */
  TG_R_FN1,     /* op: tg_fn1 */
  TG_R_ROUND,
  TG_R_JOIN, /* a, b */
  TG_R_UNIQUE,
  TG_R_IS_UNIQUE,
  TG_R_LENGTH, /* a; LENGTH of a text */
  TG_R_TODAY,
  TG_R_UNKNOWN, /* the literal: a cause `asked` */
  TG_R_ERROR    /* already reported */
} tg_tir_kind;

#define TG_NO_VAR UINT32_MAX
typedef struct tg_tir tg_tir;

/* One binding of a loop; loops of several bindings nest (see inner). */
typedef struct tg_tir_loop {
  uint8_t word;   /* tg_word */
  uint32_t var;   /* variable number, unique in the gate or let */
  uint32_t depth; /* 0 = outermost binding of the unit */
  bool has_position;
  tg_tir *list, *where, *order, *first; /* NULL = none, but list */
  bool descending;
  tg_type element; /* type of the element */
  tg_tir *body;    /* satisfies, or the element expression; NULL: the element itself */
  bool flatten;    /* body is a LIST loop whose members are joined (several bindings) */
} tg_tir_loop;

struct tg_tir {
  uint8_t kind, op;
  bool negated; /* TEST only; other negations are TG_R_NOT */
  tg_type type;
  tg_span span; /* where carets and instruction spans go */
  uint32_t var, path, index;
  tg_value value;
  tg_str text;
  tg_tir *a, *b, *c;
  tg_tir **list;
  uint32_t list_count;
  tg_tir_loop *loop;
};

typedef struct tg_tir_let {
  tg_str name; /* "pack.name" */
  tg_tir *body;
  uint32_t rank; /* lets it needs have lower ranks; lets are in order of rank in tg_checked */
} tg_tir_let;

typedef struct tg_tir_part {
  tg_str text;
  tg_tir *expr; /* NULL: literal text */
} tg_tir_part;

/* What a configuration changed in a gate. */
typedef struct tg_tir_change {
  tg_str what, from, to;
} tg_tir_change;

typedef struct tg_tir_gate {
  const tg_gate_ast *ast;
  uint32_t pack; /* in tg_checked.packs */
  tg_str area;
  uint32_t phases;                    /* bit mask over tg_checked.phases */
  tg_tir *when, *likelihood, *impact; /* NULL = absent */
  tg_tir_loop *over; /* `for`: var, list, where, order, first, element; body NULL; NULL = the engagement */
  tg_tir **require;
  tg_str *clauses; /* beside require: the author's text, white space folded */
  uint32_t require_count;
  tg_tir_part *message;
  uint32_t message_count;
  uint8_t severity; /* tg_severity or 255 */
  uint8_t effort;
  bool has_weight;
  tg_value weight;
  bool portfolio;
  bool disabled, waivable;
  int32_t evidence_max_age; /* days; -1 = any age */
  bool require_evidence;
  tg_str tailor_reason; /* empty: not tailored */
  TG_VEC(tg_tir_change) changes;
} tg_tir_gate;

typedef struct tg_tir_param {
  tg_str full_name, unit, about;
  tg_type type;
  tg_value value; /* text: `text`; lists: list */
  tg_str text;
  tg_tir **list; /* TG_R_CONST each */
  uint32_t list_count;
  bool is_list;
  tg_span origin;   /* where the value comes from: the pack, a configuration, */
  bool from_option; /* or the caller's own setting */
} tg_tir_param;

/* A named figure of a configuration. */
typedef struct tg_tir_figure {
  tg_str area; /* "overall", or an area */
  tg_value value;
} tg_tir_figure;

/* One setting as `tollgate config --show` prints it; `at` TG_NO_SPAN: the default. */
typedef struct tg_tir_setting {
  tg_str name, value;
  tg_span at;
} tg_tir_setting;

typedef struct tg_tir_config {
  uint8_t bands[3];
  bool has_matrix;
  uint8_t matrix[25];
  int8_t readiness, fail_on, unknown; /* see tg_settings */
  uint32_t soon_days;
  TG_VEC(tg_tir_figure) floors, weights; /* weights: thousandths */
  TG_VEC(tg_tir_setting) shown;
  TG_VEC(uint32_t) files; /* sources, the outermost last */
  tg_str waivers;
} tg_tir_config;

typedef struct tg_checked {
  const tg_pack_ast **packs;
  uint32_t pack_count; /* in order of `uses`: used packs first */
  tg_tir_let *lets;
  uint32_t let_count; /* lets without arguments that are used */
  tg_tir_gate *gates;
  uint32_t gate_count; /* in order of packs, then of the file */
  tg_tir_param *params;
  uint32_t param_count; /* all, sorted by full name */
  TG_VEC(tg_path) paths;
  TG_VEC(tg_pattern_text) patterns;
  tg_str *phases;
  uint32_t phase_count;
  uint32_t phase_path, as_of_path, id_path; /* UINT32_MAX = none */
  uint32_t waivers_path;                    /* the list's path */
  uint32_t waiver_paths
      [9]; /* id gate item reason owner approver approved_on expires_on compensating_action below its ELEMENT */
  tg_str phase_fact, as_of_fact, id_fact, waivers_fact;
  bool waiver_max_days_set, waiver_compensating, waiver_max_severity_set;
  int64_t waiver_max_days;
  uint8_t waiver_max_severity;
  tg_model model; /* in the arena; patterns compiled by the caller of lowering */
  bool portfolio;
  tg_tir_config config;
  TG_VEC(tg_str) elsewhere;   /* gates of packs that this run leaves out */
  uint32_t evidence_path;     /* the list's path; UINT32_MAX = no gate asks for evidence */
  uint32_t evidence_paths[3]; /* id supports dated below its ELEMENT */
} tg_checked;

#endif
