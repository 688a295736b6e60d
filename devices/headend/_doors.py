"""The doors of the domain that the head end knocks at."""

from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from domain import charge_control, command, metering
from domain.command import Envelope, Heard, Link, SupplyState, Uplink


class Hear(Protocol):
    """`domain.command.hear`."""

    def __call__(self, uplinks: Sequence[Uplink], *, now: datetime) -> Awaitable[list[Heard]]:
        """Take in one group, durably."""


class Dispatch(Protocol):
    """`domain.charge_control.dispatch`."""

    def __call__(self, meter_id: int, *, now: datetime) -> Awaitable[Envelope | None]:
        """Decide again and mark the next command sent."""


class RecordResult(Protocol):
    """`domain.command.record_result`."""

    def __call__(
        self,
        command_id: int,
        *,
        meter_id: int,
        code: int,
        supply: SupplyState | None,
        now: datetime,
    ) -> Awaitable[bool]:
        """Record a meter's answer."""


class RecordUnanswered(Protocol):
    """`domain.command.record_unanswered`."""

    def __call__(self, command_id: int, *, now: datetime) -> Awaitable[None]:
        """Record that nothing came back."""


class LinkOf(Protocol):
    """`domain.command.link_of`."""

    def __call__(self, meter_id: int) -> Awaitable[Link | None]:
        """Tell where a meter was heard last."""


class MetersOf(Protocol):
    """`domain.metering.meters_of`."""

    def __call__(self, serials: Collection[str]) -> Awaitable[dict[str, int]]:
        """Tell which of these serials are installed, and as which meter."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the head end asks of the house; a test of the wire brings its own."""

    meters_of: MetersOf
    hear: Hear
    dispatch: Dispatch
    record_result: RecordResult
    record_unanswered: RecordUnanswered
    link_of: LinkOf

    @classmethod
    def of_the_house(cls) -> Self:
        """Return the real doors."""
        return cls(
            meters_of=metering.meters_of,
            hear=command.hear,
            dispatch=charge_control.dispatch,
            record_result=command.record_result,
            record_unanswered=command.record_unanswered,
            link_of=command.link_of,
        )
