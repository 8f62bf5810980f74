namespace WebConcurrency.Server.Lab;

/// <summary>Endpoints for whoever measures the server. Configuration section <c>Lab</c>.</summary>
public sealed class LabOptions
{
    public const string Section = "Lab";

    /// <summary>Whether <c>/lab/…</c> is there: it lets anybody stop the server's threads for seconds. Default: no.</summary>
    public bool Enabled { get; set; }
}
