"""FasterRisk on columns that another program has written: it needs other versions of NumPy and pandas than the oracles, so it runs by itself.

`python fasterrisk_fit.py columns.npz`: columns `x` of 0 and 1, `y` of -1 and 1, most columns `k`, least and most points `lb` and `ub` of each.
"""

import contextlib
import json
import sys
import time

import numpy as np
from fasterrisk.fasterrisk import RiskScoreOptimizer

given = np.load(sys.argv[1])
x, y = given["x"].astype(float), given["y"].astype(float)
started = time.process_time()
with contextlib.redirect_stdout(sys.stderr):
    optimizer = RiskScoreOptimizer(X=x, y=y, k=int(given["k"]), lb=given["lb"].tolist(), ub=given["ub"].tolist())
    optimizer.optimize()
    multiplier, intercept, points = optimizer.get_models(model_index=0)
seconds = time.process_time() - started
print(json.dumps({"seconds": seconds, "multiplier": multiplier, "intercept": intercept, "points": points.tolist()}))
