import pytest

from feed.nuget.identity import PackageId
from feed.nuget.urls import Hive, Urls
from feed.nuget.version import Version

FEED = Urls("https://feed.example/nuget")
CONTOSO = PackageId.parse("Contoso.Utils")
RC = Version.parse("1.0-RC.1+build")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (FEED.service_index, "/v3/index.json"),
        (FEED.versions(CONTOSO), "/v3/content/contoso.utils/index.json"),
        (
            FEED.nupkg(CONTOSO, RC),
            "/v3/content/contoso.utils/1.0.0-rc.1/contoso.utils.1.0.0-rc.1.nupkg",
        ),
        (FEED.nuspec(CONTOSO, RC), "/v3/content/contoso.utils/1.0.0-rc.1/contoso.utils.nuspec"),
        (FEED.file(CONTOSO, RC, "icon"), "/v3/content/contoso.utils/1.0.0-rc.1/icon"),
        (FEED.catalog_page(7), "/v3/catalog/page7.json"),
        (FEED.newest_catalog_leaf(CONTOSO, RC), "/v3/catalog/newest/contoso.utils/1.0.0-rc.1.json"),
        (FEED.catalog_leaf(CONTOSO, RC, 0), "/v3/catalog/data/0/contoso.utils.1.0.0-rc.1.json"),
        (FEED.package(CONTOSO, RC), "/packages/Contoso.Utils/1.0.0-RC.1"),
        (FEED.license(CONTOSO, RC), "/packages/Contoso.Utils/1.0.0-RC.1/license"),
        (FEED.symbols, "/symbols"),
    ],
)
def test_addresses_are_lower_case_but_for_people(url: str, path: str) -> None:
    assert url == f"https://feed.example/nuget{path}"


@pytest.mark.parametrize(
    ("hive", "base"),
    [
        (Hive.PLAIN, "https://feed.example/nuget/v3/registration"),
        (Hive.GZIP, "https://feed.example/nuget/v3/registration-gz"),
        (Hive.GZIP_SEMVER2, "https://feed.example/nuget/v3/registration-gz-semver2"),
    ],
)
def test_a_hive_has_its_own_addresses(hive: Hive, base: str) -> None:
    urls = FEED.registration(hive)
    assert (
        urls.index(CONTOSO),
        urls.page(CONTOSO, Version.parse("0.9"), RC),
        urls.inlined_page(CONTOSO, Version.parse("0.9"), RC),
        urls.leaf(CONTOSO, RC),
    ) == (
        f"{base}/contoso.utils/index.json",
        f"{base}/contoso.utils/page/0.9.0/1.0.0-rc.1.json",
        f"{base}/contoso.utils/index.json#page/0.9.0/1.0.0-rc.1",
        f"{base}/contoso.utils/1.0.0-rc.1.json",
    )
