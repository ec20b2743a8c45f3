"""The small guide that guide_rasa.py walks."""

from __future__ import annotations

from typing import Any

PROBLEM = "os emails não estão chegando na caixa do suporte"
# Ids of the real knowledge, from which the gateway takes its fallback.
SITUATION = {"situation": "email_send_receive", "check": "teste_da_caixa"}
CHECKS: list[dict[str, Any]] = [
    {
        "title": "Teste de recebimento e envio",
        "menu": ["Administrador", "E-mail", "Caixas de E-mail"],
        "text": "Abra a caixa que não recebe e clique em **Testar**. O resultado aparece na "
        "própria tela, em vermelho se houver erro.\n\nO que o teste mostrou?",
    },
    {
        "title": "Serviços de leitura e envio",
        "menu": ["Administrador", "Agendador de Tarefas", "Painel de Controle"],
        "text": "Confira os dois serviços de e-mail:\n- a coluna **Status** deve estar "
        "“Em execução”\n- a **Última execução** deve ser de poucos minutos atrás\n\n"
        "Depois disso, os e-mails voltaram a chegar?",
    },
    {
        "title": "Regras da caixa",
        "menu": ["Administrador", "Regras de E-mail"],
        "text": "Veja se alguma regra ativa move ou apaga as mensagens desta caixa. "
        "Desative a regra por um momento e peça um e-mail de teste.\n\nResolveu?",
    },
]
# The option, its label, and whether it is one of the lesser ones.
BUTTONS: list[tuple[Any, ...]] = [
    ("resolved", "Resolveu"),
    ("not_resolved", "Não resolveu"),
    ("ask_admin", "Não tenho permissão"),
    ("tried", "Já tentei isso", True),
    ("not_found", "Não encontrei esse menu", True),
    ("explain", "Explique melhor", True),
    ("later", "Volto a isso depois", True),
    ("person", "Falar com uma pessoa", True),
]
ARTICLES = [
    {
        "title": "E-mail - Demora ou Não Recebimento/Envio de E-mails",
        "url": "https://wiki.example/dosearchsite.action?queryString=E-mail+-+Demora",
        "link": "search",
    },
    {
        "title": "Configuração de Caixas de E-mail",
        "url": "https://wiki.example/pages/viewpage.action?pageId=1",
        "link": "article",
    },
    {
        "title": "Omni CRM - Basic Troubleshooting",
        "url": "https://wiki.example/pages/viewpage.action?pageId=156932980",
        "link": "source",
    },
]
ASK_ADMIN = (
    "Olá! Os e-mails não estão chegando na caixa do suporte. Você pode abrir Administrador > "
    "E-mail > Caixas de E-mail, clicar em “Testar” e me dizer o que aparece? Obrigado."
)
