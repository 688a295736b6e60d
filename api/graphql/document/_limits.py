"""What a document may cost, told before it is validated or run: one walk, memoised over fragments.

The walk is linear in the document: each fragment is weighed once, however often it is spread.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from api.graphql.limit import Price
from api.graphql.node import FIRST_DEFAULT, FIRST_MAX

TOKENS_MAX = 1000
DEPTH_MAX = 12
ROOT_FIELDS_MAX = 10
ALIASES_MAX = 15
DIRECTIVES_MAX = 20
COST_MAX = 5000
# They read a month and more of registers for one account.
_DEAR = {
    "forecast": 100,
    "whatIf": 100,
    "recomputed": 10,
    "loadCurve": 10,
    "difference": 10,
}
# Validation compares what has one name in one selection, each with each.
REPEATS_MAX = 10
FRAGMENTS_MAX = 50
_FREE = frozenset({"edges", "node", "pageInfo"})
LIMITS = {
    "depth": DEPTH_MAX,
    "roots": ROOT_FIELDS_MAX,
    "aliases": ALIASES_MAX,
    "directives": DIRECTIVES_MAX,
    "fragments": FRAGMENTS_MAX,
    "repeats": REPEATS_MAX,
    "tokens": TOKENS_MAX,
    "cost": COST_MAX,
}
"""What a document may have at most: for the reference."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part of a document weighs. `fields` counts those of its own level."""

    depth: int = 0
    cost: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    repeats: int = 0

    def beside(self, other: "Weight") -> "Weight":
        """Return the weight of two parts of one selection."""
        return Weight(
            max(self.depth, other.depth),
            self.cost + other.cost,
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.repeats, other.repeats),
        )


_LEAF = Weight(depth=1, cost=1, fields=1)


class _Cycle(Exception):
    """A fragment spreads itself."""


def paged_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Return the names of the fields that take a page size."""
    return frozenset(
        name
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in kind.fields.items()
        if "first" in field.args
    )


def points_of(name: str) -> int:
    """Return what a field of this name costs by itself."""
    return 0 if name in _FREE else _DEAR.get(name, 1)


def excess(scales: "Scales") -> list[GraphQLError]:
    """Return what the document has too much of; nothing where it may be run."""
    try:
        worst = reduce(Weight.beside, scales.weights, Weight())
    except _Cycle:
        return [_error("FRAGMENT_CYCLE", "A fragment spreads itself.")]
    found = (
        ("DEPTH_LIMIT", "depth", worst.depth, DEPTH_MAX),
        ("ROOT_FIELDS_LIMIT", "root fields", worst.fields, ROOT_FIELDS_MAX),
        ("ALIASES_LIMIT", "aliases", worst.aliases, ALIASES_MAX),
        ("DIRECTIVES_LIMIT", "directives", worst.directives, DIRECTIVES_MAX),
        ("REPEATS_LIMIT", "repetition of a name", worst.repeats, REPEATS_MAX),
        ("FRAGMENTS_LIMIT", "number of fragments", len(scales.fragments), FRAGMENTS_MAX),
        ("COST_LIMIT", "cost", worst.cost, COST_MAX),
    )
    return [
        _error(code, f"The document's {name} is {has}; at most {most} is allowed.")
        for code, name, has, most in found
        if has > most
    ]


SIGN_IN_FIELDS = frozenset({
    "beginSetUp",
    "bindAccount",
    "confirmSetUp",
    "enrolTablet",
    "refreshSession",
    "requestAccess",
    "requestSignInCode",
    "signIn",
    "signInStaff",
    "stepUp",
})


def prices(scales: "Scales") -> dict[str, Price]:
    """Return the price of each operation of a document that has no excess."""
    return {
        operation.name.value if operation.name else "": Price(
            weight.cost,
            signs_in=not SIGN_IN_FIELDS.isdisjoint(scales.roots(operation.selection_set)),
        )
        for operation, weight in zip(scales.operations, scales.weights, strict=True)
    }


def crowded(scales: "Scales") -> list[GraphQLError]:
    """Refuse to sign in more than once, or beside anything else, in one operation."""
    for operation in scales.operations:
        roots = list(scales.roots(operation.selection_set))
        if len(roots) > 1 and not SIGN_IN_FIELDS.isdisjoint(roots):
            return [_error("SIGN_IN_ALONE", "Sign in by an operation of its own.")]
    return []


def _error(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def _name(selection: SelectionNode) -> str:
    match selection:
        case FieldNode():
            return (selection.alias or selection.name).value
        case FragmentSpreadNode():
            return f"...{selection.name.value}"
        case _:
            return "..."


class Scales:
    """A document on the scales: each fragment and each operation is weighed once."""

    def __init__(self, document: DocumentNode, paged: frozenset[str]) -> None:
        self.paged = paged
        self.fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self.operations = tuple(
            definition
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode)
        )
        self.known: dict[str, Weight] = {}
        self.open: set[str] = set()

    @cached_property
    def weights(self) -> tuple[Weight, ...]:
        """The weights of the operations, in their order."""
        return tuple(
            Weight(directives=len(operation.directives or ())).beside(
                self.of(operation.selection_set)
            )
            for operation in self.operations
        )

    def of(self, selected: SelectionSetNode) -> Weight:
        depth = cost = fields = aliases = directives = 0
        repeats = max(Counter(map(_name, selected.selections)).values())
        # Summed up in place: a hostile document has a thousand of them.
        for selection in selected.selections:
            part = self.selection(selection)
            depth = max(depth, part.depth)
            cost += part.cost
            fields += part.fields
            aliases += part.aliases
            directives += part.directives + len(selection.directives or ())
            repeats = max(repeats, part.repeats)
        return Weight(depth, cost, fields, aliases, directives, repeats)

    def selection(self, selection: SelectionNode) -> Weight:
        match selection:
            case FieldNode():
                if selection.alias is None and selection.selection_set is None:
                    return _LEAF
                return self.field(selection)
            case FragmentSpreadNode():
                return self.fragment(selection.name.value)
            case InlineFragmentNode():
                return self.of(selection.selection_set)
        raise AssertionError(selection)

    def roots(self, selected: SelectionSetNode) -> Iterator[str]:
        """Yield the fields of an operation's first level; their number has been limited before."""
        for selection in selected.selections:
            match selection:
                case FieldNode():
                    yield selection.name.value
                case InlineFragmentNode():
                    yield from self.roots(selection.selection_set)
                case FragmentSpreadNode() if selection.name.value in self.fragments:
                    yield from self.roots(self.fragments[selection.name.value].selection_set)

    def fragment(self, name: str) -> Weight:
        if name in self.open:
            raise _Cycle
        if name not in self.known:
            definition = self.fragments.get(name)
            if definition is None:
                return Weight()  # validation will tell
            self.open.add(name)
            self.known[name] = self.of(definition.selection_set)
            self.open.discard(name)
        return self.known[name]

    def field(self, node: FieldNode) -> Weight:
        name = node.name.value
        own = Weight(fields=1, aliases=1 if node.alias else 0)
        if name.startswith("__"):
            return own
        below = self.of(node.selection_set) if node.selection_set else Weight()
        times = self.times(node) if name in self.paged else 1
        return replace(
            own,
            depth=below.depth + (0 if name in _FREE else 1),
            cost=times * below.cost + points_of(name),
            aliases=own.aliases + below.aliases,
            directives=below.directives,
            repeats=below.repeats,
        )

    @staticmethod
    def times(node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                size = argument.value
                # A variable may carry the largest page.
                given = int(size.value) if isinstance(size, IntValueNode) else FIRST_MAX
                return max(1, min(given, FIRST_MAX))
        return FIRST_DEFAULT
