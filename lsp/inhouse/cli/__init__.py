"""The command line: thin commands over completion and server. Nothing imports it."""
