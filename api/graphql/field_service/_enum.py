"""The words of repairs and tasks that come from closed lists."""

from enum import Enum

import strawberry

value = strawberry.enum_value


@strawberry.enum(description="What a customer reports as broken.")
class RepairKind(Enum):
    NO_POWER = value("NO_POWER", description="No power at all.")
    PARTIAL_POWER = value("PARTIAL_POWER", description="Some circuits or phases are dead.")
    VOLTAGE = value("VOLTAGE", description="Lights flicker or burn too bright or too dim.")
    METER = value("METER", description="The meter is damaged, dark or implausible.")
    DANGER = value("DANGER", description="Sparks, smoke, a fallen line.")
    OTHER = value("OTHER", description="Anything else.")


@strawberry.enum(description="What the customer was told about a repair request.")
class RepairAnswer(Enum):
    TOP_UP_TO_RESTORE = value(
        "TOP_UP_TO_RESTORE", description="The balance ran out: a top-up brings supply back."
    )
    RESTORING = value("RESTORING", description="Paid; the meter is about to be told.")
    PRESS_BUTTON = value(
        "PRESS_BUTTON", description="The meter is ready: hold its button for three seconds."
    )
    DISPATCHED = value("DISPATCHED", description="Somebody comes.")


@strawberry.enum(description="What a task is about.")
class TaskKind(Enum):
    CHECK_SUPPLY = value("CHECK_SUPPLY", description="An instruction did not show its effect.")
    DELIVER_NOTICE = value("DELIVER_NOTICE", description="A notice did not reach the customer.")
    REPAIR = value("REPAIR", description="A customer reported a fault.")
    OTHER = value("OTHER", description="Anything else.")


@strawberry.enum(description="Where a task stands.")
class TaskState(Enum):
    OPEN = value("OPEN", description="Nobody has it.")
    ASSIGNED = value("ASSIGNED", description="Somebody has it and has not begun.")
    STARTED = value("STARTED", description="Somebody is at it.")
    DONE = value("DONE", description="Finished.")


@strawberry.enum(description="How a task ended.")
class TaskOutcome(Enum):
    RESOLVED = value("RESOLVED", description="What was wrong is mended.")
    NOTHING_FOUND = value("NOTHING_FOUND", description="Nothing was wrong.")
    NOT_ACCESSIBLE = value("NOT_ACCESSIBLE", description="The place could not be entered.")
    FOLLOW_UP = value("FOLLOW_UP", description="More work is needed.")
