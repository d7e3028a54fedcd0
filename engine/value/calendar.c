/* Dates of the proleptic Gregorian calendar, and durations. */
#include "value/inner.h"

#include <string.h>

enum { FIRST_DAY = -719162, LAST_DAY = 2932896 }; /* 0001-01-01, 9999-12-31 */

/* Days since 1970-01-01; years begin in March, so that the leap day ends one. */
int64_t tg_date_from_civil(int year, int month, int day) {
  int64_t y = month <= 2 ? year - 1 : year;
  int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void tg_date_to_civil(int64_t days, int *year, int *month, int *day) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
  int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
  *day = (int)(of_year - (153 * m + 2) / 5 + 1);
  *month = (int)(m < 10 ? m + 3 : m - 9);
  *year = (int)(y + era * 400 + (*month <= 2));
}

static int month_days(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

static tg_value checked_date(int64_t days) {
  return days < FIRST_DAY || days > LAST_DAY ? tg_fault_value(TG_FAULT_DATE) : tg_date(days);
}

static int two(const char *p) { return (p[0] - '0') * 10 + p[1] - '0'; }

bool tg_date_parse(const char *at, size_t n, tg_value *out) {
  if (n != 10 || at[4] != '-' || at[7] != '-') return false;
  for (int i = 0; i < 10; i++)
    if (i != 4 && i != 7 && (at[i] < '0' || at[i] > '9')) return false;
  int year = two(at) * 100 + two(at + 2), month = two(at + 5), day = two(at + 8);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days(year, month)) return false;
  *out = tg_date(tg_date_from_civil(year, month, day));
  return true;
}

tg_value tg_duration(int64_t months, int64_t days) {
  if (months > INT32_MAX || months < -INT32_MAX || days > INT32_MAX || days < -INT32_MAX)
    return tg_fault_value(TG_FAULT_DATE);
  tg_value v = tg_value_make(TG_V_DURATION, 0, 0);
  v.bits = (uint64_t)(uint32_t)(int32_t)months << 32 | (uint32_t)(int32_t)days;
  return v;
}

bool tg_duration_parse(const char *at, size_t n, tg_value *out) {
  static const struct {
    const char *word;
    int64_t months, days;
  } units[] = {{"day", 0, 1}, {"week", 0, 7}, {"month", 1, 0}, {"year", 12, 0}};
  size_t i = 0;
  int64_t count = 0, sign = 1;
  if (n > 0 && at[0] == '-') {
    sign = -1;
    i++;
  }
  size_t first = i;
  for (; i < n && at[i] >= '0' && at[i] <= '9'; i++) {
    count = count * 10 + (at[i] - '0');
    if (count > INT32_MAX) return false;
  }
  if (i == first || i == n || at[i] != ' ') return false;
  while (i < n && at[i] == ' ') i++;
  for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
    size_t len = strlen(units[u].word);
    bool exact = n - i == len, plural = n - i == len + 1 && at[n - 1] == 's';
    if ((!exact && !plural) || memcmp(at + i, units[u].word, len) != 0) continue;
    tg_value v = tg_duration(sign * count * units[u].months, sign * count * units[u].days);
    if (v.kind != TG_V_DURATION) return false;
    *out = v;
    return true;
  }
  return false;
}

/* Months first, clamped to the month's end, then days. */
tg_value tg_date_plus(tg_value date, tg_value duration, int sign) {
  int64_t months = sign * (int64_t)tg_duration_months(duration),
          days = sign * (int64_t)tg_duration_days(duration);
  int64_t at = date.num;
  if (months != 0) {
    int y, m, d;
    tg_date_to_civil(at, &y, &m, &d);
    int64_t total = (int64_t)y * 12 + (m - 1) + months;
    int64_t year = total >= 0 ? total / 12 : (total - 11) / 12;
    if (year < 1 || year > 9999) return tg_fault_value(TG_FAULT_DATE);
    m = (int)(total - year * 12) + 1;
    int last = month_days((int)year, m);
    at = tg_date_from_civil((int)year, m, d < last ? d : last);
  }
  return checked_date(at + days);
}
