using WebConcurrency.Recording;
using WebConcurrency.Tests.Ledger;

namespace WebConcurrency.Tests.Recording;

public sealed class AmbientRecorderTests
{
    private readonly LedgerHarness _harness = new();

    [Fact]
    public async Task New_thread_with_the_request_s_context_is_visited()
    {
        var recorder = _harness.Open();
        var other = await Task.Run(() =>
        {
            AmbientRecorder.Current = recorder.Pipeline;
            ThreadIdentity seen = default;
            var thread = new Thread(() => seen = ThreadIdentity.Current);
            thread.Start();
            thread.Join();
            return seen;
        }, TestContext.Current.CancellationToken);

        var record = _harness.CloseAndRecord(recorder);
        Assert.Contains(other, record.Threads);
        Assert.Equal(2, record.Threads.Length);
    }

    [Fact]
    public async Task Context_that_is_not_handed_on_stays_unknown()
    {
        var recorder = _harness.Open();
        await Task.Run(() =>
        {
            AmbientRecorder.Current = recorder.Pipeline;
            var thread = new Thread(() => Assert.Null(RequestRecorder.Current));
            thread.UnsafeStart();
            thread.Join();
        }, TestContext.Current.CancellationToken);

        Assert.Single(_harness.CloseAndRecord(recorder).Threads);
    }

    [Fact]
    public async Task Awaiting_lets_the_thread_go()
    {
        var recorder = _harness.Open();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = Task.Run(async () =>
        {
            AmbientRecorder.Current = recorder.Pipeline;
            await gate.Task;
        }, TestContext.Current.CancellationToken);

        // While it awaits, nobody works.
        await WaitUntil(() => _harness.Ledger.Counts.Running == 1 && recorder.Threads.Count == 1);
        await WaitUntil(() => IsIdle());
        gate.SetResult();
        await request;
        return;

        bool IsIdle()
        {
            var before = recorder.Times()!.Value.Work;
            _harness.Pass(1);
            return recorder.Times()!.Value.Work == before;
        }
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Os_id_is_the_kernel_s()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Thread ids of the system are read on Linux only.");
        var os = ThreadIdentity.Current.Os;
        Assert.True(Directory.Exists($"/proc/self/task/{os}"), $"no task {os}");
    }
}
