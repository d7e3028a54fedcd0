/* What the opaque handles of include/tollgate hold. */
#ifndef TG_API_HANDLES_H
#define TG_API_HANDLES_H

#include "assess/assess.h"
#include "base/limits.h"
#include "lower/lower.h"
#include "vm/vm.h"

#include "tollgate/tools.h"

#include <stdatomic.h>

struct tg_env {
  tg_allocator allocator;
  uint64_t memory_limit, subject_cost, document_cost;
  bool jit;
};

struct tg_messages {
  tg_mem mem;
  tg_diags diags;
  tg_buf written;
};

typedef struct tg_file_id {
  uint64_t device, inode;
} tg_file_id;

struct tg_compiler {
  tg_env *env;
  tg_messages *messages;
  tg_mem mem;
  tg_sources sources;
  tg_arena arena; /* ASTs and checked rules: dropped with the compiler */
  TG_VEC(tg_pack_ast *) packs;
  TG_VEC(tg_param_setting) params;
  TG_VEC(char *) tests;            /* *.test.yaml met in folders, when they are wanted */
  TG_VEC(tg_file_id) seen;         /* files read already: named twice, they are read once */
  TG_VEC(tg_config_ast *) configs; /* what one extends comes before it */
  tg_pack_ast **others; /* the standard packs, when they were read */
  uint32_t other_count;
  const char *standard;            /* folder of the standard packs and profiles; NULL = none */
  bool portfolio, finished, wants_tests, rules_given;
  bool profiled; /* a profile was named: what a configuration extends is left out */
};

struct tg_program_handle {
  atomic_uint references;
  tg_mem mem;
  tg_arena arena;
  tg_program program;
};

struct tg_baseline_handle {
  tg_mem mem;
  tg_baseline baseline;
};

struct tg_ratchet_handle {
  tg_mem mem;
  tg_ratchet ratchet;
};

struct tg_facts {
  tg_env *env;
  tg_messages *messages;
  tg_store store;
  tg_matcher *matcher;
  tg_buf printed; /* what tg_facts_find printed last */
  bool portfolio;
  tg_program_handle
      *checked_by; /* whose model the store remembers names of: kept, so that its address stays its own */
};

struct tg_assessment_handle {
  tg_assessment a;
  tg_buf report;
  uint32_t shown; /* finding whose detail is current; TG_NONE */
  const tg_detail *detail;
  tg_buf value; /* the fact printed last */
  char as_of[11];
  tg_messages *messages;
};

struct tg_eval {
  tg_env *env;
  tg_messages *messages;
  tg_program_handle *program;
  tg_mem mem;
  tg_rows rows;
  tg_vm *vm;
  TG_VEC(uint8_t) selected; /* one byte a gate */
  tg_assessment_handle assessment;
  tg_facts *facts; /* of the last run */
};

static inline tg_text tg_text_from(tg_str s) { return (tg_text){s.at, s.n}; }
static inline tg_str tg_str_from(tg_text t) { return (tg_str){t.at, (uint32_t)t.n}; }

/* Copies a caller's option struct, which may come from an older header, into ours: missing fields stay zero. */
#define TG_COPY_OPTIONS(target, source)                                                                      \
  do {                                                                                                       \
    memset((target), 0, sizeof *(target));                                                                   \
    if ((source) != NULL) {                                                                                  \
      size_t size_ = *(const size_t *)(const void *)(source);                                                \
      memcpy((target), (source), size_ < sizeof *(target) ? size_ : sizeof *(target));                       \
    }                                                                                                        \
  } while (0)
/* Writes a result into a struct of the caller's size. */
#define TG_GIVE(target, result)                                                                              \
  do {                                                                                                       \
    size_t size_ = (target)->size;                                                                           \
    (result).size = size_;                                                                                   \
    memcpy((target), &(result), size_ < sizeof(result) ? size_ : sizeof(result));                            \
  } while (0)

/* The gates that the filters of `o` leave, a byte each (`selected` holds one a gate).  TG_INVALID: a filter matches none, or together they leave none;
 * the diagnostics say which. */
typedef struct tg_selection {
  const tg_program *program;
  tg_mem *mem;
  tg_diags *diags;
} tg_selection;
tg_status tg_api_select(const tg_selection *e, const tg_run_options *o, uint8_t *selected);

/* Completes the packs of the run, which are those given, or configured, or standard: with the standard packs that these use. */
tg_status tg_api_lend(tg_compiler *c);

/* A rule test file by its name: *.test.yaml, *.test.yml. */
bool tg_is_test_file(const char *path);
/* A refused allocation as a diagnostic; gives the status back. */
tg_status tg_api_refused(tg_messages *m, const tg_mem *mem, tg_status status);

#endif
