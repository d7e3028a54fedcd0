#include "report/text_out.h"

#include <string.h>

enum { BAR = 20, DEFAULT_WIDTH = 100 };

/* C0, DEL, C1, bidirectional controls, separators, and marks that are not seen: what can change what a terminal shows beside
 * the character itself, or make a text look like another one. */
static bool harmful(uint32_t cp) {
  static const uint32_t ranges[][2] = {{0x00, 0x1f},     {0x7f, 0x9f},      {0xad, 0xad},
                                       {0x61c, 0x61c},   {0x180e, 0x180e},  {0x200b, 0x200f},
                                       {0x2028, 0x202e}, {0x2060, 0x206f},  {0xfeff, 0xfeff},
                                       {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
  if (cp >= 0x20 && cp < 0x7f) return false;
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges && ranges[i][0] <= cp; i++)
    if (cp <= ranges[i][1]) return true;
  return false;
}

/* Some runners compare texts as people do, who do not see these: behind `:` or `#` they must not hide a second one. */
static bool is_joiner(uint32_t cp) {
  return cp == 0x34f || (cp >= 0x180b && cp <= 0x180f) || (cp >= 0xfe00 && cp <= 0xfe0f) ||
         (cp >= 0xe0100 && cp <= 0xe01ef);
}

static void put_shown(tg_buf *out, tg_str s, bool defuse) {
  const uint8_t *p = (const uint8_t *)s.at, *end = p + s.n;
  bool first = true; /* nothing but blanks so far */
  uint32_t before = 0;
  while (p < end) {
    uint32_t i = (uint32_t)(p - (const uint8_t *)s.at);
    unsigned n = 1;
    uint32_t cp = tg_utf8_get(p, end, &n);
    if (defuse && ((*p == ':' && (first || (i + 1 < s.n && p[1] == ':'))) || tg_begins_command(s, i))) {
      tg_buf_putc(out, (char)*p);
      tg_buf_putc(out, ' ');
    } else if (cp == '\n' || cp == '\r' || cp == '\t') {
      tg_buf_putc(out, ' ');
    } else if (cp == 0xfffd && n == 1) {
      tg_buf_puts(out, "\xef\xbf\xbd"); /* half a character */
    } else if (harmful(cp) || (is_joiner(cp) && (before == ':' || before == '#'))) {
      tg_buf_printf(out, "\\u{%x}", (unsigned)cp);
    } else {
      tg_buf_put(out, p, n);
    }
    first = first && (cp == ' ' || cp == '\n' || cp == '\r' || cp == '\t');
    before = cp;
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
