using System.Globalization;
using Microsoft.Playwright;
using WebConcurrency.Browser.Tests.Running;

namespace WebConcurrency.Browser.Tests;

/// <summary>The colours of the states, for all kinds of eyes.</summary>
public sealed class PaletteTests(TestBrowser browser, RunningServer server)
{
    private static readonly string[] Waits = ["db", "queue", "connection", "gil", "io"];
    private static readonly string[] States = [.. Waits, "work", "unexplained"];

    /// <summary>Linear RGB as it is seen by trichromats and, at full severity, by the three kinds of dichromats: Machado, Oliveira and Fernandes 2009.</summary>
    private static readonly Dictionary<string, double[]> Eyes = new()
    {
        ["most"] = [1, 0, 0, 0, 1, 0, 0, 0, 1],
        ["protanopia"] = [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
        ["deuteranopia"] = [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
        ["tritanopia"] = [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
    };

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_state_stands_out_from_the_ground(ColorScheme scheme)
    {
        var colours = await ColoursAsync(scheme, [.. States, "pipeline", "ground", "stripe"]);
        foreach (var state in States.Append("pipeline"))
        {
            foreach (var ground in new[] { "ground", "stripe" })
            {
                // WCAG 2.2, 1.4.11: 3 for what must be seen; on every second lane's stripe a little less.
                var contrast = Contrast(colours[state], colours[ground]);
                Assert.True(contrast >= (ground == "ground" ? 3 : 2.75), $"{scheme}: {state} on {ground} has {contrast:0.00}");
            }
        }
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_state_can_be_told_from_every_other(ColorScheme scheme)
    {
        var colours = await ColoursAsync(scheme, States);
        foreach (var (eye, seen) in Eyes)
        {
            for (var i = 0; i < States.Length; i++)
            {
                for (var j = i + 1; j < States.Length; j++)
                {
                    // Bars of waits are equally high, so that colour alone tells them apart; work is higher and unexplained time lower.
                    var least = i < Waits.Length && j < Waits.Length ? 9 : 4;
                    var distance = 100 * Distance(Lab(colours[States[i]], seen), Lab(colours[States[j]], seen));
                    Assert.True(distance >= least, $"{scheme}, {eye}: {States[i]} and {States[j]} are {distance:0.0} apart, not {least}");
                }
            }
        }
    }

    private async Task<Dictionary<string, double[]>> ColoursAsync(ColorScheme scheme, string[] names)
    {
        await using var live = await browser.OpenAsync(server.Address, scheme);
        var colours = new Dictionary<string, double[]>();
        foreach (var name in names)
        {
            var hex = (await live.AskAsync<string>($"getComputedStyle(document.documentElement).getPropertyValue('--{name}')")).Trim().TrimStart('#');
            Assert.Equal(6, hex.Length);
            colours[name] = [.. hex.Chunk(2).Select(pair => Linear(int.Parse(pair, NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0))];
        }

        return colours;
    }

    private static double Linear(double part) => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);

    private static double Contrast(double[] one, double[] other)
    {
        var (a, b) = (Light(one), Light(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

        static double Light(double[] colour) => (0.2126 * colour[0]) + (0.7152 * colour[1]) + (0.0722 * colour[2]);
    }

    /// <summary>Oklab (Ottosson 2020), in which distances are about as large as they look.</summary>
    private static double[] Lab(double[] colour, double[] eye)
    {
        var seen = Times(eye, colour).Select(part => Math.Clamp(part, 0, 1)).ToArray();
        var cones = Times([0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376, 0.6299787005], seen);
        return Times(
            [0.2104542553, 0.7936177850, -0.0040720468, 1.9779984951, -2.4285922050, 0.4505937099, 0.0259040371, 0.7827717662, -0.8086757660], [.. cones.Select(Math.Cbrt)]);
    }

    private static double[] Times(double[] matrix, double[] vector) =>
        [.. Enumerable.Range(0, 3).Select(row => Enumerable.Range(0, 3).Sum(column => matrix[(3 * row) + column] * vector[column]))];

    private static double Distance(double[] one, double[] other) => Math.Sqrt(one.Zip(other, (a, b) => (a - b) * (a - b)).Sum());
}
