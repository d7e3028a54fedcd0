/* Diagnostics: the library appends to a sink and never prints. */
#ifndef TG_BASE_DIAG_H
#define TG_BASE_DIAG_H

#include "base/source.h"

/* Stable codes, one row each in codes.def. */
typedef enum tg_code {
#define TG_CODE(number, name, severity, summary) TG_E_##name = number,
#include "base/codes.def"
#undef TG_CODE
} tg_code;

typedef struct tg_diag_note {
  tg_str message, file;
  uint32_t line, column;
} tg_diag_note;

/* Everything is copied into the sink: a diagnostic outlives the sources it speaks of. */
typedef struct tg_diag {
  tg_code code;
  tg_diag_severity severity;
  tg_str message, hint;   /* hint may be empty */
  tg_str file;            /* empty: no place */
  uint32_t line, column;  /* from 1, code points; 0 = the file as a whole */
  tg_str excerpt;         /* the line, cut around the caret; control characters made visible */
  uint32_t caret, carets; /* columns of excerpt before the caret, and its length (>= 1) */
  tg_diag_note notes[2];
  uint32_t note_count;
} tg_diag;

typedef struct tg_diags {
  tg_mem *mem;
  tg_arena arena;
  TG_VEC(tg_diag) list;      /* at most TG_MAX_DIAGS errors and as many warnings */
  uint32_t errors, warnings; /* counted in full */
  uint32_t kept[2];          /* by severity */
  bool dropped;              /* the last one was only counted: hints and notes have nowhere to go */
  bool strict;               /* warnings of codes marked strict become errors */
} tg_diags;

void tg_diags_init(tg_diags *d, tg_mem *mem);
void tg_diags_done(tg_diags *d);
void tg_diags_reset(tg_diags *d);

/* Appends; severity comes from the code's row.  `src` NULL or TG_NO_SPAN: without a place.  Never fails loudly: when memory
 * is refused the count still rises. */
void tg_diag_at(tg_diags *d, tg_code code, const tg_sources *src, tg_span at, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same for a file without text (unreadable, a directory): place is the file alone, `line` may be 0. */
void tg_diag_file(tg_diags *d, tg_code code, tg_str file, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Both belong to the diagnostic appended last; nothing happens when that was dropped. */
void tg_diag_hint(tg_diags *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tg_diag_note_at(tg_diags *d, const tg_sources *src, tg_span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Sorts by file and place where the order of discovery is not the order of the text. */
void tg_diags_sort(tg_diags *d);
/* "file:line:col: error: text [TG0101]", the line, the caret, the hint, notes. */
void tg_diag_write(const tg_diag *d, bool colour, tg_buf *out);
const char *tg_code_summary(tg_code code);

#endif
