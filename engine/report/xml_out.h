/* Text for XML 1.0 files: attributes and character data alike. */
#ifndef TG_REPORT_XML_OUT_H
#define TG_REPORT_XML_OUT_H

#include "base/text.h"

/* Markup is escaped; what XML 1.0 has no character for becomes U+FFFD; line ends, tabs and what could change a terminal's state
 * become character references, which readers give back as they were; `##...[` is broken up the same way for build runners. */
void tg_xml_put(tg_buf *out, tg_str s);

#endif
