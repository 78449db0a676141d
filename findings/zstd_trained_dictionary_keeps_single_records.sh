#!/usr/bin/env bash
# Zstandard 1.5.7 (PyPI's zstandard 0.25.0). A dictionary is trained to hold what many records have in common. Trained on 1,000 records of 2.2 kB,
# each with a random number of 16 digits that stands in it once and in no other record, a dictionary of 64 kB holds 33 of these numbers,
# digit for digit, and the first 200 bytes of the answers of 14 records: whole segments of the records are copied into it, with
# whatever stands between the words that recur. Of 100 records it holds as many.
# It matters to whoever stores personal records with a dictionary and deletes some of them: the dictionary, without which no other
# record can be read, still holds parts of them.
#
# Output seen:
#   zstandard 0.25.0, Zstandard 1.5.7
#   1000 records: 33 numbers that stand once in one record, and the answers of 14 records, are in the dictionary
#   100 records: 33 numbers that stand once in one record, and the answers of 5 records, are in the dictionary
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check zstandard==0.25.0
"$folder/python/bin/python" - <<'PYTHON'
import json
import random
import sys

import zstandard

print(f"zstandard {zstandard.__version__}, Zstandard {'.'.join(map(str, zstandard.ZSTD_VERSION))}")
questions = [f"question_{k:02d}" for k in range(37)]


def record(rng):
    return {
        "case": f"{rng.randrange(10**16):016d}",
        "officer": f"{rng.randrange(10**8):08d}",
        "answers": {question: rng.choice(["yes", "no", "unknown"]) for question in questions},
        "values": {question: round(rng.gauss(0, 1), 12) for question in questions},
    }


for count, fewest in ((1000, 10), (100, 20)):
    rng = random.Random(1)
    records = [record(rng) for _ in range(count)]
    dictionary = zstandard.train_dictionary(65536, [json.dumps(r).encode() for r in records], level=1).as_bytes()
    numbers = sum(r["case"].encode() in dictionary for r in records)
    answers = sum(json.dumps(r["answers"]).encode()[:200] in dictionary for r in records)
    print(f"{count} records: {numbers} numbers that stand once in one record, and the answers of {answers} records, are in the dictionary")
    if numbers < fewest or answers < 1:
        sys.exit("Zstandard trains its dictionaries differently now")
PYTHON
