"""Who spoke when: windows segmented, voices told apart, turns put together."""
