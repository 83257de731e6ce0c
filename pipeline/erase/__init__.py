"""Destruction of audio and keys, and its certificate."""
