/* What rule files say, before names mean anything.  Everything lives in one arena (the unit's) and is dropped after lowering;
 * spans are addresses in the rule sources. */
#ifndef TG_LANG_AST_H
#define TG_LANG_AST_H

#include "value/value.h"

typedef enum tg_expr_kind {
  TG_X_LITERAL, /* value (text literals: name holds the text after escapes) */
  TG_X_UNKNOWN, /* the word `unknown` */
  TG_X_TODAY,
  TG_X_NAME,   /* name: a fact, let or bound variable */
  TG_X_PARAMS, /* the word `params`; always the base of a FIELD */
  TG_X_FIELD,  /* a . name */
  TG_X_INDEX,  /* a [ b ] */
  TG_X_CALL,   /* name ( list ) */
  TG_X_LIST,   /* [ list ] */
  TG_X_NEG,    /* - a */
  TG_X_NOT,    /* not a */
  TG_X_AND,
  TG_X_OR,
  TG_X_COMPARE,  /* a op2 b: TG_EQ .. TG_GE */
  TG_X_ARITH,    /* a op2 b: TG_ADD .. TG_DIV */
  TG_X_DEFAULT,  /* a ?? b */
  TG_X_IN,       /* a [not] in b */
  TG_X_CONTAINS, /* a [not] contains b */
  TG_X_CONTAINS_ALL,
  TG_X_CONTAINS_ANY,
  TG_X_MATCHES,    /* a [not] matches name (pattern source), caseless */
  TG_X_TEST,       /* a is [not] test */
  TG_X_IF,         /* if a then b else c */
  TG_X_QUANTIFIER, /* word: every, some, no; bindings[0]; b = satisfies */
  TG_X_AGGREGATE,  /* word: count .. list, share */
  TG_X_ERROR       /* recovered from: already reported; checks are silent about it */
} tg_expr_kind;

typedef enum tg_word {
  TG_W_EVERY,
  TG_W_SOME,
  TG_W_NO,
  TG_W_COUNT,
  TG_W_SUM,
  TG_W_AVG,
  TG_W_MIN,
  TG_W_MAX,
  TG_W_LIST,
  TG_W_SHARE
} tg_word;

typedef struct tg_expr tg_expr;

/* name [, name] in list [where ..] [order by .. [desc]] [first ..] */
typedef struct tg_binding {
  tg_str name,
      position; /* position.n 0 when there is one name; else `position` is the first of the two names */
  tg_span name_span, position_span, span;
  tg_expr *list;
  tg_expr *where; /* NULL = none; so below */
  tg_expr *order;
  bool descending;
  tg_expr *first;
} tg_binding;

struct tg_expr {
  tg_expr_kind kind;
  tg_span span; /* from first to last token */
  tg_span op;   /* the operator or name token; where carets go */
  tg_str name;
  tg_value value; /* of a LITERAL: bool, number, date, duration; text: kind TEXT with `name` holding it */
  uint8_t op2;    /* tg_op2 */
  uint8_t test;   /* tg_test */
  uint8_t word;   /* tg_word */
  bool negated;   /* not in, not contains, not matches, is not */
  bool caseless;
  bool parenthesised;
  tg_span outer; /* with the parentheses, when there are some */
  tg_expr *a, *b, *c;
  tg_expr **list; /* arguments, elements */
  uint32_t list_count;
  tg_binding *bindings; /* quantifier, share: 1; aggregate: 0 (then a is the list) or more */
  uint32_t binding_count;
  /* aggregate: a = element expression (`expr for binding ..`) or the whole list when no binding, else NULL (the element itself) */
};

typedef struct tg_template_part {
  tg_str text; /* literal text when expr is NULL */
  tg_expr *expr;
} tg_template_part;

typedef struct tg_template {
  tg_template_part *parts;
  uint32_t count;
} tg_template;

typedef struct tg_text_at {
  tg_str text;
  tg_span span;
} tg_text_at;

typedef struct tg_list_at {
  tg_text_at *at;
  uint32_t count;
} tg_list_at;

/* A YAML scalar or list as a param's value or example. */
typedef struct tg_scalar_ast {
  tg_str text; /* as written (after quotes) */
  bool plain;  /* unquoted: the core schema applies */
  tg_span span;
  struct tg_scalar_ast *list; /* a sequence: list_count elements; then text is empty */
  uint32_t list_count;
  bool is_list;
} tg_scalar_ast;

/* `text!`, `integer(0..)`, `list of enum(a, b)`, `text(/^x/)`, `event key` */
typedef struct tg_type_ast {
  tg_span span;
  tg_str kind;  /* text number integer boolean date event duration enum */
  bool is_list; /* list of kind */
  bool required, key;
  tg_list_at words; /* enum */
  bool has_least, has_greatest;
  tg_value least, greatest;
  tg_str pattern; /* .n 0 = none */
  tg_span pattern_span;
  bool caseless;
} tg_type_ast;

typedef enum tg_shape_ast { TG_S_LEAF, TG_S_RECORD, TG_S_ROWS, TG_S_MAP } tg_shape_ast;

typedef struct tg_model_ast {
  tg_text_at name; /* without [] or {} */
  tg_shape_ast shape;
  tg_type_ast type;       /* LEAF */
  tg_str unit, about;     /* may be empty */
  tg_scalar_ast *example; /* NULL = none */
  tg_text_at use;         /* `"engagements[]": use bot.model`; .text.n 0 = none */
  struct tg_model_ast *children, *next;
} tg_model_ast;

typedef struct tg_param_ast {
  tg_text_at name;
  tg_scalar_ast *value;
  tg_type_ast *type; /* NULL: from the value (booleans and numbers) */
  tg_str unit, about;
  struct tg_param_ast *next;
} tg_param_ast;

typedef struct tg_let_ast {
  tg_text_at name;
  tg_list_at args; /* names of the arguments; has_args tells f() from f */
  bool has_args;
  tg_expr *body;
  struct tg_let_ast *next;
} tg_let_ast;

/* When a pass needs evidence, and how old it may be. */
typedef struct tg_evidence_ast {
  int64_t max_age; /* days; -1 = not set */
  uint8_t require; /* 0 = not set, 1 = no, 2 = yes */
  tg_span at;      /* of the key read last */
} tg_evidence_ast;

/* `known_by: {systems: Owner of the system}`: who can answer for a fact and all below it. */
typedef struct tg_known_ast {
  tg_text_at path, who;
  struct tg_known_ast *next;
} tg_known_ast;

typedef struct tg_gate_ast {
  tg_text_at id, title;
  tg_span span;     /* of the gate's first key */
  tg_text_at area;  /* empty = the pack's */
  tg_list_at phase; /* count 0 = every phase */
  bool has_phase;
  tg_binding *binding; /* `for`; NULL = the engagement */
  tg_param_ast *params;
  tg_expr *when;
  tg_expr **require;
  uint32_t require_count;
  bool require_is_list;
  tg_text_at severity;          /* empty = from the score */
  tg_expr *likelihood, *impact; /* NULL = 3 */
  tg_expr *effort, *weight;     /* NULL = 3, likelihood x impact; must fold to constants */
  tg_template message;          /* count 0 = none */
  tg_text_at message_at;
  tg_str rationale, proof, remediation;
  tg_list_at references, tags;
  bool waivable;
  tg_evidence_ast evidence;
  bool broken; /* `for` could not be read: what uses its name is not worth a complaint */
  struct tg_gate_ast *next;
} tg_gate_ast;

typedef struct tg_waiver_policy_ast {
  bool present;
  tg_expr *max_days;       /* NULL = no bound; a number or params.x */
  tg_text_at max_severity; /* empty = no bound */
  bool compensating_action;
  tg_span span;
} tg_waiver_policy_ast;

typedef struct tg_pack_ast {
  uint32_t source;                              /* index in the rule sources */
  tg_text_at name, version, title, area, scope; /* scope: empty or "portfolio" */
  tg_list_at uses, phases;
  tg_text_at phase_fact, as_of_fact, id_fact, waivers_fact;
  tg_expr *phase_fact_x, *as_of_fact_x, *id_fact_x,
      *waivers_fact_x; /* the same as expressions; NULL = absent */
  tg_waiver_policy_ast waiver_policy;
  tg_evidence_ast evidence;
  tg_known_ast *known_by;
  tg_param_ast *params;
  tg_let_ast *lets;
  tg_gate_ast *gates;
  tg_model_ast *model; /* first top-level field; NULL with has_model = an empty model */
  bool has_model;
  uint32_t gate_count, let_count;
} tg_pack_ast;

#endif
