"""Replays real code against the pipeline and measures. It changes nothing of the project it reads."""
