"""When two answers are the same answer: their data, and the errors with their paths."""

from typing import Any

import orjson
from graphql.type.directives import GraphQLDisableErrorPropagationDirective


def told(data: Any, errors: Any) -> Any:
    """Return an answer so that it can be compared: errors in the order of their paths."""
    found = sorted(
        (list(map(str, each.path or [])), each.message, (each.extensions or {}).get("code", ""))
        for each in errors or ()
    )
    return orjson.loads(orjson.dumps(data)), found


def without_propagation(text: str) -> str:
    """Return the query so that no null takes its parent along: then every error is told."""
    return text.replace(" {", f" @{GraphQLDisableErrorPropagationDirective.name} {{", 1)


def is_as_good(plan: Any, stock: Any, every: Any) -> bool:
    """Tell whether only other errors were told of what stands under the same null.

    Which of several come before the null, GraphQL leaves open; each must be an error of its field:
    `every` are those that are told without propagation.
    """
    (data, errors), (stock_data, stock_errors) = plan, stock
    other = [each for each in errors if each not in stock_errors]
    other += [each for each in stock_errors if each not in errors]
    return (
        data == stock_data
        and bool(errors) == bool(stock_errors)
        and all(each in every and is_hidden(data, each[0]) for each in other)
    )


def is_hidden(data: Any, path: list[str]) -> bool:
    """Tell whether a null stands above the end of the path."""
    for step in path[:-1]:
        if data is None:
            return True
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data is None
