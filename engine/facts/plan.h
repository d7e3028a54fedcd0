/* Read plan and rows: the VM's only view of facts.
 *
 * A plan lists every path the rules read.  Each record of a collection becomes one row of values; nested records are
 * flattened into their parent's row, each path with a slot of its own.  Slot 0 of a row is the record or element
 * itself.  Shape 0 is the document (one row, number 0).  Absent values are TG_V_UNKNOWN whose `start` is the place of the
 * nearest container that is there.
 *
 * The header slot of a nested record holds TG_V_RECORD (payload: tree node), of a list or map with elements in the plan
 * TG_V_ROWS (payload: first row << 32 | count, len: shape; aux 1: of a map), where rows of one list are consecutive.  A list or map that no
 * rule reads by element is TG_V_RECORD too (aux 1: a list). */
#ifndef TG_FACTS_PLAN_H
#define TG_FACTS_PLAN_H

#include "facts/model.h"

#define TG_NO_SHAPE UINT16_MAX

typedef struct tg_plan_entry {
  tg_str name;                /* the key */
  uint32_t first_child, next; /* entries of the nested record; UINT32_MAX ends */
  uint32_t field;             /* model field or TG_NO_FIELD */
  uint16_t slot;              /* value or header */
  uint16_t shape;  /* rows of the elements when this is a list or map read by element; TG_NO_SHAPE */
  uint32_t parent; /* entry this one is nested in, UINT32_MAX = the row itself */
} tg_plan_entry;

typedef struct tg_plan_shape {
  uint32_t first_entry;   /* top entries of the row; UINT32_MAX = none */
  uint32_t owner_entry;   /* the entry (in the parent shape's row) whose elements these rows are */
  uint16_t parent;        /* shape of the row that holds the list; TG_NO_SHAPE for the document */
  uint16_t slots;         /* values a row, at least 1 */
  uint16_t key_slot;      /* slot of the key, 0 = none (for maps the key is kept apart) */
  uint16_t element_shape; /* rows of the elements when an element is itself a list; TG_NO_SHAPE */
  bool is_map;            /* a map read by element: keys are names, see tg_rows_key */
  uint32_t field;         /* model field of the list, or TG_NO_FIELD */
} tg_plan_shape;

typedef struct tg_plan {
  const tg_plan_entry *entries;
  uint32_t entry_count;
  const tg_plan_shape *shapes;
  uint32_t shape_count;
  const uint32_t *slot_entry; /* per shape, concatenated: entry of each slot (UINT32_MAX for slot 0) */
  const uint32_t *slot_base;  /* shape -> first index in slot_entry */
} tg_plan;

#define TG_CHUNK_ROWS 64
typedef struct tg_row_table {
  TG_VEC(tg_value *) chunks; /* TG_CHUNK_ROWS rows each, never moved */
  TG_VEC(uint32_t) parents;  /* row -> row of the parent shape */
  TG_VEC(uint32_t) nodes;    /* row -> tree node */
  uint32_t count;
  uint32_t chunk_count; /* allocated chunks (kept over resets) */
} tg_row_table;

typedef struct tg_rows {
  tg_mem *mem;
  const tg_plan *plan;
  const tg_store *store;
  tg_row_table *tables;        /* one a shape */
  TG_VEC(uint32_t) plan_names; /* entry -> name in store->names, remembered between documents */
  TG_VEC(uint32_t) hints;      /* entry -> where among its record's children it was found last */
  uint32_t names_seen, generation;
  tg_interrupt_fn
      interrupt; /* asked every TG_INTERRUPT_ROWS rows; of the run, for stores are shared by threads */
  void *interrupt_ctx;
} tg_rows;

tg_status tg_rows_init(tg_rows *r, tg_mem *mem, const tg_plan *plan);
void tg_rows_done(tg_rows *r);
/* Fills all rows from the store's root; earlier rows are forgotten, their memory used again.  TG_LIMIT, TG_NOMEM, TG_INTERRUPTED. */
tg_status tg_rows_fill(tg_rows *r, const tg_store *store);
static inline tg_value *tg_row(const tg_rows *r, uint32_t shape, uint32_t row) {
  return r->tables[shape].chunks.at[row / TG_CHUNK_ROWS] +
         (size_t)(row % TG_CHUNK_ROWS) * r->plan->shapes[shape].slots;
}
/* Key of a row: the value of its key slot, a text made of the map's key, or TG_V_UNKNOWN when it has none. */
tg_value tg_rows_key(const tg_rows *r, uint32_t shape, uint32_t row);
/* Position of a row in its list, from 0. */
uint32_t tg_rows_position(const tg_rows *r, uint32_t shape, uint32_t row);
/* RFC 6901 pointer of a slot: "/systems/3/kt/sessions_done"; slot 0 is the record. */
void tg_rows_pointer(const tg_rows *r, uint32_t shape, uint32_t row, uint32_t slot, tg_buf *out);
/* As rules write it: "systems[billing].kt.sessions_done". */
void tg_rows_path(const tg_rows *r, const tg_heap *h, uint32_t shape, uint32_t row, uint32_t slot,
                  tg_buf *out);
/* A value as messages and reports print it, lists and records included (JSON-like for records). */
void tg_rows_print(const tg_rows *r, const tg_heap *h, tg_value v, tg_buf *out);
/* Deep equality of two trees (maps by key): what `==` on records and lists of records asks.  Kleene: unknown leaves. */
tg_value tg_rows_equal(const tg_rows *r, tg_heap *h, tg_value a, tg_value b);

/* ---- foreign facts: a reader of the caller's own, one call a record ---- */
/* tg_facts_reader is declared in tollgate.h; the records are copied into the store's tree by the plan's wanted keys. */

#endif
