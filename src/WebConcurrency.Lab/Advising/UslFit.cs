using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace WebConcurrency.Lab.Advising;

/// <summary>
/// The Universal Scalability Law, X(N) = λN / (1 + σ(N−1) + κN(N−1)): what N at once get done where a share σ of the work is done by one at a time and each pair
/// costs κ (Gunther, Guerrilla Capacity Planning, chapter 4).
/// </summary>
/// <param name="Lambda">λ: what one alone gets done each second.</param>
/// <param name="Sigma">σ: contention.</param>
/// <param name="Kappa">κ: coherency.</param>
/// <param name="RSquared">The share of the variance that the curve explains.</param>
internal sealed record UslFit(double Lambda, double Sigma, double Kappa, double RSquared)
{
    /// <summary>Three unknowns from fewer points would fit anything.</summary>
    public const int FewestLevels = 6;

    private const int Iterations = 2_000;

    /// <summary>N* = √((1−σ)/κ): beyond it more at once get less done; infinite where nothing costs more with their number.</summary>
    public double Peak => Kappa > 0 ? Math.Sqrt(Math.Max(0, 1 - Sigma) / Kappa) : double.PositiveInfinity;

    public double PerSecond(double atOnce) => Of(atOnce, Lambda, Sigma, Kappa);

    /// <summary>Least squares (Levenberg–Marquardt), with no parameter below zero.</summary>
    /// <param name="points">At least <see cref="FewestLevels"/> levels.</param>
    public static UslFit To(IReadOnlyList<ScalePoint> points)
    {
        var levels = Vector<double>.Build.DenseOfEnumerable(points.Select(point => (double)point.AtOnce));
        var rates = Vector<double>.Build.DenseOfEnumerable(points.Select(point => point.PerSecond));

        // Squares of what is fitted: a bound that needs no constraint.
        var model = ObjectiveFunction.NonlinearModel((p, x) => x.Map(n => Of(n, p[0] * p[0], p[1] * p[1], p[2] * p[2])), levels, rates);
        var first = Vector<double>.Build.Dense([Math.Sqrt(Math.Max(1e-6, rates[0] / levels[0])), Math.Sqrt(0.02), Math.Sqrt(0.0005)]);
        var found = new LevenbergMarquardtMinimizer(maximumIterations: Iterations).FindMinimum(model, first).MinimizingPoint;
        var fit = new UslFit(found[0] * found[0], found[1] * found[1], found[2] * found[2], 0);
        var mean = rates.Average();
        var variance = rates.Sum(rate => (rate - mean) * (rate - mean));
        var rest = points.Sum(point => Math.Pow(point.PerSecond - fit.PerSecond(point.AtOnce), 2));
        return fit with { RSquared = variance > 0 ? 1 - (rest / variance) : double.NaN };
    }

    private static double Of(double n, double lambda, double sigma, double kappa) => lambda * n / (1 + (sigma * (n - 1)) + (kappa * n * (n - 1)));
}
