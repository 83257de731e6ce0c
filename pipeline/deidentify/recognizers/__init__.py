"""Presidio recognizers for speech, one small file each."""
