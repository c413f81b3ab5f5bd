from hypothesis import given, settings
from hypothesis import strategies as st

from feed.nuget.leaf import Leaf
from feed.nuget.manifest import Dependency, DependencyGroup, Manifest, PackageType
from feed.nuget.search_card import LARGEST, Card
from tests.builders import Ranges
from tests.nuget.manifests import parsed
from tests.nuget.versions import leaf, plain


def test_a_card_says_what_search_needs() -> None:
    dependencies: dict[str, Ranges] = {"": {"A": "1.0.0"}, "net8.0": {"a": "2.0.0", "B": None}}
    manifest = parsed(
        "Contoso.Json",
        "1.2.0-rc.1+abc",
        title="JSON",
        authors="Ann, Bob ;Cecil",
        description="Reads JSON.",
        summary="JSON",
        tags="json web",
        project_url="https://contoso.example/json",
        license="MIT",
        package_types={"DotnetTool": None, "Template": "1.0"},
        dependencies=dependencies,
    )
    card = Card.of(leaf(manifest, "icon.png", "readme.md"))
    assert card == Card(
        id="Contoso.Json",
        version="1.2.0-rc.1+abc",
        semver2=True,
        title="JSON",
        authors="Ann, Bob ;Cecil",
        description="Reads JSON.",
        summary="JSON",
        tags=("json", "web"),
        types=("DotnetTool", "Template"),
        project_url="https://contoso.example/json",
        license_expression="MIT",
        files=("icon.png", "readme.md"),
        dependencies=("A", "B"),
        size=20480,
    )
    assert card.owners == ["Ann", "Bob", "Cecil"]


def test_a_package_of_no_type_is_a_dependency() -> None:
    assert Card.of(plain("1.0.0")).types == ("Dependency",)


_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just('"'), max_size=9)


@settings(max_examples=30)
@given(_texts, st.integers(1, 4000), st.integers(1, 3000))
def test_a_card_fits_into_a_property_whatever_the_manifest_says(
    text: str, length: int, count: int
) -> None:
    long = (text * length)[:4000] or "x"
    card = Card.of(_leaf(long, [text or "x"] * count))
    assert len(card.model_dump_json(exclude_defaults=True).encode("utf-16-le")) // 2 <= LARGEST


def test_the_largest_card_fits_too() -> None:
    card = Card.of(_leaf("\U0001f4e6" * 4000, ["\U0001f4e6"] * 5000))
    assert len(card.model_dump_json().encode("utf-16-le")) // 2 <= LARGEST
    card = Card.of(_leaf('"' * 4000, ["\n"] * 5000))
    assert len(card.model_dump_json().encode("utf-16-le")) // 2 <= LARGEST


def test_an_address_that_is_too_long_is_left_out_and_a_text_is_cut() -> None:
    card = Card.of(_leaf("x" * 4000, []))
    assert (card.project_url, card.icon_url, card.license_url) == (None, None, None)
    assert (len(card.description), len(card.title or "")) == (4000, 1000)


def _leaf(text: str, texts: list[str]) -> Leaf:
    ids = (Dependency(id=f"{each}{n}", range="") for n, each in enumerate(texts))
    return leaf(
        Manifest(
            id="x" * 100,
            version="1.0.0",
            title=text,
            authors=text,
            description=text,
            summary=text,
            tags=tuple(texts),
            project_url=text,
            icon_url=text,
            license_url=text,
            license_expression=text,
            package_types=tuple(PackageType(name=each) for each in texts),
            dependency_groups=(DependencyGroup(dependencies=tuple(ids)),),
        ),
        "icon.png",
        "readme.md",
        "license.txt",
    )
