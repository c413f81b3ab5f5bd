from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.errors import InvalidLicense
from feed.nuget.licenses import LicenseExpression


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("MIT", "MIT"),
        ("GPL-2.0+", "GPL-2.0+"),
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("  MIT   AND\tZlib ", "MIT AND Zlib"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("(MIT OR( Apache-2.0)) AND Zlib", "(MIT OR (Apache-2.0)) AND Zlib"),
        ("LicenseRef-Contoso", "LicenseRef-Contoso"),
        ("DocumentRef-house:LicenseRef-Contoso", "DocumentRef-house:LicenseRef-Contoso"),
        ("UNLICENSED", "UNLICENSED"),
        ("license OR exception AND start", "license OR exception AND start"),
    ],
)
def test_prints_with_single_blanks(given: str, printed: str) -> None:
    assert str(LicenseExpression.parse(given)) == printed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "it ends too early"),
        ("MIT OR", "it ends too early"),
        ("OR MIT", "'OR' cannot stand there"),
        ("MIT Apache-2.0", "'Apache-2.0' cannot stand there"),
        ("MIT or Apache-2.0", "'or' cannot stand there"),
        ("MIT AND OR Zlib", "'OR' cannot stand there"),
        ("()", "')' cannot stand there"),
        ("MIT (Zlib)", "'(' cannot stand there"),
        ("(MIT OR Zlib", "a parenthesis is not closed"),
        ("MIT) OR (Zlib", "a parenthesis is closed that was not opened"),
        ("(MIT) WITH Classpath-exception-2.0", "'WITH' cannot stand there"),
        ("MIT WITH a WITH b", "'WITH' cannot stand there"),
        ("MIT WITH (a)", "'(' cannot stand there"),
        ("MIT WITH a+", "'a+' is not an SPDX identifier"),
        ("MIT +", "'+' is not an SPDX identifier"),
        ("MIT/Zlib", "'MIT/Zlib' is not an SPDX identifier"),
        (
            "MIT\N{NO-BREAK SPACE}\N{LATIN SMALL LETTER E WITH ACUTE}",
            "'é' is not an SPDX identifier",
        ),
    ],
)
def test_says_what_breaks_the_grammar(text: str, rule: str) -> None:
    with pytest.raises(InvalidLicense) as refused:
        LicenseExpression.parse(text)
    assert str(refused.value) == f"license expression {text!r}: {rule}"


_SIMPLE = st.sampled_from(["MIT", "GPL-2.0+", "LicenseRef-House", "MPL-2.0 WITH Some-exception"])
_EXPRESSIONS = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        inner.map("({})".format),
        st.builds("{} AND {}".format, inner, inner),
        st.builds("{} OR {}".format, inner, inner),
    ),
)


@given(_EXPRESSIONS)
def test_takes_all_that_the_grammar_makes_and_prints_it_once_and_for_all(text: str) -> None:
    expression = LicenseExpression.parse(text)
    assert LicenseExpression.parse(str(expression)) == expression


@given(st.text(alphabet="MIT()+ WITHANDOR-:\x00é", max_size=40))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    with suppress(InvalidLicense):
        LicenseExpression.parse(text)


def test_parentheses_may_be_as_deep_as_the_text_is_long() -> None:
    deep = "(" * 100_000 + "MIT" + ")" * 100_000
    assert str(LicenseExpression.parse(deep)) == deep
