"""Finds out what a server is, which model it has and how that one was taught to fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from inhouse.model.families import FAMILIES, Taught, family_named
from inhouse.model.fill import ModelError
from inhouse.model.shared.client import Away, Client
from inhouse.model.shared.dialects import LlamaDialect, OpenAIDialect
from inhouse.model.shared.secret import check_url, token_for
from inhouse.model.shared.server import OTHER_FORM, Address, ServerEngine
from inhouse.model.shared.text import TextLayout


def connect(address: Address) -> ServerEngine:
    """Find out what a server is and has. Raises Away, or ModelError for what the user must mend."""
    check_url(address.url)
    client = Client(address.url, token_for(address.url), address.timeout_ms / 1000)
    try:
        return client.call(_connect(address, client))
    except OTHER_FORM:
        client.close()
        raise Away("says what it is in another form") from None
    except BaseException:
        client.close()
        raise


async def _connect(address: Address, client: Client) -> ServerEngine:
    props = await client.get("/props") if address.kind in ("auto", "llama") else None
    if props and "default_generation_settings" in props:
        return await _llama(address, client, props)
    if address.kind == "llama":
        raise ModelError(f"{address.url}: is no llama-server (it has no /props); set server_kind to openai or auto")
    listed = await client.get("/v1/models")
    rows = cast("list[dict[str, Any]]", listed.get("data") or []) if listed else []
    if not rows:
        raise ModelError(f"{address.url}: lists no model at /v1/models; see to server_url")
    row = next((one for one in rows if address.model in (None, one.get("id"))), None)
    if row is None:
        names = ", ".join(str(one.get("id")) for one in rows)
        raise ModelError(f"{address.url}: has no model {address.model!r}; it has {names}")
    model = str(row.get("id"))
    context = min(address.context_tokens, int(row.get("max_model_len") or address.context_tokens))
    layout = TextLayout(_family(address, model), context)
    return ServerEngine(address, client, OpenAIDialect(model, layout.controls), model, layout)


async def _llama(address: Address, client: Client, props: dict[str, Any]) -> ServerEngine:
    alias, path = str(props.get("model_alias") or ""), str(props.get("model_path") or "")
    model = address.model or alias or path
    taught = _family(address, f"{model} {path}")
    context = min(address.context_tokens, int(props["default_generation_settings"].get("n_ctx") or 1 << 20))
    layout = TextLayout(taught, context)
    ids = [await _control_id(client, text) if text else -1 for text in layout.controls]
    needed = [text for text, number in zip(layout.controls[:3], ids, strict=False) if text and number < 0]
    if needed:
        raise ModelError(f"{address.url}: its model does not know {needed[0]}; set server_family to what it is")
    if -1 in ids[3:]:  # a model of another make than its family's: it gets the text without what it does not know
        layout = TextLayout(_without(taught, layout.controls, ids), context)
    listed = await client.get("/v1/models")
    rows = cast("list[dict[str, Any]]", listed.get("data") or []) if listed else []
    meta = cast("dict[str, Any]", rows[0].get("meta") or {}) if rows else {}
    return ServerEngine(address, client, LlamaDialect(ids), model, layout, int(meta.get("n_params") or 0))


def _without(taught: Taught, controls: Sequence[str], ids: Sequence[int]) -> Taught:
    """The family less those of the last two control texts, for files and the repository, that are no tokens here."""
    separator, repository = (text if number >= 0 else None for text, number in zip(controls[3:], ids[3:], strict=True))
    return replace(taught, separator=separator or None, repository=repository or None)


async def _control_id(client: Client, text: str) -> int:
    """The one token that a control text is; -1 if it is several, so no control token of this model."""
    body = {"content": text, "add_special": False, "parse_special": True}
    tokens = cast("list[int]", (await client.post("/tokenize", body)).get("tokens") or [])
    return int(tokens[0]) if len(tokens) == 1 else -1


def _family(address: Address, model: str) -> Taught:
    if address.family is not None:
        found = {name.lower(): taught for name, taught in FAMILIES.items()}.get(address.family.lower())
        if found is None:
            raise ModelError(f"server_family = {address.family!r}: must be one of {', '.join(FAMILIES)}")
        return found
    found = family_named(model)
    if found is None:
        raise ModelError(
            f"{address.url}: how its model {model!r} was taught to fill is not known by its name; set server_family to "
            f"one of {', '.join(FAMILIES)}"
        )
    return found
