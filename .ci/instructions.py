"""Instructions that one explained row takes, counted by callgrind, against the numbers in models/benches/instructions.toml.

`.ci/instructions.py` compares; `.ci/instructions.py --write` stores what it counts. Time on a shared machine varies
several times over; this count is the same from run to run, to about a thousandth.
"""

import json
import math
import os
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "models/benches/instructions.toml"
# Rows that each way of explaining is counted over: of a batch a whole block.
ROWS = {"row": 100, "checked": 100, "batch": 2048}
BUILD = "cargo bench -p amparo-models --bench instructions --no-run"


def main():
    stored = tomllib.loads(STORED.read_text()) if STORED.exists() else {"band": 0.03, "instructions": {}}
    program, rustc = build(), run("rustc", "--version").strip()
    with ThreadPoolExecutor(max_workers=2) as pool:
        counts = dict(zip(ROWS, pool.map(lambda mode: counted(program, mode, ROWS[mode]), ROWS)))
    if sys.argv[1:] == ["--write"]:
        STORED.write_text(written(stored["band"], rustc, counts))
        return print(STORED.read_text())
    print(f"  {rustc}; stored with {stored['rustc']}")
    faults = outside(counts, stored)
    for mode, count in counts.items():
        expected = stored["instructions"].get(mode, math.nan)
        print(f"  {mode}: {count:,.0f} instructions a row, stored {expected:,.0f}, {count / expected - 1:+.2%}")
    assert not faults, "; ".join(faults) + f"; if that is meant, run `{Path(sys.argv[0]).name} --write`"
    it_can_fail(counts, stored)


def outside(counts, stored):
    """What is not within the band of what is stored, or not there."""
    band, expected = stored["band"], stored["instructions"]
    faults = [f"`{mode}` is counted or stored, not both" for mode in sorted(counts.keys() ^ expected.keys())]
    for mode in counts.keys() & expected.keys():
        # Said so that a count that is not a number is outside.
        if not abs(counts[mode] / expected[mode] - 1) <= band:
            faults.append(f"`{mode}` takes {counts[mode]:,.0f} instructions a row, expected {expected[mode]:,} +-{band:.0%}")
    return faults


def it_can_fail(counts, stored):
    """The comparison refuses a count beyond the band on either side, one that is none, one too few and one too many."""
    def refused(**changed):
        return bool(outside({m: n for m, n in (counts | changed).items() if n is not None}, stored))

    expected, band = stored["instructions"]["row"], stored["band"]
    assert not refused(row=expected * (1 + 0.99 * band)) and not refused(row=expected * (1 - 0.99 * band))
    for wrong in [expected * (1 + 1.01 * band), expected * (1 - 1.01 * band), 0, math.nan, math.inf, None]:
        assert refused(row=wrong), f"a count of {wrong} passes"
    assert refused(another=1.0)
    # What was really counted for one way of explaining is refused for another: the counting tells them apart.
    assert refused(row=counts["checked"]), "rows with and without their check count alike"
    assert refused(checked=counts["batch"]), "rows one by one and in a batch count alike"
    print("  a count outside of the band would fail")


def build():
    """Builds the program, without any flag for the processor, and gives its path."""
    env = {name: value for name, value in os.environ.items() if name not in ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS")}
    lines = run(*BUILD.split(), "--message-format=json", cwd=ROOT, env=env).splitlines()
    messages = [json.loads(line) for line in lines if line.startswith("{")]
    found = [m["executable"] for m in messages if m.get("target", {}).get("name") == "instructions" and m.get("executable")]
    assert len(found) == 1, f"{BUILD} made {found}"
    return found[0]


def counted(program, mode, rows):
    """Instructions a row while `counted` runs."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no",
         "--toggle-collect=instructions::counted*", program, mode, str(rows)],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)
    found = re.search(r"Collected : (\d+)", done.stderr)
    assert done.returncode == 0 and found, f"valgrind on `{mode}` ended with {done.returncode}:\n{done.stderr}"
    assert int(found[1]) > 0, f"nothing was counted for `{mode}`: is `counted` still a function of its own?"
    return int(found[1]) / rows


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def written(band, rustc, counts):
    says = {
        "row": "`Explainer::explain`, one row after the other.",
        "checked": "`Explainer::checked_parts`: with its parts, and held against the score.",
        "batch": "`Explainer::batch`: 2,048 rows at a time.",
    }
    numbers = "\n".join(f"# {says[mode]}\n{mode} = {count:.0f}" for mode, count in counts.items())
    return f"""\
# Instructions that one explained row takes: 200 full trees of depth 6, every question drawn anew, 40 indicators of two
# answers and `unknown`. Written by `.ci/instructions.py --write`, compared by `.ci/run`.

# The compiler that they were counted with.
rustc = "{rustc}"
# How the program is built; callgrind then counts while its function `counted` runs.
command = "{BUILD}"
# Share that a count may differ by, either way. The same build counts the same from run to run, to about a thousandth; the
# band leaves room for another patch of the compiler, of the C library or of valgrind, and for nothing that is worth a look.
band = {band}

[instructions]
{numbers}
"""


if __name__ == "__main__":
    main()
