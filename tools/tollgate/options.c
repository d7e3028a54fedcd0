/* One table of options feeds the parser, the help and the man pages. */
#include "cli.h"

#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
  CHECK = 1u << 0,
  COMPILE = 1u << 1,
  DISASM = 1u << 2,
  MODEL = 1u << 3,
  HELP = 1u << 4,
  TEST = 1u << 5,
  CONFIG = 1u << 6,
  TEMPLATE = 1u << 10,
  DOC = 1u << 11,
  INIT = 1u << 12,
  WAIVE = 1u << 20,
  BASELINE = 1u << 21,
  DIFF = 1u << 22,
  ALL = ~0u
};
enum {
  RULED = CHECK | COMPILE | DISASM | MODEL | TEST | CONFIG | TEMPLATE | DOC,
  CONFIGURED = CHECK | CONFIG | TEMPLATE,
  CHOOSING = CHECK | TEMPLATE
};

typedef enum kind { FLAG, TEXT, LIST, LATER } kind;

/* `offset` is that of the member in args; `LATER` options exist in the contract, but not in this version. */
typedef struct option_row {
  const char *name, *value;
  kind kind;
  size_t offset;
  unsigned commands;
  const char *help;
} option_row;

#define AT(member) offsetof(args, member)
static const option_row rows[] = {
    {"rules", "PATH", LIST, AT(rules), CHECK | MODEL | TEST | CONFIG | TEMPLATE | WAIVE,
     "a rule file or a folder of packs (repeatable); default: the standard packs"},
    {"config", "FILE", TEXT, AT(config), CONFIGURED | WAIVE,
     "the configuration; default: `tollgate.yaml` beside the facts or above"},
    {"profile", "NAME", TEXT, AT(profile), CONFIGURED | WAIVE,
     "a ready-made configuration of the standard packs, for example transfer-readiness"},
    {"waivers", "FILE", LIST, AT(waivers), CHECK,
     "a file of waivers beside those in the facts: YAML, JSON or CSV (repeatable)"},
    {"waivers", "FILE", LIST, AT(waivers), WAIVE,
     "the YAML file to append to; default: the configuration's, else waivers.yaml"},
    {"baseline", "REPORT.json", TEXT, AT(baseline), CHECK,
     "an earlier JSON report: only what is new or worse makes the command fail"},
    {"facts", "NAME=FILE.csv", LIST, AT(csv), CHECK,
     "read the collection NAME from a CSV file with a header row (repeatable)"},
    {"as-of", "DATE", TEXT, AT(as_of), CHECK,
     "the day of assessment; default: the facts' own, else today in UTC"},
    {"param", "NAME=VALUE", LIST, AT(params), (RULED & ~(unsigned)(TEST | DOC)) | WAIVE,
     "set a parameter by its full or its unambiguous short name (repeatable)"},
    {"gate", "GLOB", LIST, AT(gates), CHOOSING,
     "only gates whose id matches (repeatable); the report is then partial"},
    {"area", "AREA", LIST, AT(areas), CHOOSING, "only gates of this area (repeatable)"},
    {"phase", "PHASE", LIST, AT(phases), CHOOSING,
     "only gates that list this phase (repeatable); a single one is filled into the template"},
    {"tag", "TAG", LIST, AT(tags), CHOOSING, "only gates with this tag (repeatable)"},
    {"portfolio", NULL, FLAG, AT(portfolio), RULED & ~(unsigned)(TEST | TEMPLATE | DOC),
     "compare several engagements: evaluate the portfolio packs over all documents"},
    {"fail-on", "SEVERITY", TEXT, AT(fail_on), CHECK,
     "exit 1 when something is open at or above critical, high, medium, low or info; never: not at all; "
     "default: high"},
    {"unknown", "block|report", TEXT, AT(unknown), CHECK,
     "whether an unknown at or above the threshold is open (block, the default) or only reported"},
    {"readiness", "MODEL", TEXT, AT(readiness), CHECK, "risk-weighted (default), unweighted or by-area"},
    {"strict", NULL, FLAG, AT(strict), RULED,
     "unknown facts, duplicate keys and dangling waivers are errors"},
    {"run", "GLOB", TEXT, AT(run), TEST, "only cases whose name matches"},
    {"coverage", NULL, FLAG, AT(coverage), TEST,
     "also print which outcomes of gates and truth values of conditions no case has seen"},
    {"coverage-min", "PERCENT", TEXT, AT(coverage_min), TEST,
     "exit 1 when fewer of the gates' outcomes (pass, fail, unknown, not_applicable) were seen"},
    {"mutate", NULL, FLAG, AT(mutate), TEST,
     "also change the rules one place at a time; exit 1 when a change goes unnoticed"},
    {"threads", "N", TEXT, AT(threads), TEST, "threads of --mutate; default: one a core"},
    {"format", "FORMAT", TEXT, AT(format), CHECK,
     "on standard output: text (default), json, ndjson; sarif (problems, for code scanning), sarif-full "
     "(everything, for archives and "
     "viewers: do not upload it to code scanning); junit, tap, github, azure, gitlab, markdown, "
     "markdown-comment; csv, "
     "csv-bom, xlsx; oscal, "
     "oscal-1.0.4, oscal-1.2.1, intoto"},
    {"format", "FORMAT", TEXT, AT(format), TEST, "on standard output: text (default), junit, tap or json"},
    {"format", "FORMAT", TEXT, AT(format), DOC, "markdown (default) or html"},
    {"format", "FORMAT", TEXT, AT(format), DIFF, "text (default), markdown or json"},
    {"output", "FILE", TEXT, AT(output), CHECK | TEST | TEMPLATE | DOC | BASELINE | DIFF,
     "write the report there instead of standard output"},
    {"out", "FORMAT=FILE", LIST, AT(outs), CHECK | TEST,
     "also write the report in this format to a file (repeatable)"},
    {"root", "DIR", TEXT, AT(root), CHECK | DIFF,
     "paths in reports are relative to it; default: the nearest repository root"},
    {"color", "auto|always|never", TEXT, AT(color), RULED | WAIVE | BASELINE | DIFF,
     "colour; auto asks the terminal and NO_COLOR"},
    {"quiet", NULL, FLAG, AT(quiet), CHECK | DIFF, "verdict, readiness, areas and counts only"},
    {"verbose", NULL, FLAG, AT(verbose), CHECK | DIFF, "every clause and fact of each finding"},
    {"show", NULL, FLAG, AT(show), CONFIG,
     "print what is in force and where each value comes from (the default)"},
    {"name", "PACK", TEXT, AT(name), INIT, "the pack's name, words joined by points; default: my.pack"},
    {"json-schema", NULL, FLAG, AT(json_schema), MODEL, "print the model as JSON Schema 2020-12"},
    {"no-jit", NULL, FLAG, AT(no_jit), RULED, "match regular expressions in the interpreter"},
    {"man", NULL, FLAG, AT(man), HELP, "print the man page source of the command"},
    {"help", NULL, FLAG, AT(help), ALL, "explain the command"},
    {"version", NULL, FLAG, AT(version), ALL, "print the version"},
    {"ratchet", "FILE", TEXT, AT(ratchet), CHECK,
     "the best figures reached so far: exit 1, whatever --fail-on says, when proven readiness of an area or "
     "the open gates of a severity got worse"},
    {"ratchet-update", NULL, FLAG, AT(ratchet_update), CHECK,
     "write the figures that got better to the file of --ratchet (made when there is none); it never becomes "
     "looser"},
    {"reason", "TEXT", TEXT, AT(reason), WAIVE | BASELINE, "why it is accepted"},
    {"owner", "ID", TEXT, AT(owner), WAIVE | BASELINE, "who answers for what is left open"},
    {"approver", "ID", TEXT, AT(approver), WAIVE, "who accepts it; somebody else than the owner"},
    {"expires", "DATE", TEXT, AT(expires), WAIVE | BASELINE, "the last day it holds"},
    {"approved", "DATE", TEXT, AT(approved), WAIVE, "the day of approval; default: today in UTC"},
    {"compensating", "TEXT", TEXT, AT(compensating), WAIVE,
     "what is done meanwhile; the policy may ask for it"},
    {"report", "REPORT.json", TEXT, AT(report), WAIVE,
     "the JSON report that has the finding: it must fail there; needed for a fingerprint"},
    {"step-summary", NULL, FLAG, AT(step_summary), CHECK,
     "append the markdown report to the file that GITHUB_STEP_SUMMARY names"},
    {"stream", NULL, LATER, 0, CHECK, NULL},
    {"record", "DB", LATER, 0, CHECK, NULL},
};
enum { ROWS = sizeof rows / sizeof *rows };

void list_add(list *l, const char *item) {
  if (l->n == l->cap) {
    size_t cap = l->cap ? l->cap * 2 : 8;
    const char **grown = realloc(l->at, cap * sizeof *grown);
    if (grown == NULL) {
      complain("out of memory");
      exit(EXIT_USELESS);
    }
    l->at = grown;
    l->cap = cap;
  }
  l->at[l->n++] = item;
}

void args_free(args *a) {
  list *lists[] = {&a->operands, &a->rules, &a->params, &a->gates, &a->areas,
                   &a->phases,   &a->tags,  &a->csv,    &a->outs,  &a->waivers};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) free(lists[i]->at);
}

static bool take(args *a, const option_row *row, const char *value) {
  void *member = (char *)a + row->offset;
  switch (row->kind) {
  case FLAG: *(bool *)member = true; return true;
  case TEXT:
    if (*(const char **)member != NULL && strcmp(*(const char **)member, value) != 0) {
      complain("--%s is given twice", row->name);
      return false;
    }
    *(const char **)member = value;
    return true;
  case LIST: list_add(member, value); return true;
  case LATER: break;
  }
  complain("--%s is not supported by this version yet", row->name);
  return false;
}

/* An option that means something else to another command has a row for each; *known tells that some command has it. */
static bool belongs(const char *name, size_t n, unsigned bit, bool *known) {
  *known = false;
  for (int i = 0; i < ROWS; i++) {
    if (strlen(rows[i].name) != n || memcmp(rows[i].name, name, n) != 0) continue;
    *known = true;
    if (rows[i].commands & bit) return true;
  }
  return false;
}

bool args_parse(int argc, char **argv, args *out) {
  memset(out, 0, sizeof *out);
  struct option table[ROWS + 1];
  memset(table, 0, sizeof table);
  for (int i = 0; i < ROWS; i++)
    table[i] = (struct option){rows[i].name, rows[i].value ? required_argument : no_argument, NULL, i + 1000};
  opterr = 0;
  for (;;) {
    int at = optind, got = getopt_long(argc, argv, ":h", table, NULL);
    if (got == -1) break;
    if (got == 'h') {
      out->help = true;
    } else if (got == ':') {
      complain("%s needs a value", argv[at] ? argv[at] : "an option");
      return false;
    } else if (got == '?') {
      complain("there is no option `%s`; `tollgate help%s%s` lists them", argv[optind - 1],
               optind > 2 ? " " : "", optind > 2 && argv[1][0] != '-' ? argv[1] : "");
      return false;
    } else if (!take(out, &rows[got - 1000], optarg)) {
      return false;
    }
  }
  for (int i = optind; i < argc; i++) {
    if (out->command == NULL)
      out->command = argv[i];
    else
      list_add(&out->operands, argv[i]);
  }
  if (out->command == NULL) return true;
  const command *c = command_find(out->command);
  if (c == NULL) {
    complain("there is no command `%s`; `tollgate help` lists them", out->command);
    return false;
  }
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (strncmp(argv[i], "--", 2) != 0) continue;
    size_t n = strcspn(argv[i] + 2, "=");
    bool known;
    if (!belongs(argv[i] + 2, n, c->bit, &known) && known) {
      complain("--%.*s does not belong to `tollgate %s`", (int)n, argv[i] + 2, c->name);
      return false;
    }
  }
  return true;
}

/* ---- help ---- */

static void wrap(FILE *to, const char *text, int indent, int at) {
  bool blank = false; /* one is due before the next word */
  while (*text) {
    size_t n = strcspn(text, " ");
    if (at + (int)n + blank > 96 && at > indent) {
      fprintf(to, "\n%*s", indent, "");
      at = indent;
    }
    if (at > indent && blank) {
      fputc(' ', to);
      at++;
    }
    fprintf(to, "%.*s", (int)n, text);
    at += (int)n;
    text += n;
    blank = *text == ' ';
    while (*text == ' ') text++;
  }
  fputc('\n', to);
}

static const char statuses[] = "0 nothing is open at or above --fail-on; 1 something is, no gate applies, or "
                               "a figure of --ratchet got worse; 2 the command could "
                               "not do its work, and nothing was printed on standard output";

static const char test_statuses[] =
    "0 every case passed; 1 a case failed, a change of --mutate went unnoticed, or less was covered than "
    "--coverage-min asks; 2 the command could not do its work (no case selected, a wrong test file), and "
    "nothing was "
    "printed on standard output";

static const char diff_statuses[] =
    "0 nothing got worse; 1 something did: a finding is new or worse, or the verdict or proven readiness of "
    "the whole or an "
    "area fell; 2 the reports cannot be compared, and nothing was printed on standard output";

static const char plain_statuses[] = "0 the command did its work; 2 it could not: nothing was printed on "
                                     "standard output, and no file was changed";

static const char *statuses_of(const command *c) {
  if (c->bit == DIFF) return diff_statuses;
  return c->bit == TEST ? test_statuses : c->bit == CHECK ? statuses : plain_statuses;
}

void help_overview(FILE *to) {
  fputs("usage: tollgate COMMAND [options]\n\nReadiness and risk checks for build-operate-transfer "
        "engagements.\n\ncommands:\n",
        to);
  for (const command *c = commands; c->name != NULL; c++) fprintf(to, "  %-9s %s\n", c->name, c->summary);
  fputs("\n`tollgate help COMMAND` lists its options.\nexit status: ", to);
  wrap(to, statuses, 13, 13);
}

void help_command(const command *c, FILE *to) {
  fprintf(to, "usage: %s\n\n", c->synopsis);
  wrap(to, c->text, 0, 0);
  fputs("\noptions:\n", to);
  for (int i = 0; i < ROWS; i++) {
    if (rows[i].kind == LATER || (rows[i].commands & c->bit) == 0) continue;
    int n =
        fprintf(to, "  --%s%s%s", rows[i].name, rows[i].value ? " " : "", rows[i].value ? rows[i].value : "");
    if (n < 28)
      fprintf(to, "%*s", 28 - n, "");
    else
      fprintf(to, "\n%28s", "");
    wrap(to, rows[i].help, 28, 28);
  }
  fputs("\nexit status: ", to);
  wrap(to, statuses_of(c), 13, 13);
}

/* Hyphens in man pages are minus signs when they are to be typed. */
static void roff(FILE *to, const char *text) {
  for (; *text; text++) {
    if (*text == '-')
      fputs("\\-", to);
    else if (*text == '\\')
      fputs("\\e", to);
    else
      fputc(*text, to);
  }
}

void man_page(const command *c, FILE *to) {
  fprintf(to, ".TH TOLLGATE-");
  for (const char *p = c->name; *p; p++) fputc(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p, to);
  fprintf(to, " 1 \"\" \"tollgate %s\" \"Tollgate\"\n.SH NAME\ntollgate\\-%s \\- %s\n.SH SYNOPSIS\n",
          tg_version(), c->name, c->summary);
  roff(to, c->synopsis);
  fputs("\n.SH DESCRIPTION\n", to);
  roff(to, c->text);
  fputs("\n.SH OPTIONS\n", to);
  for (int i = 0; i < ROWS; i++) {
    if (rows[i].kind == LATER || (rows[i].commands & c->bit) == 0) continue;
    fputs(".TP\n.B \\-\\-", to);
    roff(to, rows[i].name);
    if (rows[i].value) {
      fputs(" \\fI", to);
      roff(to, rows[i].value);
      fputs("\\fR", to);
    }
    fputc('\n', to);
    roff(to, rows[i].help);
    fputc('\n', to);
  }
  fputs(".SH EXIT STATUS\n", to);
  roff(to, statuses_of(c));
  fputs("\n", to);
}
