"""Registries, versions and forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from amparo import _amparo
from amparo._frames import given_back, taken
from amparo._held import held
from amparo._progress import bar

if TYPE_CHECKING:
    from amparo._draft import Draft

Missing = Literal["error", "unknown"]
Lang = Literal["en", "es"]


class Explained(NamedTuple):
    """Exact explanations of some forms."""

    values: np.ndarray
    """What each answer adds in log-odds, of shape (forms, indicators)."""
    base: np.ndarray
    """Mean log-odds of the population, of shape (forms,)."""
    data: np.ndarray
    """Ids of the answers, of shape (forms, indicators)."""
    indicators: list[str]
    """Ids of the indicators."""
    log_odds: np.ndarray
    """Scores before calibration, of shape (forms,)."""
    margins: np.ndarray | None
    """Standard deviation of each value with another population, of shape (forms, indicators), if it was asked for."""
    codes: np.ndarray
    """The answers as codes, of shape (forms, indicators)."""
    instrument: Instrument
    """The form."""

    def shap(self, *, lang: Lang | None = None, codes: bool = False) -> Any:
        """The same as a `shap.Explanation`; see `Version.explain`."""
        import shap

        names, texts = self.indicators, self.data
        if lang is not None:
            names = [self.instrument.label(name, lang=lang) for name in self.indicators]
            texts = self.instrument._told(self.codes, lambda name, answer: self.instrument.label(name, answer, lang=lang))
        data, shown = texts, None
        if codes:
            unknown = [len(self.instrument.answers(name)) - 1 for name in self.indicators]
            data, shown = np.where(self.codes == np.array(unknown), np.nan, self.codes.astype(float)), texts
        return shap.Explanation(
            values=self.values, base_values=self.base, data=data, display_data=shown, feature_names=names, error_std=self.margins
        )


def _means_unknown(missing: Missing) -> bool:
    if missing not in ("error", "unknown"):
        raise ValueError(f"missing is {missing!r}, expected 'error' or 'unknown'")
    return missing == "unknown"


class Instrument:
    """A form: its indicators and their answers.

    Parameters
    ----------
    name : str
        Id of a built-in form, such as `vpr5.0-h`, or the path of a form in TOML.
    """

    def __init__(self, name: str) -> None:
        self._native = _amparo.Instrument.named(name)

    @classmethod
    def _of(cls, native: _amparo.Instrument) -> Instrument:
        made = cls.__new__(cls)
        made._native = native
        return made

    @staticmethod
    def from_frame(
        frame: Any,
        *,
        outcome: str | None = None,
        event: Any = None,
        name: str = "table",
        ordered: Mapping[str, str | Sequence[Any]] | None = None,
        unknown: Sequence[Any] = (),
    ) -> Draft:
        """Drafts a form for a table that nobody has described, with the files that take the table to versions.

        It proposes which column is the outcome, which ones are questions, which one is the case and by which groups results are compared, and says what it
        left out and why. Nothing of it is decided: see `Draft.decide`.

        Parameters
        ----------
        frame : data frame of pandas or polars, pyarrow table, DuckDB relation, or dict of columns
            Numbers become answers by quantile bins, except where there are two; texts, categories and booleans are answers themselves.
        outcome : str, optional
            The column that says what became of each row; the likeliest one by default.
        event : optional
            The value of it that says that it happened, where it does not say yes or no.
        name : str
            Name of the form, the source and the model.
        ordered : mapping of str to list or to "rising" or "falling", optional
            By column, what the order of its answers means: all of its values from least to most risk; or "rising" (more means more risk) or "falling" for
            numbers, for no and yes, and for categories that have an order. Other columns are drafted without a direction.
        unknown : list
            Values that say, in any column, that nobody knows. Missing values, "unknown", "no consta" and the like are known to.

        Raises
        ------
        InputError
            If no column can be told to be an outcome; with everything that is stated and does not fit the table.
        """
        from amparo._draft import of_frame

        return of_frame(frame, outcome, event, name, ordered, unknown)

    @property
    def id(self) -> str:
        """Id of the form."""
        return self._native.id

    @property
    def digest(self) -> str:
        """SHA-256 of the form, in hexadecimal."""
        return self._native.digest

    @property
    def indicators(self) -> list[str]:
        """Ids of the indicators, in the order of the form."""
        return self._native.indicators

    def answers(self, indicator: str) -> list[str]:
        """Ids of the answers to an indicator. The place of an answer is its code; `unknown` is the last one."""
        return self._native.answers(indicator)

    def label(self, indicator: str, answer: str | None = None, *, lang: Lang = "en") -> str:
        """What an indicator, or an answer to it, is called in English (`en`) or Spanish (`es`).

        Raises
        ------
        KeyError
            If the form has no such indicator, or the indicator no such answer.
        """
        of_form = {one["id"]: one for one in self.to_dict()["indicators"]}
        if indicator not in of_form:
            raise KeyError(f"no indicator `{indicator}`, expected one of {', '.join(of_form)}")
        if answer is None:
            return str(of_form[indicator]["label"][lang])
        answers = {one["id"]: one for one in of_form[indicator]["answers"]}
        if answer not in answers:
            raise KeyError(f"indicator `{indicator}` has no answer `{answer}`, expected one of {', '.join(answers)}")
        return str(answers[answer][lang])

    def to_dict(self) -> dict[str, Any]:
        """The form with labels, factors and polarities."""
        return dict(json.loads(self._native.json()))

    def _told(self, codes: np.ndarray, word: Callable[[str, str], str]) -> np.ndarray:
        """Answers by their codes as texts."""
        told = np.empty(codes.shape, dtype=object)
        for place, name in enumerate(self.indicators):
            told[:, place] = np.array([word(name, answer) for answer in self.answers(name)], dtype=object)[codes[:, place]]
        return told

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instrument) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return _instrument_of_json, (self._native.json(),)

    def __repr__(self) -> str:
        return f"<amparo.Instrument {self.id}: {len(self.indicators)} indicators>"


def _instrument_of_json(text: str) -> Instrument:
    return Instrument._of(_amparo.Instrument.of_json(text))


def explained(
    version: _amparo.Version, codes: np.ndarray, margins: bool = False, told: Callable[..., None] | None = None
) -> Explained:
    """Explanations of forms by their codes, with the ids of the answers."""
    log_odds, base, values, deviations = version.explain(codes, margins, told)
    form = Instrument._of(version.instrument)
    data = form._told(codes, lambda _, answer: answer)
    return Explained(values, base, data, form.indicators, log_odds, deviations, codes, form)


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
        codes = self._native.instrument.read(of.table, _means_unknown(missing), ignore_extra, allow_empty)
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
        codes = self._native.instrument.read(taken(forms).table, _means_unknown(missing), ignore_extra, allow_empty)
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


class Registry:
    """A registry of published versions.

    Parameters
    ----------
    address : str or path
        A folder.

    Examples
    --------
    >>> registry = Registry("amparo-quickstart/registry")
    >>> registry["vpr@champion"]
    """

    def __init__(self, address: Any) -> None:
        self._native = _amparo.Registry(str(address))

    @classmethod
    def create(cls, address: Any) -> Registry:
        """The registry at an address, whose folder is made if there is none."""
        made = cls.__new__(cls)
        made._native = _amparo.Registry.create(str(address))
        return made

    @property
    def location(self) -> str:
        """Where it is."""
        return self._native.location

    @property
    def models(self) -> list[str]:
        """Names of the models."""
        return self._native.models()

    def versions(self, model: str) -> list[int]:
        """Numbers of a model's versions."""
        return self._native.versions(model)

    def aliases(self, model: str) -> dict[str, int]:
        """Aliases of a model with the versions that they point to."""
        return self._native.aliases(model)

    def __getitem__(self, reference: str) -> Version:
        """A version by number or alias: `vpr@3`, `vpr@champion`."""
        return Version(self._native.load(reference))

    def __iter__(self) -> Iterator[str]:
        """References of all versions: `vpr@1`, `vpr@2`, ..."""
        return (f"{model}@{number}" for model in self.models for number in self.versions(model))

    def __repr__(self) -> str:
        return f"<amparo.Registry {self.location}: {', '.join(self.models)}>"
