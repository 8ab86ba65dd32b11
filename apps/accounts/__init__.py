"""Stores (tenants), their teams and roles, API keys, plans and the audit trail."""
