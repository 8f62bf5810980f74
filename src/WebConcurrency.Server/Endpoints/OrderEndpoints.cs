using System.Globalization;
using System.Security.Cryptography;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>The shop: placing an order and looking at one, under every strategy.</summary>
internal sealed class OrderEndpoints(StrategyRoutes routes)
{
    private const string Workload = "orders";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        routes.Map(
            endpoints,
            HttpMethods.Get,
            "orders/{id}",
            static context => ValueTask.FromResult(OrderId((string)context.GetRouteValue("id")!)),
            OrderLookup.RunAsync,
            static (_, order) => order,
            new WorkDescription(Workload, "An order with its lines.", []) { Result = typeof(Order), Extend = OrderDescription.Looking });
        routes.Map(
            endpoints,
            HttpMethods.Post,
            "orders",
            static context => ReadAsync(context.Request),
            static (input, waiting, token) => OrderPlacement.RunAsync(input.Order, input.Key, waiting, token),
            Answer,
            new WorkDescription(Workload, "Places an order and takes its stock, in one transaction.", [])
            {
                Result = typeof(Order),
                Extend = OrderDescription.Placing,
            });
    }

    private static long OrderId(string given) =>
        long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id >= 1
            ? id
            : throw new BadOrderException("id", "is not an order's number", $"a whole number from 1 to {long.MaxValue}");

    private static async ValueTask<(NewOrder Order, IdempotencyKey? Key)> ReadAsync(HttpRequest request)
    {
        var key = IdempotencyHeader.Read(request.Headers);
        var body = await JsonBody.ReadAsync(request);
        return (OrderBody.Parse(body), key is null ? null : new IdempotencyKey(key, Convert.ToHexString(SHA256.HashData(body.Span))));
    }

    private static object Answer(HttpResponse response, PlacedOrder placed)
    {
        response.StatusCode = StatusCodes.Status201Created;

        // Without a strategy: a repeated request may come under another one and gets the same answer.
        response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"/orders/{placed.Id}");
        if (placed.Replayed)
        {
            response.Headers[IdempotencyHeader.Replayed] = "true";
        }

        return placed.Order;
    }
}
