"""The function app: Flex Consumption, Python, how many requests an instance takes."""

import re

import pytest

from tests.infra.deployment import deploy
from tests.infra.syntax import ROOT
from tests.infra.values import as_object

SITE = deploy().get("site")
SCALE = "properties.functionAppConfig.scaleAndConcurrency"

# Flex Consumption answers 51021, "site configuration property … is invalid", to the rest of them.
ALLOWED_SITE_CONFIG = {"minTlsVersion", "ftpsState"}


def test_it_is_a_linux_app_on_a_flex_consumption_plan() -> None:
    plan = deploy().get("plan")
    assert plan.at("sku") == {"name": "FC1", "tier": "FlexConsumption"}
    assert plan.at("properties.reserved") is True
    assert SITE.at("properties.serverFarmId") == plan.id
    assert SITE.at("kind") == "functionapp,linux"


def test_an_instance_has_2_gb_and_takes_16_requests_and_none_waits() -> None:
    assert SITE.at(SCALE) == {
        "instanceMemoryMB": 2048,
        "maximumInstanceCount": 40,
        "alwaysReady": [],
        "triggers": {"http": {"perInstanceConcurrency": 16}},
    }


def test_instances_can_be_kept_waiting() -> None:
    site = deploy(alwaysReadyInstances=2).get("site")
    assert site.at(f"{SCALE}.alwaysReady") == [{"name": "http", "instanceCount": 2}]


def test_it_runs_python() -> None:
    assert SITE.at("properties.functionAppConfig.runtime.name") == "python"


def test_the_package_comes_from_a_container_that_is_made_too() -> None:
    account, container = deploy().get("hostAccount"), deploy().get("packageContainer")
    url = f"https://{account.name}.blob.core.windows.net/{container.name}"
    assert SITE.at("properties.functionAppConfig.deployment.storage") == {
        "type": "blobContainer",
        "value": url,
        "authentication": {
            "type": "UserAssignedIdentity",
            "userAssignedIdentityResourceId": deploy().get("identity").id,
        },
    }


def test_nothing_is_configured_that_flex_consumption_refuses() -> None:
    assert {*as_object(SITE.at("properties.siteConfig"))} == ALLOWED_SITE_CONFIG


def test_azd_finds_the_app_by_its_tag() -> None:
    services = re.findall(r"^services:\n {2}(\w+):", (ROOT / "azure.yaml").read_text("utf-8"), re.M)
    assert services == [SITE.at("tags.azd-service-name")]


@pytest.mark.parametrize(
    ("network", "is_reachable", "has_subnet", "ways"),
    [("public", True, False, 0), ("private-storage", True, True, 4), ("private", False, True, 5)],
)
def test_the_network_is_as_closed_as_was_asked(
    network: str, is_reachable: bool, has_subnet: bool, ways: int
) -> None:
    deployment = deploy(network=network)
    site = deployment.get("site")
    endpoints = deployment.of("Microsoft.Network/privateEndpoints")
    assert (site.at("properties.publicNetworkAccess") == "Enabled") == is_reachable
    assert bool(site.at("properties.virtualNetworkSubnetId")) == has_subnet
    assert len(endpoints) == ways


def test_a_certificate_can_come_later_since_the_app_was_made_for_one() -> None:
    """Flex Consumption: an app that was made without this never takes a certificate."""
    assert deploy().get("site").at("properties.siteScopedCertificatesEnabled") is True


def test_a_custom_domain_gets_its_certificate_and_one_that_is_not_asked_for_does_not() -> None:
    assert deploy().of("Microsoft.Web/sites/hostNameBindings") == []
    assert deploy().of("Microsoft.Web/sites/certificates") == []
    deployment = deploy(customDomain="nuget.contoso.com")
    assert deployment.get("certificate").at("properties") == {"canonicalName": "nuget.contoso.com"}
    assert deployment.get("hostName").body["name"] == "nuget.contoso.com"
    assert deployment.get("hostName").at("properties.sslState") == "SniEnabled"
