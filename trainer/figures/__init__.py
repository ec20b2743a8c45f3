"""What the guides did for people, counted honestly: per situation, per check, between two dates."""
