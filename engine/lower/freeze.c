/* Vectors to sections: everything is copied into the program's arena, and offsets of strings become pointers. */
#include "lower/lowering.h"

#include <string.h>

static const char *base_of(const tg_lowering *l) { return l->p->strings; }

/* While the string section grew, a tg_str held its offset + 1. */
static void fix(const tg_lowering *l, tg_str *s) {
  s->at = s->at == NULL ? base_of(l) : base_of(l) + ((uintptr_t)s->at - 1);
}

static void *section(tg_lowering *l, const void *at, uint32_t n, size_t size) {
  void *copy = tg_arena_alloc(l->arena, n ? n * size : 1);
  if (copy == NULL)
    l->failed = true;
  else if (n)
    memcpy(copy, at, n * size);
  return copy;
}

#define SECTION(name, vector) (l->p->name = section(l, l->vector.at, l->vector.n, sizeof *l->vector.at))

static void freeze_plan(tg_lowering *l) {
  tg_plan *plan = &l->p->plan;
  uint32_t total = 0;
  for (uint32_t i = 0; i < l->shapes.n; i++) total += l->shapes.at[i].slots;
  uint32_t *slot_base = tg_arena_array(l->arena, uint32_t, l->shapes.n + 1);
  uint32_t *slot_entry = tg_arena_array(l->arena, uint32_t, total + 1);
  tg_plan_entry *entries = section(l, l->entries.at, l->entries.n, sizeof *l->entries.at);
  plan->shapes = section(l, l->shapes.at, l->shapes.n, sizeof *l->shapes.at);
  if (l->failed || slot_base == NULL || slot_entry == NULL) {
    l->failed = true;
    return;
  }
  total = 0;
  for (uint32_t i = 0; i < l->shapes.n; i++) {
    slot_base[i] = total;
    slot_entry[total] = UINT32_MAX;
    total += l->shapes.at[i].slots;
  }
  for (uint32_t i = 0; i < l->c->paths.n; i++)
    if (l->paths[i].entry != UINT32_MAX)
      slot_entry[slot_base[l->paths[i].shape] + l->paths[i].slot] = l->paths[i].entry;
  for (uint32_t i = 0; i < l->entries.n; i++) fix(l, &entries[i].name);
  plan->entries = entries;
  plan->entry_count = l->entries.n;
  plan->shape_count = l->shapes.n;
  plan->slot_entry = slot_entry;
  plan->slot_base = slot_base;
}

/* The model's texts were made strings before the section was closed (see add_model_strings). */
static void freeze_model(tg_lowering *l, tg_field *fields, tg_str *words, tg_str *patterns) {
  const tg_model *m = &l->c->model;
  tg_regex **compiled = l->p->model.patterns;
  for (uint32_t i = 0; i < m->field_count; i++) {
    fix(l, &fields[i].name);
    fix(l, &fields[i].unit);
    fix(l, &fields[i].about);
    fix(l, &fields[i].known_by);
    fix(l, &fields[i].example);
  }
  for (uint32_t i = 0; i < m->word_count; i++) fix(l, &words[i]);
  for (uint32_t i = 0; i < m->pattern_count; i++) fix(l, &patterns[i]);
  l->p->model = *m;
  l->p->model.fields = fields;
  l->p->model.words = words;
  l->p->model.pattern_texts = patterns;
  l->p->model.pattern_caseless =
      section(l, m->pattern_caseless, m->pattern_count, sizeof *m->pattern_caseless);
  l->p->model.patterns = compiled;
}

static void add_model_strings(tg_lowering *l, tg_field **fields, tg_str **words, tg_str **patterns) {
  const tg_model *m = &l->c->model;
  *fields = section(l, m->fields, m->field_count, sizeof *m->fields);
  *words = section(l, m->words, m->word_count, sizeof *m->words);
  *patterns = section(l, m->pattern_texts, m->pattern_count, sizeof *m->pattern_texts);
  for (uint32_t i = 0; i < m->field_count && !l->failed; i++) {
    tg_field *f = &(*fields)[i];
    f->name = tg_lower_string(l, f->name);
    f->unit = tg_lower_string(l, f->unit);
    f->about = tg_lower_string(l, f->about);
    f->known_by = tg_lower_string(l, f->known_by);
    f->example = tg_lower_string(l, f->example);
  }
  for (uint32_t i = 0; i < m->word_count && !l->failed; i++) (*words)[i] = tg_lower_string(l, (*words)[i]);
  for (uint32_t i = 0; i < m->pattern_count && !l->failed; i++)
    (*patterns)[i] = tg_lower_string(l, (*patterns)[i]);
}

static void fix_gates(tg_lowering *l, tg_gate *gates) {
  for (uint32_t i = 0; i < l->gates.n; i++) {
    tg_gate *g = &gates[i];
    tg_str *texts[] = {&g->id,        &g->title,       &g->area_id,        &g->rationale,
                       &g->proof,     &g->remediation, &g->tailor_reason,  &g->for_text,
                       &g->when_text, &g->impact_text, &g->likelihood_text};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) fix(l, texts[k]);
  }
}

static void fix_others(tg_lowering *l) {
  tg_program *p = l->p;
  tg_str *settings[] = {&p->phase_fact, &p->as_of_fact, &p->id_fact, &p->waivers_fact, &p->settings.waivers};
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) fix(l, settings[i]);
    /* the sections are still ours to write: nobody else has seen the program */
#define EACH(section, count, field)                                                                          \
  for (uint32_t i = 0; i < p->count; i++) fix(l, (tg_str *)&p->section[i] field)
  EACH(lets, let_count, .name);
  EACH(patterns, pattern_count, .source);
  EACH(clauses, clause_count, .text);
  EACH(parts, part_count, .text);
  EACH(packs, pack_count, .name);
  EACH(packs, pack_count, .version);
  EACH(packs, pack_count, .title);
  EACH(packs, pack_count, .file);
  EACH(params, param_count, .full_name);
  EACH(params, param_count, .unit);
  EACH(params, param_count, .about);
  EACH(areas, area_count, );
  EACH(phases, phase_count, );
  EACH(texts, text_count, );
  EACH(sources, source_count, .name);
  EACH(elsewhere, elsewhere_count, );
  EACH(settings.floors, settings.floor_count, .condition);
  EACH(settings.tailorings, settings.tailoring_count, .what);
  EACH(settings.tailorings, settings.tailoring_count, .from);
  EACH(settings.tailorings, settings.tailoring_count, .to);
  EACH(settings.files, settings.file_count, .name);
  EACH(settings.shown, settings.shown_count, .name);
  EACH(settings.shown, settings.shown_count, .value);
#undef EACH
}

tg_status tg_lower_freeze(tg_lowering *l) {
  tg_program *p = l->p;
  tg_field *fields = NULL;
  tg_str *words = NULL, *patterns = NULL;
  add_model_strings(l, &fields, &words, &patterns);
  if (l->failed) return tg_mem_status(l->mem);
  p->strings = section(l, l->bytes.at, l->bytes.n, 1);
  p->string_count = l->bytes.n;
  p->const_count = l->consts.n, SECTION(consts, consts);
  p->set_count = l->sets.n, SECTION(sets, sets);
  p->set_value_count = l->set_values.n, SECTION(set_values, set_values);
  p->code_count = l->code.n, SECTION(code, code);
  SECTION(spans, spans);
  p->block_count = l->blocks.n, SECTION(blocks, blocks);
  p->loop_count = l->loops.n, SECTION(loops, loops);
  p->unit_count = l->units.n, SECTION(units, units);
  p->let_count = l->lets.n, SECTION(lets, lets);
  tg_gate *gates = section(l, l->gates.at, l->gates.n, sizeof *l->gates.at);
  p->gate_count = l->gates.n;
  p->gates = gates;
  p->settings.tailoring_count = l->tailorings.n;
  p->settings.tailorings = section(l, l->tailorings.at, l->tailorings.n, sizeof *l->tailorings.at);
  p->clause_count = l->clauses.n, SECTION(clauses, clauses);
  p->part_count = l->parts.n, SECTION(parts, parts);
  p->param_count = l->params.n, SECTION(params, params);
  p->area_count = l->areas.n, SECTION(areas, areas);
  p->text_count = l->texts.n, SECTION(texts, texts);
  p->line_count = l->lines.n, SECTION(lines, lines);
  if (!l->failed) freeze_plan(l);
  if (l->failed) return tg_mem_status(l->mem);
  freeze_model(l, fields, words, patterns);
  fix_gates(l, gates);
  fix_others(l);
  return l->failed ? tg_mem_status(l->mem) : TG_OK;
}
