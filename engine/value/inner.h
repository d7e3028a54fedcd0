/* Shared inside the value floor. */
#ifndef TG_VALUE_INNER_H
#define TG_VALUE_INNER_H

#include "value/value.h"

typedef __int128 tg_wide;

#define TG_LIMIT_COEFFICIENT INT64_C(1000000000000000000) /* 10^18: one more than the largest coefficient */

extern const int64_t tg_powers[19]; /* 10^0 .. 10^18 */

/* num / 10^scale as a number: rounded half-even to 18 significant digits and 18 decimals; MAGNITUDE from 10^18 on. */
tg_value tg_decimal_make(tg_wide num, int scale);
tg_value tg_decimal_divide(tg_value a, tg_value b); /* b is not zero */
int tg_decimal_compare(tg_value a, tg_value b);
tg_value tg_decimal_trim(tg_value v); /* without trailing zeros */
/* Exact sum, difference, product of two numbers. */
tg_value tg_decimal_op(tg_op2 op, tg_value a, tg_value b);

/* A date value, the date that a date-shaped text means, NO_DATE for an event word; false when `v` is none of these. */
bool tg_as_event(const tg_heap *h, tg_value v, tg_value *out);
bool tg_is_event_word(const tg_heap *h, tg_value v);
/* Range with a range, or with a number. */
tg_value tg_range_op(tg_heap *h, tg_op2 op, tg_value a, tg_value b);
int tg_text_compare(const tg_heap *h, tg_value a, tg_value b);
tg_value tg_date_plus(tg_value date, tg_value duration, int sign);

#endif
