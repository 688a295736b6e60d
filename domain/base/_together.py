"""Together: what is asked at one time goes to the database as one statement."""

from collections.abc import Generator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from ._question import Question, side_by_side
from ._reading import reading
from ._transaction import records

T = TypeVar("T")
Rows = Sequence[Sequence[Any]]
Asking = Generator[Sequence[Question], Sequence[Rows], T]
"""What yields questions, is sent the rows of each, and returns what it makes of them."""
_Waiting = tuple[int, Asking[Any], Sequence[Question]]
_Step = tuple[int, Asking[Any], Any]


async def asked(asking: Asking[T]) -> T:
    """Run one to its end."""
    (answer,) = await together([asking])
    if isinstance(answer, Exception):
        raise answer
    found: T = answer
    return found


def all_of(askings: Sequence[Asking[T]]) -> Asking[list[T]]:
    """Ask what all of these ask, side by side, and return what each returned."""
    answers: list[Any] = [None] * len(askings)
    waiting = _stepped([(k, asking, None) for k, asking in enumerate(askings)], answers)
    while waiting:
        found = yield [question for _, _, asked in waiting for question in asked]
        waiting = _stepped(_shared_out(waiting, found), answers)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


async def together(askings: Sequence[Asking[Any]]) -> list[Any | Exception]:
    """Run these to their end and return what each returned, or the exception that ended it.

    What they ask at one time is one statement; so all of them take as many round trips as the one
    that asks most often.
    """
    answers: list[Any] = [None] * len(askings)
    waiting = _stepped([(k, asking, None) for k, asking in enumerate(askings)], answers)
    while waiting:
        questions = [question for _, _, asked in waiting for question in asked]
        try:
            found = await _found(questions)
        except Exception as failed:  # ruff: ignore[blind-except] -- handed to each who asked
            for k, asking, _ in waiting:
                asking.close()
                answers[k] = failed
            break
        waiting = _stepped(_shared_out(waiting, found), answers)
    return answers


async def last_texts(questions: Sequence[Question]) -> list[str | None]:
    """Return the one text that each of these finds; nothing is asked after them.

    Where a reading has asked nothing before, they are its whole transaction.
    """
    read = reading()
    assert read is not None
    values = [value for question in questions for value in question.values]
    return await read.fetch_last(tuple([question.sql for question in questions]), values)


def _shared_out(waiting: Sequence[_Waiting], found: Sequence[Rows]) -> list[_Step]:
    steps: list[_Step] = []
    at = 0
    for k, asking, asked in waiting:
        steps.append((k, asking, found[at : at + len(asked)]))
        at += len(asked)
    return steps


def _stepped(steps: Sequence[_Step], answers: list[Any]) -> list[_Waiting]:
    """Send each what it waits for; return those that ask on."""
    waiting = []
    for k, asking, given in steps:
        try:
            waiting.append((k, asking, asking.send(given)))
        except StopIteration as ended:
            answers[k] = ended.value
        except Exception as failed:  # ruff: ignore[blind-except] -- handed to who asked
            answers[k] = failed
    return waiting


async def _found(questions: Sequence[Question]) -> Sequence[Rows]:
    if len(questions) < 2:  # ruff: ignore[magic-value-comparison]
        return [await records(question.sql, *question.values) for question in questions]
    sql = _joined(tuple([question.sql for question in questions]))
    values = [value for question in questions for value in question.values]
    lists: Sequence[Rows] = (await records(sql, *values))[0]
    return lists


@lru_cache(512)
def _joined(texts: tuple[str, ...]) -> str:
    """Return the one query with a column for each of these: its rows as an array of records."""
    columns = [f"array(select q from ({text}) as q)" for text in side_by_side(texts)]
    return f"select {', '.join(columns)}"
