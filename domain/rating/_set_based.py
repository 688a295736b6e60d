"""The same terms as SQL: one statement rates a batch of accounts exactly as `rate` does."""

from dataclasses import dataclass

from domain.tariff import PERIODS, Base, Minimum, Percentage, Refund, RoundOff

from ._form import Form
from ._item import Computed, Item
from ._money import Money, rounded_sql
from ._quota import FreeEnergyTerms
from ._terms import Terms


@dataclass(frozen=True, slots=True)
class SetBased:
    """A piece of a FROM clause, and the numbers it wants from the row `k` of these terms.

    `sql` goes after a row `u` with sharp_wh .. deep_valley_wh, cycle_wh and what `inputs` names
    (all bigint), joined with a row `k` that holds `values` under the names in `columns`
    (all bigint):

        select u.account_id, charge.fen
        from used u
        join unnest($1::bigint[], $2::bigint[], ...) as k (terms, k1, ...) on k.terms = u.terms
        <sql>

    Terms of one form have equal `sql` and share a statement. `charge.fen` is null where `rate`
    refuses: energy in a period that the tariff does not price, or beyond its brackets.
    """

    sql: str
    values: tuple[int, ...]
    inputs: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"k{i}" for i in range(1, len(self.values) + 1))


def set_based(terms: Terms) -> SetBased:
    """Return the terms as SQL, where `terms.is_set_based`.

    Rows that would overflow bigint are computed as numeric.
    """
    form = Form(Money.of(terms.tariff), _wanted(terms.items))
    step = terms.tariff.roundings.quantity
    if step.step > 1:
        energies = (form.period(i) for i in range(len(PERIODS)))
        form.adjust([rounded_sql(energy, 1, step, exact=False) for energy in energies])
    summed = False
    for item in terms.items:
        assert isinstance(item, Computed), "terms that are not set-based go through rate"
        if not summed and not isinstance(item, FreeEnergyTerms):
            form.total()
            summed = True
        form.money = terms.money(item.charge)
        form.add(item.charge.line, item.sql(form), credit=item.charge.credit)
    return SetBased(form.finished(), tuple(form.values), tuple(sorted(form.inputs)))


def _wanted(items: tuple[Item, ...]) -> frozenset[str]:
    """Return the lines that a later charge is reckoned on."""
    found: set[str] = set()
    for i, item in enumerate(items):
        base = _base_of(item)
        if base is not None:
            found |= {part.line for part in base} or {each.charge.line for each in items[:i]}
    return frozenset(found)


def _base_of(item: Item) -> Base | None:
    match item.rule:
        case Minimum() | Percentage() | Refund():
            return item.rule.base
        case RoundOff():
            return ()
    return None
