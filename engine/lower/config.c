/* What configurations set, as the program carries it. */
#include "lower/lowering.h"

#include <string.h>

static void put_floors(tg_lowering *l, tg_settings *s) {
  const tg_tir_config *k = &l->c->config;
  tg_floor *floors = tg_arena_array(l->arena, tg_floor, k->floors.n + 1);
  for (uint32_t i = 0; floors && i < k->floors.n; i++) {
    tg_str area = k->floors.at[i].area, unused;
    tg_buf b;
    tg_buf_init(&b, l->mem);
    tg_buf_printf(&b, "min_proven:%.*s", TG_STR_ARG(area));
    floors[i] =
        (tg_floor){tg_str_is(area, "overall") ? TG_NONE : tg_lower_area(l, area, &unused),
                   k->floors.at[i].value, tg_lower_string(l, (tg_str){b.n ? b.at : "", (uint32_t)b.n})};
    if (b.failed) l->failed = true;
    tg_buf_done(&b);
  }
  if (floors == NULL) l->failed = true;
  s->floors = floors;
  s->floor_count = k->floors.n;
}

static void put_weights(tg_lowering *l, tg_settings *s) {
  const tg_tir_config *k = &l->c->config;
  if (k->weights.n == 0) return;
  uint32_t *weights = tg_arena_array(l->arena, uint32_t, l->areas.n + 1);
  for (uint32_t i = 0; weights && i < l->areas.n; i++) weights[i] = 1000;
  for (uint32_t i = 0; weights && i < k->weights.n; i++) {
    tg_str unused;
    uint32_t area = tg_lower_area(l, k->weights.at[i].area, &unused);
    if (area < l->areas.n) weights[area] = (uint32_t)k->weights.at[i].value.num;
  }
  if (weights == NULL) l->failed = true;
  s->area_weights = weights;
}

static void put_files(tg_lowering *l, tg_settings *s) {
  const tg_tir_config *k = &l->c->config;
  tg_config_file *files = tg_arena_array(l->arena, tg_config_file, k->files.n + 1);
  for (uint32_t i = 0; files && i < k->files.n; i++) {
    tg_source *source = &l->sources->list.at[k->files.at[i]];
    files[i].name = tg_lower_string(l, source->name);
    memcpy(files[i].sha256, tg_source_sha256(l->sources, source), 32);
  }
  tg_shown *shown = tg_arena_array(l->arena, tg_shown, k->shown.n + 1);
  for (uint32_t i = 0; shown && i < k->shown.n; i++)
    shown[i] = (tg_shown){tg_lower_string(l, k->shown.at[i].name), tg_lower_string(l, k->shown.at[i].value),
                          k->shown.at[i].at};
  if (files == NULL || shown == NULL) l->failed = true;
  s->files = files;
  s->file_count = k->files.n;
  s->shown = shown;
  s->shown_count = k->shown.n;
}

void tg_lower_config(tg_lowering *l) {
  const tg_tir_config *k = &l->c->config;
  tg_settings *s = &l->p->settings;
  memcpy(s->bands, k->bands, sizeof s->bands);
  memcpy(s->matrix, k->matrix, sizeof s->matrix);
  s->has_matrix = k->has_matrix;
  s->readiness = k->readiness;
  s->fail_on = k->fail_on;
  s->unknown = k->unknown;
  s->soon_days = k->soon_days;
  s->waivers = tg_lower_string(l, k->waivers);
  tg_str *elsewhere = tg_arena_array(l->arena, tg_str, l->c->elsewhere.n + 1);
  for (uint32_t i = 0; elsewhere && i < l->c->elsewhere.n; i++)
    elsewhere[i] = tg_lower_string(l, l->c->elsewhere.at[i]);
  if (elsewhere == NULL) l->failed = true;
  l->p->elsewhere = elsewhere;
  l->p->elsewhere_count = l->c->elsewhere.n;
  put_floors(l, s);
  put_weights(l, s);
  put_files(l, s);
}
