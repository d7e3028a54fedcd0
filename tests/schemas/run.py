#!/usr/bin/env python3
"""Writes every report format over many cases and hands each to the checks that understand it.
usage: run.py BINARY SOURCE_ROOT SCHEMAS [--only GLOB] [--format NAME]

A check is a module check_*.py beside this file with FORMATS = {"junit": check}, where check(text, report, schemas) raises AssertionError:
`text` is what was written (bytes), `report` the JSON report of the same run, `schemas` the folder of official schemas, or None when it is
not at hand.  The working directory is the root that paths in reports are relative to.  Cases are in cases.py."""
import fnmatch
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import traceback

import cases

binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
schemas = pathlib.Path(sys.argv[3]).resolve()
only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else "*"
one = sys.argv[sys.argv.index("--format") + 1] if "--format" in sys.argv else None
here = pathlib.Path(__file__).resolve().parent
BINARY_FORMATS = {"xlsx"}
VARIANTS = {"csv-bom", "oscal-1.0.4", "oscal-1.2.1"}  # of another format, by the same writer: not asked of a large case
CONTRACT = ["text", "json", "ndjson", "sarif", "sarif-full", "junit", "html", "markdown", "github", "azure", "gitlab", "csv", "xlsx",
            "oscal", "tap", "intoto"]
passed = failed = 0
spent = {}  # format -> seconds of its check


def fail(what, why):
    global failed
    failed += 1
    print("FAIL %s: %s" % (what, why[:3000]))


def load_checks():
    found = {}
    for path in sorted(here.glob("check_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, check in module.FORMATS.items():
            assert name not in found, "two modules check " + name
            found[name] = check
    return found


def writes(name):
    """Options are checked before anything is read, so a format that this build lacks is said at once."""
    p = subprocess.run([binary, "check", "--format", name], capture_output=True, text=True, timeout=60)
    assert p.returncode == 2, p.stdout
    return "there is no format" not in p.stderr


def run(case, folder, formats, out):
    args = [binary, "check"] + case.args + ["--root", folder, "--format", "json", "--output", os.path.join(out, "json")]
    for name in formats:
        if name != "json":
            args += ["--out", "%s=%s" % (name, os.path.join(out, name))]
    env = dict(os.environ, LC_ALL="C.UTF-8")
    return subprocess.run(args, cwd=folder, env=env, input=case.stdin, capture_output=True, timeout=300)


def read(out, formats):
    return {name: (pathlib.Path(out) / name).read_bytes() for name in formats}


def harmless(name, text):
    """What holds of every format that is text, whatever the facts say."""
    # C1 may stand where programs read
    json_like = name in ("json", "ndjson", "sarif", "sarif-full", "gitlab", "oscal", "intoto")
    bad = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]" if json_like else "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text.decode("utf-8"))
    assert not bad, "the control character %r stands in it" % bad.group()


def check_case(case, checks, formats, folder):
    global passed
    with tempfile.TemporaryDirectory() as out:
        p = run(case, folder, formats, out)
        said = p.stderr.decode("utf-8", "replace")
        if p.returncode not in (0, 1) or "Sanitizer" in said or "runtime error" in said:
            return fail(case.name, "status %d\n%s" % (p.returncode, said))
        texts = read(out, formats)
    report = json.loads(texts["json"])
    status = case.expect(report, p.returncode)
    if status:
        fail(case.name, status)
    for said in re.findall(rb'"exitCode": (\d+)', texts.get("sarif", b"") + texts.get("sarif-full", b"")):  # no JSON report knows it
        if int(said) != p.returncode:
            fail(case.name, "SARIF says exit status %s, it was %d" % (said.decode(), p.returncode))
    os.chdir(folder)
    for name in formats:
        if one not in (None, name):
            continue
        began = time.monotonic()
        try:
            if name not in BINARY_FORMATS:
                harmless(name, texts[name])
            if name in checks:
                checks[name](texts[name], report, schemas if schemas.is_dir() else None)
            passed += 1
        except AssertionError as e:
            fail("%s as %s" % (case.name, name), str(e) or traceback.format_exc())
        except Exception:
            fail("%s as %s" % (case.name, name), traceback.format_exc())
        spent[name] = spent.get(name, 0) + time.monotonic() - began
    if case.twice:
        with tempfile.TemporaryDirectory() as out:
            run(case, folder, formats, out)
            again = read(out, formats)
        for name in formats:
            if again[name] != texts[name]:
                fail(case.name, "a second run gives other bytes as " + name)
            else:
                passed += 1
    return report


def main():
    checks = load_checks()
    formats = [name for name in CONTRACT if writes(name)]
    for name in sorted(checks):
        if name not in CONTRACT and writes(name):
            formats.append(name)
    if not schemas.is_dir():
        print("skipped: validation against the official schemas (there is no folder %s)" % schemas)
    unchecked = [name for name in formats if name not in checks]
    if unchecked:
        print("written, but known to no check: " + ", ".join(unchecked))
    absent = [name for name in sorted(checks) if name not in formats]
    if absent:
        print("skipped: this build does not write " + ", ".join(absent))
    with tempfile.TemporaryDirectory() as scratch:
        scratch = os.path.realpath(scratch)
        for make in cases.all_cases(root):
            report = None
            for step in make(scratch):
                if callable(step) and report is None:
                    break
                # a step may need the report of the one before it: waivers and baselines are made of findings
                case = step(report) if callable(step) else step
                wanted = fnmatch.fnmatch(case.name, only)
                if not wanted and not case.leads:
                    continue
                began = time.monotonic()
                asked = [name for name in formats if not (case.large and name in VARIANTS)] if wanted else ["json"]
                report = check_case(case, checks if wanted else {}, asked, case.folder)
                os.chdir(scratch)
                if "--verbose" in sys.argv:
                    print("%6.2f s  %s" % (time.monotonic() - began, case.name))
    if "--verbose" in sys.argv:
        for name, seconds in spent.items():
            print("%6.2f s  checking %s" % (seconds, name))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


sys.exit(main())
