"""One participant leaves a study, or some recordings of it: their words, voice and name go, others' words stay."""
