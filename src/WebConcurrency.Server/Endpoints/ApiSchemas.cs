using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>The forms of parameters and answers, taken from what reads and writes them.</summary>
internal static class ApiSchemas
{
    public const string Problem = "Problem";

    public static OpenApiSchema Integer(long least, long most) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = most > int.MaxValue ? "int64" : "int32",
        Minimum = least.ToString(CultureInfo.InvariantCulture),
        Maximum = most.ToString(CultureInfo.InvariantCulture),
    };

    public static OpenApiSchema OneOf(IEnumerable<string> values, string standard) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. values.Select(value => (JsonNode)value)],
        Default = standard,
    };

    public static OpenApiParameter Query(Parameter parameter) => Query(parameter.Name, Integer(parameter.Least, parameter.Most), parameter.Default);

    public static OpenApiParameter Query(string name, OpenApiSchema schema, long? standard = null)
    {
        schema.Default = standard;
        return new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = schema };
    }

    /// <summary>The form in which <see cref="AnswerJson"/> writes a type.</summary>
    public static OpenApiSchema Answer(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(object))
        {
            return new OpenApiSchema();
        }

        if (type == typeof(string))
        {
            return new OpenApiSchema { Type = JsonSchemaType.String };
        }

        if (type == typeof(DateTime))
        {
            return new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" };
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return new OpenApiSchema { Type = JsonSchemaType.Integer, Format = type == typeof(int) ? "int32" : "int64" };
        }

        if (type == typeof(double))
        {
            return new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" };
        }

        var form = AnswerJson.Options.GetTypeInfo(type);
        return form.Kind == JsonTypeInfoKind.Enumerable
            ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = Answer(form.ElementType!) }
            : new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = form.Properties.Where(IsWritten).ToDictionary(
                    property => property.Name,
                    property => (IOpenApiSchema)(property.CustomConverter is MoneyJson ? Money() : Answer(property.PropertyType))),
                Required = form.Properties.Where(property => property.IsRequired).Select(property => property.Name).ToHashSet(),
            };
    }

    public static OpenApiResponse Error(string description, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Problem, document) },
        },
    };

    public static OpenApiResponse Timed(OpenApiResponse response)
    {
        response.Headers = new Dictionary<string, IOpenApiHeader> { [ServerTiming.Header] = Timing() };
        return response;
    }

    public static OpenApiHeader Timing() => new()
    {
        Description = "Where the time went, in milliseconds, as far as it was known when the answer was written.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    /// <summary>As RFC 9457 has it and <c>Errors</c> writes it.</summary>
    public static OpenApiSchema ProblemDetails() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri-reference" },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What is wrong: the name, the value if it is a number, the limit." },
            ["id"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Description = "The record's number; only where the request was handed to a strategy." },
        },
    };

    private static bool IsWritten(JsonPropertyInfo property) => property.Get is not null;

    private static OpenApiSchema Money() => new() { Type = JsonSchemaType.String, Pattern = @"^\d+\.\d{2}$" };
}
