"""Bundles: what a trainer publishes as one signed file, and how it is taken back."""
