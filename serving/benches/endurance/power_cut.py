"""Cuts the power at 400 moments, as far as files can tell: what was written and not yet synced is lost, in part or torn.

The system calls of a service under load are recorded by strace. For each moment, the files are put together as a disk may hold them then:
everything that a sync had covered, and of the rest a random choice of sectors. Whatever was acknowledged before must be in the log, and
its chain must hold. The same with syncs that are taken to do nothing must lose something, or this would prove nothing.

    python3 serving/benches/endurance/power_cut.py amparo-quickstart [seconds] [cuts]
"""

import bisect
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from service import AMPARO, Clients, Service

CALL = re.compile(r"^(\d+) (\d+\.\d+) (\w+)\((\d+)<([^>]*)>(.*)$")
UNFINISHED = re.compile(r"^(\d+) (\d+\.\d+) (.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^(\d+) (\d+\.\d+) <\.\.\. (\w+) resumed>(.*)$")
SECTOR = 512


def unescaped(text):
    """What strace wrote in hexadecimal."""
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


def calls(trace):
    """Each call in the order of its end, with the place in the trace where it began: begun, ended, moment, name, file, rest."""
    begun = {}
    for at, line in enumerate(trace):
        if match := UNFINISHED.match(line):
            begun[match[1]] = (at, match[3])
            continue
        start = at
        if match := RESUMED.match(line):
            thread, moment = match[1], match[2]
            start, head = begun.pop(thread)
            line = f"{thread} {moment} {head}{match[4]}"
        if match := CALL.match(line):
            yield start, at, float(match[2]), match[3], unescaped(match[5]).decode(), match[6]


def events(trace, log):
    """What changes the files of the log: (begun, ended, moment, what, file, offset, bytes)."""
    offsets = {}
    for begun, ended, moment, name, file, rest in calls(trace):
        # The journal is of the making of the log, and gone before the service listens; what is shared between processes is made anew.
        if not file.startswith(str(log)) or file.endswith(("-shm", "-journal")):
            continue
        result = re.search(r"= (-?\d+)", rest[rest.rindex(")"):])
        if result is None or int(result[1]) < 0:
            continue
        if name == "lseek":
            offsets[file] = int(result[1])
        elif name in ("write", "pwrite64"):
            data = unescaped(re.search(r'"([^"]*)"', rest)[1])
            assert len(data) == int(result[1]), f"{name} wrote {result[1]} of {len(data)} bytes"
            if name == "pwrite64":
                offset = int(rest[: rest.rindex(")")].rsplit(",", 1)[1])
            else:
                offset = offsets.get(file, 0)
                offsets[file] = offset + len(data)
            yield begun, ended, moment, "write", file, offset, data
        elif name == "ftruncate":
            yield begun, ended, moment, "truncate", file, int(rest.split(",")[1].split(")")[0]), b""
        elif name in ("fsync", "fdatasync"):
            yield begun, ended, moment, "sync", file, 0, b""


def apply(content, what, offset, data):
    if what == "truncate":
        del content[offset:]
        content.extend(bytes(offset - len(content)))
    else:
        content.extend(bytes(max(0, offset + len(data) - len(content))))
        content[offset : offset + len(data)] = data


def sectors(event, draw):
    """What of a write may have reached the disk: each sector, or not."""
    _, _, _, what, file, offset, data = event
    if what == "truncate":
        if draw.random() < 0.5:
            yield what, file, offset, data
        return
    at = 0
    while at < len(data):
        end = min(len(data), at + SECTOR - (offset + at) % SECTOR)
        if draw.random() < 0.5:
            yield what, file, offset + at, data[at:end]
        at = end


def disks(all_events, cuts, draw, honest):
    """The files as a disk may hold them after each of some events. If syncs are not honest, those after the first twenty do nothing, and what
    they should have covered is lost."""
    durable, pending = {}, []
    wanted, syncs = set(cuts), 0
    for k, event in enumerate(all_events):
        if event[3] == "sync":
            syncs += 1
            covered = [e for e in pending if e[4] == event[4] and e[1] < event[0]]
            if honest or syncs < 20:
                for e in covered:
                    apply(durable.setdefault(e[4], bytearray()), e[3], e[5], e[6])
                pending = [e for e in pending if not (e[4] == event[4] and e[1] < event[0])]
        else:
            durable.setdefault(event[4], bytearray())
            pending.append(event)
        if k in wanted:
            files = {file: bytearray(content) for file, content in durable.items()}
            for e in pending if honest else []:
                for what, file, offset, data in sectors(e, draw):
                    apply(files[file], what, offset, data)
            # A moment that lies before the end of this call, by the clock that acknowledgements are read on.
            yield event[2], files


def kept(files, log, folder):
    """The ids in a log that was put together from files, or nothing if it is no log whose chain holds."""
    for old in folder.iterdir():
        old.unlink()
    for file, content in files.items():
        (folder / Path(file).name).write_bytes(content)
    done = subprocess.run([AMPARO, "log", "export", "--log", str(folder / log.name)], capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr
    return {json.loads(line)["id"] for line in done.stdout.splitlines()}, ""


def main(quickstart, seconds=8, n_cuts=400):
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(os.path.realpath(folder))
        service, trace = Service(quickstart, folder), folder / "trace"
        strace = ["strace", "-f", "-ttt", "-y", "-xx", "-s", "1000000", "--quiet=all", "-o", trace]
        names = "trace=write,pwrite64,lseek,ftruncate,fsync,fdatasync"
        service.start([*map(str, strace), "-e", names])
        clients = Clients(service, 8)
        clients.moments = []
        while len(clients.moments) < seconds * 1000:
            time.sleep(0.001)
            clients.moments.append((time.time(), len(clients.acknowledged)))
        clients.end()
        # The service, not strace around it.
        subprocess.run(["pkill", "-TERM", "-P", str(service.process.pid)], check=True)
        service.process.wait(timeout=60)
        found = list(events(trace.read_text().splitlines(), service.log))
        ids = [path.rsplit("/", 1)[1] for path, _ in clients.acknowledged]
        moments = [moment for moment, _ in clients.moments]
        # Once the log is made: before that, there is nothing to lose.
        first = next(k for k, e in enumerate(found) if e[2] > moments[0])
        cuts = sorted(draw.sample(range(first, len(found)), min(n_cuts, len(found) - first)))
        print(f"{len(ids)} proposals acknowledged, {sum(e[3] == 'sync' for e in found)} syncs, {sum(e[3] == 'write' for e in found)} writes")
        disk = folder / "disk"
        disk.mkdir()
        lost = {True: 0, False: 0}
        for honest in (True, False):
            for moment, files in disks(found, cuts if honest else cuts[-20:], draw, honest):
                before = clients.moments[max(0, bisect.bisect(moments, moment) - 1)][1]
                there, said = kept(files, service.log, disk)
                missing = before if there is None else len(set(ids[:before]) - there)
                lost[honest] += missing
                assert not (honest and there is None), said
        print(f"{len(cuts)} cuts: {lost[True]} acknowledged proposals lost; with syncs that do nothing: {lost[False]}")
        assert lost[True] == 0 and lost[False] > 0


main(sys.argv[1], *map(int, sys.argv[2:]))
