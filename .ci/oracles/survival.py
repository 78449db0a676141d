"""A survival table is read as lifelines reads it: the rate at a horizon, and concordance with the time under cross-fitting."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.utils import concordance_index

from common import DATA, WORK, amparo, close, holds

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-9
RAW = DATA / "compas_two_years_deid.csv"
# ProPublica's table with the time to the next charge: no follow-up for its own `two_year_recid`, but one in its own right.
SOURCE = (ROOT / "datasets/sources/compas-two-years.toml").read_text()
CONFIG = (ROOT / "training/configs/compas-two-years.toml").read_text()


def replaced(text, pattern, by):
    out, n = re.subn(pattern, lambda _: by, text, flags=re.DOTALL | re.MULTILINE)
    assert n == 1, (pattern, n)
    return out


def source(name, horizon, time):
    outcome = (
        f'[[outcome]]\nname = "two_year_recid"\nhorizon_days = {horizon}\ntime = {{ {time} }}\n'
        'rules = [\n  { when = { event = "1" }, status = "event" },\n  { when = { event = "0" }, status = "no_event" },\n]\n\n'
    )
    path = WORK / f"{name}.toml"
    path.write_text(replaced(SOURCE, r"^\[\[outcome\]\].*?(?=^\[\[group\]\])", outcome))
    return path


def imported(name, horizon, time, table):
    out = WORK / f"{name}.parquet"
    amparo("data", "import", "--source", source(name, horizon, time), "--in", table, "--out", out)
    return out


def described(path):
    return json.loads(amparo("data", "describe", path, "--json"))["outcomes"][0]


def kaplan_meier(days, event, horizon, **options):
    """Risk at the horizon, with its interval."""
    curve = KaplanMeierFitter(**options).fit(days, event)
    low, high = 1 - curve.confidence_interval_.loc[:horizon].iloc[-1].to_numpy()[::-1]
    return [1 - curve.predict(horizon), low, high]


table = pd.read_csv(RAW)
days, event = table["end"].to_numpy(float), table["event"].to_numpy(bool)
for horizon in (180, 365, 730):
    found = described(imported(f"survival-{horizon}", horizon, 'column = "end", unit = "days"', RAW))
    rate = found["rate"]
    assert rate["by"] == "kaplan_meier", rate
    expected = kaplan_meier(days, event, horizon)
    known = found["rate_of_known"]
    # The mistake: censored rows left out.
    close(f"COMPAS within {horizon} days", [rate["value"], *rate["interval"]], expected, TOLERANCE, [known["value"], *known["interval"]])
    counts = [found["events"], found["no_events"], found["censored"]]
    within, lost = event & (days <= horizon), ~event & (days < horizon)
    # The mistake: an event after the horizon taken for one within it.
    close(f"COMPAS within {horizon} days: counts", counts, [within.sum(), (~within & ~lost).sum(), lost.sum()], 0.5,
          [event.sum(), (~event & ~lost).sum(), lost.sum()])

# The same in months of a stated length, with the time blank where nothing happened and the length of follow-up in a column.
other = pd.read_csv(RAW, dtype=str, keep_default_na=False)
other["followed"] = (days / 30.4375).astype(str)
other["end"] = np.where(event, other["followed"], "")
other.to_csv(WORK / "months.csv", index=False)
time = 'column = "end", unit = "months", unit_days = 30.4375, blank = [""], followed_column = "followed"'
months = described(imported("survival-months", 731, time, WORK / "months.csv"))["rate"]
# The horizon of 731 days keeps the rounding of months away from the day that decides.
close("COMPAS in months", [months["value"], *months["interval"]], kaplan_meier(days, event, 731), TOLERANCE,
      kaplan_meier(days / 30.4375, event, 731))

# Concordance of a score that came with the table, judged beside a version that is cross-fitted.
config = WORK / "survival-config.toml"
config.write_text(replaced(CONFIG, r"^folds = 10$(.*?)^repeats = 3$", "folds = 3\nrepeats = 2"))
registry, out = WORK / "registry-survival", WORK / "report-survival"
cohort = WORK / "survival-730.parquet"
amparo("train", "--config", config, "--cohort", cohort, "--registry", registry)
amparo("evaluate", "--registry", registry, "--model", "compas@2", "--cohort", cohort, "--out", out, "--replicates", 100)
report = json.loads((out / "report.json").read_text())
measures = {s["name"]: s["overall"]["c_index"] for s in report["scored"]}
decile, within = table["decile_score"].to_numpy(), event & (days <= 730)
close("COMPAS: concordance of the decile", measures["decile"]["value"], concordance_index(days, -decile, within), TOLERANCE,
      concordance_index(days, -decile, event))
(version,) = [m for name, m in measures.items() if name != "decile"]
holds("the version has one too, on all rows", lambda m: m["n"] == len(table) and 0.6 < m["value"] < 0.75, version, measures["decile"] | {"n": 1})
