"""field_service."""
