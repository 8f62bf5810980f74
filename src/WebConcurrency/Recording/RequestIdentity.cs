namespace WebConcurrency.Recording;

/// <summary>What the work log keeps of a request: small, because it is kept for long after the request.</summary>
internal sealed class RequestIdentity(long id)
{
    public long Id => id;

    /// <summary>The route's template; <see langword="null"/> before routing has run, or when no route matches.</summary>
    public string? Route { get; set; }

    public string? Strategy { get; set; }

    /// <summary>Where it stands among those who work now; −1 when it does not. Guarded by the ledger's lock.</summary>
    public int WorkerSlot { get; set; } = -1;

    /// <summary>Where its last stretch of work stands in the log; −1 before the first. Guarded by the ledger's lock.</summary>
    public long LastStretch { get; set; } = -1;

    /// <summary>The last walk through the work log that met it, and what it found. Guarded by the ledger's settling lock.</summary>
    public long Walk { get; set; }

    /// <inheritdoc cref="Walk"/>
    public long Shared { get; set; }

    /// <inheritdoc cref="Walk"/>
    public ThreadIdentity Thread { get; set; }
}
