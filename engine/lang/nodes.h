/* A YAML file as a small tree: what packs and configurations are read from.  Readers complain about what does not fit and go on. */
#ifndef TG_LANG_NODES_H
#define TG_LANG_NODES_H

#include "lang/lang.h"

typedef struct tg_node tg_node;
struct tg_node {
  tg_yaml_kind kind; /* SCALAR, MAP, SEQ */
  tg_yaml_style style;
  tg_str text;
  tg_span at;
  tg_node *first, *last, *next;
  tg_str key; /* of a mapping's child */
  tg_span key_at;
  tg_yaml_style key_style;
  bool flow;
};

typedef struct tg_node_reader {
  tg_arena *arena;
  tg_sources *sources;
  tg_diags *d;
  tg_yaml *yaml;
} tg_node_reader;

/* The whole document, *out NULL when it is empty; depth is bounded by the YAML floor.  TG_INVALID: reported. */
tg_status tg_nodes_read(tg_node_reader *r, tg_node **out);

/* ---- complaints ---- */
void tg_node_bad(tg_node_reader *r, const tg_node *n, const char *message, const char *hint);
/* "WHERE has no key `x`", and what was probably meant; `keys` ends with NULL. */
void tg_node_unknown_key(tg_node_reader *r, const tg_node *n, const char *where, const char *const *keys);
void tg_node_missing_key(tg_node_reader *r, tg_span at, const char *where, const char *key);

/* ---- values: each complains when the node is something else, and gives something harmless ---- */
bool tg_node_is_null(const tg_node *n);
tg_text_at tg_node_text(tg_node_reader *r, const tg_node *n);
/* Texts; one text stands for a list of one. */
tg_list_at tg_node_list(tg_node_reader *r, const tg_node *n);
bool tg_node_boolean(tg_node_reader *r, const tg_node *n, bool *out);
tg_expr_text tg_node_expr_text(const tg_node_reader *r, const tg_node *n);
tg_expr *tg_node_expr(tg_node_reader *r, const tg_node *n);
tg_scalar_ast *tg_node_scalar(tg_node_reader *r, const tg_node *n);
/* Whether the text is a severity. */
void tg_node_severity(tg_node_reader *r, tg_text_at s);
/* `waiver_policy: {max_days, max_severity, compensating_action}` */
void tg_node_policy(tg_node_reader *r, const tg_node *n, tg_waiver_policy_ast *w);
/* A whole number of days: `30` or `30 days`; -1 after a complaint. */
int64_t tg_node_days(tg_node_reader *r, const tg_node *n);

#endif
