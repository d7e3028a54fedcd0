/* JSON (RFC 8259) with full validation and the place of every value.
 *
 * One pass.  Keys are predicted: the key that followed the previous one last time is compared first, so that records of one
 * form cost a comparison a key instead of a hash.  Texts without escapes stay where they are. */
#include "facts/store.h"

#include "base/limits.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct reader {
  tg_store *store;
  tg_builder *b;
  tg_diags *diags;
  const uint8_t *text, *end, *at;
  uint32_t base;
  uint32_t last; /* name of the key before, TG_NO_NAME at first */
  int depth;
  const uint8_t *asked;
} reader;

static tg_status fail(reader *r, const uint8_t *at, const char *message, const char *hint) {
  tg_span span = {r->base + (uint32_t)(at - r->text), 1};
  tg_diag_at(r->diags, TG_E_JSON_SYNTAX, &r->store->sources, span, "%s", message);
  if (hint != NULL) tg_diag_hint(r->diags, "%s", hint);
  return TG_INVALID;
}

static void skip_blanks(reader *r) {
  while (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t') r->at++; /* padding ends it */
}

/* The first quote, backslash, control character or byte of a multi-byte character from `p` on; the padding's zeros stop it. */
static const uint8_t *plain_end(const uint8_t *p) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
  for (;;) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    /* signed comparison: bytes from 0x80 on are below the blank too */
    __m128i stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
                                _mm_cmplt_epi8(v, space));
    int mask = _mm_movemask_epi8(stop);
    if (mask) return p + __builtin_ctz((unsigned)mask);
    p += 16;
  }
#else
  while (*p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\') p++;
  return p;
#endif
}

static tg_status bad_byte(reader *r, const uint8_t *p) {
  if (p >= r->end) return fail(r, p, "the text is not closed", "a text ends with a double quote");
  if (*p >= 0x80) {
    tg_diag_at(r->diags, TG_E_UTF8, &r->store->sources, (tg_span){r->base + (uint32_t)(p - r->text), 1},
               "this byte is not valid UTF-8");
    tg_diag_hint(r->diags, "save the file as UTF-8");
    return TG_INVALID;
  }
  if (*p == '\n')
    return fail(r, p, "a line end stands in a text", "write it as \\n, or close the text before");
  return fail(r, p, "a control character stands in a text", "write it as \\u00xx");
}

/* Past a run of characters that need no escape; multi-byte characters are checked one by one. */
static const uint8_t *text_end(const uint8_t *p, const uint8_t *end) {
  for (;;) {
    p = plain_end(p);
    if (*p < 0x80 || p >= end) return p;
    unsigned len;
    uint32_t cp = tg_utf8_get(p, end, &len);
    if (cp == 0xfffd && !(len == 3 && p[0] == 0xef)) return p;
    p += len;
  }
}

static bool hex4(const uint8_t *p, uint32_t *out) {
  *out = 0;
  for (int i = 0; i < 4; i++) {
    uint8_t c = p[i];
    uint32_t digit = c >= '0' && c <= '9'                 ? (uint32_t)(c - '0')
                     : (c | 32) >= 'a' && (c | 32) <= 'f' ? (uint32_t)((c | 32) - 'a' + 10)
                                                          : 99u;
    if (digit > 15) return false;
    *out = *out * 16 + digit;
  }
  return true;
}

static tg_status unicode_escape(reader *r, const uint8_t **at, uint8_t out[4], unsigned *len) {
  const uint8_t *p = *at; /* behind \u */
  uint32_t cp, low;
  if (!hex4(p, &cp)) return fail(r, p - 2, "\\u needs four hexadecimal digits", NULL);
  p += 4;
  if (cp >= 0xdc00 && cp < 0xe000)
    return fail(r, *at - 2, "the second half of a surrogate pair stands alone", NULL);
  if (cp >= 0xd800 && cp < 0xdc00) {
    if (p[0] != '\\' || p[1] != 'u' || !hex4(p + 2, &low) || low < 0xdc00 || low > 0xdfff)
      return fail(r, *at - 2, "the first half of a surrogate pair stands alone", NULL);
    cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
    p += 6;
  }
  *len = tg_utf8_put(cp, out);
  *at = p;
  return TG_OK;
}

/* A text with escapes, from its first byte on, into the pool. */
static tg_status escaped(reader *r, const uint8_t *start, const uint8_t *p, uint32_t *offset, uint32_t *n) {
  tg_pool *pool = &r->store->pool;
  uint32_t first = pool->n;
  if (tg_pool_add(pool, start, (size_t)(p - start)) < 0) return tg_mem_status(&r->store->mem);
  for (;;) {
    uint8_t out[4];
    unsigned len = 1;
    if (*p == '"') break;
    if (*p != '\\') return bad_byte(r, p);
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *simple = p[1] ? strchr(from, p[1]) : NULL;
    if (simple != NULL) {
      out[0] = (uint8_t)to[simple - from];
      p += 2;
    } else if (p[1] == 'u') {
      const uint8_t *digits = p + 2;
      tg_status st = unicode_escape(r, &digits, out, &len);
      if (st != TG_OK) return st;
      p = digits;
    } else {
      return fail(r, p, "there is no such escape", "escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    }
    const uint8_t *run = p;
    p = text_end(p, r->end);
    if (tg_pool_add(pool, out, len) < 0 || tg_pool_add(pool, run, (size_t)(p - run)) < 0)
      return tg_mem_status(&r->store->mem);
  }
  r->at = p + 1;
  *offset = first;
  *n = pool->n - first;
  return TG_OK;
}

/* What tg_text_value makes of a text in the source; the padding makes eight bytes readable from any of its characters. */
static tg_value quoted_text(const uint8_t *at, uint32_t n, uint32_t address) {
  if (n >= UINT16_MAX) return tg_text_value(TG_HOME_QUOTED, at, n, address, 0);
  uint64_t prefix;
  memcpy(&prefix, at, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  prefix = __builtin_bswap64(prefix);
#endif
  if (n < 8) prefix &= n == 0 ? 0 : UINT64_MAX << (64 - 8 * n);
  tg_value v = {TG_V_TEXT, TG_HOME_QUOTED, (uint16_t)n, address, {0}};
  v.bits = prefix;
  return v;
}

static tg_status read_text(reader *r, tg_value *out) {
  const uint8_t *quote = r->at, *start = quote + 1, *p = text_end(start, r->end);
  uint32_t address = r->base + (uint32_t)(quote - r->text);
  if (*p == '"') {
    r->at = p + 1;
    *out = quoted_text(start, (uint32_t)(p - start), address);
    return TG_OK;
  }
  uint32_t offset, n;
  tg_status st = escaped(r, start, p, &offset, &n);
  if (st == TG_OK) *out = tg_text_value(TG_HOME_FACTS, r->store->pool.at + offset, n, address, offset);
  return st;
}

/* ---- keys ---- */

static void learn(reader *r, uint32_t name) {
  tg_store *s = r->store;
  if (r->last != TG_NO_NAME) {
    while (s->follow.n <= r->last)
      if (!tg_vec_push(&s->mem, &s->follow, TG_NO_NAME)) break;
    if (r->last < s->follow.n) s->follow.at[r->last] = name;
  }
  r->last = name;
}

/* Eight bytes at a time; both have that many readable behind them. */
static bool same_bytes(const uint8_t *a, const char *b, uint32_t n) {
  uint64_t x, y;
  for (; n > 8; n -= 8, a += 8, b += 8) {
    memcpy(&x, a, 8);
    memcpy(&y, b, 8);
    if (x != y) return false;
  }
  memcpy(&x, a, 8);
  memcpy(&y, b, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return n == 0 || (x ^ y) << (64 - 8 * n) == 0;
#else
  return n == 0 || (x ^ y) >> (64 - 8 * n) == 0;
#endif
}

static tg_status read_key(reader *r, uint32_t *name) {
  tg_store *s = r->store;
  const uint8_t *start = r->at + 1;
  uint32_t guess = r->last < s->follow.n ? s->follow.at[r->last] : TG_NO_NAME;
  if (guess != TG_NO_NAME) {
    tg_str g = tg_names_get(&s->names, guess);
    if ((size_t)(r->end - start) > g.n && start[g.n] == '"' && same_bytes(start, g.at, g.n)) {
      r->at = start + g.n + 1;
      r->last = guess;
      *name = guess;
      return TG_OK;
    }
  }
  const uint8_t *p = text_end(start, r->end);
  if (*p == '"') {
    r->at = p + 1;
    *name = tg_names_add(&s->names, (tg_str){(const char *)start, (uint32_t)(p - start)});
  } else {
    uint32_t offset, n;
    tg_status st = escaped(r, start, p, &offset, &n);
    if (st != TG_OK) return st;
    *name = tg_names_add(&s->names, (tg_str){(const char *)s->pool.at + offset, n});
  }
  if (*name == TG_NO_NAME) return tg_mem_status(&s->mem);
  learn(r, *name);
  return TG_OK;
}

/* ---- numbers ---- */

static tg_status read_number(reader *r, tg_value *out) {
  const uint8_t *start = r->at, *p = start;
  bool minus = *p == '-';
  if (minus) p++;
  if (*p < '0' || *p > '9') return fail(r, start, "a number needs digits", NULL);
  const uint8_t *digits = p;
  uint64_t whole = 0;
  while (*p >= '0' && *p <= '9') whole = whole * 10 + (uint64_t)(*p++ - '0');
  if (*digits == '0' && p - digits > 1) return fail(r, digits, "a number cannot begin with 0", NULL);
  uint32_t address = r->base + (uint32_t)(start - r->text);
  if (*p != '.' && *p != 'e' && *p != 'E' && p - digits <= 18) {
    *out = tg_int(minus ? -(int64_t)whole : (int64_t)whole);
    out->start = address;
    r->at = p;
    return TG_OK;
  }
  if (*p == '.') {
    if (*++p < '0' || *p > '9') return fail(r, p, "digits must follow the point", NULL);
    while (*p >= '0' && *p <= '9') p++;
  }
  if (*p == 'e' || *p == 'E') {
    p++;
    if (*p == '-' || *p == '+') p++;
    if (*p < '0' || *p > '9') return fail(r, p, "an exponent needs digits", NULL);
    while (*p >= '0' && *p <= '9') p++;
  }
  r->at = p;
  tg_span at = {address, (uint32_t)(p - start)};
  tg_parse got = tg_number_parse((const char *)start, (size_t)(p - start), false, out);
  out->start = address;
  if (got == TG_PARSE_RANGE) {
    tg_diag_at(r->diags, TG_E_NUMBER_RANGE, &r->store->sources, at,
               "numbers of 10^18 or more are not supported");
    return TG_INVALID;
  }
  if (got == TG_PARSE_ROUNDED)
    tg_diag_at(r->diags, TG_E_NUMBER_ROUNDED, &r->store->sources, at,
               "the number has more digits than are kept, and was rounded");
  return got == TG_PARSE_NOT ? fail(r, start, "this is no number", NULL) : TG_OK;
}

/* ---- values ---- */

static tg_status read_value(reader *r, tg_value *out);

static tg_status ask(reader *r) {
  if (r->store->interrupt == NULL || r->at - r->asked < (ptrdiff_t)TG_INTERRUPT_BYTES) return TG_OK;
  r->asked = r->at;
  return r->store->interrupt(r->store->interrupt_ctx) != 0 ? TG_INTERRUPTED : TG_OK;
}

static tg_status unexpected(reader *r, const char *wanted) {
  const uint8_t *p = r->at;
  if (p >= r->end) return fail(r, p, "the text ends too early", wanted);
  if (*p == '\'') return fail(r, p, "single quotes are not JSON", "use double quotes");
  if (*p == '/' || *p == '#') return fail(r, p, "JSON has no comments", "leave it out, or use YAML");
  if (*p == 'N' || *p == 'I' || memcmp(p, "-I", 2) == 0)
    return fail(r, p, "NaN and Infinity are not JSON", "use null for what is not known");
  if (*p == '}' || *p == ']' || *p == ',')
    return fail(r, p, "a value is missing here", "a comma stands between values only");
  return fail(r, p, "unexpected character", wanted);
}

static tg_status close_container(reader *r, uint32_t mark, tg_value container, tg_value *out) {
  r->at++;
  r->depth--;
  return tg_builder_close(r->b, mark, container, out);
}

static tg_status open_container(reader *r) {
  if (r->depth++ < TG_MAX_DEPTH) return ask(r);
  tg_span at = {r->base + (uint32_t)(r->at - r->text), 1};
  tg_diag_at(r->diags, TG_E_DEPTH, &r->store->sources, at, "containers are nested more than %d deep",
             TG_MAX_DEPTH);
  return TG_INVALID;
}

static tg_status read_list(reader *r, tg_value *out) {
  uint32_t mark = r->b->values.n;
  tg_value list = tg_value_make(TG_V_SEQ, 0, 0);
  list.start = r->base + (uint32_t)(r->at - r->text);
  tg_status st = open_container(r);
  if (st != TG_OK) return st;
  r->at++;
  skip_blanks(r);
  if (*r->at == ']') return close_container(r, mark, list, out);
  for (;;) {
    tg_value v;
    st = read_value(r, &v);
    if (st == TG_OK) st = ask(r);
    if (st == TG_OK) st = tg_builder_push(r->b, TG_NO_NAME, v.start, v);
    if (st != TG_OK) return st;
    skip_blanks(r);
    if (*r->at == ']') return close_container(r, mark, list, out);
    if (*r->at != ',') return unexpected(r, "a comma or `]` is wanted here");
    r->at++;
    skip_blanks(r);
    if (*r->at == ']')
      return fail(r, r->at - 1, "a comma before the end of the list", "leave the last comma out");
  }
}

static tg_status read_map(reader *r, tg_value *out) {
  uint32_t mark = r->b->values.n;
  tg_value map = tg_value_make(TG_V_MAP, 0, 0);
  map.start = r->base + (uint32_t)(r->at - r->text);
  tg_status st = open_container(r);
  if (st != TG_OK) return st;
  r->at++;
  skip_blanks(r);
  if (*r->at == '}') return close_container(r, mark, map, out);
  for (;;) {
    uint32_t name = TG_NO_NAME, place = r->base + (uint32_t)(r->at - r->text);
    if (*r->at != '"') {
      bool word = (*r->at >= 'a' && *r->at <= 'z') || (*r->at >= 'A' && *r->at <= 'Z') || *r->at == '_';
      return word ? fail(r, r->at, "a key must be quoted", "write it in double quotes")
                  : unexpected(r, "a key in double quotes is wanted here");
    }
    st = read_key(r, &name);
    if (st != TG_OK) return st;
    skip_blanks(r);
    if (*r->at != ':') return unexpected(r, "a colon is wanted here");
    r->at++;
    skip_blanks(r);
    tg_value v;
    st = read_value(r, &v);
    if (st == TG_OK) st = ask(r);
    if (st == TG_OK) st = tg_builder_push(r->b, name, place, v);
    if (st != TG_OK) return st;
    skip_blanks(r);
    if (*r->at == '}') return close_container(r, mark, map, out);
    if (*r->at != ',') return unexpected(r, "a comma or `}` is wanted here");
    r->at++;
    skip_blanks(r);
    if (*r->at == '}')
      return fail(r, r->at - 1, "a comma before the end of the mapping", "leave the last comma out");
  }
}

static tg_status word(reader *r, const char *text, tg_value v, tg_value *out) {
  size_t n = strlen(text);
  if (memcmp(r->at, text, n) != 0)
    return unexpected(r, "true, false, null, a number, a text, a list or a mapping is wanted here");
  v.start = r->base + (uint32_t)(r->at - r->text);
  r->at += n;
  *out = v;
  return TG_OK;
}

static tg_status read_value(reader *r, tg_value *out) {
  switch (*r->at) {
  case '"': return read_text(r, out);
  case '{': return read_map(r, out);
  case '[': return read_list(r, out);
  case 't': return word(r, "true", tg_bool(true), out);
  case 'f': return word(r, "false", tg_bool(false), out);
  case 'n': return word(r, "null", tg_unknown(TG_WHY_NULL), out);
  case '-':
    if (r->at[1] == 'I') return unexpected(r, NULL);
    return read_number(r, out);
  default:
    if (*r->at >= '0' && *r->at <= '9') return read_number(r, out);
    return unexpected(r, "true, false, null, a number, a text, a list or a mapping is wanted here");
  }
}

static tg_status want_map(reader *r, tg_value v, uint32_t source) {
  if (v.kind == TG_V_MAP || (v.kind == TG_V_SEQ && r->store->list_roots)) return TG_OK;
  return tg_facts_no_mapping(r->store, v.start, source, r->diags);
}

/* One document from r->at on, to the end of the line or of the text; *empty when only blanks are left. */
static tg_status read_document(reader *r, uint32_t source, bool line, bool *empty) {
  tg_value v;
  skip_blanks(r);
  *empty = r->at >= r->end;
  if (*empty) return TG_OK;
  tg_status st = read_value(r, &v);
  if (st != TG_OK) return st;
  if (line) {
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\r') r->at++;
    if (r->at < r->end && *r->at != '\n')
      return fail(r, r->at, "something follows the document on its line", "each line holds one document");
  } else {
    skip_blanks(r);
    if (r->at < r->end)
      return fail(r, r->at, "something follows the end of the document",
                  "a file holds one document; one a line needs the suffix .ndjson");
  }
  st = want_map(r, v, source);
  return st == TG_OK ? tg_builder_root(r->b, v, source) : st;
}

static reader begin(tg_store *s, uint32_t source, tg_diags *d) {
  const tg_source *x = &s->sources.list.at[source];
  reader r = {s, &s->builder, d, x->text, x->text + x->len, x->text, x->base, TG_NO_NAME, 0, x->text};
  if (x->len >= 3 && memcmp(x->text, "\xEF\xBB\xBF", 3) == 0) r.at += 3;
  tg_builder_init(&s->builder, s, d);
  return r;
}

static tg_status nothing(tg_store *s, uint32_t source, tg_diags *d) {
  tg_diag_file(d, TG_E_EMPTY, s->sources.list.at[source].name, "the file is empty");
  return TG_INVALID;
}

tg_status tg_facts_read_json(tg_store *s, uint32_t source, tg_diags *d) {
  reader r = begin(s, source, d);
  bool empty;
  tg_status st = read_document(&r, source, false, &empty);
  return st == TG_OK && empty ? nothing(s, source, d) : st;
}

tg_status tg_facts_read_ndjson(tg_store *s, uint32_t source, tg_diags *d) {
  reader r = begin(s, source, d);
  bool empty = false, some = false;
  for (;;) {
    tg_status st = read_document(&r, source, true, &empty);
    if (st != TG_OK) return st;
    if (empty) return some ? TG_OK : nothing(s, source, d);
    some = true;
  }
}
