"""What people type into the search of a synthetic feed, kind by kind."""

from collections.abc import Mapping
from typing import Final

Asked = Mapping[str, str]
"""The parameters of a search."""


def _texts(*texts: str, **more: str) -> tuple[Asked, ...]:
    return tuple({"q": text, **more} for text in texts)


SEARCHES: Final[Mapping[str, tuple[Asked, ...]]] = {
    "common word": _texts("json", "core", "data", "client", "library", "framework", "tools"),
    "two words": _texts(
        *("json client", "core data", "logging extensions", "azure messaging", "web http"),
        *("sql data core", "async library"),
    ),
    "prefix": _texts("newton", "log", "ser", "conf", "js", "mess", "auth", "cli"),
    "field": _texts(
        *("id:json", "tags:json", "tags:async,simple", "author:b", "packageid:json.core"),
        *("title:client", "description:framework", "id:core tags:data", "owner:con"),
    ),
    "one letter": _texts("s", "c", "x"),
    "word of few": _texts("newtonsoftjson", "serialization xml", "dependencyinjection"),
    "middle of an id": _texts("etonsof", "ogging", "ttp"),
    "nothing typed": _texts("", packageType="") + _texts("", packageType="DotnetTool"),
    "page 50": _texts("json", "core", skip="980"),
    "prereleases too": _texts("json", "client data", prerelease="true", semVerLevel="2.0.0"),
}
"""The goal is about the first four."""

COMPLETIONS: Final = _texts("s", "con", "json", "micro", "newt")
