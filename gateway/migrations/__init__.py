"""How the tables of older databases become those of today."""
