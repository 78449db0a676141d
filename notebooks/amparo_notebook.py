"""What the notebooks share: the program, the quickstart, the public tables, a temporary folder, and how numbers and plots look.

Settings are read from the environment: `AMPARO` is the program (`target/release/amparo` of the checkout if it is not set), `AMPARO_QUICKSTART`
the folder of a quickstart (made in the temporary folder if it is not set), `AMPARO_DATA` the folder of the public tables.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

# Colours that colour-blind people tell apart (Okabe and Ito).
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#6B6B6B"

# The folder of the project.
CHECKOUT = Path(__file__).resolve().parents[1]
_TEMPORARY = tempfile.TemporaryDirectory(prefix="amparo-notebook-")


def folder() -> Path:
    """The temporary folder of this notebook. It goes when the kernel stops."""
    return Path(_TEMPORARY.name)


@cache
def program() -> Path:
    """The program `amparo`.

    Raises
    ------
    FileNotFoundError
        If it is not there; the message says how it is built.
    """
    named = os.environ.get("AMPARO")
    found = Path(named) if named else CHECKOUT / "target/release/amparo"
    if not found.is_file():
        raise FileNotFoundError(
            f"no program at {found}: build it by `cargo build --release`, or set the environment variable AMPARO to where it is"
        )
    return found.resolve()


@cache
def quickstart(rows: int = 40_000) -> Path:
    """A folder of `amparo quickstart`, only to be read: cohorts, registry, report, one case.

    Parameters
    ----------
    rows : int
        Rows of the synthetic cohort, if the folder has to be made.

    Raises
    ------
    FileNotFoundError
        If `AMPARO_QUICKSTART` names a folder that holds no quickstart.
    """
    named = os.environ.get("AMPARO_QUICKSTART")
    if named is None:
        made = folder() / "quickstart"
        said(f"quickstart --rows {rows} --no-serve --dir", made)
        return made
    missing = [one for one in ("registry", "cohort.parquet", "case.json") if not (Path(named) / one).exists()]
    if missing:
        raise FileNotFoundError(
            f"AMPARO_QUICKSTART is {named}, where there is no {' and no '.join(missing)}: make it by `amparo quickstart --no-serve --dir {named}`, "
            "or unset the variable, and the notebook makes one of its own"
        )
    return Path(named).resolve()


def own_registry() -> Path:
    """A copy of the quickstart's registry in the temporary folder, for what writes to a registry."""
    copy = folder() / "registry"
    if not copy.exists():
        shutil.copytree(quickstart() / "registry", copy)
    return copy


def public_table(name: str) -> Path:
    """A public table by the name of its file.

    Raises
    ------
    FileNotFoundError
        If it is not there. The tables are no part of the project.
    """
    named = os.environ.get("AMPARO_DATA")
    if named is None:
        raise FileNotFoundError(f"this notebook reads the public table {name}: set the environment variable AMPARO_DATA to the folder that holds it")
    found = Path(named) / name
    if not found.is_file():
        raise FileNotFoundError(f"AMPARO_DATA is {named}, where there is no {name}")
    return found


def command(*args: Any, code: int = 0) -> None:
    """Runs `amparo`, and shows the command and what it prints, on standard error too.

    Parameters
    ----------
    args
        Its arguments: texts, which are split at blanks as a shell does, and paths, of which only the name is shown.
    code : int
        The exit code that is expected: 1 where a check is expected to say no, 2 where input is expected to be refused.

    Raises
    ------
    RuntimeError
        If it ends with another exit code; the message holds what it said.
    """
    done = _run(args, code)
    print(_shown(args), (done.stdout + done.stderr).replace(f"{folder()}/", "").rstrip(), sep="\n")


def said(*args: Any, code: int = 0) -> str:
    """Runs `amparo` as `command` does, and gives what it prints on standard output instead of showing it."""
    return _run(args, code).stdout


def checked(*args: Any) -> tuple[bool, str]:
    """Runs a command of `amparo` that checks something: whether it says yes, and all that it prints.

    Raises
    ------
    RuntimeError
        If it could not be run: an exit code other than 0, yes, and 1, no.
    """
    done = _run(args, None)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{_shown(args)}\nended with exit code {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.returncode == 0, done.stdout + done.stderr


def _shown(args: tuple[Any, ...]) -> str:
    return " ".join(["$ amparo", *(arg.name if isinstance(arg, Path) else str(arg) for arg in args)])


def _run(args: tuple[Any, ...], code: int | None) -> subprocess.CompletedProcess[str]:
    words = [word for arg in args for word in ([str(arg)] if isinstance(arg, Path) else shlex.split(str(arg)))]
    done = subprocess.run([program(), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if code is not None and done.returncode != code:
        raise RuntimeError(f"{_shown(args)}\nended with exit code {done.returncode}, expected {code}:\n{done.stdout}{done.stderr}")
    return done


@contextmanager
def serving(registry: Path, log: Path, model: str) -> Iterator[Callable[[str, Any], Any]]:
    """A running service, which is stopped at the end.

    Parameters
    ----------
    registry : path
        Its registry.
    log : path
        A file of SQLite for its log.
    model : str
        The version that answers.

    Yields
    ------
    callable
        `ask(path, body)` posts a body as JSON and gives the answer, or raises RuntimeError with what was refused.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    args = ["serve", "--registry", registry, "--log", f"sqlite:{log}", "--default-model", model, "--listen", f"127.0.0.1:{port}"]
    operational = folder() / "service.log"

    def ask(path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            raise RuntimeError(f"{path} was refused with {refused.code}: {refused.read().decode()}") from None

    with operational.open("a") as told_by_it:
        service = subprocess.Popen([program(), *map(str, args)], stdout=subprocess.DEVNULL, stderr=told_by_it)
    try:
        for _ in range(400):
            try:
                ask("/health/ready")
                break
            except (OSError, RuntimeError):
                if service.poll() is not None:
                    raise RuntimeError(f"the service ended with {service.returncode}: {operational.read_text()}") from None
                time.sleep(0.05)
        else:
            raise RuntimeError("the service was not ready after 20 s")
        yield ask
    finally:
        service.terminate()
        service.wait(timeout=20)


def told(measure: Mapping[str, Any], digits: int = 3) -> str:
    """A measure of a report with its interval and the rows behind it, or the reason why it has no number."""
    if "value" not in measure:
        return f"no number: {measure['reason']['code'].replace('_', ' ')}"
    interval = f" [{measure['low']:.{digits}f}, {measure['high']:.{digits}f}]" if "low" in measure else ""
    return f"{measure['value']:.{digits}f}{interval}, n = {measure['n']:,}, {measure['events']:,} with the outcome"


def style() -> None:
    """How all plots look."""
    plt.rcParams.update({
        "figure.dpi": 110, "figure.constrained_layout.use": True, "figure.figsize": (8.5, 4.5),
        "font.size": 10, "axes.titlesize": 11, "axes.titlelocation": "left", "axes.labelsize": 10, "legend.frameon": False,
        "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25, "axes.axisbelow": True,
    })


def whiskers(ax: Any, at: Any, numbers: Any, *, across: bool = False, **drawn: Any) -> None:
    """Points with their 95 % intervals.

    Parameters
    ----------
    ax : matplotlib axes
    at : array of shape (n,)
        Where the points stand on the other axis.
    numbers : data frame of n rows
        With columns `value`, `low` and `high`.
    across : bool
        Whether the intervals lie across the page instead of standing up.
    drawn
        For `Axes.errorbar`: colour, marker, label.
    """
    value = numbers["value"].to_numpy(float)
    reach = [value - numbers["low"].to_numpy(float), numbers["high"].to_numpy(float) - value]
    drawn = {"fmt": "o", "capsize": 3, "markersize": 5, "linewidth": 1.4} | drawn
    if across:
        ax.errorbar(value, at, xerr=reach, **drawn)
    else:
        ax.errorbar(at, value, yerr=reach, **drawn)
