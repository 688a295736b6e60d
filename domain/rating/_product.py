"""One line as SQL: a quantity over the columns of a consumption, times a price of the terms."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Product:
    quantity: str
    price: str


@dataclass(slots=True)
class Constants:
    """The numbers of a tariff, apart from the SQL's form: tariffs of one form share a statement."""

    values: list[int] = field(default_factory=list)

    def add(self, value: int) -> str:
        self.values.append(value)
        return f"k.k{len(self.values)}"
