/* Text for the lines of the Test Anything Protocol. */
#ifndef TG_REPORT_TAP_OUT_H
#define TG_REPORT_TAP_OUT_H

#include "base/text.h"

/* As tg_text_safe; `#` (a directive begins with it) and `\` are escaped. */
void tg_tap_put(tg_buf *out, tg_str s);

#endif
