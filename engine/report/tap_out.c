#include "report/tap_out.h"

#include "report/text_out.h"

void tg_tap_put(tg_buf *out, tg_str s) {
  tg_buf safe;
  tg_buf_init(&safe, out->mem);
  tg_text_safe(&safe, s);
  for (size_t i = 0; i < safe.n; i++) {
    if (safe.at[i] == '#' || safe.at[i] == '\\') tg_buf_putc(out, '\\');
    tg_buf_putc(out, safe.at[i]);
  }
  out->failed |= safe.failed;
  tg_buf_done(&safe);
}
