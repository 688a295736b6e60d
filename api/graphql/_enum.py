"""The words of the schema that come from closed lists."""

from enum import Enum

import strawberry

value = strawberry.enum_value


@strawberry.enum(description="What somebody who signs in is.")
class Role(Enum):
    CUSTOMER = value("CUSTOMER", description="Watches and pays for own accounts.")
    INSPECTOR = value("INSPECTOR", description="Does field work in a district.")
    OPERATOR = value("OPERATOR", description="Runs a district, or all of them.")


@strawberry.enum(description="The supply as the meter last confirmed it.")
class SupplyState(Enum):
    ON = value("ON", description="The relay is closed.")
    OFF = value("OFF", description="The relay is open.")
    READY_TO_CLOSE = value(
        "READY_TO_CLOSE", description="Open but permitted: the customer presses the meter's button."
    )
    UNKNOWN = value("UNKNOWN", description="The meter has not reported yet.")


@strawberry.enum(description="What an instruction tells a meter to do.")
class CommandVerb(Enum):
    TRIP = value(1, description="Open the relay.")
    PERMIT_CLOSE = value(2, description="Permit closing; the customer presses the button.")
    CLOSE = value(3, description="Close the relay.")
    TRIP_AUTO = value(4, description="Open the relay for some minutes.")
    ALARM_ON = value(6, description="Switch the low-balance alarm on.")
    ALARM_OFF = value(7, description="Switch the low-balance alarm off.")
    KEEP_ON = value(8, description="Keep supply whatever happens.")
    KEEP_OFF = value(9, description="End keeping supply.")
    OTHER = value(0, description="Anything that does not move supply.")


@strawberry.enum(description="Where an instruction stands. Acknowledged is not done.")
class CommandState(Enum):
    PENDING = value("PENDING", description="Waits to be sent.")
    SENT = value("SENT", description="Sent; whether it arrived is not known.")
    DELIVERED = value("DELIVERED", description="The meter has it.")
    ACCEPTED = value("ACCEPTED", description="The meter will do it.")
    VERIFIED = value("VERIFIED", description="The meter's own report shows the effect.")
    FAILED = value("FAILED", description="The meter refused or could not.")
    EXPIRED = value("EXPIRED", description="Its time ran out.")
    CANCELED = value("CANCELED", description="Withdrawn before it was sent.")
    SUPERSEDED = value("SUPERSEDED", description="Another instruction took its place.")


@strawberry.enum(description="What a message is about.")
class MessageKind(Enum):
    ALARM = value("ALARM", description="The balance is getting low.")
    NOTICE = value("NOTICE", description="Supply will be cut unless a payment arrives.")
    FINAL_NOTICE = value("FINAL_NOTICE", description="Supply is about to be cut.")
    TRIPPED = value("TRIPPED", description="Supply was cut.")
    PERMIT_READY = value("PERMIT_READY", description="Press the button to switch on again.")
    RESTORED = value("RESTORED", description="Supply is back.")
    PAYMENT_RECEIVED = value("PAYMENT_RECEIVED", description="A payment was credited.")
    SIGN_IN_CODE = value("SIGN_IN_CODE", description="A one-time code.")
    ACCESS_CODE = value("ACCESS_CODE", description="A code to watch an account with.")
    BILL_ISSUED = value("BILL_ISSUED", description="A bill was issued.")
    BILL_CORRECTED = value("BILL_CORRECTED", description="A bill was taken back or replaced.")
    TASK = value("TASK", description="News of a task.")
    OTHER = value("OTHER", description="Anything else.")


@strawberry.enum(description="What became of a message.")
class MessageState(Enum):
    QUEUED = value("QUEUED", description="Waits to be sent.")
    SENDING = value("SENDING", description="Is being handed to the gateway.")
    SENT = value("SENT", description="The gateway has it; delivery is not known.")
    DELIVERED = value("DELIVERED", description="It arrived.")
    UNDELIVERABLE = value("UNDELIVERABLE", description="It did not arrive and will not.")
    SHADOW = value("SHADOW", description="Written down in shadow mode, never sent.")
    PUSHED = value("PUSHED", description="A push service has it; it says no more.")
    OVERTAKEN = value("OVERTAKEN", description="Not sent: a payment came before the morning.")


@strawberry.enum(description="What charge control decided.")
class Verdict(Enum):
    REST = value("REST", description="Nothing is to be done.")
    ALARM = value("ALARM", description="Warn of a low balance.")
    NOTICE = value("NOTICE", description="Announce the cut.")
    FINAL_NOTICE = value("FINAL_NOTICE", description="Announce the moment of the cut.")
    WAIT = value("WAIT", description="A guard holds the trip back for now.")
    TRIP = value("TRIP", description="Cut supply.")
    RESTORE = value("RESTORE", description="Give supply back.")
    RELENT = value("RELENT", description="Paid in time: the cut is off.")
    RECOVER = value("RECOVER", description="The balance is well again.")
    OTHER = value("OTHER", description="Anything else.")


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


@strawberry.enum(description="The length of a step of a usage series.")
class UsageStep(Enum):
    HOUR = value("hour", description="One hour.")
    DAY = value("day", description="One calendar day of the account's zone.")
    MONTH = value("month", description="One calendar month of the account's zone.")


@strawberry.enum(description="A switch of the whole deployment.")
class ControlSwitch(Enum):
    STOP_TRIPS = value("stop_trips", description="No trip leaves while it is on.")
    SHADOW = value("shadow", description="Decide and record, send nothing.")
