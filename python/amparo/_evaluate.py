"""Anybody's scores, judged as versions are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amparo import _amparo
from amparo._columns import names_of, read
from amparo._partial import Partial
from amparo._report import Report


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
    synthetic: str | None = None,
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

    The order of the rows does not matter: they are put into one by case and content before cases are numbered for the resamples. So partials of the
    same rows, merged, give the same report, bit for bit: see `evaluate_partials`.

    Parameters
    ----------
    scores : mapping of str to array of float, shape (n,)
        By name; the first is what the report is about. Larger is riskier.
    events : array of bool or of 0 and 1, shape (n,)
        Whether the event happened.
    groups : data frame or mapping of str to array, shape (n,), optional
        Partitions of the rows. A missing value, and the label `unknown`, say that nothing was recorded: such rows are counted and compared with none.
        At most 65,536 labels each.
    weights : array of float, shape (n,), optional
        Weight of each row, above 0; 1 by default.
    cases : array of int or str, shape (n,), optional
        Case of each row: resamples draw cases. Every row is a case of its own by default. An array of integers is read as it is; of a large table, it
        takes less time and memory than texts.
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
    synthetic : str, optional
        If the rows are invented, the sentence that says so: it stands wherever their results appear.
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
    columns, made = read(scores, events, groups, weights, cases, probabilities)
    columns.names("levels", "score", levels or {}, scores)
    columns.names("references", "group", references or {}, names_of(groups))
    columns.check()
    partial = Partial(_amparo.Partial.of_columns(outcome, horizon_days, *made))
    return partial.report(
        held_out=held_out, levels=levels, references=references, reference=reference, title=title, synthetic=synthetic, replicates=replicates,
        seed=seed, smallest_cell=smallest_cell, margin=margin, pairwise=pairwise, progress=progress,
    )
