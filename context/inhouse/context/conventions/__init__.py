"""What this project does in its own way, mined from its files with evidence: counts and file:line witnesses."""

from inhouse.context.conventions.report import Conventions, House, Witness, mine
from inhouse.context.conventions.wrappers import Wrapper

__all__ = ["Conventions", "House", "Witness", "Wrapper", "mine"]
