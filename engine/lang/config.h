/* What a configuration (tollgate.yaml, a profile) says, before names mean anything.  Lives in the unit's arena. */
#ifndef TG_LANG_CONFIG_H
#define TG_LANG_CONFIG_H

#include "lang/lang.h"

/* One named value: a parameter, an area's floor or weight. */
typedef struct tg_entry_ast {
  tg_text_at name;
  tg_scalar_ast *value;
  struct tg_entry_ast *next;
} tg_entry_ast;

/* What is changed in one gate, and why. */
typedef struct tg_tailor_ast {
  tg_text_at gate, reason;
  tg_text_at severity;                           /* empty = as it is; so below */
  tg_text_at likelihood, impact, weight, effort; /* numbers as written */
  tg_entry_ast *params;
  tg_text_at disabled, waivable; /* "true", "false" or empty */
  struct tg_tailor_ast *next;
} tg_tailor_ast;

typedef struct tg_config_ast {
  uint32_t source; /* index in the rule sources */
  tg_text_at title;
  tg_text_at extends; /* the name of a profile, or a path beside this file */
  tg_list_at packs;   /* names of packs, or paths beside this file; has_packs tells an empty list */
  bool has_packs;
  tg_entry_ast *params;
  tg_tailor_ast *tailoring;
  tg_text_at bands[3];   /* least score of critical, high, medium */
  tg_span bands_at;      /* TG_NO_SPAN = none */
  tg_text_at matrix[25]; /* severities at (likelihood - 1) * 5 + impact - 1 */
  tg_span matrix_at;     /* TG_NO_SPAN = none */
  tg_text_at readiness, fail_on, unknown;
  tg_entry_ast *min_proven, *area_weights;
  tg_waiver_policy_ast waiver_policy;
  tg_text_at waivers;                     /* path beside this file */
  int64_t expires_soon, evidence_max_age; /* days; -1 = not set */
  tg_span expires_soon_at, evidence_at, require_at;
  tg_text_at require_evidence; /* "true", "false" or empty */
} tg_config_ast;

/* Reads one configuration.  Errors are collected; *out is there unless memory was refused or the YAML is unreadable. */
tg_status tg_config_read(tg_arena *arena, tg_sources *sources, uint32_t source, tg_diags *d,
                         tg_config_ast **out);

#endif
