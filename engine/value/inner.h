/* Shared inside the value floor. */
#ifndef TG_VALUE_INNER_H
#define TG_VALUE_INNER_H

#include "value/value.h"

typedef __int128 tg_wide;
typedef unsigned __int128 tg_uwide;

#define TG_LIMIT_COEFFICIENT INT64_C(1000000000000000000) /* 10^18: one more than the largest coefficient */

extern const int64_t tg_powers[19]; /* 10^0 .. 10^18 */

static inline tg_value tg_number(int64_t coefficient, int scale) {
  return tg_value_make(TG_V_NUMBER, (uint8_t)scale, coefficient);
}

/* num / 10^scale as a number: rounded half-even to 18 significant digits and 18 decimals; MAGNITUDE from 10^18 on.
 * `sticky`: the true value lies beyond num by less than one in its last digit; num then has at least 19 digits. */
tg_value tg_decimal_make(tg_wide num, int scale, bool sticky);
tg_value tg_decimal_divide(tg_value a, tg_value b); /* b is not zero */
tg_value tg_decimal_trim(tg_value v);               /* without trailing zeros */
/* Exact sum, difference, product of two numbers. */
tg_value tg_decimal_op(tg_op2 op, tg_value a, tg_value b);
static inline int tg_decimal_compare(tg_value a, tg_value b) {
  if (a.aux == b.aux) return (a.num > b.num) - (a.num < b.num);
  tg_wide x = a.num, y = b.num;
  if (a.aux < b.aux)
    x *= tg_powers[b.aux - a.aux];
  else
    y *= tg_powers[a.aux - b.aux];
  return (x > y) - (x < y);
}

/* The forms of tg_number_parse; `bare` allows YAML's `.5` and `5.` too. */
tg_parse tg_number_read(const char *at, size_t n, bool underscores, bool bare, tg_value *out);

/* Range with a range, or with a number. */
tg_value tg_range_op(tg_heap *h, tg_op2 op, tg_value a, tg_value b);

int tg_text_compare(const tg_heap *h, tg_value a, tg_value b);
/* Room for `n` bytes at the end of the pool; they count once *p->n* is raised.  False when memory was refused. */
bool tg_pool_fit(tg_pool *p, size_t n);

tg_value tg_date_plus(tg_value date, tg_value duration, int sign);
/* 1 months and years, 2 days and weeks, 0 nothing (fits both), 3 a mixed sum: durations compare when the union is one family. */
static inline unsigned tg_duration_family(tg_value v) {
  return (tg_duration_months(v) != 0 ? 1u : 0u) | (tg_duration_days(v) != 0 ? 2u : 0u);
}

#endif
