"""The feed's storage: there before the app has run, and able to bring back what was deleted."""

import re

import pytest

from feed.services import paths
from tests.infra.deployment import deploy
from tests.infra.values import Value, as_list, as_object


def test_the_tables_and_the_container_are_those_of_the_feed() -> None:
    deployment = deploy()
    tables = deployment.of("Microsoft.Storage/storageAccounts/tableServices/tables")
    assert tuple(each.name for each in tables) == paths.TABLES
    assert deployment.get("feedContainer").name == paths.CONTAINER


def test_what_was_deleted_can_be_brought_back() -> None:
    assert deploy(keepDeletedDays=30).get("feedBlobs").body["properties"] == {
        "isVersioningEnabled": True,
        "deleteRetentionPolicy": {"enabled": True, "days": 30},
        "containerDeleteRetentionPolicy": {"enabled": True, "days": 30},
    }


def rules() -> dict[str, tuple[Value, Value]]:
    """What each lifecycle rule is about, and what it does."""
    given = deploy(keepDeletedDays=30).get("feedLifecycle").at("properties.policy.rules")
    found = {}
    for each in map(as_object, as_list(given)):
        assert (each["enabled"], each["type"]) == (True, "Lifecycle")
        definition = as_object(each["definition"])
        about = as_object(definition["filters"])["prefixMatch"]
        found[str(each["name"])] = about, definition["actions"]
    return found


def test_former_documents_go_after_a_day_and_deleted_files_when_their_time_is_up() -> None:
    def after(days: int) -> Value:
        return {"version": {"delete": {"daysAfterCreationGreaterThan": days}}}

    assert rules() == {
        "former-documents": (["feed/ids/", "feed/search/"], after(1)),
        "deleted-files": (["feed/packages/", "feed/leaves/"], after(30)),
    }


def test_every_folder_of_the_feed_has_its_rule() -> None:
    drawn = re.findall(r"^ {4}(?:blobs)? +(\w+)/\S", paths.__doc__ or "", re.M)
    folders = {f"{paths.CONTAINER}/{each}/" for each in drawn}
    ruled = {str(each) for prefixes, _ in rules().values() for each in as_list(prefixes)}
    assert len(folders) >= 3
    assert folders - ruled == set()


@pytest.mark.parametrize("logs_reads", [True, False])
def test_writes_and_deletes_are_logged_and_reads_where_that_is_asked(logs_reads: bool) -> None:
    deployment = deploy(logReads=logs_reads)
    for symbol in ("feedBlobLogs", "feedTableLogs"):
        assert deployment.get(symbol).body["properties"] == {
            "workspaceId": deployment.get("workspace").id,
            "logs": [
                {"category": "StorageWrite", "enabled": True},
                {"category": "StorageDelete", "enabled": True},
                {"category": "StorageRead", "enabled": logs_reads},
            ],
        }
