#include "report/place.h"

#include "report/parts.h"

#include <string.h>

/* A longer value is shown by its beginning. */
enum { MAX_TOKEN = 240, MAX_AROUND = 2000 };

uint32_t tg_utf16_count(const void *bytes, size_t n) {
  const uint8_t *p = bytes;
  uint32_t units = 0;
  for (size_t i = 0; i < n; i++) units += (p[i] & 0xc0) != 0x80 ? (p[i] >= 0xf0 ? 2 : 1) : 0;
  return units;
}

/* ---- where on its line ---- */

/* A quote opens a text only where a value or key can begin: `don't` opens nothing. */
static bool can_open(const uint8_t *line, const uint8_t *p) {
  return p == line || strchr(" \t[{,:-?", p[-1]) != NULL;
}

/* Walks the cursor on to `offset`: counts units, open brackets and quotes. */
static void advance(tg_region_cursor *c, uint32_t line_start, uint32_t offset) {
  const uint8_t *text = c->source->text;
  uint32_t i = c->offset;
  while (i < offset) {
    uint8_t b = text[i];
    uint32_t next = i + 1;
    if (c->quote == '"' && b == '\\' && next < offset) {
      next++; /* the escaped character; no part of a longer one when it is not ASCII */
    } else if (c->quote == '\'' && b == '\'' && text[next] == '\'' && next < offset) {
      next++;
    } else if (c->quote != 0) {
      if (b == (uint8_t)c->quote) c->quote = 0;
    } else if ((b == '"' || b == '\'') && can_open(text + line_start, text + i)) {
      c->quote = (char)b;
    } else if (b == '[' || b == '{') {
      c->depth++;
    } else if ((b == ']' || b == '}') && c->depth > 0) {
      c->depth--;
    }
    c->units += tg_utf16_count(text + i, next - i);
    i = next;
  }
  c->offset = offset;
}

static bool is_csv(tg_str name) { return name.n > 4 && memcmp(name.at + name.n - 4, ".csv", 4) == 0; }

/* Behind the closing quote of the text at `p`, or the end of the line.  A quote inside is escaped by a backslash, or doubled. */
static const uint8_t *quoted_end(const uint8_t *p, const uint8_t *end, bool backslash) {
  uint8_t quote = *p++;
  while (p < end) {
    bool pair = p + 1 < end && (backslash ? *p == '\\' : *p == quote && p[1] == quote);
    if (*p == quote && !pair) return p + 1;
    p += pair ? 2 : 1;
  }
  return end;
}

static const uint8_t *plain_end(const uint8_t *p, const uint8_t *end, bool flow) {
  const uint8_t *from = p;
  for (; p < end; p++) {
    if (flow && (*p == ',' || *p == ']' || *p == '}')) break;
    if (*p == ':' && (p + 1 == end || p[1] == ' ')) break;
    if (*p == '#' && p > from && (p[-1] == ' ' || p[-1] == '\t')) break;
  }
  return p;
}

/* Behind the bracket that closes the one at `p`, or the end of the line. */
static const uint8_t *bracket_end(const uint8_t *p, const uint8_t *end) {
  const uint8_t *from = p;
  int depth = 0;
  while (p < end) {
    if ((*p == '"' || *p == '\'') && can_open(from, p)) {
      p = quoted_end(p, end, *p == '"');
      continue;
    }
    depth += *p == '{' || *p == '[' ? 1 : *p == '}' || *p == ']' ? -1 : 0;
    p++;
    if (depth == 0 || p - from > 4 * MAX_TOKEN) break; /* a record of a megabyte is cut anyway */
  }
  return p;
}

/* Where the value, key or bracket at `p` ends on this line. */
static const uint8_t *token_end(const tg_source *s, const uint8_t *p, const uint8_t *end, bool flow) {
  const uint8_t *from = p;
  if (is_csv(s->name)) {
    if (p < end && *p == '"') return quoted_end(p, end, false);
    while (p < end && *p != ',' && *p != ';' && *p != '\t') p++;
    return p;
  }
  if (p == end) return end;
  if (*p == '"' || *p == '\'') return quoted_end(p, end, *p == '"');
  if (*p == '{' || *p == '[') return bracket_end(p, end);
  if (*p == '-' && (p + 1 == end || p[1] == ' ')) return p + 1;
  p = plain_end(p, end, flow);
  while (p > from + 1 && (p[-1] == ' ' || p[-1] == '\t')) p--;
  return p > from ? p : from + 1;
}

/* No more than `units`, and no part of a character. */
static const uint8_t *shorten(const uint8_t *from, const uint8_t *end, uint32_t units) {
  if (tg_utf16_count(from, (size_t)(end - from)) <= units) return end;
  const uint8_t *p = from;
  for (uint32_t n = 0; p < end;) {
    unsigned bytes;
    n += tg_utf8_get(p, end, &bytes) > 0xffff ? 2 : 1;
    if (n > units) break;
    p += bytes;
  }
  return p;
}

static uint32_t line_end(const tg_source *s, uint32_t line) {
  uint32_t end = line < s->lines.n ? s->lines.at[line] - 1 : s->len;
  if (end > s->lines.at[line - 1] && s->text[end - 1] == '\r') end--;
  return end;
}

static void look_around(tg_region *r) {
  const tg_source *s = r->source;
  r->first_line = r->line > 1 ? r->line - 1 : 1;
  r->last_line = r->line < s->lines.n && s->lines.at[r->line] < s->len ? r->line + 1 : r->line;
  uint32_t from = s->lines.at[r->first_line - 1], to = line_end(s, r->last_line);
  if (to - from <= MAX_AROUND) r->around = (tg_str){(const char *)s->text + from, to - from};
}

bool tg_region_of(const tg_sources *s, uint32_t address, tg_region_cursor *cursor, tg_region *out) {
  tg_source *source = tg_sources_of(s, address);
  if (source == NULL) return false;
  tg_place place = tg_sources_place(s, address); /* makes the line table */
  if (place.line == 0 || place.line > source->lines.n) return false;
  uint32_t start = source->lines.at[place.line - 1], offset = address - source->base;
  if (offset < start) offset = start; /* in front of the text stands its byte order mark */
  if (cursor->source != source || cursor->line != place.line || cursor->offset > offset)
    *cursor = (tg_region_cursor){source, place.line, start, 0, 0, 0};
  advance(cursor, start, offset);
  const uint8_t *end = source->text + line_end(source, place.line), *from = source->text + offset;
  uint8_t first = source->text[tg_source_begin(source)];
  bool json = first == '{' || first == '[';
  if (from > end) from = end;
  const uint8_t *to = shorten(from, token_end(source, from, end, json || cursor->depth > 0), MAX_TOKEN);
  *out = (tg_region){.source = source,
                     .source_index = (uint32_t)(source - s->list.at),
                     .line = place.line,
                     .start = cursor->units + 1,
                     .text = {(const char *)from, (uint32_t)(to - from)}};
  out->end = out->start + tg_utf16_count(from, (size_t)(to - from));
  look_around(out);
  return true;
}

/* ---- files ---- */

void tg_put_encoded(tg_buf *out, tg_str s, const char *keep) {
  for (uint32_t i = 0; i < s.n; i++) {
    uint8_t c = (uint8_t)s.at[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 (c != 0 && (strchr("-._~", c) != NULL || strchr(keep, c) != NULL));
    if (plain)
      tg_buf_putc(out, (char)c);
    else
      tg_buf_printf(out, "%%%02X", c);
  }
}

bool tg_report_uri(tg_buf *out, const tg_report_options *o, tg_str file) {
  tg_buf scratch;
  tg_buf_init(&scratch, out->mem);
  tg_str path = tg_report_path(o, file, &scratch), base = o->root;
  bool relative = path.n == 0 || path.at[0] != '/';
  if (relative && base.n > 0 && path.n > 3 && memcmp(path.at, "../", 3) == 0) { /* beside the root */
    while (path.n > 3 && memcmp(path.at, "../", 3) == 0) {
      while (base.n > 0 && base.at[base.n - 1] != '/') base.n--;
      if (base.n > 0) base.n--;
      path = (tg_str){path.at + 3, path.n - 3};
    }
    tg_buf_puts(out, "file://");
    tg_put_encoded(out, base, "/");
    tg_buf_putc(out, '/');
    relative = false;
  } else if (!relative) {
    tg_buf_puts(out, "file://");
  }
  tg_put_encoded(out, path, "/");
  if (scratch.failed) out->failed = true;
  tg_buf_done(&scratch);
  return relative;
}
