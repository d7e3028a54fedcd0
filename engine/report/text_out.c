#include "report/text_out.h"

#include <string.h>

enum { BAR = 20, DEFAULT_WIDTH = 100 };

/* C0, DEL, C1, bidirectional controls and isolates, zero-width and line separators: what can change what a
 * terminal shows beside the character itself. */
static bool harmful(uint32_t cp) {
  return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200b && cp <= 0x200f) ||
         (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff || cp == 0x061c;
}

static bool begins(tg_str s, uint32_t i, const char *word) {
  size_t n = strlen(word);
  return s.n - i >= n && memcmp(s.at + i, word, n) == 0;
}

void tg_text_safe(tg_buf *out, tg_str s) {
  const uint8_t *p = (const uint8_t *)s.at, *end = p + s.n;
  while (p < end) {
    uint32_t i = (uint32_t)(p - (const uint8_t *)s.at);
    unsigned n = 1;
    uint32_t cp = tg_utf8_get(p, end, &n);
    if (begins(s, i, "::") || begins(s, i, "##[") || begins(s, i, "##vso[")) {
      tg_buf_putc(out, (char)*p);
      tg_buf_putc(out, ' ');
    } else if (cp == '\n' || cp == '\r' || cp == '\t') {
      tg_buf_putc(out, ' ');
    } else if (harmful(cp)) {
      tg_buf_printf(out, "\\u{%x}", (unsigned)cp);
    } else {
      tg_buf_put(out, p, n);
    }
    p += n;
  }
}

void tg_text_ink(tg_buf *out, const tg_report_options *o, tg_ink ink, const char *word) {
  static const char *const codes[] = {"", "\033[1m", "\033[2m", "\033[1;31m", "\033[33m", "\033[32m"};
  bool coloured = o->colour && ink != TG_INK_PLAIN;
  if (coloured) tg_buf_puts(out, codes[ink]);
  tg_buf_puts(out, word);
  if (coloured) tg_buf_puts(out, "\033[0m");
}

int tg_text_columns(const char *at, size_t n) { return (int)tg_utf8_count(at, n); }

void tg_text_pad(tg_buf *out, int used, int column) {
  for (int i = used; i < column; i++) tg_buf_putc(out, ' ');
}

void tg_text_wrap(tg_buf *out, const tg_report_options *o, tg_str s, int at, int indent) {
  int width = o->width > 0 ? o->width : DEFAULT_WIDTH, column = at;
  uint32_t i = 0;
  bool fresh = true; /* nothing on this line yet */
  while (i < s.n) {
    while (i < s.n && s.at[i] == ' ') i++;
    uint32_t from = i;
    while (i < s.n && s.at[i] != ' ') i++;
    if (i == from) break;
    int columns = tg_text_columns(s.at + from, i - from);
    if (!fresh && column + 1 + columns > width) {
      tg_buf_putc(out, '\n');
      tg_text_pad(out, 0, indent);
      column = indent;
      fresh = true;
    }
    if (!fresh) {
      tg_buf_putc(out, ' ');
      column++;
    }
    tg_buf_put(out, s.at + from, i - from);
    column += columns;
    fresh = false;
  }
  tg_buf_putc(out, '\n');
}

void tg_text_bar(tg_buf *out, const tg_report_options *o, tg_interval i) {
  int proven = tg_figure_tenths(i.proven), possible = tg_figure_tenths(i.possible);
  for (int k = 0; k < BAR; k++) {
    int at = (k + 1) * 1000 / BAR; /* a cell is solid when all of it is proven */
    if (proven >= at)
      tg_buf_puts(out, o->ascii ? "#" : "█");
    else if (possible >= at)
      tg_buf_puts(out, o->ascii ? "+" : "·");
    else
      tg_buf_puts(out, o->ascii ? "." : "░");
  }
}
