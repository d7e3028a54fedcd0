"""The in-toto statement: shape, digests, result and lists of tests."""
import json

import jsonschema


def digests(things):
    return sorted(t["digest"]["sha256"] for t in things)


def result_of(report):
    if report["policy"]["blocks"]:
        return "FAILED"
    return "WARNED" if any(f["status"] == "waived" for f in report["findings"]) else "PASSED"


def check_list(names, findings, more=()):
    """Names begin with the gate; a subject follows behind one blank."""
    gates = sorted(f["gate"] for f in findings) + sorted(more)
    assert sorted(n.split(" ", 1)[0] for n in names) == sorted(gates), "tests are %r, findings %r" % (names[:5], gates[:5])
    assert len(set(names)) == len(names), "a test is there twice"


def check(text, report, schemas):
    statement = json.loads(text)
    if schemas is not None:
        with open(schemas / "tollgate-authored" / "in-toto-statement-v1.schema.json", encoding="utf-8") as f:
            validator = jsonschema.Draft202012Validator(json.load(f))
        for e in validator.iter_errors(statement):
            raise AssertionError("%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:300]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert [(s["name"], s["digest"]["sha256"]) for s in statement["subject"]] == [(f["file"], f["sha256"]) for f in report["facts"]]
    p = statement["predicate"]
    configuration = [(x["name"] + "@" + x["version"], x["sha256"]) for x in report["packs"]]
    configuration += [(x["file"], x["sha256"]) for x in (report["config"] or {"files": []})["files"]]
    configuration += [(report["baseline"]["file"], report["baseline"]["sha256"])] if report["baseline"] else []
    assert [(x["name"], x["digest"]["sha256"]) for x in p["configuration"]] == configuration
    assert p["result"] == result_of(report), "%s, not %s" % (p["result"], result_of(report))
    assert p["passedTests"] == [g["id"] for g in report["gates"] if g["status"] == "pass"]
    check_list(p["warnedTests"], [f for f in report["findings"] if f["status"] == "waived"])
    check_list(p["failedTests"], [f for f in report["findings"] if f["status"] != "waived"],
               [c for c in report["conditions"] if c.startswith("min_proven:")])


FORMATS = {"intoto": check}
