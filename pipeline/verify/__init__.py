"""The risk queue, decisions, the redaction report, the review page."""
