using System.Text.Json;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>The keys of the last 24 hours with the answers given under them. Older ones count as never sent.</summary>
internal static class IdempotencyKeys
{
    /// <summary>Removes some keys that are too old: more than one request adds, and never so many that a request would feel it.</summary>
    public static ValueTask<int> RemoveExpiredAsync(ISession session) => session.ExecuteAsync(
        """
        delete from shop.idempotency_keys where key in (
            select key from shop.idempotency_keys where created_at <= now() - interval '24 hours'
            order by created_at limit 100 for update skip locked)
        """);

    /// <summary>Takes the key for this transaction. Waits for another transaction that has it.</summary>
    /// <returns>The answer that the key has; <see langword="null"/>: it is this transaction's, which must give it one.</returns>
    /// <exception cref="KeyReusedException">The key has an answer to something else.</exception>
    public static async ValueTask<JsonElement?> TakeAsync(ISession session, IdempotencyKey key)
    {
        // An expired row is taken over in place. A row that is not is locked, though not changed: nobody can remove it before it is read below.
        var taken = await session.ExecuteAsync(
            """
            insert into shop.idempotency_keys as present (key, body_sha256) values ($1, $2)
            on conflict (key) do update set body_sha256 = excluded.body_sha256, created_at = now(), answer = null
            where present.created_at <= now() - interval '24 hours'
            """,
            key.Value,
            key.BodySha256);
        if (taken == 1)
        {
            return null;
        }

        // A statement of its own, so that it sees what was committed while the one before waited.
        var kept = await session.QuerySingleAsync<Kept>(
            "select body_sha256 as BodySha256, answer from shop.idempotency_keys where key = $1", key.Value);
        return kept.BodySha256 == key.BodySha256 ? JsonElement.Parse(kept.Answer) : throw new KeyReusedException();
    }

    /// <summary>Keeps the answer with the key that this transaction has taken.</summary>
    public static ValueTask<int> KeepAsync(ISession session, IdempotencyKey key, JsonElement answer) =>
        session.ExecuteAsync("update shop.idempotency_keys set answer = $2 where key = $1", key.Value, answer.GetRawText());

    private sealed record Kept(string BodySha256, string Answer);
}
