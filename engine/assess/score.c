/* Readiness (language.md, section 6): sum of weight x earned over sum of weight, in exact fractions.
 *
 * Gates with different numbers of subjects have different denominators.  Fractions are kept reduced in 128
 * bits; when a sum would not fit (dozens of gates with coprime subject counts in the thousands), both operands are
 * rounded to 18 decimals, an error far below the one decimal that is printed. */
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

static tg_figure product(tg_figure a, tg_figure b) {
  wide g = greatest_divisor(a.num, b.den), h = greatest_divisor(b.num, a.den), num, den;
  if (g > 1) {
    a.num /= g;
    b.den /= g;
  }
  if (h > 1) {
    b.num /= h;
    a.den /= h;
  }
  if (!__builtin_mul_overflow(a.num, b.num, &num) && !__builtin_mul_overflow(a.den, b.den, &den))
    return (tg_figure){num, den};
  a = rounded(a);
  b = rounded(b);
  /* 10^36 x a weight below 10^18 does not fit: scale one side down first */
  return (tg_figure){a.num / 1000000000 * (b.num / 1000000000), ROUNDED};
}

void tg_tally_init(tg_tally *t) {
  tg_figure zero = {0, 1};
  *t = (tg_tally){zero, zero, zero, zero, zero, false};
}

void tg_tally_add(tg_tally *t, tg_value weight, const uint32_t subjects[TG_OUTCOME_COUNT]) {
  uint64_t total = 0;
  for (int o = TG_PASS; o < TG_OUTCOME_COUNT; o++) total += subjects[o];
  if (total == 0) return;
  wide den = 1;
  for (int i = 0; i < weight.aux; i++) den *= 10;
  tg_figure w = reduced(weight.num, den);
  wide pass = subjects[TG_PASS], unknown = subjects[TG_UNKNOWN], waived = subjects[TG_WAIVED];
  t->any = true;
  t->weight = sum(t->weight, w);
  t->gross_proven = sum(t->gross_proven, product(w, reduced(pass, total)));
  t->gross_possible = sum(t->gross_possible, product(w, reduced(pass + unknown, total)));
  t->net_proven = sum(t->net_proven, product(w, reduced(pass + waived, total)));
  t->net_possible = sum(t->net_possible, product(w, reduced(pass + waived + unknown, total)));
}

static tg_figure percent(tg_figure part, tg_figure whole) {
  if (whole.num == 0) return (tg_figure){0, 0};
  tg_figure inverse = {whole.den, whole.num};
  return product(product(part, (tg_figure){100, 1}), inverse);
}

tg_interval tg_tally_gross(const tg_tally *t) {
  if (!t->any) return (tg_interval){{0, 0}, {0, 0}};
  return (tg_interval){percent(t->gross_proven, t->weight), percent(t->gross_possible, t->weight)};
}

tg_interval tg_tally_net(const tg_tally *t) {
  if (!t->any) return (tg_interval){{0, 0}, {0, 0}};
  return (tg_interval){percent(t->net_proven, t->weight), percent(t->net_possible, t->weight)};
}

tg_figure tg_figure_mean(const tg_figure *figures, size_t count) {
  tg_figure total = {0, 1};
  int64_t n = 0;
  for (size_t i = 0; i < count; i++) {
    if (figures[i].den == 0) continue;
    total = sum(total, figures[i]);
    n++;
  }
  if (n == 0) return (tg_figure){0, 0};
  return product(total, (tg_figure){1, n});
}

int tg_figure_tenths(tg_figure f) {
  if (f.den == 0) return -1;
  if (f.num > ((wide)1 << 122)) f = rounded(f);
  wide ten = f.num * 10, whole = ten / f.den, twice = ten % f.den * 2;
  if (twice > f.den || (twice == f.den && whole % 2 != 0)) whole++;
  return (int)whole;
}
