"""Words with times from sound, behind one Transcriber protocol."""
