#!/usr/bin/env python3
"""The recipes of tools/ci do what they say: each is parsed, its steps are looked at, and its check runs as its runner would run it, on a repository
that is ready, on one that is not, and on one that cannot be read.  usage: run.py BINARY SOURCE_ROOT"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import yaml

binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
recipes = os.path.join(root, "tools", "ci")
passed = failed = 0

PACK = """pack: shop
version: 1.0.0
title: Shop
area: shop
gates:
  - id: SHOP-1
    title: Every item is there
    for: i in items
    require: i.ok
    severity: high
    message: "{i.id} is not there"
"""
FACTS = {"ready": "items: [{id: a, ok: true}]\n", "open": "items: [{id: a, ok: false}]\n", "broken": "items: [\n"}
STATUS = {"ready": 0, "open": 1, "broken": 2}


def expect(what, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s\n%s" % (what, str(detail)[:1500]))


def text_of(name):
    return open(os.path.join(recipes, name), encoding="utf-8").read()


def writes(name):
    p = subprocess.run([binary, "check", "--format", name], capture_output=True, text=True)
    return "there is no format" not in p.stderr


class Repository:
    """A repository with facts, a pack and a configuration, and a PATH in which `tollgate` is the binary."""

    def __init__(self, scratch):
        self.folder = os.path.join(scratch, "repository")
        self.bin = os.path.join(scratch, "bin")
        os.makedirs(os.path.join(self.folder, "facts"))
        os.makedirs(self.bin)
        os.symlink(binary, os.path.join(self.bin, "tollgate"))
        self.env = {"PATH": self.bin + ":/usr/bin:/bin", "HOME": scratch, "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
                    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
        self.write("gates.yaml", PACK)
        self.write("tollgate.yaml", "packs: [./gates.yaml]\n")
        self.run("git init -q . && git config user.email t@example.invalid && git config user.name t")

    def write(self, name, content):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
            f.write(content)

    def read(self, name):
        path = os.path.join(self.folder, name)
        return open(path, encoding="utf-8").read() if os.path.exists(path) else None

    def set(self, state):
        self.write("facts/engagement.yaml", FACTS[state])

    def run(self, script, shell=("bash", "-e", "-o", "pipefail", "-c"), **env):
        return subprocess.run(list(shell) + [script], cwd=self.folder, env=dict(self.env, **env), capture_output=True, text=True, timeout=120)

    def clean(self):
        for name in os.listdir(self.folder):
            if name.startswith(("readiness", "gl-code", "build")):
                path = os.path.join(self.folder, name)
                shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


def readable(name, content):
    if name.endswith((".json", ".sarif")):
        json.loads(content)
    elif name.endswith(".xml"):
        ET.fromstring(content)
    else:
        assert content.startswith("## Tollgate: "), content[:80]


def check_runs(recipe, repository, script, stale=False, **run):
    """The script in all three states: its status is the gate, its reports are there exactly when there was a verdict."""
    script = script if writes("sarif") else re.sub(r"--out sarif=\S+", "", script)
    files = re.findall(r"--out \S+?=(\S+)", script)
    outputs = {}
    expect(recipe + ": writes reports", len(files) >= 2, script)
    for state, status in STATUS.items():
        repository.clean()
        repository.set(state)
        if stale:
            for name in files:
                repository.write(name, "of yesterday")
        p = repository.run(script, **run)
        expect("%s: %s gives %d" % (recipe, state, status), p.returncode == status, "%d\n%s%s" % (p.returncode, p.stdout, p.stderr))
        for name in files:
            content = repository.read(name)
            if status == 2:
                expect("%s: %s leaves no %s" % (recipe, state, name), content is None, content)
                continue
            try:
                readable(name, content)
                expect(recipe, True)
            except Exception as e:
                expect("%s: %s can be read" % (recipe, name), False, e)
        outputs[state] = p.stdout
    return files, outputs


def check_gate(recipe, script):
    expect(recipe + ": nothing takes the gate away", not re.search(r"\|\||--fail-on never|; *true|set \+e|exit 0", script), script)


INSTALLS = {}


def installs(recipe, script):
    """Recipes build what the README says builds."""
    INSTALLS[recipe] = {line.split("--no-install-recommends ")[1] for line in script.splitlines() if "apt-get install" in line}
    for word in ('--branch "$TOLLGATE_REF" "$TOLLGATE_SOURCE"', "-DTOLLGATE_TESTS=OFF", "cmake --build", "cmake --install"):
        expect("%s: installing has %s" % (recipe, word), word in script, script)
    p = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True)
    expect(recipe + ": installing is a script", p.returncode == 0, p.stderr)


def github(repository):
    doc = yaml.safe_load(text_of("github-actions.yml"))
    expect("GitHub: triggers", {"push", "pull_request", "schedule"} <= set(doc[True]), doc)  # YAML 1.1 reads `on` as true
    expect("GitHub: permissions", doc["permissions"] == {"contents": "read", "security-events": "write"}, doc["permissions"])
    steps = doc["jobs"]["readiness"]["steps"]
    named = {s["name"]: s for s in steps if "name" in s}
    check = named["Check readiness"]
    expect("GitHub: the check is the gate", "continue-on-error" not in check and "if" not in check, check)
    check_gate("GitHub", check["run"])
    installs("GitHub", named["Install Tollgate"]["run"])
    summary = os.path.join(repository.folder, "readiness-summary")
    files, outputs = check_runs("GitHub", repository, check["run"], GITHUB_STEP_SUMMARY=summary)
    expect("GitHub: annotations", re.fullmatch(r"::error file=facts/engagement.yaml,line=1,col=\d+,title=SHOP-1[^\n]*\n", outputs["open"]),
           outputs["open"])
    expect("GitHub: nothing to say when ready", outputs["ready"] == "", outputs["ready"])
    repository.clean()
    repository.write("readiness-summary", "before\n")
    repository.set("open")
    repository.run(re.sub(r"--out \S+", "", check["run"]), GITHUB_STEP_SUMMARY=summary)
    text = repository.read("readiness-summary")
    expect("GitHub: the summary is appended", text.startswith("before\n## Tollgate: ready with conditions\n"), text)
    for step in steps:
        if "upload" in step.get("uses", ""):
            expect("GitHub: %s runs after a failure" % step["uses"], step["if"].startswith("always()"), step)
            given = step["with"].get("sarif_file") or step["with"]["path"]
            expect("GitHub: uploads what the check writes", re.search(r"--out sarif=readiness.sarif", check["run"]) and given.startswith("readiness."),
                   given)


def gitlab(repository):
    doc = yaml.safe_load(text_of("gitlab-ci.yml"))
    job = doc["readiness"]
    expect("GitLab: the check is the gate", "allow_failure" not in job, job)
    check_gate("GitLab", "\n".join(job["script"]))
    installs("GitLab", "\n".join(job["before_script"]))
    files, _ = check_runs("GitLab", repository, "\n".join(job["script"]))
    artifacts = job["artifacts"]
    expect("GitLab: artifacts of failed jobs too", artifacts["when"] == "always", artifacts)
    expect("GitLab: reports", artifacts["reports"]["codequality"] in files and artifacts["reports"]["junit"] in files, artifacts)


def azure(repository):
    doc = yaml.safe_load(text_of("azure-pipelines.yml"))
    named = {}
    for step in doc["steps"]:
        named.setdefault(step["displayName"], step)
    check = named["Check readiness"]
    expect("Azure: the check is the gate", "continueOnError" not in check and "condition" not in check, check)
    check_gate("Azure", check["script"])
    installs("Azure", named["Install Tollgate"]["script"])
    expect("Azure: installing stops at an error", named["Install Tollgate"]["script"].startswith("set -e\n"))
    files, outputs = check_runs("Azure", repository, check["script"], stale=True, shell=("bash", "--noprofile", "--norc", "-c"))
    expect("Azure: issues", re.search(r"^##vso\[task\.logissue type=error;sourcepath=%s/facts/engagement\.yaml;linenumber=1;" %
                                      re.escape(os.path.realpath(repository.folder)), outputs["open"]), outputs["open"])
    for step in doc["steps"][2:]:
        expect("Azure: %s runs after a failure" % step["displayName"], step["condition"] == "succeededOrFailed()", step)
    publish = named["Publish the findings as tests"]["inputs"]
    expect("Azure: tests", publish["testResultsFiles"] in files and publish["failTaskOnFailedTests"] is False, publish)
    repository.clean()
    summary = named["Show the summary"]["script"]
    expect("Azure: no summary, no command", repository.run(summary).stdout == "")
    repository.write("readiness.md", "x")
    said = repository.run(summary).stdout
    expect("Azure: the summary", said == "##vso[task.uploadsummary]%s/readiness.md\n" % os.path.realpath(repository.folder), said)


def groovy_balanced(text):
    """Brackets and strings of the pipeline fit; comments are left out."""
    text = re.sub(r"'''.*?'''|'[^'\n]*'|\"[^\"\n]*\"", "''", text, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    stack = []
    for c in text:
        if c in "([{":
            stack.append(c)
        elif c in ")]}" and (not stack or stack.pop() + c not in ("()", "[]", "{}")):
            return False
    return not stack and "'" not in text.replace("''", "")


def jenkins(repository):
    text = text_of("Jenkinsfile")
    expect("Jenkins: the pipeline is whole", groovy_balanced(text) and text.count("pipeline {") == 1)
    stages = re.findall(r"stage\('([^']+)'\) \{\s*steps \{\s*sh '''\n(.*?)'''\s*\}\s*\}", text, re.S)
    expect("Jenkins: stages", [name for name, _ in stages] == ["Install Tollgate", "Check readiness"], stages)
    install, check = (script for _, script in stages)
    check = check.replace("\\\\", "\\")
    check_gate("Jenkins", check)
    expect("Jenkins: the check is the gate", "returnStatus" not in text and "catchError" not in text)
    installs("Jenkins", install)
    files, _ = check_runs("Jenkins", repository, check, stale=True, shell=("sh", "-xe", "-c"))
    after = text[text.index("post {"):]
    expect("Jenkins: reports of failed builds too", "always {" in after)
    for name in re.findall(r"(?:testResults|pattern): '([^']+)'", after):
        expect("Jenkins: %s is written" % name, name in files or not writes("sarif"), files)
    expect("Jenkins: reports do not decide", "skipMarkingBuildUnstable: true" in after and "qualityGates" not in after)


def hook(repository):
    target = os.path.join(repository.folder, ".git", "hooks", "pre-commit")
    repository.clean()
    shutil.copy(os.path.join(recipes, "pre-commit"), target)
    expect("hook: executable", os.access(target, os.X_OK))

    def commit(what, status, said=""):
        p = repository.run("git add -A && git commit -q -m x" if what != "staged only" else "git commit -q -m x")
        expect("hook: %s" % what, (p.returncode == 0) == (status == 0) and said in p.stderr, "%d %s" % (p.returncode, p.stderr))

    repository.set("open")
    commit("what is open is held back", 1, "SHOP-1")
    repository.set("broken")
    commit("what cannot be read is held back", 1, "error:")
    repository.set("ready")
    commit("what is ready is committed", 0)
    repository.write("facts/engagement.yaml", FACTS["ready"] + "# a remark\n")
    repository.run("git add facts")
    repository.set("open")
    commit("staged only", 0)
    repository.set("ready")
    repository.write("notes.txt", "x")
    repository.run("git add notes.txt && git rm -q --cached tollgate.yaml && git commit -q --no-verify -m x && rm " +
                   shlex.quote(os.path.join(repository.bin, "tollgate")))
    repository.write("notes.txt", "y")
    p = repository.run("git add notes.txt && git commit -q -m x")
    expect("hook: other files are not checked", p.returncode == 0, p.stderr)
    os.symlink(binary, os.path.join(repository.bin, "tollgate"))
    os.unlink(target)
    left = [n for n in os.listdir(tempfile.gettempdir()) if n.startswith("tmp.") and os.path.exists(os.path.join(tempfile.gettempdir(), n, "gates.yaml"))]
    expect("hook: leaves nothing behind", not left, left)


def framework(repository):
    entries = yaml.safe_load(text_of("pre-commit-hooks.yaml"))
    expect("pre-commit: one hook", len(entries) == 1 and {"id", "name", "entry", "language"} <= set(entries[0]), entries)
    entry = entries[0]
    expect("pre-commit: all facts, once", entry["pass_filenames"] is False and entry["require_serial"] and entry["language"] == "system")
    for name, wanted in (("facts/a.yaml", True), ("facts/deep/b.csv", True), ("tollgate.yaml", True), ("rules/x.yaml", True), ("x/facts/a", False),
                         ("README.md", False)):
        expect("pre-commit: files: " + name, bool(re.search(entry["files"], name)) == wanted)
    for state, status in STATUS.items():
        repository.set(state)
        p = subprocess.run(shlex.split(entry["entry"]), cwd=repository.folder, env=repository.env, capture_output=True, text=True, timeout=120)
        expect("pre-commit: %s gives %d" % (state, status), p.returncode == status, p.stdout + p.stderr)


def makefile(repository):
    shutil.copy(os.path.join(recipes, "tollgate.mk"), repository.folder)
    repository.write("Makefile", "all:\n\t@echo all\n\ninclude tollgate.mk\n")
    expect("make: the first target stays", repository.run("make -s").stdout == "all\n")
    for state, status in STATUS.items():
        repository.clean()
        repository.run("mkdir -p build/readiness && echo old > build/readiness/readiness.md")
        repository.set(state)
        p = repository.run("make readiness")
        expect("make: %s" % state, (p.returncode == 0) == (status == 0) and (status == 0 or "Error %d" % status in p.stderr), p.stderr)
        for name in ("readiness.xml", "readiness.md", "readiness.json"):
            content = repository.read("build/readiness/" + name)
            if status == 2:
                expect("make: no verdict, no " + name, content is None, content)
            else:
                readable(name, content)


with tempfile.TemporaryDirectory() as scratch:
    if not writes("sarif"):
        print("this build does not write sarif: the recipes run without it")
    repository = Repository(scratch)
    for part in (github, gitlab, azure, jenkins, hook, framework, makefile):
        if repository.read("tollgate.yaml") is None:
            repository.write("tollgate.yaml", "packs: [./gates.yaml]\n")
        part(repository)
    packages = set().union(*INSTALLS.values())
    expect("recipes install the same packages", len(packages) == 1, packages)
    readme = open(os.path.join(root, "README.md"), encoding="utf-8").read()
    needed = set(re.search(r"apt-get install (build-essential [^\n]*)", readme).group(1).split())
    expect("... which are those of the README", needed <= set(" ".join(packages).split()), needed)
    listed = set(re.findall(r"^\| `([^`]+)` \|", text_of("README.md"), re.M))
    expect("README lists every recipe", {n for n in os.listdir(recipes) if n != "README.md"} <= listed, listed)
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed or not passed else 0)
