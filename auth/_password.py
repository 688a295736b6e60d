"""Passwords of staff: argon2id, computed beside the event loop, a few at a time."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.base import Refusal

PASSWORD_LENGTHS = range(12, 201)
# OWASP's parameters: 19 MiB and some 50 ms. Two at a time; how many wait behind them is bounded.
_AT_ONCE = 2
_WAITING_MAX = 20
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")
Found = TypeVar("Found")


class PasswordUnfit(Refusal):
    """The password is shorter than 12 characters, or longer than 200."""

    code = "PASSWORD_UNFIT"


class SignInBusy(Refusal):
    """Too many passwords are being checked just now; try again in a moment."""

    code = "SIGN_IN_BUSY"


async def password_hash(password: str) -> str:
    """Return what is stored of a password. Refusals: PasswordUnfit, SignInBusy."""
    text = _normal(password)
    if len(text) not in PASSWORD_LENGTHS:
        raise PasswordUnfit
    return await _computed(_hasher.hash, text)


async def password_matches(password: str, stored: str | None) -> bool:
    """Tell whether the password is the stored one; None is compared with as much work.

    Refusals: SignInBusy.
    """
    return await _computed(_matches, stored, _normal(password))


def _matches(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


async def _computed(work: Callable[..., Found], *given: str | None) -> Found:
    if _threads._work_queue.qsize() >= _WAITING_MAX:  # ruff: ignore[private-member-access] -- the executor does not tell
        raise SignInBusy
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *given)
