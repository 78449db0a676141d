"""How much of what could be told each family tells: on a synthetic cohort the true risk is known, and nothing ranks better, but for chance.

    cargo build --release
    pip install --requirement .ci/oracles/requirements.txt
    AMPARO=target/release/amparo python training/benches/ladder.py [--rows 40000] [--test 100000] [--more 200000 1000000]

All learn from the same forms and score the same other ones. Printed is the AUC, and the share of the gap between the points and the true risk that it closes; then the best of ours
against the best peer, with an interval from resamples of the other cases. With `--more`, `additive` also learns from so many forms: what it gains then was
lacking in rows, and what it does not gain is not in the answers, since the true risk knows traits and answers that no form records.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("AMPARO_WORK", tempfile.mkdtemp())
os.environ.setdefault("AMPARO_DATA", ".")
sys.path.insert(0, str(Path(__file__).parents[2] / ".ci" / "oracles"))

import numpy as np
from sklearn.metrics import roc_auc_score

from common import WORK, Cohort, amparo
from contenders import OURS, fitted, peers
from drawn import scored, trained

OUTCOME = "new_assault"


def generated(part, rows, seed):
    path = WORK / f"ladder-{part}.parquet"
    amparo("data", "generate", "--rows", rows, "--seed", seed, "--out", path)
    return Cohort(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--test", type=int, default=100_000)
    parser.add_argument("--more", type=int, nargs="*", default=[])
    asked = parser.parse_args()
    fit, test = generated("fit", asked.rows, 501), generated("test", asked.test, 502)
    (fit_rows, y, w), (rows, event, weight) = fit.labelled(OUTCOME), test.labelled(OUTCOME)
    versions = trained("ladder", "r", fit, "es-2025", OUTCOME, [f'name = "{name}", {of}' for name, of in OURS.items()], enforced=True)
    scores = {version.candidate: of[rows] for version, of in zip(versions, scored(versions, test))}
    models = peers(fit.codes.max(axis=0) + 1)
    of = lambda name: fitted(models[name], fit.codes[fit_rows], y, w).predict_proba(test.codes[rows])[:, 1]
    theirs = {name: of(name) for name in models}
    truth = test.table[f"oracle.{OUTCOME}"].to_numpy()[rows]
    auc = lambda of, at=slice(None): roc_auc_score(event[at], of[at], sample_weight=weight[at])
    low, high = auc(scores["points"]), auc(truth)
    closed = lambda of: (auc(of) - low) / (high - low)
    print(f"{len(fit_rows)} forms to learn from, {len(rows)} other ones with {event.sum()} events; AUC, share of the gap closed")
    for name, of in sorted({**scores, **theirs, "true risk": truth}.items(), key=lambda one: auc(one[1])):
        print(f"{name:26} {auc(of):.4f} {closed(of):6.1%}")
    best, peer = max(scores, key=lambda name: auc(scores[name])), max(theirs, key=lambda name: auc(theirs[name]))
    draw = np.random.default_rng(1)
    drawn = (draw.integers(0, len(rows), len(rows)) for _ in range(200))
    apart = [auc(scores[best], at) - auc(theirs[peer], at) for at in drawn]
    print(f"{best} - {peer}: {auc(scores[best]) - auc(theirs[peer]):+.4f} [{np.quantile(apart, 0.025):+.4f}, {np.quantile(apart, 0.975):+.4f}]; "
          f"of what {peer} closes, {best} closes {closed(scores[best]) / closed(theirs[peer]):.0%}")
    for more in asked.more:
        fit = generated("more", more, 501)
        [version] = trained("ladder-more", str(more), fit, "es-2025", OUTCOME, [f'name = "additive", {OURS["additive"]}'], enforced=True)
        [of] = scored([version], test)
        print(f"additive, of {len(fit.labelled(OUTCOME)[0])} forms: {auc(of[rows]):.4f} {closed(of[rows]):6.1%}")


main()
