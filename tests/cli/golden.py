#!/usr/bin/env python3
"""The example engagements give exactly the verdicts that stand in tests/golden/verdicts.yaml, one by one and side by side; their JSON reports are
byte-identical on a second run and valid against the published schema; counts and readiness add up; what is not known stands in the text report as a
question with the fact and who would know it.  usage: golden.py BINARY SOURCE_ROOT"""
import glob
import json
import os
import re
import subprocess
import sys
from fractions import Fraction

import jsonschema
import yaml

from tally import close, expect

binary, root = sys.argv[1:3]
golden = yaml.safe_load(open(os.path.join(root, "tests/golden/verdicts.yaml"), encoding="utf-8"))
schema = json.load(open(os.path.join(root, "include/tollgate/report.schema.json"), encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)


def run(*args):
    return subprocess.run([binary, "check"] + list(args), capture_output=True, timeout=120, cwd=root)


def report_of(name, *args):
    """The JSON report, checked for what every report must be."""
    first, second = run(*args, "--format", "json"), run(*args, "--format", "json")
    expect(name + ": a second run", first.stdout, second.stdout)
    expect(name + ": never", 0, run(*args, "--format", "json", "--fail-on", "never").returncode)
    report = json.loads(first.stdout)
    for error in validator.iter_errors(report):
        expect(name + ": schema at /" + "/".join(map(str, error.absolute_path)), "valid", error.message)
    for key, count in report["counts"]["gates"].items():
        expect("%s: count of %s" % (name, key), sum(g["status"] == key for g in report["gates"]), count)
    open_gates = {s: 0 for s in report["counts"]["open"]}
    for g in report["gates"]:
        if g["status"] in ("fail", "error", "unknown"):
            open_gates[g["severity"]] += 1
    expect(name + ": open", open_gates, report["counts"]["open"])
    expect(name + ": exit status", 1 if open_gates["critical"] + open_gates["high"] else 0, first.returncode)
    keys = ["report_version", "tool", "regex", "as_of", "as_of_source", "engagement", "documents", "packs", "facts", "params", "verdict", "partial", "readiness",
            "counts", "conditions", "policy", "config", "baseline", "areas", "gates", "findings", "waivers"]
    expect(name + ": keys of the report", sorted(keys), sorted(report))
    for other in ("text", "ndjson"):  # the exit status comes from the assessment, never from the format
        expect("%s: exit status of %s" % (name, other), first.returncode, run(*args, "--format", other).returncode)
    prints = [f["fingerprint"] for f in report["findings"]]
    expect(name + ": fingerprints", len(prints), len(set(prints)))
    kinds = [json.loads(line)["type"] for line in run(*args, "--format", "ndjson").stdout.decode().splitlines()]
    expect(name + ": ndjson", ["summary"] + ["gate"] * len(report["gates"]) + ["finding"] * len(report["findings"]), kinds)
    return report


def model_path(pointer):
    """/systems/3/docs/runbook_coverage_pct: systems[].docs.runbook_coverage_pct"""
    return re.sub(r"/\d+(?=/|$)", "[]", pointer).strip("/").replace("/", ".")


def expand(want):
    """The golden entry of one engagement as gate: (status, reason, {label: what})."""
    gates = {}
    for gate in want["pass"]:
        gates[gate] = ("pass", None, {})
    for reason, ids in want["not_applicable"].items():
        for gate in ids:
            expect("golden: %s stands once" % gate, False, gate in gates)
            gates[gate] = ("not_applicable", reason, {})
    for status in ("fail", "waived", "unknown"):
        for gate, subjects in want.get(status, {}).items():
            expect("golden: %s stands once" % gate, False, gate in gates)
            gates[gate] = (status, None, subjects)
    return gates


def compare_subject(what, want, finding):
    word, *rest = want.split()
    expect(what, word, finding["status"])
    if word == "waived":
        expect(what + ": waiver", rest[0], (finding["waiver"] or {}).get("id"))
    if word == "unknown":
        missing = {model_path(f["path"]) for f in finding["facts"] if f["state"] == "missing"}
        expect(what + ": missing facts", [], [p for p in rest if p not in missing])


def compare(name, want, report):
    gates = expand(want)
    seen = {g["id"]: g for g in report["gates"]}
    expect(name + ": gates", sorted(gates), sorted(seen))
    expect(name + ": verdict", want["verdict"], report["verdict"])
    findings = {}
    for f in report["findings"]:
        findings.setdefault(f["gate"], {})[f["subject"]["label"]] = f
    for gate, (status, reason, subjects) in gates.items():
        what = "%s: %s" % (name, gate)
        got = seen.get(gate, {})
        expect(what, status, got.get("status"))
        if reason:
            expect(what + " reason", reason, got.get("reason"))
        expect(what + " subjects", sorted(subjects), sorted(findings.get(gate, {})))
        for label, word in subjects.items():
            if label in findings.get(gate, {}):
                compare_subject("%s[%s]" % (what, label), word, findings[gate][label])


def tenths(fraction):
    return float(round(fraction * 1000)) / 10 if fraction is not None else None    # round() of a fraction is half-even, as the reports are


def readiness(gates):
    """Σ weight × earned ÷ Σ weight over the gates that apply, each earning the share of its subjects that pass."""
    figures = {}
    for kind, counted in (("gross", ["pass"]), ("net", ["pass", "waived"])):
        for bound, more in (("proven", []), ("possible", ["unknown"])):
            earned = weight = Fraction(0)
            for g in gates:
                if g["status"] == "not_applicable":
                    continue
                total = sum(g["subjects"].values())
                good = sum(g["subjects"][s] for s in counted + more)
                weight += g["score"]
                earned += g["score"] * Fraction(good, total)
            figures.setdefault(kind, {})[bound] = tenths(earned / weight) if weight else None
    return figures


def check_readiness(name, report):
    want = readiness(report["gates"])
    expect(name + ": readiness", want, {k: report["readiness"][k] for k in want})
    for area in report["areas"]:
        want = readiness([g for g in report["gates"] if g["area"] == area["area"]])
        expect("%s: readiness of %s" % (name, area["area"]), want, {k: area[k] for k in want})


def printed_path(facts, pointer):
    """How the text report writes the path of a fact: records by their key."""
    out, node = "", facts
    for step in pointer.strip("/").split("/"):
        if step.isdigit():
            node = node[int(step)]
            keys = [node[k] for k in ("id", "activity", "area", "process", "level", "day", "month") if isinstance(node, dict) and k in node]
            out += "[%s]" % (keys[0] if keys else step)
        else:
            node = node.get(step) if isinstance(node, dict) else None
            out += ("." if out else "") + step
    return out


def section(text, title):
    """The entries of one section of the text report, each on one line."""
    if title not in text:
        return []
    body = text.split(title)[1].split("\n", 1)[1].split("\n\n")[0]
    return [" ".join(e.split()) for e in re.split(r"\n(?=  [A-Z]+-\d)", "\n" + body) if e.strip()]


def check_questions(name, facts_file, report, text):
    """Every unknown is a question in the text report: the gate, the record, each missing fact, and who would know it."""
    facts = yaml.safe_load(open(os.path.join(root, facts_file), encoding="utf-8"))
    entries = section(text, "\nNot proven: questions to ask (")
    severity = {g["id"]: g["severity"] for g in report["gates"]}
    unknown = [f for f in report["findings"] if f["status"] == "unknown"]
    expect(name + ": questions", len(unknown), len(entries))
    for f in unknown:
        label = f["subject"]["label"]
        mine = [e for e in entries if e.startswith("%s %s " % (f["gate"], severity[f["gate"]])) and (f["subject"]["path"] == "" or "[%s]" % label in e)]
        what = "%s: %s[%s]" % (name, f["gate"], label)
        expect(what + " is asked once", 1, len(mine))
        asked = [u for u in f["facts"] if u["state"] == "missing"]
        expect(what + " names a fact", True, bool(asked))
        for u in asked:
            path = printed_path(facts, u["path"])
            expect(what + ": somebody knows " + path, True, bool(u["known_by"]))
            question = re.escape(path + " is missing ") + r"\(see [^)]*\)\. (To ask \(%s\): \S|Ask: %s)" % ((re.escape(u["known_by"] or ""),) * 2)
            expect(what + " asks for " + path, True, bool(mine) and re.search(question, mine[0]) is not None)


def pack_gates():
    """Gates of the packs with their phases: engagement packs, and portfolio packs apart."""
    found = ({}, {})
    for path in glob.glob(os.path.join(root, "rules", "bot", "*.yaml")):
        if path.endswith(".test.yaml"):
            continue
        pack = yaml.safe_load(open(path, encoding="utf-8"))
        for gate in pack.get("gates") or []:
            found[pack.get("scope") == "portfolio"][gate["id"]] = gate.get("phase", ["build", "operate", "transfer"])
    return found


# Findings that name no fact: what decided is how many elements a list has, or which it has not.  None would be best; none may be added.

engagement_gates, portfolio_gates = pack_gates()
portfolios = golden.pop("portfolios")
for name, want in golden.items():
    facts = os.path.join("fixtures", "engagements", name + ".yaml")
    report = report_of(name, facts)
    compare(name, want, report)
    expect(name + ": waivers", want.get("waivers", {}), {w["id"]: w["state"] for w in report["waivers"]})
    check_readiness(name, report)
    nameless = ["%s[%s]" % (f["gate"], f["subject"]["label"]) for f in report["findings"] if not f["facts"]]
    expect(name + ": findings without a fact", [], nameless)
    expect(name + ": accepted strictly", b"", run(facts, "--strict", "--format", "json").stderr)
    expect(name + ": the facts' own day, given", report["gates"], json.loads(run(facts, "--as-of", report["as_of"], "--format", "json").stdout)["gates"])
    expect(name + ": a gate of the packs is in the golden file", [], sorted(set(engagement_gates) - set(expand(want))))
    text = run(facts).stdout.decode()
    expect(name + ": text counts", True, "%d gates: " % len(report["gates"]) in text)
    expect(name + ": text fails", sum(f["status"] == "fail" for f in report["findings"]), len(section(text, "\nFails (")))
    check_questions(name, facts, report, text)
    if name == "ready":
        expect(name + ": proven is 95 or more", True, report["readiness"]["gross"]["proven"] >= 95)
        expect(name + ": nothing is open", [0] * 5, list(report["counts"]["open"].values()))
    if name == "catastrophic":
        low = {a["area"]: a["net"]["proven"] for a in report["areas"] if a["rating"] != "grey"}
        expect(name + ": areas of 40 and more", {}, {a: v for a, v in low.items() if v >= 40})
        expect(name + ": areas", 25, len(low))
    if name == "early-build":
        others = {g for g, phases in engagement_gates.items() if "build" not in phases}
        listed = re.search(r"\n  in another phase: (.*?)\n(?!    )", text, re.S).group(1)
        expect(name + ": gates of later phases do not apply", sorted(others), sorted(re.findall(r"[A-Z]+-\d+", listed)))
        asked = {e.split()[0] for title in ("\nFails (", "\nNot proven: questions to ask (") for e in section(text, title)}
        expect(name + ": no gate of a later phase is asked", [], sorted(asked & others))

for name, portfolio in portfolios.items():
    report = report_of(name, "--portfolio", *[os.path.join("fixtures", "engagements", d + ".yaml") for d in portfolio["documents"]])
    compare(name, portfolio, report)
    expect(name + ": a gate of the packs is in the golden file", [], sorted(set(portfolio_gates) - set(expand(portfolio))))
    expect(name + ": engagement", None, report["engagement"])

files = {os.path.basename(p)[:-5] for p in glob.glob(os.path.join(root, "fixtures", "engagements", "*.yaml"))}
expect("engagements with golden verdicts", sorted(files), sorted(golden))
close(1)
