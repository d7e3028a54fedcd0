/* Writing for people: columns, wrapping, colour, and text from strangers made harmless. */
#ifndef TG_REPORT_TEXT_OUT_H
#define TG_REPORT_TEXT_OUT_H

#include "report/report.h"

typedef enum tg_ink { TG_INK_PLAIN, TG_INK_BOLD, TG_INK_DIM, TG_INK_RED, TG_INK_AMBER, TG_INK_GREEN } tg_ink;

/* Text from facts and rules: control characters, escape sequences, bidirectional and invisible marks and line ends become
 * visible or blank. */
void tg_text_visible(tg_buf *out, tg_str s);
/* The same, and `::`, a colon in front, and `##[`, `##vso[` and their like are broken up, so that no build runner takes them for
 * commands. */
void tg_text_safe(tg_buf *out, tg_str s);
/* The first `bytes` of `s` at most, cut between characters. */
tg_str tg_text_cut(tg_str s, uint32_t bytes);
/* A word in colour (only repeats what the word says). */
void tg_text_ink(tg_buf *out, const tg_report_options *o, tg_ink ink, const char *word);
/* Columns of valid UTF-8 (one a code point). */
int tg_text_columns(const char *at, size_t n);
/* Blanks up to `column` counted from the last line end. */
void tg_text_pad(tg_buf *out, int used, int column);
/* `s` (made safe already) from column `at` on, wrapped at the width, further lines indented by `indent`. */
void tg_text_wrap(tg_buf *out, const tg_report_options *o, tg_str s, int at, int indent);
/* Twenty columns: proven solid, up to possible dotted, the rest light. */
void tg_text_bar(tg_buf *out, const tg_report_options *o, tg_interval i);

#endif
