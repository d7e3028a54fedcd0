/* Paths to plan: one shape for every path whose elements are read, one slot for every key. */
#include "lower/lowering.h"

#include <string.h>

static uint16_t shape_of_row(const tg_lowering *l, uint32_t path) {
  return l->paths[l->c->paths.at[path].row].shape;
}

static uint32_t element_child(const tg_lowering *l, uint32_t path) {
  for (uint32_t k = l->c->paths.at[path].first_child; k != UINT32_MAX; k = l->c->paths.at[k].next)
    if (l->c->paths.at[k].kind == TG_P_ELEMENT) return k;
  return UINT32_MAX;
}

static void add_shape(tg_lowering *l, uint32_t path) {
  const tg_path *x = &l->c->paths.at[path];
  tg_plan_shape s = {.first_entry = UINT32_MAX,
                     .owner_entry = UINT32_MAX,
                     .parent = TG_NO_SHAPE,
                     .slots = 1,
                     .element_shape = TG_NO_SHAPE,
                     .field = TG_NO_FIELD};
  if (l->shapes.n >= TG_NO_SHAPE) {
    tg_lower_too_big(l, "the rules read more collections than a program can hold");
    return;
  }
  if (x->kind == TG_P_ELEMENT) {
    const tg_path *list = &l->c->paths.at[x->parent];
    s.parent = shape_of_row(l, x->parent);
    s.owner_entry = list->kind == TG_P_FIELD ? l->paths[x->parent].entry : UINT32_MAX;
    s.field = x->field;
    s.is_map = x->field != TG_NO_FIELD && l->c->model.fields[x->field].type == TG_T_MAP;
  } else {
    s.field = l->c->model.present ? 0 : TG_NO_FIELD;
  }
  l->paths[path] = (tg_path_slot){UINT32_MAX, (uint16_t)l->shapes.n, 0};
  if (!tg_vec_push(l->mem, &l->shapes, s)) l->failed = true;
}

/* Appends to a list linked by `next`, so that entries keep the order in which rules named them. */
static void link(tg_lowering *l, uint32_t *first, uint32_t entry) {
  if (*first == UINT32_MAX) {
    *first = entry;
    return;
  }
  uint32_t at = *first;
  while (l->entries.at[at].next != UINT32_MAX) at = l->entries.at[at].next;
  l->entries.at[at].next = entry;
}

static void add_entry(tg_lowering *l, uint32_t path) {
  const tg_path *x = &l->c->paths.at[path];
  uint16_t shape = shape_of_row(l, path);
  tg_plan_shape *s = &l->shapes.at[shape];
  if (s->slots >= TG_MAX_SLOTS) {
    tg_lower_too_big(l, "the rules read more facts of one record than a row can hold");
    return;
  }
  bool nested = l->c->paths.at[x->parent].kind == TG_P_FIELD;
  tg_plan_entry e = {.name = tg_lower_string(l, x->name),
                     .first_child = UINT32_MAX,
                     .next = UINT32_MAX,
                     .field = x->field,
                     .slot = s->slots++,
                     .shape = TG_NO_SHAPE,
                     .parent = nested ? l->paths[x->parent].entry : UINT32_MAX};
  uint32_t index = l->entries.n;
  if (!tg_vec_push(l->mem, &l->entries, e)) {
    l->failed = true;
    return;
  }
  l->paths[path] = (tg_path_slot){index, shape, e.slot};
  link(l, nested ? &l->entries.at[e.parent].first_child : &s->first_entry, index);
}

/* Which shapes the lists and elements lead to, and where records keep their key. */
static void connect(tg_lowering *l) {
  for (uint32_t i = 0; i < l->c->paths.n; i++) {
    const tg_path *x = &l->c->paths.at[i];
    if (x->kind == TG_P_ELEMENT) {
      if (l->c->paths.at[x->parent].kind == TG_P_FIELD)
        l->entries.at[l->paths[x->parent].entry].shape = l->paths[i].shape;
      else
        l->shapes.at[l->paths[x->parent].shape].element_shape = l->paths[i].shape;
    } else if (x->kind == TG_P_FIELD && x->field != TG_NO_FIELD && l->c->model.fields[x->field].is_key &&
               l->c->paths.at[x->parent].kind == TG_P_ELEMENT) {
      l->shapes.at[l->paths[i].shape].key_slot = l->paths[i].slot;
    }
  }
}

static uint16_t slot_at(const tg_lowering *l, uint32_t path) {
  return path == UINT32_MAX ? 0 : l->paths[path].slot;
}

static void place_settings(tg_lowering *l) {
  const tg_checked *c = l->c;
  l->p->phase_slot = slot_at(l, c->phase_path);
  l->p->as_of_slot = slot_at(l, c->as_of_path);
  l->p->id_slot = slot_at(l, c->id_path);
  tg_evidence_slots *e = &l->p->evidence;
  e->shape = TG_NO_SHAPE;
  uint32_t register_rows = c->evidence_path == UINT32_MAX ? UINT32_MAX : element_child(l, c->evidence_path);
  if (register_rows != UINT32_MAX) {
    e->shape = l->paths[register_rows].shape;
    e->list_slot = l->paths[c->evidence_path].slot;
    e->id = slot_at(l, c->evidence_paths[0]);
    e->supports = slot_at(l, c->evidence_paths[1]);
    e->dated = slot_at(l, c->evidence_paths[2]);
  }
  tg_waiver_slots *w = &l->p->waivers;
  w->shape = TG_NO_SHAPE;
  uint32_t rows = c->waivers_path == UINT32_MAX ? UINT32_MAX : element_child(l, c->waivers_path);
  if (rows == UINT32_MAX) return;
  w->shape = l->paths[rows].shape;
  w->list_slot = l->paths[c->waivers_path].slot;
  uint16_t *slots[9] = {&w->id,          &w->gate,       &w->item,
                        &w->reason,      &w->owner,      &w->approver,
                        &w->approved_on, &w->expires_on, &w->compensating_action};
  for (int i = 0; i < 9; i++) *slots[i] = slot_at(l, c->waiver_paths[i]);
}

/* Paths come after their parents, so one walk in order makes shapes and entries after theirs. */
void tg_lower_plan(tg_lowering *l) {
  for (uint32_t i = 0; i < l->c->paths.n && !l->failed; i++) {
    if (l->c->paths.at[i].kind == TG_P_FIELD)
      add_entry(l, i);
    else
      add_shape(l, i);
  }
  if (l->failed) return;
  connect(l);
  place_settings(l);
}

uint16_t tg_lower_element_shape(const tg_lowering *l, const tg_tir *list) {
  uint32_t path = list->type.path;
  if (path != UINT32_MAX && l->c->paths.at[path].kind == TG_P_ELEMENT) return l->paths[path].shape;
  if (list->kind == TG_R_FACT || list->kind == TG_R_FIELD_OF) {
    uint32_t child = element_child(l, list->path);
    if (child != UINT32_MAX) return l->paths[child].shape;
  }
  return TG_NO_SHAPE;
}
