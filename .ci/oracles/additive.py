"""Additive models beside interpret's: with the same rows, weights and rounds, as good on other rows, without pairs and with them."""

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier

from common import holds
from drawn import compas, scored, synthetic, trained

TOLERANCE = 0.001
ROUNDS, RATE, N_PAIRS, L2, WEIGHT = 400, 0.015, 5, 5.0, 3.0
N_ROWS = 20_000

ADDITIVE = f'family = "additive", rounds = {ROUNDS}, learning_rate = {RATE}, l2 = {L2}, min_weight = {WEIGHT}, algorithm = "fast"'
CANDIDATES = [f'name = "effects", {ADDITIVE}, pairs = 0', f'name = "pairs", {ADDITIVE}, pairs = {N_PAIRS}']


def by_amparo(name, fit, test, protocol, outcome):
    """Scores of the test rows without pairs and with them."""
    return scored(trained("tables", name, fit, protocol, outcome, CANDIDATES), test)


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


compare("synthetic", synthetic("tables", N_ROWS, 3_000, 4_000, runs=3), "es-2025", "new_assault")
compare("compas", compas("tables", runs=10), "compas-2", "two_year_recid")
