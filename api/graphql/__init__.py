"""GraphQL: the schema, its rules and limits, and the view that speaks it."""

from ._budget import Budget
from ._context import Context, Services
from ._crowd import Crowd
from ._document import Documents, manifest_text, trusted_documents, trusted_forms
from ._door import NoRule, rules_of
from ._error import WORDS, user_error
from ._limits import COST_MAX, excess, paged_fields
from ._manual import reference_text
from ._schema import schema, schema_text
from ._view import View

__all__ = [
    "COST_MAX",
    "WORDS",
    "Budget",
    "Context",
    "Crowd",
    "Documents",
    "NoRule",
    "Services",
    "View",
    "excess",
    "manifest_text",
    "paged_fields",
    "reference_text",
    "rules_of",
    "schema",
    "schema_text",
    "trusted_documents",
    "trusted_forms",
    "user_error",
]
