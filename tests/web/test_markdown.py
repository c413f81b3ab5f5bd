"""Readmes that are written to be read, and readmes that are written to do harm."""

import pytest

from feed.web.markdown import LARGEST, render


@pytest.mark.parametrize(
    ("readme", "html"),
    [
        ("# Title", "<h3>Title</h3>"),
        ("###### Least", "<h6>Least</h6>"),
        ("a *b* **c** ~~d~~", "<p>a <em>b</em> <strong>c</strong> <del>d</del></p>"),
        (
            "[site](https://a.example)",
            '<p><a href="https://a.example" rel="nofollow noopener noreferrer">site</a></p>',
        ),
        (
            "![icon](https://a.example/i.png)",
            '<p><img src="https://a.example/i.png" alt="icon"></p>',
        ),
        ("![icon](docs/i.png)", '<p><img alt="icon"></p>'),
        ("![icon](http://a.example/i.png)", '<p><img alt="icon"></p>'),
        ("[file](docs/a.md)", '<p><a rel="nofollow noopener noreferrer">file</a></p>'),
        ("\ufeffText", "<p>Text</p>"),
        ("```csharp\nvar x;\n```", "<pre><code>var x;\n</code></pre>"),
    ],
)
def test_renders(readme: str, html: str) -> None:
    assert render(readme.encode()) == html + "\n"


@pytest.mark.parametrize(
    "readme",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<iframe src=javascript:alert(1)></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>body{display:none}</style>",
        "<form action=https://evil.example><input name=key></form>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
        '![x](https://a.example/"onerror="alert(1))',
        '[x](https://a.example "t\\" onclick=alert(1) x=\\"")',
        '<https://a.example/"onclick=alert(1)>',
        "```html\n<script>alert(1)</script>\n```",
        '```"><script>alert(1)</script>\nx\n```',
        "| <script> |\n|---|\n| <b onclick=alert(1)> |",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<!-- --><script>alert(1)</script>-->",
        "<scr<script>ipt>alert(1)</script>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_nothing_in_a_readme_runs(readme: str) -> None:
    html = (render(readme.encode()) or "").lower()
    elements = [each.partition(">")[0] for each in html.split("<")[1:]]
    for element in elements:
        name = element.strip("/").split()[0] if element.strip("/") else ""
        assert name not in {"script", "style", "svg", "iframe", "form", "input", "math"}
        assert " on" not in _without_values(element)
        assert "javascript:" not in element
        assert "data:" not in element


@pytest.mark.parametrize(
    "readme",
    [
        b"x" * (LARGEST + 1),
        b">" * 200 + b" deep",
        b"- " * 200 + b"x",
    ],
    ids=["too large", "quotes", "lists"],
)
def test_what_is_too_large_or_too_deep_is_not_rendered(readme: bytes) -> None:
    assert render(readme) is None


def test_bytes_that_are_no_text_are_marked() -> None:
    assert render(b"a\xffb") == "<p>a\N{REPLACEMENT CHARACTER}b</p>\n"


def _without_values(element: str) -> str:
    return "".join(element.split('"')[::2])
