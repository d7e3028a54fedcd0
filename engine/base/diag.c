/* Diagnostics: collected, sorted, written as file:line:col with the line and a caret. */
#include "base/diag.h"

#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef enum grade { ERROR, WARNING, STRICT } grade;

static const struct row {
  int code;
  grade grade;
  const char *summary;
} rows[] = {
#define TG_CODE(number, name, severity, text) {number, severity, text},
#include "base/codes.def"
#undef TG_CODE
};

static const struct row *row_of(tg_code code) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].code == (int)code) return &rows[i];
  return &rows[0];
}

const char *tg_code_summary(tg_code code) { return row_of(code)->summary; }

void tg_diags_init(tg_diags *d, tg_mem *mem) {
  memset(d, 0, sizeof *d);
  d->mem = mem;
  tg_arena_init(&d->arena, mem);
}

void tg_diags_done(tg_diags *d) {
  if (d->mem == NULL) return;
  tg_vec_done(d->mem, &d->list);
  tg_arena_done(&d->arena);
}

void tg_diags_reset(tg_diags *d) {
  d->list.n = 0;
  d->errors = d->warnings = d->kept[0] = d->kept[1] = 0;
  d->dropped = false; /* `strict` is an option, not a diagnostic: it stays */
  tg_arena_reset(&d->arena);
}

/* ---- excerpt ---- */

/* A character as it is shown, always one column: a tab is a space; what could change the terminal's state or begin a command, and bytes
 * that are no UTF-8, become U+FFFD. */
static void put_visible(tg_buf *b, const uint8_t *p, const uint8_t *end, unsigned *len) {
  uint32_t cp = tg_utf8_get(p, end, len);
  bool bad = cp == 0xfffd && *len == 1;
  if (cp == '\t')
    tg_buf_putc(b, ' ');
  else if (bad || tg_is_unseen(cp) || tg_begins_command((tg_str){(const char *)p, (uint32_t)(end - p)}, 0))
    tg_buf_puts(b, "\xef\xbf\xbd");
  else
    tg_buf_put(b, p, *len);
}

static void put_all_visible(tg_buf *b, const uint8_t *p, const uint8_t *end) {
  while (p < end) {
    unsigned len;
    put_visible(b, p, end, &len);
    p += len;
  }
}

/* Bytes of the character that ends before `p`; a byte that belongs to none counts as one. */
static unsigned bytes_back(const uint8_t *text, const uint8_t *p) {
  for (unsigned n = 1; n <= 4 && n <= p - text; n++) {
    unsigned len;
    if ((p[-(int)n] & 0xc0) == 0x80) continue;
    tg_utf8_get(p - n, p, &len);
    return len == n ? n : 1;
  }
  return 1;
}

static bool ends_line(const uint8_t *p, const uint8_t *end) {
  return p == end || *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n'));
}

/* Up to `most` characters to the left of *point, stopping at the line's start. */
static unsigned go_left(const uint8_t *text, const uint8_t **point, unsigned most) {
  const uint8_t *p = *point;
  unsigned n = 0;
  for (; n < most && p > text && p[-1] != '\n'; n++) p -= bytes_back(text, p);
  *point = p;
  return n;
}

static unsigned go_right(const uint8_t *end, const uint8_t **p, unsigned most) {
  unsigned n = 0, len;
  for (; n < most && !ends_line(*p, end); n++) {
    tg_utf8_get(*p, end, &len);
    *p += len;
  }
  return n;
}

/* The line of `at`, cut to TG_MAX_EXCERPT characters around it, and where the caret goes. */
static void cut_excerpt(tg_diags *d, const tg_source *s, tg_span at, tg_diag *out) {
  uint32_t offset = at.start - s->base;
  if (offset > s->len) offset = s->len;
  if (offset < tg_source_begin(s)) offset = tg_source_begin(s);
  const uint8_t *text = s->text + tg_source_begin(s), *point = s->text + offset, *end = s->text + s->len;
  const uint8_t *from = point, *to = point, *last = point;
  /* one character more than fits tells whether something is left out; a third of the room stays behind the caret */
  unsigned before = go_left(text, &from, TG_MAX_EXCERPT + 1), after = go_right(end, &to, TG_MAX_EXCERPT + 1);
  unsigned tail = after < TG_MAX_EXCERPT / 3 ? after : TG_MAX_EXCERPT / 3;
  unsigned head = before < TG_MAX_EXCERPT - tail ? before : TG_MAX_EXCERPT - tail;
  tail = after < TG_MAX_EXCERPT - head ? after : TG_MAX_EXCERPT - head;
  from = to = point;
  go_left(text, &from, head);
  go_right(end, &to, tail);
  tg_buf b;
  tg_buf_init(&b, d->mem);
  if (head < before) tg_buf_puts(&b, "...");
  put_all_visible(&b, from, to);
  if (tail < after) tg_buf_puts(&b, "...");
  const uint8_t *span_end = at.len < (size_t)(to - point) ? point + at.len : to;
  out->caret = head + (head < before ? 3 : 0);
  out->carets = go_right(span_end, &last, tail);
  if (out->carets == 0) out->carets = 1;
  char *copy = b.failed || b.n == 0 ? NULL : tg_arena_text(&d->arena, b.at, b.n);
  if (copy != NULL) out->excerpt = (tg_str){copy, (uint32_t)b.n};
  tg_buf_done(&b);
}

/* ---- appending ---- */

/* Messages quote facts and rules: they are cut to a length that can be read, and made as safe to print as excerpts. */
static tg_str format_text(tg_diags *d, const char *format, va_list values) {
  va_list again;
  va_copy(again, values);
  int whole = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (whole <= 0) return TG_STR("");
  size_t n = whole < TG_MAX_MESSAGE ? (size_t)whole : TG_MAX_MESSAGE;
  char *text = tg_mem_alloc(d->mem, n + 1);
  if (text == NULL) return TG_STR("");
  vsnprintf(text, n + 1, format, values);
  bool cut = n < (size_t)whole;
  const uint8_t *start = (const uint8_t *)text;
  size_t kept = n;
  if (cut) /* not in the middle of a character */
    while (kept > 0 && n - kept < 3 && tg_utf8_bad(start, kept) < kept) kept--;
  tg_buf safe;
  tg_buf_init(&safe, d->mem);
  put_all_visible(&safe, start, start + kept);
  if (cut) tg_buf_puts(&safe, "...");
  char *copy = safe.failed ? NULL : tg_arena_text(&d->arena, safe.n ? safe.at : "", safe.n);
  tg_str out = copy ? (tg_str){copy, (uint32_t)safe.n} : TG_STR("");
  tg_mem_free(d->mem, text, n + 1);
  tg_buf_done(&safe);
  return out;
}

static tg_str keep_text(tg_diags *d, tg_str s) {
  char *copy = tg_arena_text(&d->arena, s.at ? s.at : "", s.n);
  return copy ? (tg_str){copy, s.n} : TG_STR("");
}

/* Counts the diagnostic and gives the place where it is kept; NULL when it is only counted. */
static tg_diag *append(tg_diags *d, tg_code code) {
  grade g = row_of(code)->grade;
  tg_diag_severity severity = g == ERROR || (g == STRICT && d->strict) ? TG_DIAG_ERROR : TG_DIAG_WARNING;
  tg_diag x = {.code = code, .severity = severity};
  if (severity == TG_DIAG_ERROR)
    d->errors++;
  else
    d->warnings++;
  d->dropped = d->kept[severity] >= TG_MAX_DIAGS || !tg_vec_push(d->mem, &d->list, x);
  if (d->dropped) return NULL;
  d->kept[severity]++;
  return &d->list.at[d->list.n - 1];
}

void tg_diag_at(tg_diags *d, tg_code code, const tg_sources *src, tg_span at, const char *format, ...) {
  tg_diag *x = append(d, code);
  if (x == NULL) return;
  va_list values;
  va_start(values, format);
  x->message = format_text(d, format, values);
  va_end(values);
  const tg_source *s = src == NULL || at.start == UINT32_MAX ? NULL : tg_sources_of(src, at.start);
  if (s == NULL) return;
  tg_place place = tg_sources_place(src, at.start);
  x->file = keep_text(d, place.file);
  x->line = place.line;
  x->column = place.column;
  if (s->len > 0) cut_excerpt(d, s, at, x);
}

void tg_diag_file(tg_diags *d, tg_code code, tg_str file, const char *format, ...) {
  tg_diag *x = append(d, code);
  if (x == NULL) return;
  va_list values;
  va_start(values, format);
  x->message = format_text(d, format, values);
  va_end(values);
  x->file = keep_text(d, file);
}

void tg_diag_hint(tg_diags *d, const char *format, ...) {
  if (d->dropped || d->list.n == 0) return;
  va_list values;
  va_start(values, format);
  d->list.at[d->list.n - 1].hint = format_text(d, format, values);
  va_end(values);
}

void tg_diag_note_at(tg_diags *d, const tg_sources *src, tg_span at, const char *format, ...) {
  if (d->dropped || d->list.n == 0) return;
  tg_diag *x = &d->list.at[d->list.n - 1];
  if (x->note_count >= sizeof x->notes / sizeof *x->notes) return;
  tg_diag_note *note = &x->notes[x->note_count++];
  va_list values;
  va_start(values, format);
  note->message = format_text(d, format, values);
  va_end(values);
  if (src == NULL || at.start == UINT32_MAX) return;
  tg_place place = tg_sources_place(src, at.start);
  note->file = keep_text(d, place.file);
  note->line = place.line;
  note->column = place.column;
}

/* ---- reading ---- */

static int by_place(const tg_diag *a, const tg_diag *b) {
  int c = tg_str_cmp(a->file, b->file);
  if (c) return c;
  if (a->line != b->line) return a->line < b->line ? -1 : 1;
  if (a->column != b->column) return a->column < b->column ? -1 : 1;
  if (a->code != b->code) return a->code < b->code ? -1 : 1;
  return tg_str_cmp(a->message, b->message);
}

/* Insertion: there are 100 at most, it is stable, and qsort may allocate behind the back of tg_mem. */
void tg_diags_sort(tg_diags *d) {
  for (uint32_t i = 1; i < d->list.n; i++) {
    tg_diag x = d->list.at[i];
    uint32_t k = i;
    for (; k > 0 && by_place(&d->list.at[k - 1], &x) > 0; k--) d->list.at[k] = d->list.at[k - 1];
    d->list.at[k] = x;
  }
}

static void put_file(tg_buf *out, tg_str file, uint32_t line, uint32_t column) {
  if (file.n == 0) {
    tg_buf_puts(out, "tollgate: ");
    return;
  }
  size_t at = 0, before;
  do { /* at the start of a line a runner's command begins with two colons */
    before = at;
    at = tg_skip_unseen(file, at);
    while (at < file.n && (file.at[at] == ' ' || file.at[at] == '\t')) at++;
  } while (at != before);
  if (at < file.n && file.at[at] == ':') {
    tg_buf_puts(out, "\xef\xbf\xbd");
    at++;
  } else {
    at = 0;
  }
  put_all_visible(out, (const uint8_t *)file.at + at, (const uint8_t *)file.at + file.n);
  if (line) tg_buf_printf(out, ":%u:%u", (unsigned)line, (unsigned)column);
  tg_buf_puts(out, ": ");
}

static void put_repeated(tg_buf *out, char c, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) tg_buf_putc(out, c);
}

void tg_diag_write(const tg_diag *d, bool colour, tg_buf *out) {
  bool error = d->severity == TG_DIAG_ERROR;
  const char *red = colour ? error ? "\033[1;31m" : "\033[1;33m" : "", *off = colour ? "\033[0m" : "";
  put_file(out, d->file, d->line, d->column);
  tg_buf_printf(out, "%s%s%s: %.*s [TG%04d]\n", red, error ? "error" : "warning", off, TG_STR_ARG(d->message),
                (int)d->code);
  if (d->line && d->excerpt.n) {
    char number[16];
    int width = snprintf(number, sizeof number, "%u", (unsigned)d->line);
    tg_buf_printf(out, "%*s | %.*s\n", width < 5 ? 5 : width, number, TG_STR_ARG(d->excerpt));
    put_repeated(out, ' ', width < 5 ? 5 : (uint32_t)width);
    tg_buf_puts(out, " | ");
    put_repeated(out, ' ', d->caret);
    tg_buf_puts(out, red);
    put_repeated(out, '^', d->carets);
    tg_buf_printf(out, "%s\n", off);
  }
  if (d->hint.n) tg_buf_printf(out, "  hint: %.*s\n", TG_STR_ARG(d->hint));
  for (uint32_t i = 0; i < d->note_count; i++) {
    tg_buf_puts(out, "  note: ");
    if (d->notes[i].file.n) put_file(out, d->notes[i].file, d->notes[i].line, d->notes[i].column);
    tg_buf_printf(out, "%.*s\n", TG_STR_ARG(d->notes[i].message));
  }
}
