"""The risk register as a workbook, read back with openpyxl."""
import io
import json
import re
import zipfile

import jsonschema
from register import CELL, COLUMNS, NUMBERS, check_rows, sample, units


def as_text(name, cell):
    if cell is None:
        return ""
    if name in NUMBERS:
        assert isinstance(cell, int), "%s holds %r" % (name, cell)
        return str(cell)
    assert isinstance(cell, str), "%s holds %r" % (name, cell)
    assert units(cell) <= CELL
    return cell


def check_parts(text):
    """Nothing in the file computes or loads."""
    with zipfile.ZipFile(io.BytesIO(text)) as z:
        assert z.testzip() is None
        for name in z.namelist():
            assert "external" not in name.lower() and "vba" not in name.lower(), name
            part = z.read(name)
            assert b'TargetMode="External"' not in part, name + " loads something"
            if "worksheets/" in name:
                assert b"<f>" not in part and b"<f " not in part and b"<hyperlink" not in part, name + " has a formula or a link"
                sheet = part
        return sheet


def check_layout(book, report):
    sheet = book.active
    assert sheet.title == "Risk register" and sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:X%d" % max(2, sheet.max_row), sheet.auto_filter.ref
    assert sheet.print_title_rows in ("1:1", "$1:$1") and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert all(c.font.bold for c in sheet[1]), "the header has no style"
    assert book.properties.created.date().isoformat() == report["as_of"], "created on %s" % book.properties.created


def check(text, report, schemas):
    part = check_parts(text)
    records = len(re.findall(rb"<row ", part))
    if records > 3000:  # openpyxl takes its time: the findings of long reports are compared in the CSV, which has the same cells
        busy = {f["gate"] for f in report["findings"]}
        assert records == 1 + len(report["findings"]) + sum(g["id"] not in busy for g in report["gates"])
        return
    import openpyxl  # a build without workbooks is tested without it
    book = openpyxl.load_workbook(io.BytesIO(text))
    check_layout(book, report)
    lines = list(book.active.iter_rows(values_only=True))
    assert list(lines[0]) == COLUMNS, lines[0]
    rows = [{name: as_text(name, cell) for name, cell in zip(COLUMNS, line)} for line in lines[1:]]
    check_rows(rows, report)
    for f, row in ((f, r) for f in report["findings"] for r in rows if r["fingerprint"] in f["fingerprint"]):
        if len(f["message"]) > CELL:
            assert row["message"].endswith(" [cut]"), "a cut is not marked"
    if schemas is not None:
        with open(schemas / "tollgate-authored" / "risk-register-row.schema.json", encoding="utf-8") as f:
            validator = jsonschema.Draft202012Validator(json.load(f))
        for row in sample(rows):
            for e in validator.iter_errors(row):
                raise AssertionError("%s: %s" % (row["risk_id"][:100], e.message[:300]))


FORMATS = {"xlsx": check}
