namespace WebConcurrency.Lab;

/// <summary>What the process's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>Whatever could be judged is right.</summary>
    public const int Right = 0;

    /// <summary>The command line cannot be used.</summary>
    public const int BadCommandLine = 1;

    /// <summary>The server could not be started or reached, answered what nobody understands, or died.</summary>
    public const int ServerFailed = 2;

    /// <summary>A column is off by more than is allowed, a claim does not hold, or an advice did not do what it promised.</summary>
    public const int Off = 3;

    /// <summary>Predicted, not checked: the server is not the Lab's own, and cannot be started anew with what was advised.</summary>
    public const int NotChecked = 4;

    /// <summary>No advice: what was measured does not carry one.</summary>
    public const int NoAdvice = 5;

    /// <summary>Stopped from outside, as shells say it of SIGINT.</summary>
    public const int Interrupted = 130;
}
