using System.Collections.Immutable;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>All requests: opens recorders, makes records of those that have closed, keeps the newest. Thread-safe.</summary>
internal sealed class RequestLedger
{
    private static readonly TimeSpan TrySettleLimit = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly RequestTimeline _timeline;
    private readonly OverlapFinder _overlap;
    private readonly RecordRing _ring;

    /// <summary>More pending than this, and who worked during a wait is left out until the backlog is gone.</summary>
    private const int Backlog = 4_096;

    // One at a time makes records: the consumer, or somebody who wants to see what has just finished.
    private readonly Lock _settling = new();
    private List<RequestRecorder> _spare = [];
    private ImmutableArray<IRecordOutput> _outputs = [];
    private long _id;
    private long _faults;

    public RequestLedger(TimeProvider time, RequestConcurrencyOptions options)
    {
        _time = time;
        _timeline = new RequestTimeline(time, options, Fault);
        _overlap = new OverlapFinder(_timeline);
        _ring = new RecordRing(options.RecordsKept);
    }

    /// <summary>Called when recording fails; it has been counted already.</summary>
    public Action<Exception>? Faulted { get; set; }

    /// <summary>Called, on the closing request's thread, when there is something to settle. Must be quick.</summary>
    public Action? RecordPending
    {
        set => _timeline.RecordPending = value;
    }

    public LiveCounts Counts => _timeline.Counts;

    /// <summary>How often recording failed.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public int Capacity => _ring.Capacity;

    /// <summary>Adds an output, once however often it is added.</summary>
    public void AddOutput(IRecordOutput output) => ImmutableInterlocked.Update(ref _outputs, static (all, one) => all.Contains(one) ? all : all.Add(one), output);

    public RequestRecorder Open(string method, IMomentObserver? moments) =>
        new(_timeline, moments, Interlocked.Increment(ref _id), method, _time.GetUtcNow());

    /// <summary>Makes records of all requests that have closed.</summary>
    public void Settle()
    {
        lock (_settling)
        {
            SettlePending();
        }
    }

    /// <summary>The same for whoever wants to see what has just finished, unless there is so much to do that he would wait for it.</summary>
    public void TrySettle()
    {
        if (_timeline.Pending < Backlog && _settling.TryEnter(TrySettleLimit))
        {
            try
            {
                SettlePending();
            }
            finally
            {
                _settling.Exit();
            }
        }
    }

    /// <summary>The records kept, oldest first.</summary>
    public ImmutableArray<RequestRecord> Records() => _ring.All();

    /// <summary>Who worked during the wanted phases of a record; see <see cref="OverlapFinder.Find"/>.</summary>
    public OverlapFinding WhoWorked(RequestRecord record, Func<Phase, bool> wanted, int most)
    {
        lock (_settling)
        {
            return _overlap.Find(record, wanted, most);
        }
    }

    public TimeSpan Length(long ticks) => _timeline.Length(ticks);

    public void Fault(Exception exception)
    {
        Interlocked.Increment(ref _faults);
        Faulted?.Invoke(exception);
    }

    private void SettlePending()
    {
        var closed = _timeline.TakePending(_spare);
        var behind = closed.Count > Backlog;
        foreach (var recorder in closed)
        {
            Settle(recorder, behind);
        }

        closed.Clear();
        _spare = closed;
    }

    private void Settle(RequestRecorder recorder, bool behind)
    {
        try
        {
            var record = recorder.ToRecord();
            record = record with { Overlapped = behind && record.FirstIoWaitPosition >= 0 ? null : _overlap.Count(record) };
            _ring.Add(record);
            foreach (var output in _outputs)
            {
                output.Write(record);
            }
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }
}
