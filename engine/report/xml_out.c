#include "report/xml_out.h"

/* References for what terminals act on; the rest of UTF-8 stands for itself. */
static bool is_quiet(uint32_t cp) {
  return !(cp == '\t' || cp == '\n' || cp == '\r' || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || cp == 0x61c ||
           (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
           (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff);
}

void tg_xml_put(tg_buf *out, tg_str s) {
  const uint8_t *p = (const uint8_t *)s.at, *end = p + s.n;
  while (p < end) {
    unsigned n = 1;
    uint32_t cp = tg_utf8_get(p, end, &n);
    switch (cp) {
    case '&': tg_buf_puts(out, "&amp;"); break;
    case '<': tg_buf_puts(out, "&lt;"); break;
    case '>': tg_buf_puts(out, "&gt;"); break;
    case '"': tg_buf_puts(out, "&quot;"); break;
    default:
      if ((cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r') || cp == 0xfffe || cp == 0xffff ||
          (cp == 0xfffd && n == 1))
        tg_buf_puts(out, "\xef\xbf\xbd");
      else if (!is_quiet(cp) || tg_begins_command(s, (size_t)(p - (const uint8_t *)s.at)))
        tg_buf_printf(out, "&#%u;", (unsigned)cp);
      else
        tg_buf_put(out, p, n);
    }
    p += n;
  }
}
