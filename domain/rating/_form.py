"""Form: the SQL of terms, being written; its numbers are kept apart from its words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.tariff import PERIODS, Base

from ._money import Money

INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Part:
    """One line as SQL. `exact` is for energy that would overflow bigint; None: `quick` never does.

    `quick` is a bigint; `exact` a numeric that is a whole number.
    """

    quick: str
    exact: str | None = None
    tier: int | None = None


@dataclass(slots=True)
class Form:
    """`wanted` are the lines that later charges are reckoned on: they become columns."""

    money: Money
    wanted: frozenset[str]
    values: list[int] = field(default_factory=lambda: [0])
    stages: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    inputs: set[str] = field(default_factory=set)
    row: str = "u"
    safe: int = INT64_MAX
    _quick: list[str] = field(default_factory=list)
    _exact: list[str] = field(default_factory=list)
    _plain: list[str] = field(default_factory=list)
    _columns: dict[str, list[tuple[str, int | None]]] = field(default_factory=dict)

    def constant(self, value: int) -> str:
        self.values.append(value)
        return f"k.k{len(self.values)}"

    def price(self, value: int) -> str:
        """Return a constant that energy will be multiplied with: it bounds the quick way."""
        margin = 2 * self.money.denominator * self.money.rounding.step
        self.bound((INT64_MAX - margin) // (value or 1))
        return self.constant(value)

    def bound(self, wh: int) -> None:
        self.safe = min(self.safe, wh)

    def period(self, i: int) -> str:
        return f"{self.row}.{PERIODS[i]}_wh"

    def input(self, name: str) -> str:
        self.inputs.add(name)
        return f"u.{name}"

    def adjust(self, energies: Iterable[str]) -> None:
        """Let all that follows see other energies than the row `u` brings."""
        named = zip(energies, PERIODS, strict=True)
        row = f"e{len(self.stages)}"
        self.stages.append(f"(select {', '.join(f'{sql} as {p}_wh' for sql, p in named)}) {row}")
        self.row = row

    def total(self) -> None:
        """Sum up the energies, once all adjustments are made."""
        energy = " + ".join(self.period(i) for i in range(len(PERIODS)))
        self.stages.append(f"(select {energy} as wh, {energy} + u.cycle_wh as after) t")

    def add(self, line: str, parts: list[Part], *, credit: bool) -> None:
        sign = "- " if credit else "+ "
        if line not in self.wanted:
            for part in parts:
                if part.exact is None:
                    self._plain.append(f"{sign}({part.quick})")
                else:
                    self._quick.append(f"{sign}{part.quick}")
                    self._exact.append(f"{sign}{part.exact}")
            return
        stage = f"c{len(self.stages)}"
        names = [f"l{i}" for i in range(len(parts))]
        columns = ", ".join(
            f"{sign}({self._either(part)}) as {name}"
            for name, part in zip(names, parts, strict=True)
        )
        # OFFSET 0 keeps the planner from writing the columns out at every place that names them.
        self.stages.append(f"(select {columns or '0 as l0'} offset 0) {stage}")
        self._columns[line] = [
            (f"{stage}.{name}", part.tier) for name, part in zip(names, parts, strict=True)
        ]

    def _either(self, part: Part) -> str:
        if part.exact is None:
            return part.quick
        return f"case when t.wh <= k.k1 then {part.quick} else ({part.exact})::bigint end"

    def base(self, base: Base) -> str:
        found = [
            column
            for line, columns in self._columns.items()
            for column, tier in columns
            if not base or any(part.holds(line, tier) for part in base)
        ]
        return f"({' + '.join(found) or '0'})"

    def finished(self) -> str:
        self.values[0] = self.safe
        terms = [column for columns in self._columns.values() for column, _ in columns]
        fen = " + ".join(terms) or "0"
        if self._quick:
            quick, exact = " ".join(self._quick), " ".join(self._exact)
            fen += f" + case when t.wh <= k.k1 then {quick} else ({exact})::bigint end"
        fen = " ".join([fen, *self._plain])
        if self.refused:
            fen = f"case when {' and '.join(self.refused)} then {fen} end"
        stages = [*self.stages, f"(select ({fen})::bigint as fen) charge"]
        return " ".join(f"cross join lateral {stage}" for stage in stages)
