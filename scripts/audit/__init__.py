"""Known vulnerabilities of what is pinned, and what was decided about each."""
