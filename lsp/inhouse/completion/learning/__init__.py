"""Learns on the machine from what became of each suggestion: kept or changed, token by token.

Knows no LSP: a server tells it what was shown and how documents change. Everything stays in the user's data folder.
"""

from inhouse.completion.learning.edits import Edit, Position
from inhouse.completion.learning.learner import Learner
from inhouse.completion.learning.store import Store, data_folder, database_of, forget, stored_roots
from inhouse.completion.learning.tracker import CHECKS_S, Outcome, Settled, Shown, Tracker

__all__ = [
    "CHECKS_S",
    "Edit",
    "Learner",
    "Outcome",
    "Position",
    "Settled",
    "Shown",
    "Store",
    "Tracker",
    "data_folder",
    "database_of",
    "forget",
    "stored_roots",
]
