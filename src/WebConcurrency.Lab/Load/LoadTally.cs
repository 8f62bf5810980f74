using System.Diagnostics;
using System.Net;

namespace WebConcurrency.Lab.Load;

/// <summary>Counts what belongs to the time that is measured. Not thread-safe.</summary>
internal sealed class LoadTally(LoadPlan plan)
{
    private readonly Dictionary<int, long> _refused = [];
    private readonly LatencyHistogram _latency = new();
    private readonly LatencyHistogram _sentLate = new();
    private long _from = long.MaxValue;
    private long _until = long.MaxValue;
    private long _answered;
    private long _due;
    private long _ended;
    private long _waited;
    private TimeSpan _cpuBefore;
    private TimeSpan _cpuAfter;

    /// <summary>Begins the time that is measured.</summary>
    public void Begin(long now)
    {
        (_from, _until) = (now, now + Length(plan.Measured));
        _cpuBefore = Cpu();
    }

    /// <summary>Ends it.</summary>
    public void End(long now)
    {
        _until = Math.Min(_until, now);
        _cpuAfter = Cpu();
    }

    public bool HasBegun => _from != long.MaxValue;

    /// <summary>A request went out.</summary>
    public void Sent(long due, long now)
    {
        if (IsMeasured(due))
        {
            _due++;
            _sentLate.Record(now - due);
        }
    }

    /// <summary>A request that was due never went out.</summary>
    public void NeverSent(long due) => _due += IsMeasured(due) ? 1 : 0;

    public void Answered(Answer answer, long due, long now)
    {
        var good = answer.Status == (int)HttpStatusCode.OK;
        if (good && IsMeasured(now))
        {
            _answered++;
        }

        // In an open loop a refusal belongs to when it was due, as a latency does: one that came after the end would count nowhere otherwise.
        if (!good && IsMeasured(plan.Rate is null ? now : due))
        {
            _refused[answer.Status] = _refused.GetValueOrDefault(answer.Status) + 1;
        }

        if (IsMeasured(due))
        {
            _ended++;
            if (good)
            {
                _latency.Record(now - due);
            }
        }
    }

    /// <summary>The generator had nothing to do from one instant to another.</summary>
    public void Waited(long from, long until) => _waited += Math.Max(0, Math.Min(until, _until) - Math.Max(from, _from));

    public LoadResult Result(long now, string? failure = null)
    {
        var measured = HasBegun ? Stopwatch.GetElapsedTime(_from, Math.Min(_until, now)) : TimeSpan.Zero;
        return new LoadResult
        {
            Plan = plan,
            Measured = measured,
            Answered = _answered,
            Refused = _refused,
            Unanswered = _due - _ended,
            Latency = _latency,
            SentLate = _sentLate,
            Busy = measured > TimeSpan.Zero ? 1 - (Stopwatch.GetElapsedTime(0, _waited) / measured) : 0,
            OwnCpu = (_cpuAfter > TimeSpan.Zero ? _cpuAfter : Cpu()) - (HasBegun ? _cpuBefore : Cpu()),
            Failure = failure,
        };
    }

    /// <summary>A duration by the clock of <see cref="Stopwatch"/>.</summary>
    public static long Length(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private bool IsMeasured(long instant) => instant >= _from && instant < _until;

    private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;
}
