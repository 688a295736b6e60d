"""Tiers 阶梯: each block of a cycle's energy at its own price, or with its own adder."""

from dataclasses import dataclass

from ._blocks import Blocks, blocks_of
from ._node import Node
from ._units import PRICE_DIGITS


@dataclass(frozen=True, slots=True)
class Tiers:
    """`prices` in 1e-8 per kWh, one more than there are limits."""

    blocks: Blocks
    prices: tuple[int, ...]


def tiers_of(node: Node) -> Tiers:
    blocks = blocks_of(node)
    key = "adders" if node.has("adders") else "prices"
    prices = node.decimals(key, PRICE_DIGITS)
    if len(prices) != blocks.count:
        node.refuse(key, "expected one more than there are limits")
    return Tiers(blocks, prices)
