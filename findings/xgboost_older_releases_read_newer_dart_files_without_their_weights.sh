#!/usr/bin/env bash
# XGBoost 3.4.1 and 3.2.0 (xgboost-cpu). A DART model that the newer release has saved is opened by the older one without an error or a warning,
# and predicts something else: up to 4.87 log-odds away here, where the values of the newer one lie between -2.0 and 1.7. The newer release keeps the weights of the dropped
# trees in `gradient_booster.model.weight_drop` under the name `gbtree`; the older one looks for `gradient_booster.weight_drop` under the name `dart`,
# takes the model for plain trees, and adds them at full weight. The file states the version that wrote it, which is not looked at. The other way round, the
# newer release reads the file of the older one right. It matters where a model is fitted on one machine and served on another.
#
# The newer release declares Python 3.12; its wheel also runs on older ones, so that the requirement is passed over.
#
# Output seen:
#   3.4.1 saved version [3, 4, 1] under the name `gbtree`; 3.2.0 saved version [3, 2, 0] under the name `dart`
#   read by the release that wrote it: differs by 0.0 and 0.0
#   3.4.1 reads the file of 3.2.0: differs by 0.0, said on the way: that `booster=dart` is deprecated
#   3.2.0 reads the file of 3.4.1: differs by 4.87, said on the way: nothing
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 scipy==1.17.1
for release in 3.2.0 3.4.1; do
    "$folder/python/bin/pip" install --quiet --disable-pip-version-check --no-deps --ignore-requires-python \
        --target "$folder/$release" "xgboost-cpu==$release"
done
cat >"$folder/work.py" <<'PYTHON'
import sys

import numpy as np
import xgboost as xgb

action, file, out = sys.argv[1:]
rng = np.random.default_rng(1)
x = rng.integers(0, 4, (500, 4)).astype(float)
y = (x[:, 0] + x[:, 1] > 3).astype(int)
if action == "save":
    dropout = {"booster": "dart", "rate_drop": 0.5, "one_drop": 1}
    model = xgb.train({"objective": "binary:logistic", "max_depth": 3, "seed": 3, "nthread": 1} | dropout, xgb.DMatrix(x, y), 12)
    model.save_model(file)
else:
    model = xgb.Booster(model_file=file)
np.save(out, model.predict(xgb.DMatrix(x), output_margin=True))
PYTHON
run() { # release, arguments: what it says on the way is kept
    local release="$1"
    shift
    PYTHONPATH="$folder/$release" "$folder/python/bin/python" "$folder/work.py" "$@" >"$folder/said" 2>&1
}
for release in 3.2.0 3.4.1; do
    run "$release" save "$folder/$release.json" "$folder/$release.npy"
    run "$release" load "$folder/$release.json" "$folder/$release-again.npy"
done
run 3.4.1 load "$folder/3.2.0.json" "$folder/newer.npy"
cp "$folder/said" "$folder/newer.said"
run 3.2.0 load "$folder/3.4.1.json" "$folder/older.npy"
cp "$folder/said" "$folder/older.said"
"$folder/python/bin/python" - "$folder" <<'PYTHON'
import json
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
saved = {release: json.loads((folder / f"{release}.json").read_text()) for release in ("3.2.0", "3.4.1")}
told = [f"{r} saved version {d['version']} under the name `{d['learner']['gradient_booster']['name']}`" for r, d in saved.items()]
print("; ".join(reversed(told)))
apart = lambda a, b: np.abs(np.load(folder / f"{a}.npy") - np.load(folder / f"{b}.npy")).max()
same = [apart(release, f"{release}-again") for release in ("3.4.1", "3.2.0")]
print(f"read by the release that wrote it: differs by {same[0]:.1f} and {same[1]:.1f}")
newer, older = apart("3.2.0", "newer"), apart("3.4.1", "older")
read = lambda name: (folder / f"{name}.said").read_text().strip()
worded = lambda text: "nothing" if not text else "that `booster=dart` is deprecated" if "deprecated" in text else text
said = {name: worded(read(name)) for name in ("newer", "older")}
print(f"3.4.1 reads the file of 3.2.0: differs by {newer:.1f}, said on the way: {said['newer']}")
print(f"3.2.0 reads the file of 3.4.1: differs by {older:.2f}, said on the way: {said['older']}")
as_seen = max(same) == 0 and newer < 1e-5 and older > 4 and said["older"] == "nothing"
sys.exit(0 if as_seen else "this is no longer so")
PYTHON
