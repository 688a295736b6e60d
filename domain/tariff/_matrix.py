"""Matrix: a price for every tier and period; the periods share a tier by their parts."""

from dataclasses import dataclass

from ._blocks import Blocks, blocks_of
from ._energy import Prices, prices_of
from ._node import Node, invalid
from ._rounding import Rounding


@dataclass(frozen=True, slots=True)
class Matrix:
    """`prices[tier][period]` in 1e-8 per kWh; all tiers price the same periods."""

    blocks: Blocks
    prices: tuple[Prices, ...]


def matrix_of(node: Node, rounding: Rounding) -> Matrix:
    blocks = blocks_of(node)
    prices = node.each("prices", lambda item, path: prices_of(Node.at(item, path), rounding))
    if len(prices) != blocks.count:
        node.refuse("prices", "expected one row more than there are limits")
    for i, row in enumerate(prices):
        if [price is None for price in row] != [price is None for price in prices[0]]:
            invalid(f"{node.path}.prices[{i}]", "every tier prices the same periods")
    return Matrix(blocks, prices)
