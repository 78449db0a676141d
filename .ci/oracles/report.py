"""report.json against its published schema, by jsonschema, and against report.csv, by the csv module."""

import csv
import json
from collections import Counter
from copy import deepcopy
from pathlib import Path

from jsonschema import Draft202012Validator

from common import QUICKSTART, holds

PUBLISHED = Path(__file__).parents[2] / "evaluation" / "schema" / "report.schema.json"
NUMBERS = ("at", "from", "to", "value", "low", "high", "simultaneous_low", "simultaneous_high", "n", "events", "detectable")


def main():
    schema = json.loads(PUBLISHED.read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    folder = QUICKSTART / "report"
    assert json.loads((folder / "report.schema.json").read_text()) == schema, "another schema stands beside the report"
    for name in ("report", "lethality"):
        report = json.loads((folder / f"{name}.json").read_text())
        # A report of a quickstart takes the validator a while: it is asked about it once.
        is_right = validator.is_valid(report)
        is_valid = lambda other: is_right if other is report else validator.is_valid(other)
        for mistake in mistakes(report):
            holds(f"{name}.json is as its schema says", is_valid, report, mistake)
        with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        measures, numbers = in_json(report)
        lost = lambda found: found == measures
        fewer = measures - Counter([next(iter(measures))])
        holds(f"{name}.csv: each of {measures.total()} measures once", lost, in_csv(lines), fewer)
        cells = {number(line[column].lstrip("<")) for line in lines for column in NUMBERS if line[column]}
        holds(f"{name}.csv: {len(numbers)} different numbers, no other", lambda found: found == numbers, cells, cells | {0.123456789})


def mistakes(report):
    """The report with one thing wrong each."""
    extra, absent, text, other = (deepcopy(report) for _ in range(4))
    extra["scored"][0]["overall"]["auc"]["p_value"] = 0.04
    del absent["scored"][0]["groups"][0]["gaps"][0]["equivalence"]
    text["rows"]["n"] = "many"
    other["format"] += 1
    return extra, absent, text, other


def number(text):
    return float(text)


def in_json(report):
    """Measures with how often each occurs, and all numbers."""
    measures, numbers = Counter(), set()

    def visit(value):
        if isinstance(value, dict):
            if "state" in value:
                measures[(value["state"], *(value.get(field) for field in ("value", "low", "high", "n", "events")))] += 1
            for inner in value.values():
                visit(inner)
        elif isinstance(value, list):
            for inner in value:
                visit(inner)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers.add(float(value))

    visit(report)
    return measures, numbers


def in_csv(lines):
    found = Counter()
    for line in lines:
        if line["state"]:
            # A bin keeps its rows also where its rate is undefined.
            bare = line["state"] == "undefined"
            fields = [None if bare or not line[field] else number(line[field]) for field in ("value", "low", "high", "n", "events")]
            found[(line["state"], *fields)] += 1
    return found


main()
