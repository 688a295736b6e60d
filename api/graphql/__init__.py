"""GraphQL: the schema, its rules and limits, and the view that speaks it."""

from .document import Documents, manifest_text, trusted_documents, trusted_forms
from .field import Services
from .limit import Budget, Crowd
from .root import reference_text, schema, schema_text
from .transport import View

__all__ = [
    "Budget",
    "Crowd",
    "Documents",
    "Services",
    "View",
    "manifest_text",
    "reference_text",
    "schema",
    "schema_text",
    "trusted_documents",
    "trusted_forms",
]
