"""What a schema cannot see: whether the ids agree and every check leads to an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assistant.knowledge.model import Article, Knowledge, Situation


def faults_of_situation(situation: Situation, stem: str) -> list[str]:
    """Return what is wrong within one situation; `stem` is its file's name."""
    faults = [] if situation.id == stem else [f"id: {situation.id!r} difere do nome do arquivo"]
    faults += _repeated("checks.id", [c.id for c in situation.checks])
    faults += _repeated("articles", list(situation.articles))
    faults += list(_faults_of_answers(situation))
    if not faults:
        faults += list(_faults_of_ways(situation))
    faults += list(_faults_of_texts(situation))
    return faults


def faults_between(knowledge: Knowledge, articles: list[Article]) -> list[str]:
    """Return where situations and articles name something that the other does not have."""
    faults = [f"articles.yml: {f}" for f in _repeated("id", [a.id for a in articles])]
    for situation in knowledge.situations.values():
        where = f"{situation.id}.yml"
        for article_id in _articles_named(situation):
            if article_id not in knowledge.articles:
                faults.append(f"{where}: articles: o artigo {article_id!r} não existe")
        for article_id in situation.articles:
            article = knowledge.articles.get(article_id)
            if article and situation.id not in article.situations:
                faults.append(f"articles.yml: {article_id}.situations: falta {situation.id!r}")
    for word, named in knowledge.topics.situations.items():
        unknown = [i for i in named if i not in knowledge.situations]
        faults += [f"topics.yml: {word}: a situação {i!r} não existe" for i in unknown]
    for article in articles:
        faults += _faults_of_article(article, knowledge)
    return faults


def _articles_named(situation: Situation) -> list[str]:
    answers = [a for check in situation.checks for a in check.answers]
    return [*situation.articles, *(a.then.target for a in answers if a.then.kind == "article")]


def _faults_of_article(article: Article, knowledge: Knowledge) -> list[str]:
    where = f"articles.yml: {article.id}"
    faults = []
    for situation_id in article.situations:
        situation = knowledge.situations.get(situation_id)
        if situation is None:
            faults.append(f"{where}.situations: a situação {situation_id!r} não existe")
        elif article.id not in situation.articles:
            faults.append(f"{where}.situations: {situation_id!r} não lista este artigo")
    if article.opens and article.opens not in knowledge.situations:
        faults.append(f"{where}.opens: a situação {article.opens!r} não existe")
    if bool(article.url) == (article.url_status == "unknown"):
        faults.append(f"{where}.url: não combina com url_status {article.url_status!r}")
    return faults


def _faults_of_answers(situation: Situation) -> Iterator[str]:
    for check in situation.checks:
        where = f"checks.{check.id}.answers"
        yield from _repeated(where, [a.id for a in check.answers])
        yield from _repeated(f"{where}.replies", [r for a in check.answers for r in a.replies])
        for answer in check.answers:
            if not answer.label:
                yield f"{where}.{answer.id}.label: o texto está vazio"
            if answer.then.kind == "check" and situation.check(answer.then.target) is None:
                yield f"{where}.{answer.id}.then: a verificação {answer.then.target!r} não existe"


def _faults_of_ways(situation: Situation) -> Iterator[str]:
    reached: set[str] = set()
    loop = _walk(situation, situation.checks[0].id, (), reached)
    if loop:
        yield f"checks.{loop}: as respostas voltam a esta verificação sem fim"
    for check in situation.checks:
        if check.id not in reached:
            yield f"checks.{check.id}: nenhuma resposta leva a esta verificação"


def _walk(situation: Situation, check_id: str, way: tuple[str, ...], reached: set[str]) -> str:
    """Follow every answer from a check; return the id of a check that comes round again, or ''."""
    if check_id in way:
        return check_id
    reached.add(check_id)
    check = situation.check(check_id)
    assert check is not None
    for answer in check.answers:
        onward = situation.led_to(check, answer.then)
        if onward and (loop := _walk(situation, onward.id, (*way, check_id), reached)):
            return loop
    return ""


def _faults_of_texts(situation: Situation) -> Iterator[str]:
    for check in situation.checks:
        if check.needs_admin and not check.ask_admin:
            yield f"checks.{check.id}.ask_admin: falta a mensagem para o administrador"
        for name in check.names:
            if name not in check.text:
                yield f"checks.{check.id}.names: {name!r} não aparece em text"


def _repeated(field: str, values: list[str]) -> list[str]:
    counts = Counter(values)
    return [f"{field}: {value!r} aparece {n} vezes" for value, n in counts.items() if n > 1]
