namespace WebConcurrency.Recording;

/// <summary>What an execution context carries: whose it is, and whether it runs the request's declared work or the pipeline around it.</summary>
internal sealed class RequestFlow(RequestRecorder recorder, bool isWork)
{
    public RequestRecorder Recorder => recorder;

    public bool IsWork => isWork;
}
