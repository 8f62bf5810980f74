using WebConcurrency.Lab.Calibration;
using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Comparing;

/// <summary>One strategy at one level: what all rounds of it came to.</summary>
internal sealed class Cell(string strategy, Level level)
{
    /// <summary>What a latency has beside what a request does: until its record began, all of the record, and what no column of it explains.</summary>
    public static readonly string[] Beside = ["arrival_ms", "wall_ms", "unexplained_ms"];

    /// <summary>The columns of the records whose means are told.</summary>
    public static readonly string[] Columns = ["queue_ms", "connection_ms", "db_ms", "gil_ms", "cpu_ms", "runnable_ms", "covered_ms", .. Beside];

    private readonly List<LoadResult> _loads = [];
    private readonly Dictionary<string, (double Sum, int Count)> _columns = [];
    private double _cpuMs;
    private long _finished;

    public string Strategy => strategy;

    public Level Level => level;

    public int Rounds => _loads.Count;

    public LatencyHistogram Latency { get; } = new();

    public IEnumerable<double> Rates => _loads.Select(load => load.PerSecond);

    /// <summary>Good answers each second: the median of the rounds; not a number before the first.</summary>
    public double PerSecond => Rounds == 0 ? double.NaN : Verdict.Median(Rates);

    /// <summary>Answers that were no good ones, and requests that had none.</summary>
    public long Failed => _loads.Sum(load => load.Failed);

    /// <summary>What is to be said of its rounds if none of them had a good answer; <see langword="null"/>: one had.</summary>
    public string? FirstUseless => _loads.TrueForAll(load => load.Uselessness is not null) ? _loads.FirstOrDefault()?.Uselessness : null;

    public bool GeneratorWasBottleneck => _loads.Exists(load => load.GeneratorIsBottleneck);

    /// <summary>CPU time of the server's process for one request; not a number where its <c>/lab</c> is off.</summary>
    public double CpuMs => _finished == 0 ? double.NaN : _cpuMs / _finished;

    /// <summary>The most of the server's memory that was in RAM at the end of a round, in MiB.</summary>
    public double MemoryMib { get; private set; } = double.NaN;

    /// <summary>The mean of a column; not a number where no record had it.</summary>
    public double Column(string name) => _columns.TryGetValue(name, out var column) ? column.Sum / column.Count : double.NaN;

    /// <summary>Adds a round.</summary>
    /// <param name="load">What the generator measured.</param>
    /// <param name="records">The newest of its records.</param>
    /// <param name="before">The server before it, and after.</param>
    /// <param name="after"><see langword="null"/>: its <c>/lab</c> is off.</param>
    /// <param name="finished">Requests that it finished in between.</param>
    public void Add(LoadResult load, IEnumerable<ServerRecord> records, LabFacts? before, LabFacts? after, long finished)
    {
        _loads.Add(load);
        Latency.Add(load.Latency);
        foreach (var record in records)
        {
            foreach (var name in Columns)
            {
                if (record[name] is { } value)
                {
                    var (sum, count) = _columns.GetValueOrDefault(name);
                    _columns[name] = (sum + value, count + 1);
                }
            }
        }

        if (before is not null && after is not null)
        {
            _cpuMs += after.CpuMs - before.CpuMs;
            _finished += finished;
            MemoryMib = Math.Max(double.IsNaN(MemoryMib) ? 0 : MemoryMib, after.WorkingSetBytes / (1024.0 * 1024));
        }
    }
}
