using System.Collections.Immutable;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>Names threads in a sentence.</summary>
internal static class ThreadWords
{
    private const int Named = 8;

    public static string Of(ImmutableArray<ThreadIdentity> threads) => threads.Length switch
    {
        0 => "no thread",
        1 => $"thread {threads[0]}",
        <= Named => $"threads {string.Join(", ", threads)}",
        _ => $"threads {string.Join(", ", threads.Take(Named))} and {threads.Length - Named} more",
    };
}
