namespace WebConcurrency.Server.Threading;

/// <summary>How the operating system is to treat a thread that wants a CPU.</summary>
internal enum ThreadUrgency
{
    /// <summary>As any other.</summary>
    Normal,

    /// <summary>After the others: where both want a CPU, it gets about a tenth of what they get.</summary>
    Low,
}
