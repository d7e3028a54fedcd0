/* One finding in full: who, why, on which facts, under which fingerprint. */
#include "assess/evidence.h"

#include <string.h>

static tg_status keep(tg_assessment *a, tg_buf *b, tg_str *out) {
  if (b->failed) return TG_NOMEM;
  char *copy = tg_arena_text(&a->detail_arena, b->n ? b->at : "", b->n);
  if (copy == NULL) return tg_mem_status(a->mem);
  *out = (tg_str){copy, (uint32_t)b->n};
  tg_buf_clear(b);
  return TG_OK;
}

/* The model's own words for the fact at a slot. */
static void say_meaning(const tg_program *p, uint32_t shape, uint32_t slot, tg_fact_used *out) {
  uint32_t entry = p->plan.slot_entry[p->plan.slot_base[shape] + slot];
  uint32_t field = entry == UINT32_MAX ? p->plan.shapes[shape].field : p->plan.entries[entry].field;
  if (!p->model.present || field == TG_NO_FIELD) return;
  out->about = p->model.fields[field].about;
  out->unit = p->model.fields[field].unit;
  out->known_by = p->model.fields[field].known_by;
}

/* The facts of the explanation; before them the evidence that a pass lacks. */
static tg_status put_facts(tg_assessment *a, const tg_finding *f, const tg_explanation *x, tg_detail *out) {
  uint32_t extra = f->evidence != TG_STATE_KNOWN;
  tg_fact_used *facts = tg_arena_array(&a->detail_arena, tg_fact_used, x->fact_count + 1);
  if (facts == NULL) return tg_mem_status(a->mem);
  out->facts = facts;
  out->fact_count = x->fact_count + extra;
  out->facts_total = x->facts_total + extra;
  if (extra) {
    tg_status got = tg_evidence_fact(a, f, facts++);
    if (got != TG_OK) return got;
  }
  const tg_heap *heap = tg_vm_heap(a->vm);
  tg_buf b;
  tg_buf_init(&b, a->mem);
  tg_status st = TG_OK;
  for (uint32_t i = 0; st == TG_OK && i < x->fact_count; i++) {
    const tg_used_fact *u = &x->facts[i];
    facts[i] = (tg_fact_used){.value = u->value, .state = u->state};
    if (u->shape != TG_NO_SHAPE) {
      tg_rows_pointer(a->rows, u->shape, u->row, u->slot, &b);
      st = keep(a, &b, &facts[i].pointer);
      if (st != TG_OK) break;
      tg_rows_path(a->rows, heap, u->shape, u->row, u->slot, &b);
      st = keep(a, &b, &facts[i].path);
      say_meaning(a->program, u->shape, u->slot, &facts[i]);
      if (u->value.start != TG_NOWHERE) facts[i].place = tg_sources_place(&a->store->sources, u->value.start);
    } else if (u->ins != TG_NONE) {
      facts[i].place = tg_program_place(a->program, a->program->spans[u->ins].start);
    }
  }
  tg_buf_done(&b);
  return st;
}

static tg_status put_clauses(tg_assessment *a, const tg_gate *g, const tg_explanation *x, tg_detail *out) {
  if (x->clauses == NULL) return TG_OK;
  tg_clause_used *clauses =
      tg_arena_array(&a->detail_arena, tg_clause_used, x->clause_count ? x->clause_count : 1);
  if (clauses == NULL) return tg_mem_status(a->mem);
  for (uint32_t i = 0; i < x->clause_count; i++) {
    const tg_clause_result *c = &x->clauses[i];
    clauses[i].text = a->program->clauses[g->clause_first + i].text;
    clauses[i].outcome = c->outcome;
    clauses[i].fault = c->outcome == TG_ERROR ? tg_fault_text((tg_fault)c->fault) : NULL;
  }
  out->clauses = clauses;
  out->clause_count = x->clause_count;
  return TG_OK;
}

/* The template's text; without one the title and the clauses that did not hold. */
static tg_status put_message(tg_assessment *a, const tg_gate *g, const tg_explanation *x, tg_detail *out) {
  tg_buf b;
  tg_buf_init(&b, a->mem);
  if (g->message_count > 0) {
    tg_buf_put(&b, x->message.at, x->message.n);
  } else {
    tg_buf_put(&b, g->title.at, g->title.n);
    bool first = true;
    for (uint32_t i = 0; i < out->clause_count; i++) {
      if (out->clauses[i].outcome == TG_PASS) continue;
      tg_buf_puts(&b, first ? ": " : "; ");
      tg_buf_put(&b, out->clauses[i].text.at, out->clauses[i].text.n);
      first = false;
    }
  }
  tg_status st = keep(a, &b, &out->message);
  tg_buf_done(&b);
  return st;
}

/* `tollgate-fp/v1`, pack, gate, engagement, subject key, joined by byte 0x1F. */
static tg_status put_fingerprint(tg_assessment *a, const tg_gate *g, tg_str key, char out[72]) {
  tg_buf b;
  tg_buf_init(&b, a->mem);
  tg_str parts[5] = {TG_STR("tollgate-fp/v1"), a->program->packs[g->pack].name, g->id, tg_assess_identity(a),
                     key};
  for (int i = 0; i < 5; i++) {
    if (i) tg_buf_putc(&b, 0x1f);
    if (parts[i].n) tg_buf_put(&b, parts[i].at, parts[i].n);
  }
  bool failed = b.failed;
  if (!failed) {
    uint8_t digest[32];
    tg_sha256(b.at, b.n, digest);
    memcpy(out, "sha256:", 7);
    tg_hex(digest, sizeof digest, out + 7);
  }
  tg_buf_done(&b);
  return failed ? TG_NOMEM : TG_OK;
}

tg_status tg_assess_fingerprint(tg_assessment *a, uint32_t finding, char out[72]) {
  if (finding >= a->findings.n) return TG_MISUSE;
  const tg_finding *f = &a->findings.at[finding];
  uint32_t count;
  tg_subject_name name;
  tg_arena scratch; /* the detail that somebody reads stays */
  tg_arena_init(&scratch, a->mem);
  tg_status st = tg_subject_name_of(a, &tg_vm_subjects(a->vm, &count)[f->subject], &scratch, &name);
  if (st == TG_OK) st = put_fingerprint(a, &a->program->gates[f->gate], name.key, out);
  tg_arena_done(&scratch);
  return st;
}

tg_status tg_assess_gate_fingerprint(tg_assessment *a, uint32_t gate, char out[72]) {
  return put_fingerprint(a, &a->program->gates[gate], TG_STR(""), out);
}

tg_status tg_assess_detail(tg_assessment *a, uint32_t finding, const tg_detail **out) {
  if (finding >= a->findings.n) return TG_MISUSE;
  const tg_finding *f = &a->findings.at[finding];
  const tg_gate *g = &a->program->gates[f->gate];
  uint32_t count;
  const tg_subject *s = &tg_vm_subjects(a->vm, &count)[f->subject];
  const tg_explanation *x;
  tg_arena_reset(&a->detail_arena);
  tg_status st = tg_vm_explain(a->vm, s, &x);
  if (st != TG_OK) return st;
  tg_detail d = {.fault = s->outcome == TG_ERROR ? tg_fault_text((tg_fault)s->fault) : NULL};
  tg_subject_name name;
  st = tg_subject_name_of(a, s, &a->detail_arena, &name);
  if (st == TG_OK) {
    d.label = name.label;
    d.pointer = name.pointer;
    d.key = name.key;
    d.stable = name.stable;
    st = put_clauses(a, g, x, &d);
  }
  if (st == TG_OK) st = put_facts(a, f, x, &d);
  if (st == TG_OK) st = put_message(a, g, x, &d);
  if (st == TG_OK) st = put_fingerprint(a, g, d.key, d.fingerprint);
  if (st != TG_OK) return st;
  a->detail = d;
  *out = &a->detail;
  return TG_OK;
}

static tg_reason reason_of_state(tg_fact_state s) {
  switch (s) {
  case TG_STATE_UNRESOLVED: return TG_REASON_UNRESOLVED;
  case TG_STATE_AMBIGUOUS: return TG_REASON_AMBIGUOUS;
  case TG_STATE_UNDEFINED: return TG_REASON_UNDEFINED;
  case TG_STATE_ASKED: return TG_REASON_ASKED;
  case TG_STATE_STALE: return TG_REASON_STALE;
  case TG_STATE_UNEVIDENCED: return TG_REASON_UNEVIDENCED;
  default: return TG_REASON_MISSING;
  }
}

tg_status tg_assess_reason(tg_assessment *a, uint32_t gate, tg_reason *out) {
  const tg_gate_state *g = &a->gate[gate];
  *out = (tg_reason)g->reason;
  if (g->outcome != TG_UNKNOWN || g->reason != TG_REASON_NONE) return TG_OK;
  uint32_t count;
  const tg_subject *subjects = tg_vm_subjects(a->vm, &count);
  for (uint32_t i = g->finding_first; i < g->finding_first + g->finding_count; i++) {
    const tg_finding *f = &a->findings.at[i];
    if (f->outcome != TG_UNKNOWN) continue;
    if (f->evidence != TG_STATE_KNOWN) {
      *out = reason_of_state((tg_fact_state)f->evidence);
      return TG_OK;
    }
    const tg_subject *s = &subjects[f->subject];
    if (s->where_unknown) {
      *out = TG_REASON_WHERE;
      return TG_OK;
    }
    const tg_explanation *x;
    tg_status st = tg_vm_explain(a->vm, s, &x);
    if (st != TG_OK) return st;
    *out = TG_REASON_MISSING;
    for (uint32_t k = 0; k < x->fact_count; k++) {
      if (x->facts[k].state == TG_STATE_KNOWN || x->facts[k].state == TG_STATE_NONE) continue;
      *out = reason_of_state((tg_fact_state)x->facts[k].state);
      break;
    }
    return TG_OK;
  }
  return TG_OK;
}
