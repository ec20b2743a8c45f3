"""The one public door: web API, page, sessions and store, in front of a private Rasa."""
