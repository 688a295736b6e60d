"""Read a tariff document from a file: JSON or YAML, and nothing in it is guessed."""

from pathlib import Path
from typing import Any

import yaml

from domain.tariff import TariffInvalid, loaded


class _Loader(yaml.SafeLoader):
    """Reads days as the text that they are, and refuses a key that is said twice."""

    yaml_implicit_resolvers = {  # ruff: ignore[mutable-class-default] -- the library's own way
        first: [(tag, form) for tag, form in known if tag != "tag:yaml.org,2002:timestamp"]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                line = node.start_mark.line + 1
                _refuse(f"key {key!r} stands twice in the object of line {line}")
        return dict(super().construct_mapping(node, deep=deep))


def tariff_file(path: Path) -> Any:
    """Return the document in the file. Refusals: TariffInvalid."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        _refuse(f"cannot be read: {wrong}")
    if path.suffix.lower() not in {".yaml", ".yml"}:
        return loaded(text)
    try:
        return yaml.load(text, Loader=_Loader)  # ruff: ignore[unsafe-yaml-load] -- it is the safe one
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        _refuse(f"not YAML: {' '.join(str(wrong).split())}")


def _refuse(reason: str) -> Any:
    raise TariffInvalid(f"$: {reason}", path="$", reason=reason)
