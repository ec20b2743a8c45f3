"""The trainers' console at /treinador: pages on the server, for people who write no YAML."""
