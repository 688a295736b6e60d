"""Base: the lines that a percentage, a minimum or a rounding is reckoned on."""

from collections.abc import Mapping
from dataclasses import dataclass

from ._node import Node, invalid


@dataclass(frozen=True, slots=True)
class Part:
    """All of a charge's lines, or those from one tier on."""

    line: str
    from_tier: int = 1

    def holds(self, line: str, tier: int | None) -> bool:
        return line == self.line and (self.from_tier == 1 or (tier or 0) >= self.from_tier)


Base = tuple[Part, ...]
"""Lines of charges that stand earlier in the document; empty: all of them."""


def base_of(node: Node) -> Base:
    return node.each("of", _part, optional=True)


def _part(content: object, path: str) -> Part:
    if isinstance(content, str):
        return Part(content)
    node = Node.at(content, path)
    part = Part(node.text("line", 40), node.whole("from_tier", least=1, default=1))
    node.done()
    return part


def check_base(base: Base, known: Mapping[str, int], path: str) -> None:
    """Refuse lines and tiers that no earlier charge has; `known` says how many tiers each has."""
    for i, part in enumerate(base):
        if part.line not in known:
            invalid(f"{path}.of[{i}]", f"no earlier charge has the line {part.line!r}")
        if part.from_tier > known[part.line]:
            invalid(f"{path}.of[{i}].from_tier", f"{part.line!r} has no such tier")
