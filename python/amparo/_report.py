"""Reports of evaluations."""

from __future__ import annotations

import html
import io
import json
from pathlib import Path
from typing import Any

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

    @classmethod
    def load(cls, folder: str | Path) -> Report:
        """The report in a folder that `amparo evaluate`, `amparo gate` or `save` has written.

        Raises
        ------
        FileNotFoundError
            If a file of the report is not there.
        """
        names = ("report.json", "report.csv", "report.html", "report.es.html", "report.schema.json")
        return cls({name: (Path(folder) / name).read_bytes().decode() for name in names})

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
            (folder / name).write_bytes(text.encode())

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
