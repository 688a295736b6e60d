"""In which currency texts tell amounts; the process that composes them says so at its start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 code, and how many decimal digits its amounts have."""

    code: str = "CNY"
    digits: int = 2

    def told(self, fen: int, *, english: bool) -> str:
        """Return an amount of minor units as people write it in a sentence."""
        unit = 10**self.digits
        whole, rest = divmod(abs(fen), unit)
        decimals = f".{rest:0{self.digits}}" if self.digits else ""
        amount = f"{'-' if fen < 0 else ''}{whole}{decimals}"
        if english:
            return f"{self.code} {amount}"
        return f"{amount}元" if self.code == "CNY" else f"{amount} {self.code}"


_spoken = [Currency()]


def speak_of(currency: Currency) -> None:
    """Tell amounts in this currency from now on: for the process's entry, and for tests."""
    _spoken[:] = [currency]


def spoken() -> Currency:
    return _spoken[0]
