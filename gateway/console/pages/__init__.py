"""The console's pages: a module each, put together here."""

from fastapi import APIRouter

from gateway.console.pages import (
    account,
    articles,
    checks,
    doctor,
    figures,
    files,
    history,
    login,
    measuring,
    overview,
    phrase,
    phrases,
    review,
    sayings,
    situations,
    versions,
)

PARTS = (
    login, account, overview, situations, checks, phrase, phrases, sayings, articles, doctor,
    measuring, review, versions, figures, history, files,
)  # fmt: skip
router = APIRouter(include_in_schema=False)
for _part in PARTS:
    router.include_router(_part.router)
