"""Everybody who may come to a feed: with no key, a wrong one, an old one, or one that is good."""

from base64 import b64encode
from collections.abc import Mapping

from feed.app import Feed
from feed.services.callers import Scope
from feed.services.clock import DAY
from tests.feeds import ADMIN_KEY, memory_feed
from tests.keys import ME, ManualClock, make_key

Headers = Mapping[str, str]


def by_key(secret: str) -> Headers:
    return {"X-NuGet-ApiKey": secret}


def by_password(secret: str, user: str = "anybody") -> Headers:
    return {"Authorization": f"Basic {b64encode(f'{user}:{secret}'.encode()).decode()}"}


def by_token(secret: str) -> Headers:
    return {"Authorization": f"Bearer {secret}"}


async def holders(feed: Feed, clock: ManualClock) -> dict[str, Headers]:
    """What each of them sends."""
    good = {scope: await make_key(feed, scope, patterns=("Contoso.*",)) for scope in Scope}
    foreign = await make_key(feed, *Scope, patterns=("Fabrikam.*",))
    revoked = await make_key(feed, Scope.ADMIN)
    expired = await make_key(feed, Scope.ADMIN, lifetime=DAY)
    unknown = await make_key(memory_feed(clock=clock), Scope.ADMIN)
    await feed.keys.revoke(revoked.key.id, ME)
    clock.advance(DAY)
    return {
        "nobody": {},
        "wrong Basic": by_password("wrong"),
        "wrong token": by_token("wrong"),
        "foreign-shaped key": by_key("RequiredApiKey"),
        "unknown key": by_key(unknown.text.text),
        "revoked key": by_key(revoked.text.text),
        "expired key": by_key(expired.text.text),
        "unknown Basic": by_password(unknown.text.text),
        "revoked Basic": by_password(revoked.text.text),
        "expired Basic": by_password(expired.text.text),
        **{str(scope): by_key(new.text.text) for scope, new in good.items()},
        **{f"{scope} Basic": by_password(new.text.text) for scope, new in good.items()},
        "push token": by_token(good[Scope.PUSH].text.text),
        "foreign pattern": by_key(foreign.text.text),
        "admin key": by_key(ADMIN_KEY),
        "admin key Basic": by_password(ADMIN_KEY),
    }
