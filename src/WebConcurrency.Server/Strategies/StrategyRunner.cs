using Microsoft.Extensions.Options;
using WebConcurrency.Recording;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Strategies;

/// <summary>Takes a body through admission to its strategy and brings its outcome back, within the deadline. Thread-safe.</summary>
internal sealed class StrategyRunner(StrategyAdmission admission, IOptions<AdmissionOptions> options, TimeProvider time)
{
    private readonly TimeSpan _deadline = options.Value.Deadline;

    /// <summary>Runs the body under a strategy. When nobody waits for it any more, a body that has not begun never will; one that runs is told.</summary>
    /// <param name="strategy">Who gives the thread.</param>
    /// <param name="body">What to do; its token says that nobody waits for the outcome any more.</param>
    /// <param name="clientLeft">The client has gone.</param>
    /// <exception cref="TurnedAwayException">There was no room.</exception>
    /// <exception cref="DeadlineExceededException">The deadline passed first. The body's thread may still work.</exception>
    /// <exception cref="OperationCanceledException">The client left first. The body's thread may still work.</exception>
    public async Task<T> RunAsync<T>(IStrategy strategy, Func<CancellationToken, ValueTask<T>> body, CancellationToken clientLeft)
    {
        using var deadline = new CancellationTokenSource(_deadline, time);
        using var unwanted = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, clientLeft);
        var token = unwanted.Token;
        try
        {
            var work = await HandOverAsync(strategy, () => body(token), token);
            try
            {
                return await work.Outcome.WaitAsync(token);
            }
            finally
            {
                // Only takes effect on work that has not begun. Not a callback of the token: leaving this method would remove it unrun.
                work.Abandon();
            }
        }
        catch (OperationCanceledException) when (!clientLeft.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            throw new DeadlineExceededException(_deadline);
        }
    }

    private async Task<RequestWork<T>> HandOverAsync<T>(IStrategy strategy, Func<ValueTask<T>> body, CancellationToken unwanted)
    {
        var gate = admission.For(strategy.Name);
        var queue = RequestConcurrency.Wait(WaitKind.Queue);
        try
        {
            await gate.EnterAsync(unwanted);
        }
        catch
        {
            queue.Dispose();
            throw;
        }

        var work = new RequestWork<T>(body, queue, gate.Release);
        try
        {
            strategy.Start(work);
        }
        catch
        {
            work.Abandon();
            throw;
        }

        return work;
    }
}
