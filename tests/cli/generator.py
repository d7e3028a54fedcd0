#!/usr/bin/env python3
"""Generated engagements: the same seed gives the same bytes, each is valid and strict, every fact of the model occurs, nothing refers to nobody, and some
of it is not known.  usage: generator.py BINARY SOURCE_ROOT"""
import collections
import json
import os
import subprocess
import sys
import tempfile

from tally import close, expect

binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
COUNT = 30


def generate(*args):
    return subprocess.run([sys.executable, os.path.join(root, "fixtures", "generate.py"), *args], capture_output=True, timeout=120, check=True).stdout


def tollgate(*args):
    return subprocess.run([binary, *args], capture_output=True, timeout=300, cwd=scratch)


def paths_of_schema(node, path=""):
    """The facts of the model, from its JSON Schema: a list of records is [] and what is below it."""
    if "items" in node and "properties" in node["items"]:
        node, path = node["items"], path + "[]"
    if "properties" not in node:
        return {path}
    return set().union(*(paths_of_schema(child, (path + "." + key).strip(".")) for key, child in node["properties"].items()))


def paths_of(facts, path=""):
    if isinstance(facts, dict):
        return set().union(*(paths_of(v, (path + "." + k).strip(".")) for k, v in facts.items()))
    if isinstance(facts, list) and facts and isinstance(facts[0], dict):
        return set().union(*(paths_of(v, path + "[]") for v in facts))
    return {path}


with tempfile.TemporaryDirectory() as scratch:
    lines = generate(str(COUNT), "--seed", "3")
    expect("the same seed gives the same bytes", lines, generate(str(COUNT), "--seed", "3"))
    expect("another seed gives others", False, lines == generate(str(COUNT), "--seed", "4"))
    expect("a portfolio in two parts is the same", lines, generate("10", "--seed", "3") + generate(str(COUNT - 10), "--seed", "3", "--first", "11"))
    documents = [json.loads(line) for line in lines.splitlines()]
    expect("engagements", COUNT, len(documents))
    generate(str(COUNT), "--seed", "3", "--files", os.path.join(scratch, "many"))
    files = sorted(os.listdir(os.path.join(scratch, "many")))
    expect("files", ["%s.json" % d["engagement"]["id"] for d in documents], files)
    expect("files hold what the lines hold", documents, [json.load(open(os.path.join(scratch, "many", f), encoding="utf-8")) for f in files])
    outcomes = collections.Counter()
    for f in files:
        p = tollgate("check", os.path.join("many", f), "--strict", "--format", "json")
        expect("%s is accepted without a word" % f, (True, b""), (p.returncode in (0, 1), p.stderr[:600]))
        report = json.loads(p.stdout) if p.stdout else {"gates": [], "findings": []}
        outcomes.update((g["status"]) for g in report["gates"])
        expect("%s: errors" % f, [], [x["gate"] for x in report["findings"] if x["status"] == "error"])
    expect("every kind of answer but errors", ["fail", "not_applicable", "pass", "unknown", "waived"], sorted(outcomes))
    p = tollgate("check", "--portfolio", *[os.path.join("many", f) for f in files], "--strict", "--format", "json")
    expect("a portfolio is accepted without a word", (True, b""), (p.returncode in (0, 1), p.stderr[:600]))

    known = [json.loads(line) for line in generate(str(COUNT), "--seed", "3", "--unknown", "0").splitlines()]
    model = paths_of_schema(json.loads(tollgate("model", "--json-schema").stdout))
    seen = set().union(*map(paths_of, known))
    expect("facts of the model that no engagement has", [], sorted(model - seen))
    expect("facts that the model has not", [], sorted(path for path in seen - model if not any(m.startswith(path + "[]") for m in model)))
    for d in known:
        with open(os.path.join(scratch, "one.json"), "w", encoding="utf-8") as out:
            json.dump(d, out)
        report = json.loads(tollgate("check", "one.json", "--gate", "MUL-002", "--format", "json", "--fail-on", "never").stdout)
        want = "not_applicable" if d["engagement"]["phase"] == "closed" else "pass"
        expect("%s: references" % d["engagement"]["id"], want, report["gates"][0]["status"])
    everyone = [p["id"] for d in known for p in d["people"]]
    expect("people with one id", len(everyone), len(set(everyone)))
    blank = generate("3", "--unknown", "100").splitlines()
    with open(os.path.join(scratch, "blank.json"), "wb") as out:
        out.write(blank[0])
    report = json.loads(tollgate("check", "blank.json", "--strict", "--format", "json").stdout)
    expect("nothing known, nothing proven", 0, report["counts"]["gates"]["fail"])
close(1)
