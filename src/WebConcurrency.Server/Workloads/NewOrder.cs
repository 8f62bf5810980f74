using System.Collections.Immutable;

namespace WebConcurrency.Server.Workloads;

/// <summary>An order that somebody wants to place, within its bounds; whether customer and products exist is for the database to say.</summary>
/// <param name="CustomerId">Who orders.</param>
/// <param name="Lines">1 to <see cref="MostLines"/>, in the order given, no product twice.</param>
internal sealed record NewOrder(int CustomerId, ImmutableArray<NewOrderLine> Lines)
{
    public const int MostLines = 100;

    /// <summary>Of one product.</summary>
    public const int MostQuantity = 1_000;

    /// <summary>As many customers as the shop opens with, numbered from 1; said to whoever names one that there is not.</summary>
    public const int Customers = 1_000;

    /// <summary>As many products as the shop opens with, numbered from 1.</summary>
    public const int Products = 1_000;
}
