"""A model that runs elsewhere: a llama-server or an OpenAI-compatible server, shared by a team.

Imported only where the user has set engine = "server"; nothing else in inhouse.model opens a connection but a pull.
"""

from inhouse.model.shared.fallback import open_shared
from inhouse.model.shared.server import Address

__all__ = ["Address", "open_shared"]
