"""Parts of the rows, judged together: the same report, however the rows were parted."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import amparo

SETTINGS = dict(held_out="drawn at random", replicates=100, levels={"a": {"low": 0.0, "high": 0.3}}, references={"age": "30-44"}, reference="b")


@pytest.fixture(scope="module")
def rows():
    """4,000 rows of 1,500 cases: two scores, an outcome, groups and weights."""
    rng = np.random.default_rng(7)
    n = 4000
    z = rng.normal(-1, 1.2, n)
    p = 1 / (1 + np.exp(-z))
    age = rng.choice(np.array(["18-29", "30-44", "45+", None], dtype=object), n)
    return pd.DataFrame({
        "a": p, "b": np.round(1 / (1 + np.exp(-z - rng.normal(0, 1, n))), 2), "event": rng.random(n) < p, "age": age,
        "foreign": rng.random(n) < 0.3, "weight": rng.choice([1.0, 1.5, 2.0], n), "case": [f"case-{i:05d}" for i in rng.integers(0, 1500, n)],
    })


def columns(rows, **changed):
    of = dict(scores={"a": rows["a"], "b": rows["b"]}, events=rows["event"], groups=rows[["age", "foreign"]], weights=rows["weight"], cases=rows["case"])
    return {**of, **changed}


def partial(rows, **changed):
    return amparo.evaluate_partials(**columns(rows, **changed))


def test_any_division_and_any_tree_of_merges_give_the_report_of_one_machine(rows):
    expected = amparo.evaluate(**columns(rows), **SETTINGS)
    rng = np.random.default_rng(3)
    part = rng.integers(0, 9, len(rows))
    parts = [partial(rows[part == at]) for at in range(9)]
    tree = parts[4].merge(parts[0]).merge(parts[8].merge(parts[1], parts[7]))
    tree = amparo.merge([parts[2].merge(parts[6]), tree]).merge(parts[5]).merge(parts[3])
    empty = partial(rows.iloc[:0])
    whole = partial(rows)
    for merged in (amparo.merge(parts), amparo.merge(reversed(parts)), tree, empty.merge(whole, empty), amparo.merge(one.to_bytes() for one in parts)):
        assert merged.to_bytes() == whole.to_bytes() and merged == whole
        assert merged.report(**SETTINGS).files == expected.files
    assert (whole.n_rows, whole.n_cases, whole.n_events) == (4000, rows["case"].nunique(), rows["event"].sum())
    assert expected.to_dict()["context"]["fingerprint"] == whole.digest
    # A row that is not there is missed.
    assert amparo.merge(parts[:-1]).merge(partial(rows[part == 8].iloc[1:])).report(**SETTINGS).files != expected.files


def test_the_order_of_rows_does_not_matter(rows):
    expected = amparo.evaluate(**columns(rows), **SETTINGS).files
    assert amparo.evaluate(**columns(rows.sample(frac=1, random_state=1)), **SETTINGS).files == expected
    assert amparo.evaluate(**columns(rows[::-1], cases=None), **SETTINGS).files == amparo.evaluate(**columns(rows, cases=None), **SETTINGS).files


def test_a_case_with_rows_in_several_parts_is_one(rows):
    halves = [rows.iloc[::2], rows.iloc[1::2]]
    in_both = set(halves[0]["case"]) & set(halves[1]["case"])
    assert len(in_both) > 500
    merged = amparo.merge(map(partial, halves))
    assert merged.n_cases == rows["case"].nunique() < sum(half["case"].nunique() for half in halves)
    # As cases of their own, they have other intervals.
    apart = amparo.merge(partial(half, cases=half["case"] + f"/{at}") for at, half in enumerate(halves))
    assert apart.n_cases == sum(half["case"].nunique() for half in halves)
    slopes = [one.report(**SETTINGS).measure("calibration_slope") for one in (merged, apart)]
    assert abs(slopes[0]["value"] - slopes[1]["value"]) <= 1e-12 and slopes[0]["low"] != slopes[1]["low"]
    # Without ids, rows are cases of their own in every part, alike or not.
    alone = [partial(half, cases=None) for half in (rows, rows)]
    assert amparo.merge(alone).n_cases == 8000


def test_cases_are_read_from_whatever_holds_them(rows):
    number = rows["case"].str.removeprefix("case-").astype(int)
    by_number = partial(rows, cases=number)
    for cases in (number.tolist(), number.astype("Int64"), number.astype("uint32"), number.astype(float), pl.Series(number), pa.array(number), number.astype(object)):
        assert partial(rows, cases=cases) == by_number
    by_text = partial(rows)
    for cases in (rows["case"].tolist(), rows["case"].astype("category"), pl.Series(rows["case"]), pa.array(rows["case"]), rows["case"].to_numpy(dtype="U10")):
        assert partial(rows, cases=cases) == by_text
    # In the same order, so with the same resamples.
    measures = [one.report(**SETTINGS).frame("overall") for one in (by_number, by_text)]
    pd.testing.assert_frame_equal(*measures)
    assert partial(rows, cases=-number) != by_number
    with pytest.raises(amparo.AmparoError, match="whole numbers in some partials and texts in others"):
        by_number.merge(by_text)
    gone = rows["case"].astype(object).where(rows.index != 7)
    for cases in (gone, number.where(rows.index != 7), number.astype("Int64").where(rows.index != 7), gone.where(rows.index != 7, pd.NA)):
        with pytest.raises(amparo.InputError) as caught:
            partial(rows, cases=cases)
        assert [(one.row, one.column, one.found) for one in caught.value.problems] == [(7, "cases", "a missing value")]
    for cases, found in ((number + 0.5, "a whole number from"), (number.astype("uint64") + 2**63, "a whole number from"), ([2**70] * len(rows), "too large")):
        with pytest.raises(amparo.InputError, match=found):
            partial(rows, cases=cases)


def test_labels_are_the_same_in_every_part(rows):
    with_missing = pd.Series([1, 2, None, 1] * 1000)
    without = pd.Series([1, 2, 2, 1] * 1000)
    groups = [{"g": with_missing}, {"g": without}, {"g": without.astype("Int64")}, {"g": [1, 2, 2, 1.0] * 1000}, {"g": without.astype(str).astype("category")}]
    merged = amparo.merge(partial(rows, groups=one) for one in groups)
    (group,) = merged.report(held_out="x", replicates=100).to_dict()["scored"][0]["groups"]
    # That of the missing ones is no label among the others, and none is called 1.0.
    assert [(one["label"], one["n"]) for one in group["rows"]] == [("1", 10000), ("2", 9000), ("unknown", 1000)]
    assert group["unknown"] == ["unknown"]
    age = rows["age"]
    expected = partial(rows, groups={"age": age})
    for labels in (age.tolist(), age.astype("category"), age.astype("string"), age.to_numpy(), pl.Series(age), pa.array(age), age.astype("string").astype(object)):
        assert partial(rows, groups={"age": labels}) == expected
    assert partial(rows, groups=pl.DataFrame({"age": pl.Series(age)})) == partial(rows, groups=pa.table({"age": pa.array(age)})) == expected
    assert partial(rows, groups={"age": rows["event"]}) != expected
    with pytest.raises(amparo.InputError, match="at most 65536"):
        many = pd.concat([rows] * 20, ignore_index=True)
        partial(many, groups={"g": np.arange(len(many))})


def test_a_part_may_have_no_row_or_one_outcome_only(rows):
    empty = partial(rows.iloc[:0])
    assert empty.n_rows == 0 and amparo.Partial.from_bytes(empty.to_bytes()) == empty == empty.merge(empty)
    by_outcome = amparo.merge([partial(rows[rows["event"]]), empty, partial(rows[~rows["event"]])])
    assert by_outcome == partial(rows)
    with pytest.raises(amparo.AmparoError, match="expected both outcomes"):
        partial(rows[rows["event"]]).report(held_out="x")
    with pytest.raises(amparo.AmparoError, match="expected one or more"):
        amparo.merge([])


def test_partials_go_elsewhere_and_damage_is_found(rows):
    one = partial(rows)
    assert pickle.loads(pickle.dumps(one)) == one and len({one, pickle.loads(pickle.dumps(one))}) == 1
    content = one.to_bytes()
    # A bit of outcome, labels and weights in two bits, a number of 100 in seven; ids and doubles are what weighs.
    assert len(content) / len(rows) < 8 + 7 / 8 + 7 / 8 + 2
    for wrong in (content[:-1], content[:40], b"", b"PAR1" + content, content + b" ", content[:2000] + b"\x00" + content[2001:]):
        with pytest.raises(amparo.AmparoError, match="partial is not readable"):
            amparo.Partial.from_bytes(wrong)
    newer = content[:15] + b"\x02" + content[16:]
    with pytest.raises(amparo.AmparoError, match="format 2 of the partial, expected 1; another edition"):
        amparo.merge([one, newer])
    assert repr(one).startswith("<amparo.Partial of 4,000 rows") and one.scores == {"a": True, "b": True} and one.groups == ["age", "foreign"]


def test_partials_that_differ_are_refused_with_everything_in_which_they_do(rows):
    one = partial(rows)
    other = partial(rows, scores={"a": rows["a"], "c": rows["b"]}, probabilities={"a": False}, groups=None, weights=None, cases=None, outcome="death", horizon_days=90)
    with pytest.raises(amparo.AmparoError) as caught:
        one.merge(one, other)
    for told in ("outcome of partial 2: `death`, of partial 0: `event`", "horizon_days of partial 2: 90, of partial 0: none", "`a` (no probability), `c`",
                 "groups of partial 2: none", "weights of partial 2: not given", "cases of partial 2: not given"):
        assert told in str(caught.value)
    assert "partial 1" not in str(caught.value)
    with pytest.raises(amparo.InputError) as caught:
        one.report(held_out="x", levels={"c": {}}, references={"h": "x"})
    assert caught.value.n_problems == 2
    with pytest.raises(amparo.InputError) as caught:
        partial(rows, scores={"a": rows["a"] + 1}, weights=rows["weight"][:5], groups={"g": ["x"]})
    assert {one.column for one in caught.value.problems} == {"a", "weights", "g"} and caught.value.n_problems > 4000
