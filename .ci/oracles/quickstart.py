"""The whole path on 40,000 synthetic cases, within its budget of time and memory."""

import resource
import time

from common import QUICKSTART, amparo

SECONDS, GIBIBYTES = 180, 2

started = time.monotonic()
print(amparo("quickstart", "--rows", 40_000, "--no-serve", "--dir", QUICKSTART))
seconds = time.monotonic() - started
gibibytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
print(f"  quickstart: {seconds:.1f} s of {SECONDS} s, at most {gibibytes:.2f} GiB of {GIBIBYTES} GiB")
assert seconds <= SECONDS and gibibytes <= GIBIBYTES, "over budget"
