using WebConcurrency.Recording;

namespace WebConcurrency.Server.Strategies;

/// <summary>A body with its outcome, its place in the record and its permit.</summary>
/// <param name="body">What to do. Under a blocking strategy it must be over when it returns.</param>
/// <param name="queue">The wait for a thread, which began when the request was handed over.</param>
/// <param name="release">Gives the permit back; called once, when the thread is free again or will never be needed.</param>
internal sealed class RequestWork<T>(Func<ValueTask<T>> body, WaitScope queue, Action release) : WorkItem
{
    // The rest of the pipeline must not go on on the request's thread.
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WaitScope _threadStart;
    private T? _result;
    private Exception? _failure;

    public Task<T> Outcome => _outcome.Task;

    public override void ThreadStarting() => _threadStart = RequestConcurrency.Wait(WaitKind.ThreadStart);

    protected override void RunBlocking()
    {
        try
        {
            using var work = RequestConcurrency.Work();
            _threadStart.Dispose();
            queue.Dispose();
            _result = BlockingBody.Result(body());
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }

    protected override async Task RunAwaiting()
    {
        try
        {
            using var work = RequestConcurrency.Work();
            queue.Dispose();
            _result = await body();
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }

    protected override void Complete()
    {
        if (_failure is null)
        {
            _outcome.SetResult(_result!);
        }
        else
        {
            _outcome.SetException(_failure);
        }

        release();
    }

    protected override void Drop()
    {
        _threadStart.Dispose();
        queue.Dispose();
        _outcome.TrySetCanceled();
        release();
    }
}
