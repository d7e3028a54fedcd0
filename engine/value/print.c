/* Values as messages and reports print them. */
#include "value/inner.h"

static void print_number(tg_value v, tg_buf *out) {
  char text[24], *p = text + sizeof text;
  uint64_t n = v.num < 0 ? (uint64_t)-v.num : (uint64_t)v.num;
  for (int behind = v.aux; n > 0 || behind >= 0;
       behind--) { /* from the last digit; a 0 before the point at least */
    if (behind == 0 && v.aux > 0) *--p = '.';
    *--p = (char)('0' + n % 10);
    n /= 10;
  }
  if (v.num < 0) *--p = '-';
  tg_buf_put(out, p, (size_t)(text + sizeof text - p));
}

static void print_duration(tg_value v, tg_buf *out) {
  int32_t months = tg_duration_months(v), days = tg_duration_days(v);
  if (months)
    tg_buf_printf(out, "%d %s%s", months, months == 1 || months == -1 ? "month" : "months", days ? " " : "");
  if (days || !months) tg_buf_printf(out, "%d %s", days, days == 1 || days == -1 ? "day" : "days");
}

void tg_value_print(const tg_heap *h, tg_value v, tg_buf *out) {
  switch (v.kind) {
  case TG_V_UNKNOWN: tg_buf_putc(out, '?'); break;
  case TG_V_ERROR: tg_buf_putc(out, '!'); break;
  case TG_V_BOOL: tg_buf_puts(out, v.num ? "true" : "false"); break;
  case TG_V_NUMBER: print_number(v, out); break;
  case TG_V_TEXT:
  case TG_V_LONG: {
    tg_str s = tg_text_of(h, &v);
    tg_buf_put(out, s.at, s.n);
    break;
  }
  case TG_V_DATE: {
    int y, m, d;
    tg_date_to_civil(v.num, &y, &m, &d);
    tg_buf_printf(out, "%04d-%02d-%02d", y, m, d);
    break;
  }
  case TG_V_NO_DATE: tg_buf_puts(out, "none"); break;
  case TG_V_DURATION: print_duration(v, out); break;
  case TG_V_RANGE:
    print_number(tg_range_least(h, v), out);
    tg_buf_puts(out, " to ");
    print_number(tg_range_greatest(h, v), out);
    break;
  case TG_V_ITEMS:
    for (uint32_t i = 0, n = (uint32_t)v.bits; i < n; i++) {
      if (i) tg_buf_puts(out, ", ");
      tg_value_print(h, h->items.at[(uint32_t)(v.bits >> 32) + i], out);
    }
    break;
  case TG_V_ROWS:
  case TG_V_SEQ: tg_buf_puts(out, "[…]"); break;
  default: tg_buf_puts(out, "{…}"); break;
  }
}

const char *tg_kind_word(tg_kind kind) {
  switch (kind) {
  case TG_V_UNKNOWN: return "unknown";
  case TG_V_ERROR: return "error";
  case TG_V_BOOL: return "boolean";
  case TG_V_NUMBER:
  case TG_V_RANGE: return "number";
  case TG_V_TEXT:
  case TG_V_LONG: return "text";
  case TG_V_DATE:
  case TG_V_NO_DATE: return "date";
  case TG_V_DURATION: return "duration";
  case TG_V_ROWS:
  case TG_V_ITEMS:
  case TG_V_SEQ: return "list";
  case TG_V_REGEX: return "pattern";
  default: return "record";
  }
}

const char *tg_fault_text(tg_fault f) {
  switch (f) {
  case TG_FAULT_TYPE: return "types that do not fit";
  case TG_FAULT_MAGNITUDE: return "a number of 10^18 or more";
  case TG_FAULT_DATE: return "a date outside the years 0001 to 9999";
  case TG_FAULT_REGEX: return "a regular expression over its budget";
  case TG_FAULT_FUEL: return "the cost limit is spent";
  case TG_FAULT_EVENT: return "an event word where a date is ordered or added";
  case TG_FAULT_RANGE: return "a value outside the range that is allowed";
  }
  return "error";
}

tg_fact_state tg_state_of(tg_value v) {
  if (v.kind != TG_V_UNKNOWN) return TG_STATE_KNOWN;
  switch (v.aux) {
  case TG_WHY_UNRESOLVED: return TG_STATE_UNRESOLVED;
  case TG_WHY_AMBIGUOUS: return TG_STATE_AMBIGUOUS;
  case TG_WHY_UNDEFINED: return TG_STATE_UNDEFINED;
  case TG_WHY_ASKED: return TG_STATE_ASKED;
  default: return TG_STATE_MISSING;
  }
}
