"""A published forest as an XGBoost model, so that other people's software explains the very trees that we publish."""

import json

import numpy as np
import xgboost

NO_PARENT = 2**31 - 1


def booster(forest, unknown):
    """The forest as XGBoost reads it: a set of answers is a threshold and where the missing ones go; `unknown` is missing.

    XGBoost keeps 32-bit floats. Our start and leaves are rounded to such as they are grown; only the copies of a tree that
    stand for answers that were not learned have shares of leaves, which XGBoost rounds: by less than what is compared.
    """
    rounded = lambda numbers: np.abs(np.array(numbers) - np.float32(numbers)).max()
    leaves = [[node["leaf"] for node in tree if "leaf" in node] for tree in forest["trees"]]
    assert rounded([forest["base"]]) + sum(map(rounded, leaves)) <= 1e-6, "XGBoost would round the forest to another one"
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
    out = {key: [] for key in ("split_indices", "default_left", "split_type", "base_weights", "loss_changes", "split_conditions",
                               "parents", "left_children", "right_children", "sum_hessian")}
    out |= {key: [] for key in ("categories", "categories_nodes", "categories_segments", "categories_sizes")}

    def add(parent, **columns):
        for key, value in {"split_indices": 0, "default_left": 0, "split_type": 0, "base_weights": 0.0, "loss_changes": 0.0,
                           "left_children": -1, "right_children": -1, "sum_hessian": 1.0, "parents": parent, **columns}.items():
            out[key].append(value)
        return len(out["parents"]) - 1

    def grow(at, parent):
        node = nodes[at]
        if "leaf" in node:
            return add(parent, split_conditions=node["leaf"], base_weights=node["leaf"])
        split = node["split"]
        codes = range(unknown[split["indicator"]])
        side = lambda code: split["left"] if split["set"] >> code & 1 else split["right"]
        # The last code of each run of codes that go to the same side. A threshold tells one run from the rest, so a set that
        # is no threshold becomes a chain of them, and a child stands as often as it has runs: the same function.
        runs = [(code, side(code)) for code in codes if code + 1 not in codes or side(code + 1) != side(code)]
        return cut(split["indicator"], runs, side(unknown[split["indicator"]]), parent)

    def cut(indicator, runs, missing, parent):
        if len(runs) == 1 and runs[0][1] == missing:
            return grow(missing, parent)
        (last, child), *rest = runs
        here = add(parent, split_indices=indicator, split_conditions=last + 0.5, default_left=int(child == missing))
        out["left_children"][here] = grow(child, here)
        # A missing value that did not go left goes on until a run of its side, or stands for a run of its own.
        out["right_children"][here] = cut(indicator, rest, missing if child != missing else rest[0][1], here) if rest else grow(missing, here)
        return here

    grow(0, NO_PARENT)
    out |= {"id": number,
            "tree_param": {"num_deleted": "0", "num_feature": n_features, "num_nodes": str(len(out["parents"])), "size_leaf_vector": "1"}}
    return out


def numbers(codes, unknown):
    """The codes of answers as numbers, `unknown` as missing."""
    return np.where(codes == unknown, np.nan, codes.astype(float))
