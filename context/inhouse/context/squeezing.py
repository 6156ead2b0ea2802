"""What the index keeps of a file, compressed with a sample of what it keeps of the files beside it.

A file's outline alone is too short to compress well: files of a project say the same words, and with a sample of them
at hand each takes a third less. Cut into pieces that fill the database's pages: whole, each left half a page empty.
"""

import lzma
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil

_COMMON = (
    b'"","function","method","field","constant","class","self", self, self): -> None: -> str: -> int: -> bool: '
    b"public static final String public void private static int (int String (const char * void static  struct unsigned "
    b"throws IOException @Override return def async def test_ export function async function const class func (c *"
    b"pub fn (&self) -> Result<Self , err error) error bool string number=None, **kwargs):: str | None"
)
"""What many signatures have in common: an outline of a small file has not room enough to say it twice."""

SAMPLE_BYTES = 31_000
"""What a file is compressed with: zlib looks no further back than 32,768 bytes, what is common among them."""

_PART_BYTES = 2000
"""Of one file in a sample."""

SAMPLED_FILES = 16
"""Fewer files that are stored together are no sample: they are compressed with that of others."""

PIECE_BYTES = 240
"""Two rows of so much fill a page of 512 bytes."""


def sample(texts: Sequence[bytes]) -> bytes:
    """The beginnings of some of the texts, from all over."""
    beginnings = [text[:_PART_BYTES] for text in texts]
    step = max(1.0, sum(map(len, beginnings)) / SAMPLE_BYTES)
    return b"".join(beginnings[int(place * step)] for place in range(ceil(len(texts) / step)))[:SAMPLE_BYTES]


_LZMA = ({"id": lzma.FILTER_LZMA1, "preset": 9, "lc": 4, "pb": 0, "dict_size": 1 << 16},)
"""A fourteenth less than zlib makes of a sample; that nothing is damaged is seen by whatever it is used for."""


_UNPACKED = 64
"""Samples kept unpacked, 31 kB each: to unpack one takes 0.3 ms."""


def sampled(texts: Sequence[bytes]) -> bytes:
    """The sample of these texts, as it is stored."""
    return lzma.compress(sample(texts), lzma.FORMAT_RAW, filters=_LZMA)


@lru_cache(_UNPACKED)
def unsampled(data: bytes) -> bytes:
    """What sampled() made shorter; for the same bytes the same ones."""
    return lzma.decompress(data, lzma.FORMAT_RAW, filters=_LZMA)


def joined(outline: bytes, uses: bytes) -> bytes:
    """Both as one text: what is called first, for that is what is read of all files."""
    return b"%d\n%s%s" % (len(uses), uses, outline)


def squeeze(text: bytes, beside: bytes) -> bytes:
    """Compressed with a sample, which is needed again."""
    compressor = zlib.compressobj(9, zdict=_COMMON + beside)
    return compressor.compress(text) + compressor.flush()


def outline_in(data: bytes, beside: bytes) -> bytes:
    """The outline of what joined() made and squeeze() compressed."""
    text = zlib.decompressobj(zdict=_COMMON + beside).decompress(data)
    start = text.index(b"\n") + 1
    return text[start + int(text[: start - 1]) :]


def uses_in(data: bytes, beside: bytes) -> bytes:
    """What is called, without a look at the outline."""
    decompressor = zlib.decompressobj(zdict=_COMMON + beside)
    head, _, begun = decompressor.decompress(data, _HEAD_BYTES).partition(b"\n")
    left = int(head) - len(begun)
    return begun + decompressor.decompress(decompressor.unconsumed_tail, left) if left > 0 else begun[: int(head)]


_HEAD_BYTES = 16
"""Enough for the number at the beginning."""


def pieces(stream: bytes | bytearray, start: int) -> Iterator[tuple[int, bytes]]:
    """The parts of what is stored together, from a place on where a piece begins, with their numbers."""
    for place in range(0, len(stream), PIECE_BYTES):
        yield (start + place) // PIECE_BYTES, bytes(stream[place : place + PIECE_BYTES])
