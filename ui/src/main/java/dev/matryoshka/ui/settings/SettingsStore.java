package dev.matryoshka.ui.settings;

import dev.matryoshka.engine.error.MatryoshkaException;
import org.jspecify.annotations.Nullable;

/** Where settings are kept. */
public interface SettingsStore {
    /** What was found. */
    Settings settings();

    /** Why that is not all of what was kept; null where it is. */
    @Nullable
    MatryoshkaException problem();

    /**
     * Keeps them; from any thread.
     *
     * @throws MatryoshkaException they can't be written
     */
    void save(Settings settings);

    /** One that keeps nothing. */
    static SettingsStore none() {
        return new SettingsStore() {
            @Override
            public Settings settings() {
                return Settings.DEFAULTS;
            }

            @Override
            public @Nullable MatryoshkaException problem() {
                return null;
            }

            @Override
            public void save(Settings settings) {}
        };
    }
}
