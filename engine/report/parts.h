/* Parts that the JSON report and its line-by-line form share. */
#ifndef TG_REPORT_PARTS_H
#define TG_REPORT_PARTS_H

#include "report/json_out.h"
#include "report/report.h"

void tg_json_readiness(tg_json *j, const char *key, const tg_assessment *a);
void tg_json_counts(tg_json *j, const tg_assessment *a);
/* Members of a gate and of a finding, without the braces around them. */
tg_status tg_json_gate(tg_json *j, tg_assessment *a, uint32_t gate);
tg_status tg_json_finding(tg_json *j, tg_assessment *a, const tg_report_options *o, uint32_t finding);
/* Members above the gates: tool, day, engagement, packs, facts, params, verdict, readiness, counts, conditions, areas. */
tg_status tg_json_head(tg_json *j, tg_assessment *a, const tg_report_options *o);
void tg_json_waivers(tg_json *j, const tg_assessment *a, const tg_report_options *o);
/* A path as reports print it: relative to the root where it lies below it.  The text is `path` itself, a part of it, or in `scratch`. */
tg_str tg_report_path(const tg_report_options *o, tg_str path, tg_buf *scratch);
void tg_report_day(tg_value day, char out[16]);

#endif
