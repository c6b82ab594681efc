package dev.matryoshka.app;

import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.MatryoshkaException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What JavaFX needs of the system to show a window, asked before JavaFX fails for want of it in many lines. */
final class Display {
    private static final String TERMINAL = "or use 'matryoshka ask' in the terminal";

    private Display() {}

    /** Why no window can be shown here; empty where one can. */
    static Optional<MatryoshkaException> problem(Map<String, String> environment) {
        try {
            Class.forName("javafx.application.Application", false, Display.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return problem("this bundle has no window", "use 'matryoshka ask', or see 'matryoshka --help'");
        }
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
            return Optional.empty();
        }
        String display = environment.getOrDefault("DISPLAY", "");
        if (display.isEmpty()) { // JavaFX shows its windows by X11, on Wayland through Xwayland
            return problem(
                    "there is no screen to open a window on (DISPLAY is not set)",
                    "start from a desktop session, " + TERMINAL);
        }
        for (String[] need : new String[][] {{"libgtk-3.so.0", "libgtk-3-0"}, {"libXtst.so.6", "libxtst6"}}) {
            if (library(need[0]).isEmpty()) {
                return problem("the window needs " + need[0], "install it (apt install " + need[1] + "), " + TERMINAL);
            }
        }
        return answers(display)
                ? Optional.empty()
                : problem(
                        "the screen " + display + " (DISPLAY) does not answer",
                        "start from a desktop session, " + TERMINAL);
    }

    private static Optional<MatryoshkaException> problem(String problem, String remedy) {
        return Optional.of(new DeviceException(problem, remedy));
    }

    @SuppressWarnings("restricted") // what JavaFX loads a moment later
    private static Optional<SymbolLookup> library(String name) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Opens a connection to the X server and closes it again. */
    @SuppressWarnings("restricted") // two calls of Xlib
    private static boolean answers(String display) {
        SymbolLookup x11 = library("libX11.so.6").orElseThrow(); // GTK and Xtst need it
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment connection = (MemorySegment) linker.downcallHandle(
                            x11.findOrThrow("XOpenDisplay"),
                            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                    .invokeExact(arena.allocateFrom(display));
            if (connection.equals(MemorySegment.NULL)) {
                return false;
            }
            int ignored = (int) linker.downcallHandle(
                            x11.findOrThrow("XCloseDisplay"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
                    .invokeExact(connection);
            return true;
        } catch (Throwable e) { // what invokeExact declares
            throw new IllegalStateException(e);
        }
    }
}
