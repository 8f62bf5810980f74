using Microsoft.Extensions.Options;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Admission;

/// <summary>One gate for each strategy: at most so many run, at most half as many wait, for a second. Beyond that a request is turned away.</summary>
internal sealed class StrategyAdmission
{
    private readonly Dictionary<string, FifoGate> _gates;

    public StrategyAdmission(IOptions<AdmissionOptions> options, TimeProvider time)
    {
        var limits = options.Value;
        _gates = new Dictionary<string, FifoGate>(StringComparer.Ordinal)
        {
            ["thread"] = Gate("thread", limits.Threads),
            ["async"] = Gate("async", limits.AsyncRequests),

            // Its own queue, bounded in length and by the deadline, is what it shows; the gate only stands where the others' stands.
            ["serial"] = Gate("serial", limits.SerialQueue + 1),
        };

        FifoGate Gate(string name, int permits) =>
            new($"strategy '{name}'", permits, Math.Max(1, permits / 2), limits.QueueTime, time);
    }

    public FifoGate For(string strategy) => _gates[strategy];
}
