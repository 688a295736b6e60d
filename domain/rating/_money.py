"""From quantity and price to money: where the one rounding of a line happens."""

from dataclasses import dataclass

from domain.tariff import PRICE_DIGITS, Rounding, Tariff

from ._rounded import rounded, rounded_sql

QUANTITY_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Money:
    """The currency's minor units and the rounding of a line."""

    denominator: int
    rounding: Rounding

    @classmethod
    def of(cls, tariff: Tariff) -> "Money":
        exponent = QUANTITY_DIGITS + PRICE_DIGITS - tariff.digits
        return cls(10**exponent, tariff.line_rounding)

    def amount(self, quantity: int, price: int) -> int:
        return rounded(quantity * price, self.denominator, self.rounding)

    def amount_sql(self, quantity: str, price: str, *, exact: bool) -> str:
        product = f"({quantity})::numeric * {price}" if exact else f"({quantity}) * {price}"
        return rounded_sql(product, self.denominator, self.rounding, exact=exact)
