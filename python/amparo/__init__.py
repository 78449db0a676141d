"""Hybrid risk assessment for protection decisions, from Python.

>>> import amparo
>>> registry = amparo.Registry("amparo-quickstart/registry")
>>> version = registry["vpr@champion"]
>>> version.score(frame)          # one row a form: log-odds, probability and its interval, level
>>> version.explain(frame)        # exact Shapley values as a shap.Explanation
"""

from amparo._draft import Draft
from amparo._evaluate import Report, evaluate
from amparo._gate import Verdict, gate
from amparo._registry import Explained, Instrument, Registry, Version
from amparo.errors import AmparoError, InputError, Problem

__all__ = ["AmparoError", "Draft", "Explained", "InputError", "Instrument", "Problem", "Registry", "Report", "Verdict", "Version", "evaluate", "gate"]
