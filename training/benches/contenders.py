"""What `ladder.py` and `peers_table.py` compare: our families, and the packages of others on codes of answers. No parameter was tuned."""

import numpy as np
import lightgbm
import xgboost
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import CategoricalNB, GaussianNB
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.validation import has_fit_parameter

TREES = {"n_estimators": 300, "max_depth": 4, "learning_rate": 0.05, "reg_lambda": 5.0, "subsample": 0.8, "colsample_bytree": 0.8}
OURS = {
    "points": 'family = "points", unit = 0.1',
    "centroid": 'family = "centroid", metric = "diagonal", shrinkage = 0.5',
    "naive-bayes": 'family = "naive_bayes", smoothing = 0.5',
    "tree": 'family = "tree", depth = 4, min_rows = 50, smoothing = 10',
    "random-forest": 'family = "random_forest", trees = 200, depth = 6, min_rows = 20, rows = 1.0, indicators = 0.3',
    "logistic": 'family = "logistic", l2 = 1.0',
    "elastic-net": 'family = "elastic_net", l1_ratio = 0.5, lambda = { folds = 10, n_lambdas = 100, min_ratio = 0.0001, rule = "least_loss" }',
    "cox": 'family = "cox", l2 = 1.0',
    "additive": 'family = "additive", rounds = 2000, learning_rate = 0.02, l2 = 5.0, min_weight = 3.0, pairs = 10, algorithm = "fast"',
    "additive-stopped": 'family = "additive", rounds = 2000, learning_rate = 0.02, l2 = 5.0, min_weight = 3.0, pairs = 10, algorithm = "fast", early_stopping = { held_out = 0.15, patience = 100 }',
    "boosted": 'family = "boosted", trees = 300, depth = 4, learning_rate = 0.05, l2 = 5.0, min_child_weight = 3.0, rows = 0.8, indicators = 0.8',
    "boosted-stopped": 'family = "boosted", trees = 300, depth = 4, learning_rate = 0.05, l2 = 5.0, min_child_weight = 3.0, rows = 0.8, indicators = 0.8, early_stopping = { held_out = 0.15, patience = 50 }',
}


def peers(sizes):
    """Models of other packages by name, not fitted yet, for codes below `sizes`. The linear ones and the centroids get a column an answer.

    What is not fitted by log loss is calibrated by Platt on inner folds, as ours is. Inner folds are shuffled, which scikit-learn does not do by itself: the
    rows of Catalonia are sorted in a way that makes its own folds choose a model without any effect.
    """
    folds = StratifiedKFold(3, shuffle=True, random_state=1)
    codes = [np.arange(size) for size in sizes]
    hot = lambda model, **dense: make_pipeline(OneHotEncoder(categories=codes, **dense), model)
    platt = lambda model: CalibratedClassifierCV(model, method="sigmoid", cv=folds, ensemble=False)
    return {
        "scikit-learn, logistic regression": hot(LogisticRegression(C=1.0, max_iter=2000)),
        "scikit-learn, elastic net": hot(LogisticRegressionCV(Cs=np.geomspace(0.01, 1, 7), l1_ratios=[0.5], solver="saga", cv=folds, scoring="neg_log_loss",
                                                              tol=1e-3, max_iter=100, random_state=1, use_legacy_attributes=False)),
        "scikit-learn, random forest": platt(RandomForestClassifier(200, min_samples_leaf=20, random_state=1)),
        "scikit-learn, Gaussian naive Bayes": platt(GaussianNB()),
        "scikit-learn, categorical naive Bayes": platt(CategoricalNB(alpha=0.5, min_categories=sizes)),
        "scikit-learn, nearest centroid": platt(hot(NearestCentroid(priors="empirical", shrink_threshold=0.5), sparse_output=False)),
        "LightGBM": lightgbm.LGBMClassifier(**TREES, num_leaves=16, subsample_freq=1, min_child_weight=3.0, n_jobs=1, verbose=-1, random_state=1),
        "XGBoost": xgboost.XGBClassifier(**TREES, min_child_weight=3.0, n_jobs=1, random_state=1),
        "interpret, EBM": ExplainableBoostingClassifier(feature_types=["nominal"] * len(sizes), interactions=10, outer_bags=4, n_jobs=1, random_state=1),
    }


def fitted(model, codes, y, w):
    """Fitted with weights of mean 1 where they reach the model: regressions and centroids, which stand behind columns, do without."""
    weighs = has_fit_parameter(model, "sample_weight") and np.ptp(w) > 0
    return model.fit(codes, y, **({"sample_weight": w / w.mean()} if weighs else {}))
