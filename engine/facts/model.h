/* The fact model: types of facts, as a table of fields.  Built by the checker from rule files, frozen into a program. */
#ifndef TG_FACTS_MODEL_H
#define TG_FACTS_MODEL_H

#include "facts/store.h"
#include "regex/regex.h"

typedef enum tg_type_kind {
  TG_T_ANY = 0, /* no model, or a path the model leaves open */
  TG_T_TEXT,
  TG_T_NUMBER,
  TG_T_INTEGER,
  TG_T_BOOLEAN,
  TG_T_DATE,
  TG_T_EVENT,
  TG_T_DURATION,
  TG_T_ENUM,
  TG_T_LIST,   /* list of scalars; element type in `element` */
  TG_T_RECORD, /* nested record: fields are its children */
  TG_T_ROWS,   /* list of records: fields are its children */
  TG_T_MAP     /* map of records: keyed list, the key is the map's */
} tg_type_kind;

#define TG_NO_FIELD UINT32_MAX
typedef struct tg_field {
  tg_str name;
  uint32_t parent, first_child, next; /* fields; TG_NO_FIELD ends */
  uint8_t type, element;              /* tg_type_kind; element of TG_T_LIST */
  bool required;                      /* `!` */
  bool holds_required; /* of RECORD: a field in it, however deep but not in a list, is required */
  bool is_key;         /* names the record it is in */
  bool has_least, has_greatest;
  tg_value least, greatest;        /* numbers */
  uint32_t enum_first, enum_count; /* in tg_model.words */
  uint32_t pattern;                /* in tg_model.patterns; TG_NO_FIELD = none */
  uint32_t key_field;              /* of ROWS: the child that is the key, TG_NO_FIELD = none */
  tg_str unit, about, example;     /* documentation; may be empty */
  tg_str known_by;                 /* who can answer, inherited from the container around; may be empty */
  tg_span span;                    /* in the rule sources */
} tg_field;

typedef struct tg_model {
  const tg_field *fields; /* 0 is the document (TG_T_RECORD) */
  uint32_t field_count;
  const tg_str *words; /* enum values */
  uint32_t word_count;
  const tg_str *pattern_texts;
  const bool *pattern_caseless;
  tg_regex **patterns;
  uint32_t pattern_count;
  bool present; /* false: packs without a model; fields holds only the document */
} tg_model;

/* The child field called `name`, or TG_NO_FIELD. */
uint32_t tg_model_child(const tg_model *m, uint32_t field, tg_str name);
/* "systems[].kt.sessions_done" */
void tg_model_path(const tg_model *m, uint32_t field, tg_buf *out);
/* "enum(a, b)", "integer(1..5)", ... as a rule file writes it. */
void tg_model_type_text(const tg_model *m, uint32_t field, tg_buf *out);

/* Checks the root (and, in a portfolio, each document) against the model and converts in place: texts of date and event
 * fields to TG_V_DATE, of duration fields to TG_V_DURATION; the word `unknown` becomes TG_V_UNKNOWN (TG_WHY_WORD) where the model
 * has no enum that holds it (everywhere when there is no model).  All errors are collected. */
tg_status tg_model_check(const tg_model *m, tg_store *s, tg_matcher *matcher, tg_diags *d);
/* The model as JSON Schema 2020-12 (tollgate model --json-schema) and as a readable listing. */
void tg_model_write_schema(const tg_model *m, tg_str title, tg_buf *out);
void tg_model_write_text(const tg_model *m, tg_buf *out);

#endif
