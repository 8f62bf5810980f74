using System.Diagnostics;
using System.Net.Sockets;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Load;

/// <summary>
/// Asks a server as planned, from one thread that waits for all connections at once: what it measures does not wait for a thread pool. In an open loop a
/// request that finds no connection free is sent later and measured from when it was due (no coordinated omission).
/// </summary>
internal static class LoadGenerator
{
    /// <summary>How long a server may take to accept all connections.</summary>
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(10);

    /// <summary>Runs the load. A server that fails ends it early: the result says why and has what was measured until then.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left under way.</exception>
    public static async Task<LoadResult> RunAsync(Uri address, LoadPlan plan, CancellationToken cancellationToken)
    {
        if (address.Scheme != Uri.UriSchemeHttp)
        {
            throw new ServerException($"Load is made over http only, and {address} is {address.Scheme}.");
        }

        var connections = Enumerable.Range(0, plan.Connections).Select(_ => new LoadConnection(address, plan.Path)).ToList();
        try
        {
            if (await OpenAsync(address, connections, cancellationToken) is { } failure)
            {
                return new LoadTally(plan).Result(0, failure);
            }

            // A thread of its own, because it blocks.
            return await Task.Factory.StartNew(
                () => new LoadLoop(address, plan, connections, cancellationToken).Run(), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task<string?> OpenAsync(Uri address, List<LoadConnection> connections, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(OpenLimit);
        try
        {
            await Task.WhenAll(connections.Select(connection => connection.OpenAsync(limit.Token)));
            return null;
        }
        catch (SocketException exception)
        {
            return $"The server at {address} cannot be reached: {exception.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"The server at {address} did not accept {connections.Count} connections within {OpenLimit.TotalSeconds} s.";
        }
    }
}
