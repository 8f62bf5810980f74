namespace WebConcurrency.Server.Workloads;

/// <summary>There is no order of this number.</summary>
internal sealed class UnknownOrderException(long id) : Exception($"There is no order {id}.");
