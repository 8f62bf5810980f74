namespace WebConcurrency;

/// <summary>Marks an endpoint whose requests only look.</summary>
internal sealed class ObservingEndpoint
{
    public static readonly ObservingEndpoint Instance = new();
}
