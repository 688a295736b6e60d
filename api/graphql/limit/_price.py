"""What the operations of a document cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from graphql import DocumentNode, GraphQLError


@dataclass(frozen=True, slots=True)
class Price:
    """What an operation costs, and from which budget it is paid."""

    cost: int
    signs_in: bool


class Prepared(NamedTuple):
    """A document that was looked at: what is wrong with it, or what its operations cost."""

    document: DocumentNode | None
    errors: list[GraphQLError]
    prices: Mapping[str, Price] = {}
