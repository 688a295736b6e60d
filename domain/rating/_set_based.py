"""The same terms as SQL: one statement rates a batch of accounts exactly as `rate` does."""

from dataclasses import dataclass

from domain.tariff import PERIODS

from ._energy import EnergyTerms
from ._product import Constants
from ._terms import Terms

_INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SetBased:
    """A piece of a FROM clause, and the numbers it wants from the row `k` of these terms.

    `sql` goes after a row `u` with sharp_wh .. deep_valley_wh and cycle_wh (all bigint) joined
    with a row `k` that holds `values` under the names in `columns` (all bigint):

        select u.account_id, charge.fen
        from used u
        join unnest($1::bigint[], $2::bigint[], ...) as k (terms, k1, ...) on k.terms = u.terms
        <sql>

    Terms of one form have equal `sql` and share a statement. `charge.fen` is null where energy
    was used in a period that the tariff does not price (`rate` refuses there).
    """

    sql: str
    values: tuple[int, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"k{i}" for i in range(1, len(self.values) + 1))


def set_based(terms: Terms) -> SetBased:
    """Return the terms as SQL. Rows that would overflow bigint are computed as numeric."""
    constants = Constants()
    products = [product for item in terms.items for product in item.products(constants)]
    money = terms.money

    def total(*, exact: bool) -> str:
        lines = [money.amount_sql(each.quantity, each.price, exact=exact) for each in products]
        return " + ".join(lines) or "0"

    highest = max(constants.values, default=1)
    margin = 2 * money.denominator * money.rounding.step
    safe = constants.add((_INT64_MAX - margin) // max(highest, 1))
    fen = (
        f"case when t.wh <= {safe} then {total(exact=False)} else ({total(exact=True)})::bigint end"
    )
    unpriced = [
        f"u.{period}_wh = 0"
        for item in terms.items
        if isinstance(item, EnergyTerms)
        for period in item.refused
    ]
    if unpriced:
        fen = f"case when {' and '.join(unpriced)} then {fen} end"
    energy = " + ".join(f"u.{period}_wh" for period in PERIODS)
    return SetBased(
        f"cross join lateral (select {energy} as wh, {energy} + u.cycle_wh as after) t"
        f" cross join lateral (select {fen} as fen) charge",
        tuple(constants.values),
    )
