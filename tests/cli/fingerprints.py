#!/usr/bin/env python3
"""Fingerprints name a finding by what it is about: they survive everything else, and differ where that differs.
usage: fingerprints.py BINARY SOURCE_ROOT"""
import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
passed = failed = 0


def expect(what, ok, more=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s %s" % (what, more))


def run(folder, facts, *rules):
    """(gate, label) -> fingerprint, of the JSON report; SARIF must say the same."""
    args = [binary, "check"] + facts + ["--as-of", "2025-10-20", "--format", "json", "--out", "sarif=" + os.path.join(folder, "log.sarif")]
    for r in rules:
        args += ["--rules", r]
    p = subprocess.run(args, cwd=folder, capture_output=True, timeout=120)
    if p.returncode not in (0, 1):
        sys.exit("status %d: %s" % (p.returncode, p.stderr.decode("utf-8", "replace")))
    report = json.loads(p.stdout)
    found = {(f["gate"], f["subject"]["label"]): f["fingerprint"] for f in report["findings"]}
    assert len(found) == len(report["findings"]) > 5
    log = json.load(open(os.path.join(folder, "log.sarif"), encoding="utf-8"))
    in_sarif = {"sha256:" + r["partialFingerprints"]["tollgateFinding/v1"] for r in log["runs"][0]["results"]}
    expect("SARIF has the fingerprints of JSON", in_sarif == {f["fingerprint"] for f in report["findings"] if f["status"] != "waived"})
    return found


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return name


def reversed_lists(node):
    """Records with a key come in any order; other lists may mean their order."""
    if isinstance(node, dict):
        return {k: reversed_lists(v) for k, v in node.items()}
    if isinstance(node, list):
        node = [reversed_lists(v) for v in node]
        return node[::-1] if node and all(isinstance(v, dict) and "id" in v for v in node) else node
    return node


def same(what, old, new):
    moved = {k for k in old if k in new and old[k] != new[k]}
    expect(what, old.keys() == new.keys() and not moved, "changed: %s; only before: %s; only after: %s"
           % (sorted(moved)[:5], sorted(old.keys() - new.keys())[:5], sorted(new.keys() - old.keys())[:5]))


def engagements(folder):
    rules = os.path.join(root, "rules", "bot")
    text = open(os.path.join(root, "fixtures", "engagements", "pre-transfer.yaml"), encoding="utf-8").read()
    tree = yaml.load(text, yaml.BaseLoader)   # every scalar as written
    facts = yaml.safe_load(text)
    old = run(folder, [write(folder, "facts.yaml", text)], rules)
    expect("fingerprints differ from each other", len(set(old.values())) == len(old))
    same("moved files", old, run(folder, [write(folder, "some/where else/x.yaml", text)], rules))
    same("reordered records", old, run(folder, [write(folder, "order.yaml", yaml.safe_dump(reversed_lists(facts)))], rules))
    same("another layout", old, run(folder, [write(folder, "layout.yaml", "# moved down\n\n\n" + yaml.safe_dump(facts, width=40, default_flow_style=False))], rules))
    same("JSON", old, run(folder, [write(folder, "facts.json", json.dumps(facts, default=str))], rules))
    part = dict(facts)
    systems = {"systems": part.pop("systems")}
    same("two files", old, run(folder, [write(folder, "a.yaml", yaml.safe_dump(part)), write(folder, "b.yaml", yaml.safe_dump(systems))], rules))
    other = run(folder, [write(folder, "other.yaml", text.replace("id: %s\n" % tree["engagement"]["id"], "id: BOT-ELSE\n", 1))], rules)
    expect("another engagement", old.keys() == other.keys() and not set(old.values()) & set(other.values()))


PACK = """pack: %(pack)s
version: %(version)s
title: %(title)s
model:
  engagement: {id: text!}
  teams[]: {id: text key, "systems[]": {id: text key, ok: boolean, size: integer}}
  sites[]: {id: text key, ok: boolean}
id_fact: engagement.id
gates:
%(more)s  - id: %(gate)s
    title: Systems are fine
    for: s in list(s for t in teams for s in t.systems)
    require: s.ok and s.size < %(limit)d
    severity: %(severity)s
    message: "%(message)s"
  - id: T-2
    title: Sites are fine
    for: s in sites
    require: s.ok
"""
WORDS = {"pack": "t", "version": "1.0.0", "title": "t", "gate": "T-1", "limit": 5, "severity": "high", "message": "{s.id}: {s.size}", "more": ""}
FACTS = {"engagement": {"id": "E"}, "teams": [{"id": t, "systems": [{"id": s, "ok": False, "size": 7} for s in ("a", "b", "a/b", "a~b")]} for t in ("x", "y")],
         "sites": [{"id": s, "ok": False} for s in ("a", "b", "x/a")]}


def words(folder):
    facts = [write(folder, "small.json", json.dumps(FACTS))]

    def prints(facts=facts, **changed):
        path = write(folder, "small.yaml", PACK % dict(WORDS, **changed))
        args = [binary, "check"] + facts + ["--rules", path, "--as-of", "2026-01-01", "--format", "json"]
        p = subprocess.run(args, cwd=folder, capture_output=True, timeout=60)
        assert p.returncode in (0, 1), p.stderr.decode()
        return sorted((f["gate"], f["subject"]["path"], f["fingerprint"]) for f in json.loads(p.stdout)["findings"])

    old = prints()
    expect("one for each subject", len({f for _, _, f in old}) == len(old) == 11, str(old))
    other_gate = "  - {id: T-0, title: Another gate, require: \"true\"}\n"
    for what, changed in (("a reworded message", {"message": "System {s.id} of size {s.size} is not fine"}), ("a bumped pack", {"version": "2.1.0"}),
                          ("another title", {"title": "Systems"}), ("another severity", {"severity": "low"}), ("another threshold", {"limit": 6}),
                          ("a gate before it", {"more": other_gate})):
        expect(what, prints(**changed) == old)
    changed = json.loads(json.dumps(FACTS))
    for t in changed["teams"]:
        for s in t["systems"]:
            s["size"] = 9
    expect("another value", prints([write(folder, "value.json", json.dumps(changed))]) == old)
    for what, changed in (("another gate id", {"gate": "T-3"}), ("another pack", {"pack": "u"})):
        new = {f for g, _, f in prints(**changed) if g != "T-2" or "pack" in changed}
        expect(what, new and not new & {f for _, _, f in old})
    renamed = json.loads(json.dumps(FACTS).replace('"id": "x"', '"id": "z"'))
    new = prints([write(folder, "renamed.json", json.dumps(renamed))])
    expect("a renamed team", sum(a == b for a, b in zip(old, new)) == 7, "%d unchanged" % sum(a == b for a, b in zip(old, new)))


def recipe(folder):
    """The recipe of the contract, so that other tools can make them too."""
    import hashlib
    path = write(folder, "small.yaml", PACK % WORDS)
    p = subprocess.run([binary, "check", "small.json", "--rules", path, "--as-of", "2026-01-01", "--format", "json"], cwd=folder, capture_output=True, timeout=60)
    keys = {"sha256:" + hashlib.sha256("\x1f".join(["tollgate-fp/v1", "t", "T-1", "E", "/teams/%s/systems/%s" % (t, s)]).encode()).hexdigest()
            for t in "xy" for s in ("a", "b", "a~1b", "a~0b")}
    got = {f["fingerprint"] for f in json.loads(p.stdout)["findings"] if f["gate"] == "T-1"}
    expect("the recipe", got == keys)
    expect("their form", all(re.fullmatch("sha256:[0-9a-f]{64}", f) for f in got))


with tempfile.TemporaryDirectory() as scratch:
    engagements(scratch)
    words(scratch)
    recipe(scratch)
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
