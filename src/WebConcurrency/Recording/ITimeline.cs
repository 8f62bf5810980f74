namespace WebConcurrency.Recording;

/// <summary>What every request shares: one clock, and the account of who works when. Implemented by the ledger; thread-safe.</summary>
internal interface ITimeline
{
    /// <summary>Whether work counts only between the ends of <see cref="RequestRecorder.Work"/>.</summary>
    bool WorkIsDeclared { get; }

    /// <summary>The time now, never earlier than any reading already given.</summary>
    long Now();

    /// <summary>The length of a stretch of this clock.</summary>
    TimeSpan Length(long ticks);

    /// <summary>So many nanoseconds as a stretch of this clock.</summary>
    long Ticks(long nanoseconds);

    /// <summary>A stretch of this clock in nanoseconds.</summary>
    long Nanoseconds(long ticks);

    /// <summary>Takes a request in; it is alive until <see cref="Close"/>.</summary>
    /// <param name="trace">Where it is to be followed; nobody else has it.</param>
    TimelineReading Open(out RequestTrace trace);

    /// <summary>A request goes from one kind of phase to another, now.</summary>
    TimelineReading Turn(RequestTrace trace, in PhaseTurn turn);

    /// <summary>A request is over, now. Calls <see cref="RequestTrace.Finish"/>; if it is to be kept, its record is then made of the trace.</summary>
    void Close(RequestTrace trace, in PhaseTurn turn, bool threadStillWorks, bool keep);

    /// <summary>The thread of a request that was already over has ended its work.</summary>
    void LeftoverEnded();

    /// <summary>Recording failed. The request must not notice.</summary>
    void Fault(Exception exception);
}
