"""What the index keeps of a definition's head: its attributes or decorators, and its documentation's first line."""

import pytest

from inhouse.context.outline import Symbol, outline

CASES = {
    "python": (
        '@app.get("/boxes")\nasync def boxes(most: int = 9) -> list[Box]:\n    """All boxes.\n\n    More."""\n',
        '@app.get("/boxes") async def boxes(most: int = 9) -> list[Box]:',
    ),
    "typescript": (
        'class Shop {\n  /**\n   * All boxes. */\n  @Get("/boxes")\n  @Cached()\n  boxes(most: number): Box[] {}\n}\n',
        '@Get("/boxes") @Cached() boxes(most: number): Box[]',
    ),
    "javascript": (
        "class Shop {\n  // All boxes.\n  @cached\n  boxes(most) {}\n}\n",
        "@cached boxes(most)",
    ),
    "rust": (
        "/// All boxes.\n#[must_use]\n#[inline]\npub fn boxes(most: usize) -> Vec<Box> {\n}\n",
        "#[must_use] #[inline] pub fn boxes(most: usize) -> Vec<Box>",
    ),
    "java": (
        'class Shop {\n  /** All boxes. */\n  @Get("/boxes")\n  public List<Box> boxes(int most) {}\n}\n',
        '@Get("/boxes") public List<Box> boxes(int most)',
    ),
    "csharp": (
        'class Shop {\n  // All boxes.\n  [HttpGet("/boxes")]\n  public List<Box> Boxes(int most) {}\n}\n',
        '[HttpGet("/boxes")] public List<Box> Boxes(int most)',
    ),
    "php": (
        "<?php\nclass Shop {\n  // All boxes.\n  #[Route('/boxes')]\n  public function boxes(int $most): array {}\n}\n",
        "#[Route('/boxes')] public function boxes(int $most): array",
    ),
    "cpp": (
        "// All boxes.\n[[nodiscard]] int boxes(int most) {\n}\n",
        "[[nodiscard]] int boxes(int most)",
    ),
    "c": ("/* All boxes. */\nstatic int boxes(int most) {\n}\n", "static int boxes(int most)"),
    "go": ("// All boxes.\nfunc Boxes(most int) []Box {\n}\n", "func Boxes(most int) []Box"),
    "lua": ("--- All boxes.\nfunction boxes(most)\n  return most\nend\n", "function boxes(most)"),
    "ruby": ("# All boxes.\ndef boxes(most)\n  most\nend\n", "def boxes(most)"),
}


def boxes(language: str, text: str) -> Symbol:
    """The definition of that name."""
    [found] = [symbol for symbol in outline(language, text.encode()).symbols if symbol.name.lower() == "boxes"]
    return found


@pytest.mark.parametrize("language", CASES)
def test_a_head_has_its_marks_and_the_first_line_of_its_documentation(language: str) -> None:
    text, head = CASES[language]
    found = boxes(language, text)

    assert found.signature == head
    assert found.doc == "All boxes."
    assert "oxes(" in text.split("\n")[found.line - 1]


def test_what_is_marked_is_the_definition_below_only() -> None:
    text = "#[derive(Debug)]\nstruct Box;\n\n/// All boxes.\nfn boxes() {}\n"

    assert boxes("rust", text).signature == "fn boxes()"
