"""The registry and cohort of a quickstart, and what the command says of its forms.

`AMPARO` is the command, `AMPARO_QUICKSTART` the folder of `amparo quickstart --no-serve`.
"""

import json
import os
import signal
import subprocess
from pathlib import Path

import pandas as pd
import pytest

import amparo

QUICKSTART = Path(os.environ["AMPARO_QUICKSTART"])
VERSIONS = ["vpr@1", "vpr@challenger"]


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """A shell starts what runs in its background with SIGINT ignored, and no interruption would ever come."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def registry():
    return amparo.Registry(QUICKSTART / "registry")


@pytest.fixture(scope="session", params=VERSIONS)
def version(request, registry):
    return registry[request.param]


@pytest.fixture(scope="session")
def forms(registry):
    """The first 3,000 forms of the cohort, as texts."""
    cohort = pd.read_parquet(QUICKSTART / "cohort.parquet")
    return cohort[registry["vpr@1"].instrument.indicators].iloc[:3000].astype(str)


@pytest.fixture(scope="session")
def command(tmp_path_factory, forms):
    """What `amparo score --explain` says of the same forms, by version."""
    folder = tmp_path_factory.mktemp("scores")
    forms.to_parquet(folder / "forms.parquet")

    def said(reference):
        out = folder / f"{reference}.parquet"
        if not out.exists():
            args = ["score", "--registry", QUICKSTART / "registry", "--model", reference, "--in", folder / "forms.parquet", "--out", out, "--explain"]
            subprocess.run([os.environ["AMPARO"], *map(str, args)], check=True, stdout=subprocess.DEVNULL)
        return pd.read_parquet(out)

    return said


@pytest.fixture(scope="session")
def case():
    return json.loads((QUICKSTART / "case.json").read_text())["answers"]
