/* Where a byte of a scalar's text stands in the file: text and source are walked side by side. */
#include "yaml/yaml.h"

static bool blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Source bytes of one escape of a double-quoted scalar, and how many bytes of text it makes (0: a line continuation). */
static uint32_t escape(const uint8_t *p, const uint8_t *end, uint32_t *made) {
  *made = 1;
  if (p + 1 >= end) return 1;
  uint32_t digits = p[1] == 'x' ? 2 : p[1] == 'u' ? 4 : p[1] == 'U' ? 8 : 0;
  if (p[1] == '\n' || p[1] == '\r') {
    const uint8_t *q = p + 1;
    while (q < end && blank(*q)) q++;
    *made = 0;
    return (uint32_t)(q - p);
  }
  if (p[1] == 'N' || p[1] == '_') *made = 2;
  if (p[1] == 'L' || p[1] == 'P') *made = 3;
  if (digits == 0) return 2;
  uint32_t cp = 0;
  for (uint32_t i = 0; i < digits && p + 2 + i < end; i++) {
    uint8_t c = p[2 + i];
    cp = cp * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  }
  uint8_t bytes[4];
  *made = cp < 0x110000 ? tg_utf8_put(cp, bytes) : 4;
  return 2 + digits;
}

/* Past the indicator line of a block scalar: `|2-  # comment`. */
static const uint8_t *block_body(const uint8_t *p, const uint8_t *end) {
  while (p < end && *p != '\n') p++;
  return p < end ? p + 1 : end;
}

uint32_t tg_yaml_locate(const tg_sources *sources, tg_span at, tg_yaml_style style, tg_str text,
                        uint32_t offset) {
  if (at.start == UINT32_MAX || tg_sources_of(sources, at.start) == NULL) return at.start;
  const uint8_t *start = tg_sources_at(sources, at.start), *p = start, *end = start + at.len;
  const uint8_t *want = (const uint8_t *)text.at;
  bool quoted = style == TG_YAML_SINGLE || style == TG_YAML_DOUBLE;
  if (quoted && p < end) p++;
  if (style == TG_YAML_LITERAL || style == TG_YAML_FOLDED) p = block_body(p, end);
  for (uint32_t i = 0; p < end;) {
    if (style == TG_YAML_DOUBLE && *p == '\\') {
      uint32_t made, used = escape(p, end, &made);
      if (made == 0) {
        p += used;
        continue;
      }
      if (i + made > offset) break;
      i += made;
      p += used;
      continue;
    }
    if (i < text.n && *p == want[i] && !(blank(*p) && *p != want[i])) {
      /* white space that folding dropped looks like white space that stayed: a line end folds with what is around it */
      bool folds = blank(*p) && style != TG_YAML_LITERAL;
      if (folds) {
        const uint8_t *q = p;
        bool line = false;
        while (q < end && blank(*q)) line |= *q++ == '\n';
        if (line) {
          uint32_t j = i;
          while (j < text.n && blank(want[j])) j++;
          if (offset < j) break;
          i = j;
          p = q;
          continue;
        }
      }
      if (i >= offset) break;
      if (style == TG_YAML_SINGLE && *p == '\'' && p + 1 < end && p[1] == '\'') p++;
      i++;
      p++;
      continue;
    }
    if (blank(*p)) { /* indentation, or a line end that became a blank */
      bool line = false;
      const uint8_t *q = p;
      while (q < end && blank(*q)) line |= *q++ == '\n';
      uint32_t j = i;
      if (line && style != TG_YAML_LITERAL)
        while (j < text.n && blank(want[j])) j++;
      if (j > i && offset < j) break;
      i = j;
      p = style == TG_YAML_LITERAL ? p + 1 : q;
      continue;
    }
    break; /* they part: the nearest place known */
  }
  return at.start + (uint32_t)(p - start);
}
