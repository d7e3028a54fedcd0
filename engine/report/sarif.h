/* SARIF 2.1.0: what the parts of the writer share. */
#ifndef TG_REPORT_SARIF_H
#define TG_REPORT_SARIF_H

#include "report/parts.h"
#include "report/place.h"

/* What code scanning at GitHub takes: one result more and the whole upload is refused. */
enum {
  TG_SARIF_RESULTS = 25000,
  TG_SARIF_RULES = 25000,
  TG_SARIF_PACKS = 100,
  TG_SARIF_TAGS = 10,
  TG_SARIF_DESCRIPTION = 1024
};

/* Two profiles: problems alone, within those limits, for code scanning; or everything, for archives and viewers. */
typedef struct tg_sarif {
  tg_json j;
  tg_assessment *a;
  const tg_report_options *o;
  bool full;
  tg_buf text, safe; /* scratch */
  uint32_t *rule;    /* gate -> index among the rules, or TG_NONE */
  uint32_t rules;
  uint32_t cut_rules, cut_packs, cut_results, cut_texts, cut_tags; /* how much was left out */
  uint16_t least;          /* findings of this rank and above are written .. */
  uint32_t least_count;    /* .. and so many of exactly this rank */
  tg_region_cursor cursor; /* of the findings' places */
} tg_sarif;

/* ---- texts: safe to show; braces doubled, because SARIF reads {0} as a placeholder; no link where a text only looks like one ---- */

void tg_sarif_plain(tg_sarif *s, tg_buf *out, tg_str text);
/* The same text with Markdown's marks escaped. */
void tg_sarif_markdown(tg_sarif *s, tg_buf *out, tg_str text);
/* A full stop behind a text that has none. */
void tg_sarif_stop(tg_buf *out);
/* {"text": ...} of s->text. */
void tg_sarif_message(tg_sarif *s, const char *key);
/* A member whose value is what a scratch buffer holds. */
void tg_sarif_put(tg_sarif *s, const char *key, const tg_buf *b);
const char *tg_sarif_level(uint8_t severity);

/* ---- results (sarif_result.c) ---- */

/* Chooses which findings a run of problems holds. */
void tg_sarif_choose(tg_sarif *s);
bool tg_sarif_chosen(const tg_sarif *s, uint32_t finding);
tg_status tg_sarif_results(tg_sarif *s);

#endif
