/* The risk register as a workbook: the cells of the CSV report, in a sheet with a header, a filter and a page layout.
 *
 * It is made here and not in the library because libxlsxwriter keeps none of the library's promises: it writes parts of the workbook into
 * temporary files, reads TMPDIR, allocates past every limit and complains on standard error. */
#include "cli.h"

#ifdef TOLLGATE_XLSX

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

/* What a spreadsheet holds: more is cut, and the cut is marked. */
enum { MAX_ROWS = 1048576, MAX_UNITS = 32767 };
static const char mark[] = " [cut]";

typedef struct sheet {
  lxw_worksheet *to;
  lxw_format *head;
  char *cell; /* as long as the whole report: any cell fits */
  lxw_row_t row;
  uint64_t left_out; /* records behind the last row */
  lxw_error error;
} sheet;

const bool xlsx_built = true;

/* In the order of the register; the width of a column and whether it holds numbers. */
static const struct {
  uint8_t width;
  bool number;
} columns[] = {{18, false}, {10, false}, {24, false}, {10, false}, {32, false}, {16, false},
               {14, false}, {10, false}, {11, true},  {9, true},   {8, true},   {48, false},
               {40, false}, {28, false}, {7, true},   {9, true},   {28, false}, {48, false},
               {12, false}, {16, false}, {32, false}, {14, false}, {20, false}, {21, false}};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* Bytes of the character at `p`, which is valid UTF-8. */
static size_t length_at(const char *p) {
  unsigned char c = (unsigned char)*p;
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Cuts by UTF-16 units, as spreadsheets count, and replaces what XML cannot hold. */
static void fit(char *cell) {
  size_t units = 0, cut = 0, limit = MAX_UNITS - strlen(mark);
  for (char *p = cell; *p != 0;) {
    size_t n = length_at(p), wide = n == 4 ? 2 : 1;
    if (n == 3 && memcmp(p, "\xef\xbf", 2) == 0 && (unsigned char)p[2] >= 0xbe) p[2] = (char)0xbd;
    if (units + wide <= limit) cut = (size_t)(p - cell) + n;
    units += wide;
    p += n;
  }
  if (units > MAX_UNITS) strcpy(cell + cut, mark);
}

static void put_cell(sheet *t, unsigned column) {
  lxw_error e;
  if (t->row >= MAX_ROWS - 1 || column >= COLUMNS) return;
  fit(t->cell);
  if (*t->cell == 0) return;
  if (columns[column].number && t->row > 0)
    e = worksheet_write_number(t->to, t->row, (lxw_col_t)column, strtod(t->cell, NULL), NULL);
  else
    e = worksheet_write_string(t->to, t->row, (lxw_col_t)column, t->cell, t->row == 0 ? t->head : NULL);
  if (e != LXW_NO_ERROR) t->error = e;
}

/* The CSV report is our own: quotes are balanced and each record ends in CR LF. */
static void put_rows(sheet *t, const char *csv, size_t n) {
  size_t i = 0;
  while (i < n && t->error == LXW_NO_ERROR) {
    for (unsigned column = 0;; column++) {
      size_t used = 0;
      bool quoted = csv[i] == '"';
      for (i += quoted; i < n; i++) {
        if (quoted && csv[i] == '"') {
          if (i + 1 >= n || csv[i + 1] != '"') break;
          i++;
        } else if (!quoted && (csv[i] == ',' || csv[i] == '\r')) {
          break;
        }
        t->cell[used++] = csv[i];
      }
      i += quoted;
      t->cell[used] = 0;
      put_cell(t, column);
      if (i >= n || csv[i] != ',') break;
      i++;
    }
    i += 2;
    if (t->row < MAX_ROWS - 1)
      t->row++;
    else
      t->left_out++;
  }
}

static void lay_out(sheet *t) {
  for (unsigned i = 0; i < COLUMNS; i++)
    worksheet_set_column(t->to, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
  worksheet_freeze_panes(t->to, 1, 0);
  worksheet_repeat_rows(t->to, 0, 0);
  worksheet_set_landscape(t->to);
  worksheet_fit_to_pages(t->to, 1, 0);
}

static lxw_error fill(lxw_workbook *book, const char *csv, size_t n, const char *day, char *cell) {
  struct tm when = {.tm_mday = 1};
  strptime(day, "%Y-%m-%d", &when);
  lxw_doc_properties properties = {.title = "Risk register", .created = timegm(&when)};
  sheet t = {
      .to = workbook_add_worksheet(book, "Risk register"), .head = workbook_add_format(book), .cell = cell};
  if (t.to == NULL || t.head == NULL) return LXW_ERROR_MEMORY_MALLOC_FAILED;
  workbook_set_properties(book, &properties);
  format_set_bold(t.head);
  format_set_bg_color(t.head, 0xD9E1F2);
  format_set_border(t.head, LXW_BORDER_THIN);
  lay_out(&t);
  put_rows(&t, csv, n);
  if (t.left_out > 0) {
    char text[96];
    snprintf(text, sizeof text, "%llu more rows do not fit into a sheet%s; the CSV report has them",
             (unsigned long long)t.left_out, mark);
    lxw_error e = worksheet_write_string(t.to, MAX_ROWS - 1, 0, text, NULL);
    if (e != LXW_NO_ERROR) t.error = e;
  }
  if (t.row > 0) worksheet_autofilter(t.to, 0, 0, t.row > 1 ? t.row - 1 : 1, COLUMNS - 1);
  return t.error;
}

char *xlsx_make(const char *csv, size_t n, const char *day, size_t *size) {
  char path[64], *bytes = NULL, *cell = malloc(n + sizeof mark);
  int fd = memfd_create("tollgate-xlsx", MFD_CLOEXEC);
  lxw_error error = LXW_ERROR_MEMORY_MALLOC_FAILED;
  lxw_workbook *book = NULL;
  if (cell != NULL && fd >= 0) {
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    book = workbook_new_opt(path, &options);
  }
  if (book != NULL) {
    error = fill(book, csv, n, day, cell);
    lxw_error closed = workbook_close(book);
    if (error == LXW_NO_ERROR) error = closed;
  }
  off_t end = error == LXW_NO_ERROR ? lseek(fd, 0, SEEK_END) : -1;
  if (end > 0) bytes = malloc((size_t)end);
  if (bytes != NULL && pread(fd, bytes, (size_t)end, 0) != end) {
    free(bytes);
    bytes = NULL;
  }
  if (bytes == NULL)
    complain("cannot make the xlsx report: %s", error != LXW_NO_ERROR ? lxw_strerror(error)
                                                : fd < 0              ? strerror(errno)
                                                                      : "out of memory");
  else
    *size = (size_t)end;
  if (fd >= 0) close(fd);
  free(cell);
  return bytes;
}

#else

const bool xlsx_built = false;

char *xlsx_make(const char *csv, size_t n, const char *day, size_t *size) {
  (void)csv, (void)n, (void)day, (void)size;
  return NULL;
}

#endif
