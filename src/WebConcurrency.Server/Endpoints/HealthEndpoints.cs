using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Whether the process is up, and whether it can serve.</summary>
internal sealed class HealthEndpoints(DatabaseHost database, Drain drain)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/health").OnlyObserves();
        group.MapGet("/live", () => TypedResults.Json(new { status = "live" }));
        group.MapGet("/ready", ReadyAsync);
    }

    private async Task<IResult> ReadyAsync(CancellationToken cancellationToken)
    {
        if (drain.HasBegun)
        {
            return NotReady("The server is stopping.");
        }

        try
        {
            // Raced and not cancelled: Npgsql's cancellation waits for the database itself.
            await AskAsync().WaitAsync(Limit, cancellationToken);
            return TypedResults.Json(new { status = "ready" });
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return NotReady("The database does not answer.");
        }
    }

    private async Task AskAsync()
    {
        await using var command = database.Observing.CreateCommand("select 1");
        await command.ExecuteScalarAsync(CancellationToken.None);
    }

    private static ProblemHttpResult NotReady(string why) =>
        TypedResults.Problem(why, statusCode: StatusCodes.Status503ServiceUnavailable);
}
