/* Source texts and places in them.  All sources of one set share one 32-bit address space, so a place
 * is four bytes; file, line and column are worked out on demand. */
#ifndef TG_BASE_SOURCE_H
#define TG_BASE_SOURCE_H

#include "base/text.h"

#include <pthread.h>
#include <stdatomic.h>

/* `start` is an address in the set's space. */
typedef struct tg_span {
  uint32_t start, len;
} tg_span;
#define TG_NO_SPAN ((tg_span){UINT32_MAX, 0})

/* Address space is handed out in pages, so that an address leads to its text with one look-up. */
#define TG_PAGE_BITS 16

typedef struct tg_source {
  tg_str name;         /* as printed in diagnostics and reports */
  const uint8_t *text; /* `len` bytes, then 64 bytes of zero */
  uint32_t len;
  uint32_t base; /* address of text[0]; a multiple of the page size */
  size_t owned;  /* bytes to free; 0 = borrowed */
  TG_VEC(uint32_t)
  lines; /* offset of each line's first byte, made at the first question; begins at tg_source_begin */
  TG_VEC(uint32_t) marks;     /* code points before each 4 KiB of text, made with the lines */
  uint8_t sha256[32];         /* digest of text; valid when hashed */
  atomic_bool placed, hashed; /* the tables, the digest are there: from then on they are only read */
} tg_source;

typedef struct tg_sources {
  tg_mem *mem;
  TG_VEC(tg_source) list;
  TG_VEC(uintptr_t) pages; /* pages.at[address >> 16] + address = pointer to the byte */
  TG_VEC(uint32_t) owner;  /* page -> index in list */
  tg_arena names;
  pthread_mutex_t lock; /* while tables and digests are made: threads may share a set that is only read */
} tg_sources;

/* Where the text begins: behind a byte order mark, which no place counts and no excerpt shows. */
uint32_t tg_source_begin(const tg_source *x);

typedef struct tg_place {
  tg_str file;
  uint32_t line, column; /* from 1; columns count code points */
} tg_place;

void tg_sources_init(tg_sources *s, tg_mem *mem);
void tg_sources_done(tg_sources *s);
void tg_sources_reset(tg_sources *s);
/* Copies `n` bytes into private, padded memory (a mapped or shared buffer can change after it was checked).
 * *index gets its place in the list.  TG_LIMIT past 4 GiB in all. */
tg_status tg_sources_add(tg_sources *s, tg_str name, const void *bytes, size_t n, uint32_t *index);
/* The same without the copy: `padded` has 64 readable zero bytes behind it and outlives the set. */
tg_status tg_sources_borrow(tg_sources *s, tg_str name, const uint8_t *padded, size_t n, uint32_t *index);
/* Takes over memory of this set's tg_mem, handed out with `size` >= n + 64; on failure it stays the caller's. */
tg_status tg_sources_take(tg_sources *s, tg_str name, uint8_t *text, size_t n, size_t size, uint32_t *index);
static inline const uint8_t *tg_sources_at(const tg_sources *s, uint32_t address) {
  return (const uint8_t *)(s->pages.at[address >> TG_PAGE_BITS] + address);
}
tg_source *tg_sources_of(const tg_sources *s, uint32_t address); /* NULL for none */
/* File, line and column of an address; {"", 0, 0} for TG_NO_SPAN.  Makes the line table (memory may be refused: then line 0). */
tg_place tg_sources_place(const tg_sources *s, uint32_t address);
/* Digest of a source's text, computed once.  This and tg_sources_place may be called by several threads at a time. */
const uint8_t *tg_source_sha256(const tg_sources *s, tg_source *x);

#endif
