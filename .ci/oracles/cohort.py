"""A cohort file opens in pandas and polars as it is, and says that it is synthetic."""

import pandas as pd
import polars as pl
import pyarrow.parquet as pq

from common import QUICKSTART, Cohort, holds

cohort = Cohort(QUICKSTART / "cohort.parquet")
table, ids = cohort.table, [i["id"] for i in cohort.indicators]
same = pl.read_parquet(cohort.path)

holds("40,000 rows, one case or more a row", lambda n: len(table) == same.height == n, 40_000, 39_999)
holds("pandas and polars read the same columns", lambda c: c == list(table.columns) and c == same.columns,
      pq.read_schema(cohort.path).names, ["case"])
texts = ["case", "date", *ids, "outcome.new_assault", *[c for c in table.columns if c.startswith("group.")]]
numbers = ["weight", "outcome.new_assault.days", *[c for c in table.columns if c.startswith("oracle.")]]
holds("texts are texts", lambda names: all(same[n].dtype == pl.String and pd.api.types.is_string_dtype(table[n]) for n in names),
      texts, numbers)
holds("numbers are numbers", lambda names: all(same[n].dtype == pl.Float64 and table[n].dtype == "float64" for n in names),
      numbers, texts)
holds("no cell is missing", lambda t: not t.isna().any().any(), table, table.assign(weight=float("nan")))


def answered(table):
    return all(table[i["id"]].isin([a["id"] for a in i["answers"]]).all() for i in cohort.indicators)


holds("every answer is one of the form's", answered, table, table.replace({ids[0]: "absent"}, "perhaps"))
holds("no answer of the form is never given", lambda t: all(t[i["id"]].nunique() == len(i["answers"]) for i in cohort.indicators),
      table, table.replace({ids[0]: "unknown"}, "absent"))
holds("the file says that it is synthetic", lambda m: "synthetic" in m["provenance"]["synthetic"]["statement"].lower(),
      cohort.meta, {"provenance": {"synthetic": {"statement": "real"}}})
