package dev.matryoshka.engine;

import dev.matryoshka.engine.error.InvalidRequestException;

/**
 * How the next token is chosen and when to stop; names and order of application as in transformers' GenerationConfig
 * (repetition penalty, temperature, top-k, top-p, min-p).
 *
 * @param temperature 0 is greedy
 * @param topK keep the k likeliest tokens; 0 keeps all
 * @param topP keep the smallest set whose probability reaches p; 1 keeps all
 * @param minP drop tokens below p times the likeliest one's probability; 0 keeps all
 * @param repetitionPenalty over 1 makes tokens seen before less likely; 1 leaves them
 * @param seed the same seed gives the same text
 * @param maxTokens longest answer, in tokens
 */
public record GenerationConfig(
        float temperature, int topK, float topP, float minP, float repetitionPenalty, long seed, int maxTokens) {
    public GenerationConfig {
        check(temperature >= 0 && temperature <= 100, "temperature", "0 to 100");
        check(topK >= 0, "top-k", "0 or more");
        check(topP > 0 && topP <= 1, "top-p", "above 0, up to 1");
        check(minP >= 0 && minP <= 1, "min-p", "0 to 1");
        check(repetitionPenalty > 0 && repetitionPenalty <= 10, "repetition penalty", "above 0, up to 10");
        check(maxTokens >= 1, "max-tokens", "1 or more");
    }

    /** Always the likeliest token. */
    public static GenerationConfig greedy(int maxTokens) {
        return new GenerationConfig(0, 0, 1, 0, 1, 0, maxTokens);
    }

    /** The same with another seed. */
    public GenerationConfig withSeed(long value) {
        return new GenerationConfig(temperature, topK, topP, minP, repetitionPenalty, value, maxTokens);
    }

    /** The same with another length. */
    public GenerationConfig withMaxTokens(int value) {
        return new GenerationConfig(temperature, topK, topP, minP, repetitionPenalty, seed, value);
    }

    private static void check(boolean valid, String name, String range) {
        if (!valid) {
            throw new InvalidRequestException(name + " is out of range", "use a value of " + range);
        }
    }
}
