"""The core: guides, retrieval, handing over. It knows nothing of Rasa, HTTP or any channel."""
