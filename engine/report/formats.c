/* The table of formats. */
#include "report/report.h"

#include <string.h>

static const struct {
  const char *name;
  tg_report_fn write;
} formats[] = {{"text", tg_report_text},
               {"json", tg_report_json},
               {"ndjson", tg_report_ndjson},
               {"csv", tg_report_csv},
               {"csv-bom", tg_report_csv_bom},
               {"oscal", tg_report_oscal},
               {"oscal-1.0.4", tg_report_oscal_1_0_4},
               {"oscal-1.2.1", tg_report_oscal_1_2_1},
               {"intoto", tg_report_intoto},
               {"junit", tg_report_junit},
               {"tap", tg_report_tap},
               {"github", tg_report_github},
               {"azure", tg_report_azure},
               {"gitlab", tg_report_gitlab},
               {"markdown", tg_report_markdown},
               {"markdown-comment", tg_report_markdown_comment}};

tg_report_fn tg_report_find(const char *name) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(formats[i].name, name) == 0) return formats[i].write;
  return NULL;
}

const char *const *tg_report_names(void) {
  static const char *const names[] = {
      "text",  "json", "ndjson", "csv",   "csv-bom", "oscal",    "oscal-1.0.4",      "oscal-1.2.1", "intoto",
      "junit", "tap",  "github", "azure", "gitlab",  "markdown", "markdown-comment", NULL};
  return names;
}
