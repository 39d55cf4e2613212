"""The tenants: innovation circles, their universities and districts; the bureaus that read all."""
