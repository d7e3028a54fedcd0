/* YAML as events that can be trusted: libyaml's event API behind checks it lacks.
 *
 * What comes through: one document; mappings with text keys (scalars: the key is the scalar's source text), unique in their
 * mapping; sequences; scalars.  Refused with a diagnostic: further documents, tags other than the core schema's (`!!str`,
 * `!!int`, `!!float`, `!!bool`, `!!null`, `!!map`, `!!seq`), merge keys, complex keys, nesting over TG_MAX_DEPTH, aliases over
 * budget, unknown or cyclic aliases, invalid UTF-8, NUL bytes, UTF-16 input.  Aliases are expanded here: the consumer never sees one.
 * Positions are addresses in the tg_sources that holds the text (bytes, not libyaml's characters). */
#ifndef TG_YAML_YAML_H
#define TG_YAML_YAML_H

#include "base/diag.h"

typedef enum tg_yaml_kind {
  TG_YAML_END = 0, /* the document is over */
  TG_YAML_SCALAR,
  TG_YAML_MAP,
  TG_YAML_MAP_END, /* inside, keys and values alternate; a key arrives as TG_YAML_KEY */
  TG_YAML_SEQ,
  TG_YAML_SEQ_END,
  TG_YAML_KEY
} tg_yaml_kind;

typedef enum tg_yaml_style {
  TG_YAML_PLAIN,
  TG_YAML_SINGLE,
  TG_YAML_DOUBLE,
  TG_YAML_LITERAL,
  TG_YAML_FOLDED
} tg_yaml_style;

typedef struct tg_yaml_event {
  tg_yaml_kind kind;
  tg_yaml_style style;
  tg_str text;   /* of a scalar or key, after escapes and folding; valid until the next event */
  tg_span at;    /* of the scalar as written (quotes included), or of the container's first character */
  bool verbatim; /* text stands in the source byte for byte: at at.start (plain), or at.start + 1 (quoted) */
  tg_str tag;    /* "" or the short core name: "str", "int", ... */
  bool flow;     /* a container in flow style */
} tg_yaml_event;

typedef struct tg_yaml tg_yaml;

/* `source` is an index in `sources`; both and the sink outlive the reader. */
tg_status tg_yaml_new(tg_mem *mem, tg_sources *sources, uint32_t source, tg_diags *diags, tg_yaml **out);
void tg_yaml_free(tg_yaml *y);
/* Asked every TG_INTERRUPT_BYTES. */
void tg_yaml_interrupt(tg_yaml *y, tg_interrupt_fn ask, void *ctx);
/* The next event.  TG_INVALID: a diagnostic was given and the reader is finished.  An empty document gives TG_YAML_END at once. */
tg_status tg_yaml_next(tg_yaml *y, tg_yaml_event *out);
/* Where byte `offset` of a scalar's text stands in its source: exact for plain, quoted (escapes) and block scalars of one
 * or several lines.  `text` is the scalar's content as tg_yaml_next gave it. */
uint32_t tg_yaml_locate(const tg_sources *sources, tg_span at, tg_yaml_style style, tg_str text,
                        uint32_t offset);

#endif
