"""Speaks the Language Server Protocol: documents, requests, cancellation, commands.

Runs no model, parses no code and decides nothing about what is worth showing. Nothing is imported here: the protocol's
types take 0.4 s, which who needs one small module of this part need not pay.
"""
