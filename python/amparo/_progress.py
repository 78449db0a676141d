"""What is told how far a computation is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def bar(shown: bool, what: str, **options: Any) -> Iterator[Callable[..., None] | None]:
    """A bar of tqdm, which is told what is done and, where it is known later, of how much; or nothing."""
    if not shown:
        yield None
        return
    from tqdm.auto import tqdm

    with tqdm(desc=what, **options) as shown_bar:

        def told(done: int, total: int | None = None) -> None:
            shown_bar.total = total
            shown_bar.update(done - shown_bar.n)

        yield told
