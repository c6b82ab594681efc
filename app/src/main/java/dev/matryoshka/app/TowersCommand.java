package dev.matryoshka.app;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.TowerBenchmark;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the published encoders. */
@Command(
        name = "bench-towers",
        mixinStandardHelpOptions = true,
        description = "Measures the encoders of pictures and sounds in their published size, weights by formula.")
final class TowersCommand implements Callable<Integer> {
    @Option(
            names = "--device",
            paramLabel = "D",
            description = "What computes: cpu, vulkan, vulkan:N, opencl, auto (default: cpu).")
    private String device = "cpu";

    @Option(names = "--pixels", paramLabel = "P", description = "Side of the picture, a multiple of 64 (default: 768).")
    private int pixels = 768;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of the sound (default: 4).")
    private double length = 4;

    @Option(names = "--runs", paramLabel = "R", description = "Runs after the first; medians are shown (default: 3).")
    private int runs = 3;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        check(
                pixels >= 64 && pixels <= 1024 && pixels % 64 == 0,
                "--pixels is " + pixels,
                "use 64 to 1024 in steps of 64");
        check(length > 0.2 && length <= 30, "--seconds is " + length, "use more than 0.2, up to 30");
        check(runs > 0, "--runs is " + runs, "use 1 or more");
        try (Backend backend = Devices.open(device)) {
            TowerBenchmark.Result picture = TowerBenchmark.picture(backend, pixels, runs);
            TowerBenchmark.Result sound = TowerBenchmark.sound(backend, length, runs);
            Terminal.out()
                    .println(
                            json
                                    ? Terminal.json(
                                            Map.of("device", backend.device(), "picture", picture, "sound", sound))
                                    : backend.device() + "\n" + line("picture of " + pixels + " px", picture) + "\n"
                                            + line("sound of " + length + " s", sound));
            return 0;
        }
    }

    private static void check(boolean good, String problem, String remedy) {
        if (!good) {
            throw new InvalidRequestException(problem, remedy);
        }
    }

    private static String line(String what, TowerBenchmark.Result r) {
        return String.format(
                Locale.ROOT,
                "%-18s load %.2f s, first %.3f s, then %.3f s",
                what,
                r.loadSeconds(),
                r.firstSeconds(),
                r.seconds());
    }
}
