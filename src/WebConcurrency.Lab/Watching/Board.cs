using System.Text.Json;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Watching;

/// <summary>What a server's events tell, as lanes of threads over the last seconds. Bounded. Not thread-safe.</summary>
/// <param name="window">How far back it shows, in milliseconds.</param>
/// <param name="time">The clock goes on, also while nothing finishes.</param>
internal sealed class Board(double window, TimeProvider time)
{
    private const int MostLanes = 500;

    private readonly Dictionary<int, List<Stay>> _lanes = [];

    // The newest instant that was heard of, and when: since then the stream's clock has gone on as ours did.
    private double _heardMs;
    private long _heard = time.GetTimestamp();

    /// <summary>Now, on the stream's clock.</summary>
    public double NowMs => _heardMs + time.GetElapsedTime(_heard).TotalMilliseconds;

    public long Records { get; private set; }

    /// <summary>Records that did not come, because there were too many.</summary>
    public long Lost { get; private set; }

    /// <summary>Requests that run, queue, and work on after their answer, by the last count.</summary>
    public (int Running, int Queued, int Leftover, long Finished) Counts { get; private set; }

    public void Add(ServerEvent told)
    {
        switch (told.Name)
        {
            case "":
                Add(told.Data);
                break;
            case "hello":
                Hear(Number(told.Data, "now_ms"));
                break;
            case "counts":
                Counts = (
                    (int)Number(told.Data, "running"), (int)Number(told.Data, "queued"), (int)Number(told.Data, "leftover"), (long)Number(told.Data, "finished"));
                break;
            case "lost":
                Lost = (long)Number(told.Data, "total");
                break;
            default:
                // A newer server may tell more.
                break;
        }
    }

    /// <summary>Forgets what is out of sight.</summary>
    public void Forget()
    {
        var oldest = NowMs - window;
        foreach (var (thread, stays) in _lanes.ToList())
        {
            stays.RemoveAll(stay => stay.EndMs < oldest);
            if (stays.Count == 0)
            {
                _lanes.Remove(thread);
            }
        }
    }

    /// <summary>The threads that did anything lately, those that began first on top.</summary>
    public IReadOnlyList<int> Threads => [.. _lanes.OrderBy(lane => lane.Value.Min(stay => stay.StartMs)).Select(lane => lane.Key)];

    /// <summary>A lane in so many cells: in each the kind that fills most of it, or nothing.</summary>
    public IReadOnlyList<string?> Cells(int thread, int count)
    {
        var cells = new string?[count];
        var (width, now) = (window / count, NowMs);
        for (var i = 0; i < count; i++)
        {
            var start = now - window + (i * width);
            cells[i] = _lanes[thread]
                .Select(stay => (stay.Kind, Inside: Math.Min(stay.EndMs, start + width) - Math.Max(stay.StartMs, start)))
                .Where(part => part.Inside > 0)
                .GroupBy(part => part.Kind)
                .OrderByDescending(kind => kind.Sum(part => part.Inside))
                .FirstOrDefault()?.Key;
        }

        return cells;
    }

    private void Add(JsonElement data)
    {
        Records++;
        var at = Number(data, "at_ms");
        foreach (var phase in new ServerRecord(data).Phases)
        {
            Hear(at + phase.EndMs);
            if (phase.Thread is not { } thread)
            {
                continue;
            }

            if (!_lanes.TryGetValue(thread, out var lane))
            {
                if (_lanes.Count == MostLanes)
                {
                    continue;
                }

                _lanes[thread] = lane = [];
            }

            lane.Add(new Stay(at + phase.StartMs, at + phase.EndMs, phase.Kind));
        }
    }

    private void Hear(double instantMs)
    {
        if (instantMs > NowMs)
        {
            (_heardMs, _heard) = (instantMs, time.GetTimestamp());
        }
    }

    private static double Number(JsonElement of, string name) => JsonFields.Number(of, name, "message");
}
