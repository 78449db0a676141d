#!/usr/bin/env bash
# PySpark 4.3.0. A data frame may have a column whose name holds a dot: it is counted, collected, shown and turned into pandas. mapInArrow, mapInPandas and
# applyInPandas refuse the same frame, whatever the function does with it: the name is taken for a field of a structure, and the message suggests the very name
# that was not found. Renamed without a dot, all three give the rows.
# It matters to whoever scores on Spark: tables of models name columns `value.I01` or `outcome.new_assault`, and nothing tells before the first run of a function.
#
# Output seen:
#   pyspark 4.3.0
#   collected: [Row(case=1, value.I01=2.0)]
#   mapInPandas: value.I01 refused (UNRESOLVED_COLUMN), value_I01 gives 1 row
#   mapInArrow: value.I01 refused (UNRESOLVED_COLUMN), value_I01 gives 1 row
#   applyInPandas: value.I01 refused (UNRESOLVED_COLUMN), value_I01 gives 1 row
# Needs Java 17 or later.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check pyspark==4.3.0 pandas==2.3.3 pyarrow==26.0.1
cd "$folder"
"$folder/python/bin/python" - 2>"$folder/log" <<'PYTHON'
import sys

import pyspark
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
print(f"pyspark {pyspark.__version__}")
dotted = spark.createDataFrame([(1, 2.0)], ["case", "value.I01"])
plain = dotted.withColumnRenamed("value.I01", "value_I01")
print(f"collected: {dotted.collect()}")
calls = {
    "mapInPandas": lambda frame: frame.mapInPandas(lambda parts: parts, frame.schema),
    "mapInArrow": lambda frame: frame.mapInArrow(lambda parts: parts, frame.schema),
    "applyInPandas": lambda frame: frame.groupBy("case").applyInPandas(lambda part: part, frame.schema),
}
changed = False
for name, call in calls.items():
    try:
        call(dotted).collect()
        said = "taken"
    except AnalysisException as error:
        said = f"refused ({str(error).split('[')[1].split('.')[0]})"
    rows = len(call(plain).collect())
    print(f"{name}: value.I01 {said}, value_I01 gives {rows} row")
    changed |= said != "refused (UNRESOLVED_COLUMN)" or rows != 1
spark.stop()
if changed:
    sys.exit("columns with a dot are treated otherwise now")
PYTHON
