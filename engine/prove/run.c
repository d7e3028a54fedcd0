/* One case: its facts through the program, and what came beside what was expected. */
#include "prove/prove.h"

#include "assess/label.h"
#include "vm/vm.h"

#include <string.h>

static const char *const fault_words[] = {"?",     "type", "magnitude", "date",
                                          "regex", "fuel", "event",     "range"};

tg_status tg_runner_open(tg_runner *r, tg_mem *mem, const tg_program *p) {
  memset(r, 0, sizeof *r);
  r->mem = mem;
  r->program = p;
  tg_arena_init(&r->arena, mem);
  tg_diags_init(&r->diags, mem);
  tg_assess_init(&r->assessment, mem);
  tg_status st = tg_rows_init(&r->rows, mem, &p->plan);
  if (st == TG_OK) st = tg_vm_new(mem, p, &r->vm);
  if (st == TG_OK) st = tg_matcher_new(mem, &r->matcher);
  r->selected = tg_mem_zalloc(mem, p->gate_count + 1);
  if (st == TG_OK && r->selected == NULL) st = tg_mem_status(mem);
  return st;
}

void tg_runner_close(tg_runner *r) {
  if (r->mem == NULL) return;
  tg_assess_done(&r->assessment);
  tg_vm_free(r->vm);
  tg_rows_done(&r->rows);
  tg_matcher_free(r->matcher);
  if (r->selected != NULL) tg_mem_free(r->mem, r->selected, r->program->gate_count + 1);
  tg_diags_done(&r->diags);
  tg_arena_done(&r->arena);
  r->mem = NULL;
}

/* ---- choosing ---- */

static bool in_packs(const tg_runner *r, const tg_test_file *f, uint32_t gate) {
  if (f->pack_count == 0) return true;
  tg_str pack = r->program->packs[r->program->gates[gate].pack].name;
  for (uint32_t i = 0; i < f->pack_count; i++)
    if (tg_str_eq(f->packs[i], pack)) return true;
  return false;
}

static uint32_t gate_called(const tg_runner *r, const tg_test_file *f, tg_str id) {
  for (uint32_t g = 0; g < r->program->gate_count; g++)
    if (tg_str_eq(r->program->gates[g].id, id) && in_packs(r, f, g)) return g;
  return TG_NONE;
}

/* The gates that the case expects something of; all of the packs when it expects a verdict. */
static void select_gates(tg_runner *r, const tg_test_file *f, const tg_case *c) {
  for (uint32_t g = 0; g < r->program->gate_count; g++) r->selected[g] = c->verdict >= 0 && in_packs(r, f, g);
  for (uint32_t i = 0; i < c->expect_count; i++) {
    uint32_t g = gate_called(r, f, c->expect[i].gate);
    if (g != TG_NONE) r->selected[g] = 1;
  }
}

/* ---- texts of results ---- */

static tg_str keep(tg_runner *r, tg_buf *b) {
  tg_str s = {b->failed ? NULL : tg_arena_text(&r->arena, b->n ? b->at : "", b->n), (uint32_t)b->n};
  if (s.at == NULL) s = (tg_str){"", 0};
  tg_buf_clear(b);
  return s;
}

static tg_str word(const char *s) { return tg_str_of(s); }

/* Clauses and facts that decided a subject. */
static tg_str decided(tg_runner *r, const tg_test_file *f, const tg_subject *s) {
  const tg_explanation *x;
  const tg_gate *g = &r->program->gates[s->gate];
  tg_buf b;
  if (s->outcome == TG_NOT_APPLICABLE || tg_vm_explain(r->vm, s, &x) != TG_OK) return (tg_str){"", 0};
  tg_buf_init(&b, r->mem);
  static const char *const words[] = {"", "true", "", "unknown", "false", "error"};
  for (uint32_t i = 0; x->clauses != NULL && i < x->clause_count; i++) {
    tg_place at = tg_program_place(r->program, r->program->clauses[g->clause_first + i].span.start);
    tg_str text = r->program->clauses[g->clause_first + i].text;
    tg_buf_printf(&b, "%-7s %.*s   (%.*s:%u)\n", words[x->clauses[i].outcome], TG_STR_ARG(text),
                  TG_STR_ARG(at.file), at.line);
  }
  const tg_heap *heap = tg_vm_heap(r->vm);
  for (uint32_t i = 0; i < x->fact_count; i++) {
    const tg_used_fact *u = &x->facts[i];
    if (u->shape == TG_NO_SHAPE) continue;
    tg_rows_path(&r->rows, heap, u->shape, u->row, u->slot, &b);
    tg_buf_puts(&b, u->state == TG_STATE_KNOWN || u->state == TG_STATE_NONE ? " = " : " is ");
    if (u->state == TG_STATE_KNOWN || u->state == TG_STATE_NONE)
      tg_rows_print(&r->rows, heap, u->value, &b);
    else
      tg_buf_puts(&b, tg_state_word((tg_fact_state)u->state));
    if (u->value.start != TG_NOWHERE) {
      tg_place at = tg_sources_place(&f->store.sources, u->value.start);
      tg_buf_printf(&b, "   (%.*s:%u)", TG_STR_ARG(at.file), at.line);
    }
    tg_buf_putc(&b, '\n');
  }
  tg_str out = keep(r, &b);
  tg_buf_done(&b);
  return out;
}

/* ---- comparing ---- */

typedef struct comparing {
  tg_runner *r;
  tg_test_file *f;
  tg_case_result *out;
  bool brief;
} comparing;

static tg_status differ(comparing *k, const tg_expectation *e, const char *aspect, tg_str expected,
                        tg_str actual, const tg_subject *s) {
  tg_runner *r = k->r;
  k->out->passed = false;
  if (k->brief) return TG_OK;
  tg_buf b;
  tg_buf_init(&b, r->mem);
  tg_buf_put(&b, e->gate.at, e->gate.n);
  if (e->label.at != NULL) tg_buf_printf(&b, "[%.*s]", TG_STR_ARG(e->label));
  if (aspect[0] != 0) tg_buf_printf(&b, " %s", aspect);
  tg_mismatch m = {.what = keep(r, &b),
                   .expected = expected,
                   .actual = actual,
                   .place = tg_sources_place(&k->f->store.sources, e->place)};
  tg_buf_done(&b);
  if (s != NULL) m.decided = decided(r, k->f, s);
  return tg_vec_push(r->mem, &k->out->mismatches, m) ? TG_OK : tg_mem_status(r->mem);
}

static const tg_finding *finding_of(const tg_runner *r, uint32_t gate, uint32_t subject) {
  const tg_gate_state *g = &r->assessment.gate[gate];
  for (uint32_t i = g->finding_first; i < g->finding_first + g->finding_count; i++)
    if (r->assessment.findings.at[i].subject == subject) return &r->assessment.findings.at[i];
  return NULL;
}

/* The subject with this label; without a label the first that has the gate's own outcome. */
static tg_status subject_of(comparing *k, uint32_t gate, const tg_expectation *e, const tg_subject **out,
                            uint8_t *outcome, uint32_t *finding) {
  uint32_t count;
  const tg_subject *all = tg_vm_subjects(k->r->vm, &count);
  const tg_gate_state *state = &k->r->assessment.gate[gate];
  *out = NULL;
  *finding = TG_NONE;
  for (uint32_t i = 0; i < count; i++) {
    if (all[i].gate != gate) continue;
    const tg_finding *f = finding_of(k->r, gate, i);
    uint8_t o = f != NULL ? f->outcome : all[i].outcome;
    if (e->label.at == NULL) {
      if (o != state->outcome) continue;
    } else {
      tg_str label;
      tg_status st = tg_subject_label(&k->r->assessment, &all[i], &label);
      if (st != TG_OK) return st;
      if (!tg_str_eq(label, e->label)) continue;
    }
    *out = &all[i];
    *outcome = o;
    if (f != NULL) *finding = (uint32_t)(f - k->r->assessment.findings.at);
    return TG_OK;
  }
  return TG_OK;
}

static tg_status compare_message(comparing *k, const tg_expectation *e, const tg_subject *s,
                                 uint32_t finding) {
  const tg_detail *d;
  if (finding == TG_NONE)
    return differ(k, e, "message", e->message, TG_STR("nothing: what passes says nothing"), s);
  tg_status st = tg_assess_detail(&k->r->assessment, finding, &d);
  if (st != TG_OK) return st;
  if (tg_str_eq(d->message, e->message)) return TG_OK;
  tg_str said = {tg_arena_text(&k->r->arena, d->message.at, d->message.n), d->message.n};
  return differ(k, e, "message", e->message, said, s);
}

static tg_status compare(comparing *k, const tg_expectation *e) {
  tg_runner *r = k->r;
  uint32_t gate = gate_called(r, k->f, e->gate), finding;
  if (gate == TG_NONE)
    return differ(k, e, "", TG_STR("a gate"), TG_STR("no such gate in the packs under test"), NULL);
  const tg_gate_state *g = &r->assessment.gate[gate];
  if (r->coverage != NULL) { r->coverage->gates[gate] |= (uint8_t)(1u << g->outcome); }
  const tg_subject *s;
  uint8_t outcome = g->outcome;
  tg_status st = subject_of(k, gate, e, &s, &outcome, &finding);
  if (st != TG_OK) return st;
  if (e->label.at != NULL && s == NULL)
    return differ(k, e, "",
                  e->outcome >= 0 ? word(tg_outcome_word((tg_outcome)e->outcome)) : TG_STR("a subject"),
                  TG_STR("no such subject"), NULL);
  if (e->outcome >= 0 && e->outcome != (int)outcome)
    return differ(k, e, "", word(tg_outcome_word((tg_outcome)e->outcome)),
                  word(tg_outcome_word((tg_outcome)outcome)), s);
  if (e->severity >= 0 && e->severity != (int)g->severity) {
    st = differ(k, e, "severity", word(tg_severity_word((tg_severity)e->severity)),
                word(tg_severity_word((tg_severity)g->severity)), NULL);
    if (st != TG_OK || k->brief) return st;
  }
  if (e->reason.at != NULL) {
    tg_reason reason;
    st = tg_assess_reason(&r->assessment, gate, &reason);
    const char *said = tg_reason_word(reason);
    if (st == TG_OK && (said == NULL || !tg_str_is(e->reason, said)))
      st = differ(k, e, "reason", e->reason, word(said ? said : "none"), s);
    if (st != TG_OK) return st;
  }
  if (e->code.at != NULL) {
    const char *said = s != NULL && s->outcome == TG_ERROR && s->fault < 8 ? fault_words[s->fault] : "none";
    if (!tg_str_is(e->code, said)) st = differ(k, e, "code", e->code, word(said), s);
    if (st != TG_OK) return st;
  }
  return e->message.at != NULL && !(k->brief && !k->out->passed) ? compare_message(k, e, s, finding) : TG_OK;
}

/* ---- running ---- */

static tg_status trouble(tg_runner *r, tg_case_result *out, tg_status st) {
  tg_buf b;
  tg_buf_init(&b, r->mem);
  for (uint32_t i = 0; i < r->diags.list.n; i++)
    if (r->diags.list.at[i].severity == TG_DIAG_ERROR) tg_diag_write(&r->diags.list.at[i], false, &b);
  while (b.n > 0 && b.at[b.n - 1] == '\n') b.n--;
  out->trouble = keep(r, &b);
  tg_buf_done(&b);
  return st == TG_INVALID ? TG_OK : st;
}

static tg_status find_day(tg_runner *r, const tg_case *c, const tg_test_file *f, tg_value *today) {
  *today = c->as_of;
  if (today->kind == TG_V_DATE) return TG_OK;
  if (r->program->as_of_slot != 0) *today = tg_row(&r->rows, 0, 0)[r->program->as_of_slot];
  if (tg_is_text(*today)) {
    tg_heap heap = {0};
    tg_store_heap(&f->store, &heap);
    tg_str s = tg_text_of(&heap, today);
    if (!tg_date_parse(s.at, s.n, today)) *today = tg_unknown(TG_WHY_ABSENT);
  }
  if (today->kind == TG_V_DATE) return TG_OK;
  tg_diag_at(&r->diags, TG_E_AS_OF, &f->store.sources, (tg_span){c->place, 1},
             "neither the test nor its facts say the day of assessment");
  tg_diag_hint(&r->diags, "add `as_of: \"YYYY-MM-DD\"`");
  return TG_INVALID;
}

tg_status tg_runner_run(tg_runner *r, tg_test_file *f, tg_case *c, bool brief, tg_case_result *out) {
  memset(out, 0, sizeof *out);
  if (c->broken || c->checked == 2) return TG_OK;
  tg_diags_reset(&r->diags);
  f->store.root = c->root;
  tg_status st = TG_OK;
  if (c->checked == 0) {
    st = tg_model_check(&r->program->model, &f->store, r->matcher, &r->diags);
    c->checked = st == TG_OK ? 1 : 2;
  }
  if (st == TG_OK) st = tg_rows_fill(&r->rows, &f->store);
  tg_assess_options options = {.model = TG_RISK_WEIGHTED, .selected = r->selected};
  if (st == TG_OK) st = find_day(r, c, f, &options.today);
  if (st != TG_OK) return brief ? (st == TG_INVALID ? TG_OK : st) : trouble(r, out, st);
  select_gates(r, f, c);
  tg_vm_options vm = {.today = options.today, .selected = r->selected, .everything = true};
  if (r->coverage != NULL) vm.truths = r->coverage->truths;
  st = tg_vm_run(r->vm, &r->rows, &f->store, &vm);
  if (st == TG_OK)
    st = tg_assess_run(&r->assessment, r->program, r->vm, &r->rows, &f->store, &options, &r->diags);
  if (st != TG_OK) return brief ? (st == TG_INVALID ? TG_OK : st) : trouble(r, out, st);
  out->passed = out->ran = true;
  comparing k = {r, f, out, brief};
  for (uint32_t i = 0; i < c->expect_count && st == TG_OK && (out->passed || !brief); i++)
    st = compare(&k, &c->expect[i]);
  if (st == TG_OK && c->verdict >= 0 && c->verdict != (int)r->assessment.verdict) {
    tg_expectation e = {.gate = TG_STR("verdict"), .place = c->place};
    st = differ(&k, &e, "", word(tg_verdict_word((tg_verdict)c->verdict)),
                word(tg_verdict_word(r->assessment.verdict)), NULL);
  }
  return st;
}
