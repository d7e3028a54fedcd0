"""The risk register as CSV: RFC 4180, columns, formula guard, and the findings of the report read back."""
import csv
import io
import json

import jsonschema
from register import COLUMNS, RUNS, check_rows, sample

csv.field_size_limit(1 << 30)


def validate(rows, schemas):
    with open(schemas / "tollgate-authored" / "risk-register-row.schema.json", encoding="utf-8") as f:
        validator = jsonschema.Draft202012Validator(json.load(f))
    for row in sample(rows):
        for e in validator.iter_errors(row):
            raise AssertionError("%s: %s" % (row["risk_id"][:100], e.message[:300]))


def check_separator(text, separator):
    """A spreadsheet that was told another separator sees other cells; none of them may run either."""
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        for cell in line:
            assert not cell.lstrip('"').startswith(RUNS), "split at %r, the cell %r would run" % (separator, cell[:100])


def check(text, report, schemas):
    text = text.decode("utf-8")
    assert text.endswith("\r\n") and text.count("\n") == text.count("\r") == text.count("\r\n"), "lines end in CR LF, and nowhere else"
    for command in ("##[", "##vso[", "::set-output", "::error"):
        assert command not in text, "a build runner would see " + command
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert lines[0] == COLUMNS, lines[0]
    assert len(lines) == text.count("\n"), "a line is a record"
    assert all(len(line) == len(COLUMNS) for line in lines), "a record has another number of cells"
    rows = [dict(zip(COLUMNS, line)) for line in lines[1:]]
    check_rows(rows, report)
    check_separator(text, ";")
    check_separator(text, "\t")
    if schemas is not None:
        validate(rows, schemas)


def check_marked(text, report, schemas):
    assert text.startswith(b"\xef\xbb\xbf"), "no byte order mark"
    check(text[3:], report, schemas)


def check_unmarked(text, report, schemas):
    assert not text.startswith(b"\xef\xbb\xbf"), "a byte order mark, which scripts choke on"
    check(text, report, schemas)


FORMATS = {"csv": check_unmarked, "csv-bom": check_marked}
