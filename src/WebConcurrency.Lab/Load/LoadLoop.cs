using System.Diagnostics;
using System.Net.Sockets;

namespace WebConcurrency.Lab.Load;

/// <summary>Sends what is due, waits, and counts what comes back, until the plan is over and what was under way has been answered.</summary>
internal sealed class LoadLoop(Uri address, LoadPlan plan, IReadOnlyList<LoadConnection> connections, CancellationToken cancellationToken)
{
    /// <summary>So often it looks whether it was cancelled.</summary>
    private static readonly long LongestWait = LoadTally.Length(TimeSpan.FromMilliseconds(50));

    private readonly LoadTally _tally = new(plan);
    private readonly Readiness _readiness = new(connections);
    private readonly Stack<LoadConnection> _free = new(connections);

    /// <summary>Blocks until the end.</summary>
    public LoadResult Run()
    {
        try
        {
            Loop();
            return _tally.Result(Stopwatch.GetTimestamp());
        }
        catch (FormatException exception)
        {
            return Failed($"What answers at {address} is no web server that can be measured: of an answer to /{plan.Path}, {exception.Message}.");
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return Failed($"The server at {address} died or hung up: {exception.Message}");
        }
    }

    private LoadResult Failed(string failure)
    {
        var now = Stopwatch.GetTimestamp();
        _tally.End(now);
        return _tally.Result(now, failure);
    }

    private void Loop()
    {
        var started = Stopwatch.GetTimestamp();
        var measuredFrom = started + LoadTally.Length(plan.WarmUp);
        var until = measuredFrom + LoadTally.Length(plan.Measured);
        var patience = LoadTally.Length(plan.Patience);
        var arrivals = plan.Rate is { } rate ? new Arrivals(started, rate) : null;
        var heard = started;
        var ended = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var now = Stopwatch.GetTimestamp();
            if (!_tally.HasBegun && now >= measuredFrom)
            {
                _tally.Begin(measuredFrom);
            }

            if (!ended && now >= until)
            {
                _tally.End(until);
                ended = true;
            }

            var due = arrivals?.Next ?? now;
            var pending = due < until && due <= now;
            while (pending && _free.TryPop(out var connection))
            {
                connection.Send(arrivals?.Take() ?? now);
                _tally.Sent(connection.Due, now);
                due = arrivals?.Next ?? now;
                pending = due < until && due <= now;
            }

            if (now >= until && !pending && _free.Count == connections.Count)
            {
                return;
            }

            if (_free.Count == connections.Count)
            {
                // Nothing was asked, so nothing was to be heard.
                heard = now;
            }
            else if (now - heard > patience)
            {
                throw new IOException($"it has not answered anything for {plan.Patience.TotalSeconds} s.");
            }
            else if (now - until > patience)
            {
                GiveUp(arrivals, until);
                return;
            }

            var wait = _free.Count > 0 && due < until ? Math.Min(due - now, LongestWait) : LongestWait;
            heard = Receive(Math.Min(wait, Math.Max(until - now, ended ? LongestWait : 0)), heard);
        }
    }

    /// <returns>When something was heard last.</returns>
    private long Receive(long longest, long heard)
    {
        var waiting = Stopwatch.GetTimestamp();
        var ready = _readiness.Wait(longest);
        var now = Stopwatch.GetTimestamp();
        _tally.Waited(waiting, now);
        foreach (var connection in ready)
        {
            if (!connection.IsBusy)
            {
                // Closed by the server while nothing was under way, which it may.
                connection.Reopen();
            }
            else if (connection.TryReceive(out var answer))
            {
                _tally.Answered(answer, connection.Due, now);
                if (answer.Closes)
                {
                    connection.Reopen();
                }

                _free.Push(connection);
            }
        }

        return ready.Count > 0 ? now : heard;
    }

    private void GiveUp(Arrivals? arrivals, long until)
    {
        while (arrivals?.Next < until)
        {
            _tally.NeverSent(arrivals.Take());
        }
    }
}
