"""Every address of the feed, spelled from its public one.

https://learn.microsoft.com/nuget/api/overview
"""

from dataclasses import dataclass
from enum import StrEnum

from feed.nuget.identity import PackageId
from feed.nuget.version import Version


class Hive(StrEnum):
    """A family of registration documents; the value is its name in addresses."""

    PLAIN = "registration"
    GZIP = "registration-gz"
    GZIP_SEMVER2 = "registration-gz-semver2"

    @property
    def is_gzipped(self) -> bool:
        return self is not Hive.PLAIN

    @property
    def shows_semver2(self) -> bool:
        return self is Hive.GZIP_SEMVER2


@dataclass(frozen=True, slots=True)
class RegistrationUrls:
    """The addresses of one hive, which never lead into another one."""

    base: str
    """Without a slash at its end."""

    def index(self, package_id: PackageId) -> str:
        return f"{self.base}/{package_id.lower}/index.json"

    def page(self, package_id: PackageId, lower: Version, upper: Version) -> str:
        return f"{self.base}/{package_id.lower}/page/{lower.lower}/{upper.lower}.json"

    def inlined_page(self, package_id: PackageId, lower: Version, upper: Version) -> str:
        return f"{self.index(package_id)}#page/{lower.lower}/{upper.lower}"

    def leaf(self, package_id: PackageId, version: Version) -> str:
        return f"{self.base}/{package_id.lower}/{version.lower}.json"


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of a feed; a name in braces is for the client to fill in."""

    base: str
    """What people call the feed's address, without a slash at its end."""

    @property
    def service_index(self) -> str:
        return f"{self.base}/v3/index.json"

    # Package content. NuGet, package-base-address: LOWER_ID and LOWER_VERSION are "lowercased".

    @property
    def content(self) -> str:
        return f"{self.base}/v3/content/"

    @property
    def readme_template(self) -> str:
        return f"{self.content}{{lower_id}}/{{lower_version}}/readme"

    def versions(self, package_id: PackageId) -> str:
        return f"{self.content}{package_id.lower}/index.json"

    def nupkg(self, package_id: PackageId, version: Version) -> str:
        return self.file(package_id, version, f"{package_id.lower}.{version.lower}.nupkg")

    def nuspec(self, package_id: PackageId, version: Version) -> str:
        return self.file(package_id, version, f"{package_id.lower}.nuspec")

    def file(self, package_id: PackageId, version: Version, name: str) -> str:
        """The address of a file of a version: `icon`, `readme` or `license`."""
        return f"{self.content}{package_id.lower}/{version.lower}/{name}"

    # Registration, search and the catalog.

    def registration(self, hive: Hive) -> RegistrationUrls:
        return RegistrationUrls(f"{self.base}/v3/{hive}")

    @property
    def search(self) -> str:
        return f"{self.base}/v3/search"

    @property
    def autocomplete(self) -> str:
        return f"{self.base}/v3/autocomplete"

    @property
    def catalog(self) -> str:
        return f"{self.base}/v3/catalog/index.json"

    def catalog_page(self, number: int) -> str:
        return f"{self.base}/v3/catalog/page{number}.json"

    def catalog_leaf(self, package_id: PackageId, version: Version, sequence: int) -> str:
        """The address of what one event said."""
        name = f"{package_id.lower}.{version.lower}.json"
        return f"{self.base}/v3/catalog/data/{sequence}/{name}"

    def newest_catalog_leaf(self, package_id: PackageId, version: Version) -> str:
        """The address of what holds now."""
        return f"{self.base}/v3/catalog/newest/{package_id.lower}/{version.lower}.json"

    @property
    def signatures(self) -> str:
        return f"{self.base}/v3/signatures/index.json"

    @property
    def vulnerabilities(self) -> str:
        return f"{self.base}/v3/vulnerabilities/index.json"

    # What is written to.

    @property
    def publish(self) -> str:
        return f"{self.base}/api/v2/package"

    @property
    def symbol_publish(self) -> str:
        return f"{self.base}/api/v2/symbolpackage"

    @property
    def legacy(self) -> str:
        return f"{self.base}/api/v2"

    # What debuggers and people open.

    @property
    def symbols(self) -> str:
        return f"{self.base}/symbols"

    @property
    def package_template(self) -> str:
        return f"{self.base}/packages/{{id}}/{{version}}"

    @property
    def report_template(self) -> str:
        return f"{self.package_template}/report"

    @property
    def profile_template(self) -> str:
        return f"{self.base}/profiles/{{owner}}"

    def package(self, package_id: PackageId, version: Version) -> str:
        return f"{self.base}/packages/{package_id}/{version}"

    def license(self, package_id: PackageId, version: Version) -> str:
        """The address of the page that shows the licence that a package brings."""
        return f"{self.package(package_id, version)}/license"
