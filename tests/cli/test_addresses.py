from socket import IPPROTO_TCP

import pytest

from feed.cli.addresses import bound, is_loopback, listen, public_url
from feed.cli.errors import AddressUnusable


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:7071"),
        ("localhost", "http://localhost:7071"),
        ("::1", "http://[::1]:7071"),
        ("0.0.0.0", "http://127.0.0.1:7071"),  # noqa: S104  (nothing listens on it)
        ("::", "http://[::1]:7071"),
    ],
)
def test_names_an_address_that_this_machine_reaches(host: str, url: str) -> None:
    assert public_url(host, 7071) == url


def test_answers_leave_without_delay() -> None:
    """asyncio leaves the delay of 40 ms where a socket does not name its protocol."""
    with bound("127.0.0.1", 0) as listener:
        assert listener.proto == IPPROTO_TCP


def test_a_taken_port_is_named() -> None:
    with bound("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(AddressUnusable) as caught, bound("127.0.0.1", port):
            pass
    assert str(caught.value) == (
        f"cannot listen on 127.0.0.1 port {port}: address already in use; --port takes another"
    )


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", True), ("0.0.0.0", False)])  # noqa: S104
def test_knows_whether_other_machines_are_answered(host: str, *, expected: bool) -> None:
    with bound(host, 0) as listener:
        assert is_loopback(listener) is expected


def test_a_port_that_two_have_bound_goes_to_the_first_who_listens() -> None:
    with bound("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with bound("127.0.0.1", port) as second:
            listen(first)
            with pytest.raises(AddressUnusable):
                listen(second)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-machine.invalid"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises(AddressUnusable) as caught, bound(host, 7071):
        pass
    assert str(caught.value).startswith(f"cannot listen on {host} port 7071: ")
    assert str(caught.value).endswith("; --host takes another")
