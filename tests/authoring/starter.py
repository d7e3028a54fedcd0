#!/usr/bin/env python3
"""A partner's starter: made in a new folder, every command that its README and its pipeline name does what they say.
usage: starter.py BINARY SOURCE_ROOT"""
import os
import re
import shlex
import subprocess
import sys
import tempfile

import yaml

binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
failed = passed = 0


def check(what, ok, detail=""):
    global failed, passed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s\n%s" % (what, detail))


def run(folder, command):
    words = shlex.split(command)
    check("%s is a command of ours" % command, words[0] == "tollgate")
    p = subprocess.run([binary] + words[1:], cwd=folder, capture_output=True, text=True, timeout=300)
    return p.returncode, p.stdout, p.stderr


def try_folder(folder, name, prefix):
    files = {os.path.relpath(os.path.join(d, f), folder) for d, _, names in os.walk(folder) for f in names}
    wanted = {"README.md", "tollgate.yaml", "rules/%s.yaml" % name, "rules/%s.test.yaml" % name, "facts/example.yaml", "ci/github.yml"}
    check("%s: files" % name, files == wanted, files ^ wanted)
    texts = {f: open(os.path.join(folder, f), encoding="utf-8").read() for f in files}
    check("%s: nothing is left to fill in" % name, not any(re.search(r"@[A-Z]+@", t) for t in texts.values()))
    for f in sorted(wanted):
        check("%s: the README tells of %s" % (name, f), f == "README.md" or "`%s`" % f in texts["README.md"])
    commands = re.findall(r"^    (tollgate .*)$", texts["README.md"], re.M)
    check("%s: commands" % name, {c.split()[1] for c in commands} == {"test", "check", "config", "template", "doc"}, commands)
    said = {}
    for command in commands:
        status, out, err = run(folder, command)
        check("%s: %s" % (name, command), status == 0 and not err, "%d\n%s%s" % (status, out, err))
        said[command] = out
    check("%s: tests cover and kill everything" % name, any("4 of 4 outcomes" in o and ", 0 survived" in o for o in said.values()), said)
    check("%s: the example is ready" % name, "READY  " in said["tollgate check facts/example.yaml"], said)
    shown = said["tollgate config --show"]
    check("%s: the parameter is in force" % name, re.search(r"%s-001.min_experts +3 persons +.*tollgate\.yaml:" % prefix, shown), shown)
    check("%s: a standard gate is tailored" % name, re.search(r"KT-002 .*from medium to low: \w+", shown), shown)
    for made, has in (("facts/to-fill-in.yaml", "systems:"), ("catalogue.md", "### %s-001: " % prefix)):
        check("%s: %s" % (name, made), has in open(os.path.join(folder, made), encoding="utf-8").read())
    pipeline = yaml.safe_load(texts["ci/github.yml"])
    steps = [s["run"] for s in pipeline["jobs"]["readiness"]["steps"] if s.get("run", "").startswith("tollgate ")]
    check("%s: the pipeline tests and checks" % name, len(steps) == 2, steps)
    for command in steps:
        status, out, err = run(folder, command)
        check("%s: pipeline: %s" % (name, command), status == 0 and not err, out + err)
    upload = next(s for s in pipeline["jobs"]["readiness"]["steps"] if "upload" in s.get("uses", ""))
    check("%s: what the pipeline keeps is there" % name, os.path.exists(os.path.join(folder, upload["with"]["path"])))
    # the gate can fail: one expert less than the configuration asks for
    path = os.path.join(folder, "facts/example.yaml")
    open(path, "w", encoding="utf-8").write(texts["facts/example.yaml"].replace("experts: [ENG-001, ENG-002, CLI-011]", "experts: [ENG-001, CLI-011]"))
    status, out, err = run(folder, "tollgate check facts/example.yaml")
    check("%s: the gate fails when it should" % name, status == 1 and "2 people can run it, needed 3" in out, out + err)


with tempfile.TemporaryDirectory() as scratch:
    for name, prefix, option in (("my.pack", "PACK", ""), ("acme.data-room", "DATAROOM", " --name acme.data-room")):
        status, out, err = run(scratch, "tollgate init %s%s" % (prefix, option))
        check("init %s" % name, status == 0 and not err and "%s/README.md" % prefix in out, out + err)
        try_folder(os.path.join(scratch, prefix), name, prefix)
        status, out, err = run(scratch, "tollgate init %s" % prefix)
        check("init refuses what is there", status == 2 and not out and "not empty" in err, out + err)
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
