namespace WebConcurrency.Recording;

/// <summary>
/// Carries the recorder along with the request's execution context. The runtime calls back whenever that context enters or leaves a
/// thread: this is how a request's threads are known without touching its code.
/// </summary>
internal static class AmbientRecorder
{
    private static readonly AsyncLocal<RequestFlow?> Local = new(Changed);

    public static RequestFlow? Current
    {
        get => Local.Value;
        set => Local.Value = value;
    }

    // An exception that leaves this callback ends the process; what it calls lets none out.
    private static void Changed(AsyncLocalValueChangedArgs<RequestFlow?> change)
    {
        var thread = ThreadIdentity.Current;
        var (left, entered) = (change.PreviousValue, change.CurrentValue);
        if (left is not null && entered?.Recorder == left.Recorder)
        {
            entered.Recorder.Switch(thread, entered.IsWork);
            return;
        }

        left?.Recorder.Leave(thread);
        entered?.Recorder.Enter(thread, entered.IsWork);
    }
}
