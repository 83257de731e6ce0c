"""The study folder: settings, vault, ledger, audit chain."""
