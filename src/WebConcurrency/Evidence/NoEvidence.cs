namespace WebConcurrency.Evidence;

/// <summary>Where the runtime tells nothing.</summary>
internal sealed class NoEvidence : IEvidence
{
    public bool CatchUp() => false;

    public bool FindPauses(long start, long end, List<Pause> found) => false;

    public bool FindContentions(long start, long end, List<Contention> found) => false;
}
