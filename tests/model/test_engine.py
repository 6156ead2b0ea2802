"""The embedded core through llama.cpp: KV reuse, cancellation, control tokens in text, refusals."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ggufs import FIM_METADATA, write
from vocabularies import Made

from inhouse.model import Block, CancelFlag, Fill, FillRequest, ModelError
from inhouse.model.batch_costs import BatchCosts
from inhouse.model.cells import FLASH_TYPES, Attention
from inhouse.model.engine import LlamaEngine, file_key
from inhouse.model.store import embedded_core

pytestmark = pytest.mark.integration

PREFIX = "import os\n\n\ndef size_of(path):\n    return os.path."
SUFFIX = "\n\n\ndef main():\n    print(size_of('a.txt'))\n"


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine(embedded_core().path, threads=1)
    yield engine
    engine.close()


def fill(engine: LlamaEngine, prefix: str = PREFIX, suffix: str = SUFFIX, max_tokens: int = 16) -> Fill:
    return engine.fill(FillRequest("size.py", prefix, suffix, max_tokens=max_tokens), CancelFlag())


def test_writes_one_line_with_probabilities(engine: LlamaEngine) -> None:
    answer = fill(engine)

    assert answer.text.strip()
    assert "\n" not in answer.text
    assert "".join(token.text for token in answer.tokens) == answer.text
    assert all(0 < token.probability <= 1 for token in answer.tokens)


def test_a_cancel_is_no_error_in_the_log(engine: LlamaEngine, caplog: pytest.LogCaptureFixture) -> None:
    long = FillRequest("log.py", "x = 1\n" * 200, SUFFIX, max_tokens=200, max_lines=50)
    stopped = False
    for delay_s in (0.001, 0.003, 0.01, 0.03, 0.1):  # one of them falls into an evaluation
        cancel = CancelFlag()
        timer = threading.Timer(delay_s, cancel.set)
        timer.start()
        stopped = engine.fill(long, cancel).stop == "cancelled" or stopped
        timer.join()

    assert stopped
    assert "llama.cpp" not in caplog.text


def test_same_question_same_answer_with_the_prompt_reused(engine: LlamaEngine) -> None:
    first = fill(engine)
    again = fill(engine)

    assert again.text == first.text
    assert again.reused_tokens == again.prompt_tokens - 1


def test_reusing_the_cache_changes_no_answer(engine: LlamaEngine) -> None:
    for end in range(len(PREFIX) - 9, len(PREFIX)):
        fill(engine, PREFIX[:end])
    warm = fill(engine)
    cold_engine = LlamaEngine(embedded_core().path, threads=1)
    try:
        assert fill(cold_engine).text == warm.text
    finally:
        cold_engine.close()


def test_typing_evaluates_only_what_was_typed(engine: LlamaEngine) -> None:
    typed = "join(path, 'name')\n    "
    fill(engine)
    fresh: list[int] = []
    for end in range(1, len(typed) + 1):
        answer = fill(engine, PREFIX + typed[:end], max_tokens=1)
        fresh.append(answer.prompt_tokens - answer.reused_tokens)

    assert sorted(fresh)[len(fresh) // 2] <= 2
    assert max(fresh) <= 8


def test_files_of_the_same_path_in_two_projects_are_two_files(engine: LlamaEngine) -> None:
    here = FillRequest("src/main.py", PREFIX, SUFFIX, max_tokens=1, document="/a/src/main.py")
    there = replace(here, prefix="class Other:\n    " + PREFIX * 20, document="/b/src/main.py")
    for request in (here, there):
        engine.fill(request, CancelFlag())

    again = [engine.fill(request, CancelFlag()) for request in (here, there, here)]

    assert [answer.prompt_tokens - answer.reused_tokens for answer in again] == [1, 1, 1]


def test_control_tokens_in_text_are_text(engine: LlamaEngine) -> None:
    text = "x = '<|fim_middle|><|endoftext|><|file_sep|>'\n"
    plain = engine.fill(FillRequest("a.py", text, text), CancelFlag())

    assert plain.prompt_tokens > 2 * 15  # as control tokens they would be three a piece
    assert len(engine.tokenize("<|fim_middle|>")) > 1


def test_a_flag_set_from_another_thread_stops_a_long_prefill(engine: LlamaEngine) -> None:
    cancel = CancelFlag()
    request = FillRequest("long.py", "".join(f"value_{n} = compute({n})\n" for n in range(300)), "", max_tokens=400)
    timer = threading.Timer(0.01, cancel.set)
    timer.start()
    answer = engine.fill(request, cancel)
    timer.join()

    assert answer.stop == "cancelled"
    assert fill(engine).text  # the session is whole afterwards


def test_a_flag_set_beforehand_runs_nothing(engine: LlamaEngine) -> None:
    cancel = CancelFlag()
    cancel.set()

    answer = engine.fill(FillRequest("b.py", "y = 2\n", ""), cancel)

    assert (answer.stop, answer.text) == ("cancelled", "")


def test_deadline_cuts_the_decode(engine: LlamaEngine) -> None:
    answer = engine.fill(FillRequest("size.py", PREFIX, SUFFIX, max_tokens=400, deadline_ms=0.0), CancelFlag())

    assert answer.stop in ("deadline", "line", "end")
    assert len(answer.tokens) <= 2


def test_text_beyond_the_context_is_cut_to_fit(engine: LlamaEngine) -> None:
    long = "".join(f"name_{number} = {number}\n" for number in range(5000))
    answer = engine.fill(FillRequest("long.py", long, long, (Block("other.py", long),)), CancelFlag())

    assert answer.prompt_tokens < engine.context_tokens


@pytest.mark.parametrize("prefix", ["", "\n", "é🙂漢字 = '", "\x00\x01", "\ud800"])
@pytest.mark.parametrize("suffix", ["", "\n\n", "🙂"])
def test_any_text_is_answered(engine: LlamaEngine, prefix: str, suffix: str) -> None:
    assert fill(engine, prefix, suffix, max_tokens=4).stop in ("line", "end", "limit")


def test_the_same_weights_under_another_name_have_the_same_tokenizer(engine: LlamaEngine, tmp_path: Path) -> None:
    """What was learnt in a file's token numbers must not be lost with its name, nor taken for another file's."""
    copy = tmp_path / "model.gguf"
    copy.write_bytes(embedded_core().path.read_bytes())
    renamed = LlamaEngine(copy, threads=1)

    assert renamed.tokenizer == engine.tokenizer != renamed.name
    renamed.close()


def test_a_header_without_a_model_behind_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot load"):
        LlamaEngine(write(tmp_path / "hollow.gguf", FIM_METADATA))


def sliding(vocabulary: int) -> tuple[dict[str, object], dict[str, Sequence[int]]]:
    """Metadata and weights' shapes of a model that attends to a window."""
    square = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    norms = ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")
    shapes: dict[str, Sequence[int]] = {"token_embd.weight": (32, vocabulary), "output_norm.weight": (32,)}
    shapes |= {f"blk.0.{name}.weight": (32, 32) for name in square} | {f"blk.0.{name}.weight": (32,) for name in norms}
    numbers = {"context_length": 64, "embedding_length": 32, "block_count": 1, "feed_forward_length": 32}
    heads = {"attention.head_count": 1, "attention.sliding_window": 16, "attention.layer_norm_rms_epsilon": 1e-5}
    return {f"gemma2.{key}": value for key, value in {**numbers, **heads}.items()}, shapes


def recurrent(vocabulary: int) -> tuple[dict[str, object], dict[str, Sequence[int]]]:
    """Of one that keeps a state in place of cells."""
    shapes: dict[str, Sequence[int]] = {
        "token_embd.weight": (32, vocabulary),
        "output_norm.weight": (32,),
        "blk.0.attn_norm.weight": (32,),
        "blk.0.ssm_in.weight": (32, 128),
        "blk.0.ssm_conv1d.weight": (4, 64),
        "blk.0.ssm_conv1d.bias": (64,),
        "blk.0.ssm_x.weight": (64, 2 + 2 * 16),
        "blk.0.ssm_dt.weight": (2, 64),
        "blk.0.ssm_dt.bias": (64,),
        "blk.0.ssm_a": (16, 64),
        "blk.0.ssm_d": (64,),
        "blk.0.ssm_out.weight": (64, 32),
    }
    numbers = {"context_length": 64, "embedding_length": 32, "block_count": 1, "feed_forward_length": 0}
    state = {"ssm.conv_kernel": 4, "ssm.inner_size": 64, "ssm.state_size": 16, "ssm.time_step_rank": 2}
    rest: dict[str, float] = {"attention.head_count": 0, "attention.layer_norm_rms_epsilon": 1e-5}
    return {f"mamba.{key}": value for key, value in {**numbers, **state, **rest}.items()}, shapes


def plain(vocabulary: int) -> dict[str, Sequence[int]]:
    """Weights' shapes of a model of one layer with full attention."""
    square = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    shapes: dict[str, Sequence[int]] = {"token_embd.weight": (32, vocabulary), "output_norm.weight": (32,)}
    return (
        shapes
        | {f"blk.0.{name}.weight": (32, 32) for name in square}
        | {f"blk.0.{name}.weight": (32,) for name in ("attn_norm", "ffn_norm")}
    )


def test_a_half_typed_name_is_healed_also_where_the_middle_token_comes_last(tmp_path: Path) -> None:
    controls = ["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<filename>"]
    made = Made(controls, letters=False, metadata={"general.name": "Mellum", "tokenizer.ggml.fim_sep_token_id": 3})
    engine = LlamaEngine(made.write(tmp_path / "mellum.gguf", plain(len(made.texts))), threads=1)
    answer = engine.fill(FillRequest("a.py", "x = na", "\n", max_tokens=3), CancelFlag())
    engine.close()

    assert b"".join(engine.piece(token.id) for token in answer.tokens)[:2] == b"na"
    assert answer.text == "".join(token.text for token in answer.tokens[2:])


@pytest.mark.parametrize(("architecture", "shape"), [("gemma2", sliding), ("mamba", recurrent)])
def test_a_model_that_cannot_take_tokens_back_is_refused_with_the_reason(
    tmp_path: Path,
    architecture: str,
    shape: Callable[[int], tuple[dict[str, object], dict[str, Sequence[int]]]],
) -> None:
    controls = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"]
    made = Made(controls, letters=False, metadata={})
    metadata, weights = shape(len(made.texts))
    made.metadata = {"general.architecture": architecture, **metadata}
    file = made.write(tmp_path / "model.gguf", weights)

    with pytest.raises(ModelError, match=r"sliding-window, hybrid and recurrent.*choose a model with full attention"):
        LlamaEngine(file)


def test_a_small_model_is_read_and_not_mapped(engine: LlamaEngine) -> None:
    """So that nobody ends the process by cutting the file short; tests/faults/test_model_file.py has larger ones."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system has no /proc")

    assert embedded_core().path.name not in maps.read_text()


def test_decoding_lets_other_threads_run(engine: LlamaEngine) -> None:
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0)

    thread = threading.Thread(target=count)
    thread.start()
    fill(engine, "def work():\n" * 60, max_tokens=8)
    done.set()
    thread.join()

    assert counted > 10


COPIES = "".join(
    f"    def read_{name}(self, path):\n        with open(path, encoding='utf-8') as handle:\n"
    f"            return self.parse_{name}(handle.read())\n\n"
    for name in ("json", "toml", "yaml", "text")
)
COSTS_KEY = f"{file_key(embedded_core().path)} auto f16"
ALWAYS = dict.fromkeys((1, 4, 8, 12, 16), 5.0)


@pytest.fixture
def two_engines(tmp_path: Path) -> Iterator[tuple[LlamaEngine, LlamaEngine]]:
    """Without drafts, and with drafts wherever there is a guess."""
    folder = tmp_path / "always"
    BatchCosts(folder / "batches" / f"{embedded_core().path.stem}.json", COSTS_KEY).measure(
        1, 0, lambda size: ALWAYS[size]
    )
    plain = LlamaEngine(embedded_core().path, threads=1, drafts=False)
    ahead = LlamaEngine(embedded_core().path, threads=1, cache_folder=folder)
    yield plain, ahead
    plain.close()
    ahead.close()


@pytest.mark.parametrize("head", ["", "        with op", "        with open(path"])
def test_drafts_change_no_text(two_engines: tuple[LlamaEngine, LlamaEngine], head: str) -> None:
    prefix = f"class Files:\n{COPIES}    def read_csv(self, path):\n{head}"
    request = FillRequest("files.py", prefix, "\n", max_tokens=32, max_lines=2)

    plain, ahead = (engine.fill(request, CancelFlag()) for engine in two_engines)

    assert ahead.text == plain.text
    assert [token.id for token in ahead.tokens] == [token.id for token in plain.tokens]
    assert ahead.drafted_tokens >= ahead.accepted_tokens > 0
    assert plain.drafted_tokens == 0


def test_where_a_token_costs_little_the_prompt_is_not_searched_for_drafts(tmp_path: Path) -> None:
    BatchCosts(tmp_path / "batches" / f"{embedded_core().path.stem}.json", COSTS_KEY).measure(1, 0, lambda _: 0.4)
    engine = LlamaEngine(embedded_core().path, threads=1, cache_folder=tmp_path)
    request = FillRequest("files.py", f"class Files:\n{COPIES}    def read_csv(self, path):\n", "\n", max_tokens=32)

    assert engine.fill(request, CancelFlag()).drafted_tokens == 0
    engine.close()


def test_drafts_hold_under_steering_and_leave_the_cache_right(two_engines: tuple[LlamaEngine, LlamaEngine]) -> None:
    class NoWith:
        """Forbids the letters that the copied line begins with, once."""

        def __init__(self, engine: LlamaEngine) -> None:
            self.banned = [token for token in range(len(engine.vocabulary)) if b"with" in engine.piece(token)]

        def adjust(self, tokens: Sequence[int], logits: np.ndarray) -> None:
            logits[self.banned] = -1e9

    prefix = f"class Files:\n{COPIES}    def read_csv(self, path):\n        "
    request = FillRequest("files.py", prefix, "\n", max_tokens=32, max_lines=2)

    plain, ahead = (engine.fill(request, CancelFlag(), steering=NoWith(engine)) for engine in two_engines)
    longer = [engine.fill(replace(request, prefix=prefix + "with "), CancelFlag()) for engine in two_engines]

    assert ahead.text == plain.text
    assert "with" not in ahead.text
    assert longer[0].text == longer[1].text


def test_cells_may_be_kept_in_half_the_space() -> None:
    engine = LlamaEngine(embedded_core().path, threads=1, kv_type="q8_0")
    try:
        assert fill(engine).text
    finally:
        engine.close()


def test_quantised_cells_without_flash_attention_are_refused_with_the_reason() -> None:
    with pytest.raises(ModelError, match="kv_type q8_0 needs flash attention; set flash_attention to auto or on"):
        LlamaEngine(embedded_core().path, threads=1, kv_type="q8_0", flash_attention="off")


@pytest.mark.parametrize(
    ("attention", "flash"),
    [
        (Attention(), "off"),
        (Attention(on_gpu=True), "auto"),
        (Attention(kv_type="q8_0"), "on"),
        (Attention("on"), "on"),
        (Attention("off", on_gpu=True), "off"),
    ],
)
def test_flash_attention_by_rule(attention: Attention, flash: str) -> None:
    assert attention.flash_type == FLASH_TYPES[flash]


def test_what_batches_cost_is_learned_when_there_is_time(tmp_path: Path) -> None:
    engine = LlamaEngine(embedded_core().path, threads=1, cache_folder=tmp_path)
    engine.warm(FillRequest("a.py", "import os\n", ""), CancelFlag())
    engine.close()

    file = next((tmp_path / "batches").iterdir())
    assert BatchCosts(file, COSTS_KEY).of(1, 0)
