package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

const skew = 30 * time.Second

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// fetchKeys finds the key set by RFC 8414 metadata, which must name the issuer that was asked.
func fetchKeys(ctx context.Context, issuer string) (keyfunc.Keyfunc, error) {
	place, err := url.Parse(issuer)
	if err != nil {
		return nil, err
	}
	place.Path = "/.well-known/oauth-authorization-server" + strings.TrimSuffix(place.Path, "/")
	answer, err := http.Get(place.String())
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var metadata struct {
		Issuer  string `json:"issuer"`
		JwksURI string `json:"jwks_uri"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&metadata); err != nil {
		return nil, err
	}
	if metadata.Issuer != issuer {
		return nil, fmt.Errorf("%s calls itself %s", issuer, metadata.Issuer)
	}
	return keyfunc.NewDefaultCtx(ctx, []string{metadata.JwksURI})
}

type accessClaims struct {
	jwt.RegisteredClaims
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
}

// newVerifier takes access tokens of one issuer for one resource, and nothing else that this issuer signs.
func newVerifier(keys keyfunc.Keyfunc, issuer, resource string) auth.TokenVerifier {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"ES256"}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(resource),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(skew),
	)
	return func(ctx context.Context, text string, _ *http.Request) (*auth.TokenInfo, error) {
		var claims accessClaims
		token, err := parser.ParseWithClaims(text, &claims, keys.KeyfuncCtx(ctx))
		if err != nil {
			return nil, fmt.Errorf("%w: not good here", auth.ErrInvalidToken)
		}
		typ, _ := token.Header["typ"].(string)
		isAccessToken := slices.Contains([]string{"at+jwt", "application/at+jwt"}, strings.ToLower(typ))
		_, isCritical := token.Header["crit"]
		if !isAccessToken || isCritical || claims.Subject == "" || claims.ClientID == "" {
			return nil, fmt.Errorf("%w: no access token", auth.ErrInvalidToken)
		}
		return &auth.TokenInfo{
			Scopes:     strings.Fields(claims.Scope),
			Expiration: claims.ExpiresAt.Time,
			UserID:     claims.Subject,
		}, nil
	}
}

type noteArguments struct {
	Note string `json:"note"`
}

func newNotes() *mcp.Server {
	var mutex sync.Mutex
	var notes []string
	text := func(value string) *mcp.CallToolResult {
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: value}}}
	}
	server := mcp.NewServer(&mcp.Implementation{Name: "notes", Version: "1.0.0"}, nil)
	mcp.AddTool(server, &mcp.Tool{
		Name:        "note_list",
		Description: "Lists the notes",
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true},
	}, func(_ context.Context, _ *mcp.CallToolRequest, _ struct{}) (*mcp.CallToolResult, any, error) {
		mutex.Lock()
		defer mutex.Unlock()
		return text(strings.Join(notes, "\n")), nil, nil
	})
	mcp.AddTool(server, &mcp.Tool{
		Name:        "note_add",
		Description: "Adds a note",
	}, func(_ context.Context, call *mcp.CallToolRequest, args noteArguments) (*mcp.CallToolResult, any, error) {
		// The SDK knows scopes of the whole endpoint alone: what one tool needs is the tool's own business.
		if !holds(call, "notes:write") {
			return nil, nil, errors.New("this needs the permission notes:write: sign in again and ask for it")
		}
		mutex.Lock()
		defer mutex.Unlock()
		notes = append(notes, args.Note)
		return text(fmt.Sprintf("%d notes", len(notes))), nil, nil
	})
	return server
}

func holds(call *mcp.CallToolRequest, scope string) bool {
	return call.Extra != nil && call.Extra.TokenInfo != nil && slices.Contains(call.Extra.TokenInfo.Scopes, scope)
}

func main() {
	issuer := setting("ISSUER", "http://127.0.0.1:9400")
	port := setting("PORT", "9425")
	// As clients type it: it is the audience of the tokens, and where the metadata is.
	resource := setting("RESOURCE", "http://127.0.0.1:"+port+"/mcp")
	place, err := url.Parse(resource)
	if err != nil {
		log.Fatal(err)
	}
	keys, err := fetchKeys(context.Background(), issuer)
	if err != nil {
		log.Fatal(err)
	}
	metadataPath := "/.well-known/oauth-protected-resource" + place.Path
	gate := auth.RequireBearerToken(newVerifier(keys, issuer, resource), &auth.RequireBearerTokenOptions{
		ResourceMetadataURL: place.Scheme + "://" + place.Host + metadataPath,
		Scopes:              []string{"notes:read"},
		ClockSkew:           skew,
	})
	server := newNotes()
	handler := mcp.NewStreamableHTTPHandler(
		func(*http.Request) *mcp.Server { return server },
		&mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true},
	)
	routes := http.NewServeMux()
	routes.Handle(metadataPath, auth.ProtectedResourceMetadataHandler(&oauthex.ProtectedResourceMetadata{
		Resource:               resource,
		AuthorizationServers:   []string{issuer},
		ScopesSupported:        []string{"notes:read", "notes:write"},
		BearerMethodsSupported: []string{"header"},
		ResourceName:           "Notes",
	}))
	// Pages of other origins are refused before anything is looked at.
	routes.Handle(place.Path, http.NewCrossOriginProtection().Handler(gate(handler)))
	log.Printf("Notes: %s", resource)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, routes))
}
