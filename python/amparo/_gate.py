"""Reports, judged by gates."""

from __future__ import annotations

import html
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from amparo import _amparo
from amparo._report import Report


class Verdict:
    """Whether scores show what gates ask of them, with all the evidence.

    Attributes
    ----------
    passed : bool
        Whether every gate passes, or cannot tell and is waived.
    text : str
        The verdict in one sentence.
    """

    def __init__(self, text: str, en: tuple[str, list[str]], es: tuple[str, list[str]]) -> None:
        self._json = text
        self._words = {"en": en, "es": es}
        self._dict: dict[str, Any] = json.loads(text)
        self.passed: bool = self._dict["passed"]
        self.text = en[0]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Every number that was looked at, one dict each: `gate`, `metric`, `answer` ("pass", "cannot_tell", "block"), `group` and `label`, `against` for a
        gap, `measure` as the report states it, the interval `judged`, and the `reason` where no interval could be judged."""
        gates = self._dict["results"]
        return [{"gate": gate["name"], "metric": gate["metric"], **one} for gate in gates for one in gate["findings"]]

    @property
    def gates(self) -> list[dict[str, Any]]:
        """Every gate in the order of the file: `name`, `answer`, `waived`, `owner`, `reason`, what it asks, and its `findings`."""
        return list(self._dict["results"])

    def frame(self) -> Any:
        """The findings as a pandas data frame, one row each, with `value`, `low` and `high` (the interval that was judged), `n` and `events`."""
        import pandas

        rows = []
        for one in self.findings:
            measure, judged = one["measure"], one["judged"] or {}
            row = {key: one[key] for key in ("gate", "metric", "group", "label", "against", "answer")}
            row |= {"value": measure.get("value"), "low": judged.get("low"), "high": judged.get("high")}
            row |= {"n": measure.get("n"), "events": measure.get("events"), "reason": (one["reason"] or {}).get("code")}
            rows.append(row)
        columns = ["gate", "metric", "group", "label", "against", "answer", "value", "low", "high", "n", "events", "reason"]
        made = pandas.DataFrame(rows, columns=columns)
        return made.astype({"n": "Int64", "events": "Int64"})

    def to_dict(self) -> dict[str, Any]:
        """The whole verdict, as `verdict.json` of the command holds it."""
        return dict(json.loads(self._json))

    def lines(self, lang: str = "en") -> list[str]:
        """The answer of each gate in one sentence, in English (`en`) or Spanish (`es`)."""
        return list(self._words[lang][1])

    def save(self, path: str | Path) -> None:
        """Writes the verdict as JSON."""
        Path(path).write_text(self._json, encoding="utf-8")

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return "\n".join([self.text, *(f"- {gate['name']}: {line}" for gate, line in zip(self.gates, self.lines(), strict=True))])

    def _repr_html_(self) -> str:
        said = {"pass": "passes", "block": "blocks", "cannot_tell": "cannot tell"}
        rows = []
        for gate, line in zip(self.gates, self.lines(), strict=True):
            answer = said[gate["answer"]] + (" (waived)" if gate["waived"] else "")
            cells = (gate["name"], answer, line, gate["reason"]["en"])
            rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>")
        head = "".join(f"<th>{name}</th>" for name in ("gate", "answer", "evidence", "why this threshold"))
        return f"<p>{html.escape(self.text)}</p><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def gate(
    report: Report, gates: str | Path, waivers: str | Path | None = None, version: str | None = None
) -> Verdict:
    """Judges scores of a report by gates, as `amparo gate` judges a version. Nothing is kept.

    Parameters
    ----------
    report : Report
        What `amparo.evaluate` gives.
    gates : str or path
        Id of gates that are built in, such as `compas-fairness`; the path of a file of gates; or the TOML itself (a text of several lines).
    waivers : str or path, optional
        The path of a file of waivers, or the TOML itself. A waiver lifts what cannot be told and never what blocks, for the scores that it names.
    version : str, optional
        Name of the scores in the report that are judged; what the report is about by default. Differences are taken against the report's reference.

    Raises
    ------
    AmparoError
        For gates on groups, labels or levels that the report does not have, with all of them; for waivers of other gates or scores. Gates that compare
        labels otherwise than with the reference label need a report with `pairwise=True`, and an intersection has to be one of its groups ("sex x age").
    """
    at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    is_toml = isinstance(gates, str) and "\n" in gates
    told = _waivers(waivers)
    return Verdict(*_amparo.gate(report.files["report.json"], str(gates), is_toml, told, version, at))


def _waivers(waivers: str | Path | None) -> str | None:
    if waivers is None:
        return None
    if isinstance(waivers, str) and "\n" in waivers:
        return waivers
    return Path(waivers).read_text(encoding="utf-8")
