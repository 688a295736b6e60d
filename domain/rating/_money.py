"""From quantity and price to money: where the one rounding of a line happens, both ways."""

from dataclasses import dataclass
from fractions import Fraction

from domain.tariff import PERCENT_DIGITS, PRICE_DIGITS, QUANTITY_DIGITS, Rounding, Tariff

WHOLE = Fraction(1)
_HUNDRED_PERCENT = 100 * 10**PERCENT_DIGITS


@dataclass(frozen=True, slots=True)
class Money:
    """`denominator`: how many units of quantity x price make one minor unit of the currency."""

    denominator: int
    rounding: Rounding

    @classmethod
    def of(cls, tariff: Tariff, rounding: Rounding | None = None) -> "Money":
        exponent = QUANTITY_DIGITS + PRICE_DIGITS - tariff.digits
        return cls(10**exponent, rounding or tariff.roundings.line)

    def amount(self, quantity: int, price: int, share: Fraction = WHOLE) -> int:
        return self.rounding.of(
            quantity * price * share.numerator, self.denominator * share.denominator
        )

    def percent(self, base_fen: int, percent: int) -> int:
        return self.rounding.of(base_fen * percent, _HUNDRED_PERCENT)

    def amount_sql(self, quantity: str, price: str, share: Fraction = WHOLE, *, exact: bool) -> str:
        """Return `amount` as SQL; the share's numerator is in the price already."""
        product = f"({quantity})::numeric * {price}" if exact else f"({quantity}) * {price}"
        unit = self.denominator * share.denominator
        return rounded_sql(product, unit, self.rounding, exact=exact)

    def percent_sql(self, base: str, percent: str) -> str:
        return signed_sql(f"(({base})::numeric * {percent})", _HUNDRED_PERCENT, self.rounding)


def rounded_sql(product: str, denominator: int, rounding: Rounding, *, exact: bool) -> str:
    """Return `Rounding.of` as SQL for a product that is not negative: bigint, numeric if `exact`.

    Both divide by truncation, which `/` on numeric would not.
    """
    unit = denominator * rounding.step

    def whole(dividend: str) -> str:
        return f"div({dividend}, {unit})" if exact else f"({dividend}) / {unit}"

    match rounding.mode:
        case "half_up":
            steps = whole(f"{product} + {unit // 2}")
        case "up":
            steps = whole(f"{product} + {unit - 1}")
        case "half_even":
            rest = f"2 * (({product}) % {unit}) + ({whole(product)}) % 2"
            steps = f"({whole(product)} + ({rest} > {unit})::int)"
        case _:
            steps = whole(product)
    return f"{steps} * {rounding.step}" if rounding.step > 1 else steps


def signed_sql(product: str, denominator: int, rounding: Rounding) -> str:
    """Return `rounded_sql` for a numeric product of either sign: both sides of zero alike."""
    size = rounded_sql(f"abs({product})", denominator, rounding, exact=True)
    return f"(sign({product}) * ({size}))::bigint"
