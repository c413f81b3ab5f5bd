"""Logs with a limit, and alerts about things that there are."""

import re

import pytest

from feed.app import function_app
from feed.localhost import routes
from tests.feeds import memory_feed
from tests.infra.deployment import Deployment, Resource, deploy
from tests.infra.values import as_list, as_object

APP = memory_feed()
REQUESTS = {each.name for each in routes(function_app(APP))}
TIMERS = {str(each.get_function_name()) for each in function_app(APP).get_functions()} - REQUESTS


def query(rule: Resource) -> str:
    (condition,) = as_list(rule.at("properties.criteria.allOf"))
    return str(as_object(condition)["query"])


def test_logs_cost_at_most_what_was_said() -> None:
    workspace = deploy(logGBPerDay=3, logDays=60).get("workspace")
    assert workspace.at("properties.workspaceCapping.dailyQuotaGb") == 3
    assert workspace.at("properties.retentionInDays") == 60


def test_insights_keeps_everything_in_the_workspace() -> None:
    deployment = deploy()
    insights = deployment.get("insights")
    assert insights.at("properties.WorkspaceResourceId") == deployment.get("workspace").id


@pytest.mark.parametrize("alert", ["failingRequests", "failingJobs"])
def test_alerts_tell_timers_from_requests_by_their_names(alert: str) -> None:
    (prefix,) = re.findall(r'startswith "(\w+)"', query(deploy().get(alert)))
    assert {each for each in REQUESTS | TIMERS if each.startswith(prefix)} == TIMERS


def test_an_alert_names_only_timers_that_there_are() -> None:
    named = re.findall(r'OperationName == "(\w+)"', query(deploy().get("failingJobs")))
    assert named
    assert {*named} <= TIMERS


def test_storage_is_watched_where_the_feed_keeps_its_packages() -> None:
    deployment = deploy()
    alert = deployment.get("throttledStorage")
    assert alert.at("properties.scopes") == [deployment.get("feedAccount").id]


def actions(deployment: Deployment) -> list[object]:
    """Who is told by each of the three alerts."""
    return [
        deployment.get("failingRequests").at("properties.actions.actionGroups"),
        deployment.get("failingJobs").at("properties.actions.actionGroups"),
        deployment.get("throttledStorage").at("properties.actions"),
    ]


def test_alerts_reach_people_where_there_are_any() -> None:
    deployment = deploy(alertEmails=["a@contoso.com", "b@contoso.com"])
    people = deployment.get("people")
    assert actions(deployment) == [[people.id], [people.id], [{"actionGroupId": people.id}]]
    receivers = map(as_object, as_list(people.at("properties.emailReceivers")))
    assert [each["emailAddress"] for each in receivers] == ["a@contoso.com", "b@contoso.com"]


def test_alerts_are_there_to_be_looked_at_where_there_are_no_people() -> None:
    deployment = deploy()
    assert deployment.of("Microsoft.Insights/actionGroups") == []
    assert actions(deployment) == [[], [], []]


@pytest.mark.parametrize("given", [{}, {"monthlyBudget": 50}, {"budgetStart": "2026-11-01"}])
def test_a_budget_wants_an_amount_and_a_start(given: dict[str, int | str]) -> None:
    assert deploy(**given).of("Microsoft.Consumption/budgets") == []


def test_a_budget_keeps_its_start_from_one_deployment_to_the_next() -> None:
    budget = deploy(monthlyBudget=50, budgetStart="2026-11-01").get("budget")
    assert budget.at("properties.amount") == 50
    assert budget.at("properties.timePeriod") == {"startDate": "2026-11-01"}
