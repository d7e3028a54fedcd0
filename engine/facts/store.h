/* Facts as a tree: what every reader makes, what files are merged in, what the model is checked on.
 *
 * Children of one container lie side by side; `keys` beside them names them.  Node values are tg_value:
 * scalars as the core schema reads them (dates become TG_V_DATE only where the model says so), containers TG_V_SEQ and
 * TG_V_MAP with the first child and count.  null is TG_V_UNKNOWN with TG_WHY_NULL, the text `unknown` stays text here.
 * `start` of every node is its position; of a container its first character. */
#ifndef TG_FACTS_STORE_H
#define TG_FACTS_STORE_H

#include "value/value.h"

typedef struct tg_tree {
  TG_VEC(tg_value) nodes;
  TG_VEC(uint32_t) keys; /* beside nodes: interned name of the key, TG_NO_NAME for list elements and roots */
  TG_VEC(uint32_t) places; /* beside nodes: address of the key as written; for elements the element's own */
} tg_tree;

typedef struct tg_store tg_store;

typedef struct tg_builder {
  tg_store *store;
  tg_diags *diags;
  TG_VEC(tg_value) values; /* stack of children whose container is still open */
  TG_VEC(uint32_t) keys, places;
  TG_VEC(uint64_t)
  stamps; /* by key name: container serial << 32 | child's place on the stack: finds duplicate keys in one step */
  uint64_t serial;
} tg_builder;
struct tg_store {
  tg_mem mem; /* the store's own memory: its limit bounds tree, sources and names */
  tg_sources sources;
  tg_names names; /* keys */
  tg_pool pool;   /* texts that do not stand verbatim in a source; TG_HOME_FACTS */
  tg_tree tree;
  uint32_t root;                /* node of the merged document; UINT32_MAX before anything was read */
  TG_VEC(uint32_t) roots;       /* one a document read, in order of reading */
  TG_VEC(uint32_t) root_source; /* beside roots: index of its source */
  tg_interrupt_fn interrupt;
  void *interrupt_ctx;
  bool frozen;
  bool list_roots;         /* the top of a text may be a list (waiver files); else it is a mapping */
  tg_builder builder;      /* of the readers, kept for its memory */
  TG_VEC(uint32_t) follow; /* JSON: key name -> the key that followed it last time */
  uint32_t generation;     /* rises when the names begin anew */
  /* The model's field names in this store's numbers, kept between documents: see tg_model_check. */
  TG_VEC(uint32_t) field_names;
  const void *fields_of;
  uint32_t fields_seen, fields_generation;
};

tg_status tg_store_init(tg_store *s, const tg_allocator *allocator, uint64_t memory_limit);
void tg_store_done(tg_store *s);
/* Forgets all facts, keeps memory and key names for the next document. */
void tg_store_reset(tg_store *s);
/* Where texts of this store's values are found; `program` homes are set by the evaluator. */
void tg_store_heap(const tg_store *s, tg_heap *h);

static inline uint32_t tg_node_count(tg_value v) { return (uint32_t)(v.bits & 0xffffffffu); }
static inline uint32_t tg_node_first(tg_value v) { return (uint32_t)(v.bits >> 32); }
/* The child named `name` of map node `node`, or UINT32_MAX. */
uint32_t tg_store_child(const tg_store *s, uint32_t node, uint32_t name);
/* The node at an RFC 6901 pointer below `node`, or UINT32_MAX. */
uint32_t tg_store_find(const tg_store *s, uint32_t node, tg_str pointer);

/* ---- building: readers push finished children, then close their container ---- */
void tg_builder_init(tg_builder *b, tg_store *s, tg_diags *d);
void tg_builder_done(tg_builder *b);
tg_status tg_builder_push(tg_builder *b, uint32_t key, uint32_t place, tg_value v);
/* Takes the children pushed since `mark` (values.n when the container opened) as those of `container` (kind SEQ or MAP, start
 * set) and gives its value; TG_INVALID when a map has a key twice (both places named). */
tg_status tg_builder_close(tg_builder *b, uint32_t mark, tg_value container, tg_value *out);
/* Makes `v` a root of the store. */
tg_status tg_builder_root(tg_builder *b, tg_value v, uint32_t source);

/* Makes {a: {b: v}} of the path "a.b" a root. */
tg_status tg_builder_wrap(tg_builder *b, tg_str path, tg_value v, uint32_t source);
/* ---- readers: append one root a document.  TG_INVALID: diagnostics tell. ---- */
/* How a text is told: by suffix (.json .ndjson .jsonl .yaml .yml), else JSON when the first non-blank byte is { or [, else YAML. */
typedef enum tg_format { TG_FORMAT_AUTO = 0, TG_FORMAT_YAML, TG_FORMAT_JSON, TG_FORMAT_NDJSON } tg_format;
tg_status tg_facts_read(tg_store *s, uint32_t source, tg_format format, tg_diags *d);
tg_status tg_facts_read_yaml(tg_store *s, uint32_t source, tg_diags *d);
tg_status tg_facts_read_json(tg_store *s, uint32_t source, tg_diags *d);
/* Every line of the source that is not blank becomes a root. */
tg_status tg_facts_read_ndjson(tg_store *s, uint32_t source, tg_diags *d);
/* Refuses a text whose top, at `start`, is no mapping: TG_INVALID. */
tg_status tg_facts_no_mapping(const tg_store *s, uint32_t start, uint32_t source, tg_diags *d);
/* A header row, then one record a row; dotted headers nest.  `cells` reads a cell by the model's type, NULL = core schema.
 * The root is a map with the one path `name` (dots nest) to the list of records. */
struct tg_model;
tg_status tg_facts_read_csv(tg_store *s, uint32_t source, tg_str name, const struct tg_model *model,
                            tg_diags *d);
/* Reads a file of waivers (a list, or a mapping with the list as `waivers`) as facts below `path`; CSV by its suffix. */
tg_status tg_facts_read_waivers(tg_store *s, uint32_t source, tg_str path, const struct tg_model *model,
                                tg_diags *d);
/* Reads a regular file, or a pipe or character device named under /dev/fd or as /dev/stdin; a FIFO by name, a directory and a
 * device are refused (TG_IO) without blocking.  "-" is not special here. */
tg_status tg_facts_load_file(tg_store *s, const char *path, tg_str name, tg_diags *d, uint32_t *source);

/* ---- several documents to one (language.md section 8) ----
 * Maps merge, a known value beats an unknown, keyed lists (by the model) merge record by record; anything else that differs is
 * an error that names both places, and so are two engagement ids. */
tg_status tg_facts_merge(tg_store *s, const struct tg_model *model, tg_diags *d);
/* The portfolio form: the root becomes a map {engagements: [each document]}. */
tg_status tg_facts_portfolio(tg_store *s, tg_diags *d);

#endif
