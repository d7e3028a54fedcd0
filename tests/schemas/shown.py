"""Text as reports for people and runners show it, and what no line of a log may hold.  Written from the contract, not from the engine."""
import re

INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
                       "\U000e0000-\U000e007f]")
COMMAND = re.compile(r"^\s*::|##[A-Za-z]*\[", re.M)


def visible(text):
    text = re.sub(r"[\n\r\t]", " ", text)
    return INVISIBLE.sub(lambda m: "\\u{%x}" % ord(m.group()), text)


def folded(text):
    return " ".join(text.split())


def commands_nobody(body, but=()):
    """`but`: lines that are commands of ours."""
    own = set(but)
    for line in body.split("\n"):
        if line not in own:
            assert not COMMAND.search(line), "a runner would act on %r" % line[:200]


def open_findings(report):
    return [f for f in report["findings"] if f["status"] != "waived"]


def missed_bounds(report):
    """Floors that are not reached, and what is worse than the ratchet holds."""
    slips = [("ratchet:open:" + w["severity"]) if w["figure"] == "open" else "ratchet:%s:%s" % (w["area"] or "overall", w["figure"])
             for w in report.get("ratchet", {}).get("worse", [])]
    return [c for c in report["conditions"] if c.startswith("min_proven:")] + slips
