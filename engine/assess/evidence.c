#include "assess/evidence.h"

#include "vm/vm.h"

#include <string.h>

/* Dated, and not later than today: what has no day, or a day to come, proves nothing today. */
static bool counts(const tg_assessment *a, tg_value dated) {
  return dated.kind == TG_V_DATE && dated.num <= a->options.today.num;
}

static tg_value day_at(const tg_assessment *a, const tg_value *row, uint16_t slot) {
  tg_value v = slot ? row[slot] : tg_unknown(TG_WHY_ABSENT);
  if (tg_is_text(v)) { /* without a model a date is still text */
    tg_str s = tg_text_of(tg_vm_heap(a->vm), &row[slot]);
    tg_value day;
    if (tg_date_parse(s.at, s.n, &day)) return day;
  }
  return v;
}

static tg_status add(tg_assessment *a, tg_value text, const tg_value *at, uint32_t row, tg_value dated) {
  if (!tg_is_text(text)) return TG_OK;
  tg_evidence e = {tg_text_of(tg_vm_heap(a->vm), at), row, dated};
  return tg_vec_push(a->mem, &a->evidence, e) ? TG_OK : tg_mem_status(a->mem);
}

tg_status tg_evidence_read(tg_assessment *a) {
  const tg_evidence_slots *w = &a->program->evidence;
  tg_status st = TG_OK;
  a->evidence.n = 0;
  if (w->shape == TG_NO_SHAPE) return TG_OK;
  uint32_t count = a->rows->tables[w->shape].count;
  for (uint32_t i = 0; i < count && st == TG_OK; i++) {
    const tg_value *row = tg_row(a->rows, w->shape, i);
    tg_value dated = day_at(a, row, w->dated);
    if (!counts(a, dated) || w->supports == 0) continue;
    tg_value list = row[w->supports];
    if (list.kind != TG_V_ROWS) {
      st = add(a, list, &row[w->supports], i, dated);
      continue;
    }
    uint32_t first = (uint32_t)(list.bits >> 32), n = (uint32_t)list.bits;
    for (uint32_t k = 0; k < n && st == TG_OK; k++) {
      const tg_value *element = tg_row(a->rows, list.len, first + k);
      st = add(a, element[0], &element[0], i, dated);
    }
  }
  return st;
}

/* "KT-004" itself, or "KT": the id up to its last hyphen (a hyphen at the end may stand or not). */
static bool names_gate(tg_str word, tg_str id) {
  uint32_t prefix = id.n;
  while (prefix > 0 && id.at[prefix - 1] != '-') prefix--;
  if (tg_str_eq(word, id)) return true;
  if (prefix == 0) return false;
  return tg_str_eq(word, (tg_str){id.at, prefix}) || tg_str_eq(word, (tg_str){id.at, prefix - 1});
}

/* The path without what stands in brackets, `systems[billing].kt` as `systems[].kt`; *label gets the first bracket's text. */
static bool plain_path(tg_str path, char *out, size_t size, uint32_t *n, tg_str *label) {
  bool inside = false;
  *n = 0;
  *label = TG_STR("");
  for (uint32_t i = 0; i < path.n; i++) {
    char c = path.at[i];
    if (c == ']') inside = false;
    if (!inside) {
      if (*n + 1 >= size) return false;
      out[(*n)++] = c;
    }
    if (c != '[') continue;
    uint32_t end = i + 1;
    while (end < path.n && path.at[end] != ']') end++;
    if (label->n == 0) *label = (tg_str){path.at + i + 1, end - i - 1};
    inside = true;
  }
  return !inside && *n > 0;
}

static void entry_path(const tg_program *p, uint32_t entry, tg_buf *out);

static void shape_path(const tg_program *p, uint32_t shape, tg_buf *out) {
  const tg_plan_shape *s = &p->plan.shapes[shape];
  if (s->owner_entry != UINT32_MAX) entry_path(p, s->owner_entry, out);
  if (shape != 0) tg_buf_puts(out, "[]");
}

static uint32_t shape_of(const tg_program *p, uint32_t entry) {
  uint32_t top = entry;
  while (p->plan.entries[top].parent != UINT32_MAX) top = p->plan.entries[top].parent;
  for (uint32_t s = 0; s < p->plan.shape_count; s++)
    for (uint32_t e = p->plan.shapes[s].first_entry; e != UINT32_MAX; e = p->plan.entries[e].next)
      if (e == top) return s;
  return 0;
}

static void entry_path(const tg_program *p, uint32_t entry, tg_buf *out) {
  const tg_plan_entry *e = &p->plan.entries[entry];
  if (e->parent != UINT32_MAX)
    entry_path(p, e->parent, out);
  else
    shape_path(p, shape_of(p, entry), out);
  if (out->n) tg_buf_putc(out, '.');
  tg_buf_put(out, e->name.at, e->name.n);
}

/* Whether the gate reads the fact at the path, or something below it. */
static tg_status reads(tg_assessment *a, uint32_t gate, tg_str path, bool *out) {
  const tg_program *p = a->program;
  tg_buf b;
  uint8_t *read = tg_arena_array(&a->arena, uint8_t, p->plan.entry_count + 1);
  *out = false;
  if (read == NULL) return tg_mem_status(a->mem);
  tg_status st = tg_program_reads(p, gate, a->mem, read);
  tg_buf_init(&b, a->mem);
  for (uint32_t i = 0; i < p->plan.entry_count && st == TG_OK && !*out; i++) {
    if (read[i] != TG_READ_TO_DECIDE) continue;
    tg_buf_clear(&b);
    entry_path(p, i, &b);
    *out = !b.failed && b.n >= path.n && memcmp(b.at, path.at, path.n) == 0 &&
           (b.n == path.n || b.at[path.n] == '.' || b.at[path.n] == '[');
  }
  if (b.failed) st = tg_mem_status(a->mem);
  tg_buf_done(&b);
  return st;
}

static tg_status supports(tg_assessment *a, const tg_subject *s, tg_str word, bool *out) {
  char plain[512];
  uint32_t n;
  tg_str label, mine;
  *out = names_gate(word, a->program->gates[s->gate].id);
  if (*out || memchr(word.at, '.', word.n) == NULL || !plain_path(word, plain, sizeof plain, &n, &label))
    return TG_OK;
  tg_status st = reads(a, s->gate, (tg_str){plain, n}, out);
  if (st != TG_OK || !*out || label.n == 0) return st;
  st = tg_subject_label(a, s, &mine); /* evidence of one record proves that record */
  if (st == TG_OK) *out = tg_str_eq(mine, label);
  return st;
}

tg_status tg_evidence_judge(tg_assessment *a, const tg_subject *s, tg_fact_state *state, uint32_t *row) {
  const tg_gate *g = &a->program->gates[s->gate];
  const tg_evidence *newest = NULL;
  *state = TG_STATE_KNOWN;
  *row = TG_NONE;
  for (uint32_t i = 0; i < a->evidence.n; i++) {
    const tg_evidence *e = &a->evidence.at[i];
    bool fits;
    if (newest != NULL && e->dated.num <= newest->dated.num) continue;
    tg_status st = supports(a, s, e->supports, &fits);
    if (st != TG_OK) return st;
    if (fits) newest = e;
  }
  if (newest == NULL) {
    if (g->require_evidence) *state = TG_STATE_UNEVIDENCED;
  } else if (g->evidence_max_age >= 0 && a->options.today.num - newest->dated.num > g->evidence_max_age) {
    *state = TG_STATE_STALE;
    *row = newest->row;
  }
  return TG_OK;
}

tg_status tg_evidence_fact(tg_assessment *a, const tg_finding *f, tg_fact_used *out) {
  const tg_program *p = a->program;
  const tg_evidence_slots *w = &p->evidence;
  uint32_t shape = f->evidence == TG_STATE_STALE ? w->shape : 0,
           row = f->evidence == TG_STATE_STALE ? f->evidence_row : 0,
           slot = f->evidence == TG_STATE_STALE ? w->dated : w->list_slot;
  tg_buf b;
  tg_buf_init(&b, a->mem);
  *out = (tg_fact_used){.state = f->evidence, .value = tg_row(a->rows, shape, row)[slot]};
  if (f->evidence == TG_STATE_UNEVIDENCED) out->value = tg_unknown(TG_WHY_ABSENT);
  tg_rows_pointer(a->rows, shape, row, slot, &b);
  char *pointer = tg_arena_text(&a->detail_arena, b.n ? b.at : "", b.n);
  out->pointer = (tg_str){pointer, pointer ? (uint32_t)b.n : 0};
  tg_buf_clear(&b);
  tg_rows_path(a->rows, tg_vm_heap(a->vm), shape, row, slot, &b);
  char *path = tg_arena_text(&a->detail_arena, b.n ? b.at : "", b.n);
  out->path = (tg_str){path, path ? (uint32_t)b.n : 0};
  bool failed = b.failed || pointer == NULL || path == NULL;
  tg_buf_done(&b);
  uint32_t start = tg_row(a->rows, shape, row)[slot].start;
  if (start != TG_NOWHERE) out->place = tg_sources_place(&a->store->sources, start);
  return failed ? tg_mem_status(a->mem) : TG_OK;
}
