/* Lets and gates: units of code, and what reports say of them. */
#include "lower/lowering.h"

#include "lang/lang.h"

void tg_lower_lets(tg_lowering *l) {
  for (uint32_t i = 0; i < l->c->let_count && !l->failed; i++) {
    const tg_tir_let *x = &l->c->lets[i];
    l->where = x->body->span;
    tg_lower_unit_begin(l, TG_NONE);
    tg_let_code let = {tg_lower_string(l, x->name), l->units.n - 1, tg_lower_value_block(l, x->body, 0),
                       x->rank};
    tg_lower_unit_end(l);
    if (!tg_vec_push(l->mem, &l->lets, let)) l->failed = true;
  }
}

uint32_t tg_lower_area(tg_lowering *l, tg_str area, tg_str *id) {
  tg_str s = tg_lower_string(l, area);
  *id = s;
  for (uint32_t i = 0; i < l->areas.n; i++)
    if (l->areas.at[i].at == s.at && l->areas.at[i].n == s.n) return i;
  if (!tg_vec_push(l->mem, &l->areas, s)) l->failed = true;
  return l->areas.n - 1;
}

static uint32_t put_texts(tg_lowering *l, const tg_list_at *list) {
  uint32_t first = l->texts.n;
  for (uint32_t i = 0; i < list->count; i++)
    if (!tg_vec_push(l->mem, &l->texts, tg_lower_string(l, list->at[i].text))) l->failed = true;
  return first;
}

/* The list block also computes `first`, whose temporary the machine reads when the block is done. */
static uint32_t list_block(tg_lowering *l, const tg_tir_loop *over, uint16_t *first) {
  tg_draft draft;
  tg_lower_block_begin(l, &draft, 0);
  if (over->first != NULL) {
    *first = tg_lower_operand(l, over->first);
    l->temp = l->temps; /* keep it: the list may need temporaries of its own */
  }
  uint16_t list = tg_lower_operand(l, over->list);
  tg_lower_put(l, TG_OP_YIELD, 0, 0, list, 0, over->list->span);
  return tg_lower_block_end(l);
}

/* Gates over the same list of the document walk it together. */
static uint32_t group_of(tg_lowering *l, const tg_tir_gate *x, uint16_t shape) {
  const tg_tir_loop *over = x->over;
  bool plain = over->order == NULL && over->first == NULL && over->list->kind == TG_R_FACT &&
               over->list->var == TG_NO_VAR;
  if (plain)
    for (uint32_t i = 0; i < l->gates.n; i++) {
      const tg_tir_loop *other = l->c->gates[i].over;
      if (other != NULL && other->order == NULL && other->first == NULL && other->list->kind == TG_R_FACT &&
          other->list->var == TG_NO_VAR && other->list->path == over->list->path &&
          l->gates.at[i].shape == shape)
        return l->gates.at[i].group;
    }
  return l->p->group_count++;
}

static void put_over(tg_lowering *l, const tg_tir_gate *x, tg_gate *g) {
  const tg_tir_loop *over = x->over;
  g->shape = tg_lower_element_shape(l, over->list);
  g->has_order = over->order != NULL;
  g->has_first = over->first != NULL;
  g->descending = over->descending;
  l->temp = 0;
  g->list = list_block(l, over, &g->first);
  g->group = group_of(l, x, g->shape);
  l->temp = 0;
  if (over->has_position) g->position = (uint16_t)TG_OPERAND_INDEX(tg_lower_temp(l));
  tg_var_home home = {over->var, 0, g->shape, g->position};
  if (!tg_vec_push(l->mem, &l->vars, home)) l->failed = true;
  bool filtered = over->order != NULL || (over->first != NULL && over->where != NULL);
  if (!filtered) return;
  tg_draft draft;
  tg_lower_block_begin(l, &draft, 1);
  tg_lower_where(l, over->where);
  uint16_t key = over->order ? tg_lower_operand(l, over->order) : tg_lower_const(l, tg_bool(true));
  tg_lower_put(l, TG_OP_YIELD, 0, 0, key, 0, over->list->span);
  g->order_filter = tg_lower_block_end(l);
}

static void put_subject(tg_lowering *l, const tg_tir_gate *x, tg_gate *g, uint32_t temps) {
  uint32_t depth = x->over ? 1 : 0;
  tg_draft draft;
  l->temp = temps;
  tg_lower_block_begin(l, &draft, depth);
  if (x->over != NULL && g->order_filter == TG_NONE) tg_lower_where(l, x->over->where);
  for (uint32_t i = 0; i < x->require_count && !l->failed; i++) {
    l->temp = temps;
    uint16_t a = tg_lower_operand(l, x->require[i]);
    tg_lower_put(l, TG_OP_CLAUSE, 0, 0, a, (uint16_t)i, x->require[i]->span);
    tg_clause_info clause = {tg_lower_string(l, x->clauses[i]), x->require[i]->span};
    if (!tg_vec_push(l->mem, &l->clauses, clause)) l->failed = true;
  }
  tg_lower_put(l, TG_OP_END, 0, 0, 0, 0, g->span);
  g->subject = tg_lower_block_end(l);
}

static void put_message(tg_lowering *l, const tg_tir_gate *x, tg_gate *g, uint32_t temps) {
  g->message_first = l->parts.n;
  g->message_count = x->message_count;
  for (uint32_t i = 0; i < x->message_count && !l->failed; i++) {
    tg_message_part part = {tg_lower_string(l, x->message[i].text), TG_NONE};
    l->temp = temps;
    if (x->message[i].expr != NULL) part.block = tg_lower_value_block(l, x->message[i].expr, x->over ? 1 : 0);
    if (!tg_vec_push(l->mem, &l->parts, part)) l->failed = true;
  }
}

static uint32_t optional_block(tg_lowering *l, const tg_tir *x) {
  l->temp = 0;
  return x == NULL ? TG_NONE : tg_lower_value_block(l, x, 0);
}

static bool unit_can_err(const tg_lowering *l, uint32_t first_code) {
  for (uint32_t i = first_code; i < l->code.n; i++)
    if (tg_ops[l->code.at[i].op].can_err) return true;
  return false;
}

/* A judgement written as a number needs no code, and holds also for a gate that does not apply. */
static bool is_constant(const tg_tir *x) {
  return x != NULL && x->kind == TG_R_CONST && x->value.kind == TG_V_NUMBER && x->value.aux == 0 &&
         x->value.num >= 1 && x->value.num <= 5;
}
static uint8_t constant(const tg_tir *x) { return is_constant(x) ? (uint8_t)x->value.num : 3; }

/* The author's text at a place, white space folded. */
static tg_str source_text(tg_lowering *l, const tg_span *at) {
  if (at == NULL) return tg_lower_string(l, TG_STR(""));
  tg_buf b;
  tg_buf_init(&b, l->mem);
  tg_expr x = {.kind = TG_X_ERROR, .span = *at};
  tg_expr_source(l->sources, &x, &b);
  if (b.failed) l->failed = true;
  tg_str s = tg_lower_string(l, (tg_str){b.at, (uint32_t)b.n});
  tg_buf_done(&b);
  return s;
}

static void lower_gate(tg_lowering *l, const tg_tir_gate *x) {
  const tg_gate_ast *ast = x->ast;
  uint32_t first_code = l->code.n;
  l->where = ast->span;
  tg_gate g = {.id = tg_lower_string(l, ast->id.text),
               .title = tg_lower_string(l, ast->title.text),
               .pack = x->pack,
               .phases = x->phases,
               .has_phase = ast->has_phase,
               .waivable = x->waivable,
               .disabled = x->disabled,
               .likelihood_value = constant(x->likelihood),
               .impact_value = constant(x->impact),
               .evidence_max_age = x->evidence_max_age,
               .require_evidence = x->require_evidence,
               .tailor_first = l->tailorings.n,
               .tailor_count = x->changes.n,
               .tailor_reason = tg_lower_string(l, x->tailor_reason),
               .portfolio = x->portfolio,
               .severity = x->severity,
               .effort = x->effort,
               .has_weight = x->has_weight,
               .weight = x->weight,
               .list = TG_NONE,
               .group = TG_NONE,
               .order_filter = TG_NONE,
               .position = UINT16_MAX,
               .first = UINT16_MAX,
               .shape = TG_NO_SHAPE,
               .clause_first = l->clauses.n,
               .clause_count = x->require_count,
               .rationale = tg_lower_string(l, ast->rationale),
               .proof = tg_lower_string(l, ast->proof),
               .remediation = tg_lower_string(l, ast->remediation),
               .for_text = source_text(l, ast->binding ? &ast->binding->span : NULL),
               .when_text = source_text(l, ast->when ? &ast->when->span : NULL),
               .likelihood_text = source_text(l, ast->likelihood ? &ast->likelihood->span : NULL),
               .impact_text = source_text(l, ast->impact ? &ast->impact->span : NULL),
               .reference_count = ast->references.count,
               .tag_count = ast->tags.count,
               .span = ast->span};
  g.area = tg_lower_area(l, x->area, &g.area_id);
  g.reference_first = put_texts(l, &ast->references);
  g.tag_first = put_texts(l, &ast->tags);
  tg_lower_unit_begin(l, l->gates.n);
  if (l->failed) return;
  g.unit = l->units.n - 1;
  g.when = optional_block(l, x->when);
  g.likelihood = optional_block(l, is_constant(x->likelihood) ? NULL : x->likelihood);
  g.impact = optional_block(l, is_constant(x->impact) ? NULL : x->impact);
  for (uint32_t i = 0; i < x->changes.n; i++) {
    tg_tailoring t = {tg_lower_string(l, x->changes.at[i].what), tg_lower_string(l, x->changes.at[i].from),
                      tg_lower_string(l, x->changes.at[i].to)};
    if (!tg_vec_push(l->mem, &l->tailorings, t)) l->failed = true;
  }
  if (x->over != NULL) put_over(l, x, &g);
  uint32_t temps = g.position == UINT16_MAX ? 0 : g.position + 1u;
  if (!l->failed) put_subject(l, x, &g, temps);
  if (!l->failed) put_message(l, x, &g, temps);
  tg_lower_unit_end(l);
  g.reads_today = l->reads_today;
  g.can_err = unit_can_err(l, first_code);
  if (!tg_vec_push(l->mem, &l->gates, g)) l->failed = true;
}

void tg_lower_gates(tg_lowering *l) {
  for (uint32_t i = 0; i < l->c->gate_count && !l->failed; i++) lower_gate(l, &l->c->gates[i]);
}
