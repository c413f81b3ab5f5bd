"""The service index: which resources the feed has, and where they are.

https://learn.microsoft.com/nuget/api/service-index
"""

from collections.abc import Iterator, Set
from enum import Enum, auto

import orjson

from feed.nuget.urls import Hive, Urls


class Resource(Enum):
    """Something that clients look for in the service index."""

    CONTENT = auto()
    PUBLISH = auto()
    SYMBOL_PUBLISH = auto()
    REGISTRATION = auto()
    SEARCH = auto()
    AUTOCOMPLETE = auto()
    CATALOG = auto()
    README = auto()
    PACKAGE_DETAILS = auto()
    REPORT_ABUSE = auto()
    OWNER_DETAILS = auto()
    VULNERABILITIES = auto()
    SIGNATURES = auto()
    LEGACY_GALLERY = auto()


_OLDEST = ("", "/3.0.0-beta", "/3.0.0-rc")
_SEARCH = (*_OLDEST, "/3.4.0", "/3.5.0", "/Versioned")
_AUTOCOMPLETE = (*_OLDEST, "/3.5.0")
_REPORT_ABUSE = ("/3.0.0", "/3.0.0-beta", "/3.0.0-rc")
_SIGNATURES = ("/4.7.0", "/4.9.0", "/5.0.0")

# nuget.exe 4.7 to 5.8 look for these first, and for `/3.6.0` and `/3.5.0` not at all.
_CLIENT_VERSIONS = {
    "RegistrationsBaseUrl/Versioned": "4.3.0-alpha",
    "SearchQueryService/Versioned": "4.3.0-alpha",
}


def service_index(urls: Urls, resources: Set[Resource]) -> bytes:
    """Render the document that every client begins with, naming only these resources."""
    entries = [
        _entry(url, name + suffix)
        for resource, url, name, suffixes in _catalogue(urls)
        if resource in resources and _may_be_named(resource, urls)
        for suffix in suffixes
    ]
    return orjson.dumps({"version": "3.0.0", "resources": entries})


def _may_be_named(resource: Resource, urls: Urls) -> bool:
    # NuGet, repository-signatures-resource: "the `{@id}` URL is required to be served
    # over HTTPS". Clients that meet another one refuse to restore.
    return resource is not Resource.SIGNATURES or urls.base.startswith("https://")


def _entry(url: str, resource_type: str) -> dict[str, str]:
    entry = {"@id": url, "@type": resource_type}
    if resource_type in _CLIENT_VERSIONS:
        entry["clientVersion"] = _CLIENT_VERSIONS[resource_type]
    return entry


def _catalogue(urls: Urls) -> Iterator[tuple[Resource, str, str, tuple[str, ...]]]:
    """Name every address with all its types, since each client knows others of them."""
    plain, gz, semver2 = (f"{urls.registration(hive).base}/" for hive in Hive)
    yield Resource.CONTENT, urls.content, "PackageBaseAddress", ("/3.0.0",)
    yield Resource.PUBLISH, urls.publish, "PackagePublish", ("/2.0.0",)
    yield Resource.SYMBOL_PUBLISH, urls.symbol_publish, "SymbolPackagePublish", ("/4.9.0",)
    yield Resource.REGISTRATION, plain, "RegistrationsBaseUrl", _OLDEST
    yield Resource.REGISTRATION, gz, "RegistrationsBaseUrl", ("/3.4.0",)
    yield Resource.REGISTRATION, semver2, "RegistrationsBaseUrl", ("/3.6.0", "/Versioned")
    yield Resource.SEARCH, urls.search, "SearchQueryService", _SEARCH
    yield Resource.AUTOCOMPLETE, urls.autocomplete, "SearchAutocompleteService", _AUTOCOMPLETE
    yield Resource.CATALOG, urls.catalog, "Catalog", ("/3.0.0",)
    yield Resource.README, urls.readme_template, "ReadmeUriTemplate", ("/6.13.0",)
    yield Resource.PACKAGE_DETAILS, urls.package_template, "PackageDetailsUriTemplate", ("/5.1.0",)
    yield Resource.REPORT_ABUSE, urls.report_template, "ReportAbuseUriTemplate", _REPORT_ABUSE
    yield Resource.OWNER_DETAILS, urls.profile_template, "OwnerDetailsUriTemplate", ("/6.11.0",)
    yield Resource.VULNERABILITIES, urls.vulnerabilities, "VulnerabilityInfo", ("/6.7.0",)
    yield Resource.SIGNATURES, urls.signatures, "RepositorySignatures", _SIGNATURES
    yield Resource.LEGACY_GALLERY, urls.legacy, "LegacyGallery", ("", "/2.0.0")
