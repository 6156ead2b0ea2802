"""Reads projects: which files count, what they define, and what of them matters for a cursor.

Knows nothing about models, tokens or editors.
"""

from inhouse.context.arity import Arity
from inhouse.context.chunk import Chunk, ContextError, IndexFigures
from inhouse.context.continuations import Continuation
from inhouse.context.conventions import Conventions, House
from inhouse.context.drafted import Draft
from inhouse.context.files import find_root
from inhouse.context.languages import language_of
from inhouse.context.members import Members
from inhouse.context.memory import TokenMemory
from inhouse.context.ngram import Ngram
from inhouse.context.place import Place, Prediction, Source
from inhouse.context.private import private_file, private_folder
from inhouse.context.project import Project
from inhouse.context.referrers import Reference
from inhouse.context.scope import ScopeName

__all__ = [
    "Arity",
    "Chunk",
    "ContextError",
    "Continuation",
    "Conventions",
    "Draft",
    "House",
    "IndexFigures",
    "Members",
    "Ngram",
    "Place",
    "Prediction",
    "Project",
    "Reference",
    "ScopeName",
    "Source",
    "TokenMemory",
    "find_root",
    "language_of",
    "private_file",
    "private_folder",
]
