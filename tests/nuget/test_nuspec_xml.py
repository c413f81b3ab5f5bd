import pytest

from feed.errors import InvalidManifest
from feed.nuget.nuspec import parse_manifest
from feed.nuget.nuspec_xml import NAMESPACES
from tests.builders import nuspec


def fault_of(body: bytes | str) -> str:
    with pytest.raises(InvalidManifest) as refused:
        parse_manifest(body.encode() if isinstance(body, str) else body)
    (fault,) = refused.value.faults
    return fault


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_all_six_namespaces_and_none_say_the_same(namespace: str) -> None:
    given, usual = nuspec(namespace=namespace, tags="a b"), nuspec(tags="a b")
    assert parse_manifest(given.encode()) == parse_manifest(usual.encode())


def test_another_namespace_is_refused() -> None:
    assert fault_of(nuspec(namespace="urn:mine")) == "its namespace 'urn:mine' is none of NuGet's"


def test_elements_are_told_by_their_local_names() -> None:
    mixed = nuspec(authors=None, metadata="<x:authors xmlns:x='urn:x'>Contoso</x:authors>")
    assert parse_manifest(mixed.encode()).authors == "Contoso"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_every_encoding_that_xml_names_is_read(encoding: str) -> None:
    text = nuspec(authors="Zoë").replace("utf-8", encoding.removesuffix("-sig"))
    assert parse_manifest(text.encode(encoding)).authors == "Zoë"


REFUSED = "it has a document type, which a nuspec must not have"

BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE package [
 <!ENTITY a "ha">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
 <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
 <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
 <!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
]>
<package><metadata><id>&e;</id></metadata></package>"""


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE package>",
        "<!DOCTYPE package SYSTEM 'http://127.0.0.1:9/nuspec.dtd'>",
        "<!DOCTYPE package PUBLIC '-//x' 'file:///etc/passwd'>",
        "<!DOCTYPE package [<!ENTITY small 'text'>]>",
        "<!DOCTYPE package [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE package [<!ENTITY % x SYSTEM 'http://127.0.0.1:9/x'> %x;]>",
    ],
)
def test_every_document_type_is_refused(head: str) -> None:
    declaration, package = nuspec().split("\n")
    assert fault_of(f"{declaration}{head}{package}") == REFUSED


def test_a_billion_laughs_are_refused() -> None:
    assert fault_of(BILLION_LAUGHS) == REFUSED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not XML",
        b"<package><metadata></package>",
        b"<package>&nbsp;</package>",
        b"<package/><package/>",
        b"<package>\x00</package>",
        b"<package>\xff</package>",
        b"<?xml version='1.0' encoding='utf-99'?><package/>",
        b"<?xml version='1.0' encoding='zlib'?><package/>",
        b"<?xml version='1.0' encoding='utf-7'?><package/>",
        b"<?xml version='1.0' encoding='gb2312'?><package/>",
        b"<?xml version='1.0' encoding='utf-16'?><package/>",
    ],
)
def test_what_is_not_well_formed_is_refused(body: bytes) -> None:
    assert fault_of(body).startswith("it is not well-formed XML: ")


def test_a_root_of_another_name_is_refused() -> None:
    assert fault_of("<feed/>") == "its root element is 'feed', not 'package'"


@pytest.mark.parametrize("count", [0, 2])
def test_metadata_stands_there_once(count: int) -> None:
    body = f"<package>{'<metadata/>' * count}</package>"
    assert fault_of(body) == f"it has {count} metadata elements, one is needed"


def test_a_nuspec_over_1_mb_is_not_even_parsed() -> None:
    assert fault_of(b"<" * 1_048_577) == "it has 1048577 bytes, 1048576 are allowed"
