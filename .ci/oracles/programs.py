"""What is read of which program: the table of datasets/README.md, made anew from files that the programs write.

pandas, polars, pyarrow, openpyxl and R run here. Workbooks need a build with the feature `xlsx`. Excel, SPSS and Stata do not: of them, texts in their dialect are read. The script fails if the
table is not the one that it makes; it prints that one.
"""

import datetime
import subprocess
from pathlib import Path

import openpyxl
import openpyxl.utils.datetime
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import xlsxwriter

from common import WORK, Cohort, amparo, holds

FORM = """
id = "toy"
title = { es = "pequeño", en = "small" }
source = "made up"

[[factor]]
id = "all"
label = { es = "todo", en = "all" }

[answers]
binary = [{ id = "absent", es = "ausente", en = "absent" }, { id = "present", es = "presente", en = "present" }]

[bins.many]
unit = "times"
from = [0, 1]
most = 99
answers = ["absent", "present"]
"""
for name, bins in [("A", ""), ("B", 'bins = "many"\n')]:
    FORM += f"""
[[indicator]]
id = "{name}"
{bins}factor = "all"
polarity = "risk"
correctable = false
answers = "binary"
label = {{ es = "{name}", en = "{name}" }}
"""

# What a source states beyond the columns stands in braces.
SOURCE = """
id = "toy"
title = "made up"
origin = "nobody"
instrument = "form.toml"
never_answers = []
{sections}
[case]
column = "id"
unique = true

[date]
column = "day"
format = "{format}"
{zone}unknown = ["{missing}"]

[values.yes_no]
"sí" = "present"
no = "absent"
"{missing}" = "unknown"

[[indicator]]
id = "A"
column = "a"
values = "yes_no"

[[indicator]]
id = "B"
column = "b"
unit = "times"
unknown = ["{missing}"]

[[outcome]]
name = "again"
rules = [{{ when = {{ again = "0" }}, status = "no_event" }}, {{ when = {{ again = "1" }}, status = "event" }}]

[[group]]
name = "sex"
column = "sex"
values = {{ mujer = "woman", hombre = "man" }}
"""
PLAIN = {"sections": "", "format": "%Y-%m-%d", "zone": "", "missing": ""}
DAY = datetime.date(2025, 1, 31)
ROWS = {
    "id": [1, 2, 3, 4],
    "day": [DAY, datetime.date(2025, 8, 1), None, DAY],
    "a": ["sí", "no", None, "sí"],
    "b": [0.5, None, 2.5, 1.0],
    "again": [0, 1, 0, 1],
    "sex": ["mujer", "hombre", "mujer", "hombre"],
}
WRONG = ROWS | {"b": [1.5, None, 2.5, 1.0]}


def typed(rows):
    return pd.DataFrame(rows).assign(day=lambda t: pd.to_datetime(t["day"]), sex=lambda t: t["sex"].astype("category"))


def zoned(rows, zone):
    return typed(rows).assign(day=lambda t: t["day"].dt.tz_localize("Europe/Madrid").dt.tz_convert(zone))


def arrow(rows):
    return pa.table(rows)


def lines(rows, separator=",", end="\r\n", point=".", day="%Y-%m-%d", missing="", case=str):
    """The text of a CSV table in some dialect."""
    def cell(value):
        match value:
            case None:
                return missing
            case datetime.date():
                return case(value.strftime(day))
            case float():
                return f"{value:g}".replace(".", point)
            case _:
                return str(value)

    table = [list(rows), *([cell(value) for value in row] for row in zip(*rows.values(), strict=True))]
    return "".join(separator.join(row) + end for row in table)


def by_r(call):
    def write(rows, path):
        rds = WORK / "programs-r.csv"
        rds.write_text(lines(rows), encoding="utf-8")
        code = f'''t <- read.csv("{rds}", encoding = "UTF-8", na.strings = "", colClasses = c(day = "Date")); {call.format(path=path)}'''
        subprocess.run(["Rscript", "-e", code], check=True, capture_output=True)
    return write


def text(encoding, **dialect):
    return lambda rows, path: path.write_bytes(lines(rows, **dialect).encode(encoding))


def workbook(rows, path, sheets=("cases",), epoch=openpyxl.utils.datetime.WINDOWS_EPOCH, day=lambda day: day):
    """A workbook with the table on its first sheet: types, formats and days as a person enters them."""
    book = openpyxl.Workbook()
    book.epoch = epoch
    book.active.title = sheets[0]
    for name in sheets[1:]:
        book.create_sheet(name).append(["about this workbook"])
    book.active.append(list(rows))
    for row in zip(*rows.values(), strict=True):
        book.active.append([day(cell) if isinstance(cell, datetime.date) else cell for cell in row])
        for cell in book.active[book.active.max_row]:
            if isinstance(cell.value, float):
                cell.number_format = "0%"
    # A row that was filled once, and one that a filter hides.
    book.active.cell(book.active.max_row + 3, 2).number_format = "dd/mm/yyyy"
    book.active.row_dimensions[3].hidden = True
    book.save(path)


def formulas(rows, path):
    """A workbook whose numbers are formulas, with the values of their last calculation."""
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "d mmm yyyy"})
        sheet.write_row(0, 0, list(rows))
        for row, cells in enumerate(zip(*rows.values(), strict=True), 1):
            for column, cell in enumerate(cells):
                match cell:
                    case None:
                        sheet.write_blank(row, column, None, day)
                    case datetime.date():
                        sheet.write_datetime(row, column, cell, day)
                    case float():
                        sheet.write_formula(row, column, f"={cell}*1", value=cell)
                    case _:
                        sheet.write(row, column, cell)


def uncalculated(rows, path):
    """The same by openpyxl, which calculates nothing."""
    formulas(rows, path)
    openpyxl.load_workbook(path).save(path)


SPAIN = '[csv]\nseparator = ";"\n\n[numbers]\ndecimal = ","\n'
SPAIN_1252 = '[csv]\nseparator = ";"\nencoding = "windows-1252"\n\n[numbers]\ndecimal = ","\n'
SHEET = '[xlsx]\nsheet = "cases"\n'
ZONE = 'zone = "Europe/Madrid"\n'
# Program, what it writes, ending, writer, what the source states for it.
FILES = [
    ("pandas", "`to_csv`", "csv", lambda r, p: typed(r).to_csv(p, index=False), {}),
    ("pandas", "`to_csv`, compressed", "csv.gz", lambda r, p: typed(r).to_csv(p, index=False), {}),
    ("pandas", "`to_csv(na_rep=\"NA\")`", "csv", lambda r, p: typed(r).to_csv(p, index=False, na_rep="NA"), {"missing": "NA"}),
    ("pandas", "`to_csv(encoding=\"utf-16\")`", "csv", lambda r, p: typed(r).to_csv(p, index=False, encoding="utf-16"), {}),
    ("pandas", "`to_parquet`", "parquet", lambda r, p: typed(r).to_parquet(p), {}),
    ("pandas", "`to_parquet`, days as moments of Madrid", "parquet", lambda r, p: zoned(r, "Europe/Madrid").to_parquet(p), {}),
    ("pandas", "`to_parquet`, the same moments in UTC", "parquet", lambda r, p: zoned(r, "UTC").to_parquet(p), {"zone": ZONE}),
    ("pandas", "`to_excel`", "xlsx", lambda r, p: typed(r).to_excel(p, index=False), {}),
    ("pandas", "`to_stata`", "dta", lambda r, p: typed(r).assign(a=lambda t: t["a"].fillna("").astype(object)).to_stata(p, write_index=False, version=118), None),
    ("polars", "`write_csv`", "csv", lambda r, p: pl.DataFrame(r).write_csv(p), {}),
    ("polars", "`write_parquet`", "parquet", lambda r, p: pl.DataFrame(r).write_parquet(p), {}),
    ("polars", "`write_parquet`, categories", "parquet",
     lambda r, p: pl.DataFrame(r).with_columns(pl.col("sex", "a").cast(pl.Categorical)).write_parquet(p), {}),
    ("polars", "`write_excel`", "xlsx", lambda r, p: pl.DataFrame(r).write_excel(p), {}),
    ("openpyxl", "workbook of one sheet", "xlsx", workbook, {}),
    ("openpyxl", "workbook of three sheets", "xlsx", lambda r, p: workbook(r, p, ("cases", "about", "old")), {"sections": SHEET}),
    ("openpyxl", "workbook that counts days from 1904", "xlsx", lambda r, p: workbook(r, p, epoch=openpyxl.utils.datetime.MAC_EPOCH), {}),
    ("openpyxl", "workbook with days as texts", "xlsx", lambda r, p: workbook(r, p, day=lambda day: f"{day:%d/%m/%Y}"), {"format": "%d/%m/%Y"}),
    ("openpyxl", "workbook with formulas that no program has calculated", "xlsx", uncalculated, None),
    ("pyarrow", "`csv.write_csv`", "csv", lambda r, p: pa.csv.write_csv(arrow(r), p), {}),
    ("pyarrow", "`parquet.write_table`", "parquet", lambda r, p: pq.write_table(arrow(r), p), {}),
    ("R", "`write.csv`", "csv", by_r('write.csv(t, "{path}", row.names = FALSE, fileEncoding = "UTF-8")'), {"missing": "NA"}),
    ("R", "`write.csv(na = \"\")`", "csv", by_r('write.csv(t, "{path}", row.names = FALSE, na = "", fileEncoding = "UTF-8")'), {}),
    ("R", "`write.csv2(na = \"\")`", "csv", by_r('write.csv2(t, "{path}", row.names = FALSE, na = "", fileEncoding = "UTF-8")'), {"sections": SPAIN}),
    ("Excel", "CSV UTF-8, English", "csv", text("utf-8-sig"), {}),
    ("Excel", "CSV UTF-8, Spanish", "csv", text("utf-8-sig", separator=";", point=",", day="%d/%m/%Y"), {"sections": SPAIN, "format": "%d/%m/%Y"}),
    ("Excel", "CSV, Spanish", "csv", text("cp1252", separator=";", point=",", day="%d/%m/%Y"), {"sections": SPAIN_1252, "format": "%d/%m/%Y"}),
    ("Excel", "Unicode text, named `.tsv`", "tsv", text("utf-16", separator="\t"), {}),
    ("Excel", "workbook, as XlsxWriter writes it: formulas with their values", "xlsx", formulas, {}),
    ("Excel", "workbook of before 2007", "xls", text("utf-8"), None),
    ("SPSS", "CSV, Spanish", "csv", text("utf-8-sig", separator=";", point=",", day="%d-%b-%Y", case=str.upper), {"sections": SPAIN, "format": "%d-%b-%Y"}),
    ("SPSS", "system file", "sav", text("utf-8"), None),
    ("Stata", "`export delimited`", "csv", text("utf-8", end="\n", day="%d%b%Y", case=str.lower), {"format": "%d%b%Y"}),
]


def imported(table, states):
    """The fingerprint of a table by a source that states something, or nothing if it is refused."""
    (WORK / "form.toml").write_text(FORM)
    (WORK / "programs.toml").write_text(SOURCE.format(**PLAIN | states))
    out = WORK / "programs.parquet"
    out.unlink(missing_ok=True)
    command = ["data", "import", "--source", WORK / "programs.toml", "--in", table, "--out", out]
    try:
        amparo(*command)
    except AssertionError:
        amparo(*command, code=2)
        return None
    return Cohort(out).meta["fingerprint"]


def stated(states):
    """What a source states, in the words of a table."""
    said = []
    for key, value in states.items():
        match key:
            case "sections":
                said += [f"`{section}.{key}`" for section, block in (part.split("]\n", 1) for part in value.strip("\n[").split("\n\n["))
                         for key in (line.split(" =")[0] for line in block.strip().splitlines())]
            case "missing":
                said.append("the text of a missing value")
            case _:
                said.append(f"`date.{key}`")
    return ", ".join(said)


reference = WORK / "programs-reference.csv"
reference.write_text(lines(ROWS), encoding="utf-8")
expected = imported(reference, {})
table = ["| program | file | read | the source states |", "|---|---|---|---|"]
for program, what, ending, write, states in FILES:
    path = WORK / f"programs-table.{ending}"

    def by(rows, states, write=write, path=path):
        path.unlink(missing_ok=True)
        write(rows, path)
        return imported(path, states)

    if states is None:
        holds(f"{program}, {what}: refused", lambda found: found is None, by(ROWS, {}), expected)
    else:
        holds(f"{program}, {what}: the same cohort", lambda found: found == expected, by(ROWS, states), by(WRONG, states))
    # Nothing is asked of a source that is not needed.
    for key in states or {}:
        less = {other: value for other, value in states.items() if other != key}
        holds(f"{program}, {what}: needs {key}", lambda found: found is None, by(ROWS, less), expected)
    table.append(f"| {program} | {what} (`.{ending}`) | {'no' if states is None else 'yes'} | {stated(states or {}) or '-'} |")

print("\n".join(table))
readme = (Path(__file__).parents[2] / "datasets/README.md").read_text()
holds("the table of the README is this one", lambda table: "\n\n" + "\n".join(table) + "\n\n" in readme, table, table[:-1])
