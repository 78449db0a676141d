"""What the oracles of families share: cohorts to fit and to test on, drawn anew for each run, and an experiment."""

import numpy as np
import pandas as pd

from common import DATA, WORK, Cohort, amparo, versions

CONFIG = """
name = "{name}"
instrument = "{instrument}"
protocol = "{protocol}"
outcome = "{outcome}"
seed = {seed}
not_monotone = {exempt}
inner_folds = {inner_folds}
least_rows = 1
calibration = "platt"
holdout = {{ kind = "cross_fit", {holdout} }}
candidate = [
{candidates}
]
{more}
"""


def trained(name, registry, cohort, protocol, outcome, candidates, enforced=False, holdout="folds = 2, repeats = 1", seed=1, inner_folds=2, form=None, more=""):
    """The versions of some candidates, in order, with whatever more the config says. Directions are enforced only if asked for, as others have none."""
    config, registry = WORK / f"{name}.toml", WORK / f"registry-{name}-{registry}"
    exempt = str([i["id"] for i in cohort.indicators if not enforced]).replace("'", '"')
    config.write_text(CONFIG.format(name=name, instrument=form or cohort.meta["instrument"]["id"], protocol=protocol, outcome=outcome, exempt=exempt, seed=seed, inner_folds=inner_folds,
                                    holdout=holdout, more=more,
                                    candidates="\n".join(f"  {{ {candidate} }}," for candidate in candidates)))
    amparo("train", "--config", config, "--cohort", cohort.path, "--registry", registry)
    return versions(registry, name)


def thermometer(cohort):
    """A step from each known answer to the next, and a column for `unknown`; without columns that no row has, which weigh nothing."""
    columns, answers = [], []
    for j, indicator in enumerate(cohort.indicators):
        codes, unknown = cohort.codes[:, j], len(indicator["answers"]) - 1
        for answer in range(1, unknown + 1):
            columns.append(codes == answer if answer == unknown else (codes >= answer) & (codes < unknown))
            answers.append((j, answer))
    x = np.column_stack(columns).astype(float)
    return x[:, x.any(axis=0)], [a for a, any_row in zip(answers, x.any(axis=0)) if any_row]


def scored(published, test):
    """Log-odds of the test rows by each version, which are those of the forms that its file describes."""
    scores = [v.scored(test.path, WORK / "scores.parquet", explain=False)["log_odds"].to_numpy() for v in published]
    for version, of_rows in zip(published, scores):
        assert np.abs(version.score(test.codes[:500]) - of_rows[:500]).max() <= 1e-9
    return scores


def synthetic(name, n_rows, first_fit, first_test, runs):
    """Forms to fit on and others to test on, with seeds that count up from the first ones."""
    for run in range(runs):
        paths = [WORK / f"{name}-{part}.parquet" for part in ("fit", "test")]
        for path, number in zip(paths, (first_fit + run, first_test + run)):
            amparo("data", "generate", "--instrument", "vpr5.0-h", "--rows", n_rows, "--seed", number, "--out", path)
        yield tuple(map(Cohort, paths))


def compas(name, runs):
    """Each time two thirds of the defendants to fit on, the others to test on."""
    table = pd.read_csv(DATA / "compas_two_years_deid.csv", dtype=str, keep_default_na=False)
    for seed in range(runs):
        drawn = np.random.default_rng(seed).random(len(table)) < 2 / 3
        cohorts = []
        for part, rows in (("fit", drawn), ("test", ~drawn)):
            raw, path = WORK / f"{name}-{part}.csv", WORK / f"{name}-{part}.parquet"
            table[rows].to_csv(raw, index=False)
            amparo("data", "import", "--source", "compas-two-years", "--in", raw, "--out", path)
            cohorts.append(Cohort(path))
        yield tuple(cohorts)
