"""SARIF: both OASIS schemas, GitHub's profile, and everything read back and compared with the JSON report."""
import gzip
import hashlib
import json
import os
import re
import urllib.parse

import jsonschema

LIMIT = 25000      # results a run
SAMPLE = 150       # results and rules that are validated: all are made alike, and the validator is slow
LEVEL = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
SCORE = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.5"}
BASELINE = {"new": "new", "unchanged": "unchanged", "worse": "updated", "better": "updated"}
WORST = ["not_applicable", "pass", "waived", "unknown", "fail", "error"]
validators = {}


def validate(log, schemas, name, cls):
    if name not in validators:
        schema = json.loads((schemas / name).read_text(encoding="utf-8"))
        cls.check_schema(schema)
        validators[name] = cls(schema)
    for error in validators[name].iter_errors(log):
        raise AssertionError("%s: /%s: %s" % (name, "/".join(map(str, error.absolute_path)), error.message[:300]))


def sampled(log):
    run = log["runs"][0]
    results = run["results"]
    kinds = {}
    for r in results:   # some of each kind
        kinds.setdefault((r["ruleId"], r["kind"], r.get("baselineState"), bool(r.get("suppressions"))), []).append(r)
    most = max(2, SAMPLE // max(1, len(kinds)))
    return dict(log, runs=[dict(run, results=[r for group in kinds.values() for r in group[:most]])])


def by_schema(log, schemas, full, outside):
    if schemas is None:
        return
    short = sampled(log)
    validate(short, schemas, "sarif/sarif-schema-2.1.0-errata01.json", jsonschema.Draft4Validator)
    validate(short, schemas, "sarif/sarif-schema-2.1.0-os-draft07.json", jsonschema.Draft7Validator)
    if not full and not outside:
        validate(short, schemas, "tollgate-authored/sarif-github-profile.schema.json", jsonschema.Draft202012Validator)


# ---- parts ----

MARKS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|::|##\\[|##vso\\[")
BRACES = re.compile(r"\{\{|\}\}")
LINK = re.compile(r"\]\(")
MARKUP = re.compile(r"(?<!\\)[<\[`|]")


def texts_are_safe(node):
    """Messages: no placeholder, no link, no markup, no control character, no command of a build runner."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, (dict, list)):
            if key != "snippet":
                texts_are_safe(value)
        elif key == "text" or key == "markdown":
            assert not MARKS.search(value), "a mark or command: %r" % value[:300]
            bare = BRACES.sub("", value)
            assert "{" not in bare and "}" not in bare, "a single brace: " + value[:300]
            assert not (LINK if key == "text" else MARKUP).search(value), "a link or markup: " + value[:300]


def check_rules(run, report):
    rules, gates = run["tool"]["driver"]["rules"], report["gates"]
    assert [r["id"] for r in rules] == [g["id"] for g in gates], "every evaluated gate is a rule once, in order"
    for rule, gate in zip(rules, gates):
        p = rule["properties"]
        assert rule["defaultConfiguration"]["level"] == LEVEL[gate["severity"]], rule["id"]
        assert p["tollgate/pack"] == gate["pack"] and p["category"] == gate["area"], rule["id"]
        assert len(p["tags"]) <= 10 and len(set(p["tags"])) == len(p["tags"]) and p["tags"][0] == "tollgate", p["tags"]
        assert p.get("security-severity") == (SCORE.get(gate["severity"]) if "security" in p["tags"] else None), rule["id"]
        assert re.fullmatch("[A-Za-z0-9]{0,255}", rule.get("name", "")), rule["name"]
        for key in ("shortDescription", "fullDescription"):
            assert 0 < len(rule[key]["text"]) <= 1024, key
        assert bool(p.get("tollgate/tailored")) == bool(gate["tailored"]), rule["id"]
    assert {(e["name"], e["semanticVersion"]) for e in run["tool"]["extensions"]} == {(p["name"], p["version"]) for p in report["packs"]}


def relative(uri):
    return not uri.startswith("file://")


def file_of(location):
    """The file behind an artifact location, as the JSON report would name it."""
    uri = location["uri"]
    assert re.fullmatch(r"(file:///)?[A-Za-z0-9._~%/-]+", uri), "not encoded: " + uri
    assert ("uriBaseId" in location) == relative(uri) and location.get("uriBaseId", "%SRCROOT%") == "%SRCROOT%", uri
    return urllib.parse.unquote(uri if relative(uri) else uri[len("file://"):])


def check_artifacts(run, report, lines):
    names = []
    for artifact in run["artifacts"]:
        name, sha = file_of(artifact["location"]), artifact["hashes"]["sha-256"]
        names.append(name)
        if name != "<stdin>":
            content = open(name, "rb").read()
            assert hashlib.sha256(content).hexdigest() == sha, "the digest of " + name
            lines[name] = [Line(x.removesuffix("\r")) for x in content.decode("utf-8").split("\n")]
    assert names[:len(report["facts"])] == [f["file"] for f in report["facts"]], "artifacts are the facts"
    for fact, artifact in zip(report["facts"], run["artifacts"]):
        assert fact["sha256"] == artifact["hashes"]["sha-256"]


class Line(str):
    """A line of a source and its UTF-16 code units; those of a long line are made once."""

    def __init__(self, text):
        self.wide = any(c > "\uffff" for c in text)    # else a column is a character
        self.units = text.encode("utf-16-le") if self.wide else b""

    def part(self, start, end):
        return self.units[2 * start - 2:2 * end - 2].decode("utf-16-le") if self.wide else self[start - 1:end - 1]

    def column(self, characters):
        return len(self[:characters - 1].encode("utf-16-le")) // 2 + 1 if self.wide else characters


def check_place(physical, run, lines, line=None, column=None):
    where, region = physical["artifactLocation"], physical["region"]
    name = file_of(where)
    assert file_of(run["artifacts"][where["index"]]["location"]) == name, "the index of " + name
    assert region["startLine"] == region["endLine"] and 1 <= region["startColumn"] <= region["endColumn"], region
    if name not in lines:
        return name
    text = lines[name][region["startLine"] - 1]
    got = text.part(region["startColumn"], region["endColumn"])
    assert got == region["snippet"]["text"], "the region of %s holds %r, not %r" % (name, got, region["snippet"]["text"])
    if line is not None:
        assert region["startLine"] == line and region["startColumn"] == text.column(column), "%r is not at %d:%d" % (region, line, column)
    if "contextRegion" in physical:
        c = physical["contextRegion"]
        assert c["snippet"]["text"].replace("\r", "") == "\n".join(lines[name][c["startLine"] - 1:c["endLine"]]), "context"
    return name


def check_finding(result, finding, run, report, lines, full):
    p = result["properties"]
    for key in ("status", "severity", "likelihood", "impact", "score"):
        assert p["tollgate/" + key] == finding[key], "%s of %s" % (key, finding["gate"])
    assert p["tollgate/subject"] == finding["subject"]["label"] and p["tollgate/jsonPointer"] == finding["subject"]["path"]
    assert result["ruleId"] == finding["gate"] and run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding["gate"]
    kind = {"fail": "fail", "waived": "fail", "unknown": "open", "error": "review"}[finding["status"]] if full else "fail"
    assert result["kind"] == kind and result["level"] == (LEVEL[finding["severity"]] if kind == "fail" else "none"), result["kind"]
    assert result.get("rank") == (finding["score"] * 4 if kind == "fail" else None)
    text = result["message"]["text"]
    assert text[-1] in ".!?" and text.startswith({"unknown": "Undecided: ", "error": "Not evaluated: "}.get(finding["status"], "")), text
    if re.fullmatch(r"[\w ,.?%()=-]+", finding["message"]) and "](" not in finding["message"] and finding["message"].strip():
        assert finding["message"] in text, text
    prints = result["partialFingerprints"]
    assert finding["fingerprint"] == "sha256:" + prints["tollgateFinding/v1"]
    assert prints["primaryLocationLineHash"] == prints["tollgateFinding/v1"][:16] + ":1"
    assert result.get("baselineState") == BASELINE.get(finding["baseline"]) and p.get("tollgate/baseline") == finding["baseline"]
    location, = result["locations"]
    placed = [f for f in finding["facts"] if f["path"] and f["line"]]
    name = check_place(location["physicalLocation"], run, lines, *((placed[0]["line"], placed[0]["column"]) if placed else ()))
    if placed:
        assert name == placed[0]["file"] and location["logicalLocations"][0]["fullyQualifiedName"] == placed[0]["path"]


def check_run(run, report, full):
    lines = {}
    invocation, = run["invocations"]
    assert invocation["executionSuccessful"] is True and invocation["exitCode"] in (0, 1)
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"} and "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    assert re.fullmatch(r"tollgate/[A-Za-z0-9._~%-]+/", run["automationDetails"]["id"]) and run["columnKind"] == "utf16CodeUnits"
    assert run["properties"]["tollgate/verdict"] == report["verdict"] and run["properties"]["counts"] == report["counts"]
    assert run["properties"]["tollgate/readiness"] == report["readiness"]
    check_rules(run, report)
    check_artifacts(run, report, lines)
    told = {}
    for n in invocation["toolExecutionNotifications"]:
        assert n["level"] != "error", "a notification of level error says that the run failed"
        assert run["tool"]["driver"]["notifications"][n["descriptor"]["index"]]["id"] == n["descriptor"]["id"]
        told.setdefault(n["descriptor"]["id"], []).append(n)
    erring = {f["gate"] for f in report["findings"] if f["status"] == "error"}
    assert {n["associatedRule"]["id"] for n in told.get("evaluation-error", [])} == erring, "notifications of errors"
    return lines, [n["message"]["text"] for n in told.get("left-out", [])]


def read(text, report, schemas, full):
    log = json.loads(text)
    assert log["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json" and log["version"] == "2.1.0" and len(log["runs"]) == 1
    outside = any(f["file"].startswith(("/", "../")) for f in report["facts"])
    by_schema(log, schemas, full, outside)
    texts_are_safe(log)
    return log["runs"][0]


def check_sarif(text, report, schemas):
    run = read(text, report, schemas, False)
    lines, left_out = check_run(run, report, False)
    problems = {f["fingerprint"]: f for f in report["findings"] if f["status"] in ("fail", "unknown", "error")}
    results = run["results"]
    assert len(results) == min(len(problems), LIMIT), "%d results of %d problems" % (len(results), len(problems))
    assert len(gzip.compress(text, 1)) < 10 << 20, "more than 10 MB compressed"
    seen = set()
    for r in results:
        key = "sha256:" + r["partialFingerprints"]["tollgateFinding/v1"]
        assert key not in seen and "suppressions" not in r
        seen.add(key)
        check_finding(r, problems[key], run, report, lines, False)
    cut = len(problems) - len(results)
    assert any(re.match(r"%d findings? (is|are) left out" % cut, t) for t in left_out) == (cut > 0), left_out
    rank = lambda f: (["info", "low", "medium", "high", "critical"].index(f["severity"]), f["score"])
    if cut and run["invocations"][0]["exitCode"] == 1 and not report.get("baseline"):
        assert min(rank(problems[k]) for k in seen) >= max(rank(f) for k, f in problems.items() if k not in seen), "the gravest are kept"


def check_full(text, report, schemas):
    run = read(text, report, schemas, True)
    lines, left_out = check_run(run, report, True)
    findings = {f["fingerprint"]: f for f in report["findings"]}
    gates = {g["id"]: g for g in report["gates"]}
    status, waived = {}, {}
    baseline = any(f["baseline"] for f in report["findings"])
    for r in run["results"]:
        p = r["properties"]
        if r.get("baselineState") == "absent":
            assert "sha256:" + r["partialFingerprints"]["tollgateFinding/v1"] not in findings
            continue
        assert ("baselineState" in r) == baseline or not findings
        assert "status" not in str(r["suppressions"]) and "'state'" not in str(r["suppressions"])
        gate = r["ruleId"]
        if status.get(gate, "not_applicable") in WORST[:WORST.index(p["tollgate/status"]) + 1]:
            status[gate] = p["tollgate/status"]
        assert p["tollgate/severity"] == gates[gate]["severity"] and p["tollgate/score"] == gates[gate]["score"]
        if "partialFingerprints" not in r:
            assert r["kind"] == {"pass": "pass", "not_applicable": "notApplicable"}[p["tollgate/status"]] and r["level"] == "none"
            assert p.get("tollgate/reason") == gates[gate]["reason"] and p["tollgate/subjects"] == gates[gate]["subjects"]["pass"]
            continue
        finding = findings.pop("sha256:" + r["partialFingerprints"]["tollgateFinding/v1"])
        check_finding(r, finding, run, report, lines, True)
        assert len(r["suppressions"]) == (finding["status"] == "waived")
        for s in r["suppressions"]:
            w, got = finding["waiver"], s["properties"]
            assert s["kind"] == "external" and w["expires_on"] in s["justification"]
            assert [got.get("tollgate/" + k) for k in ("waiver", "owner", "approver", "approvedOn", "expiresOn")] == \
                [w[k] for k in ("id", "owner", "approver", "approved_on", "expires_on")]
            place, = [x for x in report["waivers"] if x["id"] == w["id"] and x["state"] == "in_force"][:1]
            assert check_place(s["location"]["physicalLocation"], run, lines) == place["file"]
            assert s["location"]["physicalLocation"]["region"]["startLine"] == place["line"]
    assert not findings, "findings without a result"
    assert status == {g["id"]: g["status"] for g in report["gates"]}, "statuses of the gates"
    assert not any("findings" in t for t in left_out)


FORMATS = {"sarif": check_sarif, "sarif-full": check_full}
