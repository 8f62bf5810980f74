using Microsoft.OpenApi;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>What the shop's endpoints take, with the bounds that <see cref="OrderBody"/>, <see cref="JsonBody"/> and <see cref="IdempotencyHeader"/> hold.</summary>
internal static class OrderDescription
{
    public static void Looking(OpenApiOperation operation, OpenApiDocument document)
    {
        operation.Parameters!.Add(
            new OpenApiParameter { Name = "id", In = ParameterLocation.Path, Required = true, Schema = ApiSchemas.Integer(1, long.MaxValue) });
        operation.Responses!["404"] = ApiSchemas.Timed(ApiSchemas.Error("There is no such order, or no such strategy.", document));
    }

    public static void Placing(OpenApiOperation operation, OpenApiDocument document)
    {
        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = IdempotencyHeader.Name,
            In = ParameterLocation.Header,
            Description = "The client's name for this order: whoever sends both again within 24 hours gets the first answer.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyHeader.MostCharacters, Pattern = "^[!-~]+$" },
        });
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = $"At most {JsonBody.MostBytes} bytes, in UTF-8. Properties that are not named here are ignored.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = Body() } },
        };

        var placed = (OpenApiResponse)operation.Responses!["200"];
        operation.Responses.Remove("200");
        placed.Description = "Placed, now or by an earlier request with the same key.";
        placed.Headers!["Location"] = new OpenApiHeader { Description = "Where the order is.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        placed.Headers[IdempotencyHeader.Replayed] = new OpenApiHeader
        {
            Description = "true: it is the answer of an earlier request with the same key.", Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
        operation.Responses["201"] = placed;
        operation.Responses["400"] = ApiSchemas.Timed(ApiSchemas.Error("A field, a parameter or the key is not within its bounds, or there is no such customer or product.", document));
        operation.Responses["409"] = ApiSchemas.Timed(ApiSchemas.Error("A product is short: wanted, available.", document));
        operation.Responses["413"] = ApiSchemas.Error("The body is too large.", document);
        operation.Responses["415"] = ApiSchemas.Error("The body is not called JSON.", document);
        operation.Responses["422"] = ApiSchemas.Timed(ApiSchemas.Error("The key came with another body before.", document));
    }

    private static OpenApiSchema Body() => Object(
        ("customer_id", ApiSchemas.Integer(1, int.MaxValue)),
        ("lines", new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            MinItems = 1,
            MaxItems = NewOrder.MostLines,
            Description = "No product twice.",
            Items = Object(("product_id", ApiSchemas.Integer(1, int.MaxValue)), ("quantity", ApiSchemas.Integer(1, NewOrder.MostQuantity))),
        }));

    private static OpenApiSchema Object(params (string Name, OpenApiSchema Schema)[] properties) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = properties.ToDictionary(property => property.Name, property => (IOpenApiSchema)property.Schema),
        Required = properties.Select(property => property.Name).ToHashSet(),
    };
}
