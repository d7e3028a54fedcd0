"""Text as reports for people and runners show it, and what no line of a log may hold.  Written from the contract, not from the engine."""
import re

INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
                       "\U000e0000-\U000e007f]")
COMMAND = re.compile(r"^\s*::|##[A-Za-z]*\[", re.M)
WORDS = {"critical": 4, "high": 3, "medium": 2, "low": 1, "info": 0}


def visible(text):
    text = re.sub(r"[\n\r\t]", " ", text)
    text = INVISIBLE.sub(lambda m: "\\u{%x}" % ord(m.group()), text)
    return re.sub("(?<=[:#])[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]", lambda m: "\\u{%x}" % ord(m.group()), text)


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


def missed_floors(report):
    return [c for c in report["conditions"] if c.startswith("min_proven:")]


def by_weight(report):
    """Without --baseline and policies in the way: score, then severity, worst first."""
    return sorted(open_findings(report), key=lambda f: (-f["score"], -WORDS[f["severity"]]))
