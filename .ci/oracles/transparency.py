"""The log against whoever has it in hand: every way of changing it is found by `amparo log verify` and by a verifier of its own."""

import base64
import calendar
import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common import AMPARO, QUICKSTART, WORK, amparo, holds

TOOL = Path(__file__).parents[2] / "tools" / "verify_log.py"
spec = importlib.util.spec_from_file_location("verify_log", TOOL)
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
NAME = "example.org/amparo"
CASES = [f"transparency-{k}" for k in range(40)]


def ran(*command):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def ours(*args):
    return ran(AMPARO, "log", "verify", *args)


def theirs(*args):
    return ran(sys.executable, TOOL, *args)


def answered(log, cases):
    """Lets the service answer forms, and gives the ids of its proposals."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    args = ["serve", "--registry", QUICKSTART / "registry", "--default-model", "vpr@challenger", "--log", log]
    server = subprocess.Popen([AMPARO, *map(str, args), "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10):
                break
            assert server.poll() is None, f"amparo serve ended with {server.returncode}"
            time.sleep(0.05)
        ids = []
        form = json.loads((QUICKSTART / "case.json").read_text())
        for case in cases:
            body = json.dumps(form | {"case_id": case}).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/assessments", body, {"content-type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as reply:
                ids.append(json.loads(reply.read())["proposal_id"])
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
        return ids
    finally:
        server.kill()


def exported(log):
    return [json.loads(line) for line in amparo("log", "export", "--log", log).splitlines()]


def rehashed(entries):
    """The same entries as a chain without a flaw, each with a salt of its own: what somebody makes who knows how."""
    before, made = "0" * 64, []
    for number, entry in enumerate(entries, 1):
        fields = [before, number, entry["kind"], entry["id"], entry["idempotency_key"] or "", entry["request_digest"], entry["body"]]
        hash_ = sha256("\n".join(map(str, fields)).encode()).hexdigest()
        made.append(entry | {"sequence": number, "previous": before, "hash": hash_, "salt": os.urandom(32).hex()})
        before = hash_
    return made


def listed(entries):
    """The list beside entries, as their bodies say; whoever forges entries forges it too."""
    rows = {}
    for entry in sorted(entries, key=lambda entry: entry["sequence"]):
        body = json.loads(entry["body"] or "{}")
        if entry["kind"] == "proposal" and entry["body"]:
            request, answer = body["request"], body["answer"]
            seconds, _, rest = answer["created_at"].removesuffix("Z").partition(".")
            at = calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 1000 + int(f"{rest}000"[:3])
            unit = (request.get("officer") or {}).get("unit")
            rows[entry["id"]] = [entry["sequence"], at, answer["level"], answer["model"], answer["version"], unit, None, 0, None, None, None, None]
        elif entry["kind"] == "confirmation" and (of := rows.get(entry["id"].removesuffix("/confirmation"))):
            of[9] = of[9] or entry["sequence"]
    return rows.values()


def written(name, entries):
    """A log and an export of entries, as they are: the genuine log's file, its rows replaced."""
    log, export = FOLDER / f"{name}.sqlite", FOLDER / f"{name}.jsonl"
    shutil.copy(LOG, log)
    export.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries))
    stored = lambda text: bytes.fromhex(text) if text is not None and len(text) == 64 else text
    with contextlib.closing(sqlite3.connect(log)) as forged:
        triggers = forged.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('entries', 'proposals')").fetchall()
        for trigger, _ in triggers:
            forged.execute(f"DROP TRIGGER {trigger}")
        forged.execute("DELETE FROM entries")
        forged.execute("DELETE FROM proposals")
        peaks = []
        for n, entry in enumerate(sorted(entries, key=lambda entry: entry["sequence"])):
            data = bytes.fromhex(entry["leaf"]) if entry.get("leaf") else tool.leaf_data(entry["salt"], entry["hash"])
            kept, node = [data], sha256(b"\0" + data).digest()
            while n & 1:
                node, n = tool.node_hash(peaks.pop(), node), n >> 1
                kept.append(node)
            peaks.append(node)
            case = json.loads(entry["body"] or "{}").get("request", {}).get("case_id")
            row = [entry["sequence"], entry["kind"], entry["id"], entry["idempotency_key"], stored(entry["request_digest"])]
            row += [bytes.fromhex(entry["salt"]) if entry.get("salt") else None, b"".join(kept), entry["body"], None, stored(entry["previous"]), stored(entry["hash"]), case]
            forged.execute(f"INSERT INTO entries VALUES ({', '.join('?' * len(row))})", row)
        for row in listed(entries):
            forged.execute(f"INSERT INTO proposals VALUES ({', '.join('?' * len(row))})", row)
        for _, sql in triggers:
            forged.execute(sql)
        forged.commit()
    return log, export


def edited(entries, at, old, new):
    """One entry with a change in its body."""
    assert old in entries[at]["body"], f"`{old}` is not in entry {at + 1}"
    return [*entries[:at], entries[at] | {"body": entries[at]["body"].replace(old, new)}, *entries[at + 1:]]


def spaced(entries, at):
    """One entry with a space at the end of its body, which says the same."""
    return [*entries[:at], entries[at] | {"body": entries[at]["body"] + " "}, *entries[at + 1:]]


def in_place(entries, order):
    """Entries in another order, each with the sequence of its new place."""
    return [entries[other] | {"sequence": number} for number, other in enumerate(order, 1)]


def forgeries(entries):
    """Every class of tampering, as somebody would do it who edits the file and no more."""
    answer = json.loads(entries[3]["body"])["answer"]
    other = {"low": "medium"}.get(answer["level"], "low")
    yield "a change of a level", edited(entries, 3, f'"level":"{answer["level"]}"', f'"level":"{other}"')
    digest = answer["receipt"]["files"]["model.json"]
    yield "a replaced model digest", edited(entries, 4, digest, digest[:-1] + ("0" if digest[-1] != "0" else "1"))
    yield "a removal", entries[:2] + entries[3:]
    copy = entries[1] | {"id": "inserted", "idempotency_key": None}
    later = [entry | {"sequence": entry["sequence"] + 1} for entry in entries[2:]]
    yield "an insertion", [*entries[:2], copy | {"sequence": 3}, *later]
    order = list(range(len(entries)))
    order[1], order[2] = 2, 1
    yield "a reordering", in_place(entries, order)


def tampered(entries, evidence):
    """What is done naively is found by the chain; what is done with every hash made anew is found by the checkpoints alone."""
    for name, forged in forgeries(entries):
        for how, made in (("", forged), (", every hash made anew", rehashed(forged))):
            log, export = written("forged", made)
            alone = (ours("--log", log)[0], theirs("--export", export)[0])
            expected = (1, 1) if not how else (0, 0)
            holds(f"{name}{how}: {'found' if not how else 'not found'} without a checkpoint", lambda c: c == expected, alone, (0, 1))
            found = (ours("--log", log, *evidence)[0], theirs("--export", export, *evidence)[0])
            holds(f"{name}{how}: found by both with checkpoints", lambda c: c == (1, 1), found, HONEST)
    log, export = written("cut", entries[:-1])
    alone = (ours("--log", log)[0], theirs("--export", export)[0])
    holds("a cut-off end: not found without a checkpoint", lambda c: c == (0, 0), alone, (1, 1))
    said, found = ours("--log", log, *evidence), theirs("--export", export, *evidence)
    # The entry that names the second key is what was cut off.
    assert f"covers {len(entries)} entries, the log has {len(entries) - 1}: its end may have been cut off" in said[1], said[1]
    said = ours("--log", log, *evidence, "--verifier-key", FOLDER / "second.pub")
    holds("a cut-off end: found by both with checkpoints", lambda c: c == (1, 1), (said[0], found[0]), HONEST)
    assert f"covers {len(entries)} entries, the log has {len(entries) - 1}: its end was cut off" in said[1], said[1]
    # With no other row touched, whatever the entry.
    for at in range(len(entries)):
        log, export = written("forged", rehashed(spaced(entries, at)))
        found = (ours("--log", log, *evidence)[0], theirs("--export", export, *evidence)[0])
        holds(f"a space in entry {at + 1}, every hash made anew: found by both", lambda c: c == (1, 1), found, HONEST)


def wrong_keys(evidence):
    """Signatures of another key, of another log and of nobody."""
    amparo("keys", "new", "--name", NAME, "--out", FOLDER / "stranger")
    amparo("keys", "new", "--name", "example.org/other", "--out", FOLDER / "other")
    checkpoint = (FOLDER / "second.checkpoint").read_text()
    (FOLDER / "changed.checkpoint").write_text(checkpoint.replace("\n12\n", "\n11\n"))
    for name, key, file in [
        ("another key", "stranger.pub", "second.checkpoint"),
        ("the key of another log", "other.pub", "second.checkpoint"),
        ("a changed checkpoint", "second.pub", "changed.checkpoint"),
    ]:
        args = ["--checkpoint", FOLDER / file, "--verifier-key", FOLDER / key]
        found = (ours(*args)[0], theirs(*args)[0])
        holds(f"{name}: refused by both", lambda c: c == (1, 1), found, HONEST)
    # A forger's own checkpoint of a forged log: everything fits but the key.
    log, export = written("forged", rehashed(spaced(ENTRIES[:11], 0)))
    amparo("log", "checkpoint", "--log", log, "--key", FOLDER / "stranger", "--out", FOLDER / "stranger.checkpoint")
    args = ["--checkpoint", FOLDER / "stranger.checkpoint", "--verifier-key", FOLDER / "first.pub"]
    found = (ours("--log", log, *args)[0], theirs("--export", export, *args)[0])
    holds("a forged log with its own checkpoint: refused by both", lambda c: c == (1, 1), found, HONEST)
    # The replaced key signs the whole log once more.
    root = next(line for line in checkpoint.splitlines()[2:3])
    stale = signed_by(FOLDER / "first", f"{NAME}\n12\n{root}\n")
    (FOLDER / "stale.checkpoint").write_text(stale)
    args = ["--checkpoint", FOLDER / "stale.checkpoint", "--verifier-key", FOLDER / "first.pub"]
    found = (ours("--log", LOG, *args)[0], theirs("--export", EXPORT, *args)[0])
    holds("a checkpoint by the key that was replaced: refused by both", lambda c: c == (1, 1), found, HONEST)


def signed_by(path, text):
    """A note, signed here with a key that amparo made."""
    _, _, name, number, secret = path.read_text().strip().split("+", 4)
    signature = Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret)[1:]).sign(text.encode())
    return f"{text}\n\u2014 {name} {base64.b64encode(bytes.fromhex(number) + signature).decode()}\n"


def forked(entries):
    """One log shown in two ways: to be found by whoever has both checkpoints, without the log."""
    log, export = written("fork", rehashed(entries[:5] + [entries[5] | {"id": "another"}]))
    root = base64.b64encode(tool.root_of([tool.leaf_hash(e["salt"], e["hash"]) for e in exported(log)])).decode()
    (FOLDER / "fork.checkpoint").write_text(signed_by(FOLDER / "first", f"{NAME}\n6\n{root}\n"))
    key = ["--verifier-key", FOLDER / "first.pub", "--verifier-key", FOLDER / "second.pub"]
    both = ["--checkpoint", FOLDER / "first.checkpoint", "--checkpoint", FOLDER / "fork.checkpoint", *key]
    found = (ours(*both)[0], theirs(*both)[0])
    holds("two views of one size: found by both without the log", lambda c: c == (1, 1), found, HONEST)
    sizes = ["--checkpoint", FOLDER / "fork.checkpoint", "--checkpoint", FOLDER / "second.checkpoint", *key]
    found = (ours(*sizes)[0], theirs(*sizes)[0])
    holds("two views of other sizes: nothing shows that they are one log", lambda c: c == (1, 1), found, HONEST)
    proof = json.loads((FOLDER / "proof.json").read_text())
    (FOLDER / "pasted.json").write_text(json.dumps(proof | {"from": (FOLDER / "fork.checkpoint").read_text()}))
    pasted = ["--consistency", FOLDER / "pasted.json", *key]
    found = (ours(*pasted)[0], theirs(*pasted)[0])
    holds("two views with the proof of one of them: found by both", lambda c: c == (1, 1), found, HONEST)


def receipts(ids):
    """A receipt is checked alone, and no other entry's."""
    key = ["--verifier-key", FOLDER / "first.pub"]
    receipt = json.loads((FOLDER / "receipt.json").read_text())
    text = (FOLDER / "receipt.json").read_text()
    holds("a receipt names no case", lambda text: not any(case in text for case in CASES), text, CASES[0])
    for name, change in {
        "another leaf": {"leaf_index": 3},
        "another size": {"tree_size": 7},
        "another entry": {"entry_hash": "0" * 64},
        "another salt": {"salt": "0" * 64},
        "a shorter proof": {"inclusion": receipt["inclusion"][1:]},
        "a longer proof": {"inclusion": receipt["inclusion"] + ["0" * 64]},
        "a changed proof": {"inclusion": ["0" * 64, *receipt["inclusion"][1:]]},
        "another checkpoint": {"checkpoint": (FOLDER / "second.checkpoint").read_text(), "tree_size": 12},
    }.items():
        (FOLDER / "wrong.json").write_text(json.dumps(receipt | change))
        args = ["--receipt", FOLDER / "wrong.json", *key, "--verifier-key", FOLDER / "second.pub"]
        found = (ours(*args)[0], theirs(*args)[0])
        holds(f"a receipt with {name}: refused by both", lambda c: c == (1, 1), found, HONEST)
    (FOLDER / "wrong.json").write_text(json.dumps(receipt | {"proposal_id": ids[1]}))
    args = ["--receipt", FOLDER / "wrong.json", *key]
    found = (ours("--log", LOG, *args)[0], theirs("--export", EXPORT, *args)[0])
    holds("a receipt under another id: refused by both beside the log", lambda c: c == (1, 1), found, HONEST)


def witnessed():
    """A witness whose software is this file cosigns a checkpoint."""
    secret = Ed25519PrivateKey.generate()
    public = b"\4" + secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    number = sha256(b"w.example/1\n" + public).digest()[:4]
    (FOLDER / "witness.pub").write_text(f"w.example/1+{number.hex()}+{base64.b64encode(public).decode()}\n")
    note = (FOLDER / "first.checkpoint").read_text()
    signature = secret.sign(f"cosignature/v1\ntime 1795860000\n{tool.read_note(note)[0]}".encode())
    blob = number + (1795860000).to_bytes(8, "big") + signature
    (FOLDER / "cosigned.checkpoint").write_text(f"{note}\u2014 w.example/1 {base64.b64encode(blob).decode()}\n")
    key = ["--verifier-key", FOLDER / "first.pub", "--witness-key", FOLDER / "witness.pub"]
    codes = lambda file: tuple(verify("--checkpoint", FOLDER / file, *key)[0] for verify in (ours, theirs))
    holds("a cosigned checkpoint: both see the witness", lambda c: c == (0, 0), codes("cosigned.checkpoint"), codes("first.checkpoint"))
    assert "seen by w.example/1 at 2026-11-28T10:00:00Z" in ours("--checkpoint", FOLDER / "cosigned.checkpoint", *key)[1]


def published():
    """The tree is made again from the files that a web server would give."""
    out = FOLDER / "tiles"
    for size, name in ((6, "first"), (12, "second")):
        amparo("log", "tiles", "--log", LOG, "--checkpoint", FOLDER / f"{name}.checkpoint", "--out", out)
        checkpoint = tool.Checkpoint((out / "checkpoint").read_text())
        hashes = (out / "tile" / "0" / f"000.p/{size}").read_bytes()
        bundle = (out / "tile" / "entries" / f"000.p/{size}").read_bytes()
        leaves = [hashes[at:at + 32] for at in range(0, len(hashes), 32)]
        data = [bundle[at + 2:at + 34] for at in range(0, len(bundle), 34)]
        root = lambda leaves: tool.root_of(leaves) == checkpoint.root
        holds(f"tiles of {size} entries give the root", root, leaves, leaves[:-1])
        holds("the bundles give the tiles", lambda d: [sha256(b"\0" + x).digest() for x in d] == leaves, data, data[::-1])
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    secret = [case.encode() for case in CASES] + [bytes.fromhex(e[k]) for e in ENTRIES for k in ("hash", "salt")]
    holds("nothing of a case is published", lambda files: not any(word in files for word in secret), everything, everything + secret[0])
    said = ran(AMPARO, "log", "tiles", "--log", LOG, "--checkpoint", FOLDER / "first.checkpoint", "--out", out)
    holds("a folder is not taken back", lambda said: said[0] == 1 and "covers 12 entries, the new one only 6" in said[1], said, (0, ""))


def gone(entry):
    """What is left of an entry, as an erasure leaves it."""
    leaf = tool.leaf_data(entry["salt"], entry["hash"]).hex()
    return entry | {"body": None, "request_digest": None, "idempotency_key": None, "salt": None, "leaf": leaf}


def replaced(entries, at, entry):
    return [*entries[:at], entry, *entries[at + 1:]]


def residues(log, *words):
    """Which words stand in the bytes of a log's files."""
    everything = b"".join(path.read_bytes() for path in log.parent.glob(f"{log.name}*"))
    return {word for word in words if word.encode() in everything}


def erased(ids, evidence):
    """An erasure leaves nothing of a case and everything of the proof; what only looks like one is found by both."""
    log, export = FOLDER / "erased.sqlite", FOLDER / "erased.jsonl"
    shutil.copy(LOG, log)
    why = ["--log", log, "--reason", "art. 17", "--by", "dpo"]
    before = log.read_bytes()
    said = ran(AMPARO, "log", "erase", "--case", CASES[2], *why)
    assert said[0] == 0 and "1 proposal would be erased, entries 3" in said[1], said
    holds("without --yes nothing is erased", lambda found: found == before, log.read_bytes(), before + b" ")
    words = (CASES[2], CASES[3])
    holds("the case stands in the file before", lambda found: found == set(words), residues(log, *words), {CASES[3]})
    said = ran(AMPARO, "log", "erase", "--case", CASES[2], *why, "--yes")
    assert said[0] == 0 and "entry 13 says so" in said[1], said
    holds("nothing of the case is left in the file, and another is", lambda found: found == {CASES[3]}, residues(log, *words), set(words))
    export.write_text(amparo("log", "export", "--log", log))
    entries = [json.loads(line) for line in export.read_text().splitlines()]
    entry = entries[2]
    known = {"sequence": 3, "kind": "proposal", "id": ids[2], "idempotency_key": None, "request_digest": None, "body": None}
    assert {name: entry[name] for name in known} == known and "salt" not in entry, entry
    found = (ours("--log", log, *evidence)[0], theirs("--export", export, *evidence)[0])
    holds("after an erasure, checkpoints from before and the receipt of what was erased hold for both", lambda c: c == (0, 0), found, (1, 1))
    assert f"{ids[2]} was erased since" in ours("--log", log, *evidence)[1]
    assert "1 was erased" in ours("--log", log)[1] and "13 entries, 1 of them erased" in theirs("--export", export)[1]
    for command in (["replay", "--registry", QUICKSTART / "registry", "--proposal", ids[2]], ["log", "receipt", "--checkpoint", FOLDER / "first.checkpoint", ids[2]]):
        said = ran(AMPARO, *command, "--log", log)
        holds(f"{command[0]} {command[1]} says that it was erased", lambda said: said[0] == 2 and "was erased" in said[1], said, (0, ""))
    said = ran(AMPARO, "replay", "--all", "--registry", QUICKSTART / "registry", "--log", log)
    holds("all others are replayed, and the erased one is counted", lambda said: said[0] == 0 and "10 proposals: 10 the same" in said[1] and "1 proposal erased" in said[1], said, (0, ""))
    said = ran(AMPARO, "audit", "overrides", "--registry", QUICKSTART / "registry", "--log", log)
    holds("an audit says what it does not count", lambda said: said[0] == 0 and ("1 propuesta del registro se ha borrado" in said[1] or "1 proposal of the log was erased" in said[1]), said, (0, ""))
    amparo("log", "copy", "--from", log, "--to", FOLDER / "erased-copy.sqlite")
    amparo("log", "backup", "--log", log, "--out", FOLDER / "erased-backup.sqlite")
    same = [amparo("log", "export", "--log", FOLDER / f"erased{which}.sqlite") for which in ("", "-copy", "-backup")]
    holds("a copy and a backup hold what is left", lambda found: len(set(found)) == 1, same, [*same, ""])
    half = entries[:2] + [entry | {"request_digest": "0" * 64}] + entries[3:]
    statement = json.loads(entries[12]["body"])
    classes = {
        "erased without an entry": replaced(ENTRIES, 4, gone(ENTRIES[4])),
        "the same, beside a genuine erasure": replaced(entries, 4, gone(entries[4])),
        "an erasure whose entry was cut off": entries[:12],
        "an erasure by half, its digest left": half,
        "an erasure by half, its salt gone and its body left": replaced(ENTRIES, 4, ENTRIES[4] | {"salt": None, "leaf": gone(ENTRIES[4])["leaf"]}),
        "named as erased, and still there": replaced(entries, 2, ENTRIES[2]),
        "an erased entry under another id": replaced(entries, 2, entry | {"id": ids[3] + "x"}),
        "an erased entry of another kind": replaced(entries, 2, entry | {"kind": "confirmation"}),
        "an erased entry with another hash": replaced(entries, 2, entry | {"hash": "1" * 64}),
        "an erased entry with another leaf": replaced(entries, 2, entry | {"leaf": "1" * 64}),
        "the erasure itself erased": replaced(entries, 12, gone(entries[12])),
        "another reason": replaced(entries, 12, entries[12] | {"body": entries[12]["body"].replace("art. 17", "art. 18")}),
        "one entry more in the erasure": replaced(entries, 12, entries[12] | {"body": json.dumps(statement | {"erased": [[3, 4]]})}),
    }
    for name, made in classes.items():
        log_, export_ = written("forged", made)
        found = (ours("--log", log_)[0], theirs("--export", export_)[0])
        holds(f"{name}: found by both, without a checkpoint", lambda c: c == (1, 1), found, HONEST)
    # Named by an entry of the forger's own: both see that it is erased, by whom and why; a checkpoint over the log then covers that, too.
    log_, export_ = written("forged", entries)
    found = (ours("--log", log_, *evidence)[0], theirs("--export", export_, *evidence)[0])
    holds("the generator changes nothing of an erasure by itself", lambda c: c == (0, 0), found, (1, 1))


LOG, EXPORT = FOLDER / "log.sqlite", FOLDER / "log.jsonl"
ids = answered(LOG, CASES[:6])
amparo("keys", "new", "--name", NAME, "--out", FOLDER / "first")
assert (FOLDER / "first").stat().st_mode & 0o777 == 0o600
amparo("log", "checkpoint", "--log", LOG, "--key", FOLDER / "first", "--out", FOLDER / "first.checkpoint")
of_first = ["--checkpoint", FOLDER / "first.checkpoint"]
amparo("log", "receipt", "--log", LOG, *of_first, "--out", FOLDER / "receipt.json", ids[2])
ids += answered(LOG, CASES[6:11])
amparo("keys", "rotate", "--log", LOG, "--key", FOLDER / "first", "--out", FOLDER / "second")
amparo("log", "checkpoint", "--log", LOG, "--key", FOLDER / "second", "--out", FOLDER / "second.checkpoint")
checkpoints = [*of_first, "--checkpoint", FOLDER / "second.checkpoint"]
amparo("log", "consistency", "--log", LOG, "--from", FOLDER / "first.checkpoint", "--to", FOLDER / "second.checkpoint", "--out", FOLDER / "proof.json")
ENTRIES = exported(LOG)
EXPORT.write_text(amparo("log", "export", "--log", LOG))
assert len(ENTRIES) == 12

trusted = ["--verifier-key", FOLDER / "first.pub"]
evidence = [*checkpoints, "--receipt", FOLDER / "receipt.json", "--consistency", FOLDER / "proof.json", *trusted]
HONEST = (ours("--log", LOG, *evidence)[0], theirs("--export", EXPORT, *evidence)[0])
holds("what is honest holds, for both, beside the log", lambda c: c == (0, 0), HONEST, (1, 1))
alone = [*evidence, "--verifier-key", FOLDER / "second.pub"]
found = (ours(*alone)[0], theirs(*alone)[0])
holds("what is honest holds, for both, without the log", lambda c: c == (0, 0), found, (1, 1))
found = (ours("--receipt", FOLDER / "receipt.json", *trusted)[0], theirs("--receipt", FOLDER / "receipt.json", *trusted)[0])
holds("a receipt holds by itself, for both", lambda c: c == (0, 0), found, (1, 1))
log, export = written("same", ENTRIES)
found = (ours("--log", log, *evidence)[0], theirs("--export", export, *evidence)[0])
holds("the generator changes nothing by itself", lambda c: c == (0, 0), found, (1, 1))
tampered(ENTRIES, [*checkpoints, *trusted])
wrong_keys(evidence)
forked(ENTRIES)
receipts(ids)
witnessed()
published()
erased(ids, evidence)
