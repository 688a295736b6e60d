"""Where each meter was heard last, and whether it listens now."""

from dataclasses import dataclass

from devices.codec import Mode

from ._limits import Limits


@dataclass(frozen=True, slots=True)
class Contact:
    """`heard_at` is the loop's time; None if it was before this process."""

    address: str
    mode: Mode
    heard_at: float | None


class Contacts:
    """One contact for each meter; what is lost at a restart comes from `link_of`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._contacts: dict[int, Contact] = {}

    def of(self, meter_id: int) -> Contact | None:
        """Return the contact of a meter if this process knows one."""
        return self._contacts.get(meter_id)

    def note(self, meter_id: int, contact: Contact) -> None:
        """Remember where a meter is."""
        self._contacts[meter_id] = contact

    def is_awake(self, contact: Contact, at: float) -> bool:
        """Tell whether a meter listens at this moment."""
        if contact.mode is Mode.DRX:
            return True
        heard_at = contact.heard_at
        return heard_at is not None and at < heard_at + self._limits.windows_s[contact.mode]
