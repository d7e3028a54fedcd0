#include "report/text_out.h"

#include <string.h>

enum { BAR = 20, DEFAULT_WIDTH = 100 };

/* A colon that a runner could take for the first of two. */
static bool is_double(tg_str s, uint32_t i) {
  size_t next = tg_skip_unseen(s, i + 1);
  return s.at[i] == ':' && next < s.n && s.at[next] == ':';
}

static void put_shown(tg_buf *out, tg_str s, bool defuse) {
  const uint8_t *p = (const uint8_t *)s.at, *end = p + s.n;
  bool first = true; /* nothing but blanks so far */
  while (p < end) {
    uint32_t i = (uint32_t)(p - (const uint8_t *)s.at);
    unsigned n = 1;
    uint32_t cp = tg_utf8_get(p, end, &n);
    if (defuse && ((*p == ':' && first) || is_double(s, i) || tg_begins_command(s, i))) {
      tg_buf_putc(out, (char)*p);
      tg_buf_putc(out, ' ');
    } else if (cp == '\n' || cp == '\r' || cp == '\t') {
      tg_buf_putc(out, ' ');
    } else if (cp == 0xfffd && n == 1) {
      tg_buf_puts(out, "\xef\xbf\xbd"); /* half a character */
    } else if (tg_is_unseen(cp)) {
      tg_buf_printf(out, "\\u{%x}", (unsigned)cp);
    } else {
      tg_buf_put(out, p, n);
    }
    first = first && (cp == ' ' || cp == '\n' || cp == '\r' || cp == '\t');
    p += n;
  }
}

void tg_text_visible(tg_buf *out, tg_str s) { put_shown(out, s, false); }

void tg_text_safe(tg_buf *out, tg_str s) { put_shown(out, s, true); }

tg_str tg_text_cut(tg_str s, uint32_t bytes) {
  if (s.n <= bytes) return s;
  while (bytes > 0 && ((uint8_t)s.at[bytes] & 0xc0) == 0x80) bytes--;
  return (tg_str){s.at, bytes};
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
