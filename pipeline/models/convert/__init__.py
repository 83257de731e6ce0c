"""Conversions from the form a model is published in to the form an engine reads."""
