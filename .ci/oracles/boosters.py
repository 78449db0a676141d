"""A published forest as an XGBoost model, so that other people's software explains the very trees that we publish."""

import json

import numpy as np
import xgboost

NO_PARENT = 2**31 - 1


def booster(forest, unknown):
    """The forest as XGBoost reads it: a set of answers is a threshold and where the missing ones go; `unknown` is missing.

    XGBoost keeps 32-bit floats. So does hessboost, which grows our trees: nothing may be lost, or what is compared
    would be another forest.
    """
    numbers = np.array([forest["base"], *(node["leaf"] for tree in forest["trees"] for node in tree if "leaf" in node)])
    assert (numbers == numbers.astype(np.float32)).all(), "a base or leaf is no 32-bit float: XGBoost would round it"
    n_trees, n_features = len(forest["trees"]), str(forest["n_indicators"])
    trees = [tree(number, nodes, n_features, unknown) for number, nodes in enumerate(forest["trees"])]
    model = {"gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(n_trees)}, "tree_info": [0] * n_trees,
             "iteration_indptr": list(range(n_trees + 1)), "trees": trees}
    # For squared errors a score is the sum of leaves, and the base is not turned into a probability.
    learner = {"attributes": {}, "feature_names": [], "feature_types": [],
               "gradient_booster": {"name": "gbtree", "model": model},
               "learner_model_param": {"base_score": repr(forest["base"]), "boost_from_average": "0", "num_class": "0",
                                       "num_feature": n_features, "num_target": "1"},
               "objective": {"name": "reg:squarederror", "reg_loss_param": {"scale_pos_weight": "1"}}}
    loaded = xgboost.Booster({"nthread": 1})
    loaded.load_model(bytearray(json.dumps({"learner": learner, "version": [3, 2, 0]}), "utf-8"))
    return loaded


def tree(number, nodes, n_features, unknown):
    n = len(nodes)
    out = {key: [0] * n for key in ("split_indices", "default_left", "split_type")}
    out |= {key: [0.0] * n for key in ("base_weights", "loss_changes", "split_conditions")}
    out |= {key: [] for key in ("categories", "categories_nodes", "categories_segments", "categories_sizes")}
    out |= {"id": number, "parents": [NO_PARENT] * n, "left_children": [-1] * n, "right_children": [-1] * n,
            "sum_hessian": [1.0] * n,
            "tree_param": {"num_deleted": "0", "num_feature": n_features, "num_nodes": str(n), "size_leaf_vector": "1"}}
    for at, node in enumerate(nodes):
        if "leaf" in node:
            out["split_conditions"][at] = out["base_weights"][at] = node["leaf"]
            continue
        split = node["split"]
        left, right, indicator = split["left"], split["right"], split["indicator"]
        missing = 1 << unknown[indicator]
        known = split["set"] & ~missing
        assert known & (known + 1) == 0, f"set {split['set']:b} is no threshold"
        out["split_indices"][at], out["split_conditions"][at] = indicator, known.bit_length() - 0.5
        out["default_left"][at] = int(split["set"] & missing != 0)
        out["left_children"][at], out["right_children"][at] = left, right
        out["parents"][left] = out["parents"][right] = at
    return out


def numbers(codes, unknown):
    """The codes of answers as numbers, `unknown` as missing."""
    return np.where(codes == unknown, np.nan, codes.astype(float))
