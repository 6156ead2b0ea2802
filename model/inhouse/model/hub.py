"""What a hub states of a file, and its bytes from any place on: the one module that speaks to a model hub.

huggingface_hub finds repositories, listings, tokens, mirrors (HF_ENDPOINT) and proxies, and makes the HTTP client. The
bytes are read here, with a Range header: since its version 2 the library begins an interrupted file from the start.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from inhouse.model.catalogue import File
from inhouse.model.fill import ModelError

_CHUNK_BYTES = 1 << 18
_TIMEOUT_S = 30.0
"""A hub that sends nothing for so long counts as gone; the pull tries again."""


class HubAway(Exception):
    """The hub cannot be reached, or broke off; trying again may help. The message says what happened."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What the hub says of one file."""

    url: str
    file: str
    bytes: int
    sha256: str
    commit: str


class HuggingFace:
    """The hub at HF_ENDPOINT, or huggingface.co."""

    def __init__(self, endpoint: str | None = None) -> None:
        # Read when the library is imported: no usage reports, and plain HTTP, which can be taken up anywhere.
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
        import huggingface_hub
        from huggingface_hub import constants

        self._library = huggingface_hub
        self.endpoint = (endpoint or constants.ENDPOINT).rstrip("/")

    def url(self, file: File) -> str:
        """Where a browser finds the file, or its repository."""
        where = f"{self.endpoint}/{file.repository}"
        return f"{where}/resolve/{file.revision}/{file.file}" if file.file else f"{where}/tree/{file.revision}"

    def state(self, file: File) -> Stated:
        """Look a file up. Raises HubAway, or ModelError where trying again cannot help."""
        api = self._library.HfApi(endpoint=self.endpoint)
        with _told_plainly(f"{self.endpoint}/{file.repository}"):
            info = api.model_info(file.repository, revision=file.revision, files_metadata=True, timeout=_TIMEOUT_S)
        sibling = _chosen(file, list(info.siblings or []))
        sha256 = sibling.lfs.sha256 if sibling.lfs else None
        if sibling.size is None or sha256 is None or info.sha is None:
            raise ModelError(
                f"{file.repository}: the hub states no checksum of {sibling.rfilename}; take another repository"
            )
        name = str(sibling.rfilename)
        url = self._library.hf_hub_url(file.repository, name, revision=info.sha, endpoint=self.endpoint)
        return Stated(url, name, int(sibling.size), str(sha256), str(info.sha))

    @contextmanager
    def read(self, stated: Stated, offset: int) -> Generator[tuple[int, Iterator[bytes]]]:
        """(where the bytes begin, the bytes from there on). Raises as `state`, also while they are read."""
        headers: dict[str, str] = {**_utils().build_hf_headers(), "Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        client = self._library.get_session()
        with (
            _told_plainly(stated.url),
            client.stream("GET", stated.url, headers=headers, timeout=_TIMEOUT_S, follow_redirects=True) as answer,
        ):
            _utils().hf_raise_for_status(answer)
            begins = offset if answer.status_code == 206 else 0
            yield begins, answer.iter_bytes(_CHUNK_BYTES)


def _utils() -> Any:
    """The library's documented helpers, which its type annotations do not export."""
    return import_module("huggingface_hub.utils")


def _chosen(file: File, siblings: list[Any]) -> Any:
    """The wanted file of a repository's listing."""
    if file.file:
        found = [one for one in siblings if one.rfilename == file.file]
    else:
        ending = f"{file.quantisation.lower()}.gguf"
        found = [one for one in siblings if one.rfilename.lower().endswith(ending)]
    if not found:
        wanted = file.file or f"a file *{file.quantisation}.gguf"
        offered = ", ".join(one.rfilename for one in siblings if one.rfilename.lower().endswith(".gguf")) or "no GGUF"
        raise ModelError(f"{file.repository}: has not {wanted}, but {offered}; correct the entry of the catalogue")
    return found[0]


@contextmanager
def _told_plainly(where: str) -> Generator[None]:
    """Failures of the network in one line each."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.OfflineModeIsEnabled:
        raise ModelError("HF_HUB_OFFLINE is set, so nothing is fetched; unset it to pull") from None
    except errors.GatedRepoError:
        raise ModelError(
            f"{where}: its owner wants you to accept terms; do so in a browser, then `hf auth login`, and pull again"
        ) from None
    except errors.RepositoryNotFoundError:
        raise ModelError(f"{where}: no such repository, or it is private; `hf auth login` if you may see it") from None
    except errors.RevisionNotFoundError:
        raise ModelError(f"{where}: has no such revision; correct the entry of the catalogue") from None
    except errors.HfHubHTTPError as error:
        code = error.response.status_code
        if code in (401, 403, 404):
            raise ModelError(f"{where}: the hub answers {code}; see whether it is there and you may read it") from None
        raise HubAway(f"the hub answers {code}") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise HubAway(str(error) or type(error).__name__) from None
