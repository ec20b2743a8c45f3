"""Cases to a ticket system, by signed requests."""
