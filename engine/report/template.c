/* A facts file to fill in.  Sections are the top facts of the model in its order, those with something mandatory first.  Inside a section, and inside each
 * record, the key comes first, then what is mandatory, then what decides most: the sum of the weights of the chosen gates that read the fact (a
 * record or list stands where its most decisive fact does), then the severest of these gates, then the model's order. */
#include "report/author.h"
#include "report/text_out.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_GATES = 3, COLUMN_MOST = 44 };

/* What is known of a fact of the model. */
typedef struct need {
  double weight;
  uint32_t gates, first[SHOWN_GATES]; /* gates that it decides, the heaviest first */
  uint8_t reading, severest;
  bool wanted, mandatory;
} need;

typedef struct sheet {
  const tg_program *p;
  const tg_model *m;
  tg_mem *mem;
  tg_buf *out;
  need *needs; /* one a field */
  tg_str phase;
  uint32_t phase_field;
  size_t column; /* where comments of the section begin */
  bool measuring;
} sheet;

/* ---- which facts ---- */

double tg_gate_weight(const tg_gate *g) {
  if (!g->has_weight) {
    int likelihood = g->likelihood == TG_NONE ? g->likelihood_value : 5;
    int impact = g->impact == TG_NONE ? g->impact_value : 5;
    return likelihood * impact;
  }
  double weight = (double)g->weight.num;
  for (unsigned i = 0; i < g->weight.aux; i++) weight /= 10;
  return weight;
}

static bool is_container(const sheet *s, uint32_t f) { return s->m->fields[f].type >= TG_T_RECORD; }

static bool is_many(const sheet *s, uint32_t f) { return s->m->fields[f].type >= TG_T_ROWS; }

static void want(sheet *s, uint32_t field) {
  for (; field != TG_NO_FIELD; field = s->m->fields[field].parent) s->needs[field].wanted = true;
}

static void add_reading(sheet *s, uint32_t gate, const uint8_t *entries) {
  const tg_gate *g = &s->p->gates[gate];
  uint8_t severity = g->severity == TG_NO_SEVERITY ? 0 : (uint8_t)(g->severity + 1);
  for (uint32_t e = 0; e < s->p->plan.entry_count; e++) {
    uint32_t field = s->p->plan.entries[e].field;
    if (entries[e] == TG_READ_NOT || field == TG_NO_FIELD) continue;
    need *n = &s->needs[field];
    want(s, field);
    if (n->reading < entries[e]) n->reading = entries[e];
    if (entries[e] != TG_READ_TO_DECIDE) continue;
    n->weight += tg_gate_weight(g);
    if (n->severest < severity) n->severest = severity;
    if (n->gates < SHOWN_GATES) n->first[n->gates] = gate;
    n->gates++;
  }
}

typedef struct ranked {
  double weight;
  uint32_t gate;
} ranked;

static int heaviest_first(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
  return x->gate < y->gate ? -1 : x->gate > y->gate;
}

static tg_status read_gates(sheet *s, const uint8_t *selected) {
  uint32_t count = s->p->gate_count, n = 0;
  size_t entry_bytes = s->p->plan.entry_count + 1u, rank_bytes = sizeof(ranked) * (count + 1u);
  uint8_t *entries = tg_mem_alloc(s->mem, entry_bytes);
  ranked *ranks = tg_mem_alloc(s->mem, rank_bytes);
  tg_status st = entries && ranks ? TG_OK : tg_mem_status(s->mem);
  for (uint32_t i = 0; i < count && st == TG_OK; i++)
    if (selected[i] && !s->p->gates[i].disabled) ranks[n++] = (ranked){tg_gate_weight(&s->p->gates[i]), i};
  if (n) qsort(ranks, n, sizeof *ranks, heaviest_first);
  for (uint32_t i = 0; i < n && st == TG_OK; i++) {
    st = tg_program_reads(s->p, ranks[i].gate, s->mem, entries);
    if (st == TG_OK) add_reading(s, ranks[i].gate, entries);
  }
  tg_mem_free(s->mem, entries, entry_bytes);
  tg_mem_free(s->mem, ranks, rank_bytes);
  return st;
}

static uint32_t field_of_slot(const sheet *s, uint16_t slot) {
  uint32_t entry = slot ? s->p->plan.slot_entry[s->p->plan.slot_base[0] + slot] : UINT32_MAX;
  return entry == UINT32_MAX ? TG_NO_FIELD : s->p->plan.entries[entry].field;
}

/* Facts that every check wants, or that the model demands; and all of a record or list that is read as a whole.  Parents come first in the table. */
static void complete(sheet *s) {
  uint16_t slots[] = {s->p->id_slot, s->p->phase_slot, s->p->as_of_slot};
  for (size_t i = 0; i < 3; i++) want(s, field_of_slot(s, slots[i]));
  s->phase_field = field_of_slot(s, s->p->phase_slot);
  s->needs[0].wanted = true;
  for (uint32_t f = 1; f < s->m->field_count; f++)
    if (s->m->fields[f].required && s->needs[s->m->fields[f].parent].wanted) want(s, f);
  for (uint32_t f = 1; f < s->m->field_count; f++) {
    bool some = false;
    if (!s->needs[f].wanted || !is_container(s, f)) continue;
    for (uint32_t c = s->m->fields[f].first_child; c != TG_NO_FIELD; c = s->m->fields[c].next)
      some |= s->needs[c].wanted;
    for (uint32_t c = s->m->fields[f].first_child; !some && c != TG_NO_FIELD; c = s->m->fields[c].next) {
      s->needs[c] = s->needs[f];
      s->needs[c].mandatory = false;
    }
  }
  for (uint32_t f = s->m->field_count; f-- > 1;) {
    need *n = &s->needs[f], *up = &s->needs[s->m->fields[f].parent];
    if (!n->wanted) continue;
    n->mandatory |= s->m->fields[f].required;
    if (s->m->fields[f].is_key)
      continue; /* read with every other fact of the record: says nothing of its own */
    if (!is_many(s, s->m->fields[f].parent)) up->mandatory |= n->mandatory; /* a list may well be empty */
    if (up->weight < n->weight || (up->weight == n->weight && up->severest < n->severest)) {
      up->weight = n->weight;
      up->severest = n->severest;
    }
  }
}

/* ---- the order ---- */

static bool comes_before(const sheet *s, uint32_t a, uint32_t b, bool by_weight) {
  const need *x = &s->needs[a], *y = &s->needs[b];
  bool key = s->m->fields[a].is_key;
  if (key != s->m->fields[b].is_key) return key;
  if (x->mandatory != y->mandatory) return x->mandatory;
  if (by_weight && x->weight != y->weight) return x->weight > y->weight;
  if (by_weight && x->severest != y->severest) return x->severest > y->severest;
  return a < b; /* the model's order */
}

/* The wanted child that follows `after` (TG_NO_FIELD: the first).  Records are short: no table is sorted. */
static uint32_t next_child(const sheet *s, uint32_t field, uint32_t after, bool by_weight) {
  uint32_t best = TG_NO_FIELD;
  for (uint32_t c = s->m->fields[field].first_child; c != TG_NO_FIELD; c = s->m->fields[c].next) {
    if (!s->needs[c].wanted || (after != TG_NO_FIELD && !comes_before(s, after, c, by_weight))) continue;
    if (best == TG_NO_FIELD || comes_before(s, c, best, by_weight)) best = c;
  }
  return best;
}

/* ---- writing ---- */

/* A scalar as one may write it into facts: texts are quoted where YAML would read something else. */
static void put_scalar(tg_buf *out, tg_str text, bool textual) {
  static const char *const words[] = {"true", "false", "null", "unknown"};
  bool plain = text.n > 0;
  for (uint32_t i = 0; i < text.n && textual; i++) {
    char c = text.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    bool inside = i > 0 && (digit || (c != 0 && strchr("-_./+@() ", c) != NULL));
    plain &= letter || inside || (unsigned char)c >= 0x80;
  }
  plain = plain && text.at[text.n - 1] != ' ';
  for (size_t i = 0; textual && i < sizeof words / sizeof *words; i++)
    plain &= text.n != strlen(words[i]) || strncasecmp(text.at, words[i], text.n) != 0;
  if (!plain) tg_buf_putc(out, '"');
  for (uint32_t i = 0; i < text.n; i++) {
    unsigned char c = (unsigned char)text.at[i];
    if (!plain && (c == '"' || c == '\\')) tg_buf_putc(out, '\\');
    if (c < 0x20 || c == 0x7f)
      tg_buf_printf(out, "\\x%02x", c);
    else
      tg_buf_putc(out, text.at[i]);
  }
  if (!plain) tg_buf_putc(out, '"');
}

static void put_example(tg_buf *out, const tg_field *f) {
  if (f->type == TG_T_LIST)
    tg_buf_put(out, f->example.at, f->example.n);
  else
    put_scalar(out, f->example, f->type == TG_T_TEXT || f->type == TG_T_ENUM || f->type == TG_T_ANY);
}

static void put_gates(const sheet *s, const need *n, tg_buf *b) {
  if (n->gates == 0 && n->reading == TG_READ_TO_PRINT) tg_buf_puts(b, " | for messages");
  for (uint32_t i = 0; i < n->gates && i < SHOWN_GATES; i++)
    tg_buf_printf(b, "%s%.*s", i ? ", " : " | decides ", TG_STR_ARG(s->p->gates[n->first[i]].id));
  if (n->gates > SHOWN_GATES) tg_buf_printf(b, " and %u more", (unsigned)(n->gates - SHOWN_GATES));
}

/* Everything about a fact, on one line that cannot end early. */
static void put_comment(sheet *s, uint32_t field) {
  const tg_field *f = &s->m->fields[field];
  tg_buf b;
  tg_buf_init(&b, s->mem);
  tg_buf_put(&b, f->about.at, f->about.n);
  if (f->about.n) tg_buf_puts(&b, " | ");
  if (f->type == TG_T_ROWS || f->type == TG_T_MAP)
    tg_buf_printf(&b, "%s of records, %s when there is none", f->type == TG_T_MAP ? "map" : "list",
                  f->type == TG_T_MAP ? "{}" : "[]");
  else if (f->type != TG_T_RECORD)
    tg_model_type_text(s->m, field, &b);
  if (f->unit.n) tg_buf_printf(&b, ", %.*s", TG_STR_ARG(f->unit));
  if (f->example.n) tg_buf_puts(&b, " | e.g. ");
  if (f->example.n) put_example(&b, f);
  if (f->known_by.n) tg_buf_printf(&b, " | ask: %.*s", TG_STR_ARG(f->known_by));
  if (f->type != TG_T_RECORD) put_gates(s, &s->needs[field], &b);
  if (b.failed) s->out->failed = true;
  if (b.n) tg_buf_puts(s->out, "# ");
  if (b.n) tg_text_safe(s->out, (tg_str){b.at, (uint32_t)b.n});
  tg_buf_done(&b);
}

/* `prefix` stands before the key; measuring only finds where comments begin. */
static void put_line(sheet *s, tg_str prefix, uint32_t field) {
  const tg_field *f = &s->m->fields[field];
  bool filled = field == s->phase_field && s->phase.n > 0;
  tg_buf line;
  tg_buf_init(&line, s->mem);
  tg_buf_put(&line, prefix.at, prefix.n);
  put_scalar(&line, f->name, true);
  tg_buf_putc(&line, ':');
  if (filled) tg_buf_putc(&line, ' ');
  if (filled) put_scalar(&line, s->phase, true);
  if (line.failed) s->out->failed = true;
  if (s->measuring) {
    if (line.n + 2 > s->column && f->type != TG_T_RECORD)
      s->column = line.n + 2 < COLUMN_MOST ? line.n + 2 : COLUMN_MOST;
  } else {
    tg_buf_put(s->out, line.at, line.n);
    bool says = f->type != TG_T_RECORD || f->about.n > 0;
    if (says) tg_text_pad(s->out, (int)line.n, (int)s->column);
    if (says && line.n >= s->column) tg_buf_putc(s->out, ' ');
    if (says) put_comment(s, field);
    tg_buf_putc(s->out, '\n');
  }
  tg_buf_done(&line);
}

/* The wanted facts below `field`, the first behind `first`, the others behind `rest`. */
static void put_fields(sheet *s, tg_str first, tg_str rest, uint32_t field, int depth) {
  tg_buf below, record;
  tg_buf_init(&below, s->mem);
  tg_buf_init(&record, s->mem);
  for (uint32_t c = next_child(s, field, TG_NO_FIELD, true); c != TG_NO_FIELD && depth < TG_MAX_DEPTH;
       c = next_child(s, field, c, true)) {
    put_line(s, first, c);
    first = rest;
    tg_buf_clear(&below);
    tg_buf_clear(&record);
    uint8_t type = s->m->fields[c].type;
    if (type < TG_T_RECORD) continue;
    tg_buf_printf(&below, "%.*s%s", TG_STR_ARG(rest), type == TG_T_RECORD ? "  " : "#   ");
    tg_buf_printf(&record, "%.*s%s", TG_STR_ARG(rest), type == TG_T_ROWS ? "# - " : "# NAME:");
    if (below.failed || record.failed) s->out->failed = true;
    if (s->out->failed) break;
    tg_str inner = {below.at, (uint32_t)below.n}, head = {record.at, (uint32_t)record.n};
    if (type == TG_T_MAP && !s->measuring) tg_buf_printf(s->out, "%.*s\n", TG_STR_ARG(head));
    put_fields(s, type == TG_T_ROWS ? head : inner, inner, c, depth + 1);
  }
  tg_buf_done(&below);
  tg_buf_done(&record);
}

static uint32_t count_facts(const sheet *s, uint32_t field) {
  uint32_t n = is_container(s, field) ? 0 : 1;
  for (uint32_t c = s->m->fields[field].first_child; c != TG_NO_FIELD; c = s->m->fields[c].next)
    if (s->needs[c].wanted) n += count_facts(s, c);
  return n;
}

/* One top fact with all below it. */
static void put_section(sheet *s, uint32_t field) {
  const tg_field *f = &s->m->fields[field];
  uint32_t facts = count_facts(s, field);
  tg_buf_printf(s->out, "\n# ---- %.*s: %u fact%s ----\n", TG_STR_ARG(f->name), (unsigned)facts,
                facts == 1 ? "" : "s");
  s->column = 0;
  for (int pass = 0; pass < 2; pass++) {
    s->measuring = pass == 0;
    put_line(s, TG_STR(""), field);
    if (f->type == TG_T_RECORD)
      put_fields(s, TG_STR("  "), TG_STR("  "), field, 1);
    else if (f->type == TG_T_ROWS)
      put_fields(s, TG_STR("# - "), TG_STR("#   "), field, 1);
    else if (f->type == TG_T_MAP) {
      if (pass == 1) tg_buf_puts(s->out, "# NAME:\n");
      put_fields(s, TG_STR("#   "), TG_STR("#   "), field, 1);
    }
  }
}

static void put_head(sheet *s, const uint8_t *selected) {
  uint32_t gates = 0;
  for (uint32_t i = 0; i < s->p->gate_count; i++) gates += selected[i] && !s->p->gates[i].disabled;
  tg_buf_printf(s->out, "# The facts that %u gate%s read%s: %u. Fill in what is known.\n", (unsigned)gates,
                gates == 1 ? "" : "s", gates == 1 ? "s" : "", (unsigned)count_facts(s, 0));
  tg_buf_puts(
      s->out,
      "# Nothing after the colon means that nobody has said; a gate that needs it then answers unknown.\n"
      "# A list of records: take `# ` off the lines of its record and repeat them; [] says that there is "
      "none.\n"
      "# An event is a date (YYYY-MM-DD), not_yet or none. A ! marks what must be known, key what names a "
      "record.\n"
      "# In a section the most decisive facts come first: by the sum of the weights of the gates that read "
      "them.\n");
}

tg_status tg_write_template(const tg_program *p, const uint8_t *selected, tg_str phase, tg_buf *out) {
  sheet s = {.p = p, .m = &p->model, .mem = out->mem, .out = out, .phase = phase, .phase_field = TG_NO_FIELD};
  if (!p->model.present) return TG_INVALID;
  s.needs = tg_mem_zalloc(s.mem, sizeof *s.needs * p->model.field_count);
  if (s.needs == NULL) return tg_mem_status(s.mem);
  tg_status st = read_gates(&s, selected);
  if (st == TG_OK) {
    complete(&s);
    put_head(&s, selected);
    for (uint32_t c = next_child(&s, 0, TG_NO_FIELD, false); c != TG_NO_FIELD;
         c = next_child(&s, 0, c, false))
      put_section(&s, c);
    if (out->failed) st = tg_mem_status(s.mem);
  }
  tg_mem_free(s.mem, s.needs, sizeof *s.needs * p->model.field_count);
  return st;
}
