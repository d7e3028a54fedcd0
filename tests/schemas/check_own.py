"""Our own formats: json and ndjson say the same and fit the published schema; text and ndjson have the counts of the JSON report."""
import json
import os
import pathlib
import re

import jsonschema

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / "include/tollgate/report.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SAMPLE = 400  # findings of a long report that are validated: they are all made alike


def sampled(findings):
    step = max(1, len(findings) // SAMPLE)
    return findings[::step]


def check_json(text, report, schemas):
    assert text.endswith(b"}\n")
    short = dict(report, findings=sampled(report["findings"]))
    for error in VALIDATOR.iter_errors(short):
        raise AssertionError("/%s: %s" % ("/".join(map(str, error.absolute_path)), error.message[:300]))
    gates = {g["id"]: g for g in report["gates"]}
    for status, n in report["counts"]["gates"].items():
        assert n == sum(g["status"] == status for g in report["gates"]), "the count of gates that are " + status
    prints = {f["fingerprint"] for f in report["findings"]}
    assert len(prints) == len(report["findings"]), "a fingerprint is there twice"
    for f in report["findings"]:
        assert f["status"] in ("fail", "unknown", "waived", "error") and f["severity"] == gates[f["gate"]]["severity"], f["gate"]
        assert (f["waiver"] is not None) == (f["status"] == "waived"), "a waiver without its status"
    for f in report["facts"]:
        assert f["file"] == "<stdin>" or os.path.exists(f["file"]), "%r is not relative to the root" % f["file"]


def check_ndjson(text, report, schemas):
    lines = text.decode("utf-8").split("\n")
    assert lines.pop() == ""
    rows = [json.loads(line) for line in lines]
    assert all(next(iter(r)) == "type" for r in rows), "`type` comes first"
    assert [r.pop("type") for r in rows] == ["summary"] + ["gate"] * len(report["gates"]) + ["finding"] * len(report["findings"])
    assert rows[0] == {k: v for k, v in report.items() if k not in ("gates", "findings")}, "the summary"
    assert rows[1:1 + len(report["gates"])] == report["gates"], "the gates"
    assert rows[1 + len(report["gates"]):] == report["findings"], "the findings"


def check_text(text, report, schemas):
    body = text.decode("utf-8")
    for line in body.splitlines():
        assert not line.lstrip().startswith("::") and "##[" not in line and "##vso[" not in line, "a command for a build runner: %r" % line[:200]
    assert not re.search("[\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", body), "a mark that changes what a terminal shows"
    n = report["counts"]["gates"]
    want = "%d gate%s: %d pass, %d fail, %d unknown, %d waived, %d error, %d not applicable" % (
        sum(n.values()), "" if sum(n.values()) == 1 else "s", n["pass"], n["fail"], n["unknown"], n["waived"], n["error"], n["not_applicable"])
    assert want in " ".join(body.split()), "the closing line"


FORMATS = {"json": check_json, "ndjson": check_ndjson, "text": check_text}
