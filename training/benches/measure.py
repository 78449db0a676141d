"""Our boosting beside LightGBM and XGBoost: the same rows and parameters, one thread, each in a process of its own, in turn.

    cargo build --release
    pip install --requirement .ci/oracles/requirements.txt
    python training/benches/measure.py [--rows N ...] [--depths D ...] [--trees N] [--passes N]

Prints, for each, processor time of the fit (data set included), peak memory of the process, and log loss on 30,000 other rows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
RATE, L2, WEIGHT, SHARE, N_TEST = 0.05, 5.0, 3.0, 0.8, 30_000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 40_000, 1_000_000])
    parser.add_argument("--depths", type=int, nargs="+", default=[4, 6])
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--passes", type=int, default=2, help="how often each runs, in turn; the least time counts (2)")
    args = parser.parse_args()
    program = built("boosting")
    with tempfile.TemporaryDirectory() as folder:
        forms = drawn(Path(folder), max(args.rows) + N_TEST)
        for n in args.rows:
            written(Path(folder), *forms, n)
            for depth in args.depths:
                beside(program, folder, n, args.trees, depth, args.passes)


def built(bench):
    command = ["cargo", "bench", "--package", "amparo-training", "--bench", bench, "--no-run", "--message-format", "json"]
    lines = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    programs = [m.get("executable") for m in map(json.loads, lines) if m.get("target", {}).get("name") == bench]
    return next(filter(None, programs))


def drawn(folder, n_rows):
    """Codes and events of synthetic forms whose outcome is known."""
    import pandas as pd
    import pyarrow.parquet as pq

    path, amparo = folder / "cohort.parquet", os.environ.get("AMPARO", ROOT / "target/release/amparo")
    # About one row in fifty is censored.
    subprocess.run([amparo, "data", "generate", "--instrument", "vpr5.0-h", "--rows", str(n_rows * 21 // 20), "--seed", "5",
                    "--out", path], check=True, stdout=subprocess.DEVNULL)
    table = pd.read_parquet(path)
    indicators = json.loads(pq.read_metadata(path).metadata[b"amparo.cohort"])["instrument"]["indicators"]
    table = table[table["outcome.new_assault"] != "censored"]
    code = lambda i: table[i["id"]].map({answer["id"]: code for code, answer in enumerate(i["answers"])})
    codes = np.column_stack([code(i).to_numpy(np.uint8) for i in indicators])
    return codes, (table["outcome.new_assault"] == "event").to_numpy(np.uint8)


def written(folder, codes, events, n):
    for name, rows in (("fit", slice(n)), ("test", slice(-N_TEST, None))):
        codes[rows].tofile(folder / name)
        events[rows].tofile(folder / f"{name}.events")


def beside(program, folder, n, trees, depth, passes):
    print(f"\n{n} rows, {trees} trees of depth {depth}, best of {passes} passes, one thread")
    one = os.environ | dict.fromkeys(["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
    args = [str(folder), str(trees), str(depth)]
    commands = {"amparo": [program, *args]} | {
        peer: [sys.executable, __file__, "--peer", peer, *args] for peer in ("lightgbm", "lightgbm-from-file", "xgboost")}
    runs = {who: [] for who in commands}
    for _ in range(passes):
        for who, command in commands.items():
            out = subprocess.run(command, env=one, check=True, stdout=subprocess.PIPE, text=True).stdout
            runs[who].append(json.loads(out.splitlines()[-1]))
    best = {who: min(all, key=lambda run: run["processor"]) for who, all in runs.items()}
    ours = best["amparo"]
    print(f"{'':20}{'CPU s':>9}{'x ours':>8}{'MiB':>9}{'x ours':>8}{'log loss':>11}")
    for who, run in best.items():
        print(f"{who:20}{run['processor']:9.2f}{run['processor'] / ours['processor']:8.1f}{run['mebibytes']:9.0f}"
              f"{run['mebibytes'] / ours['mebibytes']:8.1f}{run['log_loss']:11.6f}")


def peer(who, folder, trees, depth):
    """One fit of a peer, in a process of its own."""
    folder = Path(folder)
    read = lambda name: np.fromfile(folder / name, np.uint8)
    matrix = lambda name: read(name).reshape(len(read(f"{name}.events")), -1)
    fit = {"lightgbm": lightgbm, "lightgbm-from-file": lightgbm_from_file, "xgboost": xgboost}[who]
    predict, processor, wall, peak = fit(folder, matrix, read("fit.events"), int(trees), int(depth))
    scores, events = predict(matrix("test")), read("test.events")
    loss = np.mean(np.logaddexp(0, scores) - events * scores)
    print(json.dumps({"wall": wall, "processor": processor, "mebibytes": peak, "log_loss": float(loss)}))


def timed(run):
    wall, processor = time.perf_counter(), time.process_time()
    result = run()
    times = time.process_time() - processor, time.perf_counter() - wall
    # `ru_maxrss` would be that of the process which started this one, if that was larger.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return result, *times, int(peak.split()[1]) / 1024


def lightgbm_params(depth):
    return {"objective": "binary", "max_depth": depth, "num_leaves": 2**depth, "learning_rate": RATE, "lambda_l2": L2,
            "min_sum_hessian_in_leaf": WEIGHT, "min_data_in_leaf": 1, "bagging_fraction": SHARE, "bagging_freq": 1,
            "feature_fraction": SHARE, "max_bin": 15, "seed": 1, "num_threads": 1, "verbose": -1}


def lightgbm(_, matrix, events, trees, depth):
    import lightgbm as library

    codes = matrix("fit").astype(np.float32)
    run = lambda: library.train(lightgbm_params(depth), library.Dataset(codes, events), trees)
    model, *measured = timed(run)
    return lambda codes: model.predict(codes.astype(np.float32), raw_score=True), *measured


def lightgbm_from_file(folder, matrix, events, trees, depth):
    """Its leanest way: the data set is made by another process and read from LightGBM's own binary file."""
    import lightgbm as library

    file = folder / f"{len(events)}-{depth}.bin"
    if not file.exists():
        subprocess.run([sys.executable, __file__, "--file", str(folder), str(depth), str(file)], check=True, stdout=subprocess.DEVNULL)
    model, *measured = timed(lambda: library.train(lightgbm_params(depth), library.Dataset(str(file)), trees))
    return lambda codes: model.predict(codes.astype(np.float32), raw_score=True), *measured


def write_file(folder, depth, file):
    import lightgbm as library

    events = np.fromfile(Path(folder) / "fit.events", np.uint8)
    codes = np.fromfile(Path(folder) / "fit", np.uint8).reshape(len(events), -1).astype(np.float32)
    library.Dataset(codes, events, params=lightgbm_params(int(depth))).construct().save_binary(file)


def xgboost(_, matrix, events, trees, depth):
    import xgboost as library

    params = {"objective": "binary:logistic", "max_depth": depth, "eta": RATE, "lambda": L2, "min_child_weight": WEIGHT,
              "subsample": SHARE, "colsample_bytree": SHARE, "tree_method": "hist", "seed": 1, "nthread": 1}
    codes = matrix("fit").astype(np.float32)
    model, *measured = timed(lambda: library.train(params, library.DMatrix(codes, events, nthread=1), trees))
    return lambda codes: model.predict(library.DMatrix(codes.astype(np.float32)), output_margin=True), *measured


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(*sys.argv[2:])
    elif sys.argv[1:2] == ["--file"]:
        write_file(*sys.argv[2:])
    else:
        main()
