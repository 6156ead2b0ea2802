"""Speaks the Language Server Protocol: documents, requests, cancellation, commands.

Runs no model, parses no code and decides nothing about what is worth showing.
"""

from inhouse.server.log import configure as configure_log
from inhouse.server.run import serve_stdio, serve_tcp
from inhouse.server.server import InhouseServer, program_version

__all__ = ["InhouseServer", "configure_log", "program_version", "serve_stdio", "serve_tcp"]
