"""What is known of words without any model: the ground floor every other room stands on."""
