"""A meter (电能表) as a GraphQL object."""

from datetime import datetime

import strawberry

from api.graphql.field import told
from api.graphql.node import Node, told_id
from api.graphql.scalar import Decimal, kwh
from domain.reporting import MeterView


@strawberry.type(description="A meter (电能表): what measures an account's place.")
class Meter(Node):
    view: strawberry.Private[MeterView]
    id: strawberry.ID = told_id("Meter")
    serial: str = told("view.serial", description="Serial number, as it stands on the meter.")
    account_number: str = told("view.account_number", description="Account (户号) that it is for.")
    address: str = told("view.address", description="Address of the metered place.")
    digits: int = told("view.digits", description="Whole digits of a kWh that its register shows.")
    current_transformer: str = told("view.ct", description="Ratio in front of it, such as 100/5.")
    voltage_transformer: str = told("view.pt", description="Ratio in front of it, such as 1/1.")
    ratio: int = told("view.ratio", description="What its register is multiplied by.")
    installed_at: datetime = told("view.installed_at", description="When it was put up.")
    removed_at: datetime | None = told(
        "view.removed_at", description="When it was taken down; null: it is up."
    )
    read_at: datetime | None = told(
        "view.measured_at", description="When its newest register was measured; null: never."
    )
    register: Decimal | None = told(
        "view.total_wh",
        lambda wh: None if wh is None else kwh(wh),
        description="Total register at that time, in kWh, before the ratio.",
    )
    estimated: bool = told("view.estimated", description="True where that was estimated.")


def meter(view: MeterView) -> Meter:
    """Return the meter as its object."""
    return Meter(view=view)
