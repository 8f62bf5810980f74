using BenchmarkDotNet.Attributes;

namespace WebConcurrency.Benchmarks;

/// <summary>A request from its opening to its close, and the making of its record.</summary>
public class RequestBenchmarks
{
    private RecordedRequests _requests = null!;

    [Params(false, true)]
    public bool Metered { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _requests = new RecordedRequests(Metered);
        RecordedRequests.Warm(() =>
        {
            OpenAndClose();
            Settle();
        });
    }

    [Benchmark(OperationsPerInvoke = RecordedRequests.Count)]
    public void OpenAndClose()
    {
        for (var i = 0; i < RecordedRequests.Count; i++)
        {
            _requests.Ledger.Open("GET", null).Close(200);
        }
    }

    [IterationCleanup(Target = nameof(OpenAndClose))]
    public void SettleUncounted() => _requests.Ledger.Settle();

    [IterationSetup(Target = nameof(Settle))]
    public void OpenAndCloseUncounted()
    {
        // Each with one phase, as most requests have at least.
        _requests.Open();
        _requests.Close();
    }

    [Benchmark(OperationsPerInvoke = RecordedRequests.Count)]
    public void Settle() => _requests.Ledger.Settle();
}
