using System.ComponentModel.DataAnnotations;

namespace WebConcurrency.Server.Waiting;

/// <summary>The emulated global interpreter lock. Configuration section <c>Gil</c>.</summary>
public sealed class GilOptions
{
    public const string Section = "Gil";

    /// <summary>
    /// How many milliseconds another must want the lock before the thread that computes gives it up. Default 5, CPython's switch interval
    /// (<c>sys.getswitchinterval()</c>).
    /// </summary>
    [Range(0.01, 10_000)]
    public double SwitchIntervalMs { get; set; } = 5;
}
