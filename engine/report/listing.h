/* What formats of build runners share: findings in order of weight, one place for each, waivers and floors in words.  Texts are
 * as they came: each format escapes for its reader. */
#ifndef TG_REPORT_LISTING_H
#define TG_REPORT_LISTING_H

#include "report/report.h"

/* Longest piece of one fact, path or label that is repeated in a list, in bytes. */
#define TG_LIST_TEXT 300

typedef struct tg_order {
  tg_mem *mem;
  uint32_t *at; /* findings */
  uint32_t n, cap;
} tg_order;

/* Findings but waived ones: what blocks first, then by score, severity, gate and place in the facts. */
tg_status tg_report_order(tg_assessment *a, tg_order *out);
void tg_order_done(tg_order *order);

/* The fact to look at: of an unknown the one that is not known, else the first with a place; without one the subject's own
 * record, at last the beginning of the first file.  False: there is no file at all. */
typedef struct tg_spot {
  tg_str file, pointer;
  uint32_t line, column;
} tg_spot;
bool tg_report_spot(const tg_assessment *a, const tg_finding *f, const tg_detail *d, tg_spot *out);
/* The spot's file relative to the root, with `../` where it lies outside.  The text is in `scratch` or where `tg_report_path` says. */
tg_str tg_spot_path(const tg_report_options *o, const tg_spot *spot, tg_buf *scratch);

/* "not ready" */
const char *tg_verdict_phrase(tg_verdict v);
/* The message, and of an error what went wrong. */
void tg_list_message(tg_buf *out, const tg_finding *f, const tg_detail *d);
/* "PATH is STATE. To ask (WHO): ABOUT" for a fact that is not known. */
void tg_list_question(tg_buf *out, const tg_fact_used *u);
/* "PATH = VALUE", cut to a length that can be read. */
void tg_list_fact(tg_buf *out, const tg_assessment *a, const tg_fact_used *u);
/* "waived by OWNER until DATE: REASON" */
void tg_list_waiver(tg_buf *out, const tg_waiver *w);
/* Why a gate does not apply. */
const char *tg_list_absence(tg_reason reason);
/* Bounds of figures: the floors that a configuration sets, then what is worse than the ratchet holds; each missed one blocks like a finding
 * of high severity. */
uint32_t tg_list_bounds(const tg_assessment *a);
bool tg_bound_missed(const tg_assessment *a, uint32_t bound);
uint32_t tg_bounds_missed(const tg_assessment *a);
/* "min_proven:governance", "ratchet:overall:net", "ratchet:open:high" */
void tg_bound_name(tg_buf *out, const tg_assessment *a, uint32_t bound);
/* "net proven readiness of AREA is 71.4, below 80" or "..., at least 80" */
void tg_bound_text(tg_buf *out, const tg_assessment *a, uint32_t bound);
/* "149 gates: 90 pass, ..." */
void tg_list_counts(tg_buf *out, const tg_assessment *a);
/* "BOT-A1", or "portfolio of 3 engagements" */
void tg_list_engagement(tg_buf *out, const tg_assessment *a);
/* "71.4", or "-" when nothing was evaluated. */
void tg_list_figure(tg_buf *out, tg_figure f);
/* Findings that are waived. */
uint32_t tg_list_waived(const tg_assessment *a);
/* What a buffer holds. */
tg_str tg_buf_text(const tg_buf *b);

#endif
