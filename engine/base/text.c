/* Bytes, UTF-8, hashing, names. */
#include "base/text.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/random.h>

tg_str tg_str_of(const char *s) { return (tg_str){s, s ? (uint32_t)strlen(s) : 0}; }

bool tg_str_eq(tg_str a, tg_str b) { return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0); }

bool tg_str_is(tg_str a, const char *s) {
  size_t n = strlen(s);
  return a.n == n && (n == 0 || memcmp(a.at, s, n) == 0);
}

int tg_str_cmp(tg_str a, tg_str b) {
  uint32_t n = a.n < b.n ? a.n : b.n;
  int c = n ? memcmp(a.at, b.at, n) : 0;
  return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

/* ---- UTF-8 ---- */

/* Bytes of the code point that `p` begins, 0 when it is not valid (RFC 3629). */
static unsigned valid_at(const uint8_t *p, const uint8_t *end) {
  uint8_t c = p[0];
  size_t left = (size_t)(end - p);
#define TAIL(i) ((p[i] & 0xc0) == 0x80)
  if (c < 0x80) return 1;
  if (c < 0xc2) return 0;
  if (c < 0xe0) return left >= 2 && TAIL(1) ? 2 : 0;
  if (c < 0xf0) {
    if (left < 3 || !TAIL(1) || !TAIL(2)) return 0;
    if (c == 0xe0 && p[1] < 0xa0) return 0; /* overlong */
    if (c == 0xed && p[1] > 0x9f) return 0; /* surrogates */
    return 3;
  }
  if (c > 0xf4 || left < 4 || !TAIL(1) || !TAIL(2) || !TAIL(3)) return 0;
  if (c == 0xf0 && p[1] < 0x90) return 0;
  if (c == 0xf4 && p[1] > 0x8f) return 0;
  return 4;
#undef TAIL
}

size_t tg_utf8_bad(const void *bytes, size_t n) {
  const uint8_t *start = bytes, *p = start, *end = start + n;
  while (p < end) {
    while (end - p >= 8) { /* eight ASCII bytes at a time */
      uint64_t word;
      memcpy(&word, p, 8);
      if (word & UINT64_C(0x8080808080808080)) break;
      p += 8;
    }
    if (p == end) break;
    unsigned len = valid_at(p, end);
    if (len == 0) return (size_t)(p - start);
    p += len;
  }
  return n;
}

size_t tg_utf8_count(const void *bytes, size_t n) {
  const uint8_t *p = bytes;
  size_t count = n, i = 0;
  for (; i + 8 <= n; i += 8) { /* continuation bytes have bit 7 set and bit 6 clear: eight at a time */
    uint64_t word;
    memcpy(&word, p + i, 8);
    word = (word >> 7) & (~word >> 6) & UINT64_C(0x0101010101010101);
    count -= word * UINT64_C(0x0101010101010101) >> 56;
  }
  for (; i < n; i++) count -= (p[i] & 0xc0) == 0x80;
  return count;
}

uint32_t tg_utf8_get(const uint8_t *p, const uint8_t *end, unsigned *len) {
  unsigned n = valid_at(p, end);
  *len = n ? n : 1;
  switch (n) {
  case 1: return p[0];
  case 2: return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
  case 3: return (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
  case 4: return (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
  default: return 0xfffd;
  }
}

unsigned tg_utf8_put(uint32_t cp, uint8_t out[4]) {
  if (cp < 0x80) {
    out[0] = (uint8_t)cp;
    return 1;
  }
  if (cp < 0x800) {
    out[0] = (uint8_t)(0xc0 | cp >> 6);
    out[1] = (uint8_t)(0x80 | (cp & 0x3f));
    return 2;
  }
  if (cp < 0x10000) {
    out[0] = (uint8_t)(0xe0 | cp >> 12);
    out[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
    out[2] = (uint8_t)(0x80 | (cp & 0x3f));
    return 3;
  }
  out[0] = (uint8_t)(0xf0 | cp >> 18);
  out[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
  out[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
  out[3] = (uint8_t)(0x80 | (cp & 0x3f));
  return 4;
}

/* ---- digests and hashes ---- */

/* C0, DEL, C1, marks of direction, zero-width and line separators, byte order marks, noncharacters. */
static bool escaped(uint32_t cp) {
  return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
         (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || cp == 0xfffe ||
         cp == 0xffff;
}

bool tg_begins_command(tg_str s, size_t at) {
  if (s.n - at < 3 || s.at[at] != '#' || s.at[at + 1] != '#') return false;
  size_t i = at + 2;
  while (i < s.n && (s.at[i] | 0x20) >= 'a' && (s.at[i] | 0x20) <= 'z') i++;
  return i < s.n && s.at[i] == '[';
}

void tg_quote(tg_buf *out, tg_str s) {
  const uint8_t *p = (const uint8_t *)(s.n ? s.at : ""), *end = p + s.n, *from = p;
  tg_buf_putc(out, '"');
  while (p < end) {
    unsigned n = 1;
    uint32_t cp = *p < 0x80 ? *p : tg_utf8_get(p, end, &n);
    if (cp == '"' || cp == '\\' || escaped(cp) ||
        (cp == '#' && tg_begins_command(s, (size_t)((const char *)p - s.at)))) {
      tg_buf_put(out, from, (size_t)(p - from));
      if (cp == '"' || cp == '\\')
        tg_buf_printf(out, "\\%c", (char)cp);
      else if (cp == '\n')
        tg_buf_puts(out, "\\n");
      else if (cp == '\t')
        tg_buf_puts(out, "\\t");
      else
        tg_buf_printf(out, "\\u%04x", (unsigned)cp);
      from = p + n;
    }
    p += n;
  }
  tg_buf_put(out, from, (size_t)(end - from));
  tg_buf_putc(out, '"');
}

void tg_sha256(const void *bytes, size_t n, uint8_t out[32]) {
  crypto_hash_sha256(out, n ? bytes : (const void *)"", n);
}

void tg_hex(const uint8_t *bytes, size_t n, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) {
    out[2 * i] = digits[bytes[i] >> 4];
    out[2 * i + 1] = digits[bytes[i] & 15];
  }
  out[2 * n] = 0;
}

tg_status tg_seed_fresh(tg_seed *s) {
  ssize_t got;
  do /* a signal can interrupt the wait for a pool that is still empty after boot */
    got = getrandom(s->bytes, sizeof s->bytes, 0);
  while (got < 0 && errno == EINTR);
  return got == (ssize_t)sizeof s->bytes ? TG_OK : TG_IO;
}

uint64_t tg_siphash(const tg_seed *s, const void *bytes, size_t n) {
  uint8_t out[crypto_shorthash_BYTES];
  uint64_t h;
  crypto_shorthash(out, n ? bytes : (const void *)"", n, s->bytes);
  memcpy(&h, out, sizeof h);
  return h;
}

/* ---- names ---- */

tg_status tg_names_init(tg_names *t, tg_mem *mem) {
  memset(t, 0, sizeof *t);
  t->mem = mem;
  tg_arena_init(&t->arena, mem);
  return tg_seed_fresh(&t->seed);
}

void tg_names_done(tg_names *t) {
  if (t->mem == NULL) return;
  tg_vec_done(t->mem, &t->names);
  tg_mem_free(t->mem, t->slots, sizeof *t->slots * t->slot_count);
  t->slots = NULL;
  t->slot_count = 0;
  tg_arena_done(&t->arena);
}

void tg_names_reset(tg_names *t) {
  t->names.n = 0;
  if (t->slots != NULL) memset(t->slots, 0, sizeof *t->slots * t->slot_count);
  tg_arena_reset(&t->arena);
}

/* The slot of `s`, or the free one where it belongs. */
static uint32_t slot_of(const tg_names *t, tg_str s) {
  uint32_t mask = t->slot_count - 1, at = (uint32_t)tg_siphash(&t->seed, s.at, s.n) & mask;
  while (t->slots[at] != 0 && !tg_str_eq(t->names.at[t->slots[at] - 1], s)) at = (at + 1) & mask;
  return at;
}

static bool grow(tg_names *t) {
  uint32_t count = t->slot_count ? t->slot_count * 2 : 64, old = t->slot_count;
  if (count == 0) { /* 2^31 slots are full: the numbers end */
    t->mem->failed = t->mem->limit_hit = true;
    return false;
  }
  uint32_t *slots = tg_mem_zalloc(t->mem, sizeof *slots * count);
  if (slots == NULL) return false;
  uint32_t *before = t->slots;
  t->slots = slots;
  t->slot_count = count;
  for (uint32_t i = 0; i < t->names.n; i++) t->slots[slot_of(t, t->names.at[i])] = i + 1;
  tg_mem_free(t->mem, before, sizeof *before * old);
  return true;
}

uint32_t tg_names_find(const tg_names *t, tg_str s) {
  if (t->slot_count == 0) return TG_NO_NAME;
  uint32_t at = slot_of(t, s);
  return t->slots[at] == 0 ? TG_NO_NAME : t->slots[at] - 1;
}

uint32_t tg_names_add(tg_names *t, tg_str s) {
  if ((uint64_t)t->names.n * 2 >= t->slot_count && !grow(t)) return TG_NO_NAME;
  uint32_t at = slot_of(t, s);
  if (t->slots[at] != 0) return t->slots[at] - 1;
  char *copy = tg_arena_alloc(&t->arena, (size_t)s.n + TG_NAME_PADDING);
  tg_str name = {copy, s.n};
  if (copy != NULL && s.n > 0) memcpy(copy, s.at, s.n);
  if (copy == NULL || !tg_vec_push(t->mem, &t->names, name)) return TG_NO_NAME;
  t->slots[at] = t->names.n;
  return t->names.n - 1;
}

/* ---- did you mean ---- */

/* Longer words have no suggestion: the table lives on the stack, and nobody misspells 65 letters by a third unnoticed. */
enum { LONGEST_WORD = 64 };

/* Edits (insert, delete, replace, swap neighbours) between two short words; what cannot stay within `limit` is limit + 1.
 * A swap costs one and its letters are not edited again (optimal string alignment). */
static unsigned edits(tg_str a, tg_str b, unsigned limit) {
  unsigned rows[3][LONGEST_WORD + 1], last_least = 0;
  if (a.n > LONGEST_WORD || b.n > LONGEST_WORD) return limit + 1;
  for (unsigned j = 0; j <= b.n; j++) rows[0][j] = j;
  for (unsigned i = 1; i <= a.n; i++) {
    unsigned *row = rows[i % 3], *up = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    unsigned least = row[0] = i;
    for (unsigned j = 1; j <= b.n; j++) {
      unsigned best = up[j - 1] + (a.at[i - 1] != b.at[j - 1]);
      if (up[j] + 1 < best) best = up[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1] &&
          before[j - 2] + 1 < best)
        best = before[j - 2] + 1;
      row[j] = best;
      if (best < least) least = best;
    }
    if (least > limit && last_least > limit) return limit + 1; /* a swap reaches back two rows */
    last_least = least;
  }
  return rows[a.n % 3][b.n];
}

int tg_nearest(tg_str word, const tg_str *candidates, size_t count) {
  unsigned limit = word.n / 3 ? word.n / 3 : 1, best = limit + 1;
  int found = -1;
  for (size_t i = 0; i < count; i++) {
    unsigned longer = candidates[i].n > word.n ? candidates[i].n - word.n : word.n - candidates[i].n;
    if (longer >= best) continue;
    unsigned e = edits(word, candidates[i], limit);
    if (e < best && e > 0) {
      best = e;
      found = (int)i;
    }
  }
  return found;
}
