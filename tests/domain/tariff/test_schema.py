"""The published JSON Schema and the parser agree."""

import random
from copy import deepcopy

import pytest

from domain import tariff
from tests.domain.rating import kinds
from tests.domain.rating.documents import document

jsonschema = pytest.importorskip("jsonschema")
SCHEMA = jsonschema.Draft202012Validator(tariff.document_schema())


def test_the_schema_is_a_schema_and_knows_every_kind():
    jsonschema.Draft202012Validator.check_schema(tariff.document_schema())
    assert tariff.KINDS.keys() <= tariff.document_schema()["$defs"].keys()


@pytest.mark.parametrize("name", tariff.catalogue())
def test_every_shipped_document_keeps_the_schema(name):
    SCHEMA.validate(tariff.catalogued(name))


def test_random_documents_that_are_read_keep_the_schema():
    chance = kinds.Chance(3)
    for _ in range(60):
        charges = kinds.chain(chance)
        made = document(*charges, **kinds.needs(charges))
        tariff.tariff_of(made)
        SCHEMA.validate(made)


def places(content: object, path: tuple = ()) -> list[tuple]:
    found = [path] if path else []
    items = content.items() if isinstance(content, dict) else ()
    items = enumerate(content) if isinstance(content, list) else items
    for key, value in items:
        found += places(value, (*path, key))
    return found


@pytest.mark.parametrize("name", tariff.catalogue())
def test_what_the_schema_refuses_the_parser_refuses(name):
    """Break every shipped document at random: what still reads also keeps the schema."""
    chance = random.Random(name)
    whole = tariff.catalogued(name)
    for _ in range(150):
        broken = deepcopy(whole)
        *steps, last = chance.choice(places(whole))
        place = broken
        for step in steps:
            place = place[step]
        place[last] = chance.choice([None, 1, 0.5, "-1", "x", "", [], {}, True, [{}], {"a": "1"}])
        path = refused_at(broken)
        if path is None:
            SCHEMA.validate(broken)
        else:
            assert path.startswith("$")


def refused_at(content: dict) -> str | None:
    try:
        tariff.tariff_of(content)
    except tariff.TariffInvalid as refused:
        return refused.fields["path"]
    return None
