"""The words of bills and drafts that come from closed lists."""

from enum import Enum

import strawberry

value = strawberry.enum_value


@strawberry.enum(description="What a bill is.")
class BillKind(Enum):
    BILL = value("BILL", description="Charges a period.")
    REVERSAL = value("REVERSAL", description="Takes a bill back (冲销): its lines, negated.")


@strawberry.enum(description="Where a bill stands.")
class BillState(Enum):
    HELD = value("HELD", description="Waits for an operator; not owed.")
    ISSUED = value("ISSUED", description="Has gone out and is owed.")
    CANCELLED = value("CANCELLED", description="Was put away before it went out.")
    REVERSED = value("REVERSED", description="Was taken back by a reversal.")


@strawberry.enum(description="Where a proposed tariff stands.")
class DraftState(Enum):
    OPEN = value("OPEN", description="Waits for a second person.")
    SUPERSEDED = value("SUPERSEDED", description="Was proposed anew.")
    PUBLISHED = value("PUBLISHED", description="Is published.")
