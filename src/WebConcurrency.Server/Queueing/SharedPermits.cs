namespace WebConcurrency.Server.Queueing;

/// <summary>
/// Permits of which every gate that shares them takes one with each of its own. They go to whoever has waited longest at any of the gates and has
/// only them to wait for.
/// </summary>
/// <param name="permits">How many.</param>
internal sealed class SharedPermits(int permits)
{
    private readonly List<FifoGate> _gates = [];
    private long _tickets;

    public int Permits { get; } = permits;

    /// <summary>Guards what is here and the gates.</summary>
    public Lock Lock { get; } = new();

    public int Free { get; set; } = permits;

    public void Add(FifoGate gate)
    {
        lock (Lock)
        {
            _gates.Add(gate);
        }
    }

    /// <summary>A place in the queue of all the gates. Under the lock.</summary>
    public long NextTicket() => _tickets++;

    /// <summary>Gives what is free to those who wait for it. Under the lock, after something was freed.</summary>
    public void Grant()
    {
        while (Free > 0 && First() is { } gate)
        {
            gate.GrantFirst();
        }
    }

    private FifoGate? First()
    {
        FifoGate? first = null;
        foreach (var gate in _gates)
        {
            if (gate.FirstTicket is { } ticket && (first?.FirstTicket is not { } earliest || ticket < earliest))
            {
                first = gate;
            }
        }

        return first;
    }
}
