using WebConcurrency.Recording;

namespace WebConcurrency.Server.Strategies;

/// <summary>A body with its outcome, its place in the record and its permit.</summary>
/// <param name="body">What to do. Under a blocking strategy it must be over when it returns.</param>
/// <param name="queue">The wait for a thread, which began when the request was handed over.</param>
/// <param name="release">Gives the permit back; called once, when the thread is free again or will never be needed.</param>
/// <param name="style">How the body waits.</param>
internal sealed class RequestWork<T>(Func<ValueTask<T>> body, WaitScope queue, Action release, BodyStyle style) : WorkItem
{
    private const int Unheard = 0, HandedBack = 1, Heard = 2;

    // The rest of the pipeline must not go on on a thread that is the request's; a body that awaits has none.
    private readonly TaskCompletionSource<T> _outcome = new(
        style == BodyStyle.Awaits ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    private WaitScope _threadStart;
    private WaitScope _handBack;
    private int _hearing;
    private T? _result;
    private Exception? _failure;

    public Task<T> Outcome => _outcome.Task;

    /// <summary>The pipeline goes on, with the outcome or without it.</summary>
    public void Hear()
    {
        if (Interlocked.Exchange(ref _hearing, Heard) == HandedBack)
        {
            _handBack.Dispose();
        }
    }

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

        HandBack();
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

    /// <summary>From here the request is without a thread until the pool gives it one to be answered on: it queues again.</summary>
    private void HandBack()
    {
        _handBack = RequestConcurrency.Wait(WaitKind.Queue);
        if (Interlocked.CompareExchange(ref _hearing, HandedBack, Unheard) != Unheard)
        {
            // Nobody waits for it any more.
            _handBack.Dispose();
        }
    }

    protected override void Complete()
    {
        // First: whoever hears of the outcome may come again, and must find the place free.
        release();
        if (_failure is null)
        {
            _outcome.SetResult(_result!);
        }
        else
        {
            _outcome.SetException(_failure);
        }
    }

    protected override void Drop()
    {
        _threadStart.Dispose();
        queue.Dispose();
        release();
        _outcome.TrySetCanceled();
    }
}
