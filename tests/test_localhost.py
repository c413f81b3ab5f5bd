import pytest

from feed.localhost import decoded, pattern


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("v3/index.json", "/v3/index.json", {}),
        ("v3/index.json", "/V3/Index.JSON/", {}),
        ("v3/{id}/index.json", "/v3/Foo.Bar/index.json", {"id": "Foo.Bar"}),
        ("symbols/{*path}", "/symbols", {"path": None}),
        ("symbols/{*path}", "/symbols//a.pdb/1/a.pdb", {"path": "/a.pdb/1/a.pdb"}),
        ("{*path}", "/", {"path": ""}),
        ("x/{id?}", "/x", {"id": None}),
        ("x/{id?}", "/x/1", {"id": "1"}),
        ("{ignored:maxlength(0)?}", "/", {"ignored": ""}),
    ],
)
def test_a_template_takes_what_the_host_takes(
    template: str, path: str, values: dict[str, str | None]
) -> None:
    match = pattern(template).fullmatch(path)
    assert match
    assert match.groupdict() == values


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("v3/index.json", "/v3/indexXjson"),
        ("v3/{id}/index.json", "/v3/a/b/index.json"),
        ("v3/{id}/index.json", "/v3//index.json"),
        ("{ignored:maxlength(0)?}", "/x"),
    ],
)
def test_a_template_leaves_the_rest(template: str, path: str) -> None:
    assert not pattern(template).fullmatch(path)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/a%20b", "/a b"),
        (b"/1.0.0%2Bx", "/1.0.0+x"),
        (b"/1.0.0+x", "/1.0.0+x"),
        (b"/a%2Fb%2fc", "/a%2Fb%2Fc"),
        (b"/%FF", "/\N{REPLACEMENT CHARACTER}"),
        (b"/%zz%4", "/%zz%4"),
    ],
)
def test_a_path_is_decoded_once_but_for_slashes(raw: bytes, path: str) -> None:
    assert decoded(raw) == path
