"""What the app is told: its own settings, the platform's, and nothing that Flex forbids."""

import pytest

from feed.settings import Settings
from tests.infra.deployment import APP_CLIENT, deploy
from tests.infra.expressions import value
from tests.infra.syntax import MAIN, read
from tests.infra.values import Value, as_number, as_object

MB = 1024 * 1024

PLATFORM = {
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AzureWebJobsStorage__accountName",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
    "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
}

# "Flex Consumption plan deprecations":
# https://learn.microsoft.com/azure/azure-functions/functions-app-settings
FORBIDDEN = {
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_MAX_HTTP_CONCURRENCY",
    "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "FUNCTIONS_WORKER_RUNTIME",
    "FUNCTIONS_WORKER_RUNTIME_VERSION",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTOVERVNET",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_DNS_SERVER",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
    "WEBSITE_NODE_DEFAULT_VERSION",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
    "WEBSITE_TIME_ZONE",
    "WEBSITE_VNET_ROUTE_ALL",
}


def app_settings(**given: Value) -> dict[str, str]:
    properties = as_object(deploy(**given).get("settings").body["properties"])
    assert all(isinstance(each, str) for each in properties.values())
    return {name: str(each) for name, each in properties.items()}


def feed_settings(**given: Value) -> Settings:
    """What the feed understands of it; it refuses what it does not know and what is missing."""
    return Settings.from_environment(app_settings(**given))


def test_the_feed_starts_with_what_it_is_told() -> None:
    deployment = deploy()
    assert feed_settings() == Settings(
        storage_account=deployment.get("feedAccount").name,
        identity_client_id=APP_CLIENT,
        public_url=f"https://{deployment.get('site').name}.azurewebsites.net",
        read="private",
        downloads="redirect",
        max_package_mb=200,
    )


@pytest.mark.parametrize("network", ["private-storage", "private"])
def test_packages_go_through_the_feed_where_clients_cannot_reach_storage(network: str) -> None:
    assert feed_settings(network=network).downloads == "stream"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"customDomain": "nuget.contoso.com"}, "https://nuget.contoso.com"),
        ({"publicUrl": "https://front.contoso.com"}, "https://front.contoso.com"),
        (
            {"publicUrl": "https://front.contoso.com", "customDomain": "nuget.contoso.com"},
            "https://front.contoso.com",
        ),
    ],
)
def test_the_address_is_the_one_that_clients_use(given: dict[str, Value], address: str) -> None:
    assert feed_settings(**given).public_url == address
    assert deploy(**given).outputs["FEED_URL"] == f"{address}/v3/index.json"


def test_more_settings_can_be_given_and_have_the_last_word() -> None:
    more: dict[str, Value] = {"FEED_DELETE": "hard", "FEED_MAX_PACKAGE_MB": "20"}
    settings = feed_settings(feedSettings=more, read="public")
    assert (settings.delete, settings.max_package_mb, settings.read) == ("hard", 20, "public")


def test_nothing_is_set_that_neither_the_feed_nor_the_platform_knows() -> None:
    ours = {f"FEED_{name.upper()}" for name in Settings.model_fields}
    assert {*app_settings()} - ours == PLATFORM


def test_nothing_is_set_that_flex_consumption_forbids() -> None:
    assert {*app_settings(network="private")} & FORBIDDEN == set()


def test_the_host_lets_every_package_through_that_the_feed_would_take() -> None:
    largest = as_number(
        value(read(MAIN).names["maxPackageMB"].decorators["maxValue"], lambda _: None)
    )
    limit = int(app_settings()["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"])
    # A push is a multipart body: boundaries and headers come on top of the package.
    assert largest * MB + 16 * 1024 <= limit <= 210_000_000
    assert largest >= Settings.model_fields["max_package_mb"].default


def test_the_host_reaches_its_storage_as_the_app_and_without_a_key() -> None:
    deployment = deploy()
    assert {
        name: each for name, each in app_settings().items() if name.startswith("AzureWebJobs")
    } == {
        "AzureWebJobsStorage__accountName": deployment.get("hostAccount").name,
        "AzureWebJobsStorage__credential": "managedidentity",
        "AzureWebJobsStorage__clientId": APP_CLIENT,
    }
