/* The gate catalogue as Markdown.  Headings and links are ours alone: text from rule files is escaped, conditions stand in code spans whose fence is
 * longer than any run of backticks in them. */
#include "report/author.h"
#include "report/text_out.h"

#include <string.h>

/* One distinct area over all programs. */
typedef struct area {
  tg_str name;
  uint32_t gates;
} area;

typedef struct catalogue {
  const tg_program *const *programs;
  size_t count;
  tg_mem *mem;
  tg_buf *out;
  TG_VEC(area) areas;
  TG_VEC(uint8_t) reads; /* one row of entries a gate, programs one after another */
} catalogue;

/* ---- pieces ---- */

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Text from rule files as Markdown text: nothing in it is markup, and it stays on its line. */
static void put_text(catalogue *c, tg_str s) {
  tg_buf safe;
  tg_buf_init(&safe, c->mem);
  tg_text_safe(&safe, s);
  bool digits = true; /* "1. " would begin a list */
  for (size_t i = 0; i < safe.n; i++) {
    char x = safe.at[i], next = i + 1 < safe.n ? safe.at[i + 1] : ' ';
    bool first = i == 0 && strchr("+-=:", x) != NULL;
    bool number = digits && i > 0 && (x == '.' || x == ')') && next == ' ';
    bool inside = x == '_' && i > 0 && is_word(safe.at[i - 1]) && is_word(next);
    if (first || number || (x != 0 && !inside && strchr("\\`*_[]<>|&~$#", x) != NULL))
      tg_buf_putc(c->out, '\\');
    tg_buf_putc(c->out, x);
    digits &= x >= '0' && x <= '9';
  }
  if (safe.failed) c->out->failed = true;
  tg_buf_done(&safe);
}

static void put_code(catalogue *c, tg_str s) {
  tg_buf safe;
  tg_buf_init(&safe, c->mem);
  tg_text_safe(&safe, s);
  size_t most = 0, run = 0;
  for (size_t i = 0; i < safe.n; i++) {
    run = safe.at[i] == '`' ? run + 1 : 0;
    if (run > most) most = run;
  }
  for (size_t i = 0; i <= most; i++) tg_buf_putc(c->out, '`');
  if (most) tg_buf_putc(c->out, ' ');
  if (safe.n) tg_buf_put(c->out, safe.at, safe.n);
  if (most) tg_buf_putc(c->out, ' ');
  for (size_t i = 0; i <= most; i++) tg_buf_putc(c->out, '`');
  if (safe.failed) c->out->failed = true;
  tg_buf_done(&safe);
}

/* "**Label:** text", left out when there is none. */
static void put_paragraph(catalogue *c, const char *label, tg_str text) {
  if (text.n == 0) return;
  tg_buf_printf(c->out, "**%s:** ", label);
  put_text(c, text);
  tg_buf_puts(c->out, "\n\n");
}

void tg_put_param(const tg_program *p, const tg_param_info *x, tg_buf *out) {
  tg_heap heap;
  tg_heap_init(&heap, out->mem);
  heap.program = (const uint8_t *)p->strings;
  if (x->list_count == TG_NONE) {
    tg_value_print(&heap, x->value, out);
  } else {
    tg_buf_putc(out, '[');
    for (uint32_t k = 0; k < x->list_count; k++) {
      if (k) tg_buf_puts(out, ", ");
      tg_value_print(&heap, p->set_values[x->list_first + k], out);
    }
    tg_buf_putc(out, ']');
  }
  tg_heap_done(&heap);
}

/* As forges make the anchor of a heading: letters and digits in lower case, blanks as hyphens, the rest left out. */
static void put_anchor(catalogue *c, tg_str a, tg_str b) {
  for (int k = 0; k < 2; k++) {
    tg_str s = k ? b : a;
    if (k && b.n) tg_buf_putc(c->out, '-');
    for (uint32_t i = 0; i < s.n; i++) {
      unsigned char x = (unsigned char)s.at[i];
      if (x >= 'A' && x <= 'Z')
        tg_buf_putc(c->out, (char)(x - 'A' + 'a'));
      else if ((x >= 'a' && x <= 'z') || (x >= '0' && x <= '9') || x == '-' || x == '_')
        tg_buf_putc(c->out, (char)x);
      else if (x == ' ')
        tg_buf_putc(c->out, '-');
      else if (x >= 0x80)
        tg_buf_printf(c->out, "%%%02X", x);
    }
  }
}

static void put_link(catalogue *c, tg_str id, tg_str title) {
  tg_buf_putc(c->out, '[');
  put_text(c, id);
  if (title.n) tg_buf_puts(c->out, ": ");
  put_text(c, title);
  tg_buf_puts(c->out, "](#");
  put_anchor(c, id, title);
  tg_buf_puts(c->out, ")\n");
}

/* ---- parameters ---- */

/* The parameter's own name when it belongs to `owner` (a gate's id, a pack's name), else empty. */
static tg_str param_of(const tg_param_info *x, tg_str owner) {
  tg_str name = x->full_name;
  if (name.n <= owner.n + 1 || memcmp(name.at, owner.at, owner.n) != 0 || name.at[owner.n] != '.')
    return TG_STR("");
  tg_str rest = {name.at + owner.n + 1, name.n - owner.n - 1};
  return memchr(rest.at, '.', rest.n) == NULL ? rest : TG_STR("");
}

/* A table of the owner's parameters; what comes before it is printed when there are any. */
static void put_params(catalogue *c, const tg_program *p, tg_str owner, const char *before, bool full_names) {
  bool some = false;
  for (uint32_t i = 0; i < p->param_count; i++) {
    const tg_param_info *x = &p->params[i];
    tg_str name = param_of(x, owner);
    if (name.n == 0) continue;
    if (!some)
      tg_buf_printf(c->out, "%s| Parameter | Default | Unit | Meaning |\n|---|---|---|---|\n", before);
    some = true;
    tg_buf value;
    tg_buf_init(&value, c->mem);
    tg_put_param(p, x, &value);
    tg_buf_puts(c->out, "| ");
    put_text(c, full_names ? x->full_name : name);
    tg_buf_puts(c->out, " | ");
    put_text(c, (tg_str){value.n ? value.at : "", (uint32_t)value.n});
    tg_buf_puts(c->out, " | ");
    put_text(c, x->unit);
    tg_buf_puts(c->out, " | ");
    put_text(c, x->about);
    tg_buf_puts(c->out, " |\n");
    if (value.failed) c->out->failed = true;
    tg_buf_done(&value);
  }
  if (some) tg_buf_putc(c->out, '\n');
}

/* ---- a gate ---- */

static void put_judgement(catalogue *c, const char *word, uint32_t block, uint8_t value, tg_str text) {
  tg_buf_printf(c->out, "%s ", word);
  if (block == TG_NONE)
    tg_buf_printf(c->out, "%u", value);
  else
    put_code(c, text);
}

static void put_risk(catalogue *c, const tg_program *p, const tg_gate *g) {
  bool fixed = g->likelihood == TG_NONE && g->impact == TG_NONE;
  int severity = g->severity;
  if (severity == TG_NO_SEVERITY && fixed)
    severity = tg_severity_from(&p->settings, g->likelihood_value, g->impact_value);
  tg_buf_puts(c->out, "- **Severity:** ");
  tg_buf_puts(c->out,
              severity == TG_NO_SEVERITY ? "from the score" : tg_severity_word((tg_severity)severity));
  put_judgement(c, "; likelihood", g->likelihood, g->likelihood_value, g->likelihood_text);
  put_judgement(c, ", impact", g->impact, g->impact_value, g->impact_text);
  if (fixed) {
    const char *risk = tg_risk_word(tg_risk_of(g->likelihood_value, g->impact_value));
    tg_buf_printf(c->out, ", score %d, risk %s", g->likelihood_value * g->impact_value,
                  strcmp(risk, "very_low") == 0    ? "very low"
                  : strcmp(risk, "very_high") == 0 ? "very high"
                                                   : risk);
  }
  tg_buf_printf(c->out, "; effort %u", g->effort);
  if (g->has_weight) {
    tg_heap none = {0};
    tg_buf_puts(c->out, "; weight ");
    tg_value_print(&none, g->weight, c->out);
  }
  tg_buf_putc(c->out, '\n');
}

static void put_terms(catalogue *c, const tg_program *p, const tg_gate *g) {
  put_risk(c, p, g);
  tg_buf_puts(c->out, "- **Phases:** ");
  bool some = false;
  for (uint32_t k = 0; k < p->phase_count && k < 32; k++) {
    if ((g->phases >> k & 1) == 0 || g->portfolio) continue;
    if (some) tg_buf_puts(c->out, ", ");
    some = true;
    put_text(c, p->phases[k]);
  }
  if (!some) tg_buf_puts(c->out, g->portfolio ? "any (several engagements side by side)" : "any");
  tg_buf_puts(c->out, "\n- **Asked of:** ");
  if (g->for_text.n)
    put_code(c, g->for_text);
  else
    tg_buf_puts(c->out, g->portfolio ? "all engagements together" : "the engagement");
  tg_buf_putc(c->out, '\n');
  if (g->when_text.n) {
    tg_buf_puts(c->out, "- **Applies when:** ");
    put_code(c, g->when_text);
    tg_buf_putc(c->out, '\n');
  }
  if (!g->waivable) tg_buf_puts(c->out, "- **Waivers:** none, the gap cannot be accepted\n");
  if (g->require_evidence) tg_buf_puts(c->out, "- **Evidence:** a pass needs some\n");
  if (g->evidence_max_age >= 0)
    tg_buf_printf(c->out, "- **Evidence:** at most %d days old\n", (int)g->evidence_max_age);
  if (g->tag_count) tg_buf_puts(c->out, "- **Tags:** ");
  for (uint32_t k = 0; k < g->tag_count; k++) {
    if (k) tg_buf_puts(c->out, ", ");
    put_text(c, p->texts[g->tag_first + k]);
  }
  if (g->tag_count) tg_buf_putc(c->out, '\n');
  tg_buf_puts(c->out,
              g->clause_count > 1 ? "\n**All of these must hold:**\n\n" : "\n**This must hold:**\n\n");
  for (uint32_t k = 0; k < g->clause_count; k++) {
    tg_buf_puts(c->out, "- ");
    put_code(c, p->clauses[g->clause_first + k].text);
    tg_buf_putc(c->out, '\n');
  }
  tg_buf_putc(c->out, '\n');
}

static void put_gate(catalogue *c, const tg_program *p, const tg_gate *g, const uint8_t *reads) {
  tg_buf_puts(c->out, "### ");
  put_text(c, g->id);
  tg_buf_puts(c->out, ": ");
  put_text(c, g->title);
  tg_buf_puts(c->out, "\n\n");
  put_terms(c, p, g);
  put_params(c, p, g->id, "", false);
  put_paragraph(c, "Why", g->rationale);
  put_paragraph(c, "Proof", g->proof);
  put_paragraph(c, "Remediation", g->remediation);
  if (g->reference_count) tg_buf_puts(c->out, "**References:**\n\n");
  for (uint32_t k = 0; k < g->reference_count; k++) {
    tg_buf_puts(c->out, "- ");
    put_text(c, p->texts[g->reference_first + k]);
    tg_buf_putc(c->out, '\n');
  }
  if (g->reference_count) tg_buf_putc(c->out, '\n');
  bool some = false;
  for (uint32_t f = 1; f < p->model.field_count; f++) {
    uint8_t why = TG_READ_NOT;
    if (p->model.fields[f].type >= TG_T_RECORD) continue;
    for (uint32_t e = 0; e < p->plan.entry_count; e++)
      if (p->plan.entries[e].field == f && reads[e] > why) why = reads[e];
    if (why == TG_READ_NOT) continue;
    tg_buf path;
    tg_buf_init(&path, c->mem);
    tg_model_path(&p->model, f, &path);
    tg_buf_puts(c->out, some ? ", " : "**Facts:** ");
    some = true;
    put_code(c, (tg_str){path.n ? path.at : "", (uint32_t)path.n});
    if (path.failed) c->out->failed = true;
    tg_buf_done(&path);
  }
  if (some) tg_buf_puts(c->out, "\n\n");
}

/* ---- the whole ---- */

static tg_status collect(catalogue *c) {
  for (size_t k = 0; k < c->count; k++) {
    const tg_program *p = c->programs[k];
    uint64_t need = (uint64_t)p->gate_count * p->plan.entry_count;
    if (need > UINT32_MAX || !tg_vec_fit(c->mem, &c->reads, need + 1)) return tg_mem_status(c->mem);
    for (uint32_t i = 0; i < p->gate_count; i++) {
      tg_status st = tg_program_reads(p, i, c->mem, c->reads.at + c->reads.n);
      if (st != TG_OK) return st;
      c->reads.n += p->plan.entry_count;
      uint32_t a = 0;
      while (a < c->areas.n && !tg_str_eq(c->areas.at[a].name, p->gates[i].area_id)) a++;
      area fresh = {p->gates[i].area_id, 0};
      if (a == c->areas.n && !tg_vec_push(c->mem, &c->areas, fresh)) return tg_mem_status(c->mem);
      c->areas.at[a].gates++;
    }
  }
  return TG_OK;
}

static bool pack_was_told(const catalogue *c, size_t program, tg_str name) {
  for (size_t k = 0; k < program; k++)
    for (uint32_t i = 0; i < c->programs[k]->pack_count; i++)
      if (tg_str_eq(c->programs[k]->packs[i].name, name)) return true;
  return false;
}

static void put_packs(catalogue *c) {
  tg_buf_puts(c->out, "## Packs\n\n| Pack | Version | Title | Gates |\n|---|---|---|---|\n");
  for (size_t k = 0; k < c->count; k++)
    for (uint32_t i = 0; i < c->programs[k]->pack_count; i++) {
      const tg_program *p = c->programs[k];
      uint32_t gates = 0;
      if (pack_was_told(c, k, p->packs[i].name)) continue;
      for (uint32_t g = 0; g < p->gate_count; g++) gates += p->gates[g].pack == i;
      tg_buf_puts(c->out, "| ");
      put_text(c, p->packs[i].name);
      tg_buf_puts(c->out, " | ");
      put_text(c, p->packs[i].version);
      tg_buf_puts(c->out, " | ");
      put_text(c, p->packs[i].title);
      tg_buf_printf(c->out, " | %u |\n", (unsigned)gates);
    }
  tg_buf_putc(c->out, '\n');
  for (size_t k = 0; k < c->count; k++)
    for (uint32_t i = 0; i < c->programs[k]->pack_count; i++)
      if (!pack_was_told(c, k, c->programs[k]->packs[i].name))
        put_params(c, c->programs[k], c->programs[k]->packs[i].name, "", true);
}

static void put_contents(catalogue *c) {
  tg_buf_puts(c->out, "## Contents\n\n- [Packs](#packs)\n");
  for (uint32_t a = 0; a < c->areas.n; a++) {
    tg_buf_puts(c->out, "- ");
    put_link(c, c->areas.at[a].name, TG_STR(""));
    for (size_t k = 0; k < c->count; k++)
      for (uint32_t i = 0; i < c->programs[k]->gate_count; i++) {
        const tg_gate *g = &c->programs[k]->gates[i];
        if (!tg_str_eq(g->area_id, c->areas.at[a].name)) continue;
        tg_buf_puts(c->out, "  - ");
        put_link(c, g->id, g->title);
      }
  }
  if (c->programs[0]->model.present) tg_buf_puts(c->out, "- [Facts](#facts)\n");
  tg_buf_putc(c->out, '\n');
}

static void put_area(catalogue *c, const area *a) {
  tg_buf_puts(c->out, "## ");
  put_text(c, a->name);
  tg_buf_puts(c->out, "\n\n");
  size_t row = 0;
  for (size_t k = 0; k < c->count; k++)
    for (uint32_t i = 0; i < c->programs[k]->gate_count; i++) {
      const tg_program *p = c->programs[k];
      if (tg_str_eq(p->gates[i].area_id, a->name)) put_gate(c, p, &p->gates[i], c->reads.at + row);
      row += p->plan.entry_count;
    }
}

static void put_facts(catalogue *c, const tg_model *m) {
  tg_buf_puts(c->out, "## Facts\n\n| Fact | Type | Unit | Meaning | Who knows it |\n|---|---|---|---|---|\n");
  for (uint32_t f = 1; f < m->field_count; f++) {
    const tg_field *x = &m->fields[f];
    if (x->type >= TG_T_RECORD) continue;
    tg_buf b;
    tg_buf_init(&b, c->mem);
    tg_model_path(m, f, &b);
    tg_buf_puts(c->out, "| ");
    put_text(c, (tg_str){b.n ? b.at : "", (uint32_t)b.n});
    if (b.failed) c->out->failed = true;
    tg_buf_clear(&b);
    tg_model_type_text(m, f, &b);
    tg_str rest[] = {{b.n ? b.at : "", (uint32_t)b.n}, x->unit, x->about, x->known_by};
    for (size_t k = 0; k < 4; k++) {
      tg_buf_puts(c->out, " | ");
      put_text(c, rest[k]);
    }
    tg_buf_puts(c->out, " |\n");
    if (b.failed) c->out->failed = true;
    tg_buf_done(&b);
  }
}

tg_status tg_write_catalogue(const tg_program *const *programs, size_t count, tg_buf *out) {
  catalogue c = {.programs = programs, .count = count, .mem = out->mem, .out = out};
  uint32_t gates = 0;
  tg_status st = collect(&c);
  if (st == TG_OK) {
    for (uint32_t a = 0; a < c.areas.n; a++) gates += c.areas.at[a].gates;
    tg_buf_printf(out, "# Gate catalogue\n\n%u gate%s in %u area%s.\n\n", (unsigned)gates,
                  gates == 1 ? "" : "s", (unsigned)c.areas.n, c.areas.n == 1 ? "" : "s");
    put_contents(&c);
    put_packs(&c);
    for (uint32_t a = 0; a < c.areas.n; a++) put_area(&c, &c.areas.at[a]);
    if (programs[0]->model.present) put_facts(&c, &programs[0]->model);
  }
  if (out->failed) st = tg_mem_status(out->mem);
  tg_vec_done(c.mem, &c.areas);
  tg_vec_done(c.mem, &c.reads);
  return st;
}
