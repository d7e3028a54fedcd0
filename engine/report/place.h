/* Places as other programs read them: regions in UTF-16 columns, files as URIs. */
#ifndef TG_REPORT_PLACE_H
#define TG_REPORT_PLACE_H

#include "report/report.h"

/* A value in a source text: on one line, columns from 1 in UTF-16 code units, `end` behind the last.  A value of several lines
 * is shown by its first one. */
typedef struct tg_region {
  const tg_source *source;
  uint32_t source_index; /* in the set */
  uint32_t line, start, end;
  tg_str text;                    /* what stands there */
  tg_str around;                  /* the lines before, of and behind it; empty when they are long */
  uint32_t first_line, last_line; /* of `around` */
} tg_region;

/* How far the last place was from the beginning of its line: places of one line come in order, so that a file of one line is
 * not counted from its beginning for each.  All zero to begin with. */
typedef struct tg_region_cursor {
  const tg_source *source;
  uint32_t line, offset, units;
  int depth;  /* open brackets */
  char quote; /* the open one, or 0 */
} tg_region_cursor;

/* False: the address is in no source, or memory for its line table was refused. */
bool tg_region_of(const tg_sources *s, uint32_t address, tg_region_cursor *cursor, tg_region *out);
/* UTF-16 code units of valid UTF-8. */
uint32_t tg_utf16_count(const void *bytes, size_t n);

/* A file as reports print it, percent-encoded: relative to the root with forward slashes, or `file://` and its absolute path where it lies
 * outside.  True: relative. */
bool tg_report_uri(tg_buf *out, const tg_report_options *o, tg_str file);
/* Percent-encodes all but letters, digits, `-._~` and the bytes of `keep`. */
void tg_put_encoded(tg_buf *out, tg_str s, const char *keep);

#endif
