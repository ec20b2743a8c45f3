"""The team's side of the gateway, wired together: desk, deliveries, agents' conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from gateway.channels.platform import Platform
from gateway.channels.search import Search
from gateway.channels.slack.places import case_place
from gateway.channels.talks import Talks
from gateway.channels.teams.place import place_of as teams_place
from gateway.channels.texts import load_channel_texts
from gateway.conversation.engine import Engine
from gateway.delivery.courier import Courier
from gateway.delivery.mail import outlet as mail
from gateway.delivery.mail.message import Writing
from gateway.delivery.outlet import Outlet
from gateway.delivery.texts import load_delivery_texts
from gateway.delivery.webhook import outlet as webhook
from gateway.handoff.cases import Cases
from gateway.handoff.desk import Desk
from gateway.handoff.jobs import DeskJobs
from gateway.handoff.opening import Openings, Place
from gateway.handoff.texts import DeskTexts, load_desk_texts
from gateway.observe import Observer
from gateway.privacy.cases import CasesOfPeople
from gateway.settings import Settings
from gateway.store import Store
from gateway.store.handoffs import Handoffs
from gateway.store.labels import Labels


@dataclass(frozen=True)
class Team:
    """`desk` is what agents do, `cases` what they see, `talks` their own conversations."""

    desk: Desk
    cases: Cases
    talks: Talks
    courier: Courier
    jobs: DeskJobs
    sheets: CasesOfPeople
    routers: Sequence[APIRouter] = ()

    async def start(self) -> None:
        """Begin to deliver, and to look for overdue cases."""
        await self.courier.start()
        self.jobs.start()

    async def stop(self) -> None:
        """End all of it."""
        await self.jobs.stop()
        await self.courier.stop()
        await self.sheets.close()


def build_openings(settings: Settings) -> Openings:
    """Return what makes openings of cases, for the sinks that are configured."""
    return Openings(settings.desk, load_desk_texts(settings.desk.texts_file), _places(settings))


def build_team(
    settings: Settings, store: Store, engine: Engine, openings: Openings, observer: Observer
) -> Team:
    """Wire the parts; without a sink nothing is delivered, and cases are only kept."""
    texts = load_desk_texts(settings.desk.texts_file)
    handoffs = Handoffs(store.database)
    sheets = CasesOfPeople(settings.access.cases_url)
    labels = Labels(store.database)
    desk = Desk(handoffs, labels, texts, openings.due, engine.hub, engine.wake, observer)
    cases = Cases(handoffs, sheets, store.history, load_channel_texts())
    talks = Talks(store, labels, engine.inbox)
    apps, routers = _apps(settings, store, desk, cases, talks, texts)
    courier = Courier(store, [*_outlets(settings, cases), *apps], settings.sinks.pace)
    engine.hub.also_tell(courier.wake)
    return Team(desk, cases, talks, courier, DeskJobs(desk), sheets, routers)


def _places(settings: Settings) -> Sequence[Place]:
    """Return where new cases go: one place for each sink that is configured for them."""
    sinks, places = settings.sinks, list[Place]()
    if sinks.slack and sinks.slack.cases_channel:
        places.append(case_place(sinks.slack.cases_channel))
    if sinks.mail:
        places += mail.places(sinks.mail)
    if sinks.webhook:
        places += webhook.places()
    if sinks.teams and sinks.teams.cases_channel:
        places.append(teams_place(sinks.teams))
    return places


def _outlets(settings: Settings, cases: Cases) -> Sequence[Outlet]:
    sinks, outlets = settings.sinks, list[Outlet]()
    if sinks.mail:
        zone = settings.desk.hours.zone
        writing = Writing(load_delivery_texts(), load_channel_texts(), zone)
        outlets.append(mail.MailOutlet(sinks.mail, cases, writing))
    if sinks.webhook:
        outlets.append(webhook.WebhookOutlet(sinks.webhook, cases))
    return outlets


def _apps(
    settings: Settings, store: Store, desk: Desk, cases: Cases, talks: Talks, texts: DeskTexts
) -> tuple[Sequence[Outlet], Sequence[APIRouter]]:
    """Return what delivers to platforms where people also write, and what takes that in.

    Their libraries take seconds to import, so that is left until they are wanted.
    """
    sinks, search = settings.sinks, Search(load_channel_texts())
    apps: list[Platform] = []
    if sinks.slack:
        from gateway.channels.slack.build import build_slack

        apps.append(build_slack(sinks.slack, store, desk, cases, talks, search, texts))
    if sinks.teams:
        from gateway.channels.teams.build import build_teams

        apps.append(build_teams(sinks.teams, store, desk, cases, talks, search))
    return [app.outlet for app in apps], [app.router for app in apps if app.router]
