"""Decode any format in memory, check its quality, cut snippets."""
