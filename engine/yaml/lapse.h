/* What YAML 1.2 refuses, or reads otherwise, and libyaml lets pass: found in the text itself. */
#ifndef TG_YAML_LAPSE_H
#define TG_YAML_LAPSE_H

#include "yaml/yaml.h"

/* One node in its source: bytes `start` to `end` of `text`, which is `len` long.  `indent` is the column of the innermost block
 * mapping or list that it stands in, -1 at the top; `flow`: it stands inside brackets. */
typedef struct tg_yaml_spot {
  const uint8_t *text;
  size_t len, start, end;
  int indent;
  bool flow, key;
} tg_yaml_spot;

/* NULL, or what is wrong.  Of a scalar, whose style is given; of any node; of an anchor or alias of `n` bytes whose `&` or `*`
 * stands at `start`. */
const char *tg_yaml_scalar_lapse(const tg_yaml_spot *s, tg_yaml_style style);
const char *tg_yaml_node_lapse(const tg_yaml_spot *s);
const char *tg_yaml_name_lapse(const tg_yaml_spot *s, size_t n);

#endif
