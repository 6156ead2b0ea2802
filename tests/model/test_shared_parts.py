"""Prompts in text, what servers say, and the token: the parts of a shared engine that need no server."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.model import FillRequest, ModelError
from inhouse.model.families import FAMILIES
from inhouse.model.shared.dialects import AVOIDED, Event, LlamaDialect, OpenAIDialect, Said
from inhouse.model.shared.secret import token_for
from inhouse.model.shared.text import Asked, TextLayout, harmless
from inhouse.model.shared.writing import UNSTATED, Writing

REQUEST = FillRequest("a.py", "import os\n\nx = f(ite", "\nprint(1)\n")


def whole(asked: Asked, layout: TextLayout) -> str:
    return "".join(layout.controls[part] if isinstance(part, int) else part for part in asked.parts) + asked.healed


NAMED = "<|file_sep|>a.py\n"


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("Qwen2.5-Coder", f"{NAMED}<|fim_prefix|>import os\n\n<|fim_suffix|>\nprint(1)\n<|fim_middle|>x = f(ite"),
        ("inhouse core", f"{NAMED}<|fim_prefix|><|fim_suffix|>\nprint(1)\n<|fim_middle|>import os\n\nx = f(ite"),
        ("Codestral", "# a.py\n[SUFFIX]\nprint(1)\n[PREFIX]import os\n\nx = f(ite"),
        ("Mellum", "<filename>a.py\n<fim_suffix>\nprint(1)\n<fim_prefix>import os\n\nx = f(<fim_middle>ite"),
    ],
)
def test_the_layouts_are_those_of_the_engine_in_this_process(family: str, expected: str) -> None:
    layout = TextLayout(FAMILIES[family], 2048)

    assert whole(layout.ask(REQUEST), layout) == expected


@pytest.mark.parametrize(
    ("prefix", "healed"),
    [
        ("x = net_pr", " net_pr"),
        ("self.", "."),
        ("return ", " "),
        ("def f():\n    ", "    "),
        ("def f():\n", ""),
        ("print(", "("),
    ],
)
def test_what_stands_at_the_cursor_is_said_again(prefix: str, healed: str) -> None:
    layout = TextLayout(FAMILIES["inhouse core"], 2048)

    assert layout.ask(FillRequest("a.py", "import os\n" + prefix, "")).healed == healed
    assert layout.ask(FillRequest("a.py", "import os\n" + prefix, ""), heal=False).healed == ""


@pytest.mark.parametrize(
    ("prefix", "healed"),
    [("x = net_pr", " net_pr"), ("self.na", ".na"), ("f(ar", "(ar"), ("f(", "("), ("x = ", " "), ("\nname", "name")],
)
def test_what_tokenizers_join_with_a_name_is_said_again_with_it(prefix: str, healed: str) -> None:
    layout = TextLayout(FAMILIES["inhouse core"], 2048)

    assert layout.ask(FillRequest("a.py", "import os\n" + prefix, ""), joined=True).healed == healed


@pytest.mark.parametrize("text", ["<|fim_middle|>", "<fim_prefix>", "[SUFFIX]", "<｜fim▁hole｜>", "</s>", "<|x|>"])
def test_control_tokens_in_a_file_are_just_text(text: str) -> None:
    assert text not in harmless(f"x = '{text}'")
    assert harmless(f"x = '{text}'").replace(" ", "") == f"x='{text}'"


@pytest.mark.parametrize("text", ["a < b | c > d", "List[str]", "<div>", "if x <s and y> t", "dict[PREFIX_A]"])
def test_code_that_only_looks_alike_stays(text: str) -> None:
    assert harmless(text) == text


@given(prefix=st.text(max_size=9000), suffix=st.text(max_size=4000), family=st.sampled_from(sorted(FAMILIES)))
def test_any_text_fits_and_can_be_sent(prefix: str, suffix: str, family: str) -> None:
    layout = TextLayout(FAMILIES[family], 512)

    asked = layout.ask(FillRequest("a.py", prefix, suffix))

    json.dumps(asked.parts).encode()
    assert asked.characters <= 512 * 3.6
    assert all("<|fim_middle|>" not in part for part in asked.parts if isinstance(part, str))


def test_a_file_s_prompts_are_as_long_as_its_tokens_allow() -> None:
    layout, text = TextLayout(FAMILIES["inhouse core"], 512), "word " * 2000

    def length(path: str) -> int:
        return layout.ask(FillRequest(path, text, text)).characters

    usual = length("a.py")
    layout.count("wide.py", 4_500, 1_000)
    layout.count("odd.py", 100, 1_000)
    assert layout.is_counted("wide.py")
    assert length("wide.py") > usual > length("odd.py") > 0
    assert layout.shrink("a.py")
    assert length("a.py") < usual
    assert not layout.shrink("odd.py"), "it is little enough"


def test_llamas_own_request_and_events() -> None:
    dialect = LlamaDialect([11, 12, 13, 14, 15])
    body = dialect.body(["a", 0, "b"], 7, 'ne"t')
    assert (body["prompt"], body["n_predict"], body["cache_prompt"]) == (["", "a", 11, "b"], 7, True)
    assert body["grammar"] == 'root ::= "ne\\"t" .*'

    row = {"id": 5, "token": "x", "bytes": [120], "logprob": -0.5, "top_logprobs": [{"id": 6, "token": "y", "bytes": [121], "logprob": -1.0}]}  # fmt: skip  # noqa: E501
    event = dialect.read({"stop": False, "completion_probabilities": [row]})
    assert (event.said[0].id, event.said[0].text, event.said[0].likely[0].text, event.ended) == (5, b"x", b"y", None)
    last = dialect.read({"stop": True, "stop_type": "limit", "tokens_evaluated": 40, "timings": {"cache_n": 30}})
    assert last == Event((), "limit", 40, 30)


def test_tokens_to_avoid_are_told_to_the_server_that_knows_them_by_number() -> None:
    told = LlamaDialect([]).body(["a"], 7, "", [5, 9])

    assert told["logit_bias"] == [[5, -AVOIDED], [9, -AVOIDED]]
    assert "logit_bias" not in LlamaDialect([]).body(["a"], 7, "")
    assert "logit_bias" not in OpenAIDialect("m", []).body(["a"], 7, "", [5])


def test_openais_two_forms_of_events() -> None:
    dialect = OpenAIDialect("m", ["<P>", "<S>"])
    assert dialect.body([0, "a", 1], 7, "a")["prompt"] == "<P>a<S>"
    older = {"tokens": ["x"], "token_logprobs": [-0.1], "top_logprobs": [{"x": -0.1, "y": -2.0}]}
    event = dialect.read({"choices": [{"text": "x", "logprobs": older, "finish_reason": "length"}]})
    assert (event.said[0].text, event.said[0].logarithm, len(event.said[0].likely), event.ended) == (
        b"x",
        -0.1,
        2,
        "limit",
    )
    chat: dict[str, object] = {"content": [{"token": "x", "bytes": None, "logprob": -0.1, "top_logprobs": []}]}
    assert dialect.read({"choices": [{"text": "x", "logprobs": chat}]}).said[0].text == b"x"
    assert dialect.read({"choices": [{"text": "x", "logprobs": None}]}).said == (Said(-1, b"x", None),)
    assert dialect.read({"choices": []}) == Event()


def said(text: str, logarithm: float | None = -0.5) -> Said:
    return Said(1, text.encode(), logarithm)


def test_an_answer_less_the_healed_text_ends_with_its_line() -> None:
    writing = Writing(b"net_pr", 1)

    assert [writing.add(said(text)) for text in ("net", "_price", "(x)\n    y")] == [True, True, False]

    assert (writing.text, writing.stop) == ("ice(x)", "line")
    assert [token.text for token in writing.tokens] == ["", "ice", "(x)"]


def test_an_answer_that_strays_may_take_a_detour() -> None:
    likely = Said(1, b"all", -0.1, (Said(2, b"net", -3.0), Said(3, b"n", -2.0), Said(4, b"z", -1.0)))  # type: ignore[arg-type]
    writing = Writing(b"net_pr", 1)

    assert not writing.add(likely)
    assert writing.strayed
    assert writing.detour is not None
    assert writing.detour.text == b"n"
    assert writing.turn()
    assert (writing.said, writing.text, writing.strayed) == (b"n", "", False)


def test_probabilities_and_their_absence() -> None:
    sure = Writing(b"", 1)
    sure.add(said("x", math.log(0.5)))
    unstated = Writing(b"", 1)
    unstated.add(said("x", None))

    assert sure.tokens[0].probability == pytest.approx(0.5)
    assert unstated.tokens[0].probability == UNSTATED


def test_a_split_character_stands_with_its_last_token() -> None:
    writing = Writing(b"", 1)
    for piece in "é😀".encode():
        writing.add(Said(1, bytes([piece]), -0.1))

    assert writing.text == "é😀"


def test_the_token_comes_from_the_environment_before_the_keyring() -> None:
    kept = {("inhouse", "gpu.example.com:8000"): "kept"}
    keyring = lambda service, name: kept.get((service, name))  # noqa: E731

    assert token_for("https://gpu.example.com:8000", {}, keyring) == "kept"
    assert token_for("https://gpu.example.com:8000", {"INHOUSE_SERVER_TOKEN": "told"}, keyring) == "told"
    assert token_for("http://127.0.0.1:8000", {"INHOUSE_SERVER_TOKEN": "told"}, keyring) == "told"
    assert token_for("http://gpu.example.com", {}, keyring) is None


def test_the_token_is_not_sent_in_the_clear() -> None:
    with pytest.raises(ModelError, match="use https") as refused:
        token_for("http://gpu.example.com:8000", {"INHOUSE_SERVER_TOKEN": "told"}, lambda *_: None)
    assert "told" not in str(refused.value)
