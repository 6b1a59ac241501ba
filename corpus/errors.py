"""Everything that can go wrong, in one tree. The command line prints one line: what is wrong, then the way out.

TiaowenError
├── UnusableInput        exit 2: the user asked for something that cannot be
│   ├── UnknownEdition
│   ├── UnknownClause
│   ├── UnknownAnswer        no answer, or more than one, has an id like this
│   ├── UnreadableFile       truncated, encrypted, empty, not what its name says
│   └── MalformedLine        a data file's line, with file:line
├── EncoderUnavailable   exit 1: a model that is not here
├── OcrUnavailable       exit 1: a scan, and no OCR installed
├── LanguageModelUnavailable  exit 1: none is configured, or its package is not installed
├── RayUnavailable       exit 1: it is not installed, does not start, or does not answer
├── RayFailed            exit 1: work that no Ray worker brought to an end
├── IndexDamaged         exit 1: a generation whose digests do not match its manifest
├── StoreUnavailable     exit 1: a vector store that does not answer, or whose package is not installed
├── HomeUnusable         exit 1: the home cannot be written
│   └── HomeTooNew           it was written by a newer Tiaowen
├── SourceUnreachable    exit 1: a site that does not answer or forbids the fetch
└── BrokenInvariant      exit 1: a record that contradicts itself (our own fault)

>>> str(UnknownEdition("edition 9.9 is not in the catalogue", way_out="known: 1.0, 2.0, 3.0"))
'edition 9.9 is not in the catalogue; known: 1.0, 2.0, 3.0'
"""

from __future__ import annotations


class TiaowenError(Exception):
    """A failure a user can act on: `message` says what is wrong, `way_out` what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, way_out: str = "") -> None:
        super().__init__(f"{message}; {way_out}" if way_out else message)
        self.message = message
        self.way_out = way_out


class UnusableInput(TiaowenError):
    """Wrong use: the exit code is 2."""

    exit_code = 2


class UnknownEdition(UnusableInput):
    """An edition that the catalogue does not list."""


class UnknownClause(UnusableInput):
    """A clause id that no document of the corpus has."""


class UnknownAnswer(UnusableInput):
    """An answer id that no receipt has, that several begin with, or that is no id."""


class UnreadableFile(UnusableInput):
    """A file that cannot be read: truncated, encrypted, empty, or not what its name says."""


class MalformedLine(UnusableInput):
    """A line of a data file that is not what it should be; the message starts with `file:line`."""


class EncoderUnavailable(TiaowenError):
    """A model that is neither here nor in the cache, or whose package is not installed."""


class OcrUnavailable(TiaowenError):
    """A page without a text layer, and the extra `ocr` is not installed."""


class LanguageModelUnavailable(TiaowenError):
    """No language model is configured, or the package that reaches it is not installed."""


class RayUnavailable(TiaowenError):
    """Ray is not installed, does not start here, or does not answer at the address given."""


class RayFailed(TiaowenError):
    """Work that no Ray worker brought to an end, or one that works on something else than was asked."""


class IndexDamaged(TiaowenError):
    """A generation whose files do not match the digests in its manifest."""


class StoreUnavailable(TiaowenError):
    """A vector store that does not answer, refuses us, or whose package is not installed."""


class HomeUnusable(TiaowenError):
    """The home folder cannot be created or written, or what is kept in it cannot be read."""


class HomeTooNew(HomeUnusable):
    """A file in the home that a newer Tiaowen has written."""


class SourceUnreachable(TiaowenError):
    """A site that does not answer, or forbids the fetch."""


class BrokenInvariant(TiaowenError):
    """A record that contradicts itself; never the user's fault."""
