"""infra/ as text: two parsers read it, and every name in it means something."""

import re

import pycep
import pytest

from tests.infra import syntax
from tests.infra.expressions import value
from tests.infra.syntax import FILES, INFRA, MAIN, ROOT, Declaration, Template, read, used
from tests.infra.values import as_text

PYCEP = pycep.BicepParser()
TEMPLATES = [pytest.param(read(path), id=path.name) for path in FILES]

# Each was looked up, property by property; a newer one wants that again.
VERSIONS = {
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.Consumption/budgets": "2023-11-01",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",
    "Microsoft.Insights/metricAlerts": "2018-03-01",
    "Microsoft.Insights/scheduledQueryRules": "2023-12-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": "2024-06-01",
    "Microsoft.Network/privateEndpoints": "2024-05-01",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": "2024-05-01",
    "Microsoft.Network/virtualNetworks": "2024-05-01",
    "Microsoft.OperationalInsights/workspaces": "2025-07-01",
    "Microsoft.Resources/resourceGroups": "2024-11-01",
    "Microsoft.Storage/storageAccounts": "2025-01-01",
    "Microsoft.Storage/storageAccounts/blobServices": "2025-01-01",
    "Microsoft.Storage/storageAccounts/blobServices/containers": "2025-01-01",
    "Microsoft.Storage/storageAccounts/managementPolicies": "2025-01-01",
    "Microsoft.Storage/storageAccounts/tableServices": "2025-01-01",
    "Microsoft.Storage/storageAccounts/tableServices/tables": "2025-01-01",
    "Microsoft.Web/serverfarms": "2025-03-01",
    "Microsoft.Web/sites": "2025-03-01",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": "2025-03-01",
    "Microsoft.Web/sites/certificates": "2025-03-01",
    "Microsoft.Web/sites/config": "2025-03-01",
    "Microsoft.Web/sites/hostNameBindings": "2025-03-01",
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_two_parsers_read_it(template: Template) -> None:
    source = template.path.read_text("utf-8")
    assert list(syntax.faults(syntax.tree(source.encode()))) == []
    parsed = PYCEP.parse(text=source)
    assert {*parsed.get("parameters", {})} == {*template.of("param")}
    assert {*parsed.get("resources", {})} == {*template.of("resource")}


def uses(template: Template) -> set[str]:
    declared: list[Declaration] = [*template.names.values(), *template.outputs.values()]
    return set().union(*(used(each.value) for each in declared if each.value))


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_name_in_use_is_declared(template: Template) -> None:
    assert uses(template) - {*template.names} == set()


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_parameter_and_variable_is_in_use(template: Template) -> None:
    assert {*template.of("param"), *template.of("var")} - uses(template) == set()


def test_every_file_is_a_module_of_main_and_none_comes_from_a_registry() -> None:
    paths = [INFRA / each.type for each in read(MAIN).of("module").values()]
    assert sorted([MAIN, *paths]) == FILES
    assert all(read(path).of("module") == {} for path in paths)


@pytest.mark.parametrize("module", read(MAIN).of("module").values(), ids=lambda each: each.name)
def test_a_module_gets_the_parameters_that_it_declares_and_no_others(module: Declaration) -> None:
    assert module.value is not None
    body = module.value
    if body.type == "if_statement":
        body = syntax.parts(body)[1]
    given = next(
        syntax.parts(each)[1]
        for each in syntax.parts(body)
        if syntax.text(each).startswith("params:")
    )
    names = [syntax.text(syntax.parts(each)[0]) for each in syntax.parts(given)]
    assert sorted(names) == sorted(read(INFRA / module.type).of("param"))


@pytest.mark.parametrize("module", read(MAIN).of("module").values(), ids=lambda each: each.name)
def test_a_module_decides_nothing_by_defaults_that_main_does_not_show(module: Declaration) -> None:
    params = read(INFRA / module.type).of("param").values()
    assert [each.name for each in params if each.value is not None] == []


def test_main_asks_for_every_output_of_its_modules() -> None:
    source = MAIN.read_text("utf-8").replace("!", "")
    modules = read(MAIN).of("module").values()
    outputs = {
        f"{each.name}.outputs.{name}"
        for each in modules
        for name in read(INFRA / each.type).outputs
    }
    assert {each for each in outputs if each not in source} == set()


def test_resources_are_of_the_versions_that_were_looked_up() -> None:
    found = {
        tuple(each.type.split("@")) for path in FILES for each in read(path).of("resource").values()
    }
    assert found == {*VERSIONS.items()}


def test_a_new_subscription_is_told_of_everything_that_is_made() -> None:
    page = (ROOT / "docs/deploying.md").read_text("utf-8")
    (told,) = re.findall(r"^for each in (.+); do$", page, re.M)
    namespaces = {each.partition("/")[0].removeprefix("Microsoft.") for each in VERSIONS}
    # The two that every subscription has; and the subnet of the app is handed over to one more.
    assert {*told.split()} == namespaces - {"Authorization", "Resources"} | {"App"}


@pytest.mark.parametrize("param", read(MAIN).of("param").values(), ids=lambda each: each.name)
def test_what_can_be_said_is_described_and_has_limits(param: Declaration) -> None:
    described = as_text(value(param.decorators["description"], _nothing))
    assert described.endswith(".")
    limits = {*param.decorators} - {"description", "metadata"}
    assert limits or param.type != "int"


def test_only_the_name_and_the_region_have_to_be_said() -> None:
    params = read(MAIN).of("param").values()
    assert [each.name for each in params if each.value is None] == ["environmentName", "location"]


def _nothing(name: str) -> None:
    raise AssertionError(f"a description cannot depend on {name}")
