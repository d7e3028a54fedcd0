/* Comparisons of two reports, for people and for programs. */
#ifndef TG_REPORT_DIFF_H
#define TG_REPORT_DIFF_H

#include "report/report.h"

#include "assess/diff.h"

typedef tg_status (*tg_diff_fn)(const tg_diff *x, const tg_report_options *o, tg_buf *out);

tg_status tg_diff_text(const tg_diff *x, const tg_report_options *o, tg_buf *out);
tg_status tg_diff_markdown(const tg_diff *x, const tg_report_options *o, tg_buf *out);
/* The contract of include/tollgate/diff.schema.json. */
tg_status tg_diff_json(const tg_diff *x, const tg_report_options *o, tg_buf *out);

/* "text", "markdown" or "json", else NULL. */
tg_diff_fn tg_diff_find(const char *name);

/* ---- what text and Markdown share ---- */
enum { TG_CAUSES_SHOWN = 4 }; /* of one finding; more are counted */
/* The words of a cause, not escaped: "fact /systems/3/owner was none, is missing". */
void tg_diff_say(const tg_cause *c, tg_buf *out);
/* "52.0 to 50.0 (-2.0)", "-" for what was not evaluated. */
void tg_diff_figures(int before, int after, tg_buf *out);
/* "new: fail, critical, score 15", "fail to waived", "high to medium, score 12 to 6". */
void tg_diff_move(const tg_diff_finding *f, tg_buf *out);

#endif
