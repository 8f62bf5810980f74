namespace WebConcurrency.Server.Workloads;

/// <summary>A key came with another body than the first time.</summary>
internal sealed class KeyReusedException()
    : Exception("This Idempotency-Key was sent with another body in the last 24 hours; a new order needs a new key.");
