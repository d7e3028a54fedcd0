/* Telling less never helps: over every fact of a document, one at a time, with the day of assessment given.
 *
 *   usage: tg_single_facts RULES AS_OF FILE.json             holds the promises below
 *          tg_single_facts RULES AS_OF FILE.json GATE PATH   removing PATH must lift GATE: the exemption is needed
 *          tg_single_facts --exemptions                      lists GATE PATH
 *
 * A fact is the value of a key of a mapping, whatever its kind; the key is removed, everything else stays.  Then no gate may earn more than before or
 * stop applying, no record that failed may do better than unknown, and neither the gross nor the net proven readiness may rise.  A fact that is null is a
 * fact that is removed.  Gates that ask whether a fact is known are exempt for that fact: the list below is complete. */
#include "task.h"

/* ---- where a gate looks at whether a fact is there ---- */

typedef struct exemption {
  const char *gate, *path;
} exemption;

static const char actual_cutover[] = "engagement.actual_dates.transfer_cutover";
static const exemption exemptions[] = {
    /* References that are absent are skipped. */
    {"MUL-002", "people[].site"},
    {"MUL-002", "operate.teams[].site"},
    {"MUL-002", "build.infrastructure.items[].site"},
    {"MUL-002", "compliance.permits[].site"},
    {"MUL-002", "assets[].site"},
    {"MUL-002", "security.scope_sites"},
    {"MUL-002", "operate.teams[].lead"},
    {"MUL-002", "systems[].experts"},
    {"MUL-002", "systems[].kt.receivers"},
    {"MUL-002", "access_items[].system"},
    {"MUL-002", "data_sets[].system"},
    {"MUL-002", "support.services[].system"},
    {"MUL-002", "operate.incidents[].system"},
    /* The actual day if there is one, else the planned day. */
    {"ENG-003", "engagement.actual_dates.operate_start"},
    {"ENG-003", "engagement.actual_dates.transfer_start"},
    {"ACC-003", actual_cutover},
    {"CON-003", actual_cutover},
    {"CON-004", actual_cutover},
    {"DAT-004", actual_cutover},
    {"PPL-001", actual_cutover},
    {"PPL-007", actual_cutover},
    {"SUP-002", actual_cutover},
    {"SUP-004", actual_cutover},
    {"SYS-002", actual_cutover},
    {"TRN-006", actual_cutover},
    {"TRN-009", actual_cutover},
    {"TRN-010", actual_cutover},
};
enum { EXEMPTIONS = sizeof exemptions / sizeof *exemptions };

/* Removing a fact removes everything below it. */
static int is_above(const char *path, const char *exempt) {
  size_t n = strlen(path);
  return strncmp(path, exempt, n) == 0 && (exempt[n] == 0 || exempt[n] == '.' || exempt[n] == '[');
}

static int is_exempt(tg_text gate, const char *path) {
  for (size_t i = 0; i < EXEMPTIONS; i++)
    if (strlen(exemptions[i].gate) == gate.n && memcmp(exemptions[i].gate, gate.at, gate.n) == 0 &&
        is_above(path, exemptions[i].path))
      return 1;
  return 0;
}

/* ---- the facts of a JSON document (well-formed: it was written by a JSON writer) ---- */

typedef struct fact {
  char path[128];          /* as the model writes it: systems[].kt.receivers */
  size_t from, to;         /* the entry with the comma that goes with it */
  size_t value, value_end; /* the value alone */
} fact;

typedef struct document {
  const char *bytes;
  size_t at;
  fact *facts;
  size_t count, room;
} document;

static void fail(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(2);
}

static fact *new_fact(document *d) {
  if (d->count == d->room) {
    d->room = d->room ? 2 * d->room : 1024;
    d->facts = realloc(d->facts, d->room * sizeof *d->facts);
    if (d->facts == NULL) fail("out of memory");
  }
  memset(&d->facts[d->count], 0, sizeof *d->facts);
  return &d->facts[d->count++];
}

static void skip_space(document *d) {
  while (strchr(" \n\t\r", d->bytes[d->at]) && d->bytes[d->at]) d->at++;
}

static void skip_text(document *d) {
  d->at++;
  while (d->bytes[d->at] != '"') d->at += d->bytes[d->at] == '\\' ? 2 : 1;
  d->at++;
}

static void read_value(document *d, const char *path);

static void read_map(document *d, const char *path) {
  size_t before = d->at + 1, last = SIZE_MAX; /* before: end of the entry before, or of the brace */
  d->at++;
  for (skip_space(d); d->bytes[d->at] != '}'; skip_space(d)) {
    size_t index = (size_t)(new_fact(d) - d->facts), key = d->at;
    skip_text(d);
    int n = snprintf(d->facts[index].path, sizeof d->facts[index].path, "%s%s%.*s", path, *path ? "." : "",
                     (int)(d->at - key - 2), d->bytes + key + 1);
    if (n < 0 || n >= (int)sizeof d->facts[index].path) fail("a path is too long");
    char own[sizeof d->facts[index].path];
    memcpy(own, d->facts[index].path, sizeof own);
    skip_space(d), d->at++, skip_space(d); /* the colon */
    d->facts[index].value = d->at;
    read_value(d, own);
    d->facts[index].value_end = d->at;
    /* The comma before goes with the entry; the first entry takes the one behind. */
    d->facts[index].from = last == SIZE_MAX ? key : before;
    d->facts[index].to = d->at;
    before = d->at, last = index;
    skip_space(d);
    if (d->bytes[d->at] == ',') {
      d->at++;
      if (d->facts[index].from == key) d->facts[index].to = d->at;
    }
  }
  d->at++;
}

static void read_value(document *d, const char *path) {
  char below[sizeof((fact *)0)->path];
  if (d->bytes[d->at] == '{') {
    read_map(d, path);
  } else if (d->bytes[d->at] == '[') {
    snprintf(below, sizeof below, "%.*s[]", (int)sizeof below - 3, path);
    for (d->at++, skip_space(d); d->bytes[d->at] != ']'; skip_space(d)) {
      read_value(d, below);
      skip_space(d);
      if (d->bytes[d->at] == ',') d->at++;
    }
    d->at++;
  } else if (d->bytes[d->at] == '"') {
    skip_text(d);
  } else {
    d->at += strcspn(d->bytes + d->at, ",]} \n\t\r");
  }
}

/* ---- evaluating a variant ---- */

enum { MAX_GATES = 512 };

typedef struct result {
  tg_status status;
  tg_interval_percent gross, net;
  size_t gates, findings;
  tg_gate_status gate[MAX_GATES];
} result;

static task t;

static void evaluate(const char *bytes, size_t n, const char *as_of, result *out) {
  tg_messages_clear(t.messages);
  memset(out, 0, sizeof *out);
  out->status = tg_facts_reset(t.facts);
  if (out->status == TG_OK) out->status = tg_facts_add_memory(t.facts, text("facts.json"), bytes, n, 0);
  if (out->status == TG_OK) out->status = tg_facts_freeze(t.facts, t.program, 0);
  tg_run_options o;
  TG_INIT(&o);
  o.as_of = text(as_of);
  if (out->status == TG_OK) out->status = tg_eval_run(t.eval, t.facts, &o, &t.assessment);
  if (out->status != TG_OK) return;
  tg_summary s;
  TG_INIT(&s);
  tg_assessment_summary(t.assessment, &s);
  out->gross = s.gross, out->net = s.net, out->findings = s.findings;
  for (;; out->gates++) {
    if (out->gates == MAX_GATES) fail("more gates than this test has room for");
    TG_INIT(&out->gate[out->gates]);
    if (tg_assessment_gate(t.assessment, out->gates, &out->gate[out->gates]) != TG_OK) break;
  }
}

/* The findings of the last evaluation as lines "GATE POINTER", in the order of the report. */
typedef struct lines {
  char (*at)[160];
  size_t count, room;
} lines;

static void list_findings(lines *out, int only_failed) {
  out->count = 0;
  for (size_t i = 0, n = tg_assessment_finding_count(t.assessment); i < n; i++) {
    tg_finding_info f;
    TG_INIT(&f);
    if (tg_assessment_finding(t.assessment, i, &f) != TG_OK) fail("a finding cannot be explained");
    if (f.outcome == TG_WAIVED || (only_failed && f.outcome != TG_FAIL)) continue;
    if (out->count == out->room) {
      out->room = out->room ? 2 * out->room : 64;
      out->at = realloc(out->at, out->room * sizeof *out->at);
      if (out->at == NULL) fail("out of memory");
    }
    snprintf(out->at[out->count++], sizeof *out->at, "%.*s %.*s", (int)f.gate.n, f.gate.at, (int)f.pointer.n,
             f.pointer.n ? f.pointer.at : "");
  }
}

/* ---- the promises ---- */

static size_t broken;
static lines failed, unsettled;

static void complain(const char *file, const fact *f, const char *what, tg_text gate) {
  if (broken++ < 50)
    fprintf(stderr, "%s: without %s: %s %.*s\n", file, f->path, what, (int)gate.n, gate.at ? gate.at : "");
}

static size_t subjects(const tg_gate_status *g) {
  size_t n = 0;
  for (int i = TG_PASS; i < TG_OUTCOME_COUNT; i++) n += g->subjects[i];
  return n;
}

/* a out of b is more than c out of d; nothing out of nothing is nothing. */
static int more(size_t a, size_t b, size_t c, size_t d) { return b != 0 && a * (d ? d : 1) > c * b; }

/* Whether the gate does better than before, in any way that knowing less must not bring. */
static const char *lifted(const tg_gate_status *was, const tg_gate_status *is) {
  if (was->outcome == TG_FAIL && is->outcome < TG_UNKNOWN) return "no failure any more:";
  if (was->outcome != TG_NOT_APPLICABLE && is->outcome == TG_NOT_APPLICABLE)
    return "does not apply any more:";
  if (was->outcome == TG_UNKNOWN && is->outcome < TG_UNKNOWN) return "known now:";
  if (was->outcome == TG_NOT_APPLICABLE && is->outcome != TG_UNKNOWN && is->outcome != TG_NOT_APPLICABLE)
    return "applies now and is not unknown:";
  size_t before = subjects(was), now = subjects(is);
  if (more(is->subjects[TG_PASS], now, was->subjects[TG_PASS], before)) return "earns more (gross):";
  if (more(is->subjects[TG_PASS] + is->subjects[TG_WAIVED], now,
           was->subjects[TG_PASS] + was->subjects[TG_WAIVED], before))
    return "earns more (net):";
  return NULL;
}

static void check_removed(const char *file, const fact *f, const result *base, const result *without) {
  int exempt = 0;
  if (without->gates != base->gates) fail("the gates changed");
  for (size_t i = 0; i < base->gates; i++) {
    const char *what = lifted(&base->gate[i], &without->gate[i]);
    if (what == NULL) continue;
    if (is_exempt(base->gate[i].id, f->path))
      exempt = 1;
    else
      complain(file, f, what, base->gate[i].id);
  }
  if (exempt) return; /* readiness may follow the exempt gate */
  if (without->gross.proven > base->gross.proven) complain(file, f, "more is proven (gross)", text(""));
  if (without->net.proven > base->net.proven) complain(file, f, "more is proven (net)", text(""));
}

/* Whoever failed still fails or is unknown.  A gate that became unknown as a whole speaks for its records. */
static void check_failed(const char *file, const fact *f) {
  list_findings(&unsettled, 0);
  for (size_t i = 0; i < failed.count; i++) {
    const char *line = failed.at[i];
    size_t gate = strcspn(line, " ") + 1;
    int found = is_exempt((tg_text){line, gate - 1}, f->path);
    for (size_t k = 0; k < unsettled.count && !found; k++)
      found = strcmp(unsettled.at[k], line) == 0 ||
              (strncmp(unsettled.at[k], line, gate) == 0 && unsettled.at[k][gate] == 0);
    if (!found) complain(file, f, "does not fail any more:", text(line));
  }
}

static int fails_less(const result *base, const result *without) {
  for (size_t i = 0; i < base->gates; i++)
    if (without->gate[i].subjects[TG_FAIL] < base->gate[i].subjects[TG_FAIL]) return 1;
  return 0;
}

static void check_null(const char *file, const fact *f, const result *without, const result *null) {
  if (null->status != without->status) complain(file, f, "null is answered otherwise", text(""));
  if (null->status != TG_OK || without->status != TG_OK) return;
  if (memcmp(&null->gross, &without->gross, sizeof null->gross) != 0 ||
      memcmp(&null->net, &without->net, sizeof null->net) != 0 || null->findings != without->findings)
    complain(file, f, "null gives another assessment", text(""));
  for (size_t i = 0; i < null->gates; i++)
    if (null->gate[i].outcome != without->gate[i].outcome ||
        null->gate[i].reason != without->gate[i].reason ||
        memcmp(null->gate[i].subjects, without->gate[i].subjects, sizeof null->gate[i].subjects) != 0)
      complain(file, f, "null differs in", null->gate[i].id);
}

static void set_up(const char *rules) {
  tg_status st = tg_env_new(NULL, &t.env);
  if (st == TG_OK) st = tg_messages_new(t.env, &t.messages);
  if (st == TG_OK) st = tg_compiler_new(t.env, t.messages, &t.compiler);
  if (st == TG_OK) st = tg_compiler_add_path(t.compiler, rules);
  if (st == TG_OK) st = tg_compiler_finish(t.compiler, &t.program);
  if (st == TG_OK) st = tg_facts_new(t.env, NULL, t.messages, &t.facts);
  if (st == TG_OK) st = tg_eval_new(t.env, t.program, NULL, t.messages, &t.eval);
  if (st != TG_OK) fail("the rules do not compile");
}

/* bytes[0..from) + put + bytes[to..) */
static size_t splice(char *out, const char *bytes, size_t n, size_t from, size_t to, const char *put) {
  size_t m = strlen(put);
  memcpy(out, bytes, from);
  memcpy(out + from, put, m);
  memcpy(out + from + m, bytes + to, n - to);
  return from + m + n - to;
}

static const tg_gate_status *gate_named(const result *r, const char *id) {
  for (size_t i = 0; i < r->gates; i++)
    if (strlen(id) == r->gate[i].id.n && memcmp(id, r->gate[i].id.at, r->gate[i].id.n) == 0)
      return &r->gate[i];
  fail("no such gate");
  return NULL;
}

int main(int argc, char **argv) {
  static result base, without, null;
  size_t n, removed = 0, refused = 0, needed = 0;
  if (argc == 2 && strcmp(argv[1], "--exemptions") == 0) {
    for (size_t i = 0; i < EXEMPTIONS; i++) printf("%s %s\n", exemptions[i].gate, exemptions[i].path);
    return 0;
  }
  if (argc != 4 && argc != 6) fail("usage: tg_single_facts RULES AS_OF FILE.json [GATE PATH]");
  const char *as_of = argv[2], *file = argv[3];
  char *bytes = slurp(file, &n), *variant = bytes ? malloc(n + 16) : NULL;
  if (variant == NULL) fail("cannot read the facts");
  document d = {bytes, 0, NULL, 0, 0};
  skip_space(&d);
  read_value(&d, "");
  set_up(argv[1]);
  evaluate(bytes, n, as_of, &base);
  if (base.status != TG_OK) fail("the facts are not accepted");
  list_findings(&failed, 1);
  for (size_t i = 0; i < d.count; i++) {
    const fact *f = &d.facts[i];
    if (argc == 6 && strcmp(f->path, argv[5]) != 0) continue;
    evaluate(variant, splice(variant, bytes, n, f->from, f->to, ""), as_of, &without);
    if (without.status == TG_OK && fails_less(&base, &without)) check_failed(file, f);
    evaluate(variant, splice(variant, bytes, n, f->value, f->value_end, "null"), as_of, &null);
    check_null(file, f, &without, &null);
    if (without.status == TG_OK) {
      removed++;
      check_removed(file, f, &base, &without);
      needed += argc == 6 && lifted(gate_named(&base, argv[4]), gate_named(&without, argv[4])) != NULL;
    } else if (is_above(f->path, "engagement.id") || is_above(f->path, "engagement.phase")) {
      refused++; /* what must be known */
    } else {
      complain(file, f, "the facts are refused", text(""));
    }
  }
  printf("%s: %zu facts removed, %zu refused, %zu promises broken, proven %.1f\n", file, removed, refused,
         broken, base.gross.proven);
  if (argc == 6 && needed == 0)
    fprintf(stderr, "%s: %s does not need its exemption for %s\n", file, argv[4], argv[5]);
  if (argc == 4 && (removed < 100 || refused < 2))
    fail("the id and the phase are refused, all else is removed");
  task_free(&t);
  free(d.facts), free(variant), free(bytes), free(failed.at), free(unsettled.at);
  return broken || (argc == 6 && needed == 0);
}
