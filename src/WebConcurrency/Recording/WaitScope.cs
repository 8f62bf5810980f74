namespace WebConcurrency.Recording;

/// <summary>A wait that has begun; disposing it ends the wait. The default value names no request and does nothing.</summary>
/// <remarks>Dispose it once, on whatever thread the request goes on. Not for sharing between threads.</remarks>
public readonly record struct WaitScope : IDisposable
{
    private readonly RequestRecorder? _recorder;
    private readonly WaitKind _kind;
    private readonly bool _isSpan;

    internal WaitScope(RequestRecorder recorder, WaitKind kind, bool isSpan)
    {
        _recorder = recorder;
        _kind = kind;
        _isSpan = isSpan;
    }

    /// <summary>Ends the wait. Never throws.</summary>
    public void Dispose() => _recorder?.EndWait(_kind, _isSpan);
}
