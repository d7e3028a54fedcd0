#!/usr/bin/env python3
"""Baselines, ratchets and comparisons: what is new, worse, better, unchanged and fixed, and why; their files against the published schemas.
usage: compare.py BINARY SOURCE_ROOT"""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema

from tally import close, expect

binary, root = os.path.abspath(sys.argv[1]), sys.argv[2]
PACK = """pack: t.one
version: %(version)s
title: t
id_fact: id
as_of_fact: day
waivers_fact: waivers
params: {slack: {value: 0, type: integer}}
model:
  id: text
  day: date
  items[]: {id: text key, v: number, held: date, l: integer}
  waivers[]: {id: text key, gate: text, item: text, reason: text, owner: text, approver: text, approved_on: date, expires_on: date}
gates:
  - id: A-1
    title: values reach the least
    area: alpha
    for: s in items
    params: {least: {value: 10, type: integer}}
    require: s.v >= params.least - params.slack
    severity: high
    message: "{s.id} has {s.v}"
  - id: A-2
    title: held within thirty days
    area: beta
    for: s in items
    require: days(today - s.held) <= 30
    likelihood: "max(s.l for s in items)"
    impact: 4
    weight: 2
%(more)s"""
OTHER = """pack: t.two
version: 1.0.0
title: t
params: {wanted: {value: 1, type: integer}}
gates:
  - id: B-1
    title: enough items
    area: gamma
    require: count(items) >= params.wanted
    severity: low
"""
WAIVER = """waivers:
  - {id: W-1, gate: A-1, item: c, reason: r, owner: A, approver: B, approved_on: 2026-01-01, expires_on: 2026-03-31}
"""


def tollgate(*args):
    return subprocess.run([binary] + list(args), capture_output=True, cwd=folder, timeout=120)


def schema(name):
    s = json.load(open(os.path.join(root, "include/tollgate", name + ".schema.json"), encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(s)
    return jsonschema.Draft202012Validator(s)


def valid(what, name, value):
    for error in schemas[name].iter_errors(value):
        expect(what + ": schema at /" + "/".join(map(str, error.absolute_path)), "valid", error.message)


def write(name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as f:
        f.write(text if isinstance(text, str) else json.dumps(text))
    return name


def read(name):
    return open(os.path.join(folder, name), "rb").read()


def facts(day="2026-01-15", waiver="", engagement="E", **items):
    """items: name=(v, held, l)"""
    text = "id: %s\nday: %s\nitems:\n" % (engagement, day)
    for name, (v, held, likelihood) in items.items():
        text += "  - {id: %s, v: %s, held: %s, l: %s}\n" % (name, v, held, likelihood)
    return text + waiver


BASE = {"a": (12, "2026-01-10", 3), "b": (5, "2026-01-10", 3), "c": (7, "2026-01-10", 3), "d": ("null", "2026-01-10", 3)}


def report(name, text, *args, **pack):
    """Evaluates; the report as a value."""
    write("p.yaml", PACK % {"version": pack.get("version", "1.0.0"), "more": pack.get("more", "")})
    write("q.yaml", OTHER)
    write(name + ".yaml", text)
    p = tollgate("check", name + ".yaml", "--rules", "p.yaml", "--rules", "q.yaml", "--format", "json", "--output", name + ".json", *args)
    if p.returncode == 2:
        raise SystemExit(p.stderr.decode())
    value = json.loads(read(name + ".json"))
    valid(name, "report", value)
    return value


def check(name, *args):
    return tollgate("check", name + ".yaml", "--rules", "p.yaml", "--rules", "q.yaml", "--format", "json", *args)


# ---- baselines ----

def states(p):
    r = json.loads(p.stdout)
    valid("a report with a baseline", "report", r)
    return r["baseline"], {"%s[%s]" % (f["gate"], f["subject"]["label"]): f["baseline"] for f in r["findings"]}


def baselines():
    report("base", facts(**BASE))
    p = check("base", "--baseline", "base.json")
    head, found = states(p)
    expect("unchanged: status", 0, p.returncode)
    expect("unchanged", {"A-1[b]": "unchanged", "A-1[c]": "unchanged", "A-1[d]": "unchanged"}, found)
    expect("unchanged: counts", {"new": 0, "unchanged": 3, "worse": 0, "better": 0, "fixed": 0}, head["counts"])
    write("moved.yaml", facts(**{k: BASE[k] for k in "dcab"}).replace("items:\n", "items:\n# moved\n\n"))
    expect("reordered and moved: nothing is new", 0, check("moved", "--baseline", "base.json").returncode)
    # d becomes a fail, c is waived, b is fixed, e is new
    write("next.yaml", facts(waiver=WAIVER, a=BASE["a"], b=(10, "2026-01-10", 3), c=BASE["c"], d=(1, "2026-01-10", 3), e=(9, "2026-01-10", 3)))
    p = check("next", "--baseline", "base.json")
    head, found = states(p)
    expect("moved on: status", 1, p.returncode)
    expect("moved on", {"A-1[c]": "better", "A-1[d]": "worse", "A-1[e]": "new"}, found)
    expect("moved on: counts", {"new": 1, "unchanged": 0, "worse": 1, "better": 1, "fixed": 1}, head["counts"])
    expect("moved on: fixed", [("A-1", "b", "fail")], [(f["gate"], f["label"], f["status"]) for f in head["fixed"]])
    text = tollgate("check", "next.yaml", "--rules", "p.yaml", "--rules", "q.yaml", "--baseline", "base.json").stdout.decode()
    for line in ("1 new, 1 worse, 1 better, 0 unchanged, 1 fixed", "new    A-1 [e]", "worse  A-1 [d]", "fixed  A-1 [b]"):
        expect("moved on: text says " + line, True, line in text)
    for name, changed, want in (("only better", {"b": (10, "2026-01-10", 3)}, 0), ("one worse", {"d": (1, "2026-01-10", 3)}, 1),
                                ("one new", {"f": (1, "2026-01-10", 3)}, 1), ("a waiver that lapsed", {}, 0)):
        write("one.yaml", facts(**dict(BASE, **changed)))
        expect(name, want, check("one", "--baseline", "base.json").returncode)
    expect("severity rises", "worse", states(check("base", "--baseline", write("low.json", lower(json.loads(read("base.json")), "severity", "low"))))[1]["A-1[b]"])
    expect("severity falls", "better", states(check("base", "--baseline", write("top.json", lower(json.loads(read("base.json")), "severity", "critical"))))[1]["A-1[b]"])
    signatures()
    malformed()


def lower(value, key, word):
    for f in value["findings"]:
        f[key] = word
    return value


def signatures():
    p = tollgate("baseline", "base.json", "--reason", 'known "debt"\n\u202e', "--owner", "PAR-DM", "--expires", "2026-01-15")
    expect("signed off", 0, p.returncode)
    signed = json.loads(p.stdout)
    valid("signed off", "report", signed)
    expect("signed off: what was said", {"reason": 'known "debt"\n\u202e', "owner": "PAR-DM", "expires_on": "2026-01-15"}, signed.pop("signed_off"))
    expect("signed off: all else", json.loads(read("base.json")), signed)
    expect("signed off: the bytes before", True, p.stdout.startswith(read("base.json").rstrip()[:-1].rstrip()))
    write("signed.json", p.stdout.decode())
    head, _ = states(check("base", "--baseline", "signed.json"))
    expect("signed off: in the report", ('known "debt"\n\u202e', "PAR-DM", "2026-01-15", False), tuple(head[k] for k in ("reason", "owner", "expires_on", "expired")))
    for day, want in (("2026-01-14", 0), ("2026-01-15", 0), ("2026-01-16", 1)):
        p = check("base", "--baseline", "signed.json", "--as-of", day)
        expect("signed off until the day before, on " + day, want, p.returncode)
        expect("signed off, expired on " + day, day > "2026-01-15", json.loads(p.stdout)["baseline"]["expired"])
    again = tollgate("baseline", "signed.json", "--reason", "again", "--owner", "PAR-PM", "--expires", "2026-02-01")
    expect("signed off again", {"reason": "again", "owner": "PAR-PM", "expires_on": "2026-02-01"}, json.loads(again.stdout)["signed_off"])
    expect("signed off again: all else", signed, {k: v for k, v in json.loads(again.stdout).items() if k != "signed_off"})
    expect("unsigned: as it is", read("base.json"), tollgate("baseline", "base.json").stdout)
    p = tollgate("baseline", "base.json", "--output", "copy.json")
    expect("to a file", (0, b"", read("base.json")), (p.returncode, p.stdout, read("copy.json")))
    compact = json.dumps(json.loads(read("base.json")))
    write("compact.json", compact)
    p = tollgate("baseline", "compact.json", "--reason", "r", "--owner", "o", "--expires", "2026-03-01")
    expect("one line", "o", json.loads(p.stdout)["signed_off"]["owner"])
    sign = ["--reason", "r", "--owner", "o", "--expires", "2026-03-01"]
    for n in range(1, 3):
        expect("signed by a part", 2, tollgate("baseline", "base.json", *sign[:2 * n]).returncode)
    for day, word in (("2026-01-14", b"before the day of its report"), ("2026-02-30", b"not a date"), ("soon", b"not a date")):
        p = tollgate("baseline", "base.json", *sign[:5], day)
        expect("expires " + day, (2, b"", True), (p.returncode, p.stdout, word in p.stderr))


def spoil(value, path, new):
    value = copy.deepcopy(value)
    at = value
    for key in path[:-1]:
        at = at[key]
    if new is KeyError:
        del at[path[-1]]
    else:
        at[path[-1]] = new
    return value


def malformed():
    whole = json.loads(read("base.json"))
    twice = copy.deepcopy(whole)
    twice["findings"][1]["fingerprint"] = twice["findings"][0]["fingerprint"]
    cut = copy.deepcopy(whole)
    del cut["findings"][0]
    expect("the report itself is whole", 0, tollgate("baseline", write("x.json", whole)).returncode)
    for name, content, also_check in (
            ("no JSON", "{", True), ("a list", "[]", True), ("empty", "", True), ("two objects", "{} {}", True), ("no report", "{}", True),
            ("findings is no list", spoil(whole, ["findings"], {}), True), ("two of one fingerprint", twice, True),
            ("a finding without a status", spoil(whole, ["findings", 0, "status"], KeyError), True),
            ("a finding that passes", spoil(whole, ["findings", 0, "status"], "pass"), True),
            ("a severity that is none", spoil(whole, ["findings", 0, "severity"], "huge"), True),
            ("a short fingerprint", spoil(whole, ["findings", 0, "fingerprint"], "sha256:0"), True),
            ("signed off by nobody", dict(whole, signed_off={"reason": "r", "owner": "", "expires_on": "2026-03-01"}), True),
            ("signed off until never", dict(whole, signed_off={"reason": "r", "owner": "o", "expires_on": "2026-02-29"}), True),
            ("a finding is cut off", cut, False), ("another version", spoil(whole, ["report_version"], 2), False),
            ("a part of the gates", spoil(whole, ["partial"], True), False)):
        p = tollgate("baseline", write("x.json", content), "--reason", "r", "--owner", "o", "--expires", "2026-03-01", "--output", "y.json")
        # what signs it off anew replaces what is wrong with the signature
        if not name.startswith("signed"):
            expect("baseline of " + name, (2, False), (p.returncode, os.path.exists(os.path.join(folder, "y.json"))))
            expect("baseline of %s: said" % name, True, p.stderr.startswith(b"x.json") and b"hint" in p.stderr or name in ("no JSON", "a list", "empty", "two objects"))
        elif p.returncode == 0:
            os.unlink(os.path.join(folder, "y.json"))
        if also_check:
            p = check("base", "--baseline", "x.json", "--fail-on", "never")
            expect("check --baseline of " + name, (2, b""), (p.returncode, p.stdout))
            expect("check --baseline of %s: said" % name, True, b"x.json" in p.stderr)
    keys = [[k] for k in ("tool", "as_of", "engagement", "packs", "facts", "params", "verdict", "partial", "readiness", "counts", "conditions",
                          "config", "areas", "gates", "findings", "waivers")]
    for path in keys + [["readiness", "net"], ["counts", "open", "low"], ["gates", 0, "subjects"], ["findings", 0, "facts"], ["packs", 0, "sha256"]]:
        for new in (KeyError, 7):
            p = tollgate("baseline", write("x.json", spoil(whole, path, new)))
            want = 0 if path == ["counts", "open", "low"] and new == 7 else 2
            expect("a report with %s %s" % ("/".join(map(str, path)), "gone" if new is KeyError else "7"), want, p.returncode)


# ---- ratchets ----

def ratchets():
    report("base", facts(**BASE))
    never = ["--fail-on", "never"]
    p = check("base", "--ratchet", "r.json", *never)
    expect("no ratchet yet", (2, b"", True), (p.returncode, p.stdout, b"--ratchet-update" in p.stderr))
    expect("nothing was made", False, os.path.exists(os.path.join(folder, "r.json")))
    expect("the first one", 0, check("base", "--ratchet", "r.json", "--ratchet-update", *never).returncode)
    first = json.loads(read("r.json"))
    valid("a ratchet", "ratchet", first)
    expect("the first one: figures", {"alpha": {"gross": 25.0, "net": 25.0}, "beta": {"gross": 100.0, "net": 100.0}, "gamma": {"gross": 100.0, "net": 100.0}}, first["areas"])
    expect("the first one: open", {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0}, first["open"])
    p = check("base", "--ratchet", "r.json", *never)
    expect("held", (0, b""), (p.returncode, p.stderr))
    r = json.loads(p.stdout)
    valid("a report with a ratchet", "report", r)
    expect("held: the report", [], r["ratchet"]["worse"])
    # one area falls, another rises
    write("mixed.yaml", facts(**dict(BASE, b=(10, "2026-01-10", 3), a=(12, "2025-11-01", 3))))
    before = read("r.json")
    p = check("mixed", "--ratchet", "r.json", *never)
    r = json.loads(p.stdout)
    valid("a report with a worse ratchet", "report", r)
    expect("worse: status", (1, True), (p.returncode, r["policy"]["blocks"]))
    expect("worse: what", [(w["area"], w["figure"], w["severity"], w["best"], w["now"]) for w in r["ratchet"]["worse"]],
           [(None, "gross", None, first["readiness"]["gross"], r["readiness"]["gross"]["proven"]), (None, "net", None, first["readiness"]["net"], r["readiness"]["net"]["proven"])][
               :0 if r["readiness"]["gross"]["proven"] >= first["readiness"]["gross"] else 2]
           + [("beta", "gross", None, 100.0, 75.0), ("beta", "net", None, 100.0, 75.0), (None, "open", "high", 1, 2)])
    expect("worse: said", True, b"gross proven readiness of beta is 75.0, 25.0 less than the best, 100.0" in p.stderr
           and b"open gates of severity high: 2, 1 more than the best, 1" in p.stderr)
    expect("worse: nothing was written", before, read("r.json"))
    p = check("mixed", "--ratchet", "r.json", "--ratchet-update", "--as-of", "2026-01-16", *never)
    tight = json.loads(read("r.json"))
    valid("a tightened ratchet", "ratchet", tight)
    expect("updated: status", 1, p.returncode)
    expect("updated: only tighter", {"alpha": {"gross": 50.0, "net": 50.0}, "beta": {"gross": 100.0, "net": 100.0}, "gamma": {"gross": 100.0, "net": 100.0}}, tight["areas"])
    expect("updated: open stays", first["open"], tight["open"])
    expect("updated: the day", "2026-01-16", tight["as_of"])
    before = os.stat(os.path.join(folder, "r.json"))
    check("base", "--ratchet", "r.json", "--ratchet-update", *never)
    after = os.stat(os.path.join(folder, "r.json"))
    expect("nothing better: the file is left alone", (before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))
    # an area of which nothing is evaluated keeps its best figure
    write("none.yaml", "id: E\nday: 2026-01-15\nitems: []\n")
    p = check("none", "--ratchet", "r.json", "--ratchet-update", *never, "--param", "t.two.wanted=0")
    expect("nothing evaluated: status", 0, p.returncode)
    expect("nothing evaluated: kept", tight["areas"], json.loads(read("r.json"))["areas"])
    refused_ratchets(tight)


def refused_ratchets(good):
    for name, args in (("a part of the gates", ["--gate", "A-1"]), ("an area", ["--area", "alpha"]), ("another model", ["--readiness", "unweighted"])):
        for more in ([], ["--ratchet-update"]):
            before = read("r.json")
            p = check("base", "--ratchet", "r.json", *more, *args)
            expect("ratchet and " + name, (2, b"", before), (p.returncode, p.stdout, read("r.json")))
    p = check("base", "--ratchet", "fresh.json", "--ratchet-update", "--gate", "A-1")
    expect("a fresh ratchet of a part", (2, b"", False), (p.returncode, p.stdout, os.path.exists(os.path.join(folder, "fresh.json"))))
    write("other.yaml", facts(engagement="F", **BASE))
    p = check("other", "--ratchet", "r.json")
    expect("another engagement", (2, True), (p.returncode, b"belongs to engagement `E`" in p.stderr))
    expect("update without a ratchet", 2, check("base", "--ratchet-update").returncode)
    p = check("base", "--ratchet", "no/where/r.json", "--ratchet-update")
    expect("an unwritable ratchet", (2, b""), (p.returncode, p.stdout))
    for name, path, new in (("version", ["ratchet_version"], 2), ("no version", ["ratchet_version"], KeyError), ("engagement", ["engagement"], KeyError),
                            ("model", ["model"], "guess"), ("as_of", ["as_of"], "2026-02-30"), ("areas", ["areas"], []), ("no areas", ["areas"], KeyError),
                            ("figure", ["areas", "beta", "net"], 100.5), ("decimals", ["areas", "beta", "net"], 10.25), ("negative", ["areas", "beta", "net"], -1),
                            ("text", ["areas", "beta", "gross"], "10"), ("key", ["areas", "beta", "nett"], 1), ("top key", ["area"], {}),
                            ("open", ["open", "high"], KeyError), ("open half", ["open", "high"], 1.5), ("open key", ["open", "hihg"], 1)):
        write("bad.json", spoil(good, path, new))
        p = check("base", "--ratchet", "bad.json")
        expect("a ratchet with a wrong " + name, (2, b"", True), (p.returncode, p.stdout, p.stderr.startswith(b"bad.json") and b"hint" in p.stderr))


# ---- comparisons ----

def diff(old, new, what):
    outs = {}
    for form in ("text", "markdown", "json"):
        p = tollgate("diff", old + ".json", new + ".json", "--format", form)
        outs[form] = p
        expect("%s: status of %s" % (what, form), outs["text"].returncode, p.returncode)
    value = json.loads(outs["json"].stdout)
    valid(what, "diff", value)
    expect(what + ": worse", value["worse"], outs["json"].returncode == 1)
    for f in value["findings"]:
        for form in ("text", "markdown"):
            expect("%s: %s names %s" % (what, form, f["gate"]), True, f["gate"].encode() in outs[form].stdout)
    return value


def drifts(value):
    return {"%s[%s]" % (f["gate"], f["subject"]["label"]): f["drift"] for f in value["findings"]}


def causes(value, gate, label, kind=None):
    for f in value["findings"]:
        if (f["gate"], f["subject"]["label"]) == (gate, label):
            return [(c["kind"], c["what"], c["old"], c["new"]) for c in f["causes"] if kind in (None, c["kind"])]
    return None


def comparisons():
    report("old", facts(**BASE))
    d = diff("old", "old", "the same report")
    expect("the same report", (False, [], [], 3), (d["worse"], d["findings"], d["changes"], d["counts"]["unchanged"]))
    # a fact: d becomes known and wrong; the list is in another order
    report("new", facts(**{k: dict(BASE, d=(1, "2026-01-10", 3))[k] for k in "dcba"}))
    d = diff("old", "new", "a fact")
    expect("a fact", ({"A-1[d]": "worse"}, [("fact", "/items/0/v", None, 1)]), (drifts(d), causes(d, "A-1", "d")))
    states_of = [(c["old_state"], c["new_state"]) for c in d["findings"][0]["causes"]]
    expect("a fact: its states", [("missing", "known")], states_of)
    d = diff("new", "old", "a fact, back")
    expect("a fact, back", (False, {"A-1[d]": "better"}), (d["worse"], drifts(d)))
    # new and fixed: the other report does not tell the fact
    report("new", facts(**dict(BASE, a=(1, "2026-01-10", 3), b=(11, "2026-01-10", 3))))
    d = diff("old", "new", "new and fixed")
    expect("new and fixed", {"A-1[a]": "new", "A-1[b]": "fixed"}, drifts(d))
    expect("new: why", [("fact", "/items/0/v", None, 1)], causes(d, "A-1", "a", "fact"))
    expect("fixed: why", [("fact", "/items/1/v", 5, None)], causes(d, "A-1", "b", "fact"))
    # time alone
    report("new", facts(**BASE), "--as-of", "2026-02-20")
    d = diff("old", "new", "time")
    expect("time", {"A-2[%s]" % k: "new" for k in "abcd"}, drifts(d))
    expect("time: why", [("time", "as_of", "2026-01-15", "2026-02-20")], causes(d, "A-2", "a"))
    area = {a["area"]: a for a in d["areas"]}
    expect("time: areas", ("same", "worse"), (area["alpha"]["drift"], area["beta"]["drift"]))
    expect("time: figures", {"old": {"proven": 100.0, "possible": 100.0}, "new": {"proven": 0.0, "possible": 0.0}}, area["beta"]["gross"])
    expect("time: readiness", "worse", d["readiness"]["drift"])
    # a parameter of the gate, of its pack, of another pack
    report("new", facts(**BASE), "--param", "A-1.least=6")
    d = diff("old", "new", "a parameter")
    expect("a parameter", ({"A-1[c]": "fixed"}, [("param", "A-1.least", 10, 6)]), (drifts(d), causes(d, "A-1", "c")))
    report("new", facts(**BASE), "--param", "slack=5")
    d = diff("old", "new", "a parameter of the pack")
    expect("a parameter of the pack", [("param", "t.one.slack", 0, 5)], causes(d, "A-1", "b"))
    # a rule: version and digest
    report("new", facts(**BASE), version="1.1.0", more="\n".join(
        ["  - id: A-3", "    title: t", "    area: alpha", "    for: s in items", "    require: s.v < 12", ""]))
    d = diff("old", "new", "a rule")
    expect("a rule", {"A-3[a]": "new", "A-3[d]": "new"}, drifts(d))
    got = causes(d, "A-3", "a")
    expect("a rule: why", ["gate", "rule"], sorted(c[0] for c in got))
    expect("a rule: versions", True, any(c[1] == "t.one" and c[2].startswith("1.0.0 (sha256 ") and c[3].startswith("1.1.0 (sha256 ") for c in got))
    d = diff("new", "old", "a rule that is gone")
    expect("a rule that is gone", ({"A-3[a]": "not_compared", "A-3[d]": "not_compared"}, True), (drifts(d), d["areas"][0]["drift"] in ("same", "better", "worse")))
    # a waiver
    report("new", facts(waiver=WAIVER, **BASE))
    d = diff("old", "new", "a waiver")
    expect("a waiver", ({"A-1[c]": "better"}, [("waiver", "W-1", None, "in_force")]), (drifts(d), causes(d, "A-1", "c")))
    report("late", facts(waiver=WAIVER, **BASE), "--as-of", "2026-04-01")
    d = diff("new", "late", "a waiver that lapsed")
    expect("a waiver that lapsed", [("waiver", "W-1", "in_force", "expired")], causes(d, "A-1", "c"))
    expect("a waiver that lapsed: why", ["has expired"], [c["new_why"] for f in d["findings"] for c in f["causes"] if c["kind"] == "waiver"])
    # configuration: tailoring, a setting
    write("low.yaml", "tailoring: {A-1: {severity: low, reason: too strict}}\n")
    report("new", facts(**BASE), "--config", "low.yaml")
    d = diff("old", "new", "tailoring")
    expect("tailoring", {"A-1[%s]" % k: "better" for k in "bcd"}, drifts(d))
    expect("tailoring: why", [("tailoring", "A-1", None, "severity from high to low: too strict")], causes(d, "A-1", "b"))
    report("old2", facts(**dict(BASE, a=(12, "2025-11-01", 3))))
    write("bands.yaml", "bands: {critical: 25, high: 20, medium: 12}\n")
    report("new", facts(**dict(BASE, a=(12, "2025-11-01", 3))), "--config", "bands.yaml")
    d = diff("old2", "new", "a setting")
    expect("a setting", ({"A-2[a]": "better"}, "config"), (drifts(d), causes(d, "A-2", "a")[0][0]))
    # a score: likelihood 3 to 4 within one severity
    report("new", facts(**dict(BASE, a=(12, "2025-11-01", 4))))
    d = diff("old2", "new", "a score")
    expect("a score", {"A-2[a]": "worse"}, drifts(d))
    # a gate that applies in one report only
    report("new", "id: E\nday: 2026-01-15\nitems: []\n")
    d = diff("old", "new", "out of scope")
    expect("out of scope", ("fixed", [("gate", "A-1", "fail", "not_applicable")]), (drifts(d)["A-1[b]"], causes(d, "A-1", "b", "gate")))
    refused_comparisons()


def refused_comparisons():
    whole = json.loads(read("old.json"))
    report("part", facts(**BASE), "--gate", "A-1")
    d = diff("old", "part", "a part of the gates")
    expect("a part of the gates", (False, "not_compared", "not_compared"), (d["worse"], d["verdict"]["drift"], d["readiness"]["drift"]))
    d = diff("part", "late", "from a part of the gates")
    expect("from a part of the gates: what was left out is not news", {"A-2[%s]" % k: "not_compared" for k in "abcd"}, drifts(d))
    report("other", facts(engagement="F", **BASE))
    for name, left, right in (("another engagement", "old.json", "other.json"), ("no file", "old.json", "absent.json"), ("no file", "absent.json", "old.json"),
                              ("no report", "old.json", write("x.json", "{}")), ("a cut report", write("y.json", read("old.json").decode()[:-200]), "old.json"),
                              ("a fingerprint twice", "old.json", write("z.json", lower(copy.deepcopy(whole), "fingerprint", whole["findings"][0]["fingerprint"])))):
        for form in ("text", "markdown", "json"):
            p = tollgate("diff", left, right, "--format", form, "--output", "out.txt")
            expect("diff with " + name, (2, b"", False), (p.returncode, p.stdout, os.path.exists(os.path.join(folder, "out.txt"))))
            expect("diff with %s: said" % name, True, b"error" in p.stderr)
    for args in ([], ["old.json"], ["old.json"] * 3, ["old.json", "old.json", "--format", "sarif"]):
        expect("diff of " + " ".join(args), 2, tollgate("diff", *args).returncode)


def hostile():
    """Text from facts commands neither a terminal, nor a build runner, nor a renderer."""
    evil = "x\\u001b[31m ::set-output name=a::b ##vso[task.x] <script>alert(1)</script> [l](http://e.example) ![i](http://e.example) @all #1 `c` | \\u202e www.e.example"
    for name, v in (("old", "null"), ("new", "3")):
        write(name + ".yaml", 'id: E\nday: 2026-01-15\nitems:\n  - {id: "%s", v: %s, held: 2026-01-10, l: 1}\n' % (evil, v))
        check(name, "--output", name + ".json")
    for form in ("text", "markdown"):
        out = tollgate("diff", "old.json", "new.json", "--format", form).stdout.decode()
        for bad in ("\x1b", "::", "##[", "##vso[", "\u202e"):
            expect("%s has no %r" % (form, bad), False, bad in out)
    for line in out.splitlines():
        if "A-1" not in line:
            continue
        for bad in ("<script", "](", "http:", "@all", " #1", " `c`", "www."):
            expect("markdown has no %r" % bad, False, bad in re.sub(r"\\.", "", line))
        cells = re.sub(r"\\.", "", line).count("|")
        expect("markdown: the row has its cells", 7, cells)
    valid("hostile", "diff", json.loads(tollgate("diff", "old.json", "new.json", "--format", "json").stdout))
    expect("json says what the fact says", True, "\x1b[31m" in json.loads(tollgate("diff", "old.json", "new.json", "--format", "json").stdout)["findings"][0]["subject"]["label"])


schemas = {name: schema(name) for name in ("report", "ratchet", "diff")}
with tempfile.TemporaryDirectory() as folder:
    for part in (baselines, ratchets, comparisons, hostile):
        part()
close(300)
