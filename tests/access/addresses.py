"""Walk every address of the application, allauth's too."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver, reverse

from tests.access.table import TABLE, Row, Site


@dataclass(frozen=True)
class Address:
    """One pattern: its name, its route and the methods it takes."""

    name: str
    route: str
    methods: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def in_review(self) -> bool:
        return self.route.startswith("r/<slug:slug>/")

    @property
    def gets(self) -> bool:
        return "GET" in self.methods

    @property
    def posts(self) -> bool:
        return "POST" in self.methods


def addresses() -> list[Address]:
    """Give each name once: of two patterns with one name the first answers."""
    found: dict[str, Address] = {}
    for address in _walk(get_resolver().url_patterns):
        found.setdefault(address.name, address)
    return list(found.values())


def _walk(patterns: Any, prefix: str = "", space: str = "") -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield Address(f"{space}{pattern.name or route}", route, _methods(pattern.callback), pattern.callback)


def _methods(view: Any) -> tuple[str, ...]:
    while view is not None:
        if inspect.isfunction(view) and "request_method_list" in (names := inspect.getclosurevars(view).nonlocals):
            return tuple(names["request_method_list"])
        view = getattr(view, "__wrapped__", None)
    return ("GET", "POST")


def path_of(address: Address, row: Row | Site, args: dict[str, Any], *, slug: str = "") -> str:
    """Write the address with the things of a review in it; an argument that begins with ' is meant as written."""
    values = [arg[1:] if arg.startswith("'") else args[arg] for arg in row.args]
    if address.in_review:
        values.insert(0, slug or args["slug"])
    return reverse(address.name, args=values)


def of_reviews() -> list[tuple[Address, Row]]:
    """Give the addresses inside a review that have a row."""
    return [(address, TABLE[address.name]) for address in addresses() if address.in_review and address.name in TABLE]
