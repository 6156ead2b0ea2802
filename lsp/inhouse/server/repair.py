"""Makes inline-completion requests of old or careless clients readable. Looks at raw JSON, before any types.

pygls answers a request whose parameters do not fit the types with a popup and no reply at all.
"""

from __future__ import annotations

from typing import Any, cast

INVOKED, AUTOMATIC = 1, 2


class TriggerKinds:
    """Reads triggerKind. Clients from before LSP 3.18 was settled say 0 for invoked and 1 for automatic."""

    def __init__(self) -> None:
        self._counts_from_0 = False

    def read(self, kind: object) -> int:
        """The kind in today's numbers. A 0 gives an old client away; from then on its 1 is taken as automatic."""
        if kind == 0 and kind is not False:
            self._counts_from_0 = True
            return INVOKED
        if self._counts_from_0:
            return AUTOMATIC
        return INVOKED if kind == INVOKED and kind is not True else AUTOMATIC


def repair(params: object, kinds: TriggerKinds) -> object:
    """The parameters with a valid context. A broken selectedCompletionInfo is left out; the rest stays as it is."""
    if not isinstance(params, dict):
        return params
    params = cast(dict[str, Any], params)
    context = params.get("context")
    context = cast(dict[str, Any], context) if isinstance(context, dict) else {}
    repaired: dict[str, Any] = {"triggerKind": kinds.read(context.get("triggerKind"))}
    if _is_selection(context.get("selectedCompletionInfo")):
        repaired["selectedCompletionInfo"] = context["selectedCompletionInfo"]
    return {**params, "context": repaired}


def _is_selection(info: object) -> bool:
    if not isinstance(info, dict):
        return False
    info = cast(dict[str, Any], info)
    return isinstance(info.get("text"), str) and isinstance(info.get("range"), dict)
