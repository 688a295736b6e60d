"""The words of what happened to an account that come from closed lists."""

from enum import Enum

import strawberry

value = strawberry.enum_value


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
    REFUNDED = value("REFUNDED", description="What was left of a closed account is paid back.")
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
