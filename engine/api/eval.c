/* Evaluating frozen facts: fill rows, run the machine, assess. */
#include "api/handles.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

tg_status tg_eval_new(tg_env *env, tg_program_handle *program, const tg_allocator *allocator,
                      tg_messages *messages, tg_eval **out) {
  if (env == NULL || program == NULL || messages == NULL || out == NULL) return TG_MISUSE;
  tg_mem mem;
  tg_mem_init(&mem, allocator ? allocator : &env->allocator, env->memory_limit);
  tg_eval *e = tg_mem_zalloc(&mem, sizeof *e);
  if (e == NULL) return tg_api_refused(messages, &mem, tg_mem_status(&mem));
  e->mem = mem;
  e->env = env;
  e->messages = messages;
  e->program = tg_program_ref(program);
  tg_assess_init(&e->assessment.a, &e->mem);
  tg_buf_init(&e->assessment.report, &e->mem);
  tg_buf_init(&e->assessment.value, &e->mem);
  tg_status st = tg_rows_init(&e->rows, &e->mem, &program->program.plan);
  if (st == TG_OK) st = tg_vm_new(&e->mem, &program->program, &e->vm);
  if (st != TG_OK) {
    tg_api_refused(messages, &e->mem, st);
    tg_eval_free(e);
    return st;
  }
  *out = e;
  return TG_OK;
}

void tg_eval_free(tg_eval *e) {
  if (e == NULL) return;
  tg_assess_done(&e->assessment.a);
  tg_buf_done(&e->assessment.report);
  tg_buf_done(&e->assessment.value);
  tg_vm_free(e->vm);
  tg_rows_done(&e->rows);
  tg_vec_done(&e->mem, &e->selected);
  tg_program_unref(e->program);
  tg_mem mem = e->mem;
  tg_mem_free(&mem, e, sizeof *e);
}

/* ---- the day of assessment ---- */

static tg_status no_day(tg_eval *e, const char *what, tg_text text) {
  tg_diag_at(&e->messages->diags, TG_E_AS_OF, NULL, TG_NO_SPAN, "%s `%.*s` is not a date", what, (int)text.n,
             text.at);
  tg_diag_hint(&e->messages->diags, "write it as YYYY-MM-DD");
  return TG_INVALID;
}

/* A date fact's value; false when it is unknown.  Without a model it may still be text. */
static tg_status fact_day(tg_eval *e, const tg_store *store, tg_value v, tg_value *out, bool *known) {
  *known = false;
  if (v.kind == TG_V_UNKNOWN) return TG_OK;
  tg_heap heap;
  tg_heap_init(&heap, &e->mem);
  tg_store_heap(store, &heap);
  bool ok = v.kind == TG_V_DATE;
  if (ok)
    *out = v;
  else if (tg_is_text(v)) {
    tg_str s = tg_text_of(&heap, &v);
    ok = tg_date_parse(s.at, s.n, out);
    if (!ok && tg_str_is(s, "unknown")) {
      tg_heap_done(&heap);
      return TG_OK;
    }
  }
  tg_heap_done(&heap);
  *known = ok;
  if (ok) return TG_OK;
  tg_span at = v.start == TG_NOWHERE ? TG_NO_SPAN : (tg_span){v.start, 1};
  tg_diag_at(&e->messages->diags, TG_E_AS_OF, &store->sources, at, "the day of assessment is not a date");
  tg_diag_hint(&e->messages->diags, "write it as YYYY-MM-DD");
  return TG_INVALID;
}

/* The latest as_of_fact of a portfolio's documents. */
static tg_status portfolio_day(tg_eval *e, const tg_store *store, tg_value *out, bool *known) {
  tg_str path = e->program->program.as_of_fact;
  char pointer[256] = "/";
  *known = false;
  if (path.n == 0 || path.n + 2 > sizeof pointer) return TG_OK;
  for (uint32_t i = 0; i < path.n; i++) pointer[i + 1] = path.at[i] == '.' ? '/' : path.at[i];
  for (uint32_t i = 0; i < store->roots.n; i++) {
    uint32_t node = tg_store_find(store, store->roots.at[i], (tg_str){pointer, path.n + 1});
    if (node == UINT32_MAX) continue;
    tg_value day;
    bool has;
    tg_status st = fact_day(e, store, store->tree.nodes.at[node], &day, &has);
    if (st != TG_OK) return st;
    if (has && (!*known || day.num > out->num)) *out = day;
    *known = *known || has;
  }
  return TG_OK;
}

static tg_status find_day(tg_eval *e, const tg_facts *facts, const tg_run_options *o, tg_assess_options *a) {
  bool known = false;
  a->as_of_source = 0;
  if (o->as_of.n > 0)
    return tg_date_parse(o->as_of.at, o->as_of.n, &a->today) ? TG_OK
                                                             : no_day(e, "the day of assessment", o->as_of);
  tg_status st = TG_OK;
  a->as_of_source = 1;
  uint16_t slot = e->program->program.as_of_slot;
  if (facts->portfolio)
    st = portfolio_day(e, &facts->store, &a->today, &known);
  else if (slot != 0)
    st = fact_day(e, &facts->store, tg_row(&e->rows, 0, 0)[slot], &a->today, &known);
  if (st != TG_OK || known) return st;
  a->as_of_source = 2;
  if (o->clock.n == 0) {
    tg_diag_at(&e->messages->diags, TG_E_AS_OF, NULL, TG_NO_SPAN,
               "neither an option nor the facts say the day of assessment");
    return TG_INVALID;
  }
  return tg_date_parse(o->clock.at, o->clock.n, &a->today) ? TG_OK : no_day(e, "the clock's day", o->clock);
}

/* ---- running ---- */

static tg_status done(tg_eval *e, tg_status st) {
  return st == TG_NOMEM || st == TG_LIMIT || st == TG_INVALID ? tg_api_refused(e->messages, &e->mem, st) : st;
}

static tg_status fill(tg_eval *e, tg_facts *facts, const tg_run_options *o) {
  tg_mem_clear(&e->mem);
  e->facts = NULL; /* what the last run found is gone */
  e->rows.interrupt = o->interrupt;
  e->rows.interrupt_ctx = o->interrupt_ctx;
  return done(e, tg_rows_fill(&e->rows, &facts->store));
}

tg_status tg_tools_fill(tg_eval *e, tg_facts *facts) {
  if (e == NULL || facts == NULL || !facts->store.frozen) return TG_MISUSE;
  tg_run_options o;
  TG_INIT(&o);
  return fill(e, facts, &o);
}

static tg_status evaluate(tg_eval *e, tg_facts *facts, const tg_run_options *o, tg_assess_options *a) {
  tg_status st = find_day(e, facts, o, a);
  if (st != TG_OK) return st;
  tg_vm_options v = {.today = a->today,
                     .interrupt = o->interrupt,
                     .interrupt_ctx = o->interrupt_ctx,
                     .subject_cost = e->env->subject_cost,
                     .document_cost = e->env->document_cost,
                     .selected = a->selected};
  return tg_vm_run(e->vm, &e->rows, &facts->store, &v);
}

static tg_status assess(tg_eval *e, tg_facts *facts, const tg_assess_options *a, tg_assessment_handle **out) {
  tg_assessment_handle *h = &e->assessment;
  tg_status st =
      tg_assess_run(&h->a, &e->program->program, e->vm, &e->rows, &facts->store, a, &e->messages->diags);
  if (st != TG_OK) return st;
  h->shown = TG_NONE;
  h->messages = e->messages;
  h->detail = NULL;
  int y, m, d;
  tg_date_to_civil(a->today.num, &y, &m, &d);
  char day[16];
  snprintf(day, sizeof day, "%04d-%02d-%02d", y % 10000, m % 100, d % 100);
  memcpy(h->as_of, day, sizeof h->as_of);
  e->facts = facts;
  *out = h;
  return TG_OK;
}

/* The run's own options, else the configuration's, else the defaults. */
static bool settle(const tg_settings *s, const tg_run_options *o, tg_assess_options *a) {
  if ((int)o->readiness < TG_READINESS_DEFAULT || o->readiness > TG_BY_AREA ||
      (int)o->fail_on < TG_FAIL_ON_DEFAULT || o->fail_on > TG_FAIL_ON_CRITICAL ||
      (int)o->unknown < TG_UNKNOWN_DEFAULT || o->unknown > TG_UNKNOWN_REPORTS)
    return false;
  a->model = o->readiness ? o->readiness : s->readiness ? (tg_readiness_model)s->readiness : TG_RISK_WEIGHTED;
  a->threshold = (int8_t)(s->fail_on == -2 ? TG_HIGH : s->fail_on);
  if (o->fail_on != TG_FAIL_ON_DEFAULT)
    a->threshold = (int8_t)((int)o->fail_on - TG_FAIL_ON_INFO); /* -1 for never */
  a->unknown_reports = o->unknown ? o->unknown == TG_UNKNOWN_REPORTS : s->unknown == 1;
  a->soon_days = s->soon_days;
  a->baseline = o->baseline ? &o->baseline->baseline : NULL;
  a->ratchet = o->ratchet ? &o->ratchet->ratchet : NULL;
  return true;
}

tg_status tg_eval_run(tg_eval *e, tg_facts *facts, const tg_run_options *options,
                      tg_assessment_handle **out) {
  if (e == NULL || facts == NULL || out == NULL || !facts->store.frozen) return TG_MISUSE;
  tg_run_options o;
  TG_COPY_OPTIONS(&o, options);
  tg_assess_options a = {0};
  if (!settle(&e->program->program.settings, &o, &a)) return TG_MISUSE;
  tg_status st = fill(e, facts, &o);
  if (st != TG_OK) return st;
  a.partial = o.gate_count + o.area_count + o.phase_count + o.tag_count > 0;
  tg_selection selection = {&e->program->program, &e->mem, &e->messages->diags};
  if (!tg_vec_fit(&e->mem, &e->selected, selection.program->gate_count))
    st = tg_mem_status(&e->mem); /* holds nothing between runs: n stays 0 */
  else
    st = tg_api_select(&selection, &o, e->selected.at);
  a.selected = e->selected.at;
  if (st == TG_OK) st = evaluate(e, facts, &o, &a);
  if (st == TG_OK) st = assess(e, facts, &a, out);
  return done(e, st);
}

tg_status tg_tools_evaluate(tg_eval *e, tg_facts *facts, tg_text as_of) {
  if (e == NULL || facts == NULL) return TG_MISUSE;
  tg_run_options o;
  TG_INIT(&o);
  o.as_of = as_of;
  tg_assess_options a = {0};
  settle(&e->program->program.settings, &o, &a);
  tg_status st = evaluate(e, facts, &o, &a);
  e->assessment.a.options = a;
  return done(e, st);
}

tg_status tg_tools_assess(tg_eval *e, tg_facts *facts, tg_assessment_handle **out) {
  if (e == NULL || facts == NULL || out == NULL) return TG_MISUSE;
  tg_assess_options a = e->assessment.a.options;
  return done(e, assess(e, facts, &a, out));
}

tg_status tg_eval_stats(const tg_eval *e, tg_run_stats *out) {
  if (e == NULL || out == NULL) return TG_MISUSE;
  tg_run_stats r = {0};
  r.cost = tg_vm_cost(e->vm);
  for (uint32_t s = 0; s < e->program->program.plan.shape_count; s++) {
    r.rows += e->rows.tables[s].count;
    r.values += (uint64_t)e->rows.tables[s].count * e->program->program.plan.shapes[s].slots;
  }
  r.memory = e->mem.used;
  r.memory_peak = e->mem.peak;
  if (e->facts != NULL) {
    r.facts_memory = e->facts->store.mem.used;
    r.facts_peak = e->facts->store.mem.peak;
  }
  TG_GIVE(out, r);
  return TG_OK;
}
