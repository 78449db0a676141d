#!/usr/bin/env bash
# onnxruntime 1.22.1; 1.23.2 is right. TreeEnsemble of ai.onnx.ml 5 asks with BRANCH_MEMBER whether a value is in a set, which is written to
# `membership_values`, sets parted by NaN. With the value 0 in a set of several, other members of the set are taken for no members: of {0, 2} the value 2 is not
# found, in 32 and in 64 bits alike. {0} alone and {1, 2} are right. No error is raised.
# It matters to whoever exports trees that split on sets of codes which begin at 0, as codes of categories do, to a runtime that others choose: ask about each
# code by a column of zeros and ones instead, or require 1.23.
#
# Output seen:
#   onnxruntime 1.22.1, float: {0}: right, {1, 2}: right, {0, 2}: wrong for 2
#   onnxruntime 1.22.1, double: {0}: right, {1, 2}: right, {0, 2}: wrong for 2
#   onnxruntime 1.23.2, float: {0}: right, {1, 2}: right, {0, 2}: right
#   onnxruntime 1.23.2, double: {0}: right, {1, 2}: right, {0, 2}: right
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check onnx==1.18.0 numpy==2.2.6
cat >"$folder/show.py" <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper


def found(members, type_, dtype):
    """The values of 0 to 3 that a tree of one question finds in a set."""
    tensor = lambda name, values: helper.make_tensor(name, type_, [len(values)], values)
    node = helper.make_node(
        "TreeEnsemble", ["x"], ["y"], domain="ai.onnx.ml", n_targets=1, aggregate_function=1, post_transform=0, tree_roots=[0],
        nodes_featureids=[0], nodes_modes=helper.make_tensor("modes", TensorProto.UINT8, [1], [6]), nodes_splits=tensor("splits", [0.0]),
        nodes_truenodeids=[0], nodes_trueleafs=[1], nodes_falsenodeids=[1], nodes_falseleafs=[1],
        leaf_targetids=[0, 0], leaf_weights=tensor("weights", [1.0, 0.0]),
        membership_values=tensor("members", [*map(float, members), float("nan")]),
    )
    value = lambda name, columns: helper.make_tensor_value_info(name, type_, [None, columns])
    graph = helper.make_graph([node], "sets", [value("x", 1)], [value("y", 1)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 5)], ir_version=10)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (said,) = session.run(None, {"x": np.arange(4, dtype=dtype).reshape(4, 1)})
    return {code for code in range(4) if said[code, 0] == 1.0}


for name, type_, dtype in (("float", TensorProto.FLOAT, np.float32), ("double", TensorProto.DOUBLE, np.float64)):
    told = []
    for members in ([0], [1, 2], [0, 2]):
        wrong = sorted(found(members, type_, dtype) ^ set(members))
        set_ = "{" + ", ".join(map(str, members)) + "}"
        told.append(f"{set_}: " + (f"wrong for {', '.join(map(str, wrong))}" if wrong else "right"))
    print(f"onnxruntime {onnxruntime.__version__}, {name}: {', '.join(told)}")
PYTHON
for version in 1.22.1 1.23.2; do
    "$folder/python/bin/pip" install --quiet --disable-pip-version-check "onnxruntime==$version"
    "$folder/python/bin/python" "$folder/show.py" | tee -a "$folder/said"
done
[[ "$(grep -c 'wrong for 2$' "$folder/said")" == 2 && "$(grep -c '1.23.2.*{0, 2}: right$' "$folder/said")" == 2 ]] || {
    echo 'onnxruntime behaves otherwise now' >&2
    exit 1
}
