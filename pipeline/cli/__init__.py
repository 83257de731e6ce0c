"""Click commands, one file a group, thin."""
