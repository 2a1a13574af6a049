"""Counts which public methods of the SDK's client the tests call by name."""

from __future__ import annotations

import functools
import inspect
import sys
from pathlib import Path

from synapse_sdk.clients.backend import BackendClient

HERE = Path(__file__).parent
CALLED: set[str] = set()


def public_methods() -> set[str]:
    return {name for name, _ in inspect.getmembers(BackendClient, callable) if not name.startswith("_")}


def watch() -> None:
    """Wraps every public method; only calls that a test makes itself count, not those of the SDK to itself."""
    for name in public_methods():
        setattr(BackendClient, name, _counting(name, getattr(BackendClient, name)))


def _counting(name: str, method):
    @functools.wraps(method)
    def call(self, *arguments, **named):
        if Path(sys._getframe(1).f_code.co_filename).parent == HERE:
            CALLED.add(name)
        return method(self, *arguments, **named)

    return call


def never_called() -> list[str]:
    return sorted(public_methods() - CALLED)


def summary() -> str:
    return f"SDK methods: {len(CALLED)} of {len(public_methods())} called"
