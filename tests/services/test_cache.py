import threading

import pytest

from feed.services.answers import Answer
from feed.services.cache import Cache
from feed.storage.blobs import Blob
from feed.storage.memory import MemoryBlobs

KIB = 2**10
LIMIT = 8 * KIB


class Capitals:
    """Renders a document in capitals, an empty one not at all, and knows how often and where."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def __call__(self, document: bytes) -> Answer | None:
        self.threads.append(threading.get_ident())
        return Answer.plain(document.upper()) if document else None


class MeteredBlobs(MemoryBlobs):
    """Counts the questions, and the bytes that the answers moved."""

    def __init__(self) -> None:
        super().__init__()
        self.questions = self.moved = 0

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        found = await super().find(path, known=known)
        self.questions += 1
        self.moved += len(found.body) if found and found is not known else 0
        return found


@pytest.fixture
def blobs() -> MeteredBlobs:
    return MeteredBlobs()


@pytest.fixture
def cache(blobs: MeteredBlobs) -> Cache:
    return Cache(blobs, limit=LIMIT)


async def test_every_read_asks_storage_but_moves_only_what_is_new(
    blobs: MeteredBlobs, cache: Cache
) -> None:
    etag = await blobs.create("a", b"old")
    for _ in range(3):
        assert await cache.find("a") == Blob(b"old", etag)
    assert (blobs.questions, blobs.moved) == (3, 3)
    etag = await blobs.replace("a", b"newer", etag=etag)
    assert await cache.find("a") == Blob(b"newer", etag)
    assert (blobs.questions, blobs.moved) == (4, 8)


async def test_a_document_that_is_gone_is_gone(blobs: MeteredBlobs, cache: Cache) -> None:
    await blobs.create("a", b"old")
    assert await cache.find_answer("a", "capitals", Capitals()) == Answer.plain(b"OLD")
    await blobs.delete("a")
    assert await cache.find_answer("a", "capitals", Capitals()) is None
    assert await cache.find("a") is None


async def test_an_answer_is_made_once_for_each_state_of_its_document(
    blobs: MeteredBlobs, cache: Cache
) -> None:
    render = Capitals()
    etag = await blobs.create("a", b"old")
    answers = [await cache.find_answer("a", "capitals", render) for _ in range(3)]
    await blobs.replace("a", b"new", etag=etag)
    answers += [await cache.find_answer("a", "capitals", render) for _ in range(3)]
    assert answers == [Answer.plain(b"OLD")] * 3 + [Answer.plain(b"NEW")] * 3
    assert (len(render.threads), blobs.questions, blobs.moved) == (2, 6, 6)


async def test_answers_of_one_document_go_by_their_names(blobs: MeteredBlobs, cache: Cache) -> None:
    await blobs.create("a", b"text")
    assert await cache.find_answer("a", "capitals", Capitals()) == Answer.plain(b"TEXT")
    assert await cache.find_answer("a", "as it is", Answer.plain) == Answer.plain(b"text")


async def test_a_document_without_an_answer_is_asked_again(
    blobs: MeteredBlobs, cache: Cache
) -> None:
    render = Capitals()
    await blobs.create("a", b"")
    assert [await cache.find_answer("a", "capitals", render) for _ in range(2)] == [None, None]
    assert len(render.threads) == 2


async def test_what_was_used_longest_ago_makes_room(blobs: MeteredBlobs, cache: Cache) -> None:
    for path in ("a", "b", "c"):
        await blobs.create(path, b"x" * 3 * KIB)
    for path in ("a", "b", "a", "c"):
        await cache.find(path)
    assert blobs.moved == 9 * KIB
    await cache.find("a")
    await cache.find("c")
    assert blobs.moved == 9 * KIB
    await cache.find("b")
    assert blobs.moved == 12 * KIB


async def test_answers_make_room_for_answers(blobs: MeteredBlobs, cache: Cache) -> None:
    render = Capitals()
    for path in ("a", "b", "c"):
        await blobs.create(path, b"x" * 3 * KIB)
        await cache.find_answer(path, "capitals", render)
    await cache.find_answer("c", "capitals", render)
    assert len(render.threads) == 3
    await cache.find_answer("a", "capitals", render)
    assert len(render.threads) == 4


async def test_what_is_too_large_is_answered_and_not_kept(
    blobs: MeteredBlobs, cache: Cache
) -> None:
    await blobs.create("small", b"x")
    await blobs.create("large", b"x" * 2 * LIMIT)
    for _ in range(2):
        await cache.find("small")
        answer = await cache.find_answer("large", "capitals", Capitals())
        assert answer == Answer.plain(b"X" * 2 * LIMIT)
    assert blobs.moved == 1 + 4 * LIMIT


async def test_many_small_things_are_bounded_too(blobs: MeteredBlobs, cache: Cache) -> None:
    paths = [f"a/{number}" for number in range(50)]
    for path in paths:
        await blobs.create(path, b"x")
        await cache.find(path)
    for path in reversed(paths):
        await cache.find(path)
    assert blobs.moved > 80


async def test_only_a_large_document_leaves_the_thread(blobs: MeteredBlobs) -> None:
    render, cache = Capitals(), Cache(blobs)
    await blobs.create("small", b"x")
    await blobs.create("large", b"x" * 300 * KIB)
    await cache.find_answer("small", "capitals", render)
    await cache.find_answer("large", "capitals", render)
    here = threading.get_ident()
    assert [thread == here for thread in render.threads] == [True, False]
