package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.config.MatFormerSlice;
import org.jspecify.annotations.Nullable;

/** Chooses the slice of the next token, token by token. */
public interface SizeController {
    /** The slice that the next token is to be computed with. */
    MatFormerSlice slice();

    /**
     * Hears how long a token took, from one to the next.
     *
     * @return the slice to go on with, or null to stay
     */
    @Nullable
    MatFormerSlice afterToken(double seconds);

    /** Why it is not the widest, for people; null where speed alone says. */
    default @Nullable String reason() {
        return null;
    }
}
