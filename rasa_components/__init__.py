"""What Rasa loads by name from config.yml, endpoints.yml and credentials.yml."""
