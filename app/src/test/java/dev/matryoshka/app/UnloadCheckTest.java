package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.LoadOptions;
import org.junit.jupiter.api.Test;

final class UnloadCheckTest {
    @Test
    void theDemoModelOnTheCpu() {
        ModelStore.Found demo = new ModelStore(AppFolders.ofUser()).find(ModelStore.EMBEDDED);
        UnloadCheck check = UnloadCheck.run(demo.path(), LoadOptions.named("demo"), 2);
        assertEquals(2, check.times());
        assertTrue(check.device().startsWith("CPU"), check.device());
        assertTrue(check.settled() > 0 && check.settledFiles() > 0, check::toString);
    }

    @Test
    void memoryOrFilesThatStayAreAFailure() {
        assertTrue(new UnloadCheck("d", 50, 300L << 20, 320L << 20, 70, 70).passed());
        assertFalse(new UnloadCheck("d", 50, 300L << 20, 400L << 20, 70, 70).passed());
        assertFalse(new UnloadCheck("d", 50, 300L << 20, 300L << 20, 70, 71).passed());
    }
}
