package dev.matryoshka.app;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what of the machine the program can use, and how to get what is missing. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Looks at what the program needs here, and says how to get what is missing. Exits with 1 if it can't run.")
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        List<Finding> findings = new Doctor(AppFolders.ofUser()).findings();
        PrintStream out = Terminal.out();
        out.println(json ? object(findings) : text(findings));
        out.flush();
        return runs(findings) ? 0 : Main.FAILURE;
    }

    static boolean runs(List<Finding> findings) {
        return findings.stream().allMatch(finding -> finding.ok() || !finding.needed());
    }

    static String text(List<Finding> findings) {
        List<String> lines = new ArrayList<>();
        for (Finding finding : findings) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-8s %-12s %s",
                    finding.ok() ? "ok" : "missing",
                    finding.name(),
                    finding.ok() ? finding.found() : finding.found() + ": " + finding.fix()));
        }
        return String.join(System.lineSeparator(), lines);
    }

    static String object(List<Finding> findings) {
        List<Map<String, Object>> checks = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> check = new LinkedHashMap<>();
            check.put("name", finding.name());
            check.put("ok", finding.ok());
            check.put("needed", finding.needed());
            check.put("found", finding.found());
            if (finding.fix() != null) {
                check.put("fix", finding.fix());
            }
            checks.add(check);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("runs", runs(findings));
        fields.put("checks", checks);
        return Terminal.json(fields);
    }
}
