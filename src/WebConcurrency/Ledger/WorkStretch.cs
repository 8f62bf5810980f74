using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>An uninterrupted stretch of one request's work. Holds no request: it is kept for long after it.</summary>
/// <param name="Who">The number of the request, which may still run.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended; <see cref="long.MaxValue"/> while it goes on.</param>
/// <param name="Thread">On which thread.</param>
/// <param name="Previous">Where in the log the same request's stretch before this one stands; −1: this is its first.</param>
internal readonly record struct WorkStretch(long Who, long Start, long End, ThreadIdentity Thread, long Previous);
