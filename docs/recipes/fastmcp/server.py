import json
import os
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from fastmcp import FastMCP
from fastmcp.server.auth import AccessToken, JWTVerifier, RemoteAuthProvider, require_scopes
from joserfc.errors import JoseError
from joserfc.jws import extract_compact
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:9400")
PORT = int(os.environ.get("PORT", "9424"))
# As clients type it: it is the audience of the tokens, and where the metadata is.
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}/mcp")
PLACE = urlsplit(RESOURCE)
ORIGIN = f"{PLACE.scheme}://{PLACE.netloc}"


def fetch_issuer_metadata(issuer: str) -> dict[str, Any]:
    parts = urlsplit(issuer)
    url = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{parts.path.rstrip('/')}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        metadata: dict[str, Any] = json.load(answer)
    if metadata["issuer"] != issuer:
        raise RuntimeError(f"{issuer} calls itself {metadata['issuer']}")
    return metadata


class AccessTokenVerifier(JWTVerifier):
    """JWTVerifier looks at signature, issuer, audience and an expiry if there is one. The rest is here."""

    async def load_access_token(self, token: str) -> AccessToken | None:
        try:
            header = extract_compact(token.encode()).headers()
        except (JoseError, ValueError):
            return None
        if str(header.get("typ")).lower() not in ("at+jwt", "application/at+jwt"):
            return None
        access = await super().load_access_token(token)
        return access if access is not None and is_whole(access.claims) else None


def is_whole(claims: dict[str, Any]) -> bool:
    is_there = all(isinstance(claims.get(name), str) for name in ("sub", "client_id"))
    lifetime = (claims.get("nbf", 0), claims.get("exp"))
    return is_there and all(type(at) in (int, float) for at in lifetime) and lifetime[0] <= time.time() < lifetime[1]


class RefuseStrangers:
    """FastMCP's own guard lets every page of this machine in, and stands in front of the metadata as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_stranger = False
        if scope["type"] == "http" and scope["path"] == PLACE.path:
            headers = Headers(scope=scope)
            is_stranger = headers.get("host") != PLACE.netloc or headers.get("origin", ORIGIN) != ORIGIN
        app = JSONResponse({"error": "forbidden"}, status_code=403) if is_stranger else self._app
        await app(scope, receive, send)


auth = RemoteAuthProvider(
    token_verifier=AccessTokenVerifier(
        jwks_uri=fetch_issuer_metadata(ISSUER)["jwks_uri"], issuer=ISSUER, audience=RESOURCE, algorithm="ES256"
    ),
    authorization_servers=[ISSUER],
    base_url=ORIGIN,
    scopes_supported=["notes:read", "notes:write"],
)
# Here and not at the verifier, which would answer 401 to a token that lacks a scope: the middleware answers 403.
auth.required_scopes = ["notes:read"]

mcp = FastMCP("notes", auth=auth)
notes: list[str] = []


@mcp.tool(annotations={"readOnlyHint": True})
def note_list() -> str:
    """Lists the notes"""
    return "\n".join(notes)


@mcp.tool(auth=require_scopes("notes:read", "notes:write"))
def note_add(note: str) -> str:
    """Adds a note"""
    notes.append(note)
    return f"{len(notes)} notes"


if __name__ == "__main__":
    mcp.run(
        "http",
        host="127.0.0.1",
        port=PORT,
        path=PLACE.path,
        stateless_http=True,
        host_origin_protection=False,
        middleware=[Middleware(RefuseStrangers)],
    )
