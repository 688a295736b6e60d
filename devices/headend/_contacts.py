"""Where each meter was heard last, and whether it listens now."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from devices.codec import Mode

from ._limits import Limits


@dataclass(frozen=True, slots=True)
class Contact:
    """`heard_at` is in the seconds of this process; None if it was before it began.

    A meter that did not answer rests until `rests_until`; whatever it says ends the rest.
    """

    address: str
    mode: Mode
    heard_at: float | None
    rests_until: float = 0.0
    rest_s: float = 0.0


class Contacts:
    """One contact for each meter; what is lost at a restart comes from `link_of`."""

    def __init__(self, limits: Limits, elapsed: Callable[[], float]) -> None:
        self._limits = limits
        self._elapsed = elapsed
        self._contacts: dict[int, Contact] = {}

    def of(self, meter_id: int) -> Contact | None:
        """Return the contact of a meter if this process knows one."""
        return self._contacts.get(meter_id)

    def note(self, meter_id: int, address: str, mode: Mode) -> None:
        """Remember where a meter was heard just now."""
        self._contacts[meter_id] = Contact(address, mode, self._elapsed())

    def rest(self, meter_id: int, contact: Contact) -> Contact | None:
        """Leave a meter alone that was silent at this contact, longer each time (`rest_s`).

        Returns its resting contact, or None where it was heard meanwhile, perhaps elsewhere.
        """
        if self._contacts.get(meter_id, contact) is not contact:
            return None
        rest_s = min(contact.rest_s * 2 or self._limits.rest_first_s, self._limits.rest_max_s)
        resting = replace(contact, rests_until=self._elapsed() + rest_s, rest_s=rest_s)
        self._contacts[meter_id] = resting
        return resting

    def wake(self, meter_id: int, resting: Contact) -> None:
        """End this rest, unless the meter was heard or put to another one since.

        Whoever has waited says so: a timer may fire a hair before `rests_until`.
        """
        if self.of(meter_id) is resting:
            self._contacts[meter_id] = replace(resting, rests_until=0.0)

    def is_awake(self, contact: Contact) -> bool:
        """Tell whether a meter listens at this moment."""
        at = self._elapsed()
        if at < contact.rests_until:
            return False
        if contact.mode is Mode.DRX:
            return True
        heard_at = contact.heard_at
        return heard_at is not None and at < heard_at + self._limits.windows_s[contact.mode]
