"""Keeps the service under load and looks at its memory and its descriptors: after the first tenth, both must stay flat.

    python3 serving/benches/endurance/soak.py amparo-quickstart [seconds] [requests a second]
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from service import Clients, Service, stopped


def state(pid):
    """Resident memory in MB, and open descriptors."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    return kilobytes / 1000, len(os.listdir(f"/proc/{pid}/fd"))


def main(quickstart, seconds=3600, rate=50):
    with tempfile.TemporaryDirectory() as folder:
        service = Service(quickstart, folder)
        service.start()
        clients = Clients(service, 8, rate)
        seen, begun = [], time.monotonic()
        while time.monotonic() - begun < seconds:
            time.sleep(seconds / 120)
            seen.append(state(service.process.pid))
            # Only what is looked at afterwards is kept.
            del clients.acknowledged[100:-100]
            if len(seen) % 10 == 0:
                print(f"{time.monotonic() - begun:6.0f} s  {seen[-1][0]:6.1f} MB  {seen[-1][1]} descriptors", flush=True)
        clients.end()
        for path, body in clients.acknowledged:
            assert service.get(path) == (200, body), path
        code, _ = stopped(service)
        entries = service.verify()
    warm, last = seen[len(seen) // 10], max(seen[len(seen) * 9 // 10:])
    print(f"{entries} proposals; after a tenth {warm[0]:.1f} MB, in the last tenth at most {last[0]:.1f} MB; {warm[1]} and {last[1]} descriptors")
    assert code == 0 and not clients.unknown, f"exit code {code}, {len(clients.unknown)} requests without an answer"
    assert last[0] <= warm[0] * 1.1 + 5, "memory grows"
    assert max(n for _, n in seen) <= warm[1] + 8, "descriptors grow"


main(sys.argv[1], *map(float, sys.argv[2:]))
