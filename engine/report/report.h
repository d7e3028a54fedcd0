/* Reports: one file per format.  A report is written into a buffer and nowhere else. */
#ifndef TG_REPORT_REPORT_H
#define TG_REPORT_REPORT_H

#include "assess/assess.h"

typedef struct tg_report_options {
  int width; /* columns of the text report; 0 = 100 */
  bool colour, ascii, verbose, quiet;
  tg_str root;   /* absolute paths below it are printed relative to it; empty = as given */
  tg_str prefix; /* where relative paths start from, seen from the root ("tools/x"); empty = the root */
  tg_str tool_version;
} tg_report_options;

typedef tg_status (*tg_report_fn)(tg_assessment *a, const tg_report_options *o, tg_buf *out);

tg_status tg_report_text(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_json(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_ndjson(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_csv(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_csv_bom(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_oscal(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_oscal_1_0_4(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_oscal_1_2_1(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_intoto(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_sarif(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_sarif_full(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_junit(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_tap(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_github(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_azure(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_gitlab(tg_assessment *a, const tg_report_options *o, tg_buf *out);
tg_status tg_report_markdown(tg_assessment *a, const tg_report_options *o, tg_buf *out);
/* The same within the length of a comment. */
tg_status tg_report_markdown_comment(tg_assessment *a, const tg_report_options *o, tg_buf *out);

/* The writer called `name`, or NULL. */
tg_report_fn tg_report_find(const char *name);
/* Names of all formats this build writes, NULL-terminated. */
const char *const *tg_report_names(void);

#endif
