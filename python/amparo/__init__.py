"""Hybrid risk assessment for protection decisions, from Python.

>>> import amparo
>>> registry = amparo.Registry("amparo-quickstart/registry")
>>> version = registry["vpr@champion"]
>>> version.score(frame)          # one row a form: log-odds, probability and its interval, level
>>> version.explain(frame)        # exact Shapley values as a shap.Explanation
"""

from amparo._evaluate import evaluate
from amparo._partial import Partial, evaluate_partials, merge
from amparo._registry import Explained, Instrument, Registry, Version
from amparo._report import Report
from amparo.errors import AmparoError, InputError, Problem

__all__ = [
    "AmparoError", "Explained", "InputError", "Instrument", "Partial", "Problem", "Registry", "Report", "Version", "evaluate", "evaluate_partials",
    "merge",
]
