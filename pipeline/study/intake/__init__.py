"""From a file somebody gave us to a sealed recording: found, looked at twice, sealed, compared, and only then removed."""
