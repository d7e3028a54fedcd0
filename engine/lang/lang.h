/* From rule text to AST, and from AST back to text. */
#ifndef TG_LANG_LANG_H
#define TG_LANG_LANG_H

#include "lang/ast.h"
#include "yaml/yaml.h"

/* Parses one rule file.  Errors are collected: the reader recovers at the next clause, key or gate, so *out is there (with
 * TG_X_ERROR where something was lost) unless memory was refused or the YAML is unreadable; `d->errors` tells. */
tg_status tg_pack_read(tg_arena *arena, tg_sources *sources, uint32_t source, tg_diags *d, tg_pack_ast **out);

/* Parses an expression on its own; `locate` gives the source address of a byte of `text` (NULL: base + offset).  Never NULL unless memory was
 * refused: a malformed expression is TG_X_ERROR and reported. */
typedef struct tg_expr_text {
  tg_str text;
  const tg_sources *sources;
  tg_span at; /* of the scalar in the source */
  tg_yaml_style style;
} tg_expr_text;
tg_expr *tg_expr_parse(tg_arena *arena, const tg_expr_text *x, tg_diags *d);
/* A binding (gate `for`). */
tg_binding *tg_binding_parse(tg_arena *arena, const tg_expr_text *x, tg_diags *d);
/* `{expr}` templates. */
bool tg_template_parse(tg_arena *arena, const tg_expr_text *x, tg_diags *d, tg_template *out);
/* Types of the model and of params. */
bool tg_type_parse(tg_arena *arena, const tg_expr_text *x, tg_diags *d, tg_type_ast *out);

/* The expression in its canonical one-line form (spacing, parentheses only where needed); what reports show as a clause is
 * the author's own text with white space folded: tg_expr_source. */
void tg_expr_print(const tg_expr *x, tg_buf *out);
void tg_expr_source(const tg_sources *sources, const tg_expr *x, tg_buf *out);

bool tg_is_reserved(tg_str word);

#endif
