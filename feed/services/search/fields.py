"""What the engine keeps of a package, and under which names.

An id has one document for each version that some view shows, with that version's
texts; all of them repeat what is known of every version. An id with nothing to
show has one document that only says so. A document is found through terms that
are made here, so the engine's own notions of a word do not matter.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tantivy import Document, FieldType, Query, Schema, SchemaBuilder

from feed.nuget.search import Hit
from feed.nuget.search_card import Card
from feed.nuget.search_package import Known, Package, dump_versions, load_versions
from feed.nuget.search_words import beginnings, index_words

GRAM: Final = 4
"""Letters that an id is cut into, one after another, to find what is in the middle of it."""

START: Final = "^"
"""Stands before an id that is cut so, and never in one."""

MOST_DOWNLOADS: Final = 2**40

# Of the id.
ID = "id"
WORDS = "words"
EDGES = "edges"
GRAMS = "grams"

# Of the version that is shown. Each of the labels is a title's, a tag's or an author's word.
TITLE = "title"
LABELS = "labels"
TEXT = "text"
SUMMARY = "summary"
AUTHOR = "author"
OWNER = "owner"
TAG = "tag"
TYPE = "type"
VERSION = "version"
DEPENDENCY = "dependency"
VIEW = "view"

# What hits are ordered by: downloads, and then downloads and id as one text.
DOWNLOADS = "downloads"
ORDER = "order"

# Of the id, in the first of its documents only: so that they add up.
COUNT = "count"
SIZE = "size"

_CARD = "card"
_VERSIONS = "versions"

_EXACT = (OWNER, TAG, TYPE, VERSION, DEPENDENCY, VIEW)
_SPLIT = (WORDS, EDGES, TITLE, LABELS, TEXT, SUMMARY, AUTHOR)


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field(ID, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(GRAMS, tokenizer_name="whitespace", index_option="position")
    for name in _EXACT:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in _SPLIT:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_unsigned_field(DOWNLOADS, fast=True)
    builder.add_unsigned_field(COUNT, fast=True)
    builder.add_unsigned_field(SIZE, fast=True)
    builder.add_text_field(ORDER, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field(_CARD, stored=True)
    builder.add_bytes_field(_VERSIONS, stored=True)
    return builder.build()


SCHEMA: Final = _schema()


def documents(lower_id: str, package: Package) -> Iterator[Document]:
    """Make all documents of an id."""
    for number, document in enumerate(_documents(lower_id, package)):
        if number == 0:
            document.add_unsigned(COUNT, len(package.versions))
            document.add_unsigned(SIZE, package.size)
        yield document


def package(found: Iterable[Document]) -> Package:
    """Make of all documents of an id what they were made of."""
    versions: tuple[Known, ...] = ()
    cards = {}
    for document in found:
        versions = versions or _known(document)
        if document.get_first(_CARD):
            card = _card(document)
            attempt = next(each.attempt for each in versions if each.version == card.version)
            cards[attempt] = card
    return Package(versions, cards)


def hit(document: Document) -> Hit:
    return Hit(_card(document), _known(document))


def lower_id(document: Document) -> str:
    return str(document.get_first(ID))


def downloaded(least: int, most: int) -> Query:
    """Ask for what has from so many to so many downloads."""
    return Query.range_query(
        SCHEMA, DOWNLOADS, FieldType.Unsigned, lower_bound=least, upper_bound=most
    )


def order(lower_id: str, downloads: int) -> str:
    """Spell downloads and id so that texts in order are the most downloaded first, then by id."""
    return f"{MOST_DOWNLOADS - downloads:011x}{lower_id}"


def ordered(text: str) -> tuple[int, str]:
    """Read downloads and id back."""
    return MOST_DOWNLOADS - int(text[:11], 16), text[11:]


def grams(text: str) -> list[str]:
    """Cut a text at every letter; the last pieces are shorter than the others."""
    return [text[at : at + GRAM] for at in range(len(text))]


def _card(document: Document) -> Card:
    return Card.model_validate_json(document.get_first(_CARD) or b"")


def _documents(lower_id: str, package: Package) -> Iterator[Document]:
    versions = dump_versions(package.versions)
    downloads = min(package.downloads, MOST_DOWNLOADS)
    for known, views in package.shown.items():
        document = _document(lower_id, versions)
        _add_id(document, lower_id)
        _add_card(document, package.cards[known.attempt])
        _add(document, VIEW, (view.name for view in views))
        document.add_unsigned(DOWNLOADS, downloads)
        document.add_text(ORDER, order(lower_id, downloads))
        yield document
    if package.versions and not package.shown:
        yield _document(lower_id, versions)


def _known(document: Document) -> tuple[Known, ...]:
    return load_versions(document.get_first(_VERSIONS) or b"[]")


def _document(lower_id: str, versions: bytes) -> Document:
    document = Document()
    document.add_text(ID, lower_id)
    document.add_bytes(_VERSIONS, versions)
    return document


def _add_id(document: Document, lower_id: str) -> None:
    document.add_text(GRAMS, " ".join(grams(START + lower_id)))


def _add_card(document: Document, card: Card) -> None:
    words, title = index_words(card.id), index_words(card.title or card.id)
    texts = {
        WORDS: words,
        EDGES: beginnings(words),
        TITLE: title,
        LABELS: [*title, *index_words(f"{' '.join(card.tags)} {card.authors}")],
        TEXT: index_words(f"{card.description} {card.summary or ''}"),
        SUMMARY: index_words(card.summary or ""),
        AUTHOR: index_words(card.authors),
    }
    for name, tokens in texts.items():
        document.add_text(name, " ".join(tokens))
    _add(document, OWNER, card.owners)
    _add(document, TAG, card.tags)
    _add(document, TYPE, card.types)
    _add(document, DEPENDENCY, card.dependencies)
    _add(document, VERSION, [card.version.partition("+")[0]])
    document.add_bytes(_CARD, card.model_dump_json(exclude_defaults=True).encode())


def _add(document: Document, name: str, values: Iterable[str]) -> None:
    for value in values:
        document.add_text(name, value.lower())
