namespace WebConcurrency.Recording;

/// <summary>What the kinds of phases have in common.</summary>
internal static class PhaseKinds
{
    /// <summary>The request's own code cannot go on.</summary>
    public static bool IsWait(this PhaseKind kind) => kind >= PhaseKind.Queue;

    /// <summary>The request has no thread yet.</summary>
    public static bool IsQueue(this PhaseKind kind) => kind is PhaseKind.Queue or PhaseKind.ThreadStart;

    /// <summary>The waits during which others' work is counted.</summary>
    public static bool IsIoWait(this PhaseKind kind) => kind is PhaseKind.Database or PhaseKind.Io;

    /// <summary>The request is on a thread and waits for nothing that is named.</summary>
    public static bool IsOnThread(this PhaseKind kind) => kind is PhaseKind.Work or PhaseKind.Pipeline;
}
