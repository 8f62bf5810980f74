namespace WebConcurrency.Recording;

/// <summary>A request's work has begun; disposing it says that it is over. The default value names no request and does nothing.</summary>
/// <remarks>Dispose it once, in the method that began it. Not for sharing between threads.</remarks>
public readonly record struct WorkScope : IDisposable
{
    private readonly RequestRecorder? _recorder;
    private readonly RequestFlow? _around;

    internal WorkScope(RequestRecorder recorder, RequestFlow? around)
    {
        _recorder = recorder;
        _around = around;
    }

    /// <summary>Ends the work. Never throws.</summary>
    public void Dispose() => _recorder?.EndWork(_around);
}
