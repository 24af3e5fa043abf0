import json
import os
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
import jwt
from mcp.server import MCPServer
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:9400")
PORT = int(os.environ.get("PORT", "9423"))
# As clients type it: it is the audience of the tokens, and where the metadata is.
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}/mcp")
SKEW_SECONDS = 30


def fetch_issuer_metadata(issuer: str) -> dict[str, Any]:
    parts = urlsplit(issuer)
    url = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{parts.path.rstrip('/')}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        metadata: dict[str, Any] = json.load(answer)
    if metadata["issuer"] != issuer:
        raise RuntimeError(f"{issuer} calls itself {metadata['issuer']}")
    return metadata


class AccessTokenVerifier:
    """Takes access tokens of one issuer for one resource, and nothing else that this issuer signs."""

    def __init__(self, jwks_uri: str) -> None:
        self._keys = jwt.PyJWKClient(jwks_uri, timeout=10)

    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            # The key set is fetched by a library that blocks.
            return await anyio.to_thread.run_sync(self._verify, token)
        except jwt.PyJWKClientConnectionError:
            # Keys that cannot be had say nothing about the token: 500, and the client keeps it.
            raise
        except (jwt.PyJWTError, ValueError):
            return None

    def _verify(self, token: str) -> AccessToken:
        if jwt.get_unverified_header(token).get("typ", "").lower() not in ("at+jwt", "application/at+jwt"):
            raise jwt.InvalidTokenError("no access token")
        claims = jwt.decode(
            token,
            self._keys.get_signing_key_from_jwt(token),
            algorithms=["ES256"],
            audience=RESOURCE,
            issuer=ISSUER,
            leeway=SKEW_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub", "client_id"]},
        )
        return AccessToken(
            token=token,
            client_id=claims["client_id"],
            scopes=claims.get("scope", "").split(),
            # The SDK compares this once more, and without tolerance.
            expires_at=int(claims["exp"]) + SKEW_SECONDS,
            resource=RESOURCE,
            subject=claims["sub"],
            claims={"iss": claims["iss"]},
        )


mcp = MCPServer(
    "notes",
    token_verifier=AccessTokenVerifier(fetch_issuer_metadata(ISSUER)["jwks_uri"]),
    # From plain strings, because AnyHttpUrl would add a slash to the issuer, and that is another issuer.
    auth=AuthSettings.model_validate(
        {
            "issuer_url": ISSUER,
            "resource_server_url": RESOURCE,
            "required_scopes": ["notes:read"],
            "validate_token_resource": True,
        }
    ),
)
notes: list[str] = []


def require_scope(scope: str) -> None:
    """The SDK knows scopes of the whole endpoint alone: what one tool needs is the tool's own business."""
    token = get_access_token()
    if token is None or scope not in token.scopes:
        raise ToolError(f"This needs the permission {scope}: sign in again and ask for it.")


@mcp.tool()
def note_list() -> str:
    """Lists the notes"""
    return "\n".join(notes)


@mcp.tool()
def note_add(note: str) -> str:
    """Adds a note"""
    require_scope("notes:write")
    notes.append(note)
    return f"{len(notes)} notes"


if __name__ == "__main__":
    parts = urlsplit(RESOURCE)
    mcp.run(
        "streamable-http",
        host="127.0.0.1",
        port=PORT,
        streamable_http_path=parts.path,
        stateless_http=True,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[parts.netloc], allowed_origins=[f"{parts.scheme}://{parts.netloc}"]
        ),
    )
