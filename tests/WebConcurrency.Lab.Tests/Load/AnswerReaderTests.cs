using System.Text;
using WebConcurrency.Lab.Load;

namespace WebConcurrency.Lab.Tests.Load;

public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, false)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", 200, false)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", 503, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1a;x=1\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", 200, false)]
    [InlineData("HTTP/1.1 200 OK\r\nX-Content-Length: 9\r\nContent-Length: 1\r\n\r\nx", 200, false)]
    public void Answer_is_whole_with_its_last_byte_and_not_before(string text, int status, bool closes)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(AnswerReader.TryRead(bytes.AsSpan(0, length), out _), $"whole after {length} of {bytes.Length} bytes");
        }

        Assert.True(AnswerReader.TryRead(bytes, out var answer));
        Assert.Equal(new Answer(status, closes), answer);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH", "SSH-2.0-OpenSSH")]
    [InlineData("HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 OK")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "neither")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "-1")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "gzip")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "zz")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n", "7fffffff")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxy", "more bytes")]
    public void What_is_no_answer_is_named(string text, string named)
    {
        var failure = Assert.Throws<FormatException>(() => AnswerReader.TryRead(Encoding.ASCII.GetBytes(text), out _));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Head_without_an_end_is_bounded() =>
        Assert.Throws<FormatException>(() => AnswerReader.TryRead(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n" + new string('x', 20_000)), out _));
}
