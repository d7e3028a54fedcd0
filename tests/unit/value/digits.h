/* Decimal arithmetic by strings of digits: slow, obvious, and written apart from the engine's, to compare it with. */
#ifndef TG_TEST_DIGITS_H
#define TG_TEST_DIGITS_H

#include "suites.h"

#include <stdio.h>

enum { DIGITS = 160 };
typedef struct digits {
  char at[DIGITS]; /* most significant first, values 0..9 */
  int n;
  int scale;             /* digits behind the point; more than n is fine */
  bool negative, sticky; /* something smaller follows */
} digits;

static inline digits digits_of(__int128 num, int scale) {
  digits d = {.scale = scale, .negative = num < 0};
  unsigned __int128 n = num < 0 ? -(unsigned __int128)num : (unsigned __int128)num;
  char reversed[64];
  int count = 0;
  for (; n > 0; n /= 10) reversed[count++] = (char)(n % 10);
  for (int i = 0; i < count; i++) d.at[i] = reversed[count - 1 - i];
  d.n = count;
  return d;
}

static inline void digits_strip(digits *d) {
  int zeros = 0;
  while (zeros < d->n && d->at[zeros] == 0) zeros++;
  memmove(d->at, d->at + zeros, (size_t)(d->n - zeros));
  d->n -= zeros;
}

/* num / den to 100 digits, by hand. */
static inline digits digits_quotient(__int128 num, uint64_t den, int scale) {
  digits whole = digits_of(num, scale), q = {.negative = num < 0};
  unsigned __int128 rest = 0;
  for (int i = 0; i < whole.n; i++) {
    rest = rest * 10 + (uint64_t)(unsigned char)whole.at[i];
    q.at[q.n++] = (char)(rest / den);
    rest %= den;
  }
  q.scale = scale;
  for (int i = 0; i < 100; i++) {
    rest *= 10;
    q.at[q.n++] = (char)(rest / den);
    rest %= den;
    q.scale++;
  }
  q.sticky = rest != 0;
  digits_strip(&q);
  return q;
}

/* Language.md section 3: at most 18 significant digits and 18 decimals, half to even, an error from 10^18 on; written as printed.
 * `trim`: without trailing zeros behind the point. */
static inline const char *digits_rounded(digits d, bool trim) {
  static char out[DIGITS];
  digits_strip(&d);
  if (d.n == 0 && d.scale < 0) d.scale = 0;
  int drop = d.n > 18 ? d.n - 18 : 0;
  if (d.scale - drop > 18) drop = d.scale - 18;
  if (d.n > 0 && d.n - d.scale > 18) return "!MAGNITUDE";
  if (drop > 0) {
    int keep = d.n - drop; /* may be negative: all of it is below the last place */
    bool half = keep >= 0 && keep < d.n && d.at[keep] == 5, above = keep >= 0 && keep < d.n && d.at[keep] > 5;
    bool rest = d.sticky;
    for (int i = keep + 1 < 0 ? 0 : keep + 1; i < d.n; i++) rest = rest || d.at[i] != 0;
    bool odd = keep > 0 && d.at[keep - 1] % 2 != 0;
    d.n = keep > 0 ? keep : 0;
    d.scale -= drop;
    if (above || (half && (rest || odd))) {
      int i = d.n - 1;
      while (i >= 0 && d.at[i] == 9) d.at[i--] = 0;
      if (i >= 0)
        d.at[i]++;
      else { /* 999..9, or nothing */
        memmove(d.at + 1, d.at, (size_t)d.n);
        d.at[0] = 1;
        d.n++;
      }
    }
    if (d.n > 18 && d.scale == 0) return "!MAGNITUDE";
    if (d.n > 18) d.n--, d.scale--; /* 10^18: the last digit is 0 */
  }
  while (trim && d.scale > 0 && (d.n == 0 || d.at[d.n - 1] == 0)) {
    if (d.n > 0) d.n--;
    d.scale--;
  }
  while (d.scale < 0) d.at[d.n++] = 0, d.scale++;
  while (d.n <= d.scale) { /* a 0 before the point */
    memmove(d.at + 1, d.at, (size_t)d.n);
    d.at[0] = 0;
    d.n++;
  }
  bool zero = true;
  for (int i = 0; i < d.n; i++) zero = zero && d.at[i] == 0;
  int n = 0;
  if (d.negative && !zero) out[n++] = '-';
  for (int i = 0; i < d.n; i++) {
    if (i == d.n - d.scale) out[n++] = '.';
    out[n++] = (char)('0' + d.at[i]);
  }
  out[n] = 0;
  return out;
}

#endif
