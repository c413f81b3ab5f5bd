"""Strategies for versions and their parts, as people write them."""

from hypothesis import strategies as st

from feed.nuget.version import Version

any_text = st.text(
    alphabet="0129.-+_ abZ*[](),$/\t\n\x00\xe4\u0130\u0661\ud800\U0001f600", max_size=20
)
"""Of characters that matter to some grammar, or look as if they did."""

IDENTIFIERS = """
    0 1 9 10 2147483647 2147483648 99999999999 -1 -01 -2147483648 -2147483649 -- -
    1a 0a a B b RC rc a-b beta Beta
"""

numbers = st.sampled_from(["0", "00", "1", "01", "2", "9", "10", "2147483647"])
identifiers = st.sampled_from(IDENTIFIERS.split())
dotted = st.lists(identifiers, min_size=1, max_size=3).map(".".join)


@st.composite
def version_texts(draw: st.DrawFn) -> str:
    text = ".".join(draw(st.lists(numbers, min_size=1, max_size=4)))
    label, metadata = draw(st.none() | dotted), draw(st.none() | dotted)
    text += "" if label is None else f"-{label}"
    return text + ("" if metadata is None else f"+{metadata}")


versions = version_texts().map(Version.parse)
