#!/usr/bin/env python3
"""Checks an export of a log, its checkpoints, receipts and proofs, without any of the software that made them.

Needs Python 3.10 and the package `cryptography`. The formats: RFC 6962 (tree), C2SP signed-note, tlog-checkpoint and tlog-cosignature.
The exit code is 0 if everything that was given holds, 1 if something does not, 2 if something cannot be read.
"""

import argparse
import base64
import json
import sys
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Refuted(Exception):
    """Something does not hold."""


def demand(holds, problem):
    if not holds:
        raise Refuted(problem)


def leaf_data(salt, entry_hash):
    return sha256(b"amparo-log-leaf/v1\n" + bytes.fromhex(salt) + entry_hash.encode()).digest()


def leaf_hash(salt, entry_hash):
    return sha256(b"\0" + leaf_data(salt, entry_hash)).digest()


def node_hash(left, right):
    return sha256(b"\1" + left + right).digest()


def root_of(leaves):
    """RFC 6962, section 2.1: full trees side by side, joined from the right."""
    peaks = []
    for n, leaf in enumerate(leaves):
        while n & 1:
            leaf, n = node_hash(peaks.pop(), leaf), n >> 1
        peaks.append(leaf)
    root = peaks.pop() if peaks else sha256(b"").digest()
    while peaks:
        root = node_hash(peaks.pop(), root)
    return root


def check_inclusion(leaf, index, size, root, proof):
    """RFC 9162, section 2.1.3.2."""
    demand(0 <= index < size, f"leaf {index} is not in a tree of {size}")
    at, last = index, size - 1
    for other in proof:
        demand(last > 0, "the proof of inclusion is too long")
        if at & 1 or at == last:
            leaf = node_hash(other, leaf)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            leaf = node_hash(leaf, other)
        at, last = at >> 1, last >> 1
    demand(last == 0 and leaf == root, "the proof of inclusion does not lead to the root of the checkpoint")


def check_consistency(old, old_root, new, new_root, proof):
    """RFC 9162, section 2.1.4.2."""
    demand(old <= new, f"a tree of {old} does not follow from one of {new}")
    if old in (0, new):
        demand(not proof and old_root == (new_root if old else root_of([])), f"two views of one log at {old} entries")
        return
    path = ([old_root] if old & (old - 1) == 0 else []) + proof
    demand(path, "the proof of consistency is empty")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for other in path[1:]:
        demand(last > 0, "the proof of consistency is too long")
        if at & 1 or at == last:
            first, second = node_hash(other, first), node_hash(other, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, other)
        at, last = at >> 1, last >> 1
    demand((first, second, last) == (old_root, new_root, 0), f"the tree of {old} is not the beginning of the tree of {new}")


class Key:
    """A verifier key, `name+id+base64(type || 32 bytes)`."""

    def __init__(self, text):
        self.text = text.strip()
        self.name, number, key = self.text.split("+", 2)
        self.bytes = base64.b64decode(key, validate=True)
        self.id = sha256(self.name.encode() + b"\n" + self.bytes).digest()[:4]
        demand(self.id.hex() == number and self.bytes[0] in (1, 4), f"`{self.text}` is no key")

    def signed(self, text, signatures):
        """Whether it has signed a text; the time of a cosignature."""
        for name, blob in signatures:
            if (name, blob[:4]) != (self.name, self.id):
                continue
            signature, time = (blob[4:], True) if self.bytes[0] == 1 else (blob[12:], int.from_bytes(blob[4:12], "big"))
            message = text if self.bytes[0] == 1 else f"cosignature/v1\ntime {time}\n{text}"
            try:
                Ed25519PublicKey.from_public_bytes(self.bytes[1:]).verify(signature, message.encode())
            except InvalidSignature:
                raise Refuted(f"a signature of {self.name} does not hold") from None
            return time
        return False


def read_note(note):
    text, lines = note.rsplit("\n\n", 1)
    pairs = [line.removeprefix("\u2014 ").split(" ") for line in lines.removesuffix("\n").split("\n")]
    return text + "\n", [(name, base64.b64decode(blob, validate=True)) for name, blob in pairs]


class Checkpoint:
    def __init__(self, note):
        self.text, self.signatures = read_note(note)
        self.origin, size, root = self.text.splitlines()[:3]
        self.size, self.root = int(size), base64.b64decode(root, validate=True)

    def check(self, keys):
        ours = [key for key in keys if key.name == self.origin]
        demand(ours, f"the checkpoint is of the log `{self.origin}`, not of that of the key")
        demand(any([key.signed(self.text, self.signatures) for key in ours]), "the checkpoint is not signed by the key")


def check_erased(entry, number):
    """What is left of an entry whose content was erased, in one digest; its hash cannot be made again."""
    left = [name for name in ("body", "request_digest", "idempotency_key", "salt") if entry.get(name) is not None]
    demand(not left, f"entry {number} was erased by half: {', '.join(left)} is left")
    demand(entry["kind"] in ("proposal", "confirmation", "own_view", "read"), f"entry {number} was erased, and is a {entry['kind']}")
    fields = [number, entry["kind"], entry["id"], entry["hash"], entry["leaf"]]
    return sha256("\n".join(map(str, fields)).encode()).digest()


def check_erasure(entry, number, erased):
    """An entry that says which others were erased: they are, each named once, and what is left of them is what was left then."""
    body, digests = json.loads(entry["body"]), []
    for first, last in body["erased"]:
        for sequence in range(first, last + 1):
            demand(sequence in erased, f"entry {number} says that entry {sequence} was erased, and it was not")
            digests.append(erased.pop(sequence))
    demand(sha256(b"".join(digests)).hexdigest() == body["left"], f"what is left of the entries that entry {number} erased was changed")


def check_export(lines, trusted):
    """The entries with the leaves of the tree, and which key is in force from which size on."""
    entries, leaves, keys, before, erased = [], [], [], "0" * 64, {}
    for number, line in enumerate(lines, 1):
        entry = json.loads(line)
        demand(entry["sequence"] == number, f"entry {entry['sequence']} stands in place {number}")
        demand(entry["previous"] == before, f"entry {number} does not follow the one before it")
        entries.append(entry)
        if entry["body"] is None:
            erased[number], before = check_erased(entry, number), entry["hash"]
            leaves.append(sha256(b"\0" + bytes.fromhex(entry["leaf"])).digest())
            continue
        fields = [entry["previous"], entry["sequence"], entry["kind"], entry["id"], entry["idempotency_key"] or "", entry["request_digest"], entry["body"]]
        before = sha256("\n".join(map(str, fields)).encode()).hexdigest()
        demand(entry["hash"] == before, f"entry {number} was changed")
        demand(entry.get("salt"), f"entry {number} has no salt, and its body was not erased")
        leaves.append(leaf_hash(entry["salt"], before))
        if entry["kind"] == "erasure":
            check_erasure(entry, number, erased)
        if entry["kind"] == "key_rotation":
            text, signatures = read_note(json.loads(entry["body"])["statement"])
            title, origin, *pair = text.splitlines()
            old, new = map(Key, pair)
            demand(title == "amparo log key rotation v1" and old.name == new.name == origin, f"entry {number} is no rotation")
            demand(old.signed(text, signatures) and new.signed(text, signatures), f"entry {number} is not signed by both keys")
            demand(not keys or keys[-1][1].text == old.text, f"entry {number} replaces a key that was not in force")
            keys += ([] if keys else [(0, old)]) + [(number, new)]
    demand(not erased, f"what entry {next(iter(erased), 0)} held is gone, and no later entry says that it was erased")
    demand(not keys or not trusted or {k.text for k in trusted} & {k.text for _, k in keys}, "the log names other keys")
    return entries, leaves, keys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verifier-key", action="append", default=[], help="public key of the log that you trust, a file")
    parser.add_argument("--witness-key", action="append", default=[], help="public key of a witness that must have cosigned, a file")
    parser.add_argument("--export", help="what `amparo log export` wrote")
    for name in ("checkpoint", "receipt", "consistency"):
        parser.add_argument(f"--{name}", action="append", default=[], help="a file; may be repeated")
    args = parser.parse_args()
    read = lambda path: open(path, encoding="utf-8").read()
    keys, witnesses = ([Key(read(path)) for path in paths] for paths in (args.verifier_key, args.witness_key))
    checkpoints = [Checkpoint(read(path)) for path in args.checkpoint]
    receipts = [json.loads(read(path)) for path in args.receipt]
    proofs = [json.loads(read(path)) for path in args.consistency]
    of_proofs = [(Checkpoint(proof["from"]), Checkpoint(proof["to"])) for proof in proofs]
    every = checkpoints + [Checkpoint(receipt["checkpoint"]) for receipt in receipts] + [c for pair in of_proofs for c in pair]
    for checkpoint in checkpoints:
        for witness in witnesses:
            demand(witness.signed(checkpoint.text, checkpoint.signatures), f"{witness.name} has not cosigned the checkpoint")
    for receipt in receipts:
        of = Checkpoint(receipt["checkpoint"])
        demand(of.size == receipt["tree_size"], "the receipt and its checkpoint have trees of other sizes")
        leaf, path = leaf_hash(receipt["salt"], receipt["entry_hash"]), [bytes.fromhex(h) for h in receipt["inclusion"]]
        check_inclusion(leaf, receipt["leaf_index"], of.size, of.root, path)
    for proof, (old, new) in zip(proofs, of_proofs):
        check_consistency(old.size, old.root, new.size, new.root, [bytes.fromhex(h) for h in proof["consistency"]])
    in_force = lambda size: keys
    if args.export:
        entries, leaves, rotated = check_export(open(args.export, encoding="utf-8"), keys)
        in_force = lambda size: [[key for since, key in rotated if since <= size][-1]] if rotated else keys
        for checkpoint in every:
            demand(checkpoint.size <= len(leaves), f"the checkpoint covers {checkpoint.size} entries, the export has {len(leaves)}")
            demand(root_of(leaves[: checkpoint.size]) == checkpoint.root, f"the entries give another root than the checkpoint of {checkpoint.size}")
        for receipt in receipts:
            entry = entries[receipt["leaf_index"]]
            demand((entry["id"], entry["hash"]) == (receipt["proposal_id"], receipt["entry_hash"]), "the receipt is of another entry")
            demand(leaf_hash(receipt["salt"], entry["hash"]) == leaves[receipt["leaf_index"]], "the receipt has another salt")
        gone = sum(entry["body"] is None for entry in entries)
        print(f"{len(entries)} entries, {gone} of them erased; the root of the tree is {root_of(leaves).hex()}")
    else:
        proved = {(old.size, old.root, new.size, new.root) for old, new in of_proofs}
        views = sorted({(checkpoint.size, checkpoint.root) for checkpoint in every})
        for old, new in zip(views, views[1:]):
            demand(old[0] != new[0], f"two views of one log at {old[0]} entries")
            demand(old[0] == 0 or old + new in proved, f"nothing shows that the log of {old[0]} entries became that of {new[0]}")
    for checkpoint in every:
        demand(keys, "checkpoints are believed with a key only: give --verifier-key")
        checkpoint.check(in_force(checkpoint.size))
    print("everything that was given holds")


if __name__ == "__main__":
    try:
        main()
    except Refuted as problem:
        sys.exit(f"refuted: {problem}")
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
        print(f"cannot be read: {problem!r}", file=sys.stderr)
        sys.exit(2)
