namespace WebConcurrency.Server.Strategies;

/// <summary>One way to give a request a thread. Knows neither HTTP nor what the request does. Thread-safe.</summary>
internal interface IStrategy
{
    /// <summary>The name in the URL and in the records.</summary>
    string Name { get; }

    /// <summary>How its bodies wait.</summary>
    BodyStyle Style { get; }

    /// <summary>Whether it makes a new thread for each request, which can then have a priority of its own.</summary>
    bool MakesThreads => false;

    /// <summary>Sees to it that the item runs once, now or later.</summary>
    /// <exception cref="Queueing.TurnedAwayException">There is no room; the item will not run.</exception>
    void Start(WorkItem item);
}
