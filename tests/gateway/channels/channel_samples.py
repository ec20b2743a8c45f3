"""Telling messages and cases; what becomes of each is in golden/."""

from __future__ import annotations

from channel_support import stored

from gateway.channels.case import CaseView, Pick

LONG = "Quando a caixa compartilhada tem mais de um administrador, a regra vale só para o primeiro"
WIKI = "https://wiki.example/pages/1"
ARTICLES = [
    {"title": "Configurar caixas de e-mail", "url": WIKI},
    {"title": "Regras & filtros", "url": "https://wiki.example/busca?q=a&b=c", "link": "search"},
    {"title": "Página de origem", "url": "https://wiki.example/origem", "link": "source"},
]
ANSWERS = ["Sim, está ativa", "Não, estava inativa"]
LESSER = ["Já tentei isso", "Voltar uma verificação", "Falar com uma pessoa", "Parar por aqui"]
SHEET = [
    "Situação: Não recebe e-mails (92 %). Descartadas: Regras de e-mail",
    "Relato: «<@U123> os e-mails *não* chegam desde ontem & ninguém vê»",
    "Verificações: Caixa ativa: não resolveu; Senha: pulada",
    "Artigos mostrados: Configurar caixas de e-mail",
    "Dados citados: ORA-00054; vendas@empresa.com.br",
    "Tela: Administração > E-mail",
    "Motivo: a pessoa pediu atendimento humano",
    "Próximo passo sugerido: Teste de conexão (E-mail > Contas)",
]

MESSAGES = {
    "guide_opened": stored("Entendi: **Não recebe e-mails**.\nVamos ver a caixa primeiro."),
    "check": stored(
        "Abra a caixa e veja se ela está ativa.\n\n**Ela está ativa?**",
        progress={"n": 2, "m": 4, "title": "Caixa ativa"},
        menu=["Administração", "E-mail", "Contas & caixas"],
        done=[{"title": "Senha da caixa", "outcome": "não resolveu"}],
        labels=ANSWERS,
        more=LESSER,
    ),
    "one_answer": stored(
        "Não consegui responder.", labels=["Tentar de novo"], **{"from": "system"}
    ),
    "articles_as_buttons": stored("Estes artigos podem ajudar:", articles=ARTICLES),
    "articles_as_links": stored(
        "Estes são os artigos sobre o assunto:",
        articles=[{"title": f"Artigo {i} da wiki", "url": f"{WIKI}{i}"} for i in range(6)]
        + [{"title": "Sem endereço", "url": "http://intranet/wiki"}],
    ),
    "ask_admin": stored(
        "Copie a mensagem e envie.\n\n**O que ele encontrou?**",
        copy="Olá! Preciso de ```ajuda``` com <a caixa> de *vendas*:\n\n1. abrir E-mail > Contas",
        labels=ANSWERS,
    ),
    "case_opened": stored("Registrei o **caso nº 12**.", case=12, copy="\n".join(SHEET)),
    "markup": stored(
        "**Negrito com *itálico***, `código_x`, [artigo](https://wiki.example/a?b=c&d=e),\n"
        "[www.banco.com](https://outro.example/x), [nada](javascript:alert(1)),\n"
        "[escreva](mailto:suporte@empresa.com.br) ou ligue [aqui](tel:+551140028922).\n\n"
        "- um item\n- outro: https://wiki.example/solto.\n3. o terceiro"
    ),
    "nobody_is_called": stored("<@U123> <!channel> <#C1|geral> @here <at>Ana</at> &lt;!here&gt;"),
    "long_labels": stored("Qual é o seu caso?", labels=[LONG, "Outro", f"{LONG} e não os demais"]),
    "eight_answers": stored("Qual assunto?", labels=[f"Assunto {i}" for i in range(1, 9)]),
    "select": stored("Qual fila?", labels=[f"Fila {i}" for i in range(1, 31)]),
    "numbered": stored("Qual fila?", labels=[f"Fila {i}" for i in range(1, 121)]),
    "late": stored("A caixa voltou a funcionar.", late=True),
    "fallback": stored(
        "**Senha da caixa**\nConfira a senha.", fallback=True, menu=["E-mail"], **{"from": "system"}
    ),
    "long_text": stored("\n\n".join(f"Parágrafo {i}. {LONG}. " * 3 for i in range(12))),
}

PICKS = {
    "checks": [Pick("caixa", "Verificação 1: Caixa ativa"), Pick("senha", "Verificação 2: Senha")],
    "situations": [
        Pick("email_rules", "As regras de e-mail não são aplicadas", "E-mail"),
        Pick("slowness", "O sistema está lento", "Desempenho"),
    ],
    "customer_text": "Abra a caixa e veja se ela está ativa.\n\nConfigurar caixas: " + WIKI,
}
CASES = {
    "case_waiting": CaseView(12, "waiting", SHEET, note="Chamado de novo às 14:05", **PICKS),
    "case_person": CaseView(12, "person", SHEET, name="Bia <!here> *Souza*", **PICKS),
    "case_person_without_checks": CaseView(13, "person", ["Relato: «oi»"], name="Bia"),
    "case_assistant": CaseView(12, "assistant", SHEET, **PICKS),
    "case_closed": CaseView(12, "closed", SHEET, name="Bia", **PICKS),
}
TRANSCRIPT = [
    stored("<!channel> *oi*, nada `chega`\n1. nem hoje", seq=1, **{"from": "user"}),
    stored("Entendi: **Não recebe e-mails**. Veja [o artigo](https://wiki.example/a).", seq=2),
    stored("A equipe foi avisada.", seq=3, **{"from": "system"}),
]
