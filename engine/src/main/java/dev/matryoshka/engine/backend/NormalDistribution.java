package dev.matryoshka.engine.backend;

/** The standard normal distribution. */
public final class NormalDistribution {
    private NormalDistribution() {}

    /**
     * The value that a share {@code p} of the distribution lies below ({@code torch.distributions.Normal.icdf}).
     * Abramowitz and Stegun 26.2.23 as a first value, then Halley's method on the series of the distribution.
     *
     * @param p in (0, 1)
     */
    public static double icdf(double p) {
        if (!(p > 0 && p < 1)) {
            throw new IllegalArgumentException("a share between 0 and 1 wanted, not " + p);
        }
        if (p > 0.5) {
            return -icdf(1 - p);
        }
        double t = Math.sqrt(-2 * Math.log(p)); // Abramowitz and Stegun 26.2.23
        double x = -(t
                - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
        for (int i = 0; i < 3; i++) {
            double error = (cdf(x) - p) / (Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI));
            x -= error / (1 + x * error / 2);
        }
        return x;
    }

    /** Share of the distribution below x, by the continued fraction or the series of erfc. */
    public static double cdf(double x) {
        if (x > 0) {
            return 1 - cdf(-x);
        }
        double z = -x;
        double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        if (z > 3) {
            double fraction = 0;
            for (int k = 60; k >= 1; k--) {
                fraction = k / (z + fraction);
            }
            return density / (z + fraction);
        }
        double term = z;
        double sum = z;
        for (int k = 1; k < 100; k++) {
            term *= z * z / (2 * k + 1);
            sum += term;
        }
        return 0.5 - density * sum;
    }
}
