"""The Teams app, wired together."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from gateway.channels.search import Search
from gateway.channels.talks import Talks
from gateway.channels.teams.case_posts import CasePosts
from gateway.channels.teams.chats import Chats
from gateway.channels.teams.clicks import Clicks
from gateway.channels.teams.connector import Connector
from gateway.channels.teams.desk_clicks import DeskClicks
from gateway.channels.teams.door import Door
from gateway.channels.teams.incoming import SINK
from gateway.channels.teams.intake import Intake
from gateway.channels.teams.keys import Keys
from gateway.channels.teams.login import Login
from gateway.channels.teams.mouth import Mouth
from gateway.channels.teams.outlet import TeamsOutlet
from gateway.channels.teams.settings import TeamsSettings
from gateway.channels.teams.staff import Staff
from gateway.channels.teams.talk_posts import TalkPosts
from gateway.channels.teams.tasks import Tasks
from gateway.channels.teams.texts import load_teams_texts
from gateway.channels.teams.tokens import Tokens
from gateway.channels.texts import load_channel_texts
from gateway.handoff.cases import Cases
from gateway.handoff.desk import Desk
from gateway.store import Store
from gateway.store.places import Places
from gateway.texts import load_texts


@dataclass(frozen=True)
class TeamsApp:
    """`router` takes activities, `outlet` delivers."""

    router: APIRouter
    outlet: TeamsOutlet


def build_teams(
    settings: TeamsSettings, store: Store, desk: Desk, cases: Cases, talks: Talks, search: Search
) -> TeamsApp:
    """Wire the parts; nothing is fetched and nobody is asked."""
    texts, own = load_channel_texts(), load_teams_texts()
    places, tasks = Places(store.database, SINK), Tasks()
    connector = Connector(Login(settings), settings.app_id)
    chats = Chats(connector)
    mouth = Mouth(connector, chats, texts, own)
    staff = Staff(settings, connector)
    desk_clicks = DeskClicks(desk, cases, own)
    clicks = Clicks(talks, desk_clicks, cases, places, staff, mouth, tasks, texts, own)
    intake = Intake(talks, desk, cases, search, places, staff, clicks, mouth, tasks, texts, own)
    talk_posts = TalkPosts(connector, chats, talks, texts)
    case_posts = CasePosts(connector, cases, places, texts, own)
    outlet = TeamsOutlet(connector, talk_posts, case_posts, tasks)
    tokens = Tokens(settings, Keys(settings.openid_url))
    return TeamsApp(Door(tokens, intake, load_texts()).router(), outlet)
