"""What NuGet's documents look like, strictly.

A field that is not named here, has another type, or is null is refused. What
may be None here may be left out there.

https://learn.microsoft.com/nuget/api/registration-base-url-resource
https://learn.microsoft.com/nuget/api/catalog-resource
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

Url = Annotated[str, Field(pattern=r"^https?://[^ ]+$")]
Guid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Stamp = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?\+00:00$")]
Range = Annotated[str, Field(pattern=r"^$|^[\[(][^,]*, [^,]*[\])]$")]
Text = Annotated[str, Field(min_length=1)]


class Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def refuse_null(cls, given: dict[str, object]) -> dict[str, object]:
        assert None not in given.values(), "a document never says null"
        return given


class Dependency(Shape):
    url: Url = Field(alias="@id")
    type: Literal["PackageDependency"] = Field(alias="@type")
    id: Text
    range: Range


class DependencyGroup(Shape):
    url: Url = Field(alias="@id")
    type: Literal["PackageDependencyGroup"] = Field(alias="@type")
    target_framework: Text | None = None
    dependencies: Sequence[Dependency] | None = None


class AlternatePackage(Shape):
    url: Url = Field(alias="@id")
    type: Literal["alternatePackage"] = Field(alias="@type")
    id: Text
    range: Text


class Deprecation(Shape):
    url: Url = Field(alias="@id")
    type: Literal["deprecation"] = Field(alias="@type")
    reasons: Annotated[list[Literal["Legacy", "CriticalBugs", "Other"]], Field(min_length=1)]
    message: Text | None = None
    alternate_package: AlternatePackage | None = None


class Details(Shape):
    """What registration and the catalog both say of a version."""

    id: Text
    version: Text
    title: Text | None = None
    authors: Text
    description: Text
    summary: Text | None = None
    language: Text | None = None
    project_url: Url | None = None
    icon_url: Url | None = None
    license_url: Url | None = None
    license_expression: Text | None = None
    require_license_acceptance: bool
    min_client_version: Text | None = None
    listed: bool
    published: Moment
    tags: list[str] | None = None
    deprecation: Deprecation | None = None


class LinkedDependency(Dependency):
    registration: Url


class LinkedDependencyGroup(DependencyGroup):
    dependencies: Sequence[LinkedDependency] | None = None


class CatalogEntry(Details):
    url: Url = Field(alias="@id")
    type: Literal["PackageDetails"] = Field(alias="@type")
    tags: Annotated[list[str], Field(min_length=1)]
    package_content: Url
    readme_url: Url | None = None
    dependency_groups: list[LinkedDependencyGroup] | None = None


class Item(Shape):
    url: Url = Field(alias="@id")
    type: Literal["Package"] = Field(alias="@type")
    commit_id: Guid
    commit_time_stamp: Stamp
    catalog_entry: CatalogEntry
    package_content: Url
    registration: Url


class Page(Shape):
    """A page in an index, which says only where the page is unless it is all there."""

    url: Url = Field(alias="@id")
    type: Literal["catalog:CatalogPage"] = Field(alias="@type")
    commit_id: Guid
    commit_time_stamp: Stamp
    count: int
    lower: Text
    upper: Text
    parent: Url | None = None
    items: list[Item] | None = None


class WholePage(Page):
    parent: Url
    items: list[Item]


class Index(Shape):
    url: Url = Field(alias="@id")
    type: list[str] = Field(alias="@type")
    commit_id: Guid
    commit_time_stamp: Stamp
    count: int
    items: list[Page]


class RegistrationLeaf(Shape):
    url: Url = Field(alias="@id")
    type: list[str] = Field(alias="@type")
    catalog_entry: Url
    listed: bool
    package_content: Url
    published: Moment
    registration: Url


class CatalogPageLink(Shape):
    url: Url = Field(alias="@id")
    type: Literal["CatalogPage"] = Field(alias="@type")
    commit_id: Guid
    commit_time_stamp: Stamp
    count: int


class CatalogIndex(Shape):
    url: Url = Field(alias="@id")
    type: list[str] = Field(alias="@type")
    commit_id: Guid
    commit_time_stamp: Stamp
    count: int
    items: list[CatalogPageLink]


class CatalogItem(Shape):
    url: Url = Field(alias="@id")
    type: Literal["nuget:PackageDetails", "nuget:PackageDelete"] = Field(alias="@type")
    commit_id: Guid
    commit_time_stamp: Stamp
    id: Text = Field(alias="nuget:id")
    version: Text = Field(alias="nuget:version")


class CatalogPage(CatalogPageLink):
    parent: Url
    items: list[CatalogItem]


class PackageEntry(Shape):
    full_name: Text
    name: Text
    length: int
    compressed_length: int


class PackageType(Shape):
    name: Text
    version: Text | None = None


class Repository(Shape):
    type: Text | None = None
    url: Url | None = None
    branch: Text | None = None
    commit: Text | None = None


class CatalogDetails(Details):
    url: Url = Field(alias="@id")
    type: list[Literal["PackageDetails", "catalog:Permalink"]] = Field(alias="@type")
    commit_id: Guid = Field(alias="catalog:commitId")
    commit_time_stamp: Stamp = Field(alias="catalog:commitTimeStamp")
    verbatim_version: Text
    is_prerelease: bool
    created: Stamp
    last_edited: Stamp
    package_hash: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]
    package_hash_algorithm: Literal["SHA512"]
    package_size: int
    package_entries: list[PackageEntry]
    copyright: Text | None = None
    release_notes: Text | None = None
    icon_file: Text | None = None
    license_file: Text | None = None
    readme_file: Text | None = None
    development_dependency: bool | None = None
    serviceable: bool | None = None
    package_types: list[PackageType] | None = None
    repository: Repository | None = None
    dependency_groups: list[DependencyGroup] | None = None


class CatalogDelete(Shape):
    url: Url = Field(alias="@id")
    type: list[Literal["PackageDelete", "catalog:Permalink"]] = Field(alias="@type")
    commit_id: Guid = Field(alias="catalog:commitId")
    commit_time_stamp: Stamp = Field(alias="catalog:commitTimeStamp")
    id: Text
    original_id: Text
    version: Text
    published: Moment
