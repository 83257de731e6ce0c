"""Keys, sealed files, the ledger, the audit chain: what keeps a study shut, whole and honest."""
