namespace WebConcurrency.Server.Endpoints;

/// <summary>A thread by the runtime's number and the system's.</summary>
internal sealed record AnswerThread(int Managed, int? Os);
