"""Read a tariff document from a file: JSON or YAML, and nothing in it is guessed."""

from pathlib import Path
from typing import Any

import yaml

from domain.tariff import LONGEST, TariffInvalid, loaded


class _Loader(yaml.SafeLoader):
    """Reads days as the text that they are, and refuses a key that is said twice."""

    yaml_implicit_resolvers = {  # ruff: ignore[mutable-class-default] -- the library's own way
        first: [(tag, form) for tag, form in known if tag != "tag:yaml.org,2002:timestamp"]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
            _refuse(f"line {line} repeats another place (*); write it out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                line = key.start_mark.line + 1
                _refuse(f"key {key.value!r} of line {line} stands twice in one object")
            seen.add(str(key.value))
        return dict(super().construct_mapping(node, deep=deep))


def tariff_file(path: Path) -> Any:
    """Return the document in the file. Refusals: TariffInvalid."""
    try:
        if path.stat().st_size > 4 * LONGEST:
            _refuse(f"longer than {LONGEST} characters")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        _refuse(f"cannot be read: {wrong}")
    if path.suffix.lower() not in {".yaml", ".yml"}:
        return loaded(text)
    if len(text) > LONGEST:
        _refuse(f"longer than {LONGEST} characters")
    try:
        return yaml.load(text, Loader=_Loader)  # ruff: ignore[unsafe-yaml-load] -- it is the safe one
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        _refuse(f"not YAML: {' '.join(str(wrong).split())}")


def _refuse(reason: str) -> Any:
    raise TariffInvalid(f"$: {reason}", path="$", reason=reason)
