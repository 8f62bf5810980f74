using Microsoft.Extensions.Options;
using WebConcurrency.Recording;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Strategies;

/// <summary>Takes a body through admission to its strategy and brings its outcome back, within the deadline. Thread-safe.</summary>
internal sealed class StrategyRunner(
    StrategyAdmission admission, Drain drain, CancellationThreads cancellations, IOptions<AdmissionOptions> options, TimeProvider time)
{
    private readonly TimeSpan _deadline = options.Value.Deadline;

    /// <summary>Runs the body under a strategy. When nobody waits for it any more, a body that has not begun never will; one that runs is told.</summary>
    /// <param name="strategy">Who gives the thread.</param>
    /// <param name="body">What to do; its token says that nobody waits for the outcome any more.</param>
    /// <param name="clientLeft">The client has gone.</param>
    /// <param name="urgency">How a thread that is made for it is to be treated.</param>
    /// <exception cref="TurnedAwayException">There was no room.</exception>
    /// <exception cref="DeadlineExceededException">The deadline passed first. The body's thread may still work.</exception>
    /// <exception cref="OperationCanceledException">The client left first. The body's thread may still work.</exception>
    public async Task<T> RunAsync<T>(
        IStrategy strategy, Func<CancellationToken, ValueTask<T>> body, CancellationToken clientLeft, ThreadUrgency urgency = ThreadUrgency.Normal)
    {
        drain.Enter();
        using var deadline = new CancellationTokenSource(_deadline, time);
        using var unwanted = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, clientLeft, drain.Over);
        var token = unwanted.Token;

        // What a body does on cancellation may block (Npgsql opens a connection to cancel a statement). Done in the deadline's own callback it would
        // hold up the answer that the deadline asks for. Not disposed: a body may outlive this method.
        var stop = new CancellationTokenSource();
        await using var registration = token.UnsafeRegister(_ => cancellations.Cancel(stop), null);
        try
        {
            var gate = admission.For(strategy.Name);
            var queue = RequestConcurrency.Wait(WaitKind.Queue);
            if (await EnterAsync(gate, queue, token) is { } refusal)
            {
                throw refusal;
            }

            var work = new RequestWork<T>(() => body(stop.Token), queue, gate.Release, strategy.Style) { Urgency = urgency };
            try
            {
                strategy.Start(work);
                return await work.Outcome.WaitAsync(token);
            }
            finally
            {
                work.Hear();

                // Only takes effect on work that has not begun.
                work.Abandon();
            }
        }
        catch (OperationCanceledException) when (!clientLeft.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            throw new DeadlineExceededException(_deadline);
        }
        catch (OperationCanceledException) when (!clientLeft.IsCancellationRequested && drain.Over.IsCancellationRequested)
        {
            throw new StoppingException();
        }
        finally
        {
            drain.Leave();
            if (token.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                // The callback above may not have run: whoever waits is called back first, and leaving this method removes it.
                cancellations.Cancel(stop);
            }
        }
    }

    /// <returns>Why it is not admitted; <see langword="null"/>: it is, and goes on queueing, for a thread.</returns>
    private static async ValueTask<TurnedAwayException?> EnterAsync(FifoGate gate, WaitScope queue, CancellationToken unwanted)
    {
        var admitted = false;
        try
        {
            var refusal = await gate.TryEnterAsync(unwanted);
            admitted = refusal is null;
            return refusal;
        }
        finally
        {
            if (!admitted)
            {
                queue.Dispose();
            }
        }
    }
}
