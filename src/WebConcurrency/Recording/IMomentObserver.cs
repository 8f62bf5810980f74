namespace WebConcurrency.Recording;

/// <summary>Is told the moments of a request as they happen, on the thread on which they happen. Must not throw.</summary>
internal interface IMomentObserver
{
    /// <summary>A thread took the request.</summary>
    void GotThread(RequestRecorder recorder);

    /// <summary>The request cannot go on until something else has happened.</summary>
    void BeganToWait(RequestRecorder recorder, WaitKind kind);

    /// <summary>What the request waited for has happened.</summary>
    void WentOn(RequestRecorder recorder, WaitKind kind, TimeSpan waited);

    /// <summary>The request's work is done.</summary>
    void Done(RequestRecorder recorder);
}
