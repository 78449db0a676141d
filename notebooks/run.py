"""Executes the notebooks in fresh kernels, and checks what is committed of them and what comes out.

python notebooks/run.py                 all of them, and fails with the cell and its error
python notebooks/run.py 3 5             those whose names begin so
python notebooks/run.py --keep FOLDER   writes the executed copies, as pages too, and their plots, to look at
python notebooks/run.py --strip         takes outputs and counts out of the files, and executes nothing
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

HERE = Path(__file__).resolve().parent
SECONDS = 120
# Where nothing of the machine or of a run is told.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# A share or a decimal in the text would be a number that the code did not compute. The level of the intervals is no result.
COMPUTED = re.compile(r"\d[.,]\d|\d ?%")
STATED = re.compile(r"\b95 %")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("names", nargs="*", help="how the names of the notebooks begin; all if left out")
    asked.add_argument("--keep", type=Path, metavar="FOLDER", help="write executed copies, pages and plots there")
    asked.add_argument("--strip", action="store_true", help="take outputs out of the files, and execute nothing")
    args = asked.parse_args()
    paths = [path for path in sorted(HERE.glob("*.ipynb")) if not args.names or path.name.startswith(tuple(args.names))]
    if not paths:
        print(f"error: no notebook in {HERE} begins with {', '.join(args.names)}")
        return 2
    if args.strip:
        for path in paths:
            path.write_text(stripped(nbformat.read(path, as_version=4)), encoding="utf-8")
        return 0
    wrong = []
    before = files()
    for path in paths:
        found = committed(path)
        found += executed(path, args.keep)
        wrong += [f"{path.name}: {one}" for one in found]
    wrong += [f"{path.relative_to(HERE)} was written or removed beside the notebooks" for path in sorted(files() ^ before)]
    for one in wrong:
        print(f"error: {one}")
    print(f"{len(paths)} notebooks, {len(wrong)} errors")
    return int(bool(wrong))


def stripped(book: nbformat.NotebookNode) -> str:
    """The text of a notebook without what a run has put there."""
    for cell in book.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    book.metadata, book.nbformat_minor = METADATA, 5
    return str(nbformat.writes(book)) + "\n"


def committed(path: Path) -> list[str]:
    """What is wrong with a file as it is committed."""
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    wrong = []
    if path.read_text(encoding="utf-8") != stripped(book):
        wrong.append(f"is not stripped; run `python notebooks/run.py --strip {path.name}`")
    if len({cell.id for cell in book.cells}) < len(book.cells):
        wrong.append("two cells have one id")
    title = book.cells[0].source.splitlines()[0]
    number = path.name.split("-")[0]
    if not title.startswith(f"# {number} "):
        wrong.append(f"begins with `{title}`, expected a title `# {number} ...`")
    if f"]({path.name}) |" not in (HERE / "README.md").read_text(encoding="utf-8"):
        wrong.append("is not in the table of README.md")
    for cell in book.cells:
        if cell.cell_type == "markdown" and (found := COMPUTED.search(STATED.sub("", cell.source))):
            wrong.append(f"cell {cell.id}: the text has a number that no code computes: `{found.group()}`")
    return wrong


def executed(path: Path, keep: Path | None) -> list[str]:
    """Runs a notebook in a kernel of its own; what is wrong with what came out."""
    book = nbformat.read(path, as_version=4)
    processor, wall = processor_seconds(), time.monotonic()
    failed = None
    with tempfile.TemporaryDirectory(prefix="amparo-notebooks-") as home:
        # Neither settings of Jupyter or matplotlib of this machine, nor caches beside them.
        # Sockets are files there: nobody else on the machine can listen, as on a port.
        config = Config({"KernelManager": {"transport": "ipc", "ip": f"{home}/kernel"}})
        client = NotebookClient(
            book, kernel_name="python3", timeout=SECONDS, resources={"metadata": {"path": str(HERE)}}, config=config
        )
        env = os.environ | {"IPYTHONDIR": home, "MPLCONFIGDIR": home, "PYTHONDONTWRITEBYTECODE": "1", "TQDM_DISABLE": "1"}
        try:
            client.execute(env=env)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            failed = str(error)
    processor, wall = processor_seconds() - processor, time.monotonic() - wall
    outputs = [(cell.id, output) for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    plots = [(cell, output.data["image/png"]) for cell, output in outputs if "image/png" in output.get("data", {})]
    print(f"{path.name}: {wall:.1f} s, {processor:.1f} s of processor, {len(plots)} plots", flush=True)
    if keep is not None:
        kept(book, path.stem, plots, keep)
    if failed is not None:
        return [re.sub(r"\x1b\[[0-9;]*m", "", failed)]
    wrong = [f"cell {cell}: on standard error: {output.text}" for cell, output in outputs if output.get("name") == "stderr"]
    if not plots:
        wrong.append("no plot was drawn")
    if wall > SECONDS:
        wrong.append(f"took {wall:.0f} s, expected {SECONDS} s at most")
    return wrong


def kept(book: nbformat.NotebookNode, name: str, plots: list[tuple[str, str]], folder: Path) -> None:
    """Writes an executed notebook, its page and its plots."""
    from nbconvert import HTMLExporter

    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, folder / f"{name}.ipynb")
    (folder / f"{name}.html").write_text(HTMLExporter().from_notebook_node(book)[0], encoding="utf-8")
    for at, (cell, png) in enumerate(plots, 1):
        (folder / f"{name}-{at}-{cell}.png").write_bytes(base64.b64decode(png))


def processor_seconds() -> float:
    """Of all kernels that have ended, with the programs that they ran."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def files() -> set[Path]:
    """Everything beside the notebooks."""
    return {path for path in HERE.rglob("*") if "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts}


if __name__ == "__main__":
    sys.exit(main())
