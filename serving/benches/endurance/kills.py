"""Kills the service 200 times and stops it 50 times, under load; whatever it acknowledged must be there, byte for byte.

    cargo build --release && target/release/amparo quickstart --no-serve
    python3 serving/benches/endurance/kills.py amparo-quickstart [kills] [stops]
"""

import random
import signal
import sys
import tempfile
import time

from service import Clients, Service, stopped


def found(service, clients, sample):
    """Looks up answers; all of them, or some at random."""
    for path, body in sample(clients.acknowledged):
        reply = service.get(path)
        assert reply == (200, body), f"{path}: acknowledged, and now {reply[0]}"


def main(quickstart, kills=200, stops=50):
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        service = Service(quickstart, folder)
        service.start()
        clients = Clients(service, 8)
        some = lambda answers: draw.sample(answers, min(20, len(answers)))
        for k in range(kills):
            time.sleep(draw.uniform(0.05, 0.6))
            service.end(signal.SIGKILL)
            service.start()
            found(service, clients, some)
        killed, unknown = len(clients.acknowledged), len(clients.unknown)
        print(f"SIGKILL x {kills}: {killed} proposals acknowledged, {unknown} requests without an answer")
        clients.cut_short, longest = 0, 0.0
        for k in range(stops):
            time.sleep(draw.uniform(0.05, 0.6))
            code, seconds = stopped(service)
            assert code == 0, f"a stop ended with {code}"
            longest = max(longest, seconds)
            service.start()
            found(service, clients, some)
        clients.end()
        n, lost = len(clients.acknowledged) - killed, len(clients.unknown) - unknown
        print(f"SIGTERM x {stops}: {n} proposals acknowledged, {lost} requests without an answer, {clients.cut_short} of them on a fresh")
        print(f"connection; the longest stop took {longest:.2f} s")
        found(service, clients, lambda answers: answers)
        stopped(service)
        entries, known = service.verify(), len(clients.acknowledged)
        assert known <= entries <= known + len(clients.unknown), f"{entries} entries, {known} acknowledged"
        print(f"{known} acknowledged, all found byte for byte; {entries} entries, the chain is intact")


main(sys.argv[1], *map(int, sys.argv[2:]))
