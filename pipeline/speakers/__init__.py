"""Who spoke when, voiceprints, participant codes, attribution of words."""
