"""Every family of ours beside the packages of others on every data set, all judged on the same rows that their models did not see.

    cargo build --release
    pip install --requirement .ci/oracles/requirements.txt
    AMPARO=target/release/amparo AMPARO_DATA=../shared/data python training/benches/peers_table.py [--rows 40000] [--only NAME ...]

Ours are cross-fitted by `amparo train`; `evaluate --predictions` says which fold each row was held out in, and the others are fitted on the rows of the other
folds. Printed are, as tables of Markdown, AUC, log loss and Brier score of all rows out of fold, each with its difference from the best of the others and a 95 % interval from
resamples of the cases, which are the same for all.
"""

import argparse
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

os.environ.setdefault("AMPARO_WORK", tempfile.mkdtemp())
sys.path.insert(0, str(Path(__file__).parents[2] / ".ci" / "oracles"))

import numpy as np
import pandas as pd

from common import DATA, WORK, Cohort, amparo
from contenders import OURS, fitted, peers
from drawn import trained

REPLICATES = 500
BLENDS = '[[hybrid]]\nbaseline = "points"\ncandidate = "boosted"\nstacked = true\n'


def imported(source, table):
    path = WORK / f"{Path(table).stem}.parquet"
    amparo("data", "import", "--source", source, "--in", DATA / table, "--out", path)
    return Cohort(path)


def synthetic(rows):
    path = WORK / "synthetic.parquet"
    amparo("data", "generate", "--rows", rows, "--seed", 501, "--out", path)
    return Cohort(path)


def peru():
    """Whether a partner was reported before (a status at intake, no follow-up), by a draft of form and source: nobody has decided bins or directions."""
    table = pd.read_csv(DATA / "peru_cem_cases.csv", dtype=str, keep_default_na=False)
    partners = (table["VINCULO_AGRESOR_VICTIMA"] == "VINCULO RELACIONAL DE PAREJA") & table["CONDICION"].isin(["NUEVO", "REINCIDENTE"])
    table = table[partners].drop(columns=["SAMPLE", "NIVEL_DE_RIESGO_VICTIMA", "VINCULO_AGRESOR_VICTIMA"])
    csv, draft, path = WORK / "peru.csv", WORK / "peru", WORK / "peru.parquet"
    table.to_csv(csv, index=False)
    amparo("data", "draft", "--name", "peru", "--outcome", "CONDICION=REINCIDENTE", "--out", draft, csv)
    amparo("data", "import", "--source", draft / "source.toml", "--in", csv, "--out", path)
    return Cohort(path)


# Name: the cohort, form if it is a file, protocol, outcome.
SETS = {
    "COMPAS": (lambda _: imported("compas-two-years", "compas_two_years_deid.csv"), None, "compas-2", "two_year_recid"),
    "Catalonia": (lambda _: imported("catalonia-savry", "catalonia_juvenile_justice_2010.csv"), None, "savry-3", "recidivism_2015"),
    "Peru": (lambda _: peru(), "peru/instrument.toml", "peru/protocol.toml", "condicion"),
    "synthetic": (synthetic, None, "es-2025", "new_assault"),
}


def ours(name, cohort, form, protocol, outcome):
    """Rows in order with fold, case, event and weight, and the probabilities and log-odds of each version out of fold."""
    has_days = f"outcome.{outcome}.days" in cohort.table
    families = {family: of for family, of in OURS.items() if family != "cox" or has_days}
    candidates = [f'name = "{family}", {of}' for family, of in families.items()]
    published = trained(f"peers-{name.lower()}", "r", cohort, protocol, outcome, candidates, enforced=True, form=form, inner_folds=2,
                        holdout="folds = 5, repeats = 1", more=BLENDS)
    path, (first, *others) = WORK / f"predictions-{name}.parquet", published
    against = [word for version in others for word in ("--against", version.reference)]
    amparo("evaluate", "--registry", first.registry, "--model", first.reference, *against, "--cohort", cohort.path, "--out", WORK / f"report-{name}",
           "--predictions", path, "--replicates", 100)
    rows = pd.read_parquet(path)
    of = {version.candidate: rows[rows["scored"] == f"{version.reference} {version.candidate}"].reset_index(drop=True) for version in published}
    about = of["points"]
    return about, {family: (one["score"].to_numpy(), one["probability"].to_numpy()) for family, one in of.items()}


def theirs(codes, y, w, fold):
    """The same by the others, each fitted on the rows of all folds but one."""
    sizes, found = codes.max(axis=0) + 1, {}
    for name in peers(sizes):
        started, p = time.process_time(), np.zeros(len(y))
        for held in np.unique(fold):
            model, rows = peers(sizes)[name], fold != held
            p[~rows] = fitted(model, codes[rows], y[rows], w[rows]).predict_proba(codes[~rows])[:, 1]
        found[name] = (p, p)
        print(f"  {name}: {time.process_time() - started:.0f} s of processor time", file=sys.stderr, flush=True)
    return found


def auc(score, y):
    """A function of weights, since the order is the same for all of them; ties count half."""
    places, inverse = np.unique(score, return_inverse=True)

    def of(w):
        events, others = (np.bincount(inverse, weights=w * is_so, minlength=len(places)) for is_so in (y, ~y))
        return events @ (np.cumsum(others) - others / 2) / events.sum() / others.sum()

    return of


def mean(losses):
    return lambda w: np.average(losses, weights=w)


def measures(score, p, y):
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return {"AUC": auc(score, y), "log loss": mean(-np.where(y, np.log(p), np.log1p(-p))), "Brier score": mean((p - y) ** 2)}


def judged(name, about, scores, n_ours):
    y, w = about["event"].to_numpy() == 1, about["weight"].to_numpy()
    case = about["case"].astype("category").cat.codes.to_numpy()
    draw = np.random.default_rng(1)
    drawn = [np.bincount(draw.integers(0, case.max() + 1, case.max() + 1), minlength=case.max() + 1)[case] * w for _ in range(REPLICATES)]
    cells = {who: [] for who in scores}
    of = {who: measures(score, p, y) for who, (score, p) in scores.items()}
    rivals = list(scores)[n_ours:]
    for metric, better in (("AUC", max), ("log loss", min), ("Brier score", min)):
        value = {who: of[who][metric](w) for who in scores}
        best = better((who for who in rivals if who != "true risk"), key=value.get)
        again = {who: np.array([of[who][metric](weights) for weights in drawn]) for who in scores}
        for who in scores:
            low, high = np.quantile(again[who] - again[best], [0.025, 0.975])
            apart = "best of the others" if who == best else f"{value[who] - value[best]:+.4f} [{low:+.4f}, {high:+.4f}]"
            cells[who] += [f"{value[who]:.4f}", apart]
    print(f"\n### {name}: {len(y)} rows, {case.max() + 1} cases, {y.sum()} events\n")
    print("| model | AUC | less the best of the others | log loss | less the best of the others | Brier score | less the best of the others |\n|" + "---|" * 7)
    for who in sorted(scores, key=lambda who: -of[who]["AUC"](w)):
        label = f"`{who}`" if list(scores).index(who) < n_ours else who
        print(f"| {label} | {' | '.join(cells[who])} |", flush=True)


def main():
    # Elastic net of scikit-learn stops before it has converged, and its centroids warn of answers that nobody of a class gave.
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS))
    asked = parser.parse_args()
    for name in asked.only:
        made, form, protocol, outcome = SETS[name]
        started, cohort = time.perf_counter(), made(asked.rows)
        form, protocol = (WORK / form if form else None), (WORK / protocol if "/" in protocol else protocol)
        about, of_ours = ours(name, cohort, form, protocol, outcome)
        print(f"{name}: ours in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
        known, y, w = cohort.labelled(outcome)
        assert (cohort.table["case"].to_numpy()[known] == about["case"]).all() and (y == (about["event"] == 1)).all()
        scores = {**of_ours, **theirs(cohort.codes[known], y, about["weight"].to_numpy(), about["fold"].to_numpy())}
        if f"oracle.{outcome}" in cohort.table:
            risk = cohort.table[f"oracle.{outcome}"].to_numpy()[known]
            scores["true risk"] = (risk, risk)
        judged(name, about, scores, len(of_ours))


main()
