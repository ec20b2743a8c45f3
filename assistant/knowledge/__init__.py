"""What the assistant knows: situations with their checks, and articles."""

from assistant.knowledge.load import KnowledgeError, load_knowledge
from assistant.knowledge.model import Answer, Article, Check, Knowledge, Situation, Then

__all__ = [
    "Answer",
    "Article",
    "Check",
    "Knowledge",
    "KnowledgeError",
    "Situation",
    "Then",
    "load_knowledge",
]
