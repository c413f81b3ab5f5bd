import pytest

from feed.settings import InvalidSettings, Settings

ENOUGH = {"FEED_STORAGE": "memory:", "FEED_PUBLIC_URL": "https://feed.example"}


def test_an_empty_variable_counts_as_not_set() -> None:
    settings = Settings.from_environment({**ENOUGH, "FEED_STORAGE_ACCOUNT": "", "PATH": "/bin"})
    assert settings == Settings.from_environment(ENOUGH)


def test_the_public_address_loses_its_last_slash() -> None:
    settings = Settings.from_environment({**ENOUGH, "FEED_PUBLIC_URL": "https://feed.example/"})
    assert settings.public_url == "https://feed.example"


def test_every_problem_is_named_at_once() -> None:
    given = {"FEED_ADMIN_KEY": "short", "FEED_READ": "maybe", "FEED_STORAGE": "memory:"}
    with pytest.raises(InvalidSettings) as caught:
        Settings.from_environment(given)
    for part in ("FEED_PUBLIC_URL is not set", "FEED_ADMIN_KEY", "at least 20", "FEED_READ"):
        assert part in str(caught.value)


def test_a_variable_that_means_nothing_is_named() -> None:
    with pytest.raises(InvalidSettings, match="FEED_PUBLICURL is not a setting of this feed"):
        Settings.from_environment({**ENOUGH, "FEED_PUBLICURL": "https://x"})


@pytest.mark.parametrize("address", ["feed.example", "ftp://feed.example", "https://x/?a=b"])
def test_a_public_address_that_clients_cannot_use_is_refused(address: str) -> None:
    with pytest.raises(InvalidSettings, match="FEED_PUBLIC_URL is not an address"):
        Settings.from_environment({**ENOUGH, "FEED_PUBLIC_URL": address})


@pytest.mark.parametrize(
    "storage", [{}, {"FEED_STORAGE": "memory:", "FEED_STORAGE_ACCOUNT": "contosofeed"}]
)
def test_storage_is_reached_in_exactly_one_way(storage: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings, match="either FEED_STORAGE or FEED_STORAGE_ACCOUNT"):
        Settings.from_environment({"FEED_PUBLIC_URL": "https://feed.example", **storage})


def test_a_secret_is_never_repeated() -> None:
    given = {**ENOUGH, "FEED_ADMIN_KEY": "hunter2"}
    with pytest.raises(InvalidSettings) as caught:
        Settings.from_environment(given)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(
        Settings.from_environment({**ENOUGH, "FEED_ADMIN_KEY": "hunter2" * 4})
    )


def test_a_package_that_could_never_be_received_is_no_limit() -> None:
    with pytest.raises(InvalidSettings) as caught:
        Settings.from_environment({**ENOUGH, "FEED_MAX_PACKAGE_MB": "600", "FEED_READ": "maybe"})
    problem = "FEED_MAX_RECEIVING_MB is 512, less than FEED_MAX_PACKAGE_MB, which is 600"
    assert problem in str(caught.value)
