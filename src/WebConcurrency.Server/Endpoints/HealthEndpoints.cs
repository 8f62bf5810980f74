using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Whether the process is up, and whether it can serve.</summary>
internal sealed class HealthEndpoints(DatabaseHost database, IHostApplicationLifetime lifetime)
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
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return NotReady("The server is stopping.");
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limit);
            await using var command = database.Observing.CreateCommand("select 1");
            await command.ExecuteScalarAsync(limit.Token);
            return TypedResults.Json(new { status = "ready" });
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return NotReady("The database does not answer.");
        }
    }

    private static ProblemHttpResult NotReady(string why) =>
        TypedResults.Problem(why, statusCode: StatusCodes.Status503ServiceUnavailable);
}
