/* The driver: strings, packs, parameters, patterns, line tables; then verification. */
#include "lower/lower.h"

#include "lower/lowering.h"

#include <string.h>

uint32_t tg_lower_string_offset(tg_lowering *l, tg_str s) {
  if (s.at == NULL || s.n == 0) s = TG_STR("");
  uint32_t name = tg_names_add(&l->strings, s);
  if (name == TG_NO_NAME) {
    l->failed = true;
    return 0;
  }
  if (name == l->offsets.n) {
    int64_t at = tg_pool_add(&l->bytes, s.at, s.n);
    if (at < 0 || !tg_vec_push(l->mem, &l->offsets, (uint32_t)at)) {
      l->failed = true;
      return 0;
    }
  }
  return l->offsets.at[name];
}

tg_str tg_lower_string(tg_lowering *l, tg_str s) {
  uintptr_t offset = tg_lower_string_offset(l, s);
  return (tg_str){(const char *)(offset + 1), s.at ? s.n : 0};
}

tg_value tg_lower_text(tg_lowering *l, tg_str s) {
  uint32_t offset = tg_lower_string_offset(l, s);
  if (l->failed) return tg_unknown(TG_WHY_ASKED);
  return tg_text_value(TG_HOME_PROGRAM, l->bytes.at + offset, s.n, offset, offset);
}

void tg_lower_too_big(tg_lowering *l, const char *what) {
  if (!l->too_big) {
    tg_diag_at(l->d, TG_E_TOO_BIG, l->sources, l->where, "%s", what);
    tg_diag_hint(l->d, "split the gate, or move parts of it into lets");
  }
  l->too_big = true;
  l->failed = true;
}

static tg_value param_value(tg_lowering *l, tg_value v, tg_str text) {
  return tg_is_text(v) ? tg_lower_text(l, text) : v;
}

static void put_params(tg_lowering *l) {
  for (uint32_t i = 0; i < l->c->param_count && !l->failed; i++) {
    const tg_tir_param *x = &l->c->params[i];
    tg_param_info info = {.full_name = tg_lower_string(l, x->full_name),
                          .unit = tg_lower_string(l, x->unit),
                          .about = tg_lower_string(l, x->about),
                          .origin = x->origin,
                          .from_option = x->from_option,
                          .list_count = TG_NONE};
    if (x->is_list) {
      info.list_first = l->set_values.n;
      info.list_count = x->list_count;
      for (uint32_t k = 0; k < x->list_count; k++)
        if (!tg_vec_push(l->mem, &l->set_values, param_value(l, x->list[k]->value, x->list[k]->text)))
          l->failed = true;
    } else {
      info.value = param_value(l, x->value, x->text);
    }
    if (!tg_vec_push(l->mem, &l->params, info)) l->failed = true;
  }
}

static void put_packs(tg_lowering *l) {
  tg_pack_info *packs = tg_arena_array(l->arena, tg_pack_info, l->c->pack_count ? l->c->pack_count : 1);
  if (packs == NULL) {
    l->failed = true;
    return;
  }
  for (uint32_t i = 0; i < l->c->pack_count; i++) {
    const tg_pack_ast *ast = l->c->packs[i];
    tg_source *s = &l->sources->list.at[ast->source];
    packs[i] = (tg_pack_info){.name = tg_lower_string(l, ast->name.text),
                              .version = tg_lower_string(l, ast->version.text),
                              .title = tg_lower_string(l, ast->title.text),
                              .file = tg_lower_string(l, s->name),
                              .portfolio = ast->scope.text.n > 0};
    memcpy(packs[i].sha256, tg_source_sha256(l->sources, s), 32);
  }
  l->p->packs = packs;
  l->p->pack_count = l->c->pack_count;
}

static void put_phases(tg_lowering *l) {
  tg_str *phases = tg_arena_array(l->arena, tg_str, l->c->phase_count ? l->c->phase_count : 1);
  if (phases == NULL) {
    l->failed = true;
    return;
  }
  for (uint32_t i = 0; i < l->c->phase_count; i++) phases[i] = tg_lower_string(l, l->c->phases[i]);
  l->p->phases = phases;
  l->p->phase_count = l->c->phase_count;
}

/* Names and line starts of the rule sources: places work without the texts. */
static void put_sources(tg_lowering *l) {
  uint32_t n = l->sources->list.n;
  tg_rule_source *out = tg_arena_array(l->arena, tg_rule_source, n ? n : 1);
  if (out == NULL) {
    l->failed = true;
    return;
  }
  for (uint32_t i = 0; i < n && !l->failed; i++) {
    const tg_source *s = &l->sources->list.at[i];
    out[i] = (tg_rule_source){tg_lower_string(l, s->name), s->base, s->len, l->lines.n, 0};
    for (uint32_t at = 0;;) {
      if (!tg_vec_push(l->mem, &l->lines, at)) l->failed = true;
      const uint8_t *end = l->failed ? NULL : memchr(s->text + at, '\n', s->len - at);
      if (end == NULL) break;
      at = (uint32_t)(end - s->text) + 1;
    }
    out[i].line_count = l->lines.n - out[i].line_first;
  }
  l->p->sources = out;
  l->p->source_count = n;
}

static tg_status compile(tg_lowering *l, tg_str source, bool caseless, tg_span span, bool jit,
                         tg_regex **out) {
  tg_regex_error e;
  tg_status st = tg_regex_new(l->mem, source, caseless, out, &e);
  if (st == TG_INVALID)
    tg_diag_at(l->d, TG_E_REGEX, l->sources, span, "the pattern does not compile: %s", e.message);
  if (st == TG_OK && jit) tg_regex_jit(*out);
  return st;
}

static tg_status put_patterns(tg_lowering *l, bool jit) {
  const tg_checked *c = l->c;
  uint32_t n = c->patterns.n, m = c->model.pattern_count;
  tg_pattern *patterns = tg_arena_array(l->arena, tg_pattern, n ? n : 1);
  tg_regex **compiled = tg_arena_array(l->arena, tg_regex *, n ? n : 1);
  tg_regex **of_model = tg_arena_array(l->arena, tg_regex *, m ? m : 1);
  if (patterns == NULL || compiled == NULL || of_model == NULL) return tg_mem_status(l->mem);
  l->p->patterns = patterns;
  l->p->compiled = compiled;
  l->p->pattern_count = n;
  l->p->model.patterns = of_model;
  l->p->model.pattern_count = m; /* so that a failure further on frees them */
  for (uint32_t i = 0; i < n; i++) {
    const tg_pattern_text *x = &c->patterns.at[i];
    patterns[i] = (tg_pattern){tg_lower_string(l, x->source), x->caseless, x->span};
    tg_status st = compile(l, x->source, x->caseless, x->span, jit, &compiled[i]);
    if (st != TG_OK) return st;
    l->p->jit_count += tg_regex_has_jit(compiled[i]);
  }
  for (uint32_t i = 0; i < m; i++) {
    tg_status st =
        compile(l, c->model.pattern_texts[i], c->model.pattern_caseless[i], TG_NO_SPAN, jit, &of_model[i]);
    if (st != TG_OK) return st;
  }
  return TG_OK;
}

void tg_lower_free(tg_program *p) {
  for (uint32_t i = 0; p->compiled != NULL && i < p->pattern_count; i++) tg_regex_free(p->compiled[i]);
  for (uint32_t i = 0; p->model.patterns != NULL && i < p->model.pattern_count; i++)
    tg_regex_free(p->model.patterns[i]);
  p->compiled = NULL;
  p->model.patterns = NULL;
}

static void done(tg_lowering *l) {
  tg_names_done(&l->strings);
  tg_mem_free(l->mem, l->bytes.at, l->bytes.cap);
  tg_vec_done(l->mem, &l->offsets);
  tg_mem_free(l->mem, l->paths, sizeof *l->paths * l->c->paths.n);
  tg_vec_done(l->mem, &l->entries);
  tg_vec_done(l->mem, &l->shapes);
  tg_vec_done(l->mem, &l->consts);
  tg_vec_done(l->mem, &l->sets);
  tg_vec_done(l->mem, &l->set_values);
  tg_vec_done(l->mem, &l->code);
  tg_vec_done(l->mem, &l->spans);
  tg_vec_done(l->mem, &l->blocks);
  tg_vec_done(l->mem, &l->loops);
  tg_vec_done(l->mem, &l->units);
  tg_vec_done(l->mem, &l->lets);
  tg_vec_done(l->mem, &l->gates);
  tg_vec_done(l->mem, &l->clauses);
  tg_vec_done(l->mem, &l->parts);
  tg_vec_done(l->mem, &l->params);
  tg_vec_done(l->mem, &l->areas);
  tg_vec_done(l->mem, &l->texts);
  tg_vec_done(l->mem, &l->lines);
  tg_vec_done(l->mem, &l->vars);
  tg_vec_done(l->mem, &l->tailorings);
}

static void put_settings(tg_lowering *l) {
  const tg_checked *c = l->c;
  tg_program *p = l->p;
  p->portfolio = c->portfolio;
  p->waiver_max_days_set = c->waiver_max_days_set;
  p->waiver_compensating = c->waiver_compensating;
  p->waiver_max_severity_set = c->waiver_max_severity_set;
  p->waiver_max_days = c->waiver_max_days;
  p->waiver_max_severity = c->waiver_max_severity;
  p->phase_fact = tg_lower_string(l, c->phase_fact);
  p->as_of_fact = tg_lower_string(l, c->as_of_fact);
  p->id_fact = tg_lower_string(l, c->id_fact);
  p->waivers_fact = tg_lower_string(l, c->waivers_fact);
}

tg_status tg_lower(tg_arena *arena, tg_mem *mem, const tg_checked *c, tg_sources *sources, bool jit,
                   tg_diags *d, tg_program *out) {
  tg_lowering l = {
      .arena = arena, .mem = mem, .c = c, .sources = sources, .d = d, .p = out, .where = TG_NO_SPAN};
  memset(out, 0, sizeof *out);
  l.bytes.mem = mem;
  tg_status st = tg_names_init(&l.strings, mem);
  if (st == TG_OK) {
    l.paths = tg_mem_zalloc(mem, sizeof *l.paths * c->paths.n);
    if (l.paths == NULL) l.failed = true;
    if (!l.failed) tg_lower_plan(&l);
    if (!l.failed) put_settings(&l);
    if (!l.failed) put_packs(&l);
    if (!l.failed) put_phases(&l);
    if (!l.failed) put_params(&l);
    if (!l.failed) put_sources(&l);
    if (!l.failed) st = put_patterns(&l, jit);
    if (!l.failed && st == TG_OK) tg_lower_lets(&l);
    if (!l.failed && st == TG_OK) tg_lower_gates(&l);
    if (!l.failed && st == TG_OK) tg_lower_config(&l);
    if (l.failed && st == TG_OK) st = l.too_big ? TG_INVALID : tg_mem_status(mem);
    if (st == TG_OK) st = tg_lower_freeze(&l);
    if (st == TG_OK) st = tg_program_temps(out, mem, &out->max_temps);
    if (st == TG_OK) st = tg_program_verify(out, mem, d);
  }
  done(&l);
  if (st != TG_OK) tg_lower_free(out);
  return st;
}
