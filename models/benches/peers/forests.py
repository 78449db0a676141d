"""One forest in everybody's form: trained by XGBoost, and the same trees written for LightGBM and for Amparo."""

import json

import lightgbm
import numpy as np
import xgboost

N_INDICATORS = 40
UNKNOWN = 2


def population(draw, n_rows):
    """Codes of rows in which what is present comes together: a quarter present, a tenth unknown."""
    severity = 0.5 * draw.random((n_rows, 1))
    at = draw.random((n_rows, N_INDICATORS))
    return np.where(at < 0.1, UNKNOWN, at < 0.1 + 0.9 * severity).astype(np.uint8)


def numbers(codes):
    """Codes as numbers, `unknown` as missing."""
    return np.where(codes == UNKNOWN, np.nan, codes.astype(float))


def outcome(draw, codes):
    """Something that depends on all indicators and on sixty triples of them, so that trees have reason to grow full."""
    present = np.where(codes == UNKNOWN, 0.3, codes)
    triples = draw.integers(0, N_INDICATORS, (60, 3))
    score = present @ draw.normal(size=N_INDICATORS)
    score += np.prod(present[:, triples], axis=2) @ draw.normal(size=len(triples))
    score += draw.normal(size=len(codes))
    return score / score.std()


def trained(codes, y, n_trees, depth):
    """A forest by XGBoost. With squared errors the weight of a node is its number of rows, as LightGBM counts them."""
    parameters = {"objective": "reg:squarederror", "tree_method": "hist", "max_depth": depth, "eta": 0.05,
                  "colsample_bytree": 0.5, "nthread": 1, "seed": 1}
    return xgboost.train(parameters, xgboost.DMatrix(numbers(codes), label=y), n_trees)


def read(booster):
    """Base and trees, as arrays by node, of an XGBoost model."""
    learner = json.loads(booster.save_raw("json"))["learner"]
    base = json.loads(learner["learner_model_param"]["base_score"])
    trees = []
    for tree in learner["gradient_booster"]["model"]["trees"]:
        arrays = {key: np.array(tree[key]) for key in ("left_children", "right_children", "split_indices", "default_left")}
        # Read as the 32-bit floats that they are.
        arrays |= {key: np.array(tree[key], np.float32).astype(float) for key in ("split_conditions", "sum_hessian")}
        trees.append(arrays)
    return float(np.float32(np.ravel(base)[0])), trees


def n_leaves(booster):
    return sum(int((tree["left_children"] == -1).sum()) for tree in read(booster)[1])


def ours(booster):
    """As Amparo writes it: thresholds and default directions are sets of answers."""
    base, trees = read(booster)
    return {"forest": {"n_indicators": N_INDICATORS, "base": base, "trees": [our_nodes(tree) for tree in trees]}}


def our_nodes(tree):
    nodes = []

    def add(at):
        place = len(nodes)
        if tree["left_children"][at] == -1:
            nodes.append({"leaf": tree["split_conditions"][at]})
            return place
        nodes.append(None)
        taken = sum(1 << code for code in range(UNKNOWN) if code < tree["split_conditions"][at])
        taken |= int(tree["default_left"][at]) << UNKNOWN
        left, right = add(tree["left_children"][at]), add(tree["right_children"][at])
        nodes[place] = {"split": {"indicator": int(tree["split_indices"][at]), "set": taken, "left": left, "right": right}}
        return place

    add(0)
    return nodes


def for_lightgbm(booster):
    """The trees in LightGBM's text form, which has the base in the first tree's leaves."""
    base, trees = read(booster)
    texts = [lightgbm_tree(tree, number, base if number == 0 else 0.0) for number, tree in enumerate(trees)]
    names = " ".join(f"f{j}" for j in range(N_INDICATORS))
    ranges = " ".join(["[0:1]"] * N_INDICATORS)
    head = ("tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"
            f"max_feature_idx={N_INDICATORS - 1}\nobjective=regression\nfeature_names={names}\nfeature_infos={ranges}\n"
            f"tree_sizes={' '.join(str(len(text)) for text in texts)}\n\n")
    text = head + "".join(texts) + "end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n"
    return lightgbm.Booster(model_str=text)


def lightgbm_tree(tree, number, base):
    is_leaf = tree["left_children"] == -1
    # Splits are numbered from 0; leaves too, and written as -1, -2, ...
    place = np.where(is_leaf, -np.cumsum(is_leaf), np.cumsum(~is_leaf) - 1)
    split = lambda values: " ".join(map(str, np.asarray(values)[~is_leaf]))
    leaf = lambda values: " ".join(map(str, np.asarray(values)[is_leaf]))
    # Left at most the threshold, where XGBoost has below it; 8: NaN is missing, 2: missing goes left.
    below = np.nextafter(tree["split_conditions"], -np.inf)
    rows = tree["sum_hessian"].astype(int)
    lines = [
        f"Tree={number}", f"num_leaves={is_leaf.sum()}", "num_cat=0", f"split_feature={split(tree['split_indices'])}",
        f"split_gain={split(np.ones(len(is_leaf)))}", f"threshold={split(below)}",
        f"decision_type={split(8 + 2 * tree['default_left'])}", f"left_child={split(place[tree['left_children']])}",
        f"right_child={split(place[tree['right_children']])}", f"leaf_value={leaf(tree['split_conditions'] + base)}",
        f"leaf_weight={leaf(rows)}", f"leaf_count={leaf(rows)}", f"internal_value={split(np.zeros(len(is_leaf)))}",
        f"internal_weight={split(rows)}", f"internal_count={split(rows)}", "is_linear=0", "shrinkage=1",
    ]
    return "\n".join(lines) + "\n\n\n"
