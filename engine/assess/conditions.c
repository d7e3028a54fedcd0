/* What keeps the verdict from `ready`: findings of critical and high gates, worst first. */
#include "assess/label.h"

#include <stdlib.h>
#include <string.h>

typedef struct condition {
  uint8_t severity, outcome, score;
  tg_str gate, label, text;
} condition;

/* severity, then status, score, gate, subject */
static int compare(const void *x, const void *y) {
  const condition *a = x, *b = y;
  if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
  if (a->outcome != b->outcome) return a->outcome > b->outcome ? -1 : 1;
  if (a->score != b->score) return a->score > b->score ? -1 : 1;
  int c = tg_str_cmp(a->gate, b->gate);
  return c ? c : tg_str_cmp(a->label, b->label);
}

tg_status tg_assess_conditions(tg_assessment *a) {
  if (a->conditions_made) return TG_OK;
  TG_VEC(condition) list = {NULL, 0, 0};
  uint32_t subject_count;
  const tg_subject *subjects = tg_vm_subjects(a->vm, &subject_count);
  tg_status st = TG_OK;
  for (uint32_t i = 0; st == TG_OK && i < a->findings.n; i++) {
    const tg_finding *f = &a->findings.at[i];
    const tg_gate_state *g = &a->gate[f->gate];
    const tg_subject *s = &subjects[f->subject];
    if (g->severity < TG_HIGH) continue;
    condition c = {g->severity, f->outcome, g->score, a->program->gates[f->gate].id, TG_STR(""), TG_STR("")};
    char *text;
    if (s->whole) {
      text = tg_arena_text(&a->arena, c.gate.at, c.gate.n);
      c.text = (tg_str){text, c.gate.n};
    } else if ((st = tg_subject_label(a, s, &c.label)) == TG_OK) {
      uint32_t n = c.gate.n + c.label.n + 2;
      text = tg_arena_alloc(&a->arena, (size_t)n + 1);
      if (text != NULL) {
        memcpy(text, c.gate.at, c.gate.n);
        text[c.gate.n] = '[';
        if (c.label.n) memcpy(text + c.gate.n + 1, c.label.at, c.label.n);
        text[n - 1] = ']';
      }
      c.text = (tg_str){text, n};
    }
    if (st == TG_OK && (c.text.at == NULL || !tg_vec_push(a->mem, &list, c))) st = tg_mem_status(a->mem);
  }
  for (uint32_t i = 0; st == TG_OK && i < a->missed.n; i++) { /* a missed floor is open at high */
    condition c = {TG_HIGH, TG_FAIL, 0, a->missed.at[i], TG_STR(""), a->missed.at[i]};
    if (!tg_vec_push(a->mem, &list, c)) st = tg_mem_status(a->mem);
  }
  if (st == TG_OK && list.n) qsort(list.at, list.n, sizeof(condition), compare);
  a->conditions.n = 0;
  for (uint32_t i = 0; st == TG_OK && i < list.n; i++)
    if (!tg_vec_push(a->mem, &a->conditions, list.at[i].text)) st = tg_mem_status(a->mem);
  tg_vec_done(a->mem, &list);
  a->conditions_made = st == TG_OK;
  return st;
}
