using WebConcurrency.Recording;

namespace WebConcurrency.Evidence;

/// <summary>What the runtime tells of stops and locks, a little after they happened.</summary>
internal interface IEvidence
{
    /// <summary>Waits until all that happened before this call has been told; bounded. For one caller at a time.</summary>
    /// <returns>Whether it has.</returns>
    bool CatchUp();

    /// <summary>All stops that share time with a stretch of time, the newest first.</summary>
    /// <returns>Whether all of that time are still kept.</returns>
    bool FindPauses(long start, long end, List<Pause> found);

    /// <summary>All waits for locks that share time with a stretch of time, the newest first.</summary>
    /// <returns>Whether all of that time are still kept.</returns>
    bool FindContentions(long start, long end, List<Contention> found);
}
