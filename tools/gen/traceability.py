#!/usr/bin/env python3
"""Makes rules/bot/TRACEABILITY.md from the packs and the statements of the model.  usage: traceability.py [--check]

Fails when a statement is served by no gate, or a gate names neither a statement nor a standard."""
import glob
import os
import re
import sys

import yaml

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
target = os.path.join(root, "rules", "bot", "TRACEABILITY.md")


class Loader(yaml.SafeLoader):
    """Texts stay texts: dates and yes/no are not looked for."""


Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] == "tag:yaml.org,2002:null"]
                                  for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def load(path):
    return yaml.load(open(path, encoding="utf-8"), Loader)


def order(gate):
    area, _, number = gate.rpartition("-")
    return area, int(number)


statements = load(os.path.join(here, "statements.yaml"))
gates = {}
for path in sorted(glob.glob(os.path.join(root, "rules", "bot", "*.yaml"))):
    if path.endswith(".test.yaml"):
        continue
    pack = load(path)
    for gate in pack.get("gates") or []:
        gates[gate["id"]] = (pack["pack"], gate["title"], gate.get("references") or [])

serves = {s: [] for s in statements}
wrong = []
for gate, (_, _, references) in gates.items():
    for reference in references:
        m = re.fullmatch(r"BOT (S\d\d)", reference)
        if m and m.group(1) in serves:
            serves[m.group(1)].append(gate)
        elif re.match(r"BOT S\d", reference):
            wrong.append("%s refers to `%s`, which is no statement" % (gate, reference))
    if not references:
        wrong.append("%s refers to neither a statement nor a standard" % gate)
wrong += ["%s is served by no gate: %s" % (s, statements[s]) for s in statements if not serves[s]]
for line in wrong:
    print(line)

out = ["# Traceability", "",
       "Made by `tools/gen/traceability.py` from the packs and `tools/gen/statements.yaml`; a test keeps it current. Do not edit.", "",
       "## Statements of the build-operate-transfer model and the gates that serve them", "",
       "| No. | Statement | Gates |", "|---|---|---|"]
for s, text in statements.items():
    out.append("| %s | %s | %s |" % (s, text, ", ".join(sorted(serves[s], key=order))))
out += ["", "## Gates and what they come from", "", "| Gate | Title | Pack | Statements | Other references |", "|---|---|---|---|---|"]
for gate in sorted(gates, key=order):
    pack, title, references = gates[gate]
    mine = [r[4:] for r in references if re.fullmatch(r"BOT S\d\d", r)]
    others = [r for r in references if not re.fullmatch(r"BOT S\d\d", r)]
    out.append("| %s | %s | `%s` | %s | %s |" % (gate, title, pack, ", ".join(mine), "; ".join(others)))
out += ["", "%d statements, %d gates." % (len(statements), len(gates)), ""]
text = "\n".join(out)

if "--check" in sys.argv:
    current = open(target, encoding="utf-8").read() if os.path.exists(target) else ""
    if current != text:
        wrong.append("current")
        print("rules/bot/TRACEABILITY.md is not current: run tools/gen/traceability.py")
    print("%d statements, %d gates, %d wrong" % (len(statements), len(gates), len(wrong)))
else:
    open(target, "w", encoding="utf-8").write(text)
sys.exit(1 if wrong or not gates or not statements else 0)
