using System.Diagnostics;
using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Recording;

/// <summary>Which of two comes first, the record or whoever wants to export the activity, is left to chance; the activity is handed over once in every order.</summary>
public sealed class RequestSpanTests
{
    private readonly List<string?> _handedOver = [];

    [Fact]
    public void Activity_is_handed_over_with_its_record_once_that_is_there()
    {
        var span = Span();
        Assert.True(span.TryHold(HandOver));
        Assert.Empty(_handedOver);
        Assert.False(span.IsOver);

        span.Settle(Write);
        span.Settle(Write);
        span.LetGo();
        Assert.Equal(["written"], _handedOver);
        Assert.True(span.IsOver);
    }

    [Fact]
    public void Activity_whose_record_came_first_is_not_held()
    {
        var span = Span();
        span.Settle(Write);
        Assert.False(span.TryHold(HandOver));
        Assert.Empty(_handedOver);
        Assert.Equal("written", span.Activity.GetTagItem("record"));
    }

    [Fact]
    public void Activity_that_was_let_go_gets_no_record()
    {
        var span = Span();
        Assert.True(span.TryHold(HandOver));
        span.LetGo();
        span.Settle(Write);
        Assert.Equal([null], _handedOver);
        Assert.Null(span.Activity.GetTagItem("record"));
    }

    [Fact]
    public void Activity_is_handed_over_when_writing_its_record_fails()
    {
        var span = Span();
        Assert.True(span.TryHold(HandOver));
        Assert.Throws<InvalidOperationException>(() => span.Settle(_ => throw new InvalidOperationException()));
        Assert.Equal([null], _handedOver);
    }

    [Fact]
    public void Span_is_found_by_its_activity_alone()
    {
        var span = Span();
        Assert.Same(span, RequestSpan.Of(span.Activity));
        using var other = new Activity("other");
        Assert.Null(RequestSpan.Of(other));
    }

    private static RequestSpan Span() => new(new Activity("request"));

    private static void Write(Activity activity) => activity.SetTag("record", "written");

    private void HandOver(Activity activity) => _handedOver.Add(activity.GetTagItem("record") as string);
}
