#!/usr/bin/env python3
"""The example engagements give exactly the verdicts that stand beside them; their JSON reports are byte-identical on a second run and valid
against the published schema; counts add up.  usage: golden.py BINARY SOURCE_ROOT"""
import json
import os
import subprocess
import sys

import jsonschema
import yaml

binary, root = sys.argv[1:3]
golden = yaml.safe_load(open(os.path.join(root, "tests/golden/verdicts.yaml"), encoding="utf-8"))
schema = json.load(open(os.path.join(root, "include/tollgate/report.schema.json"), encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
passed = failed = 0


def expect(what, want, got):
    global passed, failed
    if want == got:
        passed += 1
    else:
        failed += 1
        print("%s: expected %r, got %r" % (what, want, got))


def run(*args):
    return subprocess.run([binary, "check"] + list(args), capture_output=True, timeout=120, cwd=root)


for name, gates in golden.items():
    facts = os.path.join("fixtures", "engagements", name + ".yaml")
    first, second = run(facts, "--format", "json"), run(facts, "--format", "json")
    expect(name + ": a second run", first.stdout, second.stdout)
    expect(name + ": never", 0, run(facts, "--format", "json", "--fail-on", "never").returncode)
    report = json.loads(first.stdout)
    for error in validator.iter_errors(report):
        expect(name + ": schema at /" + "/".join(map(str, error.absolute_path)), "valid", error.message)
    seen = {g["id"]: g for g in report["gates"]}
    expect(name + ": gates", sorted(gates), sorted(seen))
    for gate, want in gates.items():
        subjects = want.get("subjects") if isinstance(want, dict) else None
        status = want["status"] if isinstance(want, dict) else want
        got = seen.get(gate, {}).get("status")
        expect("%s: %s" % (name, gate), status, got)
        findings = {f["subject"]["label"]: f["status"] for f in report["findings"] if f["gate"] == gate}
        if subjects is not None:
            expect("%s: %s subjects" % (name, gate), subjects, findings)
    for key, count in report["counts"]["gates"].items():
        expect("%s: count of %s" % (name, key), sum(g["status"] == key for g in report["gates"]), count)
    open_gates = {s: 0 for s in report["counts"]["open"]}
    for g in report["gates"]:
        if g["status"] in ("fail", "error", "unknown"):
            open_gates[g["severity"]] += 1
    expect(name + ": open", open_gates, report["counts"]["open"])
    blocking = open_gates["critical"] + open_gates["high"] > 0
    expect(name + ": exit status", 1 if blocking else 0, first.returncode)
    lines = run(facts, "--format", "ndjson").stdout.decode().splitlines()
    kinds = [json.loads(line)["type"] for line in lines]
    expect(name + ": ndjson", ["summary"] + ["gate"] * len(report["gates"]) + ["finding"] * len(report["findings"]), kinds)
    for other in ("text", "ndjson"):  # the exit status comes from the assessment, never from the format
        expect("%s: exit status of %s" % (name, other), first.returncode, run(facts, "--format", other).returncode)
    keys = ["report_version", "tool", "as_of", "as_of_source", "engagement", "documents", "packs", "facts", "params", "verdict", "partial", "readiness",
            "counts", "conditions", "areas", "gates", "findings", "waivers"]
    expect(name + ": keys of the report", sorted(keys), sorted(report))
    text = run(facts).stdout.decode()
    expect(name + ": text counts", True, "%d gates: " % len(report["gates"]) in text)
    prints = [f["fingerprint"] for f in report["findings"]]
    expect(name + ": fingerprints", len(prints), len(set(prints)))
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
