"""Packages for tests, made from what a test says about them.

`nupkg("Tiny", "1.0.0", readme="# Hi")` is a whole package that every client
accepts. The same arguments always make the same bytes.
"""

import io
import zipfile
from base64 import b64decode
from collections.abc import Mapping
from typing import TypedDict, Unpack
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"

# A signature reads as an author's or a repository's by this signed attribute:
# SEQUENCE { OID commitment-type-indication, SET { SEQUENCE { OID of the type } } }.
_COMMITMENT = bytes.fromhex("301e 060b2a864886f70d0109100210 310f 300d 060b2a864886f70d01091006")
AUTHOR_SIGNATURE = _COMMITMENT + b"\x01"
REPOSITORY_SIGNATURE = _COMMITMENT + b"\x02"

_TEXTS = (
    *("id", "version", "title", "authors", "owners", "license_url", "project_url", "icon_url"),
    *("require_license_acceptance", "development_dependency", "serviceable", "description"),
    *("summary", "release_notes", "copyright", "language", "tags"),
)

# nuget.exe 2.x opens packages with an OPC library, which wants these two.
_RELATIONSHIPS = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest"'
    ' Target="/{file}" Id="R1"/></Relationships>'
)
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{defaults}</Types>'
)
_CONTENT_TYPE = '<Default Extension={} ContentType="application/octet"/>'

Ranges = Mapping[str, str | None]
"""Dependencies: id to range, None for no `version` at all."""


class Elements(TypedDict, total=False):
    """What `metadata` holds. None leaves out an element that is there by default."""

    title: str
    authors: str | None
    owners: str
    description: str | None
    summary: str
    release_notes: str
    copyright: str
    language: str
    tags: str
    project_url: str
    license_url: str
    icon_url: str
    require_license_acceptance: bool | str
    development_dependency: bool | str
    serviceable: bool | str
    min_client_version: str
    """An attribute, not an element."""

    license: str
    """An SPDX expression."""

    license_file: bytes | str
    """Its text, which becomes the entry `LICENSE.txt`."""

    icon: bytes
    """`PNG` or `JPEG`, which becomes the entry `icon.png` or `icon.jpg`."""

    readme: bytes | str
    """Its text, which becomes the entry `readme.md`."""

    repository: Mapping[str, str]
    package_types: Mapping[str, str | None]
    """Name to version."""

    dependencies: Ranges | Mapping[str, Ranges]
    """Id to range; or framework (`""` for any) to id to range, for groups."""

    framework_assemblies: Mapping[str, str]
    """Name to frameworks."""

    references: tuple[str, ...]
    metadata: str
    """Raw XML, put after all elements."""


def nupkg(
    package_id: str = "Tiny",
    version: str = "1.0.0",
    *,
    files: Mapping[str, bytes | str] | None = None,
    manifest: bytes | str | None = None,
    **elements: Unpack[Elements],
) -> bytes:
    """Return a package; `manifest` replaces the whole nuspec, `files` adds entries."""
    body = nuspec(package_id, version, **elements) if manifest is None else manifest
    content = {f"{package_id}.nuspec": body, **_embedded_files(elements), **(files or {})}
    return zipped(_opc_parts(content) | content)


def snupkg(
    package_id: str = "Tiny",
    version: str = "1.0.0",
    *,
    files: Mapping[str, bytes | str] | None = None,
    **elements: Unpack[Elements],
) -> bytes:
    """Return a symbol package, as `dotnet pack` writes its manifest."""
    given: Elements = {"authors": None, "package_types": {"SymbolsPackage": None}, **elements}
    return nupkg(package_id, version, files=files, **given)


def nuspec(
    package_id: str = "Tiny",
    version: str = "1.0.0",
    *,
    namespace: str = NAMESPACE,
    **elements: Unpack[Elements],
) -> str:
    """Return a manifest; it names the icon, readme and licence file that `nupkg` adds."""
    given: Elements = {"authors": "Contoso", "description": "A package for tests.", **elements}
    body = [
        *_texts({"id": package_id, "version": version, **given}),
        *_embedded_elements(given),
        *_lists(given),
        given.get("metadata", ""),
    ]
    least = given.get("min_client_version")
    metadata = _element("metadata", "".join(body), minClientVersion=least)
    package = _element("package", metadata, xmlns=namespace or None)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{package}'


def zipped(entries: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in entries.items():
            info = zipfile.ZipInfo(name, date_time=(2024, 1, 1, 0, 0, 0))
            info.create_system = 0  # the same on every machine
            # NuGet: the signature's entry is stored, never compressed.
            stored = name == ".signature.p7s"
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    return buffer.getvalue()


def _opc_parts(content: Mapping[str, bytes | str]) -> dict[str, bytes | str]:
    manifest = next(iter(content))
    suffixes = sorted({name.rpartition(".")[2] for name in content} | {"rels"})
    defaults = "".join(_CONTENT_TYPE.format(quoteattr(suffix)) for suffix in suffixes)
    return {
        "_rels/.rels": _RELATIONSHIPS.format(file=escape(manifest)),
        "[Content_Types].xml": _CONTENT_TYPES.format(defaults=defaults),
    }


def _texts(given: Mapping[str, object]) -> list[str]:
    texts = {name: given.get(name) for name in _TEXTS}
    return [
        _element(_camel(name), escape(str(text).lower() if text in (True, False) else str(text)))
        for name, text in texts.items()
        if text is not None
    ]


def _embedded_elements(given: Elements) -> list[str]:
    named = {"icon": _icon_name(given), "readme": "readme.md"}
    elements = [_element(name, entry) for name, entry in named.items() if name in given]
    if "license" in given:
        elements.append(_element("license", escape(given["license"]), type="expression"))
    if "license_file" in given:
        elements.append(_element("license", "LICENSE.txt", type="file"))
    return elements


def _embedded_files(given: Elements) -> dict[str, bytes | str]:
    files: dict[str, bytes | str] = {}
    if "icon" in given:
        files[_icon_name(given)] = given["icon"]
    if "readme" in given:
        files["readme.md"] = given["readme"]
    if "license_file" in given:
        files["LICENSE.txt"] = given["license_file"]
    return files


def _icon_name(given: Elements) -> str:
    return "icon.jpg" if given.get("icon", PNG).startswith(b"\xff\xd8") else "icon.png"


def _lists(given: Elements) -> list[str]:
    lists = {
        "packageTypes": [
            _element("packageType", name=name, version=version)
            for name, version in given.get("package_types", {}).items()
        ],
        "dependencies": _dependencies(given.get("dependencies", {})),
        "frameworkAssemblies": [
            _element("frameworkAssembly", assemblyName=name, targetFramework=frameworks)
            for name, frameworks in given.get("framework_assemblies", {}).items()
        ],
        "references": [_element("reference", file=file) for file in given.get("references", ())],
    }
    repository = [_element("repository", **given["repository"])] if "repository" in given else []
    return repository + [_element(name, "".join(each)) for name, each in lists.items() if each]


def _dependencies(given: Ranges | Mapping[str, Ranges]) -> list[str]:
    return [
        _element("group", "".join(_dependencies(inner)), targetFramework=name or None)
        if isinstance(inner, Mapping)
        else _element("dependency", id=name, version=inner)
        for name, inner in given.items()
    ]


def _element(name: str, body: str = "", /, **attributes: str | None) -> str:
    given = {key: value for key, value in attributes.items() if value is not None}
    opened = "".join(f" {key}={quoteattr(value)}" for key, value in given.items())
    return f"<{name}{opened}>{body}</{name}>"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
