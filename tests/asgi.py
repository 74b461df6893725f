"""Run a coroutine to its end wherever a test stands: a browser test leaves its own event loop in the thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine


def finish(coroutine: Coroutine[Any, Any, Any]) -> object:
    """Return what `coroutine` returns, run in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
