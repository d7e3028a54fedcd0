/* Parts of the OSCAL report: what its two files share. */
#ifndef TG_REPORT_OSCAL_H
#define TG_REPORT_OSCAL_H

#include "report/entries.h"
#include "report/parts.h"

#define TG_OSCAL_NS "urn:tollgate:oscal"

typedef struct tg_oscal {
  tg_assessment *a;
  const tg_report_options *o;
  tg_buf scratch, more; /* texts being put together */
  tg_names subjects;    /* keys, in the order they come; number 0 is the engagement */
  tg_names people;      /* owners and approvers of the waivers in use */
  char day[32];         /* of the assessment, as OSCAL writes times */
  char tool[37];        /* the program as a component */
  bool failed;
} tg_oscal;

/* A UUID for what `kind` and `name` say in this engagement, the same in every run.  OSCAL takes versions 4 and 5 only, and version 5 is made with
 * SHA-1; so this is the beginning of SHA-256("tollgate-uuid/v1" 0x1F engagement 0x1F kind 0x1F name) in the form of version 4. */
void tg_oscal_uuid(tg_oscal *x, const char *kind, tg_str name, char out[37]);
/* Markdown: what the text says and nothing else, on one line; "-" for an empty one. */
void tg_oscal_markup(tg_oscal *x, tg_json *j, const char *key, tg_str s);
/* A string as OSCAL has them: one line, no blanks around it; "-" for an empty one. */
void tg_oscal_string(tg_oscal *x, tg_json *j, const char *key, tg_str s);
/* A property in our namespace; an empty value is left out. */
void tg_oscal_prop(tg_oscal *x, tg_json *j, const char *name, tg_str value);
void tg_oscal_uuid_of(tg_oscal *x, tg_json *j, const char *key, const char *kind, tg_str name);
/* False when OSCAL's years (1900 to 2999) do not reach that far. */
bool tg_oscal_time(tg_value day, char out[32]);
/* A path as a relative URI reference, in x->more; line 0: without a fragment. */
tg_str tg_oscal_href(tg_oscal *x, tg_str path, uint32_t line);

/* One element of `observations`, and, of a finding, one of `risks`. */
void tg_oscal_observation(tg_oscal *x, tg_json *j, const tg_entry *c);
void tg_oscal_risk(tg_oscal *x, tg_json *j, const tg_entry *c);

#endif
