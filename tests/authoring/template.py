#!/usr/bin/env python3
"""Facts files to fill in, over all packs: unfilled they make every gate unknown, filled they are valid, and they leave out nothing that a gate reads.
usage: template.py BINARY SOURCE_ROOT"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
failed = passed = 0
# What the catalogue of gates says of them: absent lists and fields are skipped, so nothing at all passes.
PASS_ON_NOTHING = {"MUL-002"}
DAY = "2025-10-20"


def check(what, ok, detail=""):
    global failed, passed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s\n%s" % (what, detail))


def run(*arguments):
    p = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=300)
    return p.returncode, p.stdout, p.stderr


def template(*arguments):
    status, out, err = run("template", *arguments)
    check("template %s" % " ".join(arguments), status == 0 and not err, err)
    return out


def report(path, *arguments):
    status, out, err = run("check", path, "--as-of", DAY, "--format", "json", *arguments)
    check("check %s %s" % (path, " ".join(arguments)), status in (0, 1), err)
    return json.loads(out) if out else {"gates": [], "findings": []}, err


def write(name, text):
    path = os.path.join(scratch, name)
    open(path, "w", encoding="utf-8").write(text)
    return path


def uncommented(text):
    """Every record of a list taken in: one `# ` goes from its lines, as often as there are lists in lists."""
    while True:
        more = re.sub(r"^( *)# (- |  |# )", r"\1\2", text, flags=re.M)
        if more == text:
            return text
        text = more


def filled(text):
    """Each blank fact gets the example of its comment."""
    lines = []
    for line in uncommented(text).split("\n"):
        m = re.match(r"^([ -]*[\w.-]+:) *# .*", line)
        if m:
            example = re.search(r" \| e\.g\. (.*?)(?: \| |$)", line)
            line = m.group(1) + (" " + example.group(1) if example else "")
        lines.append(line)
    return re.sub(r"^(  id:).*", r"\1 ENG-1", "\n".join(lines), count=1, flags=re.M)


def paths_of(text):
    """Fact paths of a template, lists as `[]`."""
    found = set()

    def walk(node, path):
        found.add(path)
        if isinstance(node, dict):
            for k, v in node.items():
                walk(v, (path + "." if path else "") + str(k))
        elif isinstance(node, list) and node and isinstance(node[0], dict):
            walk(node[0], path + "[]")

    walk(yaml.load(uncommented(text), yaml.BaseLoader), "")
    return found


class Core(yaml.SafeLoader):
    """Dates stay texts, as in YAML 1.2."""


Core.yaml_implicit_resolvers = {
    k: [(tag, r) for tag, r in v if tag != "tag:yaml.org,2002:timestamp"] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def pruned(node, path, keep):
    if isinstance(node, dict):
        return {k: pruned(v, (path + "." if path else "") + k, keep) for k, v in node.items()
                if (path + "." if path else "") + k in keep}
    if isinstance(node, list):
        return [pruned(x, path + "[]", keep) if isinstance(x, dict) else x for x in node]
    return node


def answers(r, area):
    gates = {g["id"]: (g["status"], g["reason"], g["subjects"]) for g in r["gates"] if g["area"] == area}
    findings = sorted((f["gate"], f["subject"]["label"], f["status"], f["message"]) for f in r["findings"] if f["gate"] in gates)
    return gates, findings


def unfilled_and_filled(phase):
    text = template(*(["--phase", phase] if phase else []))
    unfilled = re.sub(r"^(  id:) *#", r"\1 ENG-1 #", text, count=1, flags=re.M)
    unfilled = unfilled if phase else re.sub(r"^(  phase:) *#", r"\1 build #", unfilled, count=1, flags=re.M)
    name = phase or "every-phase"
    r, err = report(write(name + "-unfilled.yaml", unfilled), "--strict")
    statuses = {g["id"]: g["status"] for g in r["gates"]}
    check("%s unfilled: no message" % name, err == "", err)
    check("%s unfilled: gates" % name, len(statuses) > 140, str(len(statuses)))
    odd = {i for i, s in statuses.items() if s not in ("unknown", "not_applicable")}
    check("%s unfilled: unknown only" % name, odd == PASS_ON_NOTHING and all(statuses[i] == "pass" for i in odd), str(odd))
    check("%s unfilled: some gates are unknown" % name, list(statuses.values()).count("unknown") > 40)
    chosen = {g["id"] for g in r["gates"] if g["reason"] != "phase"}
    if phase:
        check("%s: counts its gates" % name, text.startswith("# The facts that %d gates read" % len(chosen)), text[:60])
        check("%s: the phase is filled in" % name, re.search(r"^  phase: %s +# " % phase, text, re.M) is not None)
    r, err = report(write(name + "-filled.yaml", filled(text)), "--strict")
    check("%s filled: valid, no unknown fact" % name, err == "", err)
    left = [line for line in filled(text).split("\n") if re.match(r"^[ -]*[\w.-]+:$", line)]
    blank = [i for i, line in enumerate(left) if not line]
    check("%s filled: nothing is blank but what holds facts" % name, not blank and len(left) < 120, str(len(left)))
    return text


def same_answers_when_pruned():
    """A gate says the same of an engagement and of what is left of it when only the facts of its area's template are kept."""
    areas, templates = [], {}
    r, _ = report(os.path.join(scratch, "build-unfilled.yaml"))
    for g in r["gates"]:
        if g["area"] not in areas:
            areas.append(g["area"])
    for area in areas:
        templates[area] = paths_of(template("--area", area))
    engagements = sorted(glob.glob(os.path.join(root, "fixtures/engagements/*.yaml")))[:4]
    check("there are engagements", len(engagements) >= 3)
    for path in engagements:
        document = yaml.load(open(path, encoding="utf-8"), Core)
        whole, _ = report(path)
        for area in areas:
            name = "%s of %s" % (area, os.path.basename(path))
            keep = templates[area] | {"governance", "governance.waivers"} | {
                "governance.waivers[]." + k for w in document.get("governance", {}).get("waivers") or [] for k in w}
            part = write("part.json", json.dumps(pruned(document, "", keep)))
            r, _ = report(part, "--area", area)
            check("%s: same answers" % name, answers(r, area) == answers(whole, area),
                  "%s\n%s" % (answers(r, area), answers(whole, area)))


with tempfile.TemporaryDirectory() as scratch:
    texts = {phase: unfilled_and_filled(phase) for phase in ("build", "operate", "transfer", None)}
    everything = paths_of(texts[None])
    for phase in ("build", "operate", "transfer"):
        check("%s reads less than all phases" % phase, paths_of(texts[phase]) < everything)
    leaves = {p for p in paths_of(template("--gate", "KT-003")) if p and not any(q.startswith(p + s) for q in everything for s in (".", "["))}
    check("what one gate reads, and nothing of the others", leaves == {
        "engagement.id", "engagement.phase", "engagement.as_of", "systems[].id", "systems[].title", "systems[].in_transfer_scope",
        "systems[].criticality", "systems[].kt.reverse_shadow_days_done", "systems[].kt.reverse_shadow_result"}, str(leaves))
    profile = template("--profile", "transfer-readiness", "--phase", "transfer")
    check("a profile chooses too", profile == texts["transfer"], "%d %d" % (len(profile), len(texts["transfer"])))
    check("each fact says what it is", all(re.search(r"\S+: .*# .+ \| ", l) for l in texts[None].split("\n")
                                          if re.match(r"^[ #-]*\w+: +#", l) and "list of records" not in l and "map of records" not in l))
    check("each fact says who knows it", all("| ask: " in l for l in texts[None].split("\n") if re.match(r"^[ #-]*\w+: +#", l)))
    same_answers_when_pruned()
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
