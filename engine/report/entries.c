#include "report/entries.h"

#include <string.h>

enum { MAX_VALUE = 200 };

void tg_entries_init(tg_entries *c, tg_assessment *a) {
  *c = (tg_entries){.a = a, .status = TG_OK};
  tg_buf_init(&c->message, a->mem);
}

void tg_entries_done(tg_entries *c) { tg_buf_done(&c->message); }

static bool is_known(const tg_fact_used *u) {
  return u->state == TG_STATE_KNOWN || u->state == TG_STATE_NONE;
}

/* Facts without a pointer are the rule's own values: nothing in the facts to point at. */
static const tg_fact_used *deciding(const tg_detail *d, tg_outcome outcome) {
  const tg_fact_used *best = NULL;
  for (uint32_t i = 0; i < d->fact_count; i++) {
    const tg_fact_used *u = &d->facts[i];
    if (u->pointer.n == 0 || (outcome == TG_UNKNOWN && is_known(u))) continue;
    if (u->place.line > 0) return u;
    if (best == NULL) best = u;
  }
  return best;
}

static void say_gate(tg_entries *c, uint32_t gate) {
  static const struct {
    tg_reason reason;
    const char *words;
  } why[] = {{TG_REASON_PHASE, "belongs to another phase"},
             {TG_REASON_WHEN, "the condition of application is false"},
             {TG_REASON_NO_SUBJECTS, "nothing is in scope"},
             {TG_REASON_DISABLED, "disabled by the configuration"},
             {TG_REASON_PORTFOLIO, "fewer than two engagements"}};
  const tg_gate_state *s = &c->a->gate[gate];
  tg_buf_clear(&c->message);
  if (s->outcome == TG_PASS) {
    uint32_t n = s->subjects[TG_PASS];
    if (c->a->program->gates[gate].list == TG_NONE)
      tg_buf_puts(&c->message, "Holds");
    else
      tg_buf_printf(&c->message, "Holds for %u %s", (unsigned)n, n == 1 ? "subject" : "subjects");
    return;
  }
  tg_buf_puts(&c->message, "Does not apply");
  for (size_t i = 0; i < sizeof why / sizeof *why; i++)
    if (why[i].reason == (tg_reason)s->reason) tg_buf_printf(&c->message, ": %s", why[i].words);
}

static tg_status whole_gate(tg_entries *c, tg_entry *out) {
  *out = (tg_entry){.gate = c->gate, .finding = TG_NONE, .outcome = (tg_outcome)c->a->gate[c->gate].outcome};
  tg_status st = tg_assess_gate_fingerprint(c->a, c->gate, c->fingerprint);
  if (st != TG_OK) return st;
  say_gate(c, c->gate);
  if (c->message.failed) return tg_mem_status(c->a->mem);
  out->key = out->pointer = TG_STR("");
  out->label = TG_STR("engagement");
  out->message = (tg_str){c->message.at, (uint32_t)c->message.n};
  return TG_OK;
}

static tg_status one_finding(tg_entries *c, uint32_t finding, tg_entry *out) {
  const tg_detail *d;
  tg_status st = tg_assess_detail(c->a, finding, &d);
  if (st != TG_OK) return st;
  *out = (tg_entry){.gate = c->gate,
                    .finding = finding,
                    .outcome = (tg_outcome)c->a->findings.at[finding].outcome,
                    .label = d->label,
                    .pointer = d->pointer,
                    .message = d->message,
                    .detail = d};
  memcpy(c->fingerprint, d->fingerprint, sizeof c->fingerprint);
  uint32_t slash = d->key.n > 0 && d->key.at[0] == '/';
  out->key = d->key.n ? (tg_str){d->key.at + slash, d->key.n - slash} : TG_STR("");
  out->fact = deciding(d, out->outcome);
  return TG_OK;
}

bool tg_entries_next(tg_entries *c, tg_entry *out) {
  const tg_assessment *a = c->a;
  while (c->gate < a->program->gate_count) {
    const tg_gate_state *s = &a->gate[c->gate];
    if (s->selected && c->finding < s->finding_count) {
      c->status = one_finding(c, s->finding_first + c->finding++, out);
    } else if (s->selected && s->finding_count == 0 && c->finding == 0) {
      c->finding = 1;
      c->status = whole_gate(c, out);
    } else {
      c->gate++;
      c->finding = 0;
      continue;
    }
    out->fingerprint = c->fingerprint + strlen("sha256:");
    return c->status == TG_OK;
  }
  return false;
}

/* A value of a megabyte is told by its beginning; the JSON report has it whole. */
static void put_value(const tg_assessment *a, tg_value v, tg_buf *out) {
  tg_buf text;
  tg_buf_init(&text, a->mem);
  tg_assess_print(a, v, &text);
  size_t n = text.n;
  if (n > MAX_VALUE)
    for (n = MAX_VALUE; n > 0 && ((uint8_t)text.at[n] & 0xc0) == 0x80;) n--;
  tg_buf_put(out, text.n ? text.at : "", n);
  if (n < text.n) tg_buf_puts(out, "…");
  if (text.failed) out->failed = true;
  tg_buf_done(&text);
}

void tg_entry_fact(const tg_fact_used *u, const tg_assessment *a, tg_buf *out) {
  tg_buf_put(out, u->path.at, u->path.n);
  tg_buf_puts(out, " is ");
  if (is_known(u))
    put_value(a, u->value, out);
  else
    tg_buf_puts(out, tg_state_word((tg_fact_state)u->state));
}

void tg_entry_evidence(const tg_entry *c, const tg_assessment *a, tg_buf *out) {
  bool first = true;
  for (uint32_t i = 0; c->detail != NULL && i < c->detail->fact_count; i++) {
    const tg_fact_used *u = &c->detail->facts[i];
    if (u->pointer.n == 0) continue;
    if (!first) tg_buf_puts(out, "; ");
    first = false;
    tg_entry_fact(u, a, out);
  }
}
