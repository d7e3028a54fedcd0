#!/usr/bin/env python3
"""The cases cover the language: every diagnostic code, every production of the grammar, every line of what other engines got wrong, and there
are at least 300 of them.  usage: covers.py SOURCE_ROOT"""
import glob
import os
import re
import sys

import yaml

root = sys.argv[1]
folder = os.path.join(root, "tests/conformance")
FILES = ["generated/truth.yaml", "semantics.yaml", "diagnostics.yaml"]
cases = []
for name in FILES:
    cases += yaml.load(open(os.path.join(folder, name), encoding="utf-8"), Loader=yaml.BaseLoader)["cases"]
reference = open(os.path.join(root, "rules/LANGUAGE.md"), encoding="utf-8").read()
for block in re.findall(r"^```yaml case\n(.*?)^```", reference, re.M | re.S):
    cases.append(yaml.load(block, Loader=yaml.BaseLoader))
wrong = []

# What no rule and no fact can give, and the test that gives it.
ELSEWHERE = {"NOMEM": "tests/api/test_alloc.c", "INTERNAL": "tests/unit/vm/test_vm.c", "VERIFY": "tests/unit/code/test_verify.c"}
codes = set()
for case in cases:
    codes |= {d["code"] for d in case.get("diagnostics", []) if "code" in d}
    codes |= set(re.findall(r"TG\d{4}", case.get("error", "")))
for path in glob.glob(os.path.join(root, "tests/cli/*/*/stderr")):  # what only commands meet: reports, baselines, ratchets, files of waivers
    codes |= set(re.findall(r"\[(TG\d{4})\]", open(path, encoding="utf-8").read()))
for number, name in re.findall(r"^TG_CODE\((\d+), (\w+),", open(os.path.join(root, "engine/base/codes.def"), encoding="utf-8").read(), re.M):
    if "TG%04d" % int(number) in codes:
        continue
    test = ELSEWHERE.get(name)
    if test is None or not os.path.exists(os.path.join(root, test)):
        wrong.append("no case gives TG%04d (%s)" % (int(number), name))

# Accepted expressions, one regular expression a production and alternative (language reference, grammar).
NAME, EXPR = r"[A-Za-z_]\w*", r".+"
PRODUCTIONS = {
    "or": r"\bor\b", "and": r"\band\b", "not": r"(^|[( ])not\s", "if": r"\bif .+ then .+ else ", "every": r"\bevery " + NAME, "some": r"\bsome " + NAME,
    "no": r"(^|[( ])no " + NAME + " in ", "==": "==", "!=": "!=", "<": r"<(?!=)", "<=": "<=", ">": r"(?<!\{)>(?!=)", ">=": ">=", "in": r"\S in ",
    "not in": " not in ", "contains": r" contains (?!all|any)", "contains all": " contains all ", "contains any": " contains any ",
    "not contains": r" not contains (?!all|any)", "not contains all": " not contains all ", "not contains any": " not contains any ",
    "matches": r" matches /.*/", "matches i": r" matches /.*/i", "not matches": r" not matches /", "is known": " is known", "is missing": " is missing",
    "is none": " is none", "is empty": " is empty", "is done": " is done", "is dated": " is dated", "is not known": " is not known",
    "is not missing": " is not missing", "is not none": " is not none", "is not empty": " is not empty", "is not done": " is not done",
    "is not dated": " is not dated", "+": r" \+ ", "-": r" - ", "*": r" \* ", "/": r"\w ?/ ?\w", "unary -": r"(^|[( ])-[\w(]", "??": r"\?\?",
    "?? chain": r"\?\?.+\?\?", "field": r"\w\.\w", "index": r"\w\[", "field behind index": r"\]\.\w", "list": r"\[[^\]]*,[^\]]*\]", "empty list": r"\[\]",
    "parentheses": r"\(.+\)", "call": r"\babs\(", "two arguments": r"\bround\(.+, .+\)", "count": r"\bcount\(", "sum": r"\bsum\(", "avg": r"\bavg\(",
    "min": r"\bmin\(", "max": r"\bmax\(", "list of": r"\blist\(", "share": r"\bshare\(.+ satisfies ", "aggregate of a binding": r"\bcount\(\w+ in ",
    "aggregate of an expression for a binding": r"\b(sum|list|avg|min|max)\([^()]+ for \w+ in ", "several bindings": r"\blist\(.+ for .+ in .+ for .+ in ",
    "two names": r"\b\w+, \w+ in ", "where": r" where ", "order by": r" order by ", "desc": r" desc\b", "first": r" first \w", "number": r"\b\d+\.\d",
    "number with _": r"\b\d+_\d", "date": r"\b\d{4}-\d\d-\d\d\b", "duration": r"\b\d+ (days?|weeks?|months?|years?)\b", "double quotes": '"', "single quotes": "'",
    "escape": r"\\[nt\"'\\u]", "true": r"\btrue\b", "false": r"\bfalse\b", "unknown": r"\bunknown\b", "today": r"\btoday\b", "params": r"\bparams\.",
    "quantifier satisfies": " satisfies "}
for function in ("days", "abs", "round", "lower", "length", "join", "keys", "unique", "is_unique"):
    PRODUCTIONS[function + "()"] = r"\b%s\(" % function
accepted = []


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for v in value:
            yield from texts(v)
    elif isinstance(value, dict):
        for v in value.values():
            yield from texts(v)


for case in cases:
    if "refused" in case or ("error" in case and "expect" not in case):
        continue
    for key in ("require", "eval", "let", "for", "when", "likelihood", "impact", "pack", "packs"):
        accepted += texts(case.get(key, []))
for production, pattern in PRODUCTIONS.items():
    if not any(re.search(pattern, text) for text in accepted):
        wrong.append("no accepted case has %s" % production)
KEYS = {"for", "when", "message", "let", "params", "model", "severity", "likelihood", "impact", "portfolio", "as_of", "params_set", "conditions", "verdict"}
used = set().union(*(set(case) for case in cases))
wrong += ["no case has `%s`" % key for key in sorted(KEYS - used)]
if not any("(" in name for case in cases for name in (case.get("let") or {})):
    wrong.append("no case has a let with arguments")

# One line of "what others got wrong", and the case that keeps it from happening here.
LESSONS = [
    "a typo does not pass a check", "two missing names are not equal", "a gate that looked at nothing says so", "an errored blocking gate blocks",
    "type errors are not absorbed by or", "type errors are not absorbed by and", "unknown is absorbed by or", "unknown is absorbed by and",
    "not looking does not raise the score", "nothing evaluated has no score", "a waived finding stays in the inherent figures",
    "a waiver holds on its last day", "a waiver has lapsed the day after", "a waiver's date that cannot be read is an error",
    "a misspelt gate id is an error with a hint", "a waiver of no gate is dangling", "a waiver of no item is dangling", "the cost limit holds when explaining",
    "YAML 1.1 words are text", "a word where a boolean is wanted", "a duplicate key is an input error", "aliases are bounded by what they expand to",
    "not less is not greater or equal", "a third added to nine is a number", "a share times a hundred is a number",
    "an anchored pattern refuses a trailing newline", "known passes for none", "none is not a person", "a subject whose where is unknown is unknown",
    "an unknown when makes the gate unknown", "a pair quantifier leaves an element alone with itself", "a wrong type is an error whether or not a gate reads it",
    "a duplicate key is an error in what nobody reads"]
names = {case.get("name") for case in cases}
wrong += ["no case is called `%s`" % lesson for lesson in LESSONS if lesson not in names]
if len(cases) < 300:
    wrong.append("only %d cases" % len(cases))
for line in wrong:
    print(line)
print("%d cases, %d productions; %d passed, %d failed" % (len(cases), len(PRODUCTIONS), len(PRODUCTIONS) + len(LESSONS) - len(wrong), len(wrong)))
sys.exit(1 if wrong else 0)
