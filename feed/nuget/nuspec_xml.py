"""The XML of a nuspec: one `metadata` element, whose children are read by their names.

https://learn.microsoft.com/nuget/reference/nuspec
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import TypeVar
from xml.etree.ElementTree import Element

from defusedxml import DTDForbidden
from defusedxml.ElementTree import ParseError, fromstring

from feed.errors import Invalid, InvalidManifest, shown

MAX_BYTES = 2**20
MAX_TEXT = 4000
"""Characters of an element, where it has no limit of its own."""

NAMESPACES = (
    "",
    "http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd",
    "http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd",
    "http://schemas.microsoft.com/packaging/2011/10/nuspec.xsd",
    "http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd",
    "http://schemas.microsoft.com/packaging/2013/01/nuspec.xsd",
    "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd",
)

_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\\]+(?:[/?#]\S*)?", re.IGNORECASE)

Given = TypeVar("Given")
Parsed = TypeVar("Parsed")


class Metadata:
    """The children of `metadata` by name, and all that is found wrong while they are read."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.names = Counter(map(_local_name, element))
        self.faults: list[str] = []
        self._first = {_local_name(child): child for child in reversed(element)}

    def find(self, name: str) -> Element | None:
        return self._first.get(name)

    def children(self, name: str, child: str) -> list[Element]:
        element = self.find(name)
        return [] if element is None else children(element, child)

    def text(self, name: str, most: int = MAX_TEXT) -> str | None:
        """Return an element's text, None where it is absent or blank."""
        element = self.find(name)
        text = "" if element is None else text_of(element)
        self.limit(name, text, most)
        return text or None

    def flag(self, name: str) -> bool:
        text = self.text(name) or "false"
        if text.lower() not in ("true", "false"):
            self.faults.append(f"{name} is {shown(text)}, neither true nor false")
        return text.lower() == "true"

    def url(self, name: str) -> str | None:
        text = self.text(name)
        if text is not None and not _WEB_ADDRESS.fullmatch(text):
            self.faults.append(f"{name} is {shown(text)}, not an absolute http or https address")
        return text

    def limit(self, name: str, text: str, most: int) -> None:
        if len(text) > most:
            self.faults.append(f"{name} has {len(text)} characters, {most} are allowed")

    def parsed(
        self, parse: Callable[[Given], Parsed], given: Given, where: str = ""
    ) -> Parsed | None:
        """Return what is parsed, or None and one fault more."""
        try:
            return parse(given)
        except Invalid as error:
            self.faults.append(f"{where}: {error}" if where else str(error))
            return None


def parse_metadata(body: bytes) -> Metadata:
    if len(body) > MAX_BYTES:
        raise InvalidManifest([f"it has {len(body)} bytes, {MAX_BYTES} are allowed"])
    root = _parse_root(body)
    namespace, _, name = root.tag.removeprefix("{").rpartition("}")
    if name != "package":
        raise InvalidManifest([f"its root element is {shown(name)}, not 'package'"])
    found = children(root, "metadata")
    if len(found) != 1:
        raise InvalidManifest([f"it has {len(found)} metadata elements, one is needed"])
    metadata = Metadata(found[0])
    if namespace not in NAMESPACES:
        metadata.faults.append(f"its namespace {shown(namespace)} is none of NuGet's")
    return metadata


def children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _local_name(child) == name]


def text_of(element: Element) -> str:
    return "".join(element.itertext()).strip()


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute, None where it is absent or blank."""
    return element.get(name, "").strip() or None


def _parse_root(body: bytes) -> Element:
    try:
        # The only parser at hand that refuses every DTD, and with it every entity.
        return fromstring(body, forbid_dtd=True)
    except DTDForbidden:
        raise InvalidManifest(["it has a document type, which a nuspec must not have"]) from None
    except (ParseError, LookupError, ValueError) as error:  # the last two: of its encoding
        raise InvalidManifest([f"it is not well-formed XML: {error}"]) from error


def _local_name(element: Element) -> str:
    # Packers of all times mixed the namespaces, so elements are told by their local names.
    return element.tag.rpartition("}")[2]
