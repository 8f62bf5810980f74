using WebConcurrency.Evidence;

namespace WebConcurrency.Tests.Evidence;

/// <summary>Tells what the test puts in.</summary>
internal sealed class FakeEvidence : IEvidence
{
    public List<Pause> Pauses { get; } = [];

    public List<Contention> Contentions { get; } = [];

    public bool IsLate { get; set; }

    public bool LocksAreHeard { get; set; } = true;

    public bool CatchUp() => !IsLate;

    public bool FindPauses(long start, long end, List<Pause> found)
    {
        found.Clear();
        found.AddRange(Pauses.Where(pause => pause.Begin < end && pause.End > start));
        return true;
    }

    public bool FindContentions(long start, long end, List<Contention> found)
    {
        found.Clear();
        found.AddRange(Contentions.Where(contention => contention.Start < end && contention.End > start));
        return LocksAreHeard;
    }
}
