"""Outlines survive the database."""

from hypothesis import given
from hypothesis import strategies as st

from inhouse.context.outline import Import, Outline, Symbol
from inhouse.context.packing import pack, unpack
from inhouse.context.squeezing import squeeze

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x01"), max_size=12)
LINE = st.integers(1, 10**6)
SYMBOLS = st.builds(Symbol, TEXT.filter(bool), TEXT, TEXT, LINE, LINE, TEXT, TEXT, TEXT, st.integers(-1, 9))
IMPORTS = st.builds(Import, TEXT, TEXT, TEXT, LINE)
OUTLINES = st.builds(Outline, st.lists(SYMBOLS).map(tuple), st.lists(IMPORTS).map(tuple), TEXT)


@given(OUTLINES)
def test_what_is_packed_comes_back(outline: Outline) -> None:
    assert unpack(pack(outline)) == outline


def test_a_symbol_takes_few_bytes() -> None:
    symbols = tuple(
        Symbol(f"method_{i}", "method", "Shelf", i, i + 3, f"def method_{i}(self, box: Box) -> None:", "", "", 2)
        for i in range(1, 101)
    )

    assert len(squeeze(pack(Outline(symbols)), b"")) / 100 < 12
