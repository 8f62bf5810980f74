namespace WebConcurrency.Recording;

/// <summary>What every recorder shares: one clock, and the account of who works when. Implemented by the ledger; thread-safe.</summary>
internal interface ITimeline
{
    /// <summary>Whether work counts only between the ends of <see cref="RequestRecorder.Work"/>.</summary>
    bool WorkIsDeclared { get; }

    /// <summary>The time now, never earlier than any reading already given.</summary>
    long Now();

    /// <summary>The length of a stretch of this clock.</summary>
    TimeSpan Length(long ticks);

    /// <summary>Takes a request in; it is alive until <see cref="Close"/>.</summary>
    TimelineReading Open();

    /// <summary>A request goes from one kind of phase to another, now.</summary>
    TimelineReading Turn(RequestRecorder recorder, in PhaseTurn turn);

    /// <summary>A request is over, now; if it is to be kept, its record will be made of the recorder, which no longer changes.</summary>
    TimelineReading Close(RequestRecorder recorder, in PhaseTurn turn, bool threadStillWorks, bool keep);

    /// <summary>The thread of a request that was already over has ended its work.</summary>
    void LeftoverEnded();

    /// <summary>Recording failed. The request must not notice.</summary>
    void Fault(Exception exception);
}
