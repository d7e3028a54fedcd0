/* The checker's state, shared by its files. */
#ifndef TG_SEMA_CHECKER_H
#define TG_SEMA_CHECKER_H

#include "base/limits.h"
#include "sema/sema.h"

typedef struct tg_scope tg_scope;

/* A name in scope: a bound variable, its position, or an argument of a let. */
typedef struct tg_bound {
  tg_str name;
  bool position;
  uint32_t var; /* TG_NO_VAR: an argument */
  uint32_t depth;
  tg_type type;            /* of the element */
  uint32_t path;           /* of the element when it is a row of the facts, UINT32_MAX else */
  const tg_expr *argument; /* checked anew at each use, in `outer`'s names and at the depth of the use */
  const tg_scope *outer;
  const struct tg_bound *next;
} tg_bound;

struct tg_scope {
  uint32_t pack;           /* whose lets, params and uses are seen */
  const tg_gate_ast *gate; /* whose params are seen; NULL in lets */
  const tg_bound *bound;
  uint32_t depth; /* bindings around */
};

typedef struct tg_let_state {
  uint32_t pack;
  const tg_let_ast *ast;
  uint8_t state; /* 0 not seen, 1 being checked, 2 done */
  tg_tir *body;
  uint32_t index; /* in out->lets, UINT32_MAX: small enough to stand where it is used */
  uint32_t chain; /* the let and the lets it computes, as deep as they refer to each other */
} tg_let_state;

typedef struct tg_param_state {
  uint32_t pack;
  const tg_gate_ast *gate; /* NULL: the pack's */
  const tg_param_ast *ast;
  tg_tir_param *made;
} tg_param_state;

typedef struct tg_reported {
  uint32_t start;
  tg_code code;
} tg_reported;

typedef struct tg_checker {
  tg_arena *arena;
  tg_mem *mem;
  tg_sources *sources;
  tg_diags *d;
  const tg_sema_options *options;
  tg_checked *out;
  tg_pack_ast **all; /* every pack given, also those that the run leaves out */
  uint32_t all_count;
  uint8_t *sees; /* pack_count x pack_count: transitively used, itself included */
  TG_VEC(tg_let_state) lets;
  TG_VEC(tg_param_state) params;
  TG_VEC(tg_tir_let) made_lets;
  TG_VEC(tg_field) fields;
  TG_VEC(tg_str) words;
  TG_VEC(tg_str) pattern_texts;
  TG_VEC(bool) pattern_caseless;
  TG_VEC(tg_reported) reported; /* an error in a let's body is said once, however often the let is used */
  uint32_t next_var;
  uint32_t expansion; /* calls of lets with arguments, and arguments put in place, in this gate */
  uint32_t chain;     /* deepest of the lets that the body at hand refers to */
  int nesting;        /* of expressions, let bodies included */
  tg_tir spare;       /* handed out when memory is refused */
  bool opaque;        /* arguments have no types: the body of a let is checked on its own */
} tg_checker;

/* packs.c */
tg_status tg_check_packs(tg_checker *c, tg_pack_ast **packs, uint32_t count);
bool tg_sees(const tg_checker *c, uint32_t pack, uint32_t other);
void tg_check_settings(tg_checker *c);
/* tg_severity of a word, or -1. */
int tg_check_severity(tg_str s);
/* An error at a place, once a place and code.  True when it was said: a hint may follow. */
bool tg_check_report(tg_checker *c, tg_code code, tg_span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "did you mean" over collected names. */
void tg_check_hint_near(tg_checker *c, tg_str word, const tg_str *names, uint32_t count);

/* model.c */
void tg_check_model(tg_checker *c);
uint32_t tg_path_child(tg_checker *c, uint32_t parent, tg_path_kind kind, tg_str name, uint32_t field);
/* The path of a list's elements, with the key that names them. */
uint32_t tg_path_element(tg_checker *c, uint32_t list_path, uint32_t field);
tg_type tg_type_of_field(tg_checker *c, uint32_t path, uint32_t field);

/* params.c */
void tg_check_params(tg_checker *c);
tg_tir *tg_check_param(tg_checker *c, const tg_scope *s, const tg_expr *x);

/* Gives a parameter a new value; NULL after a complaint (which has a place when the name has one). */
tg_tir_param *tg_check_set_param(tg_checker *c, tg_text_at name, const tg_scalar_ast *value);

/* config.c: what configurations set, before the gates are checked and after */
void tg_check_config_params(tg_checker *c);
void tg_check_config(tg_checker *c);
/* Whether gates of the pack are in this run. */
bool tg_check_kept(const tg_checker *c, const tg_pack_ast *p);
/* Whether a pack that this run leaves out (portfolio or not) has a parameter or gate of this name: nothing to complain of. */
bool tg_check_left_out_param(const tg_checker *c, tg_str name);

/* lets.c */
void tg_check_collect_lets(tg_checker *c);
/* NULL when no let of this name is visible. */
/* One step of an expansion; false, and said, when the gate's budget is spent. */
bool tg_check_expands(tg_checker *c, const tg_expr *x);
tg_tir *tg_check_let(tg_checker *c, const tg_scope *s, tg_str name, const tg_expr *x, tg_expr *const *args,
                     uint32_t count, bool called);
void tg_check_unused_lets(tg_checker *c);

/* expr.c */
tg_tir *tg_check_expr(tg_checker *c, const tg_scope *s, const tg_expr *x);
tg_tir *tg_tir_new(tg_checker *c, tg_tir_kind kind, const tg_expr *x);
tg_tir *tg_tir_error(tg_checker *c, const tg_expr *x);
tg_tir *tg_tir_const(tg_checker *c, const tg_expr *x, tg_value v, tg_type type);
/* A condition: boolean, or of a type that is known only at run time. */
tg_tir *tg_check_condition(tg_checker *c, const tg_scope *s, const tg_expr *x);
tg_tir *tg_check_fact(tg_checker *c, uint32_t var, uint32_t path, uint32_t field, const tg_expr *x);

/* binding.c */
/* The loop of a binding; *inner gets the scope of its where, order and body. */
tg_tir_loop *tg_check_binding(tg_checker *c, const tg_scope *s, const tg_binding *b, tg_scope *inner);
tg_tir *tg_check_quantifier(tg_checker *c, const tg_scope *s, const tg_expr *x);
tg_tir *tg_check_aggregate(tg_checker *c, const tg_scope *s, const tg_expr *x);
tg_type tg_element_type(tg_checker *c, const tg_tir *list, uint32_t *path);

/* call.c */
tg_tir *tg_check_call(tg_checker *c, const tg_scope *s, const tg_expr *x);

/* types.c */
tg_type tg_type_make(uint8_t kind);
bool tg_type_is_any(tg_type t);
bool tg_type_is_list(tg_type t);
bool tg_type_is_number(tg_type t);
bool tg_type_is_text(tg_type t);
bool tg_type_is_date(tg_type t);
const char *tg_type_word(tg_type t);
/* Whether `a == b` can be asked; text constants are checked against enums and event words. */
bool tg_check_comparable(tg_checker *c, const tg_tir *a, const tg_tir *b, tg_span at, const char *what);
/* The type both have; ANY when they differ but may meet. */
tg_type tg_type_join(tg_type a, tg_type b);
bool tg_type_clash(tg_type a, tg_type b);

/* gates.c */
void tg_check_gates(tg_checker *c);

#endif
