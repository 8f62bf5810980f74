using Spectre.Console;
using Spectre.Console.Rendering;

namespace WebConcurrency.Lab.Watching;

/// <summary>Draws a board.</summary>
internal static class BoardView
{
    /// <summary>A sign and a colour for each kind of phase; without colours the signs tell.</summary>
    private static readonly Dictionary<string, (char Sign, Color Colour, string Name)> Kinds = new()
    {
        ["work"] = ('█', Color.Green, "works"),
        ["db"] = ('▒', Color.Blue, "waits for the database"),
        ["io"] = ('▒', Color.Aqua, "waits for I/O"),
        ["connection"] = ('c', Color.Purple, "waits for a connection"),
        ["gil"] = ('g', Color.Red, "waits for the lock to compute"),
        ["queue"] = ('·', Color.Yellow, "queues"),
        ["thread_start"] = ('s', Color.Yellow, "its thread is started"),
        ["lock"] = ('l', Color.Red, "waits for a lock"),
        ["gc"] = ('x', Color.Maroon, "stands still for a collection"),
        ["pipeline"] = ('-', Color.Grey, "reads or answers"),
    };

    private const int NameWidth = 14;

    /// <param name="board">What to draw.</param>
    /// <param name="seconds">What it goes back.</param>
    /// <param name="width">Characters of a line.</param>
    /// <param name="lanes">At most so many.</param>
    public static IRenderable Of(Board board, double seconds, int width, int lanes)
    {
        board.Forget();
        var counts = board.Counts;
        var lines = new List<IRenderable>
        {
            new Text(
                $"{counts.Running} running, {counts.Queued} queued, {counts.Leftover} left over, {counts.Finished} finished; {board.Records} seen here{(board.Lost > 0 ? $", {board.Lost} missed" : "")}. "
                + $"The last {seconds:0.#} s:"),
        };
        var threads = board.Threads;
        foreach (var thread in threads.Take(lanes))
        {
            var line = new Paragraph();
            line.Append($"thread {thread}".PadRight(NameWidth));
            foreach (var kind in board.Cells(thread, Math.Max(10, width - NameWidth - 1)))
            {
                var (sign, colour, _) = kind is null ? (' ', Color.Default, "") : Kinds.GetValueOrDefault(kind, ('?', Color.Default, kind));
                line.Append(sign.ToString(), new Style(colour));
            }

            lines.Add(line);
        }

        if (threads.Count > lanes)
        {
            lines.Add(new Text($"and {threads.Count - lanes} more"));
        }

        lines.Add(new Text(string.Join("  ", Kinds.Values.Select(kind => $"{kind.Sign} {kind.Name}"))));
        return new Rows(lines);
    }
}
