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


@pytest.mark.parametrize(
    ("alert", "window"), [("failingRequests", "PT15M"), ("failingJobs", "PT1H")]
)
def test_a_rule_looks_every_15_minutes_and_is_broken_by_any_line_that_it_finds(
    alert: str, window: str
) -> None:
    rule = deploy().get(alert)
    (condition,) = as_list(rule.at("properties.criteria.allOf"))
    assert as_object(condition) | {"query": ""} == {
        "query": "",
        "timeAggregation": "Count",
        "operator": "GreaterThan",
        "threshold": 0,
    }
    assert (rule.at("properties.evaluationFrequency"), rule.at("properties.windowSize")) == (
        "PT15M",
        window,
    )
    # Before the app has logged anything, the tables that the query names are not there.
    assert rule.at("properties.skipQueryValidation") is True


def test_what_watches_is_switched_on() -> None:
    deployment = deploy(alertEmails=["a@contoso.com"])
    for each in ("failingRequests", "failingJobs", "throttledStorage", "people"):
        assert deployment.get(each).at("properties.enabled") is True, each


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
    (condition,) = map(as_object, as_list(alert.at("properties.criteria.allOf")))
    (dimension,) = map(as_object, as_list(condition["dimensions"]))
    assert (condition["metricName"], dimension["name"]) == ("Transactions", "ResponseType")
    # https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage-reference
    assert "ServerBusyError" in as_list(dimension["values"])


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


def test_a_budget_warns_of_what_was_spent_and_of_what_will_be() -> None:
    deployment = deploy(monthlyBudget=50, budgetStart="2026-11-01", alertEmails=["a@contoso.com"])
    notifications = as_object(deployment.get("budget").at("properties.notifications"))
    warns = {
        (each["enabled"], each["thresholdType"], each["threshold"], each["operator"])
        for each in map(as_object, notifications.values())
    }
    assert warns == {
        (True, "Actual", 80, "GreaterThan"),
        (True, "Forecasted", 100, "GreaterThan"),
    }
    assert all(
        as_object(each)["contactEmails"] == ["a@contoso.com"] for each in notifications.values()
    )
