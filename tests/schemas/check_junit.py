"""JUnit: both schemas, counts, and every status and severity read back from it."""
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ET

import shown

XSDS = ("junit-windyroad.xsd", "junit-10-jenkins-xunit.xsd")


def xml_text(text):
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)


def validate(text, schemas):
    with tempfile.NamedTemporaryFile(suffix=".xml") as f:
        f.write(text)
        f.flush()
        for xsd in XSDS:
            p = subprocess.run(["xmllint", "--nonet", "--huge", "--noout", "--schema", str(schemas / "junit" / xsd), f.name],
                               capture_output=True, text=True)
            assert p.returncode == 0, "%s: %s" % (xsd, p.stderr[:500])


def read_back(case):
    """(status, severity or None) of a test case."""
    inside = list(case)
    assert len(inside) <= 1
    if not inside:
        return "pass", None
    element = inside[0]
    if element.tag == "skipped":
        return ("waived" if element.get("message").startswith("waived by ") else "not_applicable"), None
    kind = element.get("type").split(".")
    assert kind[0] == "tollgate" and (element.tag == "error") == (kind[1] == "error"), kind
    return kind[1], kind[2]


def check_gate(suite, gate, findings):
    props = {p.get("name"): p.get("value") for p in suite.find("properties")}
    assert (props["tollgate.status"], props["tollgate.severity"]) == (gate["status"], gate["severity"]), gate["id"]
    assert int(props["tollgate.score"]) == gate["score"] and int(props["tollgate.subjects.pass"]) == gate["subjects"]["pass"]
    cases = suite.findall("testcase")
    got = [read_back(c) for c in cases]
    if not findings:
        assert got == [(gate["status"], None)], "%s: %r" % (gate["id"], got)
    else:
        want = [(f["status"], None if f["status"] == "waived" else gate["severity"]) for f in findings]
        assert got == want, "%s: %r instead of %r" % (gate["id"], got[:5], want[:5])
    for c, f in zip(cases, findings):
        if f["status"] == "waived":
            assert f["waiver"]["expires_on"] in c[0].get("message") and xml_text(f["waiver"]["owner"][:70]) in c[0].get("message")
            continue
        message = f["message"] + (" (error: %s)" % f["error"] if f["error"] else "")
        assert c[0].get("message") == xml_text(message), "%r instead of %r" % (c[0].get("message"), message)
        lines = c[0].text.split("\n")
        assert lines[0] == "status: " + f["status"] and lines[1] == "severity: " + f["severity"]
        assert lines[2].startswith("score: %d (" % f["score"]) and lines[-1] == "fingerprint: " + f["fingerprint"]


def check(text, report, schemas):
    if schemas is not None:
        validate(text, schemas)
    shown.commands_nobody(text.decode("utf-8"))
    root = ET.fromstring(text)
    suites = root.findall("testsuite")
    names = set()
    for n, suite in enumerate(suites):
        cases = suite.findall("testcase")
        tags = [c[0].tag for c in cases if len(c)]
        assert suite.get("id") == str(n)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(attribute)) == tags.count(tag), "%s of %s" % (attribute, suite.get("name"))
        assert int(suite.get("tests")) == len(cases) > 0
        for c in cases:
            key = c.get("classname"), shown.folded(c.get("name"))
            assert key not in names and c.get("classname").count(".") == 2 or key[0] == "tollgate.floors", "twice: %r" % (key,)
            names.add(key)
    if suites and suites[-1].get("package") == "tollgate":
        floors = [c for c in suites.pop().findall("testcase")]
        got = [c.get("name") for c in floors if read_back(c) == ("floor", "high")]
        assert sorted(got) == sorted(shown.missed_floors(report)), "floors: %r" % got
    else:
        assert not shown.missed_floors(report)
    findings = {}
    for f in report["findings"]:
        findings.setdefault(f["gate"], []).append(f)
    assert len(suites) == len(report["gates"])
    for suite, gate in zip(suites, report["gates"]):
        check_gate(suite, gate, findings.get(gate["id"], []))


FORMATS = {"junit": check}
