using System.Text.Json;

namespace WebConcurrency.Lab.Tests.Running;

/// <summary>What a run of the Lab came to.</summary>
internal sealed record LabResult(int Code, string Output, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The columns of a JSON report that had this outcome.</summary>
    public string[] Columns(string outcome) =>
        [.. Json.GetProperty("columns").EnumerateArray().Where(column => column.GetProperty("outcome").GetString() == outcome)
            .Select(column => column.GetProperty("column").GetString()!)];

    public override string ToString() => $"exit code {Code}\n{Output}\n{Errors}";
}
