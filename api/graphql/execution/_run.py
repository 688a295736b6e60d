"""Run a plan: level by level, the fields of all objects of a level at once."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, NamedTuple

import orjson
from graphql.execution.values import VariableValues

from api.graphql.field import Context, Loading, Wanted, check
from domain.base import Asking, Question, last_texts, together
from runtime.database import Overloaded

from ._fault import Answer
from ._plan import Plan, Resolved, Selected
from ._telling import Asked, Telling


class _Place(NamedTuple):
    """A field of an object's dictionary that waits for its value."""

    field: Resolved
    owner: dict[str, Any]


_Noted = list[list[tuple[Any, dict[str, Any]]]]


async def run(plan: Plan, context: Context, variables: VariableValues) -> Answer:
    """Return the answer; raise Surprise (or anything else) where plain values are not as promised.

    What a resolver raises, and what the rules refuse, are errors of their fields.
    """
    level = _Level(plan, context, variables)
    level.answer.data = plan.make(None, level.noted)
    while await level.resolve():
        pass
    return level.answer


class _Level:
    def __init__(self, plan: Plan, context: Context, variables: VariableValues) -> None:
        self.plan = plan
        self.context = context
        self.variables = variables
        self.answer = Answer()
        self.noted: _Noted = [[] for _ in plan.selections]
        self.wanted: dict[Loading, list[tuple[Wanted[Any], _Place]]] = defaultdict(list)
        self.told: list[tuple[Question, _Place]] = []
        self.running: list[tuple[Coroutine[Any, Any, Any], _Place]] = []

    async def resolve(self) -> bool:
        """Resolve the fields of all objects that were made; return whether that made more."""
        noted, self.noted = self.noted, [[] for _ in self.plan.selections]
        found = False
        try:
            for selected in self.plan.selections:
                if objects := noted[selected.number]:
                    found = True
                    self.begin(selected, objects)
            if self.wanted or self.told:
                await self.load()
        except BaseException:
            for coroutine, _ in self.running:
                coroutine.close()
            raise
        if self.running:
            await self.wait()
        return found

    def fail(self, place: _Place, error: Exception) -> None:
        if isinstance(error, Overloaded):
            raise error  # nobody is answered in part because of that
        self.answer.fail(*place, error)

    def begin(self, selected: Selected, objects: list[tuple[Any, dict[str, Any]]]) -> None:
        """Call the resolvers of a selection, if its rules and arguments allow."""
        for field in selected.fields:
            if field.telling and self.tell(field, field.telling, objects):
                continue
            try:
                arguments = field.arguments(self.variables)
                check(self.context, field.way.rule)
            except Exception as error:  # ruff: ignore[blind-except] -- an error of each such field
                for _, owner in objects:
                    self.fail(_Place(field, owner), error)
                continue
            resolver, asked = field.way.resolver, Asked(self.context, field.needed)
            for value, owner in objects:
                place = _Place(field, owner)
                try:
                    found = resolver(value, asked, **arguments)
                except Exception as error:  # ruff: ignore[blind-except] -- an error of this field
                    self.fail(place, error)
                    continue
                if found.__class__ is Wanted:
                    self.wanted[found.by].append((found, place))
                elif field.is_async:
                    self.running.append((found, place))
                else:
                    self.put(place, found)

    def tell(
        self, field: Resolved, telling: Telling, objects: list[tuple[Any, dict[str, Any]]]
    ) -> bool:
        """Have PostgreSQL write the field's answer, if its rules and arguments allow."""
        question = telling.question(self.context, self.variables)
        if question is None:
            return False
        self.told += [(question, _Place(field, owner)) for _, owner in objects]
        return True

    def put(self, place: _Place, value: object) -> None:
        field, owner = place
        owner[field.name] = field.complete(value, self.noted)

    async def load(self) -> None:
        """Load what is wanted: all that is asked for at this level is one statement."""
        wanted, self.wanted = self.wanted, defaultdict(list)
        told, self.told = self.told, []
        if not (wanted or self.running or any(self.noted)):
            await self.load_last(told)
            return
        askings: list[Any] = []
        others: list[Any] = []
        for by, wants in wanted.items():
            found = by([want.key for want, _ in wants])
            (askings if isinstance(found, Generator) else others).append((found, wants))
        answers = await together([
            *[_json_of(question) for question, _ in told],
            *[asking for asking, _ in askings],
        ])
        for (_, (field, owner)), answer in zip(told, answers, strict=False):
            owner[field.name] = _written(answer)
        for (_, wants), answer in zip(askings, answers[len(told) :], strict=True):
            self.take(wants, answer)
        for found, wants in others:
            assert isinstance(found, Awaitable)
            try:
                answer = await found
            except Exception as error:  # ruff: ignore[blind-except] -- an error of each such field
                answer = error
            self.take(wants, answer)

    async def load_last(self, told: list[tuple[Question, _Place]]) -> None:
        """Load what PostgreSQL tells where nothing is left to be asked after it."""
        texts = await last_texts([question for question, _ in told])
        for (_, (field, owner)), text in zip(told, texts, strict=True):
            owner[field.name] = _written(text)

    def take(self, wants: list[tuple[Wanted[Any], _Place]], answer: Any) -> None:
        """Put what was loaded where it is wanted."""
        if isinstance(answer, Exception):
            for _, place in wants:
                self.fail(place, answer)
            return
        for (want, place), found in zip(wants, answer, strict=True):
            try:
                value = want.made(found)
            except Exception as error:  # ruff: ignore[blind-except] -- an error of this field
                self.fail(place, error)
            else:
                self.put(place, value)

    async def wait(self) -> None:
        """Wait for the asynchronous resolvers, side by side: they may batch by loaders."""
        running, self.running = self.running, []
        tasks = [asyncio.ensure_future(coroutine) for coroutine, _ in running]
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        for (_, place), answer in zip(running, answers, strict=True):
            if isinstance(answer, Exception):
                self.fail(place, answer)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self.put(place, answer)


def _json_of(question: Question) -> Asking[str | None]:
    (found,) = yield [question]
    text: str | None = found[0][0]
    return text


def _written(answer: str | Exception | None) -> orjson.Fragment | None:
    """Return what PostgreSQL wrote; where it could not, the stock executor shall say why."""
    if isinstance(answer, Exception):
        raise answer
    return None if answer is None else orjson.Fragment(answer)
