"""What a trainer reads when a knowledge file does not fit its schema."""

from __future__ import annotations

from typing import Any

_SENTENCES = {
    "required": "falta um campo obrigatório ({message})",
    "additionalProperties": "há um campo que não existe ({message})",
    "enum": "o valor {value!r} não é um dos aceitos: {rule}",
    "pattern": "o valor {value!r} está vazio ou fora do formato",
    "maxLength": "o texto tem {length} caracteres e o máximo é {rule}: {value!r}",
    "maxItems": "itens: {length}; o máximo é {rule}",
    "minItems": "itens: {length}; o mínimo é {rule}",
    "type": "o valor {value!r} deveria ser do tipo {rule}",
    "oneOf": "o valor {value!r} não é um destino conhecido",
}


def schema_fault(error: Any) -> str:
    """Return one line for a jsonschema ValidationError: the field, and what is wrong with it."""
    field = ".".join(str(part) for part in error.absolute_path) or "(arquivo)"
    sentence = _SENTENCES.get(error.validator, "{message}")
    length = len(error.instance) if hasattr(error.instance, "__len__") else 0
    value = error.instance if length < 120 else f"{str(error.instance)[:117]}..."
    text = sentence.format(
        message=error.message, value=value, rule=error.validator_value, length=length
    )
    return f"{field}: {text}"
