"""Published versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from amparo import _amparo
from amparo._explained import Explained, explained
from amparo._frames import given_back, taken
from amparo._held import held
from amparo._instrument import Instrument, Lang, Missing, means_unknown
from amparo._progress import bar


class Version:
    """An immutable published version of a model. Versions come from a `Registry`, or from a folder by `Version.load`.

    A version may be used by several threads at once. It is pickled as its files, so that other processes load it without the registry; a process that
    is sent the same version again has the one that it loaded.
    """

    def __init__(self, native: _amparo.Version) -> None:
        self._native = native

    @classmethod
    def load(cls, folder: str) -> Version:
        """The version in a folder, verified by its digests and its probe forms.

        Raises
        ------
        AmparoError
            If a file is missing, was changed, or is of a newer edition.
        """
        return cls(_amparo.Version.of_folder(str(folder)))

    @property
    def name(self) -> str:
        """Name, number and candidate: `vpr@3 points`."""
        return self._native.name

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, in hexadecimal."""
        return self._native.digest

    @property
    def instrument(self) -> Instrument:
        """The form that the version reads."""
        return Instrument._of(self._native.instrument)

    @property
    def levels(self) -> list[str]:
        """Ids of the levels of its protocol, from the lowest."""
        return self._native.levels

    @property
    def manifest(self) -> dict[str, Any]:
        """Digests, training data, split, metrics and clauses."""
        return dict(json.loads(self._native.manifest()))

    def card(self) -> str:
        """The model card, in Markdown."""
        return self._native.card()

    def config(self) -> str:
        """The config of the experiment as it was run, in TOML."""
        return self._native.config()

    def verify(self) -> None:
        """Reads the version once more from where it is, verifies all of it, and compares the digest.

        Raises
        ------
        AmparoError
            If a file was changed, or the version does not give its probe forms the scores that it states.
        """
        self._native.verify()

    def score(
        self, forms: Any, *, missing: Missing = "error", ignore_extra: bool = False, allow_empty: bool = False, progress: bool = False
    ) -> Any:
        """Scores forms, one row each.

        Parameters
        ----------
        forms : data frame of pandas or polars, pyarrow table, DuckDB relation, or dict of columns
            One column for each indicator of the form, in any order: ids of answers (texts or categories), or their codes. Where the form
            has bins of a number, numbers are those numbers.
        missing : {"error", "unknown"}
            What a missing value means. By default it is an error: that nobody knows is the answer `unknown`.
        ignore_extra : bool
            Whether columns that are no indicators are passed over instead of refused.
        allow_empty : bool
            Whether there may be no row, as in a part of a table; then the result has its columns and no row. By default that is refused, for it
            is most often a mistake.
        progress : bool
            Whether a bar of tqdm is shown.

        Returns
        -------
        table of the library that the forms came from
            `log_odds` before calibration; `probability` of the outcome in [0, 1]; `probability_low` and `probability_high`, the 95 % interval of
            its calibration curve; `computed_level`, the level that the probability alone gives; `unlearned_answers`, the indicators
            whose answer the version has not learned from, with a space between them.

        Raises
        ------
        InputError
            With everything that does not fit the form.
        AmparoError
            If the protocol refuses answers that the version has not learned from.
        """
        of = taken(forms)
        codes = self._native.instrument.read(of.table, means_unknown(missing), ignore_extra, allow_empty)
        with bar(progress, "scoring", unit=" forms") as told:
            log_odds, probability, low, high, level, unlearned = self._native.score(codes, told)
        columns = {
            "log_odds": log_odds,
            "probability": probability,
            "probability_low": low,
            "probability_high": high,
            "computed_level": level,
            "unlearned_answers": unlearned,
        }
        return given_back(columns, of)

    def explain(
        self,
        forms: Any,
        *,
        margins: bool = False,
        lang: Lang | None = None,
        codes: bool = False,
        missing: Missing = "error",
        ignore_extra: bool = False,
        allow_empty: bool = False,
        progress: bool = False,
    ) -> Any:
        """Explains the score of each form exactly: interventional Shapley values against the whole training population.

        Parameters
        ----------
        forms, missing, ignore_extra, allow_empty, progress
            As for `score`.
        margins : bool
            Whether it is also worked out how far each value could move with another population of the same kind.
        lang : {"en", "es"}, optional
            The language of the labels that stand for indicators and answers. By default their ids stand there.
        codes : bool
            Whether `data` holds codes of answers (`unknown` missing), by which `shap.plots.beeswarm` colours points; `display_data` has the texts then.

        Returns
        -------
        shap.Explanation
            `values` of shape (forms, indicators) in log-odds; `base_values` of shape (forms,), the mean log-odds of the population; `data`, the
            ids of the answers; `feature_names`, the ids of the indicators. A row of `values` and its base add up to the log-odds to within
            1e-9, which is checked. shap's plots take it as it is. With `margins`, `error_std` of the same shape holds the standard
            deviation of each value.

        Raises
        ------
        InputError, AmparoError
            As `score`.
        ImportError
            If shap is not installed; `explain_arrays` needs no shap.
        """
        of = self.explain_arrays(
            forms, margins=margins, missing=missing, ignore_extra=ignore_extra, allow_empty=allow_empty, progress=progress
        )
        return of.shap(lang=lang, codes=codes)

    def explain_arrays(
        self,
        forms: Any,
        *,
        margins: bool = False,
        missing: Missing = "error",
        ignore_extra: bool = False,
        allow_empty: bool = False,
        progress: bool = False,
    ) -> Explained:
        """The same as arrays, without shap."""
        codes = self._native.instrument.read(taken(forms).table, means_unknown(missing), ignore_extra, allow_empty)
        with bar(progress, "explaining", unit=" forms") as told:
            return explained(self._native, codes, margins, told)

    def compare(self, other: Version, answers: Mapping[str, str | float]) -> dict[str, Any]:
        """What this version and another make of one form, and what parts them.

        Parameters
        ----------
        other : Version
            A version that reads the same form.
        answers : mapping
            As for `assess`.
        """
        return dict(json.loads(self._native.compare(other._native, json.dumps(dict(answers)))))

    def assess(self, answers: Mapping[str, str | float], *, pairs: bool = False) -> dict[str, Any]:
        """Assesses one form as the service does it: level with all that raised it, exact explanation, what unknown answers could do.

        Parameters
        ----------
        answers : mapping
            Indicator to answer: the id of an answer, or a number where the form has bins. Every indicator must be answered, with `unknown` where
            nobody knows.
        pairs : bool
            Whether `explanation.interactions` says what pairs of answers add together.
        """
        return dict(json.loads(self._native.assess(json.dumps(dict(answers)), pairs)))

    def __repr__(self) -> str:
        return f"<amparo.Version {self.name}, form {self.instrument.id}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _version_of_files, (self._native.files(),)


def _version_of_files(files: dict[str, bytes]) -> Version:
    return held(files["manifest.json"], lambda: Version(_amparo.Version.of_files(files)))
