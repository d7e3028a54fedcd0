#include "cli.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

const command commands[] = {
    {"check", "tollgate check FACTS... [options]",
     "evaluate engagement facts against rules; the exit status is the gate",
     "Loads the facts (YAML, JSON; several files merge into one engagement, a quoted pattern stands for the "
     "files it matches; - is "
     "standard input), evaluates the rules and "
     "prints a report: verdict, readiness proven and possible, areas, open findings "
     "by score with file and line, and what "
     "is not known as questions.",
     1u << 0, run_check},
    {"compile", "tollgate compile RULES... [options]", "check rule files and say what is wrong with them",
     "Reads, checks and compiles rule files or folders of packs.  Prints what was "
     "compiled; nothing is written: the image "
     "format comes with a later version.",
     1u << 1, run_compile},
    {"disasm", "tollgate disasm RULES... [options]", "list the bytecode of rules",
     "Compiles rule files or folders of packs and prints the program: units, blocks, "
     "instructions with their source places.",
     1u << 2, run_disasm},
    {"model", "tollgate model [RULES...] [options]", "print the fact model",
     "Prints the facts that the rules know: path, type, unit and meaning; with "
     "--json-schema as JSON Schema 2020-12.",
     1u << 3, run_model},
    {"test", "tollgate test RULES... [options]", "run the tests of rules",
     "Runs test files (*.test.yaml) and those found in folders against the packs beside "
     "them: what each gate must say of given facts.  A failing case shows what was "
     "expected, what came, and the clauses and facts that decided it.  --coverage says "
     "which outcomes and truth values no test has seen; --mutate changes the rules one "
     "place at a time and lists the changes that no test notices.",
     1u << 5, run_test},
    {"config", "tollgate config [FACTS...] [options]", "show the configuration in force",
     "Prints every setting and parameter that a check of these facts (or of the working "
     "directory) would use, and where each value comes from: a default, a pack, a "
     "profile, a configuration, an option.",
     1u << 6, run_config},
    {"template", "tollgate template [options]", "print a facts file to fill in",
     "Prints a facts file with every fact that the chosen gates read, blank, each with its meaning, type, "
     "unit, an example, who "
     "knows it, and the gates it decides.  Sections follow the fact model; what must be known comes first, "
     "then what decides "
     "most: the sum of the weights of the gates that read the fact.  With id and phase alone the chosen "
     "gates answer unknown, but for one that skips what is absent.",
     1u << 10, run_template},
    {"doc", "tollgate doc [RULES...] [options]", "write the gate catalogue",
     "Writes the catalogue of the gates, as Markdown or as one HTML page without scripts: what each is asked "
     "of, its "
     "conditions as their author wrote them, parameters, severity, risk, rationale, proof, remediation, "
     "references, and the "
     "facts.  Default: the standard packs.",
     1u << 11, run_doc},
    {"init", "tollgate init DIR [--name PACK]", "start a pack of your own",
     "Makes a folder with a pack that extends the standard ones, its tests, a configuration, example facts, "
     "a pipeline and a "
     "README that says what to try.  The folder must be new or empty.",
     1u << 12, run_init},
    {"waive",
     "tollgate waive FINGERPRINT|GATE[ITEM] --reason TEXT --owner ID --approver ID --expires DATE [options]",
     "append a waiver to a file of waivers",
     "Appends an entry to a YAML file of waivers (a list, or a mapping with the list as `waivers`; made when "
     "there is "
     "none) and leaves everything else in it as it is.  The entry is checked first: it must be in force on "
     "the day "
     "of its approval under the policy of the rules, name a gate that they have, and not repeat one that is "
     "in "
     "force.  With --report the finding must be there and fail.",
     1u << 20, run_waive},
    {"baseline", "tollgate baseline REPORT.json [options]", "sign a report off as a baseline",
     "Checks that the file is a whole JSON report and writes it as a baseline for `tollgate check "
     "--baseline`.  With "
     "--reason, --owner and --expires it is signed off: it forgives what it has until that day, and no "
     "longer.",
     1u << 21, run_baseline},
    {"diff", "tollgate diff OLD.json NEW.json [options]", "compare two reports",
     "Prints what became better or worse from one JSON report to the other: findings (by fingerprint), "
     "areas, "
     "readiness, verdict; and for each finding why: a changed fact, rule, parameter, setting, tailoring or "
     "waiver, "
     "or time when nothing else changed.",
     1u << 22, run_diff},
    {"help", "tollgate help [COMMAND]", "explain a command", "Prints the commands, or the options of one.",
     1u << 4, run_help},
    {NULL, NULL, NULL, NULL, 0, NULL}};

const command *command_find(const char *name) {
  for (const command *c = commands; c->name != NULL; c++)
    if (strcmp(c->name, name) == 0) return c;
  return NULL;
}

int run_help(const args *a) {
  if (a->operands.n > 1) return complain("help takes one command");
  if (a->operands.n == 0) {
    help_overview(stdout);
    return EXIT_CLEAN;
  }
  const command *c = command_find(a->operands.at[0]);
  if (c == NULL) return complain("there is no command `%s`; `tollgate help` lists them", a->operands.at[0]);
  if (a->man)
    man_page(c, stdout);
  else
    help_command(c, stdout);
  return EXIT_CLEAN;
}

int main(int argc, char **argv) {
  setlocale(LC_CTYPE, "");
  signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like others */
  args a;
  int status = EXIT_USELESS;
  if (args_parse(argc, argv, &a)) {
    const command *c = a.command ? command_find(a.command) : NULL;
    if (a.version) {
      printf("tollgate %s\n", tg_version());
      status = EXIT_CLEAN;
    } else if (c == NULL) {
      help_overview(a.help ? stdout : stderr);
      status = a.help ? EXIT_CLEAN : EXIT_USELESS;
    } else if (a.help) {
      help_command(c, stdout);
      status = EXIT_CLEAN;
    } else {
      status = c->run(&a);
    }
  }
  if (fflush(stdout) != 0 && status != EXIT_USELESS) status = complain("cannot write to standard output");
  args_free(&a);
  return status;
}
