"""A later XGBoost than the one that is pinned for everything else, in a process of its own: fits a model, or says what a file of its own says of rows.

    PYTHONPATH=FOLDER python xgboost_later.py fit MODEL TABLE PARAMETERS ROUNDS      the last column of the table is the outcome
    PYTHONPATH=FOLDER python xgboost_later.py sums MODEL TABLE OUT
"""

import json
import sys

import numpy as np
import xgboost as xgb

verb, file, table, *rest = sys.argv[1:]
with np.load(table, allow_pickle=False) as read:
    values, names = read["values"], list(map(str, read["names"]))
if verb == "fit":
    parameters, rounds = json.loads(rest[0]), int(rest[1])
    matrix = xgb.DMatrix(values[:, :-1], values[:, -1], feature_names=names[:-1])
    xgb.train(parameters, matrix, rounds).save_model(file)
    print(xgb.__version__)
else:
    model = xgb.Booster(model_file=file)
    np.save(rest[0], model.predict(xgb.DMatrix(values, feature_names=names), output_margin=True))
