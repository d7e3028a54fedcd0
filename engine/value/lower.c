/* Simple lower-case mappings, one generated table for every build. */
#include "value/value.h"

static const struct run {
  uint32_t first, last;
  int32_t step, delta;
} runs[] = {
#include "value/lower.inc"
};

uint32_t tg_lower_point(uint32_t cp) {
  if (cp < 0x80) return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
  size_t low = 0, high = sizeof runs / sizeof *runs;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const struct run *r = &runs[middle];
    if (cp < r->first)
      high = middle;
    else if (cp > r->last)
      low = middle + 1;
    else
      return (cp - r->first) % (uint32_t)r->step == 0 ? (uint32_t)((int32_t)cp + r->delta) : cp;
  }
  return cp;
}
