using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Admission;

/// <summary>The server is stopping; another one will have to do it.</summary>
public sealed class StoppingException() : TurnedAwayException("The server is stopping.");
