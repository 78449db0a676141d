"""Versions that this process has loaded already, by their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

_MOST = 4
"""Versions that are held: the last ones that were asked for."""

_held: dict[str, object] = {}


def held(manifest: bytes, load: Callable[[], _T]) -> _T:
    """What was loaded for this manifest, which names every other file by its digest; it is loaded and verified the first time.

    A version never changes and may be used by several threads, so all can have the same. Loading one takes some hundredths to some tenths of a second, which a
    worker that is sent a version with each of a thousand tasks should spend once.
    """
    digest = hashlib.sha256(manifest).hexdigest()
    found = _held.pop(digest, None)
    made = load() if found is None else found
    _held[digest] = made
    # The last one is never the first of more than four.
    while len(_held) > _MOST:
        _held.pop(next(iter(_held)), None)
    return made  # type: ignore[return-value]
