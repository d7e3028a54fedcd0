/* Readiness: sum of weight x earned over sum of weight, in exact fractions.
 *
 * Gates with different numbers of subjects have different denominators.  A tally keeps five sums over one common denominator, which grows
 * to the least common multiple of the counts met: nearly always the next count divides it already, and adding a gate is a few
 * multiplications.  When it would pass 10^18 (dozens of coprime counts in the thousands), the tally goes on in billionths, an error far
 * below the one decimal that is printed. */
#include "assess/score.h"

typedef __int128 wide;

static const wide ROUNDED = (wide)1000000000000000000;

static wide greatest_divisor(wide a, wide b) {
  if (a < 0) a = -a;
  while (b != 0) {
    wide r = a % b;
    a = b;
    b = r;
  }
  return a;
}

static tg_figure reduced(wide num, wide den) {
  wide g = greatest_divisor(num, den);
  if (g > 1) {
    num /= g;
    den /= g;
  }
  return (tg_figure){num, den};
}

/* To 18 decimals, half away from zero is good enough here: the result is an approximation already. */
static tg_figure rounded(tg_figure f) {
  wide whole = f.num / f.den, rest = f.num % f.den;
  wide part = 0, den = f.den;
  for (int i = 0; i < 18; i++) { /* long division keeps every step in range: rest < den <= 2^126 / 10 */
    while (rest > ((wide)1 << 122)) {
      rest >>= 1;
      den >>= 1;
    }
    rest *= 10;
    part = part * 10 + rest / den;
    rest %= den;
  }
  return (tg_figure){whole * ROUNDED + part, ROUNDED};
}

static bool sum_fits(tg_figure a, tg_figure b, tg_figure *out) {
  wide g = greatest_divisor(a.den, b.den), left, right, num, den;
  if (__builtin_mul_overflow(a.num, b.den / g, &left) || __builtin_mul_overflow(b.num, a.den / g, &right) ||
      __builtin_add_overflow(left, right, &num) || __builtin_mul_overflow(a.den, b.den / g, &den) ||
      den > ((wide)1 << 120))
    return false;
  *out = reduced(num, den);
  return true;
}

static tg_figure sum(tg_figure a, tg_figure b) {
  tg_figure out;
  if (sum_fits(a, b, &out)) return out;
  a = rounded(a);
  b = rounded(b);
  return (tg_figure){a.num + b.num, ROUNDED};
}

/* ---- tallies ---- */

enum { SUMS = 5 };
static const int64_t MOST = 1000000000000000000, BILLION = 1000000000;

void tg_tally_init(tg_tally *t) { *t = (tg_tally){.den = 1}; }

static int64_t divisor(int64_t a, int64_t b) {
  while (b != 0) {
    int64_t r = a % b;
    a = b;
    b = r;
  }
  return a;
}

/* Billionths from now on: dividing first keeps every step in range. */
static void go_rough(tg_tally *t) {
  for (int i = 0; i < SUMS && !t->rough; i++)
    t->sum[i] = t->sum[i] / t->den * BILLION + t->sum[i] % t->den * BILLION / t->den;
  t->den = BILLION;
  t->rough = true;
}

/* Makes `unit` divide the denominator. */
static void widen(tg_tally *t, int64_t unit) {
  if (t->rough || t->den % unit == 0) return;
  int64_t factor = unit / divisor(t->den, unit);
  wide grown[SUMS];
  bool fits = factor <= MOST / t->den;
  for (int i = 0; fits && i < SUMS; i++) fits = !__builtin_mul_overflow(t->sum[i], (wide)factor, &grown[i]);
  if (!fits) {
    go_rough(t);
    return;
  }
  for (int i = 0; i < SUMS; i++) t->sum[i] = grown[i];
  t->den *= factor;
}

void tg_tally_add(tg_tally *t, tg_value weight, const uint32_t subjects[TG_OUTCOME_COUNT]) {
  int64_t total = 0, unit;
  for (int o = TG_PASS; o < TG_OUTCOME_COUNT; o++) total += subjects[o];
  if (total == 0) return;
  t->any = true;
  while (weight.aux > 0 && weight.num % 10 == 0) {
    weight.num /= 10;
    weight.aux--;
  }
  unit = total;
  bool fits = true;
  for (int i = 0; i < weight.aux && fits; i++) fits = !__builtin_mul_overflow(unit, (int64_t)10, &unit);
  if (fits && unit <= MOST)
    widen(t, unit);
  else
    go_rough(t);
  int64_t pass = subjects[TG_PASS], unknown = subjects[TG_UNKNOWN], waived = subjects[TG_WAIVED];
  const int64_t counts[SUMS] = {total, pass, pass + unknown, pass + waived, pass + waived + unknown};
  for (;;) {
    wide next[SUMS];
    if (t->rough) { /* weights below 10^18, at most 2^32 subjects: nothing overflows */
      for (int i = 0; i < SUMS; i++) {
        wide part = (wide)weight.num * BILLION;
        for (int k = 0; k < weight.aux; k++) part /= 10;
        t->sum[i] += part / total * counts[i] + part % total * counts[i] / total;
      }
      return;
    }
    wide step;
    fits = !__builtin_mul_overflow((wide)weight.num, (wide)(t->den / unit), &step);
    for (int i = 0; fits && i < SUMS; i++)
      fits = !__builtin_mul_overflow(step, (wide)counts[i], &next[i]) &&
             !__builtin_add_overflow(t->sum[i], next[i], &next[i]);
    if (fits) {
      for (int i = 0; i < SUMS; i++) t->sum[i] = next[i];
      return;
    }
    go_rough(t);
  }
}

static tg_figure percent(wide part, wide whole) {
  if (whole == 0) return (tg_figure){0, 0};
  while (part > ROUNDED * ROUNDED) {
    part /= 1024;
    whole /= 1024;
  }
  return (tg_figure){part * 100, whole};
}

tg_interval tg_tally_gross(const tg_tally *t) {
  if (!t->any) return (tg_interval){{0, 0}, {0, 0}};
  return (tg_interval){percent(t->sum[1], t->sum[0]), percent(t->sum[2], t->sum[0])};
}

tg_interval tg_tally_net(const tg_tally *t) {
  if (!t->any) return (tg_interval){{0, 0}, {0, 0}};
  return (tg_interval){percent(t->sum[3], t->sum[0]), percent(t->sum[4], t->sum[0])};
}

tg_figure tg_figure_mean(const tg_figure *figures, const uint32_t *weights, size_t count) {
  tg_figure total = {0, 1};
  int64_t n = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t weight = weights ? weights[i] : 1;
    if (figures[i].den == 0 || weight == 0) continue;
    tg_figure f = reduced(figures[i].num, figures[i].den);
    if (f.den > ((wide)1 << 90)) f = rounded(f);
    total = sum(total, reduced(f.num * weight, f.den));
    n += weight;
  }
  if (n == 0) return (tg_figure){0, 0};
  if (total.den > ((wide)1 << 80)) total = rounded(total);
  return (tg_figure){total.num, total.den * n};
}

bool tg_figure_below(tg_figure f, tg_value least) {
  wide scale = 1;
  if (f.den == 0) return false;
  f = reduced(f.num, f.den);
  if (f.den > ((wide)1 << 80)) f = rounded(f);
  for (int i = 0; i < least.aux; i++) scale *= 10;
  return f.num * scale < (wide)least.num * f.den;
}

int tg_figure_tenths(tg_figure f) {
  if (f.den == 0) return -1;
  if (f.num > ((wide)1 << 122)) f = rounded(f);
  wide ten = f.num * 10, whole = ten / f.den, twice = ten % f.den * 2;
  if (twice > f.den || (twice == f.den && whole % 2 != 0)) whole++;
  return (int)whole;
}
