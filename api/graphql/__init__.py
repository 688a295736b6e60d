"""GraphQL: the schema, its rules and limits, and the view that speaks it."""

from ._context import Context, Services
from ._door import NoRule, rules_of
from ._error import WORDS, user_error
from ._limits import COST_MAX, excess, paged_fields
from ._schema import schema, schema_text
from ._view import View

__all__ = [
    "COST_MAX",
    "WORDS",
    "Context",
    "NoRule",
    "Services",
    "View",
    "excess",
    "paged_fields",
    "rules_of",
    "schema",
    "schema_text",
    "user_error",
]
