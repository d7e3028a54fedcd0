#!/usr/bin/env python3
"""Runs the conformance cases against a tollgate binary.

usage: run.py BINARY [--no-jit] [--only GLOB] FILE...

FILE is a *.yaml with `cases:`, or a Markdown document whose fenced blocks `yaml case` hold one case each.
Prints every failing case with what was expected and what came, then the closing line `N passed, N failed`.
"""
import concurrent.futures
import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

OUTCOMES = {"pass", "fail", "unknown", "error", "waived", "not_applicable"}
DIAGNOSTIC = re.compile(r"^(?:(?P<file>.*?):)?(?:(?P<line>\d+):(?P<column>\d+):)? ?(?P<severity>error|warning): (?P<text>.*?) \[(?P<code>TG\d+)\]$")
KNOWN = {"name", "pack", "packs", "require", "eval", "is", "model", "let", "params", "for", "when", "message", "severity",
         "likelihood", "impact", "facts", "as_of", "params_set", "expect", "reason", "causes", "conditions", "verdict",
         "readiness", "area_rating", "diagnostics", "refused", "error", "where", "strict", "portfolio", "phase", "gate", "files",
         "note", "about", "suffix", "facts_hex", "args", "sparse", "waivers"}


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def emit(value, indent):
    """YAML in flow-free block form; every scalar double-quoted, so that what counts is its text."""
    pad = "  " * indent
    if isinstance(value, dict):
        return "".join("\n%s%s:%s" % (pad, quoted(k), emit(v, indent + 1)) for k, v in value.items()) or " {}"
    if isinstance(value, list):
        return "".join("\n%s-%s" % (pad, emit(v, indent + 1)) for v in value) or " []"
    return " " + quoted(value)


def pack_texts(case):
    if "pack" in case:
        return [case["pack"]]
    if "packs" in case:
        return case["packs"]
    gate = {"id": "T-001", "title": "t"}
    for key in ("for", "when", "params", "message", "severity", "likelihood", "impact", "phase"):
        if key in case and not (key == "message" and "eval" not in case and "require" in case and case.get("_expected_message")):
            gate[key] = case[key]
    if "eval" in case:
        gate["require"] = "false"
        gate["message"] = "{" + case["eval"] + "}"
    else:
        gate["require"] = case["require"]
    text = "pack: t\nversion: 1.0.0\ntitle: t\n"
    if "model" in case:
        text += "model:\n" + "".join("  " + line + "\n" for line in case["model"].splitlines())
    if "let" in case:
        text += "let:" + emit(case["let"], 1) + "\n"
    # the params of the short form keep their own types: written plainly
    params = gate.pop("params", None)
    text += "gates:\n  -" + emit(gate, 2).replace("\n    ", "\n    ", 1) + "\n"
    if params is not None:
        text += "    params:\n" + "".join("      " + line + "\n" for line in
                                            yaml.dump(typed(params), default_flow_style=False, sort_keys=False).splitlines())
    return [text]


def typed(value):
    """BaseLoader gave texts; the params' own YAML types are wanted back."""
    if isinstance(value, dict):
        return {k: typed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [typed(v) for v in value]
    return yaml.safe_load(value) if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?|true|false", value) else value


class Failure(Exception):
    pass


def check_equal(what, expected, actual):
    if expected != actual:
        raise Failure("%s: expected %r, got %r" % (what, expected, actual))


def diagnostics_of(stderr):
    out = []
    for line in stderr.splitlines():
        m = DIAGNOSTIC.match(line)
        if m:
            out.append(m.groupdict())
    return out


def check_diagnostics(case, got, stderr, where):
    for want in case.get("diagnostics", []):
        for d in got:
            inside = want.get("in")
            if inside == "pack" and not (d["file"] or "").endswith("pack0.yaml") and not re.search(r"pack\d+\.yaml$", d["file"] or ""):
                continue
            if inside == "facts" and not re.search(r"facts\.\w+$", d["file"] or ""):
                continue
            if "code" in want and want["code"] != d["code"]:
                continue
            if "severity" in want and want["severity"] != d["severity"]:
                continue
            if "line" in want and want["line"] != d["line"]:
                continue
            if "column" in want and want["column"] != d["column"]:
                continue
            if "contains" in want and want["contains"] not in stderr:
                continue
            break
        else:
            raise Failure("%s: no diagnostic %r in:\n%s" % (where, want, stderr))
    if "error" in case and case["error"] not in stderr:
        raise Failure("%s: %r is not in:\n%s" % (where, case["error"], stderr))


def statuses(report):
    out = {g["id"]: g["status"] for g in report["gates"]}
    for f in report["findings"]:
        out["%s[%s]" % (f["gate"], f["subject"]["label"])] = f["status"]
    return out


def check_report(case, report):
    if "eval" in case:
        check_equal("value", case["is"], report["findings"][0]["message"])
        return
    expect = case.get("expect")
    seen = statuses(report)
    if isinstance(expect, str):
        check_equal("status", [expect], [g["status"] for g in report["gates"]])
    elif expect:
        for key, want in expect.items():
            got = seen.get(key)
            if got is None and "[" in key and want in ("pass", "not_applicable"):
                continue  # passing subjects have no finding
            check_equal(key, want, got)
    if "reason" in case:
        want = case["reason"] if case["reason"] not in ("null", "none", "~", "") else None
        check_equal("reason", want, report["gates"][0]["reason"])
    if "message" in case and "expect" in case and ("pack" in case or "packs" in case or case.get("_expected_message")):
        check_equal("message", case["message"], report["findings"][0]["message"])
    if "causes" in case:
        finding = next(f for f in report["findings"] if f["status"] == "unknown")
        got = sorted("%s %s" % (f["path"], f["state"]) for f in finding["facts"] if f["state"] not in ("known", "none"))
        check_equal("causes", sorted(case["causes"]), got)
    if "conditions" in case:
        check_equal("conditions", case["conditions"] or [], report["conditions"])
    if "waivers" in case:
        check_equal("waivers", case["waivers"], {w["id"]: w["state"] for w in report["waivers"]})
    if "verdict" in case:
        check_equal("verdict", case["verdict"], report["verdict"])
    for key, want in (case.get("readiness") or {}).items():
        side, name = ("net", key[4:]) if key.startswith("net_") else ("gross", key)
        got = report["readiness"][side][name]
        check_equal("readiness " + key, None if want in ("null", "~", "none") else float(want), got)
    for area, want in (case.get("area_rating") or {}).items():
        got = {a["area"]: a["rating"] for a in report["areas"]}.get(area)
        check_equal("rating of " + area, want, got)


def run_case(binary, options, case):
    unknown = set(case) - KNOWN - {"_expected_message"}
    if unknown:
        raise Failure("the case has unknown keys: %s" % ", ".join(sorted(unknown)))
    with tempfile.TemporaryDirectory() as folder:
        args = [binary, "check", "--format", "json", "--fail-on", "never", "--root", folder] + options
        if case.get("as_of", "") != "none":
            args += ["--as-of", case.get("as_of", "2026-01-01")]
        for i, text in enumerate(pack_texts(case)):
            name = os.path.join(folder, "pack%d.yaml" % i)
            with open(name, "w", encoding="utf-8") as f:
                f.write(text)
            args += ["--rules", name]
        for key, value in (case.get("params_set") or {}).items():
            args += ["--param", "%s=%s" % (key, ", ".join(value) if isinstance(value, list) else value)]
        if case.get("strict") == "true":
            args.append("--strict")
        facts = case.get("facts", "{}\n")
        texts = facts if isinstance(facts, list) else [facts]
        suffix = case.get("suffix", "yaml")
        for name, text in (case.get("files") or {}).items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)
        for name, size in (case.get("sparse") or {}).items():  # a hole: takes no room on the disk
            with open(os.path.join(folder, name), "wb") as f:
                f.truncate(int(size))
        if case.get("portfolio") == "true":
            args.append("--portfolio")
        for i, text in enumerate(texts):
            name = os.path.join(folder, "facts%s.%s" % (i or "", suffix))
            with open(name, "wb") as f:
                f.write(bytes.fromhex(case["facts_hex"]) if "facts_hex" in case else text.encode())
            args.append(name)
        args += case.get("args", [])
        env = dict(os.environ, LC_ALL="C.UTF-8")
        p = subprocess.run(args, capture_output=True, text=True, timeout=600, env=env, stdin=subprocess.DEVNULL, cwd=folder)
    got = diagnostics_of(p.stderr)
    refused = "refused" in case or ("error" in case and "expect" not in case)
    if refused:
        if p.returncode != 2:
            raise Failure("expected to be refused, but exit status %d\n%s%s" % (p.returncode, p.stderr, p.stdout[:600]))
        if p.stdout:
            raise Failure("refused, but printed on standard output")
        wanted = {"pack": r"pack\d+\.yaml", "facts": r"facts\d*\.\w+"}.get(case.get("refused"))
        errors = [d for d in got if d["severity"] == "error"]
        if wanted and not any(re.search(wanted + "$", d["file"] or "") for d in errors):
            raise Failure("no error in the %s:\n%s" % (case["refused"], p.stderr))
        check_diagnostics(case, got, p.stderr, "diagnostics")
        return
    if p.returncode != 0:
        raise Failure("exit status %d\n%s" % (p.returncode, p.stderr))
    check_diagnostics(case, got, p.stderr, "diagnostics")
    check_report(case, json.loads(p.stdout))


def markdown_cases(path):
    text = open(path, encoding="utf-8").read()
    for m in re.finditer(r"^```yaml case\n(.*?)^```", text, re.M | re.S):
        case = yaml.load(m.group(1), Loader=yaml.BaseLoader)
        yield case


def load(path):
    if path.endswith(".md"):
        return list(markdown_cases(path))
    return yaml.load(open(path, encoding="utf-8"), Loader=yaml.BaseLoader)["cases"]


def main():
    binary, options, only, files = None, [], None, []
    arguments = iter(sys.argv[1:])
    for a in arguments:
        if a == "--no-jit":
            options.append(a)
        elif a == "--only":
            only = next(arguments)
        elif a == "":
            continue
        elif binary is None:
            binary = os.path.abspath(a)
        else:
            files.append(a)
    cases, names = [], set()
    for path in files:
        for case in load(path):
            case["_file"] = path
            if case.get("name") in names:
                print("FAIL %s: two cases are called %s" % (path, case.get("name")))
                return 1
            names.add(case.get("name"))
            if only is None or fnmatch.fnmatch(case["name"], only):
                cases.append(case)
    passed = failed = 0

    def one(case):
        path = case.pop("_file")
        # in the short form `message` is the gate's template unless the case also says what comes out of it
        try:
            run_case(binary, options, case)
            return None
        except Failure as e:
            return "FAIL %s: %s\n  %s" % (os.path.basename(path), case.get("name"), str(e).replace("\n", "\n  "))
        except Exception as e:  # a broken case is a failing case
            return "FAIL %s: %s\n  %s: %s" % (os.path.basename(path), case.get("name"), type(e).__name__, e)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for result in pool.map(one, cases):
            if result is None:
                passed += 1
            else:
                failed += 1
                print(result)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
