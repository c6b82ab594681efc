package dev.matryoshka.engine;

import dev.matryoshka.engine.error.InvalidRequestException;

/**
 * A speed that answers keep by changing their size.
 *
 * @param tokensPerSecond of decoding
 * @param exact whether keys and values have to stay exact: then there is less to give up, and the speed is missed sooner
 */
public record Elastic(double tokensPerSecond, boolean exact) {
    public Elastic {
        if (!(tokensPerSecond > 0 && tokensPerSecond <= 1e6)) {
            throw new InvalidRequestException("a target of " + tokensPerSecond + " tokens/s", "ask for more than 0");
        }
    }
}
