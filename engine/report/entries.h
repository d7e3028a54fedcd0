/* The lines of a list: each finding, and each gate that has none.  What formats list that show passes too. */
#ifndef TG_REPORT_ENTRIES_H
#define TG_REPORT_ENTRIES_H

#include "report/report.h"

typedef struct tg_entry {
  uint32_t gate, finding; /* finding TG_NONE: the gate as a whole passes or does not apply */
  tg_outcome outcome;
  tg_str
      key; /* "systems/billing": one subject of the gate, the same in every run; empty: the gate as a whole */
  tg_str label; /* "billing" */
  tg_str pointer, message;
  const char *fingerprint;  /* 64 hex digits */
  const tg_detail *detail;  /* of a finding, else NULL */
  const tg_fact_used *fact; /* the one to point at: of an unknown its cause, else what decided; NULL = none */
} tg_entry;

/* Borrowed texts of an entry live until the next one. */
typedef struct tg_entries {
  tg_assessment *a;
  uint32_t gate, finding; /* the next: finding counts within the gate */
  char fingerprint[72];
  tg_buf message;
  tg_status status;
} tg_entries;

void tg_entries_init(tg_entries *c, tg_assessment *a);
/* False after the last one, and when `status` says why there cannot be another. */
bool tg_entries_next(tg_entries *c, tg_entry *out);
void tg_entries_done(tg_entries *c);
/* "systems[billing].rto is 48" */
void tg_entry_fact(const tg_fact_used *u, const tg_assessment *a, tg_buf *out);
/* "systems[billing].rto is 48; systems[billing].owner is missing": facts of the facts files that a finding rests on. */
void tg_entry_evidence(const tg_entry *c, const tg_assessment *a, tg_buf *out);

#endif
