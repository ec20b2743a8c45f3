"""Questions that tell situations apart, always by symptom and never by intent name."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue import links
from assistant.dialogue.state import Option
from assistant.dialogue.talk import Talk
from assistant.knowledge import Article

MOST_CANDIDATES = 3


def clarify(talk: Talk, candidates: Sequence[str], words: str) -> None:
    """Ask which of at most three situations it is."""
    offered = [c for c in candidates if c not in talk.state.refused][:MOST_CANDIDATES]
    talk.state.candidates = list(offered)
    response = "utter_clarify" if len(offered) > 1 else "utter_clarify_one"
    talk.ask("clarify", response, _situations(talk, offered), data={"words": words})


def ask_other_situation(talk: Talk) -> None:
    """The open guide is the wrong one: close it and ask which it is, from what was weighed."""
    state = talk.state
    if state.situation:
        state.refused.append(state.situation)
    left = [c for c in state.candidates if c not in state.refused]
    words = state.user_words
    apologise = state.situation is not None or state.pending is not None
    state.close_guide()
    if apologise:
        talk.say("utter_sorry_wrong")
    if left:
        clarify(talk, left, words)
    else:
        ask_module(talk)


def ask_module(talk: Talk) -> None:
    """Say what is covered, by module, and let the user choose."""
    modules = talk.world.knowledge.modules()
    options = [Option(f"module{i}", name) for i, name in enumerate(modules)]
    options.append(talk.option("person", "person"))
    talk.ask("module", "utter_coverage", options)


def ask_in_module(talk: Talk, number: int) -> None:
    """Let the user choose among one module's situations."""
    module, situations = list(talk.world.knowledge.modules().items())[number]
    offered = _situations(talk, [s.id for s in situations])
    talk.ask("clarify", "utter_in_module", offered, data={"words": ""}, module=module)


def confirm_switch(talk: Talk, situation_id: str, words: str) -> None:
    """Another problem while a guide is open: ask before leaving it."""
    current = talk.situation
    assert current is not None
    options = [talk.option("switch", "affirm"), talk.option("stay", "deny", "resume", "go_back")]
    data = {"to": situation_id, "words": words}
    to = talk.named(situation_id).title
    talk.ask("switch", "utter_confirm_switch", options, data=data, to=to, current=current.title)


def ask_return(talk: Talk) -> None:
    """Someone comes back after a while: go on where it stood, or start anew."""
    situation, check = talk.situation, talk.check
    assert situation is not None
    options = [
        talk.option("continue", "affirm", "resume"),
        talk.option("anew", "deny", "start_over", "stop"),
    ]
    title = check.title if check else situation.checks[0].title
    talk.ask("returning", "utter_welcome_back", options, title=situation.title, check=title)


def show_error_article(talk: Talk, article: Article, words: str) -> None:
    """An error text with an article of its own: show it, and offer the situations it belongs to."""
    options = [
        talk.option("resolved", "resolved", "affirm"),
        *_situations(talk, article.situations),
    ]
    options[-1] = talk.option("none", "deny", "not_resolved", "wrong_situation")
    talk.say("utter_error_known", links.parts_of(talk, [article.id]))
    talk.ask("error_article", "utter_did_error_article_solve", options, data={"words": words})


def suggest_articles(talk: Talk, article_ids: Sequence[str]) -> None:
    """Show the nearest articles to something that is no documented situation."""
    options = [
        talk.option("resolved", "resolved", "affirm", "praise"),
        talk.option("coverage", "deny", "not_resolved", "help"),
        talk.option("person", "person"),
    ]
    talk.say("utter_nearest_articles", links.parts_of(talk, article_ids))
    talk.ask("suggestion", "utter_did_articles_solve", options)


def not_understood(talk: Talk) -> None:
    """Say so honestly; the second time in a row offer what is covered, and a person."""
    talk.state.misses += 1
    if talk.state.misses == 1:
        options = [talk.option("coverage", "help"), talk.option("person", "person")]
        talk.ask("lost", "utter_not_understood", options)
    else:
        ask_module(talk)


def describe_again(talk: Talk) -> None:
    """None of the candidates: ask for other words, or offer what is covered and a person."""
    options = [talk.option("coverage", "help", "deny"), talk.option("person", "person")]
    talk.ask("lost", "utter_describe_again", options)


def _situations(talk: Talk, ids: Sequence[str]) -> list[Option]:
    named = [talk.named(i) for i in ids]
    options = [Option(s.id, s.clarify) for s in named]
    return [*options, talk.option("none", "deny", "wrong_situation", "not_resolved")]
