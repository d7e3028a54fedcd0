/* A JSON report read back: what baselines, comparisons and waivers ask of an earlier assessment. */
#ifndef TG_ASSESS_PAST_H
#define TG_ASSESS_PAST_H

#include "assess/assess.h"

/* A JSON object from a file; texts live as long as it does. */
typedef struct tg_past {
  tg_store store;
  tg_heap heap;
  uint32_t root; /* node */
  uint32_t source;
  tg_code code;     /* of the diagnostics about it */
  const char *hint; /* what kind of file is wanted */
} tg_past;

/* TG_INVALID, TG_IO, TG_NOMEM: the sink says why; tg_past_done releases what was read all the same. */
tg_status tg_past_read(tg_past *p, tg_mem *mem, const char *path, tg_str name, tg_code code, const char *hint,
                       tg_diags *d);
void tg_past_done(tg_past *p);
/* Gives a diagnostic at `node` (TG_NONE: about the file) with the hint; TG_INVALID. */
tg_status tg_past_wrong(const tg_past *p, tg_diags *d, uint32_t node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- asking ---- */
tg_value tg_past_value(const tg_past *p, uint32_t node); /* of TG_NONE: unknown */
/* The member `key` (NUL-terminated) of a map, or TG_NONE; so for `node` TG_NONE. */
uint32_t tg_past_child(const tg_past *p, uint32_t node, const char *key);
/* The text of a node, or of a member; .at NULL when there is none. */
tg_str tg_past_text(const tg_past *p, uint32_t node);
tg_str tg_past_member(const tg_past *p, uint32_t node, const char *key);
/* Elements of a list or map: 0 for everything else. */
uint32_t tg_past_count(const tg_past *p, uint32_t node);
uint32_t tg_past_at(const tg_past *p, uint32_t node, uint32_t index);
/* The key under which a node stands in its map. */
tg_str tg_past_key(const tg_past *p, uint32_t node);
/* A number as tenths, -1 for anything else. */
int tg_past_tenths(const tg_past *p, uint32_t node);
/* A whole number from 0 on; 0 for anything else. */
int64_t tg_past_int(const tg_past *p, uint32_t node);
/* Scalars and lists of them as JSON on one line; a text alone without quotes when `bare`. */
void tg_past_print(const tg_past *p, uint32_t node, bool bare, tg_buf *out);

/* ---- reports ---- */
/* Whether it is a whole report: every member that the schema asks for with its kind, and as many findings as the gates count. */
tg_status tg_past_report(const tg_past *p, tg_diags *d);

/* A finding of a report; texts live in the report. */
typedef struct tg_past_finding {
  uint32_t node, index;
  tg_str fingerprint, gate, label, path, message;
  uint8_t outcome, severity, score;
} tg_past_finding;
/* Reads one; TG_INVALID: it lacks fingerprint, gate, status or severity. */
tg_status tg_past_finding_of(const tg_past *p, uint32_t node, tg_past_finding *out, tg_diags *d);
/* All of them by fingerprint, in `arena`.  TG_INVALID also when two share one. */
tg_status tg_past_findings(const tg_past *p, tg_arena *arena, tg_past_finding **out, uint32_t *count,
                           tg_diags *d);

/* ---- signing off a baseline ---- */

typedef struct tg_signature {
  tg_str reason, owner, expires_on;
} tg_signature;
/* The report's bytes with `signed_off` as their last member (in place of an earlier one); `s` NULL: as they are.  TG_INVALID: it is no whole
 * report, or would expire before its own day. */
tg_status tg_baseline_put_signed(const tg_past *p, const tg_signature *s, tg_diags *d, tg_buf *out);

#endif
