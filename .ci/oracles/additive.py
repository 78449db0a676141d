"""Additive models beside interpret's: with the same rows, weights and rounds, as good on other rows, without pairs and with them."""

import numpy as np
import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier

from common import DATA, WORK, Cohort, amparo, holds, versions

TOLERANCE = 0.001
ROUNDS, RATE, N_PAIRS, L2, WEIGHT = 400, 0.015, 5, 5.0, 3.0
N_ROWS, SEEDS = 20_000, range(3)

CONFIG = """
name = "tables"
instrument = "{instrument}"
protocol = "{protocol}"
outcome = "{outcome}"
seed = 1
not_monotone = {exempt}
inner_folds = 2
least_rows = 1
calibration = "platt"
holdout = {{ kind = "cross_fit", folds = 2, repeats = 1 }}
candidate = [
  {{ name = "effects", family = "additive", rounds = {rounds}, learning_rate = {rate}, l2 = {l2}, min_weight = {weight}, pairs = 0, algorithm = "fast" }},
  {{ name = "pairs", family = "additive", rounds = {rounds}, learning_rate = {rate}, l2 = {l2}, min_weight = {weight}, pairs = {pairs}, algorithm = "fast" }},
]
"""


def by_amparo(name, fit, test, protocol, outcome):
    """Scores of the test rows without pairs and with them. Directions are not enforced, for interpret's codes have none."""
    config, registry = WORK / "tables.toml", WORK / f"registry-tables-{name}"
    config.write_text(CONFIG.format(instrument=fit.meta["instrument"]["id"], protocol=protocol, outcome=outcome, rounds=ROUNDS, rate=RATE,
                                    pairs=N_PAIRS, l2=L2, weight=WEIGHT, exempt=str([i["id"] for i in fit.indicators]).replace("'", '"')))
    amparo("train", "--config", config, "--cohort", fit.path, "--registry", registry)
    scored = [v.scored(test.path, WORK / "scores.parquet", explain=False)["log_odds"].to_numpy() for v in versions(registry, "tables")]
    # The forms that a version describes in its file are those that it scores.
    for version, scores in zip(versions(registry, "tables"), scored):
        assert np.abs(version.score(test.codes[:500]) - scores[:500]).max() <= 1e-9
    return scored


def by_interpret(fit, test, outcome):
    """Cyclic rounds to the end, with no bags, smoothing or early stopping; three leaves move each of three answers on its own.

    Its penalty is on steps, ours on tables.
    """
    rows, events, weights = fit.labelled(outcome)
    of = lambda pairs: ExplainableBoostingClassifier(
        feature_types=["continuous"] * fit.codes.shape[1], interactions=pairs, max_rounds=ROUNDS, learning_rate=RATE,
        validation_size=0, outer_bags=1, early_stopping_rounds=0, greedy_ratio=0, smoothing_rounds=0,
        interaction_smoothing_rounds=0, max_leaves=3, reg_lambda=L2, min_hessian=WEIGHT, n_jobs=1, random_state=1)
    fitted = lambda model: model.fit(fit.codes[rows].astype(float), events, sample_weight=weights / weights.mean())
    return [fitted(of(pairs)).decision_function(test.codes.astype(float)) for pairs in (0, N_PAIRS)]


def log_loss(scores, test, outcome):
    rows, events, weights = test.labelled(outcome)
    s = np.asarray(scores, float)[rows]
    return np.average(np.logaddexp(0, s) - events * s, weights=weights)


def compare(title, drawn, protocol, outcome):
    """`drawn` gives cohorts to fit on and to test on."""
    losses = {"amparo": [], "interpret": [], "share": []}
    for at, (fit, test) in enumerate(drawn):
        of = lambda scores: [log_loss(s, test, outcome) for s in scores]
        losses["amparo"].append(of(by_amparo(f"{title}-{at}", fit, test, protocol, outcome)))
        losses["interpret"].append(of(by_interpret(fit, test, outcome)))
        _, events, weights = fit.labelled(outcome)
        share = np.average(events, weights=weights)
        losses["share"].append(of([np.full(len(test.codes), np.log(share / (1 - share)))] * 2))
    mean = {who: np.mean(all, axis=0) for who, all in losses.items()}
    for at, what in enumerate(["effects", f"{N_PAIRS} pairs"]):
        ours, theirs, share = (mean[who][at] for who in ("amparo", "interpret", "share"))
        print(f"  {title}, {what}: amparo {ours:.5f}, interpret {theirs:.5f}, share of events {share:.5f} ({len(losses['amparo'])} runs)")
        holds(f"{title}, {what}: log loss within {TOLERANCE} of interpret's", lambda loss: loss <= theirs + TOLERANCE, ours, share)


def synthetic():
    for seed in SEEDS:
        paths = [WORK / f"tables-{part}.parquet" for part in ("fit", "test")]
        for path, number in zip(paths, (3_000 + seed, 4_000 + seed)):
            amparo("data", "generate", "--instrument", "vpr5.0-h", "--rows", N_ROWS, "--seed", number, "--out", path)
        yield tuple(map(Cohort, paths))


def compas():
    """Ten times two thirds of the defendants to fit on, the others to test on."""
    table = pd.read_csv(DATA / "compas_two_years_deid.csv", dtype=str, keep_default_na=False)
    for seed in range(10):
        drawn = np.random.default_rng(seed).random(len(table)) < 2 / 3
        cohorts = []
        for part, rows in (("fit", drawn), ("test", ~drawn)):
            raw, path = WORK / f"compas-{part}.csv", WORK / f"compas-{part}.parquet"
            table[rows].to_csv(raw, index=False)
            amparo("data", "import", "--source", "compas-two-years", "--in", raw, "--out", path)
            cohorts.append(Cohort(path))
        yield tuple(cohorts)


compare("synthetic", synthetic(), "es-2025", "new_assault")
compare("compas", compas(), "compas-2", "two_year_recid")
