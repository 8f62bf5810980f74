using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using WebConcurrency.Recording;

namespace WebConcurrency.Benchmarks;

/// <summary>What happens to a request on its way: it comes onto a thread and leaves it, it waits, a library tells of a wait.</summary>
public class FlowBenchmarks
{
    // So few that a request's list of phases is one that is kept for the next request.
    private const int Each = 20;
    private const int All = Each * RecordedRequests.Count;

    private static readonly AsyncLocal<object> Anything = new();
    private static readonly ActivitySource Database = new("Npgsql");
    private static readonly ContextCallback Nothing = static _ => { };

    private static readonly ContextCallback Waits = static _ =>
    {
        for (var i = 0; i < Each; i++)
        {
            RequestConcurrency.Wait(WaitKind.Io).Dispose();
        }
    };

    private static readonly ContextCallback Spans = static _ =>
    {
        for (var i = 0; i < Each; i++)
        {
            Database.StartActivity("query", ActivityKind.Client)?.Stop();
        }
    };

    private readonly ClientSpans _spans = new(["Npgsql"]);
    private RecordedRequests _requests = null!;
    private ExecutionContext _unrecorded = null!;

    [Params(false, true)]
    public bool Metered { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        Anything.Value = new object();
        _unrecorded = ExecutionContext.Capture()!;
        Anything.Value = null!;
        _spans.Start();
        _requests = new RecordedRequests(Metered);
        RecordedRequests.Warm(() =>
        {
            Open();
            Hop();
            Close();
            Open();
            Wait();
            Close();
            Open();
            Span();
            Close();
            UnrecordedHop();
        });
    }

    [IterationSetup]
    public void Open() => _requests.Open();

    /// <summary>The request's execution context comes onto a thread and leaves it.</summary>
    [Benchmark(OperationsPerInvoke = All)]
    public void Hop()
    {
        foreach (var context in _requests.Contexts)
        {
            for (var i = 0; i < Each; i++)
            {
                ExecutionContext.Run(context, Nothing, null);
            }
        }
    }

    /// <summary>The same of a context that carries something else.</summary>
    [Benchmark(OperationsPerInvoke = All)]
    public void UnrecordedHop()
    {
        for (var i = 0; i < All; i++)
        {
            ExecutionContext.Run(_unrecorded, Nothing, null);
        }
    }

    /// <summary>A named wait.</summary>
    [Benchmark(OperationsPerInvoke = All)]
    public void Wait()
    {
        foreach (var context in _requests.Contexts)
        {
            ExecutionContext.Run(context, Waits, null);
        }
    }

    /// <summary>An activity of the kind client that nobody else listens for, itself included.</summary>
    [Benchmark(OperationsPerInvoke = All)]
    public void Span()
    {
        foreach (var context in _requests.Contexts)
        {
            ExecutionContext.Run(context, Spans, null);
        }
    }

    [IterationCleanup]
    public void Close()
    {
        _requests.Close();
        _requests.Ledger.Settle();
    }

    [GlobalCleanup]
    public void CleanUp() => _spans.Dispose();
}
