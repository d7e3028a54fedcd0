"""OSCAL assessment results: schema of each version, references that resolve, and the findings of the report read back."""
import json
import re

import jsonschema
import jsonschema._validators
import regex
from register import digest, findings, same, sample

jsonschema._validators.re = regex  # the patterns say \\p{L}, which the standard module does not know
NAMESPACE = "urn:tollgate:oscal"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
RISKS = {"fail": "open", "unknown": "investigating", "error": "investigating", "waived": "deviation-approved"}
REASONS = {"pass": "pass", "fail": "fail", "waived": "fail", "unknown": "other", "error": "other"}
validators = {}


def validate(document, version, schemas):
    if version not in validators:
        with open(schemas / "oscal" / ("oscal_assessment-results_schema-%s.json" % version), encoding="utf-8") as f:
            validators[version] = jsonschema.Draft7Validator(json.load(f))
    ar = document["assessment-results"]
    result = dict(ar["results"][0])
    for key in ("observations", "risks", "findings"):
        if key in result:
            result[key] = sample(result[key], 200)
    if "findings" in result:
        result["findings"] = [{k: sample(v, 50) if isinstance(v, list) else v for k, v in f.items()} for f in result["findings"]]
    definitions = dict(result["local-definitions"])
    definitions["components"] = sample(definitions["components"], 100)
    result["local-definitions"] = definitions
    for e in validators[version].iter_errors({"assessment-results": dict(ar, results=[result])}):
        raise AssertionError("%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:300]))


def props(thing):
    out = {}
    for p in thing.get("props", []):
        if p.get("ns") == NAMESPACE:
            assert p["name"] not in out or p["name"] == "floor-missed", p["name"] + " is there twice"
            out[p["name"]] = p["value"]
    return out


def walk(thing, visit, key=""):
    visit(key, thing)
    if isinstance(thing, dict):
        for k, v in thing.items():
            walk(v, visit, k)
    elif isinstance(thing, list):
        for v in thing:
            walk(v, visit, key)


def check_references(ar):
    names, used = [], []

    def visit(key, value):
        if not isinstance(value, str):
            return
        if key == "uuid":
            names.append(value)
        elif key.endswith("-uuid"):
            used.append(value)
        elif key == "href" and value.startswith("#"):
            used.append(value[1:])
        elif key == "href":
            assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+(?:#L[1-9][0-9]*)?", value) and not value.startswith("//"), value[:200]
        elif key in ("title", "description", "statement"):
            plain = re.sub(r"\\[!-/:-@\[-`{-~]", "", value)
            assert not re.search(r"[<>\[\]`*_{}~^&|\\]", plain), "%s is markup: %r" % (key, value[:200])

    walk(ar, visit)
    assert all(UUID.fullmatch(n) for n in names), "a UUID is not of version 4 or 5"
    assert len(set(names)) == len(names), "a UUID names two things"
    dangling = set(used) - set(names)
    assert not dangling, "nothing is called " + sorted(dangling)[0]


def check_observations(result, report):
    """Each finding, and each gate that has none."""
    told, want = {}, findings(report)
    by_print = {digest(f["fingerprint"]): f for f in report["findings"]}
    for o in result["observations"]:
        p = props(o)
        assert p["fingerprint"] not in told, "two observations of one fingerprint"
        told[p["fingerprint"]] = (p["gate"], p["status"], p["severity"])
        f = by_print.get(p["fingerprint"])
        if f is not None:
            same(p["subject"], f["subject"]["label"], "subject")
            assert p.get("baseline") == f["baseline"]
            assert len(o.get("relevant-evidence", [])) == sum(bool(x["path"]) for x in f["facts"])
    assert {k: v for k, v in told.items() if k in want} == want, "findings read back differ"
    quiet = {g["id"]: (g["id"], g["status"], g["severity"]) for g in report["gates"] if g["id"] not in {f["gate"] for f in report["findings"]}}
    assert {v[0]: v for k, v in told.items() if k not in want} == quiet, "gates without findings differ"
    assert len(told) == len(want) + len(quiet)


def check_risks(result, report):
    prints = {o["uuid"]: props(o)["fingerprint"] for o in result["observations"]}
    risks = {prints[r["related-observations"][0]["observation-uuid"]]: r for r in result.get("risks", [])}
    assert len(risks) == len(result.get("risks", [])) == len(report["findings"])
    for f in report["findings"]:
        r = risks[digest(f["fingerprint"])]
        assert r["status"] == RISKS[f["status"]], r["title"][:100]
        facets = {x["name"]: x["value"] for x in r["characterizations"][0]["facets"]}
        assert facets == {k: str(f[k]) for k in ("likelihood", "impact", "score", "severity")}
        if f["waiver"]:
            assert r["risk-log"]["entries"][0]["status-change"] == "deviation-approved"
            assert props(r)["waiver-expires"] == f["waiver"]["expires_on"]
            assert r["deadline"].startswith(f["waiver"]["expires_on"]) or not "1900" <= f["waiver"]["expires_on"][:4] < "3000"
        assert ("risk-log" in r) == bool(f["waiver"]) and ("remediations" in r) == bool(f["remediation"])


def check_gates(result, report):
    applies = [g for g in report["gates"] if g["status"] != "not_applicable"]
    got = result.get("findings", [])
    assert len(got) == len(applies)
    count = {}
    for f in report["findings"]:
        count[f["gate"]] = count.get(f["gate"], 0) + 1
    for g, f in zip(applies, got):
        assert f["target"]["target-id"] == g["id"] + "_obj"
        state = f["target"]["status"]
        assert state["state"] == ("satisfied" if g["status"] == "pass" else "not-satisfied") and state["reason"] == REASONS[g["status"]], g["id"]
        assert len(f.get("related-risks", [])) == count.get(g["id"], 0)
        assert len(f["related-observations"]) == count.get(g["id"], 1)


def checker(version):
    def check(text, report, schemas):
        document = json.loads(text)
        ar = document["assessment-results"]
        assert ar["metadata"]["oscal-version"] == version
        if schemas is not None:
            validate(document, version, schemas)
        if version != "1.1.3" and len(report["findings"]) > 3000:
            return  # the three differ in the version they name
        assert len(ar["results"]) == 1
        result = ar["results"][0]
        p = props(result)
        assert p["verdict"] == report["verdict"] and p["blocks"] == str(report["policy"]["blocks"]).lower()
        assert result["start"] == report["as_of"] + "T00:00:00Z"
        check_references(ar)
        check_observations(result, report)
        check_risks(result, report)
        check_gates(result, report)
        hashes = [h["value"] for r in ar["back-matter"]["resources"] for x in r.get("rlinks", []) for h in x["hashes"]]
        assert all(f["sha256"] in hashes for f in report["facts"]), "a facts file has no digest"
    return check


FORMATS = {"oscal": checker("1.1.3"), "oscal-1.0.4": checker("1.0.4"), "oscal-1.2.1": checker("1.2.1")}
