"""De-identified transcripts in the formats other tools read."""
