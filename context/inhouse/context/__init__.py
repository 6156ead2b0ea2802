"""Reads projects: which files count, what they define, and what of them matters for a cursor.

Knows nothing about models, tokens or editors.
"""
