"""Our additive model beside interpret's: the same rows, rounds and rate, one thread, each in a process of its own, in turn.

    cargo build --release
    pip install --requirement .ci/oracles/requirements.txt
    python training/benches/additive.py [--rows N ...] [--rounds R ...] [--pairs P] [--exact]

Prints, for each, processor time of the fit (binning included), peak memory of the process, and log loss on 30,000 other rows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from measure import N_TEST, built, drawn, timed, written

RATE = 0.015


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 1_000_000])
    parser.add_argument("--rounds", type=int, nargs="+", default=[1_000])
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--exact", action="store_true", help="our exact algorithm as well")
    args = parser.parse_args()
    program = built("additive")
    with tempfile.TemporaryDirectory() as folder:
        forms = drawn(Path(folder), max(args.rows) + N_TEST)
        for n in args.rows:
            written(Path(folder), *forms, n)
            for rounds in args.rounds:
                beside(program, folder, n, rounds, args.pairs, ["fast", "exact"] if args.exact else ["fast"])


def beside(program, folder, n, rounds, pairs, algorithms):
    print(f"\n{n} rows, {rounds} rounds, {pairs} pairs, one thread", flush=True)
    one = os.environ | dict.fromkeys(["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
    args = [str(folder), str(rounds), str(pairs)]
    commands = {f"amparo, {algorithm}": [program, *args, algorithm] for algorithm in algorithms} | {
        "interpret": [sys.executable, __file__, "--peer", *args]}
    print(f"{'':16}{'CPU s':>9}{'x ours':>8}{'MiB':>9}{'log loss':>11}")
    ours = None
    for who, command in commands.items():
        out = subprocess.run(command, env=one, check=True, stdout=subprocess.PIPE, text=True).stdout
        run = json.loads(out.splitlines()[-1])
        ours = ours or run["processor"]
        print(f"{who:16}{run['processor']:9.2f}{run['processor'] / ours:8.1f}{run['mebibytes']:9.0f}{run['log_loss']:11.6f}", flush=True)


def peer(folder, rounds, pairs):
    """One fit of interpret's, in a process of its own: cyclic rounds to the end, with no bags, smoothing or early stopping.

    With three leaves a step of it moves each of three answers on its own, as ours does; most indicators have three.
    """
    from interpret.glassbox import ExplainableBoostingClassifier

    folder = Path(folder)
    read = lambda name: np.fromfile(folder / name, np.uint8)
    matrix = lambda name: read(name).reshape(len(read(f"{name}.events")), -1).astype(np.float32)
    codes, events = matrix("fit"), read("fit.events")
    model = ExplainableBoostingClassifier(
        feature_types=["continuous"] * codes.shape[1], interactions=int(pairs), max_rounds=int(rounds), learning_rate=RATE,
        validation_size=0, outer_bags=1, early_stopping_rounds=0, greedy_ratio=0, smoothing_rounds=0,
        interaction_smoothing_rounds=0, max_leaves=3, n_jobs=1, random_state=1)
    _, processor, wall, peak = timed(lambda: model.fit(codes, events))
    scores, events = model.decision_function(matrix("test")), read("test.events")
    loss = np.mean(np.logaddexp(0, scores) - events * scores)
    print(json.dumps({"wall": wall, "processor": processor, "mebibytes": peak, "log_loss": float(loss)}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(*sys.argv[2:])
    else:
        main()
