using Microsoft.Extensions.Options;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Admission;

/// <summary>One gate for each strategy: at most so many run, at most half as many wait, for a second. Beyond that a request is turned away.</summary>
internal sealed class StrategyAdmission
{
    private readonly Dictionary<string, FifoGate> _gates;

    public StrategyAdmission(IOptions<AdmissionOptions> options, ThreadBudget budget, TimeProvider time)
    {
        var limits = options.Value;
        _gates = new Dictionary<string, FifoGate>(StringComparer.Ordinal)
        {
            ["thread"] = Gate("thread", budget.Each, budget.Each / 2, budget.Shared),
            ["gil"] = Gate("gil", budget.Each, budget.Each / 2, budget.Shared),
            ["pool"] = Gate("pool", budget.Pool, budget.Pool / 2),
            ["threadpool"] = Gate("threadpool", budget.ThreadPool, budget.ThreadPool / 2),
            ["async"] = Gate("async", limits.AsyncRequests, limits.AsyncRequests / 2),

            // It runs one at a time and queues the others itself: that queue is what it shows, bounded by the deadline and here in its length.
            ["serial"] = Gate("serial", limits.SerialQueue + 1, maxWaiting: 0),
        };

        FifoGate Gate(string name, int permits, int maxWaiting, SharedPermits? shared = null) =>
            new($"strategy '{name}'", permits, maxWaiting, limits.QueueTime, time, shared);
    }

    public FifoGate For(string strategy) => _gates[strategy];
}
