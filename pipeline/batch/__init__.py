"""A run over many recordings: lock, workers, cluster, progress."""
