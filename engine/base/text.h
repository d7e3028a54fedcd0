/* Bytes, UTF-8, hashing, and the table of interned names. */
#ifndef TG_BASE_TEXT_H
#define TG_BASE_TEXT_H

#include "base/mem.h"

/* Text as pointer and length; not NUL-terminated unless said. */
typedef struct tg_str {
  const char *at;
  uint32_t n;
} tg_str;

#define TG_STR(literal) ((tg_str){(literal), (uint32_t)(sizeof(literal) - 1)})
#define TG_STR_ARG(s)   (int)(s).n, (s).at /* for "%.*s" */
tg_str tg_str_of(const char *nul_terminated);
bool tg_str_eq(tg_str a, tg_str b);
bool tg_str_is(tg_str a, const char *nul_terminated);
/* <0, 0, >0 by bytes, which for UTF-8 is by code point. */
int tg_str_cmp(tg_str a, tg_str b);

/* Offset of the first byte that is not part of valid UTF-8 (no surrogates, no overlong forms), or `n`. */
size_t tg_utf8_bad(const void *bytes, size_t n);
/* Number of code points of valid UTF-8. */
size_t tg_utf8_count(const void *bytes, size_t n);
/* Decodes the code point at `p` (valid UTF-8, p < end); *len gets its bytes. */
uint32_t tg_utf8_get(const uint8_t *p, const uint8_t *end, unsigned *len);
/* Writes 1 to 4 bytes, returns how many; `cp` must be a scalar value. */
unsigned tg_utf8_put(uint32_t cp, uint8_t out[4]);

/* Whether a build runner's command may begin at `at`: `##`, letters, `[`.  Runners look for it anywhere in a line. */
bool tg_begins_command(tg_str s, size_t at);
/* `s` (valid UTF-8) as a JSON string with its quotes, which YAML reads alike: what YAML does not take as it stands, what could change what a
 * terminal or a script shows (controls, bidirectional marks, line separators), and a runner's commands are escaped. */
void tg_quote(tg_buf *out, tg_str s);

/* SHA-256 (libsodium). */
void tg_sha256(const void *bytes, size_t n, uint8_t out[32]);
void tg_hex(const uint8_t *bytes, size_t n, char *out /* 2n + 1 */);

/* SipHash-2-4 under `seed`: keys come from strangers.  tg_seed_fresh draws one from the system. */
typedef struct tg_seed {
  uint8_t bytes[16];
} tg_seed;
tg_status tg_seed_fresh(tg_seed *s);
uint64_t tg_siphash(const tg_seed *s, const void *bytes, size_t n);

/* ---- interned names: text <-> small number, first come first served ---- */

#define TG_NO_NAME UINT32_MAX
/* Zero bytes behind each name: readers compare eight at a time. */
#define TG_NAME_PADDING 8
typedef struct tg_names {
  tg_mem *mem;
  tg_arena arena;
  tg_seed seed;
  TG_VEC(tg_str) names;
  uint32_t *slots; /* open addressing, name + 1; 0 = free */
  uint32_t slot_count;
} tg_names;

tg_status tg_names_init(tg_names *t, tg_mem *mem);
void tg_names_done(tg_names *t);
void tg_names_reset(tg_names *t);
/* The number of `s`, adding a copy of it when new; TG_NO_NAME when memory was refused. */
uint32_t tg_names_add(tg_names *t, tg_str s);
/* The number of `s` or TG_NO_NAME. */
uint32_t tg_names_find(const tg_names *t, tg_str s);
static inline tg_str tg_names_get(const tg_names *t, uint32_t name) { return t->names.at[name]; }

/* The nearest of `count` candidates within a third of the length in edits, for "did you mean"; -1 = none. */
int tg_nearest(tg_str word, const tg_str *candidates, size_t count);

#endif
