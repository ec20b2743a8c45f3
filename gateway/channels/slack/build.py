"""The Slack side, wired together."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from gateway.channels.search import Search
from gateway.channels.slack.answering import Answering
from gateway.channels.slack.app import build_app
from gateway.channels.slack.case_posts import CasePosts
from gateway.channels.slack.homes import Homes
from gateway.channels.slack.http import build_router
from gateway.channels.slack.later import Later, Turns
from gateway.channels.slack.outlet import SlackOutlet
from gateway.channels.slack.parts import Parts
from gateway.channels.slack.people import People
from gateway.channels.slack.places import SINK
from gateway.channels.slack.settings import SlackSettings
from gateway.channels.slack.socket import Socket
from gateway.channels.slack.talk_posts import TalkPosts
from gateway.channels.slack.texts import load_slack_texts
from gateway.channels.slack.web import Web
from gateway.channels.slack.whisper import Whisper
from gateway.channels.talks import Talks
from gateway.channels.texts import load_channel_texts
from gateway.handoff.cases import Cases
from gateway.handoff.desk import Desk
from gateway.handoff.texts import DeskTexts
from gateway.store import Store
from gateway.store.deliveries import Deliveries
from gateway.store.threads import Threads


@dataclass(frozen=True)
class Slack:
    """`router` is None where events do not come over HTTP."""

    outlet: SlackOutlet
    router: APIRouter | None


def build_slack(
    settings: SlackSettings,
    store: Store,
    desk: Desk,
    cases: Cases,
    talks: Talks,
    search: Search,
    refusals: DeskTexts,
) -> Slack:
    """Wire the parts; nothing is sent before the outlet starts."""
    texts, own = load_channel_texts(), load_slack_texts()
    web, later = Web(settings), Later()
    deliveries = Deliveries(store.database, owner="", lease_seconds=0.0)
    threads = Threads(store.database, SINK)
    people, whisper = People(web), Whisper(web)
    homes = Homes(web, people, cases, deliveries, texts)
    channel = settings.cases_channel
    answering = Answering(search, cases, people, homes, whisper, channel, texts, own, refusals)
    parts = Parts(
        web, desk, cases, talks, deliveries, threads, people, homes, answering, whisper,
        Turns(), later, channel, texts, own, refusals,
    )  # fmt: skip
    app = build_app(parts)
    outlet = SlackOutlet(
        web,
        people,
        TalkPosts(web, talks, texts),
        CasePosts(web, cases, texts, own),
        homes,
        desk.handoffs,
        later,
        Socket(web, app, settings.app_token) if settings.app_token else None,
    )
    router = build_router(app, settings.signing_secret) if settings.signing_secret else None
    return Slack(outlet, router)
