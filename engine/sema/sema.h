/* The checker: packs in, resolved and typed rules out. */
#ifndef TG_SEMA_SEMA_H
#define TG_SEMA_SEMA_H

#include "lang/config.h"
#include "sema/tir.h"

typedef struct tg_param_setting {
  tg_str name;  /* full or short */
  tg_str value; /* as on the command line: read by the param's type; lists as JSON or comma-separated */
} tg_param_setting;

typedef struct tg_sema_options {
  const tg_param_setting *params;
  uint32_t param_count;
  tg_config_ast *const *configs; /* what a configuration extends comes before it */
  uint32_t config_count;
  tg_pack_ast *const *others; /* standard packs that the run does not take: their gates are known by name */
  uint32_t other_count;
  bool portfolio; /* only packs of scope portfolio and what they use; else these are left out */
} tg_sema_options;

/* Checks all packs together.  Everything made lives in `arena`; errors are collected over all packs.  TG_INVALID: see `d`. */
tg_status tg_sema_check(tg_arena *arena, tg_sources *sources, tg_pack_ast **packs, uint32_t count,
                        const tg_sema_options *options, tg_diags *d, tg_checked *out);
/* Path as rules write it: "systems[].kt.sessions_done". */
void tg_path_text(const tg_checked *c, uint32_t path, tg_buf *out);

#endif
