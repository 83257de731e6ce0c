"""The review page: a small server on 127.0.0.1 and plain JavaScript modules."""
