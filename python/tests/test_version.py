"""Scores and explanations beside the command's, and what a version says of itself."""

import json
import os
import pickle
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import shap

import amparo


def reference(version):
    return version.name.split()[0]


def codes(version, forms):
    """The same forms as codes of answers."""
    of = {i: {a: code for code, a in enumerate(version.instrument.answers(i))} for i in forms.columns}
    return pd.DataFrame({i: forms[i].map(of[i]) for i in forms.columns})


def test_scores_are_those_of_the_command(version, forms, command):
    found, expected = version.score(forms), command(reference(version))
    for ours, theirs in [("log_odds", "log_odds"), ("probability", "probability"), ("probability_low", "probability.low"), ("probability_high", "probability.high")]:
        assert (found[ours].to_numpy() == expected[theirs].to_numpy()).all()
    assert (found["computed_level"].to_numpy() == expected["computed_level"].to_numpy()).all()
    assert found["computed_level"].nunique() > 1 and set(found["computed_level"]) <= set(version.levels)
    assert (found["unlearned_answers"].to_numpy() == expected["unlearned_answers"].to_numpy()).all()
    # Another form has another score.
    assert (version.score(forms[::-1].reset_index(drop=True))["log_odds"].to_numpy() != expected["log_odds"].to_numpy()).any()


def test_explanations_are_those_of_the_command_and_add_up(version, forms, command):
    found, expected = version.explain(forms), command(reference(version))
    assert isinstance(found, shap.Explanation)
    assert found.feature_names == list(forms.columns) == version.instrument.indicators
    values = expected[[f"value.{i}" for i in forms.columns]].to_numpy()
    assert (found.values == values).all() and (found.base_values == expected["base"].to_numpy()).all()
    assert (found.data == forms.to_numpy()).all()
    assert np.abs(found.base_values + found.values.sum(axis=1) - expected["log_odds"]).max() <= 1e-9
    assert np.abs(found.base_values + found.values[:, 1:].sum(axis=1) - expected["log_odds"]).max() > 1e-3
    # A row of it is one for shap's waterfall, and all of it one for its beeswarm.
    assert found[0].values.shape == (len(forms.columns),)


def test_every_kind_of_table_gives_the_same_bits(version, forms):
    expected = version.score(forms)["log_odds"].to_numpy()
    as_codes = codes(version, forms)
    shuffled = forms[list(reversed(forms.columns))]
    tables = {
        "categories of pandas": forms.astype("category"),
        "strings of pandas": forms.astype("string"),
        "codes": as_codes,
        "small codes": as_codes.astype("uint8"),
        "codes as floats": as_codes.astype(float),
        "nullable codes": as_codes.astype("Int16"),
        "other order": shuffled,
        "polars": pl.from_pandas(forms),
        "categories of polars": pl.from_pandas(forms).cast(pl.Categorical),
        "lazy polars": pl.from_pandas(forms).lazy(),
        "pyarrow": pa.Table.from_pandas(forms, preserve_index=False),
        "batches": pa.Table.from_batches(pa.Table.from_pandas(forms, preserve_index=False).to_batches(max_chunksize=700)),
        "views of pyarrow": pa.table({i: pa.array(forms[i]).cast(pa.string_view()) for i in forms.columns}),
        "dict": {i: forms[i].tolist() for i in forms.columns},
    }
    for name, table in tables.items():
        found = version.score(table)
        assert type(found).__module__.split(".")[0] == {"dict": "pyarrow", "lazy polars": "polars"}.get(name, type(table).__module__.split(".")[0]), name
        assert (np.asarray(found["log_odds"]) == expected).all(), name


def test_duckdb_relations_are_read(version, forms):
    duckdb = pytest.importorskip("duckdb")
    found = version.score(duckdb.sql("select * from forms"))
    assert (np.asarray(found["log_odds"]) == version.score(forms)["log_odds"].to_numpy()).all()


def test_an_index_of_pandas_comes_back(version, forms):
    labelled = forms.iloc[:5].set_axis(["e", "d", "c", "b", "a"])
    assert list(version.score(labelled).index) == ["e", "d", "c", "b", "a"]


def test_missing_values_are_unknown_only_if_somebody_says_so(version, forms):
    gone = forms.copy()
    gone.iloc[7, 3] = None
    with pytest.raises(amparo.InputError) as caught:
        version.score(gone)
    (one,) = caught.value.problems
    assert (one.row, one.column, one.found) == (7, gone.columns[3], "a missing value")
    unknown = forms.copy()
    unknown.iloc[7, 3] = "unknown"
    found = version.score(gone, missing="unknown")["log_odds"]
    assert (found == version.score(unknown)["log_odds"]).all()


def test_everything_that_is_wrong_is_told_at_once(version, forms):
    wrong = forms.iloc[:20].drop(columns="I02").assign(case="c", I03=True)
    wrong.loc[3, "I04"] = "presnt"
    wrong["I05"] = codes(version, forms)["I05"][:20].astype(float)
    wrong.loc[4, "I05"] = 1.5
    wrong.loc[5, "I05"] = 17
    with pytest.raises(amparo.InputError) as caught:
        version.score(wrong)
    told = {(one.row, one.column, one.found) for one in caught.value.problems}
    assert told == {
        (None, "I02", "no such column"), (None, "case", "a column that is no indicator"), (None, "I03", "a column of type Boolean"),
        (3, "I04", "`presnt`"), (4, "I05", "1.5"), (5, "I05", "17"),
    }
    assert caught.value.n_problems == 6 and len(caught.value.frame()) == 6
    assert "ignore_extra=True" in str(caught.value) and "absent" in str(caught.value)
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, amparo.AmparoError)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems


def test_of_many_problems_the_first_are_listed_and_all_are_counted(version, forms):
    with pytest.raises(amparo.InputError) as caught:
        version.score(forms.assign(I04="presnt"))
    assert caught.value.n_problems == len(forms) and len(caught.value.problems) == 1000
    assert "and 2990 more" in str(caught.value)


def test_tables_that_are_none_are_refused(version, forms):
    with pytest.raises(amparo.InputError, match="no row"):
        version.score(forms.iloc[:0])
    with pytest.raises(amparo.InputError, match="labels of the index more than once"):
        version.score(pd.concat([forms.iloc[:2], forms.iloc[:1]]))
    twice = pd.concat([forms, forms[["I04"]]], axis=1)
    with pytest.raises(amparo.InputError, match="a column of this name before"):
        version.score(twice)
    with pytest.raises(TypeError, match="expected a data frame"):
        version.score([1, 2, 3])
    assert len(version.score(forms.assign(case="c"), ignore_extra=True)) == len(forms)


def test_one_form_is_assessed_as_the_service_does(version, case):
    found = version.assess(case)
    parts = [one["value"] for one in found["explanation"]["values"]]
    assert abs(found["explanation"]["base"] + sum(parts) - found["recidivism"]["log_odds"]) <= 1e-9
    row = pd.DataFrame([case])
    assert version.score(row)["log_odds"][0] == found["recidivism"]["log_odds"]
    assert version.score(row)["computed_level"][0] == found["computed_level"]
    with pytest.raises(amparo.AmparoError, match="I04"):
        version.assess({indicator: answer for indicator, answer in case.items() if indicator != "I04"})


def test_margins_and_pairs_come_when_they_are_asked_for(version, forms, case):
    few = forms.iloc[:50]
    plain, found = version.explain(few), version.explain(few, margins=True)
    assert plain.error_std is None and (found.values == plain.values).all()
    one = version.assess(dict(few.iloc[7]))["explanation"]["stability"]["values"]
    expected = [value["sd"] for value in one]
    assert np.abs(found.error_std[7] - expected).max() <= 1e-15
    assert np.abs(found.error_std[7] - np.roll(expected, 1)).max() > 1e-6
    assert "interactions" not in version.assess(case)["explanation"]
    assert version.assess(case, pairs=True)["explanation"]["interactions"] is not None


def test_plots_of_shap_take_labels_and_codes(version, forms):
    form = version.instrument
    told = version.explain(forms[:50], lang="es", codes=True)
    assert told.feature_names[0] == form.label("I01", lang="es") != form.label("I01")
    unknown = (forms[:50] == "unknown").to_numpy()
    assert (np.isnan(told.data) == unknown).all() and unknown.any()
    known = np.argwhere(~unknown)[0]
    answer = form.answers(form.indicators[known[1]])[int(told.data[tuple(known)])]
    assert answer == forms.iloc[known[0], known[1]]
    assert told.display_data[tuple(known)] == form.label(form.indicators[known[1]], answer, lang="es")
    shap.plots.beeswarm(told, show=False)
    plt.close("all")
    with pytest.raises(KeyError, match="no answer `often`"):
        form.label("I01", "often")


def test_two_versions_are_compared_by_what_parts_them(registry, case):
    points, challenger = registry["vpr@1"], registry["vpr@challenger"]
    found = challenger.compare(points, case)
    gap = challenger.assess(case)["recidivism"]["log_odds"] - points.assess(case)["recidivism"]["log_odds"]
    assert abs(found["log_odds"]["difference"] - gap) <= 1e-12 < abs(gap)
    assert points.compare(challenger, case)["log_odds"]["difference"] == -found["log_odds"]["difference"]


def test_progress_is_told_and_an_interruption_ends_the_work(version, forms):
    many = pd.concat([forms] * 20, ignore_index=True)
    codes = version._native.instrument.read(many.astype("category"), False, False)
    told = []
    version._native.score(codes, told.append)
    assert told == list(range(0, len(many), 1 << 14))

    def interrupted(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        version._native.score(codes, interrupted)
    with pytest.raises(amparo.AmparoError, match="the codes have 36 columns, form `vpr5.0-h` has 37 indicators"):
        version._native.score(codes[:, 1:])
    assert len(version.score(forms, progress=True)) == len(forms)
    with pytest.raises(ValueError, match="missing is"):
        version.score(forms, missing="zero")


def test_ctrl_c_stops_within_a_second(version, forms):
    many = pd.concat([forms] * 200, ignore_index=True).astype("category")
    # A second of all processors, whatever else the machine does meanwhile.
    started = time.process_time()
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        for _ in range(100):
            version.explain_arrays(many)
    assert time.process_time() - started < (0.3 + 1.0) * os.cpu_count()


def test_a_version_says_what_it_is(registry, version):
    assert repr(version).startswith("<amparo.Version vpr@")
    assert version.manifest["name"] == "vpr" and len(version.digest) == 64
    assert version.card().startswith("# ") and "[[candidate]]" in version.config()
    assert version.instrument.answers("I04") == ["absent", "present", "unknown"]
    assert version.instrument.to_dict()["id"] == "vpr5.0-h"
    assert reference(version) in list(registry) and "champion" in registry.aliases("vpr")
    version.verify()
    with pytest.raises(amparo.AmparoError, match="vpr"):
        registry["vpr@99"]
    with pytest.raises(amparo.AmparoError, match="/nowhere"):
        amparo.Registry("/nowhere")


def test_a_folder_that_was_changed_is_refused(registry, tmp_path):
    files = registry["vpr@1"]._native.files()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    version = amparo.Version.load(tmp_path)
    version.verify()
    (tmp_path / "card.md").write_bytes(files["card.md"] + b" ")
    with pytest.raises(amparo.AmparoError, match="card.md"):
        version.verify()
    with pytest.raises(amparo.AmparoError, match="card.md"):
        amparo.Version.load(tmp_path)


def test_a_folder_of_a_newer_edition_says_so(registry, tmp_path):
    files = registry["vpr@1"]._native.files()
    manifest = json.loads(files["manifest.json"])
    newer = {**files, "manifest.json": json.dumps({**manifest, "format": manifest["format"] + 1, "of_later": 1}).encode()}
    for name, content in newer.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(amparo.AmparoError, match=f"format {manifest['format'] + 1}, that of a newer edition"):
        amparo.Version.load(tmp_path)


def scored_elsewhere(args):
    version, forms = args
    return version.score(forms)["log_odds"].to_numpy()


def test_versions_go_to_other_processes_and_threads(version, forms):
    expected = version.score(forms)["log_odds"].to_numpy()
    assert (scored_elsewhere((pickle.loads(pickle.dumps(version)), forms)) == expected).all()
    with ProcessPoolExecutor(2) as pool:
        halves = list(pool.map(scored_elsewhere, [(version, forms[:1500]), (version, forms[1500:])]))
    assert (np.concatenate(halves) == expected).all()
    for backend in ("loky", "threading", "multiprocessing"):
        halves = joblib.Parallel(n_jobs=2, backend=backend)(
            joblib.delayed(scored_elsewhere)((version, part)) for part in (forms[:1500], forms[1500:])
        )
        assert (np.concatenate(halves) == expected).all(), backend
    found = [None] * 4
    def work(at):
        found[at] = scored_elsewhere((version, forms))
    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert all((one == expected).all() for one in found)
