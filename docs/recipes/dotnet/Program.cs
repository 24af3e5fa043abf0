using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Server;
using System.ComponentModel;

var issuer = Environment.GetEnvironmentVariable("ISSUER") ?? "http://127.0.0.1:9400";
var port = Environment.GetEnvironmentVariable("PORT") ?? "9427";
// As clients type it: it is the audience of the tokens, and where the metadata is.
var resource = new Uri(Environment.GetEnvironmentVariable("RESOURCE") ?? $"http://127.0.0.1:{port}/mcp");
var place = new Uri(issuer);
var issuerMetadata = $"{place.GetLeftPart(UriPartial.Authority)}/.well-known/oauth-authorization-server{place.AbsolutePath.TrimEnd('/')}";

var builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddAuthentication(options =>
    {
        options.DefaultAuthenticateScheme = JwtBearerDefaults.AuthenticationScheme;
        options.DefaultChallengeScheme = McpAuthenticationDefaults.AuthenticationScheme;
    })
    .AddJwtBearer(options =>
    {
        // Of RFC 8414. With Authority alone, OpenID metadata would be asked for.
        options.MetadataAddress = issuerMetadata;
        options.RequireHttpsMetadata = !place.IsLoopback;
        options.MapInboundClaims = false;
        var valid = options.TokenValidationParameters;
        valid.ValidIssuer = issuer;
        valid.ValidAudience = resource.OriginalString;
        // Another string is another audience.
        valid.IgnoreTrailingSlashWhenValidatingAudience = false;
        // Without it an ID token of the same issuer is as good as an access token.
        valid.ValidTypes = ["at+jwt"];
        valid.ValidAlgorithms = ["ES256"];
        valid.RequireExpirationTime = true;
        valid.ClockSkew = TimeSpan.FromSeconds(30);
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                var isWhole = new[] { "sub", "client_id" }.All(name => context.Principal?.FindFirst(name) is not null);
                if (!isWhole) context.Fail("no access token");
                return Task.CompletedTask;
            },
        };
    })
    .AddMcp(options =>
    {
        options.ResourceMetadata = new()
        {
            Resource = resource.OriginalString,
            AuthorizationServers = { issuer },
            ScopesSupported = ["notes:read", "notes:write"],
            ResourceName = "Notes",
        };
    });

var authorization = builder.Services.AddAuthorizationBuilder();
foreach (var scope in new[] { "notes:read", "notes:write" })
{
    authorization.AddPolicy(scope, policy => policy
        .RequireAuthenticatedUser()
        .RequireAssertion(context => context.User.FindAll("scope").Any(claim => claim.Value.Split(' ').Contains(scope))));
}

builder.Services.AddSingleton<NoteStore>();
builder.Services
    .AddMcpServer()
    .WithHttpTransport(options => options.SessionMode = HttpServerSessionMode.Stateless)
    // Without this, the attributes of the tools are an error and not a gate.
    .AddAuthorizationFilters()
    .WithTools<Notes>();

var app = builder.Build();
var origin = resource.GetLeftPart(UriPartial.Authority);
// The SDK leaves Host and Origin to the application. Metadata stays readable from anywhere.
app.UseWhen(context => context.Request.Path == resource.AbsolutePath, branch => branch.Use(async (context, next) =>
{
    var from = context.Request.Headers.Origin.ToString();
    if (context.Request.Host.Value == resource.Authority && (from == "" || from == origin)) await next(context);
    else context.Response.StatusCode = StatusCodes.Status403Forbidden;
}));
app.UseAuthentication();
app.UseAuthorization();
app.MapMcp(resource.AbsolutePath).RequireAuthorization("notes:read");
app.Run($"http://127.0.0.1:{port}");

public sealed class NoteStore
{
    private readonly List<string> _notes = [];

    public int Add(string note)
    {
        lock (_notes)
        {
            _notes.Add(note);
            return _notes.Count;
        }
    }

    public string All()
    {
        lock (_notes) return string.Join('\n', _notes);
    }
}

[McpServerToolType]
public sealed class Notes(NoteStore store)
{
    [McpServerTool(Name = "note_list", ReadOnly = true), Description("Lists the notes")]
    public string List() => store.All();

    [McpServerTool(Name = "note_add"), Description("Adds a note"), Authorize("notes:write")]
    public string Add(string note) => $"{store.Add(note)} notes";
}
