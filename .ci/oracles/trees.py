"""A single tree and a random forest beside scikit-learn's: with the same rows, weights and parameters, as good on other rows."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from boosters import numbers
from common import close, holds
from drawn import compas, scored, synthetic, trained

AUC, LOSS = 0.006, 0.002
DEPTH, ROWS, SMOOTHING = 5, 60, 5.0
TREES, FOREST_DEPTH, FOREST_ROWS, SHARE = 40, 6, 20, 0.3

CANDIDATES = [
    f'name = "tree", family = "tree", depth = {DEPTH}, min_rows = {ROWS}, smoothing = {SMOOTHING}',
    f'name = "bagged", family = "random_forest", trees = {TREES}, depth = {FOREST_DEPTH}, min_rows = {FOREST_ROWS}, rows = 1.0, indicators = {SHARE}',
]


def by_amparo(name, fit, test, protocol, outcome):
    """Scores of the test rows by the tree and by the forest."""
    published = trained("cart", name, fit, protocol, outcome, CANDIDATES)
    scores = scored(published, test)
    by_hand(published, fit, outcome)
    return scores


def by_hand(published, fit, outcome):
    """What the documentation says of the scores, from the rows and the published trees alone."""
    rows, events, weights = fit.labelled(outcome)
    weights, tree, forest = weights / weights.mean(), published[0].model, published[1].model
    r = np.average(events, weights=weights)
    logit = np.log(r / (1 - r))
    score = published[0].score(fit.codes[rows])
    leaves, of = np.unique(score, return_inverse=True)
    total, had = np.bincount(of, weights), np.bincount(of, weights * events)
    smooth = (had + SMOOTHING * r) / (total + SMOOTHING)
    assert len(leaves) > 5 and total.min() >= ROWS - 1e-3, total
    close(f"log-odds of {len(leaves)} leaves are those of the smoothed shares", leaves, np.log(smooth / (1 - smooth)), 1e-5,
          np.log(had / total / (1 - had / total)))
    close("start is the log-odds of the share of events", [tree["base"], forest["base"]], [logit, logit], 1e-6, [r, r])
    # Each leaf as a share of events: within 0 and 1, as it is the share of some rows.
    leaves = np.array([node["leaf"] for t in forest["trees"] for node in t if "leaf" in node]) * TREES
    between = lambda p: p.min() >= -1e-4 and p.max() <= 1 + 1e-4
    holds("leaves of the forest are shares of events", between, r + leaves * r * (1 - r), r + leaves)


def by_scikit_learn(fit, test, outcome):
    rows, events, weights = fit.labelled(outcome)
    unknown = [len(i["answers"]) - 1 for i in fit.indicators]
    x, others, r = numbers(fit.codes, unknown)[rows], numbers(test.codes, unknown), np.average(events, weights=weights)
    fitted = lambda model: model.fit(x, events, sample_weight=weights / weights.mean()).predict_proba(others)[:, 1]
    tree = np.clip(fitted(DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=ROWS, random_state=1)), 0.01, 0.99)
    forest = fitted(RandomForestClassifier(TREES, max_depth=FOREST_DEPTH, min_samples_leaf=FOREST_ROWS, max_features=SHARE, random_state=1))
    return [np.log(tree / (1 - tree)), (forest - r) / (r * (1 - r))]


def judged(scores, test, outcome):
    """AUC, and log loss after a logistic line that was fitted on the other half of the rows."""
    rows, events, weights = test.labelled(outcome)
    s, half = np.asarray(scores, float)[rows, None], np.arange(len(rows)) % 2 == 0
    losses = []
    for on, other in ((half, ~half), (~half, half)):
        line = LogisticRegression(C=1e6).fit(s[on], events[on], sample_weight=weights[on])
        losses.append(log_loss(events[other], line.predict_proba(s[other])[:, 1], sample_weight=weights[other]))
    return roc_auc_score(events, s[:, 0], sample_weight=weights), np.mean(losses)


def compare(title, drawn, protocol, outcome):
    found = {"amparo": [], "scikit-learn": []}
    for at, (fit, test) in enumerate(drawn):
        found["amparo"].append([judged(s, test, outcome) for s in by_amparo(f"{title}-{at}", fit, test, protocol, outcome)])
        found["scikit-learn"].append([judged(s, test, outcome) for s in by_scikit_learn(fit, test, outcome)])
    mean = {who: np.mean(all, axis=0) for who, all in found.items()}
    for at, what in enumerate(["tree", "random forest"]):
        ours, theirs = mean["amparo"][at], mean["scikit-learn"][at]
        print(f"  {title}, {what}: AUC {ours[0]:.4f} and {theirs[0]:.4f}, log loss {ours[1]:.5f} and {theirs[1]:.5f} ({len(found['amparo'])} runs)")
        holds(f"{title}, {what}: AUC at most {AUC} below scikit-learn's", lambda auc: auc >= theirs[0] - AUC, ours[0], 0.5)
        holds(f"{title}, {what}: log loss at most {LOSS} above scikit-learn's", lambda loss: loss <= theirs[1] + LOSS, ours[1], theirs[1] + 0.02)


compare("synthetic", synthetic("cart", 20_000, 5_000, 6_000, runs=1), "es-2025", "new_assault")
compare("compas", compas("cart", runs=2), "compas-2", "two_year_recid")
