"""Registries of versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amparo import _amparo
from amparo._version import Version


class Registry:
    """A registry of published versions.

    Parameters
    ----------
    address : str or path
        A folder.

    Examples
    --------
    >>> registry = Registry("amparo-quickstart/registry")
    >>> registry["vpr@champion"]
    """

    def __init__(self, address: Any) -> None:
        self._native = _amparo.Registry(str(address))

    @classmethod
    def create(cls, address: Any) -> Registry:
        """The registry at an address, whose folder is made if there is none."""
        made = cls.__new__(cls)
        made._native = _amparo.Registry.create(str(address))
        return made

    @property
    def location(self) -> str:
        """Where it is."""
        return self._native.location

    @property
    def models(self) -> list[str]:
        """Names of the models."""
        return self._native.models()

    def versions(self, model: str) -> list[int]:
        """Numbers of a model's versions."""
        return self._native.versions(model)

    def aliases(self, model: str) -> dict[str, int]:
        """Aliases of a model with the versions that they point to."""
        return self._native.aliases(model)

    def __getitem__(self, reference: str) -> Version:
        """A version by number or alias: `vpr@3`, `vpr@champion`."""
        return Version(self._native.load(reference))

    def __iter__(self) -> Iterator[str]:
        """References of all versions: `vpr@1`, `vpr@2`, ..."""
        return (f"{model}@{number}" for model in self.models for number in self.versions(model))

    def __repr__(self) -> str:
        return f"<amparo.Registry {self.location}: {', '.join(self.models)}>"
