using WebConcurrency.Lab.Advising;

namespace WebConcurrency.Lab.Tests.Advising;

/// <summary>A made-up <c>/proc</c>, because in a real one things end when they like.</summary>
public sealed class CpuAccountTests : IDisposable
{
    private readonly string _proc = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    [Fact]
    public void Account_is_that_of_a_process_and_all_below_it()
    {
        Process(1, ticks: 7, children: "2 3");
        Process(2, ticks: 20, children: "");
        Process(3, ticks: 300, children: "4");
        Process(4, ticks: 4_000, children: "");

        // The first four times of each, in hundredths of a second.
        Assert.Equal(4 * 43_270, CpuAccount.Tree(1, _proc));
    }

    [Fact]
    public void Thread_or_child_that_ends_meanwhile_takes_nothing_else_away()
    {
        Process(1, ticks: 7, children: "2 9");
        Process(2, ticks: 20, children: "");

        // A thread that is listed and has nothing to read any more, beside a child that is.
        Directory.CreateDirectory(Path.Combine(_proc, "1", "task", "99"));
        Assert.Equal(4 * 270, CpuAccount.Tree(1, _proc));
        Assert.Equal(0, CpuAccount.Tree(9, _proc));
    }

    private void Process(int id, int ticks, string children)
    {
        var task = Directory.CreateDirectory(Path.Combine(_proc, $"{id}", "task", $"{id}"));
        File.WriteAllText(Path.Combine(_proc, $"{id}", "stat"), $"{id} (a (odd) name) S 0 0 0 0 0 0 0 0 0 0 {ticks} {ticks} {ticks} {ticks} 20 0 1\n");
        File.WriteAllText(Path.Combine(task.FullName, "children"), children);
    }
}
