namespace WebConcurrency.Lab.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Lab_references_neither_the_server_nor_the_library()
    {
        var own = typeof(ExitCodes).Assembly.GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => name.StartsWith("WebConcurrency", StringComparison.Ordinal));
        Assert.Empty(own);
    }

    [Fact]
    public void Neither_of_them_is_beside_the_lab_where_it_could_load_them() =>
        Assert.Equal(
            ["WebConcurrency.Lab.dll"],
            Directory.EnumerateFiles(Path.GetDirectoryName(Running.LabProcess.Program)!, "WebConcurrency*.dll").Select(Path.GetFileName));
}
