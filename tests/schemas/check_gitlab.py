"""GitLab's Code Quality: its own schema of an entry, ours of the file, one entry for each open finding."""
import json
import os
import re

import jsonschema

import shown

SEVERITY = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor", "info": "info"}


def check(text, report, schemas):
    shown.commands_nobody(text.decode("utf-8"))
    assert not text.startswith(b"\xef\xbb\xbf")
    entries = json.loads(text)
    if schemas is not None:
        item = jsonschema.Draft7Validator(json.loads((schemas / "gitlab" / "codeclimate.json").read_text()))
        whole = jsonschema.Draft202012Validator(
            json.loads((schemas / "tollgate-authored" / "gitlab-code-quality-report.schema.json").read_text()))
        sample = entries[::max(1, len(entries) // 400)]
        for e in sample:
            item.validate(e)
        # a name like `a:b.yaml` is no drive: the schema cannot know
        named = [dict(e, location=dict(e["location"], path=re.sub(r"^(?=[A-Za-z]:)", "_", e["location"]["path"]))) for e in sample]
        whole.validate(named)
    findings = {f["fingerprint"].split(":")[1]: f for f in shown.open_findings(report)}
    assert len(entries) == len(findings) and {e["fingerprint"] for e in entries} == set(findings)
    for e in entries:
        f = findings[e["fingerprint"]]
        assert e["check_name"] == "tollgate/" + f["gate"] and e["severity"] == SEVERITY[f["severity"]]
        m = re.match(r"(?P<gate>.*?) \((?P<severity>[a-z]+), (?P<score>\d+)(, (?P<status>unknown|error))?(, (?P<base>[a-z]+))?\): ",
                     e["description"])
        got = m["gate"], m["severity"], int(m["score"]), m["status"] or "fail", m["base"]
        assert got == (f["gate"], f["severity"], f["score"], f["status"], f["baseline"]), "%r" % (got,)
        message = f["message"] + (" (error: %s)" % f["error"] if f["error"] else "")
        assert e["description"][m.end():] == shown.visible(message), e["description"]
        path = e["location"]["path"]
        assert path in ("<stdin>", "<facts>") or os.path.exists(path), path


FORMATS = {"gitlab": check}
