"""The annotated fixtures: what each language's files define, and what is offered at their cursors."""

from collections.abc import Callable
from pathlib import Path

import pytest
from annotations import FIXTURES, Offer, offers, plain, sources

from inhouse.context import Project
from inhouse.context.languages import LANGUAGES, dialect_of, query
from inhouse.context.outline import Outline, outline

OFFERS = [offer for path in sources() for offer in offers(path, "?")]
SCOPES = [offer for path in sources() for offer in offers(path, "=")]
USES = [offer for path in sources() for offer in offers(path, "@")]
RECEIVERS = [offer for path in sources() for offer in offers(path, ".")]


def name_of(path: Path) -> str:
    """The fixture's path as the test's name."""
    return path.relative_to(FIXTURES).as_posix()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_every_marked_definition_is_found(path: Path) -> None:
    """Kind, scope, name, line and arity of the definitions are those that the annotations say."""
    text, wanted, _ = plain(path.read_text(encoding="utf-8"))
    language = dialect_of(path, text)
    assert language
    found = {
        (symbol.line, symbol.kind, symbol.qualified, symbol.arity if symbol.kind in ("function", "method") else -1)
        for symbol in outline(language, text.encode()).symbols
    }

    missing = {(item.line, item.kind, item.qualified, item.arity) for item in wanted} - found

    assert not missing, sorted(found)


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{name_of(offer.path)}@{offer.offset}")
def test_what_the_cursor_needs_is_offered(offer: Offer, fixture_project: Callable[[str], Project]) -> None:
    """The names above the cursor's line stand in the gathered chunks; the unwanted ones in no signature."""
    language, _, path = name_of(offer.path).partition("/")
    project = fixture_project(language)

    chunks = project.gather(project.root / path, offer.text, offer.offset, 3000)

    text = "\n".join(chunk.text for chunk in chunks)
    assert [name for name in offer.wanted if name not in text] == []
    signatures = "\n".join(chunk.text for chunk in chunks if chunk.kind == "signature" and chunk.stable)
    assert [name for name in offer.unwanted if name in signatures] == []
    assert path not in {chunk.path for chunk in chunks}


@pytest.mark.parametrize("offer", SCOPES, ids=lambda offer: f"{name_of(offer.path)}@{offer.offset}")
def test_names_in_scope_are_those_of_the_annotations(offer: Offer, fixture_project: Callable[[str], Project]) -> None:
    """Farther names come last; what stands in another function is not in scope, half-written line or not."""
    language, _, path = name_of(offer.path).partition("/")
    project = fixture_project(language)
    for text in (offer.text, offer.text[: offer.offset] + "wei(" + offer.text[offer.offset :]):
        names = [item.name for item in project.names(project.root / path, text, offer.offset)]

        assert [name for name in offer.wanted if name not in names] == [], names[:40]
        assert [name for name in offer.unwanted if name in names] == []
        assert len(names) == len(set(names))
        places = [names.index(name) for name in offer.wanted]
        assert places[-1] == max(places), "the annotation lists the farthest last"


@pytest.mark.parametrize("offer", RECEIVERS, ids=lambda offer: f"{name_of(offer.path)}@{offer.receiver}")
def test_members_are_those_of_the_receivers_class(offer: Offer, fixture_project: Callable[[str], Project]) -> None:
    """Own members and those of bases in other files; closed only where every base is known."""
    language, _, path = name_of(offer.path).partition("/")
    project = fixture_project(language)

    found = project.members(project.root / path, offer.text, offer.offset, offer.receiver)

    names = [item.name for item in found.names] + (["(closed)"] if found.closed else [])
    assert [name for name in offer.wanted if name not in names] == [], found
    assert [name for name in offer.unwanted if name in names] == []


@pytest.mark.parametrize("offer", USES, ids=lambda offer: f"{name_of(offer.path)}@{offer.line}")
def test_uses_are_those_of_the_annotations(offer: Offer, fixture_project: Callable[[str], Project]) -> None:
    """Each line's uses with their kinds; calls are found without opening the file."""
    language, _, path = name_of(offer.path).partition("/")
    project = fixture_project(language)

    def found(said: str) -> bool:
        kind, _, name = said.partition(":")
        uses = {(use.path, use.line): use.kind for use in project.references(name)}
        called = (path, offer.line) in {(use.path, use.line) for use in project.callers(name)}
        assert called == (uses.get((path, offer.line)) == "call")
        return uses.get((path, offer.line)) == kind

    assert [said for said in offer.wanted if not found(said)] == []
    assert [said for said in offer.unwanted if found(said)] == []


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_every_language_has_its_queries(name: str) -> None:
    """The queries compile against the installed grammar and find nothing in an empty file."""
    assert query(name, "outline", "imports").pattern_count > 5
    assert query(name, "references").pattern_count > 0
    assert outline(name, b"") == Outline()
