"""Field: what a field of the schema is made of.

`field`, `mutation` and `subscription` declare one with the rule of who may use it; a schema with a
field that has no rule is not built (`rules_of`). A resolver finds its request in a `Context`. It
returns a value, or what is `Wanted` to be loaded: that of many objects is loaded at once. `told`
declares a plain field, computed out of the value behind its object when it is asked for. Where a
field has `rows`, and what is told below it is converted `alike` in SQL, PostgreSQL can write its
answer. What moves money or supply is done `once` for each `idempotency_key`.
"""

from ._context import Context, Services
from ._door import (
    At,
    Info,
    NoRule,
    Rows,
    Way,
    check,
    field,
    mutation,
    needed_of,
    rules_of,
    subscription,
    way_of,
)
from ._once import idempotency_key, once, replayed
from ._told import Constant, Convert, Told, alike, named, sql_of, told
from ._wanted import Loading, Wanted

__all__ = [
    "At",
    "Constant",
    "Context",
    "Convert",
    "Info",
    "Loading",
    "NoRule",
    "Rows",
    "Services",
    "Told",
    "Wanted",
    "Way",
    "alike",
    "check",
    "field",
    "idempotency_key",
    "mutation",
    "named",
    "needed_of",
    "once",
    "replayed",
    "rules_of",
    "sql_of",
    "subscription",
    "told",
    "way_of",
]
