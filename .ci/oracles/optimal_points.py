"""Optimal points beside FasterRisk on the same rows and columns: log loss at equal size, limits, the relaxed optimum by SciPy, processor time.

FasterRisk knows no weights, so the rows have none here.
"""

import json
import os
import re
import subprocess

import numpy as np
from scipy.optimize import minimize

from common import DATA, WORK, Cohort, amparo, close, holds
from drawn import trained

PEER = os.environ["AMPARO_FASTERRISK"]
LARGEST = 5


def steps(cohort, rows, enforced):
    """A column for each line that a card can have: from a known answer on, `unknown`, or one answer to a neutral question; with its bounds."""
    columns, bounds, answers = [], [], []
    for j, indicator in enumerate(cohort.indicators):
        codes, unknown = cohort.codes[rows, j], len(indicator["answers"]) - 1
        for answer in range(1, unknown + 1):
            alone = answer == unknown or indicator["polarity"] == "neutral"
            sign = 0 if alone or not enforced else {"risk": 1, "protective": -1}[indicator["polarity"]]
            columns.append(codes == answer if alone else (codes >= answer) & (codes < unknown))
            bounds.append((0 if sign > 0 else -LARGEST, 0 if sign < 0 else LARGEST))
            answers.append((j, answer, alone))
    return np.column_stack(columns).astype(float), bounds, answers


def loss_and_slope(b, x, y):
    s = b[0] + x @ b[1:]
    residual = 1 / (1 + np.exp(-s)) - y
    return np.mean(np.logaddexp(0, s) - y * s), np.concatenate([[residual.mean()], x.T @ residual / len(y)])


def least(x, y, bounds):
    """The least log loss of any numbers within signs."""
    start = np.concatenate([[np.log(y.mean() / (1 - y.mean()))], np.zeros(x.shape[1])])
    options = {"maxiter": 20_000, "maxfun": 50_000, "ftol": 1e-15, "gtol": 1e-9}
    return minimize(loss_and_slope, start, (x, y), "L-BFGS-B", True, bounds=[(None, None), *bounds], options=options).fun


def refitted(points, x, y):
    """The log loss of a card whose points are worth whatever is best."""
    return least((x @ points)[:, None], y, [(0, None)])


def fasterrisk(x, y, bounds, k):
    np.savez(WORK / "columns.npz", x=x, y=np.where(y > 0, 1, -1), k=k, lb=[b[0] for b in bounds], ub=[b[1] for b in bounds])
    here = os.path.join(os.path.dirname(__file__), "fasterrisk_fit.py")
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([PEER, here, WORK / "columns.npz"], capture_output=True, text=True, env=os.environ | threads)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def compare(name, cohort, protocol, outcome, k, enforced):
    rows, events, weights = cohort.labelled(outcome)
    assert np.ptp(weights) == 0
    (x, bounds, answers), y = steps(cohort, rows, enforced), events.astype(float)
    before = os.times()
    candidate = f'name = "card", family = "optimal_points", lines = {k}, largest = {LARGEST}'
    (version,) = trained("optimal", name, cohort, protocol, outcome, [candidate], enforced)
    seconds = sum(os.times()[2:4]) - sum(before[2:4])
    theirs = fasterrisk(x, y, bounds, k)
    ours = version.model["points"]
    points = np.array([ours[j][a] - (0 if alone else ours[j][a - 1]) for j, a, alone in answers]) * x.any(axis=0)
    # A step from the last known answer of a scale without rows, or of a scale, is none.
    scores = version.score(cohort.codes[rows])
    loss = np.mean(np.logaddexp(0, scores) - y * scores)
    their_scores = (theirs["intercept"] + x @ np.array(theirs["points"])) / theirs["multiplier"]
    their_loss = np.mean(np.logaddexp(0, their_scores) - y * their_scores)
    their_best = refitted(np.array(theirs["points"]), x, y)
    without = np.where(np.arange(len(points)) == np.abs(points).argmax(), 0, points)
    mistake = refitted(without, x, y)
    print(f"  {name}: log loss {loss:.6f}, FasterRisk's {their_loss:.6f}, of its points with the best offset and scale {their_best:.6f}; "
          f"processor time {seconds:.2f} s for all fits of `amparo train`, {theirs['seconds']:.2f} s for one of FasterRisk")
    holds(f"{name}: no worse than FasterRisk", lambda found: found <= min(their_loss, their_best) + 1e-9, loss, mistake)
    low, high = np.transpose(bounds)
    kept = lambda points: np.count_nonzero(points) <= k and (low <= points).all() and (points <= high).all()
    holds(f"{name}: at most {k} lines, each within its limits", kept, points, points + (np.arange(len(points)) == np.flatnonzero(points == 0)[0]))
    close(f"{name}: offset and scale", loss, refitted(points, x, y), 1e-8, mistake)
    (note,) = [note for note in version.manifest["training"]["notes"] if "mean log loss" in note]
    said = [float(number) for number in re.findall(r"\d\.\d{6}", note)]
    signs = [(None if b[0] else 0, None if b[1] else 0) for b in bounds]
    relaxed = least(x, y, signs)
    close(f"{name}: what the version says of its gap", said, [loss, relaxed, loss - relaxed], 2e-6, [mistake, their_best, mistake - relaxed])
    holds(f"{name}: in less than half of the time", lambda time: time < theirs["seconds"] / 2, seconds, theirs["seconds"])


def synthetic(rows, seed):
    """Drawn forms whose outcome is known, as a table of their own, so that all rows have the same weight."""
    drawn, path, source, out = (WORK / f"optimal-{file}" for file in ("drawn.parquet", "known.csv", "known.toml", "known.parquet"))
    amparo("data", "generate", "--instrument", "vpr5.0-h", "--rows", rows, "--seed", seed, "--out", drawn)
    cohort = Cohort(drawn)
    outcome = next(o for o in cohort.meta["outcomes"] if o["name"] == "new_assault")
    status = cohort.table["outcome.new_assault"]
    ids = [i["id"] for i in cohort.indicators]
    table = cohort.table[ids].assign(row=np.arange(len(status)), status=status)[status != "censored"]
    table.to_csv(path, index=False)
    # Every answer is called what the form calls it.
    named = lambda i: "".join(f'{answer["id"]} = "{answer["id"]}"\n' for answer in i["answers"])
    of_indicators = "".join(f'[values.{i["id"]}]\n{named(i)}[[indicator]]\nid = "{i["id"]}"\ncolumn = "{i["id"]}"\nvalues = "{i["id"]}"\n'
                            for i in cohort.indicators)
    source.write_text(
        'id = "drawn"\ntitle = "Drawn forms"\norigin = "amparo data generate"\ninstrument = "vpr5.0-h"\nnever_answers = ["status"]\n'
        f'[case]\ncolumn = "row"\nunique = true\n{of_indicators}'
        f'[[outcome]]\nname = "new_assault"\nhorizon_days = {outcome["horizon_days"]}\nrules = [\n'
        '  { when = { status = "event" }, status = "event" },\n  { when = { status = "no_event" }, status = "no_event" },\n]\n')
    amparo("data", "import", "--source", source, "--in", path, "--out", out)
    return Cohort(out)


os.environ["RAYON_NUM_THREADS"] = "1"
compas = WORK / "optimal-compas.parquet"
amparo("data", "import", "--source", "compas-two-years", "--in", DATA / "compas_two_years_deid.csv", "--out", compas)
compare("compas, in its directions", Cohort(compas), "compas-2", "two_year_recid", 5, True)
compare("compas, free", Cohort(compas), "compas-2", "two_year_recid", 4, False)
compare("synthetic, in its directions", synthetic(4_000, 9), "es-2025", "new_assault", 5, True)
