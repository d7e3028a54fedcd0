#include "report/xml_out.h"

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
      else if (tg_is_unseen(cp) || tg_begins_command(s, (size_t)(p - (const uint8_t *)s.at)))
        tg_buf_printf(out, "&#%u;", (unsigned)cp);
      else
        tg_buf_put(out, p, n);
    }
    p += n;
  }
}
