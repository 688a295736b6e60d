"""GraphQL: the schema, its rules and limits, and the view that speaks it."""

from .document import (
    COST_MAX,
    Documents,
    excess,
    manifest_text,
    paged_fields,
    trusted_documents,
    trusted_forms,
)
from .error import WORDS, user_error
from .field import Context, NoRule, Services, rules_of
from .limit import Budget, Crowd
from .root import reference_text, schema, schema_text
from .transport import View

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
