"""Cases by e-mail."""
