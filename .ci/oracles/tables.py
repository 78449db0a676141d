"""A foreign table means the same whatever program wrote it, however it is packed: pandas, polars and pyarrow against CSV."""

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from common import DATA, WORK, Cohort, amparo, holds

RAW = DATA / "compas_two_years_deid.csv"


def imported(name, table):
    out = WORK / f"{name}.parquet"
    amparo("data", "import", "--source", "compas-two-years", "--in", table, "--out", out)
    return Cohort(out).meta["fingerprint"]


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
