"""Anybody's scores, judged as versions are."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from amparo import _amparo
from amparo._frames import taken
from amparo._progress import bar
from amparo.errors import InputError, Problem

_UNKNOWN = "unknown"
# Columns of `report.csv` that hold numbers. Counts may hold `<10` as well.
_NUMBERS = ("at", "from", "to", "value", "low", "high", "simultaneous_low", "simultaneous_high", "detectable")


class Report:
    """A report: numbers with intervals, pages, and tables.

    Attributes
    ----------
    files : dict of str
        `report.json`, `report.csv`, `report.html`, `report.es.html` and the schema of the first.
    """

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files
        self._json: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The whole report; its schema is in `files`."""
        if self._json is None:
            self._json = dict(json.loads(self.files["report.json"]))
        return self._json

    @property
    def names(self) -> list[str]:
        """Names of the scores."""
        return [one["name"] for one in self.to_dict()["scored"]]

    def measure(self, metric: str, score: str | None = None) -> dict[str, Any]:
        """A measure of a score (the first one by default) over all rows: `value`, `low` and `high` of its 95 % interval, `n` and `events`, or
        `reason` where there is no number."""
        one = self._scored(score)
        if metric not in one["overall"]:
            known = ", ".join(sorted(one["overall"]))
            raise KeyError(f"no measure `{metric}`, expected one of {known}")
        return dict(one["overall"][metric])

    def _scored(self, score: str | None) -> dict[str, Any]:
        scored = self.to_dict()["scored"]
        for one in scored:
            if score is None or one["name"] == score:
                return dict(one)
        raise KeyError(f"no score `{score}`, expected one of {', '.join(self.names)}")

    def frame(self, table: str | None = None) -> Any:
        """All numbers as a pandas data frame, one row a number: of one table (`overall`, `differences`, `gaps`, ...), or of all.

        A number that is suppressed or undefined is missing, and its `reason` says why. In one table, `n` and `events` are whole numbers unless
        the table has `<10`; then, and in all tables together, they are texts.
        """
        import pandas

        # As texts first: labels stay what they are (`01`, `NA`), and the parser of pandas before 3 rounds numbers.
        texts = pandas.read_csv(io.StringIO(self.files["report.csv"]), dtype=str, keep_default_na=False, na_values=[""])
        lines = texts.astype({name: float for name in _NUMBERS})
        if table is None:
            return lines
        found = lines[lines["table"] == table]
        if found.empty:
            known = ", ".join(lines["table"].unique())
            raise KeyError(f"no table `{table}`, expected one of {known}")
        found = found.dropna(axis=1, how="all").reset_index(drop=True)
        for counts in {"n", "events"} & set(found):
            if not found[counts].astype(str).str.startswith("<").any():
                found[counts] = pandas.to_numeric(found[counts]).astype("Int64")
        return found

    def html(self, lang: str = "en") -> str:
        """The page of the report in English (`en`) or Spanish (`es`)."""
        return self.files["report.es.html" if lang == "es" else "report.html"]

    def save(self, folder: str | Path) -> None:
        """Writes all files into a folder, which is made if it is not there."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")

    def _summary(self) -> list[tuple[str, ...]]:
        def told(measure: dict[str, Any] | None) -> str:
            if measure is None or "value" not in measure:
                return "-"
            interval = f" [{measure['low']:.3f}, {measure['high']:.3f}]" if "low" in measure else ""
            return f"{measure['value']:.3f}{interval}"

        metrics = ("auc", "log_loss", "brier", "observed_expected")
        rows = [(one["name"], *(told(one["overall"].get(metric)) for metric in metrics)) for one in self.to_dict()["scored"]]
        return [("score", "AUC", "log loss", "Brier score", "observed : expected"), *rows]

    def __repr__(self) -> str:
        rows = self._summary()
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)

    def _repr_html_(self) -> str:
        head, *rows = self._summary()

        def cells(row: tuple[str, ...], tag: str) -> str:
            return "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row)

        body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
        return f"<table><thead><tr>{cells(head, 'th')}</tr></thead><tbody>{body}</tbody></table>"


def evaluate(
    scores: Mapping[str, Any],
    events: Any,
    *,
    groups: Any = None,
    weights: Any = None,
    cases: Any = None,
    held_out: str,
    probabilities: bool | Mapping[str, bool] = True,
    levels: Mapping[str, Mapping[str, float]] | None = None,
    references: Mapping[str, str] | None = None,
    reference: str | None = None,
    title: str = "rows",
    outcome: str = "event",
    horizon_days: int | None = None,
    replicates: int = 1000,
    seed: int = 1,
    smallest_cell: int = 10,
    margin: float = 0.05,
    pairwise: bool = False,
    progress: bool = False,
) -> Report:
    """Judges scores of anybody's models by the same report as versions.

    Parameters
    ----------
    scores : mapping of str to array of float, shape (n,)
        By name; the first is what the report is about. Larger is riskier.
    events : array of bool or of 0 and 1, shape (n,)
        Whether the event happened.
    groups : data frame or mapping of str to array, shape (n,), optional
        Partitions of the rows. A missing value, and the label `unknown`, say that nothing was recorded: such rows are counted and compared with none.
    weights : array of float, shape (n,), optional
        Weight of each row, above 0; 1 by default.
    cases : array, shape (n,), optional
        Case of each row: resamples draw cases. Every row is a case of its own by default.
    held_out : str
        How the rows were kept from the models, in your own words, for the report says it: "a third of the cases, drawn before any fit".
    probabilities : bool or mapping of str to bool
        Whether the scores are probabilities in [0, 1]; others are judged by their ranks.
    levels : mapping of str to mapping of str to float, optional
        By score, its levels from the lowest, each with the value from which it begins.
    references : mapping of str to str, optional
        By group column, the label that the others are compared with; the one with most rows by default.
    reference : str, optional
        The score that differences are taken against; the first one by default.
    title, outcome, horizon_days
        What rows and outcome are called, and the days within which it counts.
    replicates, seed : int
        Of the bootstrap, 100 to 65,000.
    smallest_cell : int
        A number that rests on fewer rows or events is suppressed.
    margin : float
        A gap between groups is called absent when its simultaneous interval lies within this distance of 0.
    pairwise : bool
        Whether all labels of a group are compared with each other.
    progress : bool
        Whether a bar of tqdm is shown.

    Raises
    ------
    InputError
        With everything that is wrong with the columns.
    AmparoError
        If one outcome alone occurs, a reference is not there, or a number of the settings is out of range.
    """
    wrong: list[Problem] = []
    if not scores:
        raise InputError([Problem(None, "scores", "no score", "one or more")])
    y = np.asarray(events)
    n = len(y)
    if y.dtype != bool:
        for row in np.flatnonzero(~np.isin(y, [0, 1])):
            wrong.append(Problem(int(row), "events", f"{y[row]}", "0 or 1, False or True"))

    def floats(name: str, values: Any, expected: str, holds: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        found = np.asarray(values)
        if found.ndim != 1 or len(found) != n:
            wrong.append(Problem(None, name, f"shape {found.shape}", f"({n},), as the events have it"))
            return np.zeros(n)
        try:
            found = np.ascontiguousarray(found, dtype=np.float64)
        except (TypeError, ValueError):
            wrong.append(Problem(None, name, f"values of type {found.dtype}", expected))
            return np.zeros(n)
        for row in np.flatnonzero(~holds(found)):
            wrong.append(Problem(int(row), name, f"{found[row]}", expected))
        return found

    is_probability = {name: probabilities if isinstance(probabilities, bool) else probabilities.get(name, True) for name in scores}
    of_scores = []
    for name, values in scores.items():
        if is_probability[name]:
            found = floats(name, values, "a probability from 0 to 1", lambda p: (p >= 0) & (p <= 1))
        else:
            found = floats(name, values, "a finite number", np.isfinite)
        of_scores.append((str(name), found, is_probability[name], list((levels or {}).get(name, {}).items())))
    w = np.ones(n) if weights is None else floats("weights", weights, "a finite number above 0", lambda w: np.isfinite(w) & (w > 0))
    of_cases = [str(row) for row in range(n)] if cases is None else [str(case) for case in np.asarray(cases)]
    if len(of_cases) != n:
        wrong.append(Problem(None, "cases", f"{len(of_cases)} values", f"{n}, as many as events"))
    partitions = []
    for name, labels in _columns(groups):
        if len(labels) != n:
            wrong.append(Problem(None, name, f"{len(labels)} values", f"{n}, as many as events"))
            continue
        known, codes = np.unique([_UNKNOWN if label is None or label != label else str(label) for label in labels], return_inverse=True)
        partitions.append((name, [str(label) for label in known], codes.astype(np.uint16), (references or {}).get(name)))
    for name in set(levels or {}) - set(scores):
        wrong.append(Problem(None, "levels", f"a score `{name}`", "one of " + ", ".join(scores)))
    for name in set(references or {}) - {name for name, *_ in partitions}:
        wrong.append(Problem(None, "references", f"a group `{name}`", "one of the groups"))
    if wrong:
        wrong.sort(key=lambda one: one.row is not None)
        raise InputError(wrong[:1000], len(wrong))
    with bar(progress, "resampling cases") as told:
        files = _amparo.evaluate(
            of_scores, y.astype(bool), w, of_cases, partitions, (title, outcome, held_out), horizon_days, reference,
            (replicates, seed, smallest_cell, margin, pairwise), told,
        )
    return Report(files)


def _columns(groups: Any) -> list[tuple[str, list[Any]]]:
    """Group columns of a data frame or a mapping."""
    if groups is None:
        return []
    if isinstance(groups, Mapping):
        return [(str(name), list(labels)) for name, labels in groups.items()]
    of = taken(groups)
    if of.kind == "pandas":
        return [(str(name), list(of.table[name].astype(object))) for name in of.table.columns]
    if of.kind == "polars":
        return [(name, of.table[name].to_list()) for name in of.table.columns]
    import pyarrow

    table = pyarrow.table(of.table)
    return [(name, table[name].to_pylist()) for name in table.column_names]
