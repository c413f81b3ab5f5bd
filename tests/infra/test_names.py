"""Names that Azure takes, whatever an environment is called, and no name twice.

https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

import re

import pytest

from tests.infra.deployment import Deployment, deploy

RULES = {
    "Microsoft.Authorization/roleAssignments": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "Microsoft.Consumption/budgets": r"[A-Za-z0-9_-]{1,63}",
    "Microsoft.Insights/actionGroups": r"[^*#&+:<>?@%{}\\/|]{1,260}",
    "Microsoft.Insights/components": r"[^%&\\?/]{1,260}",
    "Microsoft.Insights/diagnosticSettings": r"[^*<>%&:\\?+/]{1,260}",
    "Microsoft.Insights/metricAlerts": r"[^*#&+:<>?@%{}\\/]{1,260}",
    "Microsoft.Insights/scheduledQueryRules": r"[^*#&+:<>?@%{}\\/]{1,260}",
    "Microsoft.ManagedIdentity/userAssignedIdentities": r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}",
    "Microsoft.Network/privateDnsZones": r"privatelink(\.[a-z]+)+",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": r"[A-Za-z0-9][\w.-]{0,78}\w",
    "Microsoft.Network/privateEndpoints": r"[A-Za-z0-9][\w.-]{0,62}\w",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": r"default",
    "Microsoft.Network/virtualNetworks": r"[A-Za-z0-9][\w.-]{0,62}\w",
    "Microsoft.OperationalInsights/workspaces": r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
    "Microsoft.Resources/resourceGroups": r"[\w().-]{0,89}[\w()-]",
    "Microsoft.Storage/storageAccounts": r"[a-z0-9]{3,24}",
    "Microsoft.Storage/storageAccounts/blobServices": r"default",
    "Microsoft.Storage/storageAccounts/blobServices/containers": r"[a-z0-9](-?[a-z0-9]){2,62}",
    "Microsoft.Storage/storageAccounts/managementPolicies": r"default",
    "Microsoft.Storage/storageAccounts/tableServices": r"default",
    "Microsoft.Storage/storageAccounts/tableServices/tables": r"[A-Za-z][A-Za-z0-9]{2,62}",
    "Microsoft.Web/serverfarms": r"[A-Za-z0-9-]{1,60}",
    # The host shortens the name of an app to 32 characters, which then has to be unique.
    "Microsoft.Web/sites": r"[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": r"scm|ftp",
    "Microsoft.Web/sites/certificates": r"[^/]{1,260}",
    "Microsoft.Web/sites/config": r"appsettings",
    "Microsoft.Web/sites/hostNameBindings": r"[a-z0-9.-]{1,253}",
}


def everything(environment_name: str = "test") -> Deployment:
    return deploy(
        environmentName=environment_name,
        network="private",
        customDomain="nuget.contoso.com",
        alertEmails=["somebody@contoso.com"],
        monthlyBudget=50,
        budgetStart="2026-11-01",
    )


@pytest.mark.parametrize("environment_name", ["x", "Team_Feed-(1)", "e" * 64])
def test_every_name_is_one_that_azure_takes(environment_name: str) -> None:
    resources = everything(environment_name).resources
    assert {each.type for each in resources} == {*RULES}
    wrong = [each.id for each in resources if not re.fullmatch(RULES[each.type], each.name)]
    assert wrong == []


def test_no_two_resources_have_one_name() -> None:
    ids = [each.id.lower() for each in everything().resources]
    assert len({*ids}) == len(ids)


def test_names_that_the_whole_world_shares_differ_from_one_environment_to_the_next() -> None:
    def shared(environment_name: str) -> list[str]:
        deployment = deploy(environmentName=environment_name)
        return [deployment.get(each).name for each in ("site", "hostAccount", "feedAccount")]

    one, other = shared("one"), shared("other")
    assert {*one} & {*other} == set()
    assert one == shared("one")


def test_names_stay_when_a_feed_is_changed() -> None:
    usual, changed = deploy(), deploy(read="public", instanceMemoryMB=512, alwaysReadyInstances=1)
    assert [each.id for each in usual.resources] == [each.id for each in changed.resources]
