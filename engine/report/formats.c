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
               {"sarif", tg_report_sarif},
               {"sarif-full", tg_report_sarif_full}};

tg_report_fn tg_report_find(const char *name) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(formats[i].name, name) == 0) return formats[i].write;
  return NULL;
}

const char *const *tg_report_names(void) {
  static const char *const names[] = {"text",        "json",        "ndjson", "csv",   "csv-bom",    "oscal",
                                      "oscal-1.0.4", "oscal-1.2.1", "intoto", "sarif", "sarif-full", NULL};
  return names;
}
