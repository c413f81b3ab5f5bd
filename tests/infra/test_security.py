"""Who may do what in Azure, and that nothing there opens with a password or a key."""

import re
from pathlib import Path

import pytest

from tests.infra.deployment import APP, Deployment, Resource, deploy
from tests.infra.expressions import DEPLOYER
from tests.infra.syntax import FILES, INFRA, MAIN, ROOT, read
from tests.infra.values import Value, as_list, as_object

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}
NETWORKS = ["public", "private-storage", "private"]


def grants(deployment: Deployment) -> set[tuple[str, str, str]]:
    """Who has which role on what."""
    return {
        (
            str(each.at("properties.principalId")),
            ROLES[str(each.at("properties.roleDefinitionId")).rpartition("/")[2]],
            str(each.at("scope.name")),
        )
        for each in deployment.of("Microsoft.Authorization/roleAssignments")
    }


def test_everybody_may_do_what_they_have_to_and_nothing_else() -> None:
    deployment = deploy()
    host, feed = deployment.get("hostAccount").name, deployment.get("feedAccount").name
    assert grants(deployment) == {
        (APP, "Storage Blob Data Owner", host),
        (APP, "Storage Table Data Contributor", host),
        (APP, "Storage Blob Data Contributor", feed),
        (APP, "Storage Table Data Contributor", feed),
        (APP, "Monitoring Metrics Publisher", deployment.get("insights").name),
        (DEPLOYER, "Storage Blob Data Contributor", feed),
        (DEPLOYER, "Storage Table Data Contributor", feed),
    }


def test_without_an_operator_only_the_app_reaches_the_feed() -> None:
    assert {who for who, _, _ in grants(deploy(operatorId=""))} == {APP}


def test_the_identity_of_the_app_is_the_one_that_has_the_roles() -> None:
    deployment = deploy()
    identities = deployment.get("site").at("identity")
    assert identities == {
        "type": "UserAssigned",
        "userAssignedIdentities": {deployment.get("identity").id: {}},
    }


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("account", ["hostAccount", "feedAccount"])
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("allowSharedKeyAccess", False),
        ("allowBlobPublicAccess", False),
        ("allowCrossTenantReplication", False),
        ("defaultToOAuthAuthentication", True),
        ("isLocalUserEnabled", False),
        ("minimumTlsVersion", "TLS1_2"),
        ("supportsHttpsTrafficOnly", True),
    ],
)
def test_storage_is_entered_by_identities_over_tls(
    network: str, account: str, name: str, wanted: Value
) -> None:
    assert deploy(network=network).get(account).at(f"properties.{name}") == wanted


@pytest.mark.parametrize("network", NETWORKS)
def test_no_container_is_public(network: str) -> None:
    containers = deploy(network=network).of(
        "Microsoft.Storage/storageAccounts/blobServices/containers"
    )
    assert [each.at("properties.publicAccess") for each in containers] == ["None", "None"]


@pytest.mark.parametrize("account", ["hostAccount", "feedAccount"])
def test_private_storage_lets_nobody_in_from_outside(account: str) -> None:
    storage = deploy(network="private-storage").get(account)
    assert storage.at("properties.publicNetworkAccess") == "Disabled"
    assert storage.at("properties.networkAcls.defaultAction") == "Deny"


def test_private_storage_lets_in_the_operators_addresses_where_there_are_any() -> None:
    storage = deploy(network="private", operatorAddresses=["203.0.113.7"]).get("feedAccount")
    assert storage.at("properties.publicNetworkAccess") == "Enabled"
    assert storage.at("properties.networkAcls") == {
        "defaultAction": "Deny",
        "bypass": "None",
        "ipRules": [{"value": "203.0.113.7", "action": "Allow"}],
    }


def endpoint(resource: Resource) -> tuple[Value, Value]:
    """What a private endpoint leads to."""
    (connection,) = as_list(resource.at("properties.privateLinkServiceConnections"))
    properties = as_object(as_object(connection)["properties"])
    (service,) = as_list(properties["groupIds"])
    return properties["privateLinkServiceId"], service


def test_the_app_reaches_private_storage_and_clients_a_private_app() -> None:
    deployment = deploy(network="private")
    host, feed = deployment.get("hostAccount").id, deployment.get("feedAccount").id
    assert [*map(endpoint, deployment.of("Microsoft.Network/privateEndpoints"))] == [
        (host, "blob"),
        (host, "table"),
        (feed, "blob"),
        (feed, "table"),
        (deployment.get("site").id, "sites"),
    ]


def test_the_app_answers_over_tls_only_and_takes_no_password_for_deploying() -> None:
    site = deploy().get("site")
    assert site.at("properties.httpsOnly") is True
    assert site.at("properties.siteConfig") == {"minTlsVersion": "1.2", "ftpsState": "Disabled"}
    assert deploy().get("noPassword").body["properties"] == {"allow": False}


def test_logs_are_written_and_read_by_identities() -> None:
    deployment = deploy()
    assert deployment.get("insights").at("properties.DisableLocalAuth") is True
    assert deployment.get("workspace").at("properties.features.disableLocalAuth") is True


@pytest.mark.parametrize("path", [*FILES, INFRA / "main.parameters.json", ROOT / "azure.yaml"])
def test_no_secret_is_asked_for_or_read(path: Path) -> None:
    source = path.read_text("utf-8")
    assert (
        re.findall(
            r"(?i)list\w*keys|listAccountSas|@secure|accountkey|password:|secretorrandom", source
        )
        == []
    )


def test_no_output_tells_a_secret() -> None:
    assert {*read(MAIN).outputs} == {
        "FEED_URL",
        "NEXT_COMMAND",
        "RESOURCE_GROUP",
        "FUNCTION_APP",
        "FEED_ACCOUNT",
        "DOMAIN_VERIFICATION",
    }
