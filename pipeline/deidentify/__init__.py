"""Find identifiers, decide by policy, replace by labels."""
