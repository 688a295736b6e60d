"""Documents by their hash: those that are trusted, and those that clients have registered (APQ).

A document is trusted if each of its operations is one of the manifest's but for layout, order and
plain `__typename` fields: clients print, sort and complete what they send.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b, sha256
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    Node,
    OperationDefinitionNode,
    parse,
    print_ast,
    separate_operations,
)

from api.graphql.error import Unacceptable

MANIFEST = Path(__file__).parents[2] / "trusted_documents.json"
_FORMAT = {"format": "apollo-persisted-query-manifest", "version": 1}
_REGISTERED_MAX = 1000
_CHARACTERS_MAX = 8192
_HASH_LENGTH = 64
_UNORDERED = frozenset({"definitions", "selections", "arguments", "variable_definitions"})


def manifest_text(texts: Iterable[str]) -> str:
    """Return the manifest of these documents, in the form that Apollo's tools read."""
    operations = sorted(_listed(texts), key=itemgetter("name"))
    content = _FORMAT | {"operations": operations}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n"


def _listed(texts: Iterable[str]) -> Iterator[dict[str, str]]:
    for text in texts:
        for name, document in separate_operations(parse(text)).items():
            body = print_ast(document)
            kinds = [
                definition.operation.value
                for definition in document.definitions
                if isinstance(definition, OperationDefinitionNode)
            ]
            yield {"id": hash_of(body), "name": name, "type": kinds[0], "body": body}


@cache
def trusted_documents(further: Path | None = None) -> Mapping[str, str]:
    """Return the bodies of the manifests by their ids: ours, and that of an app's own team."""
    bodies: dict[str, str] = {}
    for path in (further, MANIFEST) if further else (MANIFEST,):
        content = orjson.loads(path.read_bytes())
        # Relay's and codegen's manifests are plain: id -> text.
        listed = content.get("operations")
        bodies |= content if listed is None else {each["id"]: each["body"] for each in listed}
    return bodies


@cache
def trusted_forms(further: Path | None = None) -> frozenset[bytes]:
    """Return the normal forms of the trusted documents."""
    bodies = trusted_documents(further).values()
    return frozenset().union(*(normal_forms(parse(body)) for body in bodies))


def normal_forms(document: DocumentNode) -> frozenset[bytes]:
    """Return what the document's operations have in common with those that mean the same."""
    return frozenset(_normal(each) for each in separate_operations(document).values())


def _normal(node: Node) -> bytes:
    """Return a hash of the node that is the same for every order in which it can be written."""
    digest = blake2b(node.kind.encode(), digest_size=16)
    for key in node.keys:
        below = getattr(node, key)
        if key == "loc" or below is None:
            continue
        if isinstance(below, Node):
            marks = [_normal(below)]
        elif isinstance(below, list | tuple):
            marks = [_normal(each) for each in below if not _is_plain_type_name(each)]
        else:
            marks = [str(below).encode()]
        digest.update(b"\0%b\0%d\0" % (key.encode(), len(marks)))
        for mark in sorted(marks) if key in _UNORDERED else marks:
            digest.update(mark)
    return digest.digest()


def _is_plain_type_name(node: Node) -> bool:
    return (
        isinstance(node, FieldNode)
        and node.name.value == "__typename"
        and not (node.alias or node.arguments or node.directives)
    )


class Documents:
    """What a process knows by hash; what clients register is forgotten when there is too much."""

    def __init__(self, trusted: Mapping[str, str]) -> None:
        self._trusted = trusted
        self._registered: OrderedDict[str, str] = OrderedDict()

    def text(self, given: Mapping[str, Any]) -> str | None:
        """Return the text that the request means, registering it where it is asked to."""
        query, extensions = given.get("query"), given.get("extensions") or {}
        document_id = given.get("documentId")
        if document_id is not None and query is None:
            return self._named(document_id)
        persisted = extensions.get("persistedQuery")
        if persisted is None:
            return query
        name = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        if not isinstance(name, str) or len(name) != _HASH_LENGTH or persisted.get("version") != 1:
            raise Unacceptable(400, "The persisted query is not named by its SHA-256.")
        return self._persisted(name.lower(), query)

    def _named(self, document_id: object) -> str:
        name = document_id.removeprefix("sha256:").lower() if isinstance(document_id, str) else ""
        found = self._trusted.get(name) or self._registered.get(name)
        if found is None:
            raise Unacceptable(404, "There is no document of this id.", "DOCUMENT_UNKNOWN")
        return found

    def _persisted(self, name: str, query: str | None) -> str:
        if query is None:
            known = self._trusted.get(name) or self._registered.get(name)
            if known is None:
                # The words and the status by which clients know that they shall send the text.
                raise Unacceptable(200, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
            return known
        if not isinstance(query, str) or hash_of(query) != name:
            raise Unacceptable(400, "The hash is not that of the query.")
        if len(query) <= _CHARACTERS_MAX:
            self._registered[name] = query
            self._registered.move_to_end(name)
            if len(self._registered) > _REGISTERED_MAX:
                self._registered.popitem(last=False)
        return query


def hash_of(text: str) -> str:
    """Return the SHA-256 by which a document is known."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
