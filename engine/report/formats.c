/* The table of formats. */
#include "report/report.h"

#include <string.h>

/* FORMAT(name, writer): the table and the list of names are made of these rows. */
#define FORMATS(FORMAT)                                                                                      \
  FORMAT("text", tg_report_text)                                                                             \
  FORMAT("json", tg_report_json)                                                                             \
  FORMAT("ndjson", tg_report_ndjson)                                                                         \
  FORMAT("sarif", tg_report_sarif)                                                                           \
  FORMAT("sarif-full", tg_report_sarif_full)                                                                 \
  FORMAT("junit", tg_report_junit)                                                                           \
  FORMAT("tap", tg_report_tap)                                                                               \
  FORMAT("github", tg_report_github)                                                                         \
  FORMAT("azure", tg_report_azure)                                                                           \
  FORMAT("gitlab", tg_report_gitlab)                                                                         \
  FORMAT("markdown", tg_report_markdown)                                                                     \
  FORMAT("markdown-comment", tg_report_markdown_comment)                                                     \
  FORMAT("csv", tg_report_csv)                                                                               \
  FORMAT("csv-bom", tg_report_csv_bom)                                                                       \
  FORMAT("oscal", tg_report_oscal)                                                                           \
  FORMAT("oscal-1.0.4", tg_report_oscal_1_0_4)                                                               \
  FORMAT("oscal-1.2.1", tg_report_oscal_1_2_1)                                                               \
  FORMAT("intoto", tg_report_intoto)

static const struct {
  const char *name;
  tg_report_fn write;
} formats[] = {
#define ROW(name, writer) {name, writer},
    FORMATS(ROW)
#undef ROW
};

tg_report_fn tg_report_find(const char *name) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(formats[i].name, name) == 0) return formats[i].write;
  return NULL;
}

const char *const *tg_report_names(void) {
  static const char *const names[] = {
#define NAME(name, writer) name,
      FORMATS(NAME)
#undef NAME
          NULL};
  return names;
}
